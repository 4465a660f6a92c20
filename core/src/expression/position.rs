//! Through which element of an array a document satisfies a filter: what `$` in an update stands for.

use super::filter::{FieldPredicate, Filter, Predicate};
use crate::document::builder::RawDocBuf;
use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawValue, Value, tag};

impl Filter {
    /// The position in the outermost array on the way of the last predicate that leads through one.
    ///
    /// Only what must hold leads anywhere: an alternative, and what must not hold, tell nothing.
    /// `doc` is known to satisfy the filter.
    pub(crate) fn position(&self, doc: RawDoc<'_>) -> Option<usize> {
        last_position(&self.root, doc)
    }
}

fn last_position(predicate: &Predicate, doc: RawDoc<'_>) -> Option<usize> {
    match predicate {
        Predicate::And(children) => children.iter().rev().find_map(|child| last_position(child, doc)),
        Predicate::Or(children) if children.len() == 1 => last_position(&children[0], doc),
        Predicate::Field(field) => field.position(doc),
        _ => None,
    }
}

impl FieldPredicate {
    fn position(&self, doc: RawDoc<'_>) -> Option<usize> {
        let (array, level) = first_array(doc, &self.path)?;
        if let Some(position) = self.path.position(level) {
            return array.fields().nth(position).map(|_| position);
        }
        let rest = Path::parse(self.path.tail(level - 1)).ok()?;
        let name = rest.first().to_owned();
        let alone = Filter::new(Predicate::Field(FieldPredicate::new(rest, self.test.clone())));
        array.fields().position(|element| satisfies_by_itself(&alone, &name, element.value))
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

/// Whether an array satisfies the filter because of this element.
///
/// Arrays of two lengths tell it from a test of the array as a whole, which holds of one of them at most; beside the
/// element they hold what satisfies hardly anything.
fn satisfies_by_itself(filter: &Filter, name: &str, element: RawValue<'_>) -> bool {
    (1..=2).all(|others| {
        let doc = RawDocBuf::build(|out| {
            let mut array = out.array(name);
            array.append(element);
            (0..others).for_each(|_| array.put(Value::Undefined));
        });
        filter.matches(doc.as_doc())
    })
}
