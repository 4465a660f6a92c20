//! How many keys the care of a collection reads: counted below the transaction.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Bed, memory, ttl};
use crate::base::{Budget, Waker};
use crate::collection::{Handle, Metadata, sweep};
use crate::document::builder::RawDocBuf;
use crate::document::raw::Value;
use crate::error::Result;
use crate::storage::{
    Batch, CheckReport, Direction, Durability, Engine, KeyRange, ReadAt, Scan, Seq, Slice, Snapshot, Stats,
    Ticket, TreeId, WriteSet,
};

/// Keys that were read.
#[derive(Debug, Default)]
struct Reads {
    scanned: AtomicU64,
    got: AtomicU64,
}

impl Reads {
    /// How many keys scans handed out and look-ups asked for since the last time.
    fn take(&self) -> (u64, u64) {
        (self.scanned.swap(0, Ordering::SeqCst), self.got.swap(0, Ordering::SeqCst))
    }
}

/// An engine that counts what is read of it.
#[derive(Debug)]
struct Counting {
    engine: Arc<dyn Engine>,
    reads: Arc<Reads>,
}

#[derive(Debug)]
struct CountingView {
    view: Arc<dyn Snapshot>,
    reads: Arc<Reads>,
}

struct CountingScan {
    scan: Box<dyn Scan>,
    reads: Arc<Reads>,
}

impl Engine for Counting {
    fn snapshot(&self, at: ReadAt) -> Result<Arc<dyn Snapshot>> {
        Ok(Arc::new(CountingView { view: self.engine.snapshot(at)?, reads: Arc::clone(&self.reads) }))
    }

    fn submit(&self, writes: WriteSet, base: Seq, time_ms: i64, durability: Durability) -> Result<Ticket> {
        self.engine.submit(writes, base, time_ms, durability)
    }

    fn budget(&self) -> &Arc<Budget> {
        self.engine.budget()
    }

    fn wait(&self, ticket: Ticket) -> Result<()> {
        self.engine.wait(ticket)
    }

    fn wait_visible(&self, seq: Seq) -> Result<()> {
        self.engine.wait_visible(seq)
    }

    fn step(&self) -> Result<bool> {
        self.engine.step()
    }

    fn attach_worker(&self, waker: Option<Waker>) {
        self.engine.attach_worker(waker);
    }

    fn checkpoint(&self) -> Result<()> {
        self.engine.checkpoint()
    }

    fn sync(&self) -> Result<()> {
        self.engine.sync()
    }

    fn check(&self) -> Result<CheckReport> {
        self.engine.check()
    }

    fn stats(&self) -> Stats {
        self.engine.stats()
    }

    fn poison(&self, why: &str) {
        self.engine.poison(why);
    }

    fn close(&self) -> Result<()> {
        self.engine.close()
    }
}

impl Snapshot for CountingView {
    fn seq(&self) -> Seq {
        self.view.seq()
    }

    fn get(&self, tree: TreeId, key: &[u8]) -> Result<Option<Slice>> {
        self.reads.got.fetch_add(1, Ordering::SeqCst);
        self.view.get(tree, key)
    }

    fn get_many(&self, tree: TreeId, keys: &[&[u8]]) -> Result<Vec<Option<Slice>>> {
        self.reads.got.fetch_add(keys.len() as u64, Ordering::SeqCst);
        self.view.get_many(tree, keys)
    }

    fn estimate(&self, tree: TreeId, range: &KeyRange) -> Result<u64> {
        self.view.estimate(tree, range)
    }

    fn scan(&self, tree: TreeId, range: KeyRange, direction: Direction) -> Result<Box<dyn Scan>> {
        let scan = self.view.scan(tree, range, direction)?;
        Ok(Box::new(CountingScan { scan, reads: Arc::clone(&self.reads) }))
    }
}

impl Scan for CountingScan {
    fn next_batch(&mut self, batch: &mut Batch, limit: usize) -> Result<()> {
        self.scan.next_batch(batch, limit)?;
        self.reads.scanned.fetch_add(batch.len() as u64, Ordering::SeqCst);
        Ok(())
    }
}

fn documents() -> i32 {
    if std::env::var("NEXUSLITE_LONG").is_ok() { 1_000_000 } else { 20_000 }
}

fn dated(id: i32, ms: i64) -> RawDocBuf {
    RawDocBuf::build(|doc| {
        doc.put("_id", Value::Int32(id));
        doc.put("at", Value::DateTime(ms));
    })
}

/// Ten documents whose time has passed, among many others, are found without looking at the others.
#[test]
fn a_sweep_reads_what_it_removes() {
    let check = |index: Option<&str>| {
        let reads = Arc::new(Reads::default());
        let mut bed = Bed::over(Arc::new(Counting { engine: memory(), reads: Arc::clone(&reads) }));
        bed.write(|scope| scope.create("c", crate::collection::Settings::default())).unwrap();
        if let Some(index) = index {
            bed.index("c", index);
        }
        let documents = documents();
        for id in 0..documents {
            let is_old = id % (documents / 10) == 7;
            let lives_ms = if is_old { 10 } else { 100_000 + i64::from(id) };
            let metadata = if index.is_some() { Metadata::default() } else { ttl(lives_ms) };
            bed.insert_doc("c", &dated(id, lives_ms), &metadata).unwrap();
        }
        bed.now_ms = 2000;
        reads.take();
        let opened = bed.find(&Handle::new("c")).unwrap();
        let (scanned, _) = reads.take();
        assert_eq!(scanned, 0, "opening a collection scans nothing");
        assert_eq!(bed.write(|scope| sweep(scope.txn, &opened, 1000)).unwrap(), 10, "{index:?}");
        let (scanned, got) = reads.take();
        assert!(scanned <= 20 && got <= 40, "{index:?}: {scanned} keys scanned, {got} looked up");
        assert_eq!(bed.write(|scope| sweep(scope.txn, &opened, 1000)).unwrap(), 0, "{index:?}");
        let (scanned, got) = reads.take();
        assert!(scanned <= 2 && got <= 2, "{index:?}: {scanned} keys scanned, {got} looked up for nothing");
        assert_eq!(bed.faults(), Vec::<String>::new());
    };
    check(None);
    check(Some(r#"{"key": {"at": 1}, "expireAfterSeconds": 1}"#));
    check(Some(r#"{"key": {"at": -1}, "expireAfterSeconds": 1}"#));
}
