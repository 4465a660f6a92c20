//! A collation as it is written: `{locale: "de", strength: 1}`.

use std::fmt;

use super::collator::VERSION;
use super::locale::Locale;
use crate::document::builder::RawDocBuf;
use crate::document::compare::equal;
use crate::document::json::{Mode, document_to_string, value_to_string};
use crate::document::raw::{RawDoc, RawValue, Value, tag};
use crate::error::{Error, Result, code};

/// The order of bytes.
const SIMPLE: &str = "simple";
/// Longer values are named by their size in messages.
const SHOWN_BYTES_MAX: usize = 160;

/// What a collation says, all of it.
pub(super) struct Settings {
    pub(super) locale: Locale,
    pub(super) case_level: bool,
    pub(super) case_first: CaseFirst,
    /// From 1 to 5.
    pub(super) strength: u8,
    pub(super) numeric_ordering: bool,
    /// Whether spaces, and punctuation unless `only_spaces`, are passed over.
    pub(super) shifted: bool,
    pub(super) only_spaces: bool,
    pub(super) normalization: bool,
    pub(super) backwards: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CaseFirst {
    Off,
    Lower,
    Upper,
}

impl Settings {
    /// Reads a collation; none is the order of bytes.
    pub(super) fn parse(doc: RawDoc<'_>) -> Result<Option<Self>> {
        let Some(locale) = doc.get("locale") else {
            return Err(Error::invalid(
                code::IDL_FAILED_TO_PARSE,
                "the collation's field 'locale' is missing but a required field",
            ));
        };
        let locale = text("locale", locale)?;
        if locale == SIMPLE {
            return match doc.iter().find(|(name, _)| *name != "locale") {
                None => Ok(None),
                Some((name, _)) => Err(Error::invalid(
                    code::FAILED_TO_PARSE,
                    format!(
                        "a collation of the locale 'simple' has no other field, but this one has '{name}'"
                    ),
                )),
            };
        }
        let mut settings = Self::of(Locale::named(locale)?);
        for (name, value) in doc.iter() {
            settings.set(name, value)?;
        }
        settings.check()?;
        Ok(Some(settings))
    }

    fn of(locale: Locale) -> Self {
        Self {
            locale,
            case_level: false,
            case_first: if locale.upper_first() { CaseFirst::Upper } else { CaseFirst::Off },
            strength: 3,
            numeric_ordering: false,
            shifted: locale.shifted(),
            only_spaces: false,
            normalization: locale.normalized(),
            backwards: locale.backwards(),
        }
    }

    fn set(&mut self, name: &str, value: RawValue<'_>) -> Result<()> {
        match name {
            "locale" => {}
            "caseLevel" => self.case_level = flag(name, value)?,
            "caseFirst" => {
                let known =
                    [("off", CaseFirst::Off), ("lower", CaseFirst::Lower), ("upper", CaseFirst::Upper)];
                self.case_first = one_of(name, value, &known)?;
            }
            "strength" => self.strength = strength(value)?,
            "numericOrdering" => self.numeric_ordering = flag(name, value)?,
            "alternate" => {
                self.shifted = one_of(name, value, &[("non-ignorable", false), ("shifted", true)])?;
            }
            "maxVariable" => {
                self.only_spaces = one_of(name, value, &[("punct", false), ("space", true)])?;
            }
            "normalization" => self.normalization = flag(name, value)?,
            "backwards" => self.backwards = flag(name, value)?,
            "version" => check_version(text(name, value)?)?,
            _ => {
                return Err(Error::invalid(
                    code::IDL_UNKNOWN_FIELD,
                    format!("the collation's field '{name}' is an unknown field"),
                ));
            }
        }
        Ok(())
    }

