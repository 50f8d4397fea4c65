//! The keys of objects, in the layout that CloudTrail writes to S3:
//!
//! ```text
//! [prefix/]AWSLogs/[o-id/]<account>/CloudTrail/<region>/YYYY/MM/DD/
//! <account>_CloudTrail_<region>_<stamp>_<unique>.json.gz
//! ```
//!
//! (CloudTrail user guide, "Finding your CloudTrail log files"). Files that were copied out of the
//! layout keep their name, so the name counts if the folders contain nothing. Copies in tables
//! often have the account and the region in folders such as `account=…/region=…`, as Hive does.

use compact_str::CompactString;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::other_log::OtherLog;

/// The parts of the key of an object, as far as the key contains them.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectKey {
    /// The kind of object.
    pub kind: ObjectKind,
    /// The account whose events it contains.
    pub account: Option<CompactString>,
    /// The region whose events it contains. Any text: recorded samples name regions that do not
    /// exist.
    pub region: Option<CompactString>,
    /// The five-minute slot in which the object was delivered.
    pub delivery_time: Option<Timestamp>,
}

/// The kinds of objects, by their keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ObjectKind {
    /// Management or data events, or unknown.
    #[default]
    Events,
    /// A digest, which proves the integrity of other objects.
    Digest,
    /// Insights events.
    Insight,
    /// Network activity events, which CloudTrail does not send to CloudWatch Logs.
    NetworkActivity,
    /// Aggregated data events.
    Aggregated,
    /// Results of CloudTrail Lake queries.
    Lake,
    /// A log of another service in the same bucket.
    Other(OtherLog),
}

/// Each kind that CloudTrail writes, with the segment of a key that identifies it.
const SEGMENTS: [(&str, ObjectKind); 6] = [
    ("CloudTrail", ObjectKind::Events),
    ("CloudTrail-Digest", ObjectKind::Digest),
    ("CloudTrail-Insight", ObjectKind::Insight),
    ("CloudTrail-NetworkActivity", ObjectKind::NetworkActivity),
    ("CloudTrail-Aggregated", ObjectKind::Aggregated),
    ("CloudTrail-Lake", ObjectKind::Lake),
];

impl ObjectKind {
    /// Returns the kind that CloudTrail writes below a segment, or in names with it.
    fn from_segment(segment: &str) -> Option<Self> {
        let known = SEGMENTS.iter().find(|(name, _)| *name == segment);
        known.map(|(_, kind)| *kind)
    }

    /// Returns the kind of objects in a folder that is the one below an account.
    fn from_folder(folder: &str) -> Option<Self> {
        Self::from_segment(folder).or_else(|| OtherLog::from_folder(folder).map(Self::Other))
    }
}

impl ObjectKey {
    /// Parses a key or path with `/` between its segments.
    pub fn parse(key: &str) -> Self {
        let (folders, name) = split_last(key).unwrap_or(("", key));
        let mut parsed = Self::parse_layout(folders, name);
        parsed.add_partitions(folders);
        parsed
    }

    /// Returns true if a key or path is in the layout of CloudTrail, or names its object as
    /// CloudTrail does.
    pub fn is_of_layout(key: &str) -> bool {
        let (folders, name) = split_last(key).unwrap_or(("", key));
        Self::parse_layout(folders, name) != Self::default()
    }

    fn parse_layout(folders: &str, name: &str) -> Self {
        let from_name = Self::parse_name(name);
        let Some(from_folders) = Self::parse_folders(folders) else {
            return from_name;
        };
        Self {
            kind: from_folders.kind,
            account: from_folders.account.or(from_name.account),
            region: from_folders.region.or(from_name.region),
            delivery_time: from_name.delivery_time,
        }
    }

    /// Parses `…/<account>/CloudTrail…/<region>/…`. The last such segments count, because a prefix
    /// may contain anything.
    fn parse_folders(folders: &str) -> Option<Self> {
        let mut segments = segments_from_last(folders).peekable();
        let mut next: Option<&str> = None;
        while let Some(segment) = segments.next() {
            let account = segments.peek().filter(|account| is_account(account));
            let kind = account.and_then(|_| ObjectKind::from_folder(segment));
            if let (Some(kind), Some(account)) = (kind, account) {
                return Some(Self {
                    kind,
                    account: Some((*account).into()),
                    region: next.filter(|next| is_region(next)).map(CompactString::from),
                    delivery_time: None,
                });
            }
            next = Some(segment);
        }
        None
    }

