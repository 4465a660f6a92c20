"""What a command answers, one by one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Generic

from nexuslite._typing import DocumentType

if TYPE_CHECKING:
    from nexuslite.client_session import ClientSession

__all__ = ["CommandCursor"]


class CommandCursor(Generic[DocumentType]):
    """The answers of a command that has been carried out, ``list_collections`` for example."""

    def __init__(self, documents: Iterable[DocumentType], session: ClientSession | None = None) -> None:
        self._documents = deque(documents)
        self._session = session

    @property
    def alive(self) -> bool:
        """Whether there are more documents."""
        return bool(self._documents)

    @property
    def cursor_id(self) -> int:
        """0: nobody else has to know the cursor."""
        return 0

    @property
    def session(self) -> ClientSession | None:
        """The session that was given, or None."""
        return self._session

    def __iter__(self) -> CommandCursor[DocumentType]:
        return self

    def __next__(self) -> DocumentType:
        if not self._documents:
            raise StopIteration
        return self._documents.popleft()

    def next(self) -> DocumentType:
        """The next document; ``StopIteration`` when there is none."""
        return self.__next__()

    def try_next(self) -> DocumentType | None:
        """The next document, or None."""
        return self._documents.popleft() if self._documents else None

    def to_list(self, length: int | None = None) -> list[DocumentType]:
        """The documents that are left, at most ``length`` of them.

        Raises:
            ValueError: ``length`` is less than 1.
        """
        if length is not None and length < 1:
            raise ValueError(f"to_list() length must be greater than 0, it is {length}")
        count = len(self._documents) if length is None else min(length, len(self._documents))
        return [self._documents.popleft() for _ in range(count)]

    def close(self) -> None:
        """Forgets the documents that are left."""
        self._documents.clear()

    def __enter__(self) -> CommandCursor[DocumentType]:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        self.close()
