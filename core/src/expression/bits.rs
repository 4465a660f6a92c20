//! `$bitsAllSet` and its kin: bits of integers and of binary data.
//!
//! Bit 0 is the least of the first byte. An integer goes on for ever with its sign; binary data goes on with zeros.

use super::integer;
use crate::document::raw::{RawValue, Value};

/// What is asked of the bits at the mask's places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    AllSet,
    AllClear,
    AnySet,
    AnyClear,
}

/// Places of bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mask {
    /// The places as an integer sees them: all beyond its 64 bits are its sign.
    word: u64,
    bytes: Bytes,
}

/// The places as binary data sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Bytes {
    /// Every byte of the mask.
    Dense(Box<[u8]>),
    /// The bytes that have a bit, by their place, each once.
    Sparse(Box<[(u32, u8)]>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BitTest {
    asked: Asked,
    mask: Mask,
}

impl Mask {
    /// The bits that are set in an integer.
    pub(crate) fn of_number(word: u64) -> Self {
        Self { word, bytes: Bytes::Dense(word.to_le_bytes().into()) }
    }

    /// The bits that are set in binary data.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Self {
        let head = bytes.iter().take(8).rev().fold(0, |word, byte| (word << 8) | u64::from(*byte));
        let beyond = bytes.iter().skip(8).any(|byte| *byte != 0);
        Self { word: head | (u64::from(beyond) << 63), bytes: Bytes::Dense(bytes.into()) }
    }

    pub(crate) fn of_positions(mut positions: Vec<u32>) -> Self {
        positions.sort_unstable();
        let mut word = 0;
        let mut bytes: Vec<(u32, u8)> = Vec::new();
        for position in positions {
            word |= 1 << position.min(63);
            let (at, bit) = (position / 8, 1 << (position % 8));
            match bytes.last_mut() {
                Some((last, bits)) if *last == at => *bits |= bit,
                _ => bytes.push((at, bit)),
            }
        }
        Self { word, bytes: Bytes::Sparse(bytes.into()) }
    }
}

impl BitTest {
    pub(crate) fn new(asked: Asked, mask: Mask) -> Self {
        Self { asked, mask }
    }

    /// Whether it holds of an integer, also one written as a double or a decimal, or of binary data.
    pub(crate) fn holds(&self, value: RawValue<'_>) -> bool {
        if let Value::Binary { bytes, .. } = value.read() {
            return self.holds_of_bytes(bytes);
        }
        let Some(number) = integer::exact(value) else { return false };
        let (number, word) = (number.cast_unsigned(), self.mask.word);
        match self.asked {
            Asked::AllSet => number & word == word,
            Asked::AllClear => number & word == 0,
            Asked::AnySet => number & word != 0,
            Asked::AnyClear => number & word != word,
        }
    }

    fn holds_of_bytes(&self, data: &[u8]) -> bool {
        match &self.mask.bytes {
            Bytes::Dense(mask) => self.asked.holds(mask.iter().copied().enumerate(), data),
            Bytes::Sparse(mask) => {
                self.asked.holds(mask.iter().map(|(at, bits)| (*at as usize, *bits)), data)
            }
        }
    }
}

impl Asked {
    fn holds(self, mut mask: impl Iterator<Item = (usize, u8)>, data: &[u8]) -> bool {
        let byte = |at: usize| data.get(at).copied().unwrap_or(0);
        match self {
            Asked::AllSet => mask.all(|(at, bits)| byte(at) & bits == bits),
            Asked::AllClear => mask.all(|(at, bits)| byte(at) & bits == 0),
            Asked::AnySet => mask.any(|(at, bits)| byte(at) & bits != 0),
            Asked::AnyClear => mask.any(|(at, bits)| byte(at) & bits != bits),
        }
    }
}
