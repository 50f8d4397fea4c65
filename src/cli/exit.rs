//! How a run ends.

use std::process::{ExitCode, Termination};

/// How a run ended; each outcome has one exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Everything was read, and no condition of `--fail-on` held: 0.
    Complete,
    /// A condition of `--fail-on` held, whether or not everything was read: 1.
    ConditionHeld,
    /// Wrong use, or nothing could be done: 2.
    Unusable,
    /// The run ended, but something could not be read: 3.
    Incomplete,
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Complete => 0,
            Self::ConditionHeld => 1,
            Self::Unusable => 2,
            Self::Incomplete => 3,
        })
    }
}
