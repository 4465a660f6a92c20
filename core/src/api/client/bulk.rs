//! Many writes in one call, to collections of several databases.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::iter::{self, Peekable};
use std::time::Duration;

use crate::error::{Error, Result, code};

use super::super::bulk::{
    Bulk, BulkWriteError, BulkWriteOptions, BulkWriteResult, VerboseBulkWriteResult, WriteModel,
};
use super::{Client, name};

impl Client {
    /// Does many writes, each to the namespace that it names, in their order, ending at the first that fails.
    ///
    /// Each database commits for itself: what one has done stays when the next one fails.
    ///
    /// ```
    /// # fn main() -> nexuslite::Result<()> {
    /// use nexuslite::{Client, WriteModel, bson::doc};
    /// let client = Client::open(":memory:")?;
    /// let done = client.bulk_write([
    ///     WriteModel::insert_one(doc! { "_id": 1, "stock": 5 }).in_namespace("shop.items"),
    ///     WriteModel::update_one(doc! { "_id": 1 }, doc! { "$inc": { "stock": -1 } }).in_namespace("shop.items"),
    ///     WriteModel::insert_one(doc! { "sold": 1 }).in_namespace("audit.log"),
    /// ])?;
    /// assert_eq!((done.inserted_count, done.modified_count), (2, 1));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The error of the first write that failed, or what kept a database from being opened or written to, with a
    /// [`ClientBulkWriteError`] as its source. A write without a namespace is `Invalid` with 73; so is a call without
    /// writes, with 16.
    pub fn bulk_write(&self, models: impl IntoIterator<Item = WriteModel>) -> Result<BulkWriteResult> {
        self.bulk_write_with(models, BulkWriteOptions::default())
    }

    /// Does many writes as the options say. Unordered, those to one database are done together.
    ///
    /// # Errors
    /// As [`bulk_write`](Self::bulk_write).
    pub fn bulk_write_with(
        &self,
        models: impl IntoIterator<Item = WriteModel>,
        options: BulkWriteOptions,
    ) -> Result<BulkWriteResult> {
        Ok(self.bulk_write_verbose(models, options)?.summary)
    }

    /// The same, told write by write, as the drivers do with `verboseResults`.
    ///
    /// # Errors
    /// As [`bulk_write`](Self::bulk_write).
    #[allow(clippy::needless_pass_by_value, reason = "options are handed over, as to every verb")]
    pub fn bulk_write_verbose(
        &self,
        models: impl IntoIterator<Item = WriteModel>,
        options: BulkWriteOptions,
    ) -> Result<VerboseBulkWriteResult> {
        let options = &options;
        let models = models.into_iter().enumerate();
        let mut outcome = BulkWriteError::default();
        let end = if options.ordered {
            self.writes(&mut models.peekable(), options, &mut outcome)
        } else {
            self.writes(&mut by_database(models).peekable(), options, &mut outcome)
        };
        ClientBulkWriteError::ended(outcome, end.err())
    }

    /// Does the writes, those to one database that follow each other in one go.
    fn writes(
        &self,
        models: &mut Peekable<impl Iterator<Item = (usize, WriteModel)>>,
        options: &BulkWriteOptions,
        outcome: &mut BulkWriteError,
    ) -> Result<()> {
        if models.peek().is_none() {
            return Err(Error::invalid(
                code::INVALID_LENGTH,
                "a bulk write has no writes, it must have one at least",
            ));
        }
        let clock = &self.inner.options.clock;
        let begun = clock.monotonic();
        while let Some((at, first)) = models.peek() {
            match database_of(first) {
                Ok(name) => {
                    let name = name.to_owned();
                    let spent = clock.monotonic().saturating_sub(begun);
                    let options = within(options, spent);
                    let to_it = |(_, model): &(usize, WriteModel)| {
                        database_of(model).is_ok_and(|other| other == name)
                    };
                    let mut run = iter::from_fn(|| models.next_if(to_it));
                    let session = self.database(&name)?.session();
                    Bulk::of_client(&session, options)?.run_into(&mut run, outcome)?;
                }
                Err(error) => {
                    outcome.write_errors.insert(*at, error);
                    models.next();
                }
            }
            if options.ordered && !outcome.write_errors.is_empty() {
                break;
            }
        }
        Ok(())
    }
}

