//! JSON text to raw BSON.

use super::fault::{Fault, Origin, Parsed};
use super::lexer::{Lexer, Nul};
use super::wrapper;
use crate::document::builder::{self, RawDocBuf, RawValueBuf};
use crate::document::raw::{DEPTH_MAX, DOCUMENT_BYTES_MAX, tag};
use crate::error::{Result, code};

/// How a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ParseOptions {
    /// Take Extended JSON version 1, too: `{"$binary": "…", "$type": "00"}`, `{"$regex": "…", "$options": "…"}`,
    /// `{"$date": 0}`, and numbers instead of texts in `$numberLong` and its like.
    pub legacy: bool,
    /// Refuse an integer beyond 64 bits instead of making it a double.
    pub strict_numbers: bool,
}

/// Reads one document; the text must hold nothing else.
///
/// # Errors
/// `Invalid`, `FailedToParse` (9): line, column, path, what was expected and what is there.
pub fn parse_document(text: &str) -> Result<RawDocBuf> {
    parse_document_with(text, ParseOptions::default())
}

/// As [`parse_document`], with options.
///
/// # Errors
/// As [`parse_document`].
pub fn parse_document_with(text: &str, options: ParseOptions) -> Result<RawDocBuf> {
    parse_document_at(text, options, Origin::START).map(|(doc, _)| doc)
}

/// Reads one value of any type; the text must hold nothing else.
///
/// # Errors
/// As [`parse_document`].
pub fn parse_value(text: &str) -> Result<RawValueBuf> {
    parse_value_with(text, ParseOptions::default())
}

/// As [`parse_value`], with options.
///
/// # Errors
/// As [`parse_document`].
pub fn parse_value_with(text: &str, options: ParseOptions) -> Result<RawValueBuf> {
    let mut parser = Parser::new(text, options);
    let whole = parser.value(1).and_then(|kind| parser.end().map(|()| kind));
    let kind = whole.map_err(|fault| fault.into_error(text, Origin::START))?;
    Ok(RawValueBuf::from_checked(kind, parser.out))
}

/// One document of a larger text, and how many of its integers became doubles.
pub(super) fn parse_document_at(
    text: &str,
    options: ParseOptions,
    origin: Origin,
) -> Result<(RawDocBuf, u64)> {
    let mut parser = Parser::new(text, options);
    parser
        .top_document()
        .and_then(|()| parser.end())
        .map_err(|fault| fault.into_error(text, origin))
        .map(|()| (RawDocBuf::from_checked(parser.out), parser.inexact_integers))
}

#[derive(Debug)]
pub(super) struct Parser<'t> {
    pub(super) lexer: Lexer<'t>,
    pub(super) options: ParseOptions,
    /// The BSON so far.
    pub(super) out: Vec<u8>,
    /// The names of all objects that are open, those of the innermost last.
    names: Vec<Name>,
    inexact_integers: u64,
}

