package nexuslite

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Session is what a transaction happens in, in the official driver's shape: operations belong to it when their context
// does. By one goroutine at a time.
//
// A transaction is one of a single database, the first that it is used with.
type Session struct {
	mu    sync.Mutex
	ended bool
	// running says that a transaction was started and neither committed nor aborted.
	running bool
	// transaction begins with the first operation in it.
	transaction *transaction
}

// StartSession starts a session.
func (c *Client) StartSession() (*Session, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, c.closedError()
	}
	return &Session{}, nil
}

// StartSession starts a session.
func (d *Database) StartSession() (*Session, error) {
	if d.file.isClosed() {
		return nil, d.file.closedError()
	}
	return &Session{}, nil
}

// UseSession starts a session, hands a context of it to fn, and ends it.
func (c *Client) UseSession(ctx context.Context, fn func(context.Context) error) error {
	session, err := c.StartSession()
	if err != nil {
		return err
	}
	defer session.EndSession(ctx)
	return fn(NewSessionContext(ctx, session))
}

type sessionKey struct{}

// NewSessionContext is a context whose operations belong to the session.
func NewSessionContext(ctx context.Context, session *Session) context.Context {
	return context.WithValue(ctx, sessionKey{}, session)
}

// SessionFromContext is the session that the context belongs to; nil for none.
func SessionFromContext(ctx context.Context) *Session {
	session, _ := ctx.Value(sessionKey{}).(*Session)
	return session
}

var errTransactionRunning = errors.New("nexuslite: transaction already in progress")
var errNoTransaction = errors.New("nexuslite: no transaction started")

// StartTransaction starts a transaction, which sees the database as it is at its first operation, and what is done in
// it.
func (s *Session) StartTransaction() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ended:
		return ErrSessionEnded
	case s.running:
		return errTransactionRunning
	}
	s.running = true
	return nil
}

// CommitTransaction makes everything that was done in the transaction happen; it is over then, whatever the answer.
//
// Errors: [ErrConflict], with the label TransientTransactionError, when somebody else changed the same documents first;
// [ErrCommitIndeterminate] when the device failed.
func (s *Session) CommitTransaction(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return ended(err)
	}
	txn, err := s.leave()
	if err != nil || txn == nil {
		return err
	}
	return txn.commit()
}

// AbortTransaction forgets everything that was done in the transaction.
func (s *Session) AbortTransaction(context.Context) error {
	txn, err := s.leave()
	if err != nil || txn == nil {
		return err
	}
	txn.abort()
	return nil
}

// leave takes the transaction out of the session; nil when nothing was done in it.
func (s *Session) leave() (*transaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return nil, ErrSessionEnded
	}
	if !s.running {
		return nil, errNoTransaction
	}
	txn := s.transaction
	s.running, s.transaction = false, nil
	return txn, nil
}

// EndSession ends the session, and forgets a transaction that was not committed.
func (s *Session) EndSession(context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended, s.running = true, false
	if s.transaction != nil {
		s.transaction.abort()
		s.transaction = nil
	}
}

func (s *Session) isRunning() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running
}

// transactionOn is the transaction that an operation on the database happens in; nil where none was started.
func (s *Session) transactionOn(d *Database) (*transaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return nil, ErrSessionEnded
	}
	if !s.running {
		return nil, nil
	}
	if s.transaction == nil {
		begun, err := newTransaction(d.file, false)
		if err != nil {
			return nil, err
		}
		s.transaction = begun
	}
	if s.transaction.file != d.file {
		message := "a transaction is one of a single database: it began in " + s.transaction.file.name
		return nil, (&told{engine: &Error{Kind: ErrUnsupported, Message: message}}).command()
	}
	return s.transaction, nil
}

// WithTransaction runs fn in a transaction and commits it, again from the beginning when somebody else came first, for
// two minutes at most. What fn does with its context belongs to the transaction. An error of fn aborts it.
func (s *Session) WithTransaction(ctx context.Context, fn func(context.Context) (any, error)) (any, error) {
	began := time.Now()
	for attempt := 1; ; attempt++ {
		answer, err := s.attempt(ctx, fn)
		if err == nil || !again(ctx, err, attempt, began) {
			return answer, err
		}
	}
}

func (s *Session) attempt(ctx context.Context, fn func(context.Context) (any, error)) (any, error) {
	if err := s.StartTransaction(); err != nil {
		return nil, err
	}
	// Also when fn panics.
	defer func() {
		if s.isRunning() {
			_ = s.AbortTransaction(ctx)
		}
	}()
	answer, err := fn(NewSessionContext(ctx, s))
	if err != nil || !s.isRunning() {
		return answer, err
	}
	return answer, s.CommitTransaction(ctx)
}
