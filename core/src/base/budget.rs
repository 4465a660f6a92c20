//! How much memory a database may take, and who has it.
//!
//! Three parts share it. *Changes* are commits that are not in the main file yet, *work* is what statements and
//! transactions gather, and pages get what the two leave. Each tells of itself in steps of many KiB, never for one
//! document.
//!
//! Invariants
//!   B1  Work is granted half of the budget at most, and no more than leaves a quarter of it to pages.
//!   B2  Changes may have half of the budget less what several threads lose, and no more than leaves a quarter to pages
//!       beside what work has; never less than a quarter.
//!   B3  Pages leave what work has, and twice what changes have, in eighths of the budget. Who writes or reads at the
//!       moment holds older versions of the changes, which differ from the newest in every node that a commit touched.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;

/// However little a database is given: it works with less badly, or not at all.
pub(crate) const BUDGET_BYTES_MIN: usize = 16 << 20;
/// What a claim has without asking: most statements gather less.
const FREE: usize = 64 << 10;
/// So much less than half do changes have: memory that one thread gave back is not had by another.
const CHANGES_LESS: usize = 64 << 20;
/// In how many parts memory is kept from pages.
const PARTS: usize = 8;
/// How much a claim asks for at once, at least and at most.
const STEP: (usize, usize) = (64 << 10, 1 << 20);

/// Told how many bytes of the budget are for others than pages.
type Leave = Box<dyn Fn(usize) + Send + Sync>;

/// The memory of one open database.
pub(crate) struct Budget {
    bytes: usize,
    work: AtomicUsize,
    changes: AtomicUsize,
    /// How many bytes are kept from pages: whole parts.
    kept: AtomicUsize,
    /// Who is told of that; held while it changes.
    pages: Mutex<Option<Leave>>,
}

impl Budget {
    /// A budget of `bytes`, or of the least there may be.
    pub(crate) fn new(bytes: usize) -> Self {
        Self {
            bytes: bytes.max(BUDGET_BYTES_MIN),
            work: AtomicUsize::new(0),
            changes: AtomicUsize::new(0),
            kept: AtomicUsize::new(0),
            pages: Mutex::new(None),
        }
    }

    /// From now on pages are told, by `leave`, how many bytes of the budget are for others.
    pub(crate) fn lend(&self, leave: impl Fn(usize) + Send + Sync + 'static) {
        let mut pages = self.pages.lock();
        leave(self.kept.load(Ordering::Relaxed));
        *pages = Some(Box::new(leave));
    }

    /// How much changes may have now.
    pub(crate) fn changes_room(&self) -> usize {
        let half = self.bytes / 2;
        let most = half.saturating_sub(CHANGES_LESS).max(self.bytes / 4);
        most.min(self.bytes / 4 * 3 - self.work.load(Ordering::Relaxed).min(half))
    }

    /// Changes have so much now.
    pub(crate) fn set_changes(&self, bytes: usize) {
        self.changes.store(bytes, Ordering::Relaxed);
        self.look();
    }

    /// How much one of several that can do with less should have at most.
    pub(crate) fn share(&self) -> usize {
        self.bytes / PARTS
    }

    fn grant(&self, more: usize) -> bool {
        let changes = self.changes.load(Ordering::Relaxed).min(self.bytes / 2);
        let room = (self.bytes / 2).min(self.bytes / 4 * 3 - changes);
        let before = self.work.fetch_add(more, Ordering::Relaxed);
        if before.saturating_add(more) > room {
            self.work.fetch_sub(more, Ordering::Relaxed);
            return false;
        }
        self.look();
        true
    }

    /// Tells pages when what they leave came to another part.
    fn look(&self) {
        let (held, kept) = (self.held(), self.kept.load(Ordering::Relaxed));
        if held > kept || held + 2 * (self.bytes / PARTS) <= kept {
            self.tell();
        }
    }

    /// Keeps more from pages at once, and gives back late and never all of it: a cache that is made smaller and
    /// larger again with every checkpoint forgets what it knows of pages it let go.
    #[cold]
    fn tell(&self) {
        let pages = self.pages.lock();
        let part = self.bytes / PARTS;
        let (wanted, has) = (self.held().div_ceil(part), self.kept.load(Ordering::Relaxed) / part);
        let parts = match () {
            () if wanted > has => wanted,
            () if wanted + 2 <= has => wanted + 1,
            () => return,
        };
        self.kept.store(parts * part, Ordering::Relaxed);
        if let Some(leave) = &*pages {
            leave(parts * part);
        }
    }

    /// What pages leave.
    fn held(&self) -> usize {
        let changes = self.changes.load(Ordering::Relaxed).saturating_mul(2);
        self.work.load(Ordering::Relaxed).saturating_add(changes)
    }

    fn step(&self) -> usize {
        (self.bytes / 256).clamp(STEP.0, STEP.1)
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (work, changes) = (&self.work, &self.changes);
        f.debug_struct("Budget")
            .field("bytes", &self.bytes)
            .field("work", work)
            .field("changes", changes)
            .finish_non_exhaustive()
    }
}

/// What one piece of work has of the budget; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Claim {
    budget: Arc<Budget>,
    /// What was granted, and what is had without asking.
    covered: usize,
}

impl Claim {
    pub(crate) fn on(budget: &Arc<Budget>) -> Self {
        Self { budget: Arc::clone(budget), covered: FREE }
    }

    /// Sees to it that `bytes` are covered; says whether they are.
    #[inline]
    pub(crate) fn cover(&mut self, bytes: usize) -> bool {
        bytes <= self.covered || self.extend(bytes)
    }

    #[cold]
    fn extend(&mut self, bytes: usize) -> bool {
        let more = (bytes - self.covered).next_multiple_of(self.budget.step());
        let granted = self.budget.grant(more);
        if granted {
            self.covered += more;
        }
        granted
    }

    /// Covers `bytes` whether or not there is room: for what cannot be done with less.
    pub(crate) fn insist(&mut self, bytes: usize) {
        if !self.cover(bytes) {
            self.budget.work.fetch_add(bytes - self.covered, Ordering::Relaxed);
            self.covered = bytes;
            self.budget.look();
        }
    }

    /// How many bytes are covered.
    pub(crate) fn covered(&self) -> usize {
        self.covered
    }

    /// Gives everything back.
    pub(crate) fn release(&mut self) {
        let granted = self.covered - FREE;
        if granted > 0 {
            self.covered = FREE;
            self.budget.work.fetch_sub(granted, Ordering::Relaxed);
            self.budget.look();
        }
    }

    /// What was refused, for the message of an error.
    pub(crate) fn left(&self) -> String {
        format!("what is left of the memory that cache_bytes, {}, gives to everything", self.budget.bytes)
    }

    /// The budget that this is a part of.
    pub(crate) fn budget(&self) -> &Budget {
        &self.budget
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.release();
    }
}
