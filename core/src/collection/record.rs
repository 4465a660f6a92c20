//! The envelope around a document: what is known about it besides its fields.
//!
//! Metadata that is off costs the one byte that says so.

use crate::document::builder::ArrayWriter;
use crate::document::raw::{RawDoc, Value};
use crate::error::{Error, ErrorKind, Result};

use super::layout::{
    FLAG_CREATED, FLAG_EXPIRES, FLAG_TAGS, FLAG_UPDATED, FLAG_VERSION, FLAGS_FIXED, FLAGS_KNOWN,
};

/// What a record says about its document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub(crate) expires_at_ms: Option<i64>,
    pub(crate) created_at_ms: Option<i64>,
    pub(crate) updated_at_ms: Option<i64>,
    pub(crate) version: Option<u64>,
    pub(crate) tags: Vec<String>,
}

impl Envelope {
    /// The envelope's bytes, to be followed by the document's.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![self.flags()];
        let times = [self.expires_at_ms, self.created_at_ms, self.updated_at_ms];
        for time in times.into_iter().flatten() {
            bytes.extend_from_slice(&time.to_le_bytes());
        }
        if let Some(version) = self.version {
            bytes.extend_from_slice(&version.to_le_bytes());
        }
        if !self.tags.is_empty() {
            encode_tags(&self.tags, &mut bytes);
        }
        bytes
    }

    /// The envelope at the head of `record`.
    pub(crate) fn decode(record: &[u8]) -> Result<Self> {
        let flags = known_flags(record)?;
        let mut at = 1;
        let mut next = |flag: u8| -> Result<Option<[u8; 8]>> {
            if flags & flag == 0 {
                return Ok(None);
            }
            at += 8;
            fixed(record, at - 8).map(Some)
        };
        let expires_at_ms = next(FLAG_EXPIRES)?.map(i64::from_le_bytes);
        let created_at_ms = next(FLAG_CREATED)?.map(i64::from_le_bytes);
        let updated_at_ms = next(FLAG_UPDATED)?.map(i64::from_le_bytes);
        let version = next(FLAG_VERSION)?.map(u64::from_le_bytes);
        let tags = if flags & FLAG_TAGS == 0 { Vec::new() } else { decode_tags(record, at)? };
        Ok(Self { expires_at_ms, created_at_ms, updated_at_ms, version, tags })
    }

    fn flags(&self) -> u8 {
        let flag = |on: bool, flag: u8| if on { flag } else { 0 };
        flag(self.expires_at_ms.is_some(), FLAG_EXPIRES)
            | flag(self.created_at_ms.is_some(), FLAG_CREATED)
            | flag(self.updated_at_ms.is_some(), FLAG_UPDATED)
            | flag(self.version.is_some(), FLAG_VERSION)
            | flag(!self.tags.is_empty(), FLAG_TAGS)
    }
}

/// Where the document begins in `record`; nothing when it is gone at `now_ms`.
#[inline]
pub(crate) fn live_body(record: &[u8], now_ms: i64) -> Result<Option<usize>> {
    if record.first() == Some(&0) {
        return Ok(Some(1));
    }
    match expires_at(record)? {
        Some(expires_at_ms) if expires_at_ms <= now_ms => Ok(None),
        _ => body(record).map(Some),
    }
}

/// When the document of `record` is gone, if ever.
pub(super) fn expires_at(record: &[u8]) -> Result<Option<i64>> {
    if known_flags(record)? & FLAG_EXPIRES == 0 {
        return Ok(None);
    }
    fixed(record, 1).map(|bytes| Some(i64::from_le_bytes(bytes)))
}

/// Where the document begins in `record`.
pub(super) fn body(record: &[u8]) -> Result<usize> {
    let flags = known_flags(record)?;
    let mut at = 1 + 8 * (flags & FLAGS_FIXED).count_ones() as usize;
    if flags & FLAG_TAGS != 0 {
        at += tags_len(record, at)?;
    }
    if at > record.len() { Err(cut_short(record)) } else { Ok(at) }
}

fn known_flags(record: &[u8]) -> Result<u8> {
    let flags = *record.first().ok_or_else(|| cut_short(record))?;
    match flags & !FLAGS_KNOWN {
        0 => Ok(flags),
        unknown => Err(Error::new(
            ErrorKind::Unsupported,
            format!("a record has the flags 0x{unknown:02x}, which a newer version must have written"),
        )),
    }
}

fn fixed(record: &[u8], at: usize) -> Result<[u8; 8]> {
    record.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| cut_short(record))
}

fn tags_len(record: &[u8], at: usize) -> Result<usize> {
    let bytes = record.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
    let len = bytes.map(i32::from_le_bytes).and_then(|len| usize::try_from(len).ok());
    len.filter(|len| *len <= record.len() - at).ok_or_else(|| cut_short(record))
}

fn decode_tags(record: &[u8], at: usize) -> Result<Vec<String>> {
    let len = tags_len(record, at)?;
    let tag_of = |value: Value<'_>| match value {
        Value::String(tag) => Ok(tag.to_owned()),
        other => Err(Error::new(ErrorKind::Corrupt, format!("a record's tag is {other:?}, not a string"))),
    };
    RawDoc::new(&record[at..at + len]).iter().map(|(_, value)| tag_of(value.read())).collect()
}

fn encode_tags(tags: &[String], bytes: &mut Vec<u8>) {
    let mut array = ArrayWriter::new(bytes);
    for tag in tags {
        array.put(Value::String(tag));
    }
}

fn cut_short(record: &[u8]) -> Error {
    Error::new(ErrorKind::Corrupt, format!("a record of {} bytes ends inside its envelope", record.len()))
}
