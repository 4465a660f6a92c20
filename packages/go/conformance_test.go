package nexuslite_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go"
	"github.com/nexuslite/nexuslite-go/options"
)

const corpora = "../../tests/conformance"

// The corpora that every language runs: which files are about what, how many of their cases there are at least, and how
// one is run.
var kinds = []struct {
	name  string
	globs []string
	least int
	run   func(*conformance)
}{
	{"filters", []string{"filters", "filters/*"}, 2000, (*conformance).filter},
	{"updates", []string{"updates", "updates-*"}, 980, (*conformance).update},
	{"pipelines", []string{"pipeline_updates"}, 45, (*conformance).pipeline},
	{"projections", []string{"projections", "projections-*"}, 180, (*conformance).projection},
	{"sorts", []string{"sorts"}, 40, (*conformance).sort},
	{"expressions", []string{"expressions", "expressions_*"}, 1400, (*conformance).expression},
	{"extjson", []string{"extjson"}, 600, (*conformance).extendedJSON},
	{"collation", []string{"collation"}, 150, (*conformance).collation},
}

// What a case says of the moment is said of 1970, and not of now.
var ofTheMoment = []string{"$$NOW", "$currentDate", "$$CLUSTER_TIME"}

// Cases of filters that speak of a whole document without an _id, which none in a collection is.
var ofTheWhole = []string{
	"enum of the whole document", "minProperties and maxProperties", "additionalProperties",
	"additionalProperties of an empty document", "patternProperties", "logic at the top",
}

func corpusFiles(t *testing.T, globs []string) []string {
	var files []string
	for _, glob := range globs {
		found, err := filepath.Glob(filepath.Join(corpora, glob+".json"))
		must(t, err)
		files = append(files, found...)
	}
	slices.Sort(files)
	return files
}

func TestConformance(t *testing.T) {
	var run, counts []string
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			orders := inMemory(t).Collection("orders")
			done, skipped := 0, 0
			for _, file := range corpusFiles(t, kind.globs) {
				run = append(run, file)
				for number, fields := range casesOf(t, file) {
					must(t, orders.Drop(background))
					one := &conformance{t: t, orders: orders, fields: fields}
					one.name = fmt.Sprintf("%s:%d:%s", strings.TrimPrefix(file, corpora), number, one.text("name"))
					if kind.run(one); one.skipped {
						skipped++
					} else {
						done++
					}
				}
			}
			if done+skipped < kind.least {
				t.Errorf("only %d cases of %s", done+skipped, kind.name)
			}
			counts = append(counts, fmt.Sprintf("%s: %d cases run, %d left out\n", kind.name, done, skipped))
		})
	}
	// Whoever runs the suites of several languages compares them.
	if folder := os.Getenv("NEXUSLITE_COUNTS"); folder != "" {
		slices.Sort(counts)
		must(t, os.MkdirAll(folder, 0o755))
		must(t, os.WriteFile(filepath.Join(folder, "go"), []byte(strings.Join(counts, "")), 0o644))
	}
	var all []string
	must(t, filepath.WalkDir(corpora, func(path string, entry fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".json") {
			all = append(all, path)
		}
		return err
	}))
	for _, file := range all {
		if !slices.Contains(run, file) {
			t.Errorf("%s is not run", file)
		}
	}
}

func casesOf(t *testing.T, file string) []map[string]json.RawMessage {
	text, err := os.ReadFile(file)
	must(t, err)
	var corpus struct {
		Cases []map[string]json.RawMessage
	}
	must(t, json.Unmarshal(text, &corpus))
	return corpus.Cases
}

// conformance is one case.
type conformance struct {
	t       *testing.T
	orders  *nexuslite.Collection
	fields  map[string]json.RawMessage
	name    string
	skipped bool
}

func (c *conformance) has(part string) bool { return c.fields[part] != nil }

func (c *conformance) skip() { c.skipped = true }

func (c *conformance) text(part string) string {
	var text string
	_ = json.Unmarshal(c.fields[part], &text)
	return text
}

// value is a part of the case, with every type that its Extended JSON spells; nothing where there is none.
func (c *conformance) value(part string) bson.RawValue {
	c.t.Helper()
	if !c.has(part) {
		return bson.RawValue{}
	}
	whole, err := nexuslite.FromJSON(`{"it":` + string(c.fields[part]) + `}`)
	if err != nil {
		c.t.Fatalf("%s: %s: %v", c.name, part, err)
	}
	return whole.Lookup("it")
}

func (c *conformance) document(part string) bson.Raw {
	c.t.Helper()
	if !c.has(part) {
		return bson.Raw("\x05\x00\x00\x00\x00")
	}
	return bson.Raw(c.value(part).Value)
}

// list is the elements of a part.
func (c *conformance) list(part string) []any {
	if !c.has(part) {
		return nil
	}
	values, err := c.value(part).Array().Values()
	must(c.t, err)
	elements := make([]any, len(values))
	for i, value := range values {
		elements[i] = value
	}
	return elements
}

