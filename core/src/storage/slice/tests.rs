use std::sync::Arc;

use super::Slice;
use crate::storage::Buffer;

/// Whether the bytes lie in a buffer.
fn shares_of(slice: &Slice) -> bool {
    slice.clone().into_parts().is_ok()
}

#[test]
fn a_slice_has_its_bytes_wherever_they_lie() {
    let check = |bytes: &[u8], shares: bool| {
        let owner = Arc::new(Buffer::from([b"before".as_slice(), bytes, b"behind"].concat()));
        let range = 6..6 + bytes.len();
        let slice = Slice::apart(&owner, range.clone());
        assert_eq!((&*slice, shares_of(&slice)), (bytes, shares), "{bytes:?}");
        assert_eq!(Arc::strong_count(&owner), 1 + usize::from(shares), "{bytes:?}");
        let shared = Slice::new(Arc::clone(&owner), range);
        assert_eq!((&*shared, shares_of(&shared)), (bytes, true), "{bytes:?}");
        assert_eq!(*Slice::copied(bytes), *bytes, "{bytes:?}");
        for from in 0..=bytes.len() {
            assert_eq!(*slice.slice(from..bytes.len()), bytes[from..], "{bytes:?} from {from}");
            assert_eq!(*slice.slice(0..from), bytes[..from], "{bytes:?} up to {from}");
        }
    };
    check(b"", false);
    check(&7_u64.to_be_bytes(), false);
    check(&0_u64.to_be_bytes(), false);
    check(&(u64::MAX - 1).to_be_bytes(), false);
    check(&u64::MAX.to_be_bytes(), true);
    check(b"seven b", true);
    check(b"nine byte", true);
    assert_eq!(*Slice::default(), *b"");
}

#[test]
fn a_slice_is_no_larger_for_holding_bytes_itself() {
    assert_eq!(size_of::<Slice>(), 16);
}
