//! What is remembered of statements that came before: which road served their shape, and which disappointed.
//!
//! A shape is a statement without its values. The memory belongs to a collection as its catalog entry is, so it goes
//! with every change of the indexes.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::mem::discriminant;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::collection::{IndexEntry, Opened};
use crate::document::collation::Collation;
use crate::expression::filter::{Element, Predicate, Test};
use crate::expression::operand::Operand;
use crate::query::statement::{Find, Only};
use crate::storage::TreeId;

use super::node::Node;

/// So many shapes are remembered; when more come, all are forgotten.
const SHAPES_MAX: usize = 512;
/// How far the size of a road may be from what it was when it was chosen.
const FACTOR: f64 = 10.0;
/// Below so many entries no difference counts.
const ENTRIES_FEW: f64 = 100.0;

/// A statement without its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Shape(u64);

/// A road, whatever the values in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Which {
    Records,
    Ids,
    /// The index with this tree; of a wildcard index, at the path of this hash.
    Index(TreeId, u64),
    Union,
    /// These together, in an order that their sizes have no say in.
    Intersection(Arc<[Which]>),
}

#[derive(Debug, Default)]
pub(super) struct Memory {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    chosen: HashMap<Shape, Chosen>,
    /// How many times as long as it was thought a road turned out to be.
    longer: HashMap<(Shape, Which), f64>,
}

#[derive(Debug, Clone)]
pub(super) struct Chosen {
    pub(super) which: Which,
    entries: f64,
}

/// A road on its way, of which somebody wants to know when it is much longer than it was thought to be.
#[derive(Debug, Clone)]
pub(crate) struct Expected {
    memory: Arc<Memory>,
    shape: Shape,
    which: Which,
    thought: f64,
    bearable: f64,
}

impl Memory {
    /// The memory of a collection.
    pub(super) fn of(opened: &Opened) -> Arc<Self> {
        opened.remembered(Self::default)
    }

    /// The road that was chosen for statements of this shape, if there was a choice.
    pub(super) fn chosen(&self, shape: Shape) -> Option<Chosen> {
        self.known.lock().chosen.get(&shape).cloned()
    }

    /// A road was chosen among several. A walk over all records is not remembered: its size says nothing of the values
    /// that an index could find.
    pub(super) fn choose(&self, shape: Shape, which: Which, entries: f64) {
        let mut known = self.known.lock();
        if which == Which::Records {
            known.chosen.remove(&shape);
            return;
        }
        if known.chosen.len() >= SHAPES_MAX {
            known.chosen.clear();
        }
        known.chosen.insert(shape, Chosen { which, entries });
    }

    /// How many times as long as it is thought a road of this shape was.
    pub(super) fn longer(&self, shape: Shape, which: Which) -> f64 {
        self.known.lock().longer.get(&(shape, which)).copied().unwrap_or(1.0)
    }

    fn disappoint(&self, shape: Shape, which: &Which, factor: f64) {
        let mut known = self.known.lock();
        known.chosen.remove(&shape);
        if known.longer.len() >= SHAPES_MAX {
            known.longer.clear();
        }
        known.longer.insert((shape, which.clone()), factor);
    }
}

impl Chosen {
    /// Whether a road of so many entries is about as long as the one that was chosen.
    pub(super) fn fits(&self, entries: f64) -> bool {
        let (few, many) = (entries.min(self.entries), entries.max(self.entries));
        many <= ENTRIES_FEW || many <= few * FACTOR
    }
}

impl Expected {
    /// So many entries are thought to be looked at.
    pub(super) fn new(memory: &Arc<Memory>, shape: Shape, which: Which, entries: f64) -> Self {
        Self::within(memory, shape, which, (entries, entries * FACTOR))
    }

    /// So many are `thought` to be met, of which nobody is told before they are more than is `bearable`.
    pub(super) fn within(
        memory: &Arc<Memory>,
        shape: Shape,
        which: Which,
        (thought, bearable): (f64, f64),
    ) -> Self {
        let bearable = bearable.max(ENTRIES_FEW * FACTOR);
        Self { memory: Arc::clone(memory), shape, which, thought, bearable }
    }

