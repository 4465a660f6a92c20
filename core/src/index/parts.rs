//! Where in a key the part of each field ends.

use super::layout::{END, class};
use crate::document::raw::DEPTH_MAX;

/// The part of a key that one field of an index takes, and what follows; nothing when the bytes are no key.
///
/// `inverted`: the field is a descending one.
pub(crate) fn split_part(key: &[u8], inverted: bool) -> Option<(&[u8], &[u8])> {
    let mut reader = Reader { bytes: key, at: 0, depth: 0, mask: if inverted { u8::MAX } else { 0 } };
    reader.value()?;
    key.split_at_checked(reader.at)
}

/// Reads over a key.
struct Reader<'k> {
    bytes: &'k [u8],
    at: usize,
    depth: usize,
    mask: u8,
}

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)? ^ self.mask;
        self.at += 1;
        Some(byte)
    }

    fn over(&mut self, count: usize) -> Option<()> {
        self.at = self.at.checked_add(count).filter(|at| *at <= self.bytes.len())?;
        Some(())
    }

    fn number(&mut self) -> Option<usize> {
        (0..4).try_fold(0, |number, _| Some(number << 8 | usize::from(self.byte()?)))
    }

    fn value(&mut self) -> Option<()> {
        self.depth += 1;
        if self.depth > DEPTH_MAX + 1 {
            return None;
        }
        self.rest_of_value()?;
        self.depth -= 1;
        Some(())
    }

    fn rest_of_value(&mut self) -> Option<()> {
        match self.byte()? {
            class::MIN_KEY | class::UNDEFINED | class::NULL | class::NAN | class::ZERO => Some(()),
            class::FALSE | class::TRUE | class::MAX_KEY => Some(()),
            class::ABOVE_ZERO => self.magnitude(1),
            class::BELOW_ZERO => self.magnitude(0),
            class::STRING | class::CODE => self.text(),
            class::DOCUMENT => self.fields(),
            class::ARRAY => {
                while *self.bytes.get(self.at)? ^ self.mask != END {
                    self.value()?;
                }
                self.over(1)
            }
            class::BINARY => {
                let len = match self.byte()? {
                    u8::MAX => self.number()?,
                    short => usize::from(short),
                };
                self.over(len.checked_add(1)?)
            }
            class::OBJECT_ID => self.over(12),
            class::DATE | class::TIMESTAMP => self.over(8),
            class::REGEX => {
                self.text()?;
                self.text()
            }
            class::DB_POINTER => {
                let len = self.number()?;
                self.over(len.checked_add(12)?)
            }
            class::CODE_WITH_SCOPE => {
                self.text()?;
                self.fields()
            }
            _ => None,
        }
    }

    /// Up to nine bytes, of which the lowest bit is `more` when another one follows; behind the ninth, seventeen.
    fn magnitude(&mut self, more: u8) -> Option<()> {
        for _ in 0..9 {
            if self.byte()? & 1 != more {
                return Some(());
            }
        }
        self.over(17)
    }

    fn text(&mut self) -> Option<()> {
        loop {
            match self.byte()? {
                END => return Some(()),
                1 => self.over(1)?,
                _ => {}
            }
        }
    }

    fn fields(&mut self) -> Option<()> {
        while self.byte()? != END {
            self.text()?;
            self.value()?;
        }
        Some(())
    }
}
