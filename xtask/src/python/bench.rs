//! `cargo xtask bench python`: what the way to Python costs, beside pymongo's own codec.

use super::environment::WITH_PYMONGO;
use super::{Profile, QUIET, environment, package, tools};
use crate::run;

/// Measures; false when a stated bound is not kept.
pub(crate) fn run(arguments: &[String]) -> Result<bool, String> {
    let wheel = tools::wheel(Profile::Release)?;
    let python = WITH_PYMONGO.ready()?;
    environment::install(&python, &wheel)?;
    let mut all = vec!["benches/codec.py"];
    all.extend(arguments.iter().map(String::as_str));
    Ok(run::run_in(&package(), &python, &all, &QUIET)?.success)
}