    /// Refuses what contradicts itself, as MongoDB does.
    fn check(&self) -> Result<()> {
        let refuse =
            |what: &str| Err(Error::invalid(code::BAD_VALUE, format!("{what}, in the collation {self}")));
        if self.backwards && self.strength == 1 {
            return refuse("'backwards' is invalid with a 'strength' of 1");
        }
        if self.case_first != CaseFirst::Off && !self.case_level && self.strength <= 2 {
            return refuse("'caseFirst' is invalid unless 'caseLevel' is on or 'strength' is greater than 2");
        }
        Ok(())
    }

    /// Every field, in MongoDB's order.
    pub(super) fn to_doc(&self) -> RawDocBuf {
        RawDocBuf::build(|out| {
            out.put("locale", Value::String(&self.locale.id()));
            out.put("caseLevel", Value::Boolean(self.case_level));
            out.put("caseFirst", Value::String(self.case_first.name()));
            out.put("strength", Value::Int32(self.strength.into()));
            out.put("numericOrdering", Value::Boolean(self.numeric_ordering));
            out.put("alternate", Value::String(if self.shifted { "shifted" } else { "non-ignorable" }));
            out.put("maxVariable", Value::String(if self.only_spaces { "space" } else { "punct" }));
            out.put("normalization", Value::Boolean(self.normalization));
            out.put("backwards", Value::Boolean(self.backwards));
            out.put("version", Value::String(VERSION));
        })
    }
}

/// As it is listed.
impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&document_to_string(self.to_doc().as_doc(), Mode::Relaxed))
    }
}

impl CaseFirst {
    fn name(self) -> &'static str {
        match self {
            CaseFirst::Off => "off",
            CaseFirst::Lower => "lower",
            CaseFirst::Upper => "upper",
        }
    }
}

fn check_version(version: &str) -> Result<()> {
    if version == VERSION {
        return Ok(());
    }
    let what = format!(
        "a collation of the version {version:?} was asked for, and this build has the version {VERSION:?} only"
    );
    Err(Error::invalid(code::INCOMPATIBLE_COLLATION_VERSION, what))
}

fn text<'a>(name: &str, value: RawValue<'a>) -> Result<&'a str> {
    value.as_str().ok_or_else(|| wrong_type(name, value, "a string"))
}

fn flag(name: &str, value: RawValue<'_>) -> Result<bool> {
    match value.read() {
        Value::Boolean(on) => Ok(on),
        _ => Err(wrong_type(name, value, "a boolean")),
    }
}

fn strength(value: RawValue<'_>) -> Result<u8> {
    if !value.is_number() {
        return Err(wrong_type("strength", value, "a whole number from 1 to 5"));
    }
    let is = |strength: &u8| equal(value, RawValue::new(tag::INT32, &i32::from(*strength).to_le_bytes()));
    (1..=5).find(is).ok_or_else(|| bad_value("strength", value, "a whole number from 1 to 5"))
}

fn one_of<T: Copy>(name: &str, value: RawValue<'_>, known: &[(&str, T)]) -> Result<T> {
    let written = text(name, value)?;
    let found = known.iter().find(|(name, _)| *name == written);
    found.map(|(_, meant)| *meant).ok_or_else(|| {
        let names: Vec<_> = known.iter().map(|(name, _)| format!("'{name}'")).collect();
        bad_value(name, value, &names.join(" or "))
    })
}

fn wrong_type(name: &str, value: RawValue<'_>, wanted: &str) -> Error {
    Error::invalid(code::TYPE_MISMATCH, must_be(name, value, wanted))
}

fn bad_value(name: &str, value: RawValue<'_>, wanted: &str) -> Error {
    Error::invalid(code::BAD_VALUE, must_be(name, value, wanted))
}

fn must_be(name: &str, value: RawValue<'_>, wanted: &str) -> String {
    let seen = match value.as_bytes().len() {
        0..=SHOWN_BYTES_MAX => value_to_string(value, Mode::Relaxed),
        bytes => format!("a value of {bytes} bytes"),
    };
    format!("the collation's field '{name}' must be {wanted}, but is {seen}")
}
