//! What to know about an alarm before its history is believed: it may watch what no metric filter
//! publishes, or compare what cannot be with its threshold.

use std::collections::BTreeSet;
use std::fmt;

use crate::alarm::AlarmConfiguration;
use crate::alarm::definition::configuration::TreatMissingData;
use crate::metric::value_range::ValueRange;
use crate::metric::{MetricFilter, MetricStat, MetricValue, Statistic, Unit};
use crate::text::{joined, printable};

/// A reason to doubt the history of an alarm.
#[derive(Clone, Debug, PartialEq)]
pub struct AlarmWarning {
    /// The name of the alarm.
    pub alarm: String,
    /// The metric, as namespace and name.
    pub metric: String,
    /// The reason.
    pub reason: AlarmDoubt,
}

/// The reason to doubt the history of an alarm.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum AlarmDoubt {
    /// No filter publishes the dimensions that the alarm names.
    OtherDimensions {
        /// The names that the alarm has.
        watched: Vec<String>,
        /// The names that each filter has.
        published: Vec<Vec<String>>,
    },
    /// The alarm has no dimensions and the filters have some, so it sees only their other samples.
    WithoutDimensions {
        /// The names that each filter has.
        published: Vec<Vec<String>>,
        /// True if a filter publishes default values, which have no dimensions.
        has_default: bool,
    },
    /// No filter publishes the unit that the alarm names.
    OtherUnit {
        /// The unit that the alarm has.
        watched: Unit,
        /// The units of the filters.
        published: Vec<Unit>,
    },
    /// No datapoint can breach the threshold.
    NeverBreaches(Comparison),
    /// Every datapoint breaches the threshold, and every event makes one.
    AlwaysBreaches(Comparison),
}

/// A comparison whose result is known beforehand.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The statistic.
    pub statistic: Statistic,
    /// The values that it can have.
    pub range: ValueRange,
    /// The operator and the threshold.
    pub condition: String,
}

/// Returns the first reason to doubt the history of an alarm on a single metric. `filters` may be
/// of any metrics; an alarm on a metric that none of them publishes is not judged.
pub fn alarm_warning(
    alarm: &AlarmConfiguration,
    filters: &[&MetricFilter],
) -> Option<AlarmWarning> {
    let watched = alarm.watched.metric()?;
    let publishers = filters
        .iter()
        .copied()
        .filter(|filter| filter.publishes(&watched.metric));
    let publishers = Publishers(publishers.collect());
    if publishers.0.is_empty() {
        return None;
    }
    Some(AlarmWarning {
        alarm: alarm.alarm_name.clone(),
        metric: watched.metric.to_string(),
        reason: publishers.doubt(alarm, watched)?,
    })
}

/// The filters that publish a metric.
struct Publishers<'a>(Vec<&'a MetricFilter>);

