//! What a predicate says about the value at one path.
//!
//! Invariants
//!   B1  A document that satisfies the predicate has, in every index on the path that holds it, a key of which the
//!       value at the path is among the spans.
//!   B2  When the answer is exact, a document satisfies the predicate if and only if it has such a key.
//!
//! An index holds of an array its elements, of an empty one undefined, and null for what is missing. So a key tells
//! neither a missing value from null nor which element it came from: where that matters the answer is wider, and
//! not exact.

use crate::document::collation::Collation;
use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawValue, Value, tag};
use crate::expression::filter::{Comparison, Element, FieldPredicate, Predicate, Test};
use crate::expression::operand::Operand;
use crate::expression::pattern::Pattern;
use crate::expression::type_set::TypeSet;
use crate::index::key::{encode_value, prefix_end, text_prefix};

use super::spans::{Spans, key_of};

/// Every value of a type, as the planner needs them: each class of types once, arrays apart.
const CLASSES: &[(&[u8], bool)] = &[
    (&[tag::MIN_KEY], true),
    (&[tag::UNDEFINED], true),
    // A missing value has the key of null, and no type.
    (&[tag::NULL], false),
    (&[tag::DOUBLE, tag::INT32, tag::INT64, tag::DECIMAL128], true),
    (&[tag::STRING, tag::SYMBOL], true),
    (&[tag::DOCUMENT], true),
    (&[tag::BINARY], true),
    (&[tag::OBJECT_ID], true),
    (&[tag::BOOLEAN], true),
    (&[tag::DATE_TIME], true),
    (&[tag::TIMESTAMP], true),
    (&[tag::REGEX], true),
    (&[tag::DB_POINTER], true),
    (&[tag::CODE], true),
    (&[tag::CODE_WITH_SCOPE], true),
    (&[tag::MAX_KEY], true),
];

/// The values that a predicate leaves at a path.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Said {
    pub(super) spans: Spans,
    /// Whether the spans decide the predicate.
    pub(super) exact: bool,
}

/// A path as an index has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'p> {
    pub(super) path: &'p str,
    /// Whether documents may hold arrays on the way to it, or at its end.
    pub(super) arrays: bool,
    /// The order of the index's texts. What is asked under another one says nothing of texts.
    pub(super) collation: Option<&'p Collation>,
}

/// What the predicate says about the value at a path.
pub(super) fn said(predicate: &Predicate, at: At<'_>) -> Said {
    tell(predicate, at, false)
}

/// What a test says of a value that it accepts, arrays apart, whichever document it is found in.
pub(super) fn value_said(test: &Test, collation: Option<&Collation>) -> Said {
    match test {
        // They ask of an array, not of what it holds.
        Test::Size(_) | Test::Element(_) => Said::nothing(),
        test => of_test(test, At { path: "", arrays: false, collation }),
    }
}

impl Said {
    pub(super) fn nothing() -> Self {
        Self { spans: Spans::all(), exact: false }
    }

    fn exactly(spans: Spans) -> Self {
        Self { spans, exact: true }
    }

    fn within(spans: Spans) -> Self {
        Self { spans, exact: false }
    }

    /// What both say of one document. Of an array each holds for an element of its own, so only one of them can be
    /// used: the one that leaves less.
    pub(super) fn and(self, other: Self, arrays: bool) -> Self {
        if !arrays {
            let exact = self.exact && other.exact;
            return Self { spans: self.spans.intersection(&other.spans), exact };
        }
        let mut narrower = if width(&other.spans) < width(&self.spans) { other } else { self };
        narrower.exact = false;
        narrower
    }

    fn or(self, other: Self) -> Self {
        Self { exact: self.exact && other.exact, spans: self.spans.union(other.spans) }
    }
}

/// How much the spans leave, for a comparison without looking at an index.
pub(super) fn width(spans: &Spans) -> (usize, usize) {
    let all = spans.as_slice();
    let open = |span: &super::spans::Span| match (&span.to, span.point) {
        (_, true) => 1,
        // Two ends within one type leave less than one, and one less than a whole type.
        (Some(to), _) => 2 + usize::from(span.from.len() <= 1) + usize::from(to.len() <= 1),
        (None, _) => 5,
    };
    (all.iter().map(open).max().unwrap_or(0), all.len())
}

/// `negated`: what its opposite says.
fn tell(predicate: &Predicate, at: At<'_>, negated: bool) -> Said {
    match (predicate, negated) {
        (Predicate::Not(child), _) => tell(child, at, !negated),
        (Predicate::And(children), false) => all_of(children, at, false),
        (Predicate::Or(children) | Predicate::Nor(children), true) => {
            // The opposite of $nor is that one of them holds.
            if matches!(predicate, Predicate::Nor(_)) {
                any_of(children, at, false)
            } else {
                all_of(children, at, true)
            }
        }
        (Predicate::Nor(children), false) => all_of(children, at, true),
        (Predicate::Or(children), false) => any_of(children, at, false),
        (Predicate::And(children), true) => any_of(children, at, true),
        (Predicate::Field(field), false) => of_field(field, at),
        (Predicate::Field(field), true) => opposite(field, at),
        (Predicate::Whole(_) | Predicate::Expression(_), _) => Said::nothing(),
    }
}

