//! Inner nodes, as they live in memory and as they are laid down.

use crate::error::{Error, Result};
use crate::storage::page::{ExtentPtr, HEAD_LEN, PageReader, TRAILER_LEN};

use super::child::{Bounded, Child};
use super::key::{Cut, Probe};
use super::layout::{
    self, AT_COUNT, AT_LEVEL, AT_PREFIX_LEN, AT_SHAPE, CHILD_LEN, ID_LEN, INNER_HEAD_LEN, nonsense, put,
    put_u16,
};
use super::root::TreeKind;
use super::search::count_below;
use super::separator::{PackedSeparators, Separator};

/// Children and the separators between them: one less than there are children.
#[derive(Debug, Clone)]
pub(super) struct Inner {
    pub(super) level: u8,
    pub(super) children: Box<[Child]>,
    separators: Separators,
}

#[derive(Debug, Clone)]
enum Separators {
    Ids(Box<[u64]>),
    Keys(PackedSeparators),
}

impl Inner {
    /// A node of `parts`. The lower bound of the first is not the node's to keep.
    pub(super) fn new(kind: TreeKind, level: u8, parts: &[Bounded]) -> Self {
        let between: Vec<_> = parts.iter().skip(1).map(|part| part.low.clone()).collect();
        let separators = match kind {
            TreeKind::Record => Separators::Ids(between.iter().map(id_of).collect()),
            TreeKind::Index => Separators::Keys(PackedSeparators::new(&between)),
        };
        Self { level, children: parts.iter().map(|part| part.child.clone()).collect(), separators }
    }

    /// The children with their lower bounds; `low` is the node's own.
    pub(super) fn parts(&self, low: &Separator) -> Vec<Bounded> {
        let bound = |index: usize| if index == 0 { low.clone() } else { self.separator(index - 1) };
        let part = |(index, child): (usize, &Child)| Bounded {
            low: bound(index),
            child: child.clone(),
            fresh: false,
        };
        self.children.iter().enumerate().map(part).collect()
    }

    /// The separator between child `index` and the next.
    pub(super) fn separator(&self, index: usize) -> Separator {
        match &self.separators {
            Separators::Ids(ids) => Separator { inline: Box::new(ids[index].to_be_bytes()), rest: None },
            Separators::Keys(keys) => keys.get(index),
        }
    }

    /// The extents that separators go on in.
    pub(super) fn separator_extents(&self) -> impl Iterator<Item = &ExtentPtr> {
        let keys = match &self.separators {
            Separators::Ids(_) => None,
            Separators::Keys(keys) => Some(keys),
        };
        keys.into_iter().flat_map(PackedSeparators::rests)
    }

    /// The same separators, some of them going on elsewhere, over other children.
    pub(super) fn moved(&self, children: Vec<Child>, replace: impl Fn(&ExtentPtr) -> ExtentPtr) -> Self {
        let separators = match &self.separators {
            Separators::Ids(ids) => Separators::Ids(ids.clone()),
            Separators::Keys(keys) => Separators::Keys(keys.with_rests(replace)),
        };
        Self { level: self.level, children: children.into(), separators }
    }

    /// The child beneath which `id` lies, if anywhere.
    #[inline]
    pub(super) fn find_id(&self, id: u64) -> usize {
        match &self.separators {
            Separators::Ids(ids) => count_below(ids.len(), |index| ids[index] <= id),
            Separators::Keys(_) => 0,
        }
    }

    /// The child beneath which the key lies, if anywhere.
    #[inline]
    pub(super) fn find_key(&self, probe: &Probe<'_>, reader: &dyn PageReader) -> Result<usize> {
        match &self.separators {
            Separators::Keys(keys) => keys.count_up_to(probe, reader),
            Separators::Ids(_) => Ok(0),
        }
    }

    /// The child in which the last entry before `cut`, or the first after it, lies.
    pub(super) fn find_cut(&self, cut: &Cut, inline_max: usize, reader: &dyn PageReader) -> Result<usize> {
        match cut {
            Cut::Start => Ok(0),
            Cut::End => Ok(self.children.len() - 1),
            Cut::Id(id) => Ok(self.find_id(*id)),
            Cut::Key { key, .. } => self.find_key(&Probe::new(key, inline_max), reader),
        }
    }

