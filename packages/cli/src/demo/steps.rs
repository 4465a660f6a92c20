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
    Step { why: "A database is one file.", command: "create --db world.db" },
    Step {
        why: "Documents are imported in their order, a thousand to a commit,\n\
              each commit on the device before the next begins.",
        command: "import --db world.db --collection earthquakes earthquakes.ndjson",
    },
    Step {
        why: "A second collection in the same file.",
        command: "import --db world.db --collection airports airports.ndjson",
    },
    Step { why: "What is there?", command: "collections --db world.db" },
    Step {
        why: "One document as it is: nested fields, arrays, dates.",
        command: r#"find --db world.db -c earthquakes --filter '{"_id": "us1000chhc"}'"#,
    },
    Step {
        why: "How many had a magnitude of five or more?",
        command: r#"count --db world.db -c earthquakes --filter '{"magnitude.value": {"$gte": 5}}'"#,
    },
    Step {
        why: "The strongest five of the first three days of February, and only what we want to see of them.",
        command: r#"find --db world.db -c earthquakes --filter '{"kind": "earthquake", "time": {"$gte": {"$date": "2018-02-01T00:00:00Z"}, "$lt": {"$date": "2018-02-04T00:00:00Z"}}}' --sort '{"magnitude.value": -1}' --project '{"_id": 0, "place": 1, "magnitude.value": 1, "time": 1}' --limit 5"#,
    },
    Step {
        why: "An array satisfies a filter when one of its elements does: quakes in California with a map of the\n\
              shaking, that at least a hundred people told of.",
        command: r#"find --db world.db -c earthquakes --filter '{"products": "shakemap", "network": {"$in": ["ci", "nc"]}, "felt.reports": {"$gte": 100}}' --project '{"place": 1, "felt.reports": 1, "magnitude.value": 1}'"#,
    },
    Step {
        why: "The airports of two towns in Alaska but the first: $or, $exists, skip and limit.",
        command: r#"find --db world.db -c airports --filter '{"state": "AK", "city": {"$exists": true}, "$or": [{"city": "Kodiak"}, {"city": "Unalaska"}]}' --sort '{"_id": 1}' --project '{"name": 1, "city": 1}' --skip 1 --limit 3"#,
    },
    Step {
        why: "How is a find done? Without an index every document is looked at.",
        command: r#"find --db world.db -c airports --filter '{"city": "Springfield"}' --explain=text"#,
    },
    Step {
        why: "An index over the city, kept up by every change from now on.",
        command: r#"create-index --db world.db -c airports --key '{"city": 1}'"#,
    },
    Step {
        why: "The same find goes by the index, and looks at nothing but what it finds.",
        command: r#"find --db world.db -c airports --filter '{"city": "Springfield"}' --explain=text"#,
    },
    Step { why: "Which indexes are there?", command: "indexes --db world.db -c airports" },
    Step {
        why: "Mark all that people should hear of, in one go.",
        command: r#"update --db world.db -c earthquakes --many --filter '{"magnitude.value": {"$gte": 6}}' --update '{"$set": {"report.headline": true}, "$inc": {"report.edition": 1}}'"#,
    },
    Step {
        why: "Change one, or insert it when it is not there.",
        command: r#"update --db world.db -c airports --upsert --filter '{"_id": "BER"}' --update '{"$set": {"name": "Berlin Brandenburg", "country": "Germany"}}'"#,
    },
    Step {
        why: "A document of your own, in a collection that it brings into being. It has no _id, so it gets one.",
        command: r#"insert --db world.db -c visitors '{"name": "Ada", "seen": {"$date": "2018-02-07T00:00:00Z"}, "likes": ["engines", "numbers"]}'"#,
    },
    Step {
        why: "Quarry blasts and explosions are no earthquakes.",
        command: r#"delete --db world.db -c earthquakes --many --yes --filter '{"kind": {"$ne": "earthquake"}}'"#,
    },
    Step {
        why: "Everything out again, every type kept.",
        command: "export --db world.db -c earthquakes --json=canonical --output week.ndjson",
    },
    Step {
        why: "Every command closed the file, and this one opens it anew: all that was done is there.",
        command: r#"find --db world.db -c earthquakes --filter '{"report.headline": true}' --sort '{"magnitude.value": -1, "time": 1}' --project '{"place": 1, "magnitude": 1, "report": 1}'"#,
    },
    Step { why: "Walk every page and compare every record with its index.", command: "check --db world.db" },
    Step { why: "What it holds, and how large it is.", command: "info --db world.db" },
];
