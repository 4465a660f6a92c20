//! Through which element of an array a document satisfies a filter: what `$` in an update stands for, and in a
//! projection.

use super::filter::{FieldPredicate, Filter, Predicate, Test};
use crate::document::builder::RawDocBuf;
use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawValue, Value, tag};

impl Filter {
    /// The position in the outermost array on the way of the last predicate that leads through one.
    ///
    /// Only what must hold leads anywhere: alternatives, and what must not hold, tell nothing.
    /// `doc` is known to satisfy the filter.
    pub(crate) fn position(&self, doc: RawDoc<'_>) -> Option<usize> {
        last_position(&self.root, doc)
    }

    /// The first element that satisfies an `$elemMatch`, which must be all that the filter says.
    pub(crate) fn element<'a>(&self, doc: RawDoc<'a>) -> Option<RawValue<'a>> {
        let Predicate::Field(FieldPredicate { path, test: Test::Element(element), .. }) = &self.root else {
            return None;
        };
        let mut elements = doc.get(path.first())?.as_array()?.fields();
        elements.find(|field| element.takes(field.value)).map(|field| field.value)
    }
}

fn last_position(predicate: &Predicate, doc: RawDoc<'_>) -> Option<usize> {
    match predicate {
        Predicate::And(children) => children.iter().rev().find_map(|child| last_position(child, doc)),
        Predicate::Or(children) if is_one_list(children) => {
            children.iter().filter_map(|child| last_position(child, doc)).min()
        }
        Predicate::Field(field) => field.position(doc),
        _ => None,
    }
}

/// Whether the alternatives are the values and the patterns of one `$in`.
fn is_one_list(children: &[Predicate]) -> bool {
    let is_pattern = |child: &Predicate, path: &str| match child {
        Predicate::Field(field) => field.path().as_str() == path && matches!(field.test, Test::Pattern(_)),
        _ => false,
    };
    match children {
        [_] => true,
        [Predicate::Field(values), rest @ ..] if matches!(values.test, Test::In(_)) => {
            rest.iter().all(|child| is_pattern(child, values.path().as_str()))
        }
        _ => false,
    }
}

impl FieldPredicate {
    fn position(&self, doc: RawDoc<'_>) -> Option<usize> {
        let (array, level) = first_array(doc, &self.path)?;
        if let Some(position) = self.path.position(level) {
            return array.fields().nth(position).map(|_| position);
        }
        if level == self.path.len() && matches!(self.test, Test::Compare(..) | Test::In(_)) {
            return array.fields().position(|element| self.test.holds(Some(element.value)));
        }
        let rest = Path::parse(self.path.tail(level - 1)).ok()?;
        let name = rest.first().to_owned();
        let alone = Filter::new(Predicate::Field(FieldPredicate::new(rest, self.test.clone())));
        // What an empty place satisfies is told by nothing beside the element itself.
        let fillers: &[usize] = if alone.matches(beside(&name, None, 2).as_doc()) { &[0] } else { &[1, 2] };
        array.fields().position(|element| {
            let holds = |count: &usize| alone.matches(beside(&name, Some(element.value), *count).as_doc());
            fillers.iter().all(holds)
        })
    }
}

/// The first array on the way, and how many names lead to it.
fn first_array<'a>(doc: RawDoc<'a>, path: &Path) -> Option<(RawDoc<'a>, usize)> {
    let mut value = doc.get(path.first())?;
    let mut level = 1;
    while value.tag() == tag::DOCUMENT {
        value = RawDoc::new(value.as_bytes()).get(path.name(level)?)?;
        level += 1;
    }
    value.as_array().map(|array| (array, level))
}

/// A document whose field `name` is an array of the element and of fillers that satisfy hardly anything.
///
/// Asked with two numbers of fillers, a filter shows whether it is the element that satisfies it: a test of the array
/// as a whole holds of one of them at most.
fn beside(name: &str, element: Option<RawValue<'_>>, fillers: usize) -> RawDocBuf {
    RawDocBuf::build(|out| {
        let mut array = out.array(name);
        element.into_iter().for_each(|element| array.append(element));
        (0..fillers).for_each(|_| array.put(Value::Undefined));
    })
}
