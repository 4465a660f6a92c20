//! Does this document satisfy the filter?
//!
//! The document is walked once for all fields that the filter names at the top; a conjunct that needs one field
//! only is decided as soon as that field is met.

use std::cell::RefCell;
use std::cmp::Ordering;

use super::filter::{Comparison, Element, FieldPredicate, Filter, Predicate, Test, Whole};
use super::operand::{Operand, is_nan};
use super::value::{Expression, Moment};
use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawValue, tag};
use crate::error::{Error, Result};

/// So many fields are found in one walk; further ones are looked up one by one.
const SLOTS: usize = 24;
/// Most filters name fewer, and places for more need not be made empty for every document.
const SLOTS_FEW: usize = 8;

/// The fields to look for, and what each decides.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Wanted {
    fields: Vec<WantedField>,
    /// The conjuncts that need more than one field.
    rest: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq)]
struct WantedField {
    name: Box<str>,
    /// The conjuncts, as places in the root's list, that need this field and no other.
    alone: Vec<usize>,
}

/// What the walk found of one document.
struct Row<'a, 's> {
    doc: RawDoc<'a>,
    slots: &'s mut [Option<RawValue<'a>>],
    asking: Option<&'s Asking<'s>>,
}

/// The moment for expressions, and the first thing that went wrong in one.
struct Asking<'m> {
    moment: Moment<'m>,
    fault: RefCell<Option<Error>>,
}

impl Filter {
    /// Whether `doc` satisfies the filter, in which there is no expression.
    pub(crate) fn matches(&self, doc: RawDoc<'_>) -> bool {
        debug_assert!(!self.computes, "an expression needs a moment, and may fail");
        self.ask(doc, None)
    }

    /// Whether `doc` satisfies the filter at a moment.
    ///
    /// # Errors
    /// Whatever an expression in the filter answers; without one, none.
    #[inline]
    pub(crate) fn matches_at(&self, doc: RawDoc<'_>, moment: &Moment<'_>) -> Result<bool> {
        if !self.computes {
            return Ok(self.ask(doc, None));
        }
        let asking = Asking { moment: *moment, fault: RefCell::new(None) };
        let matches = self.ask(doc, Some(&asking));
        asking.fault.into_inner().map_or(Ok(matches), Err)
    }

    /// A field that some of the conditions need and no other one, by its place and its name.
    pub(crate) fn lone_field(&self) -> Option<(usize, &str)> {
        let fields = self.wanted.fields.iter().take(SLOTS_FEW).enumerate();
        let mut alone = fields.filter(|(_, field)| !field.alone.is_empty());
        alone.next().map(|(slot, field)| (slot, &*field.name))
    }

    /// Whether all that is asked is asked of one field alone.
    pub(super) fn asks_one_field(&self) -> bool {
        self.wanted.fields.len() == 1 && self.wanted.rest.is_empty()
    }

    /// The conjuncts that need the field at the place `slot` and no other one.
    pub(super) fn asked_alone(&self, slot: usize) -> Option<impl Iterator<Item = &Predicate>> {
        let conjuncts = conjuncts(&self.root);
        Some(self.wanted.fields.get(slot)?.alone.iter().map(move |at| &conjuncts[*at]))
    }

    /// Whether a document may satisfy the filter that has this value in the field at the place `slot`.
    #[inline]
    pub(crate) fn may_take(&self, slot: usize, value: Option<RawValue<'_>>) -> bool {
        let mut slots = [None; SLOTS_FEW];
        slots[slot] = value;
        let row = Row { doc: RawDoc::empty(), slots: &mut slots, asking: None };
        all_hold(&self.wanted.fields[slot].alone, conjuncts(&self.root), &row)
    }

    #[inline]
    fn ask(&self, doc: RawDoc<'_>, asking: Option<&Asking<'_>>) -> bool {
        if self.wanted.fields.len() <= SLOTS_FEW {
            self.takes(&mut Row { doc, slots: &mut [None; SLOTS_FEW], asking })
        } else {
            self.takes(&mut Row { doc, slots: &mut [None; SLOTS], asking })
        }
    }

