//! The findings of a scan in order, from which each rule is concluded by itself.

use std::mem;
use std::sync::Arc;

use rayon::prelude::*;

use super::distinct::{DistinctEvents, event};
use super::earlier::add_missing_samples;
use super::samples::AllSamples;
use super::stories::add_stories;
use crate::findings::{
    AmbiguousRecords, Defaults, Findings, LifecycleRecord, Match, MatchedRecord, RecordCounts,
    by_time,
};
use crate::plan::{Clock, Duplicates, Plan};
use crate::problem::Problem;
use crate::report::integrity::Grades;
use crate::report::{
    Attempt, Event, Inputs, LifecycleEvent, Objects, Report, Scan, SourceCounter, Sources,
};

/// The findings of a scan in order, from which each rule is concluded by itself.
pub(super) struct Conclusion<'p> {
    pub(super) plan: &'p Plan,
    /// The selected events in the requested range.
    pub(super) inside: DistinctEvents<MatchedRecord>,
    pub(super) defaults: Defaults,
    pub(super) ambiguous: AmbiguousRecords,
    /// The clocks under which episodes are looked for again.
    pub(super) other_clocks: Vec<Clock>,
    /// The samples of the rules.
    pub(super) samples: AllSamples,
    /// The report without its rules and attempts.
    report: Report,
}

impl<'p> Conclusion<'p> {
    /// Puts findings in order, on the threads of the pool that this is called in.
    pub(super) fn new(
        plan: &'p Plan,
        mut findings: Findings,
        sources: Vec<String>,
        grades: Option<&Grades<'_>>,
    ) -> Self {
        findings.objects.par_sort_unstable();
        // Those of an audit are counted already.
        let objects = findings.count_objects(plan.selection.range);
        add_missing_samples(plan, &mut findings.matches);
        sort(&mut findings);
        // Before copies are dropped, which count here.
        let stored = stored_sources(&mut findings);
        let mut events = ScannedEvents::take(&mut findings, plan, grades);
        add_contradictions(&mut findings.problems, events.take_contradictions());
        let samples = events.samples(plan);
        let ScannedEvents {
            mut inside, steps, ..
        } = events;
        let selected = inside.records.len() as u64;
        Self {
            plan,
            samples,
            other_clocks: other_clocks(plan, &inside.records),
            defaults: mem::take(&mut findings.defaults),
            ambiguous: mem::take(&mut findings.ambiguous),
            report: Report {
                duplicates_by_object: mem::take(&mut inside.duplicates_by_object),
                sources: stored,
                objects: Objects::new(objects),
                lifecycle: lifecycle(steps),
                ..report(plan, findings, selected, sources)
            },
            inside,
        }
    }

    /// Returns the scan in numbers.
    pub(super) fn scan(&self) -> &Scan {
        &self.report.scan
    }

    /// Returns the report, on all threads.
    pub(super) fn into_report(self) -> Report {
        let alarms = self.alarms();
        let mut report = Report {
            rules: self.rules(),
            metrics: self.metrics(),
            scope_comparisons: self.scope_comparisons(&alarms),
            alarms,
            ..self.report
        };
        // Attempts and samples take much room where there are many.
        drop(self.samples);
        report.attempts = attempts(self.plan, self.inside);
        add_stories(&mut report);
        report
    }
}

/// The events of a scan, each once where the plan says so.
struct ScannedEvents {
    /// The selected events in the requested range.
    inside: DistinctEvents<MatchedRecord>,
    /// The selected events before it.
    before: DistinctEvents<MatchedRecord>,
    /// The steps of lifecycles.
    steps: DistinctEvents<LifecycleRecord>,
}

impl ScannedEvents {
    /// Takes the events out of findings, whose records are in order.
    fn take(findings: &mut Findings, plan: &Plan, grades: Option<&Grades<'_>>) -> Self {
        let matches = mem::take(&mut findings.matches);
        let steps = mem::take(&mut findings.lifecycle);
        Self {
            inside: DistinctEvents::new(plan, matches.inside, grades),
            before: DistinctEvents::new(plan, matches.earlier, grades),
            steps: DistinctEvents::new(plan, steps, grades),
        }
    }

    fn take_contradictions(&mut self) -> [Vec<Problem>; 2] {
        let Self { inside, steps, .. } = self;
        [&mut inside.contradictions, &mut steps.contradictions].map(mem::take)
    }

    fn samples(&self, plan: &Plan) -> AllSamples {
        let (inside, before) = (&self.inside.records, &self.before.records);
        AllSamples::new(plan.rules.len(), inside, before)
    }
}

/// Returns the report of a scan that selected this many events, without what is concluded of them.
fn report(plan: &Plan, mut findings: Findings, selected: u64, sources: Vec<String>) -> Report {
    Report {
        scan: scan(plan, &mut findings, selected, sources),
        rules: Vec::new(),
        metrics: Vec::new(),
        alarms: Vec::new(),
        scope_comparisons: Vec::new(),
        attempts: Vec::new(),
        stories: Vec::new(),
        lifecycle: Vec::new(),
        uses: findings.uses,
        duplicates_by_object: Default::default(),
        sources: Sources::default(),
        days: findings.days,
        objects: Objects::default(),
        problems: findings.problems,
        integrity: None,
    }
}

