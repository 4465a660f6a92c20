"""Indexes created, listed and dropped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nexuslite._options import check
from nexuslite._typing import DocumentType
from nexuslite._verbs.handle import CollectionHandle
from nexuslite.command_cursor import CommandCursor
from nexuslite.errors import OperationFailure
from nexuslite.operations import IndexModel

if TYPE_CHECKING:
    from nexuslite.client_session import ClientSession
    from nexuslite.operations import IndexHint

__all__ = ["Indexes"]


class Indexes(CollectionHandle[DocumentType]):
    """The verbs of indexes."""

    def create_index(
        self, keys: IndexHint, session: ClientSession | None = None, comment: Any | None = None, **kwargs: Any
    ) -> str:
        """Creates an index, ``create_index("age")`` or ``create_index([("city", 1), ("age", -1)])``, and returns its
        name. Writers go on meanwhile; one that exists with the same key and options is left as it is.

        ``kwargs``: ``name``, ``unique``, ``sparse``, ``hidden``, ``expireAfterSeconds``, ``partialFilterExpression``,
        ``collation``, ``wildcardProjection``; and ``maxTimeMS``.

        Raises:
            OperationFailure: The key cannot be one (67), another index has the name (86) or the key (85), an option
                does not exist (197), or there is a transaction.
            DuplicateKeyError: Two documents have the same key in a unique index.
            ExecutionTimeout: ``maxTimeMS`` ran out; nothing of the index stays.
        """
        bounds = {"maxTimeMS": kwargs.pop("maxTimeMS")} if "maxTimeMS" in kwargs else {}
        (name,) = self.create_indexes([IndexModel(keys, **kwargs)], session, comment, **bounds)
        return name

    def create_indexes(
        self,
        indexes: Sequence[IndexModel],
        session: ClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> list[str]:
        """Creates several indexes in one walk over the documents, all of them or none; their names.

        ``kwargs``: ``maxTimeMS``.

        Raises:
            TypeError: ``indexes`` is no list of ``IndexModel``.
            OperationFailure, DuplicateKeyError: As ``create_index``.
        """
        honoured = check("create_indexes", kwargs)
        if not isinstance(indexes, (list, tuple)):
            raise TypeError(f"indexes must be a list of IndexModel, not {indexes!r}")
        for index in indexes:
            if not hasattr(index, "document"):
                raise TypeError(f"{index!r} is not an instance of IndexModel")
        described = [index.document for index in indexes]
        return self._native(write=True).create_indexes(
            described, honoured.get("max_time_ms"), self._within(session)
        )

    def list_indexes(
        self, session: ClientSession | None = None, comment: Any | None = None
    ) -> CommandCursor[dict[str, Any]]:
        """The indexes as MongoDB describes them, the one of ``_id`` first; none where there is no collection."""
        try:
            listed = self._native().list_indexes(self._codec, self._within(session))
        except OperationFailure as error:
            if error.code != 26:
                raise
            listed = []
        return CommandCursor(listed, session)

    def index_information(
        self, session: ClientSession | None = None, comment: Any | None = None
    ) -> dict[str, Any]:
        """The indexes by name, each with its ``key`` as a list of pairs and its options."""
        told: dict[str, Any] = {}
        for index in self.list_indexes(session):
            rest = {name: value for name, value in index.items() if name not in ("name", "key", "ns")}
            told[index["name"]] = {"key": list(index["key"].items()), **rest}
        return told

    def index_stats(self, session: ClientSession | None = None) -> list[dict[str, Any]]:
        """How much each index holds and how often it was used, the one of ``_id`` first: ``name``, ``key``, ``entries``,
        ``bytes``, ``distinct`` (how many keys differ), and of all but the first ``spec``, ``multikey``, ``accesses`` (with
        ``ops`` and ``since``), ``keysExamined`` and ``keysTaken``, ``lastUsed``, ``buildMillis``. Uses are counted since
        this process knows the index. Every index is walked for that. Ours only.

        Raises:
            OperationFailure: There is no such collection (26).
        """
        return self._native().index_stats(self._codec, self._within(session))

    def drop_index(
        self,
        index_or_name: IndexHint,
        session: ClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> None:
        """Drops an index, by its name or by its key as ``create_index`` takes it.

        Raises:
            OperationFailure: There is none (27), or it is the one of ``_id`` (72), or there is a transaction.
        """
        check("drop_index", kwargs)
        name = index_or_name if isinstance(index_or_name, str) else IndexModel(index_or_name).document["name"]
        self._native(write=True).drop_index(name, self._within(session))

    def drop_indexes(
        self, session: ClientSession | None = None, comment: Any | None = None, **kwargs: Any
    ) -> None:
        """Drops every index but the one of ``_id``."""
        check("drop_indexes", kwargs)
        self._native(write=True).drop_indexes(self._within(session))
