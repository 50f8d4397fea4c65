//! From everything that was tallied to the report.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::{Duplicates, Plan, Rule};
use crate::alarm::{ReplayRange, episodes, replay};
use crate::metric::{Sample, Series};
use crate::period::{TimeSpan, timestamp};
use crate::report::{Attempt, Report, RuleReport, Scan};
use crate::tally::{RecordCounts, Selected, Tally};

/// Concludes a report from the tally of a whole scan.
pub fn conclude(plan: &Plan, mut tally: Tally, sources: Vec<String>) -> Report {
    tally.objects.sort_by(|a, b| a.object.cmp(&b.object));
    tally.problems.sort();
    let events = Events {
        inside: distinct(plan, std::mem::take(&mut tally.selected)),
        before: distinct(plan, std::mem::take(&mut tally.earlier)),
    };
    let matched = events.inside.len() as u64;
    let records = RecordCounts { selected: matched, ..tally.records };
    let delivered = tally
        .objects
        .iter()
        .filter_map(|object| Some((object.object.clone(), object.key.delivery_time?)))
        .collect();
    Report {
        rules: plan
            .rules
            .iter()
            .enumerate()
            .map(|rule| rule_report(plan, rule, &events, &tally.time_span))
            .collect(),
        attempts: attempts(plan, &events.inside, &delivered),
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

/// The selected records of a scan, each event once, in the order of time.
struct Events {
    /// Those in the range that was asked for.
    inside: Vec<Event>,
    /// Those before it that the alarm still sees at its start.
    before: Vec<Event>,
}

impl Events {
    fn series(&self, number: usize, rule: &Rule) -> Series {
        let events = self.before.iter().chain(&self.inside);
        Series::new(samples(events, number, rule).collect())
    }
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

fn samples<'a>(
    events: impl Iterator<Item = &'a Event>,
    number: usize,
    rule: &Rule,
) -> impl Iterator<Item = Sample> {
    events
        .filter(move |event| event.selected.rules.contains(&number))
        .filter_map(|event| Some(rule.filter.sample(event.selected.event_time?)))
}

fn rule_report(plan: &Plan, (number, rule): (usize, &Rule), events: &Events, seen: &TimeSpan) -> RuleReport {
    let asked = Series::new(samples(events.inside.iter(), number, rule).collect());
    let series = events.series(number, rule);
    let range = replay_range(plan, rule, seen);
    let transitions = range.map(|range| replay(&rule.alarm, &series, range)).unwrap_or_default();
    let episodes = range.map(|range| episodes(&rule.alarm, &series, &transitions, range)).unwrap_or_default();
    RuleReport {
        rule: rule.name.clone(),
        subject: rule.subject.clone(),
        filter: rule.filter.clone(),
        alarm: rule.alarm.clone(),
        range,
        datapoints: asked.datapoints(rule.alarm.period_seconds),
        transitions,
        episodes,
    }
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
        let rules = selected.rules.iter().filter_map(|&number| plan.rules.get(number));
        attempts.extend(rules.map(|rule| Attempt {
            rule: rule.name.clone(),
            event_time: selected.event_time,
            event_id: selected.event_id.clone(),
            copies: *copies,
            origin: selected.origin.clone(),
            delivery_time: delivered.get(&selected.origin.object).copied(),
            evidence: selected.evidence.clone(),
        }));
    }
    attempts
}
