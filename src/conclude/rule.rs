//! One rule, concluded by itself.

use jiff::Timestamp;
use rayon::prelude::*;

use super::conclusion::Conclusion;
use super::samples::{RuleSamples, add_defaults, default_samples};
use crate::alarm::{Change, Episode, ReplayOptions, ReplayRange, episodes, replay};
use crate::metric::{DimensionSet, Sample, Series};
use crate::plan::{Clock, Rule};
use crate::report::{Metric, RuleReport};
use crate::time::period::timestamp;

/// The longest distance in time at which two episodes under different clocks are still the same, in
/// seconds: the longest delay that is compared.
const CLOCK_TOLERANCE_SECONDS: i64 = 900;

/// One rule, concluded by itself.
pub(super) struct RuleConclusion<'c> {
    pub(super) conclusion: &'c Conclusion<'c>,
    pub(super) number: usize,
    pub(super) rule: &'c Rule,
    pub(super) samples: &'c RuleSamples,
}

/// The replay of an alarm over a series.
struct Replayed {
    transitions: Vec<Change>,
    episodes: Vec<Episode>,
}

impl Conclusion<'_> {
    /// Returns each rule of the plan, on all threads.
    pub(super) fn rules(&self) -> impl ParallelIterator<Item = RuleConclusion<'_>> {
        let numbers = (0..self.plan.rules.len()).into_par_iter();
        numbers.filter_map(|number| self.rule(number))
    }

    /// Returns the rule of this number.
    pub(super) fn rule(&self, number: usize) -> Option<RuleConclusion<'_>> {
        Some(RuleConclusion {
            conclusion: self,
            number,
            rule: self.plan.rules.get(number)?,
            samples: self.samples.get(number)?,
        })
    }
}

impl RuleConclusion<'_> {
    /// Returns the report of the rule under the clock of the plan, compared with other clocks.
    pub(super) fn report(&self) -> RuleReport {
        let clock = self.conclusion.plan.selection.clock;
        let (range, series) = (self.range(), self.series(clock));
        let replayed = self.replayed(&series, range);
        RuleReport {
            rule: self.rule.name.clone(),
            subject: self.rule.subject.clone(),
            filter: self.rule.filter.clone(),
            alarm: self.rule.alarm.clone(),
            range,
            metrics: self.metrics(clock),
            without_sample: self.samples.without_sample.clone(),
            ambiguous: self.conclusion.ambiguous.of_rule(self.number),
            vanishing: self.vanishing(&replayed.episodes, range),
            series,
            transitions: replayed.transitions,
            episodes: replayed.episodes,
        }
    }

    /// Returns the times of the events that the rule selected in the requested range, in order.
    pub(super) fn event_times(&self) -> Vec<Timestamp> {
        let events = self.conclusion.inside.iter().map(|event| &event.found);
        events
            .filter(|found| found.is_selected_by(self.number))
            .filter_map(|found| found.record.event_time)
            .collect()
    }

    /// Returns the samples that the alarm sees under a clock.
    pub(super) fn series(&self, clock: Clock) -> Series {
        let mut samples = self.samples.watched(clock);
        let defaults = &self.conclusion.defaults;
        for defaults in [&defaults.inside, &defaults.earlier] {
            samples.extend(default_samples(defaults, self.number, self.rule));
        }
        Series::new(samples)
    }

    /// Returns the range over which the alarm is replayed: the requested range. Where a bound is
    /// open, it is replayed from the first event on, and after the last one for as long as the
    /// alarm can still see it, so that the last episode is whole.
    pub(super) fn range(&self) -> Option<ReplayRange> {
        let requested = self.conclusion.plan.selection.range;
        let scan = self.conclusion.scan();
        let start = requested.start.or(scan.first_event)?;
        let last = scan.last_event.map(|last| self.end_after(last));
        let end = requested.end.or(last)?;
        (start < end).then_some(ReplayRange { start, end })
    }

    fn end_after(&self, last: Timestamp) -> Timestamp {
        let seconds = self.rule.alarm.memory_seconds() + 60;
        timestamp(last.as_second().saturating_add(seconds))
    }

    fn replayed(&self, series: &Series, range: Option<ReplayRange>) -> Replayed {
        let Some(range) = range else {
            return Replayed {
                transitions: Vec::new(),
                episodes: Vec::new(),
            };
        };
        let alarm = &self.rule.alarm;
        let transitions = replay(alarm, series, range, &ReplayOptions::default());
        Replayed {
            episodes: episodes(alarm, series, &transitions, range),
            transitions,
        }
    }

    /// Returns the metrics of the requested range, one for each set of dimensions.
    fn metrics(&self, clock: Clock) -> Vec<Metric> {
        let mut metrics = self.samples.inside(clock);
        let defaults = &self.conclusion.defaults.inside;
        add_defaults(&mut metrics, defaults, self.number, self.rule);
        metrics
            .into_iter()
            .map(|(dimensions, samples)| self.metric(dimensions, samples))
            .collect()
    }

    fn metric(&self, dimensions: DimensionSet, samples: Vec<Sample>) -> Metric {
        Metric {
            dimensions,
            datapoints: Series::new(samples).datapoints(self.rule.alarm.period_seconds),
        }
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
        if self.rule.filter.default_value.is_some() || range.is_none() {
            return None;
        }
        // Most rules have no episode, and a replay for nothing would cost as much as any.
        if episodes.is_empty() {
            return Some(Vec::new());
        }
        Some(self.vanishing_episodes(episodes, range))
    }

    fn vanishing_episodes(
        &self,
        episodes: &[Episode],
        range: Option<ReplayRange>,
    ) -> Vec<Vec<String>> {
        let mut vanishing = vec![Vec::new(); episodes.len()];
        // Most alarms have no episode, and then no replay is needed.
        if episodes.is_empty() {
            return vanishing;
        }
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
        let episodes = |clock| self.replayed(&self.series(clock), range).episodes;
        clocks.map(|clock| (*clock, episodes(*clock))).collect()
    }
}
