//! Handles: numbers that look like pointers and are never followed.
//!
//! Invariants
//!   H1  A number is never given twice in a process and its children, so a freed handle stays a wrong one for ever.
//!   H2  A handle's last four bits name its kind and are never zero: no address of anything aligned is a handle.
//!   H3  Nothing is dropped while a lock of the table is held.

use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use nexuslite::{Error, ErrorKind};
use parking_lot::RwLock;

use crate::fault::{Fault, Result};

/// How many bits of a handle name its kind.
const KIND_BITS: u32 = 4;
const KIND_MASK: usize = (1 << KIND_BITS) - 1;
/// The first number: small handles would look like mistakes to whoever watches over pointers.
const FIRST: u64 = 1 << 12;
/// So many parts of the table can be used at the same time.
const SHARDS: usize = 16;

/// What a handle stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Database = 1,
    Client = 2,
    Collection = 3,
    Cursor = 4,
    Transaction = 5,
    Cancel = 6,
    Error = 7,
    Buffer = 8,
}

impl Kind {
    const ALL: [Kind; 8] = [
        Kind::Database,
        Kind::Client,
        Kind::Collection,
        Kind::Cursor,
        Kind::Transaction,
        Kind::Cancel,
        Kind::Error,
        Kind::Buffer,
    ];

    fn of(handle: usize) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as usize == handle & KIND_MASK)
    }

    /// What messages call it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Kind::Database => "database",
            Kind::Client => "client",
            Kind::Collection => "collection",
            Kind::Cursor => "cursor",
            Kind::Transaction => "transaction",
            Kind::Cancel => "cancel token",
            Kind::Error => "error",
            Kind::Buffer => "buffer",
        }
    }
}

/// What can stand behind a handle.
pub(crate) trait Object: Any + Send + Sync {
    const KIND: Kind;
}

/// Everything that handles of one process stand for.
pub(crate) struct Table {
    /// Numbers below this one belong to the processes that this one descends from.
    first: u64,
    next: AtomicU64,
    shards: [RwLock<Shard>; SHARDS],
}

type Shard = HashMap<usize, Held, BuildHasherDefault<Spread>>;

/// What a handle stands for.
enum Held {
    Object(Arc<dyn Any + Send + Sync>),
    /// Bytes that only their owner frees: nobody else ever looks at them.
    Bytes(Vec<u8>),
}

impl Held {
    fn object<T: Object>(self) -> Option<Arc<T>> {
        match self {
            Held::Object(object) => object.downcast().ok(),
            Held::Bytes(_) => None,
        }
    }
}

impl Default for Table {
    fn default() -> Self {
        Self::from(FIRST)
    }
}

impl Table {
    fn from(first: u64) -> Self {
        Self { first, next: AtomicU64::new(first), shards: std::array::from_fn(|_| RwLock::default()) }
    }

    /// An empty table for a child of this process, in which this process's handles are known as foreign.
    pub(crate) fn of_child(&self) -> Self {
        Self::from(self.next.load(Ordering::Relaxed))
    }

    /// Gives `object` a handle.
    pub(crate) fn add<T: Object>(&self, object: Arc<T>) -> Result<usize> {
        self.put(T::KIND, Held::Object(object))
    }

    /// Gives bytes a handle, by which they are taken back. They stay where they are.
    pub(crate) fn add_bytes(&self, bytes: Vec<u8>) -> Result<usize> {
        self.put(Kind::Buffer, Held::Bytes(bytes))
    }

    fn put(&self, kind: Kind, held: Held) -> Result<usize> {
        let serial = self.next.fetch_add(1, Ordering::Relaxed);
        let number = usize::try_from(serial).ok().filter(|serial| *serial <= usize::MAX >> KIND_BITS);
        let Some(number) = number else {
            let what = format!("this process has used up all {} handles", usize::MAX >> KIND_BITS);
            return Err(Error::new(ErrorKind::Limit, what).into());
        };
        let handle = (number << KIND_BITS) | kind as usize;
        self.shard(handle).write().insert(handle, held);
        Ok(handle)
    }

    /// What `handle` stands for.
    #[inline]
    pub(crate) fn get<T: Object>(&self, handle: usize) -> Result<Arc<T>> {
        self.check::<T>(handle)?;
        let found = match self.shard(handle).read().get(&handle) {
            Some(Held::Object(object)) => Some(Arc::clone(object)),
            _ => None,
        };
        found.and_then(|found| found.downcast().ok()).ok_or_else(|| self.unknown::<T>(handle))
    }

    /// Takes `handle` back; the object ends with whoever holds it last.
    pub(crate) fn remove<T: Object>(&self, handle: usize) -> Result<Arc<T>> {
        self.check::<T>(handle)?;
        let found = self.shard(handle).write().remove(&handle);
        found.and_then(Held::object).ok_or_else(|| self.unknown::<T>(handle))
    }

    /// Takes bytes back; nothing when the handle is none of bytes, or they were taken back before.
    pub(crate) fn remove_bytes(&self, handle: usize) -> Option<Vec<u8>> {
        if Kind::of(handle) != Some(Kind::Buffer) {
            return None;
        }
        let found = self.shard(handle).write().remove(&handle);
        match found? {
            Held::Bytes(bytes) => Some(bytes),
            Held::Object(_) => None,
        }
    }

    /// How many handles are in use.
    pub(crate) fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.read().len()).sum()
    }

    #[inline]
    fn check<T: Object>(&self, handle: usize) -> Result<()> {
        if handle & KIND_MASK == T::KIND as usize { Ok(()) } else { Err(self.of_another_kind::<T>(handle)) }
    }

    #[cold]
    fn of_another_kind<T: Object>(&self, handle: usize) -> Fault {
        let wanted = T::KIND.name();
        match Kind::of(handle) {
            _ if handle == 0 => Fault::handle(format!("the {wanted} is NULL")),
            Some(kind) if self.is_known(handle) => Fault::handle(format!(
                "a {wanted} is needed, but the handle {handle:#x} is a {}",
                kind.name()
            )),
            _ => self.unknown::<T>(handle),
        }
    }

    fn is_known(&self, handle: usize) -> bool {
        self.shard(handle).read().contains_key(&handle)
    }

    #[cold]
    fn unknown<T: Object>(&self, handle: usize) -> Fault {
        let (wanted, serial) = (T::KIND.name(), (handle >> KIND_BITS) as u64);
        if (FIRST..self.first).contains(&serial) {
            return Fault::forked(wanted);
        }
        let given = Kind::of(handle) == Some(T::KIND) && serial < self.next.load(Ordering::Relaxed);
        Fault::handle(if given && serial >= FIRST {
            format!("the {wanted} {handle:#x} was freed")
        } else {
            format!("{handle:#x} is no handle of a {wanted}")
        })
    }

    fn shard(&self, handle: usize) -> &RwLock<Shard> {
        &self.shards[(handle >> KIND_BITS) % SHARDS]
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").field("first", &self.first).field("len", &self.len()).finish_non_exhaustive()
    }
}

/// A handle as the pointer that C holds.
pub(crate) fn to_pointer<P>(handle: usize) -> *mut P {
    ptr::without_provenance_mut(handle)
}

/// Handles count upwards, so a multiplication spreads them well enough.
#[derive(Debug, Default)]
pub(crate) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_usize(usize::from(*byte)));
    }

    fn write_usize(&mut self, number: usize) {
        self.0 = (self.0 ^ number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(26);
    }
}
