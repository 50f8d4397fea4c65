//! Documents that wrap records, as other services and tools make them.
//!
//! Another wrapping is a function in one of the files that know the services, or a file with its
//! line in [`find`].

mod cloudtrail;
mod cloudwatch_logs;
pub(super) mod documents;
pub(super) mod log_line;
mod pipelines;
mod wrapper;

use self::wrapper::{Wrapped, Wrapper};
use super::record_text::RecordText;
use super::schema::record::record_from_object;

/// The deepest nesting of envelopes. Known producers nest two.
const NESTING_LIMIT: usize = 4;

/// The members that say what a document is and may come after its array: of query results of Logs
/// Insights and of CloudTrail Lake, and of subscriptions.
const LATE_MEMBERS: [(&str, &str); 3] = [
    ("status", "Complete"),
    ("QueryStatus", "FINISHED"),
    ("messageType", "DATA_MESSAGE"),
];

/// The members of a record, and those of a digest of CloudTrail.
const RECORD_MEMBERS: [&str; 3] = ["eventTime", "eventSource", "eventName"];
const DIGEST_MEMBERS: [&str; 3] = ["awsAccountId", "digestEndTime", "logFiles"];

/// The meaning of an object.
enum Envelope<'a> {
    /// One record, as it is in the document.
    Record(&'a str),
    /// Any number of records that were taken out of strings or deeper objects.
    Records(Vec<RecordText<'a>>),
    /// A digest of CloudTrail.
    Digest,
    /// Something else.
    Foreign,
}

/// Finds the records in the object that `raw` is the text of.
fn unwrap(raw: &str) -> Envelope<'_> {
    unwrap_at(raw, 0)
}

fn unwrap_at(raw: &str, depth: usize) -> Envelope<'_> {
    let Some(wrapper) = Wrapper::new(raw) else {
        return Envelope::Foreign;
    };
    // A record is recognized first, since its other members may have the name of any wrapping.
    if wrapper.has(&RECORD_MEMBERS) {
        return Envelope::Record(raw);
    }
    if wrapper.has(&DIGEST_MEMBERS) {
        return Envelope::Digest;
    }
    // A copy in another schema may also have members with the names of wrappings.
    if let Some(mapped) = record_from_object(wrapper.members()) {
        return Envelope::Records(vec![mapped.into()]);
    }
    let is_within = depth < NESTING_LIMIT;
    unwrap_found(is_within.then(|| find(&wrapper)).flatten(), depth)
}

fn unwrap_found(found: Option<Wrapped<'_>>, depth: usize) -> Envelope<'_> {
    match found {
        Some(Wrapped::Records(records)) => Envelope::Records(records),
        Some(Wrapped::Value(raw)) => nested(raw, depth),
        Some(Wrapped::Text(text)) => unwrap_text(&text, depth),
        Some(Wrapped::Foreign) | None => Envelope::Foreign,
    }
}

fn find<'a>(wrapper: &Wrapper<'a>) -> Option<Wrapped<'a>> {
    cloudwatch_logs::find(wrapper)
        .or_else(|| cloudtrail::find(wrapper))
        .or_else(|| pipelines::find(wrapper))
}

fn nested(raw: &str, depth: usize) -> Envelope<'_> {
    if raw.starts_with('{') {
        unwrap_at(raw, depth + 1)
    } else {
        Envelope::Foreign
    }
}

/// Finds the records in a text that is not part of the document.
fn unwrap_text<'a>(text: &str, depth: usize) -> Envelope<'a> {
    let records = match nested(text.trim(), depth) {
        Envelope::Record(record) => vec![RecordText::unwrapped(record)],
        Envelope::Records(records) => records,
        Envelope::Digest => return Envelope::Digest,
        Envelope::Foreign => return Envelope::Foreign,
    };
    let owned = records.into_iter().map(RecordText::into_owned);
    Envelope::Records(owned.collect())
}
