"""IEEE 754-2008 decimal numbers of 128 bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexuslite import _pymongo

if TYPE_CHECKING or not _pymongo.HAS_BSON:
    from nexuslite.bson._own.decimal128 import (
        Decimal128,
        DecimalDecoder,
        DecimalEncoder,
        create_decimal128_context,
    )
else:
    from bson.decimal128 import Decimal128, DecimalDecoder, DecimalEncoder, create_decimal128_context

__all__ = ["Decimal128", "DecimalDecoder", "DecimalEncoder", "create_decimal128_context"]
