//! From everything that was tallied to the report.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::clock::Times;
use super::{Clock, Duplicates, Plan, Rule};
use crate::alarm::{Episode, ReplayOptions, ReplayRange, episodes, replay};
use crate::key::ObjectKey;
use crate::metric::{DimensionSet, MetricFilter, NoSample, Sample, Series};
use crate::period::{TimeSpan, timestamp};
use crate::report::{Attempt, Event, LifecycleEvent, Metric, Report, RuleReport, Scan};
use crate::tally::{Defaults, Kept, Match, RecordCounts, Tally};

/// How far apart in time two episodes under different clocks may lie and still be the same, in seconds: the longest
/// delay that is compared.
const CLOCK_TOLERANCE_SECONDS: i64 = 900;

/// Concludes a report from the tally of a whole scan.
pub fn conclude(plan: &Plan, tally: Tally, sources: Vec<String>) -> Report {
    let conclusion = Conclusion::new(plan, tally, sources);
    let rules = conclusion.rules().filter_map(|rule| conclusion.conclude(rule)).collect();
    conclusion.report(rules)
}

/// The tally of a whole scan, put in order, from which each rule is concluded by itself.
pub struct Conclusion<'p> {
    plan: &'p Plan,
    evidence: RuleEvidence,
    /// The report but for what is concluded.
    report: Report,
}

impl<'p> Conclusion<'p> {
    /// Puts a tally in order.
    pub fn new(plan: &'p Plan, mut tally: Tally, sources: Vec<String>) -> Self {
        // In place, since there may be millions.
        tally.objects.sort_unstable();
        tally.problems.sort();
        let selected = distinct(plan, std::mem::take(&mut tally.selected));
        let evidence = RuleEvidence {
            inside: selected.events,
            before: distinct(plan, std::mem::take(&mut tally.earlier)).events,
            defaults: std::mem::take(&mut tally.defaults),
            earlier_defaults: std::mem::take(&mut tally.earlier_defaults),
            ambiguous: std::mem::take(&mut tally.ambiguous),
            seen: tally.time_span,
        };
        let lifecycle = distinct(plan, std::mem::take(&mut tally.lifecycle)).events.into_iter();
        let lifecycle =
            lifecycle.map(|found| LifecycleEvent { step: found.kept.why, event: found.into_event() });
        let report = Report {
            rules: Vec::new(),
            attempts: Vec::new(),
            lifecycle: lifecycle.collect(),
            scan: scan(plan, &mut tally, evidence.inside.len() as u64, sources),
            objects: tally.objects,
            duplicates_by_object: selected.duplicates_by_object,
            problems: tally.problems,
        };
        Self { plan, evidence, report }
    }

    /// The numbers of the rules.
    pub fn rules(&self) -> std::ops::Range<usize> {
        0..self.plan.rules.len()
    }

    /// Concludes the rule of this number; nothing where there is none.
    pub fn conclude(&self, number: usize) -> Option<RuleReport> {
        Some(self.evidence.conclude(self.plan, number, self.plan.rules.get(number)?))
    }

    /// The report, with what was concluded of each rule, in order.
    pub fn report(self, rules: Vec<RuleReport>) -> Report {
        Report { rules, attempts: attempts(self.plan, self.evidence.inside), ..self.report }
    }
}

/// What became of the records, of which so many events were selected.
fn scan(plan: &Plan, tally: &mut Tally, selected: u64, sources: Vec<String>) -> Scan {
    Scan {
        sources,
        records: RecordCounts { selected, ..tally.records },
        activity: tally.activity,
        duplicates: tally.records.selected - selected,
        first_event: tally.time_span.first(),
        last_event: tally.time_span.last(),
        accounts: std::mem::take(&mut tally.accounts).into_iter().collect(),
        regions: std::mem::take(&mut tally.regions).into_iter().collect(),
        asked: plan.selection.range,
        duplicates_dropped: plan.selection.duplicates == Duplicates::Drop,
        clock: plan.selection.clock.to_string(),
    }
}

/// A kept record, and how many copies of its event were found.
struct Found<Why> {
    kept: Kept<Why>,
    copies: u64,
    /// When the object that holds it was delivered.
    delivery_time: Option<Timestamp>,
}

impl<Why> Found<Why> {
    fn new(kept: Kept<Why>) -> Self {
        let delivery_time = ObjectKey::parse(&kept.origin.object).delivery_time;
        Self { kept, copies: 1, delivery_time }
    }