fn all_of(children: &[Predicate], at: At<'_>, negated: bool) -> Said {
    let said = children.iter().map(|child| tell(child, at, negated));
    said.reduce(|all, more| all.and(more, at.arrays)).unwrap_or(Said::exactly(Spans::all()))
}

fn any_of(children: &[Predicate], at: At<'_>, negated: bool) -> Said {
    let said = children.iter().map(|child| tell(child, at, negated));
    said.fold(Said::exactly(Spans::none()), Said::or)
}

fn of_field(field: &FieldPredicate, at: At<'_>) -> Said {
    let path = field.path().as_str();
    if path == at.path {
        let said = of_test(field.test(), at);
        if !spells_position(field.path()) {
            return said;
        }
        // The filter looks at elements by position and by name, and finds some of them missing; an index does not.
        return if holds_stand_ins(&said.spans) { Said::nothing() } else { Said::within(said.spans) };
    }
    // The fields of an element of which an $elemMatch speaks: one element satisfies all of it.
    match field.test() {
        Test::Element(Element::Inner(inner)) if !spells_position(field.path()) => {
            let rest = at.path.strip_prefix(path).and_then(|rest| rest.strip_prefix('.'));
            rest.map_or_else(Said::nothing, |rest| {
                let mut said = inside(inner.root(), rest, at);
                said.exact = false;
                said
            })
        }
        _ => Said::nothing(),
    }
}

/// What is said of the path `rest` inside an element.
fn inside(predicate: &Predicate, rest: &str, at: At<'_>) -> Said {
    if Path::parse(rest).map_or(true, |rest| spells_position(&rest)) {
        return Said::nothing();
    }
    tell(predicate, At { path: rest, arrays: true, ..at }, false)
}

/// What the opposite of a test says.
///
/// With arrays it holds for every value that the filter looks at, and the keys are those values, besides null for
/// what is missing in an element and undefined for an empty array. So of a document that satisfies it no key is among
/// the spans of the test itself, unless that holds null or undefined, or an array as a whole.
fn opposite(field: &FieldPredicate, at: At<'_>) -> Said {
    if field.path().as_str() != at.path || spells_position(field.path()) {
        return Said::nothing();
    }
    if matches!(field.test(), Test::Exists) {
        return Said::within(Spans::class(tag::NULL));
    }
    match of_test(field.test(), at) {
        Said { spans, exact: true } => Said { spans: spans.complement(), exact: !at.arrays },
        _ => Said::nothing(),
    }
}

fn of_test(test: &Test, at: At<'_>) -> Said {
    let mut said = match test {
        Test::Compare(_, operand) if !operand.fits(at.collation) => return Said::nothing(),
        Test::In(list) if !list.values().iter().all(|value| value.fits(at.collation)) => {
            return Said::nothing();
        }
        Test::Compare(Comparison::Equal, operand) => equal(operand, at.collation),
        Test::Compare(comparison, operand) => compared(*comparison, operand, at.collation),
        Test::In(list) => {
            let each = list.values().iter().map(|operand| equal(operand, at.collation));
            let exact = list.values().iter().all(|operand| operand.tag() != tag::ARRAY);
            let keys = each.flat_map(|said| said.spans.as_slice().to_vec()).map(|span| span.from);
            Said { spans: Spans::points(keys), exact }
        }
        Test::Type(types) => of_types(*types),
        Test::Modulo(_) => Said::within(Spans::class(tag::INT32)),
        Test::Bits(_) => Said::within(Spans::class(tag::INT32).union(Spans::class(tag::BINARY))),
        Test::Pattern(pattern) => of_pattern(pattern, at.collation.is_some()),
        Test::Element(Element::Itself(predicate)) => Said::within(of_element(predicate, at).spans),
        // A value that is there has any key, also that of null.
        Test::Exists | Test::Size(_) | Test::Element(Element::Inner(_)) | Test::Sample(_) => Said::nothing(),
    };
    said.exact &= !(at.arrays && holds_stand_ins(&said.spans));
    said
}

/// Whether the spans hold a key that stands for something else where arrays are.
fn holds_stand_ins(spans: &Spans) -> bool {
    [tag::NULL, tag::UNDEFINED].into_iter().any(|kind| spans.holds(RawValue::new(kind, &[])))
}