func (c *conformance) wrong(what string, got, wanted any) {
	c.t.Helper()
	c.t.Errorf("%s: %s: got %v, wanted %v", c.name, what, got, wanted)
}

// is compares bytes.
func (c *conformance) is(what string, got, wanted []byte) {
	c.t.Helper()
	if !bytes.Equal(got, wanted) {
		c.wrong(what, bson.Raw(got), bson.Raw(wanted))
	}
}

// failed says whether the case was to fail, and compares how.
func (c *conformance) failed(err error) bool {
	c.t.Helper()
	if err == nil {
		if c.has("error") {
			c.wrong("no error", "success", string(c.fields["error"]))
		}
		return c.has("error")
	}
	var wanted struct {
		Kind string
		Code *int32
		Says string
	}
	if !c.has("error") || json.Unmarshal(c.fields["error"], &wanted) != nil {
		c.wrong("an error", err, "none")
		return true
	}
	var told *nexuslite.Error
	if !errors.As(err, &told) || told.Kind.String() != wanted.Kind || (wanted.Code != nil && told.Code != *wanted.Code) ||
		!strings.Contains(told.Message, wanted.Says) {
		c.wrong("another error", err, string(c.fields["error"]))
	}
	return true
}

func (c *conformance) insert(document bson.Raw) {
	_, err := c.orders.InsertOne(background, document)
	must(c.t, err)
}

// stored is the only document there is.
func (c *conformance) stored() bson.Raw {
	c.t.Helper()
	cursor, err := c.orders.Find(background, bson.D{})
	must(c.t, err)
	var all []bson.Raw
	must(c.t, cursor.All(background, &all))
	if len(all) != 1 {
		c.t.Fatalf("%s: %d documents are stored", c.name, len(all))
	}
	return all[0]
}

func withoutID(document bson.Raw) bson.Raw {
	elements, _ := document.Elements()
	var rest []byte
	for _, element := range elements {
		if element.Key() != "_id" {
			rest = append(rest, element...)
		}
	}
	size := len(rest) + 5
	made := []byte{byte(size), byte(size >> 8), byte(size >> 16), byte(size >> 24)}
	return append(append(made, rest...), 0)
}

func mentions(text json.RawMessage, words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return bytes.Contains(text, []byte(word)) })
}

func hasID(document bson.Raw) bool {
	_, err := document.LookupErr("_id")
	return err == nil
}

func (c *conformance) filter() {
	document := c.document("document")
	if slices.Contains(ofTheWhole, c.text("name")) && !hasID(document) {
		c.skip()
		return
	}
	if c.has("document") {
		c.insert(document)
	}
	count, err := c.orders.CountDocuments(background, c.document("filter"))
	if !c.failed(err) && (count == 1) != (string(c.fields["matches"]) == "true") {
		c.wrong("matches", count, string(c.fields["matches"]))
	}
}

func (c *conformance) update() {
	change := c.document("update")
	first, err := change.IndexErr(0)
	replaces := err != nil || !strings.HasPrefix(first.Key(), "$")
	if mentions(c.fields["update"], ofTheMoment...) || (replaces && c.has("arrayFilters")) {
		c.skip()
		return
	}
	upserts := !c.has("document")
	if !upserts {
		c.insert(c.document("document"))
	}
	var done *nexuslite.UpdateResult
	if replaces {
		done, err = c.orders.ReplaceOne(background, c.document("filter"), change, options.Replace().SetUpsert(upserts))
	} else {
		said := options.UpdateOne().SetUpsert(upserts)
		if c.has("arrayFilters") {
			said.SetArrayFilters(c.list("arrayFilters"))
		}
		done, err = c.orders.UpdateOne(background, c.document("filter"), change, said)
	}
	if c.failed(err) {
		return
	}
	made := c.stored()
	if upserts {
		wanted := c.document("result")
		if !hasID(wanted) {
			made = withoutID(made)
		}
		c.is("upserted", made, wanted)
		if done.UpsertedCount != 1 {
			c.wrong("upserted", done.UpsertedCount, 1)
		}
		return
	}
	wanted := "document"
	if c.has("result") {
		wanted = "result"
	}
	c.is("updated", made, c.document(wanted))
	if modified := string(c.fields["modified"]) != "false"; (done.ModifiedCount == 1) != modified {
		c.wrong("modified", done.ModifiedCount, modified)
	}
}

func (c *conformance) pipeline() {
	if mentions(c.fields["pipeline"], ofTheMoment...) {
		c.skip()
		return
	}
	c.insert(c.document("document"))
	_, err := c.orders.UpdateOne(background, bson.D{}, c.list("pipeline"))
	if !c.failed(err) {
		// An update keeps the _id, whatever the pipeline makes of it.
		c.is("made", withoutID(c.stored()), withoutID(c.document("result")))
	}
}

