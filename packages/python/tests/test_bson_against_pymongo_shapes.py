"""Our own classes against pymongo's: the same names, called in the same way."""

from __future__ import annotations

import importlib
import inspect
import types
from typing import Any

import pytest

from beside_pymongo import MODULES, OURS, THEIRS

# pymongo warns of what it means to drop, and of flags that Python means to drop.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.mark.parametrize("module", MODULES)
def test_every_class_has_the_methods_of_pymongos(module: str) -> None:
    door = importlib.import_module(f"nexuslite.bson.{module}")
    for name in door.__all__:
        theirs, ours = getattr(THEIRS, name), getattr(OURS, name)
        if not inspect.isclass(theirs):
            continue
        for attribute in dir(theirs):
            if not attribute.startswith("_") or attribute == "_type_marker":
                assert hasattr(ours, attribute), f"{name}.{attribute}"
        assert getattr(ours, "_type_marker", None) == getattr(theirs, "_type_marker", None), name


# Where a signature is meant to be another one: numpy, and what only newer readers of types see.
OTHER_SIGNATURES = {"Binary.as_vector", "SON.update"}


@pytest.mark.parametrize("module", MODULES)
def test_every_signature_is_that_of_pymongos(module: str) -> None:
    door = importlib.import_module(f"nexuslite.bson.{module}")
    for name in door.__all__:
        theirs, ours = getattr(THEIRS, name), getattr(OURS, name)
        if not inspect.isclass(theirs):
            continue
        methods = [m for m in vars(theirs) if not m.startswith("_")] + ["__init__", "__new__"]
        for method in methods:
            own, pymongos = getattr(ours, method), getattr(theirs, method)
            if f"{name}.{method}" in OTHER_SIGNATURES or not callable(pymongos):
                continue
            if not (
                inspect.isroutine(pymongos) and isinstance(pymongos, (types.FunctionType, types.MethodType))
            ):
                continue
            if not isinstance(own, (types.FunctionType, types.MethodType)):
                continue
            assert shape(own) == shape(pymongos), f"{name}.{method}"


@pytest.mark.parametrize(
    "name", ["encode", "decode", "decode_all", "decode_iter", "decode_file_iter", "is_valid"]
)
def test_every_function_has_the_parameters_of_pymongos(name: str) -> None:
    assert [part[0] for part in shape(getattr(OURS, name))] == [
        part[0] for part in shape(getattr(THEIRS, name))
    ]


def shape(function: Any) -> list[tuple[str, Any, str]]:
    return [
        (parameter.name, parameter.kind, repr(parameter.default))
        for parameter in inspect.signature(function).parameters.values()
        if parameter.name not in ("self", "cls", "args", "kwargs")
    ]


def test_the_constants_are_the_same() -> None:
    binary = importlib.import_module("nexuslite.bson.binary")
    for name in binary.__all__:
        if not inspect.isclass(getattr(THEIRS, name)):
            assert getattr(OURS, name) == getattr(THEIRS, name), name
    for name in ("UNSPECIFIED", "STANDARD", "PYTHON_LEGACY", "JAVA_LEGACY", "CSHARP_LEGACY"):
        assert getattr(OURS.UuidRepresentation, name) == getattr(THEIRS.UuidRepresentation, name)
    assert [(m.name, m.value) for m in OURS.DatetimeConversion] == [
        (m.name, m.value) for m in THEIRS.DatetimeConversion
    ]
    assert [(m.name, m.value) for m in OURS.BinaryVectorDtype] == [
        (m.name, m.value) for m in THEIRS.BinaryVectorDtype
    ]
