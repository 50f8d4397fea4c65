//! From everything that was tallied to the report.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::{Duplicates, Plan, Rule};
use crate::alarm::{ReplayOptions, ReplayRange, episodes, replay};
use crate::metric::{DimensionSet, MetricFilter, NoSample, Sample, Series};
use crate::period::{TimeSpan, timestamp};
use crate::report::{Attempt, Metric, Report, RuleReport, Scan};
use crate::tally::{Defaults, RecordCounts, Selected, Tally};

/// Concludes a report from the tally of a whole scan.
pub fn conclude(plan: &Plan, mut tally: Tally, sources: Vec<String>) -> Report {
    tally.objects.sort_by(|a, b| a.object.cmp(&b.object));
    tally.problems.sort();
    let evidence = RuleEvidence {
        inside: distinct(plan, std::mem::take(&mut tally.selected)),
        before: distinct(plan, std::mem::take(&mut tally.earlier)),
        defaults: std::mem::take(&mut tally.defaults),
        earlier_defaults: std::mem::take(&mut tally.earlier_defaults),
        ambiguous: std::mem::take(&mut tally.ambiguous),
        seen: tally.time_span,
    };
    let matched = evidence.inside.len() as u64;
    let records = RecordCounts { selected: matched, ..tally.records };
    let delivered = tally
        .objects
        .iter()
        .filter_map(|object| Some((object.object.clone(), object.key.delivery_time?)))
        .collect();
    let rules = plan.rules.iter().enumerate().map(|(number, rule)| evidence.conclude(plan, number, rule));
    Report {
        rules: rules.collect(),
        attempts: attempts(plan, &evidence.inside, &delivered),
        scan: Scan {
            sources,
            records,
            duplicates: tally.records.selected - matched,
            first_event: tally.time_span.first(),
            last_event: tally.time_span.last(),
            accounts: tally.accounts.into_iter().collect(),
            regions: tally.regions.into_iter().collect(),
            asked: plan.selection.range,
            duplicates_dropped: plan.selection.duplicates == Duplicates::Drop,
        },
        objects: tally.objects,
        problems: tally.problems,
    }
}

/// A selected record, and how many copies of its event were found.
struct Event {
    selected: Selected,
    copies: u64,
}

/// What a scan found for the rules, each event once and in the order of time.
struct RuleEvidence {
    /// The selected records in the range that was asked for.
    inside: Vec<Event>,
    /// Those before it that the alarm still sees at its start.
    before: Vec<Event>,
    /// The events that did not match a rule with a default value, in that range.
    defaults: Defaults,
    /// Those before it.
    earlier_defaults: Defaults,
    /// How many records each rule answers otherwise under the other reading of interior stars.
    ambiguous: BTreeMap<usize, u64>,
    /// The times of all records.
    seen: TimeSpan,
}

/// The samples of each metric of a rule.
type Metrics = BTreeMap<DimensionSet, Vec<Sample>>;

impl RuleEvidence {
    fn conclude(&self, plan: &Plan, number: usize, rule: &Rule) -> RuleReport {
        let mut metrics = Metrics::new();
        add_events(&mut metrics, &self.inside, number);
        add_defaults(&mut metrics, &self.defaults, number, rule);
        let asked = metrics.clone();
        add_events(&mut metrics, &self.before, number);
        add_defaults(&mut metrics, &self.earlier_defaults, number, rule);
        // An alarm without dimensions stands on the metric without dimensions (specification of the filter language,
        // M12).
        let series = Series::new(metrics.remove(&DimensionSet::new()).unwrap_or_default());
        let range = replay_range(plan, rule, &self.seen);
        let transitions = range
            .map(|range| replay(&rule.alarm, &series, range, &ReplayOptions::default()))
            .unwrap_or_default();
        let episodes =
            range.map(|range| episodes(&rule.alarm, &series, &transitions, range)).unwrap_or_default();
        RuleReport {
            rule: rule.name.clone(),
            subject: rule.subject.clone(),
            filter: rule.filter.clone(),
            alarm: rule.alarm.clone(),
            range,
            metrics: asked.into_iter().map(|metric| datapoints(rule, metric)).collect(),
            without_sample: self.without_sample(number),
            ambiguous: self.ambiguous.get(&number).copied().unwrap_or(0),
            transitions,
            episodes,
        }
    }

