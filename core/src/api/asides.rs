//! What may be said beside a statement: variables for its expressions, a comment, and bounds.

use bson::Bson;

use crate::document::builder::RawDocBuf;
use crate::document::collation::Collation;
use crate::document::convert::{IntoDocument, read};
use crate::error::Result;
use crate::query::parse::Variables;

use super::session::Session;

/// As written by the caller.
#[derive(Debug, Clone, Default)]
pub(super) struct Asides {
    variables: Option<Result<RawDocBuf>>,
    comment: Option<Bson>,
}

impl Asides {
    pub(super) fn set_variables(&mut self, variables: impl IntoDocument) {
        self.variables = Some(variables.into_raw());
    }

    pub(super) fn set_comment(&mut self, comment: impl Into<Bson>) {
        self.comment = Some(comment.into());
    }

    /// Tells the log of a statement that says what it is for.
    pub(super) fn log(&self, verb: &str, collection: &str) {
        if let Some(comment) = &self.comment {
            log::debug!("{verb} in the collection {collection:?}: {comment}");
        }
    }

    fn written(&self) -> Result<Option<&RawDocBuf>> {
        self.variables.as_ref().map(|written| written.as_ref().map_err(Clone::clone)).transpose()
    }

    /// What an explanation repeats.
    pub(super) fn told(&self) -> Result<bson::Document> {
        let mut told = bson::Document::new();
        if let Some(variables) = self.written()? {
            told.insert("let", read::<bson::Document>(variables.as_doc())?);
        }
        told.extend(self.comment.clone().map(|comment| ("comment".to_owned(), comment)));
        Ok(told)
    }
}

impl Session {
    /// The variables of a statement with their values, where there are any.
    ///
    /// # Errors
    /// `Invalid` for names and expressions that cannot be.
    pub(super) fn variables(
        &self,
        asides: &Asides,
        collation: Option<&Collation>,
    ) -> Result<Option<Variables>> {
        let Some(written) = asides.written()? else { return Ok(None) };
        let now_ms = self.shared()?.options.clock.now_ms();
        Variables::parse(written.as_doc(), collation, now_ms).map(Some)
    }
}

/// The methods by which options take what is said beside a statement.
macro_rules! aside_methods {
    (variables) => {
        /// Variables for the statement's expressions, where `$$name` stands for the value of `name`: in `$expr`, in
        /// computed fields of a projection, in the pipeline of an update. A value is an expression that looks at no
        /// document and may use the variables before it; a name begins with a small letter.
        pub fn let_vars(mut self, variables: impl $crate::document::convert::IntoDocument) -> Self {
            self.asides.set_variables(variables);
            self
        }
    };
    (comment) => {
        /// Any value that tells people what the statement is for: an explanation repeats it, and the log has it, at the
        /// level `debug`.
        pub fn comment(mut self, comment: impl Into<::bson::Bson>) -> Self {
            self.asides.set_comment(comment);
            self
        }
    };
    (limits) => {
        /// How long it may take; as long as it takes by default, and no time at all has passed at once.
        pub fn max_time(mut self, limit: ::std::time::Duration) -> Self {
            self.limits.max_time = Some(limit);
            self
        }

        /// Stops when the token is used.
        pub fn cancel_with(mut self, token: $crate::query::execute::CancelToken) -> Self {
            self.limits.cancel = Some(token);
            self
        }
    };
}

pub(super) use aside_methods;