    pub(super) fn entries(&self) -> u64 {
        self.children.iter().fold(0, |sum, child| sum.saturating_add(child.entries))
    }

    pub(super) fn has_extents(&self) -> bool {
        self.children.iter().any(|child| child.has_extents)
    }

    /// Reads a node, which must be of this kind and level.
    pub(super) fn decode(page: &[u8], kind: TreeKind, level: u8) -> Result<Self> {
        let body = layout::body(page)?;
        let count = usize::from(layout::u16_at(body, AT_COUNT)?);
        let [seen_level, shape] = layout::bytes_at(body, AT_LEVEL)?;
        if (seen_level, shape) != (level, kind as u8) {
            return Err(nonsense(format_args!(
                "an inner node of level {seen_level} and shape {shape}, not {level} and {}",
                kind as u8
            )));
        }
        let separators_at = INNER_HEAD_LEN + count * CHILD_LEN;
        if count == 0 || separators_at > body.len() {
            return Err(nonsense(format_args!("an inner node has no room for its {count} children")));
        }
        let child = |index: usize| {
            let (ptr, entries, has_extents) = layout::decode_child(body, INNER_HEAD_LEN + index * CHILD_LEN)?;
            Ok(Child::new(ptr, entries, has_extents))
        };
        let children = (0..count).map(child).collect::<Result<_>>()?;
        let separators = match kind {
            TreeKind::Record => Separators::Ids(decode_ids(body, separators_at, count - 1)?),
            TreeKind::Index => {
                let prefix_len = usize::from(layout::u16_at(body, AT_PREFIX_LEN)?);
                Separators::Keys(PackedSeparators::decode(body, separators_at, prefix_len, count - 1)?)
            }
        };
        Ok(Self { level, children, separators })
    }

    /// The node as a page, head and trailer left blank.
    pub(super) fn encode(&self, page_size: usize) -> Result<Vec<u8>> {
        let separators_at = INNER_HEAD_LEN + self.children.len() * CHILD_LEN;
        let (shape, prefix_len, len) = match &self.separators {
            Separators::Ids(ids) => (TreeKind::Record, 0, ids.len() * ID_LEN),
            Separators::Keys(keys) => (TreeKind::Index, keys.prefix_len(), keys.encoded_len()),
        };
        let mut page = vec![0; page_size];
        let body = &mut page[HEAD_LEN..page_size - TRAILER_LEN];
        if separators_at + len > body.len() {
            let wanted = separators_at + len;
            return Err(Error::internal(format!("an inner node of {wanted} bytes in {}", body.len())));
        }
        put_u16(body, AT_COUNT, self.children.len());
        body[AT_LEVEL] = self.level;
        body[AT_SHAPE] = shape as u8;
        put_u16(body, AT_PREFIX_LEN, prefix_len);
        for (index, child) in self.children.iter().enumerate() {
            let bytes = layout::encode_child(&child.ptr, child.entries, child.has_extents);
            put(body, INNER_HEAD_LEN + index * CHILD_LEN, &bytes);
        }
        match &self.separators {
            Separators::Ids(ids) => {
                for (index, id) in ids.iter().enumerate() {
                    put(body, separators_at + index * ID_LEN, &id.to_le_bytes());
                }
            }
            Separators::Keys(keys) => keys.encode(body, separators_at),
        }
        Ok(page)
    }
}

fn decode_ids(body: &[u8], at: usize, count: usize) -> Result<Box<[u64]>> {
    let Some(bytes) = body.get(at..at + count * ID_LEN) else {
        return Err(nonsense(format_args!("an inner node has no room for its {count} separators")));
    };
    let ids: Box<[u64]> = bytes.as_chunks().0.iter().map(|id| u64::from_le_bytes(*id)).collect();
    match ids.is_sorted_by(|a, b| a < b) {
        true => Ok(ids),
        false => Err(nonsense("the separators of an inner node do not ascend")),
    }
}

/// A separator of record ids is a record id.
fn id_of(separator: &Separator) -> u64 {
    super::key::head_u64(&separator.inline)
}
