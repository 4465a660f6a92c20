"""Documents that a find hands out."""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, overload

from nexuslite._options import check
from nexuslite._shape import Key, Projection, Sort, filter_document, projection_document, sort_document, sort_or_none
from nexuslite._typing import DocumentType
from nexuslite.client_session import within
from nexuslite.errors import InvalidOperation

if TYPE_CHECKING:
    from nexuslite import _nexuslite
    from nexuslite.client_session import ClientSession
    from nexuslite.collation import CollationIn
    from nexuslite.collection import Collection

__all__ = ["Cursor", "CursorType"]

# The options that few finds have.
_MORE = ("allow_disk_use", "collation", "comment", "hint", "let", "max", "min")


class CursorType:
    """The kinds of cursor that MongoDB has. Only the first exists here: a cursor ends where its snapshot ends."""

    NON_TAILABLE = 0
    TAILABLE = 2
    TAILABLE_AWAIT = 34
    EXHAUST = 64


class Cursor(Generic[DocumentType]):
    """A find that begins when its first document is asked for, and sees the state of that moment to its end.

    Made by ``Collection.find``. Only one thread at a time may use it.
    """

    def __init__(
        self,
        collection: Collection[DocumentType],
        filter: Mapping[str, Any] | None = None,
        projection: Projection | None = None,
        skip: int = 0,
        limit: int = 0,
        no_cursor_timeout: bool = False,
        cursor_type: int = CursorType.NON_TAILABLE,
        sort: Sort | None = None,
        allow_partial_results: bool = False,
        oplog_replay: bool = False,
        batch_size: int = 0,
        collation: CollationIn | None = None,
        hint: Any | None = None,
        max_scan: int | None = None,
        max_time_ms: int | None = None,
        max: Key | None = None,
        min: Key | None = None,
        return_key: bool | None = None,
        show_record_id: bool | None = None,
        snapshot: bool | None = None,
        comment: Any | None = None,
        session: ClientSession | None = None,
        allow_disk_use: bool | None = None,
        let: Mapping[str, Any] | None = None,
    ) -> None:
        given = {
            "projection": projection,
            "skip": skip,
            "limit": limit,
            "no_cursor_timeout": no_cursor_timeout,
            "cursor_type": cursor_type,
            "sort": sort,
            "allow_partial_results": allow_partial_results,
            "oplog_replay": oplog_replay,
            "batch_size": batch_size,
            "collation": collation,
            "hint": hint,
            "max_scan": max_scan,
            "max_time_ms": max_time_ms,
            "max": max,
            "min": min,
            "return_key": return_key,
            "show_record_id": show_record_id,
            "snapshot": snapshot,
            "comment": comment,
            "session": session,
            "allow_disk_use": allow_disk_use,
            "let": let,
        }
        honoured = check("find", {name: value for name, value in given.items() if value is not None})
        self._collection = collection
        self._filter = filter_document(filter)
        self._projection = projection_document(projection)
        self._sort = sort_or_none(sort)
        self._skip = skip
        self._limit = abs(limit)
        self._batch_size = batch_size
        self._more = {name: honoured[name] for name in _MORE if name in honoured}
        self._max_time_ms = max_time_ms
        self._session = session
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._walk: _nexuslite.Cursor | None = None
        self._read_ahead: deque[DocumentType] = deque()
        self._retrieved = 0
        self._is_done = False
        # A limit of 0 asks for everything, but an empty slice for nothing.
        self._is_empty = getattr(self, "_is_empty", False)

    @property
    def collection(self) -> Collection[DocumentType]:
        """The collection that is read."""
        return self._collection

    @property
    def retrieved(self) -> int:
        """How many documents have been read from the file so far."""
        return self._retrieved

    @property
    def alive(self) -> bool:
        """Whether there may be more documents."""
        return not self._is_done or bool(self._read_ahead)

    @property
    def cursor_id(self) -> int | None:
        """None before the first document was asked for, then 0: nobody else has to know the cursor."""
        return None if self._walk is None and not self._is_done else 0

    @property
    def session(self) -> ClientSession | None:
        """The session that was given, or None."""
        return self._session

    def skip(self, skip: int) -> Cursor[DocumentType]:
        """Leaves out the first ``skip`` documents."""
        check("find", {"skip": skip})
        self._still_unused()
        self._skip = skip
        return self

    def limit(self, limit: int) -> Cursor[DocumentType]:
        """Ends after ``limit`` documents; 0 is no limit."""
        check("find", {"limit": limit})
        self._still_unused()
        self._is_empty = False
        self._limit = abs(limit)
        return self

    def batch_size(self, batch_size: int) -> Cursor[DocumentType]:
        """How many documents are read at a time; 0, the default, lets it grow by itself."""
        check("find", {"batch_size": batch_size})
        self._still_unused()
        self._batch_size = batch_size
        return self

    def sort(self, key_or_list: Sort, direction: int | str | None = None) -> Cursor[DocumentType]:
        """In which order: ``sort("age")``, ``sort("age", -1)``, ``sort([("age", -1), ("name", 1)])``; ``sort("$natural", -1)``
        is the newest first."""
        document = sort_document(key_or_list, direction)
        self._still_unused()
        self._sort = document
        return self

    def hint(self, index: Any | None) -> Cursor[DocumentType]:
        """Which index to use: its name, its key as ``create_index`` takes it, or ``{"$natural": 1}`` for none,
        ``{"$natural": -1}`` for none and backwards. None leaves it to the database again."""
        return self._with("hint", index)

    def min(self, spec: Key) -> Cursor[DocumentType]:
        """Finds only documents whose key in the hinted index is this one or comes behind it: ``[("age", 18)]``, a value
        for each field of the index, in its order."""
        return self._with("min", spec)

    def max(self, spec: Key) -> Cursor[DocumentType]:
        """Finds only documents whose key in the hinted index comes before this one."""
        return self._with("max", spec)

    def comment(self, comment: Any) -> Cursor[DocumentType]:
        """Says what the find is for; ``explain`` repeats it."""
        return self._with("comment", comment)

    def collation(self, collation: CollationIn | None) -> Cursor[DocumentType]:
        """How strings are compared, a ``Collation`` or a mapping; by their bytes when it is None."""
        return self._with("collation", collation)

    def allow_disk_use(self, allow_disk_use: bool) -> Cursor[DocumentType]:
        """Whether a sort that does not fit into memory (``sort_bytes_max``) may use a file beside the database; it may
        by default. The file is gone when the cursor is."""
        return self._with("allow_disk_use", allow_disk_use)

    def max_time_ms(self, max_time_ms: int | None) -> Cursor[DocumentType]:
        """How long the whole walk may take; as long as it takes by default."""
        check("find", {"max_time_ms": max_time_ms})
        self._still_unused()
        self._max_time_ms = max_time_ms
        return self

    def explain(self) -> dict[str, Any]:
        """How the documents are found: ``queryPlanner.winningPlan`` is a tree of stages, and ``executionStats`` says
        what each of them did, which is found out by running the query to its end."""
        collection = self._collection
        return collection._native().explain(
            collection._codec,
            self._filter,
            self._projection,
            self._sort,
            self._skip,
            self._limit,
            self._max_time_ms,
            self._more or None,
            within(self._session, collection.database.client, collection.database._store),
        )

    def distinct(self, key: str) -> list[Any]:
        """The different values at ``key`` in the documents that satisfy the filter; skip and limit do not count."""
        asked = {name: told for name, told in self._more.items() if name in ("collation", "comment", "hint")}
        if self._max_time_ms is not None:
            asked["maxTimeMS"] = self._max_time_ms
        return self._collection.distinct(key, self._filter, session=self._session, **asked)

    def rewind(self) -> Cursor[DocumentType]:
        """Begins anew, with the state of the moment when the next document is asked for."""
        self.close()
        self._begin_anew()
        return self

    def clone(self) -> Cursor[DocumentType]:
        """The same find, not begun."""
        return self._copied(deep=False)

    def __copy__(self) -> Cursor[DocumentType]:
        return self._copied(deep=False)

    def __deepcopy__(self, memo: Any) -> Cursor[DocumentType]:
        return self._copied(deep=True)

    def _copied(self, deep: bool) -> Cursor[DocumentType]:
        made = type(self).__new__(type(self))
        shared = {"_collection", "_session", "_walk", "_read_ahead"}
        for name, value in vars(self).items():
            setattr(made, name, copy.deepcopy(value) if deep and name not in shared else value)
        made._begin_anew()
        return made

    def close(self) -> None:
        """Lets go of the state that it reads."""
        walk, self._walk = self._walk, None
        self._is_done = True
        self._read_ahead.clear()
        if walk is not None:
            walk.close()

    def __enter__(self) -> Cursor[DocumentType]:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        self.close()

    def __iter__(self) -> Cursor[DocumentType]:
        return self

    def __next__(self) -> DocumentType:
        if not self._read_ahead and not self._refill():
            raise StopIteration
        return self._read_ahead.popleft()

    def next(self) -> DocumentType:
        """The next document; ``StopIteration`` when there is none."""
        return self.__next__()

    def to_list(self, length: int | None = None) -> list[DocumentType]:
        """The documents that are left, at most ``length`` of them.

        Raises:
            ValueError: ``length`` is less than 1.
        """
        if length is not None and length < 1:
            raise ValueError(f"to_list() length must be greater than 0, it is {length}")
        taken: list[DocumentType] = []
        while self._read_ahead and (length is None or len(taken) < length):
            taken.append(self._read_ahead.popleft())
        left = None if length is None else length - len(taken)
        if left != 0 and not self._is_done and not self._is_empty:
            had = len(taken)
            self._started().extend(taken, left)
            self._retrieved += len(taken) - had
            if left is None or len(taken) - had < left:
                self._finish()
        return taken

    @overload
    def __getitem__(self, index: int) -> DocumentType: ...

    @overload
    def __getitem__(self, index: slice) -> Cursor[DocumentType]: ...

    def __getitem__(self, index: int | slice) -> DocumentType | Cursor[DocumentType]:
        self._still_unused()
        if isinstance(index, slice):
            return self._sliced(index)
        if not isinstance(index, int):
            raise TypeError(f"index {index!r} cannot be applied to Cursor instances")
        if index < 0:
            raise IndexError("Cursor instances do not support negative indices")
        single = self.clone()
        single._skip += index
        single._limit = 1
        for document in single:
            return document
        raise IndexError("no such item for Cursor instance")

    def _sliced(self, index: slice) -> Cursor[DocumentType]:
        if index.step is not None:
            raise IndexError("Cursor instances do not support slice steps")
        start = index.start or 0
        if start < 0:
            raise IndexError("Cursor instances do not support negative indices")
        self._skip, self._limit, self._is_empty = start, 0, False
        if index.stop is not None:
            count = index.stop - start
            if count < 0:
                raise IndexError(f"stop index must be greater than start index for slice {index!r}")
            self._limit, self._is_empty = count, count == 0
        return self

    def _with(self, option: str, value: Any) -> Cursor[DocumentType]:
        honoured = check("find", {option: value})
        self._still_unused()
        # Another dict, for clones have this one.
        self._more = {name: told for name, told in self._more.items() if name != option} | honoured
        return self

    def _still_unused(self) -> None:
        if self._walk is not None or self._is_done:
            raise InvalidOperation("cannot set options after executing query")

    def _started(self) -> _nexuslite.Cursor:
        if self._walk is None:
            collection = self._collection
            transaction = within(self._session, collection.database.client, collection.database._store)
            self._walk = collection._native().find(
                collection._codec,
                self._filter,
                self._projection,
                self._sort,
                self._skip,
                self._limit,
                self._batch_size or None,
                self._max_time_ms,
                self._more or None,
                transaction,
            )
        return self._walk

    def _refill(self) -> bool:
        if self._is_done or self._is_empty:
            return False
        documents = self._started().next_batch()
        self._read_ahead.extend(documents)
        self._retrieved += len(documents)
        if not documents:
            self._finish()
        return bool(documents)

    def _finish(self) -> None:
        self._is_done = True
        self._walk = None

    def __reduce__(self) -> Any:
        raise TypeError("a Cursor cannot be pickled: it reads a state of an open database")
