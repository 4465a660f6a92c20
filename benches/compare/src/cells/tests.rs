use super::Cells;
use crate::figure::{Told, answered, left, rate, timed};
use crate::lines;
use crate::peers::{Answer, Result};

fn measured(value: f64) -> Told {
    timed(rate("gets"), value)
}

#[test]
fn a_run_that_was_cut_short_goes_on_where_it_was() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("cells.tsv");
    let mut cells = Cells::open(&path, "about", false)?;
    for (round, value) in [(0, 1.0), (1, 3.0), (2, 8.0)] {
        cells.add(round, "A", &measured(value))?;
        cells.add(round, "B", &measured(value * 2.0))?;
    }
    std::fs::write(&path, std::fs::read_to_string(&path)? + "3\tA\tfigu")?;

    let cells = Cells::open(&path, "about", false)?;
    assert!(cells.has(2, "A", "gets") && !cells.has(3, "A", "gets"));
    let summary = cells.summary("A", "gets").ok_or("it was measured")?;
    assert_eq!((summary.median, summary.lowest, summary.highest), (3.0, 1.0, 8.0));
    assert_eq!(cells.ratio("A", "B", "gets"), Some(0.5));
    assert_eq!((cells.rounds_begun(), cells.knows("B"), cells.knows("C")), (3, true, false));
    Ok(())
}

#[test]
fn of_two_rounds_neither_counts_more() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut cells = Cells::open(&folder.path().join("cells.tsv"), "about", false)?;
    for (round, ours, theirs) in [(0, 2.0, 2.0), (1, 8.0, 2.0)] {
        cells.add(round, "A", &measured(ours))?;
        cells.add(round, "B", &measured(theirs))?;
    }
    assert_eq!(cells.summary("A", "gets").map(|summary| summary.median), Some(4.0));
    assert_eq!((cells.ratio("A", "B", "gets"), cells.ratio("B", "A", "gets")), (Some(2.0), Some(0.5)));
    Ok(())
}

#[test]
fn figures_of_another_run_are_not_mixed_in() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("cells.tsv");
    Cells::open(&path, "about", false)?.add(2, "A", &measured(1.0))?;
    let refused = Cells::open(&path, "something else", false).err().ok_or("it was taken")?.to_string();
    assert!(refused.contains("about") && refused.contains("something else"), "{refused}");
    assert!(!Cells::open(&path, "something else", true)?.has(2, "A", "gets"));
    Ok(())
}

#[test]
fn a_peer_that_answers_otherwise_is_named_and_not_counted() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut cells = Cells::open(&folder.path().join("cells.tsv"), "about", false)?;
    cells.add(0, "A", &answered(rate("gets"), 1.0, Answer { documents: 1, sum: 2 }))?;
    let wrong = cells.add(0, "B", &answered(rate("gets"), 1.0, Answer { documents: 1, sum: 3 }));
    let said = wrong.map_or_else(|fault| fault.to_string(), |()| "nothing".to_owned());
    assert!(said.contains("B answers") && said.contains("A Answer"), "{said}");
    assert!(!cells.has(0, "B", "gets"));
    Ok(())
}

#[test]
fn a_line_that_was_left_stays_so_and_one_that_failed_is_tried_again() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("cells.tsv");
    let [scan, group] = [lines::named("scan")?, lines::named("group by")?];
    let mut cells = Cells::open(&path, "about", false)?;
    cells.add(0, "A", &left(scan.name, "it fits".to_owned()))?;
    cells.add(0, "A", &Told::Failed { line: group.name.to_owned(), reason: "it broke".to_owned() })?;
    assert!(cells.is_settled(0, "A", scan) && cells.is_settled(1, "A", scan));
    assert!(cells.is_settled(0, "A", group) && !cells.is_settled(1, "A", group));
    assert_eq!(cells.failures().collect::<Vec<_>>(), [(0, "A", "group by", "it broke")]);

    let cells = Cells::open(&path, "about", false)?;
    assert_eq!((cells.why_left("A", "scan"), cells.failures().count()), (Some("it fits"), 0));
    assert!(!cells.is_settled(0, "A", group));
    Ok(())
}
