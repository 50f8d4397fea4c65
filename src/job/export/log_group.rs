//! The names of log groups.

use std::fmt;
use std::str::FromStr;

use crate::text::printable;

/// The longest name (API, `PutMetricFilter`).
const LONGEST: usize = 512;

/// The name of a log group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogGroupName(String);

/// A text that cannot be the name of a log group.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{}` is not the name of a log group: it has up to {LONGEST} letters, digits and any of \
     . - _ / #",
    printable(.0)
)]
pub struct InvalidLogGroupName(String);

impl LogGroupName {
    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LogGroupName {
    type Err = InvalidLogGroupName;

    fn from_str(text: &str) -> Result<Self, InvalidLogGroupName> {
        match is_name(text) {
            true => Ok(Self(text.to_owned())),
            false => Err(InvalidLogGroupName(text.to_owned())),
        }
    }
}

impl fmt::Display for LogGroupName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn is_name(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len()) && text.chars().all(is_allowed)
}

fn is_allowed(character: char) -> bool {
    character.is_ascii_alphanumeric() || ".-_/#".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_the_characters_that_aws_allows() {
        assert!("CloudTrail/logs-1_a.b#c".parse::<LogGroupName>().is_ok());
        for wrong in ["", "a b", "a:b", "${Group}", "é", &"a".repeat(513)] {
            assert!(wrong.parse::<LogGroupName>().is_err(), "{wrong}");
        }
    }
}
