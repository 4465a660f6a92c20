// Documents read from JSON, handed out one by one, and written as JSON that keeps every type.
package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"strings"

	"github.com/nexuslite/nexuslite-go"
	"github.com/nexuslite/nexuslite-go/options"
	"go.mongodb.org/mongo-driver/v2/bson"
)

const lines = `{"_id": {"$oid": "0123456789abcdef01234567"}, "at": {"$date": "2026-01-01T00:00:00Z"}}
{"_id": 2, "price": {"$numberDecimal": "9.90"}, "stock": 3000000000}
{"_id": 3, "ratio": 0.5, "tags": ["new", null, true]}
`

func read(ctx context.Context, from io.Reader, into *nexuslite.Collection) error {
	var documents []bson.Raw
	scanner := bufio.NewScanner(from)
	for scanner.Scan() {
		document, err := nexuslite.FromJSON(scanner.Text())
		if err != nil {
			return err
		}
		documents = append(documents, document)
	}
	if err := scanner.Err(); err != nil {
		return err
	}
	_, err := into.InsertMany(ctx, documents)
	return err
}

func write(ctx context.Context, from *nexuslite.Collection, canonical bool, to io.Writer) error {
	for document, err := range nexuslite.Find[bson.Raw](ctx, from, bson.M{}, options.Find().SetBatchSize(2)) {
		if err != nil {
			return err
		}
		json, err := nexuslite.ToJSON(document, canonical)
		if err != nil {
			return err
		}
		fmt.Fprintln(to, json)
	}
	return nil
}

func run(ctx context.Context) error {
	db, err := nexuslite.Open(":memory:")
	if err != nil {
		return err
	}
	defer db.Close()
	things, copies := db.Collection("things"), db.Collection("copies")
	if err := read(ctx, strings.NewReader(lines), things); err != nil {
		return err
	}

	// To be read: numbers are numbers.
	var text, file bytes.Buffer
	if err := write(ctx, things, false, &text); err != nil {
		return err
	}
	// To be kept: every type can be told from the text.
	if err := write(ctx, things, true, &file); err != nil {
		return err
	}
	fmt.Print(text.String(), file.String())

	// And read again.
	if err := read(ctx, &file, copies); err != nil {
		return err
	}
	count, err := copies.CountDocuments(ctx, bson.M{"$or": bson.A{
		bson.M{"stock": bson.M{"$type": "long"}},
		bson.M{"at": bson.M{"$type": "date"}},
	}})
	fmt.Println(count, "of the copies have a long or a date")
	return err
}

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}
