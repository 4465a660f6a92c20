//! Regular expressions as MongoDB knows them: PCRE2 with UTF-8, asked whether they match anywhere in a text.
//!
//! A pattern is read by PCRE2's rules into a tree, and the tree is written for an engine that needs time in
//! proportion to the text only. Where that engine has no word for a construct, the pattern is refused.
//! Where PCRE2 searches a text by trying one way after another, the engine tries all at once: a text has a match for
//! the one exactly when it has one for the other, which `tests` compares by a plain search of its own.
//! Because only whether there is a match is asked, groups need not be captured, and greedy or lazy is all the same.

mod class;
mod escape;
mod fault;
mod group;
mod prefix;
mod read;
mod tree;
mod verb;
mod write;

#[cfg(test)]
mod tests;

use regex::{Regex, RegexBuilder};

use self::fault::Fault;
pub(crate) use self::fault::FaultKind;
pub(crate) use self::prefix::Prefix;
use self::read::{Flags, Reader};
use crate::document::raw::{RawValue, Value};

/// How much memory a compiled pattern may take.
const COMPILED_BYTES_MAX: usize = 4 << 20;
/// Every level of the tree is written as a few levels of groups.
const NEST_MAX: u32 = 1000;

/// A compiled pattern.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    source: Box<str>,
    options: Box<str>,
    prefix: Option<Prefix>,
    regex: Regex,
}

impl Pattern {
    /// Reads and compiles a pattern of at most `bytes_max` bytes with its options, which are letters of `imsux`.
    pub(crate) fn new(source: &str, options: &str, bytes_max: usize) -> Result<Self, Fault> {
        if source.contains('\0') || options.contains('\0') {
            return Err(Fault::value("a regular expression and its options cannot contain a null byte"));
        }
        if source.len() > bytes_max {
            let what = format!("a pattern of {} bytes is over pattern_bytes_max, {bytes_max}", source.len());
            return Err(Fault::limit(what));
        }
        let tree = Reader::new(source, flags(options)?).read()?;
        let regex = compile(&write::written(&tree)?)?;
        Ok(Self { source: source.into(), options: options.into(), prefix: prefix::of(&tree), regex })
    }

    /// The pattern as it was written.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// Its options as they were written.
    pub(crate) fn options(&self) -> &str {
        &self.options
    }

    /// How every text begins that it matches, if it demands that.
    pub(crate) fn prefix(&self) -> Option<&Prefix> {
        self.prefix.as_ref()
    }

    /// Whether it matches anywhere in `text`.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// Whether a string or symbol has a match, or a regular expression is the same one.
    pub(crate) fn holds(&self, value: RawValue<'_>) -> bool {
        match value.read() {
            Value::String(text) | Value::Symbol(text) => self.is_match(text),
            Value::Regex { pattern, options } => *pattern == *self.source && *options == *self.options,
            _ => false,
        }
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source && self.options == other.options
    }
}

fn flags(options: &str) -> Result<Flags, Fault> {
    let mut flags = Flags::default();
    for option in options.chars() {
        match option {
            'i' => flags.caseless = true,
            'm' => flags.lines = true,
            's' => flags.dot_all = true,
            'x' => flags.extended = true,
            // All texts are UTF-8 anyway.
            'u' => {}
            _ => return Err(Fault::option(format!("invalid flag in regex options: {option}"))),
        }
    }
    Ok(flags)
}

fn compile(text: &str) -> Result<Regex, Fault> {
    let mut builder = RegexBuilder::new(text);
    builder.size_limit(COMPILED_BYTES_MAX).nest_limit(NEST_MAX).build().map_err(|error| match error {
        regex::Error::CompiledTooBig(limit) => {
            Fault::limit(format!("the pattern needs more than {limit} bytes when compiled"))
        }
        other => Fault::invalid(other.to_string()),
    })
}
