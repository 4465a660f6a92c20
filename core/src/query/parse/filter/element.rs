//! `$type`.

use super::{Parser, test};
use crate::document::path::Path;
use crate::document::raw::RawValue;
use crate::error::{Error, Result, code};
use crate::expression::filter::{Predicate, Test};
use crate::expression::integer;
use crate::expression::show::shown;
use crate::expression::type_set::TypeSet;
use crate::query::parse::bad_value;

impl Parser<'_> {
    pub(super) fn types(&self, path: &Path, value: RawValue<'_>) -> Result<Predicate> {
        let mut types = TypeSet::default();
        match value.as_array() {
            Some(list) => list.iter().try_for_each(|(_, element)| self.add_type(&mut types, element))?,
            None => self.add_type(&mut types, value)?,
        }
        if types.is_empty() {
            let what = format!("$type must name at least one type, at \"{}\"", self.here());
            return Err(Error::invalid(code::FAILED_TO_PARSE, what));
        }
        Ok(test(path, Test::Type(types)))
    }

    fn add_type(&self, types: &mut TypeSet, value: RawValue<'_>) -> Result<()> {
        let here = self.here();
        if let Some(name) = value.as_str() {
            let what = || bad_value(&here, format!("unknown type name in $type: {name:?}"));
            return types.add_name(name).then_some(()).ok_or_else(what);
        }
        if !value.is_number() {
            let what = format!("$type takes a number or a string, but got {}, at \"{here}\"", shown(value));
            return Err(Error::invalid(code::TYPE_MISMATCH, what));
        }
        match integer::exact(value) {
            Some(0) => {
                Err(bad_value(&here, "no type has the number 0: use {$exists: false} instead of $type"))
            }
            Some(number) if types.add_number(number) => Ok(()),
            _ => Err(bad_value(&here, format!("no type has the number {} in $type", shown(value)))),
        }
    }
}
