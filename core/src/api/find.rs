//! Documents asked for.

use std::time::Duration;

use serde::de::DeserializeOwned;

use crate::document::builder::RawDocBuf;
use crate::document::convert::IntoDocument;
use crate::error::{Error, Result, code};
use crate::expression::projection::Projection;
use crate::query::execute::CancelToken;
use crate::query::parse::{self, Projected};
use crate::query::statement::{Between, Find as Statement, Hint, Only};

use super::asides::{Asides, aside_methods};
use super::collation::AskedCollation;
use super::collection::Collection;
use super::cursor::{Cursor, DocumentCursor, RawCursor, Walk};
use super::explain::{Asked, Verbosity, listed, told};
use super::modify::Limits;

/// A find that is being put together.
///
/// ```
/// # fn main() -> nexuslite::Result<()> {
/// use nexuslite::{Database, bson::doc};
/// let db = Database::open(":memory:")?;
/// let cities = db.collection("cities");
/// cities.insert_many([doc! { "name": "Rome", "n": 3 }, doc! { "name": "Oslo", "n": 1 }])?;
/// for city in cities.find(doc! {}).sort(doc! { "n": 1 }).projection(doc! { "name": 1 }).limit(10).run()? {
///     println!("{}", city?);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use]
pub struct Find<'c, T> {
    collection: &'c Collection<T>,
    filter: Result<RawDocBuf>,
    projection: Option<Result<RawDocBuf>>,
    sort: Option<Result<RawDocBuf>>,
    skip: u64,
    limit: Option<u64>,
    batch_size: Option<u32>,
    hint: Option<Result<Hint>>,
    min: Option<Result<RawDocBuf>>,
    max: Option<Result<RawDocBuf>>,
    collation: AskedCollation,
    asides: Asides,
    limits: Limits,
}

impl<T> Collection<T> {
    /// Begins to ask for the documents that satisfy `filter`.
    pub fn find(&self, filter: impl IntoDocument) -> Find<'_, T> {
        Find {
            collection: self,
            filter: filter.into_raw(),
            projection: None,
            sort: None,
            skip: 0,
            limit: None,
            batch_size: None,
            hint: None,
            min: None,
            max: None,
            collation: AskedCollation::default(),
            asides: Asides::default(),
            limits: Limits::default(),
        }
    }

    /// The first document that satisfies `filter`.
    ///
    /// # Errors
    /// As [`Find::run`]; `Invalid` when the document does not fit `T`.
    pub fn find_one(&self, filter: impl IntoDocument) -> Result<Option<T>>
    where
        T: DeserializeOwned + 'static,
    {
        self.find(filter).first()
    }
}

