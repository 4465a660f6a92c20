"""The verbs of a collection."""

from __future__ import annotations

import datetime
import uuid
from collections import OrderedDict, UserDict
from types import MappingProxyType
from typing import Any

import pytest

import nexuslite
from nexuslite import (
    BulkWriteError,
    Collation,
    Collection,
    Database,
    DeleteOne,
    DocumentTooLarge,
    DuplicateKeyError,
    InvalidName,
    InvalidOperation,
    OperationFailure,
    RawDocument,
    ReturnDocument,
    UpdateMany,
    UpdateOne,
    WriteError,
)
from nexuslite.bson import CodecOptions, InvalidDocument, ObjectId

Orders = Collection[dict[str, Any]]


def test_a_document_without_id_is_given_one(orders: Orders) -> None:
    document: dict[str, Any] = {"a": 1}
    result = orders.insert_one(document)
    assert result.acknowledged and isinstance(result.inserted_id, uuid.UUID) and result.inserted_id.version == 4
    assert document["_id"] == result.inserted_id
    assert orders.find_one() == document and list(orders.find_one() or {}) == ["_id", "a"]


def test_an_id_of_the_callers_is_kept(orders: Orders) -> None:
    for given in (7, "x", None, {"a": 1}, ObjectId(), 1.5, b"bytes"):
        assert orders.insert_one({"a": 1, "_id": given}).inserted_id == given
        assert orders.find_one({"_id": given}) == {"_id": given, "a": 1}


@pytest.mark.parametrize(("kind", "version"), [("uuid4", 4), ("uuid7", 7)])
def test_generated_ids_are_of_the_kind_that_was_asked_for(kind: str, version: int) -> None:
    with Database[Any](":memory:", generate_id=kind) as database:
        ids = database["orders"].insert_many([{} for _ in range(100)]).inserted_ids
        assert {made.version for made in ids} == {version} and len(set(ids)) == 100
        if kind == "uuid7":
            assert ids == sorted(ids)


def test_generated_ids_can_be_object_ids() -> None:
    with Database[Any](":memory:", generate_id="objectid") as database:
        made = database["orders"].insert_one({}).inserted_id
        assert type(made) is ObjectId and database["orders"].find_one(made) == {"_id": made}
        upserted = database["orders"].update_one({"a": 1}, {"$set": {"b": 1}}, upsert=True).upserted_id
        assert type(upserted) is ObjectId


@pytest.mark.parametrize("kind", [OrderedDict, UserDict, nexuslite.bson.SON])
def test_any_mutable_mapping_is_a_document(orders: Orders, kind: Any) -> None:
    document = kind([("b", 1), ("a", {"x": MappingProxyType({"y": 2})})])
    made = orders.insert_one(document).inserted_id
    assert document["_id"] == made
    found = orders.find_one() or {}
    assert list(found) == ["_id", "b", "a"] and found["a"] == {"x": {"y": 2}}


@pytest.mark.parametrize("wrong", [None, 5, "text", [("a", 1)], b"bytes", MappingProxyType({"a": 1})])
def test_anything_else_is_no_document(orders: Orders, wrong: Any) -> None:
    with pytest.raises(TypeError, match="document must be"):
        orders.insert_one(wrong)


def test_documents_that_cannot_be_stored(orders: Orders) -> None:
    for error, document in [
        (InvalidDocument, {"a": object()}),
        (InvalidDocument, {5: 1}),
        (InvalidDocument, {"a\0b": 1}),
        (OverflowError, {"a": 1 << 63}),
        (OverflowError, {"a": -(1 << 63) - 1}),
        (DocumentTooLarge, {"a": "x" * (16 << 20)}),
        (WriteError, {"_id": [1]}),
        (UnicodeEncodeError, {"a": "\ud800"}),
    ]:
        with pytest.raises(error):
            orders.insert_one(document)  # type: ignore[arg-type]
    nested: dict[str, Any] = {}
    nested["self"] = nested
    with pytest.raises(InvalidDocument, match="deeper than 100"):
        orders.insert_one(nested)
    assert orders.count_documents({}) == 0


