package nexuslite

import (
	"context"
	"strconv"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go/internal/capi"
	"github.com/nexuslite/nexuslite-go/options"
)

// BulkWriteResult is what many writes did together.
type BulkWriteResult struct {
	InsertedCount int64
	MatchedCount  int64
	ModifiedCount int64
	DeletedCount  int64
	UpsertedCount int64
	// UpsertedIDs are the _ids of the documents that upserts made, by the place of the write.
	UpsertedIDs map[int64]any
	// InsertedIDs are the _ids of the documents that were inserted, by the place of the write.
	InsertedIDs map[int64]any
	// Acknowledged is always true.
	Acknowledged bool
}

// BulkWrite does many writes by one call of the library, in order.
//
// Errors: a [BulkWriteException] that says which writes failed; those before the first were done, and unless the call is
// ordered those after it too. A write that cannot be meant fails the call before anything is done.
func (c *Collection) BulkWrite(ctx context.Context, models []WriteModel, opts ...*options.BulkWriteOptions) (*BulkWriteResult, error) {
	if len(models) == 0 {
		return nil, ErrEmptySlice
	}
	var all []byte
	for _, model := range models {
		if model == nil {
			return nil, ErrNilDocument
		}
		said, err := model.write(c.codec())
		if err != nil {
			return nil, err
		}
		one, err := c.codec().document(said)
		if err != nil {
			return nil, err
		}
		all = append(all, one...)
	}
	answer, failed, err := c.two(ctx, capi.BulkWrite, changes, all, given(opts))
	if err != nil {
		return nil, err
	}
	if failed != nil {
		return nil, failed.many(models)
	}
	return bulkResult(c.codec(), answer)
}

func bulkResult(codec codec, answer bson.Raw) (*BulkWriteResult, error) {
	count := func(name string) int64 { return answer.Lookup(name).AsInt64() }
	inserted, err := byPlace(codec, answer.Lookup("insertedIds"))
	if err != nil {
		return nil, err
	}
	upserted, err := byPlace(codec, answer.Lookup("upsertedIds"))
	return &BulkWriteResult{
		InsertedCount: count("insertedCount"),
		MatchedCount:  count("matchedCount"),
		ModifiedCount: count("modifiedCount"),
		DeletedCount:  count("deletedCount"),
		UpsertedCount: count("upsertedCount"),
		UpsertedIDs:   upserted,
		InsertedIDs:   inserted,
		Acknowledged:  true,
	}, err
}

func byPlace(codec codec, ids bson.RawValue) (map[int64]any, error) {
	elements, err := ids.Document().Elements()
	if err != nil {
		return nil, err
	}
	all := make(map[int64]any, len(elements))
	for _, one := range elements {
		place, err := strconv.ParseInt(one.Key(), 10, 64)
		if err != nil {
			return nil, err
		}
		if all[place], err = codec.value(one.Value()); err != nil {
			return nil, err
		}
	}
	return all, nil
}
