//! The process dies at every single call, another one goes on, and then the power goes.
//!
//! What the dead process wrote without a sync is still there for the next one to see. Nothing of it may be relied
//! on before it is made durable.

use nexuslite::simulation::{EngineKind, Switches};

use crate::images::{Search, Tally, again};
use crate::phases::Phase;
use crate::plan::Plan;
use crate::report::say;
use crate::workload::run;

fn search(kind: EngineKind, tally: &Tally) -> u64 {
    for death in 0.. {
        let run = run(&Plan::dying(1, kind, death, Switches::default()));
        if let Err(violation) = Search::new(&run, tally).all_from(run.died_at.unwrap_or(0)) {
            panic!("{violation}");
        }
        if run.died_idle {
            return death;
        }
    }
    0
}

#[test]
fn deaths_at_every_call_and_a_power_cut_later_lose_nothing() {
    if let Ok(case) = std::env::var("NEXUSLITE_SEED") {
        let parts: Vec<&str> = case.split(':').collect();
        let [seed, kind, death] = parts[..] else { panic!("NEXUSLITE_SEED={case} is not seed:kind:death") };
        let kind = if kind == "Log" { EngineKind::Log } else { EngineKind::Wasp };
        let (seed, death) = (seed.parse().expect("a seed"), death.parse().expect("a number of calls"));
        return again(&Plan::dying(seed, kind, death, Switches::default()));
    }
    let tally = Tally::default();
    for kind in [EngineKind::Wasp, EngineKind::Log] {
        let deaths = search(kind, &tally);
        say(&format!("deaths: {deaths} of {kind:?}, {} images so far", tally.distinct()));
    }
    assert!(Phase::COUNTED.iter().all(|phase| tally.of(*phase) > 0), "some phase was never cut");
}
