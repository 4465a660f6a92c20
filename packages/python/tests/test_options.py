"""The table of options: every row of it is tried, and it is complete against pymongo's signatures.

The classes that options are made of are compared with pymongo's here as well.
"""

from __future__ import annotations

import copy
import importlib
import inspect
import operator
import pickle
from datetime import timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nexuslite import _options, collation, read_concern, read_preferences, write_concern
from nexuslite._options import TABLE, Kind, Rule, check
from nexuslite.bson.binary import UuidRepresentation
from nexuslite.bson.codec_options import CodecOptions, DatetimeConversion, TypeRegistry
from nexuslite.bson.raw_bson import RawBSONDocument
from nexuslite.collation import Collation, validate_collation_or_none
from nexuslite.errors import ConfigurationError, NotSupportedError
from nexuslite.read_concern import ReadConcern
from nexuslite.read_preferences import Nearest, Primary, ReadPreference, Secondary
from nexuslite.write_concern import WriteConcern

# No example is timed, and one that fails is printed with what repeats it.
settings.register_profile("nexuslite", deadline=None, database=None, print_blob=True)
settings.load_profile("nexuslite")

ROWS = [(verb, name, rule) for verb, rules in TABLE.items() for name, rule in rules.items()]
each_row = pytest.mark.parametrize(
    ("verb", "name", "rule"), ROWS, ids=[f"{verb}-{name}" for verb, name, _ in ROWS]
)


@each_row
def test_every_row_says_what_it_does(verb: str, name: str, rule: Rule) -> None:
    if rule.kind is Kind.HONOURED:
        assert not rule.why
    else:
        assert rule.why and rule.why[0].islower() and not rule.why.endswith(".")
    if rule.kind is Kind.REFUSED:
        assert rule.bad
    if verb in _options._ANY_CASE:
        assert name == name.lower()


@each_row
def test_every_value_that_a_row_accepts_is_accepted(verb: str, name: str, rule: Rule) -> None:
    for value in rule.good:
        taken = check(verb, {name: value})
        assert (list(taken) == [rule.becomes or name]) == (rule.kind is Kind.HONOURED), value
        assert rule.kind is Kind.HONOURED or taken == {}


@each_row
def test_every_value_that_a_row_does_not_accept_is_an_error_that_names_it(
    verb: str, name: str, rule: Rule
) -> None:
    for value in rule.bad:
        with pytest.raises((NotSupportedError, TypeError, ValueError)) as caught:
            check(verb, {name: value})
        assert verb in str(caught.value) and name in str(caught.value)
        if rule.kind is Kind.REFUSED:
            assert isinstance(caught.value, NotSupportedError) and rule.why in str(caught.value)


@each_row
def test_none_is_an_option_that_was_not_given(verb: str, name: str, rule: Rule) -> None:
    assert check(verb, {name: None}) == {}


@pytest.mark.parametrize("verb", TABLE)
def test_an_option_that_does_not_exist_is_an_error_that_names_it(verb: str) -> None:
    for value in (None, 1):
        with pytest.raises(ConfigurationError, match=f"{verb}: unknown option 'nonsense'") as caught:
            check(verb, {"nonsense": value})
        assert not isinstance(caught.value, NotSupportedError)


def test_a_misspelt_option_is_answered_with_the_right_one() -> None:
    with pytest.raises(ConfigurationError, match="did you mean upsert"):
        check("update_one", {"upserts": True})


def test_the_options_of_a_constructor_may_be_written_in_any_case() -> None:
    assert check("Client", {"retryWrites": True, "Tz_Aware": True, "uuidRepresentation": "standard"}) == {
        "tz_aware": True
    }
    with pytest.raises(NotSupportedError, match="option maxPoolSize=5"):
        check("Client", {"maxPoolSize": 5})
    with pytest.raises(ConfigurationError, match="unknown option 'Upsert'"):
        check("update_one", {"Upsert": True})


