"""Answers the conformance cases with mongomock and compares with what the cases say.

A case is run where mongomock can answer it: filters, updates, sorts and projections that are no error, need neither
a clock nor a collation, and that mongomock does not refuse.
What it answers otherwise is listed in mongomock.json with the reason; the list is exact in both directions.
"""

import json
import re
import sys
import warnings
from collections import Counter
from pathlib import Path

import mongomock
from bson import json_util

HERE = Path(__file__).parent
CORPUS = HERE.parent / "conformance"
NEEDS_MORE = re.compile(r"\$\$NOW|\$currentDate|\$jsonSchema")
RELAXED = json_util.JSONOptions(json_mode=json_util.JSONMode.RELAXED, tz_aware=False)


def matches(case, collection):
    collection.insert_one({"_id": "absent", **case.get("document", {})})
    return len(list(collection.find(case["filter"]))) == 1, case["matches"]


def sorts(case, collection):
    documents = [{"_id": at, **document} for at, document in enumerate(case["sorted"])]
    collection.insert_many(documents)
    found = collection.find().sort(list(case["sort"].items()))
    return [document["_id"] for document in found], [document["_id"] for document in documents]


def projects(case, collection):
    collection.insert_one(dict(case["document"]))
    return alike(case, collection.find_one(case.get("filter", {}), case["projection"])), case["result"]


def updates(case, collection):
    elements = case.get("arrayFilters")
    if "document" not in case:
        collection.update_one(case["filter"], case["update"], upsert=True, array_filters=elements)
        return alike({"document": case["result"]}, collection.find_one()), case["result"]
    collection.insert_one(dict(case["document"]))
    if any(name.startswith("$") for name in case["update"]):
        collection.update_one(case.get("filter", {}), case["update"], array_filters=elements)
    else:
        collection.replace_one(case.get("filter", {}), case["update"])
    return alike(case, collection.find_one()), case.get("result", case["document"])


def alike(case, found):
    """The document without an _id that only mongomock gave it."""
    if "_id" not in case["document"]:
        found.pop("_id", None)
    return found


KINDS = {"matches": matches, "sorted": sorts, "projection": projects, "update": updates}


def agrees(raw):
    kind = next((KINDS[name] for name in KINDS if name in raw), None)
    text = json.dumps(raw)
    if kind is None or raw.keys() & {"error", "metadata", "collation"} or raw.get("sort") == {}:
        return None
    if NEEDS_MORE.search(text):
        return None
    try:
        case = json_util.loads(text, json_options=RELAXED)
        answered, expected = kind(case, mongomock.MongoClient().base.cases)
    except Exception:  # whatever it cannot do it says in its own way
        return None
    return answered == expected


def main():
    warnings.simplefilter("ignore")
    ran, found = 0, Counter()
    for path in sorted(CORPUS.rglob("*.json")):
        for raw in json.loads(path.read_text(encoding="utf-8"))["cases"]:
            agreed = agrees(raw)
            ran += agreed is not None
            if agreed is False:
                found[path.relative_to(CORPUS).as_posix(), raw["name"]] += 1
    listed = Counter()
    for argument in json.loads((HERE / "mongomock.json").read_text(encoding="utf-8"))["disagreements"]:
        for file, names in argument["cases"].items():
            listed.update({(file, name): count for name, count in names.items()})
    faults = [place for place in found | listed if found[place] != listed[place]]
    for file, name in faults:
        print(f"{file}: {name}: mongomock differs {found[file, name]} times, argued {listed[file, name]}", file=sys.stderr)
    print(f"mongomock answered {ran} cases, {ran - found.total()} as they say")
    verdict = "FAILED" if faults else "ok"
    print(f"test result: {verdict}. {ran - len(faults)} passed; {len(faults)} failed;")
    return 1 if faults or ran < 1000 else 0


sys.exit(main())
