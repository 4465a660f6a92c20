"""Bytes with a subtype: UUIDs, vectors, and whatever else."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Sequence
from enum import Enum
from mmap import mmap
from typing import Any, ClassVar, Final, Union
from uuid import UUID

__all__ = [
    "ALL_UUID_REPRESENTATIONS",
    "ALL_UUID_SUBTYPES",
    "BINARY_SUBTYPE",
    "Binary",
    "BinaryVector",
    "BinaryVectorDtype",
    "COLUMN_SUBTYPE",
    "CSHARP_LEGACY",
    "FUNCTION_SUBTYPE",
    "JAVA_LEGACY",
    "MD5_SUBTYPE",
    "OLD_BINARY_SUBTYPE",
    "OLD_UUID_SUBTYPE",
    "PYTHON_LEGACY",
    "SENSITIVE_SUBTYPE",
    "STANDARD",
    "USER_DEFINED_SUBTYPE",
    "UUID_REPRESENTATION_NAMES",
    "UUID_SUBTYPE",
    "UuidRepresentation",
    "VECTOR_SUBTYPE",
]

BINARY_SUBTYPE: Final = 0
FUNCTION_SUBTYPE: Final = 1
OLD_BINARY_SUBTYPE: Final = 2
OLD_UUID_SUBTYPE: Final = 3
UUID_SUBTYPE: Final = 4
MD5_SUBTYPE: Final = 5
COLUMN_SUBTYPE: Final = 7
SENSITIVE_SUBTYPE: Final = 8
VECTOR_SUBTYPE: Final = 9
USER_DEFINED_SUBTYPE: Final = 128


class UuidRepresentation:
    """In which order the bytes of a UUID are stored, and under which subtype."""

    #: Not said: a UUID is not decoded.
    UNSPECIFIED: Final = 0
    #: Subtype 4, in the order of its digits.
    STANDARD: Final = 4
    #: Subtype 3, in the order of its digits.
    PYTHON_LEGACY: Final = 3
    #: Subtype 3, each half backwards.
    JAVA_LEGACY: Final = 5
    #: Subtype 3, with the first three fields little-endian.
    CSHARP_LEGACY: Final = 6


STANDARD: Final = UuidRepresentation.STANDARD
PYTHON_LEGACY: Final = UuidRepresentation.PYTHON_LEGACY
JAVA_LEGACY: Final = UuidRepresentation.JAVA_LEGACY
CSHARP_LEGACY: Final = UuidRepresentation.CSHARP_LEGACY

ALL_UUID_SUBTYPES: Final = (OLD_UUID_SUBTYPE, UUID_SUBTYPE)
ALL_UUID_REPRESENTATIONS: Final = (
    UuidRepresentation.UNSPECIFIED,
    UuidRepresentation.STANDARD,
    UuidRepresentation.PYTHON_LEGACY,
    UuidRepresentation.JAVA_LEGACY,
    UuidRepresentation.CSHARP_LEGACY,
)
UUID_REPRESENTATION_NAMES: Final = {
    UuidRepresentation.UNSPECIFIED: "UuidRepresentation.UNSPECIFIED",
    UuidRepresentation.STANDARD: "UuidRepresentation.STANDARD",
    UuidRepresentation.PYTHON_LEGACY: "UuidRepresentation.PYTHON_LEGACY",
    UuidRepresentation.JAVA_LEGACY: "UuidRepresentation.JAVA_LEGACY",
    UuidRepresentation.CSHARP_LEGACY: "UuidRepresentation.CSHARP_LEGACY",
}


class BinaryVectorDtype(Enum):
    """What the numbers of a vector are."""

    INT8 = b"\x03"
    FLOAT32 = b"\x27"
    PACKED_BIT = b"\x10"


class BinaryVector:
    """The numbers of a vector; ``padding`` is how many bits of the last byte do not count."""

    __slots__ = ("data", "dtype", "padding")

    def __init__(self, data: Sequence[float | int], dtype: BinaryVectorDtype, padding: int = 0) -> None:
        self.data = data
        self.dtype = dtype
        self.padding = padding

    def __len__(self) -> int:
        return len(self.data)

    def __repr__(self) -> str:
        return f"BinaryVector(dtype={self.dtype}, padding={self.padding}, data={self.data})"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, BinaryVector):
            mine, others = list(self.data), list(other.data)
            return (self.dtype, self.padding, mine) == (other.dtype, other.padding, others)
        return False

    __hash__ = None  # type: ignore[assignment]


_BytesLike = Union[memoryview, bytes, bytearray, "mmap", "array[Any]"]


class Binary(bytes):
    """Bytes with a subtype of 0 to 255; equal to its like only, never to plain bytes.

    Raises ``TypeError`` where ``data`` is not bytes-like or the subtype no int, ``ValueError`` for another subtype.
    """

    _type_marker: ClassVar[int] = 5
    __subtype: int

    def __new__(cls, data: _BytesLike, subtype: int = BINARY_SUBTYPE) -> Binary:
        if not isinstance(subtype, int):
            raise TypeError(f"subtype must be an instance of int, not {type(subtype)}")
        if not 0 <= subtype < 256:
            raise ValueError("subtype must be contained in [0, 256)")
        # A memoryview refuses an int and a list, which bytes would take for a length and for bytes.
        self = bytes.__new__(cls, memoryview(data).tobytes())
        self.__subtype = subtype
        return self

    @property
    def subtype(self) -> int:
        """The subtype."""
        return self.__subtype

    @classmethod
    def from_uuid(cls, uuid: UUID, uuid_representation: int = UuidRepresentation.STANDARD) -> Binary:
        """A UUID as its bytes; raises ``ValueError`` for a representation that is none."""
        if not isinstance(uuid, UUID):
            raise TypeError(f"uuid must be an instance of uuid.UUID, not {type(uuid)}")
        _check_representation(uuid_representation)
        if uuid_representation == UuidRepresentation.UNSPECIFIED:
            raise ValueError(
                "cannot encode native uuid.UUID with UuidRepresentation.UNSPECIFIED: use Binary.from_uuid with "
                "another representation"
            )
        subtype = UUID_SUBTYPE if uuid_representation == UuidRepresentation.STANDARD else OLD_UUID_SUBTYPE
        return cls(_reordered(uuid.bytes, uuid_representation), subtype)

    def as_uuid(self, uuid_representation: int = UuidRepresentation.STANDARD) -> UUID:
        """The UUID of these bytes.

        Raises ``ValueError`` where the subtype, the length or the representation is wrong.
        """
        if self.__subtype not in ALL_UUID_SUBTYPES:
            raise ValueError(f"cannot decode subtype {self.__subtype} as a uuid")
        _check_representation(uuid_representation)
        if uuid_representation == UuidRepresentation.UNSPECIFIED:
            raise ValueError("uuid_representation cannot be UNSPECIFIED")
        is_standard = uuid_representation == UuidRepresentation.STANDARD
        if is_standard != (self.__subtype == UUID_SUBTYPE):
            name = UUID_REPRESENTATION_NAMES[uuid_representation]
            raise ValueError(f"cannot decode subtype {self.__subtype} to {name}")
        if len(self) != 16:
            raise ValueError(f"cannot decode a uuid from a {len(self)}-byte payload, expected 16")
        return UUID(bytes=_reordered(bytes(self), uuid_representation))

    @classmethod
    def from_vector(
        cls,
        vector: BinaryVector | list[int] | list[float],
        dtype: BinaryVectorDtype | None = None,
        padding: int | None = None,
    ) -> Binary:
        """Numbers as the bytes of a vector, subtype 9; raises ``ValueError`` for a padding that cannot be."""
        if isinstance(vector, BinaryVector):
            if dtype is not None or padding is not None:
                raise ValueError("a BinaryVector has its own dtype and padding")
            data, dtype, padding = vector.data, vector.dtype, vector.padding
        else:
            data = vector
        padding = padding or 0
        if dtype is None:
            raise TypeError("dtype must be a BinaryVectorDtype, not None")
        packed = struct.pack(f"<{len(data)}{_FORMATS[dtype]}", *data)
        _check_padding(packed, dtype, padding)
        if padding and packed[-1] & ((1 << padding) - 1):
            raise ValueError("the bits of the last byte that do not count must be zero")
        return cls(dtype.value + bytes([padding]) + packed, VECTOR_SUBTYPE)

    def as_vector(self) -> BinaryVector:
        """The numbers of the vector, whose last bits are not looked at where they do not count.

        Raises ``ValueError`` where the bytes are none.
        """
        if self.__subtype != VECTOR_SUBTYPE:
            raise ValueError(f"Cannot decode subtype {self.__subtype} as a vector")
        if len(self) < 2:
            raise ValueError(f"Corrupt data. A vector has at least 2 bytes, not {len(self)}.")
        dtype = BinaryVectorDtype(self[:1])
        padding, packed = self[1], bytes(self[2:])
        if len(packed) % struct.calcsize(_FORMATS[dtype]):
            raise ValueError("Corrupt data. N bytes for a float32 vector must be a multiple of 4.")
        _check_padding(packed, dtype, padding)
        count = len(packed) // struct.calcsize(_FORMATS[dtype])
        return BinaryVector(list(struct.unpack(f"<{count}{_FORMATS[dtype]}", packed)), dtype, padding)

    def __getnewargs__(self) -> tuple[bytes, int]:  # type: ignore[override]
        return bytes(self), self.__subtype

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Binary):
            return self.__subtype == other.__subtype and bytes.__eq__(self, other)
        return False

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return bytes.__hash__(self) ^ self.__subtype

    def __repr__(self) -> str:
        if self.__subtype == SENSITIVE_SUBTYPE:
            return f"<Binary(REDACTED, {self.__subtype})>"
        return f"Binary({bytes.__repr__(self)}, {self.__subtype})"


_FORMATS: Final = {
    BinaryVectorDtype.INT8: "b",
    BinaryVectorDtype.FLOAT32: "f",
    BinaryVectorDtype.PACKED_BIT: "B",
}


def _check_representation(uuid_representation: int) -> None:
    if uuid_representation not in ALL_UUID_REPRESENTATIONS:
        raise ValueError("uuid_representation must be a value from bson.binary.UuidRepresentation")


def _reordered(data: bytes, uuid_representation: int) -> bytes:
    # Each order is its own inverse.
    if uuid_representation == UuidRepresentation.JAVA_LEGACY:
        return data[7::-1] + data[:7:-1]
    if uuid_representation == UuidRepresentation.CSHARP_LEGACY:
        return data[3::-1] + data[5:3:-1] + data[7:5:-1] + data[8:]
    return data


def _check_padding(packed: bytes, dtype: BinaryVectorDtype, padding: int) -> None:
    if dtype is not BinaryVectorDtype.PACKED_BIT:
        if padding:
            raise ValueError(f"padding does not apply to {dtype=}")
        return
    if not 0 <= padding < 8:
        raise ValueError(f"{padding=}. It must be in [0,1, ..7].")
    if padding and not packed:
        raise ValueError("Empty vector with non-zero padding.")
