"""The classes that options are made of, compared with pymongo's."""

from __future__ import annotations

import copy
import importlib
import inspect
import operator
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexuslite import collation, read_concern, read_preferences, write_concern
from nexuslite.collation import Collation, validate_collation_or_none
from nexuslite.errors import ConfigurationError
from nexuslite.read_concern import ReadConcern
from nexuslite.read_preferences import Primary, ReadPreference, Secondary
from nexuslite.write_concern import WriteConcern


def outcome(make: Any) -> Any:
    try:
        value = make()
    except Exception as error:
        return type(error).__name__
    return repr(value)


def check_alike(ours: Any, theirs: Any, one: Any, two: Any, attributes: list[str]) -> None:
    assert outcome(lambda: ours(**one)) == outcome(lambda: theirs(**one))
    for how in (lambda v: pickle.loads(pickle.dumps(v)), copy.copy, copy.deepcopy, hash):
        assert outcome(lambda h=how: h(ours(**one))) == outcome(lambda h=how: h(theirs(**one)))
    for attribute in attributes:
        name = attribute
        assert outcome(lambda: getattr(ours(**one), name)) == outcome(lambda: getattr(theirs(**one), name)), (
            name
        )
    # Against another one, and against each that differs in one thing only.
    for other in (two, *({**one, name: value} for name, value in two.items())):
        for compare in (operator.eq, operator.ne):
            same = outcome(lambda c=compare, o=other: c(ours(**one), ours(**o)))
            assert same == outcome(lambda c=compare, o=other: c(theirs(**one), theirs(**o)))
    assert outcome(lambda: ours(**one) == 5) == outcome(lambda: theirs(**one) == 5)


WRITE_CONCERNS = st.fixed_dictionaries(
    {},
    optional={
        "w": st.sampled_from([0, 1, 2, -1, "majority", "x", 1.5, True, None]),
        "wtimeout": st.sampled_from([0, 5, -5, "a", 1.5, None]),
        "j": st.sampled_from([True, False, 1, None]),
        "fsync": st.sampled_from([True, False, 5, None]),
    },
)


@given(WRITE_CONCERNS, WRITE_CONCERNS)
def test_write_concerns_behave_as_pymongos(one: Any, two: Any) -> None:
    theirs = pytest.importorskip("pymongo", reason="compares with pymongo").WriteConcern
    check_alike(WriteConcern, theirs, one, two, ["document", "acknowledged", "is_server_default"])


READ_CONCERNS = st.fixed_dictionaries(
    {}, optional={"level": st.sampled_from([None, "local", "majority", "x", 5])}
)


@given(READ_CONCERNS, READ_CONCERNS)
def test_read_concerns_behave_as_pymongos(one: Any, two: Any) -> None:
    theirs = pytest.importorskip("pymongo.read_concern", reason="compares with pymongo").ReadConcern
    check_alike(ReadConcern, theirs, one, two, ["document", "level", "ok_for_legacy"])


MODES = st.sampled_from(["PrimaryPreferred", "Secondary", "SecondaryPreferred", "Nearest"])
PREFERENCES = st.fixed_dictionaries(
    {},
    optional={
        "tag_sets": st.sampled_from([None, [{}], [{"a": "b"}], [], [5], 5, ({"a": "b"},)]),
        "max_staleness": st.sampled_from([-1, 120, 0, -2, "a", 1.5]),
        "hedge": st.sampled_from([None, {"enabled": True}, 5]),
    },
)
PREFERENCE = ["document", "mode", "mongos_mode", "name", "tag_sets", "max_staleness", "hedge"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@given(MODES, PREFERENCES, PREFERENCES)
def test_read_preferences_behave_as_pymongos(mode: str, one: Any, two: Any) -> None:
    theirs = pytest.importorskip("pymongo.read_preferences", reason="compares with pymongo")
    check_alike(getattr(read_preferences, mode), getattr(theirs, mode), one, two, PREFERENCE)
    check_alike(Primary, theirs.Primary, {}, {}, PREFERENCE)
    assert outcome(lambda: getattr(read_preferences, mode)() == Primary()) == "False"
    for name in ("PRIMARY", "PRIMARY_PREFERRED", "SECONDARY", "SECONDARY_PREFERRED", "NEAREST"):
        assert repr(getattr(ReadPreference, name)) == repr(getattr(theirs.ReadPreference, name))


COLLATIONS = st.fixed_dictionaries(
    {"locale": st.sampled_from(["en", "simple", 5])},
    optional={
        "caseLevel": st.sampled_from([True, False, 5, None]),
        "caseFirst": st.sampled_from(["upper", 5, None]),
        "strength": st.sampled_from([1, 9, "a", None]),
        "numericOrdering": st.sampled_from([True, 5, None]),
        "alternate": st.sampled_from(["shifted", 5, None]),
        "maxVariable": st.sampled_from(["punct", 5, None]),
        "normalization": st.sampled_from([True, 5, None]),
        "backwards": st.sampled_from([False, 5, None]),
        "other": st.sampled_from([1, None]),
    },
)


@given(COLLATIONS, COLLATIONS)
def test_collations_behave_as_pymongos(one: Any, two: Any) -> None:
    theirs = pytest.importorskip("pymongo.collation", reason="compares with pymongo")
    check_alike(Collation, theirs.Collation, one, two, ["document"])


def test_the_names_of_collations_are_pymongos() -> None:
    theirs = pytest.importorskip("pymongo.collation", reason="compares with pymongo")
    for name in ("CollationStrength", "CollationAlternate", "CollationMaxVariable", "CollationCaseFirst"):
        ours = {k: v for k, v in vars(getattr(collation, name)).items() if k.isupper()}
        assert ours == {k: v for k, v in vars(getattr(theirs, name)).items() if k.isupper()}


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (write_concern, "WriteConcern"),
        (read_concern, "ReadConcern"),
        (read_preferences, "Primary"),
        (read_preferences, "Nearest"),
        (collation, "Collation"),
    ],
)
def test_each_class_is_made_as_pymongos(module: Any, name: str) -> None:
    pytest.importorskip("pymongo", reason="compares with pymongo")
    theirs = getattr(importlib.import_module(f"pymongo.{module.__name__.rpartition('.')[2]}"), name)
    ours = getattr(module, name)
    for attribute in dir(theirs):
        if not attribute.startswith("_") and attribute != "min_wire_version":
            assert hasattr(ours, attribute), attribute
    expected = inspect.signature(theirs).parameters.values()
    assert [(p.name, p.default) for p in inspect.signature(ours).parameters.values()] == [
        (p.name, p.default) for p in expected
    ]


def test_a_collation_is_taken_in_each_form_and_nothing_else() -> None:
    assert validate_collation_or_none(None) is None
    assert (
        validate_collation_or_none({"locale": "en"})
        == validate_collation_or_none(Collation("en"))
        == {"locale": "en"}
    )
    with pytest.raises(TypeError, match="collation must be"):
        validate_collation_or_none(5)  # type: ignore[arg-type]


def test_the_concerns_stand_alone() -> None:
    assert repr(WriteConcern("majority", wtimeout=5)) == "WriteConcern(wtimeout=5, w='majority')"
    assert not WriteConcern(0).acknowledged and WriteConcern().is_server_default
    with pytest.raises(ConfigurationError):
        WriteConcern(0, j=True)
    assert ReadConcern("local").ok_for_legacy and ReadConcern("majority").document == {"level": "majority"}
    assert Secondary([{"dc": "ny"}]).document == {"mode": "secondary", "tags": [{"dc": "ny"}]}
