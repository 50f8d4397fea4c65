//! The alarms of all jobs, and those of other divisions of the archive.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::alarm::AlarmConclusion;
use super::composites::add_composites;
use super::conclusion::Conclusion;
use super::samples::group_of;
use crate::alarm::{AlarmGroup, AlarmScope};
use crate::plan::{JobAlarm, PlannedJob};
use crate::report::{AlarmReport, ScopeComparison};

impl Conclusion<'_> {
    /// Returns the alarms of all jobs, on all threads.
    pub(super) fn alarms(&self) -> Vec<AlarmReport> {
        let jobs = self.plan.jobs.par_iter();
        jobs.flat_map(|job| self.alarms_of(job)).collect()
    }

    /// Returns each metric alarm of a job, once for each group, and then its composite alarms.
    fn alarms_of(&self, job: &PlannedJob) -> Vec<AlarmReport> {
        let scope = self.plan.selection.alarm_scope;
        let groups = self.groups(job, scope);
        // Alarms do not depend on each other, so each may be concluded on another thread.
        let alarms = job.alarms.par_iter().flat_map_iter(|alarm| {
            let groups = groups.iter().cloned();
            groups.map(|group| AlarmConclusion::new(self, job, alarm, scope, group))
        });
        let mut reports: Vec<AlarmReport> = alarms.map(|alarm| alarm.report()).collect();
        add_composites(job, &groups, &mut reports);
        reports
    }

    /// Returns the metric alarm of this number, counted over all jobs, as one that sees everything.
    pub(super) fn alarm(&self, number: usize) -> Option<AlarmConclusion<'_>> {
        let (job, alarm) = self.planned_alarms().nth(number)?;
        Some(self.undivided(job, alarm))
    }

    /// Returns the metric alarms of all jobs, each with its job.
    fn planned_alarms(&self) -> impl Iterator<Item = (&PlannedJob, &JobAlarm)> {
        let jobs = self.plan.jobs.iter();
        jobs.flat_map(|job| job.alarms.iter().map(move |alarm| (job, alarm)))
    }

    fn undivided<'c>(&'c self, job: &'c PlannedJob, alarm: &'c JobAlarm) -> AlarmConclusion<'c> {
        let (scope, group) = (AlarmScope::Archive, AlarmGroup::default());
        AlarmConclusion::new(self, job, alarm, scope, group)
    }

    /// Returns the groups that have a sample of a job. Without any sample, one group has
    /// everything.
    fn groups(&self, job: &PlannedJob, scope: AlarmScope) -> Vec<AlarmGroup> {
        if scope == AlarmScope::Archive {
            return vec![AlarmGroup::default()];
        }
        let mut groups = BTreeSet::new();
        for number in job.rules.clone() {
            groups.extend(self.groups_of_rule(number, scope));
        }
        if groups.is_empty() {
            groups.insert(AlarmGroup::default());
        }
        groups.into_iter().collect()
    }

    fn groups_of_rule(&self, number: usize, scope: AlarmScope) -> BTreeSet<AlarmGroup> {
        let samples = self.samples.by_rule.get(number).into_iter();
        // Each place is looked up once, however many samples it has.
        let places: BTreeSet<usize> = samples.flat_map(|samples| samples.places()).collect();
        let places = places.into_iter();
        let places = places.filter_map(|place| self.samples.places.get(place));
        let mut groups: BTreeSet<AlarmGroup> = places.map(|place| group_of(scope, place)).collect();
        for defaults in [&self.defaults.inside, &self.defaults.earlier] {
            let of_rule = defaults.of_rule(number);
            groups.extend(of_rule.filter_map(|of| of.group.cloned()));
        }
        groups
    }

    /// Returns the alarms that would have another number of episodes in another scope.
    pub(super) fn scope_comparisons(&self, alarms: &[AlarmReport]) -> Vec<ScopeComparison> {
        let jobs = self.plan.jobs.par_iter();
        let comparisons = jobs.flat_map_iter(|job| {
            let compared = job.alarms.iter();
            compared.filter_map(move |alarm| self.scope_comparison(job, alarm, alarms))
        });
        comparisons.collect()
    }

    fn scope_comparison(
        &self,
        job: &PlannedJob,
        alarm: &JobAlarm,
        alarms: &[AlarmReport],
    ) -> Option<ScopeComparison> {
        // Events of one place are one group in every scope.
        if self.groups(job, AlarmScope::Region).len() < 2 || self.has_defaults(job, alarm) {
            return None;
        }
        let reports = alarms.iter().filter(|report| is_of(report, job, alarm));
        let episodes = reports.map(|report| report.episodes.len() as u64).sum();
        let others = self.episodes_in_other_scopes(job, alarm);
        let differs = others.iter().any(|(_, count)| *count != episodes);
        differs.then(|| ScopeComparison {
            alarm_name: alarm.configuration.alarm_name.clone(),
            episodes,
            others,
        })
    }

    fn episodes_in_other_scopes(
        &self,
        job: &PlannedJob,
        alarm: &JobAlarm,
    ) -> Vec<(AlarmScope, u64)> {
        let mut others = Vec::new();
        for scope in AlarmScope::ALL {
            if scope != self.plan.selection.alarm_scope {
                others.push((scope, self.count_episodes(job, alarm, scope)));
            }
        }
        others
    }

    /// Returns whether the samples of an alarm have defaults, which are not kept for every group.
    fn has_defaults(&self, job: &PlannedJob, alarm: &JobAlarm) -> bool {
        self.undivided(job, alarm).has_defaults()
    }

    fn count_episodes(&self, job: &PlannedJob, alarm: &JobAlarm, scope: AlarmScope) -> u64 {
        let groups = self.groups(job, scope).into_par_iter();
        let alarms = groups.map(|group| AlarmConclusion::new(self, job, alarm, scope, group));
        alarms.map(|alarm| alarm.count_episodes()).sum()
    }
}

/// Returns whether a report is of this alarm of a job, in any group.
fn is_of(report: &AlarmReport, job: &PlannedJob, alarm: &JobAlarm) -> bool {
    let of_job = report.rules.iter().any(|rule| job.rules.contains(rule));
    of_job && report.alarm.metric() == Some(&alarm.configuration)
}