/// A field name in an object that is open.
#[derive(Debug, Clone, Copy)]
struct Name {
    hash: u64,
    /// Where its bytes lie in the output.
    at: usize,
    len: usize,
    /// Where it lies in the text.
    text_at: usize,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str, options: ParseOptions) -> Self {
        const BYTE_ORDER_MARK: char = '\u{FEFF}';
        let at = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
        let out = Vec::with_capacity(text.len().min(DOCUMENT_BYTES_MAX));
        Self { lexer: Lexer { text, at }, options, out, names: Vec::new(), inexact_integers: 0 }
    }

    fn end(&mut self) -> Parsed<()> {
        match self.lexer.next_token() {
            None => Ok(()),
            Some(_) => Err(self.lexer.expected("the end of the text")),
        }
    }

    fn top_document(&mut self) -> Parsed<()> {
        self.lexer.expect(b'{', "a document, beginning with `{`")?;
        self.fields(1, Place::Top)
    }

    /// A document in whose place nothing else may stand, so that none of its keys means a type.
    pub(super) fn plain_document(&mut self, depth: usize) -> Parsed<()> {
        self.lexer.next_token();
        self.check_depth(depth)?;
        self.lexer.expect(b'{', "a document, beginning with `{`")?;
        self.fields(depth, Place::Top)
    }

    /// Appends a value and says its type; `depth` is that of the value, should it be a document or an array.
    pub(super) fn value(&mut self, depth: usize) -> Parsed<u8> {
        match self.lexer.next_token() {
            Some(b'"') => self.string(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            _ => self.word(),
        }
    }

    fn word(&mut self) -> Parsed<u8> {
        if self.lexer.word("null") {
            return Ok(tag::NULL);
        }
        let yes = self.lexer.word("true");
        if yes || self.lexer.word("false") {
            self.out.push(u8::from(yes));
            return Ok(tag::BOOLEAN);
        }
        Err(self.lexer.expected("a value"))
    }

    fn string(&mut self) -> Parsed<u8> {
        let start = builder::begin(&mut self.out);
        self.lexer.string_into(&mut self.out, Nul::Allowed)?;
        builder::end_string(&mut self.out, start);
        Ok(tag::STRING)
    }

    fn number(&mut self) -> Parsed<u8> {
        let at = self.lexer.at;
        let number = self.lexer.number()?;
        if number.integer {
            if let Ok(number) = number.text.parse::<i64>() {
                return Ok(match i32::try_from(number) {
                    Ok(small) => self.put(tag::INT32, &small.to_le_bytes()),
                    Err(_) => self.put(tag::INT64, &number.to_le_bytes()),
                });
            }
            if self.options.strict_numbers {
                return Err(Fault::new(at, format!("the integer {} does not fit into 64 bits", number.text)));
            }
        }
        let double = finite_double(number.text)
            .ok_or_else(|| Fault::new(at, format!("the number {} is too large for a double", number.text)))?;
        self.inexact_integers += u64::from(number.integer);
        Ok(self.put(tag::DOUBLE, &double.to_le_bytes()))
    }

    /// Appends the bytes of a value and passes its type on.
    pub(super) fn put(&mut self, kind: u8, bytes: &[u8]) -> u8 {
        self.out.extend_from_slice(bytes);
        kind
    }

    fn array(&mut self, depth: usize) -> Parsed<u8> {
        self.check_depth(depth)?;
        self.lexer.at += 1;
        let start = builder::begin(&mut self.out);
        let mut position = 0;
        if !self.lexer.take(b']') {
            loop {
                let tag_at = self.out.len();
                self.out.push(0);
                builder::put_position(&mut self.out, position);
                self.field_value(tag_at, depth)?;
                position += 1;
                if !self.lexer.take(b',') {
                    break;
                }
            }
            self.lexer.expect(b']', "`,` or `]`")?;
        }
        builder::end(&mut self.out, start);
        Ok(tag::ARRAY)
    }

    fn object(&mut self, depth: usize) -> Parsed<u8> {
        let start = self.lexer.at;
        self.lexer.at += 1;
        if let Some(kind) = wrapper::read(self, start, depth)? {
            return Ok(kind);
        }
        self.check_depth(depth)?;
        let out_start = self.out.len();
        self.fields(depth, Place::Inside)?;
        if self.options.legacy {
            return wrapper::read_legacy(self, start, out_start);
        }
        Ok(tag::DOCUMENT)
    }

    /// Appends the document whose opening brace was taken.
    fn fields(&mut self, depth: usize, place: Place) -> Parsed<()> {
        let start = builder::begin(&mut self.out);
        let first_name = self.names.len();
        if !self.lexer.take(b'}') {
            loop {
                self.field(depth, place, first_name)?;
                if !self.lexer.take(b',') {
                    break;
                }
            }
            self.lexer.expect(b'}', "`,` or `}`")?;
        }
        self.check_many_names(first_name)?;
        self.names.truncate(first_name);
        builder::end(&mut self.out, start);
        Ok(())
    }

    fn field(&mut self, depth: usize, place: Place, first_name: usize) -> Parsed<()> {
        let tag_at = self.out.len();
        self.out.push(0);
        if self.lexer.next_token() != Some(b'"') {
            return Err(self.lexer.expected("a field name in double quotes"));
        }
        let text_at = self.lexer.at;
        self.lexer.string_into(&mut self.out, Nul::Refused)?;
        let name = &self.out[tag_at + 1..];
        if place == Place::Inside && name.first() == Some(&b'$') {
            wrapper::refuse_among_others(name, text_at, self.options.legacy)?;
        }
        self.add_name(tag_at + 1, text_at, first_name)?;
        self.out.push(0);
        self.lexer.expect(b':', "`:`")?;
        self.field_value(tag_at, depth)
    }

    /// Appends the value of the field whose head begins at `tag_at`.
    fn field_value(&mut self, tag_at: usize, depth: usize) -> Parsed<()> {
        let value_at = self.out.len();
        let text_at = self.lexer.at;
        let done = self.value(depth + 1).and_then(|kind| {
            self.out[tag_at] = kind;
            if self.out.len() >= DOCUMENT_BYTES_MAX {
                let what = format!("the document grows over the limit of {DOCUMENT_BYTES_MAX} bytes");
                return Err(Fault::new(text_at, what).with_code(code::BSON_OBJECT_TOO_LARGE));
            }
            Ok(())
        });
        done.map_err(|fault| fault.inside(&self.out[tag_at + 1..value_at - 1]))
    }

    fn check_depth(&self, depth: usize) -> Parsed<()> {
        if depth > DEPTH_MAX {
            return Err(Fault::new(self.lexer.at, format!("nested over {DEPTH_MAX} levels deep")));
        }
        Ok(())
    }

    /// Notes the name that ends the output; while an object is small, compares it with those before at once.
    fn add_name(&mut self, at: usize, text_at: usize, first_name: usize) -> Parsed<()> {
        let name = &self.out[at..];
        let new = Name { hash: xxhash_rust::xxh3::xxh3_64(name), at, len: name.len(), text_at };
        let others = &self.names[first_name..];
        let same = |other: &Name| other.hash == new.hash && self.name(other) == name;
        if others.len() < FEW_NAMES && others.iter().any(same) {
            return Err(stands_twice(name, text_at));
        }
        self.names.push(new);
        Ok(())
    }

    /// Compares the names of a large object, after all are there, in less than quadratic time.
    fn check_many_names(&mut self, first_name: usize) -> Parsed<()> {
        if self.names.len() - first_name <= FEW_NAMES {
            return Ok(());
        }
        let out = &self.out;
        let bytes = |name: &Name| &out[name.at..name.at + name.len];
        let names = &mut self.names[first_name..];
        names.sort_unstable_by(|a, b| {
            (a.hash, bytes(a)).cmp(&(b.hash, bytes(b))).then_with(|| a.text_at.cmp(&b.text_at))
        });
        let second = names.windows(2).filter(|pair| bytes(&pair[0]) == bytes(&pair[1])).map(|pair| pair[1]);
        match second.min_by_key(|name| name.text_at) {
            Some(name) => Err(stands_twice(bytes(&name), name.text_at)),
            None => Ok(()),
        }
    }

    fn name(&self, name: &Name) -> &[u8] {
        &self.out[name.at..name.at + name.len]
    }
}

/// Up to how many names an object's are compared one by one.
const FEW_NAMES: usize = 24;

/// Whether an object could have been a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    Inside,
}

fn stands_twice(name: &[u8], text_at: usize) -> Box<Fault> {
    let name = String::from_utf8_lossy(name);
    Fault::new(text_at, format!("the name \"{name}\" stands twice in one object")).inside(name.as_bytes())
}

/// The nearest double, unless that is infinite.
pub(super) fn finite_double(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}
