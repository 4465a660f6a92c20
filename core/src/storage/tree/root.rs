//! The tree as a value, and the reference to it that whoever keeps trees writes down.

use std::fmt;
use std::sync::Arc;

use crate::error::Result;

use super::child::Child;
use super::layout::{self, CHILD_LEN, HEIGHT_MAX, Limits, nonsense};
use crate::storage::page::PageKind;

/// Length of an encoded [`Tree`].
pub(crate) const ROOT_REFERENCE_LEN: usize = AT_ROOT + CHILD_LEN;
const AT_ROOT: usize = 8;

/// What the keys of a tree are; the number is in its pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum TreeKind {
    /// Record ids: eight bytes, big-endian.
    Record = 1,
    /// Any bytes, the empty key among them.
    Index = 2,
}

impl TreeKind {
    pub(super) fn leaf_page(self) -> PageKind {
        match self {
            Self::Record => PageKind::RecordLeaf,
            Self::Index => PageKind::IndexLeaf,
        }
    }

    fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Record),
            2 => Some(Self::Index),
            _ => None,
        }
    }
}

/// One version of one tree. Cloning it counts one reference.
#[derive(Clone)]
pub(crate) struct Tree {
    pub(super) kind: TreeKind,
    /// Levels above the leaves.
    pub(super) height: u8,
    pub(super) root: Option<Arc<Child>>,
}

impl Tree {
    /// The tree without entries, and without pages.
    pub(crate) fn empty(kind: TreeKind) -> Self {
        Self { kind, height: 0, root: None }
    }

    pub(super) fn with_root(kind: TreeKind, height: u8, root: Child) -> Self {
        Self { kind, height, root: Some(Arc::new(root)) }
    }

    /// How many entries it holds.
    pub(crate) fn len(&self) -> u64 {
        self.root.as_ref().map_or(0, |root| root.entries)
    }

    /// The reference to write down.
    pub(crate) fn encode(&self) -> [u8; ROOT_REFERENCE_LEN] {
        let mut bytes = [0; ROOT_REFERENCE_LEN];
        bytes[0] = self.kind as u8;
        if let Some(root) = &self.root {
            bytes[1] = 1;
            bytes[2] = self.height;
            layout::put(
                &mut bytes,
                AT_ROOT,
                &layout::encode_child(&root.ptr, root.entries, root.has_extents),
            );
        }
        bytes
    }

    /// The tree that `bytes` refers to. Reads no page.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self> {
        let bytes: &[u8; ROOT_REFERENCE_LEN] = bytes
            .try_into()
            .map_err(|_| nonsense(format_args!("a tree's reference of {} bytes", bytes.len())))?;
        let Some(kind) = TreeKind::from_byte(bytes[0]) else {
            return Err(nonsense(format_args!("a tree's reference names the shape {}", bytes[0])));
        };
        match (bytes[1], bytes[2]) {
            (0, 0) if bytes[3..].iter().all(|byte| *byte == 0) => Ok(Self::empty(kind)),
            (1, height) if height <= HEIGHT_MAX => {
                let (ptr, entries, has_extents) = layout::decode_child(bytes, AT_ROOT)?;
                Ok(Self::with_root(kind, height, Child::new(ptr, entries, has_extents)))
            }
            (root, height) => {
                Err(nonsense(format_args!("a tree's reference says root {root}, height {height}")))
            }
        }
    }

    pub(super) fn limits(&self, page_size: usize) -> Result<Limits> {
        Limits::new(self.kind, page_size)
    }
}

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, height) = (self.kind, self.height);
        write!(f, "Tree({kind:?}, height {height}, {} entries)", self.len())
    }
}
