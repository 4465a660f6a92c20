//! What a pattern may begin with: `(*UTF)`, `(*UCP)` and their kin, which speak of the whole.

use super::fault::Fault;
use super::read::Reader;

/// Verbs that ask for what is so anyway, or for another way to the same answer.
const INDIFFERENT: &[&str] =
    &["(*LF)", "(*NO_AUTO_POSSESS)", "(*NO_DOTSTAR_ANCHOR)", "(*NO_JIT)", "(*NO_START_OPT)", "(*UTF)"];

/// Verbs with a number that bounds a search which does not take place here.
const BOUNDS: &[&str] = &["(*LIMIT_DEPTH=", "(*LIMIT_HEAP=", "(*LIMIT_MATCH=", "(*LIMIT_RECURSION="];

impl Reader {
    /// Passes over the verbs at the beginning.
    pub(super) fn verbs(&mut self) -> Result<(), Fault> {
        loop {
            if self.takes("(*UCP)") {
                self.unicode = true;
            } else if BOUNDS.iter().any(|verb| self.takes(verb)) {
                let digits = self.at;
                while self.peek().is_some_and(|next| next.is_ascii_digit()) {
                    self.at += 1;
                }
                if self.at == digits || !self.takes(")") {
                    return Err(self.fault("a verb of a limit needs a number and a parenthesis"));
                }
            } else if !INDIFFERENT.iter().any(|verb| self.takes(verb)) {
                return Ok(());
            }
        }
    }
}
