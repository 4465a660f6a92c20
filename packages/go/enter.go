package nexuslite

import (
	"context"
	"runtime"

	"github.com/nexuslite/nexuslite-go/internal/capi"
)

// intent is what an operation is going to do.
type intent bool

const (
	reads   intent = false
	changes intent = true
)

// entered is an operation that is about to call the library.
type entered struct {
	ctx  context.Context
	file *file
	// db or coll is what it is about.
	db, coll uintptr
	how      capi.Call
	watch    watch
}

// end is called when the operation is over, whatever came of it.
func (in *entered) end() {
	in.watch.end()
	runtime.KeepAlive(in.file)
}

// keepToken is what stops the call, for what outlives it: the caller frees it.
func (in *entered) keepToken() (uintptr, error) {
	if in.watch.token == 0 {
		made, err := capi.NewCancel()
		if err != nil {
			return 0, in.failed(err).command()
		}
		in.watch = watch{token: made.Handle}
		in.how.Cancel = made.Handle
	}
	in.watch.kept = true
	return in.watch.token, nil
}

// failed is what went wrong: nil for nothing.
func (in *entered) failed(err *capi.Error) *told {
	told := failure(in.ctx, err)
	// Somebody closed the database while the call was on its way.
	if told != nil && told.engine.Kind == ErrHandle && in.file.isClosed() {
		told.engine = closedError("the database " + in.file.name)
	}
	return told
}

// enter begins an operation on the database: inside a transaction where there is one.
func (d *Database) enter(ctx context.Context, what intent) (in entered, err error) {
	if err = in.begin(ctx, d, what); err != nil {
		return entered{}, err
	}
	if in.db, err = d.file.db(); err != nil {
		in.end()
		return entered{}, err
	}
	return in, nil
}

// enter begins an operation on the collection: inside a transaction where there is one.
func (c *Collection) enter(ctx context.Context, what intent) (in entered, err error) {
	if err = in.begin(ctx, c.database, what); err != nil {
		return entered{}, err
	}
	if in.coll, err = c.remember(); err != nil {
		in.end()
		return entered{}, err
	}
	return in, nil
}

// begin is in place: an operation is many words, and to copy them twice would be a tenth of what a get costs.
func (in *entered) begin(ctx context.Context, d *Database, what intent) error {
	in.ctx, in.file = ctx, d.file
	txn, err := transactionOf(ctx, d)
	if err != nil {
		return err
	}
	if txn != nil {
		if in.how.Txn, err = txn.use(what); err != nil {
			return err
		}
	}
	if ctx.Done() == nil && ctx.Err() == nil {
		return nil
	}
	if in.watch, err = watching(ctx); err != nil {
		return err
	}
	in.how.Cancel = in.watch.token
	return nil
}
