package options

import "time"

// UpdateOneOptions are the options of UpdateOne.
type UpdateOneOptions struct{ set }

// UpdateOne is no options yet.
func UpdateOne() *UpdateOneOptions { return &UpdateOneOptions{} }

// SetArrayFilters sets which elements of arrays $[name] means in the update.
func (o *UpdateOneOptions) SetArrayFilters(filters []any) *UpdateOneOptions {
	o.put("arrayFilters", filters)
	return o
}

// SetBypassDocumentValidation sets whether documents are stored that the collection's validator refuses; false by
// default.
func (o *UpdateOneOptions) SetBypassDocumentValidation(on bool) *UpdateOneOptions {
	o.put("bypassDocumentValidation", on)
	return o
}

// SetCollation sets in which order texts are taken. By default the collection's own, or the order of their bytes.
func (o *UpdateOneOptions) SetCollation(collation *Collation) *UpdateOneOptions {
	o.put("collation", collation)
	return o
}

// SetComment sets a value that tells people what the call is for. An explanation repeats it.
func (o *UpdateOneOptions) SetComment(comment any) *UpdateOneOptions {
	o.put("comment", comment)
	return o
}

// SetHint sets which index is used: its name, or its key. The database chooses by default.
func (o *UpdateOneOptions) SetHint(index any) *UpdateOneOptions {
	o.put("hint", index)
	return o
}

// SetLet sets variables, which expressions name as $$name.
func (o *UpdateOneOptions) SetLet(variables any) *UpdateOneOptions {
	o.put("let", variables)
	return o
}

// SetMaxTime sets how long it may take; as long as it takes by default. A deadline of the context does the same.
func (o *UpdateOneOptions) SetMaxTime(limit time.Duration) *UpdateOneOptions {
	o.put("maxTimeMS", milliseconds(limit))
	return o
}

// SetSort sets which of several documents is meant: the first in this order.
func (o *UpdateOneOptions) SetSort(sort any) *UpdateOneOptions {
	o.put("sort", sort)
	return o
}

// SetUpsert sets whether a document is made when none satisfies the filter; false by default.
func (o *UpdateOneOptions) SetUpsert(on bool) *UpdateOneOptions {
	o.put("upsert", on)
	return o
}

// UpdateManyOptions are the options of UpdateMany.
type UpdateManyOptions struct{ set }

// UpdateMany is no options yet.
func UpdateMany() *UpdateManyOptions { return &UpdateManyOptions{} }

// SetArrayFilters sets which elements of arrays $[name] means in the update.
func (o *UpdateManyOptions) SetArrayFilters(filters []any) *UpdateManyOptions {
	o.put("arrayFilters", filters)
	return o
}

// SetBypassDocumentValidation sets whether documents are stored that the collection's validator refuses; false by
// default.
func (o *UpdateManyOptions) SetBypassDocumentValidation(on bool) *UpdateManyOptions {
	o.put("bypassDocumentValidation", on)
	return o
}

// SetCollation sets in which order texts are taken. By default the collection's own, or the order of their bytes.
func (o *UpdateManyOptions) SetCollation(collation *Collation) *UpdateManyOptions {
	o.put("collation", collation)
	return o
}

// SetComment sets a value that tells people what the call is for. An explanation repeats it.
func (o *UpdateManyOptions) SetComment(comment any) *UpdateManyOptions {
	o.put("comment", comment)
	return o
}

// SetHint sets which index is used: its name, or its key. The database chooses by default.
func (o *UpdateManyOptions) SetHint(index any) *UpdateManyOptions {
	o.put("hint", index)
	return o
}

// SetLet sets variables, which expressions name as $$name.
func (o *UpdateManyOptions) SetLet(variables any) *UpdateManyOptions {
	o.put("let", variables)
	return o
}

// SetMaxTime sets how long it may take; as long as it takes by default. A deadline of the context does the same.
func (o *UpdateManyOptions) SetMaxTime(limit time.Duration) *UpdateManyOptions {
	o.put("maxTimeMS", milliseconds(limit))
	return o
}

// SetUpsert sets whether a document is made when none satisfies the filter; false by default.
func (o *UpdateManyOptions) SetUpsert(on bool) *UpdateManyOptions {
	o.put("upsert", on)
	return o
}

// ReplaceOptions are the options of ReplaceOne.
type ReplaceOptions struct{ set }

// Replace is no options yet.
func Replace() *ReplaceOptions { return &ReplaceOptions{} }

// SetBypassDocumentValidation sets whether documents are stored that the collection's validator refuses; false by
// default.
func (o *ReplaceOptions) SetBypassDocumentValidation(on bool) *ReplaceOptions {
	o.put("bypassDocumentValidation", on)
	return o
}

// SetCollation sets in which order texts are taken. By default the collection's own, or the order of their bytes.
func (o *ReplaceOptions) SetCollation(collation *Collation) *ReplaceOptions {
	o.put("collation", collation)
	return o
}

// SetComment sets a value that tells people what the call is for. An explanation repeats it.
func (o *ReplaceOptions) SetComment(comment any) *ReplaceOptions {
	o.put("comment", comment)
	return o
}

// SetHint sets which index is used: its name, or its key. The database chooses by default.
func (o *ReplaceOptions) SetHint(index any) *ReplaceOptions {
	o.put("hint", index)
	return o
}

// SetLet sets variables, which expressions name as $$name.
func (o *ReplaceOptions) SetLet(variables any) *ReplaceOptions {
	o.put("let", variables)
	return o
}

// SetMaxTime sets how long it may take; as long as it takes by default. A deadline of the context does the same.
func (o *ReplaceOptions) SetMaxTime(limit time.Duration) *ReplaceOptions {
	o.put("maxTimeMS", milliseconds(limit))
	return o
}

// SetSort sets which of several documents is meant: the first in this order.
func (o *ReplaceOptions) SetSort(sort any) *ReplaceOptions {
	o.put("sort", sort)
	return o
}

// SetUpsert sets whether a document is made when none satisfies the filter; false by default.
func (o *ReplaceOptions) SetUpsert(on bool) *ReplaceOptions {
	o.put("upsert", on)
	return o
}
