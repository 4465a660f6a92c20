//! `_id`: what may be one, how new ones are made, and how it comes to stand first.

use std::sync::Arc;

use parking_lot::Mutex;

use super::builder;
use super::raw::{DOCUMENT_BYTES_MAX, RawDoc, RawValue, tag};
use crate::base::{Clock, Entropy};
use crate::error::{Error, Result, code};

/// The name of the field that identifies a document.
pub const ID: &str = "_id";

/// What a generated `_id` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum IdKind {
    /// A random UUID, binary subtype 4.
    #[default]
    UuidV4,
    /// A UUID that begins with the time, binary subtype 4: each one greater than the one before.
    UuidV7,
    /// MongoDB's ObjectId: seconds, five random bytes, a counter.
    ObjectId,
}

/// A generated `_id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewId {
    tag: u8,
    len: u8,
    bytes: [u8; UUID_VALUE_LEN],
}

/// Length, subtype and sixteen bytes.
const UUID_VALUE_LEN: usize = 4 + 1 + 16;
const UUID_SUBTYPE: u8 = 4;

impl NewId {
    fn uuid(uuid: u128) -> Self {
        let mut bytes = [0; UUID_VALUE_LEN];
        bytes[0] = 16;
        bytes[4] = UUID_SUBTYPE;
        bytes[5..].copy_from_slice(&uuid.to_be_bytes());
        Self { tag: tag::BINARY, len: UUID_VALUE_LEN as u8, bytes }
    }

    fn object_id(id: [u8; 12]) -> Self {
        let mut bytes = [0; UUID_VALUE_LEN];
        bytes[..12].copy_from_slice(&id);
        Self { tag: tag::OBJECT_ID, len: 12, bytes }
    }

    /// The id as a BSON value.
    #[must_use]
    pub fn as_value(&self) -> RawValue<'_> {
        RawValue::new(self.tag, &self.bytes[..usize::from(self.len)])
    }
}

/// Makes new ids, from any thread.
///
/// Random bytes are fetched from the operating system many ids at a time, because one id's worth costs a system
/// call that takes longer than everything else about it.
/// They are not stretched by a generator of our own: every id is as unguessable as the system's bytes are.
/// A process that forks must open the database anew in the child, as it must for the file's lock.
#[derive(Debug)]
pub struct IdGenerator {
    kind: IdKind,
    entropy: Arc<dyn Entropy>,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    random: RandomBuffer,
    /// The milliseconds and the 74 random bits of the newest UUID v7.
    newest: (u64, u128),
    /// The five random bytes of every ObjectId and the next one's counter.
    process: [u8; 5],
    counter: u32,
}

impl IdGenerator {
    /// A generator of ids of `kind`.
    #[must_use]
    pub fn new(kind: IdKind, entropy: Arc<dyn Entropy>, clock: Arc<dyn Clock>) -> Self {
        let mut random = RandomBuffer::new();
        let [p0, p1, p2, p3, p4, c0, c1, c2, ..] = random.take(&*entropy).to_be_bytes();
        let counter = u32::from_be_bytes([0, c0, c1, c2]);
        let state = State { random, newest: (0, 0), process: [p0, p1, p2, p3, p4], counter };
        Self { kind, entropy, clock, state: Mutex::new(state) }
    }

    /// What is made here.
    #[must_use]
    pub const fn kind(&self) -> IdKind {
        self.kind
    }

    /// A new id.
    #[must_use]
    pub fn next(&self) -> NewId {
        match self.kind {
            IdKind::UuidV4 => {
                let random = self.state.lock().random.take(&*self.entropy);
                NewId::uuid(with_version(4, random))
            }
            IdKind::UuidV7 => {
                let now = u64::try_from(self.clock.now_ms()).unwrap_or(0);
                NewId::uuid(self.state.lock().next_v7(now, &*self.entropy))
            }
            IdKind::ObjectId => {
                let seconds = self.clock.now_ms().div_euclid(1000) as u32;
                NewId::object_id(self.state.lock().next_object_id(seconds))
            }
        }
    }
}

impl State {
    /// RFC 9562, section 6.2, method 2: within one millisecond, and while the clock goes backwards, the random part
    /// grows by a random step, so that ids ascend and cannot be guessed from one another.
    fn next_v7(&mut self, now_ms: u64, entropy: &dyn Entropy) -> u128 {
        const RANDOM_BITS: u32 = 74;
        const MS_MASK: u64 = (1 << 48) - 1;
        let random = self.random.take(entropy);
        let (ms, tail) = self.newest;
        let stepped = tail + 1 + (random & u128::from(u32::MAX));
        self.newest = if now_ms > ms {
            // The highest bit starts at zero, so that there is always room to step.
            (now_ms, random >> (128 - RANDOM_BITS + 1))
        } else if stepped >> RANDOM_BITS == 0 {
            (ms, stepped)
        } else {
            (ms + 1, random >> (128 - RANDOM_BITS + 1))
        };
        let (ms, tail) = self.newest;
        let above_version = (u128::from(ms & MS_MASK) << 80) | ((tail >> 62) << 64);
        with_version(7, above_version | (tail & ((1 << 62) - 1)))
    }

    fn next_object_id(&mut self, seconds: u32) -> [u8; 12] {
        let mut id = [0; 12];
        id[..4].copy_from_slice(&seconds.to_be_bytes());
        id[4..9].copy_from_slice(&self.process);
        id[9..].copy_from_slice(&self.counter.to_be_bytes()[1..]);
        self.counter = (self.counter + 1) & 0x00FF_FFFF;
        id
    }
}

