//! The changes of a transaction, in the making.

use super::decode::RecordOp;
use super::layout::{self, OpKind};
use super::newest::{Newest, in_order};
use super::op::{append_op, key_at, op_at};
use crate::error::{Error, ErrorKind, Result};
use crate::storage::{KeyRange, TreeId};

/// Keys that a commit expects unchanged.
pub(crate) type Expected = Vec<(TreeId, Box<[u8]>)>;

/// The changes of one transaction, laid down as the commit record they will become.
///
/// Reading back what was written goes through [`Newest`].
#[derive(Debug)]
pub(crate) struct WriteSet {
    record: Vec<u8>,
    op_count: u32,
    newest: Newest,
    replaced: Vec<Replaced>,
    expected: Expected,
    dropped: Vec<TreeId>,
    bytes_max: usize,
}

/// Room for the first operations, which few commits go without.
const FIRST_BYTES: usize = 512;

/// What an operation takes besides its part of the record: how to take it back, and its place in the table.
const REPLACED_BYTES: usize = size_of::<Replaced>() + 16;

/// A key whose newest operation changed, so that it can be changed back.
#[derive(Debug)]
struct Replaced {
    tree: TreeId,
    /// The operation that did it.
    at: u32,
    before: Option<u32>,
}

/// A moment in the life of a write set that it can be taken back to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Savepoint {
    record_len: usize,
    op_count: u32,
    replaced_len: usize,
    expected_len: usize,
    dropped_len: usize,
}

/// What a write set says about a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Staged<'a> {
    /// It has this value.
    Put(&'a [u8]),
    /// It is gone.
    Deleted,
    /// This is added to what is there.
    Added(i64),
    /// It is at least this.
    AtLeast(u64),
}

