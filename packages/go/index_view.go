package nexuslite

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go/internal/capi"
	"github.com/nexuslite/nexuslite-go/options"
)

// IndexView is the indexes of a collection.
type IndexView struct{ collection *Collection }

// IndexModel is an index that is to be.
type IndexModel struct {
	// Keys is the fields with their directions, in order: bson.D{{"total", -1}}.
	Keys any
	// Options say what else it is; nil for nothing.
	Options *options.IndexOptions
}

// Indexes is the indexes of the collection.
func (c *Collection) Indexes() IndexView { return IndexView{collection: c} }

// CreateOne creates an index and answers its name. One that exists with the same key and options is left as it is.
// Writers go on meanwhile; an end of the context drops what was built so far.
func (v IndexView) CreateOne(ctx context.Context, model IndexModel, opts ...*options.CreateIndexesOptions) (string, error) {
	names, err := v.CreateMany(ctx, []IndexModel{model}, opts...)
	if err != nil {
		return "", err
	}
	return names[0], nil
}

// CreateMany creates indexes in one walk over the documents, and answers their names. As [IndexView.CreateOne].
func (v IndexView) CreateMany(ctx context.Context, models []IndexModel, opts ...*options.CreateIndexesOptions) ([]string, error) {
	if len(models) == 0 {
		return nil, ErrEmptySlice
	}
	codec := v.collection.codec()
	var all []byte
	for _, model := range models {
		described, err := model.describe(codec)
		if err != nil {
			return nil, err
		}
		all = append(all, described...)
	}
	in, err := v.collection.enter(ctx, changes)
	if err != nil {
		return nil, err
	}
	defer in.end()
	var progress func(done, total uint64) bool
	for _, one := range opts {
		if one != nil && one.Progress != nil {
			progress = one.Progress
		}
	}
	answer, failed := capi.CreateIndexes(in.coll, in.how, all, progress)
	if failed != nil {
		return nil, in.failed(failed).command()
	}
	var told struct{ Names []string }
	err = bson.Unmarshal(answer.Bytes, &told)
	return told.Names, err
}

func (m IndexModel) describe(codec codec) (bson.Raw, error) {
	if m.Keys == nil {
		return nil, ErrNilValue
	}
	if err := ordered("keys", m.Keys); err != nil {
		return nil, err
	}
	key, err := codec.document(m.Keys)
	if err != nil {
		return nil, err
	}
	described := bson.D{{Key: "key", Value: key}}
	if m.Options != nil {
		described = append(described, m.Options.Given()...)
	}
	return codec.document(described)
}

// List hands out the indexes, described as MongoDB does.
func (v IndexView) List(ctx context.Context) (*Cursor, error) {
	in, err := v.collection.enter(ctx, reads)
	if err != nil {
		return nil, err
	}
	defer in.end()
	answer, failed := capi.ListIndexes(in.coll, in.how)
	if failed != nil {
		return nil, in.failed(failed).command()
	}
	values, err := bson.Raw(answer.Bytes).Lookup("indexes").Array().Values()
	documents := make([]bson.Raw, len(values))
	for i, value := range values {
		documents[i] = value.Document()
	}
	return listCursor(v.collection.database.file, documents), err
}

// IndexSpecification describes an index.
type IndexSpecification struct {
	Name         string   `bson:"name"`
	KeysDocument bson.Raw `bson:"key"`
	Version      int32    `bson:"v"`
	// The others are nil where the index does not say.
	ExpireAfterSeconds *int32   `bson:"expireAfterSeconds"`
	Sparse             *bool    `bson:"sparse"`
	Unique             *bool    `bson:"unique"`
	Hidden             *bool    `bson:"hidden"`
	PartialFilter      bson.Raw `bson:"partialFilterExpression"`
}

// ListSpecifications describes the indexes.
func (v IndexView) ListSpecifications(ctx context.Context) ([]IndexSpecification, error) {
	cursor, err := v.List(ctx)
	if err != nil {
		return nil, err
	}
	var listed []IndexSpecification
	err = cursor.All(ctx, &listed)
	return listed, err
}

// IndexStats says how much an index holds and how often it was used. That of _id has no more than the first five.
type IndexStats struct {
	Name         string   `bson:"name"`
	KeysDocument bson.Raw `bson:"key"`
	Entries      int64    `bson:"entries"`
	// Bytes are those of keys and values; a page shares what neighbours have in common.
	Bytes int64 `bson:"bytes"`
	// Distinct is how many keys differ.
	Distinct int64 `bson:"distinct"`
	// Spec is the index as it is listed.
	Spec bson.Raw `bson:"spec"`
	// Multikey is whether it ever met an array.
	Multikey bool `bson:"multikey"`
	// Accesses are the walks over it since this process knows it.
	Accesses struct {
		Ops   int64     `bson:"ops"`
		Since time.Time `bson:"since"`
	} `bson:"accesses"`
	// KeysExamined and KeysTaken are how many entries those walks looked at, and how many of them counted.
	KeysExamined int64 `bson:"keysExamined"`
	KeysTaken    int64 `bson:"keysTaken"`
	// LastUsed and BuildMillis are nil where there was no such moment.
	LastUsed    *time.Time `bson:"lastUsed"`
	BuildMillis *float64   `bson:"buildMillis"`
}

// Stats says how much each index holds and how often it was used, the one on _id first. Every index is walked for that.
// [ErrNotFound] when there is no such collection.
func (v IndexView) Stats(ctx context.Context) ([]IndexStats, error) {
	command := bson.D{{Key: "indexStats", Value: v.collection.name}}
	cursor, err := v.collection.database.RunCommandCursor(ctx, command)
	if err != nil {
		return nil, err
	}
	var told []IndexStats
	err = cursor.All(ctx, &told)
	return told, err
}

// DropOne drops the index of this name. [ErrNotFound] when there is none; "*" is [ErrInvalid].
func (v IndexView) DropOne(ctx context.Context, name string) error {
	if name == "*" {
		message := `"*" names no single index: DropAll drops them all`
		return (&told{engine: &Error{Kind: ErrInvalid, Code: 72, CodeName: "InvalidOptions", Message: message}}).command()
	}
	return v.drop(ctx, name)
}

// DropWithKey drops the index with this key. [ErrNotFound] when there is none.
func (v IndexView) DropWithKey(ctx context.Context, keys any) error {
	if err := ordered("keys", keys); err != nil {
		return err
	}
	key, err := v.collection.codec().document(keys)
	if err != nil {
		return err
	}
	command := bson.D{{Key: "dropIndexes", Value: v.collection.name}, {Key: "index", Value: key}}
	return v.collection.database.RunCommand(ctx, command).Err()
}

// DropAll drops all indexes but the one on _id.
func (v IndexView) DropAll(ctx context.Context) error { return v.drop(ctx, "*") }

func (v IndexView) drop(ctx context.Context, name string) error {
	in, err := v.collection.enter(ctx, changes)
	if err != nil {
		return err
	}
	defer in.end()
	return in.failed(capi.DropIndex(in.coll, in.how, name)).command()
}
