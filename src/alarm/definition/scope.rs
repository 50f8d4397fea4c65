//! The part of an archive that one alarm sees.
//!
//! A log group is in one account and region, and so are the metric of its filters and the alarm on
//! it. The trail of an organization delivers everything to one log group; the trail of an account
//! or region has one of its own.

use std::fmt;
use std::str::FromStr;

use crate::text::printable;

/// The division of an archive into the log groups that alarms see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AlarmScope {
    /// One log group receives everything, as from the trail of an organization.
    #[default]
    Archive,
    /// Each account has a log group.
    Account,
    /// Each account has a log group in each region.
    Region,
}

/// The account and region whose events one alarm sees. Without them, it sees those of all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AlarmGroup {
    /// The account; `None` for all accounts, and for events that do not name theirs.
    pub account: Option<String>,
    /// The region; `None` for all regions, and for events that do not name theirs.
    pub region: Option<String>,
}

impl AlarmScope {
    /// Every scope, the widest first.
    pub const ALL: [Self; 3] = [Self::Archive, Self::Account, Self::Region];

    /// Returns the name on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Archive => "archive",
            Self::Account => "account",
            Self::Region => "region",
        }
    }

    /// Returns the group of the events of this account and region.
    pub fn group(self, account: Option<&str>, region: Option<&str>) -> AlarmGroup {
        let is_divided = self != Self::Archive;
        AlarmGroup {
            account: account.filter(|_| is_divided).map(str::to_owned),
            region: region.filter(|_| self == Self::Region).map(str::to_owned),
        }
    }
}

impl fmt::Display for AlarmScope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A text that does not name a scope of alarms.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no scope `{}`; write archive, account or region", printable(.0))]
pub struct UnknownScope(String);

impl FromStr for AlarmScope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        let mut scopes = Self::ALL.into_iter();
        let named = scopes.find(|scope| scope.name() == text);
        named.ok_or_else(|| UnknownScope(text.to_owned()))
    }
}

/// The account and region, separated by a space.
impl fmt::Display for AlarmGroup {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.account, &self.region) {
            (None, None) => formatter.write_str("all accounts and regions"),
            (Some(account), None) => formatter.write_str(account),
            (None, Some(region)) => formatter.write_str(region),
            (Some(account), Some(region)) => write!(formatter, "{account} {region}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_and_written() {
        for scope in AlarmScope::ALL {
            assert_eq!(scope.to_string().parse(), Ok(scope));
        }
        assert!("Account".parse::<AlarmScope>().is_err());
    }

    #[test]
    fn a_narrower_scope_has_more_groups() {
        let group = |scope: AlarmScope| scope.group(Some("1"), Some("r")).to_string();
        assert_eq!(group(AlarmScope::Archive), "all accounts and regions");
        assert_eq!(group(AlarmScope::Account), "1");
        assert_eq!(group(AlarmScope::Region), "1 r");
        let unknown = AlarmScope::Region.group(None, None).to_string();
        assert_eq!(unknown, "all accounts and regions");
    }
}
