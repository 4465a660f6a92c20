package nexuslite_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go"
)

var errOfMine = errors.New("mine")

func inc(field string) bson.D { return bson.D{{"$inc", bson.D{{field, 1}}}} }

func TestASessionCommitsOrForgets(t *testing.T) {
	client, _ := folder(t)
	coll := client.Database("shop").Collection("c")
	session, err := client.StartSession()
	must(t, err)
	defer session.EndSession(background)
	ctx := nexuslite.NewSessionContext(background, session)
	equal(t, nexuslite.SessionFromContext(ctx), session)
	equal(t, session.CommitTransaction(ctx) != nil, true)

	must(t, session.StartTransaction())
	equal(t, session.StartTransaction() != nil, true)
	_, err = coll.InsertOne(ctx, bson.D{{"_id", 1}})
	must(t, err)
	equal(t, ids(t, coll, bson.D{}), "[]")
	count, err := coll.CountDocuments(ctx, bson.D{})
	must(t, err)
	equal(t, count, 1)
	raw, err := coll.Database().RunCommand(ctx, bson.D{{"count", "c"}}).Raw()
	must(t, err)
	equal(t, raw.Lookup("n").AsInt64(), 1)
	_, err = client.Database("other").Collection("c").InsertOne(ctx, bson.D{})
	equal(t, errors.Is(err, nexuslite.ErrUnsupported), true)
	must(t, session.AbortTransaction(ctx))
	equal(t, ids(t, coll, bson.D{}), "[]")

	must(t, session.StartTransaction())
	must(t, session.CommitTransaction(ctx))
	must(t, session.StartTransaction())
	_, err = coll.InsertOne(ctx, bson.D{{"_id", 2}})
	must(t, err)
	must(t, session.CommitTransaction(ctx))
	equal(t, ids(t, coll, bson.D{}), "[2]")
	// Outside of a transaction the session changes nothing.
	_, err = coll.InsertOne(ctx, bson.D{{"_id", 3}})
	must(t, err)
	equal(t, ids(t, coll, bson.D{}), "[2 3]")
	session.EndSession(ctx)
	session.EndSession(ctx)
	equal(t, errors.Is(session.StartTransaction(), nexuslite.ErrSessionEnded), true)
	_, err = coll.InsertOne(ctx, bson.D{})
	equal(t, errors.Is(err, nexuslite.ErrSessionEnded), true)
}

func TestOfTwoTransactionsTheSecondIsToldOfTheConflict(t *testing.T) {
	client, _ := folder(t)
	coll := client.Database("shop").Collection("c")
	_, err := coll.InsertOne(background, bson.D{{"_id", 1}})
	must(t, err)
	var sessions []context.Context
	for range 2 {
		session, err := client.StartSession()
		must(t, err)
		defer session.EndSession(background)
		must(t, session.StartTransaction())
		ctx := nexuslite.NewSessionContext(background, session)
		_, err = coll.UpdateOne(ctx, bson.D{{"_id", 1}}, inc("n"))
		must(t, err)
		sessions = append(sessions, ctx)
	}
	must(t, nexuslite.SessionFromContext(sessions[0]).CommitTransaction(background))
	err = nexuslite.SessionFromContext(sessions[1]).CommitTransaction(background)
	equal(t, errors.Is(err, nexuslite.ErrConflict), true)
	var labeled nexuslite.LabeledError
	equal(t, errors.As(err, &labeled) && labeled.HasErrorLabel("TransientTransactionError"), true)
}