/// An array as a whole is looked for under its first element, since an index holds the elements, and under its own key,
/// since it may be an element itself.
fn equal(operand: &Operand, collation: Option<&Collation>) -> Said {
    let value = operand.raw();
    let own = key_of(value, collation);
    if value.tag() != tag::ARRAY {
        return Said::exactly(Spans::points([own]));
    }
    let first = RawDoc::new(value.as_bytes()).fields().next().map(|field| field.value);
    let first = first.map_or_else(|| key(Value::Undefined), |first| key_of(first, collation));
    Said::within(Spans::points([own, first]))
}

/// A bound binds its own class of types: numbers above 5 are no strings. MinKey and MaxKey reach over all.
fn compared(comparison: Comparison, operand: &Operand, collation: Option<&Collation>) -> Said {
    let value = operand.raw();
    let own = key_of(value, collation);
    let behind = prefix_end(&own);
    let reaches_over_all = matches!(
        (operand.tag(), comparison),
        (tag::MIN_KEY, Comparison::Greater | Comparison::GreaterOrEqual)
            | (tag::MAX_KEY, Comparison::Less | Comparison::LessOrEqual)
    );
    let class = match operand.tag() {
        // The order of whole arrays is not that of their elements.
        tag::ARRAY => return Said::nothing(),
        _ if reaches_over_all => Spans::all(),
        _ if operand.is_nan() => Spans::points([own.clone()]),
        // No number stands in an order to what is not a number.
        tag::INT32 | tag::INT64 | tag::DOUBLE | tag::DECIMAL128 => numbers(),
        kind => Spans::class(kind),
    };
    let side = match comparison {
        Comparison::Less => Spans::between(Vec::new(), Some(own)),
        Comparison::LessOrEqual => Spans::between(Vec::new(), behind),
        Comparison::GreaterOrEqual => Spans::between(own, None),
        Comparison::Greater => behind.map_or_else(Spans::none, |behind| Spans::between(behind, None)),
        Comparison::Equal => Spans::points([own]),
    };
    let mut spans = class.intersection(&side);
    if operand.is_null() && !spans.is_empty() {
        spans = Spans::points([key_of(value, None)]);
    }
    Said::exactly(spans)
}

/// Every number but those that are none.
fn numbers() -> Spans {
    let behind_nan = prefix_end(&key(Value::Double(f64::NAN))).unwrap_or_default();
    Spans::class(tag::INT32).intersection(&Spans::between(behind_nan, None))
}

fn of_types(types: TypeSet) -> Said {
    // Whatever an array holds has the type of its key, not that of the array.
    if types.contains(tag::ARRAY) {
        return Said::nothing();
    }
    let mut said = Said::exactly(Spans::none());
    for (kinds, tells) in CLASSES {
        let named = kinds.iter().filter(|kind| types.contains(**kind)).count();
        if named > 0 {
            let exact = *tells && named == kinds.len();
            said = said.or(Said { spans: Spans::class(kinds[0]), exact });
        }
    }
    said
}

/// Strings that begin as the pattern demands, any where the keys are not their texts; and a regular expression that is the same one satisfies it too.
fn of_pattern(pattern: &Pattern, collated: bool) -> Said {
    let same = Value::Regex { pattern: pattern.source(), options: pattern.options() };
    let itself = Spans::points([key(same)]);
    match pattern.prefix().filter(|_| !collated) {
        Some(prefix) => {
            let strings = Spans::prefix(text_prefix(&prefix.text));
            Said { spans: strings.union(itself), exact: prefix.is_all }
        }
        None => Said::within(Spans::class(tag::STRING).union(itself)),
    }
}

/// What a tree of tests says about one element itself.
fn of_element(predicate: &Predicate, at: At<'_>) -> Said {
    match predicate {
        // An element that is asked for its own elements is an array, which an index holds as a whole.
        Predicate::Field(field) if matches!(field.test(), Test::Element(_) | Test::Size(_)) => {
            Said::within(Spans::class(tag::ARRAY))
        }
        Predicate::Field(field) => of_test(field.test(), At { arrays: false, ..at }),
        Predicate::And(children) => {
            let said = children.iter().map(|child| of_element(child, at));
            said.reduce(|all, more| all.and(more, false)).unwrap_or_else(Said::nothing)
        }
        Predicate::Or(children) => {
            let said = children.iter().map(|child| of_element(child, at));
            said.fold(Said::exactly(Spans::none()), Said::or)
        }
        Predicate::Not(child) => match of_element(child, at) {
            Said { spans, exact: true } => Said::exactly(spans.complement()),
            _ => Said::nothing(),
        },
        Predicate::Nor(_) | Predicate::Whole(_) | Predicate::Expression(_) => Said::nothing(),
    }
}

/// Whether a name of the path may mean a position in an array as well as a field.
pub(super) fn spells_position(path: &Path) -> bool {
    (0..path.len()).any(|level| path.position(level).is_some())
}

fn key(value: Value<'_>) -> Vec<u8> {
    let mut key = Vec::new();
    encode_value(value, &mut key);
    key
}
