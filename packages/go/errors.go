package nexuslite

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go/internal/capi"
)

// What the package itself finds wrong; the names are the official driver's.
var (
	// ErrNoDocuments says that no document satisfies the filter.
	ErrNoDocuments = errors.New("nexuslite: no documents in result")
	// ErrNilDocument says that a document, a filter or an update is nil.
	ErrNilDocument = errors.New("nexuslite: document is nil")
	// ErrNilValue says that a value is nil.
	ErrNilValue = errors.New("nexuslite: value is nil")
	// ErrEmptySlice says that a list of documents or writes has nothing in it, or is no list.
	ErrEmptySlice = errors.New("nexuslite: must provide at least one element in input slice")
	// ErrNilCursor says that a cursor is nil.
	ErrNilCursor = errors.New("nexuslite: cursor is nil")
	// ErrClientDisconnected says that the client, or the database, was closed.
	ErrClientDisconnected error = ErrClosed
	// ErrSessionEnded says that the session was ended.
	ErrSessionEnded = errors.New("nexuslite: ended session was used")
)

// Kind says what can be done about an error, in a program's stead: the same kinds in every language of NexusLite.
// A Kind is an error itself, so that errors.Is(err, nexuslite.ErrLocked) asks for it.
type Kind int

// The kinds.
const (
	// ErrInvalid says that the call is wrong: an argument, a document, a filter, an option.
	ErrInvalid Kind = 1
	// ErrNotFound says that what was named does not exist.
	ErrNotFound Kind = 2
	// ErrExists says that what was to be created exists already, with other options.
	ErrExists Kind = 3
	// ErrDuplicateKey says that a unique key is taken.
	ErrDuplicateKey Kind = 4
	// ErrConflict says that another transaction changed the same data first: retry the whole transaction.
	ErrConflict Kind = 5
	// ErrBusy says that the database is occupied with something that excludes the call.
	ErrBusy Kind = 6
	// ErrLocked says that the file is open in another process.
	ErrLocked Kind = 7
	// ErrDenied says that the database was opened without the right to do this.
	ErrDenied Kind = 8
	// ErrLimit says that a stated bound was reached.
	ErrLimit Kind = 9
	// ErrTimeout says that the call's time ran out.
	ErrTimeout Kind = 10
	// ErrCancelled says that the caller cancelled.
	ErrCancelled Kind = 11
	// ErrCorrupt says that the file's bytes are not what was written.
	ErrCorrupt Kind = 12
	// ErrDiskFull says that no room is left on the device; nothing was lost.
	ErrDiskFull Kind = 13
	// ErrIO says that the operating system refused.
	ErrIO Kind = 14
	// ErrCommitIndeterminate says that nobody knows whether the commit is durable.
	ErrCommitIndeterminate Kind = 15
	// ErrPoisoned says that an earlier failure made the database unsafe to use: open it again.
	ErrPoisoned Kind = 16
	// ErrClosed says that the database was closed, or the transaction has ended.
	ErrClosed Kind = 17
	// ErrUnsupported says that the file is of a newer format, or that there is no such feature here.
	ErrUnsupported Kind = 18
	// ErrInternal says that the database itself made a mistake.
	ErrInternal Kind = 19
	// ErrHandle says that this package used a handle that was freed.
	ErrHandle Kind = 101
	// ErrForked says that the process is a child of the one that opened the database.
	ErrForked Kind = 102
	// ErrPanic says that the library panicked, which is a mistake in it; the database is poisoned.
	ErrPanic Kind = 103
)

// String is the kind's name, like DuplicateKey.
func (k Kind) String() string { return capi.StatusName(-int32(k)) }

// Error makes a Kind something that errors.Is can look for.
func (k Kind) Error() string { return "nexuslite: " + k.String() }

