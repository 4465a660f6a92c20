package nexuslite_test

import (
	"errors"
	"fmt"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go"
	"github.com/nexuslite/nexuslite-go/options"
)

func TestEveryVerb(t *testing.T) {
	coll := people(t)
	one, err := coll.InsertOne(background, bson.M{"_id": 6, "name": "Flo"})
	must(t, err)
	equal(t, one.InsertedID.(int32), 6)
	made, err := coll.InsertOne(background, struct{ Name string }{"Gus"})
	must(t, err)
	equal(t, made.InsertedID.(bson.Binary).Subtype, 4)
	many, err := coll.InsertMany(background, []any{bson.D{{"_id", "x"}}, bson.M{"_id": "y"}})
	must(t, err)
	equal(t, fmt.Sprint(many.InsertedIDs), "[x y]")

	updated, err := coll.UpdateOne(background, bson.D{{"_id", 1}}, bson.D{{"$inc", bson.D{{"age", 1}}}})
	must(t, err)
	equal(t, *updated, nexuslite.UpdateResult{MatchedCount: 1, ModifiedCount: 1, Acknowledged: true})
	updated, err = coll.UpdateMany(background, bson.D{{"age", bson.D{{"$gte", 30}}}}, bson.A{bson.D{{"$set", bson.D{{"old", bson.D{{"$gt", bson.A{"$age", 40}}}}}}}})
	must(t, err)
	equal(t, updated.ModifiedCount, 3)
	equal(t, ids(t, coll, bson.D{{"old", true}}), "[5]")
	updated, err = coll.UpdateByID(background, "z", []bson.D{{{"$set", bson.D{{"n", 1}}}}}, options.UpdateOne().SetUpsert(true))
	must(t, err)
	equal(t, updated.UpsertedID.(string), "z")
	equal(t, updated.UpsertedCount, 1)
	updated, err = coll.ReplaceOne(background, bson.D{{"_id", 2}}, bson.D{{"name", "Bob"}})
	must(t, err)
	equal(t, updated.ModifiedCount, 1)

	var bob struct{ Name string }
	must(t, coll.FindOne(background, bson.D{{"_id", 2}}).Decode(&bob))
	equal(t, bob.Name, "Bob")
	before := coll.FindOneAndUpdate(background, bson.D{{"_id", 2}}, bson.D{{"$set", bson.D{{"name", "B"}}}})
	raw, err := before.Raw()
	must(t, err)
	same(t, raw, `{"_id":2,"name":"Bob"}`)
	after := coll.FindOneAndReplace(background, bson.D{{"_id", 2}}, bson.D{{"n", 3}}, options.FindOneAndReplace().SetReturnDocument(options.After))
	raw, err = after.Raw()
	must(t, err)
	same(t, raw, `{"_id":2,"n":3}`)
	gone := coll.FindOneAndDelete(background, bson.D{{"age", bson.D{{"$gt", 0}}}}, options.FindOneAndDelete().SetSort(bson.D{{"age", -1}}))
	raw, err = gone.Raw()
	must(t, err)
	equal(t, raw.Lookup("_id").AsInt64(), 5)

	count, err := coll.CountDocuments(background, bson.D{})
	must(t, err)
	estimate, err := coll.EstimatedDocumentCount(background)
	must(t, err)
	equal(t, count, estimate)
	equal(t, count, 9)
	var ages []int
	must(t, coll.Distinct(background, "age", bson.D{{"age", bson.D{{"$gt", 11}}}}).Decode(&ages))
	equal(t, fmt.Sprint(ages), "[30 40]")
	deleted, err := coll.DeleteOne(background, bson.D{{"_id", "x"}})
	must(t, err)
	equal(t, deleted.DeletedCount, 1)
	deleted, err = coll.DeleteMany(background, bson.D{{"_id", bson.D{{"$type", "string"}}}})
	must(t, err)
	equal(t, deleted.DeletedCount, 2)
	explained, err := coll.Explain(background, bson.D{{"find", bson.D{{"filter", bson.D{{"_id", 1}}}}}}, "executionStats")
	must(t, err)
	equal(t, explained.Lookup("executionStats", "nReturned").AsInt64(), 1)
	for _, statement := range []bson.D{
		{{"distinct", bson.D{{"path", "age"}}}},
		{{"findOneAndDelete", bson.D{{"filter", bson.D{{"_id", 1}}}}}},
		{{"findOneAndUpdate", bson.D{{"update", bson.D{{"$set", bson.D{{"x", 1}}}}}, {"sort", bson.D{{"$natural", -1}}}}}},
		{{"replaceOne", bson.D{{"replacement", bson.D{{"x", 1}}}}}},
	} {
		explained, err = coll.Explain(background, statement, "allPlansExecution")
		must(t, err)
		equal(t, explained.Lookup("ok").AsFloat64(), 1)
	}
	_, err = coll.Indexes().CreateOne(background, nexuslite.IndexModel{Keys: bson.D{{"age", 1}}})
	must(t, err)
	_, err = coll.CountDocuments(background, bson.D{{"age", 30}})
	must(t, err)
	stats, err := coll.Indexes().Stats(background)
	must(t, err)
	equal(t, len(stats), 2)
	equal(t, stats[1].Name, "age_1")
	equal(t, stats[1].Accesses.Ops, 1)
	equal(t, stats[1].Entries, stats[0].Entries)
	for _, index := range stats {
		equal(t, index.LastUsed != nil, index.Accesses.Ops > 0)
	}
	must(t, coll.Drop(background))
	must(t, coll.Drop(background))
	_, err = coll.Indexes().Stats(background)
	equal(t, errors.Is(err, nexuslite.ErrNotFound), true)
	equal(t, ids(t, coll, bson.D{}), "[]")
}

