//! Which prefixes of a bucket hold objects of CloudTrail, and which of them are wanted:
//! `[prefix/]AWSLogs/[o-id/]<account>/CloudTrail…/<region>/YYYY/MM/DD/`.

use std::collections::BTreeSet;

use jiff::civil::Date;

/// What is wanted of a bucket, as far as prefixes tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The accounts; all when empty.
    pub accounts: BTreeSet<String>,
    /// The regions; all when empty.
    pub regions: BTreeSet<String>,
    /// The first day of delivery.
    pub first: Option<Date>,
    /// The last day of delivery.
    pub last: Option<Date>,
}

/// Where in the layout a prefix stands.
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

/// What to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) prefix: String,
    /// Keys begin behind this one.
    pub(super) start_after: Option<String>,
    /// Keys from here on are not wanted.
    pub(super) end: Option<String>,
}

impl Stretch {
    /// Everything below a prefix.
    pub(super) fn whole(prefix: &str) -> Self {
        Self {
            prefix: prefix.to_owned(),
            start_after: None,
            end: None,
        }
    }
}

/// Where a prefix stands that ends with `/`.
pub(super) fn level(prefix: &str) -> Level {
    let segments: Vec<&str> = prefix.trim_end_matches('/').split('/').collect();
    let Some(root) = segments.iter().rposition(|segment| *segment == "AWSLogs") else {
        return Level::Outside;
    };
    let mut below = segments.get(root + 1..).unwrap_or_default();
    if let [organization, rest @ ..] = below
        && organization.starts_with("o-")
    {
        below = rest;
    }
    match below {
        [] => Level::Accounts,
        [_] => Level::Kinds,
        [_, kind] if is_kind(kind) => Level::Regions,
        [_, kind, _] if is_kind(kind) => Level::Years,
        [_, kind, _, year] if is_kind(kind) => year
            .parse()
            .map_or(Level::Objects, |year| Level::Months { year }),
        [_, kind, _, year, month] if is_kind(kind) => {
            date(year, month).map_or(Level::Objects, |month| Level::Days { month })
        }
        _ => Level::Objects,
    }
}

fn date(year: &str, month: &str) -> Option<Date> {
    Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()
}

fn is_kind(segment: &str) -> bool {
    segment.starts_with("CloudTrail")
}

impl Wanted {
    /// Whether the folder of this name is wanted, below a prefix of this level. A folder that the
    /// layout does not know is wanted, since nothing is known of it.
    pub(super) fn is_folder_wanted(&self, level: Level, folder: &str) -> bool {
        let is_in = |set: &BTreeSet<String>| set.is_empty() || set.contains(folder);
        match level {
            Level::Accounts => folder.starts_with("o-") || is_in(&self.accounts),
            Level::Kinds => is_kind(folder),
            Level::Regions => is_in(&self.regions),
            Level::Years => folder.parse().map_or(true, |year: i16| {
                self.first.is_none_or(|first| first.year() <= year)
                    && self.last.is_none_or(|last| year <= last.year())
            }),
            Level::Months { year } => date(&year.to_string(), folder).is_none_or(|month| {
                self.first
                    .is_none_or(|first| first <= month.last_of_month())
                    && self.last.is_none_or(|last| month <= last)
            }),
            Level::Outside | Level::Days { .. } | Level::Objects => true,
        }
    }

    /// What to list of a month. Folders of days end with `/` here, so that no server takes a day
    /// for the beginning of another.
    pub(super) fn stretch(&self, prefix: &str, month: Date) -> Stretch {
        let day = |date: Date| format!("{prefix}{:02}/", date.day());
        let first = self
            .first
            .filter(|first| first.first_of_month() == month && first.day() > 1);
        let last = self
            .last
            .filter(|last| last.first_of_month() == month)
            .and_then(|last| last.tomorrow().ok());
        let end = last.filter(|end| end.first_of_month() == month);
        Stretch {
            prefix: prefix.to_owned(),
            start_after: first.map(day),
            end: end.map(day),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn prefixes_are_told_apart() {
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
        let wanted = Wanted {
            first: Some(date(2026, 2, 27)),
            last: Some(date(2026, 3, 4)),
            accounts: BTreeSet::from(["1".to_owned()]),
            ..Wanted::default()
        };
        let is_wanted = |level, folder| wanted.is_folder_wanted(level, folder);
        assert!(is_wanted(Level::Accounts, "1") && is_wanted(Level::Accounts, "o-x"));
        assert!(!is_wanted(Level::Accounts, "2") && !is_wanted(Level::Kinds, "Config"));
        assert!(
            is_wanted(Level::Years, "2026")
                && !is_wanted(Level::Years, "2025")
                && !is_wanted(Level::Years, "2027")
        );
        let months =
            ["01", "02", "03", "04"].map(|month| is_wanted(Level::Months { year: 2026 }, month));
        assert_eq!(months, [false, true, true, false]);
        let stretch = |month| wanted.stretch("m/", month);
        let february = Stretch {
            prefix: "m/".into(),
            start_after: Some("m/27/".into()),
            end: None,
        };
        assert_eq!(stretch(date(2026, 2, 1)), february);
        let march = Stretch {
            prefix: "m/".into(),
            start_after: None,
            end: Some("m/05/".into()),
        };
        assert_eq!(stretch(date(2026, 3, 1)), march);
    }
}
