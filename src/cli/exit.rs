//! The exit codes.

use std::process::{ExitCode, Termination};

use crate::integrity::Outcome;

/// The outcome of a run; each has one exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Everything was read, and no condition of `--fail-on` was met: 0.
    Complete,
    /// A condition of `--fail-on` was met, whether or not everything was read: 1.
    ConditionMet,
    /// Invalid usage, or nothing could be done: 2.
    Unusable,
    /// The run is complete, but something could not be read: 3.
    Incomplete,
    /// Something failed that may succeed a little later: 75, which `sysexits.h` names
    /// `EX_TEMPFAIL`.
    TryAgain,
}

impl Exit {
    /// Returns how a verification ends.
    pub(super) fn from_outcome(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Proven => Self::Complete,
            Outcome::Wrong => Self::ConditionMet,
            Outcome::NotProven => Self::Incomplete,
        }
    }

    /// Returns how a run ends that read everything, or did not.
    pub(super) fn from_completeness(is_complete: bool) -> Self {
        match is_complete {
            true => Self::Complete,
            false => Self::Incomplete,
        }
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Complete => 0,
            Self::ConditionMet => 1,
            Self::Unusable => 2,
            Self::Incomplete => 3,
            Self::TryAgain => 75,
        })
    }
}
