package nexuslite_test

import (
	"errors"
	"fmt"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go"
	"github.com/nexuslite/nexuslite-go/options"
)

// falling is a collection of nine documents, whose field down falls as their _id grows; by the index on it the last one
// comes first. Another index lacks all of them.
func falling(t *testing.T) *nexuslite.Collection {
	t.Helper()
	coll := inMemory(t).Collection("c")
	var documents []bson.D
	for id := range 9 {
		documents = append(documents, bson.D{{"_id", id}, {"down", -id}})
	}
	_, err := coll.InsertMany(background, documents)
	must(t, err)
	indexes := bson.A{
		bson.D{{"key", bson.D{{"down", 1}}}, {"name", "down_1"}},
		bson.D{{"key", bson.D{{"few", 1}}}, {"name", "few_1"}, {"sparse", true}},
	}
	must(t, coll.Database().RunCommand(background, bson.D{{"createIndexes", "c"}, {"indexes", indexes}}).Err())
	return coll
}

func TestReadsGoByTheIndexOfTheirHint(t *testing.T) {
	coll, all, key := falling(t), bson.D{}, bson.D{{"down", 1}}
	between := options.Find().SetHint(key).SetMin(bson.D{{"down", -6}}).SetMax(bson.D{{"down", -4}})
	cursor, err := coll.Find(background, all, between)
	must(t, err)
	var found []struct {
		ID int `bson:"_id"`
	}
	must(t, cursor.All(background, &found))
	equal(t, fmt.Sprint(found), "[{6} {5}]")
	one := options.FindOne().SetHint("down_1").SetMin(bson.D{{"down", -7}}).SetMax(bson.D{{"down", 0}})
	raw, err := coll.FindOne(background, all, one).Raw()
	must(t, err)
	same(t, raw, `{"_id":7,"down":-7}`)
	count, err := coll.CountDocuments(background, all, options.Count().SetHint(key))
	must(t, err)
	equal(t, count, 9)
	must(t, coll.Distinct(background, "_id", all, options.Distinct().SetHint(key)).Err())
}

func TestWritesGoByTheIndexOfTheirHint(t *testing.T) {
	coll, all, key := falling(t), bson.D{}, bson.D{{"down", 1}}
	set := func(down int) bson.D { return bson.D{{"$set", bson.D{{"down", down}}}} }
	untouched := func() string {
		t.Helper()
		cursor, err := coll.Find(background, bson.D{{"down", bson.D{{"$lte", 0}}}}, options.Find().SetSort(bson.D{{"_id", 1}}).SetProjection(bson.D{{"_id", 1}}))
		must(t, err)
		var found []struct {
			ID int `bson:"_id"`
		}
		must(t, cursor.All(background, &found))
		return fmt.Sprint(found)
	}
	raw, err := coll.FindOneAndUpdate(background, all, bson.D{{"$set", bson.D{{"x", 1}}}}, options.FindOneAndUpdate().SetHint("down_1")).Raw()
	must(t, err)
	same(t, raw, `{"_id":8,"down":-8}`)
	raw, err = coll.FindOneAndReplace(background, all, bson.D{{"down", 8}}, options.FindOneAndReplace().SetHint(key)).Raw()
	must(t, err)
	same(t, raw, `{"_id":8,"down":-8,"x":1}`)
	raw, err = coll.FindOneAndDelete(background, all, options.FindOneAndDelete().SetHint("down_1")).Raw()
	must(t, err)
	same(t, raw, `{"_id":7,"down":-7}`)
	_, err = coll.UpdateOne(background, all, set(6), options.UpdateOne().SetHint("down_1"))
	must(t, err)
	_, err = coll.ReplaceOne(background, all, bson.D{{"down", 5}}, options.Replace().SetHint(key))
	must(t, err)
	_, err = coll.DeleteOne(background, all, options.DeleteOne().SetHint("down_1"))
	must(t, err)
	equal(t, untouched(), "[{0} {1} {2} {3}]")
	_, err = coll.BulkWrite(background, []nexuslite.WriteModel{
		nexuslite.NewDeleteOneModel().SetFilter(all).SetHint("down_1"),
		nexuslite.NewUpdateOneModel().SetFilter(all).SetUpdate(set(3)).SetHint("down_1"),
		nexuslite.NewReplaceOneModel().SetFilter(all).SetReplacement(bson.D{{"down", 4}}).SetHint(key),
	})
	must(t, err)
	equal(t, untouched(), "[{0}]")
	equal(t, ids(t, coll, bson.D{{"_id", bson.D{{"$gte", 0}}}}), "[0 1 2 5 6 8]")
}

func TestAHintThatNoIndexCanFollowIsAnError(t *testing.T) {
	coll, all := falling(t), bson.D{}
	set := bson.D{{"$set", bson.D{{"x", 1}}}}
	refused := func(err error) {
		t.Helper()
		equal(t, errors.Is(err, nexuslite.ErrInvalid), true)
	}
	for _, hint := range []any{"few_1", bson.D{{"few", 1}}, "nope"} {
		_, err := coll.CountDocuments(background, all, options.Count().SetHint(hint))
		refused(err)
		refused(coll.Distinct(background, "_id", all, options.Distinct().SetHint(hint)).Err())
		_, err = coll.UpdateMany(background, all, set, options.UpdateMany().SetHint(hint))
		refused(err)
		_, err = coll.DeleteMany(background, all, options.DeleteMany().SetHint(hint))
		refused(err)
		for _, model := range []nexuslite.WriteModel{
			nexuslite.NewUpdateManyModel().SetFilter(all).SetUpdate(set).SetHint(hint),
			nexuslite.NewDeleteManyModel().SetFilter(all).SetHint(hint),
		} {
			_, err = coll.BulkWrite(background, []nexuslite.WriteModel{model})
			refused(err)
		}
	}
	_, err := coll.CountDocuments(background, all, options.Count().SetHint(bson.M{"a": 1, "b": 1}))
	equal(t, errors.As(err, new(nexuslite.ErrMapForOrderedArgument)), true)
	model := nexuslite.NewDeleteManyModel().SetFilter(all).SetHint(bson.M{"a": 1, "b": 1})
	_, err = coll.BulkWrite(background, []nexuslite.WriteModel{model})
	equal(t, errors.As(err, new(nexuslite.ErrMapForOrderedArgument)), true)
}
