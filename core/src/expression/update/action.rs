//! What happens at one place of a document.

use super::cull::Pulled;
use super::push::Push;
use crate::document::path::Path;
use crate::document::raw::tag;
use crate::expression::in_list::InList;
use crate::expression::number::Number;
use crate::expression::operand::Operand;

/// One operator with its argument.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    Set(Operand),
    SetOnInsert(Operand),
    Unset,
    Increment(Number),
    Multiply(Number),
    /// `$min` and `$max`.
    Bound(Extreme, Operand),
    /// The source of a rename.
    Leave,
    /// The target of a rename, of what stands at the path.
    Arrive(Path),
    CurrentDate(DateForm),
    /// Integers, each combined with what there is, in this order.
    Bit(Vec<(BitOperator, Number)>),
    Push(Push),
    /// Values that differ from one another, in their order.
    AddToSet(Vec<Operand>),
    Pop(End),
    Pull(Pulled),
    PullAll(InList),
}

impl Action {
    /// Whether what it puts may have a depth of its own.
    pub(super) fn nests(&self) -> bool {
        match self {
            Action::Set(value) | Action::SetOnInsert(value) | Action::Bound(_, value) => {
                matches!(value.tag(), tag::DOCUMENT | tag::ARRAY | tag::CODE_WITH_SCOPE)
            }
            Action::Unset
            | Action::Increment(_)
            | Action::Multiply(_)
            | Action::Leave
            | Action::CurrentDate(_)
            | Action::Bit(_)
            | Action::Pop(_)
            | Action::Pull(_)
            | Action::PullAll(_) => false,
            Action::Arrive(_) | Action::Push(_) | Action::AddToSet(_) => true,
        }
    }
}

/// Which of two values stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extreme {
    Least,
    Greatest,
}

/// As what the time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateForm {
    Date,
    Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BitOperator {
    And,
    Or,
    Xor,
}

/// An end of an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    First,
    Last,
}

impl Action {
    /// The operator's name.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Action::Set(_) => "$set",
            Action::SetOnInsert(_) => "$setOnInsert",
            Action::Unset => "$unset",
            Action::Increment(_) => "$inc",
            Action::Multiply(_) => "$mul",
            Action::Bound(Extreme::Least, _) => "$min",
            Action::Bound(Extreme::Greatest, _) => "$max",
            Action::Leave | Action::Arrive(_) => "$rename",
            Action::CurrentDate(_) => "$currentDate",
            Action::Bit(_) => "$bit",
            Action::Push(_) => "$push",
            Action::AddToSet(_) => "$addToSet",
            Action::Pop(_) => "$pop",
            Action::Pull(_) => "$pull",
            Action::PullAll(_) => "$pullAll",
        }
    }
}
