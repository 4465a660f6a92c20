//! A hint of a command: the name of an index, or its key.

use crate::document::builder::RawDocBuf;
use crate::document::raw::Value;
use crate::error::Result;
use crate::expression::argument::Argument;

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
}
