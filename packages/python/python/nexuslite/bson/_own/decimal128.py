"""IEEE 754-2008 decimal numbers of 128 bits, whose coefficient is a binary integer.

A number is sixteen bytes, little-endian, seen here as one integer of 128 bits:

    bit  127        sign
    bits 126..113   exponent + 6176      where bits 126..125 are not 11
    bits 112..0     coefficient          above 10**34 - 1 it counts as 0

    bits 126..125   11                   where bits 124..123 are not 11 either
    bits 124..111   exponent + 6176      the coefficient would be above 10**34 - 1, and counts as 0

    bits 126..122   11110                infinity
    bits 126..122   11111                not a number; bit 121: a signalling one
"""

from __future__ import annotations

import decimal
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar, Final, Union

from nexuslite.bson._own.codec_options import TypeDecoder, TypeEncoder

__all__ = ["Decimal128", "DecimalDecoder", "DecimalEncoder", "create_decimal128_context"]

_BIAS: Final = 6176
_DIGITS_MAX: Final = 34
_COEFFICIENT_MAX: Final = 10**_DIGITS_MAX - 1
_LOW: Final = (1 << 64) - 1

_SIGN: Final = 1 << 127
_INFINITY: Final = 0b11110 << 122
_NAN: Final = 0b11111 << 122
_SIGNALLING: Final = 1 << 121


def _context(traps: list[type[decimal.DecimalException]]) -> decimal.Context:
    return decimal.Context(
        prec=_DIGITS_MAX,
        rounding=decimal.ROUND_HALF_EVEN,
        Emin=-6143,
        Emax=6144,
        capitals=1,
        clamp=1,
        flags=[],
        traps=traps,
    )


# Text that is no number, and a number that does not fit exactly, are refused rather than rounded.
_EXACT: Final = _context([decimal.InvalidOperation, decimal.Overflow, decimal.Inexact])


def create_decimal128_context() -> decimal.Context:
    """A context whose results all fit into a ``Decimal128``, by rounding."""
    return _context([])


class Decimal128:
    """A decimal number of 34 digits; no digit is lost, and 1.0 is not 1.00.

    ``value`` is a ``Decimal``, text, or the high and the low 64 bits.
    Equal by its bits: ``to_decimal()`` is there to compare and to reckon with.

    Raises ``decimal.Inexact`` or ``decimal.Overflow`` for a number that does not fit, ``decimal.InvalidOperation``
    for text that is none, ``ValueError`` or ``TypeError`` for anything else.
    """

    __slots__ = ("__high", "__low")
    _type_marker: ClassVar[int] = 19

    def __init__(self, value: Union[Decimal, str, Sequence[int]]) -> None:
        self.__high: int
        self.__low: int
        if isinstance(value, (str, Decimal)):
            bits = _bits_of(value)
            self.__high, self.__low = bits >> 64, bits & _LOW
        elif isinstance(value, (list, tuple)):
            if len(value) != 2:
                raise ValueError(
                    "Invalid size for creation of Decimal128 from list or tuple. Must have exactly 2 elements."
                )
            self.__high, self.__low = (_checked_half(half) for half in value)
        else:
            raise TypeError(f"Cannot convert {value!r} to Decimal128")

    @classmethod
    def from_bid(cls, value: bytes) -> Decimal128:
        """The number of sixteen bytes, as BSON has them."""
        if not isinstance(value, bytes):
            raise TypeError(f"value must be an instance of bytes, not {type(value)}")
        if len(value) != 16:
            raise ValueError("value must be exactly 16 bytes")
        return cls((int.from_bytes(value[8:], "little"), int.from_bytes(value[:8], "little")))

    @property
    def bid(self) -> bytes:
        """The sixteen bytes, as BSON has them."""
        return self.__low.to_bytes(8, "little") + self.__high.to_bytes(8, "little")

    def to_decimal(self) -> Decimal:
        """The same number as a ``Decimal``."""
        return _decimal_of(self.__high << 64 | self.__low)

    def __getstate__(self) -> tuple[int, int]:
        return self.__high, self.__low

    def __setstate__(self, value: tuple[int, int]) -> None:
        self.__high, self.__low = value

    def __str__(self) -> str:
        number = self.to_decimal()
        # Neither the sign nor the kind of what is no number is shown.
        return "NaN" if number.is_nan() else str(number)

    def __repr__(self) -> str:
        return f"Decimal128('{self}')"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Decimal128):
            return self.bid == other.bid
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]


class DecimalEncoder(TypeEncoder):
    """Encodes ``Decimal`` as ``Decimal128``."""

    @property
    def python_type(self) -> type[Decimal]:
        return Decimal

    def transform_python(self, value: Any) -> Decimal128:
        return Decimal128(value)


class DecimalDecoder(TypeDecoder):
    """Decodes ``Decimal128`` as ``Decimal``."""

    @property
    def bson_type(self) -> type[Decimal128]:
        return Decimal128

    def transform_bson(self, value: Any) -> Decimal:
        number: Decimal = value.to_decimal()
        return number


def _checked_half(half: Any) -> int:
    if not isinstance(half, int):
        raise TypeError(f"each half must be an int, not {half!r}")
    if not 0 <= half <= _LOW:
        raise ValueError(f"each half must be contained in [0, 2**64), not {half!r}")
    return half


def _bits_of(value: str | Decimal) -> int:
    with decimal.localcontext(_EXACT) as context:
        number = context.create_decimal(value)
    sign = _SIGN if number.is_signed() else 0
    if number.is_infinite():
        return sign | _INFINITY
    digits, exponent = number.as_tuple().digits, number.as_tuple().exponent
    if not isinstance(exponent, int):
        if digits:
            raise ValueError("NaN with debug payload is not supported")
        return sign | _NAN | (_SIGNALLING if number.is_snan() else 0)
    # The context has brought the exponent into range: by zeros behind the coefficient, or, for a zero, by itself.
    coefficient = int("".join(map(str, digits)))
    return sign | (exponent + _BIAS) << 113 | coefficient


def _decimal_of(bits: int) -> Decimal:
    sign = 1 if bits & _SIGN else 0
    if bits & _NAN == _NAN:
        return Decimal(f"{'-' if sign else ''}{'sNaN' if bits & _SIGNALLING else 'NaN'}")
    if bits & _NAN == _INFINITY:
        return Decimal("-Infinity" if sign else "Infinity")
    if bits >> 125 & 0b11 == 0b11:
        exponent, coefficient = (bits >> 111 & 0x3FFF) - _BIAS, 0
    else:
        exponent, coefficient = (bits >> 113 & 0x3FFF) - _BIAS, bits & ((1 << 113) - 1)
    if coefficient > _COEFFICIENT_MAX:
        coefficient = 0
    return Decimal((sign, tuple(map(int, str(coefficient))), exponent))
