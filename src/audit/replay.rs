//! The replay of defined alarms over given samples.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;

use crate::alarm::aws::history::{HistoryItem, history};
use crate::alarm::aws::notification::{Notification, UnknownPlace, notifications};
use crate::alarm::definition::composite::{CompositeAlarm, Suppressor};
use crate::alarm::definition::mute::MuteRule;
use crate::alarm::definition::place::AlarmPlace;
use crate::alarm::replay::change::Cause;
use crate::alarm::replay::comparison::RecordedChange;
use crate::alarm::replay::composite_alarm::{CompositeError, replay_composites};
use crate::alarm::replay::composite_comparison::{UncomparableError, compare_composite};
use crate::alarm::replay::timeline::StateTimeline;
use crate::alarm::{
    AlarmConfiguration, AnyAlarm, Change, HistoryComparison, ReplayOptions, ReplayRange,
    ReplayedAlarm, Restraints, compare, evaluate_at, replay,
};
use crate::job::{DefinedAlarm, Definitions, RecordedHistory, Samples};
use crate::metric::Series;
use crate::text::{joined, printable, printable_path};
use crate::time::period::{TimeRange, timestamp};

/// The longest range in which every evaluation is computed, in years.
const PLAIN_LIMIT_YEARS: i64 = 100;

const YEAR_SECONDS: i64 = 366 * 86_400;

/// Alarms, the samples that they see, and the options of their replay.
#[derive(Clone, Debug)]
pub struct AlarmReplay {
    /// The alarms and mute rules.
    pub definitions: Definitions,
    /// The samples of their metrics.
    pub samples: Samples,
    /// The assumptions of the replay.
    pub options: ReplayOptions,
    /// The time to replay. An open start is the first sample, an open end the moment at which an
    /// alarm has forgotten the last one.
    pub range: TimeRange,
    /// The account and region of the alarms, which take precedence over those of their ARNs.
    pub place: PlaceOverride,
}

/// An account and a region that take precedence over those of an ARN.
#[derive(Clone, Debug, Default)]
pub struct PlaceOverride {
    /// The account.
    pub account: Option<String>,
    /// The region.
    pub region: Option<String>,
}

/// The changes of all alarms over a replay.
#[derive(Debug, Default)]
pub struct ReplayedAlarms<'a> {
    /// The alarms with their changes.
    pub alarms: Vec<ReplayedAlarm<'a>>,
    /// The composite alarms that cannot be replayed.
    pub skipped: Vec<(&'a CompositeAlarm, CompositeError)>,
    /// The states of all alarms, by their names.
    timelines: BTreeMap<String, StateTimeline>,
    mute_rules: &'a [MuteRule],
}

/// The comparisons of alarms with their recorded histories.
#[derive(Debug, Default)]
pub struct ComparedAlarms<'a> {
    /// The alarms that are compared.
    pub alarms: Vec<ComparedAlarm<'a>>,
    /// The composite alarms that cannot be compared.
    pub skipped: Vec<(&'a CompositeAlarm, UncomparableError)>,
}

/// The replay of an alarm compared with its recorded history.
#[derive(Debug)]
pub struct ComparedAlarm<'a> {
    /// The name of the alarm.
    pub name: &'a str,
    /// The comparison.
    pub comparison: HistoryComparison,
    /// The last time at which the alarm was reconfigured between its recorded changes, so that the
    /// earlier ones may follow another definition.
    pub reconfigured: Option<Timestamp>,
}

/// The error of an alarm that would take too long to replay.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "alarm `{}` computes with the time, so that each of its evaluations is replayed; \
     {PLAIN_LIMIT_YEARS} years are too long for that",
    printable(alarm_name)
)]
pub struct RangeTooLong {
    alarm_name: String,
}

/// Files that define no alarm.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no alarm in {}", listed(.0))]
pub struct NoAlarm(Vec<PathBuf>);

