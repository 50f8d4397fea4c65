//! Statistics: how the samples of a period are reduced to one number.

use std::fmt;
use std::str::FromStr;

use super::distribution::Distribution;
use super::extended::ExtendedStatistic;
use super::sample::Sample;
use super::statistic_set::StatisticSet;

use crate::text::printable;

/// A statistic of a metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Statistic {
    /// The number of samples.
    SampleCount,
    /// The sum of the samples.
    Sum,
    /// The sum divided by the number of samples.
    Average,
    /// The smallest sample.
    Minimum,
    /// The largest sample.
    Maximum,
    /// A statistic that needs the distribution of the samples.
    Extended(ExtendedStatistic),
}

/// A statistic under the name that somebody gave it, such as `TM90` for `tm90`.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedStatistic {
    /// The name as it was written.
    pub name: String,
    /// The statistic.
    pub statistic: Statistic,
}

/// A text that does not name a statistic.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no statistic `{}`; write SampleCount, Sum, Average, Minimum, Maximum, a percentile \
     such as p99.9, or one such as tm90, IQM, TM(10%:90%), WM(…), TC(…), TS(…), PR(:100)",
    printable(.0)
)]
pub struct UnknownStatistic(String);

impl Statistic {
    /// The five standard statistics.
    pub const STANDARD: [Self; 5] = [
        Self::SampleCount,
        Self::Sum,
        Self::Average,
        Self::Minimum,
        Self::Maximum,
    ];

    /// Computes the statistic of some samples. Without samples there is no value; an average needs
    /// weight, and a percentile at least one sample and none that is negative.
    pub fn compute(self, samples: &[Sample]) -> Option<f64> {
        match self {
            Self::Extended(statistic) => statistic.compute(&distribution(samples)?),
            standard => {
                let statistics = samples.iter().map(Sample::statistics);
                standard.read(&StatisticSet::merged(statistics)?)
            }
        }
    }

    /// Returns the value of a standard statistic.
    fn read(self, set: &StatisticSet) -> Option<f64> {
        match self {
            Self::SampleCount => Some(set.sample_count),
            Self::Sum => Some(set.sum),
            Self::Average => set.average(),
            Self::Minimum => Some(set.minimum),
            Self::Maximum => Some(set.maximum),
            Self::Extended(_) => None,
        }
    }

    /// Returns the name of a standard statistic.
    fn standard_name(self) -> &'static str {
        match self {
            Self::SampleCount => "SampleCount",
            Self::Sum => "Sum",
            Self::Average => "Average",
            Self::Minimum => "Minimum",
            Self::Maximum => "Maximum",
            Self::Extended(_) => "",
        }
    }

    fn parse_standard(name: &str) -> Option<Self> {
        let has_name = |statistic: &Self| statistic.standard_name() == name;
        Self::STANDARD.into_iter().find(has_name)
    }
}

fn distribution(samples: &[Sample]) -> Option<Distribution> {
    let values = samples.iter().map(|sample| (sample.value, sample.count));
    Distribution::from_values(values)
}

impl FromStr for Statistic {
    type Err = UnknownStatistic;

    fn from_str(text: &str) -> Result<Self, UnknownStatistic> {
        let extended = || ExtendedStatistic::parse(text).map(Self::Extended);
        let statistic = Self::parse_standard(text).or_else(extended);
        statistic.ok_or_else(|| UnknownStatistic(text.to_owned()))
    }
}

impl FromStr for NamedStatistic {
    type Err = UnknownStatistic;

    fn from_str(text: &str) -> Result<Self, UnknownStatistic> {
        Ok(Self {
            name: text.to_owned(),
            statistic: text.parse()?,
        })
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Extended(statistic) => statistic.fmt(formatter),
            _ => self.standard_name().fmt(formatter),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn samples_have_the_standard_statistics() {
        let samples = [2.0, -1.0, 5.0].map(|value| Sample::once(Timestamp::UNIX_EPOCH, value));
        let rows = [
            (Statistic::SampleCount, 3.0),
            (Statistic::Sum, 6.0),
            (Statistic::Average, 2.0),
            (Statistic::Minimum, -1.0),
            (Statistic::Maximum, 5.0),
        ];
        for (statistic, expected) in rows {
            assert_eq!(statistic.compute(&samples), Some(expected), "{statistic}");
            assert_eq!(statistic.compute(&[]), None, "{statistic}");
        }
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        let names = ["SampleCount", "Sum", "Average", "Minimum", "Maximum", "p90"];
        for name in names {
            let statistic: Statistic = name.parse().expect(name);
            assert_eq!(statistic.to_string(), name);
        }
        for wrong in ["", "sum", "Median", "p101"] {
            let error = wrong
                .parse::<Statistic>()
                .map_err(|error| error.to_string());
            let start = format!("there is no statistic `{wrong}`; write SampleCount");
            assert!(
                error.is_err_and(|error| error.starts_with(&start)),
                "{wrong}"
            );
        }
    }

    #[test]
    fn samples_without_weight_have_bounds_but_no_average() {
        let samples = [Sample::times(Timestamp::UNIX_EPOCH, 4.0, 0.0)];
        let median = Statistic::Extended(ExtendedStatistic::Percentile(50.0));
        let statistics = [
            Statistic::Minimum,
            Statistic::Sum,
            Statistic::Average,
            median,
        ];
        let values = statistics.map(|statistic| statistic.compute(&samples));
        assert_eq!(values, [Some(4.0), Some(0.0), None, None]);
    }

    /// Three of four samples are zero, so 60 % of them are.
    #[test]
    fn counts_weigh_in_percentiles() {
        let sample = |value, count| Sample::times(Timestamp::UNIX_EPOCH, value, count);
        let samples = [sample(0.0, 3.0), sample(9.0, 1.0)];
        let percentile = Statistic::Extended(ExtendedStatistic::Percentile(60.0));
        assert_eq!(percentile.compute(&samples), Some(0.0));
        assert_eq!(percentile.compute(&[]), None);
    }
}
