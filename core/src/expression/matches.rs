//! Does this document satisfy the filter?
//!
//! The document is walked once for all fields that the filter names at the top; a conjunct that needs one field
//! only is decided as soon as that field is met.

use std::cmp::Ordering;

use super::filter::{Comparison, FieldPredicate, Filter, Predicate, Test};
use super::operand::{Operand, is_nan};
use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawValue, tag};

/// So many fields are found in one walk; further ones are looked up one by one.
const SLOTS: usize = 8;

/// The fields to look for, and what each decides.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    fields: Vec<WantedField>,
    /// The conjuncts that need more than one field.
    rest: Vec<usize>,
}

#[derive(Debug, Clone)]
struct WantedField {
    name: Box<str>,
    /// The conjuncts, as places in the root's list, that need this field and no other.
    alone: Vec<usize>,
}

/// What the walk found of one document.
struct Row<'a> {
    doc: RawDoc<'a>,
    slots: [Option<RawValue<'a>>; SLOTS],
}

impl Filter {
    /// Whether `doc` satisfies the filter.
    pub(crate) fn matches(&self, doc: RawDoc<'_>) -> bool {
        let conjuncts = conjuncts(&self.root);
        let mut row = Row { doc, slots: [None; SLOTS] };
        let fields = &self.wanted.fields[..];
        let mut pending: u32 = (1 << fields.len()) - 1;
        if let [field] = fields {
            row.slots[0] = doc.get(&field.name);
            return all_hold(&field.alone, conjuncts, &row) && all_hold(&self.wanted.rest, conjuncts, &row);
        }
        if pending != 0 {
            for field in doc.fields() {
                let Some(slot) = slot_of(fields, field.name, pending) else { continue };
                pending &= !(1 << slot);
                row.slots[slot] = Some(field.value);
                if !all_hold(&fields[slot].alone, conjuncts, &row) {
                    return false;
                }
                if pending == 0 {
                    break;
                }
            }
        }
        let mut absent = fields.iter().enumerate().filter(|(slot, _)| pending & (1 << slot) != 0);
        absent.all(|(_, field)| all_hold(&field.alone, conjuncts, &row))
            && all_hold(&self.wanted.rest, conjuncts, &row)
    }
}

/// Whether the conjuncts at `places` hold.
#[inline]
fn all_hold(places: &[usize], conjuncts: &[Predicate], row: &Row<'_>) -> bool {
    places.iter().all(|at| holds(&conjuncts[*at], row))
}

#[inline]
fn slot_of(fields: &[WantedField], name: &[u8], pending: u32) -> Option<usize> {
    fields
        .iter()
        .enumerate()
        .position(|(slot, field)| field.name.as_bytes() == name && pending & (1 << slot) != 0)
}

/// The predicates that must all hold.
fn conjuncts(root: &Predicate) -> &[Predicate] {
    match root {
        Predicate::And(children) => children,
        other => std::slice::from_ref(other),
    }
}

impl Wanted {
    /// Numbers the fields that `root` names, and sorts its conjuncts by what they need.
    pub(super) fn prepare(root: &mut Predicate) -> Self {
        let mut wanted = Self::default();
        number(root, &mut wanted.fields);
        for (at, conjunct) in conjuncts(root).iter().enumerate() {
            let mut needs = Vec::new();
            slots(conjunct, &mut needs);
            match needs.first() {
                Some(&slot) if slot < SLOTS && needs.iter().all(|other| *other == slot) => {
                    wanted.fields[slot].alone.push(at);
                }
                _ => wanted.rest.push(at),
            }
        }
        wanted
    }
}

fn number(predicate: &mut Predicate, fields: &mut Vec<WantedField>) {
    match predicate {
        Predicate::And(children) | Predicate::Or(children) | Predicate::Nor(children) => {
            children.iter_mut().for_each(|child| number(child, fields));
        }
        Predicate::Not(child) => number(child, fields),
        Predicate::Field(field) => {
            let name = field.path.first();
            let known = fields.iter().position(|other| *other.name == *name);
            field.slot = known.unwrap_or(fields.len());
            if known.is_none() && fields.len() < SLOTS {
                fields.push(WantedField { name: name.into(), alone: Vec::new() });
            }
        }
    }
}

fn slots(predicate: &Predicate, needs: &mut Vec<usize>) {
    match predicate {
        Predicate::And(children) | Predicate::Or(children) | Predicate::Nor(children) => {
            children.iter().for_each(|child| slots(child, needs));
        }
        Predicate::Not(child) => slots(child, needs),
        Predicate::Field(field) => needs.push(field.slot),
    }
}

