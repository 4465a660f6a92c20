//! The envelope around a document: what is known about it besides its fields.
//!
//! Metadata that is off costs the one byte that says so.

use crate::document::builder::RawDocBuf;
use crate::document::raw::RawDoc;
use crate::error::{Error, ErrorKind, Result};

use super::layout::{
    FLAG_CREATED, FLAG_EXPIRES, FLAG_TAGS, FLAG_UPDATED, FLAG_VERSION, FLAGS_FIXED, FLAGS_KNOWN,
};
use super::settings::Settings;

/// What a record says about its document.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Envelope<'a> {
    pub(crate) expires_at_ms: Option<i64>,
    pub(crate) created_at_ms: Option<i64>,
    pub(crate) updated_at_ms: Option<i64>,
    pub(crate) version: Option<u64>,
    /// An array of strings.
    pub(crate) tags: Option<RawDoc<'a>>,
}

/// What a caller wants kept beside a document.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Metadata {
    pub(crate) ttl_ms: Option<i64>,
    /// An array of strings; none when there are no tags.
    pub(crate) tags: Option<RawDocBuf>,
}

impl<'a> Envelope<'a> {
    /// The envelope of a document that is inserted at `now_ms`.
    pub(crate) fn new(settings: &Settings, metadata: &'a Metadata, now_ms: i64) -> Self {
        let kept = settings.metadata;
        let born = Self {
            created_at_ms: kept.then_some(now_ms),
            updated_at_ms: kept.then_some(now_ms),
            version: kept.then_some(1),
            ..Self::default()
        };
        born.with(metadata, now_ms)
    }

    /// The envelope after a change of the document at `now_ms`.
    pub(crate) fn changed(self, settings: &Settings, now_ms: i64) -> Self {
        if !settings.metadata {
            return self;
        }
        let version = self.version.unwrap_or(0).saturating_add(1);
        Self { updated_at_ms: Some(now_ms), version: Some(version), ..self }
    }

    /// The envelope with other metadata, from `now_ms` on.
    pub(crate) fn with(self, metadata: &'a Metadata, now_ms: i64) -> Self {
        let expires_at_ms = metadata.ttl_ms.map(|ttl_ms| now_ms.saturating_add(ttl_ms));
        Self { expires_at_ms, tags: metadata.tags.as_ref().map(RawDocBuf::as_doc), ..self }
    }

    /// The envelope's bytes, to be followed by the document's.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let flags = self.flags();
        let tags = self.tags.map_or(&[][..], |tags| tags.as_bytes());
        let mut bytes = Vec::with_capacity(1 + 8 * flags.count_ones() as usize + tags.len());
        bytes.push(flags);
        let times = [self.expires_at_ms, self.created_at_ms, self.updated_at_ms];
        for time in times.into_iter().flatten() {
            bytes.extend_from_slice(&time.to_le_bytes());
        }
        if let Some(version) = self.version {
            bytes.extend_from_slice(&version.to_le_bytes());
        }
        bytes.extend_from_slice(tags);
        bytes
    }

    /// The envelope at the head of `record`.
    pub(crate) fn decode(record: &'a [u8]) -> Result<Self> {
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
        let tags = match flags & FLAG_TAGS {
            0 => None,
            _ => Some(RawDoc::new(&record[at..at + tags_len(record, at)?])),
        };
        Ok(Self { expires_at_ms, created_at_ms, updated_at_ms, version, tags })
    }

    fn flags(&self) -> u8 {
        let flag = |on: bool, flag: u8| if on { flag } else { 0 };
        flag(self.expires_at_ms.is_some(), FLAG_EXPIRES)
            | flag(self.created_at_ms.is_some(), FLAG_CREATED)
            | flag(self.updated_at_ms.is_some(), FLAG_UPDATED)
            | flag(self.version.is_some(), FLAG_VERSION)
            | flag(self.tags.is_some(), FLAG_TAGS)
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
    len.filter(|len| (5..=record.len() - at).contains(len)).ok_or_else(|| cut_short(record))
}

fn cut_short(record: &[u8]) -> Error {
    Error::new(ErrorKind::Corrupt, format!("a record of {} bytes ends inside its envelope", record.len()))
}
