package nexuslite_test

import (
	"errors"
	"fmt"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go"
	"github.com/nexuslite/nexuslite-go/options"
)

func TestManyWritesOfEveryKind(t *testing.T) {
	coll := people(t)
	models := []nexuslite.WriteModel{
		nexuslite.NewInsertOneModel().SetDocument(bson.D{{"_id", 6}, {"l", []int{1, 9}}}),
		nexuslite.NewUpdateOneModel().SetFilter(bson.D{{"_id", 6}}).SetUpdate(bson.D{{"$set", bson.D{{"l.$[x]", 0}}}}).SetArrayFilters([]any{bson.D{{"x", 9}}}),
		nexuslite.NewUpdateManyModel().SetFilter(bson.D{{"age", bson.D{{"$gt", 30}}}}).SetUpdate([]bson.D{{{"$set", bson.D{{"old", "$age"}}}}}),
		nexuslite.NewUpdateOneModel().SetFilter(bson.D{}).SetSort(bson.D{{"age", -1}}).SetUpdate(inc("age")),
		nexuslite.NewReplaceOneModel().SetFilter(bson.D{{"_id", "new"}}).SetReplacement(bson.M{"n": 1}).SetUpsert(true),
		nexuslite.NewDeleteOneModel().SetFilter(bson.D{{"name", "ada"}}).SetCollation(&options.Collation{Locale: "en", Strength: 2}),
		nexuslite.NewDeleteManyModel().SetFilter(bson.D{{"age", bson.D{{"$lt", 30}}}}),
	}
	done, err := coll.BulkWrite(background, models)
	must(t, err)
	equal(t, fmt.Sprintf("%+v", *done), "{InsertedCount:1 MatchedCount:4 ModifiedCount:4 DeletedCount:2 UpsertedCount:1 UpsertedIDs:map[4:new] InsertedIDs:map[0:6] Acknowledged:true}")
	equal(t, ids(t, coll, bson.D{{"_id", bson.D{{"$type", "number"}}}}), "[3 4 5 6]")

	failing := []nexuslite.WriteModel{
		nexuslite.NewInsertOneModel().SetDocument(bson.D{{"_id", 3}}),
		nexuslite.NewInsertOneModel().SetDocument(bson.D{{"_id", 8}}),
	}
	_, err = coll.BulkWrite(background, failing, options.BulkWrite().SetOrdered(false))
	var bulk nexuslite.BulkWriteException
	equal(t, errors.As(err, &bulk), true)
	equal(t, bulk.WriteErrors[0].Request, failing[0])
	equal(t, bulk.WriteErrors[0].Index, 0)
	equal(t, ids(t, coll, bson.D{{"_id", 8}}), "[8]")

	_, err = coll.BulkWrite(background, []nexuslite.WriteModel{nexuslite.NewDeleteOneModel()})
	equal(t, errors.Is(err, nexuslite.ErrNilDocument), true)
	_, err = coll.BulkWrite(background, []nexuslite.WriteModel{nexuslite.NewUpdateOneModel().SetFilter(bson.D{}).SetUpdate(bson.D{{"n", 1}})})
	equal(t, errors.Is(err, nexuslite.ErrInvalid), true)
}
