//! The composite alarms of a job, and the actions of all its alarms.

use std::collections::BTreeMap;

use crate::alarm::definition::composite::{CompositeAlarm, Suppressor};
use crate::alarm::definition::mute::MuteRule;
use crate::alarm::definition::vocabulary::AlarmState;
use crate::alarm::replay::action::action_runs;
use crate::alarm::replay::composite_alarm::{CompositeError, replay_composites};
use crate::alarm::replay::episode::episodes_of_changes;
use crate::alarm::replay::timeline::{StateChange, StateTimeline};
use crate::alarm::{AlarmGroup, AnyAlarm, Change, ReplayRange, Restraints};
use crate::plan::PlannedJob;
use crate::report::{AlarmOrigin, AlarmReport, AuditedAlarm};

/// The states of the alarms of one group, by their names.
type Timelines = BTreeMap<String, StateTimeline>;

/// Adds the composite alarms of a job to the reports of its metric alarms, group by group, and then
/// the runs of the actions of all.
pub(super) fn add_composites(
    job: &PlannedJob,
    groups: &[AlarmGroup],
    reports: &mut Vec<AlarmReport>,
) {
    for group in groups {
        // A composite alarm sees the alarms of its own account and region, so groups are kept
        // apart.
        let mut timelines = timelines(reports, group);
        if let Some(range) = range(reports, group) {
            let state = AlarmState::default();
            let results = replay_composites(&job.composites, &mut timelines, range.start, state);
            for (alarm, result) in job.composites.iter().zip(results) {
                reports.push(composite_report(alarm, result, group, range));
            }
        }
        // All timelines are there by now, since a suppressor may be a composite alarm itself.
        for report in reports.iter_mut().filter(|report| report.group == *group) {
            add_action_runs(report, &job.mute_rules, &timelines);
        }
    }
}

fn timelines(reports: &[AlarmReport], group: &AlarmGroup) -> Timelines {
    let mut timelines = Timelines::new();
    for report in reports.iter().filter(|report| report.group == *group) {
        let timeline = StateTimeline::new(AlarmState::default(), &report.transitions);
        timelines.insert(report.alarm.as_any().name().to_owned(), timeline);
    }
    timelines
}

/// Returns the range from the first to the last evaluation of the metric alarms of a group.
fn range(reports: &[AlarmReport], group: &AlarmGroup) -> Option<ReplayRange> {
    let reports = reports.iter().filter(|report| report.group == *group);
    let ranges: Vec<ReplayRange> = reports.filter_map(|report| report.range).collect();
    Some(ReplayRange {
        start: ranges.iter().map(|range| range.start).min()?,
        end: ranges.iter().map(|range| range.end).max()?,
    })
}

/// Returns the report on a composite alarm. Those that cannot be replayed are left out of a job
/// before it is planned, so an error here is a mistake of this program, which the report shows.
fn composite_report(
    alarm: &CompositeAlarm,
    result: Result<Vec<Change>, CompositeError>,
    group: &AlarmGroup,
    range: ReplayRange,
) -> AlarmReport {
    let (transitions, warnings) = match result {
        Ok(changes) => (changes, Vec::new()),
        Err(error) => (Vec::new(), vec![error.to_string()]),
    };
    AlarmReport {
        alarm: AuditedAlarm::Composite(alarm.clone()),
        origin: AlarmOrigin::Defined,
        rules: Vec::new(),
        group: group.clone(),
        range: Some(range),
        series: Vec::new(),
        episodes: episodes_of_changes(&transitions, range),
        transitions,
        vanishing: None,
        warnings,
        action_runs: Vec::new(),
    }
}

fn add_action_runs(report: &mut AlarmReport, mute_rules: &[MuteRule], timelines: &Timelines) {
    let alarm = report.alarm.as_any();
    let muted_by = mute_rules.iter().filter(|rule| rule.is_for(alarm.name()));
    let muted_by: Vec<&MuteRule> = muted_by.collect();
    let suppression = suppression(alarm, timelines);
    let changes: Vec<StateChange> = report.transitions.iter().map(StateChange::from).collect();
    report.action_runs = action_runs(
        &changes,
        Restraints {
            suppression,
            muted_by: &muted_by,
        },
    );
}

fn suppression<'t>(
    alarm: AnyAlarm<'t>,
    timelines: &'t Timelines,
) -> Option<(&'t Suppressor, &'t StateTimeline)> {
    let suppressor = alarm.suppressor()?;
    Some((suppressor, timelines.get(&suppressor.alarm_name)?))
}