    /// Adds the account and the region of partitions, where the layout has none.
    fn add_partitions(&mut self, folders: &str) {
        // The layout of CloudTrail itself counts before any partitions around it.
        if self.account.is_some() && self.region.is_some() {
            return;
        }
        for segment in segments_from_last(folders) {
            let Some((partition, value)) = segment.split_once('=') else {
                continue;
            };
            if is_account(value) && is_one_of(&ACCOUNT_PARTITIONS, partition) {
                self.account.get_or_insert_with(|| value.into());
            } else if is_region(value) && is_one_of(&REGION_PARTITIONS, partition) {
                self.region.get_or_insert_with(|| value.into());
            }
        }
    }

    /// Parses `<account>_CloudTrail_<region>_<stamp>…`. The name of a digest has its region at the
    /// same position, followed by the trail, which may contain `_`, and the home region.
    fn parse_name(name: &str) -> Self {
        let mut parts = name.split('_');
        let account = parts.next().filter(|account| is_account(account));
        let kind = parts.next().and_then(ObjectKind::from_segment);
        let (Some(account), Some(kind)) = (account, kind) else {
            return Self {
                kind: OtherLog::from_name(name).map_or(ObjectKind::Events, ObjectKind::Other),
                ..Self::default()
            };
        };
        let region = parts.next().filter(|region| is_region(region));
        Self {
            kind,
            account: Some(account.into()),
            region: region.map(CompactString::from),
            // The name of a trail may be several parts, so the time is looked for.
            delivery_time: parts.find_map(stamp),
        }
    }
}

/// The names of partitions by account and by region, in lower case and without underscores. The
/// index of a table of Tailpipe is the account.
const ACCOUNT_PARTITIONS: [&str; 6] = [
    "account",
    "accountid",
    "awsaccount",
    "awsaccountid",
    "recipientaccountid",
    "tpindex",
];
const REGION_PARTITIONS: [&str; 2] = ["region", "awsregion"];

fn is_one_of(names: &[&str], partition: &str) -> bool {
    let name = partition.replace(['_', '-'], "");
    names.iter().any(|known| known.eq_ignore_ascii_case(&name))
}

/// Returns the segments of folders, the last one first.
fn segments_from_last(folders: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(folders);
    std::iter::from_fn(move || {
        let folders = rest?;
        let split = split_last(folders);
        rest = split.map(|(before, _)| before);
        Some(split.map_or(folders, |(_, last)| last))
    })
}

/// Splits a key at its last `/`.
// There may be millions of keys. Their segments are short, so a search that compares many bytes at
// once, as `rsplit_once` does, takes longer.
fn split_last(key: &str) -> Option<(&str, &str)> {
    let place = key.as_bytes().iter().rposition(|byte| *byte == b'/')?;
    Some((key.get(..place)?, key.get(place + 1..)?))
}

