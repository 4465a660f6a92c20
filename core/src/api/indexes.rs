//! Indexes: created, listed, hidden, dropped.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::collection::{ID_INDEX, missing, no_index, stored_count};
use crate::document::builder::RawDocBuf;
use crate::document::collation::Collation;
use crate::document::convert::{IntoDocument, read};
use crate::document::raw::{RawDoc, Value};
use crate::error::{Error, Result, code};
use crate::index::IndexSpec;
use crate::query::parse;
use crate::storage::TreeId;

use super::asides::aside_methods;
use super::collation::AskedCollation;
use super::collection::Collection;
use super::listing::clustered_index;
use super::modify::Limits;
use super::opening::Shared;

/// What a caller is told while an index is built: documents gone through, and about how many there are.
type Progress = Arc<dyn Fn(u64, u64) + Send + Sync>;

/// How an index is created.
#[derive(Clone, Default)]
#[must_use]
pub struct IndexOptions {
    name: Option<String>,
    unique: bool,
    sparse: bool,
    hidden: bool,
    expire_after: Option<Duration>,
    partial: Option<Result<RawDocBuf>>,
    wildcard_projection: Option<Result<RawDocBuf>>,
    collation: AskedCollation,
    limits: Limits,
    progress: Option<Progress>,
}

impl IndexOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Its name; made from its key by default: `{age: -1}` is `age_-1`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Whether no two documents may have the same key; off by default. A missing field counts as null.
    pub fn unique(mut self, on: bool) -> Self {
        self.unique = on;
        self
    }

    /// Whether documents that have none of the key's fields are left out; off by default.
    pub fn sparse(mut self, on: bool) -> Self {
        self.sparse = on;
        self
    }

    /// Whether no query uses it, while it is kept up all the same; off by default.
    pub fn hidden(mut self, on: bool) -> Self {
        self.hidden = on;
        self
    }

    /// Deletes a document once a date in its field lies so long back; never by default.
    ///
    /// The document stays visible until the sweeper comes, within [`sweep_interval`](crate::Options::sweep_interval);
    /// what is no date keeps it for ever.
    pub fn expire_after(mut self, age: Duration) -> Self {
        self.expire_after = Some(age);
        self
    }

    /// Holds only documents that satisfy `filter`; all by default.
    pub fn partial_filter(mut self, filter: impl IntoDocument) -> Self {
        self.partial = Some(filter.into_raw());
        self
    }

    /// Which paths an index on `$**` holds, as MongoDB writes it: `{a: 1, "b.c": 1}` only these and all beneath them,
    /// `{a: 0}` all but these; all by default. `_id` is left out unless it is included.
    pub fn wildcard_projection(mut self, projection: impl IntoDocument) -> Self {
        self.wildcard_projection = Some(projection.into_raw());
        self
    }

    /// In which order texts are kept, and which of them are the same, as MongoDB writes it: `{locale: "de", strength: 2}`;
    /// the order of their bytes by default. A query finds texts by the index when it has the same collation.
    pub fn collation(mut self, collation: impl IntoDocument) -> Self {
        self.collation = AskedCollation::new(collation);
        self
    }

    aside_methods!(limits);

    /// Is told how far the building is: documents gone through, and about how many there are.
    pub fn on_progress(mut self, progress: impl Fn(u64, u64) + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(progress));
        self
    }

    /// Whether nothing is asked of the index itself.
    fn only_watches(&self) -> bool {
        let Self { name, unique, sparse, hidden, expire_after, .. } = self;
        let Self { partial, wildcard_projection, collation, limits: _, progress: _, .. } = self;
        let is_plain = name.is_none() && !unique && !sparse && !hidden && expire_after.is_none();
        let holds_all = partial.is_none() && wildcard_projection.is_none();
        is_plain && holds_all && matches!(collation.written(), Ok(None))
    }

    fn spec(&self, key: RawDoc<'_>, inherited: Option<&Collation>) -> Result<IndexSpec> {
        let partial = self.partial.clone().transpose()?;
        let projection = self.wildcard_projection.clone().transpose()?;
        let collation = self.collation.written()?;
        let doc = RawDocBuf::build(|out| {
            out.put("key", Value::Document(key));
            if let Some(name) = &self.name {
                out.put("name", Value::String(name));
            }
            let flags = [("unique", self.unique), ("sparse", self.sparse), ("hidden", self.hidden)];
            for (name, on) in flags {
                out.put(name, Value::Boolean(on));
            }
            if let Some(age) = self.expire_after {
                let seconds = i64::try_from(age.as_secs()).unwrap_or(i64::MAX);
                out.put("expireAfterSeconds", Value::Int64(seconds));
            }
            if let Some(partial) = &partial {
                out.put("partialFilterExpression", Value::Document(partial.as_doc()));
            }
            if let Some(projection) = &projection {
                out.put("wildcardProjection", Value::Document(projection.as_doc()));
            }
            if let Some(collation) = collation.map(RawDocBuf::as_doc).or(inherited.map(Collation::to_doc)) {
                out.put("collation", Value::Document(collation));
            }
        });
        IndexSpec::parse(doc.as_doc(), parse::partial_filter)
    }
}