    #[inline]
    fn takes(&self, row: &mut Row<'_, '_>) -> bool {
        let conjuncts = conjuncts(&self.root);
        let (doc, fields) = (row.doc, &self.wanted.fields[..]);
        let mut pending: u32 = (1 << fields.len()) - 1;
        if let [field] = fields {
            row.slots[0] = doc.get(&field.name);
            return all_hold(&field.alone, conjuncts, row) && all_hold(&self.wanted.rest, conjuncts, row);
        }
        if pending != 0 {
            for field in doc.fields() {
                let Some(slot) = slot_of(fields, field.name, pending) else { continue };
                pending &= !(1 << slot);
                row.slots[slot] = Some(field.value);
                if !all_hold(&fields[slot].alone, conjuncts, row) {
                    return false;
                }
                if pending == 0 {
                    break;
                }
            }
        }
        let mut absent = fields.iter().enumerate().filter(|(slot, _)| pending & (1 << slot) != 0);
        absent.all(|(_, field)| all_hold(&field.alone, conjuncts, row))
            && all_hold(&self.wanted.rest, conjuncts, row)
    }
}

/// Whether the conjuncts at `places` hold.
#[inline]
fn all_hold(places: &[usize], conjuncts: &[Predicate], row: &Row<'_, '_>) -> bool {
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
        Predicate::Whole(_) | Predicate::Expression(_) => {}
    }
}

fn slots(predicate: &Predicate, needs: &mut Vec<usize>) {
    match predicate {
        Predicate::And(children) | Predicate::Or(children) | Predicate::Nor(children) => {
            children.iter().for_each(|child| slots(child, needs));
        }
        Predicate::Not(child) => slots(child, needs),
        Predicate::Field(field) => needs.push(field.slot),
        Predicate::Whole(_) | Predicate::Expression(_) => needs.push(usize::MAX),
    }
}

fn holds(predicate: &Predicate, row: &Row<'_, '_>) -> bool {
    match predicate {
        Predicate::Field(field) => field.holds(row),
        Predicate::Not(child) => !holds(child, row),
        Predicate::And(children) => children.iter().all(|child| holds(child, row)),
        Predicate::Or(children) => children.iter().any(|child| holds(child, row)),
        Predicate::Nor(children) => !children.iter().any(|child| holds(child, row)),
        Predicate::Whole(whole) => whole.holds(row.doc),
        Predicate::Expression(expression) => row.computes(expression),
    }
}

impl Row<'_, '_> {
    /// Whether the expression says yes; after something went wrong the answer no longer counts.
    fn computes(&self, expression: &Expression) -> bool {
        let Some(asking) = self.asking else { return false };
        expression.holds(self.doc, &asking.moment).unwrap_or_else(|error| {
            asking.fault.borrow_mut().get_or_insert(error);
            false
        })
    }
}

impl Whole {
    fn holds(&self, doc: RawDoc<'_>) -> bool {
        match self {
            Whole::Schema(schema) => schema.takes(RawValue::new(tag::DOCUMENT, doc.as_bytes())),
        }
    }
}

impl FieldPredicate {
    fn holds(&self, row: &Row<'_, '_>) -> bool {
        let found = match row.slots.get(self.slot) {
            Some(slot) => *slot,
            None => row.doc.get(self.path.first()),
        };
        let ends = if self.test.is_of_whole_arrays() { Ends::Whole } else { Ends::Elements };
        any_below(found, &self.path, 1, ends, &|value| self.test.holds(value))
    }
}

/// A test of one value that stands at a path; none when nothing stands there.
type Check<'c> = &'c dyn Fn(Option<RawValue<'_>>) -> bool;

/// What is checked where a path ends in an array.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// Its elements, and itself.
    Elements,
    /// Itself only.
    Whole,
}

