//! Rules: a metric filter and the alarm on its metric.

use crate::alarm::AlarmConfiguration;
use crate::alarm::definition::configuration::TreatMissingData;
use crate::metric::MetricFilter;
use crate::report::Subject;

/// The threshold of both alarms that AWS publishes for resources pending deletion.
pub const DEFAULT_THRESHOLD: f64 = 1.0;

/// A metric filter and the alarm on its metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The name, unique in a plan.
    pub name: String,
    /// The events that the rule counts, in words.
    pub subject: Subject,
    /// The metric filter.
    pub filter: MetricFilter,
    /// The alarm.
    pub alarm: AlarmConfiguration,
}

/// A rule as it is published, with the sum of the default period and one datapoint.
pub(super) struct Publication<'a> {
    pub(super) name: &'a str,
    pub(super) subject: Subject<&'a str>,
    pub(super) pattern: &'a str,
    pub(super) namespace: &'a str,
    pub(super) metric_name: &'a str,
    pub(super) alarm_name: &'a str,
    pub(super) threshold: f64,
    pub(super) treat_missing_data: TreatMissingData,
}

impl Rule {
    /// Replaces the period and the threshold of the alarm by those that are given.
    pub fn adjust_alarm(&mut self, period_seconds: Option<u32>, threshold: Option<f64>) {
        let alarm = &mut self.alarm;
        alarm.period_seconds = period_seconds.unwrap_or(alarm.period_seconds);
        alarm.threshold = threshold.unwrap_or(alarm.threshold);
    }

    /// Creates a rule for a custom pattern, with the alarm that the console offers.
    pub fn custom(pattern: &str) -> Self {
        Self::published(Publication {
            name: "custom",
            subject: Subject::Matches("custom pattern"),
            pattern,
            namespace: "CloudTrailLogMetrics",
            metric_name: "CustomPatternMatches",
            alarm_name: "CustomPatternMatchesAlarm",
            threshold: DEFAULT_THRESHOLD,
            treat_missing_data: TreatMissingData::Missing,
        })
    }

    pub(super) fn published(publication: Publication<'_>) -> Self {
        let filter = publication.filter();
        Self {
            name: publication.name.to_owned(),
            subject: publication.subject.into_owned(),
            alarm: publication.alarm(&filter),
            filter,
        }
    }
}

impl Publication<'_> {
    fn filter(&self) -> MetricFilter {
        MetricFilter::counting(self.pattern, self.namespace, self.metric_name)
    }

    fn alarm(&self, filter: &MetricFilter) -> AlarmConfiguration {
        AlarmConfiguration {
            threshold: self.threshold,
            treat_missing_data: self.treat_missing_data,
            ..AlarmConfiguration::on_sum(self.alarm_name, filter.metric())
        }
    }
}