impl fmt::Debug for IndexOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IndexOptions")
            .field("name", &self.name)
            .field("unique", &self.unique)
            .field("sparse", &self.sparse)
            .field("hidden", &self.hidden)
            .field("expire_after", &self.expire_after)
            .field("partial", &self.partial)
            .field("wildcard_projection", &self.wildcard_projection)
            .field("collation", &self.collation)
            .finish_non_exhaustive()
    }
}

impl<T> Collection<T> {
    /// Creates an index over the fields of `key`, each 1 (ascending), -1 or `"hashed"`, or over all paths by the one
    /// field `$**`, or those beneath a path `a.b.$**`; answers its name.
    ///
    /// Writers go on while it is built. One that exists with the same key and options is left as it is.
    ///
    /// ```
    /// # fn main() -> nexuslite::Result<()> {
    /// use nexuslite::{Database, bson::doc};
    /// let db = Database::open(":memory:")?;
    /// let people = db.collection("people");
    /// people.insert_many([doc! { "name": "Ada", "age": 36 }, doc! { "name": "Alan", "age": 41 }])?;
    /// assert_eq!(people.create_index(doc! { "age": 1 })?, "age_1");
    /// assert_eq!(people.count_documents(doc! { "age": { "$gt": 40 } })?, 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Invalid` for a key that cannot be (`CannotCreateIndex`, 67); `Exists` when the name or the key belongs to
    /// another index (86, 85); `Unsupported` for kinds of index that this version lacks.
    pub fn create_index(&self, key: impl IntoDocument) -> Result<String> {
        self.create_index_with(key, &IndexOptions::default())
    }

    /// Creates an index as the options say.
    ///
    /// # Errors
    /// As [`create_index`](Self::create_index); `DuplicateKey` (11000) when two documents have the same key in a unique
    /// one, `Cancelled`.
    pub fn create_index_with(&self, key: impl IntoDocument, options: &IndexOptions) -> Result<String> {
        let key = key.into_raw()?;
        let spec = options.spec(key.as_doc(), self.collation(&AskedCollation::default())?.as_ref())?;
        let name = spec.name.to_string();
        self.create(vec![spec], options)?;
        Ok(name)
    }

    /// Creates several indexes in one walk over the documents, each given as MongoDB writes it:
    /// `{key: {age: -1}, name: "by_age", unique: true}`. Answers their names.
    ///
    /// # Errors
    /// As [`create_index_with`](Self::create_index_with); `InvalidIndexSpecificationOption` (197) for an option that is
    /// none. With an error none of them is there.
    pub fn create_indexes(&self, specs: impl IntoIterator<Item = impl IntoDocument>) -> Result<Vec<String>> {
        self.create_indexes_with(specs, &IndexOptions::default())
    }

    /// Creates several indexes, watched as the options say: they tell of [`max_time`](IndexOptions::max_time),
    /// [`cancel_with`](IndexOptions::cancel_with) and [`on_progress`](IndexOptions::on_progress) only, all else stands
    /// in the specifications. Of what is stopped nothing stays.
    ///
    /// # Errors
    /// As [`create_indexes`](Self::create_indexes); `Invalid` (72) for any other option, `Timeout`, `Cancelled`.
    pub fn create_indexes_with(
        &self,
        specs: impl IntoIterator<Item = impl IntoDocument>,
        options: &IndexOptions,
    ) -> Result<Vec<String>> {
        if !options.only_watches() {
            let what = "the options of several indexes stand in their specifications";
            return Err(Error::invalid(code::INVALID_OPTIONS, what));
        }
        let inherited = self.collation(&AskedCollation::default())?;
        let parse_one = |spec: RawDocBuf| {
            let spec = with_collation(spec, inherited.as_ref());
            IndexSpec::parse(spec.as_doc(), parse::partial_filter)
        };
        let specs: Vec<IndexSpec> =
            specs.into_iter().map(|spec| parse_one(spec.into_raw()?)).collect::<Result<_>>()?;
        let names = specs.iter().map(|spec| spec.name.to_string()).collect();
        self.create(specs, options)?;
        Ok(names)
    }

    /// The indexes as MongoDB lists them, the one on `_id` first.
    ///
    /// # Errors
    /// `NotFound` (26) when there is no such collection.
    pub fn list_indexes(&self) -> Result<Vec<bson::Document>> {
        let listed = self.session().read_collection(self.handle(), |_, _, opened| {
            let by_id = RawDocBuf::build(|out| {
                out.put("v", Value::Int32(2));
                out.document("key").put("_id", Value::Int32(1));
                out.put("name", Value::String(ID_INDEX));
            });
            let others = opened.ready_indexes().map(|index| index.entry.spec.to_doc());
            let by_id = match &opened.entry.settings.clustered {
                Some(name) => Ok(clustered_index(name)),
                None => read(by_id.as_doc()),
            };
            std::iter::once(by_id).chain(others.map(|doc| read(doc.as_doc()))).collect()
        })?;
        listed.ok_or_else(|| missing(self.name()))
    }

