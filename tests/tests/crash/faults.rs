//! Every single call of a life fails, in every way, once or for good.
//!
//! Nothing panics, nobody reads anything wrong, and whatever was acknowledged is there: in the same process where
//! it goes on, after reopening, and after a power cut.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use nexuslite::simulation::EngineKind;
use nexuslite::vfs::simulated::{Fault, Operation, Outcome};

use crate::images::{Search, Tally};
use crate::mishaps::{Chapter, chapters, suffer};
use crate::plan::{Mishap, Plan};
use crate::report::say;

const SEED: u64 = 1;
/// Calls of the life that are made to fail.
const CALLS: u64 = 2_000;

const WAYS: [(Fault, bool); 7] = [
    (Fault::Io, false),
    (Fault::Io, true),
    (Fault::NoSpace, false),
    (Fault::NoSpace, true),
    (Fault::Short, false),
    (Fault::Interrupted, false),
    (Fault::Interrupted, true),
];

fn plan(kind: EngineKind) -> Plan {
    Plan::unlucky(SEED, kind)
}

fn life(kind: EngineKind) -> Vec<Chapter> {
    chapters(&plan(kind), CALLS).unwrap_or_else(|e| panic!("{kind:?} without a mishap: {e}"))
}

/// The chapter in which the call of the whole life falls, and which call of the chapter it is.
fn locate(chapters: &[Chapter], mut call: u64) -> (&Chapter, u64) {
    for chapter in chapters {
        if call < chapter.calls {
            return (chapter, call);
        }
        call -= chapter.calls;
    }
    panic!("the life has {call} calls too few");
}

/// One mishap and its consequences; says what was wrong.
fn outcome(kind: EngineKind, chapters: &[Chapter], mishap: Mishap, tally: &Tally) -> Result<(), String> {
    let (chapter, call) = locate(chapters, mishap.call);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let run = suffer(&plan(kind), chapter, Mishap { call, ..mishap });
        let first = run.disk.log().iter().find(|o| is_failed(o)).map_or(0, |o| o.index);
        Search::new(&run, tally).some(first).map_err(|violation| violation.to_string())
    }));
    outcome.unwrap_or_else(|_| Err("PANIC".to_owned()))
}

fn is_failed(operation: &Operation) -> bool {
    matches!(operation.outcome, Outcome::Failed(_))
}

fn replay_line(kind: EngineKind, mishap: Mishap) -> String {
    let Mishap { call, fault, persistent } = mishap;
    format!(
        "replay: NEXUSLITE_SEED={kind:?}:{call}:{fault:?}:{persistent} cargo test -p nexuslite-tests --test crash faults"
    )
}

fn parse(case: &str) -> Option<(EngineKind, Mishap)> {
    let mut parts = case.split(':');
    let kind = if parts.next()? == "Log" { EngineKind::Log } else { EngineKind::Wasp };
    let call = parts.next()?.parse().ok()?;
    let way = parts.next()?;
    let fault = WAYS.iter().map(|(fault, _)| *fault).find(|fault| format!("{fault:?}") == way)?;
    Some((kind, Mishap { call, fault, persistent: parts.next()? == "true" }))
}

fn search(kind: EngineKind, every: u64) {
    let chapters = life(kind);
    let (next, found, tally) = (AtomicU64::new(0), Mutex::new(None), Tally::default());
    let work = || {
        while found.lock().is_ok_and(|found| found.is_none()) {
            let call = next.fetch_add(every, Ordering::Relaxed);
            if call >= CALLS {
                return;
            }
            for (fault, persistent) in WAYS {
                let mishap = Mishap { call, fault, persistent };
                if let Err(what) = outcome(kind, &chapters, mishap, &tally)
                    && let Ok(mut found) = found.lock()
                {
                    found.get_or_insert(format!("{what}\n{}", replay_line(kind, mishap)));
                }
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
    if let Ok(Some(what)) = found.into_inner() {
        panic!("{what}");
    }
    let images = tally.distinct();
    say(&format!("faults: {} lives of {kind:?}, {images} images", CALLS / every * WAYS.len() as u64));
}

#[test]
fn faults_at_every_call_are_survived() {
    if let Ok(case) = std::env::var("NEXUSLITE_SEED") {
        let (kind, mishap) =
            parse(&case).unwrap_or_else(|| panic!("{case} is not kind:call:fault:persistent"));
        let chapters = life(kind);
        let (chapter, call) = locate(&chapters, mishap.call);
        let run = suffer(&plan(kind), chapter, Mishap { call, ..mishap });
        let log = run.disk.log();
        let at = log.iter().position(is_failed).unwrap_or(0);
        log[at.saturating_sub(30)..].iter().for_each(|operation| say(&operation.to_string()));
        return outcome(kind, &chapters, mishap, &Tally::default()).unwrap_or_else(|what| panic!("{what}"));
    }
    let every = if std::env::var("NEXUSLITE_LONG").is_ok() { 1 } else { 4 };
    search(EngineKind::Wasp, 1);
    search(EngineKind::Log, every);
}
