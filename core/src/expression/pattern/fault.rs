//! Why a pattern is refused.

/// What is wrong, in which way.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    pub(crate) what: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// It is no pattern.
    Invalid,
    /// It is a pattern, but of a kind that cannot be matched here.
    Unsupported,
    /// It is too large.
    Limit,
    /// An option is unknown.
    Option,
    /// It holds what no pattern can.
    Value,
}

impl Fault {
    pub(super) fn invalid(what: impl Into<String>) -> Self {
        Self { kind: FaultKind::Invalid, what: what.into() }
    }

    /// `construct` names what the pattern uses.
    pub(super) fn unsupported(construct: &str) -> Self {
        let what = format!("{construct} cannot be matched in linear time and is not supported");
        Self { kind: FaultKind::Unsupported, what }
    }

    pub(super) fn limit(what: impl Into<String>) -> Self {
        Self { kind: FaultKind::Limit, what: what.into() }
    }

    pub(super) fn option(what: impl Into<String>) -> Self {
        Self { kind: FaultKind::Option, what: what.into() }
    }

    pub(super) fn value(what: impl Into<String>) -> Self {
        Self { kind: FaultKind::Value, what: what.into() }
    }
}
