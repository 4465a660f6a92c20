// Indexes: made, used, explained, kept unique.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"

	"github.com/nexuslite/nexuslite-go"
	"github.com/nexuslite/nexuslite-go/options"
	"go.mongodb.org/mongo-driver/v2/bson"
)

type User struct {
	ID    int `bson:"_id"`
	Email string
	Age   int
	City  string
}

// explain says by which road a find goes.
func explain(ctx context.Context, users *nexuslite.Collection, who string, filter bson.M) error {
	plan, err := users.Explain(ctx, bson.M{"find": bson.M{"filter": filter}}, "queryPlanner")
	if err != nil {
		return err
	}
	road := "through the whole collection"
	if strings.Contains(plan.String(), "IXSCAN") {
		road = "by an index"
	}
	fmt.Println(who+":", road)
	return nil
}

func print(document bson.Raw) {
	json, err := nexuslite.ToJSON(document, false)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(json)
}

func run(ctx context.Context) error {
	db, err := nexuslite.Open(":memory:")
	if err != nil {
		return err
	}
	defer db.Close()
	users := db.Collection("users")
	_, err = users.InsertMany(ctx, []User{
		{1, "ada@example.com", 36, "London"},
		{2, "bo@example.com", 17, "Oslo"},
		{3, "cy@example.com", 52, "Oslo"},
	})
	if err != nil {
		return err
	}

	adults := bson.M{"age": bson.M{"$gte": 18}}
	if err := explain(ctx, users, "adults", adults); err != nil {
		return err
	}
	_, err = users.Indexes().CreateMany(ctx, []nexuslite.IndexModel{
		{Keys: bson.M{"email": 1}, Options: options.Index().SetUnique(true)},
		{Keys: bson.D{{Key: "city", Value: 1}, {Key: "age", Value: -1}}, Options: options.Index().SetName("by_city")},
		{Keys: bson.M{"age": 1}, Options: options.Index().SetPartialFilterExpression(adults)},
	})
	if err != nil {
		return err
	}
	if err := explain(ctx, users, "adults", adults); err != nil {
		return err
	}
	if err := explain(ctx, users, "minors", bson.M{"age": bson.M{"$lt": 18}}); err != nil {
		return err
	}

	oldest := options.Find().SetSort(bson.M{"age": -1}).SetProjection(bson.M{"email": 1}).SetHint("by_city")
	for user, err := range nexuslite.Find[bson.Raw](ctx, users, bson.M{"city": "Oslo"}, oldest) {
		if err != nil {
			return err
		}
		print(user)
	}
	_, err = users.InsertOne(ctx, bson.M{"email": "bo@example.com"})
	var failure *nexuslite.Error
	if nexuslite.IsDuplicateKeyError(err) && errors.As(err, &failure) {
		fmt.Println(failure.Code, failure.CodeName)
		print(failure.Details)
	}
	if err := users.Indexes().DropOne(ctx, "email_1"); err != nil {
		return err
	}
	if err := users.Indexes().DropOne(ctx, "email_1"); errors.Is(err, nexuslite.ErrNotFound) {
		fmt.Println("dropped again:", nexuslite.ErrNotFound.String())
	}
	return nil
}

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}
