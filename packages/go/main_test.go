package nexuslite_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go"
)

// Everything that a test opened is closed at its end, so nothing is left when all of them are over.
func TestMain(m *testing.M) {
	status := m.Run()
	if left := leftover(); left != 0 {
		fmt.Printf("FAIL: %d handles were not freed\n", left)
		status = 1
	}
	os.Exit(status)
}

// leftover waits for what only the garbage collector closes.
func leftover() int {
	for range 100 {
		runtime.GC()
		if nexuslite.LiveHandles() == 0 {
			return 0
		}
		time.Sleep(10 * time.Millisecond)
	}
	return nexuslite.LiveHandles()
}

var background = context.Background()

// inMemory is a database without a file, closed when the test is over.
func inMemory(t testing.TB) *nexuslite.Database {
	t.Helper()
	return opened(t, ":memory:")
}

func opened(t testing.TB, path string) *nexuslite.Database {
	t.Helper()
	db, err := nexuslite.Open(path)
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	return db
}

func folder(t testing.TB) (*nexuslite.Client, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data")
	client, err := nexuslite.Connect(path)
	must(t, err)
	t.Cleanup(func() { must(t, client.Close()) })
	return client, path
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t testing.TB, got, wanted T) {
	t.Helper()
	if got != wanted {
		t.Fatalf("got %v, wanted %v", got, wanted)
	}
}

// same compares documents by their Extended JSON.
func same(t testing.TB, got any, wanted string) {
	t.Helper()
	raw, err := bson.Marshal(got)
	must(t, err)
	text, err := nexuslite.ToJSON(raw, false)
	must(t, err)
	equal(t, text, wanted)
}

// people is a collection of five documents, with ages 10 to 50.
func people(t testing.TB) *nexuslite.Collection {
	t.Helper()
	coll := inMemory(t).Collection("people")
	names := []string{"Ada", "Bo", "Cy", "Di", "Ed"}
	documents := make([]bson.D, len(names))
	for i, name := range names {
		documents[i] = bson.D{{"_id", i + 1}, {"name", name}, {"age", 10 * (i + 1)}}
	}
	_, err := coll.InsertMany(background, documents)
	must(t, err)
	return coll
}

// ids is the _ids of the documents that a filter finds.
func ids(t testing.TB, coll *nexuslite.Collection, filter any) string {
	t.Helper()
	var all []int
	for one, err := range nexuslite.Find[struct {
		ID int `bson:"_id"`
	}](background, coll, filter) {
		must(t, err)
		all = append(all, one.ID)
	}
	return fmt.Sprint(all)
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }

// eventually waits for something that the garbage collector brings about.
func eventually(t testing.TB, is func() bool) {
	t.Helper()
	for range 500 {
		runtime.GC()
		if is() {
			return
		}
		time.Sleep(2 * time.Millisecond)
	}
	t.Fatal("it did not come about")
}

// rounds is how often something is tried: less when the tests are to be short, more when NEXUSLITE_LONG is set.
func rounds(normal, long int) int {
	switch {
	case os.Getenv("NEXUSLITE_LONG") != "":
		return long
	case testing.Short():
		return normal / 10
	}
	return normal
}
