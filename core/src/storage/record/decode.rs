//! Reading a commit record back, without trusting it.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use super::layout::{self, OpKind};
use crate::error::{Error, ErrorKind, Result};
use crate::storage::TreeId;
use crate::storage::page::{EXTENT_PTR_LEN, ExtentPtr};

/// A record that was found valid.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record<'a> {
    bytes: &'a [u8],
    /// Its place in the commit order.
    pub(crate) seq: u64,
    op_count: u32,
    ops_end: usize,
}

/// One operation; the ranges are positions in the record.
#[derive(Debug, Clone)]
pub(crate) struct RecordOp {
    pub(crate) kind: OpKind,
    pub(crate) tree: TreeId,
    pub(crate) key: Range<usize>,
    pub(crate) value: Range<usize>,
}

/// The length that a record's first bytes claim; `None` when there are not even those.
pub(crate) fn claimed_len(bytes: &[u8]) -> Option<usize> {
    word(bytes, layout::AT_LEN).map(|len| len as usize)
}

impl RecordOp {
    /// The extent that the operation refers to, where it does; `record` is the record it belongs to.
    pub(crate) fn extent(&self, record: &[u8]) -> Option<ExtentPtr> {
        let reference = record.get(self.value.clone()).filter(|_| self.kind == OpKind::Refer);
        reference.and_then(|bytes| bytes.try_into().ok()).map(ExtentPtr::decode)
    }
}

impl<'a> Record<'a> {
    /// Checks lengths and checksum; the kinds of the operations are checked by [`ops`](Self::ops).
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self> {
        let head = bytes.get(..layout::HEAD_LEN).ok_or_else(|| broken("is shorter than its head"))?;
        let field = |at| word(head, at).unwrap_or_default() as usize;
        let (ops_len, notes_len) = (field(layout::AT_OPS_LEN), field(layout::AT_NOTES_LEN));
        if field(layout::AT_LEN) != bytes.len() || layout::HEAD_LEN + ops_len + notes_len != bytes.len() {
            return Err(broken("has lengths that do not add up"));
        }
        let checksum = long(head, layout::AT_CHECKSUM);
        if xxh3_64(&bytes[layout::HEAD_LEN..]) != checksum {
            return Err(broken("does not match its checksum"));
        }
        Ok(Self {
            bytes,
            seq: long(head, layout::AT_SEQ),
            op_count: field(layout::AT_OP_COUNT) as u32,
            ops_end: layout::HEAD_LEN + ops_len,
        })
    }

    /// The operations that count, in order.
    pub(crate) fn ops(&self) -> impl Iterator<Item = Result<RecordOp>> + use<'a> {
        let (bytes, end, count) = (self.bytes, self.ops_end, self.op_count);
        let (mut at, mut seen, mut failed) = (layout::HEAD_LEN, 0, false);
        std::iter::from_fn(move || {
            while !failed && at < end {
                let op = next_op(&bytes[..end], &mut at);
                seen += 1;
                failed = op.is_err();
                match op {
                    Ok(None) => {}
                    Ok(Some(op)) => return Some(Ok(op)),
                    Err(error) => return Some(Err(error)),
                }
            }
            if !failed && seen != count {
                failed = true;
                return Some(Err(broken("holds another number of operations than it says")));
            }
            None
        })
    }
}

/// The operation at `at`, or nothing when it is void; moves `at` behind it.
fn next_op(bytes: &[u8], at: &mut usize) -> Result<Option<RecordOp>> {
    let head = bytes.get(*at..*at + layout::OP_HEAD_LEN).ok_or_else(|| broken("ends inside an operation"))?;
    let field = |from| word(head, from).unwrap_or_default() as usize;
    let key_start = *at + layout::OP_HEAD_LEN;
    let value_start = key_start + field(6);
    let value_end = value_start + field(10);
    if value_end > bytes.len() {
        return Err(broken("has an operation that reaches over its end"));
    }
    let kind = OpKind::from_byte(head[0]).ok_or_else(|| {
        Error::new(ErrorKind::Unsupported, format!("operation kind {} is from a newer version", head[0]))
    })?;
    *at = value_end;
    let op = RecordOp {
        kind,
        tree: TreeId(word(head, 2).unwrap_or_default()),
        key: key_start..value_start,
        value: value_start..value_end,
    };
    if kind == OpKind::Refer && op.value.len() != EXTENT_PTR_LEN {
        return Err(broken("has an extent reference of another length"));
    }
    Ok((head[1] & layout::FLAG_VOID == 0).then_some(op))
}

fn broken(what: &str) -> Error {
    Error::new(ErrorKind::Corrupt, format!("a commit record {what}"))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

fn long(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|b| b.try_into().ok()).map_or(0, u64::from_le_bytes)
}
