package nexuslite

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go/options"
)

// WriteModel is one of the writes of a [Collection.BulkWrite].
type WriteModel interface {
	// write is the write as the library is told it.
	write(codec) (bson.D, error)
}

// part is something that a write is given.
type part struct {
	name  string
	value any
	// isUpdate says that it can be a list of stages.
	isUpdate bool
}

// statement is a verb with its parts as documents, and what else was said.
func statement(codec codec, verb string, parts []part, said bson.D) (bson.D, error) {
	var body bson.D
	for _, one := range parts {
		if one.isUpdate && isList(one.value) {
			body = append(body, bson.E{Key: one.name, Value: one.value})
			continue
		}
		document, err := codec.document(one.value)
		if err != nil {
			return nil, err
		}
		body = append(body, bson.E{Key: one.name, Value: document})
	}
	for _, one := range said {
		if err := ordered(one.Key, one.Value); isOrdered(one.Key) && err != nil {
			return nil, err
		}
		body = append(body, one)
	}
	return bson.D{{Key: verb, Value: body}}, nil
}

// InsertOneModel is an insert.
type InsertOneModel struct {
	Document any
}

// NewInsertOneModel is an insert.
func NewInsertOneModel() *InsertOneModel { return &InsertOneModel{} }

// SetDocument sets the document.
func (m *InsertOneModel) SetDocument(document any) *InsertOneModel {
	m.Document = document
	return m
}

func (m *InsertOneModel) write(codec codec) (bson.D, error) {
	return statement(codec, "insertOne", []part{{name: "document", value: m.Document}}, nil)
}

// UpdateOneModel is an update of the first document that satisfies the filter.
type UpdateOneModel struct {
	Filter any
	Update any
	said   bson.D
}

// NewUpdateOneModel is an update of the first document that satisfies the filter.
func NewUpdateOneModel() *UpdateOneModel { return &UpdateOneModel{} }

// SetFilter sets which documents are meant.
func (m *UpdateOneModel) SetFilter(filter any) *UpdateOneModel {
	m.Filter = filter
	return m
}

// SetUpdate sets what is changed: a document of operators, or a list of stages.
func (m *UpdateOneModel) SetUpdate(update any) *UpdateOneModel {
	m.Update = update
	return m
}

// SetArrayFilters sets which elements of arrays $[name] means in the update.
func (m *UpdateOneModel) SetArrayFilters(filters []any) *UpdateOneModel {
	m.said = with(m.said, bson.E{Key: "arrayFilters", Value: filters})
	return m
}

// SetCollation sets in which order texts are taken.
func (m *UpdateOneModel) SetCollation(collation *options.Collation) *UpdateOneModel {
	m.said = with(m.said, bson.E{Key: "collation", Value: collation})
	return m
}

// SetHint sets which index is used: its name, or its key. The database chooses by default.
func (m *UpdateOneModel) SetHint(index any) *UpdateOneModel {
	m.said = with(m.said, bson.E{Key: "hint", Value: index})
	return m
}

// SetSort sets which of several documents is meant: the first in this order.
func (m *UpdateOneModel) SetSort(sort any) *UpdateOneModel {
	m.said = with(m.said, bson.E{Key: "sort", Value: sort})
	return m
}

// SetUpsert sets whether a document is made when none satisfies the filter; false by default.
func (m *UpdateOneModel) SetUpsert(on bool) *UpdateOneModel {
	m.said = with(m.said, bson.E{Key: "upsert", Value: on})
	return m
}

func (m *UpdateOneModel) write(codec codec) (bson.D, error) {
	return statement(codec, "updateOne", []part{{name: "filter", value: m.Filter}, {name: "update", value: m.Update, isUpdate: true}}, m.said)
}

// UpdateManyModel is an update of every document that satisfies the filter.
type UpdateManyModel struct {
	Filter any
	Update any
	said   bson.D
}

// NewUpdateManyModel is an update of every document that satisfies the filter.
func NewUpdateManyModel() *UpdateManyModel { return &UpdateManyModel{} }

// SetFilter sets which documents are meant.
func (m *UpdateManyModel) SetFilter(filter any) *UpdateManyModel {
	m.Filter = filter
	return m
}

// SetUpdate sets what is changed: a document of operators, or a list of stages.
func (m *UpdateManyModel) SetUpdate(update any) *UpdateManyModel {
	m.Update = update
	return m
}

// SetArrayFilters sets which elements of arrays $[name] means in the update.
func (m *UpdateManyModel) SetArrayFilters(filters []any) *UpdateManyModel {
	m.said = with(m.said, bson.E{Key: "arrayFilters", Value: filters})
	return m
}

// SetCollation sets in which order texts are taken.
func (m *UpdateManyModel) SetCollation(collation *options.Collation) *UpdateManyModel {
	m.said = with(m.said, bson.E{Key: "collation", Value: collation})
	return m
}

