package nexuslite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// LabeledError is an error with labels.
type LabeledError interface {
	error
	// HasErrorLabel says whether the error has this label.
	HasErrorLabel(label string) bool
}

// ServerError is any error that carries MongoDB's numbers, the three of this package among them.
type ServerError interface {
	LabeledError
	// HasErrorCode says whether the error, or one inside it, has this number.
	HasErrorCode(code int) bool
	// HasErrorMessage says whether a message of the error has this text in it.
	HasErrorMessage(message string) bool
	// HasErrorCodeWithMessage says whether one error has both.
	HasErrorCodeWithMessage(code int, message string) bool
}

var (
	_ ServerError = CommandError{}
	_ ServerError = WriteError{}
	_ ServerError = WriteException{}
	_ ServerError = BulkWriteException{}
)

// IsDuplicateKeyError says whether err came of a unique key that is taken.
func IsDuplicateKeyError(err error) bool {
	if errors.Is(err, ErrDuplicateKey) {
		return true
	}
	var told ServerError
	return errors.As(err, &told) && (told.HasErrorCode(11000) || told.HasErrorCode(11001) || told.HasErrorCode(12582))
}

// IsTimeout says whether err came of time that ran out: a context's or the call's own.
func IsTimeout(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrTimeout)
}

// IsNetworkError says false: there is no network.
func IsNetworkError(error) bool { return false }

// CommandError is the failure of a call that is not a single write.
type CommandError struct {
	// Code and Name are MongoDB's; 0 and empty where it has none.
	Code    int32
	Message string
	Labels  []string
	Name    string
	// Raw has details where there are any.
	Raw bson.Raw
	// Wrapped is the [Error], and the context's error when the call ended for its sake.
	Wrapped error
}

// Error is the name and the message.
func (e CommandError) Error() string {
	if e.Name == "" {
		return e.Message
	}
	return fmt.Sprintf("(%s) %s", e.Name, e.Message)
}

// Unwrap is the [Error].
func (e CommandError) Unwrap() error { return e.Wrapped }

// HasErrorCode says whether the error has this number.
func (e CommandError) HasErrorCode(code int) bool { return int(e.Code) == code }

// HasErrorLabel says whether the error has this label.
func (e CommandError) HasErrorLabel(label string) bool { return slices.Contains(e.Labels, label) }

// HasErrorMessage says whether the message has this text in it.
func (e CommandError) HasErrorMessage(message string) bool {
	return strings.Contains(e.Message, message)
}

// HasErrorCodeWithMessage says whether the error has both.
func (e CommandError) HasErrorCodeWithMessage(code int, message string) bool {
	return e.HasErrorCode(code) && e.HasErrorMessage(message)
}

// IsMaxTimeMSExpiredError says whether the call's time ran out.
func (e CommandError) IsMaxTimeMSExpiredError() bool {
	return e.Code == 50 || e.Name == "MaxTimeMSExpired"
}

// WriteError is one write that failed.
type WriteError struct {
	// Index is the place of the write in the call.
	Index   int
	Code    int
	Message string
	// Details has keyPattern and keyValue of a key that is taken, errInfo of a document that was refused.
	Details bson.Raw
}

// Error is the message.
func (e WriteError) Error() string { return e.Message }

// HasErrorCode says whether the error has this number.
func (e WriteError) HasErrorCode(code int) bool { return e.Code == code }

// HasErrorLabel says false: a single write has no labels.
func (e WriteError) HasErrorLabel(string) bool { return false }

// HasErrorMessage says whether the message has this text in it.
func (e WriteError) HasErrorMessage(message string) bool { return strings.Contains(e.Message, message) }

// HasErrorCodeWithMessage says whether the error has both.
func (e WriteError) HasErrorCodeWithMessage(code int, message string) bool {
	return e.HasErrorCode(code) && e.HasErrorMessage(message)
}

// WriteErrors are writes that failed.
type WriteErrors []WriteError

// Error is all messages.
func (e WriteErrors) Error() string { return "write errors: [" + joined(e) + "]" }

// WriteException is the failure of a single write.
type WriteException struct {
	WriteErrors WriteErrors
	Labels      []string
	// Wrapped is the [Error], and the context's error when the call ended for its sake.
	Wrapped error
}