fn listed(files: &[PathBuf]) -> String {
    joined(files.iter().map(|file| printable_path(file)), ", ")
}

/// Checks that the definitions in some files contain an alarm.
///
/// # Errors
///
/// Returns an error if there is none; names the files.
pub fn check_alarms(definitions: &Definitions, files: &[PathBuf]) -> Result<(), NoAlarm> {
    if definitions.alarms.is_empty() && definitions.composites.is_empty() {
        return Err(NoAlarm(files.to_vec()));
    }
    Ok(())
}

impl AlarmReplay {
    /// Returns the names of metrics that have samples, but no alarm.
    pub fn unwatched_metrics(&self) -> Vec<&str> {
        let mut metrics = Vec::new();
        for alarm in &self.definitions.alarms {
            metrics.extend(alarm.configuration.watched.metrics());
        }
        let metrics = metrics.iter().map(|stat| &stat.metric);
        self.samples.without_metric(metrics)
    }

    /// Replays all alarms.
    ///
    /// # Errors
    ///
    /// Returns an error if an alarm would take too long.
    pub fn run(&self) -> Result<ReplayedAlarms<'_>, RangeTooLong> {
        let samples = self.samples.all();
        let mut replayed = self.without_alarms();
        for defined in &self.definitions.alarms {
            let changes = self.changes(&defined.configuration, &samples)?;
            self.add_metric_alarm(&mut replayed, defined, changes);
        }
        let first = samples.samples().first().map(|sample| sample.timestamp);
        if let Some(start) = self.range.start.or(first) {
            self.add_composites(&mut replayed, start);
        }
        Ok(replayed)
    }

    /// Evaluates all alarms once, at this moment. Each has one change, to the initial state, which
    /// may be the same.
    pub fn evaluate_at(&self, now: Timestamp) -> ReplayedAlarms<'_> {
        let mut replayed = self.without_alarms();
        for defined in &self.definitions.alarms {
            let observed = self.observed(&defined.configuration);
            let change = evaluate_at(&defined.configuration, &observed[..], now, &self.options);
            self.add_metric_alarm(&mut replayed, defined, vec![change]);
        }
        self.add_composites(&mut replayed, now);
        // A composite alarm that stays in the initial state has no change, but a state.
        for alarm in &mut replayed.alarms {
            if alarm.changes.is_empty() {
                alarm.changes.push(self.no_change(now));
            }
        }
        replayed
    }

    fn no_change(&self, now: Timestamp) -> Change {
        Change {
            time: now,
            old_state: self.options.initial_state,
            new_state: self.options.initial_state,
            cause: Cause::Children(Vec::new()),
        }
    }

    /// Compares the alarms with their recorded histories in the range: metric alarms as they are
    /// replayed over the samples, and the rules of composite alarms over the recorded states of
    /// their children.
    pub fn compare(&self, history: &RecordedHistory) -> ComparedAlarms<'_> {
        let mut compared = ComparedAlarms::default();
        for defined in &self.definitions.alarms {
            let alarm = self.compare_alarm(&defined.configuration, history);
            compared.alarms.push(alarm);
        }
        // A replayed child may differ from the real one, and AWS's rule saw the real one.
        let states = self.recorded_states(history);
        for defined in &self.definitions.composites {
            let alarm = &defined.alarm;
            let mut recorded = history.changes_of_composite(&alarm.alarm_name);
            recorded.retain(|change| self.range.contains(change.time));
            match compare_composite(alarm, &states, &recorded) {
                Ok(comparison) => compared.alarms.push(ComparedAlarm {
                    name: &alarm.alarm_name,
                    comparison,
                    reconfigured: reconfigured(history, &alarm.alarm_name, &recorded),
                }),
                Err(error) => compared.skipped.push((alarm, error)),
            }
        }
        compared
    }

    /// Returns the recorded states of all alarms. An alarm without a recorded change was in its
    /// present state all the time, if its definition has one.
    fn recorded_states(&self, history: &RecordedHistory) -> BTreeMap<String, StateTimeline> {
        let mut states = history.states();
        for defined in &self.definitions.alarms {
            if let Some(state) = defined.state {
                let alarm_name = defined.configuration.alarm_name.clone();
                states
                    .entry(alarm_name)
                    .or_insert_with(|| StateTimeline::new(state, &[]));
            }
        }
        states
    }

    fn compare_alarm<'a>(
        &self,
        alarm: &'a AlarmConfiguration,
        history: &RecordedHistory,
    ) -> ComparedAlarm<'a> {
        let mut recorded = history.changes_of(&alarm.alarm_name);
        recorded.retain(|change| self.range.contains(change.time));
        let observed = self.observed(alarm);
        ComparedAlarm {
            name: &alarm.alarm_name,
            comparison: compare(alarm, &observed[..], &recorded, &self.options),
            reconfigured: reconfigured(history, &alarm.alarm_name, &recorded),
        }
    }

    fn without_alarms(&self) -> ReplayedAlarms<'_> {
        ReplayedAlarms {
            mute_rules: &self.definitions.mute_rules,
            ..ReplayedAlarms::default()
        }
    }

    fn add_metric_alarm<'a>(
        &self,
        replayed: &mut ReplayedAlarms<'a>,
        defined: &'a DefinedAlarm,
        changes: Vec<Change>,
    ) {
        let timeline = StateTimeline::new(self.options.initial_state, &changes);
        let alarm_name = defined.configuration.alarm_name.clone();
        replayed.timelines.insert(alarm_name, timeline);
        replayed.alarms.push(ReplayedAlarm {
            alarm: AnyAlarm::Metric(&defined.configuration),
            place: self.place.or(defined.place.as_ref()),
            changes,
        });
    }

    /// Replays the composite alarms over the alarms that are replayed already.
    fn add_composites<'a>(&'a self, replayed: &mut ReplayedAlarms<'a>, start: Timestamp) {
        let results = self.composite_changes(&mut replayed.timelines, start);
        for (defined, result) in self.definitions.composites.iter().zip(results) {
            match result {
                Ok(changes) => replayed.alarms.push(ReplayedAlarm {
                    alarm: AnyAlarm::Composite(&defined.alarm),
                    place: self.place.or(defined.place.as_ref()),
                    changes,
                }),
                Err(error) => replayed.skipped.push((&defined.alarm, error)),
            }
        }
    }

    fn composite_changes(
        &self,
        timelines: &mut BTreeMap<String, StateTimeline>,
        start: Timestamp,
    ) -> Vec<Result<Vec<Change>, CompositeError>> {
        let composites = self.definitions.composites.iter();
        let alarms: Vec<CompositeAlarm> = composites.map(|defined| defined.alarm.clone()).collect();
        replay_composites(&alarms, timelines, start, self.options.initial_state)
    }

    /// Replays a metric alarm. All samples, and not only its own, give the range, so that the
    /// alarms are replayed over the same time.
    fn changes(
        &self,
        alarm: &AlarmConfiguration,
        samples: &Series,
    ) -> Result<Vec<Change>, RangeTooLong> {
        let Some(range) = self.range(alarm, samples) else {
            return Ok(Vec::new());
        };
        // A sparse replay takes as long as there are samples, however far apart they are.
        if alarm.watched.depends_on_time() && is_too_long(range) {
            let alarm_name = alarm.alarm_name.clone();
            return Err(RangeTooLong { alarm_name });
        }
        let observed = self.observed(alarm);
        Ok(replay(alarm, &observed[..], range, &self.options))
    }

    /// Returns the range of an alarm: from the first of these samples until the alarm has forgotten
    /// the last one. Without a sample, an open bound leaves nothing to replay.
    fn range(&self, alarm: &AlarmConfiguration, samples: &Series) -> Option<ReplayRange> {
        let first = samples.samples().first().map(|sample| sample.timestamp);
        Some(ReplayRange {
            start: self.range.start.or(first)?,
            end: self.range.end.or(self.forgotten(alarm, samples))?,
        })
    }

    /// Returns the time when the alarm has forgotten the last sample.
    fn forgotten(&self, alarm: &AlarmConfiguration, samples: &Series) -> Option<Timestamp> {
        let seconds = self.replayed_seconds(alarm);
        let last = last_moment(samples)?.as_second();
        Some(timestamp(last.saturating_add(seconds)))
    }

    fn replayed_seconds(&self, alarm: &AlarmConfiguration) -> i64 {
        match self.options.evaluation_range {
            Some(range) => alarm.replayed_seconds_over(range),
            None => alarm.replayed_seconds(),
        }
    }

    /// Returns the samples of the metrics of an alarm, in its order.
    fn observed(&self, alarm: &AlarmConfiguration) -> Vec<Series> {
        let metrics = alarm.watched.metrics().into_iter();
        metrics.map(|stat| self.samples.for_metric(stat)).collect()
    }
}

