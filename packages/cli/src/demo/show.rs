//! One step: said, shown as it would be typed, run, timed.

use std::time::Instant;

use crate::args::{self, NotRun};
use crate::failure::{Done, Failure};
use crate::output::Output;
use crate::{commands, figures};

/// One command of the demo.
pub(super) struct Step {
    /// What it is for.
    pub(super) why: &'static str,
    /// What is typed behind the program's name, quoted as a shell needs it.
    pub(super) command: &'static str,
}

impl Step {
    pub(super) fn run(&self, out: &mut Output) -> Done {
        out.line(format!("\n# {}", self.why.replace('\n', "\n# ")))?;
        out.line(format!("$ nexuslite {}", self.command))?;
        // What follows may fail, or draw a bar on the terminal: what was said must be seen before.
        out.flush()?;
        let words = std::iter::once("nexuslite".to_owned()).chain(words(self.command));
        let cli = args::parse(words).map_err(|not_run| match not_run {
            NotRun::Told(text) | NotRun::Wrong(text) => Failure::Failed(format!("demo: {text}")),
        })?;
        let before = out.set_mode(cli.json.into());
        let started = Instant::now();
        let outcome = commands::run(&cli.command, out);
        let spent = started.elapsed();
        out.set_mode(before);
        outcome?;
        out.line(format!("  ({})", figures::time(spent)))
    }
}

/// The words that a shell makes of a line in which some are in single quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in line.split('\'').enumerate() {
        match at % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_parted_into_words_as_a_shell_does() {
        let check = |line: &str, wanted: &[&str]| assert_eq!(words(line), wanted, "{line}");
        check("find --db a.db", &["find", "--db", "a.db"]);
        check("find --filter '{\"a\": 1}' -n 2", &["find", "--filter", "{\"a\": 1}", "-n", "2"]);
        check("insert ''", &["insert", ""]);
    }
}
