//! Walking all of a tree as it lies in the file, trusting nothing that is in memory.

use crate::error::Result;
use crate::storage::page::{ExtentPtr, PageKind, PagePtr, PageReader};

use super::child::Child;
use super::inner::Inner;
use super::leaf::Leaf;
use super::root::{Tree, TreeKind};
use super::walk::Reached;

/// Takes what a check comes upon.
pub(crate) trait Findings {
    /// Something is wrong, said in one sentence.
    fn fault(&mut self, sentence: String);

    /// The tree refers to this; whether it can be read shows afterwards.
    fn reached(&mut self, what: Reached);
}

/// The keys that may stand beneath a page.
struct Bounds<'b> {
    low: &'b [u8],
    high: Option<&'b [u8]>,
}

struct Check<'a> {
    kind: TreeKind,
    reader: &'a dyn PageReader,
    findings: &'a mut dyn Findings,
}

impl Tree {
    /// Reads every page and extent of the tree and says what is wrong with it; answers how many entries it saw.
    ///
    /// What cannot be read is a fault, and the walk goes on beside it.
    pub(crate) fn check(&self, reader: &dyn PageReader, findings: &mut dyn Findings) -> u64 {
        let Some(root) = &self.root else { return 0 };
        let mut check = Check { kind: self.kind, reader, findings };
        check.child(root, self.height, &Bounds { low: &[], high: None })
    }
}

impl Check<'_> {
    fn child(&mut self, child: &Child, level: u8, bounds: &Bounds<'_>) -> u64 {
        let kind = if level == 0 { self.kind.leaf_page() } else { PageKind::Inner };
        self.findings.reached(Reached::Page(child.ptr, kind));
        let seen = match level {
            0 => self.leaf(child, bounds),
            _ => self.inner(child, level, bounds),
        };
        match seen {
            Ok(seen) => {
                if seen != child.entries {
                    let named = child.entries;
                    self.fault(
                        &child.ptr,
                        &format!("{named} entries are said to lie beneath, {seen} were found"),
                    );
                }
                seen
            }
            Err(error) => {
                self.fault(&child.ptr, &error.to_string());
                0
            }
        }
    }

    fn inner(&mut self, child: &Child, level: u8, bounds: &Bounds<'_>) -> Result<u64> {
        let page = self.reader.read(&child.ptr, PageKind::Inner)?;
        let node = Inner::decode(&page, self.kind, level)?;
        if node.has_extents() && !child.has_extents {
            self.fault(&child.ptr, "extents are said not to lie beneath, but do");
        }
        for extent in node.separator_extents() {
            self.extent(&child.ptr, extent);
        }
        let separators = self.separators(&node)?;
        for (index, separator) in separators.iter().enumerate() {
            let before = if index == 0 { bounds.low } else { &separators[index - 1] };
            if before >= &**separator || bounds.high.is_some_and(|high| &**separator >= high) {
                self.fault(&child.ptr, &format!("separator {index}, {}, is out of order", Shown(separator)));
            }
        }
        let mut seen = 0;
        for (index, below) in node.children.iter().enumerate() {
            let low = if index == 0 { bounds.low } else { &separators[index - 1] };
            let high = separators.get(index).map(Vec::as_slice).or(bounds.high);
            seen += self.child(below, level - 1, &Bounds { low, high });
        }
        Ok(seen)
    }

    fn separators(&self, node: &Inner) -> Result<Vec<Vec<u8>>> {
        (0..node.children.len() - 1).map(|index| node.separator(index).whole(self.reader)).collect()
    }

    fn leaf(&mut self, child: &Child, bounds: &Bounds<'_>) -> Result<u64> {
        let page = self.reader.read(&child.ptr, self.kind.leaf_page())?;
        let leaf = Leaf::parse(&page, self.kind)?;
        let mut before: Option<Vec<u8>> = None;
        for slot in 0..leaf.len() {
            for (_, extent) in leaf.extents(&page, slot)? {
                if !child.has_extents {
                    self.fault(
                        &child.ptr,
                        &format!("entry {slot} refers to an extent, which none is said to"),
                    );
                }
                self.extent(&child.ptr, &extent);
            }
            let key = leaf.key(slot, self.reader)?;
            if before.as_ref().is_some_and(|before| *before >= key) {
                let sentence = format!("key {slot}, {}, is not above the one before it", Shown(&key));
                self.fault(&child.ptr, &sentence);
            }
            if &*key < bounds.low || bounds.high.is_some_and(|high| &*key >= high) {
                self.fault(&child.ptr, &format!("key {slot}, {}, lies outside its bounds", Shown(&key)));
            }
            before = Some(key);
        }
        Ok(leaf.len() as u64)
    }

    fn extent(&mut self, owner: &PagePtr, extent: &ExtentPtr) {
        self.findings.reached(Reached::Extent(*extent));
        match self.reader.read_extent(extent) {
            Ok(value) if value.len() as u64 == extent.len => {}
            Ok(value) => {
                let sentence = format!("the extent at page {} has {} bytes", extent.page, value.len());
                self.fault(owner, &format!("{sentence}, not {}", extent.len));
            }
            Err(error) => self.fault(owner, &format!("the extent at page {}: {error}", extent.page)),
        }
    }

    fn fault(&mut self, ptr: &PagePtr, sentence: &str) {
        self.findings.fault(format!("{:?} tree, page {}: {sentence}", self.kind, ptr.page));
    }
}

/// The beginning of a key, in hexadecimal.
struct Shown<'k>(&'k [u8]);

impl std::fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const SHOWN_MAX: usize = 32;
        self.0.iter().take(SHOWN_MAX).try_for_each(|byte| write!(f, "{byte:02x}"))?;
        if self.0.len() > SHOWN_MAX {
            write!(f, "… ({} bytes)", self.0.len())?;
        }
        Ok(())
    }
}
