package options

import "time"

// DeleteOneOptions are the options of DeleteOne.
type DeleteOneOptions struct{ set }

// DeleteOne is no options yet.
func DeleteOne() *DeleteOneOptions { return &DeleteOneOptions{} }

// SetCollation sets in which order texts are taken. By default the collection's own, or the order of their bytes.
func (o *DeleteOneOptions) SetCollation(collation *Collation) *DeleteOneOptions {
	o.put("collation", collation)
	return o
}

// SetComment sets a value that tells people what the call is for. An explanation repeats it.
func (o *DeleteOneOptions) SetComment(comment any) *DeleteOneOptions {
	o.put("comment", comment)
	return o
}

// SetHint sets which index is used: its name, or its key. The database chooses by default.
func (o *DeleteOneOptions) SetHint(index any) *DeleteOneOptions {
	o.put("hint", index)
	return o
}

// SetLet sets variables, which expressions name as $$name.
func (o *DeleteOneOptions) SetLet(variables any) *DeleteOneOptions {
	o.put("let", variables)
	return o
}

// SetMaxTime sets how long it may take; as long as it takes by default. A deadline of the context does the same.
func (o *DeleteOneOptions) SetMaxTime(limit time.Duration) *DeleteOneOptions {
	o.put("maxTimeMS", milliseconds(limit))
	return o
}

// DeleteManyOptions are the options of DeleteMany.
type DeleteManyOptions struct{ set }

// DeleteMany is no options yet.
func DeleteMany() *DeleteManyOptions { return &DeleteManyOptions{} }

// SetCollation sets in which order texts are taken. By default the collection's own, or the order of their bytes.
func (o *DeleteManyOptions) SetCollation(collation *Collation) *DeleteManyOptions {
	o.put("collation", collation)
	return o
}

// SetComment sets a value that tells people what the call is for. An explanation repeats it.
func (o *DeleteManyOptions) SetComment(comment any) *DeleteManyOptions {
	o.put("comment", comment)
	return o
}

// SetHint sets which index is used: its name, or its key. The database chooses by default.
func (o *DeleteManyOptions) SetHint(index any) *DeleteManyOptions {
	o.put("hint", index)
	return o
}

// SetLet sets variables, which expressions name as $$name.
func (o *DeleteManyOptions) SetLet(variables any) *DeleteManyOptions {
	o.put("let", variables)
	return o
}

// SetMaxTime sets how long it may take; as long as it takes by default. A deadline of the context does the same.
func (o *DeleteManyOptions) SetMaxTime(limit time.Duration) *DeleteManyOptions {
	o.put("maxTimeMS", milliseconds(limit))
	return o
}