func TestNothingIsFound(t *testing.T) {
	coll := people(t)
	nobody := bson.D{{"_id", 99}}
	for _, result := range []*nexuslite.SingleResult{
		coll.FindOne(background, nobody),
		coll.FindOneAndDelete(background, nobody),
		coll.FindOneAndUpdate(background, nobody, bson.D{{"$set", bson.D{{"n", 1}}}}),
		coll.FindOneAndReplace(background, nobody, bson.D{}),
	} {
		equal(t, errors.Is(result.Err(), nexuslite.ErrNoDocuments), true)
		equal(t, errors.Is(result.Decode(&bson.D{}), nexuslite.ErrNoDocuments), true)
	}
	_, err := nexuslite.FindOne[bson.D](background, coll, nobody)
	equal(t, errors.Is(err, nexuslite.ErrNoDocuments), true)
}

func TestWhatIsGivenMustBeSomething(t *testing.T) {
	coll := people(t)
	check := func(what string, err, wanted error) {
		t.Helper()
		if !errors.Is(err, wanted) {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := coll.InsertOne(background, nil)
	check("insert", err, nexuslite.ErrNilDocument)
	_, err = coll.InsertOne(background, bson.Raw(nil))
	check("raw", err, nexuslite.ErrNilDocument)
	_, err = coll.InsertMany(background, []bson.D{})
	check("no documents", err, nexuslite.ErrEmptySlice)
	_, err = coll.InsertMany(background, bson.M{})
	check("no list", err, nexuslite.ErrEmptySlice)
	_, err = coll.InsertMany(background, []any{nil})
	check("nil in a list", err, nexuslite.ErrNilDocument)
	_, err = coll.Find(background, nil)
	check("find", err, nexuslite.ErrNilDocument)
	check("find one", coll.FindOne(background, nil).Err(), nexuslite.ErrNilDocument)
	_, err = coll.UpdateOne(background, bson.D{}, nil)
	check("update", err, nexuslite.ErrNilDocument)
	_, err = coll.UpdateByID(background, nil, bson.D{})
	check("id", err, nexuslite.ErrNilValue)
	_, err = coll.BulkWrite(background, nil)
	check("bulk", err, nexuslite.ErrEmptySlice)
	_, err = coll.BulkWrite(background, []nexuslite.WriteModel{nil})
	check("bulk of nil", err, nexuslite.ErrNilDocument)
	_, err = coll.Indexes().CreateOne(background, nexuslite.IndexModel{})
	check("index", err, nexuslite.ErrNilValue)

	_, err = coll.InsertOne(background, 7)
	var unwritable nexuslite.MarshalError
	equal(t, errors.As(err, &unwritable), true)
	_, err = coll.Find(background, bson.D{}, options.Find().SetSort(bson.M{"a": 1, "b": 1}))
	var unordered nexuslite.ErrMapForOrderedArgument
	equal(t, errors.As(err, &unordered), true)
	_, err = coll.Find(background, bson.D{}, options.Find().SetSort(bson.M{"a": 1}).SetLimit(1))
	must(t, err)
	_, err = coll.Find(background, []byte{1, 2, 3})
	equal(t, errors.Is(err, nexuslite.ErrInvalid), true)
}

func TestOptionsSayWhatTheySay(t *testing.T) {
	coll := people(t)
	all := func(opts ...*options.FindOptions) string {
		t.Helper()
		cursor, err := coll.Find(background, bson.D{{"$expr", bson.D{{"$gt", bson.A{"$age", "$$limit"}}}}}, opts...)
		must(t, err)
		var found []bson.D
		must(t, cursor.All(background, &found))
		return fmt.Sprint(found)
	}
	limit := options.Find().SetLet(bson.D{{"limit", 10}}).SetComment("why").SetProjection(bson.D{{"_id", 1}})
	equal(t, all(limit), "[{\"_id\":{\"$numberInt\":\"2\"}} {\"_id\":{\"$numberInt\":\"3\"}} {\"_id\":{\"$numberInt\":\"4\"}} {\"_id\":{\"$numberInt\":\"5\"}}]")
	more := options.Find().SetSort(bson.D{{"age", -1}}).SetSkip(1).SetLimit(-1).SetBatchSize(1).SetHint("_id_").SetAllowDiskUse(false)
	equal(t, all(limit, nil, more), "[{\"_id\":{\"$numberInt\":\"4\"}}]")
	equal(t, all(limit, more, options.Find().SetSkip(3)), "[{\"_id\":{\"$numberInt\":\"2\"}}]")

	_, err := coll.Find(background, bson.D{}, options.Find().SetCollation(&options.Collation{Locale: "nowhere"}))
	equal(t, errors.Is(err, nexuslite.ErrInvalid), true)
	count, err := coll.CountDocuments(background, bson.D{{"name", "ADA"}}, options.Count().SetCollation(&options.Collation{Locale: "en", Strength: 2}))
	must(t, err)
	equal(t, count, 1)
	update := options.UpdateOne().SetArrayFilters([]any{bson.D{{"x", bson.D{{"$gt", 1}}}}})
	_, err = coll.UpdateOne(background, bson.D{{"_id", 1}}, bson.D{{"$set", bson.D{{"l", []int{1, 2, 3}}}}})
	must(t, err)
	_, err = coll.UpdateOne(background, bson.D{{"_id", 1}}, bson.D{{"$set", bson.D{{"l.$[x]", 0}}}}, update)
	must(t, err)
	raw, err := coll.FindOne(background, bson.D{{"_id", 1}}, options.FindOne().SetProjection(bson.D{{"l", 1}, {"_id", 0}})).Raw()
	must(t, err)
	same(t, raw, `{"l":[1,0,0]}`)
}

func TestValidatorsAndWhatGoesPastThem(t *testing.T) {
	db := inMemory(t)
	must(t, db.CreateCollection(background, "strict", options.CreateCollection().SetValidator(bson.D{{"n", bson.D{{"$type", "number"}}}})))
	coll := db.Collection("strict")
	_, err := coll.InsertOne(background, bson.D{{"n", "x"}})
	var refused nexuslite.WriteException
	equal(t, errors.As(err, &refused), true)
	equal(t, refused.HasErrorCode(121), true)
	_, err = coll.InsertOne(background, bson.D{{"n", "x"}}, options.InsertOne().SetBypassDocumentValidation(true))
	must(t, err)
	_, err = coll.InsertMany(background, []bson.D{{{"n", "y"}}}, options.InsertMany().SetBypassDocumentValidation(true))
	must(t, err)
	err = db.CreateCollection(background, "strict")
	equal(t, errors.Is(err, nexuslite.ErrExists), true)
}

func TestTheRegistryOfTheCallerIsUsed(t *testing.T) {
	registry := bson.NewRegistry()
	registry.RegisterTypeMapEntry(bson.TypeInt32, typeOf[string]())
	db, err := nexuslite.Open(":memory:", options.Client().SetRegistry(registry).SetIDKind("objectid"))
	must(t, err)
	defer func() { must(t, db.Close()) }()
	inserted, err := db.Collection("c").InsertOne(background, bson.D{{"a", "x"}})
	must(t, err)
	_, isObjectID := inserted.InsertedID.(bson.ObjectID)
	equal(t, isObjectID, true)
	_, err = db.Collection("c").UpdateOne(background, bson.D{}, []bson.D{{{"$set", bson.D{{"b", "$a"}}}}})
	must(t, err)
	var found struct{ B string }
	must(t, db.Collection("c").FindOne(background, bson.D{}).Decode(&found))
	equal(t, found.B, "x")
}