def test_what_was_asked_of_the_issue_is_refused_by_name() -> None:
    for verb, options, text in (
        ("Client", {"w": 0}, "w=0"),
        ("with_options", {"write_concern": WriteConcern(0)}, "write_concern=WriteConcern(w=0)"),
        (
            "with_options",
            {"read_concern": ReadConcern("linearizable")},
            "read_concern=ReadConcern(linearizable)",
        ),
        ("Client", {"timeoutMS": 5}, "timeoutMS=5"),
        ("Client", {"serverSelectionTimeoutMS": 5}, "serverSelectionTimeoutMS=5"),
        ("with_options", {"read_preference": Secondary()}, "read_preference=Secondary"),
        ("find", {"let": {"a": 1}}, "let="),
        ("create_collection", {"timeseries": {"timeField": "t"}}, "timeseries="),
    ):
        with pytest.raises(NotSupportedError) as caught:
            check(verb, options)
        assert text in str(caught.value)


def test_a_secret_is_refused_without_being_shown() -> None:
    for name in ("password", "tlsCertificateKeyFilePassword", "authMechanismProperties"):
        with pytest.raises(NotSupportedError, match=f"option {name} is not supported") as caught:
            check("Client", {name: "hunter2"})
        assert "hunter2" not in str(caught.value)


def test_a_time_limit_has_one_name() -> None:
    assert (
        check("find", {"max_time_ms": 5}) == check("count_documents", {"maxTimeMS": 5}) == {"max_time_ms": 5}
    )


def test_codec_options_are_taken_with_uuids_as_the_standard_says() -> None:
    given = CodecOptions(tz_aware=True, tzinfo=timezone.utc, document_class=RawBSONDocument)
    taken = check("with_options", {"codec_options": given})["codec_options"]
    assert taken == given.with_options(uuid_representation=UuidRepresentation.STANDARD)
    with pytest.raises(NotSupportedError, match="codec_options"):
        check(
            "with_options", {"codec_options": CodecOptions(type_registry=TypeRegistry(fallback_encoder=str))}
        )


def test_options_that_decode_are_taken_as_what_they_mean() -> None:
    assert check(
        "Client", {"datetime_conversion": "DATETIME_AUTO", "tzinfo": timezone.utc, "document_class": dict}
    ) == {
        "datetime_conversion": DatetimeConversion.DATETIME_AUTO,
        "tzinfo": timezone.utc,
        "document_class": dict,
    }


def test_default_transaction_options_are_looked_into() -> None:
    class Options:
        read_concern = ReadConcern("snapshot")
        write_concern = WriteConcern("majority")
        read_preference = Primary()
        max_commit_time_ms = None

    options = Options()
    assert check("start_session", {"default_transaction_options": options}) == {
        "default_transaction_options": options
    }
    for name, value in (
        ("write_concern", WriteConcern(0)),
        ("read_preference", Nearest()),
        ("max_commit_time_ms", 5),
    ):
        other = Options()
        setattr(other, name, value)
        with pytest.raises(NotSupportedError):
            check("start_session", {"default_transaction_options": other})


# Against pymongo's signatures

# The parameters that carry data: what is found, written or named. They are no options.
DATA = {
    "self",
    "args",
    "kwargs",
    "host",
    "database",
    "name",
    "name_or_database",
    "name_or_collection",
    "new_name",
    "command",
    "value",
    "document",
    "documents",
    "requests",
    "update",
    "replacement",
    "key",
    "keys",
    "indexes",
    "index_or_name",
    "callback",
}
OWNERS = {
    "Client": "MongoClient",
    "get_database": "MongoClient",
    "list_databases": "MongoClient",
    "list_database_names": "MongoClient",
    "drop_database": "MongoClient",
    "server_info": "MongoClient",
    "start_session": "MongoClient",
    "get_collection": "Database",
    "create_collection": "Database",
    "drop_collection": "Database",
    "list_collections": "Database",
    "list_collection_names": "Database",
    "command": "Database",
    "start_transaction": "ClientSession",
    "with_transaction": "ClientSession",
}
# What is no verb of pymongo: our own constructor, and one request of many.
OWN_VERBS = {"Database", "request"}
# MongoDB's own names of options that pymongo hands on, where a method takes any.
HANDED_ON = {
    "create_collection": set(_options._CREATE_COLLECTION),
    "count_documents": {"skip", "limit", "maxTimeMS", "collation", "hint"},
    "estimated_document_count": {"maxTimeMS"},
    "distinct": {"maxTimeMS", "collation"},
    "rename": {"dropTarget"},
    "command": {"readConcern", "writeConcern"},
    "list_collections": {"nameOnly", "authorizedCollections"},
    "list_collection_names": {"authorizedCollections"},
    "list_databases": {"filter", "nameOnly", "authorizedDatabases"},
    "find_one_and_delete": {"maxTimeMS", "max_time_ms", "collation", "write_concern"},
    "find_one_and_replace": {
        "maxTimeMS",
        "max_time_ms",
        "collation",
        "write_concern",
        "bypassDocumentValidation",
    },
    "find_one_and_update": {
        "maxTimeMS",
        "max_time_ms",
        "collation",
        "write_concern",
        "bypassDocumentValidation",
        "arrayFilters",
    },
    "bulk_write": set(),
}


