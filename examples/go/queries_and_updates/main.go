// Filters that look into lists, and updates that change what they found.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/nexuslite/nexuslite-go"
	"github.com/nexuslite/nexuslite-go/options"
	"go.mongodb.org/mongo-driver/v2/bson"
)

type Copy struct {
	Shelf string
	N     int
}

type Book struct {
	ID     int `bson:"_id"`
	Title  string
	Year   int
	Copies []Copy
}

func print(ctx context.Context, about string, books *nexuslite.Collection, filter any, opts *options.FindOptions) error {
	fmt.Println(about)
	for book, err := range nexuslite.Find[bson.Raw](ctx, books, filter, opts.SetSort(bson.M{"_id": 1})) {
		if err != nil {
			return err
		}
		json, err := nexuslite.ToJSON(book, false)
		if err != nil {
			return err
		}
		fmt.Println(json)
	}
	return nil
}

func query(ctx context.Context, books *nexuslite.Collection) error {
	titles := options.Find().SetProjection(bson.M{"title": 1})
	late := bson.M{"$or": bson.A{
		bson.M{"year": bson.M{"$gte": 1817}},
		bson.M{"title": bson.M{"$regex": "^E"}},
	}}
	if err := print(ctx, "from 1817 on, or called E…", books, late, titles); err != nil {
		return err
	}
	there := bson.M{"copies": bson.M{"$elemMatch": bson.M{"shelf": "A", "n": bson.M{"$gt": 0}}}}
	if err := print(ctx, "a copy on shelf A", books, there, titles); err != nil {
		return err
	}
	return print(ctx, "no copies", books, bson.M{"copies": bson.M{"$size": 0}}, titles)
}

func update(ctx context.Context, books *nexuslite.Collection) error {
	// Every empty shelf gets a copy.
	empty := options.UpdateMany().SetArrayFilters([]any{bson.M{"empty.n": 0}})
	_, err := books.UpdateMany(ctx, bson.M{}, bson.M{"$set": bson.M{"copies.$[empty].n": 1}}, empty)
	if err != nil {
		return err
	}
	_, err = books.UpdateByID(ctx, 3, bson.M{"$push": bson.M{"copies": Copy{"C", 4}}})
	if err != nil {
		return err
	}
	// A document is made where none is found.
	_, err = books.UpdateByID(ctx, 4, bson.M{
		"$set":         bson.D{{Key: "title", Value: "Ulysses"}, {Key: "year", Value: 1922}},
		"$setOnInsert": bson.M{"copies": bson.A{}},
	}, options.UpdateOne().SetUpsert(true))
	if err != nil {
		return err
	}
	// A list of stages computes from what is there.
	_, err = books.UpdateMany(ctx, bson.M{}, bson.A{bson.M{"$set": bson.M{"stock": bson.M{"$sum": "$copies.n"}}}})
	return err
}

func run(ctx context.Context) error {
	db, err := nexuslite.Open(":memory:")
	if err != nil {
		return err
	}
	defer db.Close()
	books := db.Collection("books")
	_, err = books.InsertMany(ctx, []Book{
		{1, "Emma", 1815, []Copy{{"A", 2}, {"B", 0}}},
		{2, "Persuasion", 1817, []Copy{{"A", 0}}},
		{3, "Middlemarch", 1871, []Copy{}},
	})
	if err != nil {
		return err
	}
	if err := query(ctx, books); err != nil {
		return err
	}
	if err := update(ctx, books); err != nil {
		return err
	}
	err = print(ctx, "after the updates", books, bson.M{}, options.Find().SetProjection(bson.M{"year": 0}))
	if err != nil {
		return err
	}

	newest := options.FindOneAndUpdate().SetSort(bson.M{"year": -1}).SetProjection(bson.M{"stock": 1})
	lent, err := books.FindOneAndUpdate(ctx, bson.M{"stock": bson.M{"$gt": 0}}, bson.M{"$inc": bson.M{"stock": -1}},
		newest.SetReturnDocument(options.After)).Raw()
	if err != nil {
		return err
	}
	json, err := nexuslite.ToJSON(lent, false)
	fmt.Println(json)
	return err
}

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}
