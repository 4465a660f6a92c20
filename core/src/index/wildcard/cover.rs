//! Which paths of documents a wildcard index holds.

use crate::document::builder::RawDocBuf;
use crate::document::id::ID;
use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawValue, Value};
use crate::error::{Error, Result, code};
use crate::expression::choices::Choices;
use crate::expression::projection::{Choice, FieldTree, Mode};
use crate::expression::show::shown;
use crate::expression::value::fault::at;

/// The last name of the path in a wildcard index's key.
const EVERYTHING: &str = "$**";

/// The paths that a wildcard index holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Wildcard {
    mode: Mode,
    tree: FieldTree,
    /// The `wildcardProjection`, as it was written.
    pub(in crate::index) projection: Option<RawDocBuf>,
}

/// What is held of a value and of what it holds itself.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cover<'t> {
    All,
    /// What stands at these paths beneath it, and nothing else.
    Only(&'t FieldTree),
    /// Everything but what stands at these paths beneath it.
    AllBut(&'t FieldTree),
}

impl Wildcard {
    /// What the path of a key says, when it is that of a wildcard index: `$**` or `a.b.$**`.
    pub(in crate::index) fn of_key(path: &Path) -> Option<Result<Self>> {
        if !path.as_str().contains(EVERYTHING) {
            return None;
        }
        let names: Vec<&str> = path.iter().collect();
        Some(match names.split_last() {
            Some((&EVERYTHING, [])) => Ok(Self::everything()),
            Some((&EVERYTHING, root)) => Self::beneath(root),
            _ => Err(refused(format!("$** is not the last name of the index path {:?}", path.as_str()))),
        })
    }

    fn everything() -> Self {
        let mut tree = FieldTree::default();
        // An empty tree takes any path.
        let _ = tree.add(&[ID]);
        Self { mode: Mode::Exclude, tree, projection: None }
    }

    fn beneath(root: &[&str]) -> Result<Self> {
        if let Some(name) = root.iter().find(|name| name.is_empty() || name.starts_with('$')) {
            let path = root.join(".");
            return Err(refused(format!(
                "the index path \"{path}.{EVERYTHING}\" has the field name {name:?}"
            )));
        }
        let mut tree = FieldTree::default();
        tree.add(root).map_err(|collision| collision.at(root))?;
        Ok(Self { mode: Mode::Include, tree, projection: None })
    }

    /// Whether it is the one to which a projection may be added.
    pub(in crate::index) fn is_of_everything(path: &Path) -> bool {
        path.as_str() == EVERYTHING
    }

    /// What a `wildcardProjection` leaves of all paths.
    ///
    /// # Errors
    /// `Invalid`: it has no field (9), computes something (51271), mixes inclusion and exclusion (31253, 31254), or has
    /// paths that collide (31249, 31250).
    pub(in crate::index) fn projected(written: RawDoc<'_>) -> Result<Self> {
        if written.is_empty() {
            let what = "The 'wildcardProjection' field must be a non-empty object";
            return Err(Error::invalid(code::FAILED_TO_PARSE, what));
        }
        let mut reader = Reader::default();
        reader.fields(written, &mut Vec::new())?;
        let (mode, tree) = reader.finish();
        Ok(Self { mode, tree, projection: Some(written.into()) })
    }

    /// What is held of whole documents.
    pub(super) fn of_documents(&self) -> Cover<'_> {
        match self.mode {
            Mode::Include => Cover::Only(&self.tree),
            Mode::Exclude => Cover::AllBut(&self.tree),
        }
    }

    /// Whether values at the path are held; and then, whether everything beneath it is too.
    pub(in crate::index) fn holds(&self, path: &Path) -> Option<bool> {
        let cover = path.iter().try_fold(self.of_documents(), |cover, name| cover.of(name.as_bytes()))?;
        cover.holds_value().then_some(matches!(cover, Cover::All))
    }
}

impl<'t> Cover<'t> {
    /// What is held of the field of this name; nothing when it is left out.
    pub(super) fn of(self, name: &[u8]) -> Option<Self> {
        match self {
            Self::All => Some(Self::All),
            Self::Only(tree) => match tree.get(name)? {
                Choice::Whole => Some(Self::All),
                Choice::Part(tree) => Some(Self::Only(tree)),
            },
            Self::AllBut(tree) => match tree.get(name) {
                None => Some(Self::All),
                Some(Choice::Whole) => None,
                Some(Choice::Part(tree)) => Some(Self::AllBut(tree)),
            },
        }
    }

    /// Whether a value is held that has no fields.
    pub(super) fn holds_value(self) -> bool {
        !matches!(self, Self::Only(_))
    }
}

/// Reads a `wildcardProjection`.
#[derive(Debug, Default)]
struct Reader(Choices);

impl Reader {
    fn fields<'a>(&mut self, doc: RawDoc<'a>, path: &mut Vec<&'a str>) -> Result<()> {
        for (name, value) in doc.iter() {
            let above = path.len();
            path.extend(name.split('.'));
            // A path that documents may have is no deeper than they are.
            Path::parse(&path.join("."))?;
            self.field(value, path)?;
            path.truncate(above);
        }
        Ok(())
    }

    fn field<'a>(&mut self, value: RawValue<'a>, path: &mut Vec<&'a str>) -> Result<()> {
        let is_name = |name: &&str| !name.is_empty() && !name.starts_with('$');
        let include = match value.read() {
            Value::Boolean(on) => on,
            Value::Int32(number) => number != 0,
            Value::Int64(number) => number != 0,
            Value::Double(number) => number != 0.0,
            Value::Document(inner) if !inner.is_empty() => return self.fields(inner, path),
            _ => return Err(computes(path, value)),
        };
        if !path.iter().all(is_name) {
            return Err(computes(path, value));
        }
        self.0.choose(include, path)
    }

    /// `_id` is left out unless it is asked for.
    fn finish(self) -> (Mode, FieldTree) {
        let Choices { mode, id, mut fields } = self.0;
        let alone = if id == Some(true) { Mode::Include } else { Mode::Exclude };
        let mode = mode.unwrap_or(alone);
        if (mode == Mode::Include) == (id == Some(true)) {
            // Where a part of it is named already, that says all there is to say.
            let _ = fields.add(&[ID]);
        }
        (mode, fields)
    }
}

fn computes(path: &[&str], value: RawValue<'_>) -> Error {
    let what = "Bad projection specification, cannot use computed fields in a wildcardProjection";
    at(51271, format!("{what}: {} at {:?}", shown(value), path.join(".")))
}

fn refused(what: String) -> Error {
    Error::invalid(code::CANNOT_CREATE_INDEX, what)
}
