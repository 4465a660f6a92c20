"""The modules of pymongo's ``bson`` that ``nexuslite.bson`` has as well."""

from __future__ import annotations

MODULES = [
    "binary",
    "code",
    "codec_options",
    "datetime_ms",
    "dbref",
    "decimal128",
    "errors",
    "int64",
    "max_key",
    "min_key",
    "objectid",
    "raw_bson",
    "regex",
    "son",
    "timestamp",
    "tz_util",
]
