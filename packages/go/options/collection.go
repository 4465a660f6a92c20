package options

// CreateCollectionOptions are the options of CreateCollection; the guide to collections tells of each.
type CreateCollectionOptions struct{ set }

// CreateCollection is no options yet.
func CreateCollection() *CreateCollectionOptions { return &CreateCollectionOptions{} }

// SetCapped sets whether the oldest documents go when there are too many; false by default.
func (o *CreateCollectionOptions) SetCapped(on bool) *CreateCollectionOptions {
	o.put("capped", on)
	return o
}

// SetSizeInBytes sets how large a capped collection becomes.
func (o *CreateCollectionOptions) SetSizeInBytes(bytes int64) *CreateCollectionOptions {
	o.put("size", bytes)
	return o
}

// SetMaxDocuments sets how many documents a capped collection has at most.
func (o *CreateCollectionOptions) SetMaxDocuments(documents int64) *CreateCollectionOptions {
	o.put("max", documents)
	return o
}

// SetValidator sets what each document must satisfy: a filter, $jsonSchema among them.
func (o *CreateCollectionOptions) SetValidator(filter any) *CreateCollectionOptions {
	o.put("validator", filter)
	return o
}

// SetValidationLevel sets which documents are judged: "strict" (all of them, the default), "moderate" or "off".
func (o *CreateCollectionOptions) SetValidationLevel(level string) *CreateCollectionOptions {
	o.put("validationLevel", level)
	return o
}

// SetValidationAction sets what becomes of those refused: "error" (the default) or "warn".
func (o *CreateCollectionOptions) SetValidationAction(action string) *CreateCollectionOptions {
	o.put("validationAction", action)
	return o
}

// SetCollation sets in which order the collection's texts are taken; the order of their bytes by default.
func (o *CreateCollectionOptions) SetCollation(collation *Collation) *CreateCollectionOptions {
	o.put("collation", collation)
	return o
}

// SetClusteredIndex sets that documents lie in the order of their _id: {key: {_id: 1}, unique: true}.
func (o *CreateCollectionOptions) SetClusteredIndex(index any) *CreateCollectionOptions {
	o.put("clusteredIndex", index)
	return o
}

// SetExpireAfterSeconds sets how long the documents of a clustered collection live.
func (o *CreateCollectionOptions) SetExpireAfterSeconds(seconds int64) *CreateCollectionOptions {
	o.put("expireAfterSeconds", seconds)
	return o
}

// SetMetadata sets whether each document has times, tags and a time to live beside its fields; false by default.
func (o *CreateCollectionOptions) SetMetadata(on bool) *CreateCollectionOptions {
	o.put("metadata", on)
	return o
}

// SetPrimaryKey sets which field is the documents' key beside their _id.
func (o *CreateCollectionOptions) SetPrimaryKey(key any) *CreateCollectionOptions {
	o.put("primaryKey", key)
	return o
}

// SetSoftDelete sets whether deleted documents can be restored; false by default.
func (o *CreateCollectionOptions) SetSoftDelete(on bool) *CreateCollectionOptions {
	o.put("softDelete", on)
	return o
}

// IndexOptions are the options of one index; the guide to indexes tells of each.
type IndexOptions struct{ set }

// Index is no options yet.
func Index() *IndexOptions { return &IndexOptions{} }

// SetName sets the name; by default it is made of the key, like total_-1.
func (o *IndexOptions) SetName(name string) *IndexOptions {
	o.put("name", name)
	return o
}

// SetUnique sets whether two documents may not have the same values; false by default.
func (o *IndexOptions) SetUnique(on bool) *IndexOptions {
	o.put("unique", on)
	return o
}

// SetSparse sets whether documents without the fields are left out; false by default.
func (o *IndexOptions) SetSparse(on bool) *IndexOptions {
	o.put("sparse", on)
	return o
}

// SetHidden sets whether the index is kept up, and not used; false by default.
func (o *IndexOptions) SetHidden(on bool) *IndexOptions {
	o.put("hidden", on)
	return o
}

// SetExpireAfterSeconds sets how long after the date in its field a document lives.
func (o *IndexOptions) SetExpireAfterSeconds(seconds int32) *IndexOptions {
	o.put("expireAfterSeconds", seconds)
	return o
}

// SetPartialFilterExpression sets which documents are in the index; all of them by default.
func (o *IndexOptions) SetPartialFilterExpression(filter any) *IndexOptions {
	o.put("partialFilterExpression", filter)
	return o
}

// SetCollation sets in which order texts lie in the index; the collection's own by default.
func (o *IndexOptions) SetCollation(collation *Collation) *IndexOptions {
	o.put("collation", collation)
	return o
}

// CreateIndexesOptions say how indexes are created.
type CreateIndexesOptions struct {
	// Progress is told how far the building is; nil for nobody.
	Progress func(done, total uint64) bool
}

// CreateIndexes is no options yet.
func CreateIndexes() *CreateIndexesOptions { return &CreateIndexesOptions{} }

// SetProgress has progress told how many documents of about how many were gone through, by the goroutine that creates
// the indexes. When it answers false they are not created, and the call ends with ErrCancelled.
func (o *CreateIndexesOptions) SetProgress(progress func(done, total uint64) bool) *CreateIndexesOptions {
	o.Progress = progress
	return o
}
