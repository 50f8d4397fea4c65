//! One alarm, concluded by itself.

use rayon::prelude::*;

use super::AlarmUnderClocks;
use super::conclusion::Conclusion;
use super::samples::{SeenPlaces, default_samples};
use crate::alarm::replay::episode::episodes_of_changes;
use crate::alarm::{
    AlarmConfiguration, AlarmGroup, AlarmScope, Change, Episode, ReplayEnd, ReplayOptions,
    ReplayRange, ReplaySpan, episodes, replay,
};
use crate::metric::{MetricFilter, MetricStat, Sample, Series};
use crate::plan::warnings::alarm_warning;
use crate::plan::{Clock, JobAlarm, PlannedJob, Rule};
use crate::report::{AlarmReport, AuditedAlarm};

/// The longest distance in time at which two episodes under different clocks are still the same, in
/// seconds: the longest delay that is compared.
const CLOCK_TOLERANCE_SECONDS: i64 = 900;

/// One alarm of a job and the group of accounts and regions that it sees.
pub(super) struct AlarmConclusion<'c> {
    conclusion: &'c Conclusion<'c>,
    job: &'c PlannedJob,
    alarm: &'c JobAlarm,
    group: AlarmGroup,
    /// The places of the group.
    places: SeenPlaces,
}

/// The replay of an alarm over its series.
struct Replayed {
    transitions: Vec<Change>,
    episodes: Vec<Episode>,
}

impl<'c> AlarmConclusion<'c> {
    pub(super) fn new(
        conclusion: &'c Conclusion<'c>,
        job: &'c PlannedJob,
        alarm: &'c JobAlarm,
        scope: AlarmScope,
        group: AlarmGroup,
    ) -> Self {
        Self {
            conclusion,
            job,
            alarm,
            places: conclusion.samples.places_of(scope, &group),
            group,
        }
    }

    /// Returns the report of the alarm under the clock of the plan, compared with other clocks.
    pub(super) fn report(&self) -> AlarmReport {
        let clock = self.conclusion.plan.selection.clock;
        let (range, series) = (self.range(), self.series(clock));
        let replayed = self.replayed(&series, range);
        AlarmReport {
            alarm: AuditedAlarm::Metric(self.configuration().clone()),
            origin: self.alarm.origin,
            rules: self.rule_numbers(),
            group: self.group.clone(),
            range,
            vanishing: self.vanishing(&replayed.episodes, range),
            series,
            transitions: replayed.transitions,
            episodes: replayed.episodes,
            warnings: self.warnings(),
            action_runs: Vec::new(),
        }
    }

    /// Returns the metrics that the alarm sees under each clock.
    pub(super) fn under_clocks(&self, clocks: &[Clock]) -> AlarmUnderClocks {
        let rules = self.rule_numbers();
        // Each clock goes through all samples once, so it is worth a thread.
        let series = clocks.par_iter().map(|clock| (*clock, self.series(*clock)));
        AlarmUnderClocks {
            event_times: self.conclusion.event_times(&rules),
            span: self.span(),
            series: series.collect(),
            rules,
        }
    }

    /// Returns the number of episodes under the clock of the plan.
    pub(super) fn count_episodes(&self) -> u64 {
        let clock = self.conclusion.plan.selection.clock;
        self.bare_episodes(clock, self.range()).len() as u64
    }

    /// Returns the numbers of the rules that publish a metric that the alarm watches.
    pub(super) fn rule_numbers(&self) -> Vec<usize> {
        let rules = self.rules().map(|(number, _)| number);
        rules.collect()
    }

    fn warnings(&self) -> Vec<String> {
        let filters = self.rules().map(|(_, rule)| &rule.filter);
        let filters: Vec<&MetricFilter> = filters.collect();
        let doubt = alarm_warning(self.configuration(), &filters);
        doubt.into_iter().map(|doubt| doubt.to_string()).collect()
    }

