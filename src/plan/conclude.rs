//! From everything that was tallied to the report.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::clock::Times;
use super::{Clock, Duplicates, Plan, Rule};
use crate::alarm::{Episode, ReplayOptions, ReplayRange, episodes, replay};
use crate::metric::{DimensionSet, MetricFilter, NoSample, Sample, Series};
use crate::period::{TimeSpan, timestamp};
use crate::report::{Attempt, Metric, Report, RuleReport, Scan};
use crate::tally::{Defaults, RecordCounts, Selected, Tally};

/// How far apart in time two episodes under different clocks may lie and still be the same, in seconds: the longest
/// delay that is compared.
const CLOCK_TOLERANCE_SECONDS: i64 = 900;

/// Concludes a report from the tally of a whole scan.
pub fn conclude(plan: &Plan, mut tally: Tally, sources: Vec<String>) -> Report {
    tally.objects.sort_by(|a, b| a.object.cmp(&b.object));
    tally.problems.sort();
    let delivered = tally
        .objects
        .iter()
        .filter_map(|object| Some((object.object.clone(), object.key.delivery_time?)))
        .collect();
    let evidence = RuleEvidence {
        inside: distinct(plan, std::mem::take(&mut tally.selected)),
        before: distinct(plan, std::mem::take(&mut tally.earlier)),
        defaults: std::mem::take(&mut tally.defaults),
        earlier_defaults: std::mem::take(&mut tally.earlier_defaults),
        ambiguous: std::mem::take(&mut tally.ambiguous),
        seen: tally.time_span,
        delivered,
    };
    let matched = evidence.inside.len() as u64;
    let records = RecordCounts { selected: matched, ..tally.records };
    let rules = plan.rules.iter().enumerate().map(|(number, rule)| evidence.conclude(plan, number, rule));
    Report {
        rules: rules.collect(),
        attempts: attempts(plan, &evidence),
        scan: Scan {
            sources,
            records,
            activity: tally.activity,
            duplicates: tally.records.selected - matched,
            first_event: tally.time_span.first(),
            last_event: tally.time_span.last(),
            accounts: tally.accounts.into_iter().collect(),
            regions: tally.regions.into_iter().collect(),
            asked: plan.selection.range,
            duplicates_dropped: plan.selection.duplicates == Duplicates::Drop,
            clock: plan.selection.clock.to_string(),
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
    /// The slots in which objects were delivered, by their names.
    delivered: BTreeMap<String, Timestamp>,
}

/// The samples of each metric of a rule.
type Metrics = BTreeMap<DimensionSet, Vec<Sample>>;

impl RuleEvidence {
    fn conclude(&self, plan: &Plan, number: usize, rule: &Rule) -> RuleReport {
        let clock = plan.selection.clock;
        let mut asked = self.samples(&self.inside, number, clock);
        add_defaults(&mut asked, &self.defaults, number, rule);
        let series = self.series(number, rule, clock);
        let range = replay_range(plan, rule, &self.seen);
        let options = ReplayOptions::default();
        let transitions =
            range.map(|range| replay(&rule.alarm, &series, range, &options)).unwrap_or_default();
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
            vanishing: range.and_then(|range| self.vanishing(plan, number, &episodes, range)),
            series,
            transitions,
            episodes,
        }
    }

    /// The samples that the alarm of a rule sees. An alarm without dimensions stands on the metric without dimensions
    /// (specification of the filter language, M12).
    fn series(&self, number: usize, rule: &Rule, clock: Clock) -> Series {
        let mut metrics = self.samples(self.before.iter().chain(&self.inside), number, clock);
        add_defaults(&mut metrics, &self.defaults, number, rule);
        add_defaults(&mut metrics, &self.earlier_defaults, number, rule);
        Series::new(metrics.remove(&DimensionSet::new()).unwrap_or_default())
    }

    /// The samples of the events that a rule selected, for each metric.
    fn samples<'a>(
        &self,
        events: impl IntoIterator<Item = &'a Event>,
        number: usize,
        clock: Clock,
    ) -> Metrics {
        let mut metrics = Metrics::new();
        for Event { selected, .. } in events {
            let measured = selected.by(number).and_then(|found| found.measured.as_ref().ok());
            if let Some((measurement, event_time)) = measured.zip(selected.event_time) {
                let delivered = self.delivered.get(&selected.origin.object).copied();
                let times = Times { event: event_time, delivered, logged: selected.log_time };
                let minute = MetricFilter::minute(clock.time(times));
                let sample = Sample::once(minute, measurement.value);
                metrics.entry(measurement.dimensions.clone()).or_default().push(sample);
            }
        }
        metrics
    }

    /// The clocks under which each episode is not found again. The events that only publish a default are kept for
    /// one clock, so nothing is compared where they count.
    fn vanishing(
        &self,
        plan: &Plan,
        number: usize,
        episodes: &[Episode],
        range: ReplayRange,
    ) -> Option<Vec<Vec<String>>> {
        let rule = plan.rules.get(number).filter(|rule| rule.filter.default_value.is_none())?;
        let mut vanishing = vec![Vec::new(); episodes.len()];
        if episodes.is_empty() {
            return Some(vanishing);
        }
        let is_other = |clock: &Clock| *clock != plan.selection.clock;
        let is_known = |clock: &Clock| *clock != Clock::Log || self.has_log_times();
        for clock in Clock::COMPARED.into_iter().filter(|clock| is_other(clock) && is_known(clock)) {
            let series = self.series(number, rule, clock);
            let changes = replay(&rule.alarm, &series, range, &ReplayOptions::default());
            let others = crate::alarm::episodes(&rule.alarm, &series, &changes, range);
            for (episode, vanishing) in episodes.iter().zip(&mut vanishing) {
                if !others.iter().any(|other| other.is_near(episode, CLOCK_TOLERANCE_SECONDS)) {
                    vanishing.push(clock.to_string());
                }
            }
        }
        Some(vanishing)
    }

    /// Whether any event has the time at which a log group had it.
    fn has_log_times(&self) -> bool {
        self.inside.iter().any(|event| event.selected.log_time.is_some())
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
            event.selected.log_time = event.selected.log_time.or(selected.log_time);
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
fn attempts(plan: &Plan, evidence: &RuleEvidence) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for Event { selected, copies } in &evidence.inside {
        let rules = selected.matches.iter().filter_map(|found| Some((plan.rules.get(found.rule)?, found)));
        attempts.extend(rules.map(|(rule, found)| Attempt {
            rule: rule.name.clone(),
            event_time: selected.event_time,
            event_id: selected.event_id.clone(),
            copies: *copies,
            origin: selected.origin.clone(),
            delivery_time: evidence.delivered.get(&selected.origin.object).copied(),
            log_time: selected.log_time,
            measured: found.measured.clone(),
            evidence: selected.evidence.clone(),
        }));
    }
    attempts
}
