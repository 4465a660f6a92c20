//! `$mod`, `$regex`, `$sampleRate`.

use super::{Parser, test, unsupported};
use crate::base::{Entropy, SystemEntropy};
use crate::document::decimal::Decimal;
use crate::document::id::ID;
use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawValue, Value};
use crate::error::{Error, ErrorKind, Result, code};
use crate::expression::filter::{Predicate, Test};
use crate::expression::integer;
use crate::expression::modulo::Modulo;
use crate::expression::pattern::{FaultKind, Pattern};
use crate::expression::sample::Sample;
use crate::expression::show::shown;
use crate::query::parse::bad_value;

/// So many characters of a pattern stand in a message about it.
const PATTERN_SHOWN: usize = 80;

impl Parser<'_> {
    pub(super) fn modulo(&self, path: &Path, value: RawValue<'_>) -> Result<Predicate> {
        let fault = |what: &str| Err(bad_value(&self.here(), format!("{what}, but got {}", shown(value))));
        let Some(array) = value.as_array() else { return fault("malformed mod, needs to be an array") };
        let parts: Vec<_> = array.iter().take(3).map(|(_, part)| part).collect();
        let (divisor, remainder) = match parts[..] {
            [divisor, _] if !divisor.is_number() => return fault("malformed mod, divisor not a number"),
            [_, remainder] if !remainder.is_number() => {
                return fault("malformed mod, remainder not a number");
            }
            [divisor, remainder] => (divisor, remainder),
            [] | [_] => return fault("malformed mod, not enough elements"),
            _ => return fault("malformed mod, too many elements"),
        };
        let Some(divisor) = integer::truncated(divisor) else {
            return fault("malformed mod, the divisor is not finite or not within 64 bits");
        };
        let Some(remainder) = integer::truncated(remainder) else {
            return fault("malformed mod, the remainder is not finite or not within 64 bits");
        };
        match Modulo::new(divisor, remainder) {
            Some(modulo) => Ok(test(path, Test::Modulo(modulo))),
            None => fault("the divisor cannot be 0"),
        }
    }

    /// `$regex` with the `$options` beside it.
    pub(super) fn regex(&self, path: &Path, operators: RawDoc<'_>) -> Result<Predicate> {
        let (mut pattern, mut options) = ("", "");
        let twice = |code| {
            let what = format!("options are set in both $regex and $options, at \"{}\"", self.here());
            Err(Error::invalid(code, what))
        };
        for (name, value) in operators.iter() {
            match (name, value.read()) {
                ("$regex", Value::String(text)) => pattern = text,
                ("$regex", Value::Regex { pattern: text, options: own }) => {
                    if !own.is_empty() && !options.is_empty() {
                        return twice(code::REGEX_OPTIONS_BEHIND);
                    }
                    pattern = text;
                    options = if own.is_empty() { options } else { own };
                }
                ("$options", Value::String(_)) if !options.is_empty() => {
                    return twice(code::REGEX_OPTIONS_BEFORE);
                }
                ("$options", Value::String(text)) => options = text,
                ("$regex" | "$options", _) => {
                    let what = format!("{name} has to be a string, but is {}", shown(value));
                    return Err(bad_value(&self.here(), what));
                }
                _ => {}
            }
        }
        self.pattern(path, pattern, options)
    }

    /// A regular expression that stands where a value could.
    pub(super) fn regex_value(&self, path: &Path, value: RawValue<'_>) -> Result<Predicate> {
        match value.read() {
            Value::Regex { pattern, options } => self.pattern(path, pattern, options),
            _ => Err(bad_value(&self.here(), format!("not a regular expression: {}", shown(value)))),
        }
    }

    fn pattern(&self, path: &Path, pattern: &str, options: &str) -> Result<Predicate> {
        Ok(test(path, Test::Pattern(Box::new(self.compiled(pattern, options)?))))
    }

    /// A regular expression, ready to match.
    pub(super) fn compiled(&self, pattern: &str, options: &str) -> Result<Pattern> {
        Pattern::new(pattern, options, self.limits.pattern_bytes_max).map_err(|fault| {
            let (kind, code) = match fault.kind {
                FaultKind::Invalid => (ErrorKind::Invalid, Some(code::REGEX_INVALID)),
                FaultKind::Unsupported => (ErrorKind::Unsupported, Some(code::NOT_IMPLEMENTED)),
                FaultKind::Limit => (ErrorKind::Limit, None),
                FaultKind::Option => (ErrorKind::Invalid, Some(code::REGEX_FLAG_INVALID)),
                FaultKind::Value => (ErrorKind::Invalid, Some(code::BAD_VALUE)),
            };
            let shown: String = pattern.chars().take(PATTERN_SHOWN).collect();
            let message =
                format!("{}, in the regular expression {shown:?}, at \"{}\"", fault.what, self.here());
            let error = Error::new(kind, message);
            match code {
                Some(code) => error.with_code(code),
                None => error,
            }
        })
    }

    pub(super) fn sample(&self, value: RawValue<'_>) -> Result<Predicate> {
        if self.elements > 0 {
            return Err(unsupported(&self.here(), "$sampleRate inside $elemMatch"));
        }
        let mut seed = [0; 8];
        SystemEntropy.fill(&mut seed);
        let sample = rate(value).and_then(|rate| Sample::new(rate, u64::from_le_bytes(seed)));
        let fault = || {
            bad_value(
                &self.here(),
                format!("$sampleRate needs a number from 0 to 1, but got {}", shown(value)),
            )
        };
        Ok(test(&Path::parse(ID)?, Test::Sample(sample.ok_or_else(fault)?)))
    }
}

#[expect(clippy::cast_precision_loss, reason = "only 0 and 1 are rates, and exact")]
fn rate(value: RawValue<'_>) -> Option<f64> {
    match value.read() {
        Value::Int32(number) => Some(number.into()),
        Value::Int64(number) => Some(number as f64),
        Value::Double(number) => Some(number),
        Value::Decimal128(bytes) => of_decimal(Decimal::from_bytes(bytes)),
        _ => None,
    }
}

fn of_decimal(number: Decimal) -> Option<f64> {
    match number {
        Decimal::Finite { coefficient: 0, .. } => Some(0.0),
        Decimal::Finite { negative: false, .. } => number.magnitude().map(|size| size.to_double_below().0),
        _ => None,
    }
}