    fn without_sample(&self, number: usize) -> BTreeMap<NoSample, u64> {
        let mut reasons = BTreeMap::new();
        let found = self.inside.iter().filter_map(|event| event.selected.by(number)?.measured.as_ref().err());
        found.for_each(|reason| *reasons.entry(*reason).or_default() += 1);
        reasons
    }
}

fn datapoints(rule: &Rule, (dimensions, samples): (DimensionSet, Vec<Sample>)) -> Metric {
    Metric { dimensions, datapoints: Series::new(samples).datapoints(rule.alarm.period_seconds) }
}

/// Adds the samples of the events that the rule selected.
fn add_events(metrics: &mut Metrics, events: &[Event], number: usize) {
    for event in events {
        let measured = event.selected.by(number).and_then(|found| found.measured.as_ref().ok());
        if let Some((measurement, event_time)) = measured.zip(event.selected.event_time) {
            let sample = Sample::once(MetricFilter::minute(event_time), measurement.value);
            metrics.entry(measurement.dimensions.clone()).or_default().push(sample);
        }
    }
}

/// Adds the default value for each event that the rule did not select.
fn add_defaults(metrics: &mut Metrics, defaults: &Defaults, number: usize, rule: &Rule) {
    let Some(value) = rule.filter.default_value else { return };
    let samples = defaults.of(number).map(|(minute, count)| Sample::times(minute, value, count as f64));
    metrics.entry(DimensionSet::new()).or_default().extend(samples);
}

/// Sorts selected records, and drops copies of an event where the plan says so.
fn distinct(plan: &Plan, mut selected: Vec<Selected>) -> Vec<Event> {
    selected.sort_by(|a, b| {
        (&a.event_time, &a.event_id, &a.origin).cmp(&(&b.event_time, &b.event_id, &b.origin))
    });
    match plan.selection.duplicates {
        Duplicates::Keep => selected.into_iter().map(|selected| Event { selected, copies: 1 }).collect(),
        Duplicates::Drop => without_copies(selected),
    }
}

/// Keeps the first copy of each event in the order of the list. A record without an identifier is its own event.
fn without_copies(selected: Vec<Selected>) -> Vec<Event> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut events: Vec<Event> = Vec::new();
    for selected in selected {
        let known = selected.event_id.as_ref().and_then(|id| places.get(id));
        if let Some(event) = known.and_then(|&place| events.get_mut(place)) {
            event.copies += 1;
            continue;
        }
        if let Some(id) = &selected.event_id {
            places.insert(id.clone(), events.len());
        }
        events.push(Event { selected, copies: 1 });
    }
    events
}

/// An alarm is replayed over the range that was asked for. Where a bound is open, it is replayed from the first event
/// on, and after the last one for as long as the alarm can still see it, so that the last episode is whole.
fn replay_range(plan: &Plan, rule: &Rule, seen: &TimeSpan) -> Option<ReplayRange> {
    let asked = plan.selection.range;
    let after_last =
        |last: Timestamp| timestamp(last.as_second().saturating_add(rule.alarm.memory_seconds() + 60));
    let start = asked.start.or(seen.first())?;
    let end = asked.end.or(seen.last().map(after_last))?;
    (start < end).then_some(ReplayRange { start, end })
}

/// One attempt for each rule that selected an event.
fn attempts(plan: &Plan, events: &[Event], delivered: &BTreeMap<String, Timestamp>) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for Event { selected, copies } in events {
        let rules = selected.matches.iter().filter_map(|found| Some((plan.rules.get(found.rule)?, found)));
        attempts.extend(rules.map(|(rule, found)| Attempt {
            rule: rule.name.clone(),
            event_time: selected.event_time,
            event_id: selected.event_id.clone(),
            copies: *copies,
            origin: selected.origin.clone(),
            delivery_time: delivered.get(&selected.origin.object).copied(),
            measured: found.measured.clone(),
            evidence: selected.evidence.clone(),
        }));
    }
    attempts
}
