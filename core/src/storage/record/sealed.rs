//! A finished record, and the values that leave it for the main file.

use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use super::decode::RecordOp;
use super::layout::{self, OpKind};
use super::marks::Marks;
use super::op::append_op;
use super::write_set::{Expected, WriteSet};
use crate::error::Result;
use crate::storage::Buffer;
use crate::storage::page::ExtentPtr;

/// A record keeps so much room that it does not need, in bytes and as a part of itself.
const SPARE_BYTES: usize = 16 << 10;
const SPARE_PART: usize = 8;

/// A finished record, waiting for its place in the commit order.
#[derive(Debug)]
pub(crate) struct Sealed {
    pub(crate) record: Vec<u8>,
    /// What the record comes to, by tree and key; a tree that is dropped has no other operation.
    pub(crate) ops: Vec<RecordOp>,
    pub(crate) expected: Expected,
    /// Its keys in short, where they are few.
    pub(crate) marks: Option<Marks>,
}

impl WriteSet {
    /// The finished record, with room left for seq and time. `notes` go with it, unread.
    pub(crate) fn seal(self, notes: &[u8]) -> Sealed {
        let (ops, count) = (self.effective_ops(), self.op_count());
        let (record, expected) = self.into_parts();
        finish(record, ops, count, expected, notes)
    }

    /// The same, but each value of `least` bytes or more is given to `lift`, and the record only refers to where
    /// that put it. After an error what was lifted is of no use.
    pub(crate) fn seal_lifting(
        self,
        notes: &[u8],
        least: usize,
        lift: &mut dyn FnMut(&[u8]) -> Result<ExtentPtr>,
    ) -> Result<Sealed> {
        let is_large = |op: &RecordOp| op.kind == OpKind::Put && op.value.len() >= least;
        if self.bytes() < least {
            return Ok(self.seal(notes));
        }
        let mut ops = self.effective_ops();
        let count = self.op_count();
        let (whole, expected) = self.into_parts();
        if !ops.iter().any(is_large) {
            return Ok(finish(whole, ops, count, expected, notes));
        }
        let mut slim = vec![0; layout::HEAD_LEN];
        for op in &mut ops {
            let value = &whole[op.value.clone()];
            let reference = is_large(op).then(|| lift(value)).transpose()?.map(|ptr| ptr.encode());
            let (kind, value) = match &reference {
                Some(reference) => (OpKind::Refer, &reference[..]),
                None => (op.kind, value),
            };
            let at = append_op(&mut slim, kind, op.tree, &whole[op.key.clone()], &[value]) as usize;
            let value_at = at + layout::OP_HEAD_LEN + op.key.len();
            let key = at + layout::OP_HEAD_LEN..value_at;
            *op = RecordOp { kind, tree: op.tree, key, value: value_at..value_at + value.len() };
        }
        // What a later operation of the same commit took the place of is left behind too.
        let count = ops.len() as u32;
        Ok(finish(slim, ops, count, expected, notes))
    }
}

impl Sealed {
    /// Gives the record its place and its time; from here on the bytes never change.
    pub(crate) fn stamp(mut self, seq: u64, time_ms: i64) -> Arc<Buffer> {
        put(&mut self.record, layout::AT_SEQ, &seq.to_le_bytes());
        put(&mut self.record, layout::AT_TIME, &time_ms.to_le_bytes());
        Arc::new(self.record.into())
    }
}

fn finish(
    mut record: Vec<u8>,
    ops: Vec<RecordOp>,
    op_count: u32,
    expected: Expected,
    notes: &[u8],
) -> Sealed {
    let ops_len = record.len() - layout::HEAD_LEN;
    record.extend_from_slice(notes);
    let checksum = xxh3_64(&record[layout::HEAD_LEN..]);
    if record.capacity() - record.len() > record.len() / SPARE_PART + SPARE_BYTES {
        // What is left over would stay in memory as long as the commit does.
        record.shrink_to_fit();
    }
    let len = record.len() as u32;
    put(&mut record, layout::AT_LEN, &len.to_le_bytes());
    put(&mut record, layout::AT_OP_COUNT, &op_count.to_le_bytes());
    put(&mut record, layout::AT_OPS_LEN, &(ops_len as u32).to_le_bytes());
    put(&mut record, layout::AT_NOTES_LEN, &(notes.len() as u32).to_le_bytes());
    put(&mut record, layout::AT_CHECKSUM, &checksum.to_le_bytes());
    let marks = Marks::of(&record, &ops, &expected);
    Sealed { record, ops, expected, marks }
}

fn put(record: &mut [u8], at: usize, bytes: &[u8]) {
    record[at..at + bytes.len()].copy_from_slice(bytes);
}
