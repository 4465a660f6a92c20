"""Our own classes beside pymongo's: the same is asked of both, and what they answer is compared."""

from __future__ import annotations

import copy
import importlib
import inspect
import operator
import pickle
import struct
from collections.abc import Callable
from typing import Any

import pytest

# The environment without pymongo runs test_bson_types.py, which needs nothing to compare with. Older versions answer
# otherwise in a few places, where they were mistaken.
if pytest.importorskip("pymongo", reason="compares with pymongo").version_tuple < (4, 20):
    pytest.skip("compares with pymongo 4.20 and later", allow_module_level=True)

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


class Side:
    """Every class of one of the two packages, by name."""

    def __init__(self, package: str, codec: str) -> None:
        for module in MODULES:
            door = importlib.import_module(f"nexuslite.bson.{module}")
            source = importlib.import_module(f"{package}.{module}")
            for name in door.__all__:
                setattr(self, name, getattr(source, name))
        for name in ("encode", "decode", "decode_all", "decode_iter", "decode_file_iter", "is_valid", "BSON"):
            setattr(self, name, getattr(importlib.import_module(codec), name))

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)


OURS = Side("nexuslite.bson._own", "nexuslite.bson._own.codec")
THEIRS = Side("bson", "bson")

Case = Callable[..., Any]


def outcome(case: Case, side: Side) -> Any:
    """What a case comes to: its text, or the name of the error."""
    try:
        value = case(side)
    except (struct.error, OverflowError) as error:
        # Where pymongo lets struct find out, we say ValueError.
        return "ValueError" if isinstance(error, struct.error) else "OverflowError"
    except Exception as error:
        return type(error).__name__
    if inspect.isgenerator(value):
        value = list(value)
    return f"{type(value).__name__}: {value!r}"


def check(*cases: Case) -> None:
    for case in cases:
        ours, theirs = outcome(case, OURS), outcome(case, THEIRS)
        assert ours == theirs, inspect.getsource(case)


COMPARISONS = [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]


def check_pairs(make: Callable[[Any, Any], Any], one: Any, two: Any) -> None:
    """Every comparison, hash, text, copy and pickle of two values of one class."""
    for compare in COMPARISONS:
        check(lambda b, c=compare: c(make(b, one), make(b, two)))
        check(lambda b, c=compare: c(make(b, one), make(b, one)))
        check(lambda b, c=compare: c(make(b, one), one))
    check(
        lambda b: hash(make(b, one)) == hash(make(b, two)),
        lambda b: hash(make(b, one)),
        lambda b: str(make(b, one)),
        lambda b: repr(make(b, one)),
        lambda b: copy.copy(make(b, one)),
        lambda b: copy.deepcopy(make(b, one)),
        lambda b: pickle.loads(pickle.dumps(make(b, one))),
    )
