"""Where a database is, and the native handle on it while it is open."""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from collections.abc import Mapping
from typing import Any

from nexuslite import _nexuslite
from nexuslite.errors import InvalidOperation

__all__ = ["Store"]

#: The path of a database that is nowhere but in memory.
MEMORY = ":memory:"
# So many collections' handles are kept; they cost little and are made again when they are needed.
_HANDLES_MAX = 1024


class Store:
    """One database. It is opened when it is first used, and created when it is first written to."""

    def __init__(self, path: str, options: Mapping[str, Any]) -> None:
        self.path = path
        self._options = dict(options)
        self._lock = threading.Lock()
        self._database: _nexuslite.Database | None = None
        self._collections: dict[tuple[str, bool], _nexuslite.Collection] = {}
        self._closed = False
        _OPEN.add(self)

    def database(self) -> _nexuslite.Database:
        """The open database, created where there is none."""
        if self._database is not None:
            return self._database
        with self._lock:
            if self._closed:
                raise InvalidOperation("Cannot use MongoClient after close")
            if self._database is None:
                self._database = _nexuslite.Database(self.path, self._options)
            return self._database

    def to_read(self) -> _nexuslite.Database:
        """The open database; an empty one where there is none, for to look for something creates no file."""
        if self._database is not None or self._closed or self.exists():
            return self.database()
        return _nexuslite.Database(MEMORY, {"background": False})

    def collection(self, name: str, *, write: bool = False, journal: bool = False) -> _nexuslite.Collection:
        """The native handle on a collection; with ``journal`` one whose writes wait for the device."""
        known = self._collections.get((name, journal))
        if known is not None:
            return known
        database = self.database() if write else self.to_read()
        collection = database.collection(name, journal)
        if database is self._database:
            if len(self._collections) >= _HANDLES_MAX:
                self._collections.clear()
            self._collections[name, journal] = collection
        return collection

    def exists(self) -> bool:
        """Whether there is a database already."""
        return self._database is not None or (self.path != MEMORY and os.path.exists(self.path))

    def close(self) -> None:
        """Closes the database; everything that came from it answers ``InvalidOperation`` from now on."""
        self._closed = True
        self.let_go()

    def let_go(self) -> None:
        """Closes the database, to be opened anew by whoever uses it next."""
        with self._lock:
            database, self._database = self._database, None
            self._collections.clear()
        if database is not None:
            database.close()

    def __reduce__(self) -> tuple[Any, ...]:
        return Store, (self.path, self._options)


# Closed when the interpreter ends, so that no database is left to whatever order its objects are torn down in.
_OPEN: weakref.WeakSet[Store] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    for store in list(_OPEN):
        try:
            store.close()
        except Exception:
            # Nobody is left to be told. What was acknowledged is in the log, and a child must not close what is its
            # parent's.
            pass


def _free_locks() -> None:
    # A thread that held a lock when the process forked does not exist in the child, and will never give it back.
    for store in list(_OPEN):
        store._lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_free_locks)