impl Publishers<'_> {
    fn doubt(&self, alarm: &AlarmConfiguration, watched: &MetricStat) -> Option<AlarmDoubt> {
        let names = watched_names(watched);
        // Of a metric with other dimensions, the alarm sees neither units nor values.
        if let Some(doubt) = self.dimension_doubt(&names) {
            return Some(doubt);
        }
        // An alarm without dimensions sees the defaults of every filter, and matches that lack a
        // dimension.
        let seen = self.only(|filter| names.is_empty() || dimension_names(filter) == names);
        if let Some(unit) = watched.unit {
            let in_unit = seen.only(|filter| filter.unit == unit);
            return match in_unit.0.is_empty() {
                true => Some(seen.unit_doubt(unit)),
                false => in_unit.comparison_doubt(alarm, watched),
            };
        }
        seen.comparison_doubt(alarm, watched)
    }

    fn only(&self, condition: impl Fn(&MetricFilter) -> bool) -> Self {
        let filters = self.0.iter().copied();
        Self(filters.filter(|filter| condition(filter)).collect())
    }

    fn dimension_doubt(&self, watched: &[String]) -> Option<AlarmDoubt> {
        let published: Vec<Vec<String>> = self
            .0
            .iter()
            .map(|filter| dimension_names(filter))
            .collect();
        // A match that has all dimensions is a sample of a metric with dimensions only.
        if published.iter().any(|names| names == watched) {
            return None;
        }
        if !watched.is_empty() {
            let watched = watched.to_vec();
            return Some(AlarmDoubt::OtherDimensions { watched, published });
        }
        Some(AlarmDoubt::WithoutDimensions {
            published,
            has_default: self.have_default(),
        })
    }

    fn have_default(&self) -> bool {
        self.0.iter().any(|filter| filter.default_value.is_some())
    }

    fn unit_doubt(&self, watched: Unit) -> AlarmDoubt {
        let mut published: Vec<Unit> = self.0.iter().map(|filter| filter.unit).collect();
        published.sort();
        published.dedup();
        AlarmDoubt::OtherUnit { watched, published }
    }

    fn comparison_doubt(
        &self,
        alarm: &AlarmConfiguration,
        watched: &MetricStat,
    ) -> Option<AlarmDoubt> {
        let range = self.values(watched)?.reduced_by(watched.statistic)?;
        let (best, worst) = match alarm.comparison_operator.is_rising() {
            true => (range.high, range.low),
            false => (range.low, range.high),
        };
        let comparison = Comparison::new(alarm, watched, range);
        if !alarm.breaches(best) {
            // Such an alarm is about missing data, if that breaches.
            let is_of_missing_data = alarm.treat_missing_data == TreatMissingData::Breaching;
            return (!is_of_missing_data).then_some(AlarmDoubt::NeverBreaches(comparison));
        }
        // Without a default, only matches make datapoints, and each may well be an alarm.
        let always_breaches = self.have_default() && alarm.breaches(worst);
        always_breaches.then_some(AlarmDoubt::AlwaysBreaches(comparison))
    }

    /// Returns the range of the samples that an alarm sees, if every filter publishes constants.
    fn values(&self, watched: &MetricStat) -> Option<ValueRange> {
        let mut values = Vec::new();
        for filter in &self.0 {
            let MetricValue::Number(value) = filter.metric_value else {
                return None;
            };
            values.push(value);
            // Default values have no dimensions.
            if watched.metric.dimensions.is_empty() {
                values.extend(filter.default_value);
            }
        }
        ValueRange::from_values(values)
    }
}

/// Returns the names of the dimensions of an alarm, in their order.
fn watched_names(watched: &MetricStat) -> Vec<String> {
    let dimensions = watched.metric.dimensions.iter();
    let mut names: Vec<String> = dimensions.map(|(name, _)| name.clone()).collect();
    names.sort();
    names
}

/// Returns the names of the dimensions of a filter, those of the system included, in their order.
fn dimension_names(filter: &MetricFilter) -> Vec<String> {
    let mut names = filter.dimension_names();
    names.sort();
    names
}

impl fmt::Display for AlarmWarning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (alarm, metric) = (printable(&self.alarm), printable(&self.metric));
        write!(formatter, "alarm `{alarm}` ")?;
        match &self.reason {
            AlarmDoubt::OtherDimensions { watched, published } => write!(
                formatter,
                "sees no sample: it watches {metric} {}, which is published {}",
                named_dimensions(watched),
                each_published(published)
            ),
            AlarmDoubt::WithoutDimensions {
                published,
                has_default,
            } => write!(
                formatter,
                "watches {metric} without dimensions, which is published {}: it sees only matches \
                 that lack a dimension{}",
                each_published(published),
                if *has_default {
                    ", and default values"
                } else {
                    ""
                }
            ),
            AlarmDoubt::OtherUnit { watched, published } => write!(
                formatter,
                "sees no sample: it watches {metric} in the unit {watched}, which is published in \
                 {}",
                listed(published)
            ),
            AlarmDoubt::NeverBreaches(comparison) => write!(
                formatter,
                "never goes off: the {} of {metric} is {}, and never {}{}",
                comparison.statistic,
                comparison.range,
                comparison.condition,
                comparison.hint()
            ),
            AlarmDoubt::AlwaysBreaches(comparison) => write!(
                formatter,
                "goes off on every event: the {} of {metric} is {}, and always {}",
                comparison.statistic, comparison.range, comparison.condition
            ),
        }
    }
}

