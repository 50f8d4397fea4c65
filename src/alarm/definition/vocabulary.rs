//! AWS's names for the states and settings of alarms.

use std::fmt;
use std::str::FromStr;

use crate::text::{joined, printable};

/// The state of an alarm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AlarmState {
    /// The metric does not breach.
    Ok,
    /// The metric breaches.
    Alarm,
    /// The alarm has just started, or there is not enough data.
    #[default]
    InsufficientData,
}

/// The comparison of a datapoint, on the left, with the threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComparisonOperator {
    /// `>=`
    GreaterThanOrEqualToThreshold,
    /// `>`
    GreaterThanThreshold,
    /// `<`
    LessThanThreshold,
    /// `<=`
    LessThanOrEqualToThreshold,
}

/// The treatment of missing datapoints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TreatMissingData {
    /// Nothing is known.
    #[default]
    Missing,
    /// The state is kept.
    Ignore,
    /// They breach.
    Breaching,
    /// They do not breach.
    NotBreaching,
}

/// The treatment of a percentile over few samples (user guide, "Percentile-based alarms and low
/// data samples").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LowSamples {
    /// It is evaluated like any other.
    #[default]
    Evaluate,
    /// The state is kept.
    Ignore,
}

/// A name that AWS does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no {kind} `{}`; it is one of {known}", printable(name))]
pub struct UnknownName {
    kind: &'static str,
    name: String,
    known: String,
}

/// Finds a name among those of its kind.
fn named<T: Copy + fmt::Display>(
    kind: &'static str,
    name: &str,
    all: &[T],
) -> Result<T, UnknownName> {
    let found = all.iter().find(|value| value.to_string() == name);
    found
        .copied()
        .ok_or_else(|| UnknownName::new(kind, name, all))
}

impl UnknownName {
    fn new(kind: &'static str, name: &str, all: &[impl fmt::Display]) -> Self {
        Self {
            kind,
            name: name.to_owned(),
            known: joined(all, ", "),
        }
    }
}

impl AlarmState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Ok, Self::Alarm, Self::InsufficientData];

    fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }
}

impl FromStr for AlarmState {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        named("state", name, &Self::ALL)
    }
}

impl fmt::Display for AlarmState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl ComparisonOperator {
    /// Every operator.
    pub const ALL: [Self; 4] = [
        Self::GreaterThanOrEqualToThreshold,
        Self::GreaterThanThreshold,
        Self::LessThanThreshold,
        Self::LessThanOrEqualToThreshold,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::GreaterThanOrEqualToThreshold => "GreaterThanOrEqualToThreshold",
            Self::GreaterThanThreshold => "GreaterThanThreshold",
            Self::LessThanThreshold => "LessThanThreshold",
            Self::LessThanOrEqualToThreshold => "LessThanOrEqualToThreshold",
        }
    }

    /// Returns whether a value breaches a threshold.
    pub fn holds(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::GreaterThanOrEqualToThreshold => value >= threshold,
            Self::GreaterThanThreshold => value > threshold,
            Self::LessThanThreshold => value < threshold,
            Self::LessThanOrEqualToThreshold => value <= threshold,
        }
    }

    /// Returns whether larger values breach, and not smaller ones.
    pub fn is_rising(self) -> bool {
        matches!(
            self,
            Self::GreaterThanOrEqualToThreshold | Self::GreaterThanThreshold
        )
    }

    /// Returns the operator as a sign.
    pub fn sign(self) -> &'static str {
        match self {
            Self::GreaterThanOrEqualToThreshold => ">=",
            Self::GreaterThanThreshold => ">",
            Self::LessThanThreshold => "<",
            Self::LessThanOrEqualToThreshold => "<=",
        }
    }
}

impl FromStr for ComparisonOperator {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        named("comparison operator", name, &Self::ALL)
    }
}

impl fmt::Display for ComparisonOperator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl TreatMissingData {
    /// Every treatment.
    pub const ALL: [Self; 4] = [
        Self::Missing,
        Self::Ignore,
        Self::Breaching,
        Self::NotBreaching,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Ignore => "ignore",
            Self::Breaching => "breaching",
            Self::NotBreaching => "notBreaching",
        }
    }
}

impl FromStr for TreatMissingData {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        named("treatment of missing data", name, &Self::ALL)
    }
}

impl fmt::Display for TreatMissingData {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl LowSamples {
    /// Every treatment.
    pub const ALL: [Self; 2] = [Self::Evaluate, Self::Ignore];

    fn name(self) -> &'static str {
        match self {
            Self::Evaluate => "evaluate",
            Self::Ignore => "ignore",
        }
    }
}

impl FromStr for LowSamples {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        named("treatment of few samples", name, &Self::ALL)
    }
}

impl fmt::Display for LowSamples {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
