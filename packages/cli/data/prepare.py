#!/usr/bin/env python3
"""Makes the two files of the demo out of the npm package vega-datasets 3.2.1.

    npm pack vega-datasets@3.2.1 && tar xzf vega-datasets-3.2.1.tgz
    python3 prepare.py package/data

What is changed, and why, stands in README.md.
"""

import csv
import json
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def date(ms):
    """Milliseconds since 1970 as an Extended JSON date."""
    text = (EPOCH + timedelta(milliseconds=ms)).strftime("%Y-%m-%dT%H:%M:%S")
    fraction = f".{ms % 1000:03}" if ms % 1000 else ""
    return {"$date": f"{text}{fraction}Z"}


def real(number):
    """A measurement: a double whatever its value, so that every document has the same types."""
    return None if number is None else float(number)


def listed(text):
    """",ci,us," as a list."""
    return [part for part in text.split(",") if part]


def known(fields):
    """The fields that have a value, nothing when none has."""
    return {name: value for name, value in fields.items() if value is not None} or None


def earthquake(feature):
    seen = feature["properties"]
    longitude, latitude, depth = feature["geometry"]["coordinates"]
    return known({
        "_id": feature["id"],
        "place": seen["place"],
        "time": date(seen["time"]),
        "updated": date(seen["updated"]),
        "kind": seen["type"],
        "magnitude": known({"value": real(seen["mag"]), "scale": seen["magType"]}),
        "location": {"type": "Point", "coordinates": [real(longitude), real(latitude)]},
        "depth_km": real(depth),
        "status": seen["status"],
        "significance": seen["sig"],
        "tsunami": bool(seen["tsunami"]),
        "felt": known({
            "reports": seen["felt"], "intensity": real(seen["cdi"]),
            "shaking": real(seen["mmi"]), "alert": seen["alert"],
        }),
        "network": seen["net"],
        "ids": listed(seen["ids"]),
        "sources": listed(seen["sources"]),
        "products": listed(seen["types"]),
        "quality": known({
            "stations": seen["nst"], "nearest_degrees": real(seen["dmin"]),
            "gap_degrees": real(seen["gap"]), "rms_seconds": real(seen["rms"]),
        }),
    })


def airport(row):
    return known({
        "_id": row["iata"],
        "name": row["name"].strip(),
        "city": row["city"] if row["city"] not in ("", "NA") else None,
        "state": row["state"] if row["state"] not in ("", "NA") else None,
        "country": row["country"],
        "location": {"type": "Point", "coordinates": [float(row["longitude"]), float(row["latitude"])]},
    })


def write(name, documents):
    lines = [json.dumps(document, ensure_ascii=False, separators=(",", ":")) for document in documents]
    Path(__file__).with_name(name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{name}: {len(lines)} documents")


def main(folder):
    feed = json.loads((folder / "earthquakes.json").read_text(encoding="utf-8"))
    features = sorted(feed["features"], key=lambda feature: feature["properties"]["time"])
    write("earthquakes.ndjson", map(earthquake, features))
    with (folder / "airports.csv").open(encoding="utf-8", newline="") as rows:
        write("airports.ndjson", map(airport, csv.DictReader(rows)))


main(Path(sys.argv[1]))