fn holds(predicate: &Predicate, row: &Row<'_>) -> bool {
    match predicate {
        Predicate::Field(field) => field.holds(row),
        Predicate::Not(child) => !holds(child, row),
        Predicate::And(children) => children.iter().all(|child| holds(child, row)),
        Predicate::Or(children) => children.iter().any(|child| holds(child, row)),
        Predicate::Nor(children) => !children.iter().any(|child| holds(child, row)),
    }
}

impl FieldPredicate {
    fn holds(&self, row: &Row<'_>) -> bool {
        let found = match row.slots.get(self.slot) {
            Some(slot) => *slot,
            None => row.doc.get(self.path.first()),
        };
        any_below(found, &self.path, 1, &|value| self.test.holds(value))
    }
}

/// A test of one value that stands at a path; none when nothing stands there.
type Check<'c> = &'c dyn Fn(Option<RawValue<'_>>) -> bool;

/// Whether `check` holds for anything that `path` leads to from `found` by its names from `level` on.
fn any_below(found: Option<RawValue<'_>>, path: &Path, level: usize, check: Check<'_>) -> bool {
    let Some(value) = found else { return check(None) };
    let inner = RawDoc::new(value.as_bytes());
    match (value.tag(), path.name(level)) {
        (tag::ARRAY, None) => inner.fields().any(|element| check(Some(element.value))) || check(found),
        (_, None) => check(found),
        (tag::ARRAY, Some(_)) => any_element(inner, path, level, check),
        (tag::DOCUMENT, Some(name)) => any_below(inner.get(name), path, level + 1, check),
        _ => check(None),
    }
}

/// Whether `check` holds for anything that the names from `level` on lead to from the elements of an array.
///
/// A document among them is entered by name; the element at the position that the name spells, if it spells one,
/// is taken as it is. An array directly inside an array is entered by position only.
fn any_element(array: RawDoc<'_>, path: &Path, level: usize, check: Check<'_>) -> bool {
    let (position, last) = (path.position(level), path.len() == level + 1);
    array.fields().enumerate().any(|(at, element)| {
        let value = element.value;
        if value.tag() == tag::DOCUMENT && any_below(Some(value), path, level, check) {
            return true;
        }
        match value.tag() {
            _ if position != Some(at) => false,
            _ if last => check(Some(value)),
            tag::ARRAY => any_element(RawDoc::new(value.as_bytes()), path, level + 1, check),
            tag::DOCUMENT => any_below(Some(value), path, level + 1, check),
            _ => false,
        }
    })
}

impl Test {
    pub(super) fn holds(&self, value: Option<RawValue<'_>>) -> bool {
        match (self, value) {
            (Test::Compare(comparison, operand), Some(value)) => comparison.holds(value, operand),
            (Test::Compare(comparison, operand), None) => comparison.holds_for_missing(operand),
            (Test::In(list), Some(value)) => list.contains(value),
            (Test::In(list), None) => list.has_null(),
            (Test::Exists, value) => value.is_some(),
        }
    }
}

impl Comparison {
    /// Whether `value` stands so to `operand`. Only what has the same class is compared; MinKey and MaxKey are
    /// beyond everything; NaN equals NaN and stands in no other relation.
    #[inline]
    fn holds(self, value: RawValue<'_>, operand: &Operand) -> bool {
        if self == Comparison::Equal {
            return operand
                .quick_equal(value)
                .unwrap_or_else(|| operand.same_class(value) && operand.place_of(value) == Ordering::Equal);
        }
        match operand.quick(value) {
            Some(order) => self.accepts(order),
            None => self.holds_slowly(value, operand),
        }
    }

    fn holds_slowly(self, value: RawValue<'_>, operand: &Operand) -> bool {
        if !operand.same_class(value) {
            return self.reaches_beyond(operand);
        }
        match (is_nan(value), operand.is_nan()) {
            (false, false) => self.accepts(operand.place_of(value)),
            (mine, theirs) => mine && theirs && self.accepts(Ordering::Equal),
        }
    }

    fn holds_for_missing(self, operand: &Operand) -> bool {
        if operand.is_null() { self.accepts(Ordering::Equal) } else { self.reaches_beyond(operand) }
    }

    /// Whether a value of another class stands so to `operand`.
    fn reaches_beyond(self, operand: &Operand) -> bool {
        match operand.tag() {
            tag::MAX_KEY => matches!(self, Comparison::Less | Comparison::LessOrEqual),
            tag::MIN_KEY => matches!(self, Comparison::Greater | Comparison::GreaterOrEqual),
            _ => false,
        }
    }

    #[inline]
    fn accepts(self, order: Ordering) -> bool {
        match self {
            Comparison::Equal => order.is_eq(),
            Comparison::Less => order.is_lt(),
            Comparison::LessOrEqual => order.is_le(),
            Comparison::Greater => order.is_gt(),
            Comparison::GreaterOrEqual => order.is_ge(),
        }
    }
}
