"""Indexes."""

from __future__ import annotations

from typing import Any

import pytest

import nexuslite
from nexuslite import ASCENDING, DESCENDING, HASHED, Collection, ConfigurationError, DuplicateKeyError, IndexModel, OperationFailure

Orders = Collection[dict[str, Any]]


@pytest.fixture
def people(orders: Orders) -> Orders:
    """Twenty people in four cities."""
    orders.insert_many([{"_id": number, "age": number, "city": f"city-{number % 4}"} for number in range(20)])
    return orders


def stages(orders: Orders, filter: dict[str, Any]) -> str:
    return str(orders.find(filter).explain()["queryPlanner"]["winningPlan"])


def test_an_index_is_used_and_dropped(people: Orders) -> None:
    assert "COLLSCAN" in stages(people, {"age": 7})
    assert people.create_index("age") == "age_1"
    assert people.create_index([("city", ASCENDING), ("age", DESCENDING)]) == "city_1_age_-1"
    assert people.create_index("age") == "age_1"
    assert "IXSCAN" in stages(people, {"age": 7}) and people.find_one({"age": 7}) == people.find_one(7)
    found = people.find({"city": "city-1", "age": {"$gt": 5}}).sort("age", -1)
    assert [each["_id"] for each in found] == [17, 13, 9]
    people.update_many({"age": {"$lt": 3}}, {"$set": {"age": 100}})
    assert people.count_documents({"age": 100}) == 3
    people.drop_index([("city", 1), ("age", -1)])
    people.drop_index("age_1")
    assert "COLLSCAN" in stages(people, {"age": 7})
    with pytest.raises(OperationFailure) as caught:
        people.drop_index("age_1")
    assert caught.value.code == 27


def test_indexes_tell_their_size_and_use(people: Orders) -> None:
    people.create_index([("city", HASHED)])
    assert people.count_documents({"city": "city-1"}) == 5
    ids, by_city = people.index_stats()
    assert (ids["name"], ids["entries"], ids["distinct"]) == ("_id_", 20, 20)
    assert (by_city["key"], by_city["entries"], by_city["distinct"]) == ({"city": "hashed"}, 20, 4)
    assert by_city["accesses"]["ops"] == 1 and by_city["keysTaken"] == 5 and not by_city["multikey"]
    assert people.database.command("indexStats", people.name)["cursor"]["firstBatch"][0] == ids
    with people.database.client.start_session() as session, session.start_transaction():
        people.insert_one({"_id": "inside", "city": "city-1"}, session=session)
        assert people.index_stats(session)[1]["entries"] == 21
    with pytest.raises(OperationFailure) as caught:
        people.database["nothing"].index_stats()
    assert caught.value.code == 26


def test_indexes_are_listed(people: Orders) -> None:
    people.create_indexes(
        [
            IndexModel("age", unique=True, name="by_age"),
            IndexModel([("city", 1)], partialFilterExpression={"age": {"$gt": 5}}),
        ]
    )
    listed = people.list_indexes().to_list()
    assert [each["name"] for each in listed] == ["_id_", "by_age", "city_1"]
    assert listed[1]["key"] == {"age": 1} and listed[1]["unique"] is True
    assert people.index_information()["by_age"]["key"] == [("age", 1)]
    assert people.index_information()["_id_"] == {"v": 2, "key": [("_id", 1)]}
    people.drop_indexes()
    assert list(people.index_information()) == ["_id_"]
    assert list(people.database["nothing"].list_indexes()) == []


def test_a_unique_index_refuses_the_second(people: Orders) -> None:
    people.create_index("age", unique=True)
    with pytest.raises(DuplicateKeyError) as caught:
        people.insert_one({"age": 7})
    assert caught.value.details is not None and caught.value.details["keyPattern"] == {"age": 1}
    with pytest.raises(DuplicateKeyError):
        people.create_index("city", unique=True)
    assert list(people.index_information()) == ["_id_", "age_1"]


def test_indexes_that_cannot_be(people: Orders) -> None:
    for error, deed in [
        (OperationFailure, lambda: people.create_index([("age", 2), ("city", "2dsphere")])),
        (OperationFailure, lambda: people.create_index("age", frobnicate=1)),
        (OperationFailure, lambda: people.create_index("age", collation={"locale": "nowhere"})),
        (TypeError, lambda: people.create_index(5)),  # type: ignore[arg-type]
        (TypeError, lambda: people.create_indexes([5])),  # type: ignore[list-item]
        (TypeError, lambda: people.create_indexes("age")),  # type: ignore[arg-type]
        (ConfigurationError, lambda: people.create_indexes([IndexModel("age")], commitQuorum=5)),
        (OperationFailure, lambda: people.drop_index("_id_")),
    ]:
        with pytest.raises(error):
            deed()
    assert list(people.index_information()) == ["_id_"]


def test_no_index_is_made_in_a_transaction(client: nexuslite.Client[dict[str, Any]]) -> None:
    with client.start_session() as session, session.start_transaction():
        client["shop"]["orders"].insert_one({}, session=session)
        with pytest.raises(OperationFailure, match="transaction"):
            client["shop"]["orders"].create_index("a", session=session)


def test_commands_of_indexes(people: Orders) -> None:
    database = people.database
    made = database.command("createIndexes", "orders", indexes=[{"key": {"age": 1}, "name": "a"}])
    assert (made["numIndexesBefore"], made["numIndexesAfter"]) == (1, 2)
    assert len(database.command("listIndexes", "orders")["cursor"]["firstBatch"]) == 2
    database.command("collMod", "orders", index={"name": "a", "hidden": True})
    assert "COLLSCAN" in stages(people, {"age": 7}) and people.index_information()["a"]["hidden"] is True
    database.command("collMod", "orders", index={"name": "a", "hidden": False})
    assert "IXSCAN" in stages(people, {"age": 7})
    database.command("dropIndexes", "orders", index="a")
    database.command("dropIndexes", "orders", index="*")
    for wrong in ({"dropIndexes": "orders"}, {"collMod": "orders", "index": {"name": "a"}}, {"distinct": "orders"}):
        with pytest.raises(OperationFailure):
            database.command(wrong)
