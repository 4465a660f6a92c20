//! A row on its way through a sort.
//!
//! In a file: the record's length and the place of its document, 4 bytes each, its id and its arrival, 8 bytes each,
//! and the record. The key is not written: the document has it.

use std::sync::Arc;

use crate::collection::RecordId;
use crate::document::raw::RawDoc;
use crate::error::{Error, Result};
use crate::expression::sort::{SortKey, SortSpec};
use crate::storage::{Buffer, Slice};

const HEAD: usize = 24;
/// What a row costs besides its bytes and its key's values: itself, and a buffer of its own.
const ROW_BYTES: usize = size_of::<Row>() + 6 * size_of::<usize>();
/// What one value of a key costs besides its bytes.
const VALUE_BYTES: usize = 56;

pub(crate) struct Row {
    pub(super) key: SortKey,
    /// How many came before: rows with equal keys keep the order in which they came.
    pub(super) arrival: u64,
    pub(super) id: RecordId,
    pub(super) record: Slice,
    pub(super) body: usize,
}

impl Row {
    /// What it takes in memory.
    pub(super) fn bytes(&self) -> usize {
        let (values, bytes) = self.key.size();
        ROW_BYTES + self.record.len() + values * VALUE_BYTES + bytes
    }

    /// Appends the row as a file has it.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&(self.record.len() as u32).to_le_bytes());
        out.extend_from_slice(&(self.body as u32).to_le_bytes());
        out.extend_from_slice(&self.id.0.to_le_bytes());
        out.extend_from_slice(&self.arrival.to_le_bytes());
        out.extend_from_slice(&self.record);
    }

    /// The row that begins at `at`, and where the next one does.
    pub(super) fn read(block: &Arc<Buffer>, at: usize, spec: &SortSpec) -> Result<(Self, usize)> {
        let torn = || Error::internal(format!("a row of a sort is torn at byte {at} of its block"));
        let number = |from: usize, len: usize| {
            let bytes = block.get(at + from..at + from + len).ok_or_else(torn)?;
            Ok(bytes.iter().rev().fold(0_u64, |number, byte| number << 8 | u64::from(*byte)))
        };
        let (len, body) = (number(0, 4)? as usize, number(4, 4)? as usize);
        let (id, arrival) = (RecordId(number(8, 8)?), number(16, 8)?);
        let record = at + HEAD..at + HEAD + len;
        if record.end > block.len() || body > len {
            return Err(torn());
        }
        let (record, next) = (Slice::new(Arc::clone(block), record.clone()), record.end);
        let key = spec.key(RawDoc::new(&record[body..]))?;
        Ok((Self { key, arrival, id, record, body }, next))
    }
}
