package options

import "time"

// CountOptions are the options of CountDocuments.
type CountOptions struct{ set }

// Count is no options yet.
func Count() *CountOptions { return &CountOptions{} }

// SetCollation sets in which order texts are taken. By default the collection's own, or the order of their bytes.
func (o *CountOptions) SetCollation(collation *Collation) *CountOptions {
	o.put("collation", collation)
	return o
}

// SetComment sets a value that tells people what the call is for. An explanation repeats it.
func (o *CountOptions) SetComment(comment any) *CountOptions {
	o.put("comment", comment)
	return o
}

// SetHint sets which index is used: its name, or its key. The database chooses by default.
func (o *CountOptions) SetHint(index any) *CountOptions {
	o.put("hint", index)
	return o
}

// SetLet sets variables, which expressions name as $$name.
func (o *CountOptions) SetLet(variables any) *CountOptions {
	o.put("let", variables)
	return o
}

// SetLimit sets how many documents there are at most; all of them for 0, the default.
func (o *CountOptions) SetLimit(documents int64) *CountOptions {
	o.put("limit", documents)
	return o
}

// SetMaxTime sets how long it may take; as long as it takes by default. A deadline of the context does the same.
func (o *CountOptions) SetMaxTime(limit time.Duration) *CountOptions {
	o.put("maxTimeMS", milliseconds(limit))
	return o
}

// SetSkip sets how many documents are passed over first; none by default.
func (o *CountOptions) SetSkip(documents int64) *CountOptions {
	o.put("skip", documents)
	return o
}

// DistinctOptions are the options of Distinct.
type DistinctOptions struct{ set }

// Distinct is no options yet.
func Distinct() *DistinctOptions { return &DistinctOptions{} }

// SetCollation sets in which order texts are taken. By default the collection's own, or the order of their bytes.
func (o *DistinctOptions) SetCollation(collation *Collation) *DistinctOptions {
	o.put("collation", collation)
	return o
}

// SetComment sets a value that tells people what the call is for. An explanation repeats it.
func (o *DistinctOptions) SetComment(comment any) *DistinctOptions {
	o.put("comment", comment)
	return o
}

// SetHint sets which index is used: its name, or its key. The database chooses by default.
func (o *DistinctOptions) SetHint(index any) *DistinctOptions {
	o.put("hint", index)
	return o
}

// SetMaxTime sets how long it may take; as long as it takes by default. A deadline of the context does the same.
func (o *DistinctOptions) SetMaxTime(limit time.Duration) *DistinctOptions {
	o.put("maxTimeMS", milliseconds(limit))
	return o
}
