package nexuslite_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go"
	"github.com/nexuslite/nexuslite-go/options"
)

func TestAFolderOfDatabases(t *testing.T) {
	client, path := folder(t)
	for _, name := range []string{"shop", "bank", "log"} {
		_, err := client.Database(name).Collection("c").InsertOne(background, bson.D{{"_id", name}})
		must(t, err)
	}
	names, err := client.ListDatabaseNames(background, bson.D{})
	must(t, err)
	equal(t, fmt.Sprint(names), "[bank log shop]")
	names, err = client.ListDatabaseNames(background, bson.D{{"name", bson.D{{"$gt", "c"}}}})
	must(t, err)
	equal(t, fmt.Sprint(names), "[log shop]")
	_, err = os.Stat(filepath.Join(path, "shop.db"))
	must(t, err)

	kept := client.Database("log").Collection("c")
	must(t, client.Database("log").Drop(background))
	must(t, client.Database("log").Drop(background))
	names, err = client.ListDatabaseNames(background, bson.D{})
	must(t, err)
	equal(t, fmt.Sprint(names), "[bank shop]")
	equal(t, ids(t, kept, bson.D{}), "[]")
	_, err = client.Database("no/such").Collection("c").CountDocuments(background, bson.D{})
	equal(t, errors.Is(err, nexuslite.ErrInvalid), true)
	equal(t, client.Database("shop").Client(), client)
	equal(t, client.Database("shop").Collection("c").Database().Name(), "shop")
	equal(t, client.Database("shop").Collection("c").Name(), "c")

	must(t, client.Ping(background))
	must(t, client.Disconnect(background))
	must(t, client.Close())
	equal(t, errors.Is(client.Ping(background), nexuslite.ErrClientDisconnected), true)
	_, err = client.ListDatabaseNames(background, bson.D{})
	equal(t, errors.Is(err, nexuslite.ErrClosed), true)
	_, err = kept.InsertOne(background, bson.D{})
	equal(t, errors.Is(err, nexuslite.ErrClosed), true)
	_, err = client.Database("new").Collection("c").InsertOne(background, bson.D{})
	equal(t, errors.Is(err, nexuslite.ErrClosed), true)
	_, err = client.StartSession()
	equal(t, errors.Is(err, nexuslite.ErrClosed), true)
}

func TestAFolderInMemory(t *testing.T) {
	client, err := nexuslite.Connect(":memory:")
	must(t, err)
	defer func() { must(t, client.Close()) }()
	_, err = client.Database("a").Collection("c").InsertOne(background, bson.D{{"_id", 1}})
	must(t, err)
	equal(t, ids(t, client.Database("a").Collection("c"), bson.D{}), "[1]")
	_ = client.Database("b")
	names, err := client.ListDatabaseNames(background, bson.D{})
	must(t, err)
	equal(t, fmt.Sprint(names), "[a]")
	must(t, client.Database("a").Drop(background))
	equal(t, ids(t, client.Database("a").Collection("c"), bson.D{}), "[]")
}

func TestCollectionsAreListedAndIndexed(t *testing.T) {
	db := people(t).Database()
	must(t, db.CreateCollection(background, "recent", options.CreateCollection().SetCapped(true).SetSizeInBytes(1<<20).SetMaxDocuments(3)))
	names, err := db.ListCollectionNames(background, bson.D{})
	must(t, err)
	equal(t, fmt.Sprint(names), "[people recent]")
	names, err = db.ListCollectionNames(background, bson.D{{"options.capped", true}})
	must(t, err)
	equal(t, fmt.Sprint(names), "[recent]")
	listed, err := db.ListCollectionSpecifications(background, bson.D{{"name", "recent"}})
	must(t, err)
	equal(t, listed[0].Type, "collection")
	equal(t, listed[0].Options.Lookup("max").AsInt64(), 3)

	indexes := db.Collection("people").Indexes()
	made, err := indexes.CreateMany(background, []nexuslite.IndexModel{
		{Keys: bson.D{{"age", -1}, {"name", 1}}},
		{Keys: bson.M{"name": 1}, Options: options.Index().SetName("by_name").SetUnique(true).SetExpireAfterSeconds(60)},
	})
	must(t, err)
	equal(t, fmt.Sprint(made), "[age_-1_name_1 by_name]")
	described, err := indexes.ListSpecifications(background)
	must(t, err)
	equal(t, len(described), 3)
	equal(t, *described[2].Unique, true)
	equal(t, *described[2].ExpireAfterSeconds, 60)
	equal(t, described[1].Unique == nil, true)
	must(t, indexes.DropWithKey(background, bson.D{{"age", -1}, {"name", 1}}))
	must(t, indexes.DropOne(background, "by_name"))
	equal(t, errors.Is(indexes.DropOne(background, "by_name"), nexuslite.ErrNotFound), true)
	equal(t, errors.Is(indexes.DropOne(background, "*"), nexuslite.ErrInvalid), true)
	must(t, indexes.DropAll(background))
}

func TestTheCareOfADatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop")
	db := opened(t, path)
	_, err := db.Collection("c").InsertOne(background, bson.D{{"_id", 1}})
	must(t, err)
	must(t, db.Checkpoint(background))
	report, err := db.Check(background)
	must(t, err)
	equal(t, report.Lookup("valid").Boolean(), true)
	info, err := db.Info(background)
	must(t, err)
	equal(t, info.Lookup("path").StringValue(), path+".db")
	stats, err := db.Stats(background)
	must(t, err)
	equal(t, stats.Lookup("commits").AsInt64() > 0, true)
	must(t, db.Backup(background, path+"-copy.db"))
	equal(t, errors.Is(db.Backup(background, path+"-copy.db"), nexuslite.ErrExists), true)
	copied := opened(t, path+"-copy.db")
	equal(t, ids(t, copied.Collection("c"), bson.D{}), "[1]")
	equal(t, errors.Is(db.Drop(background), nexuslite.ErrUnsupported), true)
	raw, err := db.RunCommand(background, bson.D{{"hello", 1}}).Raw()
	must(t, err)
	equal(t, raw.Lookup("ok").AsFloat64(), 1)
	cursor, err := db.RunCommandCursor(background, bson.D{{"find", "c"}})
	must(t, err)
	var found []bson.D
	must(t, cursor.All(background, &found))
	equal(t, len(found), 1)
	_, err = db.RunCommandCursor(background, bson.D{{"ping", 1}})
	equal(t, errors.Is(err, nexuslite.ErrInvalid), true)
}

// The test program runs itself as the other process.
func TestAnotherProcessIsToldThatTheFileIsLocked(t *testing.T) {
	if path := os.Getenv("NEXUSLITE_OTHER_PROCESS"); path != "" {
		_, err := nexuslite.Open(path)
		var told *nexuslite.Error
		fmt.Printf("told %v\n", errors.As(err, &told) && told.Kind == nexuslite.ErrLocked)
		return
	}
	path := filepath.Join(t.TempDir(), "shop.db")
	_ = opened(t, path)
	other := exec.Command(os.Args[0], "-test.run", "^TestAnotherProcessIsToldThatTheFileIsLocked$", "-test.v")
	other.Env = append(os.Environ(), "NEXUSLITE_OTHER_PROCESS="+path)
	said, err := other.Output()
	must(t, err)
	equal(t, bytes.Contains(said, []byte("told true")), true)
	for range 2 {
		reader, err := nexuslite.Open(path, options.Client().SetReadOnly(true))
		if err == nil {
			must(t, reader.Close())
		}
	}
}
