// Package nexuslite is an embedded document database: MongoDB's documents and queries, in one file, without a server.
//
// Names, parameters, results and errors are those of the official driver, go.mongodb.org/mongo-driver/v2/mongo, and
// documents are those of its package bson:
//
//	client, err := nexuslite.Connect("data")        // a folder; each database is a file in it
//	orders := client.Database("shop").Collection("orders")
//	_, err = orders.InsertOne(ctx, bson.D{{"customer", "Ada"}, {"total", 42}})
//	cursor, err := orders.Find(ctx, bson.D{{"total", bson.D{{"$gte", 40}}}})
//	err = cursor.All(ctx, &found)
//
// [Open] opens a single file. Every operation takes a context: a cancellation or a deadline reaches the engine, which
// stops at its next batch. Databases and collections are used by any goroutines at the same time, a cursor and a
// session by one at a time.
//
// [SetLogger] brings what the library says to a slog.Logger.
//
// What is opened is closed by its Close; what is forgotten is closed some time after it became unreachable, and nobody
// hears of what goes wrong then.
//
// The package calls libnexuslite by cgo. pkg-config says where that is; with the build tag nexuslite_static the program
// has it inside itself, with nexuslite_lib CGO_CFLAGS and CGO_LDFLAGS say it.
package nexuslite

import "github.com/nexuslite/nexuslite-go/internal/capi"

// Version is the version of the library that the program runs with.
func Version() string { return capi.Version() }

// LiveHandles is how many handles, errors and buffers the library has given out and not been given back: 0 once
// everything is closed. For tests that look for what was forgotten.
func LiveHandles() int { return capi.LiveHandles() }