def test_a_taken_id_is_a_duplicate_key(orders: Orders) -> None:
    orders.insert_one({"_id": 1})
    with pytest.raises(DuplicateKeyError) as caught:
        orders.insert_one({"_id": 1})
    assert caught.value.code == 11000 and caught.value.details is not None
    assert caught.value.details["codeName"] == "DuplicateKey"
    assert caught.value.details["keyPattern"] == {"_id": 1} and caught.value.details["keyValue"] == {"_id": 1}
    assert "E11000" in str(caught.value) and caught.value.kind == "DuplicateKey"


def test_many_documents_are_inserted_in_order(orders: Orders) -> None:
    result = orders.insert_many({"_id": number} for number in range(5000))
    assert result.inserted_ids == list(range(5000)) and result.acknowledged
    assert [each["_id"] for each in orders.find()] == list(range(5000))


def test_more_documents_than_are_handed_on_at_once(orders: Orders) -> None:
    text = "x" * 100_000
    documents = [{"_id": number, "text": text} for number in range(250)]
    documents[200]["_id"] = 7
    with pytest.raises(BulkWriteError) as caught:
        orders.insert_many(documents, ordered=False)
    assert caught.value.details["nInserted"] == 249
    (fault,) = caught.value.details["writeErrors"]
    assert fault["index"] == 200 and fault["code"] == 11000 and fault["op"] is documents[200]
    assert orders.count_documents({}) == 249


def test_the_first_fault_ends_an_ordered_insert(orders: Orders) -> None:
    documents = [{"_id": 1}, {"_id": 1, "second": True}, {"_id": 2}, {"_id": 1}]
    with pytest.raises(BulkWriteError) as caught:
        orders.insert_many(documents)
    details = caught.value.details
    assert caught.value.code == 65 and details["nInserted"] == 1
    assert [(each["index"], each["code"], each["op"]) for each in details["writeErrors"]] == [(1, 11000, documents[1])]
    assert details["writeErrors"][0]["keyValue"] == {"_id": 1}
    orders.delete_many({})
    with pytest.raises(BulkWriteError) as caught:
        orders.insert_many(documents, ordered=False)
    assert [each["index"] for each in caught.value.details["writeErrors"]] == [1, 3]
    assert caught.value.details["nInserted"] == 2 and orders.distinct("_id") == [1, 2]


@pytest.mark.parametrize("wrong", [[], None, {"a": 1}, "text", 5, iter(())])
def test_insert_many_wants_documents(orders: Orders, wrong: Any) -> None:
    with pytest.raises(TypeError, match="non-empty list"):
        orders.insert_many(wrong)


def test_bytes_go_in_and_come_out_untouched(orders: Orders) -> None:
    data = nexuslite.bson.encode({"_id": 1, "a": {"b": [1, 2.5, "x"]}})
    orders.insert_one(RawDocument(data))  # type: ignore[arg-type]
    raw: Collection[Any] = orders.with_options(CodecOptions(document_class=RawDocument))  # type: ignore[type-var]
    found = raw.find_one({"_id": 1})
    assert type(found) is RawDocument and found.raw == data and found["a"]["b"][1] == 2.5
    assert [each.raw for each in raw.find()] == [data]
    raw.replace_one({"_id": 1}, RawDocument(nexuslite.bson.encode({"_id": 1, "c": 1})))
    assert orders.find_one(1) == {"_id": 1, "c": 1}
    made = orders.insert_one(RawDocument(nexuslite.bson.encode({"x": 1})))  # type: ignore[arg-type]
    assert orders.find_one({"x": 1}) == {"_id": made.inserted_id, "x": 1}
    with pytest.raises((WriteError, nexuslite.InvalidBSON)):
        orders.insert_one(RawDocument(data[:8] + b"\xff" * (len(data) - 9) + b"\0"))  # type: ignore[arg-type]


