//! `$type`: a set of BSON types.

use crate::document::raw::tag;

use super::show::type_name;

/// Types by their number; MinKey, whose number in queries is -1, has a place of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct TypeSet(u128);

/// Every type a value can have.
const ALL: [u8; 21] = [
    tag::DOUBLE,
    tag::STRING,
    tag::DOCUMENT,
    tag::ARRAY,
    tag::BINARY,
    tag::UNDEFINED,
    tag::OBJECT_ID,
    tag::BOOLEAN,
    tag::DATE_TIME,
    tag::NULL,
    tag::REGEX,
    tag::DB_POINTER,
    tag::CODE,
    tag::SYMBOL,
    tag::CODE_WITH_SCOPE,
    tag::INT32,
    tag::TIMESTAMP,
    tag::INT64,
    tag::DECIMAL128,
    tag::MIN_KEY,
    tag::MAX_KEY,
];

impl TypeSet {
    pub(crate) fn contains(self, kind: u8) -> bool {
        self.0 & bit(kind) != 0
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Adds the type of this name, or all numbers for `number`; whether there is such a name.
    pub(crate) fn add_name(&mut self, name: &str) -> bool {
        if name == "number" {
            self.0 |= bit(tag::DOUBLE) | bit(tag::INT32) | bit(tag::INT64) | bit(tag::DECIMAL128);
            return true;
        }
        let kind = ALL.into_iter().find(|kind| type_name(*kind) == name);
        kind.inspect(|kind| self.0 |= bit(*kind)).is_some()
    }

    /// Adds the type of this number; whether there is one.
    pub(crate) fn add_number(&mut self, number: i64) -> bool {
        let wanted = |kind: &u8| match *kind {
            tag::MIN_KEY => number == -1,
            other => number == i64::from(other),
        };
        let kind = ALL.into_iter().find(wanted);
        kind.inspect(|kind| self.0 |= bit(*kind)).is_some()
    }
}

const fn bit(kind: u8) -> u128 {
    // No type has the number 0.
    if kind == tag::MIN_KEY { 1 } else { 1 << (kind & 0x7F) }
}
