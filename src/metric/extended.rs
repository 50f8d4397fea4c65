//! The statistics beyond the five standard ones: percentiles and trimmed statistics (CloudWatch
//! user guide, "Statistics definitions").

use std::fmt;

use super::distribution::Distribution;
use super::trimmed::{Bounds, TrimmedKind, parse_percentage};

/// A statistic that needs the distribution of the samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ExtendedStatistic {
    /// `p90`: the value that this percentage of the samples does not exceed.
    Percentile(f64),
    /// `PR(:100)`: the percentage of the samples within bounds that are values.
    PercentileRank(Bounds),
    /// `TM(10%:90%)`, `tm90`, `IQM` and the like: a statistic of the samples within bounds.
    Trimmed {
        /// The statistic.
        kind: TrimmedKind,
        /// The bounds.
        bounds: Bounds,
        /// The form in which it was written.
        // Notifications and reasons of alarms quote a statistic as its owner wrote it.
        spelling: Spelling,
    },
}

/// The form in which a trimmed statistic is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// `tm90`
    Short,
    /// `TM(10%:90%)`
    Long,
    /// `IQM`
    Interquartile,
}

impl ExtendedStatistic {
    /// The mean of the middle half.
    pub const INTERQUARTILE_MEAN: Self = Self::Trimmed {
        kind: TrimmedKind::Mean,
        bounds: Bounds::Percent {
            low: 25.0,
            high: 75.0,
        },
        spelling: Spelling::Interquartile,
    };

    /// Parses the name of a statistic.
    pub fn parse(text: &str) -> Option<Self> {
        if text.eq_ignore_ascii_case("IQM") {
            return Some(Self::INTERQUARTILE_MEAN);
        }
        Self::parse_percentile(text).or_else(|| Self::parse_trimmed(text))
    }

    fn parse_percentile(text: &str) -> Option<Self> {
        let percentage = text.strip_prefix(['p', 'P'])?;
        parse_percentage(percentage).map(Self::Percentile)
    }

    fn parse_trimmed(text: &str) -> Option<Self> {
        let (name, rest) = text.split_at_checked(2)?;
        match rest.strip_prefix('(') {
            Some(rest) => Self::parse_long(name, rest.strip_suffix(')')?),
            None => Self::parse_short(name, rest),
        }
    }

    /// Parses a name and a percentage, such as `tm` and `90`.
    fn parse_short(name: &str, percentage: &str) -> Option<Self> {
        Some(Self::Trimmed {
            kind: TrimmedKind::parse(name)?,
            bounds: Bounds::Percent {
                low: 0.0,
                high: parse_percentage(percentage)?,
            },
            spelling: Spelling::Short,
        })
    }

    /// Parses a name and bounds, such as `TM` and `10%:90%`.
    fn parse_long(name: &str, bounds: &str) -> Option<Self> {
        let bounds = Bounds::parse(bounds)?;
        if name.eq_ignore_ascii_case("PR") {
            let are_values = matches!(bounds, Bounds::Values { .. });
            return are_values.then_some(Self::PercentileRank(bounds));
        }
        Some(Self::Trimmed {
            kind: TrimmedKind::parse(name)?,
            bounds,
            spelling: Spelling::Long,
        })
    }

    /// Computes the statistic of a distribution, where it has one.
    pub fn compute(self, distribution: &Distribution) -> Option<f64> {
        match self {
            Self::Percentile(percent) => distribution.percentile(percent),
            Self::PercentileRank(bounds) => distribution.percentile_rank(bounds),
            Self::Trimmed { kind, bounds, .. } => distribution.trimmed(kind, bounds),
        }
    }
}

impl fmt::Display for ExtendedStatistic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percentile(percent) => write!(formatter, "p{percent}"),
            Self::PercentileRank(bounds) => write!(formatter, "PR({bounds})"),
            Self::Trimmed {
                kind,
                bounds,
                spelling,
            } => display_trimmed(*kind, *bounds, *spelling, formatter),
        }
    }
}

fn display_trimmed(
    kind: TrimmedKind,
    bounds: Bounds,
    spelling: Spelling,
    formatter: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    match (spelling, bounds) {
        (Spelling::Interquartile, _) => formatter.write_str("IQM"),
        (Spelling::Short, Bounds::Percent { high, .. }) => {
            write!(formatter, "{}{high}", kind.name().to_lowercase())
        }
        _ => write!(formatter, "{}({bounds})", kind.name()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(name: &str) -> Option<String> {
        ExtendedStatistic::parse(name).map(|statistic| statistic.to_string())
    }

    #[test]
    fn names_are_read_and_written() {
        for name in [
            "p90",
            "p99.9",
            "p0",
            "p100",
            "tm90",
            "tc99.5",
            "IQM",
            "TM(25%:75%)",
            "TM(:95%)",
            "p0.1234567891",
            "PR(:100)",
            "PR(2:10)",
            "TS(80%:100%)",
            "WM(1:)",
        ] {
            assert_eq!(rewritten(name).as_deref(), Some(name));
        }
        assert_eq!(rewritten("TM(10%:)").as_deref(), Some("TM(10%:100%)"));
    }

    #[test]
    fn other_names_are_refused() {
        for wrong in [
            "p",
            "p101",
            "p-1",
            "pNaN",
            "p1e1",
            "tm",
            "xx90",
            "TM(:)",
            "TM(1:2%)",
            "TM(90%:10%)",
            "TM(5%:5%)",
            "TM(1%:2%",
            "PR(1%:2%)",
            "PR(5)",
            "PR(2:2)",
            "é",
            "p0.12345678901",
        ] {
            assert_eq!(rewritten(wrong), None, "{wrong}");
        }
    }
}
