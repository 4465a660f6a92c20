package nexuslite_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go"
	"github.com/nexuslite/nexuslite-go/options"
)

func TestADuplicateKeyInEveryShape(t *testing.T) {
	coll := people(t)
	check := func(err error) {
		t.Helper()
		equal(t, nexuslite.IsDuplicateKeyError(err), true)
		equal(t, errors.Is(err, nexuslite.ErrDuplicateKey), true)
		equal(t, errors.Is(err, nexuslite.ErrInvalid), false)
		var told *nexuslite.Error
		equal(t, errors.As(err, &told), true)
		equal(t, told.CodeName, "DuplicateKey")
		var server nexuslite.ServerError
		equal(t, errors.As(err, &server) && server.HasErrorCode(11000) && !server.HasErrorCode(1), true)
		equal(t, server.HasErrorCodeWithMessage(11000, "duplicate key"), true)
		equal(t, server.HasErrorLabel("TransientTransactionError"), false)
	}
	_, err := coll.InsertOne(background, bson.D{{"_id", 1}})
	check(err)
	var write nexuslite.WriteException
	equal(t, errors.As(err, &write), true)
	equal(t, write.WriteErrors[0].Details.Lookup("keyValue", "_id").AsInt64(), 1)
	equal(t, strings.HasPrefix(err.Error(), "write exception: write errors: ["), true)

	_, err = coll.InsertMany(background, []bson.D{{{"_id", 20}}, {{"_id", 1}}, {{"_id", 21}}, {{"_id", 2}}}, options.InsertMany().SetOrdered(false))
	check(err)
	var bulk nexuslite.BulkWriteException
	equal(t, errors.As(err, &bulk), true)
	equal(t, len(bulk.WriteErrors), 2)
	equal(t, bulk.WriteErrors[1].Index, 3)
	equal(t, bulk.WriteErrors[1].Code, 11000)
	equal(t, ids(t, coll, bson.D{{"_id", bson.D{{"$gt", 10}}}}), "[20 21]")
	_, err = coll.InsertMany(background, []bson.D{{{"_id", 30}}, {{"_id", 1}}, {{"_id", 31}}})
	check(err)
	equal(t, ids(t, coll, bson.D{{"_id", bson.D{{"$gt", 25}}}}), "[30]")

	_, err = coll.Indexes().CreateOne(background, nexuslite.IndexModel{Keys: bson.D{{"name", 1}}, Options: options.Index().SetUnique(true).SetSparse(true)})
	must(t, err)
	_, err = coll.UpdateOne(background, bson.D{{"_id", 1}}, bson.D{{"$set", bson.D{{"name", "Bo"}}}})
	check(err)
	err = coll.FindOneAndUpdate(background, bson.D{{"_id", 1}}, bson.D{{"$set", bson.D{{"name", "Bo"}}}}).Err()
	check(err)
	var command nexuslite.CommandError
	equal(t, errors.As(err, &command), true)
	equal(t, command.Name, "DuplicateKey")
}

func TestWhatIsWrongIsSaidWithMongoDBsNumbers(t *testing.T) {
	coll := people(t)
	db := coll.Database()
	code := func(err error, wanted int, says string) {
		t.Helper()
		var server nexuslite.ServerError
		if !errors.As(err, &server) || !server.HasErrorCode(wanted) || !strings.Contains(err.Error(), says) {
			t.Errorf("wanted %d with %q, got %v", wanted, says, err)
		}
	}
	_, err := coll.Find(background, bson.D{{"age", bson.D{{"$dream", 1}}}})
	code(err, 2, "$dream")
	_, err = coll.UpdateOne(background, bson.D{}, bson.D{{"$dream", bson.D{{"a", 1}}}})
	code(err, 9, "$dream")
	_, err = coll.UpdateOne(background, bson.D{{"_id", 1}}, bson.D{{"$set", bson.D{{"_id", 9}}}})
	code(err, 66, "_id")
	code(db.RunCommand(background, bson.D{{"dream", 1}}).Err(), 59, "dream")
	code(db.RunCommand(background, bson.D{{"count", "people"}, {"qurey", 1}}).Err(), 40415, "qurey")
	code(coll.Indexes().DropOne(background, "none"), 27, "none")
	_, err = coll.Indexes().CreateOne(background, nexuslite.IndexModel{Keys: bson.D{{"a", "dream"}}})
	code(err, 67, "dream")
	_, err = nexuslite.Open(":memory:", options.Client().Set("raed_only", true))
	code(err, 72, "raed_only")
	equal(t, nexuslite.IsDuplicateKeyError(err) || nexuslite.IsTimeout(err) || nexuslite.IsNetworkError(err), false)
	equal(t, nexuslite.ErrLocked.String(), "Locked")
	equal(t, nexuslite.ErrForked.String(), "Forked")
}

func TestABrokenFileIsCorrupt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	db := opened(t, path)
	documents := make([]bson.D, 2000)
	for i := range documents {
		documents[i] = bson.D{{"_id", i}, {"text", strings.Repeat("x", 100)}}
	}
	_, err := db.Collection("c").InsertMany(background, documents)
	must(t, err)
	must(t, db.Close())
	bytes, err := os.ReadFile(path)
	must(t, err)
	// The records, wherever they lie; the manifests and the trees' roots stay.
	damaged := strings.ReplaceAll(string(bytes), strings.Repeat("x", 100), strings.Repeat("y", 100))
	equal(t, damaged != string(bytes), true)
	must(t, os.WriteFile(path, []byte(damaged), 0o600))
	db = opened(t, path)
	_, err = db.Collection("c").CountDocuments(background, bson.D{{"text", "y"}})
	if !errors.Is(err, nexuslite.ErrCorrupt) {
		t.Fatal(err)
	}
	report, err := db.Check(background)
	must(t, err)
	equal(t, report.Lookup("valid").Boolean(), false)

	must(t, os.WriteFile(path+"2", []byte("this is no database, whatever its name says"), 0o600))
	_, err = nexuslite.Open(path + "2")
	if !errors.Is(err, nexuslite.ErrInvalid) {
		t.Error(err)
	}
	_, err = nexuslite.Open(filepath.Join(t.TempDir(), "no", "such", "shop.db"))
	equal(t, errors.Is(err, nexuslite.ErrNotFound), true)
	_, err = nexuslite.Open(path+"3", options.Client().SetCreate(false))
	equal(t, errors.Is(err, nexuslite.ErrNotFound), true)
}
