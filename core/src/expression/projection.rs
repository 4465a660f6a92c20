//! Which fields of a document are handed out.

use crate::document::builder::{begin, end, put_name, put_value, tag_of};
use crate::document::raw::{RawDoc, RawField, RawValue, Value, tag};
use crate::error::{Error, Result};

use super::array_part::ArrayPart;
use super::value::fault::at;
use super::value::{ComputedFields, Moment};

/// The fields to keep, or to leave out, and the metadata to add.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Projection {
    pub(crate) mode: Mode,
    pub(crate) fields: FieldTree,
    /// Field names at the top, each with what to put there.
    pub(crate) metadata: Vec<(Box<str>, MetaField)>,
    /// What is computed and put into what remains; without expressions unless it is `Include`.
    pub(crate) computed: ComputedFields,
    /// What remains of arrays, after all else is done.
    pub(crate) arrays: Vec<ArrayPart>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The named fields and nothing else.
    Include,
    /// Everything but the named fields.
    Exclude,
}

/// Names, each standing for a whole field or for fields below it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct FieldTree {
    /// Sorted by name.
    children: Vec<(Box<str>, Choice)>,
}

/// What a tree says of a name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Choice {
    Whole,
    Part(FieldTree),
}

/// Why a path does not fit into the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Collision {
    /// The path, or something below it, was named before.
    Path,
    /// What stands above the path was named before; the names from this level on remain.
    Remaining(usize),
}

/// What a record knows about its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MetaField {
    CreatedAt,
    UpdatedAt,
    Version,
    ExpiresAt,
    Tags,
}

/// A record's metadata, as far as it is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Meta<'a> {
    /// Milliseconds since 1970.
    pub(crate) created_at: Option<i64>,
    pub(crate) updated_at: Option<i64>,
    pub(crate) expires_at: Option<i64>,
    pub(crate) version: Option<i64>,
    /// A BSON array.
    pub(crate) tags: Option<RawDoc<'a>>,
}

impl Projection {
    /// The projection that hands out every field.
    pub(crate) fn everything() -> Self {
        Self {
            mode: Mode::Exclude,
            fields: FieldTree::default(),
            metadata: Vec::new(),
            computed: ComputedFields::default(),
            arrays: Vec::new(),
        }
    }

    /// Whether documents go out as they are.
    pub(crate) fn is_everything(&self) -> bool {
        self.mode == Mode::Exclude
            && self.fields.is_empty()
            && self.metadata.is_empty()
            && self.computed.is_empty()
            && self.arrays.is_empty()
    }

    /// Whether it hands out an element that only the filter of the find tells.
    pub(crate) fn asks_for_position(&self) -> bool {
        self.arrays.iter().any(ArrayPart::asks_for_position)
    }

    /// The paths of all that can be handed out; nothing when that is not known beforehand.
    pub(crate) fn paths(&self) -> Option<Vec<String>> {
        let plain = self.mode == Mode::Include
            && self.metadata.is_empty()
            && self.computed.is_empty()
            && self.arrays.is_empty();
        plain.then(|| {
            let mut paths = Vec::new();
            self.fields.collect("", &mut paths);
            paths
        })
    }

    /// What is handed out of `doc`.
    ///
    /// # Errors
    /// As [`apply_into`](Self::apply_into).
    pub(crate) fn apply(&self, doc: RawDoc<'_>, meta: &Meta<'_>, moment: &Moment<'_>) -> Result<Vec<u8>> {
        let mut out = Vec::with_capacity(doc.as_bytes().len());
        self.apply_into(doc, meta, moment, &mut out)?;
        Ok(out)
    }

