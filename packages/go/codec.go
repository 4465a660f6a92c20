package nexuslite

import (
	"bytes"
	"reflect"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// codec makes BSON of Go's values and the other way round.
type codec struct {
	// registry is the caller's; nil for the driver's own rules.
	registry *bson.Registry
}

// document is a value as a document: what is BSON already is taken as it is.
func (c codec) document(value any) (bson.Raw, error) {
	switch given := value.(type) {
	case nil:
		return nil, ErrNilDocument
	case bson.Raw:
		return notNil(given)
	case []byte:
		return notNil(given)
	}
	made, err := c.marshal(value)
	if err != nil {
		return nil, MarshalError{Value: value, Err: err}
	}
	return made, nil
}

func notNil(document bson.Raw) (bson.Raw, error) {
	if document == nil {
		return nil, ErrNilDocument
	}
	return document, nil
}

func (c codec) marshal(value any) ([]byte, error) {
	if c.registry == nil {
		return bson.Marshal(value)
	}
	var made bytes.Buffer
	encoder := bson.NewEncoder(bson.NewDocumentWriter(&made))
	encoder.SetRegistry(c.registry)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return made.Bytes(), nil
}

// update is a value as an update: a document of operators, or a list of stages.
func (c codec) update(value any) ([]byte, error) {
	if !isList(value) {
		return c.document(value)
	}
	if reflect.ValueOf(value).Len() == 0 {
		// As bytes an empty list is an empty document, which is no update.
		value = []bson.D{{{Key: "$replaceWith", Value: "$$ROOT"}}}
	}
	wrapped, err := c.marshal(bson.D{{Key: "it", Value: value}})
	if err != nil {
		return nil, MarshalError{Value: value, Err: err}
	}
	return bson.Raw(wrapped).Lookup("it").Value, nil
}

// isList says whether a value becomes a list, and not a document.
func isList(value any) bool {
	switch value.(type) {
	case nil, bson.D, bson.Raw, []byte, bson.Marshaler, bson.ValueMarshaler:
		return false
	}
	kind := reflect.TypeOf(value).Kind()
	return kind == reflect.Slice || kind == reflect.Array
}

// options is what was said of a call, as one document; nil where nothing was.
func (c codec) options(given bson.D) ([]byte, error) {
	if len(given) == 0 {
		return nil, nil
	}
	for _, one := range given {
		if isOrdered(one.Key) {
			if err := ordered(one.Key, one.Value); err != nil {
				return nil, err
			}
		}
	}
	return c.document(given)
}

// isOrdered says whether the keys of what an option is given stand in an order that means something.
func isOrdered(option string) bool {
	switch option {
	case "sort", "hint", "min", "max":
		return true
	}
	return false
}

// ordered is an error for a map with several keys, which has no order.
func ordered(name string, value any) error {
	if kind := reflect.ValueOf(value); kind.Kind() == reflect.Map && kind.Len() > 1 {
		return ErrMapForOrderedArgument{ParamName: name}
	}
	return nil
}

// given is what several options say together; of two that say the same thing the later one stands.
func given[O interface {
	comparable
	Given() bson.D
}](all []O) bson.D {
	var nothing O
	var together bson.D
	for _, one := range all {
		if one == nothing {
			continue
		}
		for _, said := range one.Given() {
			together = with(together, said)
		}
	}
	return together
}

func with(all bson.D, one bson.E) bson.D {
	for i := range all {
		if all[i].Key == one.Key {
			all[i] = one
			return all
		}
	}
	return append(all, one)
}

// decode reads a document into what value points to.
func (c codec) decode(document bson.Raw, value any) error {
	if c.registry == nil {
		return bson.Unmarshal(document, value)
	}
	decoder := bson.NewDecoder(bson.NewDocumentReader(bytes.NewReader(document)))
	decoder.SetRegistry(c.registry)
	return decoder.Decode(value)
}

// value is a value of BSON as Go's; nil for what is not there.
func (c codec) value(of bson.RawValue) (any, error) {
	if of.IsZero() {
		return nil, nil
	}
	var read any
	var err error
	if c.registry == nil {
		err = of.Unmarshal(&read)
	} else {
		err = of.UnmarshalWithRegistry(c.registry, &read)
	}
	return read, err
}
