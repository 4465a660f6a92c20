"""Money that is moved as a whole or not at all."""

from __future__ import annotations

from functools import partial
from typing import Any

from nexuslite import Client, ClientSession, Collection, OperationFailure, bson_to_json

Accounts = Collection[dict[str, Any]]


def pay(accounts: Accounts, session: ClientSession, account: str, amount: int) -> None:
    """Changes the account's balance, which has to have what is taken."""
    enough = {"_id": account, "balance": {"$gte": -amount}}
    paid = accounts.update_one(enough, {"$inc": {"balance": amount}}, session=session)
    if paid.matched_count == 0:
        raise ValueError(f"there are no {-amount} to be moved")


def move(accounts: Accounts, amount: int, session: ClientSession) -> None:
    pay(accounts, session, "ada", -amount)
    pay(accounts, session, "bo", amount)


def show(accounts: Accounts) -> None:
    for account in accounts.find().sort("_id"):
        print(bson_to_json(account))


def main() -> None:
    with Client[dict[str, Any]](":memory:") as client:
        accounts = client["bank"]["accounts"]
        accounts.insert_many([{"_id": "ada", "balance": 50}, {"_id": "bo", "balance": 0}])

        for amount in (20, 1000):
            with client.start_session() as session:
                try:
                    # Again from the beginning when somebody else came first.
                    session.with_transaction(partial(move, accounts, amount))
                    print(amount, "moved")
                except ValueError as error:
                    print(error)
        show(accounts)

        # Of two that change the same document the first to commit wins.
        with client.start_session() as first, client.start_session() as second:
            for session, amount in ((first, 1), (second, 2)):
                session.start_transaction()
                pay(accounts, session, "bo", amount)
            first.commit_transaction()
            try:
                second.commit_transaction()
            except OperationFailure as error:
                print("the second is told:", error.kind)
        show(accounts)


if __name__ == "__main__":
    main()