// Error is all messages.
func (e WriteException) Error() string { return "write exception: " + e.WriteErrors.Error() }

// Unwrap is the [Error].
func (e WriteException) Unwrap() error { return e.Wrapped }

// HasErrorCode says whether one of the writes failed with this number.
func (e WriteException) HasErrorCode(code int) bool {
	return slices.ContainsFunc(e.WriteErrors, func(one WriteError) bool { return one.HasErrorCode(code) })
}

// HasErrorLabel says whether the error has this label.
func (e WriteException) HasErrorLabel(label string) bool { return slices.Contains(e.Labels, label) }

// HasErrorMessage says whether a message has this text in it.
func (e WriteException) HasErrorMessage(message string) bool {
	return slices.ContainsFunc(e.WriteErrors, func(one WriteError) bool { return one.HasErrorMessage(message) })
}

// HasErrorCodeWithMessage says whether one of the writes has both.
func (e WriteException) HasErrorCodeWithMessage(code int, message string) bool {
	has := func(one WriteError) bool { return one.HasErrorCodeWithMessage(code, message) }
	return slices.ContainsFunc(e.WriteErrors, has)
}

// BulkWriteError is one of many writes, that failed.
type BulkWriteError struct {
	WriteError
	// Request is the write; nil for InsertMany.
	Request WriteModel
}

// Error is the message.
func (e BulkWriteError) Error() string { return e.WriteError.Error() }

// BulkWriteException is the failure of many writes: which of them, each with its place.
type BulkWriteException struct {
	WriteErrors []BulkWriteError
	Labels      []string
	// Wrapped is the [Error], and the context's error when the call ended for its sake.
	Wrapped error
}

// Error is all messages.
func (e BulkWriteException) Error() string {
	return "bulk write exception: write errors: [" + joined(e.WriteErrors) + "]"
}

// Unwrap is the [Error].
func (e BulkWriteException) Unwrap() error { return e.Wrapped }

// HasErrorCode says whether one of the writes failed with this number.
func (e BulkWriteException) HasErrorCode(code int) bool {
	return slices.ContainsFunc(e.WriteErrors, func(one BulkWriteError) bool { return one.HasErrorCode(code) })
}

// HasErrorLabel says whether the error has this label.
func (e BulkWriteException) HasErrorLabel(label string) bool { return slices.Contains(e.Labels, label) }

// HasErrorMessage says whether a message has this text in it.
func (e BulkWriteException) HasErrorMessage(message string) bool {
	return slices.ContainsFunc(e.WriteErrors, func(one BulkWriteError) bool { return one.HasErrorMessage(message) })
}

// HasErrorCodeWithMessage says whether one of the writes has both.
func (e BulkWriteException) HasErrorCodeWithMessage(code int, message string) bool {
	has := func(one BulkWriteError) bool { return one.HasErrorCodeWithMessage(code, message) }
	return slices.ContainsFunc(e.WriteErrors, has)
}

func joined[E error](errors []E) string {
	texts := make([]string, len(errors))
	for i, err := range errors {
		texts[i] = err.Error()
	}
	return strings.Join(texts, ", ")
}

// MarshalError says that a value cannot become a document.
type MarshalError struct {
	Value any
	Err   error
}

// Error says what cannot become a document, and why.
func (e MarshalError) Error() string {
	return fmt.Sprintf("cannot marshal type %T to a BSON document: %v", e.Value, e.Err)
}

// Unwrap is why.
func (e MarshalError) Unwrap() error { return e.Err }

// ErrMapForOrderedArgument says that a map with several keys was given where their order matters.
type ErrMapForOrderedArgument struct {
	// ParamName is the argument.
	ParamName string
}

// Error says which argument it was.
func (e ErrMapForOrderedArgument) Error() string {
	return fmt.Sprintf("multi-key map passed in for ordered parameter %v", e.ParamName)
}

// hasLabel says whether err, or what it wraps, has this label.
func hasLabel(err error, label string) bool {
	var labeled LabeledError
	return errors.As(err, &labeled) && labeled.HasErrorLabel(label)
}
