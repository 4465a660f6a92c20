package nexuslite

import (
	"context"
	"iter"

	"github.com/nexuslite/nexuslite-go/options"
)

// Find walks over the documents that satisfy the filter, each read as a T. The search begins with the walk, and ends
// with it, also when that is left early; an error is handed out last.
//
//	for order, err := range nexuslite.Find[Order](ctx, orders, bson.D{}) { … }
func Find[T any](ctx context.Context, collection *Collection, filter any, opts ...*options.FindOptions) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		cursor, err := collection.Find(ctx, filter, opts...)
		if err != nil {
			var none T
			yield(none, err)
			return
		}
		for one, err := range ForEach[T](ctx, cursor) {
			if !yield(one, err) {
				return
			}
		}
	}
}

// FindOne is the first document that satisfies the filter, read as a T; [ErrNoDocuments] when there is none.
func FindOne[T any](ctx context.Context, collection *Collection, filter any, opts ...*options.FindOneOptions) (T, error) {
	var one T
	err := collection.FindOne(ctx, filter, opts...).Decode(&one)
	return one, err
}
