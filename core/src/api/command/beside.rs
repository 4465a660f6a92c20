//! What a command of many writes says of all of them.

use std::time::Duration;

use bson::Bson;

use crate::document::builder::RawDocBuf;
use crate::error::Result;
use crate::expression::argument::Argument;

use super::super::bulk::BulkWriteOptions;
use super::request::{Request, time_limit};

#[derive(Default)]
pub(super) struct Beside {
    unordered: bool,
    bypass_validation: bool,
    max_time: Option<Duration>,
    variables: Option<RawDocBuf>,
    comment: Option<Bson>,
}

impl Beside {
    pub(super) fn new(request: &Request<'_>) -> Result<Self> {
        Ok(Self { comment: request.comment()?, ..Self::default() })
    }

    pub(super) fn read(&mut self, request: &Request<'_>, field: &Argument<'_>) -> Result<()> {
        match field.name() {
            "ordered" => self.unordered = !field.flag()?,
            "bypassDocumentValidation" => self.bypass_validation = field.flag()?,
            "maxTimeMS" => self.max_time = time_limit(field)?,
            "let" if request.name() != "insert" => self.variables = Some(field.document()?.into()),
            _ => return Err(request.refused(field)),
        }
        Ok(())
    }

    pub(super) fn options(self) -> BulkWriteOptions {
        let mut options = BulkWriteOptions::new()
            .ordered(!self.unordered)
            .bypass_document_validation(self.bypass_validation);
        if let Some(limit) = self.max_time {
            options = options.max_time(limit);
        }
        if let Some(variables) = self.variables {
            options = options.let_vars(variables);
        }
        if let Some(comment) = self.comment {
            options = options.comment(comment);
        }
        options
    }
}
