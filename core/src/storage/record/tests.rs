use super::layout::HEAD_LEN;
use super::*;
use crate::error::ErrorKind;
use crate::storage::TreeId;
use crate::storage::page::ExtentPtr;

const RECORDS: TreeId = TreeId::record(7);
const INDEX: TreeId = TreeId::index(8);

fn extent(page: u64, value: &[u8]) -> ExtentPtr {
    ExtentPtr { page, pages: 1, birth: 2, len: value.len() as u64, hash: u128::from(value[0]) }
}

fn ops(record: &[u8]) -> Vec<(OpKind, TreeId, Vec<u8>, usize)> {
    let parsed = Record::parse(record).unwrap();
    let ops = parsed.ops().map(|op| op.unwrap());
    ops.map(|op| (op.kind, op.tree, record[op.key].to_vec(), op.value.len())).collect()
}

#[test]
fn large_values_leave_the_record_and_are_referred_to() {
    let mut writes = WriteSet::new(1 << 20);
    writes.put(RECORDS, b"00000002", &[&[1; 50], &[1; 50]]).unwrap();
    writes.put(RECORDS, b"00000001", &[&[2; 99]]).unwrap();
    writes.put(INDEX, b"key", &[&[3; 300]]).unwrap();
    writes.put(INDEX, b"key", &[&[4; 200]]).unwrap();
    writes.delete(INDEX, b"other").unwrap();
    writes.add(INDEX, b"count", 3).unwrap();
    let mut lifted = Vec::new();
    let sealed = writes
        .seal_lifting(b"notes", 100, &mut |value| {
            lifted.push(value.to_vec());
            Ok(extent(lifted.len() as u64 + 10, value))
        })
        .unwrap();
    assert_eq!(lifted, [vec![1; 100], vec![4; 200]], "what was replaced goes nowhere");
    let references: Vec<_> = sealed.ops.iter().filter_map(|op| op.extent(&sealed.record)).collect();
    assert_eq!(references, [extent(11, &lifted[0]), extent(12, &lifted[1])]);
    let told: Vec<_> = sealed.ops.iter().map(|op| (op.kind, op.tree, op.key.len(), op.value.len())).collect();
    let record = sealed.stamp(5, 6);
    assert!(record.len() < 400 && Record::parse(&record).unwrap().seq == 5);
    let expected = [
        (OpKind::Put, RECORDS, b"00000001".to_vec(), 99),
        (OpKind::Refer, RECORDS, b"00000002".to_vec(), 44),
        (OpKind::Add, INDEX, b"count".to_vec(), 8),
        (OpKind::Refer, INDEX, b"key".to_vec(), 44),
        (OpKind::Delete, INDEX, b"other".to_vec(), 0),
    ];
    assert_eq!(ops(&record), expected);
    let expected = expected.map(|(kind, tree, key, len)| (kind, tree, key.len(), len));
    assert_eq!(told, expected);
}

#[test]
fn a_dropped_tree_keeps_no_large_value() {
    let mut writes = WriteSet::new(1 << 20);
    writes.put(RECORDS, b"00000001", &[&[1; 500]]).unwrap();
    writes.drop_tree(RECORDS).unwrap();
    writes.put(INDEX, b"key", &[&[2; 500]]).unwrap();
    let mut lifted = 0;
    let sealed = writes.seal_lifting(&[], 100, &mut |value| {
        lifted += 1;
        Ok(extent(9, value))
    });
    let record = sealed.unwrap().stamp(1, 1);
    assert_eq!(lifted, 1);
    let dropped = (OpKind::DropTree, RECORDS, Vec::new(), 0);
    assert_eq!(ops(&record), [dropped, (OpKind::Refer, INDEX, b"key".to_vec(), 44)]);
}

#[test]
fn a_record_without_a_large_value_is_sealed_as_ever() {
    let fill = || {
        let mut writes = WriteSet::new(1 << 20);
        (0..40_u64).for_each(|id| writes.put(RECORDS, &id.to_be_bytes(), &[&[7; 90]]).unwrap());
        writes
    };
    let lifted = fill().seal_lifting(&[], 100, &mut |_| panic!("nothing is large")).unwrap();
    assert_eq!(lifted.record, fill().seal(&[]).record);
}

#[test]
fn a_value_that_cannot_be_lifted_fails_the_sealing() {
    let mut writes = WriteSet::new(1 << 20);
    writes.put(INDEX, b"key", &[&[2; 500]]).unwrap();
    let full = crate::error::Error::new(ErrorKind::DiskFull, "no room");
    let failed = writes.seal_lifting(&[], 100, &mut |_| Err(full.clone()));
    assert_eq!(failed.unwrap_err().kind(), ErrorKind::DiskFull);
}

#[test]
fn a_reference_of_another_length_is_refused() {
    let mut writes = WriteSet::new(1 << 20);
    writes.put(INDEX, b"key", &[&[2; 43]]).unwrap();
    let mut record = writes.seal(&[]).record;
    record[HEAD_LEN] = OpKind::Refer as u8;
    let sum = xxhash_rust::xxh3::xxh3_64(&record[HEAD_LEN..]);
    record[layout::AT_CHECKSUM..][..8].copy_from_slice(&sum.to_le_bytes());
    let parsed = Record::parse(&record).unwrap();
    let refused = parsed.ops().collect::<crate::Result<Vec<_>>>().unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Corrupt);
    assert!(refused.message().contains("reference"), "{refused}");
}
