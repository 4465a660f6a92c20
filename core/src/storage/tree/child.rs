//! What a node knows about each page beneath it.

use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::error::Result;
use crate::storage::page::{PageKind, PagePtr, PageReader};
use crate::storage::{Buffer, Held};

use super::inner::Inner;
use super::layout::{OnPage, nonsense};
use super::root::TreeKind;
use super::separator::Separator;

/// A pointer to a page, and the node in it once it was needed.
#[derive(Clone)]
pub(super) struct Child {
    pub(super) ptr: PagePtr,
    /// How many entries lie beneath.
    pub(super) entries: u64,
    /// Whether an entry beneath may own an extent. Extents of separators do not count: nodes are read anyway.
    pub(super) has_extents: bool,
    node: OnceLock<Arc<Inner>>,
    leaf: Held<Buffer>,
}

impl Child {
    pub(super) fn new(ptr: PagePtr, entries: u64, has_extents: bool) -> Self {
        Self { ptr, entries, has_extents, node: OnceLock::new(), leaf: Held::default() }
    }

    /// A node that was just written to `ptr`, and so need not be read.
    pub(super) fn written(ptr: PagePtr, node: Inner) -> Self {
        let (entries, has_extents) = (node.entries(), node.has_extents());
        let node = OnceLock::from(Arc::new(node));
        Self { ptr, entries, has_extents, node, leaf: Held::default() }
    }

    /// The inner node behind the pointer, which must be of this `level`.
    #[inline]
    pub(super) fn node(&self, reader: &dyn PageReader, kind: TreeKind, level: u8) -> Result<&Arc<Inner>> {
        match self.node.get() {
            Some(node) => Ok(node),
            None => self.load(reader, kind, level),
        }
    }

    /// Brings what says where the leaf is into the processor's cache.
    #[inline]
    pub(super) fn touch(&self) -> u8 {
        self.ptr.page as u8 ^ u8::from(self.leaf.is_written())
    }

    /// The leaf behind the pointer.
    #[inline]
    pub(super) fn leaf(&self, reader: &dyn PageReader, kind: TreeKind) -> Result<Arc<Buffer>> {
        reader.read_held(&self.ptr, kind.leaf_page(), &self.leaf)
    }

    #[cold]
    fn load(&self, reader: &dyn PageReader, kind: TreeKind, level: u8) -> Result<&Arc<Inner>> {
        let page = reader.read(&self.ptr, PageKind::Inner)?;
        let node = Inner::decode(&page, kind, level).on_page(&self.ptr)?;
        if node.entries() != self.entries {
            let seen = node.entries();
            return Err(nonsense(format_args!("{seen} entries lie beneath, not {}", self.entries)))
                .on_page(&self.ptr);
        }
        Ok(self.node.get_or_init(|| Arc::new(node)))
    }
}

impl fmt::Debug for Child {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Child(page {}, {} entries)", self.ptr.page, self.entries)
    }
}

/// A child with its lower bound, while the node above is being made.
#[derive(Debug, Clone)]
pub(super) struct Bounded {
    pub(super) low: Separator,
    pub(super) child: Child,
    /// Whether it was written by the operation under way.
    pub(super) fresh: bool,
}
