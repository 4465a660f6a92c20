package nexuslite

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go/internal/capi"
)

// FromJSON reads a document of MongoDB's Extended JSON, with every type that it can spell: [ErrInvalid] for what it
// cannot.
func FromJSON(text string) (bson.Raw, error) {
	read, err := capi.FromJSON(text)
	if err != nil {
		return nil, toError(err)
	}
	return read, nil
}

// ToJSON writes a document as MongoDB's Extended JSON: every type can be told from canonical text, and relaxed text is
// easier to read.
func ToJSON(document bson.Raw, canonical bool) (string, error) {
	format := capi.Relaxed
	if canonical {
		format = capi.Canonical
	}
	text, err := capi.ToJSON(document, format)
	if err != nil {
		return "", toError(err)
	}
	return text, nil
}
