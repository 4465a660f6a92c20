//! One operation in a record that this process wrote itself.

use super::decode::RecordOp;
use super::layout::{AT_OP_KEY_LEN, AT_OP_TREE, AT_OP_VALUE_LEN, OP_HEAD_LEN, OpKind};
use crate::storage::TreeId;

/// Appends an operation; says where it begins.
pub(super) fn append_op(
    record: &mut Vec<u8>,
    kind: OpKind,
    tree: TreeId,
    key: &[u8],
    parts: &[&[u8]],
) -> u32 {
    let at = record.len() as u32;
    let value_len: usize = parts.iter().map(|part| part.len()).sum();
    record.reserve(OP_HEAD_LEN + key.len() + value_len);
    record.extend_from_slice(&[kind as u8, 0]);
    record.extend_from_slice(&tree.0.to_le_bytes());
    record.extend_from_slice(&(key.len() as u32).to_le_bytes());
    record.extend_from_slice(&(value_len as u32).to_le_bytes());
    record.extend_from_slice(key);
    for part in parts {
        record.extend_from_slice(part);
    }
    at
}

/// The operation at `at`, which is one on `tree`.
pub(super) fn op_at(record: &[u8], tree: TreeId, at: u32) -> RecordOp {
    let key_start = at as usize + OP_HEAD_LEN;
    let value_start = key_start + word(record, at, AT_OP_KEY_LEN) as usize;
    RecordOp {
        kind: OpKind::from_byte(record[at as usize]).unwrap_or(OpKind::Delete),
        tree,
        key: key_start..value_start,
        value: value_start..value_start + word(record, at, AT_OP_VALUE_LEN) as usize,
    }
}

/// The key of the operation at `at`.
pub(super) fn key_at(record: &[u8], at: u32) -> &[u8] {
    let start = at as usize + OP_HEAD_LEN;
    &record[start..start + word(record, at, AT_OP_KEY_LEN) as usize]
}

/// The tree of the operation at `at`.
pub(super) fn tree_at(record: &[u8], at: u32) -> TreeId {
    TreeId(word(record, at, AT_OP_TREE))
}

fn word(record: &[u8], at: u32, offset: usize) -> u32 {
    let from = at as usize + offset;
    let mut bytes = [0; 4];
    bytes.copy_from_slice(&record[from..from + 4]);
    u32::from_le_bytes(bytes)
}
