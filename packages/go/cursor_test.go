package nexuslite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go"
	"github.com/nexuslite/nexuslite-go/options"
)

func numbers(t testing.TB, count int) *nexuslite.Collection {
	t.Helper()
	coll := inMemory(t).Collection("numbers")
	documents := make([]bson.D, count)
	for i := range documents {
		documents[i] = bson.D{{"_id", i}, {"text", strings.Repeat("x", i%50)}}
	}
	_, err := coll.InsertMany(background, documents)
	must(t, err)
	return coll
}

func TestCursorWalksOverEveryBatch(t *testing.T) {
	coll, wanted := numbers(t, 5000), rounds(1200, 4800)
	for _, size := range []int32{0, 1, 7, 101, 6000} {
		cursor, err := coll.Find(background, bson.D{}, options.Find().SetBatchSize(size).SetLimit(int64(wanted)))
		must(t, err)
		var kept []bson.Raw
		for cursor.Next(background) {
			var one struct {
				ID int `bson:"_id"`
			}
			must(t, cursor.Decode(&one))
			equal(t, one.ID, len(kept))
			var raw bson.Raw
			must(t, cursor.Decode(&raw))
			kept = append(kept, raw)
		}
		must(t, cursor.Err())
		equal(t, len(kept), wanted)
		// What was decoded stays as it was.
		for i, raw := range kept {
			equal(t, int(raw.Lookup("_id").AsInt64()), i)
		}
		equal(t, cursor.Next(background), false)
		equal(t, cursor.TryNext(background), false)
		must(t, cursor.Close(background))
		must(t, cursor.Close(background))
	}
}

func TestWhatIteratorsAndAllHandOutIsTheCallersOwn(t *testing.T) {
	coll := numbers(t, 1000)
	find := func() *nexuslite.Cursor {
		cursor, err := coll.Find(background, bson.D{}, options.Find().SetBatchSize(3))
		must(t, err)
		return cursor
	}
	var kept, all []bson.Raw
	for document, err := range find().Documents(background) {
		must(t, err)
		kept = append(kept, document)
	}
	must(t, find().All(background, &all))
	equal(t, len(kept), 1000)
	equal(t, len(all), 1000)
	for i := range kept {
		equal(t, int(kept[i].Lookup("_id").AsInt64()), i)
		equal(t, string(all[i]), string(kept[i]))
	}
}

func TestADocumentMayBeLongerThanABatch(t *testing.T) {
	coll := inMemory(t).Collection("long")
	lengths := []int{0, 4 << 10, 10, 3 << 20, 1 << 20, 0, 100 << 10}
	for i, length := range lengths {
		_, err := coll.InsertOne(background, bson.D{{"_id", i}, {"text", strings.Repeat("x", length)}})
		must(t, err)
	}
	for _, size := range []int32{0, 1, 2} {
		cursor, err := coll.Find(background, bson.D{}, options.Find().SetBatchSize(size))
		must(t, err)
		var found []int
		for cursor.Next(background) {
			found = append(found, len(cursor.Current.Lookup("text").StringValue()))
		}
		must(t, cursor.Err())
		equal(t, fmt.Sprint(found), fmt.Sprint(lengths))
	}
}

func TestADocumentIsPutIntoMemoryOfTheCallers(t *testing.T) {
	coll := numbers(t, 50)
	filter := func(id int) bson.Raw {
		made, err := bson.Marshal(bson.D{{"_id", id}})
		must(t, err)
		return made
	}
	into := make(bson.Raw, 0, 64)
	for id := range 50 {
		wanted, err := coll.FindOne(background, filter(id)).Raw()
		must(t, err)
		found, err := coll.FindOneRaw(background, filter(id), into)
		must(t, err)
		equal(t, string(found), string(wanted))
		// A zero stands behind it.
		equal(t, &found[0] == &into[:1][0], len(found) < cap(into))
	}
	for _, none := range []bson.Raw{nil, {}, into} {
		found, err := coll.FindOneRaw(background, filter(7), none)
		must(t, err)
		equal(t, found.Lookup("_id").AsInt64(), 7)
		_, err = coll.FindOneRaw(background, filter(99), none)
		equal(t, errors.Is(err, nexuslite.ErrNoDocuments), true)
	}
	_, err := coll.FindOneRaw(background, nil, into)
	equal(t, errors.Is(err, nexuslite.ErrNilDocument), true)
	_, err = coll.FindOneRaw(background, bson.Raw("\x05\x00\x00"), into)
	equal(t, errors.Is(err, nexuslite.ErrInvalid), true)
	ended, end := context.WithCancel(background)
	end()
	_, err = coll.FindOneRaw(ended, filter(7), into)
	equal(t, errors.Is(err, context.Canceled), true)
}

func TestAllReadsIntoAnySlice(t *testing.T) {
	coll := numbers(t, 300)
	find := func() *nexuslite.Cursor {
		cursor, err := coll.Find(background, bson.D{}, options.Find().SetSort(bson.D{{"_id", -1}}))
		must(t, err)
		return cursor
	}
	var raws []bson.Raw
	must(t, find().All(background, &raws))
	equal(t, len(raws), 300)
	var maps []bson.M
	must(t, find().All(background, &maps))
	equal(t, maps[0]["_id"].(int32), 299)
	var pointers []*struct{ Text string }
	must(t, find().All(background, &pointers))
	equal(t, len(pointers[299].Text), 0)
	cursor := find()
	equal(t, cursor.All(background, maps) != nil, true)
	var wrong []struct {
		Text int
	}
	equal(t, find().All(background, &wrong) != nil, true)
	var none *nexuslite.Cursor
	equal(t, errors.Is(none.All(background, &raws), nexuslite.ErrNilCursor), true)
	equal(t, errors.Is(none.Close(background), nexuslite.ErrNilCursor), true)
}

