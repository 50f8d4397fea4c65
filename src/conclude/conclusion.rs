//! One conclusion: rule by rule, and clock by clock.

use jiff::Timestamp;

use super::distinct::{DistinctEvent, DistinctEvents, event};
use super::samples::{RuleSamples, Selections, add_defaults, default_samples};
use crate::alarm::{Change, Episode, ReplayOptions, ReplayRange, episodes, replay};
use crate::findings::{AmbiguousRecords, Defaults, Match, MatchedRecord, RecordCounts, Tally};
use crate::metric::{DimensionSet, Sample, Series};
use crate::plan::{Clock, Duplicates, Plan, Rule};
use crate::report::{Attempt, LifecycleEvent, Metric, Report, RuleReport, Scan};
use crate::time::period::{TimeSpan, timestamp};

/// How far apart in time two episodes under different clocks may lie and still be the same, in
/// seconds: the longest delay that is compared.
const CLOCK_TOLERANCE_SECONDS: i64 = 900;

/// A tally, put in order, from which each rule is concluded by itself, and then compared under each
/// other clock by itself.
pub struct Conclusion<'p> {
    plan: &'p Plan,
    /// The selected events in the range that was asked for.
    inside: Vec<DistinctEvent<MatchedRecord>>,
    /// What each rule selected, by its number.
    samples: Vec<RuleSamples>,
    defaults: Defaults,
    ambiguous: AmbiguousRecords,
    /// The times of all records.
    seen: TimeSpan,
    /// The report but for what is concluded.
    report: Report,
}

/// A rule whose episodes are looked for under another clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparison {
    rule: usize,
    clock: Clock,
}

/// What came of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vanishing {
    comparison: Comparison,
    /// For each episode, whether it is not found again.
    episodes: Vec<bool>,
}

/// What an alarm made of a series.
struct Replayed {
    series: Series,
    transitions: Vec<Change>,
    episodes: Vec<Episode>,
}

impl<'p> Conclusion<'p> {
    /// Puts a tally in order. Lists that are in order already are only looked through.
    pub fn new(plan: &'p Plan, mut tally: Tally, sources: Vec<String>) -> Self {
        tally.sort();
        let selected = DistinctEvents::new(plan, std::mem::take(&mut tally.matches.inside));
        let before = DistinctEvents::new(plan, std::mem::take(&mut tally.matches.earlier)).events;
        let selections = Selections {
            inside: &selected.events,
            before: &before,
        };
        let samples = selections.by_rule(plan.rules.len());
        let lifecycle = DistinctEvents::new(plan, std::mem::take(&mut tally.lifecycle));
        let lifecycle = lifecycle
            .events
            .into_iter()
            .map(|DistinctEvent { found, copies }| LifecycleEvent {
                step: found.step,
                event: event(found.record, copies),
            });
        let seen = tally.time_span();
        let report = Report {
            rules: Vec::new(),
            attempts: Vec::new(),
            lifecycle: lifecycle.collect(),
            scan: scan(plan, &mut tally, selected.events.len() as u64, sources),
            objects: tally.objects,
            duplicates_by_object: selected.duplicates_by_object,
            problems: tally.problems,
        };
        Self {
            plan,
            inside: selected.events,
            samples,
            defaults: tally.defaults,
            ambiguous: tally.ambiguous,
            seen,
            report,
        }
    }

    /// The numbers of the rules.
    pub fn rules(&self) -> std::ops::Range<usize> {
        0..self.plan.rules.len()
    }

    /// Concludes the rule of this number, but for the comparison of clocks; nothing where there is
    /// none.
    pub fn conclude(&self, number: usize) -> Option<RuleReport> {
        let (rule, samples) = (self.plan.rules.get(number)?, self.samples.get(number)?);
        let clock = self.plan.selection.clock;
        let mut asked = samples.asked(clock);
        add_defaults(&mut asked, &self.defaults.inside, number, rule);
        let Replayed {
            series,
            transitions,
            episodes,
        } = self.replayed(number, rule, clock)?;
        Some(RuleReport {
            rule: rule.name.clone(),
            subject: rule.subject.clone(),
            filter: rule.filter.clone(),
            alarm: rule.alarm.clone(),
            range: self.range(rule),
            metrics: asked
                .into_iter()
                .map(|metric| datapoints(rule, metric))
                .collect(),
            without_sample: samples.without_sample.clone(),
            ambiguous: self.ambiguous.of_rule(number),
            vanishing: None,
            series,
            transitions,
            episodes,
        })
    }

    /// The clocks under which the episodes of each rule are to be looked for again.
    pub fn comparisons(&self, rules: &[RuleReport]) -> Vec<Comparison> {
        let has_log_times = self
            .inside
            .iter()
            .any(|event| event.found.record.log_time.is_some());
        let is_other = |clock: &Clock| *clock != self.plan.selection.clock;
        let is_known = |clock: &Clock| *clock != Clock::Log || has_log_times;
        let clocks = || {
            Clock::COMPARED
                .into_iter()
                .filter(|clock| is_other(clock) && is_known(clock))
        };
        let has_episodes = |report: &RuleReport| is_compared(report) && !report.episodes.is_empty();
        let rules = rules
            .iter()
            .enumerate()
            .filter(|(_, report)| has_episodes(report));
        rules
            .flat_map(|(rule, _)| clocks().map(move |clock| Comparison { rule, clock }))
            .collect()
    }