def test_one_document_is_updated(orders: Orders) -> None:
    orders.insert_many([{"_id": 1, "n": 1}, {"_id": 2, "n": 1}])
    result = orders.update_one({"n": 1}, {"$inc": {"n": 1}})
    assert (result.matched_count, result.modified_count, result.upserted_id) == (1, 1, None)
    assert result.raw_result is not None and result.raw_result["updatedExisting"] is True
    result = orders.update_one({"_id": 1}, {"$set": {"n": 2}})
    assert (result.matched_count, result.modified_count) == (1, 0)
    result = orders.update_one({"_id": 9}, {"$set": {"n": 2}})
    assert (result.matched_count, result.modified_count, result.did_upsert) == (0, 0, False)


def test_an_upsert_makes_a_document(orders: Orders) -> None:
    result = orders.update_one({"_id": 5, "a": 1}, {"$set": {"b": 2}}, upsert=True)
    assert (result.matched_count, result.modified_count, result.upserted_id, result.did_upsert) == (0, 0, 5, True)
    assert orders.find_one() == {"_id": 5, "a": 1, "b": 2}
    made = orders.update_many({"c": 1}, {"$set": {"b": 3}}, upsert=True).upserted_id
    assert isinstance(made, uuid.UUID) and orders.find_one({"_id": made}) == {"_id": made, "c": 1, "b": 3}
    assert orders.replace_one({"_id": 6}, {"d": 1}, upsert=True).upserted_id == 6
    result = orders.update_one({"_id": None}, {"$set": {"e": 1}}, upsert=True)
    assert result.did_upsert and result.upserted_id is None


def test_every_document_is_updated(orders: Orders) -> None:
    orders.insert_many([{"_id": number, "n": number % 2} for number in range(10)])
    result = orders.update_many({"n": 1}, {"$set": {"n": 2}})
    assert (result.matched_count, result.modified_count) == (5, 5)
    assert orders.count_documents({"n": 2}) == 5


def test_a_document_is_replaced(orders: Orders) -> None:
    orders.insert_one({"_id": 1, "a": 1, "b": 2})
    result = orders.replace_one({"a": 1}, {"c": 3})
    assert (result.matched_count, result.modified_count) == (1, 1) and orders.find_one() == {"_id": 1, "c": 3}
    with pytest.raises(WriteError) as caught:
        orders.replace_one({"_id": 1}, {"_id": 2})
    assert caught.value.code == 66


def test_an_update_may_be_a_pipeline(orders: Orders) -> None:
    orders.insert_many([{"_id": number, "n": number} for number in range(4)])
    double = [{"$set": {"twice": {"$multiply": ["$n", 2]}}}, {"$unset": "n"}]
    assert orders.update_one({"_id": 1}, double).modified_count == 1
    assert orders.update_many({"_id": {"$gte": 2}}, double).modified_count == 2
    assert orders.find().to_list() == [{"_id": 0, "n": 0}, *({"_id": number, "twice": 2 * number} for number in (1, 2, 3))]
    found = orders.find_one_and_update({"_id": 0}, double, return_document=ReturnDocument.AFTER)
    assert found == {"_id": 0, "twice": 0}
    orders.bulk_write([UpdateOne({"_id": 0}, [{"$set": {"twice": 7}}]), UpdateMany({}, [{"$set": {"more": "$twice"}}])])
    assert orders.distinct("more") == [2, 4, 6, 7]
    made = orders.update_one({"_id": 9, "a": 1}, [{"$set": {"b": {"$add": ["$a", 1]}}}], upsert=True)
    assert made.upserted_id == 9 and orders.find_one(9) == {"_id": 9, "a": 1, "b": 2}