// SetHint sets which index is used: its name, or its key. The database chooses by default.
func (m *UpdateManyModel) SetHint(index any) *UpdateManyModel {
	m.said = with(m.said, bson.E{Key: "hint", Value: index})
	return m
}

// SetUpsert sets whether a document is made when none satisfies the filter; false by default.
func (m *UpdateManyModel) SetUpsert(on bool) *UpdateManyModel {
	m.said = with(m.said, bson.E{Key: "upsert", Value: on})
	return m
}

func (m *UpdateManyModel) write(codec codec) (bson.D, error) {
	return statement(codec, "updateMany", []part{{name: "filter", value: m.Filter}, {name: "update", value: m.Update, isUpdate: true}}, m.said)
}

// ReplaceOneModel is a replacement of the first document that satisfies the filter.
type ReplaceOneModel struct {
	Filter      any
	Replacement any
	said        bson.D
}

// NewReplaceOneModel is a replacement of the first document that satisfies the filter.
func NewReplaceOneModel() *ReplaceOneModel { return &ReplaceOneModel{} }

// SetFilter sets which documents are meant.
func (m *ReplaceOneModel) SetFilter(filter any) *ReplaceOneModel {
	m.Filter = filter
	return m
}

// SetReplacement sets the document that takes its place.
func (m *ReplaceOneModel) SetReplacement(replacement any) *ReplaceOneModel {
	m.Replacement = replacement
	return m
}

// SetCollation sets in which order texts are taken.
func (m *ReplaceOneModel) SetCollation(collation *options.Collation) *ReplaceOneModel {
	m.said = with(m.said, bson.E{Key: "collation", Value: collation})
	return m
}

// SetHint sets which index is used: its name, or its key. The database chooses by default.
func (m *ReplaceOneModel) SetHint(index any) *ReplaceOneModel {
	m.said = with(m.said, bson.E{Key: "hint", Value: index})
	return m
}

// SetSort sets which of several documents is meant: the first in this order.
func (m *ReplaceOneModel) SetSort(sort any) *ReplaceOneModel {
	m.said = with(m.said, bson.E{Key: "sort", Value: sort})
	return m
}

// SetUpsert sets whether a document is made when none satisfies the filter; false by default.
func (m *ReplaceOneModel) SetUpsert(on bool) *ReplaceOneModel {
	m.said = with(m.said, bson.E{Key: "upsert", Value: on})
	return m
}

func (m *ReplaceOneModel) write(codec codec) (bson.D, error) {
	return statement(codec, "replaceOne", []part{{name: "filter", value: m.Filter}, {name: "replacement", value: m.Replacement}}, m.said)
}

// DeleteOneModel is a delete of the first document that satisfies the filter.
type DeleteOneModel struct {
	Filter any
	said   bson.D
}

// NewDeleteOneModel is a delete of the first document that satisfies the filter.
func NewDeleteOneModel() *DeleteOneModel { return &DeleteOneModel{} }

// SetFilter sets which documents are meant.
func (m *DeleteOneModel) SetFilter(filter any) *DeleteOneModel {
	m.Filter = filter
	return m
}

// SetCollation sets in which order texts are taken.
func (m *DeleteOneModel) SetCollation(collation *options.Collation) *DeleteOneModel {
	m.said = with(m.said, bson.E{Key: "collation", Value: collation})
	return m
}

// SetHint sets which index is used: its name, or its key. The database chooses by default.
func (m *DeleteOneModel) SetHint(index any) *DeleteOneModel {
	m.said = with(m.said, bson.E{Key: "hint", Value: index})
	return m
}

func (m *DeleteOneModel) write(codec codec) (bson.D, error) {
	return statement(codec, "deleteOne", []part{{name: "filter", value: m.Filter}}, m.said)
}

// DeleteManyModel is a delete of every document that satisfies the filter.
type DeleteManyModel struct {
	Filter any
	said   bson.D
}

// NewDeleteManyModel is a delete of every document that satisfies the filter.
func NewDeleteManyModel() *DeleteManyModel { return &DeleteManyModel{} }

// SetFilter sets which documents are meant.
func (m *DeleteManyModel) SetFilter(filter any) *DeleteManyModel {
	m.Filter = filter
	return m
}

// SetCollation sets in which order texts are taken.
func (m *DeleteManyModel) SetCollation(collation *options.Collation) *DeleteManyModel {
	m.said = with(m.said, bson.E{Key: "collation", Value: collation})
	return m
}

// SetHint sets which index is used: its name, or its key. The database chooses by default.
func (m *DeleteManyModel) SetHint(index any) *DeleteManyModel {
	m.said = with(m.said, bson.E{Key: "hint", Value: index})
	return m
}

func (m *DeleteManyModel) write(codec codec) (bson.D, error) {
	return statement(codec, "deleteMany", []part{{name: "filter", value: m.Filter}}, m.said)
}
