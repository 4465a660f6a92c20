"""Which classes ``nexuslite.bson`` is, and that its names are complete in both cases."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pickle
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

import nexuslite.bson
from nexuslite.bson._own import codec as own_codec
from bson_modules import MODULES
from nexuslite.bson.raw_bson import RawBSONDocument

HAS_PYMONGO = importlib.util.find_spec("pymongo") is not None


SOURCES = ["bson", "bson.errors", "bson.raw_bson"]


def test_implementation_is_pymongo_exactly_when_it_is_installed() -> None:
    assert ("pymongo" if HAS_PYMONGO else "nexuslite") == nexuslite.bson.IMPLEMENTATION


@pytest.mark.parametrize("module", MODULES)
def test_every_name_of_a_module_is_the_object_of_the_package_in_use(module: str) -> None:
    public = importlib.import_module(f"nexuslite.bson.{module}")
    source = importlib.import_module(f"bson.{module}" if HAS_PYMONGO else f"nexuslite.bson._own.{module}")
    assert public.__all__ == sorted(public.__all__)
    for name in public.__all__:
        # An older pymongo lacks some names, and then they are lacking here too.
        assert getattr(public, name, None) is getattr(source, name, None), name


def test_every_name_of_the_package_is_the_object_of_the_package_in_use() -> None:
    names = [name for name in nexuslite.bson.__all__ if name != "IMPLEMENTATION"]
    for name in names:
        value = getattr(nexuslite.bson, name)
        if HAS_PYMONGO:
            assert any(value is vars(importlib.import_module(source)).get(name) for source in SOURCES), name
        elif inspect.isclass(value):
            assert value.__module__.startswith("nexuslite.bson"), name
            assert "_own" not in value.__module__, name


def test_our_modules_have_every_name_that_the_doors_promise() -> None:
    for module in MODULES:
        door = importlib.import_module(f"nexuslite.bson.{module}")
        own = importlib.import_module(f"nexuslite.bson._own.{module}")
        assert set(door.__all__) <= set(own.__all__ if hasattr(own, "__all__") else vars(own)), module
    for name in (
        "encode",
        "decode",
        "decode_all",
        "decode_iter",
        "decode_file_iter",
        "is_valid",
        "BSON",
        "has_c",
    ):
        assert name in own_codec.__all__


def run_with(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Runs ``code`` in a process that sees ``folder`` before everything else."""
    package = Path(nexuslite.bson.__file__).parents[2]
    program = f"import sys; sys.path[:0] = [{str(folder)!r}, {str(package)!r}]\n" + textwrap.dedent(code)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


REPORT = """
    import nexuslite.bson as bson
    from nexuslite import errors
    print(bson.IMPLEMENTATION, bson.ObjectId.__module__, [c.__module__ for c in errors.NexusError.__mro__][1])
"""


def test_the_unrelated_package_named_bson_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "bson").mkdir()
    (tmp_path / "bson" / "__init__.py").write_text("def dumps(value): ...\ndef loads(data): ...\n")
    (tmp_path / "bson" / "objectid.py").write_text("class ObjectId: ...\n")
    done = run_with(tmp_path, REPORT)
    assert done.stdout.split() == ["nexuslite", "nexuslite.bson.objectid", "builtins"], done.stderr


@pytest.mark.parametrize(
    "error", ["ImportError('broken')", "RuntimeError('broken')", "SyntaxError('broken')"]
)
def test_a_bson_that_cannot_be_imported_is_not_used(tmp_path: Path, error: str) -> None:
    (tmp_path / "bson.py").write_text(f"raise {error}\n")
    done = run_with(tmp_path, REPORT)
    assert done.stdout.split() == ["nexuslite", "nexuslite.bson.objectid", "builtins"], done.stderr


def values(bson: Any) -> list[Any]:
    """One value of each class, made by the classes of ``bson``."""
    return [
        bson.ObjectId("0123456789abcdef01234567"),
        bson.Binary(b"a", 5),
        bson.Int64(5),
        bson.Decimal128("1.50"),
        bson.Regex("a", "i"),
        bson.Timestamp(1, 2),
        bson.MinKey(),
        bson.MaxKey(),
        bson.Code("a", {"b": 1}),
        bson.DBRef("c", 1, "d", x=2),
        bson.SON([("b", 1), ("a", bson.SON(c=2))]),
        bson.DatetimeMS(5),
        bson.CodecOptions(tz_aware=True),
        RawBSONDocument(b"\x05\0\0\0\0"),
    ]


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_every_value_survives_a_pickle(protocol: int) -> None:
    made = values(nexuslite.bson)
    read = pickle.loads(pickle.dumps(made, protocol))
    assert read == made
    assert [type(value) for value in read] == [type(value) for value in made]
    assert list(map(repr, read)) == list(map(repr, made))


def test_what_was_pickled_without_pymongo_is_read_by_the_classes_in_use(tmp_path: Path) -> None:
    (tmp_path / "bson.py").write_text("raise ImportError('broken')\n")
    done = run_with(
        tmp_path,
        f"""
        import pickle, sys
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        import nexuslite.bson, test_bson_choice
        assert nexuslite.bson.IMPLEMENTATION == "nexuslite"
        print(pickle.dumps(test_bson_choice.values(nexuslite.bson)).hex())
        """,
    )
    assert done.returncode == 0, done.stderr
    read = pickle.loads(bytes.fromhex(done.stdout.strip()))
    made = values(nexuslite.bson)
    assert read == made
    assert list(map(repr, read)) == list(map(repr, made))
