// Money that is moved as a whole or not at all, in both shapes: bbolt's and the official driver's.
package main

import (
	"context"
	"fmt"
	"log"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go"
	"github.com/nexuslite/nexuslite-go/options"
)

func move(ctx context.Context, accounts *nexuslite.Collection, amount int) error {
	enough := bson.D{{Key: "_id", Value: "a"}, {Key: "balance", Value: bson.M{"$gte": amount}}}
	taken, err := accounts.UpdateOne(ctx, enough, bson.M{"$inc": bson.M{"balance": -amount}})
	if err != nil {
		return err
	}
	if taken.MatchedCount == 0 {
		return fmt.Errorf("there are no %d to be moved", amount)
	}
	_, err = accounts.UpdateByID(ctx, "b", bson.M{"$inc": bson.M{"balance": amount}}, options.UpdateOne().SetUpsert(true))
	return err
}

func run(ctx context.Context) error {
	client, err := nexuslite.Connect(":memory:")
	if err != nil {
		return err
	}
	defer client.Close()
	bank := client.Database("bank")
	if _, err := bank.Collection("accounts").InsertOne(ctx, bson.M{"_id": "a", "balance": 50}); err != nil {
		return err
	}
	err = bank.Update(ctx, func(tx *nexuslite.Tx) error {
		return move(ctx, tx.Collection("accounts"), 20)
	})
	if err != nil {
		return err
	}
	err = client.UseSession(ctx, func(ctx context.Context) error {
		session := nexuslite.SessionFromContext(ctx)
		_, err := session.WithTransaction(ctx, func(ctx context.Context) (any, error) {
			return nil, move(ctx, bank.Collection("accounts"), 1000)
		})
		return err
	})
	fmt.Println(err)
	return bank.View(ctx, func(tx *nexuslite.Tx) error {
		for account, err := range nexuslite.Find[bson.D](ctx, tx.Collection("accounts"), bson.D{}) {
			if err != nil {
				return err
			}
			fmt.Println(account[0].Value, account[1].Value)
		}
		return nil
	})
}

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}