// Error is what the database says of a failure. The errors of the driver's shape ([CommandError], [WriteException],
// [BulkWriteException]) wrap one, so errors.As finds it.
type Error struct {
	Kind Kind
	// Code and CodeName are MongoDB's; 0 and empty where it has none.
	Code     int32
	CodeName string
	// Message says what was wrong, where, and the value seen.
	Message string
	// Labels are those of the official driver, TransientTransactionError for instance.
	Labels []string
	// Details has keyPattern and keyValue of a key that is taken, errInfo of a document that was refused, writeErrors
	// of several writes; nil where there is nothing to tell.
	Details bson.Raw
}

// Error is the kind and the message.
func (e *Error) Error() string { return fmt.Sprintf("nexuslite: %v: %s", e.Kind, e.Message) }

// Is says whether the error is of the kind that target is.
func (e *Error) Is(target error) bool {
	kind, ok := target.(Kind)
	return ok && kind == e.Kind
}

// HasErrorLabel says whether the error has this label.
func (e *Error) HasErrorLabel(label string) bool { return slices.Contains(e.Labels, label) }

func toError(of *capi.Error) *Error {
	return &Error{
		Kind:     Kind(-of.Kind),
		Code:     of.Code,
		CodeName: of.CodeName,
		Message:  of.Message,
		Labels:   of.Labels,
		Details:  bson.Raw(of.Details),
	}
}

// closedError is what is answered once a database or what came from it was closed.
func closedError(what string) *Error {
	return &Error{Kind: ErrClosed, Code: 11600, CodeName: "InterruptedAtShutdown", Message: what + " is closed"}
}

// failure is what went wrong, as a call of ctx is told: an error that came of the context says so.
func failure(ctx context.Context, of *capi.Error) *told {
	if of == nil {
		return nil
	}
	err := &told{engine: toError(of)}
	if cause := ctx.Err(); cause != nil && (err.engine.Kind == ErrCancelled || err.engine.Kind == ErrTimeout) {
		err.context = cause
	}
	return err
}

// told is an error of the engine and what it came of.
type told struct {
	engine *Error
	// context is why the context ended, when that is why the call did.
	context error
}

func (t *told) wrapped() error {
	if t.context == nil {
		return t.engine
	}
	return errors.Join(t.context, t.engine)
}

// command is the error in the driver's shape for everything that does not write.
func (t *told) command() error {
	if t == nil {
		return nil
	}
	return CommandError{
		Code:    t.engine.Code,
		Message: t.engine.Message,
		Labels:  t.engine.Labels,
		Name:    t.engine.CodeName,
		Raw:     t.engine.Details,
		Wrapped: t.wrapped(),
	}
}

// write is the error in the driver's shape for a single write: what is wrong with the statement is a WriteException.
func (t *told) write() error {
	if t == nil {
		return nil
	}
	if t.engine.Kind != ErrDuplicateKey && t.engine.Kind != ErrInvalid {
		return t.command()
	}
	one := WriteError{Code: int(t.engine.Code), Message: t.engine.Message, Details: t.engine.Details}
	return WriteException{WriteErrors: WriteErrors{one}, Labels: t.engine.Labels, Wrapped: t.wrapped()}
}

// many is the error in the driver's shape for many writes: the details say which failed.
func (t *told) many(models []WriteModel) error {
	if t == nil {
		return nil
	}
	var details struct {
		WriteErrors []struct {
			Index    int      `bson:"index"`
			Code     int      `bson:"code"`
			Message  string   `bson:"errmsg"`
			KeyValue bson.Raw `bson:"keyValue"`
		} `bson:"writeErrors"`
	}
	if t.engine.Details == nil || bson.Unmarshal(t.engine.Details, &details) != nil || len(details.WriteErrors) == 0 {
		return t.command()
	}
	raw, _ := t.engine.Details.Lookup("writeErrors").Array().Values()
	exception := BulkWriteException{Labels: t.engine.Labels, Wrapped: t.wrapped()}
	for i, one := range details.WriteErrors {
		told := WriteError{Index: one.Index, Code: one.Code, Message: one.Message, Details: raw[i].Document()}
		failed := BulkWriteError{WriteError: told}
		if one.Index < len(models) {
			failed.Request = models[one.Index]
		}
		exception.WriteErrors = append(exception.WriteErrors, failed)
	}
	return exception
}
