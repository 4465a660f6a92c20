package nexuslite

import (
	"context"
	"sync/atomic"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go/internal/capi"
	"github.com/nexuslite/nexuslite-go/options"
)

// Collection is documents that belong together, whether or not there are any yet. From any goroutine, at any time.
//
// Filters, updates and documents are whatever the package bson makes documents of: bson.D, bson.M, a struct, and
// bson.Raw or []byte, which are taken as they are. Nil is [ErrNilDocument].
type Collection struct {
	database *Database
	name     string
	known    atomic.Pointer[remembered]
}

// Name is the collection's name.
func (c *Collection) Name() string { return c.name }

// Database is the database that the collection is in.
func (c *Collection) Database() *Database { return c.database }

func (c *Collection) codec() codec { return c.database.file.codec }

// Drop drops the collection with everything in it; without one nothing happens.
func (c *Collection) Drop(ctx context.Context) error {
	in, err := c.database.enter(ctx, changes)
	if err != nil {
		return err
	}
	defer in.end()
	_, failed := capi.DropCollection(in.db, in.how, c.name)
	return in.failed(failed).command()
}

// two does a verb that is given a document and options.
func (c *Collection) two(ctx context.Context, verb capi.Two, what intent, a []byte, said bson.D) (bson.Raw, *told, error) {
	opts, err := c.codec().options(said)
	if err != nil {
		return nil, nil, err
	}
	in, err := c.enter(ctx, what)
	if err != nil {
		return nil, nil, err
	}
	defer in.end()
	answer, failed := verb.Do(in.coll, in.how, a, opts)
	return answer.Bytes, in.failed(failed), nil
}

// three does a verb that is given a filter, a change and options.
func (c *Collection) three(ctx context.Context, verb capi.Three, filter, change []byte, said bson.D) (bson.Raw, *told, error) {
	opts, err := c.codec().options(said)
	if err != nil {
		return nil, nil, err
	}
	in, err := c.enter(ctx, changes)
	if err != nil {
		return nil, nil, err
	}
	defer in.end()
	answer, failed := verb.Do(in.coll, in.how, filter, change, opts)
	return answer.Bytes, in.failed(failed), nil
}

// CountDocuments is how many documents satisfy the filter.
func (c *Collection) CountDocuments(ctx context.Context, filter any, opts ...*options.CountOptions) (int64, error) {
	wanted, err := c.codec().document(filter)
	if err != nil {
		return 0, err
	}
	said, err := c.codec().options(given(opts))
	if err != nil {
		return 0, err
	}
	in, err := c.enter(ctx, reads)
	if err != nil {
		return 0, err
	}
	defer in.end()
	answer, failed := capi.Count(in.coll, in.how, wanted, said)
	return int64(answer.Number), in.failed(failed).command()
}

// EstimatedDocumentCount is how many documents the collection holds, those included that have expired and are not swept
// yet. It looks at no document.
func (c *Collection) EstimatedDocumentCount(ctx context.Context) (int64, error) {
	in, err := c.enter(ctx, reads)
	if err != nil {
		return 0, err
	}
	defer in.end()
	answer, failed := capi.EstimatedCount(in.coll, in.how)
	return int64(answer.Number), in.failed(failed).command()
}

// Distinct is the different values at a dotted path in the documents that satisfy the filter.
func (c *Collection) Distinct(ctx context.Context, path string, filter any, opts ...*options.DistinctOptions) *DistinctResult {
	values, err := c.distinct(ctx, path, filter, given(opts))
	return &DistinctResult{codec: c.codec(), values: values, err: err}
}

func (c *Collection) distinct(ctx context.Context, path string, filter any, said bson.D) (bson.RawArray, error) {
	wanted, err := c.codec().document(filter)
	if err != nil {
		return nil, err
	}
	opts, err := c.codec().options(said)
	if err != nil {
		return nil, err
	}
	in, err := c.enter(ctx, reads)
	if err != nil {
		return nil, err
	}
	defer in.end()
	answer, failed := capi.Distinct(in.coll, in.how, path, wanted, opts)
	if failed != nil {
		return nil, in.failed(failed).command()
	}
	return bson.Raw(answer.Bytes).Lookup("values").Array(), nil
}

// DistinctResult is the different values of a field.
type DistinctResult struct {
	codec  codec
	values bson.RawArray
	err    error
}

// Decode reads the values into what list, a pointer to a slice, points to.
func (r *DistinctResult) Decode(list any) error {
	if r.err != nil {
		return r.err
	}
	value := bson.RawValue{Type: bson.TypeArray, Value: r.values}
	if r.codec.registry != nil {
		return value.UnmarshalWithRegistry(r.codec.registry, list)
	}
	return value.Unmarshal(list)
}

// Err is what went wrong.
func (r *DistinctResult) Err() error { return r.err }

// Raw is the values as BSON.
func (r *DistinctResult) Raw() (bson.RawArray, error) { return r.values, r.err }

// Explain says by which road a statement would find its documents, in MongoDB's shape; nothing is changed.
//
// The statement names the verb and what it is given: bson.D{{"find", bson.D{{"filter", filter}, {"sort", sort}}}};
// further count, distinct (with path), updateOne, updateMany and findOneAndUpdate (with update), replaceOne and
// findOneAndReplace (with replacement), deleteOne, deleteMany and findOneAndDelete. verbosity is "queryPlanner", "" being
// the same, "executionStats", for which the statement is run to its end, or "allPlansExecution", for which a read is also
// run by the plans that were rejected.
func (c *Collection) Explain(ctx context.Context, statement any, verbosity string) (bson.Raw, error) {
	explained, err := c.codec().document(statement)
	if err != nil {
		return nil, err
	}
	var said bson.D
	if verbosity != "" {
		said = bson.D{{Key: "verbosity", Value: verbosity}}
	}
	answer, failed, err := c.two(ctx, capi.Explain, reads, explained, said)
	if err != nil {
		return nil, err
	}
	return answer, failed.command()
}
