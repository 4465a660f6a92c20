package nexuslite

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go/internal/capi"
	"github.com/nexuslite/nexuslite-go/options"
)

// SingleResult is one document, or what went wrong.
type SingleResult struct {
	codec    codec
	document bson.Raw
	err      error
}

// Decode reads the document into what value points to; [ErrNoDocuments] when there is none.
func (r *SingleResult) Decode(value any) error {
	if r.err != nil {
		return r.err
	}
	return r.codec.decode(r.document, value)
}

// Raw is the document as BSON; [ErrNoDocuments] when there is none.
func (r *SingleResult) Raw() (bson.Raw, error) { return r.document, r.err }

// Err is what went wrong; [ErrNoDocuments] when there is no document.
func (r *SingleResult) Err() error { return r.err }

// single is a document that was found; none where there is none.
func (c *Collection) single(document bson.Raw, failed *told, err error) *SingleResult {
	result := &SingleResult{codec: c.codec(), document: document, err: err}
	switch {
	case err != nil:
	case failed != nil:
		result.err = failed.command()
	case document == nil:
		result.err = ErrNoDocuments
	}
	return result
}

// FindOne is the first document that satisfies the filter.
func (c *Collection) FindOne(ctx context.Context, filter any, opts ...*options.FindOneOptions) *SingleResult {
	wanted, err := c.codec().document(filter)
	if err != nil {
		return c.single(nil, nil, err)
	}
	return c.single(c.two(ctx, capi.FindOne, reads, wanted, given(opts)))
}

// FindOneRaw is [Collection.FindOne] without garbage: what it finds is put into the memory behind into, as far as its
// capacity reaches, and into memory of its own otherwise. [ErrNoDocuments] when there is nothing.
//
//	for _, filter := range filters {
//		if found, err = orders.FindOneRaw(ctx, filter, found); err != nil { … }
//	}
func (c *Collection) FindOneRaw(ctx context.Context, filter, into bson.Raw) (bson.Raw, error) {
	if filter == nil {
		return nil, ErrNilDocument
	}
	in, err := c.enter(ctx, reads)
	if err != nil {
		return nil, err
	}
	found, failed := capi.FindOneIn(in.coll, in.how, filter, into[:cap(into)])
	in.end()
	if failed != nil {
		return nil, in.failed(failed).command()
	}
	if found == nil {
		return nil, ErrNoDocuments
	}
	return found, nil
}

// FindOneAndUpdate changes the first document that satisfies the filter and hands it out: as it was, unless
// [options.FindOneAndUpdateOptions.SetReturnDocument] says otherwise.
func (c *Collection) FindOneAndUpdate(ctx context.Context, filter, update any, opts ...*options.FindOneAndUpdateOptions) *SingleResult {
	change, err := c.codec().update(update)
	if err != nil {
		return c.single(nil, nil, err)
	}
	return c.findOneAnd(ctx, capi.FindOneAndUpdate, filter, change, given(opts))
}

// FindOneAndReplace replaces the first document that satisfies the filter and hands it out: as it was, unless
// [options.FindOneAndReplaceOptions.SetReturnDocument] says otherwise.
func (c *Collection) FindOneAndReplace(ctx context.Context, filter, replacement any, opts ...*options.FindOneAndReplaceOptions) *SingleResult {
	whole, err := c.codec().document(replacement)
	if err != nil {
		return c.single(nil, nil, err)
	}
	return c.findOneAnd(ctx, capi.FindOneAndReplace, filter, whole, given(opts))
}

// FindOneAndDelete deletes the first document that satisfies the filter and hands it out.
func (c *Collection) FindOneAndDelete(ctx context.Context, filter any, opts ...*options.FindOneAndDeleteOptions) *SingleResult {
	wanted, err := c.codec().document(filter)
	if err != nil {
		return c.single(nil, nil, err)
	}
	return c.single(c.two(ctx, capi.FindOneAndDelete, changes, wanted, given(opts)))
}

func (c *Collection) findOneAnd(ctx context.Context, verb capi.Three, filter any, change []byte, said bson.D) *SingleResult {
	wanted, err := c.codec().document(filter)
	if err != nil {
		return c.single(nil, nil, err)
	}
	return c.single(c.three(ctx, verb, wanted, change, said))
}

// Find begins a cursor over the documents that satisfy the filter. It sees the state of this moment, and keeps it until
// it is closed; [Cursor.All], and [Cursor.Next] at the end, close it.
func (c *Collection) Find(ctx context.Context, filter any, opts ...*options.FindOptions) (*Cursor, error) {
	wanted, err := c.codec().document(filter)
	if err != nil {
		return nil, err
	}
	all := given(opts)
	said, err := c.codec().options(all)
	if err != nil {
		return nil, err
	}
	in, err := c.enter(ctx, reads)
	if err != nil {
		return nil, err
	}
	defer in.end()
	token, err := in.keepToken()
	if err != nil {
		return nil, err
	}
	found, failed := capi.Find(in.coll, in.how, wanted, said)
	if failed != nil {
		capi.FreeCancel(token)
		return nil, in.failed(failed).command()
	}
	return newCursor(c.database.file, found.Handle, token, batchSize(all)), nil
}

func batchSize(said bson.D) int32 {
	for _, one := range said {
		if size, ok := one.Value.(int32); ok && one.Key == "batchSize" {
			return size
		}
	}
	return 0
}
