//! A projection as it is written: `{name: 1, "address.city": 1, _id: 0}`.

use crate::document::collation::Collation;
use crate::document::raw::{DEPTH_MAX, RawDoc, RawValue, Value, tag};
use crate::error::{Error, Result};
use crate::expression::projection::{Collision, FieldTree, MetaField, Mode, Projection};
use crate::expression::show::shown;
use crate::expression::value::ComputedFields;

use super::value::{Written, add_computed};
use super::{bad_value, truthy, unsupported};

/// MongoDB's numbers for projections that cannot be.
mod location {
    pub(super) const INCLUDED_IN_EXCLUSION: (i32, &str) = (31253, "Location31253");
    pub(super) const COMPUTED_IN_EXCLUSION: (i32, &str) = (31252, "Location31252");
    pub(super) const EXCLUDED_IN_INCLUSION: (i32, &str) = (31254, "Location31254");
    pub(super) const COLLISION_BELOW: (i32, &str) = (31249, "Location31249");
    pub(super) const COLLISION: (i32, &str) = (31250, "Location31250");
    pub(super) const EMPTY_PART: (i32, &str) = (51270, "Location51270");
    pub(super) const EMPTY_PATH: (i32, &str) = (40352, "Location40352");
    pub(super) const TRAILING_DOT: (i32, &str) = (40353, "Location40353");
    pub(super) const DOLLAR_NAME: (i32, &str) = (16410, "Location16410");
    pub(super) const EMPTY_NAME: (i32, &str) = (15998, "Location15998");
    pub(super) const TOO_LONG: (i32, &str) = (15, "Overflow");
}

const ID: &str = "_id";

/// Reads a projection whose texts stand in the order of a collation, if there is one; an empty one hands out
/// everything.
///
/// # Errors
/// `Invalid`, numbered as in MongoDB: inclusion and exclusion mixed (31253, 31254), paths that collide (31249,
/// 31250), paths that cannot be, expressions that cannot be. `Unsupported`: `$slice`, `$elemMatch` and metadata
/// other than ours.
pub(crate) fn projection(doc: RawDoc<'_>, collation: Option<&Collation>) -> Result<Projection> {
    let mut parser = Parser { collation, ..Parser::default() };
    parser.fields(doc, &mut Vec::new())?;
    parser.finish()
}

#[derive(Default)]
struct Parser<'c> {
    collation: Option<&'c Collation>,
    mode: Option<Mode>,
    /// What is said of `_id` as a whole.
    id: Option<bool>,
    fields: FieldTree,
    metadata: Vec<(Box<str>, MetaField)>,
    computed: ComputedFields,
    /// The path of every value read.
    seen: FieldTree,
}

