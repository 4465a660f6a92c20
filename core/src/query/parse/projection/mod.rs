//! A projection as it is written: `{name: 1, "address.city": 1, _id: 0}`.
//!
//! Here is the walk over it; `arrays` reads what hands out part of an array.

mod arrays;

use crate::document::id::ID;
use crate::document::raw::{DEPTH_MAX, RawDoc, RawValue, Value, tag};
use crate::error::{Error, Result, code};
use crate::expression::array_part::ArrayPart;
use crate::expression::choices::Choices;
use crate::expression::filter::Filter;
use crate::expression::projection::{FieldTree, MetaField, Mode, Projection};
use crate::expression::show::shown;
use crate::expression::value::fault::{INVALID_PIPELINE_OPERATOR, at};
use crate::expression::value::{ComputedFields, Function};

use super::value::{Written, add_computed};
use super::{Terms, truthy, unsupported};

/// Names that begin with a dollar and are fields: those of a reference.
const REFERENCE: [&str; 3] = ["$ref", "$id", "$db"];
/// Metadata that MongoDB has and this version has not.
const META_UNSUPPORTED: [&str; 14] = [
    "geoNearDistance",
    "geoNearPoint",
    "indexKey",
    "randVal",
    "recordId",
    "score",
    "scoreDetails",
    "searchHighlights",
    "searchScore",
    "searchScoreDetails",
    "searchSequenceToken",
    "sortKey",
    "textScore",
    "vectorSearchScore",
];

/// Where a projection stands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Projected<'f> {
    /// In a find of documents, by this filter if there is one.
    Find(Option<&'f Filter>),
    /// In a stage of a pipeline, where arrays have expressions only.
    Stage,
}

/// Reads a projection; an empty one hands out everything.
///
/// # Errors
/// `Invalid`, numbered as in MongoDB: inclusion and exclusion mixed (31253, 31254), paths that collide (31249,
/// 31250), paths that cannot be, expressions that cannot be, parts of arrays that cannot be. `Unsupported`: metadata
/// other than ours. As a filter for the condition of `$elemMatch`.
pub(crate) fn projection(doc: RawDoc<'_>, terms: Terms<'_>, of: Projected<'_>) -> Result<Projection> {
    let mut parser = Parser {
        terms,
        of,
        choices: Choices::default(),
        metadata: Vec::new(),
        computed: ComputedFields::default(),
        arrays: Vec::new(),
        has_element: false,
        seen: FieldTree::default(),
    };
    parser.fields(doc, &mut Vec::new())?;
    parser.finish()
}

struct Parser<'c> {
    terms: Terms<'c>,
    of: Projected<'c>,
    choices: Choices,
    metadata: Vec<(Box<str>, MetaField)>,
    computed: ComputedFields,
    /// What hands out part of an array, by `$slice` and by the positional operator.
    arrays: Vec<ArrayPart>,
    /// Whether there is an `$elemMatch`.
    has_element: bool,
    /// The path of every value read.
    seen: FieldTree,
}

