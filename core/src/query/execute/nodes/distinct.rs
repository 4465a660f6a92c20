//! The different values at a path, in the order of all values.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::base::Claim;
use crate::document::collation::Collation;
use crate::document::compare::compare_under;
use crate::document::path::Path;
use crate::document::raw::{DOCUMENT_BYTES_MAX, RawDoc, RawValue, tag};
use crate::error::{Error, ErrorKind, Result, code};
use crate::query::execute::{Context, Operator, Rows};

/// How many rows are read at a time.
const ASK: usize = 1024;
/// What a value costs in the set besides its bytes.
const VALUE_BYTES: usize = 56;

/// A value that is kept, ordered as all values are.
#[derive(Debug)]
struct Kept {
    tag: u8,
    bytes: Box<[u8]>,
    /// The same for all that are kept together.
    collation: Option<Collation>,
}

impl Kept {
    fn raw(&self) -> RawValue<'_> {
        RawValue::new(self.tag, &self.bytes)
    }
}

impl Ord for Kept {
    fn cmp(&self, other: &Self) -> Ordering {
        compare_under(self.raw(), other.raw(), self.collation.as_ref())
    }
}

impl PartialOrd for Kept {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Kept {}

/// Hands every different value at `path` to `out`, in order: of those that a collation takes for the same, the first.
/// An array stands for its elements.
pub(crate) fn distinct(
    ctx: &Context<'_>,
    input: &mut dyn Operator,
    path: &Path,
    collation: Option<&Collation>,
    mut out: impl FnMut(RawValue<'_>),
) -> Result<()> {
    let mut rows = Rows::new();
    let mut seen = BTreeSet::new();
    let (mut bytes, mut answer) = (0, 0);
    let mut claim = Claim::on(ctx.txn.budget());
    loop {
        input.next(ctx, ASK, &mut rows)?;
        if rows.is_empty() {
            break;
        }
        for at in 0..rows.len() {
            visit(rows.doc(at), path, 0, &mut |value| {
                let collation = collation.cloned();
                let kept = Kept { tag: value.tag(), bytes: value.as_bytes().into(), collation };
                if seen.insert(kept) {
                    bytes += VALUE_BYTES + value.as_bytes().len();
                    answer += value.as_bytes().len();
                }
            });
        }
        check_bytes(bytes, answer, ctx.watch.sort_bytes_max)?;
        if !claim.cover(bytes + answer) {
            let what = format!("a list of distinct values over {bytes} bytes is over {}", claim.left());
            return Err(Error::new(ErrorKind::Limit, what).with_code(code::QUERY_EXCEEDED_MEMORY_LIMIT));
        }
    }
    seen.iter().for_each(|kept| out(kept.raw()));
    Ok(())
}

/// Refuses a list that takes more memory than allowed, or that is larger than a document may be.
fn check_bytes(bytes: usize, answer: usize, bytes_max: usize) -> Result<()> {
    if answer > DOCUMENT_BYTES_MAX {
        let what = format!(
            "a list of distinct values over {answer} bytes is over the limit of {DOCUMENT_BYTES_MAX}"
        );
        return Err(Error::new(ErrorKind::Limit, what).with_code(code::DISTINCT_TOO_LARGE));
    }
    if bytes > bytes_max {
        let what =
            format!("a list of distinct values over {bytes} bytes is over sort_bytes_max, {bytes_max}");
        return Err(Error::new(ErrorKind::Limit, what));
    }
    Ok(())
}

fn visit(doc: RawDoc<'_>, path: &Path, level: usize, found: &mut impl FnMut(RawValue<'_>)) {
    if let Some(value) = path.name(level).and_then(|name| doc.get(name)) {
        descend(value, path, level + 1, found);
    }
}

fn descend(value: RawValue<'_>, path: &Path, level: usize, found: &mut impl FnMut(RawValue<'_>)) {
    let inner = RawDoc::new(value.as_bytes());
    match (value.tag(), level == path.len()) {
        (tag::ARRAY, true) => inner.iter().for_each(|(_, element)| found(element)),
        (_, true) => found(value),
        (tag::DOCUMENT, false) => visit(inner, path, level, found),
        (tag::ARRAY, false) => {
            let placed = path.position(level).and_then(|place| inner.iter().nth(place));
            if let Some((_, element)) = placed {
                descend(element, path, level + 1, found);
            }
            let documents = inner.iter().filter_map(|(_, element)| element.as_document());
            documents.for_each(|element| visit(element, path, level, found));
        }
        _ => {}
    }
}
