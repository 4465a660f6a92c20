//! Many documents from one source, one at a time: an array of them, or one after the other (NDJSON).

use std::io::{self, BufRead};

use super::fault::Origin;
use super::parse::{ParseOptions, parse_document_at};
use crate::document::builder::RawDocBuf;
use crate::error::{Error, ErrorKind, Result, code};

/// The longest text of one document: the largest document in its wordiest spelling stays below.
const TEXT_BYTES_MAX: usize = 256 * 1024 * 1024;
const BYTE_ORDER_MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// A document and the line on which its text begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonDocument {
    /// The first line of the source is 1.
    pub line: u64,
    /// The document.
    pub doc: RawDocBuf,
}

/// Reads documents from a source as they come; only one is held in memory.
///
/// A byte order mark, blank lines and every kind of line end are allowed.
/// After a document that is wrong in itself the next one follows; after an error from which there is no way back
/// (no end of a document, something between two of them, the source failing) nothing follows.
#[derive(Debug)]
pub struct JsonDocuments<R> {
    source: R,
    options: ParseOptions,
    shape: Shape,
    here: Origin,
    /// The text of the newest document.
    text: Vec<u8>,
    inexact_integers: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Nothing was read so far; whether each document must stand on one line.
    Unknown {
        lines: bool,
    },
    Lines,
    Sequence,
    /// Inside an array; whether it had an element.
    Array {
        begun: bool,
    },
    Ended,
}

impl<R: BufRead> JsonDocuments<R> {
    /// Reads an array of documents, or documents one after the other, whichever `source` begins with.
    pub fn new(source: R) -> Self {
        Self::with_options(source, ParseOptions::default())
    }

    /// As [`new`](Self::new), with options.
    pub fn with_options(source: R, options: ParseOptions) -> Self {
        let shape = Shape::Unknown { lines: false };
        Self { source, options, shape, here: Origin::START, text: Vec::new(), inexact_integers: 0 }
    }

    /// Reads exactly one document from each line, so that a broken line costs no other.
    pub fn lines(source: R, options: ParseOptions) -> Self {
        Self { shape: Shape::Unknown { lines: true }, ..Self::with_options(source, options) }
    }

    /// The text of the newest document, right or wrong, as far as it was read.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// How many integers were beyond 64 bits and became doubles so far.
    #[must_use]
    pub const fn inexact_integers(&self) -> u64 {
        self.inexact_integers
    }

    fn read(&mut self) -> Result<Option<Result<JsonDocument>>> {
        self.text.clear();
        if let Shape::Unknown { lines } = self.shape {
            self.skip_byte_order_mark()?;
            self.shape = if lines { Shape::Lines } else { Shape::Sequence };
            if !lines && self.next_token()? == Some(b'[') {
                self.take()?;
                self.shape = Shape::Array { begun: false };
            }
        }
        let next = self.next_token()?;
        match (self.shape, next) {
            (Shape::Array { .. }, None) => Err(self.misplaced("the array has no end", None)),
            (Shape::Array { begun }, Some(byte)) => self.read_element(begun, byte),
            (Shape::Ended, _) | (_, None) => Ok(None),
            (Shape::Lines, Some(_)) => self.read_line().map(Some),
            (_, Some(b'{')) => self.read_document().map(Some),
            (_, Some(byte)) => {
                let error = self.misplaced("expected a document, beginning with `{`", Some(byte));
                self.collect_line()?;
                Ok(Some(Err(error)))
            }
        }
    }

    fn read_element(&mut self, begun: bool, byte: u8) -> Result<Option<Result<JsonDocument>>> {
        let mut byte = Some(byte);
        if byte == Some(b']') {
            self.take()?;
            self.shape = Shape::Ended;
            return match self.next_token()? {
                None => Ok(None),
                byte => Err(self.misplaced("expected nothing after the array", byte)),
            };
        }
        if begun {
            if byte != Some(b',') {
                return Err(self.misplaced("expected `,` or `]`", byte));
            }
            self.take()?;
            byte = self.next_token()?;
        }
        if byte != Some(b'{') {
            return Err(self.misplaced("expected a document, beginning with `{`", byte));
        }
        self.shape = Shape::Array { begun: true };
        self.read_document().map(Some)
    }

    /// Reads the document that begins here, and reports what is wrong inside it as the inner error.
    fn read_document(&mut self) -> Result<Result<JsonDocument>> {
        let origin = self.here;
        self.collect_document()?;
        Ok(self.parse(origin))
    }

    fn read_line(&mut self) -> Result<Result<JsonDocument>> {
        let origin = self.here;
        self.collect_line()?;
        Ok(self.parse(origin))
    }

    fn parse(&mut self, origin: Origin) -> Result<JsonDocument> {
        let text = std::str::from_utf8(&self.text).map_err(|error| {
            let (line, byte) = (origin.line, self.text[error.valid_up_to()]);
            let what = format!("JSON line {line} or after: the byte 0x{byte:02x} is not UTF-8 here");
            Error::invalid(code::FAILED_TO_PARSE, what)
        })?;
        let (doc, inexact) = parse_document_at(text, self.options, origin)?;
        self.inexact_integers += inexact;
        Ok(JsonDocument { line: origin.line, doc })
    }

