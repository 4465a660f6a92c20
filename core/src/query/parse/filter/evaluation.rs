//! `$mod`, `$sampleRate`.

use super::{Parser, test, unsupported};
use crate::base::entropy::{Entropy, SystemEntropy};
use crate::document::decimal::Decimal;
use crate::document::id::ID;
use crate::document::path::Path;
use crate::document::raw::{RawValue, Value};
use crate::error::Result;
use crate::expression::filter::{Predicate, Test};
use crate::expression::integer;
use crate::expression::modulo::Modulo;
use crate::expression::sample::Sample;
use crate::expression::show::shown;
use crate::query::parse::bad_value;

impl Parser {
    pub(super) fn modulo(&self, path: &Path, value: RawValue<'_>) -> Result<Predicate> {
        let fault = |what: &str| Err(bad_value(&self.here(), format!("{what}, but got {}", shown(value))));
        let parts: Vec<_> = match value.as_array() {
            Some(array) => array.iter().take(3).map(|(_, part)| part).collect(),
            None => return fault("$mod needs an array of a divisor and a remainder"),
        };
        let [divisor, remainder] = parts[..] else {
            return fault("$mod needs exactly two numbers, a divisor and a remainder");
        };
        let (Some(divisor), Some(remainder)) = (integer::truncated(divisor), integer::truncated(remainder))
        else {
            return fault("divisor and remainder of $mod must be finite numbers of at most 64 bits");
        };
        match Modulo::new(divisor, remainder) {
            Some(modulo) => Ok(test(path, Test::Modulo(modulo))),
            None => fault("the divisor of $mod cannot be 0"),
        }
    }

    pub(super) fn sample(&self, value: RawValue<'_>) -> Result<Predicate> {
        if self.elements > 0 {
            return Err(unsupported(&self.here(), "$sampleRate inside $elemMatch"));
        }
        let mut seed = [0; 8];
        SystemEntropy.fill(&mut seed);
        let sample = rate(value).and_then(|rate| Sample::new(rate, u64::from_le_bytes(seed)));
        let fault = || {
            bad_value(&self.here(), format!("$sampleRate needs a number from 0 to 1, but got {}", shown(value)))
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
