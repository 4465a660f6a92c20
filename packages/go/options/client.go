package options

import (
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// ClientOptions say how databases are opened.
type ClientOptions struct {
	set

	// Registry says how Go's values become BSON and come back; the driver's own rules by default.
	Registry *bson.Registry
}

// Client is no options yet.
func Client() *ClientOptions { return &ClientOptions{} }

// SetRegistry sets how Go's values become BSON and come back; the driver's own rules by default.
func (o *ClientOptions) SetRegistry(registry *bson.Registry) *ClientOptions {
	o.Registry = registry
	return o
}

// SetReadOnly sets whether nothing may be changed, so that others can read the file too; false by default.
func (o *ClientOptions) SetReadOnly(on bool) *ClientOptions {
	o.put("read_only", on)
	return o
}

// SetCreate sets whether a file that is missing is created; true by default.
func (o *ClientOptions) SetCreate(on bool) *ClientOptions {
	o.put("create", on)
	return o
}

// SetEngine sets how data is kept: "wasp" (the default), "log" or "memory".
func (o *ClientOptions) SetEngine(name string) *ClientOptions {
	o.put("engine", name)
	return o
}

// SetDurability sets when a write returns: "full" when it is on the device (the default), "group" when the operating
// system has it, "none" when it is in memory.
func (o *ClientOptions) SetDurability(level string) *ClientOptions {
	o.put("durability", level)
	return o
}

// SetGroupInterval sets how much time may be lost with the durability "group"; 10 ms by default.
func (o *ClientOptions) SetGroupInterval(interval time.Duration) *ClientOptions {
	o.put("group_interval_ms", milliseconds(interval))
	return o
}

// SetCacheBytes sets how much memory everything together takes: pages of the file, changes that are not in it yet, and
// what sorts and transactions gather; by default a quarter of what the process may use, at most 1 GiB.
func (o *ClientOptions) SetCacheBytes(bytes int64) *ClientOptions {
	o.put("cache_bytes", bytes)
	return o
}

// SetSortBytesMax sets how much memory one sort takes before it goes on in a file; 100 MiB by default.
func (o *ClientOptions) SetSortBytesMax(bytes int64) *ClientOptions {
	o.put("sort_bytes_max", bytes)
	return o
}

// SetTransactionBytesMax sets how much one transaction may change; 64 MiB by default.
func (o *ClientOptions) SetTransactionBytesMax(bytes int64) *ClientOptions {
	o.put("transaction_bytes_max", bytes)
	return o
}

// SetIDKind sets which _id a document without one is given: "uuid4" (the default, a bson.Binary), "uuid7" or
// "objectid" (a bson.ObjectID, as the official driver makes).
func (o *ClientOptions) SetIDKind(kind string) *ClientOptions {
	o.put("id_kind", kind)
	return o
}

// Set sets an option by the name that the library knows it by, such as "memtable_bytes"; opening tells whether there is
// one.
func (o *ClientOptions) Set(name string, value any) *ClientOptions {
	o.put(name, value)
	return o
}
