//! `$bitsAllSet`, `$bitsAllClear`, `$bitsAnySet`, `$bitsAnyClear`.

use super::{Parser, test};
use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawValue, Value};
use crate::error::{Error, Result, code};
use crate::expression::bits::{Asked, BitTest, Mask};
use crate::expression::filter::{Predicate, Test};
use crate::expression::integer;
use crate::expression::show::shown;
use crate::query::parse::bad_value;

impl Parser<'_> {
    pub(super) fn bits(
        &self,
        path: &Path,
        name: &str,
        asked: Asked,
        value: RawValue<'_>,
    ) -> Result<Predicate> {
        let mask = match value.read() {
            Value::Array(positions) => self.positions(name, positions)?,
            Value::Binary { bytes, .. } => Mask::of_bytes(bytes),
            _ if value.is_number() => self.number(name, value)?,
            _ => {
                let what =
                    format!("{name} takes an array, a number or binary data, but got {}", shown(value));
                return Err(bad_value(&self.here(), what));
            }
        };
        Ok(test(path, Test::Bits(BitTest::new(asked, mask))))
    }

    fn number(&self, name: &str, value: RawValue<'_>) -> Result<Mask> {
        let number = integer::exact(value).and_then(|number| u64::try_from(number).ok());
        let fault = || {
            let what =
                format!("{name} needs an integer from 0 to 9223372036854775807, but got {}", shown(value));
            Error::invalid(code::FAILED_TO_PARSE, format!("{what}, at \"{}\"", self.here()))
        };
        number.map(Mask::of_number).ok_or_else(fault)
    }

    fn positions(&self, name: &str, list: RawDoc<'_>) -> Result<Mask> {
        let mut positions = Vec::new();
        for (place, value) in list.iter() {
            let position = integer::exact(value).and_then(|position| i32::try_from(position).ok());
            let Some(position) = position.and_then(|position| u32::try_from(position).ok()) else {
                let what = format!(
                    "a bit position of {name} is an integer from 0 to 2147483647, but got {}",
                    shown(value)
                );
                return Err(bad_value(&format!("{}.{place}", self.here()), what));
            };
            positions.push(position);
        }
        Ok(Mask::of_positions(positions))
    }
}
