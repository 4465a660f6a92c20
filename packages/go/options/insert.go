package options

import "time"

// InsertOneOptions are the options of InsertOne.
type InsertOneOptions struct{ set }

// InsertOne is no options yet.
func InsertOne() *InsertOneOptions { return &InsertOneOptions{} }

// SetBypassDocumentValidation sets whether documents are stored that the collection's validator refuses; false by
// default.
func (o *InsertOneOptions) SetBypassDocumentValidation(on bool) *InsertOneOptions {
	o.put("bypassDocumentValidation", on)
	return o
}

// SetEphemeral sets whether the document is one of those that do not stay; false by default.
func (o *InsertOneOptions) SetEphemeral(on bool) *InsertOneOptions {
	o.put("ephemeral", on)
	return o
}

// SetTags sets words that are kept beside the document's fields. The collection must have been created with metadata.
func (o *InsertOneOptions) SetTags(tags []string) *InsertOneOptions {
	o.put("tags", tags)
	return o
}

// SetTTL sets how long the document lives; for ever by default. The collection must have been created with metadata.
func (o *InsertOneOptions) SetTTL(life time.Duration) *InsertOneOptions {
	o.put("ttl_ms", milliseconds(life))
	return o
}

// InsertManyOptions are the options of InsertMany.
type InsertManyOptions struct{ set }

// InsertMany is no options yet.
func InsertMany() *InsertManyOptions { return &InsertManyOptions{} }

// SetBypassDocumentValidation sets whether documents are stored that the collection's validator refuses; false by
// default.
func (o *InsertManyOptions) SetBypassDocumentValidation(on bool) *InsertManyOptions {
	o.put("bypassDocumentValidation", on)
	return o
}

// SetOrdered sets whether the first failure ends the call; true by default.
func (o *InsertManyOptions) SetOrdered(on bool) *InsertManyOptions {
	o.put("ordered", on)
	return o
}
