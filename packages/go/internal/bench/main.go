// What the way to Go costs: prints the nanoseconds of each document scanned and of each document got by its _id.
package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go"
	"github.com/nexuslite/nexuslite-go/options"
)

const (
	documents = 50_000
	gets      = 100_000
	batch     = 100
	stride    = 7919
)

var empty = bson.Raw("\x05\x00\x00\x00\x00")

func scan(ctx context.Context, all *nexuslite.Collection) (float64, error) {
	begun := time.Now()
	cursor, err := all.Find(ctx, empty, options.Find().SetBatchSize(batch))
	if err != nil {
		return 0, err
	}
	count, bytes := 0, 0
	for cursor.Next(ctx) {
		count++
		bytes += len(cursor.Current)
	}
	taken := time.Since(begun)
	if count != documents || bytes == 0 {
		return 0, errors.Join(cursor.Err(), fmt.Errorf("%d documents were found", count))
	}
	return float64(taken.Nanoseconds()) / documents, nil
}

func get(ctx context.Context, all *nexuslite.Collection) (float64, error) {
	filter := bson.Raw("\x12\x00\x00\x00\x12_id\x00........\x00")
	found := make(bson.Raw, 4096)
	begun := time.Now()
	for turn := range uint64(gets) {
		binary.LittleEndian.PutUint64(filter[9:], turn*stride%documents)
		document, err := all.FindOneRaw(ctx, filter, found)
		if err != nil {
			return 0, err
		}
		found = document
	}
	return float64(time.Since(begun).Nanoseconds()) / gets, nil
}

func run(ctx context.Context, path string) error {
	db, err := nexuslite.Open(path, options.Client().SetReadOnly(true))
	if err != nil {
		return err
	}
	defer db.Close()
	all := db.Collection("all")
	// Once for the caches.
	if _, err := scan(ctx, all); err != nil {
		return err
	}
	scanned, err := scan(ctx, all)
	if err != nil {
		return err
	}
	got, err := get(ctx, all)
	fmt.Printf("%.1f %.1f\n", scanned, got)
	return err
}

func main() {
	if len(os.Args) < 2 {
		log.Fatal("bench takes the path of the database")
	}
	if err := run(context.Background(), os.Args[1]); err != nil {
		log.Fatal(err)
	}
}
