//! The values that the datapoints of a metric can have, as far as they are known beforehand.

use std::fmt;

use super::extended::ExtendedStatistic;
use super::statistic::Statistic;
use super::trimmed::{Bounds, TrimmedKind};

/// The values between two bounds, both included. A bound may be infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ValueRange {
    /// The lower bound.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
}

impl ValueRange {
    /// The shares of samples, in percent.
    const PERCENTAGES: Self = Self {
        low: 0.0,
        high: 100.0,
    };

    /// The numbers of samples in a datapoint, of which none has no sample.
    const COUNTS: Self = Self {
        low: 1.0,
        high: f64::INFINITY,
    };

    /// Returns the smallest range with these values; `None` without any.
    pub fn from_values(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values = values.into_iter();
        let first = values.next()?;
        let (mut low, mut high) = (first, first);
        for value in values {
            low = low.min(value);
            high = high.max(value);
        }
        Some(Self { low, high })
    }

    /// Returns the range of a statistic over samples of these values, each published once; `None`
    /// where the statistic can be anything.
    pub fn reduced_by(self, statistic: Statistic) -> Option<Self> {
        match statistic {
            Statistic::SampleCount => Some(Self::COUNTS),
            Statistic::Sum => self.sums(),
            Statistic::Average | Statistic::Minimum | Statistic::Maximum => Some(self),
            Statistic::Extended(extended) => self.reduced_by_extended(extended),
        }
    }

    fn reduced_by_extended(self, statistic: ExtendedStatistic) -> Option<Self> {
        match statistic {
            ExtendedStatistic::Percentile(_) => Some(self),
            ExtendedStatistic::PercentileRank(_) => Some(Self::PERCENTAGES),
            ExtendedStatistic::Trimmed { kind, bounds, .. } => {
                is_mean_of_values(kind, bounds).then_some(self)
            }
        }
    }

    /// Returns the range of sums. A sum of several values is as far from 0 as one of them, or
    /// farther, if all have the same sign.
    fn sums(self) -> Option<Self> {
        let low = match self.low >= 0.0 {
            true => self.low,
            false => f64::NEG_INFINITY,
        };
        let high = match self.high <= 0.0 {
            true => self.high,
            false => f64::INFINITY,
        };
        (low.is_finite() || high.is_finite()).then_some(Self { low, high })
    }
}

/// Returns true for a mean that lies among the values. A winsorized mean replaces values by its
/// bounds, which may lie elsewhere if they are values themselves.
fn is_mean_of_values(kind: TrimmedKind, bounds: Bounds) -> bool {
    match kind {
        TrimmedKind::Mean => true,
        TrimmedKind::WinsorizedMean => matches!(bounds, Bounds::Percent { .. }),
        TrimmedKind::Count | TrimmedKind::Sum => false,
    }
}

impl fmt::Display for ValueRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { low, high } = self;
        match (low.is_finite(), high.is_finite()) {
            (true, true) if low == high => write!(formatter, "always {low}"),
            (true, true) => write!(formatter, "between {low} and {high}"),
            (true, false) => write!(formatter, "at least {low}"),
            (false, true) => write!(formatter, "at most {high}"),
            (false, false) => formatter.write_str("any number"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Sample;
    use crate::time::period::timestamp;

    /// Samples of these values, of which the first occurs most often.
    fn samples(values: &[f64]) -> Vec<Sample> {
        let mut samples = Vec::new();
        for (number, value) in values.iter().enumerate() {
            for _ in number..3 {
                samples.push(Sample::once(timestamp(0), *value));
            }
        }
        samples
    }

    #[test]
    fn zero_is_an_end_of_sums() {
        for (values, low, high) in [
            ([-1.0, 0.0], f64::NEG_INFINITY, 0.0),
            ([0.0, 1.0], 0.0, f64::INFINITY),
        ] {
            let all = ValueRange::from_values(values).expect("values");
            let sums = all.reduced_by(Statistic::Sum).expect("a range");
            assert_eq!((sums.low, sums.high), (low, high), "{values:?}");
        }
    }

    #[test]
    fn statistics_lie_within_their_ranges() {
        let names = [
            "SampleCount",
            "Sum",
            "Average",
            "Minimum",
            "Maximum",
            "p10",
            "p99",
            "tm90",
            "IQM",
            "WM(10%:90%)",
            "PR(:1)",
            "TM(0:9)",
        ];
        let sets: [&[f64]; 6] = [
            &[1.0],
            &[1.0, 0.0],
            &[0.0],
            &[5.0, 7.0, 6.0],
            &[-2.0],
            &[-2.0, 3.0],
        ];
        let mut computed = 0;
        for values in sets {
            let all = ValueRange::from_values(values.iter().copied()).expect("values");
            for name in names {
                let statistic: Statistic = name.parse().expect(name);
                let Some(range) = all.reduced_by(statistic) else {
                    continue;
                };
                for length in 1..=values.len() {
                    let Some(value) = statistic.compute(&samples(&values[..length])) else {
                        continue;
                    };
                    let is_within = range.low <= value && value <= range.high;
                    assert!(is_within, "{name} of {values:?} is {value}, not {range}");
                    computed += 1;
                }
            }
        }
        assert!(computed > 80, "{computed}");
    }

    #[test]
    fn what_can_be_anything_has_no_range() {
        let range = ValueRange::from_values([-1.0, 1.0]).expect("values");
        for name in ["Sum", "TS(10%:90%)", "TC(10%:90%)", "WM(2:9)"] {
            assert_eq!(range.reduced_by(name.parse().expect(name)), None, "{name}");
        }
        assert_eq!(ValueRange::from_values([]), None);
    }

    #[test]
    fn ranges_read_as_words() {
        let text = |low, high| ValueRange { low, high }.to_string();
        assert_eq!(text(1.0, 1.0), "always 1");
        assert_eq!(text(0.0, 2.5), "between 0 and 2.5");
        assert_eq!(text(1.0, f64::INFINITY), "at least 1");
        assert_eq!(text(f64::NEG_INFINITY, -1.0), "at most -1");
    }
}
