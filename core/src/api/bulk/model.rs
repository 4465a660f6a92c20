//! One write of a bulk.

use serde::Serialize;

use crate::collection::Handle;
use crate::document::builder::RawDocBuf;
use crate::document::convert::{IntoDocument, IntoUpdate, UpdateForm, write};
use crate::document::raw::RawDoc;
use crate::error::{Error, Result, code};
use crate::query::parse::{self, Variables};
use crate::query::statement::{Change, Hint, Modify, Reach};

use super::super::collation::AskedCollation;
use super::super::insert::ready_document;
use super::super::session::Session;
use super::super::update::{change_with, constants_of_no_pipeline};

/// One write of a bulk: what is to be done, to which documents, in which collection.
///
/// What is wrong with it is told when its turn comes, as the error of this write.
#[derive(Debug)]
#[must_use]
pub struct WriteModel {
    target: Target,
    write: Result<Write>,
    upsert: bool,
    sort: Option<Result<RawDocBuf>>,
    array_filters: Option<Vec<Result<RawDocBuf>>>,
    constants: Option<RawDocBuf>,
    hint: Option<Result<Hint>>,
    collation: AskedCollation,
}

/// Where a write goes.
#[derive(Debug)]
enum Target {
    /// Where the call says.
    Unsaid,
    Collection(String),
    /// A database and a collection of it, with a dot between.
    Namespace(String),
}

#[derive(Debug)]
enum Write {
    Insert(Vec<u8>),
    Update { filter: RawDocBuf, update: UpdateForm, reach: Reach },
    Replace { filter: RawDocBuf, replacement: RawDocBuf },
    Delete { filter: RawDocBuf, reach: Reach },
}

/// A write that is ready to be done.
#[derive(Debug)]
pub(in crate::api) enum Op {
    /// A document with its `_id`.
    Insert(Vec<u8>),
    Modify(Box<Modify>),
}

impl WriteModel {
    /// Inserts a document; its `_id` is generated when it has none.
    pub fn insert_one(document: impl Serialize) -> Self {
        Self::new(serialized(&document).map(Write::Insert))
    }

    /// Changes the first document that satisfies `filter`.
    pub fn update_one(filter: impl IntoDocument, update: impl IntoUpdate) -> Self {
        Self::update(filter, update, Reach::One)
    }

    /// Changes every document that satisfies `filter`.
    pub fn update_many(filter: impl IntoDocument, update: impl IntoUpdate) -> Self {
        Self::update(filter, update, Reach::Many)
    }

    /// Puts a document in the place of the first that satisfies `filter`.
    pub fn replace_one(filter: impl IntoDocument, replacement: impl Serialize) -> Self {
        let write = || {
            let replacement = RawDocBuf::from_bytes(serialized(&replacement)?)?;
            Ok(Write::Replace { filter: filter.into_raw()?, replacement })
        };
        Self::new(write())
    }

    /// Deletes the first document that satisfies `filter`.
    pub fn delete_one(filter: impl IntoDocument) -> Self {
        Self::new(filter.into_raw().map(|filter| Write::Delete { filter, reach: Reach::One }))
    }

    /// Deletes every document that satisfies `filter`.
    pub fn delete_many(filter: impl IntoDocument) -> Self {
        Self::new(filter.into_raw().map(|filter| Write::Delete { filter, reach: Reach::Many }))
    }

    /// Which collection is written to; a bulk of a collection writes to that one without being told.
    pub fn in_collection(mut self, name: impl Into<String>) -> Self {
        self.target = Target::Collection(name.into());
        self
    }

    /// Which database and which collection of it are written to, as MongoDB writes them: `"shop.orders"`. For a bulk of
    /// a [`Client`](crate::Client).
    pub fn in_namespace(mut self, namespace: impl Into<String>) -> Self {
        self.target = Target::Namespace(namespace.into());
        self
    }

    /// Whether a document is made when none satisfies the filter; off by default. For updates and replacements.
    pub fn upsert(mut self, upsert: bool) -> Self {
        self.upsert = upsert;
        self
    }

    /// Which document comes first when several satisfy the filter. For an update or a replacement of one.
    pub fn sort(mut self, sort: impl IntoDocument) -> Self {
        self.sort = Some(sort.into_raw());
        self
    }

    /// Which array elements `$[name]` in the update means. For updates.
    pub fn array_filters(mut self, filters: impl IntoIterator<Item = impl IntoDocument>) -> Self {
        self.array_filters = Some(filters.into_iter().map(IntoDocument::into_raw).collect());
        self
    }

    /// Values that `$$name` stands for in the update, which is a pipeline.
    pub(in crate::api) fn constants(mut self, constants: RawDocBuf) -> Self {
        self.constants = Some(constants);
        self
    }

    /// Finds the documents by the index of this name. For all writes but inserts.
    pub fn hint(mut self, index: impl Into<String>) -> Self {
        self.hint = Some(Ok(Hint::Name(index.into())));
        self
    }

    /// Finds the documents by the index with this key. For all writes but inserts.
    pub fn hint_key(mut self, key: impl IntoDocument) -> Self {
        self.hint = Some(key.into_raw().and_then(Hint::of_key));
        self
    }

    /// Inserts a document given as BSON.
    pub(in crate::api) fn insert_raw(document: RawDoc<'_>) -> Self {
        Self::new(Ok(Write::Insert(document.as_bytes().to_vec())))
    }

    /// A write of which more cannot be said than why it is refused.
    pub(in crate::api) fn refused(why: Error) -> Self {
        Self::new(Err(why))
    }