impl PlaceOverride {
    /// Returns the place of an alarm, with the parts that are missing here from its ARN.
    fn or(&self, defined: Option<&AlarmPlace>) -> Option<AlarmPlace> {
        let account = self.account.as_ref();
        let region = self.region.as_ref();
        Some(AlarmPlace {
            account: account.or(defined.map(|place| &place.account))?.clone(),
            region: region.or(defined.map(|place| &place.region))?.clone(),
        })
    }
}

impl ReplayedAlarms<'_> {
    /// Returns the histories of the alarms, one after the other.
    pub fn history(&self) -> Vec<HistoryItem> {
        self.alarms.iter().flat_map(history).collect()
    }

    /// Returns the notifications of the alarms, in the order of time.
    ///
    /// # Errors
    ///
    /// Returns an error if the account or region of an alarm is not known.
    pub fn notifications(&self) -> Result<Vec<Notification>, UnknownPlace> {
        let mut found = Vec::new();
        for replayed in &self.alarms {
            let muted_by = self.rules_that_mute(replayed.alarm.name());
            let restraints = Restraints {
                suppression: self.suppression(replayed.alarm),
                muted_by: &muted_by,
            };
            found.extend(notifications(replayed, restraints)?);
        }
        // AWS's form of a time sorts as a text.
        found.sort_by(|a, b| a.timestamp.cmp(&b.timestamp));
        Ok(found)
    }

    fn suppression<'s>(
        &'s self,
        alarm: AnyAlarm<'s>,
    ) -> Option<(&'s Suppressor, &'s StateTimeline)> {
        let suppressor = alarm.suppressor()?;
        Some((suppressor, self.timelines.get(&suppressor.alarm_name)?))
    }

    fn rules_that_mute(&self, alarm_name: &str) -> Vec<&MuteRule> {
        let rules = self.mute_rules.iter();
        rules.filter(|rule| rule.is_for(alarm_name)).collect()
    }
}

/// Returns the last time at which an alarm was reconfigured between its recorded changes.
fn reconfigured(
    history: &RecordedHistory,
    alarm_name: &str,
    recorded: &[RecordedChange],
) -> Option<Timestamp> {
    let recorded = recorded.first()?.time..=recorded.last()?.time;
    let own = history
        .configured
        .iter()
        .filter(|(name, _)| name == alarm_name);
    let times = own.map(|(_, time)| *time);
    times.filter(|time| recorded.contains(time)).max()
}

/// Returns the last moment at which a sample counts or becomes visible.
fn last_moment(samples: &Series) -> Option<Timestamp> {
    let samples = samples.samples().iter();
    samples
        .map(|sample| sample.timestamp.max(sample.visible_at))
        .max()
}

fn is_too_long(range: ReplayRange) -> bool {
    let seconds = range.end.as_second() - range.start.as_second();
    seconds >= PLAIN_LIMIT_YEARS * YEAR_SECONDS
}
