"""IEEE 754-2008 decimal numbers of 128 bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexuslite import _pymongo

__all__ = ["Decimal128", "DecimalDecoder", "DecimalEncoder", "create_decimal128_context"]

if TYPE_CHECKING or not _pymongo.HAS_BSON:
    from nexuslite.bson._own.decimal128 import (
        Decimal128,
        DecimalDecoder,
        DecimalEncoder,
        create_decimal128_context,
    )
else:
    from bson import decimal128 as _decimal128

    # A name that an older pymongo lacks is lacking here too.
    globals().update({name: vars(_decimal128)[name] for name in __all__ if name in vars(_decimal128)})