def test_elements_are_chosen_by_filters_and_documents_by_a_sort(orders: Orders) -> None:
    orders.insert_many([{"_id": number, "n": number, "list": [1, 5, {"a": 9}]} for number in range(4)])
    assert orders.update_one({}, {"$set": {"first": True}}, sort={"n": -1}).modified_count == 1
    assert orders.find_one({"first": True}, {"_id": 1}) == {"_id": 3}
    assert orders.replace_one({"n": {"$lt": 3}}, {"list": []}, sort={"n": -1}).modified_count == 1
    assert orders.find_one(2) == {"_id": 2, "list": []}
    orders.update_one({"_id": 0}, {"$set": {"list.$[big]": 6}}, array_filters=[{"big": {"$gt": 4}}])
    assert orders.find_one(0, {"list": 1}) == {"_id": 0, "list": [1, 6, {"a": 9}]}
    orders.update_many({}, {"$inc": {"list.$[x].a": 1}}, array_filters=[{"x.a": {"$exists": True}}])
    assert [each["list"][2:] for each in orders.find()] == [[{"a": 10}], [{"a": 10}], [], [{"a": 10}]]
    after = orders.find_one_and_update(
        {"n": {"$lt": 2}}, {"$unset": {"list.$[x]": 1}}, {"list": 1}, {"n": 1}, array_filters=[{"x": 1}], return_document=True
    )
    assert after == {"_id": 0, "list": [None, 6, {"a": 10}]}
    orders.find_one_and_update({"_id": 1}, {"$set": {"list.$[x]": 0}}, arrayFilters=[{"x": 1}])
    assert orders.find_one(1, {"list": 1}) == {"_id": 1, "list": [0, 5, {"a": 10}]}
    for wrong in ({"array_filters": {"x": 1}}, {"array_filters": [1]}, {"sort": "n"}, {"sort": [("n", 1)]}):
        with pytest.raises(TypeError):
            orders.update_one({}, {"$set": {"a": 1}}, **wrong)
    with pytest.raises(WriteError, match="not used"):
        orders.update_one({}, {"$set": {"a": 1}}, array_filters=[{"x": 1}])


def test_every_kind_of_operator(orders: Orders) -> None:
    orders.insert_one({"_id": 1, "n": 5, "list": [3, 1, 2], "old": "x"})
    orders.update_one(
        {"_id": 1},
        {
            "$mul": {"n": 2},
            "$min": {"least": 3},
            "$push": {"list": {"$each": [9, 8], "$sort": -1, "$slice": 3}},
            "$addToSet": {"set": {"$each": [1, 1, 2]}},
            "$rename": {"old": "new"},
            "$bit": {"flags": {"or": 5}},
            "$setOnInsert": {"never": 1},
            "$currentDate": {"at": True},
        },
    )
    found = orders.find_one() or {}
    assert isinstance(found.pop("at"), datetime.datetime)
    assert found == {"_id": 1, "n": 10, "list": [9, 8, 3], "least": 3, "set": [1, 2], "new": "x", "flags": 5}
    orders.update_one({"_id": 1}, {"$pull": {"list": {"$gt": 8}}, "$pop": {"set": 1}})
    assert orders.find_one({}, {"list": 1, "set": 1}) == {"_id": 1, "list": [8, 3], "set": [1]}


def test_every_verb_compares_as_it_is_told(orders: Orders) -> None:
    for blind in (Collation("en", strength=2), {"locale": "en", "strength": 2}):
        orders.delete_many({})
        orders.insert_many([{"_id": 1, "name": "Ada"}, {"_id": 2, "name": "ada"}, {"_id": 3, "name": "Bob"}])
        assert orders.count_documents({"name": "ADA"}, collation=blind) == 2 and orders.count_documents({"name": "ADA"}) == 0
        assert [each["_id"] for each in orders.find({"name": "ADA"}).collation(blind)] == [1, 2]
        found = orders.find_one({"name": "BOB"}, collation=blind)
        assert found == {"_id": 3, "name": "Bob"}
        assert orders.distinct("name", collation=blind) == ["Ada", "Bob"]
        assert orders.find().collation(blind).distinct("name") == ["Ada", "Bob"]
        assert orders.update_one({"name": "BOB"}, {"$set": {"n": 1}}, collation=blind).modified_count == 1
        assert orders.update_many({"name": "ADA"}, {"$set": {"n": 2}}, collation=blind).modified_count == 2
        assert orders.replace_one({"name": "BOB"}, {"name": "bob"}, collation=blind).modified_count == 1
        assert orders.find_one_and_update({"name": "BOB"}, {"$set": {"n": 3}}, collation=blind) == {"_id": 3, "name": "bob"}
        assert orders.find_one_and_replace({"name": "BOB"}, {"name": "BoB"}, collation=blind) is not None
        assert orders.find_one_and_delete({"name": "bob"}, collation=blind) == {"_id": 3, "name": "BoB"}
        done = orders.bulk_write(
            [
                UpdateMany({"name": "ADA"}, {"$set": {"n": 4}}, collation=blind),
                DeleteOne({"name": "ADA"}, collation=blind),
            ]
        )
        assert (done.modified_count, done.deleted_count) == (2, 1)
        assert orders.delete_one({"name": "ADA"}).deleted_count == 0
        assert orders.delete_many({"name": "ADA"}, collation=blind).deleted_count == 1
    with pytest.raises(OperationFailure, match="nowhere"):
        orders.find(collation={"locale": "nowhere"}).to_list()


