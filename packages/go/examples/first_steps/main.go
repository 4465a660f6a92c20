// A collection from the first document to the last.
package main

import (
	"context"
	"fmt"
	"log"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go"
	"github.com/nexuslite/nexuslite-go/options"
)

type order struct {
	ID       int `bson:"_id"`
	Customer string
	Items    []string
	Total    float64
}

func run(ctx context.Context) error {
	db, err := nexuslite.Open(":memory:")
	if err != nil {
		return err
	}
	defer db.Close()
	orders := db.Collection("orders")
	_, err = orders.InsertMany(ctx, []order{
		{1, "Ada", []string{"ink", "paper"}, 42},
		{2, "Grace", []string{"ink"}, 12.5},
	})
	if err != nil {
		return err
	}
	updated, err := orders.UpdateMany(ctx, bson.M{"items": "ink"}, bson.M{"$inc": bson.M{"total": 1}})
	if err != nil {
		return err
	}
	fmt.Println(updated.ModifiedCount, "orders changed")

	dear := bson.M{"total": bson.M{"$gte": 10}}
	for order, err := range nexuslite.Find[order](ctx, orders, dear, options.Find().SetSort(bson.M{"total": -1})) {
		if err != nil {
			return err
		}
		fmt.Println(order.Customer, order.Total)
	}
	ada, err := nexuslite.FindOne[order](ctx, orders, bson.M{"customer": "Ada"})
	if err != nil {
		return err
	}
	var items []string
	if err := orders.Distinct(ctx, "items", bson.M{}).Decode(&items); err != nil {
		return err
	}
	count, err := orders.CountDocuments(ctx, bson.M{})
	if err != nil {
		return err
	}
	fmt.Println(ada.Items, items, count)
	deleted, err := orders.DeleteOne(ctx, bson.M{"_id": 2})
	if err != nil {
		return err
	}
	fmt.Println(deleted.DeletedCount, "order deleted")
	return nil
}

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}
