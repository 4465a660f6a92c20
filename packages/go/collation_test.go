package nexuslite_test

import (
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go"
)

// The cases of collations: as documents of commands, because many of them are of collations that Go's type cannot even
// write.
func (c *conformance) collation() {
	switch {
	case c.has("rising") || c.has("equal"):
		c.texts()
	case c.has("listed"):
		c.listedCollation()
	default:
		c.collated()
	}
}

// run does a command that has the case's collation.
func (c *conformance) run(command bson.D) (bson.Raw, error) {
	command = append(command, bson.E{Key: "collation", Value: c.value("collation")})
	return c.orders.Database().RunCommand(background, command).Raw()
}

func firstBatch(answer bson.Raw) []bson.Raw {
	values, _ := answer.Lookup("cursor", "firstBatch").Array().Values()
	var documents []bson.Raw
	for _, value := range values {
		documents = append(documents, value.Document())
	}
	return documents
}

// texts looks whether texts stand in the order that the case gives, or are all alike.
func (c *conformance) texts() {
	rises := c.has("rising")
	part, alike := "rising", int64(1)
	if !rises {
		part = "equal"
	}
	texts := c.list(part)
	if !rises {
		alike = int64(len(texts))
	}
	for _, place := range c.shuffled(len(texts)) {
		_, err := c.orders.InsertOne(background, bson.D{{"_id", place}, {"t", texts[place]}})
		must(c.t, err)
	}
	for _, text := range texts {
		answer, err := c.run(bson.D{{"count", "orders"}, {"query", bson.D{{"t", text}}}})
		if c.failed(err) {
			return
		}
		if n := answer.Lookup("n").AsInt64(); n != alike {
			c.wrong(fmt.Sprint("equal to ", text), n, alike)
		}
	}
	if !rises {
		return
	}
	answer, err := c.run(bson.D{{"find", "orders"}, {"sort", bson.D{{"t", 1}}}})
	must(c.t, err)
	for place, one := range firstBatch(answer) {
		if id := one.Lookup("_id").AsInt64(); id != int64(place) {
			c.wrong(fmt.Sprint("at place ", place), texts[id], texts[place])
		}
	}
}

// listedCollation looks how an index's collation is listed.
func (c *conformance) listedCollation() {
	index := bson.D{{"key", bson.D{{"t", 1}}}, {"name", "t"}, {"collation", c.value("collation")}}
	command := bson.D{{"createIndexes", "orders"}, {"indexes", bson.A{index}}}
	if c.failed(c.orders.Database().RunCommand(background, command).Err()) {
		return
	}
	cursor, err := c.orders.Indexes().List(background)
	must(c.t, err)
	for one := range nexuslite.ForEach[bson.Raw](background, cursor) {
		if one.Lookup("name").StringValue() != "t" {
			continue
		}
		var kept, wanted bson.D
		must(c.t, bson.Unmarshal(one.Lookup("collation").Document(), &kept))
		must(c.t, bson.Unmarshal(c.document("listed"), &wanted))
		kept = without(kept, "version")
		if fmt.Sprint(kept) != fmt.Sprint(wanted) {
			c.wrong("listed", kept, wanted)
		}
	}
}

func without(document bson.D, name string) bson.D {
	var rest bson.D
	for _, one := range document {
		if one.Key != name {
			rest = append(rest, one)
		}
	}
	return rest
}

// collated looks what a statement finds or makes under the case's collation.
func (c *conformance) collated() {
	documents := []any{}
	for _, one := range c.list("documents") {
		documents = append(documents, one.(bson.RawValue).Document())
	}
	if len(documents) == 0 {
		documents = append(documents, bson.D{})
	}
	_, err := c.orders.InsertMany(background, documents)
	must(c.t, err)
	filter := c.document("filter")
	switch {
	case c.has("update"):
		statement := bson.D{{"q", filter}, {"u", c.value("update")}, {"multi", true}, {"collation", c.value("collation")}}
		if c.has("array_filters") {
			statement = append(statement, bson.E{Key: "arrayFilters", Value: c.value("array_filters")})
		}
		answer, err := c.orders.Database().RunCommand(background, bson.D{{"update", "orders"}, {"updates", bson.A{statement}}}).Raw()
		if err == nil {
			err = firstWriteError(answer)
		}
		if c.failed(err) {
			return
		}
		answer, err = c.orders.Database().RunCommand(background, bson.D{{"find", "orders"}, {"sort", bson.D{{"_id", 1}}}}).Raw()
		must(c.t, err)
		c.areAll("becomes", firstBatch(answer))
	case c.has("distinct"):
		answer, err := c.run(bson.D{{"distinct", "orders"}, {"key", c.text("distinct")}, {"query", filter}})
		if !c.failed(err) {
			c.is("values", answer.Lookup("values").Value, c.value("values").Value)
		}
	default:
		c.found(filter)
	}
}

func (c *conformance) found(filter bson.Raw) {
	command := bson.D{{"find", "orders"}, {"filter", filter}}
	for part, name := range map[string]string{"sort": "sort", "projection": "projection"} {
		if c.has(part) {
			command = append(command, bson.E{Key: name, Value: c.value(part)})
		}
	}
	answer, err := c.run(command)
	if c.failed(err) {
		return
	}
	found := firstBatch(answer)
	if c.has("handed") {
		c.areAll("handed", found)
		return
	}
	if !c.has("finds") {
		return
	}
	wanted := c.list("finds")
	if len(wanted) != len(found) {
		c.wrong("found", found, wanted)
		return
	}
	for place, one := range wanted {
		is := func(document bson.Raw) bool { return document.Lookup("_id").Equal(one.(bson.RawValue)) }
		if at := slices.IndexFunc(found, is); at < 0 || (c.has("sort") && at != place) {
			c.wrong("found", found, wanted)
		}
	}
}

func (c *conformance) areAll(part string, made []bson.Raw) {
	wanted := c.list(part)
	if len(wanted) != len(made) {
		c.wrong(part, made, wanted)
		return
	}
	for place, one := range wanted {
		c.is(part, made[place], one.(bson.RawValue).Document())
	}
}

// firstWriteError is the error of the first write of a command's answer.
func firstWriteError(answer bson.Raw) error {
	listed, err := answer.LookupErr("writeErrors")
	if err != nil {
		return nil
	}
	values, _ := listed.Array().Values()
	first := values[0].Document()
	return &nexuslite.Error{
		Kind:    nexuslite.ErrInvalid,
		Code:    int32(first.Lookup("code").AsInt64()),
		Message: first.Lookup("errmsg").StringValue(),
	}
}
