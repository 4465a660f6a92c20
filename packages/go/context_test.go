package nexuslite_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go"
	"github.com/nexuslite/nexuslite-go/options"
)

// slow is a filter that takes its time with each document.
var slow = bson.D{{"$expr", bson.D{{"$gt", bson.A{bson.D{{"$size", bson.D{{"$map", bson.D{
	{"input", bson.D{{"$range", bson.A{0, 20_000}}}}, {"in", bson.D{{"$add", bson.A{"$$this", 1}}}},
}}}}}, 1_000_000}}}}}

func TestAContextThatHasEndedLetsNothingBegin(t *testing.T) {
	coll := people(t)
	ctx, cancel := context.WithCancel(background)
	cancel()
	check := func(err error) {
		t.Helper()
		equal(t, errors.Is(err, context.Canceled), true)
	}
	_, err := coll.InsertOne(ctx, bson.D{{"_id", 9}})
	check(err)
	_, err = coll.Find(ctx, bson.D{})
	check(err)
	check(coll.FindOne(ctx, bson.D{}).Err())
	check(coll.Database().RunCommand(ctx, bson.D{{"ping", 1}}).Err())
	check(coll.Database().Update(ctx, func(*nexuslite.Tx) error { return nil }))
	check(coll.Distinct(ctx, "a", bson.D{}).Err())
	cursor, err := coll.Find(background, bson.D{})
	must(t, err)
	equal(t, cursor.Next(ctx), false)
	check(cursor.Err())
	must(t, cursor.Close(ctx))
	equal(t, ids(t, coll, bson.D{}), "[1 2 3 4 5]")
}

func TestADeadlineStopsTheEngine(t *testing.T) {
	coll := numbers(t, 5000)
	ways := map[string]func(context.Context) error{
		"count": func(ctx context.Context) error {
			_, err := coll.CountDocuments(ctx, slow)
			return err
		},
		"find one":    func(ctx context.Context) error { return coll.FindOne(ctx, slow).Err() },
		"update many": func(ctx context.Context) error { _, err := coll.UpdateMany(ctx, slow, inc("n")); return err },
		"delete many": func(ctx context.Context) error { _, err := coll.DeleteMany(ctx, slow); return err },
		"distinct":    func(ctx context.Context) error { return coll.Distinct(ctx, "text", slow).Err() },
		"cursor": func(ctx context.Context) error {
			cursor, err := coll.Find(ctx, slow)
			if err != nil {
				return err
			}
			return cursor.All(ctx, &[]bson.D{})
		},
		"a later batch": func(ctx context.Context) error {
			cursor, err := coll.Find(background, bson.D{{"$or", bson.A{bson.D{{"_id", bson.D{{"$lt", 50}}}}, slow}}}, options.Find().SetBatchSize(50))
			must(t, err)
			defer cursor.Close(background)
			for cursor.Next(ctx) {
			}
			return cursor.Err()
		},
	}
	for name, way := range ways {
		ctx, cancel := context.WithTimeout(background, 20*time.Millisecond)
		err := way(ctx)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) || !nexuslite.IsTimeout(err) {
			t.Errorf("%s: %v", name, err)
		}
		if errors.Is(err, nexuslite.ErrConflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := coll.CountDocuments(background, slow, options.Count().SetMaxTime(5*time.Millisecond))
	equal(t, nexuslite.IsTimeout(err), true)
	var command nexuslite.CommandError
	equal(t, errors.As(err, &command) && command.IsMaxTimeMSExpiredError(), true)
	equal(t, errors.Is(err, context.DeadlineExceeded), false)
}

func TestACancellationFromAnotherGoroutineStopsTheEngine(t *testing.T) {
	coll := numbers(t, 5000)
	ctx, cancel := context.WithCancel(background)
	go func() {
		time.Sleep(10 * time.Millisecond)
		cancel()
	}()
	_, err := coll.CountDocuments(ctx, slow)
	equal(t, errors.Is(err, context.Canceled), true)
	equal(t, errors.Is(err, nexuslite.ErrCancelled), true)
	equal(t, nexuslite.IsTimeout(err), false)
}