    /// Drops an index by name.
    ///
    /// # Errors
    /// `NotFound` (27) when there is none; `Invalid` (72) for the index on `_id`, which stays.
    pub fn drop_index(&self, name: &str) -> Result<()> {
        if name == ID_INDEX {
            return Err(Error::invalid(code::INVALID_OPTIONS, "cannot drop _id index"));
        }
        self.refuse_inside("drop an index")?;
        let dropped = self
            .session()
            .write(|_, scope| scope.drop_indexes(self.handle(), |index| &*index.spec.name == name))?;
        if dropped == 0 { Err(no_index(self.name(), name)) } else { Ok(()) }
    }

    /// Drops every index but the one on `_id`; says how many.
    ///
    /// # Errors
    /// As any write.
    pub fn drop_indexes(&self) -> Result<usize> {
        self.refuse_inside("drop indexes")?;
        self.session().write(|_, scope| scope.drop_indexes(self.handle(), |_| true))
    }

    /// Hides an index from all queries, while it is kept up all the same.
    ///
    /// # Errors
    /// `NotFound` (27).
    pub fn hide_index(&self, name: &str) -> Result<()> {
        self.refuse_inside("hide an index")?;
        self.session().write(|_, scope| scope.hide_index(self.handle(), name, true)).map(drop)
    }

    /// Lets queries use a hidden index again.
    ///
    /// # Errors
    /// `NotFound` (27).
    pub fn unhide_index(&self, name: &str) -> Result<()> {
        self.refuse_inside("show an index")?;
        self.session().write(|_, scope| scope.hide_index(self.handle(), name, false)).map(drop)
    }

    fn refuse_inside(&self, what: &str) -> Result<()> {
        if !self.session().is_inside() {
            return Ok(());
        }
        let what = format!("cannot {what} inside a transaction: do it before or after");
        Err(Error::invalid(code::OPERATION_NOT_SUPPORTED_IN_TRANSACTION, what))
    }

    fn create(&self, mut specs: Vec<IndexSpec>, options: &IndexOptions) -> Result<()> {
        self.refuse_inside("create an index")?;
        specs.retain(|spec| !spec.is_id_index());
        let shared = self.session().shared()?;
        let mut work = Building::new(shared);
        let trees = self.session().write(|_, scope| {
            let trees = scope.add_indexes(self.handle(), &specs)?;
            work.begin(&trees);
            Ok(trees)
        })?;
        if trees.is_empty() {
            return Ok(());
        }
        let clock = &shared.options.clock;
        let began = clock.monotonic();
        self.build(&trees, options)
            .inspect(|()| {
                let took = clock.monotonic().saturating_sub(began);
                trees.iter().for_each(|tree| shared.catalog.uses(*tree, clock.now_ms()).built(took));
            })
            .inspect_err(|_| {
                // What cannot be dropped now is dropped by the next change of indexes: nobody keeps it up or reads it.
                let _ = self
                    .session()
                    .write(|_, scope| scope.drop_indexes(self.handle(), |index| trees.contains(&index.tree)));
            })
    }

    fn build(&self, trees: &[TreeId], options: &IndexOptions) -> Result<()> {
        let chunk_bytes = self.session().chunk_bytes()?;
        let Limits { max_time, cancel, .. } = options.limits.clone();
        let watch = self.session().shared()?.watch().time_limit(max_time).cancel_with(cancel);
        let (mut done, mut resume) = (0, None::<Vec<u8>>);
        loop {
            watch.check()?;
            let (chunk, total) = self.session().write(|_, scope| {
                let chunk = scope.build_chunk(self.handle(), trees, resume.as_deref(), chunk_bytes)?;
                let opened = scope.open_to_write(self.handle())?.ok_or_else(|| missing(self.name()))?;
                Ok((chunk, stored_count(scope.txn, &opened)?))
            })?;
            done += chunk.records;
            if let Some(progress) = &options.progress {
                progress(done, total.max(done));
            }
            resume = chunk.resume;
            if resume.is_none() {
                return self.session().write(|_, scope| scope.finish_indexes(self.handle(), trees));
            }
        }
    }
}

/// The specification, with the collection's collation where it says nothing of its own.
fn with_collation(spec: RawDocBuf, inherited: Option<&Collation>) -> RawDocBuf {
    match inherited {
        Some(collation) if spec.as_doc().get("collation").is_none() => RawDocBuf::build(|out| {
            out.extend(spec.as_doc());
            out.put("collation", Value::Document(collation.to_doc()));
        }),
        _ => spec,
    }
}

/// The trees that this call builds, known to the catalog as such until it is over.
pub(super) struct Building<'s> {
    shared: &'s Shared,
    trees: Vec<TreeId>,
}

impl<'s> Building<'s> {
    pub(super) fn new(shared: &'s Shared) -> Self {
        Self { shared, trees: Vec::new() }
    }

    pub(super) fn begin(&mut self, trees: &[TreeId]) {
        for tree in trees {
            self.shared.catalog.set_building(*tree, true);
            self.trees.push(*tree);
        }
    }
}

impl Drop for Building<'_> {
    fn drop(&mut self) {
        for tree in &self.trees {
            self.shared.catalog.set_building(*tree, false);
        }
    }
}
