//! From definitions to a job: the rules of its metric filters, and the alarms on their metrics.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::composites::DefinedComposite;
use super::definitions::Definitions;
use super::filters::DefinedFilter;
use crate::alarm::AlarmConfiguration;
use crate::alarm::definition::composite::CompositeAlarm;
use crate::alarm::definition::vocabulary::AlarmState;
use crate::alarm::replay::composite_alarm::{CompositeError, replay_composites};
use crate::alarm::replay::timeline::StateTimeline;
use crate::language::Message;
use crate::metric::MetricFilter;
use crate::plan::warnings::alarm_warning;
use crate::plan::{Job, JobAlarm, Rule};
use crate::report::Subject;
use crate::text::printable;

/// The job that definitions make.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DefinedJob {
    /// A rule for each filter, and the alarms on their metrics. A metric without an alarm has the
    /// one that the console proposes.
    pub job: Job,
    /// A message for each alarm that is left out, or sees no sample.
    pub warnings: Vec<String>,
}

/// Joins filters and alarms by the metrics that they publish and watch.
pub fn job(definitions: &Definitions) -> DefinedJob {
    let mut defined = DefinedJob::default();
    for filter in &definitions.filters {
        defined.add_filter(filter);
    }
    for alarm in &definitions.alarms {
        defined.add_alarm(&alarm.configuration);
    }
    // A metric is known to have no alarm only once all alarms are there.
    defined.propose_alarms();
    defined.add_composites(&definitions.composites);
    defined.job.mute_rules.clone_from(&definitions.mute_rules);
    defined
}

impl DefinedJob {
    /// Adds a filter, unless the same one is there already: two files may describe one.
    fn add_filter(&mut self, defined: &DefinedFilter) {
        let mut rules = self.job.rules.iter();
        let filter = Message::new("subject-metric-filter").with("name", &*defined.name);
        let subject = Subject::Matches(filter);
        if rules.any(|rule| rule.subject == subject && rule.filter == defined.filter) {
            return;
        }
        self.job.rules.push(Rule {
            name: self.unused_name(&defined.name),
            subject,
            filter: defined.filter.clone(),
            is_built_in: false,
        });
    }

    /// Returns a name that no rule has: log groups may have filters of the same name.
    fn unused_name(&self, name: &str) -> String {
        let mut unused = name.to_owned();
        let mut number = 1;
        while self.has_rule(&unused) {
            number += 1;
            unused = format!("{name} ({number})");
        }
        unused
    }

    fn has_rule(&self, name: &str) -> bool {
        self.job.rules.iter().any(|rule| rule.name == name)
    }

    /// Adds an alarm whose metrics are all published. Without the samples of one, its states cannot
    /// be known.
    fn add_alarm(&mut self, alarm: &AlarmConfiguration) {
        let mut alarms = self.job.alarms.iter();
        if alarms.any(|other| other.configuration == *alarm) {
            return;
        }
        let unpublished = unpublished(alarm, &self.job);
        if !unpublished.is_empty() {
            self.warnings.push(warn_of_unpublished(alarm, &unpublished));
            return;
        }
        self.warnings.extend(self.same_name_warning(alarm));
        let filters: Vec<&MetricFilter> = self.job.filters().collect();
        // An alarm that can see no sample is kept with a warning, as AWS keeps it.
        let doubt = alarm_warning(alarm, &filters);
        self.warnings.extend(doubt.map(|doubt| doubt.to_string()));
        self.job.alarms.push(JobAlarm::defined(alarm.clone()));
    }

    /// Returns a warning if another alarm has the name of this one: in AWS they can only be in
    /// different regions or accounts.
    fn same_name_warning(&self, alarm: &AlarmConfiguration) -> Option<String> {
        let mut alarms = self.job.alarms.iter();
        let has_name = |other: &JobAlarm| other.configuration.alarm_name == alarm.alarm_name;
        if !alarms.any(has_name) {
            return None;
        }
        let name = printable(&alarm.alarm_name);
        Some(format!(
            "two alarms are named `{name}`, with different settings: both are replayed, and \
             composite alarms see the last one"
        ))
    }

    /// Adds an alarm for each metric that has none.
    fn propose_alarms(&mut self) {
        let mut proposed: Vec<JobAlarm> = Vec::new();
        for filter in self.job.filters() {
            // Filters that publish to one metric share one alarm, so those proposed so far count as
            // well.
            let alarms = self.job.alarms.iter().chain(&proposed);
            if !is_watched(filter, alarms) {
                proposed.push(JobAlarm::proposed(filter));
            }
        }
        self.job.alarms.extend(proposed);
        self.sort_alarms();
    }

    /// Puts the alarms in the order of the rules on whose metrics they are.
    fn sort_alarms(&mut self) {
        // The sort is stable, so the alarms of a rule keep the order of their files.
        let Job { rules, alarms, .. } = &mut self.job;
        alarms.sort_by_key(|alarm| {
            let watched = &alarm.configuration.watched;
            let mut rules = rules.iter();
            rules.position(|rule| watched.is_published_by(&rule.filter))
        });
    }

    /// Adds the composite alarms whose children are all there.
    fn add_composites(&mut self, composites: &[DefinedComposite]) {
        let composites = composites.iter().map(|defined| defined.alarm.clone());
        let composites: Vec<CompositeAlarm> = composites.collect();
        let mut timelines = self.empty_timelines();
        let start = Timestamp::UNIX_EPOCH;
        // A replay over no changes fails for the same reasons as one over an archive: a child that
        // is missing, or alarms that refer to each other in a circle.
        let results = replay_composites(&composites, &mut timelines, start, AlarmState::default());
        for (alarm, result) in composites.into_iter().zip(results) {
            match result {
                Ok(_) => self.job.composites.push(alarm),
                Err(error) => self.warnings.push(warn_of_composite(&alarm, &error)),
            }
        }
    }

    fn empty_timelines(&self) -> BTreeMap<String, StateTimeline> {
        let names = self.job.alarms.iter();
        let names = names.map(|alarm| alarm.configuration.alarm_name.clone());
        names
            .map(|name| (name, StateTimeline::new(AlarmState::default(), &[])))
            .collect()
    }
}

fn is_watched<'a>(filter: &MetricFilter, mut alarms: impl Iterator<Item = &'a JobAlarm>) -> bool {
    alarms.any(|alarm| alarm.configuration.watched.is_published_by(filter))
}

/// Returns the metrics of an alarm that no filter of the job publishes, in words.
fn unpublished(alarm: &AlarmConfiguration, job: &Job) -> Vec<String> {
    let mut unpublished = Vec::new();
    for stat in alarm.watched.metrics() {
        let mut filters = job.filters();
        if !filters.any(|filter| filter.publishes(&stat.metric)) {
            unpublished.push(stat.metric.to_string());
        }
    }
    unpublished
}

fn warn_of_composite(alarm: &CompositeAlarm, error: &CompositeError) -> String {
    let name = printable(&alarm.alarm_name);
    format!("composite alarm `{name}` is left out: {error}")
}

fn warn_of_unpublished(alarm: &AlarmConfiguration, metrics: &[String]) -> String {
    let name = printable(&alarm.alarm_name);
    let metrics = metrics.join(", ");
    let metrics = printable(&metrics);
    format!("alarm `{name}` is left out: no metric filter publishes {metrics}")
}