    /// How many may be met before that is a disappointment.
    pub(crate) fn bearable(&self) -> u64 {
        self.bearable as u64
    }

    /// So many were met so far, more than is bearable.
    pub(crate) fn disappoint(&self, met: u64) {
        self.disappoint_by(met as f64 / self.thought.max(1.0));
    }

    /// The road is so many times as long as it was thought to be.
    pub(crate) fn disappoint_by(&self, factor: f64) {
        self.memory.disappoint(self.shape, &self.which, factor);
    }
}

impl Which {
    /// The road that a source is.
    pub(super) fn of(source: &Node) -> Self {
        match source {
            Node::Index(scan) => Self::of_index(&scan.index),
            Node::Union { .. } => Self::Union,
            Node::Intersection(together) => {
                let mut sides: Vec<Self> = together.sides.iter().map(Self::of).collect();
                sides.sort_unstable();
                Self::Intersection(sides.into())
            }
            Node::Ids { .. } | Node::IdRange { .. } => Self::Ids,
            _ => Self::Records,
        }
    }

    /// The road by an index.
    pub(super) fn of_index(index: &IndexEntry) -> Self {
        let path = index.spec.leaf.and_then(|_| index.spec.fields.last()).map(|field| {
            let mut hasher = DefaultHasher::new();
            field.path.hash(&mut hasher);
            hasher.finish()
        });
        Self::Index(index.tree, path.unwrap_or(0))
    }
}

impl Shape {
    pub(super) fn of(find: &Find) -> Self {
        let mut hasher = DefaultHasher::new();
        hash_predicate(find.filter.root(), &mut hasher);
        for field in find.sort.fields() {
            (field.path.as_str(), field.direction.sign()).hash(&mut hasher);
        }
        hash_collation(find.sort.collation(), &mut hasher);
        find.projection.paths().hash(&mut hasher);
        discriminant(&find.only).hash(&mut hasher);
        if let Only::Values(path) = &find.only {
            path.hash(&mut hasher);
        }
        // A limit of another size is another task.
        let keep = find.limit.map(|limit| limit.saturating_add(find.skip).checked_ilog2());
        keep.hash(&mut hasher);
        Self(hasher.finish())
    }
}

fn hash_predicate(predicate: &Predicate, hasher: &mut DefaultHasher) {
    discriminant(predicate).hash(hasher);
    match predicate {
        Predicate::And(children) | Predicate::Or(children) | Predicate::Nor(children) => {
            children.len().hash(hasher);
            children.iter().for_each(|child| hash_predicate(child, hasher));
        }
        Predicate::Not(child) => hash_predicate(child, hasher),
        Predicate::Field(field) => {
            field.path().hash(hasher);
            hash_test(field.test(), hasher);
        }
        Predicate::Whole(_) | Predicate::Expression(_) => {}
    }
}

/// A road serves one collation and not another: texts stand elsewhere in an index under each.
fn hash_collation(collation: Option<&Collation>, hasher: &mut DefaultHasher) {
    collation.map(|collation| collation.to_doc().as_bytes()).hash(hasher);
}

fn hash_test(test: &Test, hasher: &mut DefaultHasher) {
    discriminant(test).hash(hasher);
    match test {
        Test::Compare(comparison, operand) => {
            (discriminant(comparison), operand.tag()).hash(hasher);
            hash_collation(operand.collation(), hasher);
        }
        Test::In(list) => {
            list.values().len().checked_ilog2().hash(hasher);
            hash_collation(list.values().iter().find_map(Operand::collation), hasher);
        }
        Test::Pattern(pattern) => pattern.prefix().is_some().hash(hasher),
        Test::Element(Element::Inner(inner)) => hash_predicate(inner.root(), hasher),
        Test::Element(Element::Itself(inner)) => hash_predicate(inner, hasher),
        _ => {}
    }
}