/// The name of the database that a write goes to.
fn database_of(model: &WriteModel) -> Result<&str> {
    let name = model.database()?.ok_or_else(|| {
        let what = "a write of a client's bulk must name its database and its collection: in_namespace";
        Error::invalid(code::INVALID_NAMESPACE, what)
    })?;
    name::check(name).map(|()| name)
}

/// The writes, those to one database side by side, databases in the order of their first write.
fn by_database(
    models: impl Iterator<Item = (usize, WriteModel)>,
) -> impl Iterator<Item = (usize, WriteModel)> {
    let mut places: HashMap<Option<String>, usize> = HashMap::new();
    let mut groups: Vec<Vec<(usize, WriteModel)>> = Vec::new();
    for (at, model) in models {
        let name = database_of(&model).ok().map(str::to_owned);
        let place = *places.entry(name).or_insert(groups.len());
        if place == groups.len() {
            groups.push(Vec::new());
        }
        groups[place].push((at, model));
    }
    groups.into_iter().flatten()
}

/// The options for what is left of the call's time.
fn within(options: &BulkWriteOptions, spent: Duration) -> BulkWriteOptions {
    let mut options = options.clone();
    options.limits.max_time = options.limits.max_time.map(|limit| limit.saturating_sub(spent));
    options
}

/// What failed of a client's bulk write, and what the other writes did. It is the source of the error that the call
/// answers, and has the shape of the drivers' `ClientBulkWriteException`.
///
/// ```
/// # fn main() -> nexuslite::Result<()> {
/// use nexuslite::{Client, ClientBulkWriteError, WriteModel, bson::doc};
/// let client = Client::open(":memory:")?;
/// let twice = || WriteModel::insert_one(doc! { "_id": 1 }).in_namespace("a.c");
/// let error = client.bulk_write([twice(), twice()]).expect_err("the _id is taken");
/// let bulk = ClientBulkWriteError::of(&error).expect("a client's bulk write failed");
/// assert_eq!(bulk.write_errors[&1].code(), Some(11000));
/// assert_eq!(bulk.partial_result.as_ref().map(|done| done.summary.inserted_count), Some(1));
/// assert!(bulk.error.is_none());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ClientBulkWriteError {
    /// What ended the call, where that was not a write that failed: a database that cannot be opened or written to, the
    /// end of the time.
    pub error: Option<Error>,
    /// What each write failed with, by its place in the call.
    pub write_errors: BTreeMap<usize, Error>,
    /// What the other writes did; nothing when none did anything.
    pub partial_result: Option<VerboseBulkWriteResult>,
}

impl ClientBulkWriteError {
    /// What failed of the client's bulk write that answered `error`; nothing when it was something else that failed.
    #[must_use]
    pub fn of(error: &Error) -> Option<&Self> {
        std::error::Error::source(error)?.downcast_ref()
    }

    /// What the call answers.
    fn ended(outcome: BulkWriteError, end: Option<Error>) -> Result<VerboseBulkWriteResult> {
        let Some(error) = end.clone().or_else(|| outcome.told()) else { return Ok(outcome.partial_result) };
        let BulkWriteError { write_errors, partial_result } = outcome;
        let partial_result = Some(partial_result).filter(|done| *done != VerboseBulkWriteResult::default());
        Err(error.with_source(Self { error: end, write_errors, partial_result }))
    }
}

impl fmt::Display for ClientBulkWriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failed = self.write_errors.len();
        let done = self.partial_result.as_ref().map_or(0, VerboseBulkWriteResult::len);
        write!(f, "{done} writes were done, {failed} failed")?;
        match &self.error {
            Some(error) => write!(f, ", and the call ended: {error}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ClientBulkWriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.as_ref().map(|error| error as _)
    }
}
