//! The units of metrics.

use std::fmt;
use std::str::FromStr;

use crate::text::printable;

/// A unit that CloudWatch knows (API, `MetricDatum`). It labels samples and converts nothing; an
/// alarm that names a unit sees only samples of that unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Unit(&'static str);

/// The names of all units.
const NAMES: [&str; 27] = [
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
];

/// A text that does not name a unit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no unit `{}`; the units are {}", printable(.0), NAMES.join(", "))]
pub struct UnknownUnit(String);

impl Unit {
    /// No unit: the default of a metric filter.
    pub const NONE: Self = Self("None");

    /// Returns the name.
    pub fn name(self) -> &'static str {
        self.0
    }
}

impl Default for Unit {
    fn default() -> Self {
        Self::NONE
    }
}

impl FromStr for Unit {
    type Err = UnknownUnit;

    fn from_str(text: &str) -> Result<Self, UnknownUnit> {
        let name = NAMES.into_iter().find(|name| *name == text);
        name.map(Self).ok_or_else(|| UnknownUnit(text.to_owned()))
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_known_by_their_names() {
        assert_eq!(
            "Bytes/Second".parse::<Unit>().map(Unit::name),
            Ok("Bytes/Second")
        );
        assert_eq!(Unit::default().name(), "None");
        assert!(
            "seconds"
                .parse::<Unit>()
                .is_err_and(|error| error.to_string().contains("Seconds"))
        );
    }
}
