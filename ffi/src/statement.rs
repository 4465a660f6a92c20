//! A statement in a document: its verb, and what the verb is given.

use nexuslite::bson::RawDocumentBuf;
use nexuslite::document::builder::RawDocBuf;
use nexuslite::document::convert::UpdateForm;
use nexuslite::document::raw::{RawDoc, RawValue};

use crate::change::whole;
use crate::fault::{Fault, Result};

/// `{verb: {filter: …, update: …, …}}`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Statement<'a> {
    pub(crate) verb: &'a str,
    body: RawDoc<'a>,
}

impl<'a> Statement<'a> {
    /// The statement that the document is.
    pub(crate) fn read(document: RawDoc<'a>) -> Result<Self> {
        let mut fields = document.iter();
        match (fields.next().map(|(verb, body)| (verb, body.as_document())), fields.next()) {
            (Some((verb, Some(body))), None) => Ok(Self { verb, body }),
            _ => Err(Fault::argument(format!(
                "a statement must be a document of one verb and what it is given, like {{find: {{filter: …}}}}, but it \
                 is {document:?}"
            ))),
        }
    }

    /// The error of a verb that there is not.
    pub(crate) fn unknown(&self, known: &str) -> Fault {
        Fault::argument(format!("there is no statement {:?} here, there are {known}", self.verb))
    }

    fn part(&self, name: &str) -> Option<RawValue<'a>> {
        self.body.get(name)
    }

    /// A document that the verb may be given.
    pub(crate) fn document(&self, name: &str) -> Result<Option<RawDoc<'a>>> {
        let Some(value) = self.part(name) else { return Ok(None) };
        let wrong =
            || Fault::argument(format!("the {name} of {} is {value:?}, it must be a document", self.verb));
        value.as_document().map(Some).ok_or_else(wrong)
    }

    /// A document that the verb must be given.
    pub(crate) fn needed(&self, name: &str) -> Result<RawDoc<'a>> {
        self.document(name)?.ok_or_else(|| self.lacks(name))
    }

    /// A text that the verb must be given.
    pub(crate) fn text(&self, name: &str) -> Result<&'a str> {
        let value = self.part(name).ok_or_else(|| self.lacks(name))?;
        value.as_str().ok_or_else(|| {
            Fault::argument(format!("the {name} of {} is {value:?}, it must be a text", self.verb))
        })
    }

    /// The filter; without one, the one that all documents satisfy.
    pub(crate) fn filter(&self) -> Result<RawDoc<'a>> {
        Ok(self.document("filter")?.unwrap_or(RawDoc::empty()))
    }

    /// The update: a document of operators, or a list of stages.
    pub(crate) fn update(&self) -> Result<UpdateForm> {
        let value = self.part("update").ok_or_else(|| self.lacks("update"))?;
        match value.as_array() {
            Some(stages) => Ok(UpdateForm::Pipeline(RawDocBuf::from(stages))),
            None => Ok(UpdateForm::Document(RawDocBuf::from(self.needed("update")?))),
        }
    }

    /// The document that takes another one's place.
    pub(crate) fn replacement(&self) -> Result<RawDocumentBuf> {
        whole(RawDocBuf::from(self.needed("replacement")?))
    }

    /// Everything but the parts of these names.
    pub(crate) fn options(&self, parts: &[&str]) -> RawDocBuf {
        RawDocBuf::build(|options| {
            let others = self.body.iter().filter(|(name, _)| !parts.contains(name));
            others.for_each(|(name, value)| options.append(name, value));
        })
    }

    fn lacks(&self, name: &str) -> Fault {
        Fault::argument(format!("{} needs the field {name}", self.verb))
    }
}
