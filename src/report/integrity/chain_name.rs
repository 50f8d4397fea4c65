//! The names of chains of digests.

use std::fmt;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::cloudtrail::key::{is_account, stamp};

/// The second part of the names of digests.
const KIND: &str = "CloudTrail-Digest";

/// A chain of digests: those of one trail, for one account and one region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChainName {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The trail.
    pub trail: String,
    /// The home region of the trail.
    pub home_region: String,
    /// True for digests of log files that missed their own digest. They are a chain of their own.
    pub is_backfill: bool,
}

impl ChainName {
    /// Parses the file name of a digest: the chain, and the end of the hour (sources, I1).
    pub fn from_file_name(name: &str) -> Option<(Self, Timestamp)> {
        let name = name.strip_suffix(".gz").unwrap_or(name);
        let name = name.strip_suffix(".json")?;
        let standard = name.strip_suffix("_backfill");
        let (rest, end) = standard.unwrap_or(name).rsplit_once('_')?;
        // The name of a trail may contain underscores, those of regions do not.
        let (rest, home_region) = rest.rsplit_once('_')?;
        let mut parts = rest.splitn(4, '_');
        let account = parts.next().filter(|account| is_account(account))?;
        parts.next().filter(|kind| *kind == KIND)?;
        let chain = Self {
            account: account.to_owned(),
            region: parts.next()?.to_owned(),
            trail: parts.next()?.to_owned(),
            home_region: home_region.to_owned(),
            is_backfill: standard.is_some(),
        };
        Some((chain, stamp(end)?))
    }

    /// Returns whether two chains are of one trail and account.
    pub fn is_sibling(&self, other: &Self) -> bool {
        self.account == other.account
            && self.trail == other.trail
            && self.home_region == other.home_region
            && self.is_backfill == other.is_backfill
    }
}

impl fmt::Display for ChainName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            account,
            region,
            trail,
            home_region,
            is_backfill,
        } = self;
        write!(formatter, "{account}/{region}/{trail}/{home_region}")?;
        match is_backfill {
            true => formatter.write_str("/backfill"),
            false => Ok(()),
        }
    }
}

impl Serialize for ChainName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_trails_may_contain_anything() {
        let rows = [
            (
                "111122223333_CloudTrail-Digest_us-east-1_my_trail.2_eu-west-1_20260304T091512Z.json.gz",
                Some("111122223333/us-east-1/my_trail.2/eu-west-1"),
            ),
            (
                "111122223333_CloudTrail-Digest_us-east-1_t_eu-west-1_20260304T091512Z_backfill.json.gz",
                Some("111122223333/us-east-1/t/eu-west-1/backfill"),
            ),
            (
                "111122223333_CloudTrail-Digest_us-east-1_20250101T000000Z_eu-west-1_20260304T091512Z.json",
                Some("111122223333/us-east-1/20250101T000000Z/eu-west-1"),
            ),
            (
                "111122223333_CloudTrail_us-east-1_20260304T0915Z_aBcDeFgHiJkLmNoP.json.gz",
                None,
            ),
            ("digest.json.gz", None),
        ];
        for (name, expected) in rows {
            let parsed = ChainName::from_file_name(name);
            let chain = parsed.as_ref().map(|(chain, _)| chain.to_string());
            assert_eq!(chain.as_deref(), expected, "{name}");
            if let Some((_, end)) = parsed {
                assert_eq!(end.to_string(), "2026-03-04T09:15:12Z");
            }
        }
    }
}
