//! The bytes of a key: one value, so written that keys sort byte by byte as the values do.
//!
//! | class | value | what follows the class byte |
//! |---|---|---|
//! | 0x01 | MinKey | nothing |
//! | 0x08 | undefined | nothing |
//! | 0x10 | null | nothing |
//! | 0x18 | the hash of a value, in a hashed field | eight bytes: XXH3 of the value's key |
//! | 0x20 | NaN of any type | nothing |
//! | 0x21 | number below zero | as above zero, each bit inverted |
//! | 0x22 | zero of any type | nothing |
//! | 0x23 | number above zero of any type | number, below |
//! | 0x30 | string, symbol | text, below |
//! | 0x38 | document | for each field: rank of the value's type plus 1, name as text, key of the value; then 0 |
//! | 0x40 | array | key of each element; then 0 |
//! | 0x48 | binary | length (one byte below 255, else 255 and four bytes), subtype, bytes |
//! | 0x50 | ObjectId | its twelve bytes |
//! | 0x58 | false | nothing |
//! | 0x59 | true | nothing |
//! | 0x60 | date | eight bytes, the sign bit inverted |
//! | 0x68 | timestamp | time in four bytes, increment in four |
//! | 0x70 | regular expression | pattern and options as texts |
//! | 0x78 | DBPointer | length of the namespace in four bytes, namespace, twelve bytes of id |
//! | 0x80 | code | text |
//! | 0x88 | code with scope | text, then fields as in a document |
//! | 0xFE | MaxKey | nothing |
//!
//! All numbers are big-endian.
//!
//! A text is its bytes and a 0; inside it, 0 is written 1 1, and 1 is written 1 2.
//! In an index with a collation, strings and symbols, also those inside documents and arrays, are written as their
//! sort keys instead of their bytes, in the same way; names, code and regular expressions are not.
//!
//! A number is the largest double not above it, in one to nine bytes: the bits of the double behind its sign, highest
//! first, seven to a byte, with the lowest bit of each byte telling whether anything but zeros follows. A number that
//! lies between two doubles sets that bit in all nine bytes, and seventeen follow: written as 0.d1d2…d34 × 10^s with d1
//! not zero, s + 16384 in two bytes and the thirty-four digits as one number in fifteen.
//!
//! The rank of a type, in a document: MinKey 0, undefined 1, null 5, numbers 10, string and symbol 15, document 20,
//! array 25, binary 30, ObjectId 35, boolean 40, date 45, timestamp 47, regular expression 50, DBPointer 55, code 60,
//! code with scope 65, MaxKey 127.
//!
//! In a hashed field stands the hash in the place of the key; its kind is 4.
//!
//! The key of a wildcard index has two parts: the path, and the value there. A path is a text, its names with a NUL between
//! them; it has no positions of elements.
//!
//! Beside a key an entry says what the key does not tell, a byte for each field of the index; zeros at the end are left
//! out, so most entries have none:
//!
//! | kind | the value is |
//! |---|---|
//! | 0 | what the key says: of a whole number that fits, an int32, of any other number a double; of a text a string |
//! | 1 | missing; the key is that of null |
//! | 2 | an int64 of at most 53 bits |
//! | 3 | a double that is a whole number |
//! | 4 | something that only the document tells |
//!
//! Before the kinds stands a byte of 128 or more where the document has no array on the way of the fields and has them in
//! another order than `_id` first and then that of the key. It is 255 for an index of more than five fields; otherwise
//! 128 and the number of the permutation among all in the order of dictionaries: `_id` and the fields of the key, in the
//! order of the document. What is missing counts as standing behind what is expected before it.

/// The number of the way in which entries are written, raised with every change of it: an index of a lower one is built
/// again.
pub(crate) const INDEX_FORMAT: i32 = 2;

/// The first byte of a key; gaps leave room for types to come.
pub(super) mod class {
    pub(in crate::index) const MIN_KEY: u8 = 0x01;
    pub(in crate::index) const UNDEFINED: u8 = 0x08;
    pub(in crate::index) const NULL: u8 = 0x10;
    pub(in crate::index) const HASH: u8 = 0x18;
    pub(in crate::index) const NAN: u8 = 0x20;
    pub(in crate::index) const BELOW_ZERO: u8 = 0x21;
    pub(in crate::index) const ZERO: u8 = 0x22;
    pub(in crate::index) const ABOVE_ZERO: u8 = 0x23;
    pub(in crate::index) const STRING: u8 = 0x30;
    pub(in crate::index) const DOCUMENT: u8 = 0x38;
    pub(in crate::index) const ARRAY: u8 = 0x40;
    pub(in crate::index) const BINARY: u8 = 0x48;
    pub(in crate::index) const OBJECT_ID: u8 = 0x50;
    pub(in crate::index) const FALSE: u8 = 0x58;
    pub(in crate::index) const TRUE: u8 = 0x59;
    pub(in crate::index) const DATE: u8 = 0x60;
    pub(in crate::index) const TIMESTAMP: u8 = 0x68;
    pub(in crate::index) const REGEX: u8 = 0x70;
    pub(in crate::index) const DB_POINTER: u8 = 0x78;
    pub(in crate::index) const CODE: u8 = 0x80;
    pub(in crate::index) const CODE_WITH_SCOPE: u8 = 0x88;
    pub(in crate::index) const MAX_KEY: u8 = 0xFE;
}

/// Ends a text, an array and the fields of a document.
pub(super) const END: u8 = 0x00;

/// What is said of a value beside its key.
pub(super) mod kind {
    pub(in crate::index) const PLAIN: u8 = 0;
    pub(in crate::index) const MISSING: u8 = 1;
    pub(in crate::index) const INT64: u8 = 2;
    pub(in crate::index) const DOUBLE: u8 = 3;
    pub(in crate::index) const OTHER: u8 = 4;
}
