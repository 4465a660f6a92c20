"""The table of options: every row of it is tried, and it is complete against pymongo's signatures."""

from __future__ import annotations

import importlib
import inspect
from datetime import timezone
from typing import Any

import pytest

from nexuslite._options import ANY_CASE, TABLE, Kind, Rule, check
from nexuslite._options.constructors import OPENING
from nexuslite._options.verbs import CREATE_COLLECTION
from nexuslite.bson.binary import UuidRepresentation
from nexuslite.bson.codec_options import CodecOptions, DatetimeConversion, TypeRegistry
from nexuslite.bson.raw_bson import RawBSONDocument
from nexuslite.errors import ConfigurationError, NotSupportedError
from nexuslite.read_concern import ReadConcern
from nexuslite.read_preferences import Nearest, Primary, Secondary
from nexuslite.write_concern import WriteConcern

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
    if verb in ANY_CASE:
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
        ("find", {"max_scan": 5}, "max_scan="),
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
    "models",
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
    "validate_collection": "Database",
    "command": "Database",
    "start_transaction": "ClientSession",
    "with_transaction": "ClientSession",
}
# What is no verb of pymongo: our own constructor, and one request of many.
OWN_VERBS = {
    "Database",
    "request",
    "get_many",
    "upsert_many",
    "merge_many",
    "restore",
    "purge",
    "count_deleted",
}
# MongoDB's own names of options that pymongo hands on, where a method takes any.
HANDED_ON = {
    "create_collection": set(CREATE_COLLECTION),
    "count_documents": {"skip", "limit", "maxTimeMS", "collation", "hint", "let"},
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
    "create_index": {"maxTimeMS"},
    "create_indexes": {"maxTimeMS"},
}


def pymongos_method(verb: str) -> Any:
    pytest.importorskip("pymongo", reason="compares with pymongo")
    owner, _, verb = f"{OWNERS.get(verb, 'Collection')}.{verb}".rpartition(".")
    owner = "MongoClient" if owner.endswith("Client") else owner
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
    ours = set(OPENING) | {"j", "wtimeout", "ssl"}
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
