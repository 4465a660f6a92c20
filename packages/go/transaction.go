package nexuslite

import (
	"context"
	"math/rand/v2"
	"runtime"
	"sync"
	"time"

	"github.com/nexuslite/nexuslite-go/internal/capi"
)

// How long a transaction is tried again while others come first.
const tryFor = 120 * time.Second

// transaction is one in progress.
type transaction struct {
	file     *file
	readOnly bool
	mu       sync.Mutex
	// handle is 0 once it is over.
	handle uintptr
	net    runtime.Cleanup
}

func newTransaction(of *file, readOnly bool) (*transaction, error) {
	db, err := of.db()
	if err != nil {
		return nil, err
	}
	begun, failed := capi.Begin(db)
	if failed != nil {
		return nil, (&told{engine: toError(failed)}).command()
	}
	made := &transaction{file: of, readOnly: readOnly, handle: begun.Handle}
	made.net = runtime.AddCleanup(made, capi.FreeTxn, begun.Handle)
	return made, nil
}

// use is the handle, for an operation inside the transaction.
func (t *transaction) use(what intent) (uintptr, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.handle == 0 {
		return 0, overError()
	}
	if t.readOnly && what == changes {
		denied := &Error{Kind: ErrDenied, Code: 263, CodeName: "OperationNotSupportedInTransaction"}
		denied.Message = "View only reads: what changes something belongs into Update"
		return 0, (&told{engine: denied}).command()
	}
	return t.handle, nil
}

// take ends the transaction for everybody but the caller; 0 when it was over.
func (t *transaction) take() uintptr {
	t.mu.Lock()
	defer t.mu.Unlock()
	handle := t.handle
	t.handle = 0
	if handle != 0 {
		t.net.Stop()
	}
	return handle
}

func (t *transaction) commit() error {
	handle := t.take()
	if handle == 0 {
		return overError()
	}
	defer capi.FreeTxn(handle)
	if err := capi.Commit(handle); err != nil {
		return (&told{engine: toError(err)}).command()
	}
	return nil
}

// abort forgets what was done; nothing happens to one that is over.
func (t *transaction) abort() {
	if handle := t.take(); handle != 0 {
		capi.FreeTxn(handle)
	}
}

func overError() error {
	return (&told{engine: &Error{Kind: ErrClosed, Code: 251, CodeName: "NoSuchTransaction", Message: "the transaction has ended"}}).command()
}

// transactionOf is the one that an operation on the database happens in: that which the database is bound to, or the
// one of the context's session. Nil for none.
func transactionOf(ctx context.Context, d *Database) (*transaction, error) {
	if d.bound != nil {
		return d.bound, nil
	}
	if session := SessionFromContext(ctx); session != nil {
		return session.transactionOn(d)
	}
	return nil, nil
}

// again says whether what ended with err is worth another try, and waits a little before it.
func again(ctx context.Context, err error, attempt int, began time.Time) bool {
	if !isTransient(err) || time.Since(began) > tryFor {
		return false
	}
	pause := rand.N(time.Duration(min(attempt, 20)) * time.Millisecond)
	select {
	case <-ctx.Done():
		return false
	case <-time.After(pause):
		return true
	}
}

func isTransient(err error) bool { return hasLabel(err, "TransientTransactionError") }