    /// Takes bytes into the text until the braces and brackets that it opens are closed.
    fn collect_document(&mut self) -> Result<()> {
        let start = self.here;
        let mut scan = Scan::default();
        loop {
            let chunk = fill(&mut self.source)?;
            if chunk.is_empty() {
                let what =
                    format!("JSON line {}, column {}: this document has no end", start.line, start.column);
                return Err(Error::invalid(code::FAILED_TO_PARSE, what));
            }
            let (len, closed) = match scan.end_in(chunk) {
                Some(len) => (len, true),
                None => (chunk.len(), false),
            };
            self.collect(len)?;
            if closed {
                return Ok(());
            }
        }
    }

    /// Takes the rest of the line into the text.
    fn collect_line(&mut self) -> Result<()> {
        loop {
            let chunk = fill(&mut self.source)?;
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let len = end.unwrap_or(chunk.len());
            let done = end.is_some() || len == 0;
            self.collect(len)?;
            if done {
                return Ok(());
            }
        }
    }

    /// Moves `len` buffered bytes into the text.
    fn collect(&mut self, len: usize) -> Result<()> {
        if self.text.len() + len > TEXT_BYTES_MAX {
            let what = format!(
                "JSON line {}: a document's text is over {TEXT_BYTES_MAX} bytes long",
                self.here.line
            );
            return Err(Error::invalid(code::BSON_OBJECT_TOO_LARGE, what));
        }
        let chunk = &fill(&mut self.source)?[..len];
        self.text.extend_from_slice(chunk);
        self.here = advanced(self.here, chunk);
        self.source.consume(len);
        Ok(())
    }

    fn skip_byte_order_mark(&mut self) -> Result<()> {
        for (at, byte) in BYTE_ORDER_MARK.into_iter().enumerate() {
            if fill(&mut self.source)?.first() == Some(&byte) {
                self.source.consume(1);
            } else if at > 0 {
                return Err(self.misplaced("the byte order mark is not that of UTF-8", None));
            } else {
                break;
            }
        }
        Ok(())
    }

    /// The next byte that is not white space, left where it is.
    fn next_token(&mut self) -> Result<Option<u8>> {
        loop {
            let chunk = fill(&mut self.source)?;
            let space = chunk.iter().take_while(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t')).count();
            let next = chunk.get(space).copied();
            let ended = chunk.is_empty();
            self.here = advanced(self.here, &chunk[..space]);
            self.source.consume(space);
            if next.is_some() || ended {
                return Ok(next);
            }
        }
    }

    fn take(&mut self) -> Result<()> {
        fill(&mut self.source)?;
        self.source.consume(1);
        self.here.column += 1;
        Ok(())
    }

    fn misplaced(&self, what: &str, found: Option<u8>) -> Error {
        let Origin { line, column } = self.here;
        let found = found.map_or_else(String::new, |byte| format!(", but found {:?}", char::from(byte)));
        Error::invalid(code::FAILED_TO_PARSE, format!("JSON line {line}, column {column}: {what}{found}"))
    }
}

impl<R: BufRead> Iterator for JsonDocuments<R> {
    type Item = Result<JsonDocument>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.shape == Shape::Ended {
            return None;
        }
        let next = self.read().unwrap_or_else(|error| {
            self.shape = Shape::Ended;
            Some(Err(error))
        });
        if next.is_none() {
            self.shape = Shape::Ended;
        }
        next
    }
}

/// Where the bytes of one document end, followed over any number of chunks.
#[derive(Debug, Default)]
struct Scan {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Scan {
    /// How many bytes of `chunk` belong to the document, when it ends there.
    fn end_in(&mut self, chunk: &[u8]) -> Option<usize> {
        for (at, byte) in chunk.iter().enumerate() {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.in_string => self.escaped = true,
                b'"' => self.in_string = !self.in_string,
                _ if self.in_string => {}
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Some(at + 1);
                    }
                }
                _ => {}
            }
        }
        None
    }
}

/// The buffered bytes; none at the end.
fn fill(source: &mut impl BufRead) -> Result<&[u8]> {
    while let Err(error) = source.fill_buf() {
        if error.kind() != io::ErrorKind::Interrupted {
            let what = format!("reading JSON: {error}");
            return Err(Error::new(ErrorKind::Io, what).with_source(error));
        }
    }
    source
        .fill_buf()
        .map_err(|error| Error::new(ErrorKind::Io, format!("reading JSON: {error}")).with_source(error))
}

/// The place after `bytes`; a column is a character, of which only the first byte counts.
fn advanced(here: Origin, bytes: &[u8]) -> Origin {
    let is_first = |byte: &&u8| **byte & 0xC0 != 0x80;
    match bytes.iter().rposition(|byte| *byte == b'\n') {
        None => Origin { column: here.column + bytes.iter().filter(is_first).count() as u64, ..here },
        Some(last) => Origin {
            line: here.line + bytes.iter().filter(|byte| **byte == b'\n').count() as u64,
            column: 1 + bytes[last + 1..].iter().filter(is_first).count() as u64,
        },
    }
}
