package nexuslite

import (
	"context"
	"errors"
	"time"

	"github.com/nexuslite/nexuslite-go/internal/capi"
)

// Tx is a transaction in the shape of bbolt: its collections are used like any others.
type Tx struct {
	database *Database
	txn      *transaction
}

// Collection is the collection of this name, inside the transaction.
func (t *Tx) Collection(name string) *Collection { return t.Database().Collection(name) }

// Database is the database, inside the transaction.
func (t *Tx) Database() *Database {
	return &Database{client: t.database.client, file: t.database.file, bound: t.txn}
}

// Savepoint is a moment in a transaction.
type Savepoint struct{ number uint64 }

// Savepoint marks this moment, so that the transaction can come back to it.
func (t *Tx) Savepoint() (Savepoint, error) {
	handle, err := t.txn.use(changes)
	if err != nil {
		return Savepoint{}, err
	}
	made, failed := capi.Savepoint(handle)
	if failed != nil {
		return Savepoint{}, (&told{engine: toError(failed)}).command()
	}
	return Savepoint{number: made.Number}, nil
}

// RollbackTo forgets what was done since the savepoint, and the savepoints made since; the savepoint itself stays.
func (t *Tx) RollbackTo(savepoint Savepoint) error {
	handle, err := t.txn.use(changes)
	if err != nil {
		return err
	}
	if failed := capi.RollbackTo(handle, savepoint.number); failed != nil {
		return (&told{engine: toError(failed)}).command()
	}
	return nil
}

// Update runs fn in a transaction and commits it. An error of fn is handed on, and nothing has happened then.
//
// When somebody else changed the same documents first fn is run again from the beginning, for two minutes at most, so
// it must not keep what it did elsewhere.
func (d *Database) Update(ctx context.Context, fn func(*Tx) error) error {
	began := time.Now()
	for attempt := 1; ; attempt++ {
		err := d.attempt(ctx, fn, changes)
		if err == nil || !again(ctx, err, attempt, began) {
			return err
		}
	}
}

// View runs fn on the state of this moment: nothing that others do meanwhile is seen, and fn can change nothing.
func (d *Database) View(ctx context.Context, fn func(*Tx) error) error {
	return d.attempt(ctx, fn, reads)
}

var errNested = errors.New("nexuslite: a transaction cannot begin inside another")

func (d *Database) attempt(ctx context.Context, fn func(*Tx) error, what intent) error {
	if err := ctx.Err(); err != nil {
		return ended(err)
	}
	if d.bound != nil {
		return errNested
	}
	txn, err := newTransaction(d.file, what == reads)
	if err != nil {
		return err
	}
	// Also when fn panics; nothing happens to one that was committed.
	defer txn.abort()
	if err := fn(&Tx{database: d, txn: txn}); err != nil || what == reads {
		return err
	}
	return txn.commit()
}
