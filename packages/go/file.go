package nexuslite

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/nexuslite/nexuslite-go/internal/capi"
)

// file is a database: opened when it is first used, and again when it was dropped meanwhile.
type file struct {
	codec
	name    string
	open    func() (capi.Answer, *capi.Error)
	handles *handles
	net     runtime.Cleanup
}

// handles is what is open of a file. It knows nothing of the file, so that it can be freed when that is unreachable.
type handles struct {
	mu          sync.RWMutex
	db          uintptr
	collections map[string]uintptr
	// closings is how often it was closed: what was open before is not any more.
	closings atomic.Uint64
	// closed says that it is not to be opened again.
	closed bool
}

func newFile(name string, codec codec, open func() (capi.Answer, *capi.Error)) *file {
	made := &file{codec: codec, name: name, open: open, handles: &handles{}}
	made.net = runtime.AddCleanup(made, func(h *handles) { _ = h.close(true) }, made.handles)
	return made
}

// db is the handle of the database, which is opened if it is not.
func (f *file) db() (uintptr, error) {
	h := f.handles
	h.mu.RLock()
	db, closed := h.db, h.closed
	h.mu.RUnlock()
	if db != 0 {
		return db, nil
	}
	if closed {
		return 0, f.closedError()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return f.dbLocked()
}

func (f *file) dbLocked() (uintptr, error) {
	h := f.handles
	if h.closed {
		return 0, f.closedError()
	}
	if h.db == 0 {
		opened, err := f.open()
		if err != nil {
			return 0, (&told{engine: toError(err)}).command()
		}
		h.db, h.collections = opened.Handle, make(map[string]uintptr)
	}
	return h.db, nil
}

// collection is the handle of a collection.
func (f *file) collection(name string) (uintptr, error) {
	h := f.handles
	h.mu.RLock()
	coll, known := h.collections[name]
	h.mu.RUnlock()
	if known {
		return coll, nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	db, err := f.dbLocked()
	if err != nil {
		return 0, err
	}
	if coll, known := h.collections[name]; known {
		return coll, nil
	}
	made, failed := capi.Collection(db, name)
	if failed != nil {
		return 0, (&told{engine: toError(failed)}).command()
	}
	h.collections[name] = made.Handle
	return made.Handle, nil
}

// remembered is the handle of a collection, and how often its file had been closed when it was got.
type remembered struct {
	closings uint64
	coll     uintptr
}

// remember is the handle of the collection, which is looked for once.
func (c *Collection) remember() (uintptr, error) {
	f := c.database.file
	closings := f.handles.closings.Load()
	if known := c.known.Load(); known != nil && known.closings == closings {
		return known.coll, nil
	}
	coll, err := f.collection(c.name)
	if err == nil {
		c.known.Store(&remembered{closings, coll})
	}
	return coll, err
}

// close closes the database for good.
func (f *file) close() error {
	f.net.Stop()
	if err := f.handles.close(true); err != nil {
		return (&told{engine: toError(err)}).command()
	}
	return nil
}

// isClosed says whether the file was closed for good.
func (f *file) isClosed() bool {
	f.handles.mu.RLock()
	defer f.handles.mu.RUnlock()
	return f.handles.closed
}

func (f *file) closedError() error {
	return (&told{engine: closedError("the database " + f.name)}).command()
}

// close lets go of everything: of a database that is still in use its users are told.
func (h *handles) close(forGood bool) *capi.Error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = h.closed || forGood
	if h.db == 0 {
		return nil
	}
	h.closings.Add(1)
	err := capi.CloseDB(h.db)
	for _, coll := range h.collections {
		capi.FreeCollection(coll)
	}
	capi.FreeDB(h.db)
	h.db, h.collections = 0, nil
	return err
}

// isOpen says whether it is open now.
func (f *file) isOpen() bool {
	f.handles.mu.RLock()
	defer f.handles.mu.RUnlock()
	return f.handles.db != 0
}