    fn event(&self) -> Event {
        let Kept { event_time, event_id, origin, log_time, evidence, .. } = &self.kept;
        Event {
            event_time: *event_time,
            event_id: event_id.clone(),
            copies: self.copies,
            origin: origin.clone(),
            delivery_time: self.delivery_time,
            log_time: *log_time,
            evidence: evidence.clone(),
        }
    }

    fn into_event(self) -> Event {
        let Kept { event_time, event_id, origin, log_time, evidence, .. } = self.kept;
        let Self { copies, delivery_time, .. } = self;
        Event { event_time, event_id, copies, origin, delivery_time, log_time, evidence }
    }
}

/// Kept records, each event once.
struct Distinct<Why> {
    /// The events, in the order of time.
    events: Vec<Found<Why>>,
    /// How many further copies each object holds.
    duplicates_by_object: BTreeMap<String, u64>,
}

/// What a scan found for the rules, each event once and in the order of time.
struct RuleEvidence {
    /// The selected records in the range that was asked for.
    inside: Vec<Found<Vec<Match>>>,
    /// Those before it that the alarm still sees at its start.
    before: Vec<Found<Vec<Match>>>,
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
        events: impl IntoIterator<Item = &'a Found<Vec<Match>>>,
        number: usize,
        clock: Clock,
    ) -> Metrics {
        let mut metrics = Metrics::new();
        for event in events {
            let selected = &event.kept;
            let measured = selected.by(number).and_then(|found| found.measured.as_ref().ok());
            if let Some((measurement, event_time)) = measured.zip(selected.event_time) {
                let times =
                    Times { event: event_time, delivered: event.delivery_time, logged: selected.log_time };
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
                if !episode.is_near_any(&others, CLOCK_TOLERANCE_SECONDS) {
                    vanishing.push(clock.to_string());
                }
            }
        }
        Some(vanishing)
    }

    /// Whether any event has the time at which a log group had it.
    fn has_log_times(&self) -> bool {
        self.inside.iter().any(|event| event.kept.log_time.is_some())
    }

    fn without_sample(&self, number: usize) -> BTreeMap<NoSample, u64> {
        let mut reasons = BTreeMap::new();
        let found = self.inside.iter().filter_map(|event| event.kept.by(number)?.measured.as_ref().err());
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

/// Sorts kept records, and drops copies of an event where the plan says so.
fn distinct<Why>(plan: &Plan, mut kept: Vec<Kept<Why>>) -> Distinct<Why> {
    kept.sort_by(|a, b| {
        (&a.event_time, &a.event_id, &a.origin).cmp(&(&b.event_time, &b.event_id, &b.origin))
    });
    match plan.selection.duplicates {
        Duplicates::Keep => Distinct {
            events: kept.into_iter().map(Found::new).collect(),
            duplicates_by_object: BTreeMap::new(),
        },
        Duplicates::Drop => without_copies(kept),
    }
}

/// Keeps the first copy of each event in the order of the list. A record without an identifier is its own event.
fn without_copies<Why>(records: Vec<Kept<Why>>) -> Distinct<Why> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut events: Vec<Found<Why>> = Vec::new();
    let mut duplicates_by_object = BTreeMap::new();
    for kept in records {
        let known = kept.event_id.as_ref().and_then(|id| places.get(id));
        if let Some(event) = known.and_then(|&place| events.get_mut(place)) {
            event.copies += 1;
            event.kept.log_time = event.kept.log_time.or(kept.log_time);
            *duplicates_by_object.entry(kept.origin.object).or_default() += 1;
            continue;
        }
        if let Some(id) = &kept.event_id {
            places.insert(id.clone(), events.len());
        }
        events.push(Found::new(kept));
    }
    Distinct { events, duplicates_by_object }
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
fn attempts(plan: &Plan, events: Vec<Found<Vec<Match>>>) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for mut found in events {
        let mut matches = std::mem::take(&mut found.kept.why);
        let attempt = |event: Event, Match { rule, measured }: Match| {
            let rule = plan.rules.get(rule)?.name.clone();
            Some(Attempt { rule, measured, event })
        };
        // Most are selected by one rule, and there may be millions.
        let last = matches.pop();
        attempts.extend(matches.into_iter().filter_map(|matching| attempt(found.event(), matching)));
        attempts.extend(last.and_then(|matching| attempt(found.into_event(), matching)));
    }
    attempts
}
