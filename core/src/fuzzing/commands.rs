//! Commands.

use std::sync::Arc;

use crate::base::{ManualClock, SeededEntropy};
use crate::{Database, Options};

use super::documents_of;

/// A sort or an answer may hold so much.
const BYTES_MAX: usize = 1 << 20;

/// Commands: each document of the input is one, done in one database after the other. What is answered says so, the
/// same commands give the same answers in another database, and the check finds nothing wrong.
pub fn command(data: &[u8]) {
    let commands = documents_of(data, 12);
    let (Some(one), Some(other)) = (opened(), opened()) else { return };
    for command in &commands {
        let answer = one.run_command(command);
        if let Ok(answer) = &answer {
            assert_eq!(answer.get_f64("ok").ok(), Some(1.0), "{command:?} answers {answer:?}");
        }
        let again = other.run_command(command);
        let same = match (&answer, &again) {
            (Ok(answer), Ok(again)) => leaves_to_chance(command.as_bytes()) || answer == again,
            (Err(error), Err(again)) => error.kind() == again.kind() && error.code() == again.code(),
            _ => leaves_to_chance(command.as_bytes()),
        };
        assert!(same, "{command:?} answers {answer:?}, and then {again:?}");
    }
    for db in [one, other] {
        let faults = db.check().map(|report| report.faults);
        assert!(faults.as_ref().is_ok_and(Vec::is_empty), "{commands:?}: {faults:?}");
    }
}

/// A database whose time and chance are always the same.
fn opened() -> Option<Database> {
    let options = Options::new()
        .background(false)
        .sort_bytes_max(BYTES_MAX)
        .clock(Arc::new(ManualClock::new(1_700_000_000_123)))
        .entropy(Arc::new(SeededEntropy::new(5)));
    Database::open_with(":memory:", options).ok()
}

/// Whether a command asks for chance.
fn leaves_to_chance(command: &[u8]) -> bool {
    let word = b"$sampleRate";
    command.windows(word.len()).any(|part| part == word)
}
