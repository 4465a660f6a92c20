// Values of every kind, in and out.
package main

import (
	"context"
	"fmt"
	"log"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go"
)

func run(ctx context.Context) error {
	db, err := nexuslite.Open(":memory:")
	if err != nil {
		return err
	}
	defer db.Close()
	things := db.Collection("things")
	made, err := things.InsertOne(ctx, bson.M{"name": "a thing without an _id"})
	if err != nil {
		return err
	}
	uuid := made.InsertedID.(bson.Binary)
	fmt.Println("a UUID of", len(uuid.Data), "bytes")

	id, err := bson.ObjectIDFromHex("0123456789abcdef01234567")
	if err != nil {
		return err
	}
	price, err := bson.ParseDecimal128("9.90")
	if err != nil {
		return err
	}
	_, err = things.InsertOne(ctx, bson.D{
		{Key: "_id", Value: id},
		{Key: "price", Value: price},
		{Key: "count", Value: int64(3)},
		{Key: "at", Value: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)},
		{Key: "like", Value: bson.Regex{Pattern: "^a", Options: "i"}},
		{Key: "bytes", Value: []byte{0, 1}},
	})
	if err != nil {
		return err
	}
	thing, err := things.FindOne(ctx, bson.M{"price": price}).Raw()
	if err != nil {
		return err
	}
	text, err := nexuslite.ToJSON(thing, true)
	if err != nil {
		return err
	}
	fmt.Println(text)
	_, err = things.InsertOne(ctx, bson.M{"_id": made.InsertedID})
	fmt.Println(nexuslite.IsDuplicateKeyError(err))
	return nil
}

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}
