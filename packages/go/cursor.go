package nexuslite

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"reflect"
	"runtime"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go/internal/capi"
)

// How many documents the first batch has: few, because many who ask want few. Later ones have as many as the bytes
// allow.
const firstBatch = 101

// How long the block of a cursor is: short at first, and twice as long each time that it was too short.
const (
	leastBytes = 4 << 10
	mostBytes  = 1 << 20
)

// Cursor hands documents out one by one; a batch of them crosses from the library at a time. By one goroutine at a time.
type Cursor struct {
	// Current is the document that Next came to. It is lent until the next call of Next, TryNext or Close: the next batch
	// is put where this one lies. Decode copies.
	Current bson.Raw

	file    *file
	handles *cursorHandles
	net     runtime.Cleanup
	// size is how many documents a batch has; 0 leaves it to the library.
	size  int32
	first bool
	// block is where batches are put, rest what is left of this one.
	block []byte
	rest  []byte
	// later is what ended the walk behind this batch.
	later *capi.Error
	count int
	// isWhole says that the batch is all there is.
	isWhole bool
	err     error
}

// cursorHandles are what a cursor holds in the library; 0 once given back.
type cursorHandles struct{ cursor, token uintptr }

func (h cursorHandles) free() {
	capi.FreeCursor(h.cursor)
	capi.FreeCancel(h.token)
}

func newCursor(of *file, cursor, token uintptr, size int32) *Cursor {
	made := &Cursor{file: of, handles: &cursorHandles{cursor, token}, size: size, first: true}
	made.net = runtime.AddCleanup(made, cursorHandles.free, *made.handles)
	return made
}

// listCursor is a cursor over documents that are here already.
func listCursor(of *file, documents []bson.Raw) *Cursor {
	made := &Cursor{file: of, isWhole: true, count: len(documents)}
	for _, document := range documents {
		made.rest = append(made.rest, document...)
	}
	return made
}

// Next comes to the next document, which is Current then; false at the end and after an error, which Err tells.
func (c *Cursor) Next(ctx context.Context) bool {
	for c.err == nil {
		if c.take() {
			return true
		}
		if !c.fetch(ctx) {
			return false
		}
	}
	return false
}

// TryNext is [Cursor.Next]: there is never a document that would come later.
func (c *Cursor) TryNext(ctx context.Context) bool { return c.Next(ctx) }

// take comes to the next document of the batch.
func (c *Cursor) take() bool {
	if len(c.rest) < 4 {
		c.Current = nil
		return false
	}
	size := int(binary.LittleEndian.Uint32(c.rest))
	if size < 5 || size > len(c.rest) {
		c.err = fmt.Errorf("nexuslite: a batch has %d bytes left, and a document of %d", len(c.rest), size)
		return false
	}
	c.Current, c.rest = bson.Raw(c.rest[:size:size]), c.rest[size:]
	c.count--
	return true
}

// fetch gets the next batch; false when there is none.
func (c *Cursor) fetch(ctx context.Context) bool {
	if c.isWhole || c.handles == nil {
		return false
	}
	if err := ctx.Err(); err != nil {
		c.err = ended(err)
		return false
	}
	documents := uint32(c.size)
	if c.size == 0 && c.first {
		documents = firstBatch
	}
	c.first = false
	err := c.later
	if err == nil {
		looks := looking(ctx, c.handles.token)
		err = c.fill(int(documents))
		looks.away()
	}
	if err != nil {
		in := entered{ctx: ctx, file: c.file}
		c.err = in.failed(err).command()
	}
	if err != nil || c.count == 0 {
		c.free()
		return false
	}
	return true
}