def test_updates_that_mean_nothing(orders: Orders) -> None:
    orders.insert_one({"_id": 1, "a": "text"})
    for error, update in [
        (ValueError, {}),
        (ValueError, []),
        (ValueError, {"a": 1}),
        (TypeError, 5),
        (TypeError, [5]),
        (TypeError, ({"$set": {"a": 1}},)),
        (OperationFailure, [{"$frobnicate": 1}]),
        (OperationFailure, [{"$lookup": {}}]),
    ]:
        with pytest.raises(error):
            orders.update_one({}, update)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="operators"):
        orders.replace_one({}, {"$set": {"a": 1}})
    with pytest.raises(TypeError):
        orders.replace_one({}, [])  # type: ignore[arg-type]
    with pytest.raises(WriteError):
        orders.update_one({}, {"$inc": {"a": 1}})
    with pytest.raises(OperationFailure, match="frobnicate"):
        orders.update_one({}, {"$frobnicate": {"a": 1}})
    assert orders.find_one() == {"_id": 1, "a": "text"}


def test_documents_are_deleted(orders: Orders) -> None:
    orders.insert_many([{"_id": number, "n": number % 2} for number in range(10)])
    assert orders.delete_one({"n": 1}).deleted_count == 1
    assert orders.delete_one({"n": 5}).deleted_count == 0
    assert orders.delete_many({"n": 1}).deleted_count == 4
    assert orders.delete_many({}).raw_result["n"] == 5


def test_one_document_is_found_and_changed(orders: Orders) -> None:
    orders.insert_many([{"_id": number, "n": number} for number in range(5)])
    assert orders.find_one_and_update({}, {"$inc": {"n": 10}}, sort=[("n", -1)]) == {"_id": 4, "n": 4}
    after = orders.find_one_and_update(
        {"_id": 0}, {"$inc": {"n": 1}}, {"_id": 0}, return_document=ReturnDocument.AFTER
    )
    assert after == {"n": 1}
    assert orders.find_one_and_update({"_id": 9}, {"$set": {"n": 1}}) is None
    made = orders.find_one_and_update({"_id": 9}, {"$set": {"n": 1}}, upsert=True, return_document=True)
    assert made == {"_id": 9, "n": 1}
    assert orders.find_one_and_replace({"_id": 9}, {"m": 1}, projection=["n"]) == {"_id": 9, "n": 1}
    assert orders.find_one_and_replace({"_id": 9}, {"m": 2}, return_document=True) == {"_id": 9, "m": 2}
    assert orders.find_one_and_delete({}, sort={"_id": -1}) == {"_id": 9, "m": 2}
    assert orders.find_one_and_delete({"_id": 9}) is None
    assert orders.find_one_and_delete({"_id": 1}, maxTimeMS=1000) == {"_id": 1, "n": 1}


def test_find_one_takes_an_id_or_a_filter(orders: Orders) -> None:
    orders.insert_many([{"_id": "a", "n": 1}, {"_id": "b", "n": 2}])
    assert orders.find_one("b") == {"_id": "b", "n": 2}
    assert orders.find_one({"n": 2}, {"n": 1, "_id": 0}) == {"n": 2}
    assert orders.find_one(sort=[("n", -1)]) == {"_id": "b", "n": 2}
    assert orders.find_one({"n": 3}) is None and orders.find_one({}, skip=2) is None


