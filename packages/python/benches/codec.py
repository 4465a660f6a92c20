"""What the way to Python costs, as ratios to pymongo's own codec on the same documents in the same run.

    cargo xtask bench python [--documents N] [--rounds N]

Two bounds are kept, or the exit code is 1:

- ``find`` of all documents to dicts takes at most 1.5 times what ``bson.decode_all`` takes on their bytes;
- ``insert_many`` takes at most 1.5 times what ``bson.encode`` of each and the engine's own insert of the bytes take.
"""

from __future__ import annotations

import argparse
import datetime
import gc
import random
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

import bson
import nexuslite
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

BOUND = 1.5
# UUIDs as uuid.UUID, which is what a find of ours hands out.
STANDARD: CodecOptions[dict[str, Any]] = CodecOptions(uuid_representation=UuidRepresentation.STANDARD)


def document(dice: random.Random) -> dict[str, Any]:
    """About 300 bytes of BSON, of the shape that the engine is measured with."""
    number = dice.randrange(1_000_000)
    return {
        "_id": uuid.UUID(int=dice.getrandbits(128), version=4),
        "name": f"Person Number {number:06}",
        "email": f"person{number:06}@example.com",
        "age": dice.randrange(100),
        "city": f"city-{dice.randrange(200):03}",
        "score": dice.randrange(1_000_000) / 1000,
        "created": datetime.datetime(2020, 1, 1) + datetime.timedelta(seconds=dice.randrange(10**8)),
        "tags": [f"tag{dice.randrange(50):02}" for _ in range(3)],
        "address": {
            "street": f"{dice.randrange(1000)} Long Street",
            "zip": f"{dice.randrange(100_000):05}",
            "country": "Nowhere",
        },
        "active": dice.random() < 0.5,
    }


def seconds(deed: Callable[[], object]) -> float:
    gc.collect()
    started = time.perf_counter()
    kept = deed()
    taken = time.perf_counter() - started
    del kept
    return taken


def fill(documents: list[Any]) -> Callable[[], object]:
    collection = nexuslite.Database(":memory:")["people"]
    return lambda: collection.insert_many(documents)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()

    dice = random.Random(1)
    documents = [document(dice) for _ in range(asked.documents)]
    encoded = [bson.encode(each, codec_options=STANDARD) for each in documents]
    together = b"".join(encoded)
    raw = [RawBSONDocument(each) for each in encoded]
    people = nexuslite.Database(":memory:")["people"]
    people.insert_many(raw)
    assert people.find().to_list() == bson.decode_all(together, STANDARD), "both read the same"

    work: dict[str, Callable[[], Callable[[], object]]] = {
        "bson.decode_all": lambda: lambda: bson.decode_all(together, STANDARD),
        # What pymongo does unless told: ids as Binary, and not as the UUIDs that a find of ours hands out.
        "decode_all, Binary": lambda: lambda: bson.decode_all(together),
        "find, to_list": lambda: lambda: people.find().to_list(),
        "find, one by one": lambda: lambda: [each for each in people.find()],
        "bson.encode": lambda: lambda: [bson.encode(each, codec_options=STANDARD) for each in documents],
        "insert_many, bytes": lambda: fill(raw),
        "insert_many, dicts": lambda: fill(documents),
        "find_one by _id": lambda: lambda: [people.find_one(each["_id"]) for each in documents[:10_000]],
    }
    # Round by round, so that a machine that slows down slows all of them.
    times: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(asked.rounds):
        for name, prepare in work.items():
            times[name].append(seconds(prepare()))
    medians = {name: statistics.median(taken) for name, taken in times.items()}

    size = len(together) / len(documents)
    print(f"{len(documents)} documents of {size:.0f} bytes, medians of {asked.rounds} rounds, us for each document")
    for name, median in medians.items():
        count = min(10_000, len(documents)) if name.startswith("find_one") else len(documents)
        print(f"  {name:20} {median / count * 1e6:7.2f}")
    theirs = min(medians["bson.decode_all"], medians["decode_all, Binary"])
    found = max(medians["find, to_list"], medians["find, one by one"]) / theirs
    engine = medians["bson.encode"] + medians["insert_many, bytes"]
    inserted = medians["insert_many, dicts"] / engine
    print(f"find to dicts / bson.decode_all: {found:.2f} (at most {BOUND})")
    print(f"insert_many / (bson.encode + the engine's own insert): {inserted:.2f} (at most {BOUND})")
    return 0 if found <= BOUND and inserted <= BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
