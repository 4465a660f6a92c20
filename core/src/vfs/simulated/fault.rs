//! Calls that fail on cue.

use std::io;
use std::path::Path;

use super::journal::OperationKind;

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// An input/output error. After a sync that failed so, what was pending stays in doubt.
    Io,
    /// The disk is full.
    NoSpace,
    /// A read or a write moves only part of the bytes, and says so. Other calls are not counted for it.
    Short,
    /// The call was interrupted and may be made again; a sync so interrupted has failed. A persistent one strikes every other time, since a
    /// caller is right to try until it gets through.
    Interrupted,
}

impl Fault {
    pub(super) fn error(self) -> io::Error {
        match self {
            Self::Io | Self::Short => io::Error::other("simulated input/output error"),
            Self::NoSpace => io::ErrorKind::StorageFull.into(),
            Self::Interrupted => io::ErrorKind::Interrupted.into(),
        }
    }
}

/// Which call fails, and how.
#[derive(Debug, Clone)]
pub struct FaultPlan {
    fault: Fault,
    call: u64,
    persistent: bool,
    kinds: Vec<OperationKind>,
    suffix: Option<String>,
}

impl FaultPlan {
    /// The `call`th call from now on fails, counted from 0: once, of any kind, on any file.
    #[must_use]
    pub fn new(call: u64, fault: Fault) -> Self {
        Self { fault, call, persistent: false, kinds: Vec::new(), suffix: None }
    }

    /// Every later call fails too.
    #[must_use]
    pub fn persistent(mut self) -> Self {
        self.persistent = true;
        self
    }

    /// Only calls of these kinds are counted and fail.
    #[must_use]
    pub fn on(mut self, kinds: &[OperationKind]) -> Self {
        self.kinds = kinds.to_vec();
        self
    }

    /// Only calls on files whose name ends so are counted and fail.
    #[must_use]
    pub fn in_files(mut self, suffix: &str) -> Self {
        self.suffix = Some(suffix.to_owned());
        self
    }

    fn matches(&self, kind: OperationKind, file: &Path) -> bool {
        let moves_bytes = matches!(kind, OperationKind::Read | OperationKind::Write);
        (moves_bytes || self.fault != Fault::Short)
            && (self.kinds.is_empty() || self.kinds.contains(&kind))
            && self.suffix.as_ref().is_none_or(|suffix| file.to_string_lossy().ends_with(suffix))
    }

    fn strikes(&self, seen: u64) -> bool {
        let every = if self.fault == Fault::Interrupted { 2 } else { 1 };
        seen == self.call || (self.persistent && seen > self.call && (seen - self.call).is_multiple_of(every))
    }
}

/// The plans in force, each with the calls it has counted.
#[derive(Debug, Default)]
pub(super) struct Faults {
    plans: Vec<(FaultPlan, u64)>,
    pub(super) fired: u64,
}

impl Faults {
    pub(super) fn arm(&mut self, plan: FaultPlan) {
        self.plans.push((plan, 0));
    }

    pub(super) fn disarm(&mut self) {
        self.plans.clear();
    }

    /// Counts a call, and says how it fails if it does. Of several plans the first one armed decides.
    pub(super) fn strike(&mut self, kind: OperationKind, file: &Path) -> Option<Fault> {
        let mut struck = None;
        for (plan, seen) in self.plans.iter_mut().filter(|(plan, _)| plan.matches(kind, file)) {
            if plan.strikes(*seen) {
                struck = struck.or(Some(plan.fault));
            }
            *seen += 1;
        }
        self.fired += u64::from(struck.is_some());
        struck
    }
}
