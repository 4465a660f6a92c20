use std::path::Path;

use super::options::file_of;

#[test]
fn a_name_without_extension_gets_one() {
    let check =
        |name: &str, expected: &str| assert_eq!(file_of(Path::new(name)).unwrap(), Path::new(expected));
    check("shop", "shop.db");
    check("shop.db", "shop.db");
    check("shop.data", "shop.data");
    check("folder.x/shop", "folder.x/shop.db");
    check("../shop", "../shop.db");
    check(".hidden", ".hidden.db");
}

#[test]
fn a_name_that_is_no_file_is_refused() {
    for name in ["", "folder/", "..", "/", "a\0b", "shop.wasp", "."] {
        assert!(file_of(Path::new(name)).is_err(), "{name:?}");
    }
}
