//! The guide's list of errors is the code's.

use nexuslite::ErrorKind;
use nexuslite::error::code;

const GUIDE: &str = include_str!("../../../docs/guide/errors.md");

/// The numbers and names in the table below `heading`.
fn listed(heading: &str) -> Vec<(i32, String)> {
    let section = GUIDE.split("\n## ").find(|section| section.starts_with(heading)).expect("the section");
    let cells = section.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        Some((cells.next()?.parse().ok()?, cells.next()?.trim_matches('`').to_owned()))
    });
    cells.collect()
}

#[test]
fn the_guide_lists_every_number_with_its_name() {
    let mut known: Vec<(i32, String)> =
        code::ALL.iter().map(|(number, name)| (*number, (*name).to_owned())).collect();
    known.sort();
    assert_eq!(listed("MongoDB's numbers"), known);
    let mut numbers: Vec<i32> = known.iter().map(|(number, _)| *number).collect();
    numbers.dedup();
    assert_eq!(numbers.len(), known.len(), "a number stands for one mistake");
    for number in [
        2, 9, 14, 20, 26, 27, 28, 40, 43, 48, 50, 52, 53, 54, 56, 59, 66, 72, 73, 85, 86, 112, 115, 121, 171,
        251, 263, 10334, 11000,
    ] {
        assert!(numbers.contains(&number), "{number} has no name");
    }
}

#[test]
fn the_guide_lists_every_kind_with_its_advice() {
    let kinds: Vec<(i32, String)> =
        ErrorKind::ALL.iter().map(|kind| (kind.number(), kind.name().to_owned())).collect();
    assert_eq!(listed("Kinds"), kinds);
    for kind in ErrorKind::ALL {
        assert!(GUIDE.contains(kind.advice()), "{}", kind.name());
    }
}

#[test]
fn numbered_places_are_named_after_their_number() {
    use nexuslite::bson::doc;
    let db = crate::fixture::memory();
    let c = db.collection("c");
    let mixed = c.find(doc! {}).projection(doc! { "a": 0, "b": 1 }).run().map(drop).expect_err("a mixture");
    assert_eq!((mixed.code(), mixed.code_name()), (Some(31253), Some("Location31253")));
    let stage = c.update_one(doc! {}, vec![doc! { "$nope": 1 }]).expect_err("no stage");
    assert_eq!((stage.code(), stage.code_name()), (Some(40324), Some("Location40324")));
}