impl WriteSet {
    /// An empty write set that refuses to grow over `bytes_max`.
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self {
            // A transaction that only reads needs no room.
            record: Vec::new(),
            op_count: 0,
            newest: Newest::default(),
            replaced: Vec::new(),
            expected: Vec::new(),
            dropped: Vec::new(),
            bytes_max: bytes_max.min(u32::MAX as usize / 2),
        }
    }

    /// Whether nothing was written; keys expected unchanged do not count.
    pub(crate) fn is_empty(&self) -> bool {
        self.op_count == 0
    }

    /// How many bytes of log the changes take so far.
    pub(crate) fn bytes(&self) -> usize {
        self.record.len()
    }

    /// About how many bytes they take in memory.
    #[inline]
    pub(crate) fn memory(&self) -> usize {
        self.record.len() + self.replaced.len() * REPLACED_BYTES
    }

    /// The key shall have this value, put together from `parts`.
    pub(crate) fn put(&mut self, tree: TreeId, key: &[u8], parts: &[&[u8]]) -> Result<()> {
        self.append(OpKind::Put, tree, key, parts)
    }

    /// The key shall be gone.
    pub(crate) fn delete(&mut self, tree: TreeId, key: &[u8]) -> Result<()> {
        self.append(OpKind::Delete, tree, key, &[])
    }

    /// `delta` shall be added to the i64 at the key.
    pub(crate) fn add(&mut self, tree: TreeId, key: &[u8], delta: i64) -> Result<()> {
        let (kind, sum) = match self.get(tree, key) {
            Some(Staged::Added(before)) => (OpKind::Add, before.wrapping_add(delta)),
            Some(Staged::Put(bytes)) => (OpKind::Put, read_i64(bytes).wrapping_add(delta)),
            Some(Staged::Deleted) => (OpKind::Put, delta),
            Some(Staged::AtLeast(_)) => return Err(Error::internal("a key is either added to or raised")),
            None => (OpKind::Add, delta),
        };
        self.append(kind, tree, key, &[&sum.to_le_bytes()])
    }

    /// The u64 at the key shall be at least `floor`.
    pub(crate) fn raise(&mut self, tree: TreeId, key: &[u8], floor: u64) -> Result<()> {
        let (kind, floor) = match self.get(tree, key) {
            Some(Staged::AtLeast(before)) => (OpKind::Max, before.max(floor)),
            Some(Staged::Put(bytes)) => (OpKind::Put, read_u64(bytes).max(floor)),
            Some(Staged::Deleted) => (OpKind::Put, floor),
            Some(Staged::Added(_)) => return Err(Error::internal("a key is either added to or raised")),
            None => (OpKind::Max, floor),
        };
        self.append(kind, tree, key, &[&floor.to_le_bytes()])
    }

    /// The whole tree shall be gone. Its number must not be written to again.
    pub(crate) fn drop_tree(&mut self, tree: TreeId) -> Result<()> {
        self.reserve(layout::OP_HEAD_LEN)?;
        self.append_op(OpKind::DropTree, tree, &[], &[]);
        self.dropped.push(tree);
        Ok(())
    }

    /// The commit shall fail with `Conflict` when somebody changes this key before.
    pub(crate) fn expect_unchanged(&mut self, tree: TreeId, key: &[u8]) {
        let seen = |(t, k): &(TreeId, Box<[u8]>)| *t == tree && **k == *key;
        if !self.expected.iter().any(seen) {
            self.expected.push((tree, key.into()));
        }
    }

    /// Whether the tree was dropped here.
    pub(crate) fn is_dropped(&self, tree: TreeId) -> bool {
        self.dropped.contains(&tree)
    }

    /// Whether any key of the tree was written here.
    pub(crate) fn touches(&self, tree: TreeId) -> bool {
        self.newest.touches(tree)
    }

    /// What was said about the key last.
    pub(crate) fn get(&self, tree: TreeId, key: &[u8]) -> Option<Staged<'_>> {
        self.newest.get(&self.record, tree, key).map(|at| self.staged_at(tree, at))
    }

    /// The keys of `range` written here, in ascending order, with what was said about each last.
    pub(crate) fn staged_in(
        &self,
        tree: TreeId,
        range: &KeyRange,
    ) -> impl Iterator<Item = (&[u8], Staged<'_>)> {
        let keys = if range.is_empty() { None } else { self.newest.ordered(&self.record, tree) };
        let bounds = (as_slice(&range.start), as_slice(&range.end));
        keys.into_iter()
            .flat_map(move |keys| keys.range::<[u8], _>(bounds))
            .map(move |(key, at)| (&**key, self.staged_at(tree, *at)))
    }

    /// A moment to come back to.
    pub(crate) fn savepoint(&self) -> Savepoint {
        Savepoint {
            record_len: self.record.len(),
            op_count: self.op_count,
            replaced_len: self.replaced.len(),
            expected_len: self.expected.len(),
            dropped_len: self.dropped.len(),
        }
    }

    /// Forgets everything written since `savepoint`, which must come from this write set.
    pub(crate) fn roll_back_to(&mut self, savepoint: Savepoint) {
        while self.replaced.len() > savepoint.replaced_len {
            let Some(Replaced { tree, at, before }) = self.replaced.pop() else { break };
            self.newest.set_back(&self.record, tree, key_at(&self.record, at), before);
            if let Some(before) = before {
                self.record[before as usize + 1] &= !layout::FLAG_VOID;
            }
        }
        self.record.truncate(savepoint.record_len);
        self.op_count = savepoint.op_count;
        self.expected.truncate(savepoint.expected_len);
        self.dropped.truncate(savepoint.dropped_len);
    }

    /// The newest operation of every key, already in the order in which trees take them.
    pub(super) fn effective_ops(&self) -> Vec<RecordOp> {
        let all = self.replaced.iter().map(|replaced| (replaced.tree, replaced.at));
        let kept = all.filter(|(tree, _)| !self.is_dropped(*tree));
        let newest = in_order(&self.record, kept, |at| self.record[at as usize + 1] & layout::FLAG_VOID == 0);
        let mut ops: Vec<RecordOp> = newest.map(|(tree, at)| op_at(&self.record, tree, at)).collect();
        for tree in &self.dropped {
            let place = ops.partition_point(|op| op.tree < *tree);
            ops.insert(place, RecordOp { kind: OpKind::DropTree, tree: *tree, key: 0..0, value: 0..0 });
        }
        ops
    }

    /// How many operations there are, void ones included.
    pub(super) fn op_count(&self) -> u32 {
        self.op_count
    }

    /// The record, its head not filled in, and the keys expected unchanged.
    pub(super) fn into_parts(mut self) -> (Vec<u8>, Expected) {
        self.begin();
        (self.record, self.expected)
    }

    fn append(&mut self, kind: OpKind, tree: TreeId, key: &[u8], parts: &[&[u8]]) -> Result<()> {
        let value_len: usize = parts.iter().map(|part| part.len()).sum();
        self.reserve(layout::OP_HEAD_LEN + key.len() + value_len)?;
        let at = self.append_op(kind, tree, key, parts);
        let before = self.newest.set(&self.record, tree, key, at);
        if let Some(before) = before {
            self.record[before as usize + 1] |= layout::FLAG_VOID;
        }
        self.replaced.push(Replaced { tree, at, before });
        Ok(())
    }

    fn append_op(&mut self, kind: OpKind, tree: TreeId, key: &[u8], parts: &[&[u8]]) -> u32 {
        self.begin();
        self.op_count += 1;
        append_op(&mut self.record, kind, tree, key, parts)
    }

    /// Leaves room for the head.
    fn begin(&mut self) {
        if self.record.is_empty() {
            self.record.reserve(FIRST_BYTES);
            self.record.resize(layout::HEAD_LEN, 0);
        }
    }

    fn reserve(&self, more: usize) -> Result<()> {
        let wanted = self.record.len() + more;
        if wanted <= self.bytes_max {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Limit,
            format!("a transaction of {wanted} bytes is over transaction_bytes_max, {}", self.bytes_max),
        ))
    }

    fn staged_at(&self, tree: TreeId, at: u32) -> Staged<'_> {
        let RecordOp { kind, value, .. } = op_at(&self.record, tree, at);
        match kind {
            OpKind::Put => Staged::Put(&self.record[value]),
            OpKind::Add => Staged::Added(read_i64(&self.record[value])),
            OpKind::Max => Staged::AtLeast(read_u64(&self.record[value])),
            // References are made only when the set is sealed.
            OpKind::Delete | OpKind::DropTree | OpKind::Refer => Staged::Deleted,
        }
    }
}

/// The i64 of a counter; what is not eight bytes counts as 0.
pub(crate) fn read_i64(bytes: &[u8]) -> i64 {
    bytes.try_into().map_or(0, i64::from_le_bytes)
}

/// The u64 of a high-water mark; what is not eight bytes counts as 0.
pub(crate) fn read_u64(bytes: &[u8]) -> u64 {
    bytes.try_into().map_or(0, u64::from_le_bytes)
}

fn as_slice(bound: &std::ops::Bound<Vec<u8>>) -> std::ops::Bound<&[u8]> {
    bound.as_ref().map(Vec::as_slice)
}