impl Comparison {
    fn new(alarm: &AlarmConfiguration, watched: &MetricStat, range: ValueRange) -> Self {
        Self {
            statistic: watched.statistic,
            range,
            condition: format!("{} {}", alarm.comparison_operator.sign(), alarm.threshold),
        }
    }

    fn hint(&self) -> &'static str {
        match self.statistic {
            Statistic::Sum | Statistic::SampleCount => "",
            _ => "; the Sum adds the matches up",
        }
    }
}

fn named_dimensions(names: &[String]) -> String {
    let listed = joined(names.iter().map(|name| printable(name)), ", ");
    match names.len() {
        0 => "without dimensions".to_owned(),
        1 => format!("with the dimension {listed}"),
        _ => format!("with the dimensions {listed}"),
    }
}

fn each_published(published: &[Vec<String>]) -> String {
    let forms: BTreeSet<String> = published
        .iter()
        .map(|names| named_dimensions(names))
        .collect();
    joined(&forms, ", and ")
}

fn listed(units: &[Unit]) -> String {
    joined(units.iter().map(|unit| unit.name()), ", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alarm::Watched;
    use crate::alarm::definition::configuration::ComparisonOperator;
    use crate::metric::SystemDimension;

    fn filter(value: &str, default_value: Option<f64>) -> MetricFilter {
        MetricFilter {
            metric_value: value.parse().expect(value),
            default_value,
            ..MetricFilter::counting("{ $.a = 1 }", "N", "M")
        }
    }

    fn alarm(statistic: &str, operator: ComparisonOperator, threshold: f64) -> AlarmConfiguration {
        let metric = filter("1", None).metric();
        let stat = MetricStat::new(metric, statistic.parse().expect(statistic));
        AlarmConfiguration {
            comparison_operator: operator,
            threshold,
            ..AlarmConfiguration::on("a", Watched::Metric(stat))
        }
    }

    fn warning(alarm: &AlarmConfiguration, filters: &[&MetricFilter]) -> String {
        let warning = alarm_warning(alarm, filters);
        warning.map_or_else(String::new, |warning| warning.to_string())
    }

    #[test]
    fn a_comparison_that_is_known_beforehand_is_doubted() {
        use ComparisonOperator::{
            GreaterThanOrEqualToThreshold as AtLeast, GreaterThanThreshold as Above,
            LessThanThreshold as Below,
        };
        let (ones, with_zeros) = (filter("1", None), filter("1", Some(0.0)));
        for (statistic, operator, threshold, filter, part) in [
            (
                "Average",
                Above,
                1.0,
                &ones,
                "never goes off: the Average of N/M is always 1, and never > 1; the Sum",
            ),
            (
                "Maximum",
                AtLeast,
                5.0,
                &with_zeros,
                "the Maximum of N/M is between 0 and 1, and never >= 5",
            ),
            ("p99", AtLeast, 5.0, &ones, "never goes off"),
            ("tm90", AtLeast, 5.0, &ones, "never goes off"),
            (
                "Sum",
                Below,
                1.0,
                &ones,
                "never goes off: the Sum of N/M is at least 1, and never < 1",
            ),
            ("SampleCount", Below, 1.0, &ones, "never goes off"),
            ("Sum", AtLeast, 5.0, &ones, ""),
            ("Sum", AtLeast, 1.0, &ones, ""),
            ("Average", AtLeast, 1.0, &ones, ""),
            ("Average", AtLeast, 0.5, &with_zeros, ""),
            ("Sum", Below, 1.0, &with_zeros, ""),
            (
                "Sum",
                AtLeast,
                0.0,
                &with_zeros,
                "goes off on every event: the Sum of N/M is at least 0, and always >= 0",
            ),
            (
                "Minimum",
                Below,
                2.0,
                &with_zeros,
                "the Minimum of N/M is between 0 and 1, and always < 2",
            ),
            ("TS(10%:90%)", AtLeast, 9.0, &ones, ""),
        ] {
            let found = warning(&alarm(statistic, operator, threshold), &[filter]);
            let has_part = found.contains(part) && found.is_empty() == part.is_empty();
            assert!(has_part, "{statistic} {operator} {threshold}: {found}");
        }
        let mut on_silence = alarm("Sum", Below, 1.0);
        on_silence.treat_missing_data = TreatMissingData::Breaching;
        assert_eq!(warning(&on_silence, &[&ones]), "");
    }

    #[test]
    fn values_of_fields_and_of_several_filters_are_minded() {
        let average = alarm("Average", ComparisonOperator::GreaterThanThreshold, 5.0);
        let (ones, tens, field) = (filter("1", None), filter("10", None), filter("$.n", None));
        assert_ne!(warning(&average, &[&ones]), "");
        assert_eq!(warning(&average, &[&ones, &tens]), "");
        assert_eq!(warning(&average, &[&ones, &field]), "");
        // A filter of another metric does not count, and nothing is known of one without filters.
        let other = MetricFilter {
            metric_name: "O".to_owned(),
            ..tens
        };
        assert_ne!(warning(&average, &[&ones, &other]), "");
        assert_eq!(warning(&average, &[&other]), "");
    }

    fn on_dimensions(names: &[&str], unit: Option<Unit>) -> AlarmConfiguration {
        let mut alarm = alarm("Sum", ComparisonOperator::GreaterThanThreshold, 5.0);
        if let Watched::Metric(stat) = &mut alarm.watched {
            let pair = |name: &&str| ((*name).to_owned(), "v".to_owned());
            stat.metric.dimensions = names.iter().map(pair).collect();
            stat.unit = unit;
        }
        alarm
    }

    #[test]
    fn dimensions_that_do_not_meet_are_doubted() {
        let by_region = MetricFilter {
            dimensions: vec!["Region=$.awsRegion".parse().expect("a dimension")],
            ..filter("1", None)
        };
        let by_account = MetricFilter {
            system_dimensions: vec![SystemDimension::Account],
            ..filter("1", Some(0.0))
        };
        for (names, filters, part) in [
            (vec!["Region"], vec![&by_region], ""),
            (vec!["@aws.account"], vec![&by_region, &by_account], ""),
            (
                vec!["Region", "Zone"],
                vec![&by_region],
                "alarm `a` sees no sample: it watches N/M with the dimensions Region, Zone, which \
                 is published with the dimension Region",
            ),
            (
                vec![],
                vec![&by_region],
                "published with the dimension Region: it sees only matches that lack a dimension",
            ),
            (
                vec![],
                vec![&by_account],
                "that lack a dimension, and default values",
            ),
        ] {
            let found = warning(&on_dimensions(&names, None), &filters);
            let has_part = found.ends_with(part) && found.is_empty() == part.is_empty();
            assert!(has_part, "{names:?}: {found}");
        }
        let without = filter("1", None);
        assert_eq!(
            warning(&on_dimensions(&[], None), &[&without, &by_region]),
            ""
        );
        let found = warning(&on_dimensions(&["Region"], None), &[&without]);
        assert!(
            found.ends_with("is published without dimensions"),
            "{found}"
        );
    }

    #[test]
    fn a_unit_that_nobody_publishes_is_doubted() {
        let unit = |name: &str| name.parse::<Unit>().expect(name);
        let in_count = MetricFilter {
            unit: unit("Count"),
            ..filter("1", None)
        };
        let none = filter("1", None);
        let found = warning(
            &on_dimensions(&[], Some(unit("Percent"))),
            &[&in_count, &none],
        );
        assert!(found.ends_with("in the unit Percent, which is published in Count, None"));
        let in_bytes = MetricFilter {
            unit: unit("Bytes"),
            ..filter("$.n", None)
        };
        let counted = on_dimensions(&[], Some(unit("Count")));
        assert_eq!(warning(&counted, &[&in_count, &in_bytes]), "");
    }
}