/// Puts the version and the variant of RFC 9562 into a UUID.
const fn with_version(version: u128, bits: u128) -> u128 {
    const VERSION: u128 = 0xF << 76;
    const VARIANT: u128 = 3 << 62;
    (bits & !(VERSION | VARIANT)) | (version << 76) | (2 << 62)
}

/// Random bytes, fetched many at a time; each is handed out once.
struct RandomBuffer {
    bytes: Box<[u8]>,
    used: usize,
}

impl RandomBuffer {
    const LEN: usize = 4096;

    fn new() -> Self {
        Self { bytes: vec![0; Self::LEN].into_boxed_slice(), used: Self::LEN }
    }

    fn take(&mut self, entropy: &dyn Entropy) -> u128 {
        if self.used == self.bytes.len() {
            entropy.fill(&mut self.bytes);
            self.used = 0;
        }
        let mut sixteen = [0; 16];
        let spent = &mut self.bytes[self.used..self.used + sixteen.len()];
        sixteen.copy_from_slice(spent);
        spent.fill(0);
        self.used += sixteen.len();
        u128::from_le_bytes(sixteen)
    }
}

impl std::fmt::Debug for RandomBuffer {
    /// Random bytes that are still to be handed out stay out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RandomBuffer").field("used", &self.used).finish_non_exhaustive()
    }
}

/// Refuses what cannot be an `_id`: an array, a regular expression, undefined, or a document in which a field name
/// begins with `$`.
///
/// # Errors
/// `Invalid`; `InvalidIdField` (53) or `DollarPrefixedFieldName` (52).
pub fn check_id(id: RawValue<'_>) -> Result<()> {
    let refused = match id.tag() {
        tag::ARRAY => "array",
        tag::REGEX => "regex",
        tag::UNDEFINED => "undefined",
        tag::DOCUMENT => return check_names(RawDoc::new(id.as_bytes())),
        _ => return Ok(()),
    };
    Err(Error::invalid(
        code::INVALID_ID_FIELD,
        format!("the '_id' value cannot be of type {refused}, but it is {id:?}"),
    ))
}

/// The recursion is as deep as the document, which was checked to be at most a hundred levels.
fn check_names(doc: RawDoc<'_>) -> Result<()> {
    for (name, value) in doc {
        if name.starts_with('$') {
            return Err(Error::invalid(
                code::DOLLAR_PREFIXED_FIELD_NAME,
                format!("'_id' fields may not have names that begin with '$', but one is \"{name}\""),
            ));
        }
        if let Some(inner) = value.as_document().or(value.as_array()) {
            check_names(inner)?;
        }
    }
    Ok(())
}

/// The `_id` of a document, which stands first in every stored one.
#[must_use]
pub fn id_of<'a>(doc: RawDoc<'a>) -> Option<RawValue<'a>> {
    doc.get(ID)
}

/// Appends `doc` to `out` with its `_id` as the first field, generated when it has none.
///
/// Nothing is appended when there is an error.
///
/// # Errors
/// `Invalid`, when the `_id` is refused ([`check_id`]), when there are two, or when the document grows too large.
pub fn ensure_id(doc: RawDoc<'_>, ids: &IdGenerator, out: &mut Vec<u8>) -> Result<()> {
    let Some((at, len, id)) = find_id(doc)? else {
        let id = ids.next();
        return put_with_id(out, id.as_value(), &[fields(doc)]);
    };
    check_id(id)?;
    if at == 0 {
        out.extend_from_slice(doc.as_bytes());
        return Ok(());
    }
    let fields = fields(doc);
    put_with_id(out, id, &[&fields[..at], &fields[at + len..]])
}

/// Where among the bytes of all fields the `_id` begins, how many bytes the field takes, and its value.
fn find_id(doc: RawDoc<'_>) -> Result<Option<(usize, usize, RawValue<'_>)>> {
    let mut found = None;
    let mut at = 0;
    for (name, value) in doc {
        let len = 1 + name.len() + 1 + value.as_bytes().len();
        if name == ID && found.replace((at, len, value)).is_some() {
            return Err(Error::invalid(code::BAD_VALUE, "can't have multiple _id fields"));
        }
        at += len;
    }
    Ok(found)
}

/// The bytes of all fields.
fn fields<'a>(doc: RawDoc<'a>) -> &'a [u8] {
    let bytes = doc.as_bytes();
    bytes.get(4..bytes.len().saturating_sub(1)).unwrap_or_default()
}

fn put_with_id(out: &mut Vec<u8>, id: RawValue<'_>, rest: &[&[u8]]) -> Result<()> {
    let head = 4 + 1 + ID.len() + 1;
    let len = head + id.as_bytes().len() + rest.iter().map(|part| part.len()).sum::<usize>() + 1;
    if len > DOCUMENT_BYTES_MAX {
        return Err(Error::invalid(
            code::BSON_OBJECT_TOO_LARGE,
            format!(
                "with its _id, a document has {len} bytes and is over the limit of {DOCUMENT_BYTES_MAX} bytes"
            ),
        ));
    }
    out.reserve(len);
    let start = builder::begin(out);
    builder::put_name(out, id.tag(), ID);
    out.extend_from_slice(id.as_bytes());
    for part in rest {
        out.extend_from_slice(part);
    }
    builder::end(out, start);
    Ok(())
}
