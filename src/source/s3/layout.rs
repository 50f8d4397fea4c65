//! The layout of a bucket of CloudTrail:
//! `[prefix/]AWSLogs/[o-id/]<account>/CloudTrail…/<region>/YYYY/MM/DD/`. It tells which prefixes
//! may contain objects that are wanted.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::KeyFilter;

/// The folder in which the layout begins.
pub(super) const ROOT: &str = "AWSLogs";

/// The level of a prefix in the layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// Outside of the layout, or above it.
    Outside,
    /// `…AWSLogs/` and `…AWSLogs/o-id/`: accounts follow, or an organization.
    Accounts,
    /// `…/<account>/`: kinds of log follow.
    Kinds,
    /// `…/CloudTrail/`: regions follow.
    Regions,
    /// `…/<region>/`: years follow.
    Years,
    /// `…/<year>/`: months follow.
    Months {
        /// The year.
        year: i16,
    },
    /// `…/<month>/`: all below it is listed at once.
    Days {
        /// The first day of the month.
        month: Date,
    },
    /// Below.
    Objects,
}

/// A range of the keys below a prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeyRange {
    pub(super) prefix: String,
    /// The key that those in the range follow.
    pub(super) start_after: Option<String>,
    /// The first key after the range.
    pub(super) end: Option<String>,
}

impl KeyRange {
    /// All keys below a prefix.
    pub(super) fn whole(prefix: &str) -> Self {
        Self {
            prefix: prefix.to_owned(),
            start_after: None,
            end: None,
        }
    }

    /// Returns whether the range has all keys below its prefix.
    pub(super) fn is_whole(&self) -> bool {
        self.start_after.is_none() && self.end.is_none()
    }

    /// Returns whether a key is at or after the beginning of the range.
    pub(super) fn has_begun(&self, key: &str) -> bool {
        self.start_after.as_deref().is_none_or(|start| key > start)
    }

    /// Returns whether a key is after the range.
    pub(super) fn is_beyond(&self, key: &str) -> bool {
        self.end.as_deref().is_some_and(|end| key >= end)
    }
}

/// The most keys of a page of S3. A shorter page that another one follows is a server's own idea.
const FULL_PAGE: usize = 1000;

/// The pages that each part of a month should have. The last page of a part has keys of the next
/// one, so shorter parts take more requests.
const PAGES_PER_PART: usize = 2;

/// The first page of a month.
#[derive(Clone, Copy, Debug)]
pub(super) struct FirstPage<'a> {
    pub(super) first_key: &'a str,
    pub(super) last_key: &'a str,
    pub(super) keys: usize,
}

impl KeyRange {
    /// Splits the days of a month into parts that are listed at the same time, by the number of
    /// keys that a full first page has for each day. The first part begins with that page. A
    /// shorter page or another range is not split.
    pub(super) fn split(&self, page: FirstPage<'_>) -> Vec<Self> {
        let Level::Days { month } = level(&self.prefix) else {
            return vec![self.clone()];
        };
        let days = (self.day(page.first_key), self.day(page.last_key));
        let (Some(first), Some(last)) = days else {
            return vec![self.clone()];
        };
        if page.keys < FULL_PAGE || last < first {
            return vec![self.clone()];
        }
        let days_of_page = usize::from(last - first) + 1;
        let keys_per_day = page.keys / days_of_page;
        let days_per_part = (PAGES_PER_PART * FULL_PAGE).div_ceil(keys_per_day.max(1));
        let end = self.end.as_deref().and_then(|end| self.day(end));
        let end = end.unwrap_or(month.days_in_month().unsigned_abs() + 1);
        // The day of the last key goes on after the page, so the first part ends with that day.
        let starts = (u16::from(last) + 1..u16::from(end)).step_by(days_per_part);
        self.split_at(starts)
    }

    /// Splits the range before days.
    fn split_at(&self, days: impl Iterator<Item = u16>) -> Vec<Self> {
        let mut parts = Vec::new();
        let mut rest = self.clone();
        for day in days {
            let start = format!("{}{day:02}/", self.prefix);
            parts.push(Self {
                end: Some(start.clone()),
                ..rest.clone()
            });
            rest.start_after = Some(start);
        }
        parts.push(rest);
        parts
    }

    /// Returns the day of a key of a month.
    fn day(&self, key: &str) -> Option<u8> {
        let (day, _) = key.strip_prefix(&self.prefix)?.split_once('/')?;
        let number = day.parse().ok()?;
        (day.len() == 2 && (1..=31).contains(&number)).then_some(number)
    }
}

/// Returns the level of a prefix that ends with `/`.
pub(super) fn level(prefix: &str) -> Level {
    let segments: Vec<&str> = prefix.trim_end_matches('/').split('/').collect();
    below_root(&segments).map_or(Level::Outside, level_below_root)
}

