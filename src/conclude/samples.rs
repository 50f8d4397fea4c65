//! The samples that the events of a rule add to its metrics.

use std::collections::BTreeMap;

use super::distinct::MatchedEvent;
use crate::findings::{DefaultsByMinute, Match, MatchedRecord};
use crate::metric::{DimensionSet, Measurement, MetricFilter, NoSample, Sample};
use crate::plan::clock::Times;
use crate::plan::{Clock, Rule};

/// The samples of each metric of a rule.
pub(super) type Metrics = BTreeMap<DimensionSet, Vec<Sample>>;

/// The samples that the events of one rule add to its metrics. An event takes little room here,
/// since all are gone through once for each clock.
#[derive(Default)]
pub(super) struct RuleSamples {
    /// Those of the requested range.
    inside: Vec<Measured>,
    /// Those before it, which only the alarm sees.
    before: Vec<Measured>,
    /// The number of events in the requested range without a sample, by the reason.
    pub(super) without_sample: BTreeMap<NoSample, u64>,
}

/// The sample of one event.
struct Measured {
    times: Times,
    measurement: Measurement,
}

/// Returns the samples of each rule, by its number: of the events in the requested range, and of
/// those before it.
pub(super) fn samples_by_rule(
    rules: usize,
    inside: &[MatchedEvent],
    before: &[MatchedEvent],
) -> Vec<RuleSamples> {
    let mut samples: Vec<RuleSamples> = (0..rules).map(|_| RuleSamples::default()).collect();
    for (found, matching) in matches(inside) {
        if let Some(of_rule) = samples.get_mut(matching.rule) {
            of_rule.add(found, matching);
        }
    }
    for (found, matching) in matches(before) {
        if let Some(of_rule) = samples.get_mut(matching.rule) {
            of_rule.before.extend(measured(found, matching));
        }
    }
    samples
}

fn matches(events: &[MatchedEvent]) -> impl Iterator<Item = (&MatchedRecord, &Match)> {
    events.iter().flat_map(|event| {
        let matches = event.found.matches.iter();
        matches.map(move |matching| (&event.found, matching))
    })
}

/// Returns the sample of an event. One without an event time counts in no period.
fn measured(found: &MatchedRecord, matching: &Match) -> Option<Measured> {
    let (record, measurement) = (&found.record, matching.measured.as_ref().ok()?);
    let times = Times {
        event: record.event_time?,
        delivered: record.delivery_time,
        logged: record.log_time,
    };
    Some(Measured {
        times,
        measurement: measurement.clone(),
    })
}

impl RuleSamples {
    /// Adds an event in the requested range.
    fn add(&mut self, found: &MatchedRecord, matching: &Match) {
        self.inside.extend(measured(found, matching));
        if let Err(reason) = matching.measured {
            *self.without_sample.entry(reason).or_default() += 1;
        }
    }

    /// Returns the samples of the events in the requested range, for each metric.
    pub(super) fn inside(&self, clock: Clock) -> Metrics {
        let mut metrics = Metrics::new();
        for measured in &self.inside {
            let sample = measured.sample(clock);
            let dimensions = &measured.measurement.dimensions;
            // `entry` would copy the dimensions for every sample.
            match metrics.get_mut(dimensions) {
                Some(samples) => samples.push(sample),
                None => _ = metrics.insert(dimensions.clone(), vec![sample]),
            }
        }
        metrics
    }

    /// Returns the samples that the alarm sees, except for defaults. An alarm without dimensions
    /// watches the metric without dimensions (sources, M12).
    pub(super) fn watched(&self, clock: Clock) -> Vec<Sample> {
        let events = self.before.iter().chain(&self.inside);
        let watched = events.filter(|measured| measured.measurement.dimensions.is_empty());
        watched.map(|measured| measured.sample(clock)).collect()
    }
}

impl Measured {
    fn sample(&self, clock: Clock) -> Sample {
        Sample::once(
            MetricFilter::minute(clock.time(self.times)),
            self.measurement.value,
        )
    }
}

/// Adds the default value for each event that the rule did not select.
pub(super) fn add_defaults(
    metrics: &mut Metrics,
    defaults: &DefaultsByMinute,
    number: usize,
    rule: &Rule,
) {
    if rule.filter.default_value.is_some() {
        let samples = default_samples(defaults, number, rule);
        metrics
            .entry(DimensionSet::new())
            .or_default()
            .extend(samples);
    }
}

/// Returns the default value for each event that the rule did not select.
pub(super) fn default_samples<'d>(
    defaults: &'d DefaultsByMinute,
    number: usize,
    rule: &Rule,
) -> impl Iterator<Item = Sample> + use<'d> {
    let value = rule.filter.default_value;
    defaults
        .of_rule(number)
        .filter_map(move |(minute, count)| Some(Sample::times(minute, value?, count as f64)))
}