impl Parser<'_> {
    fn fields<'a>(&mut self, doc: RawDoc<'a>, path: &mut Vec<&'a str>) -> Result<()> {
        for (name, value) in doc.iter() {
            let above = path.len();
            check_path(name)?;
            path.extend(name.split('.'));
            check_depth(path)?;
            self.value(value, path)?;
            path.truncate(above);
        }
        Ok(())
    }

    fn value<'a>(&mut self, value: RawValue<'a>, path: &mut Vec<&'a str>) -> Result<()> {
        match value.read() {
            Value::Boolean(_)
            | Value::Int32(_)
            | Value::Int64(_)
            | Value::Double(_)
            | Value::Decimal128(_) => self.choice(truthy(value), path),
            Value::Document(inner) => match inner.iter().next() {
                None => Err(Error::invalid(
                    location::EMPTY_PART,
                    format!("an empty sub-projection is not a valid value, at \"{}\"", path.join(".")),
                )),
                Some((name, argument)) if name.starts_with('$') => self.operator(name, argument, inner, path),
                Some(_) => self.fields(inner, path),
            },
            _ => self.computed(value, path),
        }
    }

    fn choice(&mut self, include: bool, path: &[&str]) -> Result<()> {
        self.note(path)?;
        if *path == [ID] {
            self.id = Some(include);
            return Ok(());
        }
        let place = path.join(".");
        let mode = if include { Mode::Include } else { Mode::Exclude };
        match (*self.mode.get_or_insert(mode), mode) {
            (Mode::Exclude, Mode::Include) => Err(Error::invalid(
                location::INCLUDED_IN_EXCLUSION,
                format!("cannot do inclusion on field {place} in exclusion projection"),
            )),
            (Mode::Include, Mode::Exclude) => Err(Error::invalid(
                location::EXCLUDED_IN_INCLUSION,
                format!("cannot do exclusion on field {place} in inclusion projection"),
            )),
            _ => self.fields.add(path).map_err(|collision| collides(collision, path)),
        }
    }

    fn operator(
        &mut self,
        name: &str,
        argument: RawValue<'_>,
        whole: RawDoc<'_>,
        path: &[&str],
    ) -> Result<()> {
        let place = path.join(".");
        if matches!(name, "$slice" | "$elemMatch") && !is_slice_expression(name, argument) {
            return Err(unsupported(&place, format!("{name} in a projection")));
        }
        if name != "$meta" {
            let whole = RawValue::new(tag::DOCUMENT, whole.as_bytes());
            return self.computed(whole, path);
        }
        if whole.iter().nth(1).is_some() {
            return Err(bad_value(&place, "$meta must be the only name in its document"));
        }
        let Some(field) = argument.as_str().and_then(MetaField::named) else {
            return Err(unsupported(&place, format!("$meta: {}", shown(argument))));
        };
        let [name] = path else {
            return Err(unsupported(&place, "$meta below the top of a document"));
        };
        self.note(path)?;
        self.metadata.push(((*name).into(), field));
        Ok(())
    }

    /// A field with an expression makes the projection one of inclusion.
    fn computed(&mut self, value: RawValue<'_>, path: &[&str]) -> Result<()> {
        self.note(path)?;
        if *self.mode.get_or_insert(Mode::Include) == Mode::Exclude {
            return Err(self.computed_in_exclusion(path));
        }
        add_computed(&mut self.computed, Written(path), value, self.collation)
    }

    fn computed_in_exclusion(&self, path: &[&str]) -> Error {
        let place = path.join(".");
        Error::invalid(
            location::COMPUTED_IN_EXCLUSION,
            format!("cannot use an expression other than $meta in an exclusion projection, at \"{place}\""),
        )
    }

    fn note(&mut self, path: &[&str]) -> Result<()> {
        self.seen.add(path).map_err(|collision| collides(collision, path))
    }

    fn finish(mut self) -> Result<Projection> {
        let mode = self.mode.unwrap_or(match self.id {
            Some(true) => Mode::Include,
            Some(false) | None => Mode::Exclude,
        });
        // A part of `_id`, or metadata in its place, says all there is to say.
        let id_is_named = match mode {
            Mode::Include => self.id.unwrap_or(!self.seen.names(ID)),
            Mode::Exclude => self.id == Some(false),
        };
        if id_is_named {
            self.fields.add(&[ID]).map_err(|collision| collides(collision, &[ID]))?;
        }
        Ok(Projection { mode, fields: self.fields, metadata: self.metadata, computed: self.computed })
    }
}

/// Whether `$slice` is the expression: its first argument is no number.
fn is_slice_expression(name: &str, argument: RawValue<'_>) -> bool {
    let first = argument.as_array().and_then(|list| list.iter().next());
    name == "$slice" && first.is_some_and(|(_, first)| !first.is_number())
}

fn collides(collision: Collision, path: &[&str]) -> Error {
    let place = path.join(".");
    match collision {
        Collision::Path => Error::invalid(location::COLLISION, format!("path collision at {place}")),
        Collision::Remaining(level) => {
            let rest = path[level..].join(".");
            let message = format!("path collision at {place} remaining portion {rest}");
            Error::invalid(location::COLLISION_BELOW, message)
        }
    }
}

fn check_path(name: &str) -> Result<()> {
    let refuse =
        |code, what: &str| Err(Error::invalid(code, format!("{what}, in the projection's path \"{name}\"")));
    if name.is_empty() {
        return refuse(location::EMPTY_PATH, "a path must not be empty");
    }
    if name.split('.').any(|part| part == "$") {
        return Err(unsupported(name, "the positional operator $"));
    }
    if name.ends_with('.') {
        return refuse(location::TRAILING_DOT, "a path must not end with a '.'");
    }
    if name.split('.').any(|part| part.starts_with('$')) {
        return refuse(location::DOLLAR_NAME, "a field name must not start with '$'");
    }
    if name.split('.').any(str::is_empty) {
        return refuse(location::EMPTY_NAME, "a field name must not be empty");
    }
    Ok(())
}

fn check_depth(path: &[&str]) -> Result<()> {
    if path.len() > DEPTH_MAX {
        let message = format!("the projection's path \"{}\" has more than {DEPTH_MAX} names", path.join("."));
        return Err(Error::invalid(location::TOO_LONG, message));
    }
    Ok(())
}
