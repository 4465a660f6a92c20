//! One action at one place: what it writes there.

use super::action::{Action, DateForm, Extreme};
use super::apply::{Apply, Place};
use super::fault::wrong_type;
use super::{arithmetic, cull, set_of};
use crate::document::builder::{put_value, tag_of};
use crate::document::raw::{RawDoc, RawValue, Value, tag};
use crate::error::{Result, code};
use crate::expression::number::Number;
use crate::expression::operand::Operand;

impl Apply<'_> {
    /// Writes the value that an action makes where nothing stood, and answers its type.
    pub(super) fn make(&self, action: &Action, out: &mut Vec<u8>) -> u8 {
        match action {
            Action::Set(operand) | Action::SetOnInsert(operand) | Action::Bound(_, operand) => {
                put(operand.raw(), out)
            }
            Action::Arrive(from) => self.moved(from).map_or(tag::NULL, |value| put(value, out)),
            Action::CurrentDate(form) => put_read(self.now(*form), out),
            Action::Push(push) => {
                push.write(RawDoc::empty(), out);
                tag::ARRAY
            }
            Action::AddToSet(values) => {
                if !set_of::write(RawDoc::empty(), values, out) {
                    out.extend_from_slice(RawDoc::empty().as_bytes());
                }
                tag::ARRAY
            }
            other => put_read(arithmetic::from_nothing(other).map_or(Value::Null, Number::value), out),
        }
    }

    /// Does one action to a value that stands; answers the type of what is written, none when it goes.
    pub(super) fn act(
        &self,
        value: RawValue<'_>,
        action: &Action,
        place: &Place<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Option<u8>> {
        Ok(Some(match action {
            Action::Unset | Action::Leave => return Ok(None),
            Action::Set(operand) => put(operand.raw(), out),
            Action::SetOnInsert(operand) if self.occasion.is_insert => put(operand.raw(), out),
            Action::SetOnInsert(_) => put(value, out),
            Action::Arrive(from) => put(self.moved(from).unwrap_or(value), out),
            Action::Bound(extreme, operand) => put(bounded(value, *extreme, operand), out),
            Action::CurrentDate(form) => put_read(self.now(*form), out),
            Action::Increment(_) | Action::Multiply(_) | Action::Bit(_) => {
                put_read(self.number(value, action, place)?.value(), out)
            }
            Action::Push(_) | Action::AddToSet(_) | Action::Pop(_) | Action::Pull(_) | Action::PullAll(_) => {
                self.check_array(value, action, place)?;
                let array = RawDoc::new(value.as_bytes());
                let written = match action {
                    Action::Push(push) if push.is_idle() => false,
                    Action::Push(push) => {
                        push.write(array, out);
                        true
                    }
                    Action::AddToSet(values) => set_of::write(array, values, out),
                    _ => cull::write(array, action, out),
                };
                if written { tag::ARRAY } else { put(value, out) }
            }
        }))
    }

    fn check_array(&self, value: RawValue<'_>, action: &Action, place: &Place<'_>) -> Result<()> {
        if value.tag() == tag::ARRAY {
            return Ok(());
        }
        let code = if matches!(action, Action::Pop(_)) { code::TYPE_MISMATCH } else { code::BAD_VALUE };
        Err(wrong_type(code, action.name(), "non-array", self.doc, place, value))
    }

    fn now(&self, form: DateForm) -> Value<'static> {
        let now_ms = self.occasion.now_ms;
        match form {
            DateForm::Date => Value::DateTime(now_ms),
            // The moment within the second keeps timestamps in the order of time; MongoDB counts from 1 as well.
            DateForm::Timestamp => Value::Timestamp {
                time: u32::try_from(now_ms.div_euclid(1000)).unwrap_or_default(),
                increment: now_ms.rem_euclid(1000) as u32 + 1,
            },
        }
    }
}

/// The value that stays of two; the one that stands, when they are equal.
fn bounded<'v>(value: RawValue<'v>, extreme: Extreme, operand: &'v Operand) -> RawValue<'v> {
    let order = operand.place_of(value).reverse();
    let other = match extreme {
        Extreme::Least => order.is_lt(),
        Extreme::Greatest => order.is_gt(),
    };
    if other { operand.raw() } else { value }
}

fn put(value: RawValue<'_>, out: &mut Vec<u8>) -> u8 {
    out.extend_from_slice(value.as_bytes());
    value.tag()
}

fn put_read(value: Value<'_>, out: &mut Vec<u8>) -> u8 {
    put_value(out, value);
    tag_of(&value)
}