    fn configuration(&self) -> &'c AlarmConfiguration {
        &self.alarm.configuration
    }

    fn rules(&self) -> impl Iterator<Item = (usize, &'c Rule)> {
        let numbers = self.job.rules.clone();
        let all_rules = &self.conclusion.plan.rules;
        // A job is a part of the plan, whose rules are numbered through all jobs.
        let rules = numbers.filter_map(|number| Some((number, all_rules.get(number)?)));
        let watched = &self.configuration().watched;
        rules.filter(|(_, rule)| watched.is_published_by(&rule.filter))
    }

    /// Returns the samples that the alarm sees under a clock, for each metric that it watches.
    pub(super) fn series(&self, clock: Clock) -> Vec<Series> {
        let metrics = self.configuration().watched.metrics().into_iter();
        metrics
            .map(|stat| Series::joined(self.samples(stat, clock)))
            .collect()
    }

    /// Returns the samples of a metric: those of all filters that publish it add up.
    fn samples(&self, stat: &MetricStat, clock: Clock) -> Vec<Sample> {
        let dimensions = &stat.metric.dimensions;
        let mut samples = Vec::new();
        for (number, rule) in self.rules() {
            if !stat.counts_samples_of(&rule.filter) {
                continue;
            }
            if let Some(of_rule) = self.conclusion.samples.by_rule.get(number) {
                of_rule.add_watched(clock, dimensions, &self.places, &mut samples);
            }
            // A default is published without any dimension, those of the system included
            // (sources, M7 and M9).
            if dimensions.is_empty() {
                self.add_defaults(number, rule, &mut samples);
            }
        }
        samples
    }

    fn add_defaults(&self, number: usize, rule: &Rule, samples: &mut Vec<Sample>) {
        // Like matches, the defaults before the requested range are seen by the first evaluations.
        let group = matches!(self.places, SeenPlaces::Some(_)).then_some(&self.group);
        let defaults = &self.conclusion.defaults;
        for defaults in [&defaults.inside, &defaults.earlier] {
            samples.extend(default_samples(defaults, number, rule, group));
        }
    }

    /// Returns the range over which the alarm is replayed: the requested range. Where a bound is
    /// open, it is replayed from the first event on, and after the last one for as long as the
    /// alarm can still see it, so that the last episode is whole.
    pub(super) fn range(&self) -> Option<ReplayRange> {
        let range = self.span()?.range_of(self.configuration());
        // The requested end may be before the first event.
        (range.start < range.end).then_some(range)
    }

    /// Returns the same for alarms like this one.
    fn span(&self) -> Option<ReplaySpan> {
        let requested = self.conclusion.plan.selection.range;
        let scan = self.conclusion.scan();
        let end = requested.end.map(ReplayEnd::At);
        Some(ReplaySpan {
            start: requested.start.or(scan.first_event)?,
            end: end.or(scan.last_event.map(ReplayEnd::Forgotten))?,
        })
    }

    fn replayed(&self, series: &[Series], range: Option<ReplayRange>) -> Replayed {
        let Some(range) = range else {
            return Replayed {
                transitions: Vec::new(),
                episodes: Vec::new(),
            };
        };
        let alarm = self.configuration();
        let transitions = replay(alarm, series, range, &ReplayOptions::default());
        Replayed {
            episodes: episodes(alarm, series, &transitions, range),
            transitions,
        }
    }

    /// Returns the episodes under a clock without peaks and samples, which cost as much as the
    /// replay and are not compared.
    fn bare_episodes(&self, clock: Clock, range: Option<ReplayRange>) -> Vec<Episode> {
        let Some(range) = range else {
            return Vec::new();
        };
        let series = self.series(clock);
        let options = ReplayOptions::default();
        let transitions = replay(self.configuration(), &*series, range, &options);
        episodes_of_changes(&transitions, range)
    }

    /// Returns, for each episode, the other clocks under which it is not found again. Returns
    /// `None` where clocks are not compared.
    fn vanishing(
        &self,
        episodes: &[Episode],
        range: Option<ReplayRange>,
    ) -> Option<Vec<Vec<String>>> {
        // The events that publish a default value are counted for one clock only, so under another
        // one the series would be a mixture.
        if self.has_defaults() || range.is_none() {
            return None;
        }
        // Most alarms have no episode, and a replay for nothing would cost as much as any.
        if episodes.is_empty() {
            return Some(Vec::new());
        }
        Some(self.vanishing_episodes(episodes, range))
    }

    /// Returns whether a filter that publishes what the alarm watches has a default value.
    pub(super) fn has_defaults(&self) -> bool {
        let mut rules = self.rules();
        rules.any(|(_, rule)| rule.filter.default_value.is_some())
    }

    fn vanishing_episodes(
        &self,
        episodes: &[Episode],
        range: Option<ReplayRange>,
    ) -> Vec<Vec<String>> {
        let mut vanishing = vec![Vec::new(); episodes.len()];
        for (clock, others) in self.episodes_under_other_clocks(range) {
            for (episode, clocks) in episodes.iter().zip(&mut vanishing) {
                if !episode.is_near_any(&others, CLOCK_TOLERANCE_SECONDS) {
                    clocks.push(clock.to_string());
                }
            }
        }
        vanishing
    }

    fn episodes_under_other_clocks(
        &self,
        range: Option<ReplayRange>,
    ) -> Vec<(Clock, Vec<Episode>)> {
        let clocks = self.conclusion.other_clocks.par_iter();
        clocks
            .map(|clock| (*clock, self.bare_episodes(*clock, range)))
            .collect()
    }
}
