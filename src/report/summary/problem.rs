//! The kinds of problem in words.

use crate::language::Message;
use crate::problem::ProblemKind;

/// Returns a kind of problem in words.
pub(super) fn problem_message(kind: ProblemKind) -> Message {
    Message::new(match kind {
        ProblemKind::Unreadable => "problem-unreadable",
        ProblemKind::Unavailable => "problem-unavailable",
        ProblemKind::AccessDenied => "problem-access-denied",
        ProblemKind::Archived => "problem-archived",
        ProblemKind::Missing => "problem-missing",
        ProblemKind::MissingLogFile => "problem-missing-log-file",
        ProblemKind::Replaced => "problem-replaced",
        ProblemKind::Empty => "problem-empty",
        ProblemKind::NotCloudTrail => "problem-not-cloudtrail",
        ProblemKind::UnsupportedContainer => "problem-unsupported-container",
        ProblemKind::UnrecognizedRecords => "problem-unrecognized-records",
        ProblemKind::DamagedCompression => "problem-damaged-compression",
        ProblemKind::TooLarge => "problem-too-large",
        ProblemKind::NotUtf8 => "problem-not-utf8",
        ProblemKind::DamagedJson => "problem-damaged-json",
        ProblemKind::DamagedTable => "problem-damaged-table",
        ProblemKind::NotARecord => "problem-not-a-record",
        ProblemKind::Contradictory => "problem-contradictory",
        ProblemKind::NoEventTime => "problem-no-event-time",
        ProblemKind::Unaccounted => "problem-unaccounted",
    })
}
