//! The selection of records: which of them count, and how.

use std::collections::BTreeSet;

use super::clock::Clock;
use crate::alarm::AlarmScope;
use crate::cloudtrail::key::is_account;
use crate::time::period::TimeRange;

/// The records that count, and how they are counted.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// The requested event times.
    pub range: TimeRange,
    /// The requested accounts; all accounts if empty.
    pub accounts: BTreeSet<String>,
    /// The requested regions; all regions if empty.
    pub regions: BTreeSet<String>,
    /// The treatment of further copies of a selected record.
    pub duplicates: Duplicates,
    /// The clock that gives the time for which an event counts.
    pub clock: Clock,
    /// The part of the archive that each alarm sees.
    pub alarm_scope: AlarmScope,
}

/// The treatment of further copies of a selected record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Duplicates {
    /// They are counted and left out.
    #[default]
    Drop,
    /// They count like the first.
    Keep,
}

impl Selection {
    /// Returns true if records of this account and region are requested. A record whose account or
    /// region is unknown is not, unless all of them are.
    #[inline]
    pub(super) fn includes(&self, account: Option<&str>, region: Option<&str>) -> bool {
        contains(&self.accounts, account) && contains(&self.regions, region)
    }
}

fn contains(requested: &BTreeSet<String>, value: Option<&str>) -> bool {
    requested.is_empty() || value.is_some_and(|value| requested.contains(value))
}

/// A text that is not an account ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an account ID has twelve digits")]
pub struct InvalidAccount;

/// Parses an account ID.
///
/// # Errors
///
/// Returns an error if the text is not twelve digits.
pub fn parse_account(text: &str) -> Result<String, InvalidAccount> {
    if is_account(text) {
        Ok(text.to_owned())
    } else {
        Err(InvalidAccount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_set_requests_everything() {
        let selection = Selection::default();
        assert!(selection.includes(None, None));
        assert!(selection.includes(Some("111122223333"), Some("eu-west-1")));
    }

    #[test]
    fn account_and_region_must_both_be_requested() {
        let selection = Selection {
            accounts: ["1".to_owned()].into(),
            regions: ["r".to_owned()].into(),
            ..Selection::default()
        };
        assert!(selection.includes(Some("1"), Some("r")));
        assert!(!selection.includes(Some("2"), Some("r")));
        assert!(!selection.includes(Some("1"), Some("s")));
        assert!(!selection.includes(None, Some("r")));
        assert!(!selection.includes(Some("1"), None));
    }

    #[test]
    fn accounts_have_twelve_digits() {
        assert_eq!(parse_account("111122223333").as_deref(), Ok("111122223333"));
        for wrong in ["", "11112222333", "1111222233334", "11112222333a"] {
            assert_eq!(parse_account(wrong), Err(InvalidAccount), "{wrong}");
        }
    }
}
