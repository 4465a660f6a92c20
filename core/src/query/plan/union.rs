//! The roads that take each alternative of an `$or` by itself.

use crate::error::Result;
use crate::expression::filter::{Filter, Predicate};
use crate::expression::sort::SortSpec;
use crate::storage::Direction;

use super::cost::{Reading, Reads, Sizes};
use super::leaves::leaves;
use super::node::{Node, Yield};
use super::road::{Needs, Road, Wanted, ids, index, narrows};

/// So many alternatives are looked for one by one at most.
const BRANCHES_MAX: usize = 64;

/// The roads that take each alternative of an `$or` by itself, when every one has an index.
pub(super) fn unions(wanted: &Wanted<'_>, sizes: &Sizes<'_>) -> Result<Vec<Road>> {
    let conjuncts = wanted.filter.conjuncts();
    let mut roads = Vec::new();
    for (place, conjunct) in conjuncts.iter().enumerate() {
        let Predicate::Or(alternatives) = conjunct else { continue };
        if alternatives.len() < 2 || alternatives.len() > BRANCHES_MAX {
            continue;
        }
        let others = conjuncts.iter().enumerate().filter(|(other, _)| *other != place);
        let others: Vec<Predicate> = others.map(|(_, other)| (*other).clone()).collect();
        roads.extend(union(wanted, alternatives, &others, sizes)?);
    }
    Ok(roads)
}

fn union(
    wanted: &Wanted<'_>,
    alternatives: &[Predicate],
    others: &[Predicate],
    sizes: &Sizes<'_>,
) -> Result<Option<Road>> {
    let (unsorted, mut decided) = (SortSpec::default(), true);
    let mut branches = Vec::with_capacity(alternatives.len());
    let mut all = Road {
        source: Node::Records { direction: Direction::Forward },
        reading: Reading { entries: 0.0, seeks: 0.0, reads: Reads::Fetched, ..Reading::default() },
        decides: Vec::new(),
        ordered: 0,
        documents: 0.0,
        is_one: false,
        longer: 1.0,
    };
    for alternative in alternatives {
        let together = std::iter::once(alternative).chain(others).cloned().collect();
        let filter = Filter::new(Predicate::And(together));
        let wanted = Wanted { filter: &filter, sort: &unsorted, needs: Needs::Nothing };
        let Some(road) = narrowest(&wanted, sizes)? else { return Ok(None) };
        decided &= road.is_decided();
        all.documents += road.documents;
        all.reading.entries += road.reading.entries;
        all.reading.seeks += road.reading.seeks;
        branches.push(road.source);
    }
    all.decides = wanted.decides(decided);
    let yields = match wanted.needs(decided, 0) {
        Needs::Nothing => Yield::Presence,
        _ => Yield::Documents,
    };
    if matches!(yields, Yield::Presence) {
        all.reading.reads = Reads::Keys;
    }
    all.source = Node::Union { branches: branches.into(), yields };
    Ok(Some(all))
}

/// The road of one alternative: of those that narrow the search the one that leads to the fewest.
fn narrowest(wanted: &Wanted<'_>, sizes: &Sizes<'_>) -> Result<Option<Road>> {
    let mut best: Option<Road> = ids(wanted, sizes, false)?;
    for candidate in sizes.opened.ready_indexes().filter(|index| !index.entry.spec.hidden) {
        for leaf in leaves(candidate, wanted.filter) {
            if let Some(road) = index(wanted, &leaf, sizes, false)?
                && narrows(&road)
                && best.as_ref().is_none_or(|best| road.reading.entries < best.reading.entries)
            {
                best = Some(road);
            }
        }
    }
    Ok(best)
}
