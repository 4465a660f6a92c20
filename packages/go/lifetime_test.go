package nexuslite_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go"
)

// Whatever is closed, ended and forgotten in whatever order: each call is done, or is told by an error that it cannot be.
// NEXUSLITE_SEED says it again.
func TestEverythingEndsInRandomOrder(t *testing.T) {
	seed := time.Now().UnixNano()
	if given := os.Getenv("NEXUSLITE_SEED"); given != "" {
		seed, _ = strconv.ParseInt(given, 10, 64)
	}
	t.Cleanup(func() {
		if t.Failed() {
			fmt.Printf("again with: NEXUSLITE_SEED=%d go test -run TestEverythingEndsInRandomOrder\n", seed)
		}
	})
	dice := rand.New(rand.NewSource(seed))
	for range rounds(150, 5000) {
		randomLife(t, dice)
	}
}

func randomLife(t *testing.T, dice *rand.Rand) {
	db, err := nexuslite.Open(":memory:")
	must(t, err)
	coll := db.Collection("c")
	var cursors []*nexuslite.Cursor
	var sessions []*nexuslite.Session
	expect := func(err error) {
		t.Helper()
		known := []error{
			nil, nexuslite.ErrClosed, nexuslite.ErrSessionEnded, nexuslite.ErrConflict, nexuslite.ErrDuplicateKey,
		}
		for _, one := range known {
			if errors.Is(err, one) || err == nil {
				return
			}
		}
		var server nexuslite.ServerError
		if errors.As(err, &server) && server.HasErrorCode(251) {
			return
		}
		if text := err.Error(); text != "nexuslite: no transaction started" && text != "nexuslite: transaction already in progress" {
			t.Errorf("%v", err)
		}
	}
	for range 60 {
		ctx := context.Background()
		if len(sessions) > 0 && dice.Intn(2) == 0 {
			ctx = nexuslite.NewSessionContext(ctx, sessions[dice.Intn(len(sessions))])
		}
		switch dice.Intn(12) {
		case 0, 1:
			_, err := coll.InsertOne(ctx, bson.D{{"_id", dice.Intn(200)}})
			expect(err)
		case 2:
			cursor, err := coll.Find(ctx, bson.D{})
			expect(err)
			if err == nil {
				cursors = append(cursors, cursor)
			}
		case 3, 4:
			if len(cursors) > 0 {
				cursor := cursors[dice.Intn(len(cursors))]
				cursor.Next(ctx)
				expect(cursor.Err())
			}
		case 5:
			if len(cursors) > 0 {
				expect(cursors[dice.Intn(len(cursors))].Close(ctx))
			}
		case 6:
			session, err := db.StartSession()
			expect(err)
			if err == nil {
				sessions = append(sessions, session)
			}
		case 7, 8, 9, 10:
			if session := nexuslite.SessionFromContext(ctx); session != nil {
				switch dice.Intn(4) {
				case 0, 1:
					expect(session.StartTransaction())
				case 2:
					expect(session.CommitTransaction(ctx))
				default:
					session.EndSession(ctx)
				}
			}
		default:
			if dice.Intn(10) == 0 {
				must(t, db.Close())
			}
		}
	}
	dice.Shuffle(len(cursors), func(i, j int) { cursors[i], cursors[j] = cursors[j], cursors[i] })
	half := len(cursors) / 2
	for _, cursor := range cursors[:half] {
		must(t, cursor.Close(background))
	}
	for _, session := range sessions {
		session.EndSession(background)
	}
	must(t, db.Close())
	for _, cursor := range cursors[half:] {
		must(t, cursor.Close(background))
	}
}

// Eight goroutines use a database while it is closed under them.
func TestACloseAmongManyGoroutines(t *testing.T) {
	for range rounds(20, 200) {
		client, err := nexuslite.Connect(":memory:")
		must(t, err)
		coll := client.Database("shop").Collection("c")
		var group sync.WaitGroup
		for worker := range 8 {
			group.Go(func() {
				for i := range 40 {
					ctx, cancel := context.WithTimeout(background, time.Minute)
					_, err := coll.InsertOne(ctx, bson.D{{"_id", fmt.Sprint(worker, i)}})
					if err == nil {
						_, err = coll.CountDocuments(ctx, bson.D{})
					}
					for _, walked := range nexuslite.Find[bson.D](ctx, coll, bson.D{}) {
						if walked != nil {
							err = walked
						}
					}
					cancel()
					if err != nil && !errors.Is(err, nexuslite.ErrClosed) {
						t.Error(err)
					}
				}
			})
		}
		group.Go(func() { must(t, client.Close()) })
		group.Wait()
	}
}