    /// Appends what is handed out of `doc` to `out`, as one document.
    ///
    /// Fields keep the document's order. Metadata takes the place of a field of its name, or the end; what is
    /// computed follows, except where it goes into a field that is there.
    ///
    /// # Errors
    /// Whatever the computed fields and the parts of arrays answer; without any, none.
    pub(crate) fn apply_into(
        &self,
        doc: RawDoc<'_>,
        meta: &Meta<'_>,
        moment: &Moment<'_>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let Some((last, others)) = self.arrays.split_last() else {
            return self.compute_into(doc, meta, moment, out);
        };
        let mut made = Vec::with_capacity(doc.as_bytes().len());
        self.compute_into(doc, meta, moment, &mut made)?;
        for part in others {
            let mut next = Vec::with_capacity(made.len());
            part.apply_into(RawDoc::new(&made), doc, &mut next)?;
            made = next;
        }
        last.apply_into(RawDoc::new(&made), doc, out)
    }

    fn compute_into(
        &self,
        doc: RawDoc<'_>,
        meta: &Meta<'_>,
        moment: &Moment<'_>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        if self.computed.is_empty() {
            self.choose_into(doc, meta, out);
            return Ok(());
        }
        let mut chosen = Vec::with_capacity(doc.as_bytes().len());
        self.choose_into(doc, meta, &mut chosen);
        self.computed.apply_into(RawDoc::new(&chosen), doc, moment, out)
    }

    fn choose_into(&self, doc: RawDoc<'_>, meta: &Meta<'_>, out: &mut Vec<u8>) {
        let start = begin(out);
        let mut run = Run { bytes: doc.as_bytes(), from: 4, to: 4 };
        let mut placed = vec![false; self.metadata.len()];
        for field in doc.fields() {
            match self.metadata.iter().position(|(name, _)| name.as_bytes() == field.name) {
                Some(at) if self.mode == Mode::Exclude && meta.get(self.metadata[at].1).is_some() => {
                    run.flush(out);
                    self.put_metadata(at, meta, out);
                    placed[at] = true;
                }
                _ => self.fields.put(&field, self.mode, &mut run, out),
            }
        }
        run.flush(out);
        for (at, placed) in placed.iter().enumerate() {
            if !placed {
                self.put_metadata(at, meta, out);
            }
        }
        end(out, start);
    }

    fn put_metadata(&self, at: usize, meta: &Meta<'_>, out: &mut Vec<u8>) {
        let (name, field) = &self.metadata[at];
        if let Some(value) = meta.get(*field) {
            put_name(out, tag_of(&value), name);
            put_value(out, value);
        }
    }
}

/// A run of bytes that goes out unchanged; neighbours are copied together.
#[derive(Debug)]
struct Run<'a> {
    bytes: &'a [u8],
    from: usize,
    to: usize,
}

impl Run<'_> {
    fn add(&mut self, field: &RawField<'_>, out: &mut Vec<u8>) {
        if field.start != self.to {
            self.flush(out);
            self.from = field.start;
        }
        self.to = field.end;
    }

    fn flush(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.bytes[self.from..self.to]);
        self.from = self.to;
    }
}

impl Collision {
    /// The error for a path that collides.
    pub(crate) fn at(self, path: &[&str]) -> Error {
        let place = path.join(".");
        match self {
            Collision::Path => at(31250, format!("path collision at {place}")),
            Collision::Remaining(level) => {
                let rest = path[level..].join(".");
                at(31249, format!("path collision at {place} remaining portion {rest}"))
            }
        }
    }
}

impl FieldTree {
    pub(crate) fn is_empty(&self) -> bool {
        self.children.is_empty()
    }

    fn collect(&self, above: &str, paths: &mut Vec<String>) {
        for (name, choice) in &self.children {
            let path = format!("{above}{name}");
            match choice {
                Choice::Whole => paths.push(path),
                Choice::Part(tree) => tree.collect(&format!("{path}."), paths),
            }
        }
    }

    /// Whether `name` stands at the top of the tree, whole or in part.
    pub(crate) fn names(&self, name: &str) -> bool {
        self.get(name.as_bytes()).is_some()
    }

    /// Adds the path of `names`.
    pub(crate) fn add(&mut self, names: &[&str]) -> Result<(), Collision> {
        self.add_below(names, 0)
    }

