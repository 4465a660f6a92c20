package nexuslite

import (
	"context"
	"maps"
	"runtime"
	"slices"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go/internal/capi"
	"github.com/nexuslite/nexuslite-go/options"
)

// inMemory is the name of what has no file.
const inMemory = ":memory:"

// Client is a folder of databases: each is the file name.db in it. From any goroutine, at any time.
type Client struct {
	codec
	// inMemory says that there is no folder.
	inMemory bool
	options  []byte
	// folder never changes.
	folder uintptr
	mu     sync.Mutex
	// files are the databases that were asked for, by name.
	files  map[string]*file
	closed bool
	net    runtime.Cleanup
}

// Connect opens a folder of databases, which is created when there is none. ":memory:" is a folder without files.
//
// A database is opened when it is first used. Its file can be open in one process for writing, or in several for
// reading only ([options.ClientOptions.SetReadOnly]).
//
// Errors: [ErrInvalid] for options that do not exist, [ErrDenied] and [ErrIO] for a folder that cannot be made.
func Connect(folder string, opts ...*options.ClientOptions) (*Client, error) {
	codec, said, err := opening(opts)
	if err != nil {
		return nil, err
	}
	client := &Client{codec: codec, options: said, files: make(map[string]*file), inMemory: folder == inMemory}
	if client.inMemory {
		return client, nil
	}
	opened, failed := capi.OpenFolder(folder, said)
	if failed != nil {
		return nil, (&told{engine: toError(failed)}).command()
	}
	client.folder = opened.Handle
	client.net = runtime.AddCleanup(client, capi.FreeFolder, opened.Handle)
	return client, nil
}

// opening is how databases are opened, as the options say together.
func opening(opts []*options.ClientOptions) (codec, []byte, error) {
	if err := capi.CheckABI(); err != nil {
		return codec{}, nil, toError(err)
	}
	var c codec
	for _, one := range opts {
		if one != nil && one.Registry != nil {
			c.registry = one.Registry
		}
	}
	said, err := c.options(given(opts))
	return c, said, err
}

// Database is the database of this name, which is opened, and created when there is none, by its first use.
func (c *Client) Database(name string) *Database {
	return &Database{client: c, file: c.file(name)}
}

func (c *Client) file(name string) *file {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known, ok := c.files[name]; ok {
		return known
	}
	folder := c.folder
	made := newFile(name, c.codec, func() (capi.Answer, *capi.Error) {
		if c.inMemory {
			return capi.Open(inMemory, c.options)
		}
		return capi.FolderDatabase(folder, name)
	})
	made.handles.closed = c.closed
	c.files[name] = made
	return made
}

// ListDatabaseNames is the names of the databases, in byte order; filter is a document that their {name} satisfies.
func (c *Client) ListDatabaseNames(ctx context.Context, filter any) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, ended(err)
	}
	wanted, err := c.document(filter)
	if err != nil {
		return nil, err
	}
	names, err := c.names()
	if err != nil || len(names) == 0 {
		return nil, err
	}
	scratch, err := Open(inMemory)
	if err != nil {
		return nil, err
	}
	defer func() { _ = scratch.Close() }()
	listed := make([]bson.D, len(names))
	for i, name := range names {
		listed[i] = bson.D{{Key: "_id", Value: i}, {Key: "name", Value: name}}
	}
	if _, err := scratch.Collection("names").InsertMany(ctx, listed); err != nil {
		return nil, err
	}
	var found []struct{ Name string }
	cursor, err := scratch.Collection("names").Find(ctx, wanted)
	if err == nil {
		err = cursor.All(ctx, &found)
	}
	names = names[:0]
	for _, one := range found {
		names = append(names, one.Name)
	}
	return names, err
}

// names is the names of all databases: of those in memory, the ones that were used.
func (c *Client) names() ([]string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, c.closedError()
	}
	if c.inMemory {
		used := func(name string) bool { return c.files[name].isOpen() }
		return slices.DeleteFunc(slices.Sorted(maps.Keys(c.files)), func(name string) bool { return !used(name) }), nil
	}
	answer, failed := capi.FolderNames(c.folder)
	if failed != nil {
		return nil, (&told{engine: toError(failed)}).command()
	}
	var told struct{ Databases []string }
	err := bson.Unmarshal(answer.Bytes, &told)
	return told.Databases, err
}

func (c *Client) closedError() error {
	return (&told{engine: closedError("the client")}).command()
}

// Ping says whether the client is open.
func (c *Client) Ping(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return ended(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return c.closedError()
	}
	return nil
}

// Close closes every database of the folder: what was committed is brought into the files. Everything that came from the
// client answers [ErrClosed] from then on. Closing again changes nothing.
func (c *Client) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	c.closed = true
	var first error
	for _, file := range c.files {
		if err := file.close(); err != nil && first == nil {
			first = err
		}
	}
	if !c.inMemory {
		c.net.Stop()
		capi.FreeFolder(c.folder)
	}
	return first
}

// drop removes a database that is not open.
func (c *Client) drop(name string) *capi.Error {
	if c.inMemory {
		return nil
	}
	_, err := capi.DropDatabase(c.folder, name)
	return err
}

// Disconnect is [Client.Close] by the official driver's name.
func (c *Client) Disconnect(context.Context) error { return c.Close() }
