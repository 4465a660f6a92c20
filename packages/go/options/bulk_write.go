package options

import "time"

// BulkWriteOptions are the options of BulkWrite.
type BulkWriteOptions struct{ set }

// BulkWrite is no options yet.
func BulkWrite() *BulkWriteOptions { return &BulkWriteOptions{} }

// SetBypassDocumentValidation sets whether documents are stored that the collection's validator refuses; false by
// default.
func (o *BulkWriteOptions) SetBypassDocumentValidation(on bool) *BulkWriteOptions {
	o.put("bypassDocumentValidation", on)
	return o
}

// SetComment sets a value that tells people what the call is for. An explanation repeats it.
func (o *BulkWriteOptions) SetComment(comment any) *BulkWriteOptions {
	o.put("comment", comment)
	return o
}

// SetLet sets variables, which expressions name as $$name.
func (o *BulkWriteOptions) SetLet(variables any) *BulkWriteOptions {
	o.put("let", variables)
	return o
}

// SetMaxTime sets how long it may take; as long as it takes by default. A deadline of the context does the same.
func (o *BulkWriteOptions) SetMaxTime(limit time.Duration) *BulkWriteOptions {
	o.put("maxTimeMS", milliseconds(limit))
	return o
}

// SetOrdered sets whether the first failure ends the call; true by default.
func (o *BulkWriteOptions) SetOrdered(on bool) *BulkWriteOptions {
	o.put("ordered", on)
	return o
}
