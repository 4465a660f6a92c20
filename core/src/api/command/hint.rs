//! A hint of a command: the name of an index, or its key.

use crate::document::builder::RawDocBuf;
use crate::document::raw::Value;
use crate::error::Result;
use crate::expression::argument::Argument;

#[derive(Debug, Clone)]
pub(super) enum Hint {
    Name(String),
    Key(RawDocBuf),
}

impl Hint {
    pub(super) fn parse(argument: &Argument<'_>) -> Result<Self> {
        match argument.value().read() {
            Value::String(name) => Ok(Self::Name(name.to_owned())),
            Value::Document(key) => Ok(Self::Key(key.into())),
            _ => Err(argument.wrong("expected types '[string, object]'")),
        }
    }

    /// The options with the hint in them, by the one of the two that it is.
    pub(super) fn put<O>(
        self,
        options: O,
        name: impl FnOnce(O, String) -> O,
        key: impl FnOnce(O, RawDocBuf) -> O,
    ) -> O {
        match self {
            Self::Name(index) => name(options, index),
            Self::Key(index) => key(options, index),
        }
    }
}
