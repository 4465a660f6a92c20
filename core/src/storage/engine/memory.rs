//! The engine that keeps everything in memory.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use parking_lot::RwLock;

use crate::error::{Error, ErrorKind, Result};
use crate::storage::record::{OpKind, Record, Sealed};
use crate::storage::{
    Batch, CheckReport, Direction, Durability, Engine, KeyRange, ReadAt, Scan, Seq, Slice, Snapshot, Stats,
    Ticket, TreeId, WriteSet,
};

type Map = BTreeMap<(TreeId, Vec<u8>), (Seq, Option<Slice>)>;

#[derive(Debug, Default)]
pub(crate) struct MemoryEngine {
    state: RwLock<Arc<MemorySnapshot>>,
}

#[derive(Debug, Default, Clone)]
struct MemorySnapshot {
    seq: Seq,
    map: Map,
}

impl Snapshot for MemorySnapshot {
    fn seq(&self) -> Seq {
        self.seq
    }

    fn get(&self, tree: TreeId, key: &[u8]) -> Result<Option<Slice>> {
        Ok(self.map.get(&(tree, key.to_vec())).and_then(|(_, v)| v.clone()))
    }

    fn scan(&self, tree: TreeId, range: KeyRange, direction: Direction) -> Result<Box<dyn Scan>> {
        let all = (Bound::Included((tree, Vec::new())), Bound::Excluded((TreeId(tree.0 + 1), Vec::new())));
        let mut rows: Vec<_> = self
            .map
            .range(all)
            .filter(|((_, k), _)| range.contains(k))
            .filter_map(|((_, k), (_, v))| v.clone().map(|v| (k.clone(), v)))
            .collect();
        if direction == Direction::Backward {
            rows.reverse();
        }
        Ok(Box::new(Rows(rows.into_iter())))
    }
}

struct Rows(std::vec::IntoIter<(Vec<u8>, Slice)>);

impl Scan for Rows {
    fn next_batch(&mut self, batch: &mut Batch, limit: usize) -> Result<()> {
        batch.clear();
        for (key, value) in self.0.by_ref().take(limit.clamp(1, 256)) {
            batch.push(&key, value);
        }
        Ok(())
    }
}

impl Engine for MemoryEngine {
    fn snapshot(&self, _at: ReadAt) -> Result<Arc<dyn Snapshot>> {
        Ok(Arc::clone(&*self.state.read()) as _)
    }

    fn submit(&self, writes: WriteSet, base: Seq, time_ms: i64, durability: Durability) -> Result<Ticket> {
        let Sealed { record, expected } = writes.seal(&[]);
        let mut state = self.state.write();
        let seq = state.seq + 1;
        let record = Sealed { record, expected: Vec::new() }.stamp(seq, time_ms);
        let parsed = Record::parse(&record)?;
        let ops = parsed.ops().collect::<Result<Vec<_>>>()?;
        let conflict = |tree: TreeId, key: &[u8]| {
            state.map.get(&(tree, key.to_vec())).is_some_and(|(changed, _)| *changed > base)
        };
        for op in &ops {
            if matches!(op.kind, OpKind::Put | OpKind::Delete) && conflict(op.tree, &record[op.key.clone()]) {
                return Err(Error::new(ErrorKind::Conflict, "changed by another"));
            }
        }
        if expected.iter().any(|(tree, key)| conflict(*tree, key)) {
            return Err(Error::new(ErrorKind::Conflict, "changed by another"));
        }
        let mut next = (**state).clone();
        next.seq = seq;
        for op in ops {
            let key = (op.tree, record[op.key.clone()].to_vec());
            let value = Slice::new(Arc::clone(&record), op.value.clone());
            let before = next.map.get(&key).and_then(|(_, v)| v.clone());
            let num = |s: &Slice| <[u8; 8]>::try_from(&**s).unwrap_or_default();
            let value = match op.kind {
                OpKind::Put => Some(value),
                OpKind::Delete => None,
                OpKind::Add => Some(Slice::from(
                    (before.map_or(0, |b| i64::from_le_bytes(num(&b))) + i64::from_le_bytes(num(&value)))
                        .to_le_bytes()
                        .to_vec(),
                )),
                OpKind::Max => Some(Slice::from(
                    before
                        .map_or(0, |b| u64::from_le_bytes(num(&b)))
                        .max(u64::from_le_bytes(num(&value)))
                        .to_le_bytes()
                        .to_vec(),
                )),
                OpKind::DropTree => {
                    next.map.retain(|(t, _), _| *t != op.tree);
                    continue;
                }
            };
            next.map.insert(key, (seq, value));
        }
        *state = Arc::new(next);
        Ok(Ticket { seq, durability })
    }

    fn wait(&self, _ticket: Ticket) -> Result<()> {
        Ok(())
    }

    fn wait_visible(&self, _seq: Seq) -> Result<()> {
        Ok(())
    }

    fn step(&self) -> Result<bool> {
        Ok(false)
    }

    fn checkpoint(&self) -> Result<()> {
        Ok(())
    }

    fn check(&self) -> Result<CheckReport> {
        Ok(CheckReport::default())
    }

    fn attach_worker(&self, _waker: Option<crate::base::Waker>) {}

    fn poison(&self, _why: &str) {}

    fn stats(&self) -> Stats {
        Stats::default()
    }

    fn close(&self) -> Result<()> {
        Ok(())
    }
}
