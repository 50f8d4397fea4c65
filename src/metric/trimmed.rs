//! Trimmed statistics: the mean, sum or count of the samples between two bounds.

use std::fmt;

/// The most decimals that a percentage may have.
const DECIMALS_LIMIT: usize = 10;

/// A statistic of the samples within bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrimmedKind {
    /// `TM`: their mean.
    Mean,
    /// `WM`: the mean of all samples, those outside replaced by the nearest bound.
    WinsorizedMean,
    /// `TC`: their number.
    Count,
    /// `TS`: their sum.
    Sum,
}

/// The bounds of a trimmed statistic or percentile rank.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bounds {
    /// Shares of the samples, from 0 to 100.
    Percent {
        /// The lower bound.
        low: f64,
        /// The upper bound.
        high: f64,
    },
    /// Values: samples above the lower and not above the upper bound count. A missing bound is
    /// open.
    Values {
        /// The lower bound.
        low: Option<f64>,
        /// The upper bound.
        high: Option<f64>,
    },
}

impl TrimmedKind {
    const ALL: [Self; 4] = [Self::Mean, Self::WinsorizedMean, Self::Count, Self::Sum];

    /// Returns the kind with this name, in capitals or not.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let has_name = |kind: &Self| kind.name().eq_ignore_ascii_case(name);
        Self::ALL.into_iter().find(has_name)
    }

    /// Returns the name in capitals.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Mean => "TM",
            Self::WinsorizedMean => "WM",
            Self::Count => "TC",
            Self::Sum => "TS",
        }
    }
}

impl Bounds {
    /// Parses `low:high`. Either may be left out; both are percentages, or both are values.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (low, high) = text.split_once(':')?;
        if low.is_empty() && high.is_empty() {
            return None;
        }
        let bounds = match low.ends_with('%') || high.ends_with('%') {
            true => Self::parse_percent(low, high)?,
            false => Self::parse_values(low, high)?,
        };
        bounds.is_ordered().then_some(bounds)
    }

    fn parse_percent(low: &str, high: &str) -> Option<Self> {
        let low = parse_percent_bound(low, 0.0)?;
        let high = parse_percent_bound(high, 100.0)?;
        Some(Self::Percent { low, high })
    }

    fn parse_values(low: &str, high: &str) -> Option<Self> {
        let low = parse_value_bound(low)?;
        let high = parse_value_bound(high)?;
        Some(Self::Values { low, high })
    }

    fn is_ordered(self) -> bool {
        match self {
            Self::Percent { low, high } => low < high,
            Self::Values {
                low: Some(low),
                high: Some(high),
            } => low < high,
            Self::Values { .. } => true,
        }
    }
}

/// Parses a bound such as `10%`; an empty one is `open`.
fn parse_percent_bound(text: &str, open: f64) -> Option<f64> {
    match text {
        "" => Some(open),
        text => text.strip_suffix('%').and_then(parse_percentage),
    }
}

/// Parses a bound that is a value; an empty one is `Some(None)`.
fn parse_value_bound(text: &str) -> Option<Option<f64>> {
    if text.is_empty() {
        return Some(None);
    }
    let value: f64 = text.parse().ok()?;
    value.is_finite().then_some(Some(value))
}

/// Parses a percentage from 0 to 100.
pub(super) fn parse_percentage(text: &str) -> Option<f64> {
    if !is_plain_decimal(text) {
        return None;
    }
    let value: f64 = text.parse().ok()?;
    (0.0..=100.0).contains(&value).then_some(value)
}

// Rust would also read `1e1`, `inf` and signs, which CloudWatch does not take.
fn is_plain_decimal(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    text.bytes().all(is_plain) && count_decimals(text) <= DECIMALS_LIMIT
}

fn count_decimals(text: &str) -> usize {
    text.split_once('.')
        .map_or(0, |(_, decimals)| decimals.len())
}

impl fmt::Display for Bounds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percent { low, high } if *low == 0.0 => write!(formatter, ":{high}%"),
            Self::Percent { low, high } => write!(formatter, "{low}%:{high}%"),
            Self::Values { low, high } => {
                write!(
                    formatter,
                    "{}:{}",
                    display_bound(*low),
                    display_bound(*high)
                )
            }
        }
    }
}

fn display_bound(bound: Option<f64>) -> String {
    bound.map_or_else(String::new, |bound| bound.to_string())
}
