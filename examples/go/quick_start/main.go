// A collection, from the first document to the last.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/nexuslite/nexuslite-go"
	"github.com/nexuslite/nexuslite-go/options"
	"go.mongodb.org/mongo-driver/v2/bson"
)

type Order struct {
	ID       int `bson:"_id"`
	Customer string
	Items    []string
	Total    float64
}

func print(document bson.Raw) {
	json, err := nexuslite.ToJSON(document, false)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(json)
}

func run(ctx context.Context) error {
	db, err := nexuslite.Open("shop") // shop.db, created when it is missing
	if err != nil {
		return err
	}
	defer db.Close()
	orders := db.Collection("orders")
	_, err = orders.InsertMany(ctx, []Order{
		{1, "Ada", []string{"ink", "paper"}, 42.5},
		{2, "Grace", []string{"ink"}, 12.5},
		{3, "Mary", []string{"pens"}, 7.25},
	})
	if err != nil {
		return err
	}

	if _, err := orders.UpdateMany(ctx, bson.M{"items": "ink"}, bson.M{"$inc": bson.M{"total": 1}}); err != nil {
		return err
	}
	dear := bson.M{"total": bson.M{"$gte": 10}}
	sorted := options.Find().SetSort(bson.M{"total": -1})
	for order, err := range nexuslite.Find[bson.Raw](ctx, orders, dear, sorted) {
		if err != nil {
			return err
		}
		print(order)
	}
	order, err := orders.FindOne(ctx, bson.M{"customer": "Mary"}).Raw()
	if err != nil {
		return err
	}
	print(order)
	if _, err := orders.DeleteOne(ctx, bson.M{"_id": 3}); err != nil {
		return err
	}
	count, err := orders.CountDocuments(ctx, bson.D{})
	if err != nil {
		return err
	}
	fmt.Println(count, "orders are left")
	return nil
}

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}
