//! A build without the data of any language: the feature `collation` is off.

use std::cmp::Ordering;

use super::settings::Settings;
use crate::error::{Error, Result};

/// What the keys are made with.
pub(super) const VERSION: &str = "none";

/// There is none.
#[derive(Debug)]
pub(super) enum Collator {}

impl Collator {
    pub(super) fn new(settings: &Settings) -> Result<Self> {
        let what = format!(
            "the collation {settings} cannot be had: this build has no data of languages, turn the feature \"collation\" on"
        );
        Err(Error::not_implemented(what))
    }

    pub(super) fn order(&self, _: &str, _: &str) -> Ordering {
        match *self {}
    }

    pub(super) fn write_key(&self, _: &str, _: &mut Vec<u8>) {
        match *self {}
    }
}
