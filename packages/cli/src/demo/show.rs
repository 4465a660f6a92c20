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
    /// What follows the program's name.
    pub(super) words: &'static [&'static str],
}

impl Step {
    pub(super) fn run(&self, out: &mut Output) -> Done {
        out.line(format!("\n# {}", self.why.replace('\n', "\n# ")))?;
        out.line(format!("$ nexuslite {}", typed(self.words)))?;
        // What follows may fail, or draw a bar on the terminal: what was said must be seen before.
        out.flush()?;
        let cli = args::parse(["nexuslite"].iter().chain(self.words)).map_err(|not_run| match not_run {
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

/// The words as a shell needs them.
fn typed(words: &[&str]) -> String {
    let quoted = words.iter().map(|word| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:@+".contains(c);
        match !word.is_empty() && word.chars().all(is_plain) {
            true => (*word).to_owned(),
            false => format!("'{}'", word.replace('\'', r"'\''")),
        }
    });
    quoted.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_as_a_shell_needs_them() {
        let check = |words: &[&str], wanted: &str| assert_eq!(typed(words), wanted);
        check(&["find", "--db", "a.db"], "find --db a.db");
        check(&["--filter", "{\"a\": 1}"], "--filter '{\"a\": 1}'");
        check(&["it's", ""], r"'it'\''s' ''");
    }
}
