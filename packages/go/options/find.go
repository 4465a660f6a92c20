package options

import "time"

// FindOptions are the options of Find.
type FindOptions struct{ set }

// Find is no options yet.
func Find() *FindOptions { return &FindOptions{} }

// SetAllowDiskUse sets whether a sort that is large for memory may use a file; true by default.
func (o *FindOptions) SetAllowDiskUse(on bool) *FindOptions {
	o.put("allowDiskUse", on)
	return o
}

// SetBatchSize sets how many documents are fetched at a time; the library chooses by default, and for 0.
func (o *FindOptions) SetBatchSize(documents int32) *FindOptions {
	o.put("batchSize", documents)
	return o
}

// SetCollation sets in which order texts are taken. By default the collection's own, or the order of their bytes.
func (o *FindOptions) SetCollation(collation *Collation) *FindOptions {
	o.put("collation", collation)
	return o
}

// SetComment sets a value that tells people what the call is for. An explanation repeats it.
func (o *FindOptions) SetComment(comment any) *FindOptions {
	o.put("comment", comment)
	return o
}

// SetHint sets which index is used: its name, or its key. The database chooses by default.
func (o *FindOptions) SetHint(index any) *FindOptions {
	o.put("hint", index)
	return o
}

// SetLet sets variables, which expressions name as $$name.
func (o *FindOptions) SetLet(variables any) *FindOptions {
	o.put("let", variables)
	return o
}

// SetLimit sets how many documents there are at most; all of them for 0, the default. A negative limit is as many.
func (o *FindOptions) SetLimit(documents int64) *FindOptions {
	o.put("limit", documents)
	return o
}

// SetMax sets that only documents are found whose key in the hinted index comes before this one.
func (o *FindOptions) SetMax(key any) *FindOptions {
	o.put("max", key)
	return o
}

// SetMaxTime sets how long it may take; as long as it takes by default. A deadline of the context does the same.
func (o *FindOptions) SetMaxTime(limit time.Duration) *FindOptions {
	o.put("maxTimeMS", milliseconds(limit))
	return o
}

// SetMin sets that only documents are found whose key in the hinted index is this one, or comes behind it: a value for
// each field of the index, in its order.
func (o *FindOptions) SetMin(key any) *FindOptions {
	o.put("min", key)
	return o
}

// SetProjection sets which fields are handed out; all by default.
func (o *FindOptions) SetProjection(projection any) *FindOptions {
	o.put("projection", projection)
	return o
}

// SetSkip sets how many documents are passed over first; none by default.
func (o *FindOptions) SetSkip(documents int64) *FindOptions {
	o.put("skip", documents)
	return o
}

// SetSort sets in which order documents come; the order in which they lie by default.
func (o *FindOptions) SetSort(sort any) *FindOptions {
	o.put("sort", sort)
	return o
}

// FindOneOptions are the options of FindOne.
type FindOneOptions struct{ set }

// FindOne is no options yet.
func FindOne() *FindOneOptions { return &FindOneOptions{} }

// SetCollation sets in which order texts are taken. By default the collection's own, or the order of their bytes.
func (o *FindOneOptions) SetCollation(collation *Collation) *FindOneOptions {
	o.put("collation", collation)
	return o
}

// SetComment sets a value that tells people what the call is for. An explanation repeats it.
func (o *FindOneOptions) SetComment(comment any) *FindOneOptions {
	o.put("comment", comment)
	return o
}

// SetHint sets which index is used: its name, or its key. The database chooses by default.
func (o *FindOneOptions) SetHint(index any) *FindOneOptions {
	o.put("hint", index)
	return o
}

// SetLet sets variables, which expressions name as $$name.
func (o *FindOneOptions) SetLet(variables any) *FindOneOptions {
	o.put("let", variables)
	return o
}

// SetMax sets that only documents are found whose key in the hinted index comes before this one.
func (o *FindOneOptions) SetMax(key any) *FindOneOptions {
	o.put("max", key)
	return o
}

// SetMaxTime sets how long it may take; as long as it takes by default. A deadline of the context does the same.
func (o *FindOneOptions) SetMaxTime(limit time.Duration) *FindOneOptions {
	o.put("maxTimeMS", milliseconds(limit))
	return o
}

// SetMin sets that only documents are found whose key in the hinted index is this one, or comes behind it: a value for
// each field of the index, in its order.
func (o *FindOneOptions) SetMin(key any) *FindOneOptions {
	o.put("min", key)
	return o
}

// SetProjection sets which fields are handed out; all by default.
func (o *FindOneOptions) SetProjection(projection any) *FindOneOptions {
	o.put("projection", projection)
	return o
}

// SetSkip sets how many documents are passed over first; none by default.
func (o *FindOneOptions) SetSkip(documents int64) *FindOneOptions {
	o.put("skip", documents)
	return o
}

// SetSort sets which of several documents is meant: the first in this order.
func (o *FindOneOptions) SetSort(sort any) *FindOneOptions {
	o.put("sort", sort)
	return o
}
