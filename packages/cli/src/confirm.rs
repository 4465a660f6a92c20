//! What cannot be taken back is asked for, unless the call says `--yes`.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::failure::{Done, Failure};

/// Whether somebody has agreed already, or must be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Consent {
    Given,
    ToAsk,
}

impl Consent {
    /// What `--yes` says; without it there must be somebody who can answer.
    pub(crate) fn of(yes: bool, command: &str) -> Done<Self> {
        if yes {
            return Ok(Self::Given);
        }
        if io::stdin().is_terminal() && io::stderr().is_terminal() {
            return Ok(Self::ToAsk);
        }
        Err(Failure::Usage(format!(
            "{command} cannot be undone and there is no terminal to ask on: add --yes"
        )))
    }

    /// Asks, when it must be asked.
    pub(crate) fn settle(self, question: impl FnOnce() -> Done<String>) -> Done {
        if self == Self::Given {
            return Ok(());
        }
        let question = question()?;
        let _ = write!(io::stderr(), "{question} [y/N] ");
        let mut answer = String::new();
        io::stdin()
            .lock()
            .read_line(&mut answer)
            .map_err(|error| Failure::Failed(format!("read the answer: {error}")))?;
        match answer.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => Ok(()),
            _ => Err(Failure::Failed(format!("nothing was changed: the answer was {:?}", answer.trim()))),
        }
    }
}
