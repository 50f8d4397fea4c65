//! The metrics that the rules of a plan publish.

use std::collections::BTreeMap;

use super::conclusion::Conclusion;
use super::samples::{SamplesByDimensions, default_samples};
use crate::alarm::definition::configuration::PERIOD_SECONDS;
use crate::metric::{DimensionSet, MetricFilter, MetricIdentity, Series};
use crate::plan::PlannedJob;
use crate::report::Metric;

impl Conclusion<'_> {
    /// Returns the metrics of the requested range, one for each set of dimensions. Each has the
    /// periods of the alarms on it.
    pub(super) fn metrics(&self) -> Vec<Metric> {
        let mut metrics = Vec::new();
        for job in &self.plan.jobs {
            for number in job.rules.clone() {
                // The samples of these rules add up, so only the first one reports the metric.
                if self.is_first_of_metric(job, number) {
                    self.add_metrics(job, number, &mut metrics);
                }
            }
        }
        metrics
    }

    /// Returns whether no rule before this one in its job publishes the same metric in its unit.
    fn is_first_of_metric(&self, job: &PlannedJob, number: usize) -> bool {
        self.rules_alike(job, number).first() == Some(&number)
    }

    /// Returns the rules of a job that publish the same metric in the same unit as a rule.
    fn rules_alike(&self, job: &PlannedJob, number: usize) -> Vec<usize> {
        let filter = |number: usize| self.plan.rules.get(number).map(|rule| &rule.filter);
        let Some(own) = filter(number) else {
            return Vec::new();
        };
        let is_alike =
            |other: &MetricFilter| other.publishes(&own.metric()) && other.unit == own.unit;
        let rules = job.rules.clone();
        rules
            .filter(|rule| filter(*rule).is_some_and(is_alike))
            .collect()
    }

    /// Adds the metrics of a rule and of those that publish to the same.
    fn add_metrics(&self, job: &PlannedJob, number: usize, metrics: &mut Vec<Metric>) {
        let Some(rule) = self.plan.rules.get(number) else {
            return;
        };
        let rules = self.rules_alike(job, number);
        let series = self.series_inside(&rules);
        for period_seconds in self.periods(job, &rule.filter.metric()) {
            for (dimensions, series) in &series {
                metrics.push(Metric {
                    rules: rules.clone(),
                    identity: with_dimensions(&rule.filter, dimensions),
                    unit: rule.filter.unit,
                    period_seconds,
                    datapoints: series.datapoints(period_seconds),
                });
            }
        }
    }

    fn series_inside(&self, rules: &[usize]) -> BTreeMap<DimensionSet, Series> {
        let samples = self.samples_inside(rules).into_iter();
        let series = samples.map(|(dimensions, samples)| (dimensions, Series::joined(samples)));
        series.collect()
    }

    /// Returns the samples in the requested range of rules, for each set of dimensions.
    fn samples_inside(&self, rules: &[usize]) -> SamplesByDimensions {
        let clock = self.plan.selection.clock;
        let mut samples = SamplesByDimensions::new();
        for &number in rules {
            if let Some(of_rule) = self.samples.by_rule.get(number) {
                of_rule.add_inside(clock, &mut samples);
            }
            self.add_defaults(number, &mut samples);
        }
        samples
    }

    /// Adds the default value for each event that a rule did not select.
    fn add_defaults(&self, number: usize, samples: &mut SamplesByDimensions) {
        let Some(rule) = self.plan.rules.get(number) else {
            return;
        };
        // Defaults are published without dimensions (sources, M7).
        if rule.filter.default_value.is_some() {
            let defaults = default_samples(&self.defaults.inside, number, rule, None);
            samples
                .entry(DimensionSet::new())
                .or_default()
                .extend(defaults);
        }
    }

    /// Returns the periods of the alarms of a job on a metric, whatever its dimensions, or the
    /// default of the console where it has none.
    fn periods(&self, job: &PlannedJob, metric: &MetricIdentity) -> Vec<u32> {
        let mut periods = Vec::new();
        for alarm in &job.alarms {
            let alarm = &alarm.configuration;
            let watched = alarm.watched.metrics();
            let is_on_metric = watched.iter().any(|stat| has_name(&stat.metric, metric));
            if is_on_metric && !periods.contains(&alarm.period_seconds) {
                periods.push(alarm.period_seconds);
            }
        }
        if periods.is_empty() {
            periods.push(PERIOD_SECONDS);
        }
        periods
    }
}

fn with_dimensions(filter: &MetricFilter, dimensions: &DimensionSet) -> MetricIdentity {
    MetricIdentity {
        dimensions: dimensions.clone(),
        ..filter.metric()
    }
}

fn has_name(own: &MetricIdentity, metric: &MetricIdentity) -> bool {
    own.namespace == metric.namespace && own.metric_name == metric.metric_name
}
