//! The free map from bytes, without trusting them.

use super::layout::{AT_FILE_PAGES, AT_RUN_COUNT, AT_VERSION, GROUP_BITS, HEAD_LEN, MORE};
use super::{FIRST_PAGE, PageRun, Space};
use crate::error::{Error, ErrorKind, Result};
use crate::storage::page::field::get_u64;

impl Space {
    /// The map that manifest `version` of a file of `file_pages` pages refers to.
    pub(crate) fn decode(bytes: &[u8], version: u64, file_pages: u64) -> Result<Self> {
        let head = bytes.get(..HEAD_LEN).ok_or_else(|| broken("is shorter than its head"))?;
        expect("is of version", get_u64(head, AT_VERSION), version)?;
        expect("is of a file of so many pages:", get_u64(head, AT_FILE_PAGES), file_pages)?;
        let mut space = Self::new(file_pages);
        let mut rest = &bytes[HEAD_LEN..];
        let mut end = 0;
        for _ in 0..get_u64(head, AT_RUN_COUNT) {
            end = space.decode_run(&mut rest, end, version)?;
        }
        if !rest.is_empty() {
            return Err(broken(&format!("goes on for {} bytes behind its last run", rest.len())));
        }
        Ok(space)
    }

    /// Takes in the run that begins `rest`, somewhere behind page `after`; says where it ends.
    fn decode_run(&mut self, rest: &mut &[u8], after: u64, version: u64) -> Result<u64> {
        let (gap, pages, death) = (take_number(rest)?, take_number(rest)?, take_number(rest)?);
        let end = after.checked_add(gap).and_then(|first| first.checked_add(pages));
        let Some(end) = end.filter(|end| pages > 0 && *end <= self.file_pages && end - pages >= FIRST_PAGE)
        else {
            let file_pages = self.file_pages;
            return Err(broken(&format!(
                "has a run of {pages} pages, {gap} behind page {after}, in a file of {file_pages}"
            )));
        };
        let run = PageRun::new(end - pages, pages);
        if death == 0 {
            self.ready.insert(run);
            return Ok(end);
        }
        let age = take_number(rest)?;
        match death.checked_sub(age).filter(|_| death <= version) {
            Some(birth) => self.add_dying(run, birth, death),
            None => return Err(broken(&format!("says version {death} freed {run} at the age of {age}"))),
        }
        Ok(end)
    }
}

fn take_number(rest: &mut &[u8]) -> Result<u64> {
    let mut number = 0;
    for shift in (0..u64::BITS).step_by(GROUP_BITS as usize) {
        let (byte, behind) = rest.split_first().ok_or_else(|| broken("ends inside a run"))?;
        *rest = behind;
        let group = u64::from(byte & !MORE);
        if group << shift >> shift != group {
            break;
        }
        number |= group << shift;
        if byte & MORE == 0 {
            return Ok(number);
        }
    }
    Err(broken("has a number over 64 bits"))
}

fn expect(what: &str, found: u64, wanted: u64) -> Result<()> {
    if found == wanted { Ok(()) } else { Err(broken(&format!("{what} {found}, not {wanted}"))) }
}

fn broken(what: &str) -> Error {
    Error::new(ErrorKind::Corrupt, format!("the free map {what}"))
}
