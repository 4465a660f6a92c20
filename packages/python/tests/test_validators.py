"""Validators, and the option that passes by them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import nexuslite
from nexuslite import (
    BulkWriteError,
    Client,
    Collection,
    InsertOne,
    OperationFailure,
    ReplaceOne,
    ReturnDocument,
    UpdateOne,
    WriteError,
)

People = Collection[dict[str, Any]]
BAD = {"_id": 2, "age": 3}


@pytest.fixture
def people() -> Any:
    """A collection of adults: one of them, with the ``_id`` 1."""
    with nexuslite.Database[dict[str, Any]](":memory:") as made:
        adults = made.create_collection("people", validator={"age": {"$gte": 18}})
        adults.insert_one({"_id": 1, "age": 36})
        yield adults


# Each makes one document that is no adult's.
WRITES: dict[str, Callable[..., Any]] = {
    "insert_one": lambda people, **more: people.insert_one(dict(BAD), **more),
    "insert_many": lambda people, **more: people.insert_many([dict(BAD)], **more),
    "update_one": lambda people, **more: people.update_one({"_id": 1}, {"$set": {"age": 3}}, **more),
    "update_one, a pipeline": lambda people, **more: people.update_one({"_id": 1}, [{"$set": {"age": 3}}], **more),
    "update_one, upsert": lambda people, **more: people.update_one({"_id": 2}, {"$set": {"age": 3}}, upsert=True, **more),
    "update_many": lambda people, **more: people.update_many({}, {"$set": {"age": 3}}, **more),
    "replace_one": lambda people, **more: people.replace_one({"_id": 1}, {"age": 3}, **more),
    "bulk_write, insert": lambda people, **more: people.bulk_write([InsertOne(dict(BAD))], **more),
    "bulk_write, update": lambda people, **more: people.bulk_write([UpdateOne({}, {"$set": {"age": 3}})], **more),
    "bulk_write, replace": lambda people, **more: people.bulk_write([ReplaceOne({}, {"age": 3})], **more),
}
# The same of those whose option is spelt as MongoDB spells it.
AS_MONGODB: dict[str, Callable[..., Any]] = {
    "find_one_and_update": lambda people, **more: people.find_one_and_update({"_id": 1}, {"$set": {"age": 3}}, **more),
    "find_one_and_replace": lambda people, **more: people.find_one_and_replace({"_id": 1}, {"age": 3}, **more),
}
CASES = [(name, "bypass_document_validation", write) for name, write in WRITES.items()]
CASES += [(name, "bypassDocumentValidation", write) for name, write in AS_MONGODB.items()]


@pytest.mark.parametrize(("option", "write"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_does_not_satisfy_the_validator_is_stored_only_when_it_is_bypassed(
    people: People, option: str, write: Callable[..., Any]
) -> None:
    for refused in ({}, {option: False}, {option: None}):
        with pytest.raises(OperationFailure) as caught:
            write(people, **refused)
        fault: Any = caught.value.details
        if isinstance(caught.value, BulkWriteError):
            (fault,) = fault["writeErrors"]
        assert fault["code"] == 121 and fault["errInfo"]["failingDocumentId"] in (1, 2)
        assert people.count_documents({"age": 3}) == 0
    write(people, **{option: True})
    assert people.count_documents({"age": 3}) == 1


def test_the_validator_is_bypassed_in_a_transaction_too(client: Client[dict[str, Any]]) -> None:
    people = client["shop"].create_collection("people", validator={"age": {"$gte": 18}})
    with client.start_session() as session, session.start_transaction():
        with pytest.raises(WriteError, match="validation"):
            people.insert_one({"age": 3}, session=session)
        people.insert_one({"age": 3}, bypass_document_validation=True, session=session)
    assert people.count_documents({}) == 1


def test_a_document_that_is_handed_out_after_the_change_was_let_pass(people: People) -> None:
    after = people.find_one_and_update(
        {"_id": 1}, {"$set": {"age": 3}}, return_document=ReturnDocument.AFTER, bypassDocumentValidation=True
    )
    assert after == {"_id": 1, "age": 3}


def test_levels_and_actions() -> None:
    with nexuslite.Database[dict[str, Any]](":memory:") as database:
        schema = {"$jsonSchema": {"required": ["age"], "properties": {"age": {"bsonType": "int"}}}}
        moderate = database.create_collection("moderate", validator=schema, validationLevel="moderate")
        moderate.insert_one({"_id": 1}, bypass_document_validation=True)
        moderate.update_one({"_id": 1}, {"$set": {"n": 1}})
        with pytest.raises(WriteError):
            moderate.insert_one({"_id": 2})
        off = database.create_collection("off", validator=schema, validationLevel="off")
        off.insert_one({"_id": 1})
        warn = database.create_collection("warn", validator=schema, validationAction="warn")
        warn.insert_one({"_id": 1})
        assert off.options() == {"validator": schema, "validationLevel": "off"}
        assert warn.options() == {"validator": schema, "validationAction": "warn"}
        for wrong in ({"validationLevel": "some"}, {"validationAction": 5}, {"validator": {"$nothing": 1}}, {"validator": 5}):
            with pytest.raises(OperationFailure):
                database.create_collection("wrong", **wrong)
        assert "wrong" not in database.list_collection_names()
