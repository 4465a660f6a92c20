package options

import "time"

// FindOneAndUpdateOptions are the options of FindOneAndUpdate.
type FindOneAndUpdateOptions struct{ set }

// FindOneAndUpdate is no options yet.
func FindOneAndUpdate() *FindOneAndUpdateOptions { return &FindOneAndUpdateOptions{} }

// SetArrayFilters sets which elements of arrays $[name] means in the update.
func (o *FindOneAndUpdateOptions) SetArrayFilters(filters []any) *FindOneAndUpdateOptions {
	o.put("arrayFilters", filters)
	return o
}

// SetBypassDocumentValidation sets whether documents are stored that the collection's validator refuses; false by
// default.
func (o *FindOneAndUpdateOptions) SetBypassDocumentValidation(on bool) *FindOneAndUpdateOptions {
	o.put("bypassDocumentValidation", on)
	return o
}

// SetCollation sets in which order texts are taken. By default the collection's own, or the order of their bytes.
func (o *FindOneAndUpdateOptions) SetCollation(collation *Collation) *FindOneAndUpdateOptions {
	o.put("collation", collation)
	return o
}

// SetComment sets a value that tells people what the call is for. An explanation repeats it.
func (o *FindOneAndUpdateOptions) SetComment(comment any) *FindOneAndUpdateOptions {
	o.put("comment", comment)
	return o
}

// SetHint sets which index is used: its name, or its key. The database chooses by default.
func (o *FindOneAndUpdateOptions) SetHint(index any) *FindOneAndUpdateOptions {
	o.put("hint", index)
	return o
}

// SetLet sets variables, which expressions name as $$name.
func (o *FindOneAndUpdateOptions) SetLet(variables any) *FindOneAndUpdateOptions {
	o.put("let", variables)
	return o
}

// SetMaxTime sets how long it may take; as long as it takes by default. A deadline of the context does the same.
func (o *FindOneAndUpdateOptions) SetMaxTime(limit time.Duration) *FindOneAndUpdateOptions {
	o.put("maxTimeMS", milliseconds(limit))
	return o
}

// SetProjection sets which fields are handed out; all by default.
func (o *FindOneAndUpdateOptions) SetProjection(projection any) *FindOneAndUpdateOptions {
	o.put("projection", projection)
	return o
}

// SetReturnDocument sets which state of the document is handed out; Before by default.
func (o *FindOneAndUpdateOptions) SetReturnDocument(which ReturnDocument) *FindOneAndUpdateOptions {
	o.put("returnDocument", string(which))
	return o
}

// SetSort sets which of several documents is meant: the first in this order.
func (o *FindOneAndUpdateOptions) SetSort(sort any) *FindOneAndUpdateOptions {
	o.put("sort", sort)
	return o
}

// SetUpsert sets whether a document is made when none satisfies the filter; false by default.
func (o *FindOneAndUpdateOptions) SetUpsert(on bool) *FindOneAndUpdateOptions {
	o.put("upsert", on)
	return o
}

// FindOneAndReplaceOptions are the options of FindOneAndReplace.
type FindOneAndReplaceOptions struct{ set }

// FindOneAndReplace is no options yet.
func FindOneAndReplace() *FindOneAndReplaceOptions { return &FindOneAndReplaceOptions{} }

// SetBypassDocumentValidation sets whether documents are stored that the collection's validator refuses; false by
// default.
func (o *FindOneAndReplaceOptions) SetBypassDocumentValidation(on bool) *FindOneAndReplaceOptions {
	o.put("bypassDocumentValidation", on)
	return o
}

// SetCollation sets in which order texts are taken. By default the collection's own, or the order of their bytes.
func (o *FindOneAndReplaceOptions) SetCollation(collation *Collation) *FindOneAndReplaceOptions {
	o.put("collation", collation)
	return o
}

// SetComment sets a value that tells people what the call is for. An explanation repeats it.
func (o *FindOneAndReplaceOptions) SetComment(comment any) *FindOneAndReplaceOptions {
	o.put("comment", comment)
	return o
}

// SetHint sets which index is used: its name, or its key. The database chooses by default.
func (o *FindOneAndReplaceOptions) SetHint(index any) *FindOneAndReplaceOptions {
	o.put("hint", index)
	return o
}

// SetLet sets variables, which expressions name as $$name.
func (o *FindOneAndReplaceOptions) SetLet(variables any) *FindOneAndReplaceOptions {
	o.put("let", variables)
	return o
}

// SetMaxTime sets how long it may take; as long as it takes by default. A deadline of the context does the same.
func (o *FindOneAndReplaceOptions) SetMaxTime(limit time.Duration) *FindOneAndReplaceOptions {
	o.put("maxTimeMS", milliseconds(limit))
	return o
}

// SetProjection sets which fields are handed out; all by default.
func (o *FindOneAndReplaceOptions) SetProjection(projection any) *FindOneAndReplaceOptions {
	o.put("projection", projection)
	return o
}

// SetReturnDocument sets which state of the document is handed out; Before by default.
func (o *FindOneAndReplaceOptions) SetReturnDocument(which ReturnDocument) *FindOneAndReplaceOptions {
	o.put("returnDocument", string(which))
	return o
}

// SetSort sets which of several documents is meant: the first in this order.
func (o *FindOneAndReplaceOptions) SetSort(sort any) *FindOneAndReplaceOptions {
	o.put("sort", sort)
	return o
}

// SetUpsert sets whether a document is made when none satisfies the filter; false by default.
func (o *FindOneAndReplaceOptions) SetUpsert(on bool) *FindOneAndReplaceOptions {
	o.put("upsert", on)
	return o
}

// FindOneAndDeleteOptions are the options of FindOneAndDelete.
type FindOneAndDeleteOptions struct{ set }

// FindOneAndDelete is no options yet.
func FindOneAndDelete() *FindOneAndDeleteOptions { return &FindOneAndDeleteOptions{} }

// SetCollation sets in which order texts are taken. By default the collection's own, or the order of their bytes.
func (o *FindOneAndDeleteOptions) SetCollation(collation *Collation) *FindOneAndDeleteOptions {
	o.put("collation", collation)
	return o
}

// SetComment sets a value that tells people what the call is for. An explanation repeats it.
func (o *FindOneAndDeleteOptions) SetComment(comment any) *FindOneAndDeleteOptions {
	o.put("comment", comment)
	return o
}

// SetHint sets which index is used: its name, or its key. The database chooses by default.
func (o *FindOneAndDeleteOptions) SetHint(index any) *FindOneAndDeleteOptions {
	o.put("hint", index)
	return o
}

// SetLet sets variables, which expressions name as $$name.
func (o *FindOneAndDeleteOptions) SetLet(variables any) *FindOneAndDeleteOptions {
	o.put("let", variables)
	return o
}

// SetMaxTime sets how long it may take; as long as it takes by default. A deadline of the context does the same.
func (o *FindOneAndDeleteOptions) SetMaxTime(limit time.Duration) *FindOneAndDeleteOptions {
	o.put("maxTimeMS", milliseconds(limit))
	return o
}

// SetProjection sets which fields are handed out; all by default.
func (o *FindOneAndDeleteOptions) SetProjection(projection any) *FindOneAndDeleteOptions {
	o.put("projection", projection)
	return o
}

// SetSort sets which of several documents is meant: the first in this order.
func (o *FindOneAndDeleteOptions) SetSort(sort any) *FindOneAndDeleteOptions {
	o.put("sort", sort)
	return o
}
