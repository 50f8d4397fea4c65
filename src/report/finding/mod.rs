//! Findings for other systems: one for each deletion of a secret or key that was still needed, and
//! one for each rule and resource that the other matches are about. Renderers give them the form of
//! a schema.

mod caller;
mod of_rule;
mod of_story;
pub mod severity;
mod words;

pub use caller::FindingCaller;
pub use severity::Severity;

use jiff::Timestamp;

use super::{Report, Story};
use crate::cloudtrail::lifecycle::ResourceKind;

/// The number of digits of an account.
const ACCOUNT_DIGITS: usize = 12;

/// The longest name of a region that Security Hub accepts, in characters (sources, X9).
const REGION_LIMIT: usize = 16;

/// A finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding<'a> {
    /// The rule that the calls belong to. Of a story, it is the one on its service.
    pub rule: &'a str,
    /// The account.
    pub account: Option<&'a str>,
    /// The region.
    pub region: Option<&'a str>,
    /// The secret, key or other resource, if the calls name one.
    pub resource: Option<FindingResource<'a>>,
    /// The story that it is about.
    pub story: Option<&'a Story>,
    /// The result in words.
    pub verdict: String,
    /// The result in one line, with the name of the resource. It has control characters as escapes.
    pub title: String,
    /// The facts in sentences, with control characters as escapes.
    pub description: String,
    /// The severity.
    pub severity: Severity,
    /// The time of the first of the calls.
    pub first: Timestamp,
    /// The time of the last of them.
    pub last: Timestamp,
    /// The time of the last event that the finding rests on.
    pub updated: Timestamp,
    /// The number of calls.
    pub calls: u64,
    /// The callers, those with most calls first.
    pub callers: Vec<FindingCaller<'a>>,
}

/// A resource that a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FindingResource<'a> {
    /// The kind, if it is a secret or key.
    pub kind: Option<ResourceKind>,
    /// The ARN, or else the name as written.
    pub id: &'a str,
    /// The short name.
    pub name: &'a str,
}

/// The findings of a report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReportFindings<'a> {
    /// The findings: first those of stories, the most urgent first, then those of rules.
    pub findings: Vec<Finding<'a>>,
    /// The number of findings that are left out, since no record gives a time.
    pub undated: u64,
}

impl<'a> ReportFindings<'a> {
    /// Returns the findings of a report.
    pub fn from_report(report: &'a Report) -> Self {
        let mut found = Self::default();
        let of_stories = of_story::findings(report);
        for finding in of_stories.chain(of_rule::findings(report)) {
            found.add(finding);
        }
        found
    }

    fn add(&mut self, finding: Option<Finding<'a>>) {
        match finding {
            Some(finding) => self.findings.push(finding),
            None => self.undated += 1,
        }
    }
}

impl<'a> Finding<'a> {
    /// Returns the account and the region, if both are those of AWS. A finding belongs to an
    /// account in Security Hub, so it cannot be imported without them.
    pub fn home(&self) -> Option<(&'a str, &'a str)> {
        let (account, region) = (self.account?, self.region?);
        (is_account(account) && is_region(region)).then_some((account, region))
    }

    /// Returns the texts that distinguish the finding from all others, and are the same in each
    /// report that has it.
    pub fn identity(&self) -> Vec<Option<String>> {
        let text = |text: Option<&str>| text.map(str::to_owned);
        let mut parts = vec![
            text(self.account),
            text(self.region),
            text(self.resource.map(|resource| resource.id)),
        ];
        match self.story {
            Some(story) => parts.extend(of_story::occasion(story)),
            None => parts.push(text(Some(self.rule))),
        }
        parts
    }
}

fn is_account(account: &str) -> bool {
    account.len() == ACCOUNT_DIGITS && account.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_region(region: &str) -> bool {
    (1..=REGION_LIMIT).contains(&region.len()) && region.bytes().all(is_in_regions)
}

/// Returns true if the names of regions have such a byte.
fn is_in_regions(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_accounts_and_regions_of_aws_are_a_home() {
        assert!(is_account("111122223333") && is_region("ap-southeast-1"));
        for account in [
            "",
            "11112222333",
            "1111222233334",
            "11112222333x",
            "１１１１",
        ] {
            assert!(!is_account(account), "{account}");
        }
        for region in ["", "eu-west-1:x", "EU-WEST-1", "a-very-long-region", "é"] {
            assert!(!is_region(region), "{region}");
        }
    }
}
