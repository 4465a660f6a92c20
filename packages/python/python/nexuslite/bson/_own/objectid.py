"""MongoDB's identifier of twelve bytes."""

from __future__ import annotations

import os
import threading
import time
from datetime import datetime, timezone
from typing import Any, ClassVar

from nexuslite.bson.errors import InvalidId
from nexuslite.bson._own.tz_util import utc

__all__ = ["ObjectId"]

_COUNTER_LIMIT = 1 << 24


class _Generator:
    """Five random bytes of this process, and a counter that starts anywhere."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._start()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._after_fork)

    def _start(self) -> None:
        self._random = os.urandom(5)
        self._counter = int.from_bytes(os.urandom(3), "big")

    def _after_fork(self) -> None:
        # Another thread of the parent may have held the lock, which nobody in the child would ever release.
        self._lock = threading.Lock()
        self._start()

    def next(self) -> bytes:
        with self._lock:
            count = self._counter
            self._counter = (count + 1) % _COUNTER_LIMIT
            seconds = int(time.time()) % (1 << 32)
            return seconds.to_bytes(4, "big") + self._random + count.to_bytes(3, "big")


_GENERATOR = _Generator()


class ObjectId:
    """An identifier of twelve bytes: four of seconds, five at random, three of a counter.

    ``oid`` is 24 hexadecimal digits, 12 bytes or another ``ObjectId``; without it a new one is made.
    Ordered, and equal, by the bytes.

    Raises ``InvalidId`` for text or bytes that are none, ``TypeError`` for anything else.
    """

    __slots__ = ("__id",)
    _type_marker: ClassVar[int] = 7

    def __init__(self, oid: str | ObjectId | bytes | None = None) -> None:
        self.__id: bytes
        if oid is None:
            self.__id = _GENERATOR.next()
        elif isinstance(oid, bytes) and len(oid) == 12:
            self.__id = oid
        elif isinstance(oid, ObjectId):
            self.__id = oid.binary
        elif isinstance(oid, str):
            self.__id = _from_text(oid)
        else:
            raise TypeError(f"id must be an instance of (bytes, str, ObjectId), not {type(oid)}")

    @classmethod
    def from_datetime(cls, generation_time: datetime) -> ObjectId:
        """The smallest of the second of ``generation_time``, to compare with; naive times are UTC.

        It is not unique and must not be stored.

        Raises ``ValueError`` for a time before 1970 or after 2106.
        """
        if generation_time.utcoffset() is None:
            generation_time = generation_time.replace(tzinfo=timezone.utc)
        seconds = int(generation_time.timestamp() // 1)
        if not 0 <= seconds < 1 << 32:
            raise ValueError(f"generation_time must be from 1970 to 2106, was: {generation_time}")
        return cls(seconds.to_bytes(4, "big") + bytes(8))

    @classmethod
    def is_valid(cls, oid: Any) -> bool:
        """Whether ``ObjectId(oid)`` would succeed, for an ``oid`` that is not empty."""
        if not oid:
            return False
        try:
            cls(oid)
        except (InvalidId, TypeError):
            return False
        return True

    @property
    def binary(self) -> bytes:
        """The twelve bytes."""
        return self.__id

    @property
    def generation_time(self) -> datetime:
        """The second in which it was made, in UTC."""
        return datetime.fromtimestamp(int.from_bytes(self.__id[:4], "big"), utc)

    def __getstate__(self) -> bytes:
        return self.__id

    def __setstate__(self, value: Any) -> None:
        # Pickles of long ago hold a mapping, and text in the place of bytes.
        oid = value["_ObjectId__id"] if isinstance(value, dict) else value
        self.__id = oid.encode("latin-1") if isinstance(oid, str) else oid

    def __str__(self) -> str:
        return self.__id.hex()

    def __repr__(self) -> str:
        return f"ObjectId('{self}')"

    def __hash__(self) -> int:
        return hash(self.__id)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ObjectId):
            return self.__id == other.binary
        return NotImplemented

    def __lt__(self, other: Any) -> bool:
        if isinstance(other, ObjectId):
            return self.__id < other.binary
        return NotImplemented

    def __le__(self, other: Any) -> bool:
        if isinstance(other, ObjectId):
            return self.__id <= other.binary
        return NotImplemented

    def __gt__(self, other: Any) -> bool:
        if isinstance(other, ObjectId):
            return self.__id > other.binary
        return NotImplemented

    def __ge__(self, other: Any) -> bool:
        if isinstance(other, ObjectId):
            return self.__id >= other.binary
        return NotImplemented


def _from_text(oid: str) -> bytes:
    # By its length first, for fromhex skips spaces.
    if len(oid) == 24:
        try:
            binary = bytes.fromhex(oid)
        except ValueError:
            binary = b""
        if len(binary) == 12:
            return binary
    raise InvalidId(
        f"{oid!r} is not a valid ObjectId, it must be a 12-byte input or a 24-character hex string"
    )
