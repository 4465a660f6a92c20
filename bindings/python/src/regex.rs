//! The options of regular expressions: flags of Python's `re`, letters in BSON.

/// Each flag with its letter, in the order in which BSON wants the letters.
const FLAGS: &[(u32, u8)] = &[(2, b'i'), (4, b'l'), (8, b'm'), (16, b's'), (32, b'u'), (64, b'x')];

/// The letters for flags; a flag that BSON has no letter for is left out, as pymongo does it.
pub(crate) fn letters_of(flags: u32) -> impl Iterator<Item = u8> {
    FLAGS.iter().filter(move |(flag, _)| flags & flag != 0).map(|(_, letter)| *letter)
}

/// The flags for letters.
pub(crate) fn flags_of(letters: &str) -> u32 {
    letters
        .bytes()
        .filter_map(|seen| FLAGS.iter().find(|(_, letter)| *letter == seen))
        .fold(0, |all, (flag, _)| all | flag)
}
