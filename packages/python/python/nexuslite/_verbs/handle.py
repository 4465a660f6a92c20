"""What the verbs of a collection stand on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic

from nexuslite._settings import WithSettings, is_journaled
from nexuslite._typing import DocumentType
from nexuslite.client_session import within

if TYPE_CHECKING:
    from nexuslite import _nexuslite
    from nexuslite._store import Store
    from nexuslite.client import Client
    from nexuslite.client_session import ClientSession
    from nexuslite.database import Database

__all__ = ["CollectionHandle"]


class CollectionHandle(WithSettings, Generic[DocumentType]):
    """A collection's name, where it is, and how it is read and written."""

    _database: Database[DocumentType]
    _name: str
    _codec: _nexuslite.Codec
    _store: Store
    _client: Client[DocumentType]

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    @property
    def full_name(self) -> str:
        """The database's name, a dot, and its own."""
        return f"{self._database.name}.{self._name}"

    @property
    def database(self) -> Database[DocumentType]:
        """The database that it belongs to."""
        return self._database

    def _native(self, *, write: bool = False) -> _nexuslite.Collection:
        return self._store.collection(self._name, write=write, journal=write and self._settings.journal)

    def _native_for(self, honoured: Mapping[str, Any]) -> _nexuslite.Collection:
        """The same for a write whose options may have a write concern of their own."""
        concern = honoured.get("write_concern", self._settings.write_concern)
        return self._store.collection(self._name, write=True, journal=is_journaled(concern))

    def _within(self, session: ClientSession | None) -> _nexuslite.Transaction | None:
        return None if session is None else within(session, self._client, self._store)