// fill puts as many documents into the block as were asked for, 0 for any number, or as mostBytes hold, but at least
// one; none at the end. The block is made longer as they need it, and what was handed out before stays where it is.
func (c *Cursor) fill(documents int) *capi.Error {
	if c.block == nil {
		c.block = make([]byte, leastBytes)
	}
	block, filled, count := c.block, 0, 0
	defer func() { c.block, c.rest, c.count = block, block[:filled], count }()
	for documents == 0 || count < documents {
		answer, err := capi.Read(c.handles.cursor, uint32(max(0, documents-count)), block[filled:])
		switch {
		case err != nil && count == 0:
			return err
		case err != nil || answer.Status == capi.Done:
			c.later = err
			return nil
		case answer.Count != 0:
			filled, count = filled+len(answer.Bytes), count+int(answer.Count)
			continue
		}
		long := max(min(2*len(block), mostBytes), filled+int(answer.Number))
		if count != 0 && long > mostBytes {
			return nil
		}
		block = append(make([]byte, 0, long), block[:filled]...)[:long]
	}
	return nil
}

// Decode reads Current into what value points to.
func (c *Cursor) Decode(value any) error { return c.file.decode(c.Current, value) }

// Err is what ended the walk; nil for its end.
func (c *Cursor) Err() error { return c.err }

// ID is 0: the cursor lives in this process, and nowhere else.
func (c *Cursor) ID() int64 { return 0 }

// RemainingBatchLength is how many documents there are before the next batch is fetched.
func (c *Cursor) RemainingBatchLength() int { return c.count }

// Close lets go of the cursor, and of the state that it sees. Closing again changes nothing.
func (c *Cursor) Close(context.Context) error {
	if c == nil {
		return ErrNilCursor
	}
	c.free()
	c.rest, c.count, c.Current, c.isWhole = nil, 0, nil, true
	return nil
}

func (c *Cursor) free() {
	if c.handles != nil {
		c.net.Stop()
		c.handles.free()
		c.handles = nil
	}
}

// All reads all documents that are left into what list, a pointer to a slice, points to, and closes the cursor.
func (c *Cursor) All(ctx context.Context, list any) error {
	if c == nil {
		return ErrNilCursor
	}
	defer func() { _ = c.Close(ctx) }()
	into := reflect.ValueOf(list)
	if into.Kind() != reflect.Pointer || into.Elem().Kind() != reflect.Slice {
		return fmt.Errorf("nexuslite: the results must be a pointer to a slice, but they are a %T", list)
	}
	all := into.Elem().Slice(0, 0)
	for c.Next(ctx) {
		one := reflect.New(all.Type().Elem())
		if err := c.decodeInto(one.Interface()); err != nil {
			return err
		}
		all = reflect.Append(all, one.Elem())
	}
	if c.err != nil {
		return c.err
	}
	into.Elem().Set(all)
	return nil
}

// decodeInto is Decode that knows what needs no reading.
func (c *Cursor) decodeInto(value any) error {
	if raw, ok := value.(*bson.Raw); ok {
		*raw = bytes.Clone(c.Current)
		return nil
	}
	return c.Decode(value)
}

// Documents walks over the documents that are left, and closes the cursor: also when the walk is left early. Each
// document stays valid.
//
//	for document, err := range cursor.Documents(ctx) { … }
func (c *Cursor) Documents(ctx context.Context) iter.Seq2[bson.Raw, error] {
	return func(yield func(bson.Raw, error) bool) {
		for document, err := range c.lent(ctx) {
			if !yield(bytes.Clone(document), err) {
				return
			}
		}
	}
}

// lent is Documents, each valid until the next.
func (c *Cursor) lent(ctx context.Context) iter.Seq2[bson.Raw, error] {
	return func(yield func(bson.Raw, error) bool) {
		defer func() { _ = c.Close(ctx) }()
		for c.Next(ctx) {
			if !yield(c.Current, nil) {
				return
			}
		}
		if c.err != nil {
			yield(nil, c.err)
		}
	}
}

// ForEach is a walk over what a cursor hands out, each document read as a T.
func ForEach[T any](ctx context.Context, cursor *Cursor) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for raw, err := range cursor.lent(ctx) {
			var one T
			if err == nil {
				err = cursor.file.decode(raw, &one)
			}
			if !yield(one, err) {
				return
			}
		}
	}
}
