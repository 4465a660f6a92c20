//! Leaves remembered beside their pointers.

use super::super::{Tree, TreeKind};
use super::pages::MemoryFile;
use crate::storage::page::PageReader;

#[test]
fn a_leaf_that_is_still_in_memory_is_not_asked_for_again() {
    let file = MemoryFile::new(8192);
    let key = 5_u64.to_be_bytes();
    let mut writer = file.writer(1);
    let changes = (0..1000_u64).map(|id| Ok((id.to_be_bytes(), Some([id as u8; 100]))));
    let tree = Tree::empty(TreeKind::Record).apply(&*file, &mut writer, changes).unwrap();
    let get = || tree.get(&*file as &dyn PageReader, &key).unwrap().unwrap();
    assert_eq!(*get(), [5; 100]);
    let reads = file.reads();
    assert_eq!(*get(), [5; 100]);
    assert_eq!(file.reads(), reads);
    file.drop_pages_from_memory();
    assert_eq!(*get(), [5; 100]);
    assert_eq!(file.reads(), reads + 1, "what the cache let go of is read again");
    assert_eq!(*get(), [5; 100]);
    assert_eq!(file.reads(), reads + 1);
}
