package nexuslite_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go"
	"github.com/nexuslite/nexuslite-go/options"
)

func TestWhatTheLibrarySaysReachesTheLogger(t *testing.T) {
	ages := options.CreateCollection().SetValidator(bson.M{"age": bson.M{"$gt": 0}}).SetValidationAction("warn")
	db := inMemory(t)
	must(t, db.CreateCollection(background, "people", ages))
	people := db.Collection("people")
	doubtful := func() {
		_, err := people.InsertOne(background, bson.M{"age": -1})
		must(t, err)
	}
	var said strings.Builder
	logger := slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelWarn}))
	must(t, nexuslite.SetLogger(logger))
	doubtful()
	must(t, nexuslite.SetLogger(nil))
	text := said.String()
	equal(t, strings.Contains(text, "level=WARN") && strings.Contains(text, "validator"), true)
	equal(t, strings.Contains(text, "target=nexuslite"), true)
	doubtful()
	equal(t, said.String(), text)

	errorsOnly := slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelError}))
	must(t, nexuslite.SetLogger(errorsOnly))
	doubtful()
	must(t, nexuslite.SetLogger(nil))
	equal(t, said.String(), text)
}

// keeper is a logger that keeps what it hears in the database.
type keeper struct {
	slog.Handler
	log *nexuslite.Collection
}

func (k keeper) Handle(ctx context.Context, record slog.Record) error {
	_, err := k.log.InsertOne(ctx, bson.M{"level": record.Level.String(), "text": record.Message})
	return err
}

func TestALoggerMayUseTheDatabase(t *testing.T) {
	strict := options.CreateCollection().SetValidator(bson.M{"n": 1}).SetValidationAction("warn")
	db := inMemory(t)
	must(t, db.CreateCollection(background, "c", strict))
	defer func() { must(t, nexuslite.SetLogger(nil)) }()
	must(t, nexuslite.SetLogger(slog.New(keeper{slog.NewTextHandler(new(strings.Builder), nil), db.Collection("log")})))
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 20 {
				_, err := db.Collection("c").InsertOne(background, bson.M{"n": 2})
				must(t, err)
			}
		})
	}
	group.Wait()
	// The last messages may still wait for somebody to call.
	_, err := db.Collection("log").CountDocuments(background, bson.D{})
	must(t, err)
	count, err := db.Collection("log").CountDocuments(background, bson.D{})
	must(t, err)
	equal(t, count, 160)
}

func TestTheBuildingOfAnIndexTellsHowFarItIs(t *testing.T) {
	// Small transactions, so that the building has several steps.
	db, err := nexuslite.Open(":memory:", options.Client().SetTransactionBytesMax(1<<20))
	must(t, err)
	defer func() { must(t, db.Close()) }()
	coll := db.Collection("numbers")
	documents := make([]bson.D, 40_000)
	for i := range documents {
		documents[i] = bson.D{{"_id", i}, {"text", strings.Repeat("x", i%100)}}
	}
	_, err = coll.InsertMany(background, documents)
	must(t, err)
	byText := nexuslite.IndexModel{Keys: bson.M{"text": 1}}
	told := 0
	name, err := coll.Indexes().CreateOne(background, byText, options.CreateIndexes().SetProgress(func(done, total uint64) bool {
		told++
		equal(t, done <= total, true)
		// Others may use the database meanwhile, and so may who is told.
		_, err := coll.CountDocuments(background, bson.M{"_id": 1})
		must(t, err)
		return true
	}))
	must(t, err)
	equal(t, name, "text_1")
	equal(t, told > 1, true)
	must(t, coll.Indexes().DropOne(background, name))

	_, err = coll.Indexes().CreateOne(background, byText, options.CreateIndexes().SetProgress(func(uint64, uint64) bool { return false }))
	equal(t, errors.Is(err, nexuslite.ErrCancelled), true)
	equal(t, errors.Is(coll.Indexes().DropOne(background, name), nexuslite.ErrNotFound), true)

	func() {
		defer func() { equal(t, recover(), any("no more")) }()
		_, _ = coll.Indexes().CreateOne(background, byText, options.CreateIndexes().SetProgress(func(uint64, uint64) bool { panic("no more") }))
	}()
	equal(t, errors.Is(coll.Indexes().DropOne(background, name), nexuslite.ErrNotFound), true)

	ctx, cancel := context.WithCancel(background)
	defer cancel()
	_, err = coll.Indexes().CreateOne(ctx, byText, options.CreateIndexes().SetProgress(func(uint64, uint64) bool {
		cancel()
		return true
	}))
	equal(t, errors.Is(err, context.Canceled), true)
}
