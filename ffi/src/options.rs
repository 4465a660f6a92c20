//! Options: one document for each call, in which nothing is passed over.

use std::time::Duration;

use nexuslite::bson::{Bson, Document};
use nexuslite::document::builder::RawDocBuf;
use nexuslite::document::raw::{RawDoc, RawValue, Value};

use crate::fault::{Fault, Result};

/// One option that was given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Given<'a> {
    verb: &'a str,
    pub(crate) name: &'a str,
    value: RawValue<'a>,
}

/// Puts each option into `options`; `set` answers nothing for a name that the verb has not. Null is as good as not
/// given, but the name must be right all the same.
pub(crate) fn read<'a, O>(
    verb: &'a str,
    given: Option<&'a RawDocBuf>,
    options: O,
    set: impl FnMut(O, Given<'a>) -> Result<Option<O>>,
) -> Result<O> {
    read_in(verb, of(given), options, set)
}

/// The same of a document inside another.
pub(crate) fn read_in<'a, O>(
    verb: &'a str,
    given: RawDoc<'a>,
    mut options: O,
    mut set: impl FnMut(O, Given<'a>) -> Result<Option<O>>,
) -> Result<O> {
    for (name, value) in given {
        let option = Given { verb, name, value };
        options = set(options, option)?.ok_or_else(|| {
            Fault::option(format!("{verb} has no option {name:?}, which is given as {value:?}"))
        })?;
    }
    Ok(options)
}

/// The fields of what was given, of which there may be nothing.
pub(crate) fn of(given: Option<&RawDocBuf>) -> RawDoc<'_> {
    given.map_or(RawDoc::empty(), RawDocBuf::as_doc)
}

/// Which index is to be used.
#[derive(Debug, Clone, Copy)]
enum Hint<'a> {
    Name(&'a str),
    Key(RawDoc<'a>),
}

/// The options with a value put into them, where there is one.
pub(crate) fn put<O, V>(options: O, value: Option<V>, set: impl FnOnce(O, V) -> O) -> O {
    match value {
        Some(value) => set(options, value),
        None => options,
    }
}

impl<'a> Given<'a> {
    /// The option's value read by `read`; nothing for null.
    fn read<R>(self, kind: &str, read: impl FnOnce(RawValue<'a>) -> Option<R>) -> Result<Option<R>> {
        if matches!(self.value.read(), Value::Null) {
            return Ok(None);
        }
        match read(self.value) {
            Some(read) => Ok(Some(read)),
            None => Err(self.refused(kind)),
        }
    }

    /// The error of a value that cannot be meant.
    pub(crate) fn refused(self, must_be: &str) -> Fault {
        let (verb, name) = (self.verb, self.name);
        Fault::option(format!("the option {name} of {verb} is {:?}, it must be {must_be}", self.value))
    }

    pub(crate) fn flag(self) -> Result<Option<bool>> {
        self.read("true or false", |value| match value.read() {
            Value::Boolean(flag) => Some(flag),
            _ => None,
        })
    }

    /// The name of an index, or its key.
    fn hint(self) -> Result<Option<Hint<'a>>> {
        self.read("the name of an index, or its key", |value| {
            value.as_str().map(Hint::Name).or_else(|| value.as_document().map(Hint::Key))
        })
    }

    /// The options with the hint that is given put into them, by the one of the two that it is.
    pub(crate) fn put_hint<O>(
        self,
        options: O,
        name: impl FnOnce(O, &'a str) -> O,
        key: impl FnOnce(O, RawDoc<'a>) -> O,
    ) -> Result<O> {
        Ok(put(options, self.hint()?, |options, hint| match hint {
            Hint::Name(index) => name(options, index),
            Hint::Key(index) => key(options, index),
        }))
    }

    /// Any value.
    pub(crate) fn any(self) -> Result<Option<Bson>> {
        if matches!(self.value.read(), Value::Null) {
            return Ok(None);
        }
        let wrapped = RawDocBuf::build(|document| document.append(self.name, self.value));
        let read = Document::from_reader(wrapped.as_bytes());
        let mut read = read.map_err(|error| self.refused(&format!("a value that can be read ({error})")))?;
        Ok(read.remove(self.name))
    }

    pub(crate) fn text(self) -> Result<Option<&'a str>> {
        self.read("a text", |value| value.as_str())
    }

    pub(crate) fn document(self) -> Result<Option<RawDoc<'a>>> {
        self.read("a document", |value| value.as_document())
    }

    /// A list of documents.
    pub(crate) fn documents(self) -> Result<Option<Vec<RawDoc<'a>>>> {
        self.read("a list of documents", |value| {
            value.as_array()?.iter().map(|(_, element)| element.as_document()).collect()
        })
    }

    /// A list of texts.
    pub(crate) fn texts(self) -> Result<Option<Vec<&'a str>>> {
        self.read("a list of texts", |value| {
            value.as_array()?.iter().map(|(_, element)| element.as_str()).collect()
        })
    }

    /// A whole number that is not negative; a double counts where it is one.
    pub(crate) fn whole(self) -> Result<Option<u64>> {
        self.read("a whole number, 0 or more", |value| match value.read() {
            Value::Int32(number) => u64::try_from(number).ok(),
            Value::Int64(number) => u64::try_from(number).ok(),
            Value::Double(number) => whole(number),
            _ => None,
        })
    }

    /// How many documents there are at most; a negative number is as many, in one batch, as in MongoDB.
    pub(crate) fn limit(self) -> Result<Option<u64>> {
        self.read("a whole number", |value| match value.read() {
            Value::Int32(number) => Some(number.unsigned_abs().into()),
            Value::Int64(number) => Some(number.unsigned_abs()),
            Value::Double(number) => whole(number.abs()),
            _ => None,
        })
    }

    /// A whole number of another type.
    pub(crate) fn number<N: TryFrom<u64>>(self) -> Result<Option<N>> {
        let fits = |number| N::try_from(number).map_err(|_| self.refused("a smaller number"));
        self.whole()?.map(fits).transpose()
    }

    pub(crate) fn milliseconds(self) -> Result<Option<Duration>> {
        Ok(self.whole()?.map(Duration::from_millis))
    }

    /// How long a statement may take, in milliseconds; 0 is no bound, as in MongoDB.
    pub(crate) fn time_limit(self) -> Result<Option<Duration>> {
        Ok(self.milliseconds()?.filter(|limit| !limit.is_zero()))
    }

    /// What one of several words means.
    pub(crate) fn word<T: Copy>(self, known: &[(&str, T)]) -> Result<Option<T>> {
        let words: Vec<String> = known.iter().map(|(word, _)| format!("{word:?}")).collect();
        self.read(&words.join(" or "), |value| {
            let given = value.as_str()?;
            known.iter().find(|(word, _)| *word == given).map(|(_, meant)| *meant)
        })
    }
}

/// The largest double below which every whole number is one.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

fn whole(number: f64) -> Option<u64> {
    let is_whole = number.fract() == 0.0 && (0.0..=EXACT_MAX).contains(&number);
    is_whole.then_some(number as u64)
}