def test_documents_are_counted(orders: Orders) -> None:
    assert orders.count_documents({}) == orders.estimated_document_count() == 0
    orders.insert_many([{"_id": number, "n": number % 2} for number in range(10)])
    assert orders.count_documents({"n": 1}) == 5 and orders.estimated_document_count() == 10
    assert orders.count_documents({}, skip=3) == 7 and orders.count_documents({}, limit=4, maxTimeMS=1000) == 4


def test_different_values(orders: Orders) -> None:
    orders.insert_many([{"a": [1, 2]}, {"a": 2}, {"a": {"b": "x"}}, {"c": 1}])
    assert orders.distinct("a") == [1, 2, {"b": "x"}]
    assert orders.distinct("a", {"a": 2}) == [1, 2] and orders.distinct("a.b") == ["x"]
    assert orders.distinct("nothing") == []
    with pytest.raises(TypeError):
        orders.distinct(5)  # type: ignore[arg-type]


def test_filters_that_mean_nothing(orders: Orders) -> None:
    for wrong in ([], "text", 5):
        with pytest.raises(TypeError, match="filter"):
            orders.count_documents(wrong)  # type: ignore[arg-type]
    for deed in (orders.find_one, orders.count_documents, lambda filter: list(orders.find(filter))):
        with pytest.raises(OperationFailure, match=r"\$frobnicate"):
            deed({"a": {"$frobnicate": 1}})
    with pytest.raises(OperationFailure, match=r"\$frobnicate"):
        orders.delete_many({"$frobnicate": 1})


def test_options_that_cannot_be_had_are_refused_by_name(orders: Orders) -> None:
    deeds: dict[str, Any] = {
        "hint": lambda: orders.estimated_document_count(hint="a_1"),
        "let": lambda: orders.distinct("a", let={"x": 1}),
        "max_scan": lambda: orders.find({}, max_scan=1),
        "cursor_type": lambda: orders.find({}, cursor_type=nexuslite.CursorType.TAILABLE),
        "maxTimeMs": lambda: orders.count_documents({}, maxTimeMs=1),
    }
    for option, deed in deeds.items():
        with pytest.raises(nexuslite.ConfigurationError, match=option):
            deed()


def test_a_collection_is_renamed_and_dropped(database: Database[dict[str, Any]]) -> None:
    database["a"].insert_one({"_id": 1})
    database["b"].insert_one({"_id": 2})
    with pytest.raises(OperationFailure) as caught:
        database["a"].rename("b")
    assert caught.value.code == 48
    database["a"].rename("c")
    database["c"].rename("b", dropTarget=True)
    assert database.list_collection_names() == ["b"] and database["b"].find_one() == {"_id": 1}
    with pytest.raises(OperationFailure) as caught:
        database["nothing"].rename("x")
    assert caught.value.code == 26
    database["b"].drop()
    database["b"].drop()
    assert database.list_collection_names() == []


def test_names_of_collections(database: Database[dict[str, Any]]) -> None:
    for wrong in ("", "a..b", "$a", ".a", "a.", "a\0b"):
        with pytest.raises(InvalidName):
            database[wrong]
    with pytest.raises(TypeError):
        database[5]  # type: ignore[index]
    assert database.orders.items.name == "orders.items" and database["orders"]["items"].full_name == "shop.orders.items"
    assert database["a"] == database.a and database["a"] != database["b"]
    assert hash(database["a"]) == hash(database.a) and repr(database["a"]).endswith("'shop'), 'a')")
    with pytest.raises(AttributeError, match="_private"):
        database._private
    with pytest.raises(TypeError, match="aggregate"):
        database.aggregate([])  # type: ignore[operator]
    with pytest.raises(TypeError, match="not iterable"):
        list(database["a"])  # type: ignore[call-overload]
    with pytest.raises(NotImplementedError):
        bool(database["a"])


def test_what_a_closed_database_gave_is_closed(database: Database[dict[str, Any]]) -> None:
    orders = database["orders"]
    orders.insert_many([{} for _ in range(10)])
    cursor = orders.find(batch_size=2)
    next(cursor)
    database.close()
    for deed in (orders.find_one, orders.estimated_document_count, lambda: orders.insert_one({}), lambda: list(cursor)):
        with pytest.raises(InvalidOperation):
            deed()
    database.close()