    fn add_below(&mut self, names: &[&str], level: usize) -> Result<(), Collision> {
        let Some(name) = names.get(level) else { return Err(Collision::Path) };
        let last = names.len() == level + 1;
        match self.children.binary_search_by(|(known, _)| known.as_bytes().cmp(name.as_bytes())) {
            Ok(_) if last => Err(Collision::Path),
            Ok(at) => match &mut self.children[at].1 {
                Choice::Whole => Err(Collision::Remaining(level + 1)),
                Choice::Part(tree) => tree.add_below(names, level + 1),
            },
            Err(at) if last => {
                self.children.insert(at, ((*name).into(), Choice::Whole));
                Ok(())
            }
            Err(at) => {
                let mut tree = FieldTree::default();
                tree.add_below(names, level + 1)?;
                self.children.insert(at, ((*name).into(), Choice::Part(tree)));
                Ok(())
            }
        }
    }

    /// What is said of `name` at the top of the tree.
    pub(crate) fn get(&self, name: &[u8]) -> Option<&Choice> {
        if self.children.len() <= 8 {
            return self
                .children
                .iter()
                .find(|(known, _)| known.as_bytes() == name)
                .map(|(_, choice)| choice);
        }
        let at = self.children.binary_search_by(|(known, _)| known.as_bytes().cmp(name)).ok()?;
        Some(&self.children[at].1)
    }

    /// Puts what remains of one field.
    fn put(&self, field: &RawField<'_>, mode: Mode, run: &mut Run<'_>, out: &mut Vec<u8>) {
        let container = matches!(field.value.tag(), tag::DOCUMENT | tag::ARRAY);
        match (self.get(field.name), mode) {
            (None, Mode::Exclude) | (Some(Choice::Whole), Mode::Include) => run.add(field, out),
            (None, Mode::Include) | (Some(Choice::Whole), Mode::Exclude) => {}
            (Some(Choice::Part(_)), _) if !container => {
                if mode == Mode::Exclude {
                    run.add(field, out);
                }
            }
            (Some(Choice::Part(tree)), _) => {
                run.flush(out);
                out.push(field.value.tag());
                out.extend_from_slice(field.name);
                out.push(0);
                tree.put_inside(field.value, mode, out);
            }
        }
    }

    /// Puts what remains of a document or an array, whose elements are each taken for themselves, arrays inside
    /// arrays too.
    fn put_inside(&self, value: RawValue<'_>, mode: Mode, out: &mut Vec<u8>) {
        let start = begin(out);
        let inner = RawDoc::new(value.as_bytes());
        if value.tag() == tag::DOCUMENT {
            let mut run = Run { bytes: inner.as_bytes(), from: 4, to: 4 };
            inner.fields().for_each(|field| self.put(&field, mode, &mut run, out));
            run.flush(out);
        } else {
            let mut position = 0;
            for element in inner.fields() {
                let container = matches!(element.value.tag(), tag::DOCUMENT | tag::ARRAY);
                if !container && mode == Mode::Include {
                    continue;
                }
                put_element_name(out, element.value.tag(), position);
                position += 1;
                if container {
                    self.put_inside(element.value, mode, out);
                } else {
                    out.extend_from_slice(element.value.as_bytes());
                }
            }
        }
        end(out, start);
    }
}

/// Writes the head of an array element.
pub(super) fn put_element_name(out: &mut Vec<u8>, kind: u8, position: usize) {
    out.push(kind);
    crate::document::builder::put_position(out, position);
}

impl<'a> Meta<'a> {
    fn get(&self, field: MetaField) -> Option<Value<'a>> {
        match field {
            MetaField::CreatedAt => self.created_at.map(Value::DateTime),
            MetaField::UpdatedAt => self.updated_at.map(Value::DateTime),
            MetaField::ExpiresAt => self.expires_at.map(Value::DateTime),
            MetaField::Version => self.version.map(Value::Int64),
            MetaField::Tags => self.tags.map(Value::Array),
        }
    }
}

impl MetaField {
    /// The metadata of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "createdAt" => Self::CreatedAt,
            "updatedAt" => Self::UpdatedAt,
            "expiresAt" => Self::ExpiresAt,
            "version" => Self::Version,
            "tags" => Self::Tags,
            _ => return None,
        })
    }
}
