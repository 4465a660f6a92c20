"""How BSON becomes Python, and Python BSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexuslite import _pymongo

if TYPE_CHECKING or not _pymongo.HAS_BSON:
    from nexuslite.bson._own.codec_options import (
        DEFAULT_CODEC_OPTIONS,
        CodecOptions,
        DatetimeConversion,
        TypeCodec,
        TypeDecoder,
        TypeEncoder,
        TypeRegistry,
    )
else:
    from bson.codec_options import (
        DEFAULT_CODEC_OPTIONS,
        CodecOptions,
        DatetimeConversion,
        TypeCodec,
        TypeDecoder,
        TypeEncoder,
        TypeRegistry,
    )

__all__ = [
    "CodecOptions",
    "DEFAULT_CODEC_OPTIONS",
    "DatetimeConversion",
    "TypeCodec",
    "TypeDecoder",
    "TypeEncoder",
    "TypeRegistry",
]
