package nexuslite

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go/internal/capi"
	"github.com/nexuslite/nexuslite-go/options"
)

// Database is one file with collections in it. From any goroutine, at any time.
type Database struct {
	client *Client
	file   *file
	// bound is the transaction that it belongs to; nil for none.
	bound *transaction
}

// Open opens a file, and creates it when there is none: ".db" is added to a path without an extension, and ":memory:" is
// a database without a file.
//
// Errors: [ErrLocked] when another process has it open, [ErrCorrupt] when its bytes are not what was written,
// [ErrUnsupported] when it is of another format, [ErrInvalid] for options that do not exist and for what is no database.
func Open(path string, opts ...*options.ClientOptions) (*Database, error) {
	codec, said, err := opening(opts)
	if err != nil {
		return nil, err
	}
	made := newFile(path, codec, func() (capi.Answer, *capi.Error) { return capi.Open(path, said) })
	if _, err := made.db(); err != nil {
		return nil, err
	}
	return &Database{file: made}, nil
}

// Name is the name in the folder, or the path that was opened.
func (d *Database) Name() string { return d.file.name }

// Client is the folder that the database is in; nil for one that was opened by its path.
func (d *Database) Client() *Client { return d.client }

// Collection is the collection of this name, whether or not it exists: the first insert creates it.
func (d *Database) Collection(name string) *Collection {
	return &Collection{database: d, name: name}
}

// CreateCollection creates a collection. One that has the same options already is [ErrExists] too.
func (d *Database) CreateCollection(ctx context.Context, name string, opts ...*options.CreateCollectionOptions) error {
	said, err := d.file.options(given(opts))
	if err != nil {
		return err
	}
	in, err := d.enter(ctx, changes)
	if err != nil {
		return err
	}
	defer in.end()
	return in.failed(capi.CreateCollection(in.db, in.how, name, said)).command()
}

// ListCollectionNames is the names of the collections whose description satisfies the filter.
func (d *Database) ListCollectionNames(ctx context.Context, filter any) ([]string, error) {
	listed, err := d.ListCollectionSpecifications(ctx, filter)
	names := make([]string, len(listed))
	for i, one := range listed {
		names[i] = one.Name
	}
	return names, err
}

// CollectionSpecification describes a collection, or a view.
type CollectionSpecification struct {
	Name string
	// Type is "collection" or "view".
	Type    string
	Options bson.Raw
}

// ListCollectionSpecifications describes the collections that satisfy the filter.
func (d *Database) ListCollectionSpecifications(ctx context.Context, filter any) ([]CollectionSpecification, error) {
	cursor, err := d.ListCollections(ctx, filter)
	if err != nil {
		return nil, err
	}
	var listed []CollectionSpecification
	err = cursor.All(ctx, &listed)
	return listed, err
}

// ListCollections hands out the descriptions of the collections that satisfy the filter.
func (d *Database) ListCollections(ctx context.Context, filter any) (*Cursor, error) {
	wanted, err := d.file.document(filter)
	if err != nil {
		return nil, err
	}
	return d.RunCommandCursor(ctx, bson.D{{Key: "listCollections", Value: 1}, {Key: "filter", Value: wanted}})
}

// Drop removes the database with everything in it; without one nothing happens. It is created anew by its next use.
//
// Errors: [ErrUnsupported] for a database that was opened by its path, [ErrBusy] when it is open elsewhere in this
// process, [ErrLocked] when it is in another.
func (d *Database) Drop(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return ended(err)
	}
	if d.client == nil {
		message := "a database that was opened by its path cannot be dropped: close it, and remove the file"
		return (&told{engine: &Error{Kind: ErrUnsupported, Message: message}}).command()
	}
	if err := d.client.Ping(ctx); err != nil {
		return err
	}
	if err := d.file.handles.close(false); err != nil {
		return (&told{engine: toError(err)}).command()
	}
	return failure(ctx, d.client.drop(d.file.name)).command()
}

// Close closes the database: what was committed is brought into the file. Everything that came from it answers
// [ErrClosed] from then on. Closing again changes nothing.
func (d *Database) Close() error { return d.file.close() }

// Info is the path and the collections with their counts: {path, collections: [{name, count}]}.
func (d *Database) Info(ctx context.Context) (bson.Raw, error) { return d.report(ctx, capi.Info) }

// Stats is sizes and counts of the storage, in bytes where the name says so.
func (d *Database) Stats(ctx context.Context) (bson.Raw, error) { return d.report(ctx, capi.Stats) }

// Check walks everything and says what is wrong, changing nothing: {valid, faults, …}. A fault is no error of the call.
func (d *Database) Check(ctx context.Context) (bson.Raw, error) { return d.report(ctx, capi.Check) }

func (d *Database) report(ctx context.Context, which capi.Report) (bson.Raw, error) {
	in, err := d.enter(ctx, reads)
	if err != nil {
		return nil, err
	}
	defer in.end()
	answer, failed := capi.Tell(which, in.db, in.how)
	return answer.Bytes, in.failed(failed).command()
}

// Checkpoint brings everything that was committed into the main file.
func (d *Database) Checkpoint(ctx context.Context) error {
	in, err := d.enter(ctx, changes)
	if err != nil {
		return err
	}
	defer in.end()
	return in.failed(capi.Checkpoint(in.db)).command()
}

// Backup copies the state of this moment into the new file path, which is there when this returns, whole and durable.
// Others may write meanwhile. [ErrExists] when there is a file of this name.
func (d *Database) Backup(ctx context.Context, path string) error {
	in, err := d.enter(ctx, reads)
	if err != nil {
		return err
	}
	defer in.end()
	return in.failed(capi.Backup(in.db, path)).command()
}
