//! What the events that a rule selected add to its metrics.

use std::collections::BTreeMap;

use super::distinct::DistinctEvent;
use crate::findings::{DefaultsByMinute, Match, MatchedRecord};
use crate::metric::{DimensionSet, Measurement, MetricFilter, NoSample, Sample};
use crate::plan::clock::Times;
use crate::plan::{Clock, Rule};

/// The samples of each metric of a rule.
pub(super) type Metrics = BTreeMap<DimensionSet, Vec<Sample>>;

/// What the events that one rule selected add to its metrics. An event is told by little here,
/// since it is asked for once for each clock.
#[derive(Default)]
pub(super) struct RuleSamples {
    inside: Vec<Measured>,
    before: Vec<Measured>,
    pub(super) without_sample: BTreeMap<NoSample, u64>,
}

/// What one event adds.
struct Measured {
    times: Times,
    measurement: Measurement,
}

/// Events that rules selected: those in the range that was asked for, and those before it.
pub(super) struct Selections<'a> {
    pub(super) inside: &'a [DistinctEvent<MatchedRecord>],
    pub(super) before: &'a [DistinctEvent<MatchedRecord>],
}

impl Selections<'_> {
    /// What each of so many rules selected, by their numbers.
    pub(super) fn by_rule(&self, rules: usize) -> Vec<RuleSamples> {
        let mut samples: Vec<RuleSamples> = (0..rules).map(|_| RuleSamples::default()).collect();
        for (found, matching) in selections(self.inside) {
            let Some(of_rule) = samples.get_mut(matching.rule) else {
                continue;
            };
            of_rule.inside.extend(measured(found, matching));
            if let Err(reason) = matching.measured {
                *of_rule.without_sample.entry(reason).or_default() += 1;
            }
        }
        for (found, matching) in selections(self.before) {
            let Some(of_rule) = samples.get_mut(matching.rule) else {
                continue;
            };
            of_rule.before.extend(measured(found, matching));
        }
        samples
    }
}

fn selections(
    events: &[DistinctEvent<MatchedRecord>],
) -> impl Iterator<Item = (&MatchedRecord, &Match)> {
    events.iter().flat_map(|event| {
        let matches = event.found.matches.iter();
        matches.map(move |matching| (&event.found, matching))
    })
}

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
    /// The samples of the events in the range that was asked for, for each metric.
    pub(super) fn asked(&self, clock: Clock) -> Metrics {
        metrics(self.inside.iter(), clock)
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

fn metrics<'a>(events: impl Iterator<Item = &'a Measured>, clock: Clock) -> Metrics {
    let mut metrics = Metrics::new();
    for measured in events {
        let sample = measured.sample(clock);
        match metrics.get_mut(&measured.measurement.dimensions) {
            Some(samples) => samples.push(sample),
            None => {
                metrics.insert(measured.measurement.dimensions.clone(), vec![sample]);
            }
        }
    }
    metrics
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

/// The default value for each event that the rule did not select.
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
