//! Conditions that a report meets or not, so that a script need not read it.

use crate::render::quantity::counted;
use crate::report::integrity::Outcome;
use crate::report::{AlarmOrigin, Report};

// The variants are documented as the help of the command line shows them.
/// A condition on a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
#[non_exhaustive]
pub enum ReportCondition {
    /// A secret or key was requested while it was pending deletion or after it, with any call and
    /// whichever rules are selected
    Story,
    /// A selected rule matched. The default rule counts neither KMS keys nor calls after a deletion
    Attempt,
    /// An alarm was in ALARM. Alarms that nobody defined count only with --proposed
    Alarm,
    /// The verification of --verify found that something is wrong with the archive. If nothing is,
    /// but not everything is proven, the code is 3
    Integrity,
}

impl ReportCondition {
    /// Returns what a user should know about a report that meets a condition. If the archive was
    /// not read whole, the exit code of a condition hides it.
    pub fn warnings(report: &Report) -> Vec<String> {
        if report.problems.is_empty() {
            return Vec::new();
        }
        let problems = counted(report.problems.len() as u64, "problem");
        vec![format!(
            "the archive was not read whole ({problems}), so there may be more than was found"
        )]
    }

    /// Returns whether a report neither meets the condition nor rules it out.
    pub fn is_open(self, report: &Report) -> bool {
        match self {
            Self::Story | Self::Attempt | Self::Alarm => false,
            Self::Integrity => outcome(report) == Some(Outcome::NotProven),
        }
    }

    /// Returns whether a report meets the condition. Alarms that nobody defined count only if
    /// `counts_proposed` is true.
    pub fn is_met(self, report: &Report, counts_proposed: bool) -> bool {
        match self {
            Self::Story => report.has_requests(),
            Self::Attempt => !report.attempts.is_empty(),
            Self::Alarm => {
                let mut alarms = report.alarms.iter();
                let counts = |origin| counts_proposed || origin == AlarmOrigin::Defined;
                alarms.any(|alarm| counts(alarm.origin) && !alarm.episodes.is_empty())
            }
            Self::Integrity => outcome(report) == Some(Outcome::Wrong),
        }
    }
}

/// Returns the outcome of the verification, if there was one.
fn outcome(report: &Report) -> Option<Outcome> {
    let integrity = report.integrity.as_ref();
    integrity.map(|found| found.verification.outcome())
}
