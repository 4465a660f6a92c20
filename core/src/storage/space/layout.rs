//! The bytes of the free map, the value of an extent that the manifest refers to.
//!
//! | offset | size | meaning |
//! |---|---|---|
//! | 0 | 8 | manifest version, little-endian |
//! | 8 | 8 | pages of the file, little-endian |
//! | 16 | 8 | number of runs, little-endian |
//! | 24 | | the runs, in the order of their addresses |
//!
//! A run is three or four numbers, each in groups of seven bits, lowest first, bit 7 set on all but the last:
//!
//! | number | meaning |
//! |---|---|
//! | gap | pages between the end of the run before (page 0 for the first) and this one |
//! | pages | how many, at least 1 |
//! | death | the version that freed it; 0 = it may be written at once |
//! | age | only when death is not 0: death − birth |
//!
//! A map is valid iff version and file length are those of its manifest, the runs are inside the file and
//! behind its reserved pages, none died after the map's version, and nothing follows the last one.

/// Length of what stands before the runs.
pub(super) const HEAD_LEN: usize = 24;
pub(super) const AT_VERSION: usize = 0;
pub(super) const AT_FILE_PAGES: usize = 8;
pub(super) const AT_RUN_COUNT: usize = 16;

/// Bits of a number in each byte.
pub(super) const GROUP_BITS: u32 = 7;
/// The bit that says that another byte follows.
pub(super) const MORE: u8 = 0x80;
/// The longest a run can be.
pub(super) const RUN_LEN_MAX: usize = 4 * u64::BITS.div_ceil(GROUP_BITS) as usize;
