//! The statistics beyond the five standard ones: percentiles and trimmed statistics (CloudWatch
//! user guide, "Statistics definitions").

use std::fmt;

use super::distribution::Distribution;

/// A statistic that needs the distribution of the samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ExtendedStatistic {
    /// `p90`: the value that this percentage of the samples does not exceed.
    Percentile(f64),
    /// `PR(:100)`: the percentage of the samples within bounds given as values.
    PercentileRank(Bounds),
    /// `TM(10%:90%)`, `tm90`, `IQM` and their like: a statistic of the samples within bounds.
    Trimmed {
        /// Which statistic.
        kind: TrimmedKind,
        /// The bounds.
        bounds: Bounds,
        /// How it was written.
        spelling: Spelling,
    },
}

/// What is computed of the samples within bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrimmedKind {
    /// `TM`: their mean.
    Mean,
    /// `WM`: the mean of all samples, those outside taken for the nearest bound.
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

/// How a trimmed statistic is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// `tm90`
    Short,
    /// `TM(10%:90%)`
    Long,
    /// `IQM`
    Interquartile,
}

impl TrimmedKind {
    const ALL: [Self; 4] = [Self::Mean, Self::WinsorizedMean, Self::Count, Self::Sum];

    fn name(self) -> &'static str {
        match self {
            Self::Mean => "TM",
            Self::WinsorizedMean => "WM",
            Self::Count => "TC",
            Self::Sum => "TS",
        }
    }
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

    /// Reads the name of a statistic.
    pub fn parse(text: &str) -> Option<Self> {
        if text.eq_ignore_ascii_case("IQM") {
            return Some(Self::INTERQUARTILE_MEAN);
        }
        if let Some(percent) = text.strip_prefix(['p', 'P']).and_then(percent) {
            return Some(Self::Percentile(percent));
        }
        let (name, rest) = text.split_at_checked(2)?;
        if let Some(bounds) = rest
            .strip_prefix('(')
            .and_then(|rest| rest.strip_suffix(')'))
        {
            return Self::long(name, bounds);
        }
        let (kind, high) = (kind(name)?, percent(rest)?);
        let bounds = Bounds::Percent { low: 0.0, high };
        Some(Self::Trimmed {
            kind,
            bounds,
            spelling: Spelling::Short,
        })
    }

    fn long(name: &str, text: &str) -> Option<Self> {
        let bounds = bounds(text)?;
        if name.eq_ignore_ascii_case("PR") {
            let is_values = matches!(bounds, Bounds::Values { .. });
            return is_values.then_some(Self::PercentileRank(bounds));
        }
        Some(Self::Trimmed {
            kind: kind(name)?,
            bounds,
            spelling: Spelling::Long,
        })
    }

    /// Its value for a distribution, where it has one.
    pub fn compute(self, distribution: &Distribution) -> Option<f64> {
        match self {
            Self::Percentile(percent) => distribution.percentile(percent),
            Self::PercentileRank(bounds) => distribution.percentile_rank(bounds),
            Self::Trimmed { kind, bounds, .. } => distribution.trimmed(kind, bounds),
        }
    }
}

fn kind(name: &str) -> Option<TrimmedKind> {
    TrimmedKind::ALL
        .into_iter()
        .find(|kind| kind.name().eq_ignore_ascii_case(name))
}

/// A percentage from 0 to 100 with up to ten decimals.
fn percent(text: &str) -> Option<f64> {
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    let decimals = text
        .split_once('.')
        .map_or(0, |(_, decimals)| decimals.len());
    let value: f64 = Some(text)
        .filter(|_| is_plain && decimals <= 10)?
        .parse()
        .ok()?;
    (0.0..=100.0).contains(&value).then_some(value)
}

/// `low:high`, either of which may be left out, both in percent or both as values.
fn bounds(text: &str) -> Option<Bounds> {
    let (low, high) = text.split_once(':')?;
    if low.is_empty() && high.is_empty() {
        return None;
    }
    let bounds = if low.ends_with('%') || high.ends_with('%') {
        let bound = |text: &str, open: f64| match text {
            "" => Some(open),
            text => text.strip_suffix('%').and_then(percent),
        };
        Bounds::Percent {
            low: bound(low, 0.0)?,
            high: bound(high, 100.0)?,
        }
    } else {
        let bound = |text: &str| match text {
            "" => Some(None),
            text => text
                .parse()
                .ok()
                .filter(|value: &f64| value.is_finite())
                .map(Some),
        };
        Bounds::Values {
            low: bound(low)?,
            high: bound(high)?,
        }
    };
    let is_ordered = match bounds {
        Bounds::Percent { low, high } => low < high,
        Bounds::Values { low, high } => low.zip(high).is_none_or(|(low, high)| low < high),
    };
    is_ordered.then_some(bounds)
}

impl fmt::Display for ExtendedStatistic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percentile(percent) => write!(formatter, "p{percent}"),
            Self::PercentileRank(bounds) => write!(formatter, "PR({bounds})"),
            Self::Trimmed {
                spelling: Spelling::Interquartile,
                ..
            } => formatter.write_str("IQM"),
            Self::Trimmed {
                kind,
                bounds: Bounds::Percent { high, .. },
                spelling: Spelling::Short,
            } => {
                write!(formatter, "{}{high}", kind.name().to_lowercase())
            }
            Self::Trimmed { kind, bounds, .. } => write!(formatter, "{}({bounds})", kind.name()),
        }
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let open = |bound: &Option<f64>| bound.map_or_else(String::new, |bound| bound.to_string());
        match self {
            Self::Percent { low, high } if *low == 0.0 => write!(formatter, ":{high}%"),
            Self::Percent { low, high } => write!(formatter, "{low}%:{high}%"),
            Self::Values { low, high } => write!(formatter, "{}:{}", open(low), open(high)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            "PR(:100)",
            "PR(2:10)",
            "TS(80%:100%)",
            "WM(1:)",
        ] {
            assert_eq!(
                ExtendedStatistic::parse(name)
                    .map(|found| found.to_string())
                    .as_deref(),
                Some(name)
            );
        }
        assert_eq!(
            ExtendedStatistic::parse("TM(10%:)")
                .map(|found| found.to_string())
                .as_deref(),
            Some("TM(10%:100%)")
        );
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
            "PR(1%:2%)",
            "PR(5)",
            "é",
            "p0.12345678901",
        ] {
            assert_eq!(ExtendedStatistic::parse(wrong), None, "{wrong}");
        }
    }
}
