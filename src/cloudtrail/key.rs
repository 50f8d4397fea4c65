//! What the key of an object says about it, in the layout that CloudTrail writes to S3:
//! `[prefix/]AWSLogs/[o-id/]<account>/CloudTrail/<region>/YYYY/MM/DD/<account>_CloudTrail_<region>_<stamp>_<unique>.json.gz`
//! (CloudTrail user guide, "Finding your CloudTrail log files"). Files that were copied out of the
//! layout keep their name, so the name counts where the folders say nothing.

use compact_str::CompactString;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// What the key of an object says. A part that the key does not say is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectKey {
    /// What the object holds.
    pub kind: ObjectKind,
    /// The account whose events it holds.
    pub account: Option<CompactString>,
    /// The region whose events it holds. Any text: recorded samples name regions that do not exist.
    pub region: Option<CompactString>,
    /// The slot of five minutes that the object was delivered in.
    pub delivery_time: Option<Timestamp>,
}

/// What an object holds, as its key says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObjectKind {
    /// Management or data events, or the key does not say.
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
}

impl ObjectKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Events,
        Self::Digest,
        Self::Insight,
        Self::NetworkActivity,
        Self::Aggregated,
        Self::Lake,
    ];

    /// The segment of a key that stands for the kind.
    pub fn segment(self) -> &'static str {
        match self {
            Self::Events => "CloudTrail",
            Self::Digest => "CloudTrail-Digest",
            Self::Insight => "CloudTrail-Insight",
            Self::NetworkActivity => "CloudTrail-NetworkActivity",
            Self::Aggregated => "CloudTrail-Aggregated",
            Self::Lake => "CloudTrail-Lake",
        }
    }

    fn from_segment(segment: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.segment() == segment)
    }
}

impl ObjectKey {
    /// Reads a key or path; `/` separates its segments.
    pub fn parse(key: &str) -> Self {
        let (folders, name) = split_last(key).unwrap_or(("", key));
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

    /// Reads `…/<account>/CloudTrail…/<region>/…`, from the last such pair on, since a prefix may
    /// hold anything.
    fn parse_folders(folders: &str) -> Option<Self> {
        let mut segments = segments_from_last(folders).peekable();
        let mut behind: Option<&str> = None;
        while let Some(segment) = segments.next() {
            let kind = ObjectKind::from_segment(segment);
            if let Some((kind, account)) =
                kind.zip(segments.peek().filter(|before| is_account(before)))
            {
                return Some(Self {
                    kind,
                    account: Some((*account).into()),
                    region: behind
                        .filter(|region| is_region(region))
                        .map(CompactString::from),
                    delivery_time: None,
                });
            }
            behind = Some(segment);
        }
        None
    }

    /// Reads `<account>_CloudTrail_<region>_<stamp>…`. The region of a digest stands at the same
    /// place; behind it come the trail, which may hold `_`, and the home region.
    fn parse_name(name: &str) -> Self {
        let mut parts = name.split('_');
        let (Some(account), Some(kind)) = (
            parts.next(),
            parts.next().and_then(ObjectKind::from_segment),
        ) else {
            return Self::default();
        };
        if !is_account(account) {
            return Self::default();
        }
        let region = parts.next().filter(|region| is_region(region));
        Self {
            kind,
            account: Some(account.into()),
            region: region.map(CompactString::from),
            delivery_time: parts.find_map(stamp),
        }
    }
}

/// The segments, the last one first. There may be millions of keys, whose segments are too short to
/// look for their ends many bytes at once.
fn segments_from_last(folders: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(folders);
    std::iter::from_fn(move || {
        let folders = rest?;
        let split = split_last(folders);
        rest = split.map(|(before, _)| before);
        Some(split.map_or(folders, |(_, last)| last))
    })
}

/// What stands before and behind the last `/`.
fn split_last(key: &str) -> Option<(&str, &str)> {
    let place = key.as_bytes().iter().rposition(|byte| *byte == b'/')?;
    Some((key.get(..place)?, key.get(place + 1..)?))
}

pub(crate) fn is_account(segment: &str) -> bool {
    segment.len() == 12 && segment.bytes().all(|byte| byte.is_ascii_digit())
}

/// A region is never looked up in a list: new ones appear, and anonymised samples hold impossible
/// ones. A year is none.
fn is_region(segment: &str) -> bool {
    !segment.is_empty()
        && segment
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && segment.contains('-')
}

/// Reads `20260304T0915Z` or, as digests have it, `20260304T091500Z`, at the start of a part of a
/// name. One example in AWS's documentation lacks the `_` behind it.
fn stamp(part: &str) -> Option<Timestamp> {
    let digits = |from: usize, to: usize| -> Option<i8> { part.get(from..to)?.parse().ok() };
    if part.as_bytes().get(8) != Some(&b'T') {
        return None;
    }
    let year: i16 = part.get(..4)?.parse().ok()?;
    let second = match part.as_bytes().get(13) {
        Some(b'Z') => 0,
        _ if part.as_bytes().get(15) == Some(&b'Z') => digits(13, 15)?,
        _ => return None,
    };
    let civil = DateTime::new(
        year,
        digits(4, 6)?,
        digits(6, 8)?,
        digits(9, 11)?,
        digits(11, 13)?,
        second,
        0,
    )
    .ok()?;
    TimeZone::UTC.to_timestamp(civil).ok()
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
            ("", expected(ObjectKind::Events, "", "", "")),
        ];
        for (text, expected) in rows {
            assert_eq!(key(text), expected, "{text}");
        }
    }
}
