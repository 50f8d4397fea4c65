//! Jobs: the metric filters of one log group, with the alarms on their metrics.

use crate::alarm::definition::composite::{CompositeAlarm, retain_whole};
use crate::alarm::definition::configuration::TreatMissingData;
use crate::alarm::definition::mute::MuteRule;
use crate::alarm::{AlarmConfiguration, Watched};
use crate::metric::MetricFilter;
use crate::plan::rule::Rule;
use crate::report::{AlarmOrigin, Subject};

/// The threshold of both alarms that AWS publishes for resources pending deletion.
pub const DEFAULT_THRESHOLD: f64 = 1.0;

/// The metric filters of one log group, with the alarms on their metrics. The samples of all
/// filters that publish to one metric add up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Job {
    /// The rules. Their names are unique.
    pub rules: Vec<Rule>,
    /// The alarms on metrics.
    pub alarms: Vec<JobAlarm>,
    /// The composite alarms.
    pub composites: Vec<CompositeAlarm>,
    /// The mute rules.
    pub mute_rules: Vec<MuteRule>,
}

/// A metric alarm of a job.
#[derive(Clone, Debug, PartialEq)]
pub struct JobAlarm {
    /// The configuration.
    pub configuration: AlarmConfiguration,
    /// The origin of the configuration.
    pub origin: AlarmOrigin,
}

/// A rule as it is published, with the sum of the default period and one datapoint.
pub(super) struct Publication<'a> {
    pub(super) name: &'a str,
    pub(super) subject: Subject<&'static str>,
    pub(super) pattern: &'a str,
    pub(super) namespace: &'a str,
    pub(super) metric_name: &'a str,
    pub(super) alarm_name: &'a str,
    pub(super) threshold: f64,
    pub(super) treat_missing_data: TreatMissingData,
}

impl Job {
    /// Creates a job with one rule and the alarm on its metric.
    pub fn new(rule: Rule, alarm: AlarmConfiguration) -> Self {
        Self {
            rules: vec![rule],
            alarms: vec![JobAlarm::defined(alarm)],
            ..Self::default()
        }
    }

    /// Creates a job for a filter pattern, with the alarm that the console offers.
    pub fn custom(pattern: &str) -> Self {
        let mut job = Self::published(Publication {
            name: "custom",
            subject: Subject::Matches("subject-custom-pattern"),
            pattern,
            namespace: "CloudTrailLogMetrics",
            metric_name: "CustomPatternMatches",
            alarm_name: "CustomPatternMatchesAlarm",
            threshold: DEFAULT_THRESHOLD,
            treat_missing_data: TreatMissingData::Missing,
        });
        for rule in &mut job.rules {
            rule.is_built_in = false;
        }
        job
    }

    pub(super) fn published(publication: Publication<'_>) -> Self {
        let filter = publication.filter();
        let alarm = publication.alarm(&filter);
        let rule = Rule {
            name: publication.name.to_owned(),
            subject: publication.subject.message(),
            filter,
            is_built_in: true,
        };
        Self::new(rule, alarm)
    }

    /// Replaces the period and the threshold of the metric alarms by those that are given. Metric
    /// math keeps its periods, which are part of its expressions.
    pub fn adjust_alarms(&mut self, period_seconds: Option<u32>, threshold: Option<f64>) {
        for JobAlarm { configuration, .. } in &mut self.alarms {
            configuration.threshold = threshold.unwrap_or(configuration.threshold);
            if let (Watched::Metric(_), Some(period_seconds)) =
                (&configuration.watched, period_seconds)
            {
                configuration.period_seconds = period_seconds;
            }
        }
    }

    /// Keeps the rules with these names, the alarms on their metrics, and the other rules that
    /// publish to the same metrics: an alarm sees the samples of all of them. Composite alarms that
    /// lose a child go.
    pub fn retain_rules(&mut self, is_named: impl Fn(&str) -> bool) {
        let rules = self.rules.iter();
        let named: Vec<&Rule> = rules.filter(|rule| is_named(&rule.name)).collect();
        let is_kept = |alarm: &JobAlarm| named.iter().any(|rule| alarm.watches(rule));
        self.alarms.retain(is_kept);
        // Every metric has an alarm, if only a proposed one, so no named rule is lost here.
        let alarms = &self.alarms;
        let is_watched = |rule: &Rule| alarms.iter().any(|alarm| alarm.watches(rule));
        self.rules.retain(is_watched);
        let names = self.alarms.iter();
        let names = names.map(|alarm| alarm.configuration.alarm_name.clone());
        retain_whole(&mut self.composites, &names.collect());
    }

    /// Returns the filters of the rules.
    pub fn filters(&self) -> impl Iterator<Item = &MetricFilter> {
        self.rules.iter().map(|rule| &rule.filter)
    }
}

impl JobAlarm {
    fn watches(&self, rule: &Rule) -> bool {
        self.configuration.watched.is_published_by(&rule.filter)
    }

    /// Creates an alarm that a user, a file or a publication defines.
    pub fn defined(configuration: AlarmConfiguration) -> Self {
        Self {
            configuration,
            origin: AlarmOrigin::Defined,
        }
    }

    /// Creates the alarm that the console offers for the metric of a filter, which nobody defined.
    pub fn proposed(filter: &MetricFilter) -> Self {
        let metric = filter.metric();
        let name = format!("{}Alarm", metric.metric_name);
        Self {
            configuration: AlarmConfiguration::on_sum(&name, metric),
            origin: AlarmOrigin::Proposed,
        }
    }
}

impl Publication<'_> {
    pub(super) fn filter(&self) -> MetricFilter {
        MetricFilter::counting(self.pattern, self.namespace, self.metric_name)
    }

    pub(super) fn alarm(&self, filter: &MetricFilter) -> AlarmConfiguration {
        AlarmConfiguration {
            threshold: self.threshold,
            treat_missing_data: self.treat_missing_data,
            ..AlarmConfiguration::on_sum(self.alarm_name, filter.metric())
        }
    }
}