func TestIteratorsCloseWhatTheyLeave(t *testing.T) {
	coll := numbers(t, 1000)
	live := nexuslite.LiveHandles()
	seen := 0
	for one, err := range nexuslite.Find[bson.M](background, coll, bson.D{}) {
		must(t, err)
		equal(t, one["_id"].(int32), int32(seen))
		if seen++; seen == 500 {
			break
		}
	}
	equal(t, nexuslite.LiveHandles(), live)
	cursor, err := coll.Find(background, bson.D{})
	must(t, err)
	equal(t, nexuslite.LiveHandles(), live+2)
	for range cursor.Documents(background) {
		break
	}
	equal(t, nexuslite.LiveHandles(), live)
	for _, err := range nexuslite.Find[bson.M](background, coll, bson.D{{"$dream", 1}}) {
		equal(t, errors.Is(err, nexuslite.ErrInvalid), true)
		seen++
	}
	for _, err := range nexuslite.Find[struct{ Text int }](background, coll, bson.D{{"_id", 1}}) {
		equal(t, err != nil, true)
		seen++
	}
	equal(t, seen, 502)
	equal(t, nexuslite.LiveHandles(), live)
}

func TestCursorSeesTheStateOfItsBeginning(t *testing.T) {
	coll := numbers(t, 2000)
	cursor, err := coll.Find(background, bson.D{})
	must(t, err)
	equal(t, cursor.Next(background), true)
	equal(t, cursor.RemainingBatchLength(), 100)
	_, err = coll.DeleteMany(background, bson.D{})
	must(t, err)
	count := 1
	for cursor.Next(background) {
		count++
	}
	must(t, cursor.Err())
	equal(t, count, 2000)
}

func TestCursorIsToldWhenItsDatabaseIsClosed(t *testing.T) {
	db, err := nexuslite.Open(":memory:")
	must(t, err)
	coll := db.Collection("c")
	documents := make([]bson.D, 500)
	for i := range documents {
		documents[i] = bson.D{{"_id", i}}
	}
	_, err = coll.InsertMany(background, documents)
	must(t, err)
	cursor, err := coll.Find(background, bson.D{})
	must(t, err)
	equal(t, cursor.Next(background), true)
	must(t, db.Close())
	must(t, db.Close())
	for cursor.Next(background) {
	}
	equal(t, errors.Is(cursor.Err(), nexuslite.ErrClosed), true)
	_, err = coll.Find(background, bson.D{})
	equal(t, errors.Is(err, nexuslite.ErrClientDisconnected), true)
	_, err = coll.InsertOne(background, bson.D{})
	equal(t, errors.Is(err, nexuslite.ErrClosed), true)
	_, err = db.StartSession()
	equal(t, errors.Is(err, nexuslite.ErrClosed), true)
	must(t, cursor.Close(background))
}

func TestForgottenCursorsAndTransactionsAreFreedSomeTime(t *testing.T) {
	coll := numbers(t, 1000)
	live := nexuslite.LiveHandles()
	func() {
		for range 20 {
			cursor, err := coll.Find(background, bson.D{})
			must(t, err)
			equal(t, cursor.Next(background), true)
			session, err := coll.Database().StartSession()
			must(t, err)
			must(t, session.StartTransaction())
			_, err = coll.CountDocuments(nexuslite.NewSessionContext(background, session), bson.D{})
			must(t, err)
		}
	}()
	equal(t, nexuslite.LiveHandles() >= live, true)
	eventually(t, func() bool { return nexuslite.LiveHandles() == live })
}

// 20,000 short cursors, some walked to their end and some not; a million when NEXUSLITE_LONG is set.
func TestMemoryStaysFlatOverManyShortCursors(t *testing.T) {
	coll := numbers(t, 300)
	rounds := rounds(20_000, 1_000_000)
	ctx, cancel := context.WithCancel(background)
	defer cancel()
	walk := func(rounds int) {
		for i := range rounds {
			cursor, err := coll.Find(ctx, bson.D{{"_id", bson.D{{"$gte", i % 290}}}}, options.Find().SetLimit(3))
			must(t, err)
			for range i % 5 {
				cursor.Next(ctx)
			}
			must(t, cursor.Close(ctx))
		}
	}
	walk(rounds / 4)
	live, before := nexuslite.LiveHandles(), resident(t)
	walk(rounds)
	equal(t, nexuslite.LiveHandles(), live)
	if grown := resident(t) - before; grown > 32<<20 {
		t.Errorf("%d bytes more are resident after %d cursors", grown, rounds)
	}
}

// resident is how many bytes of memory the process has.
func resident(t testing.TB) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("this system does not say how much memory a process has")
	}
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	must(t, err)
	return pages * os.Getpagesize()
}

func ExampleFind() {
	type Order struct {
		Customer string
		Total    float64
	}
	ctx := context.Background()
	db, err := nexuslite.Open(":memory:")
	if err != nil {
		panic(err)
	}
	defer db.Close()
	orders := db.Collection("orders")
	if _, err := orders.InsertMany(ctx, []Order{{"Ada", 42}, {"Grace", 12.5}}); err != nil {
		panic(err)
	}
	for order, err := range nexuslite.Find[Order](ctx, orders, bson.D{{Key: "total", Value: bson.D{{Key: "$gt", Value: 20}}}}) {
		fmt.Println(order, err)
	}
	// Output: {Ada 42} <nil>
}