func TestTransactionsAreTriedUntilTheyComeFirst(t *testing.T) {
	client, _ := folder(t)
	db := client.Database("shop")
	coll := db.Collection("c")
	_, err := coll.InsertOne(background, bson.D{{"_id", 1}, {"n", 0}})
	must(t, err)
	// What is read and written back: each loses what another does meanwhile.
	step := func(ctx context.Context, coll *nexuslite.Collection) error {
		one, err := nexuslite.FindOne[struct{ N int }](ctx, coll, bson.D{{"_id", 1}})
		if err == nil {
			_, err = coll.UpdateOne(ctx, bson.D{{"_id", 1}}, bson.D{{"$set", bson.D{{"n", one.N + 1}}}})
		}
		return err
	}
	steps := rounds(20, 200)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range steps {
				session, err := client.StartSession()
				if err == nil {
					_, err = session.WithTransaction(background, func(ctx context.Context) (any, error) { return nil, step(ctx, coll) })
					session.EndSession(background)
				}
				if err == nil {
					err = db.Update(background, func(tx *nexuslite.Tx) error { return step(background, tx.Collection("c")) })
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	one, err := nexuslite.FindOne[struct{ N int }](background, coll, bson.D{})
	must(t, err)
	equal(t, one.N, 8*steps)
}

func TestWithTransactionHandsOnWhatItWasGiven(t *testing.T) {
	client, _ := folder(t)
	coll := client.Database("shop").Collection("c")
	must(t, client.UseSession(background, func(ctx context.Context) error {
		session := nexuslite.SessionFromContext(ctx)
		answer, err := session.WithTransaction(ctx, func(ctx context.Context) (any, error) {
			_, err := coll.InsertOne(ctx, bson.D{{"_id", 1}})
			return 7, err
		})
		must(t, err)
		equal(t, answer.(int), 7)
		_, err = session.WithTransaction(ctx, func(ctx context.Context) (any, error) {
			_, err := coll.InsertOne(ctx, bson.D{{"_id", 2}})
			must(t, err)
			return nil, errOfMine
		})
		equal(t, errors.Is(err, errOfMine), true)
		func() {
			defer func() { equal(t, fmt.Sprint(recover()), "oh") }()
			_, _ = session.WithTransaction(ctx, func(ctx context.Context) (any, error) {
				_, _ = coll.InsertOne(ctx, bson.D{{"_id", 3}})
				panic("oh")
			})
		}()
		_, err = session.WithTransaction(ctx, func(ctx context.Context) (any, error) { return nil, session.AbortTransaction(ctx) })
		must(t, err)
		return nil
	}))
	equal(t, ids(t, coll, bson.D{}), "[1]")
}

func TestUpdateAndView(t *testing.T) {
	db := people(t).Database()
	coll := db.Collection("people")
	must(t, db.Update(background, func(tx *nexuslite.Tx) error {
		_, err := tx.Collection("people").DeleteOne(background, bson.D{{"_id", 1}})
		must(t, err)
		moment, err := tx.Savepoint()
		must(t, err)
		_, err = tx.Collection("people").DeleteMany(background, bson.D{})
		must(t, err)
		must(t, tx.RollbackTo(moment))
		equal(t, ids(t, tx.Collection("people"), bson.D{}), "[2 3 4 5]")
		equal(t, ids(t, coll, bson.D{}), "[1 2 3 4 5]")
		return nil
	}))
	equal(t, ids(t, coll, bson.D{}), "[2 3 4 5]")
	err := db.Update(background, func(tx *nexuslite.Tx) error {
		_, err := tx.Collection("people").DeleteMany(background, bson.D{})
		must(t, err)
		return errOfMine
	})
	equal(t, errors.Is(err, errOfMine), true)

	var kept *nexuslite.Tx
	must(t, db.View(background, func(tx *nexuslite.Tx) error {
		kept = tx
		_, err := coll.DeleteOne(background, bson.D{{"_id", 2}})
		must(t, err)
		equal(t, ids(t, tx.Collection("people"), bson.D{}), "[2 3 4 5]")
		_, err = tx.Collection("people").InsertOne(background, bson.D{})
		equal(t, errors.Is(err, nexuslite.ErrDenied), true)
		equal(t, errors.Is(tx.Database().RunCommand(background, bson.D{{"drop", "people"}}).Err(), nexuslite.ErrDenied), true)
		_, err = tx.Database().ListCollectionNames(background, bson.D{})
		must(t, err)
		equal(t, tx.Database().Update(background, func(*nexuslite.Tx) error { return nil }) != nil, true)
		return nil
	}))
	equal(t, ids(t, coll, bson.D{}), "[3 4 5]")
	_, err = kept.Collection("people").Find(background, bson.D{})
	equal(t, errors.Is(err, nexuslite.ErrClosed), true)
	_, err = kept.Savepoint()
	equal(t, errors.Is(err, nexuslite.ErrClosed), true)
	func() {
		defer func() { equal(t, fmt.Sprint(recover()), "oh") }()
		_ = db.Update(background, func(tx *nexuslite.Tx) error {
			_, _ = tx.Collection("people").DeleteMany(background, bson.D{})
			panic("oh")
		})
	}()
	equal(t, ids(t, coll, bson.D{}), "[3 4 5]")
}