// The last segment of this name is the root, because a folder before it may have its name, too.
/// Returns the segments after the root; `None` outside of the layout.
fn below_root<'a>(segments: &'a [&'a str]) -> Option<&'a [&'a str]> {
    let root = segments.iter().rposition(|segment| *segment == ROOT)?;
    segments.get(root + 1..)
}

/// Returns the level by the segments after the root.
fn level_below_root(segments: &[&str]) -> Level {
    match segments {
        [organization, below @ ..] if organization.starts_with("o-") => level_below(below),
        below => level_below(below),
    }
}

/// Returns the level by the segments after the root and the organization.
fn level_below(segments: &[&str]) -> Level {
    match segments {
        [] => Level::Accounts,
        [_] => Level::Kinds,
        // Other kinds of log have layouts of their own.
        [_, kind, ..] if !is_kind(kind) => Level::Objects,
        [_, _] => Level::Regions,
        [_, _, _] => Level::Years,
        [_, _, _, year] => match year.parse() {
            Ok(year) => Level::Months { year },
            Err(_) => Level::Objects,
        },
        [_, _, _, year, month] => match date(year, month) {
            Some(month) => Level::Days { month },
            None => Level::Objects,
        },
        _ => Level::Objects,
    }
}

fn date(year: &str, month: &str) -> Option<Date> {
    Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()
}

fn is_kind(segment: &str) -> bool {
    segment.starts_with("CloudTrail")
}

impl KeyFilter {
    /// Returns whether the folder of this name below a prefix of this level is entered. A folder
    /// that the layout does not know is entered, because it may contain anything.
    pub(super) fn enters(&self, level: Level, folder: &str) -> bool {
        // The prefix of a trail may have the name of the root, too, so another one may follow.
        if folder == ROOT {
            return true;
        }
        match level {
            Level::Accounts => folder.starts_with("o-") || selects(&self.accounts, folder),
            Level::Kinds => is_kind(folder),
            Level::Regions => selects(&self.regions, folder),
            Level::Years => folder.parse().map_or(true, |year| self.has_year(year)),
            Level::Months { year } => {
                date(&year.to_string(), folder).is_none_or(|month| self.has_month(month))
            }
            Level::Outside | Level::Days { .. } | Level::Objects => true,
        }
    }

    fn has_year(&self, year: i16) -> bool {
        let begins = self.first.is_none_or(|first| first.year() <= year);
        begins && self.last.is_none_or(|last| year <= last.year())
    }

    fn has_month(&self, month: Date) -> bool {
        let end = month.last_of_month();
        self.first.is_none_or(|first| first <= end) && self.last.is_none_or(|last| month <= last)
    }

    /// Returns whether a listing of what begins with a prefix reaches a key that does. Outside of
    /// the layout, it reaches everything, and inside, what is below the folders that it enters.
    pub(super) fn reaches(&self, prefix: &str, key: &str) -> bool {
        let Some(mut length) = begin(prefix, key) else {
            return true;
        };
        while let Some((here, below)) = key.split_at_checked(length) {
            let level = level(here);
            match level {
                // Most keys outside of the layout have nothing of it below, either.
                Level::Outside if !below.contains(ROOT) => return true,
                Level::Objects => return true,
                Level::Days { month } => {
                    let days = self.days(here, month);
                    return days.has_begun(key) && !days.is_beyond(key);
                }
                _ => {}
            }
            let Some((name, _)) = below.split_once('/') else {
                return true;
            };
            if !self.enters(level, name) {
                return false;
            }
            length += name.len() + 1;
        }
        true
    }

    /// Returns the range of the days of a month. Folders of days end with `/` here, so that no
    /// server takes a day for the beginning of another.
    pub(super) fn days(&self, prefix: &str, month: Date) -> KeyRange {
        let day = |date: Date| format!("{prefix}{:02}/", date.day());
        let is_in_month = |date: &Date| date.first_of_month() == month;
        let first = self.first.filter(is_in_month);
        let last = self.last.filter(is_in_month);
        let end = last.and_then(|last| last.tomorrow().ok());
        KeyRange {
            prefix: prefix.to_owned(),
            // A range that begins or ends with the month has no bound there: its prefix is enough.
            start_after: first.filter(|first| first.day() > 1).map(day),
            end: end.filter(is_in_month).map(day),
        }
    }
}

/// Returns the length of the folder of a key in which a listing of a prefix begins: that of the
/// prefix, or the one whose name the prefix is the beginning of; `None` if that is no folder.
fn begin(prefix: &str, key: &str) -> Option<usize> {
    if prefix.is_empty() || prefix.ends_with('/') {
        return Some(prefix.len());
    }
    let rest = key.get(prefix.len()..)?;
    rest.find('/').map(|end| prefix.len() + end + 1)
}

/// Returns whether a set selects a name; an empty one selects all.
fn selects(set: &BTreeSet<String>, name: &str) -> bool {
    set.is_empty() || set.contains(name)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn prefixes_have_levels() {
        let month = Level::Days {
            month: date(2026, 3, 1),
        };
        let rows = [
            ("", Level::Outside),
            ("backup/2026/", Level::Outside),
            ("x/AWSLogs/", Level::Accounts),
            ("AWSLogs/o-abc/", Level::Accounts),
            ("AWSLogs/o-abc/111122223333/", Level::Kinds),
            ("AWSLogs/111122223333/CloudTrail/", Level::Regions),
            ("AWSLogs/111122223333/CloudTrail-Digest/", Level::Regions),
            ("AWSLogs/111122223333/CloudTrail/eu-west-1/", Level::Years),
            (
                "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/",
                Level::Months { year: 2026 },
            ),
            ("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/", month),
            (
                "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/04/",
                Level::Objects,
            ),
            (
                "AWSLogs/111122223333/vpcflowlogs/eu-west-1/",
                Level::Objects,
            ),
        ];
        for (prefix, expected) in rows {
            assert_eq!(level(prefix), expected, "{prefix}");
        }
    }

    #[test]
    fn only_the_days_that_are_wanted_are_listed() {
        let filter = KeyFilter {
            first: Some(date(2026, 2, 27)),
            last: Some(date(2026, 3, 4)),
            accounts: BTreeSet::from(["1".to_owned()]),
            ..KeyFilter::default()
        };
        let enters = |level, folder| filter.enters(level, folder);
        assert!(enters(Level::Accounts, "1") && enters(Level::Accounts, "o-x"));
        assert!(!enters(Level::Accounts, "2") && !enters(Level::Kinds, "Config"));
        assert!(
            enters(Level::Years, "2026")
                && !enters(Level::Years, "2025")
                && !enters(Level::Years, "2027")
        );
        let months =
            ["01", "02", "03", "04"].map(|month| enters(Level::Months { year: 2026 }, month));
        assert_eq!(months, [false, true, true, false]);
        let days = |month| filter.days("m/", month);
        let february = KeyRange {
            prefix: "m/".into(),
            start_after: Some("m/27/".into()),
            end: None,
        };
        assert_eq!(days(date(2026, 2, 1)), february);
        let march = KeyRange {
            prefix: "m/".into(),
            start_after: None,
            end: Some("m/05/".into()),
        };
        assert_eq!(days(date(2026, 3, 1)), march);
    }
    fn starts(range: &KeyRange, first: &str, last: &str, keys: usize) -> Vec<String> {
        let key = |day: &str| format!("{}{day}/f.json.gz", range.prefix);
        let parts = range.split(FirstPage {
            first_key: &key(first),
            last_key: &key(last),
            keys,
        });
        // Each part begins where the one before it ends, so nothing is between them.
        for pair in parts.windows(2) {
            assert_eq!(pair[0].end, pair[1].start_after);
        }
        assert_eq!(parts[0].start_after, range.start_after);
        assert_eq!(parts[parts.len() - 1].end, range.end);
        let starts = parts
            .iter()
            .skip(1)
            .filter_map(|part| part.start_after.as_deref());
        starts
            .map(|start| start[range.prefix.len()..].to_owned())
            .collect()
    }

    #[test]
    fn a_month_is_split_by_the_keys_of_its_first_page() {
        let month = "AWSLogs/1/CloudTrail/eu-west-1/2026/02/";
        let whole = KeyRange::whole(month);
        // Five days of 200 keys: ten days for two pages.
        assert_eq!(starts(&whole, "01", "05", 1000), ["06/", "16/", "26/"]);
        assert_eq!(
            starts(&whole, "02", "02", 1000),
            [
                "03/", "05/", "07/", "09/", "11/", "13/", "15/", "17/", "19/", "21/", "23/", "25/",
                "27/"
            ]
        );
        assert!(starts(&whole, "01", "28", 1000).is_empty());
        assert!(
            starts(&whole, "01", "05", 999).is_empty(),
            "a page that is not full"
        );
        assert!(starts(&whole, "a", "05", 1000).is_empty());
        assert!(
            starts(&whole, "05", "01", 1000).is_empty(),
            "keys in any order"
        );
        let ended = KeyRange {
            end: Some(format!("{month}08/")),
            ..whole.clone()
        };
        assert_eq!(starts(&ended, "04", "05", 1000), ["06/"]);
        let other = KeyRange::whole("backup/2026/02/");
        assert!(starts(&other, "01", "05", 1000).is_empty());
    }
}
