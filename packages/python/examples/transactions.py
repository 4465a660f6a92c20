"""Money that is moved as a whole or not at all."""

from __future__ import annotations

from typing import Any

from nexuslite import Client, ClientSession, Collection

Accounts = Collection[dict[str, Any]]


def move(accounts: Accounts, session: ClientSession, amount: int) -> None:
    taken = accounts.update_one({"_id": "a", "balance": {"$gte": amount}}, {"$inc": {"balance": -amount}}, session=session)
    if taken.matched_count == 0:
        raise ValueError(f"there are no {amount} to be moved")
    accounts.update_one({"_id": "b"}, {"$inc": {"balance": amount}}, upsert=True, session=session)


def main() -> None:
    with Client[dict[str, Any]](":memory:") as client:
        accounts = client["bank"]["accounts"]
        accounts.insert_one({"_id": "a", "balance": 50})
        with client.start_session() as session:
            session.with_transaction(lambda inner: move(accounts, inner, 20))
            try:
                session.with_transaction(lambda inner: move(accounts, inner, 1000))
            except ValueError as error:
                print(error)
        print(accounts.find().to_list())


if __name__ == "__main__":
    main()