/// Whether `check` holds for anything that `path` leads to from `found` by its names from `level` on.
fn any_below(found: Option<RawValue<'_>>, path: &Path, level: usize, ends: Ends, check: Check<'_>) -> bool {
    let Some(value) = found else { return check(None) };
    let inner = RawDoc::new(value.as_bytes());
    match (value.tag(), path.name(level)) {
        (tag::ARRAY, None) if ends == Ends::Elements => {
            inner.fields().any(|element| check(Some(element.value))) || check(found)
        }
        (_, None) => check(found),
        (tag::ARRAY, Some(_)) => any_element(inner, path, level, ends, check),
        (tag::DOCUMENT, Some(name)) => any_below(inner.get(name), path, level + 1, ends, check),
        _ => check(None),
    }
}

/// Whether `check` holds for anything that the names from `level` on lead to from the elements of an array.
///
/// A document among them is entered by name; the element at the position that the name spells, if it spells one,
/// is taken as it is. An array directly inside an array is entered by position only.
fn any_element(array: RawDoc<'_>, path: &Path, level: usize, ends: Ends, check: Check<'_>) -> bool {
    let (position, last) = (path.position(level), path.len() == level + 1);
    array.fields().enumerate().any(|(at, element)| {
        let value = element.value;
        if value.tag() == tag::DOCUMENT && any_below(Some(value), path, level, ends, check) {
            return true;
        }
        match value.tag() {
            _ if position != Some(at) => false,
            _ if last => check(Some(value)),
            tag::ARRAY => any_element(RawDoc::new(value.as_bytes()), path, level + 1, ends, check),
            tag::DOCUMENT => any_below(Some(value), path, level + 1, ends, check),
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
            (Test::Type(types), Some(value)) => types.contains(value.tag()),
            (Test::Modulo(modulo), Some(value)) => modulo.holds(value),
            (Test::Bits(bits), Some(value)) => bits.holds(value),
            (Test::Pattern(pattern), Some(value)) => pattern.holds(value),
            (Test::Size(size), Some(value)) => {
                value.as_array().is_some_and(|array| array.fields().count() == *size)
            }
            (Test::Element(element), Some(value)) => {
                value.as_array().is_some_and(|array| array.fields().any(|field| element.takes(field.value)))
            }
            (Test::Sample(sample), value) => sample.takes(value),
            (_, None) => false,
        }
    }

    /// Whether the test asks of an array as such, never of its elements one by one.
    #[inline]
    fn is_of_whole_arrays(&self) -> bool {
        matches!(self, Test::Size(_) | Test::Element(_))
    }
}

impl Element {
    pub(super) fn takes(&self, element: RawValue<'_>) -> bool {
        match self {
            Element::Inner(filter) => {
                matches!(element.tag(), tag::DOCUMENT | tag::ARRAY)
                    && filter.matches(RawDoc::new(element.as_bytes()))
            }
            Element::Itself(predicate) => holds_of(predicate, element),
        }
    }
}

/// Whether the tests of a tree without paths hold of one value. An array here is one value.
fn holds_of(predicate: &Predicate, value: RawValue<'_>) -> bool {
    match predicate {
        Predicate::Field(field) => field.test.holds(Some(value)),
        Predicate::Not(child) => !holds_of(child, value),
        Predicate::And(children) => children.iter().all(|child| holds_of(child, value)),
        Predicate::Or(children) => children.iter().any(|child| holds_of(child, value)),
        Predicate::Nor(children) => !children.iter().any(|child| holds_of(child, value)),
        // The parser puts none under a value.
        Predicate::Whole(_) | Predicate::Expression(_) => false,
    }
}

impl Comparison {
    /// Whether `value` stands so to `operand`. Only what has the same class is compared; MinKey and MaxKey are
    /// beyond everything; NaN equals NaN and stands in no other relation.
    #[inline]
    pub(super) fn holds(self, value: RawValue<'_>, operand: &Operand) -> bool {
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
