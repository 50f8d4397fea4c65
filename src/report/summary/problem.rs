//! The kinds of problem in words.

use crate::language::Message;

/// Returns a kind of problem in words.
pub(super) fn problem_message(kind: &'static str) -> Message {
    let id = match kind {
        "unreadable" => "problem-unreadable",
        "access-denied" => "problem-access-denied",
        "archived" => "problem-archived",
        "missing" => "problem-missing",
        "missing-log-file" => "problem-missing-log-file",
        "replaced" => "problem-replaced",
        "empty" => "problem-empty",
        "not-cloudtrail" => "problem-not-cloudtrail",
        "unsupported-container" => "problem-unsupported-container",
        "unrecognized-records" => "problem-unrecognized-records",
        "damaged-compression" => "problem-damaged-compression",
        "too-large" => "problem-too-large",
        "not-utf8" => "problem-not-utf8",
        "damaged-json" => "problem-damaged-json",
        "damaged-table" => "problem-damaged-table",
        "not-a-record" => "problem-not-a-record",
        "contradictory" => "problem-contradictory",
        "no-event-time" => "problem-no-event-time",
        "unaccounted" => "problem-unaccounted",
        _ => return Message::verbatim(kind),
    };
    Message::new(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ProblemKind;

    #[test]
    fn every_kind_has_words() {
        for kind in ProblemKind::ALL {
            assert_ne!(problem_message(kind.name()).id, "verbatim", "{kind}");
        }
    }
}
