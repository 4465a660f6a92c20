//! What a find did, for people: a line for each step of its plan, the uppermost first, and the totals.

use nexuslite::bson::{Bson, Document};

use crate::failure::{Done, Failure};
use crate::figures;
use crate::output::Output;

/// How deep steps are shown; plans are never that deep.
const DEPTH_MAX: usize = 100;

/// Prints what `explained`, which was run, says.
pub(super) fn show(explained: &Document, out: &mut Output) -> Done {
    let run = explained.get_document("executionStats").map_err(|_| incomplete("executionStats"))?;
    let top = run.get_document("executionStages").map_err(|_| incomplete("executionStages"))?;
    let mut lines = Vec::new();
    steps(top, 0, &mut lines);
    let width = lines.iter().map(|(step, _)| step.len()).max().unwrap_or(0);
    for (step, did) in lines {
        out.line(format!("{step:width$}  {did}").trim_end())?;
    }
    let total = |name: &str| number(run.get(name)).unwrap_or(0);
    out.line(format!(
        "{} returned; {} and {} examined, in {} ms",
        figures::thousands(total("nReturned")),
        figures::counted(total("totalKeysExamined"), "key", "keys"),
        figures::documents(total("totalDocsExamined")),
        total("executionTimeMillis"),
    ))
}

/// The step and those beneath it, each with what it did.
fn steps(step: &Document, depth: usize, lines: &mut Vec<(String, String)>) {
    let name = step.get_str("stage").unwrap_or("?");
    let index = step.get_str("indexName").map(|index| format!(" {index}")).unwrap_or_default();
    lines.push((format!("{:indent$}{name}{index}", "", indent = depth * 2), did(step)));
    if depth == DEPTH_MAX {
        return;
    }
    if let Ok(input) = step.get_document("inputStage") {
        steps(input, depth + 1, lines);
    }
    for input in step.get_array("inputStages").into_iter().flatten().filter_map(Bson::as_document) {
        steps(input, depth + 1, lines);
    }
}

fn did(step: &Document) -> String {
    let figures = [
        ("keysExamined", "key", "keys", "examined"),
        ("docsExamined", "document", "documents", "examined"),
        ("nReturned", "", "", "returned"),
    ];
    let said = figures.into_iter().filter_map(|(name, one, many, what)| {
        let number = number(step.get(name))?;
        Some(match one {
            "" => format!("{} {what}", figures::thousands(number)),
            _ => format!("{} {what}", figures::counted(number, one, many)),
        })
    });
    said.collect::<Vec<_>>().join(", ")
}

fn number(value: Option<&Bson>) -> Option<u64> {
    match value? {
        Bson::Int32(number) => u64::try_from(*number).ok(),
        Bson::Int64(number) => u64::try_from(*number).ok(),
        _ => None,
    }
}

fn incomplete(what: &str) -> Failure {
    Failure::Failed(format!("the explanation lacks {what}"))
}