pub(crate) fn is_account(segment: &str) -> bool {
    segment.len() == 12 && segment.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns whether a segment looks like a region.
fn is_region(segment: &str) -> bool {
    // New regions appear, and anonymized samples contain impossible ones, so there is no list of
    // them. A year, which is the next segment of some keys, has no hyphen.
    segment.contains('-') && segment.bytes().all(is_of_region)
}

fn is_of_region(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
}

/// Parses the time at the start of a part of a name: `20260304T0915Z` or, in digests,
/// `20260304T091500Z`. One example in AWS's documentation has no `_` after it.
pub(crate) fn stamp(part: &str) -> Option<Timestamp> {
    let number = |from: usize, to: usize| -> Option<i8> { part.get(from..to)?.parse().ok() };
    let bytes = part.as_bytes();
    if bytes.get(8) != Some(&b'T') {
        return None;
    }
    let second = match (bytes.get(13), bytes.get(15)) {
        (Some(b'Z'), _) => 0,
        (_, Some(b'Z')) => number(13, 15)?,
        _ => return None,
    };
    let year = part.get(..4)?.parse().ok()?;
    let date = Date::new(year, number(4, 6)?, number(6, 8)?).ok()?;
    let time = Time::new(number(9, 11)?, number(11, 13)?, second, 0).ok()?;
    TimeZone::UTC.to_timestamp(date.to_datetime(time)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> (ObjectKind, Option<String>, Option<String>, Option<String>) {
        let key = ObjectKey::parse(text);
        (
            key.kind,
            key.account.map(String::from),
            key.region.map(String::from),
            key.delivery_time.map(|time| time.to_string()),
        )
    }

    fn expected(
        kind: ObjectKind,
        account: &str,
        region: &str,
        time: &str,
    ) -> (ObjectKind, Option<String>, Option<String>, Option<String>) {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        (kind, some(account), some(region), some(time))
    }

    #[test]
    fn the_layout_of_cloudtrail_is_read() {
        let rows = [
            (
                "p/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/04/111122223333_CloudTrail_eu-west-1_20260304T0915Z_aBcDeFgHiJkLmNoP.json.gz",
                expected(
                    ObjectKind::Events,
                    "111122223333",
                    "eu-west-1",
                    "2026-03-04T09:15:00Z",
                ),
            ),
            (
                "AWSLogs/o-abc/111122223333/CloudTrail-Digest/us-east-1/2026/03/04/111122223333_CloudTrail-Digest_us-east-1_my_trail_us-east-1_20260304T091512Z.json.gz",
                expected(
                    ObjectKind::Digest,
                    "111122223333",
                    "us-east-1",
                    "2026-03-04T09:15:12Z",
                ),
            ),
            (
                "111122223333_CloudTrail_us-gov-west-1_20260304T1255ZHdkvFTXOA3Vnhbc.json.gz",
                expected(
                    ObjectKind::Events,
                    "111122223333",
                    "us-gov-west-1",
                    "2026-03-04T12:55:00Z",
                ),
            ),
            (
                "copy/AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/04/part.json.gz",
                expected(ObjectKind::Events, "111122223333", "us-east-1", ""),
            ),
            (
                "AWSLogs/111122223333/CloudTrail-Lake/Query/2026/03/04/q/result_1.csv.gz",
                expected(ObjectKind::Lake, "111122223333", "", ""),
            ),
            (
                "notes/CloudTrail/readme.json",
                expected(ObjectKind::Events, "", "", ""),
            ),
            (
                "111122223333_CloudTrail_eu-westwest-1r_20261304T0915Z_a.json",
                expected(ObjectKind::Events, "111122223333", "eu-westwest-1r", ""),
            ),
        ];
        for (text, expected) in rows {
            assert_eq!(key(text), expected, "{text}");
        }
    }

    #[test]
    fn the_layouts_of_other_services_and_of_copies_are_read() {
        let rows = [
            (
                "AWSLogs/111122223333/WAFLogs/us-east-1/acl/2026/03/02/x.log.gz",
                expected(
                    ObjectKind::Other(OtherLog::Waf),
                    "111122223333",
                    "us-east-1",
                    "",
                ),
            ),
            (
                "logs/2026-03-02-02-15-00-0123456789ABCDEF",
                expected(ObjectKind::Other(OtherLog::S3Access), "", "", ""),
            ),
            ("Config/x.json.gz", expected(ObjectKind::Events, "", "", "")),
            (
                "ct/account=111122223333/region=eu-west-1/year=2026/month=03/x.parquet",
                expected(ObjectKind::Events, "111122223333", "eu-west-1", ""),
            ),
            (
                "aws/CLOUD_TRAIL_MGMT/2.0/region=us-east-1/accountId=111122223333/x",
                expected(ObjectKind::Events, "111122223333", "us-east-1", ""),
            ),
            (
                "tp_partition=p/tp_index=111122223333/tp_date=2026-03-02/x",
                expected(ObjectKind::Events, "111122223333", "", ""),
            ),
            (
                "account=x/region=/aws_account_id=444455556666/111122223333_CloudTrail_eu-west-1_x",
                expected(ObjectKind::Events, "111122223333", "eu-west-1", ""),
            ),
            ("", expected(ObjectKind::Events, "", "", "")),
        ];
        for (text, expected) in rows {
            assert_eq!(key(text), expected, "{text}");
        }
    }
}
