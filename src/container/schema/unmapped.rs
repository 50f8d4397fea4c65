//! Signs of records, and the problems of tables that show them and cannot be mapped.

use crate::container::damage::Damage;
use crate::problem::ProblemKind;

/// The names of the source and of the name of an event, in the spellings of tables and copies, and
/// those of OCSF and of the Elastic Common Schema that they are mapped to.
const SIGNS: [[&[u8]; 6]; 2] = [
    [
        b"eventsource",
        b"event_source",
        b"event source",
        b"event-source",
        b"service",
        b"event.provider",
    ],
    [
        b"eventname",
        b"event_name",
        b"event name",
        b"event-name",
        b"operation",
        b"event.action",
    ],
];

/// Returns true if a text has the names of the source and of the name of an event in any spelling.
pub(super) fn shows_records(text: &[u8]) -> bool {
    let shows = |spellings: &[&[u8]]| spellings.iter().any(|sign| contains(text, sign));
    SIGNS.iter().all(|spellings| shows(spellings))
}

/// Returns true if a text contains a word in any case. The word is in lower case.
fn contains(text: &[u8], word: &[u8]) -> bool {
    let Some((first, _)) = word.split_first() else {
        return true;
    };
    let mut places = memchr::memchr2_iter(*first, first.to_ascii_uppercase(), text);
    places.any(|place| {
        let found = text.get(place..place + word.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(word))
    })
}

/// The damage of a table that shows records and has no time for them.
pub(super) fn without_time() -> Damage {
    unrecognized(
        "the table has columns for the source and the name of events, and none for their time; \
         export it with eventTime, eventSource, eventName, errorCode and errorMessage, or read the \
         log files that it was made from",
    )
}

/// The damage of a table that has no messages of errors.
pub(super) fn without_error_message() -> Damage {
    unrecognized(
        "the table has no column for errorMessage, so that rules which look at it select nothing \
         here; export the events as JSON, or the query with errorCode and errorMessage",
    )
}

/// The damage of records whose structures are texts that cannot be read.
pub(in crate::container) fn printed_structures() -> Damage {
    unrecognized(
        "records have texts in place of userIdentity or requestParameters, in a form that cannot \
         be read exactly, so that principals and targets are missing; export these fields as JSON",
    )
}

fn unrecognized(detail: &str) -> Damage {
    Damage {
        kind: ProblemKind::UnrecognizedRecords,
        detail: detail.to_owned(),
        byte: None,
    }
}

#[cfg(test)]
mod tests {
    use super::shows_records;

    #[test]
    fn records_show_in_any_spelling() {
        for text in [
            "eventName eventSource",
            "EVENTSOURCE,EVENTNAME",
            "event_name event_source",
        ] {
            assert!(shows_records(text.as_bytes()), "{text}");
        }
        for text in ["", "eventName", "eventTime eventSource", "e"] {
            assert!(!shows_records(text.as_bytes()), "{text}");
        }
    }
}
