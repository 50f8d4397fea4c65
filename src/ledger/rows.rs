//! Readings and outcomes as rows of a spool.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::reading::{Position, Reading};
use super::scanned::Identity;
use crate::cloudtrail::key::ObjectKey;
use crate::findings::{ObjectOutcome, ObjectStatus, RecordCounts};
use crate::problem::ProblemKind;
use crate::spool::Keyed;
use crate::table::schema::by_name;
use crate::time::period::TimeSpan;

/// A reading without its key. Times are in nanoseconds since the epoch.
#[derive(Serialize, Deserialize)]
pub struct ReadingRest<'a> {
    read_at: i128,
    etag: Option<&'a str>,
    modified_at: Option<i128>,
    stored_bytes: u64,
    named: bool,
    failure: Option<&'a str>,
    source_bytes: Option<u64>,
    part: usize,
    reading: usize,
}

/// An outcome without its key. Times are in nanoseconds since the epoch.
#[derive(Serialize, Deserialize)]
pub struct OutcomeRest<'a> {
    status: &'a str,
    skip_reason: Option<&'a str>,
    stored_bytes: u64,
    content_bytes: u64,
    selected: u64,
    unmatched: u64,
    excluded: u64,
    unparseable: u64,
    events: Option<(i128, i128)>,
}

impl Keyed for Reading {
    type Rest<'a> = ReadingRest<'a>;

    fn key(&self) -> &str {
        &self.identity.key
    }

    fn rest(&self) -> ReadingRest<'_> {
        let identity = &self.identity;
        ReadingRest {
            read_at: identity.read_at.as_nanosecond(),
            etag: identity.etag.as_deref(),
            modified_at: identity.modified_at.map(Timestamp::as_nanosecond),
            stored_bytes: identity.stored_bytes,
            named: identity.named,
            failure: identity.failure.map(ProblemKind::name),
            source_bytes: self.source_bytes,
            part: self.position.part,
            reading: self.position.reading,
        }
    }

    fn from_rest(key: &str, rest: ReadingRest<'_>) -> Result<Self, String> {
        let failure = rest.failure;
        let failure = failure.map(|name| by_name(ProblemKind::ALL, ProblemKind::name, name));
        let identity = Identity {
            key: key.into(),
            read_at: time(rest.read_at)?,
            etag: rest.etag.map(str::to_owned),
            modified_at: rest.modified_at.map(time).transpose()?,
            stored_bytes: rest.stored_bytes,
            named: rest.named,
            failure: failure.transpose()?,
        };
        Ok(Self {
            identity,
            source_bytes: rest.source_bytes,
            position: Position {
                part: rest.part,
                reading: rest.reading,
            },
        })
    }
}

impl Keyed for ObjectOutcome {
    type Rest<'a> = OutcomeRest<'a>;

    fn key(&self) -> &str {
        &self.object
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.cmp(other)
    }

    fn rest(&self) -> OutcomeRest<'_> {
        let events = self.time_span.first().zip(self.time_span.last());
        OutcomeRest {
            status: self.status.name(),
            skip_reason: self.status.stored_skip_reason(),
            stored_bytes: self.stored_bytes,
            content_bytes: self.content_bytes,
            selected: self.records.selected,
            unmatched: self.records.unmatched,
            excluded: self.records.excluded,
            unparseable: self.records.unparseable,
            events: events.map(|(first, last)| (first.as_nanosecond(), last.as_nanosecond())),
        }
    }

    fn from_rest(key: &str, rest: OutcomeRest<'_>) -> Result<Self, String> {
        let mut status = ObjectStatus::default();
        status.set(rest.status)?;
        status.set_skip_reason(rest.skip_reason)?;
        let mut time_span = TimeSpan::default();
        if let Some((first, last)) = rest.events {
            time_span.include(time(first)?);
            time_span.include(time(last)?);
        }
        Ok(Self {
            object: key.into(),
            key: ObjectKey::parse(key),
            status,
            stored_bytes: rest.stored_bytes,
            content_bytes: rest.content_bytes,
            records: RecordCounts {
                selected: rest.selected,
                unmatched: rest.unmatched,
                excluded: rest.excluded,
                unparseable: rest.unparseable,
            },
            time_span,
        })
    }
}

fn time(nanosecond: i128) -> Result<Timestamp, String> {
    Timestamp::from_nanosecond(nanosecond).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::SkipReason;

    /// Returns a row as it is read after it was written.
    fn again<R: Keyed>(row: &R) -> R {
        let bytes = postcard::to_stdvec(&row.rest()).expect("bytes");
        let rest = postcard::from_bytes(&bytes).expect("a row");
        R::from_rest(row.key(), rest).expect("a row")
    }

    #[test]
    fn a_reading_is_read_as_it_was_written() {
        let mut failed = Identity::example("a", 1);
        failed.failure = Some(ProblemKind::AccessDenied);
        let mut file = Identity::example("b", 2);
        (file.etag, file.named) = (None, true);
        file.modified_at = Some(Timestamp::UNIX_EPOCH);
        for identity in [failed, file] {
            let row = Reading {
                identity,
                source_bytes: Some(9),
                position: Position {
                    part: 3,
                    reading: 4,
                },
            };
            let read = again(&row);
            assert_eq!(read.identity, row.identity);
            assert_eq!(read.source_bytes, row.source_bytes);
            assert_eq!(read.position, row.position);
        }
    }

    #[test]
    fn an_outcome_is_read_as_it_was_written() {
        let key = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/04/\
                   111122223333_CloudTrail_eu-west-1_20260304T0915Z_aBcDeFgHiJkLmNoP.json.gz";
        let mut read = ObjectOutcome {
            object: key.into(),
            key: ObjectKey::parse(key),
            stored_bytes: 1,
            content_bytes: 2,
            records: RecordCounts {
                selected: 3,
                unmatched: 4,
                excluded: 5,
                unparseable: 6,
            },
            ..ObjectOutcome::default()
        };
        assert_eq!(again(&read), read);
        read.time_span.include(Timestamp::UNIX_EPOCH);
        read.time_span.include(Timestamp::MAX);
        assert_eq!(again(&read), read);
        for reason in SkipReason::all() {
            read.status = ObjectStatus::Skipped(reason);
            assert_eq!(again(&read), read);
        }
    }
}