    /// What it asks for, where it asks for anything: the filter, the sort, the collation.
    pub(in crate::api) fn asked(&self) -> (Option<&RawDocBuf>, Option<&Result<RawDocBuf>>, &AskedCollation) {
        let filter = match &self.write {
            Ok(
                Write::Update { filter, .. } | Write::Replace { filter, .. } | Write::Delete { filter, .. },
            ) => Some(filter),
            Ok(Write::Insert(_)) | Err(_) => None,
        };
        (filter, self.sort.as_ref(), &self.collation)
    }

    /// Puts a document given as BSON in the place of the first that satisfies `filter`.
    pub(in crate::api) fn replace_raw(filter: RawDocBuf, replacement: RawDocBuf) -> Self {
        Self::new(Ok(Write::Replace { filter, replacement }))
    }

    /// In which order texts are taken, as MongoDB writes it: `{locale: "de", strength: 2}`; `{locale: "simple"}` is the
    /// order of their bytes, the default. For all but inserts.
    pub fn collation(mut self, collation: impl IntoDocument) -> Self {
        self.collation = AskedCollation::new(collation);
        self
    }

    fn update(filter: impl IntoDocument, update: impl IntoUpdate, reach: Reach) -> Self {
        let write = || Ok(Write::Update { filter: filter.into_raw()?, update: update.into_update()?, reach });
        Self::new(write())
    }

    fn new(write: Result<Write>) -> Self {
        Self {
            target: Target::Unsaid,
            write,
            upsert: false,
            sort: None,
            array_filters: None,
            constants: None,
            hint: None,
            collation: AskedCollation::default(),
        }
    }

    /// The name of the collection, where it was given.
    ///
    /// # Errors
    /// `Invalid` for a namespace that is none.
    pub(super) fn collection(&self) -> Result<Option<&str>> {
        match &self.target {
            Target::Unsaid => Ok(None),
            Target::Collection(name) => Ok(Some(name)),
            Target::Namespace(namespace) => parted(namespace).map(|(_, collection)| Some(collection)),
        }
    }

    /// The name of the database, where it was given.
    ///
    /// # Errors
    /// `Invalid` for a namespace that is none.
    pub(in crate::api) fn database(&self) -> Result<Option<&str>> {
        match &self.target {
            Target::Unsaid | Target::Collection(_) => Ok(None),
            Target::Namespace(namespace) => parted(namespace).map(|(database, _)| Some(database)),
        }
    }

    /// About how many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        match &self.write {
            Ok(Write::Insert(document)) => document.len(),
            Ok(
                Write::Update {
                    filter,
                    update: UpdateForm::Document(other) | UpdateForm::Pipeline(other),
                    ..
                }
                | Write::Replace { filter, replacement: other },
            ) => filter.as_bytes().len() + other.as_bytes().len(),
            Ok(Write::Delete { filter, .. }) => filter.as_bytes().len(),
            Err(_) => 0,
        }
    }

    /// Makes it ready.
    ///
    /// # Errors
    /// Whatever is wrong with it.
    pub(in crate::api) fn prepare(
        self,
        session: &Session,
        handle: &Handle,
        variables: Option<&Variables>,
    ) -> Result<Op> {
        let Self { write, upsert, sort, array_filters, constants, hint, collation, .. } = self;
        let lacks = |what: &str, of: &str| {
            Err(Error::invalid(code::INVALID_OPTIONS, format!("{of} of a bulk write has no option {what}")))
        };
        let write = write?;
        let (of, upserts, sorts, filters) = match &write {
            Write::Insert(_) => ("an insert", false, false, false),
            Write::Update { reach: Reach::One, .. } => ("an update", true, true, true),
            Write::Update { .. } => ("an update of many", true, false, true),
            Write::Replace { .. } => ("a replacement", true, true, false),
            Write::Delete { .. } => ("a delete", false, false, false),
        };
        if upsert && !upserts {
            return lacks("upsert", of);
        }
        if sort.is_some() && !sorts {
            return lacks("sort", of);
        }
        if hint.is_some() && matches!(write, Write::Insert(_)) {
            return lacks("hint", of);
        }
        if array_filters.is_some() && !filters {
            return lacks("array_filters", of);
        }
        if collation.written()?.is_some() && matches!(write, Write::Insert(_)) {
            return lacks("collation", of);
        }
        let collation = session.collation(handle, &collation)?;
        let collation = collation.as_ref();
        let terms = session.terms(collation, variables);
        let (filter, reach, change) = match write {
            Write::Insert(document) => {
                return ready_document(document, &session.shared()?.ids).map(Op::Insert);
            }
            Write::Update { filter, update, reach } => {
                (filter, reach, change_with(update, array_filters.unwrap_or_default(), constants, terms)?)
            }
            Write::Replace { .. } if constants.is_some() => return Err(constants_of_no_pipeline()),
            Write::Replace { filter, replacement } => {
                (filter, Reach::One, Change::Update(parse::replacement(replacement.as_doc())?.into(), None))
            }
            Write::Delete { filter, reach } => (filter, reach, Change::Delete),
        };
        let filter = parse::filter_within(filter.as_doc(), terms)?;
        let (sort, hint) = parse::sort_beside(hint.transpose()?, sort, collation)?;
        let modify = Modify { filter, sort, reach, change, upsert, hint };
        Ok(Op::Modify(Box::new(modify)))
    }
}

fn serialized(document: &impl Serialize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    write(document, &mut bytes)?;
    Ok(bytes)
}

/// The name of a database, and that of a collection, which may have dots itself.
fn parted(namespace: &str) -> Result<(&str, &str)> {
    let parts = namespace
        .split_once('.')
        .filter(|(database, collection)| !database.is_empty() && !collection.is_empty());
    parts.ok_or_else(|| {
        let what = format!(
            "Invalid namespace specified {namespace:?}: it must be a database, a dot and a collection"
        );
        Error::invalid(code::INVALID_NAMESPACE, what)
    })
}