impl<T> Find<'_, T> {
    /// Which fields are handed out; all by default.
    pub fn projection(mut self, projection: impl IntoDocument) -> Self {
        self.projection = Some(projection.into_raw());
        self
    }

    /// In which order, `{$natural: 1}` being that of insertion and `{$natural: -1}` its reverse; without one, documents
    /// found by an index come in its order, `_id` being one, and all others as they were inserted.
    pub fn sort(mut self, sort: impl IntoDocument) -> Self {
        self.sort = Some(sort.into_raw());
        self
    }

    /// Leaves out the first so many.
    pub fn skip(mut self, skip: u64) -> Self {
        self.skip = skip;
        self
    }

    /// Ends after so many; 0 is no limit.
    pub fn limit(mut self, limit: u64) -> Self {
        self.limit = (limit > 0).then_some(limit);
        self
    }

    /// How many documents are read at a time; grows by itself when not set.
    pub fn batch_size(mut self, documents: u32) -> Self {
        self.batch_size = Some(documents.max(1));
        self
    }

    /// Finds the documents by the index of this name, `_id_` being the one on `_id`.
    pub fn hint(mut self, index: impl Into<String>) -> Self {
        self.hint = Some(Ok(Hint::Name(index.into())));
        self
    }

    /// Finds the documents by the index with this key; `{$natural: 1}` reads them as they were inserted,
    /// `{$natural: -1}` backwards.
    pub fn hint_key(mut self, key: impl IntoDocument) -> Self {
        self.hint = Some(key.into_raw().and_then(Hint::of_key));
        self
    }

    /// Finds only documents whose key in the hinted index is this one or comes behind it: a value for each field of the
    /// index, in its order.
    pub fn min(mut self, key: impl IntoDocument) -> Self {
        self.min = Some(key.into_raw());
        self
    }

    /// Finds only documents whose key in the hinted index comes before this one.
    pub fn max(mut self, key: impl IntoDocument) -> Self {
        self.max = Some(key.into_raw());
        self
    }

    /// In which order texts are taken, as MongoDB writes it: `{locale: "de", strength: 2}`; `{locale: "simple"}` is the
    /// order of their bytes, the default.
    pub fn collation(mut self, collation: impl IntoDocument) -> Self {
        self.collation = AskedCollation::new(collation);
        self
    }

    aside_methods!(variables);
    aside_methods!(comment);

    /// How long the whole walk may take; as long as it takes by default.
    pub fn max_time(mut self, limit: Duration) -> Self {
        self.limits.max_time = Some(limit);
        self
    }

    /// Stops when the token is used.
    pub fn cancel_with(mut self, token: CancelToken) -> Self {
        self.limits.cancel = Some(token);
        self
    }

    /// Whether a sort that does not fit into memory ([`Options::sort_bytes_max`](crate::Options::sort_bytes_max)) may
    /// use a file beside the database; it may by default. The file is gone when the cursor is.
    pub fn allow_disk_use(mut self, allow: bool) -> Self {
        self.limits.no_disk = !allow;
        self
    }

    /// Begins the walk. Its cursor sees the state of this moment, whatever happens meanwhile.
    ///
    /// # Errors
    /// `Invalid` for a filter, sort or projection that means nothing; `Unsupported` for what this version lacks.
    pub fn run(self) -> Result<Cursor<T>> {
        Ok(Cursor::new(self.walk()?))
    }

    /// Begins the walk, to hand out documents as the bytes they are.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn raw(self) -> Result<RawCursor> {
        Ok(RawCursor::new(self.walk()?))
    }

    /// Begins the walk, to hand out whole documents with their metadata.
    ///
    /// # Errors
    /// As [`run`](Self::run); `Invalid` when there is a projection.
    pub fn documents(self) -> Result<DocumentCursor> {
        if self.projection.is_some() {
            let what = "documents with metadata are whole: leave the projection out, or project {$meta: …}";
            return Err(Error::invalid(code::INVALID_OPTIONS, what));
        }
        self.collection.refuse_view()?;
        let kind = super::document::kind_of(self.collection.name());
        Ok(DocumentCursor::new(self.walk()?, kind))
    }

    /// The first document only.
    ///
    /// # Errors
    /// As [`run`](Self::run); `Invalid` when the document does not fit `T`.
    pub fn first(mut self) -> Result<Option<T>>
    where
        T: DeserializeOwned + 'static,
    {
        self.limit = Some(1);
        self.run()?.next().transpose()
    }

    /// By which road the documents are found, in MongoDB's shape; see [`Explain`](super::Explain).
    ///
    /// # Errors
    /// As [`run`](Self::run), and as walking to the end when it is run.
    pub fn explain(self, verbosity: Verbosity) -> Result<bson::Document> {
        let (collection, limits) = (self.collection, self.limits.clone());
        let collation = self.collection.collation(&self.collation)?;
        let asked = Asked {
            filter: told(Some(&self.filter))?,
            sort: told(self.sort.as_ref())?,
            projection: told(self.projection.as_ref())?,
            collation: listed(collation.as_ref())?,
            beside: self.asides.told()?,
        };
        collection.explain_find(&self.statement()?, asked, &limits, verbosity)
    }

    fn walk(self) -> Result<Walk> {
        self.asides.log("find", self.collection.name());
        let session = self.collection.session().clone();
        let handle = self.collection.handle().clone();
        let (limits, batch_size) = (self.limits.clone(), self.batch_size);
        Walk::start(&session, &handle, &self.statement()?, limits, batch_size)
    }

    fn statement(self) -> Result<Statement> {
        let collation = self.collection.collation(&self.collation)?;
        let collation = collation.as_ref();
        let session = self.collection.session();
        let variables = session.variables(&self.asides, collation)?;
        let terms = session.terms(collation, variables.as_ref());
        let filter = parse::filter_within(self.filter?.as_doc(), terms)?;
        let hint = self.hint.transpose()?;
        let (sort, hint) = parse::sort_beside(hint, self.sort, collation)?;
        let of = Projected::Find(Some(&filter));
        let read = |fields: RawDocBuf| parse::projection(fields.as_doc(), terms, of);
        let projection = self.projection.transpose()?.map(read).transpose()?;
        let projection = projection.unwrap_or_else(Projection::everything);
        let (skip, limit) = (self.skip, self.limit);
        let between = Between { min: self.min.transpose()?, max: self.max.transpose()? };
        Ok(Statement { filter, projection, sort, skip, limit, hint, between, only: Only::Documents })
    }
}
