//! Checking rules and compiling their patterns.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::Timestamp;

use super::candidates::Candidates;
use super::clock::Clock;
use super::head::HeadSlots;
use super::job::{Job, JobAlarm};
use super::rule::Rule;
use super::selection::Selection;
use super::stages::ReadingStages;
use crate::alarm::definition::composite::CompositeAlarm;
use crate::alarm::definition::configuration::AlarmConfigurationError;
use crate::alarm::definition::mute::MuteRule;
use crate::alarm::{AlarmConfiguration, AlarmScope};
use crate::metric::{CompiledFilter, FilterError};
use crate::pattern::Projection;
use crate::text::printable;
use crate::time::period::{EmptyRange, TimeRange};

/// Rules and a selection, checked and compiled.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The rules of all jobs, in the order of the jobs.
    pub(crate) rules: Vec<Rule>,
    pub(crate) jobs: Vec<PlannedJob>,
    pub(crate) selection: Selection,
    /// The filters of the rules, in their order.
    pub(super) filters: Vec<CompiledFilter>,
    pub(super) candidates: Candidates,
    pub(super) head: HeadSlots,
    pub(super) stages: ReadingStages,
    /// True if a filter has a default value, so that records count that no rule selects.
    pub(super) publishes_defaults: bool,
    pub(super) observed_range: TimeRange,
}

/// A job of a plan, whose rules are among those of the plan.
#[derive(Clone, Debug)]
pub struct PlannedJob {
    /// The numbers of its rules.
    pub rules: Range<usize>,
    /// Its alarms on metrics.
    pub alarms: Vec<JobAlarm>,
    /// Its composite alarms.
    pub composites: Vec<CompositeAlarm>,
    /// Its mute rules.
    pub mute_rules: Vec<MuteRule>,
}

/// The reason for which a plan cannot be made of jobs.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// A metric filter is wrong.
    #[error("rule `{}`: {error}", printable(rule))]
    Filter {
        /// The rule.
        rule: String,
        /// The error in its filter; a wrong pattern is shown with the wrong part underlined.
        #[source]
        error: FilterError,
    },
    /// An alarm is wrong.
    #[error("alarm `{}`: {error}", printable(alarm))]
    Alarm {
        /// The alarm.
        alarm: String,
        /// The error in its configuration.
        #[source]
        error: AlarmConfigurationError,
    },
    /// The time range is empty.
    #[error(transparent)]
    Range(#[from] EmptyRange),
}

impl Plan {
    /// Checks jobs and selection, and compiles the patterns. Jobs do not see each other: an alarm
    /// watches the metrics of its own job.
    ///
    /// # Errors
    ///
    /// Returns an error if AWS would refuse a metric filter or an alarm, or the time range is
    /// empty.
    pub fn new(jobs: Vec<Job>, selection: Selection) -> Result<Self, PlanError> {
        selection.range.check()?;
        check_alarms(&jobs)?;
        let observed_range = observed_range(&jobs, &selection);
        let (rules, jobs) = planned(jobs);
        let publishes_defaults = rules.iter().any(has_default);
        let mut projection = Projection::default();
        // Slots with low numbers need no memory of their own, so the fields that are read of every
        // record come first.
        let head = add_head(&mut projection, publishes_defaults);
        // All filters share one projection, so a field that several rules name is read once.
        let filters = compile_rules(&rules, &mut projection)?;
        let candidates = Candidates::new(&filters, &mut projection);
        Ok(Self {
            // The stages are made last, since candidates add fields to the projection.
            stages: ReadingStages::new(projection, &head, &candidates, &filters),
            publishes_defaults,
            observed_range,
            rules,
            jobs,
            selection,
            filters,
            candidates,
            head,
        })
    }

    /// Returns the plan with the start of the observed range that another plan of the same rules
    /// has, whose alarms this one may lack.
    #[must_use]
    pub fn observing_from(mut self, start: Option<Timestamp>) -> Self {
        self.observed_range.start = start;
        self
    }