impl Parser<'_> {
    fn fields<'a>(&mut self, doc: RawDoc<'a>, path: &mut Vec<&'a str>) -> Result<()> {
        for (name, value) in doc.iter() {
            let above = path.len();
            let array = self.positional(name, value)?;
            let name = array.unwrap_or(name);
            check_path(name)?;
            path.extend(name.split('.'));
            check_depth(path)?;
            match array {
                Some(_) => self.found_element(path)?,
                None => self.value(value, path)?,
            }
            path.truncate(above);
        }
        Ok(())
    }

    fn value<'a>(&mut self, value: RawValue<'a>, path: &mut Vec<&'a str>) -> Result<()> {
        match value.read() {
            Value::Document(inner) => self.inside(inner, path),
            _ if is_choice(value) => self.choice(truthy(value), path),
            _ => self.literal(value, path),
        }
    }

    /// A document: an operator with its argument, or fields below this one.
    fn inside<'a>(&mut self, inner: RawDoc<'a>, path: &mut Vec<&'a str>) -> Result<()> {
        let mut names = inner.iter();
        match (names.next(), names.next()) {
            (None, _) => Err(at(
                51270,
                format!("an empty sub-projection is not a valid value, at \"{}\"", path.join(".")),
            )),
            (Some((name, argument)), None) if name.starts_with('$') && !REFERENCE.contains(&name) => {
                self.operator(name, argument, inner, path)
            }
            _ => self.fields(inner, path),
        }
    }

    fn choice(&mut self, include: bool, path: &[&str]) -> Result<()> {
        self.note(path)?;
        self.choices.choose(include, path)
    }

    /// `{name: argument}`, which is all of `whole`.
    fn operator(
        &mut self,
        name: &str,
        argument: RawValue<'_>,
        whole: RawDoc<'_>,
        path: &[&str],
    ) -> Result<()> {
        match (name, self.of) {
            ("$meta", _) => self.metadata(argument, path),
            ("$slice", Projected::Find(_)) => self.slice(argument, whole, path),
            ("$elemMatch", Projected::Find(_)) => self.element(argument, path),
            ("$elemMatch", Projected::Stage) => {
                let what = format!("cannot use $elemMatch in this context, at \"{}\"", path.join("."));
                Err(Error::invalid(INVALID_PIPELINE_OPERATOR, what))
            }
            _ if Function::named(name).is_some() => self.computed(whole, path),
            _ => Err(at(31325, format!("unknown expression {name}, at \"{}\"", path.join(".")))),
        }
    }

    fn metadata(&mut self, argument: RawValue<'_>, path: &[&str]) -> Result<()> {
        let place = path.join(".");
        let Some(name) = argument.as_str() else {
            let what = format!("$meta only supports string arguments, but got {}", shown(argument));
            return Err(at(17307, format!("{what}, at \"{place}\"")));
        };
        let Some(field) = MetaField::named(name) else {
            let what = format!("$meta: {}", shown(argument));
            return match META_UNSUPPORTED.contains(&name) {
                true => Err(unsupported(&place, what)),
                false => Err(at(17308, format!("unsupported argument to {what}, at \"{place}\""))),
            };
        };
        let [name] = path else {
            return Err(unsupported(&place, "$meta below the top of a document"));
        };
        self.note(path)?;
        self.metadata.push(((*name).into(), field));
        Ok(())
    }

    /// A field with an expression makes the projection one of inclusion.
    fn computed(&mut self, call: RawDoc<'_>, path: &[&str]) -> Result<()> {
        let what = "cannot use an expression other than $meta in an exclusion projection";
        self.inclusion_only(path, 31252, what)?;
        let call = RawValue::new(tag::DOCUMENT, call.as_bytes());
        add_computed(&mut self.computed, Written(path), call, self.terms)
    }

    fn literal(&mut self, value: RawValue<'_>, path: &[&str]) -> Result<()> {
        let what = format!("cannot use an expression {} in an exclusion projection", shown(value));
        self.inclusion_only(path, 31310, &what)?;
        add_computed(&mut self.computed, Written(path), value, self.terms)
    }

    fn inclusion_only(&mut self, path: &[&str], number: i32, what: &str) -> Result<()> {
        self.note(path)?;
        match self.choices.mode.get_or_insert(Mode::Include) {
            Mode::Include => Ok(()),
            Mode::Exclude => Err(at(number, format!("{what}, at \"{}\"", path.join(".")))),
        }
    }

    fn note(&mut self, path: &[&str]) -> Result<()> {
        self.seen.add(path).map_err(|collision| collision.at(path))
    }

    fn finish(mut self) -> Result<Projection> {
        let mode = self.choices.mode.unwrap_or_else(|| self.mode_of_the_rest());
        // A part of `_id`, or something else in its place, says all there is to say.
        let id_is_named = match mode {
            Mode::Include => self.choices.id.unwrap_or(!self.seen.names(ID)),
            Mode::Exclude => self.choices.id == Some(false),
        };
        if id_is_named {
            self.choices.fields.add(&[ID]).map_err(|collision| collision.at(&[ID]))?;
        }
        if mode == Mode::Include {
            for part in &self.arrays {
                let path: Vec<&str> = part.path().collect();
                // The positional operator has named its field already.
                let _ = self.choices.fields.add(&path);
            }
        }
        let Self { choices: Choices { fields, .. }, metadata, computed, arrays, .. } = self;
        Ok(Projection { mode, fields, metadata, computed, arrays })
    }

    /// What a projection is that neither includes nor excludes anything but `_id`.
    fn mode_of_the_rest(&self) -> Mode {
        let with_id = self.choices.id == Some(true);
        let include = match self.of {
            _ if !self.arrays.is_empty() => with_id,
            _ if self.has_element => true,
            Projected::Stage => with_id || !self.metadata.is_empty(),
            Projected::Find(_) => with_id,
        };
        if include { Mode::Include } else { Mode::Exclude }
    }
}

/// Whether a value says to include or to exclude.
fn is_choice(value: RawValue<'_>) -> bool {
    value.is_number() || value.tag() == tag::BOOLEAN
}

fn check_path(name: &str) -> Result<()> {
    let refuse = |number, what: &str| Err(at(number, format!("{what}, in the projection's path \"{name}\"")));
    if name.is_empty() {
        return refuse(40352, "a path must not be empty");
    }
    if name.ends_with('.') {
        return refuse(40353, "a path must not end with a '.'");
    }
    if name.split('.').any(|part| part.starts_with('$') && !REFERENCE.contains(&part)) {
        return refuse(16410, "a field name must not start with '$'");
    }
    if name.split('.').any(str::is_empty) {
        return refuse(15998, "a field name must not be empty");
    }
    Ok(())
}

fn check_depth(path: &[&str]) -> Result<()> {
    if path.len() > DEPTH_MAX {
        let message = format!("the projection's path \"{}\" has more than {DEPTH_MAX} names", path.join("."));
        return Err(Error::invalid(code::OVERFLOW, message));
    }
    Ok(())
}
