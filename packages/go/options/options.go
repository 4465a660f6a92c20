// Package options holds what can be said of a call beside its arguments, in the shape of the official driver:
//
//	collection.Find(ctx, filter, options.Find().SetSort(bson.D{{"total", -1}}).SetLimit(10))
//
// Several options of one call are taken together; of two that say the same thing the later one stands.
// What is not set has the default that its setter names.
package options

import (
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// set is what was said so far, by the names that the database knows.
type set struct {
	given bson.D
}

// Given is what was said, by the names that the database knows. The package nexuslite reads it.
func (s *set) Given() bson.D { return s.given }

func (s *set) put(name string, value any) {
	for i := range s.given {
		if s.given[i].Key == name {
			s.given[i].Value = value
			return
		}
	}
	s.given = append(s.given, bson.E{Key: name, Value: value})
}

// milliseconds rounds up: a limit that is set is never none.
func milliseconds(d time.Duration) int64 {
	return int64((d + time.Millisecond - 1) / time.Millisecond)
}

// ReturnDocument says which state of a document is handed out.
type ReturnDocument string

// The states.
const (
	Before ReturnDocument = "before"
	After  ReturnDocument = "after"
)

// Collation is in which order texts are taken. The guide to collations tells of each field.
type Collation struct {
	Locale          string `bson:"locale,omitempty"`
	CaseLevel       bool   `bson:"caseLevel,omitempty"`
	CaseFirst       string `bson:"caseFirst,omitempty"`
	Strength        int    `bson:"strength,omitempty"`
	NumericOrdering bool   `bson:"numericOrdering,omitempty"`
	Alternate       string `bson:"alternate,omitempty"`
	MaxVariable     string `bson:"maxVariable,omitempty"`
	Normalization   bool   `bson:"normalization,omitempty"`
	Backwards       bool   `bson:"backwards,omitempty"`
}
