package nexuslite

import (
	"context"
	"reflect"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go/internal/capi"
	"github.com/nexuslite/nexuslite-go/options"
)

// InsertOneResult is what InsertOne did.
type InsertOneResult struct {
	// InsertedID is the document's _id: its own, or the one that it was given.
	InsertedID any
	// Acknowledged is always true.
	Acknowledged bool
}

// InsertManyResult is what InsertMany did.
type InsertManyResult struct {
	// InsertedIDs are the documents' _ids, in order.
	InsertedIDs []any
	// Acknowledged is always true.
	Acknowledged bool
}

// UpdateResult is what an update or a replacement did.
type UpdateResult struct {
	// MatchedCount is how many documents satisfied the filter.
	MatchedCount int64
	// ModifiedCount is how many of them are other than before.
	ModifiedCount int64
	// UpsertedCount is how many documents were made: 0 or 1.
	UpsertedCount int64
	// UpsertedID is the _id of the document that was made; nil for none.
	UpsertedID any
	// Acknowledged is always true.
	Acknowledged bool
}

// DeleteResult is what a delete did.
type DeleteResult struct {
	DeletedCount int64
	// Acknowledged is always true.
	Acknowledged bool
}

// InsertOne inserts a document, which is given an _id when it has none ([options.ClientOptions.SetIDKind]).
//
// Errors: a [WriteException] when the _id or another unique key is taken ([IsDuplicateKeyError]), or when the document
// cannot be stored; otherwise a [CommandError].
func (c *Collection) InsertOne(ctx context.Context, document any, opts ...*options.InsertOneOptions) (*InsertOneResult, error) {
	inserted, err := c.codec().document(document)
	if err != nil {
		return nil, err
	}
	answer, failed, err := c.two(ctx, capi.InsertOne, changes, inserted, given(opts))
	if err != nil {
		return nil, err
	}
	if failed != nil {
		return nil, failed.write()
	}
	id, err := c.codec().value(answer.Lookup("insertedId"))
	return &InsertOneResult{InsertedID: id, Acknowledged: true}, err
}

// InsertMany inserts the documents of a list, in order, by one call of the library.
//
// Errors: a [BulkWriteException] that says which documents could not be inserted: those before the first are in, and
// unless the call is ordered those after it too.
func (c *Collection) InsertMany(ctx context.Context, documents any, opts ...*options.InsertManyOptions) (*InsertManyResult, error) {
	inserted, err := c.sequence(documents)
	if err != nil {
		return nil, err
	}
	answer, failed, err := c.two(ctx, capi.InsertMany, changes, inserted, given(opts))
	if err != nil {
		return nil, err
	}
	if failed != nil {
		return nil, failed.many(nil)
	}
	listed, err := answer.Lookup("insertedIds").Array().Values()
	if err != nil {
		return nil, err
	}
	result := &InsertManyResult{InsertedIDs: make([]any, len(listed)), Acknowledged: true}
	for i, id := range listed {
		if result.InsertedIDs[i], err = c.codec().value(id); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// sequence is the documents of a list, one after the other.
func (c *Collection) sequence(documents any) ([]byte, error) {
	list := reflect.ValueOf(documents)
	if list.Kind() != reflect.Slice || list.Len() == 0 {
		return nil, ErrEmptySlice
	}
	var all []byte
	for i := range list.Len() {
		one, err := c.codec().document(list.Index(i).Interface())
		if err != nil {
			return nil, err
		}
		all = append(all, one...)
	}
	return all, nil
}

// UpdateOne changes the first document that satisfies the filter: by a document of operators, or by a list of stages.
//
// Errors: a [WriteException] for an update that cannot be done, or that would take a unique key; otherwise a
// [CommandError].
func (c *Collection) UpdateOne(ctx context.Context, filter, update any, opts ...*options.UpdateOneOptions) (*UpdateResult, error) {
	return c.update(ctx, capi.UpdateOne, filter, update, given(opts))
}

// UpdateByID changes the document with this _id. As [Collection.UpdateOne].
func (c *Collection) UpdateByID(ctx context.Context, id, update any, opts ...*options.UpdateOneOptions) (*UpdateResult, error) {
	if id == nil {
		return nil, ErrNilValue
	}
	return c.UpdateOne(ctx, bson.D{{Key: "_id", Value: id}}, update, opts...)
}

// UpdateMany changes every document that satisfies the filter. As [Collection.UpdateOne].
//
// Outside a transaction the changes are committed in runs of some megabytes.
func (c *Collection) UpdateMany(ctx context.Context, filter, update any, opts ...*options.UpdateManyOptions) (*UpdateResult, error) {
	return c.update(ctx, capi.UpdateMany, filter, update, given(opts))
}

// ReplaceOne puts a document in the place of the first that satisfies the filter; the _id stays. Errors as those of
// [Collection.UpdateOne].
func (c *Collection) ReplaceOne(ctx context.Context, filter, replacement any, opts ...*options.ReplaceOptions) (*UpdateResult, error) {
	whole, err := c.codec().document(replacement)
	if err != nil {
		return nil, err
	}
	return c.update(ctx, capi.ReplaceOne, filter, whole, given(opts))
}

func (c *Collection) update(ctx context.Context, verb capi.Three, filter, update any, said bson.D) (*UpdateResult, error) {
	wanted, err := c.codec().document(filter)
	if err != nil {
		return nil, err
	}
	change, err := c.codec().update(update)
	if err != nil {
		return nil, err
	}
	answer, failed, err := c.three(ctx, verb, wanted, change, said)
	if err != nil {
		return nil, err
	}
	if failed != nil {
		return nil, failed.write()
	}
	result := &UpdateResult{
		MatchedCount:  answer.Lookup("matchedCount").AsInt64(),
		ModifiedCount: answer.Lookup("modifiedCount").AsInt64(),
		Acknowledged:  true,
	}
	if id := answer.Lookup("upsertedId"); !id.IsZero() {
		result.UpsertedCount = 1
		result.UpsertedID, err = c.codec().value(id)
	}
	return result, err
}

// DeleteOne deletes the first document that satisfies the filter.
//
// Errors: a [WriteException] for a filter that cannot be meant; otherwise a [CommandError].
func (c *Collection) DeleteOne(ctx context.Context, filter any, opts ...*options.DeleteOneOptions) (*DeleteResult, error) {
	return c.delete(ctx, capi.DeleteOne, filter, given(opts))
}

// DeleteMany deletes every document that satisfies the filter. As [Collection.DeleteOne].
//
// Outside a transaction the changes are committed in runs of some megabytes.
func (c *Collection) DeleteMany(ctx context.Context, filter any, opts ...*options.DeleteManyOptions) (*DeleteResult, error) {
	return c.delete(ctx, capi.DeleteMany, filter, given(opts))
}

func (c *Collection) delete(ctx context.Context, verb capi.Two, filter any, said bson.D) (*DeleteResult, error) {
	wanted, err := c.codec().document(filter)
	if err != nil {
		return nil, err
	}
	answer, failed, err := c.two(ctx, verb, changes, wanted, said)
	if err != nil {
		return nil, err
	}
	if failed != nil {
		return nil, failed.write()
	}
	return &DeleteResult{DeletedCount: answer.Lookup("deletedCount").AsInt64(), Acknowledged: true}, nil
}