    /// Returns the rules of all jobs, in the order of the jobs.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Returns the jobs.
    pub fn jobs(&self) -> &[PlannedJob] {
        &self.jobs
    }

    /// Returns the metric alarms of all jobs, in their order.
    pub fn alarms(&self) -> impl Iterator<Item = &JobAlarm> {
        self.jobs.iter().flat_map(|job| &job.alarms)
    }

    /// Returns whether default values are counted for each group of alarms, which a ledger cannot
    /// hold.
    pub fn has_groups_of_defaults(&self) -> bool {
        self.publishes_defaults && self.selection.alarm_scope != AlarmScope::Archive
    }

    /// Returns the event times that matter: the requested range and, before it, the times that an
    /// alarm created at its start can still see.
    pub fn observed_range(&self) -> TimeRange {
        self.observed_range
    }

    /// Returns the requested accounts; all accounts if empty.
    pub fn accounts(&self) -> &BTreeSet<String> {
        &self.selection.accounts
    }

    /// Returns the requested regions; all regions if empty.
    pub fn regions(&self) -> &BTreeSet<String> {
        &self.selection.regions
    }
}

/// Takes the rules out of jobs, which keep their numbers.
fn planned(jobs: Vec<Job>) -> (Vec<Rule>, Vec<PlannedJob>) {
    let (mut rules, mut planned) = (Vec::new(), Vec::new());
    for job in jobs {
        let first = rules.len();
        rules.extend(job.rules);
        planned.push(PlannedJob {
            // The rules of a job stay together, so their numbers are a range.
            rules: first..rules.len(),
            alarms: job.alarms,
            composites: job.composites,
            mute_rules: job.mute_rules,
        });
    }
    (rules, planned)
}

fn has_default(rule: &Rule) -> bool {
    rule.filter.default_value.is_some()
}

/// Adds the fields that are read of every record: the head, and the caller, by whom rules are ruled
/// out.
fn add_head(projection: &mut Projection, publishes_defaults: bool) -> HeadSlots {
    let head = HeadSlots::new(projection);
    projection.add(["userIdentity"]);
    match publishes_defaults {
        true => head.with_event_category(projection),
        false => head,
    }
}

fn compile_rules(
    rules: &[Rule],
    projection: &mut Projection,
) -> Result<Vec<CompiledFilter>, PlanError> {
    let rules = rules.iter();
    rules.map(|rule| compile_filter(rule, projection)).collect()
}

fn compile_filter(rule: &Rule, projection: &mut Projection) -> Result<CompiledFilter, PlanError> {
    let compiled = rule.filter.compile(projection);
    compiled.map_err(|error| {
        let rule = rule.name.clone();
        PlanError::Filter { rule, error }
    })
}

fn check_alarms(jobs: &[Job]) -> Result<(), PlanError> {
    let alarms = jobs.iter().flat_map(|job| &job.alarms);
    let mut alarms = alarms.map(|alarm| &alarm.configuration);
    alarms.try_for_each(check_alarm)
}

fn check_alarm(alarm: &AlarmConfiguration) -> Result<(), PlanError> {
    alarm.validate().map_err(|error| {
        let alarm = alarm.alarm_name.clone();
        PlanError::Alarm { alarm, error }
    })
}

/// Returns the event times that matter to the alarms of jobs.
fn observed_range(jobs: &[Job], selection: &Selection) -> TimeRange {
    let alarms = jobs.iter().flat_map(|job| &job.alarms);
    let memories = alarms.map(|alarm| alarm.configuration.memory_seconds());
    let memory_seconds = memories.max().unwrap_or(0);
    let seconds = memory_seconds.saturating_add(delay_seconds(selection.clock));
    selection.range.starting_earlier_by(seconds)
}

/// Returns the longest delay that an event may have by any clock.
// A conclusion counts the same records by each of these clocks, so the scan must keep what the
// slowest one moves into the range.
fn delay_seconds(own_clock: Clock) -> i64 {
    let clocks = Clock::COMPARED.into_iter().chain([own_clock]);
    clocks.map(Clock::delay_seconds).max().unwrap_or(0)
}