    /// Looks for the episodes of a rule again.
    pub fn compare(&self, comparison: Comparison, rules: &[RuleReport]) -> Option<Vanishing> {
        let Comparison {
            rule: number,
            clock,
        } = comparison;
        let others = self
            .replayed(number, self.plan.rules.get(number)?, clock)?
            .episodes;
        let episodes = rules.get(number)?.episodes.iter();
        let episodes =
            episodes.map(|episode| !episode.is_near_any(&others, CLOCK_TOLERANCE_SECONDS));
        Some(Vanishing {
            comparison,
            episodes: episodes.collect(),
        })
    }

    /// The report, with what was concluded of each rule and what came of the comparisons, both in
    /// order.
    pub fn report(self, mut rules: Vec<RuleReport>, vanishing: Vec<Vanishing>) -> Report {
        for report in rules.iter_mut().filter(|report| is_compared(report)) {
            report.vanishing = report
                .range
                .map(|_| vec![Vec::new(); report.episodes.len()]);
        }
        for Vanishing {
            comparison: Comparison { rule, clock },
            episodes,
        } in vanishing
        {
            let clocks = rules
                .get_mut(rule)
                .and_then(|report| report.vanishing.as_mut());
            let vanished = clocks
                .into_iter()
                .flatten()
                .zip(episodes)
                .filter(|(_, vanishes)| *vanishes);
            vanished.for_each(|(clocks, _)| clocks.push(clock.to_string()));
        }
        Report {
            rules,
            attempts: attempts(self.plan, self.inside),
            ..self.report
        }
    }

    /// The alarm of a rule under a clock.
    fn replayed(&self, number: usize, rule: &Rule, clock: Clock) -> Option<Replayed> {
        let mut watched = self.samples.get(number)?.watched(clock);
        for defaults in [&self.defaults.inside, &self.defaults.earlier] {
            watched.extend(default_samples(defaults, number, rule));
        }
        let series = Series::new(watched);
        let Some(range) = self.range(rule) else {
            return Some(Replayed {
                series,
                transitions: Vec::new(),
                episodes: Vec::new(),
            });
        };
        let transitions = replay(&rule.alarm, &series, range, &ReplayOptions::default());
        let episodes = episodes(&rule.alarm, &series, &transitions, range);
        Some(Replayed {
            series,
            transitions,
            episodes,
        })
    }

    /// An alarm is replayed over the range that was asked for. Where a bound is open, it is
    /// replayed from the first event on, and after the last one for as long as the alarm can still
    /// see it, so that the last episode is whole.
    fn range(&self, rule: &Rule) -> Option<ReplayRange> {
        let asked = self.plan.selection.range;
        let after_last = |last: Timestamp| {
            timestamp(
                last.as_second()
                    .saturating_add(rule.alarm.memory_seconds() + 60),
            )
        };
        let start = asked.start.or(self.seen.first())?;
        let end = asked.end.or(self.seen.last().map(after_last))?;
        (start < end).then_some(ReplayRange { start, end })
    }
}

/// Whether the episodes of a rule are looked for under other clocks. The events that only publish a
/// default are kept for one clock, so nothing is compared where they count.
fn is_compared(report: &RuleReport) -> bool {
    report.filter.default_value.is_none()
}

/// What became of the records, of which so many events were selected.
fn scan(plan: &Plan, tally: &mut Tally, selected: u64, sources: Vec<String>) -> Scan {
    let (records, time_span) = (tally.records(), tally.time_span());
    let places = std::mem::take(&mut tally.places).with_keys(&tally.objects);
    Scan {
        sources,
        listed: tally.listed,
        duplicates: records.selected - selected,
        records: RecordCounts {
            selected,
            ..records
        },
        activity: tally.activity,
        first_event: time_span.first(),
        last_event: time_span.last(),
        accounts: places.accounts.into_iter().collect(),
        regions: places.regions.into_iter().collect(),
        requested: plan.selection.range,
        duplicates_dropped: plan.selection.duplicates == Duplicates::Drop,
        clock: plan.selection.clock.to_string(),
    }
}

fn datapoints(rule: &Rule, (dimensions, samples): (DimensionSet, Vec<Sample>)) -> Metric {
    Metric {
        dimensions,
        datapoints: Series::new(samples).datapoints(rule.alarm.period_seconds),
    }
}

/// One attempt for each rule that selected an event.
fn attempts(plan: &Plan, events: Vec<DistinctEvent<MatchedRecord>>) -> Vec<Attempt> {
    let mut attempts = Vec::with_capacity(events.len());
    for DistinctEvent { found, copies } in events {
        let MatchedRecord {
            mut matches,
            record,
        } = found;
        let attempt = |record, Match { rule, measured }: Match| {
            let rule = plan.rules.get(rule)?.name.clone();
            Some(Attempt {
                rule,
                measured,
                event: event(record, copies),
            })
        };
        // Most are selected by one rule, and there may be millions.
        let last = matches.pop();
        attempts.extend(
            matches
                .into_iter()
                .filter_map(|matching| attempt(record.clone(), matching)),
        );
        attempts.extend(last.and_then(|matching| attempt(record, matching)));
    }
    attempts
}