func (c *conformance) projection() {
	// Finds of this package hand out no metadata, and have a filter, be it the empty one.
	if c.has("metadata") || c.text("name") == "without a filter" {
		c.skip()
		return
	}
	document := c.document("document")
	c.insert(document)
	cursor, err := c.orders.Find(background, c.document("filter"), options.Find().SetProjection(c.document("projection")))
	var found []bson.Raw
	if err == nil {
		err = cursor.All(background, &found)
	}
	if c.failed(err) {
		return
	}
	if len(found) != 1 {
		c.wrong("found", len(found), 1)
		return
	}
	made := found[0]
	if !hasID(document) {
		made = withoutID(made)
	}
	c.is("projected", made, c.document("result"))
}

func (c *conformance) shuffled(count int) []int {
	seed := fnv.New64a()
	_, _ = seed.Write([]byte(c.text("name")))
	return rand.New(rand.NewSource(int64(seed.Sum64()))).Perm(count)
}

func (c *conformance) sort() {
	var documents []bson.Raw
	for place, one := range c.list("sorted") {
		documents = append(documents, withID(place, one.(bson.RawValue).Document()))
	}
	if c.has("document") {
		documents = []bson.Raw{c.document("document")}
	}
	for _, place := range c.shuffled(len(documents)) {
		c.insert(documents[place])
	}
	sort := c.document("sort")
	if !c.has("error") && !hasID(sort) {
		// Equal ones in the order given.
		elements, err := sort.Elements()
		must(c.t, err)
		var longer bson.D
		for _, element := range elements {
			longer = append(longer, bson.E{Key: element.Key(), Value: element.Value()})
		}
		sort, err = bson.Marshal(append(longer, bson.E{Key: "_id", Value: 1}))
		must(c.t, err)
	}
	cursor, err := c.orders.Find(background, bson.D{}, options.Find().SetSort(sort).SetProjection(bson.D{{"_id", 1}}))
	var found []bson.Raw
	if err == nil {
		err = cursor.All(background, &found)
	}
	if c.failed(err) {
		return
	}
	for place, one := range found {
		if !one.Lookup("_id").Equal(documents[place].Lookup("_id")) {
			c.wrong(fmt.Sprint("at place ", place), one, documents[place])
		}
	}
}

// withID is a document with an _id before its fields, unless it has its own.
func withID(id int, document bson.Raw) bson.Raw {
	if hasID(document) {
		return document
	}
	whole := bson.D{{"_id", id}}
	elements, _ := document.Elements()
	for _, element := range elements {
		whole = append(whole, bson.E{Key: element.Key(), Value: element.Value()})
	}
	made, err := bson.Marshal(whole)
	if err != nil {
		panic(err)
	}
	return made
}

func (c *conformance) expression() {
	if mentions(c.fields["expression"], ofTheMoment...) {
		c.skip()
		return
	}
	c.insert(c.document("document"))
	// As an operand, so that a number is a number, and not the wish to see the field.
	written := bson.D{{"$cond", bson.A{true, c.value("expression"), nil}}}
	var found bson.Raw
	var err error
	if mentions(c.fields["expression"], "$$ROOT", "$$CURRENT") {
		// Of the document as the case has it, and not as it is stored.
		stages := []bson.D{{{"$unset", "_id"}}, {{"$replaceWith", bson.D{{"v", written}}}}}
		if _, err = c.orders.UpdateOne(background, bson.D{}, stages); err == nil {
			found = withoutID(c.stored())
		}
	} else {
		projection := bson.D{{"_id", 0}, {"v", written}}
		found, err = c.orders.FindOne(background, bson.D{}, options.FindOne().SetProjection(projection)).Raw()
	}
	if c.failed(err) {
		return
	}
	wanted := bson.Raw("\x05\x00\x00\x00\x00")
	if !c.has("missing") {
		wanted, err = bson.Marshal(bson.D{{"v", c.value("result")}})
		must(c.t, err)
	}
	c.is("computed", found, wanted)
}

func (c *conformance) extendedJSON() {
	if c.has("options") {
		c.skip()
		return
	}
	data, err := hex.DecodeString(c.text("bson"))
	must(c.t, err)
	if c.has("error") {
		if c.has("input") {
			_, err = nexuslite.FromJSON(c.text("input"))
		} else {
			_, err = nexuslite.ToJSON(data, false)
		}
		if !errors.Is(err, nexuslite.ErrInvalid) || !strings.Contains(err.Error(), c.text("error_contains")) {
			c.wrong("error", err, c.text("error_contains"))
		}
		return
	}
	if c.has("input") {
		read, err := nexuslite.FromJSON(c.text("input"))
		must(c.t, err)
		c.is("read", read, data)
	}
	for part, canonical := range map[string]bool{"canonical": true, "relaxed": false} {
		text, err := nexuslite.ToJSON(data, canonical)
		if err != nil || text != c.text(part) {
			c.wrong(part, text, c.text(part))
		}
	}
	if !c.has("one_way") {
		read, err := nexuslite.FromJSON(c.text("canonical"))
		must(c.t, err)
		c.is("read again", read, data)
	}
}