def pymongos_method(verb: str) -> Any:
    pytest.importorskip("pymongo", reason="compares with pymongo")
    owner = OWNERS.get(verb, "Collection")
    module = {"MongoClient": "mongo_client", "ClientSession": "client_session"}.get(owner, owner.lower())
    cls = getattr(importlib.import_module(f"pymongo.{module}"), owner)
    if verb in ("find", "find_one"):
        return importlib.import_module("pymongo.cursor").Cursor.__init__
    return cls.__init__ if verb == "Client" else getattr(cls, verb)


@pytest.mark.parametrize("verb", sorted(set(TABLE) - OWN_VERBS - {"Client"}))
def test_every_option_of_a_verb_of_pymongo_has_a_row(verb: str) -> None:
    parameters = inspect.signature(pymongos_method(verb)).parameters
    data = DATA | (
        {"collection", "filter"} if verb not in ("list_collections", "list_collection_names") else set()
    )
    data -= {"filter"} if verb == "list_databases" else set()
    if verb == "distinct" or verb.startswith(("find", "update", "replace", "delete", "count")):
        data = data | {"filter"}
    named = {name for name in parameters if name not in data}
    assert named | HANDED_ON.get(verb, set()) == set(TABLE[verb])


@pytest.mark.parametrize("verb", sorted(set(TABLE) - OWN_VERBS))
def test_every_default_of_pymongo_is_accepted(verb: str) -> None:
    parameters = inspect.signature(pymongos_method(verb)).parameters.values()
    defaults = {p.name: p.default for p in parameters if p.name in TABLE[verb] and p.default is not p.empty}
    taken = check(verb, defaults)
    assert all(value == defaults[name] for name, value in taken.items())


def test_every_option_of_pymongos_client_has_a_row() -> None:
    common = pytest.importorskip("pymongo.common", reason="compares with pymongo")
    parameters = inspect.signature(pymongos_method("Client")).parameters
    named = (
        {name for name in parameters if name not in DATA} | set(common.VALIDATORS) | set(common.KW_VALIDATORS)
    )
    named |= set(common.URI_OPTIONS_ALIAS_MAP) if hasattr(common, "URI_OPTIONS_ALIAS_MAP") else set()
    ours = set(_options._OPENING) | {"j", "wtimeout", "ssl"}
    missing = {name.lower() for name in named} - set(TABLE["Client"])
    assert not missing
    # An older pymongo lacks options that a newer one has.
    if importlib.import_module("pymongo").version_tuple >= (4, 20):
        assert set(TABLE["Client"]) - {name.lower() for name in named} <= ours


def test_pymongos_own_objects_are_as_good_as_ours() -> None:
    pymongo = pytest.importorskip("pymongo", reason="needs pymongo")
    concern = importlib.import_module("pymongo.read_concern").ReadConcern
    preferences = importlib.import_module("pymongo.read_preferences")
    their_collation = importlib.import_module("pymongo.collation").Collation
    journaled = pymongo.WriteConcern("majority", j=True)
    assert check("with_options", {"write_concern": journaled}) == {"write_concern": journaled}
    assert check("with_options", {"read_concern": concern("majority")}) == {}
    assert check("with_options", {"read_preference": pymongo.ReadPreference.PRIMARY}) == {}
    assert check("find", {"collation": their_collation("de")}) == {"collation": {"locale": "de"}}
    for verb, options in (
        ("with_options", {"write_concern": pymongo.WriteConcern(0)}),
        ("with_options", {"read_concern": concern("linearizable")}),
        ("with_options", {"read_preference": preferences.Nearest()}),
    ):
        with pytest.raises(NotSupportedError):
            check(verb, options)


# The classes that options are made of


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
