//! Documents and arrays in the making.

use super::bytes::{begin, end, put_name, put_position, put_value, tag_of};
use crate::document::raw::{RawDoc, RawValue, Value, tag};

/// Appends the fields of one document to a byte vector; see the head of [`builder`](super).
///
/// Field names must not hold a NUL: what follows one is left out, so that the document stays whole.
#[derive(Debug)]
pub struct DocWriter<'v> {
    out: &'v mut Vec<u8>,
    start: usize,
}

impl<'v> DocWriter<'v> {
    /// Begins a document at the end of `out`.
    pub fn new(out: &'v mut Vec<u8>) -> Self {
        let start = begin(out);
        Self { out, start }
    }

    /// Appends a value as it stands in another document.
    pub fn append(&mut self, name: &str, value: RawValue<'_>) {
        put_name(self.out, value.tag(), name);
        self.out.extend_from_slice(value.as_bytes());
    }

    /// Appends a value.
    pub fn put(&mut self, name: &str, value: Value<'_>) {
        put_name(self.out, tag_of(&value), name);
        put_value(self.out, value);
    }

    /// Appends every field of `doc`.
    pub fn extend(&mut self, doc: RawDoc<'_>) {
        let bytes = doc.as_bytes();
        self.out.extend_from_slice(bytes.get(4..bytes.len().saturating_sub(1)).unwrap_or_default());
    }

    /// Begins a document inside this one; it ends when it is dropped.
    pub fn document(&mut self, name: &str) -> DocWriter<'_> {
        put_name(self.out, tag::DOCUMENT, name);
        DocWriter::new(self.out)
    }

    /// Begins an array inside this document; it ends when it is dropped.
    pub fn array(&mut self, name: &str) -> ArrayWriter<'_> {
        put_name(self.out, tag::ARRAY, name);
        ArrayWriter::new(self.out)
    }

    /// How many bytes the document has so far, its final zero not counted.
    #[must_use]
    pub fn size(&self) -> usize {
        self.out.len() - self.start
    }

    /// Ends the document, as dropping it does.
    pub fn finish(self) {}
}

impl Drop for DocWriter<'_> {
    fn drop(&mut self) {
        end(self.out, self.start);
    }
}

/// Appends the elements of one array; its field names are the positions.
#[derive(Debug)]
pub struct ArrayWriter<'v> {
    doc: DocWriter<'v>,
    next: usize,
}

impl<'v> ArrayWriter<'v> {
    /// Begins an array at the end of `out`.
    pub fn new(out: &'v mut Vec<u8>) -> Self {
        Self { doc: DocWriter::new(out), next: 0 }
    }

    /// Appends a value as it stands in another document.
    pub fn append(&mut self, value: RawValue<'_>) {
        self.place(value.tag());
        self.doc.out.extend_from_slice(value.as_bytes());
    }

    /// Appends a value.
    pub fn put(&mut self, value: Value<'_>) {
        self.place(tag_of(&value));
        put_value(self.doc.out, value);
    }

    /// Begins a document as the next element; it ends when it is dropped.
    pub fn document(&mut self) -> DocWriter<'_> {
        self.place(tag::DOCUMENT);
        DocWriter::new(self.doc.out)
    }

    /// Begins an array as the next element; it ends when it is dropped.
    pub fn array(&mut self) -> ArrayWriter<'_> {
        self.place(tag::ARRAY);
        ArrayWriter::new(self.doc.out)
    }

    /// How many elements there are so far.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.next
    }

    /// Whether there are no elements so far.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.next == 0
    }

    /// How many bytes the array has so far, its final zero not counted.
    #[must_use]
    pub fn size(&self) -> usize {
        self.doc.size()
    }

    /// Ends the array, as dropping it does.
    pub fn finish(self) {}

    fn place(&mut self, kind: u8) {
        self.doc.out.push(kind);
        put_position(self.doc.out, self.next);
        self.next += 1;
    }
}
