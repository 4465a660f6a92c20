// Money that is moved as a whole or not at all, in both shapes: bbolt's and the official driver's.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/nexuslite/nexuslite-go"
	"github.com/nexuslite/nexuslite-go/options"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// pay changes the account's balance, which has to have what is taken.
func pay(ctx context.Context, accounts *nexuslite.Collection, account string, amount int) error {
	enough := bson.M{"_id": account, "balance": bson.M{"$gte": -amount}}
	paid, err := accounts.UpdateOne(ctx, enough, bson.M{"$inc": bson.M{"balance": amount}})
	if err == nil && paid.MatchedCount == 0 {
		err = fmt.Errorf("there are no %d to be moved", -amount)
	}
	return err
}

func print(ctx context.Context, accounts *nexuslite.Collection) error {
	for account, err := range nexuslite.Find[bson.Raw](ctx, accounts, bson.M{}, options.Find().SetSort(bson.M{"_id": 1})) {
		if err != nil {
			return err
		}
		json, err := nexuslite.ToJSON(account, false)
		if err != nil {
			return err
		}
		fmt.Println(json)
	}
	return nil
}

func run(ctx context.Context) error {
	bank, err := nexuslite.Open(":memory:")
	if err != nil {
		return err
	}
	defer bank.Close()
	accounts := bank.Collection("accounts")
	_, err = accounts.InsertMany(ctx, []bson.D{
		{{Key: "_id", Value: "ada"}, {Key: "balance", Value: 50}},
		{{Key: "_id", Value: "bo"}, {Key: "balance", Value: 0}},
	})
	if err != nil {
		return err
	}

	for _, amount := range []int{20, 1000} {
		// Again from the beginning when somebody else came first.
		err := bank.Update(ctx, func(tx *nexuslite.Tx) error {
			accounts := tx.Collection("accounts")
			if err := pay(ctx, accounts, "ada", -amount); err != nil {
				return err
			}
			return pay(ctx, accounts, "bo", amount)
		})
		if err != nil {
			fmt.Println(err)
		} else {
			fmt.Println(amount, "moved")
		}
	}
	if err := print(ctx, accounts); err != nil {
		return err
	}

	// Of two that change the same document the first to commit wins.
	var sessions [2]*nexuslite.Session
	for i := range sessions {
		session, err := bank.StartSession()
		if err != nil {
			return err
		}
		defer session.EndSession(ctx)
		if err := session.StartTransaction(); err != nil {
			return err
		}
		if err := pay(nexuslite.NewSessionContext(ctx, session), accounts, "bo", i+1); err != nil {
			return err
		}
		sessions[i] = session
	}
	if err := sessions[0].CommitTransaction(ctx); err != nil {
		return err
	}
	if err := sessions[1].CommitTransaction(ctx); errors.Is(err, nexuslite.ErrConflict) {
		fmt.Println("the second is told:", nexuslite.ErrConflict.String())
	}
	return print(ctx, accounts)
}

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}
