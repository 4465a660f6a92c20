//! What the demo does, in order.

use super::show::Step;

pub(super) const DATABASE: &str = "world.db";
pub(super) const EXPORTED: &str = "week.ndjson";

/// The shipped files; `data/README.md` says where they come from.
pub(super) const DATA: &[(&str, &[u8])] = &[
    ("earthquakes.ndjson", include_bytes!("../../data/earthquakes.ndjson")),
    ("airports.ndjson", include_bytes!("../../data/airports.ndjson")),
];

pub(super) const STEPS: &[Step] = &[
    Step { why: "A database is one file.", words: &["create", "--db", DATABASE] },
    Step {
        why: "Documents are imported in their order, a thousand to a commit,\neach commit on the device before the next begins.",
        words: &["import", "--db", DATABASE, "--collection", "earthquakes", "earthquakes.ndjson"],
    },
    Step {
        why: "A second collection in the same file.",
        words: &["import", "--db", DATABASE, "--collection", "airports", "airports.ndjson"],
    },
    Step { why: "What is there?", words: &["collections", "--db", DATABASE] },
    Step {
        why: "One document as it is: nested fields, arrays, dates.",
        words: &["find", "--db", DATABASE, "-c", "earthquakes", "--filter", r#"{"_id": "us1000chhc"}"#],
    },
    Step {
        why: "How many were strong enough to do damage?",
        words: &[
            "count",
            "--db",
            DATABASE,
            "-c",
            "earthquakes",
            "--filter",
            r#"{"magnitude.value": {"$gte": 5}}"#,
        ],
    },
    Step {
        why: "The strongest five of the first three days of February, and only what we want to see of them.",
        words: &[
            "find",
            "--db",
            DATABASE,
            "-c",
            "earthquakes",
            "--filter",
            r#"{"kind": "earthquake", "time": {"$gte": {"$date": "2018-02-01T00:00:00Z"}, "$lt": {"$date": "2018-02-04T00:00:00Z"}}}"#,
            "--sort",
            r#"{"magnitude.value": -1}"#,
            "--project",
            r#"{"_id": 0, "place": 1, "magnitude.value": 1, "time": 1}"#,
            "--limit",
            "5",
        ],
    },
    Step {
        why: "An array satisfies a filter when one of its elements does: shaken ground in California that at least a\nhundred people told of.",
        words: &[
            "find",
            "--db",
            DATABASE,
            "-c",
            "earthquakes",
            "--filter",
            r#"{"products": "shakemap", "network": {"$in": ["ci", "nc"]}, "felt.reports": {"$gte": 100}}"#,
            "--sort",
            r#"{"felt.reports": -1}"#,
            "--project",
            r#"{"place": 1, "felt.reports": 1, "magnitude.value": 1}"#,
        ],
    },
    Step {
        why: "The airports of two towns in Alaska but the first: $or, $exists, skip and limit.",
        words: &[
            "find",
            "--db",
            DATABASE,
            "-c",
            "airports",
            "--filter",
            r#"{"state": "AK", "city": {"$exists": true}, "$or": [{"city": "Kodiak"}, {"city": "Unalaska"}]}"#,
            "--sort",
            r#"{"_id": 1}"#,
            "--project",
            r#"{"name": 1, "city": 1}"#,
            "--skip",
            "1",
            "--limit",
            "3",
        ],
    },
    Step {
        why: "Mark all that people should hear of, in one go.",
        words: &[
            "update",
            "--db",
            DATABASE,
            "-c",
            "earthquakes",
            "--many",
            "--filter",
            r#"{"magnitude.value": {"$gte": 6}}"#,
            "--update",
            r#"{"$set": {"report.headline": true}, "$inc": {"report.edition": 1}}"#,
        ],
    },
    Step {
        why: "Change one, or insert it when it is not there.",
        words: &[
            "update",
            "--db",
            DATABASE,
            "-c",
            "airports",
            "--upsert",
            "--filter",
            r#"{"_id": "BER"}"#,
            "--update",
            r#"{"$set": {"name": "Berlin Brandenburg", "country": "Germany"}}"#,
        ],
    },
    Step {
        why: "An _id is taken once; this one is generated.",
        words: &[
            "insert",
            "--db",
            DATABASE,
            "-c",
            "visitors",
            r#"{"name": "Ada", "seen": {"$date": "2018-02-07T00:00:00Z"}, "likes": ["engines", "numbers"]}"#,
        ],
    },
    Step {
        why: "Quarry blasts and explosions are no earthquakes.",
        words: &[
            "delete",
            "--db",
            DATABASE,
            "-c",
            "earthquakes",
            "--many",
            "--yes",
            "--filter",
            r#"{"kind": {"$ne": "earthquake"}}"#,
        ],
    },
    Step {
        why: "Everything out again, every type kept.",
        words: &["export", "--db", DATABASE, "-c", "earthquakes", "--json=canonical", "--output", EXPORTED],
    },
    Step {
        why: "Every command closed the file, and this one opens it anew: all that was done is there.",
        words: &[
            "find",
            "--db",
            DATABASE,
            "-c",
            "earthquakes",
            "--filter",
            r#"{"report.headline": true}"#,
            "--sort",
            r#"{"magnitude.value": -1, "time": 1}"#,
            "--project",
            r#"{"place": 1, "magnitude": 1, "report": 1}"#,
        ],
    },
    Step {
        why: "Walk every page and compare every record with its index.",
        words: &["check", "--db", DATABASE],
    },
    Step { why: "What it holds, and how large it is.", words: &["info", "--db", DATABASE] },
];
