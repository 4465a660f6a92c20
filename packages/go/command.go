package nexuslite

import (
	"context"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go/internal/capi"
)

// readingCommands are the commands that change nothing.
var readingCommands = []string{
	"ping", "hello", "buildInfo", "buildinfo", "find", "count", "distinct", "explain", "listCollections", "listIndexes",
	"indexStats", "collStats", "collstats", "dbStats", "dbstats", "validate", "getMore", "countDeleted",
}

// RunCommand does what one of MongoDB's commands says, and answers in MongoDB's shape; the guide to collections lists
// them. In a session's transaction it happens inside that.
//
// Errors: a [CommandError]; of writes of which some fail the answer has writeErrors, and there is no error.
func (d *Database) RunCommand(ctx context.Context, command any) *SingleResult {
	answer, err := d.run(ctx, command)
	return &SingleResult{codec: d.file.codec, document: answer, err: err}
}

// RunCommandCursor does what a command says that reads documents, and hands them out.
func (d *Database) RunCommandCursor(ctx context.Context, command any) (*Cursor, error) {
	answer, err := d.run(ctx, command)
	if err != nil {
		return nil, err
	}
	listed, err := answer.LookupErr("cursor", "firstBatch")
	if err != nil {
		message := "the command has no documents for an answer"
		return nil, (&told{engine: &Error{Kind: ErrInvalid, Message: message}}).command()
	}
	values, err := listed.Array().Values()
	documents := make([]bson.Raw, len(values))
	for i, value := range values {
		documents[i] = value.Document()
	}
	return listCursor(d.file, documents), err
}

func (d *Database) run(ctx context.Context, command any) (bson.Raw, error) {
	if err := ordered("command", command); err != nil {
		return nil, err
	}
	document, err := d.file.document(command)
	if err != nil {
		return nil, err
	}
	what := changes
	if first, err := document.IndexErr(0); err == nil && slices.Contains(readingCommands, first.Key()) {
		what = reads
	}
	in, err := d.enter(ctx, what)
	if err != nil {
		return nil, err
	}
	defer in.end()
	answer, failed := capi.Command(in.db, in.how, document)
	return answer.Bytes, in.failed(failed).command()
}