/// Adds the contradictions of matches and of steps of the lifecycle to the problems of a scan. A
/// record may be both, and is one problem.
fn add_contradictions(problems: &mut Vec<Problem>, found: [Vec<Problem>; 2]) {
    let mut found = found.concat();
    if found.is_empty() {
        return;
    }
    found.sort();
    found.dedup();
    problems.append(&mut found);
    problems.sort();
}

fn sort(findings: &mut Findings) {
    // There may be millions of these, and sorting them again only looks through them.
    findings.matches.inside.par_sort_unstable_by(by_time);
    findings.sort();
}

/// Returns the clocks under which the episodes of the plan's clock are looked for again. The clock
/// of a log group is among them only if some record has its time.
fn other_clocks(plan: &Plan, events: &[MatchedRecord]) -> Vec<Clock> {
    let has_log_times = events.iter().any(|found| found.record.log_time.is_some());
    let is_known = |clock: &Clock| *clock != Clock::Log || has_log_times;
    Clock::COMPARED
        .into_iter()
        .filter(|clock| *clock != plan.selection.clock)
        .filter(is_known)
        .collect()
}

/// Sums up the scan, of which this many events were selected.
fn scan(plan: &Plan, findings: &mut Findings, selected: u64, sources: Vec<String>) -> Scan {
    let (records, time_span) = (findings.days.records(), findings.days.events());
    let places = mem::take(&mut findings.places).with_keys(&findings.days);
    Scan {
        sources,
        inputs: Inputs::default(),
        listed: findings.listed,
        // The days count every copy of a record.
        duplicates: records.selected - selected,
        records: RecordCounts {
            selected,
            ..records
        },
        activity: findings.activity,
        call_times: mem::take(&mut findings.call_times),
        mapped_from_ocsf: findings.mapped.ocsf,
        mapped_from_ecs: findings.mapped.ecs,
        first_event: time_span.first(),
        last_event: time_span.last(),
        accounts: places.accounts.into_iter().collect(),
        regions: places.regions.into_iter().collect(),
        requested: plan.selection.range,
        requested_accounts: plan.selection.accounts.clone(),
        requested_regions: plan.selection.regions.clone(),
        inventories: Vec::new(),
        duplicates_dropped: plan.selection.duplicates == Duplicates::Drop,
        clock: plan.selection.clock.to_string(),
        alarm_scope: plan.selection.alarm_scope,
    }
}

/// Returns the stored objects that hold attempts or steps of the lifecycle, copies included.
fn stored_sources(findings: &mut Findings) -> Sources {
    let mut sources = SourceCounter::new(mem::take(&mut findings.sources));
    for matched in &findings.matches.inside {
        sources.find(&matched.record.origin.object).attempts += 1;
    }
    for found in &findings.lifecycle {
        sources.find(&found.record.origin.object).lifecycle += 1;
    }
    sources.finish()
}

fn lifecycle(mut distinct: DistinctEvents<LifecycleRecord>) -> Vec<LifecycleEvent> {
    // From the last on, so that the records give back their room.
    let mut lifecycle = Vec::with_capacity(distinct.records.len());
    while let Some((found, copies)) = distinct.pop() {
        lifecycle.push(LifecycleEvent {
            step: found.step,
            deletion: found.deletion,
            names: found.names,
            event: event(found.record, copies),
        });
    }
    lifecycle.reverse();
    lifecycle
}

/// Returns one attempt for each rule that selected an event.
fn attempts(plan: &Plan, mut events: DistinctEvents<MatchedRecord>) -> Vec<Attempt> {
    let rules: Vec<Arc<str>> = plan.rules.iter().map(|rule| (*rule.name).into()).collect();
    let mut attempts = Vec::with_capacity(events.records.len());
    // From the last on, so that the events give back their room while the attempts take it.
    while let Some((found, copies)) = events.pop() {
        add_attempts(&mut attempts, &rules, found, copies);
    }
    attempts.reverse();
    attempts
}

/// Adds the attempts of an event, the one of the first rule last.
fn add_attempts(attempts: &mut Vec<Attempt>, rules: &[Arc<str>], of: MatchedRecord, copies: u64) {
    let mut matches = of.matches.into_iter();
    let first = matches.next();
    // Most events are selected by one rule, and there may be millions: only further rules copy the
    // event.
    for matching in matches.rev() {
        let event = event(of.record.clone(), copies);
        attempts.extend(attempt(rules, matching, event));
    }
    if let Some(matching) = first {
        attempts.extend(attempt(rules, matching, event(of.record, copies)));
    }
}

fn attempt(rules: &[Arc<str>], matching: Match, event: Event) -> Option<Attempt> {
    Some(Attempt {
        rule: rules.get(matching.rule)?.clone(),
        measured: matching.measured,
        resolution: None,
        event,
        integrity: None,
    })
}
