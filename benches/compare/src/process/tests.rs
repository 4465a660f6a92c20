use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use super::{Process, place};
use crate::asked::Asked;
use crate::cells::Cells;
use crate::lines::{self, Line};
use crate::peers::Result;

const LONG: Duration = Duration::from_secs(600);

/// What is known after a program ran that does this, asked for two lines.
fn after(script: &str, patience: Duration, check: impl Fn(&Cells, [&Line; 2])) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let program = folder.path().join("peer");
    fs::write(&program, format!("#!/bin/sh\n{script}\n"))?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
    fs::create_dir_all(place()?)?;
    let mut cells = Cells::open(&folder.path().join("cells.tsv"), "about", false)?;
    let lines = [lines::named("bulk insert")?, lines::named("scan")?];
    run(&program, patience, &mut cells, &lines)?;
    check(&cells, lines);
    Ok(())
}

fn run(program: &Path, patience: Duration, cells: &mut Cells, lines: &[&Line]) -> Result<()> {
    let asked = Asked::of(std::iter::empty())?;
    Process { asked: &asked, documents: 2000, round: 0, peer: "A", program, patience }.run(cells, lines)
}

const BULK: &str = "printf 'begun\\tbulk insert\\nfigure\\tbulk insert, batches of 1000\\t5\\t2000\\t0\\n'\n";
const SCAN: &str = "printf 'begun\\tscan\\n'\n";

fn failures(cells: &Cells) -> Vec<(String, String)> {
    cells.failures().map(|(_, _, line, reason)| (line.to_owned(), reason.to_owned())).collect()
}

#[test]
fn a_process_that_dies_fails_the_line_that_it_was_at() -> Result<()> {
    let died = |end: &str| format!("{BULK}{SCAN}{end}");
    for (end, said) in
        [("kill -9 $$", "signal: 9"), ("exit 3", "exit status: 3"), ("exit 0", "told no figures")]
    {
        after(&died(end), LONG, |cells, [bulk, _]| {
            let failed = failures(cells);
            assert!(cells.is_settled(0, "A", bulk) && cells.has(0, "A", "bulk insert, batches of 1000"));
            assert!(failed.len() == 1 && failed[0].0 == "scan" && failed[0].1.contains(said), "{failed:?}");
        })?;
    }
    Ok(())
}

#[test]
fn a_line_that_says_how_it_failed_is_quoted() -> Result<()> {
    let failing = format!("{BULK}{SCAN}printf 'failed\\tscan\\tthe disk is full\\n'\nexit 1");
    after(&failing, LONG, |cells, _| {
        assert_eq!(failures(cells), [("scan".to_owned(), "the disk is full".to_owned())]);
    })
}

#[test]
fn nonsense_and_silence_end_a_process() -> Result<()> {
    let nonsense = format!("{BULK}{SCAN}echo nonsense\nexec sleep 600");
    after(&nonsense, LONG, |cells, _| {
        assert!(failures(cells)[0].1.contains("nonsense"), "{:?}", failures(cells))
    })?;
    let silent = format!("{BULK}{SCAN}exec sleep 600");
    after(&silent, Duration::from_secs(2), |cells, [_, scan]| {
        let failed = failures(cells);
        assert!(failed[0].0 == scan.name && failed[0].1.contains("told nothing for 2 s"), "{failed:?}");
    })
}

#[test]
fn a_process_that_never_begins_fails_its_first_line() -> Result<()> {
    after("exit 1", LONG, |cells, [bulk, _]| {
        assert!(cells.has_failed(0, "A", bulk.name), "{:?}", failures(cells));
    })
}
