//! Checking rules and compiling their patterns.

use std::collections::BTreeSet;

use super::candidates::Candidates;
use super::clock::Clock;
use super::head::HeadSlots;
use super::rule::Rule;
use super::selection::Selection;
use super::stages::ReadingStages;
use crate::alarm::definition::configuration::ConfigurationError;
use crate::metric::{CompiledFilter, FilterError};
use crate::pattern::Projection;
use crate::text::printable;
use crate::time::period::{EmptyRange, TimeRange};

/// Rules and a selection, checked and compiled.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) rules: Vec<Rule>,
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

/// The reason for which a plan cannot be made of rules.
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
        error: ConfigurationError,
    },
    /// The time range is empty.
    #[error(transparent)]
    Range(#[from] EmptyRange),
}

impl Plan {
    /// Checks rules and selection, and compiles the patterns.
    ///
    /// # Errors
    ///
    /// Returns an error if AWS would refuse a metric filter or an alarm, or the time range is
    /// empty.
    pub fn new(rules: Vec<Rule>, selection: Selection) -> Result<Self, PlanError> {
        selection.range.check()?;
        let mut projection = Projection::default();
        // Slots with low numbers need no memory of their own, so the fields that are read of every
        // record come first: the head, and the caller, by whom rules are ruled out.
        let head = HeadSlots::new(&mut projection);
        projection.add(["userIdentity"]);
        // All filters share one projection, so a field that several rules name is read once.
        let filters = compile_rules(&rules, &mut projection)?;
        let candidates = Candidates::new(&filters, &mut projection);
        Ok(Self {
            // The stages are made last, since candidates add fields to the projection.
            stages: ReadingStages::new(projection, &head, &candidates, &filters),
            publishes_defaults: rules.iter().any(|rule| rule.filter.default_value.is_some()),
            observed_range: observed_range(&rules, &selection),
            rules,
            selection,
            filters,
            candidates,
            head,
        })
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

fn compile_rules(
    rules: &[Rule],
    projection: &mut Projection,
) -> Result<Vec<CompiledFilter>, PlanError> {
    let mut filters = Vec::new();
    for rule in rules {
        filters.push(compile_filter(rule, projection)?);
        check_alarm(rule)?;
    }
    Ok(filters)
}

fn compile_filter(rule: &Rule, projection: &mut Projection) -> Result<CompiledFilter, PlanError> {
    let compiled = rule.filter.compile(projection);
    compiled.map_err(|error| {
        let rule = rule.name.clone();
        PlanError::Filter { rule, error }
    })
}

fn check_alarm(rule: &Rule) -> Result<(), PlanError> {
    rule.alarm.validate().map_err(|error| {
        let alarm = rule.alarm.alarm_name.clone();
        PlanError::Alarm { alarm, error }
    })
}

/// Returns the event times that matter to rules.
fn observed_range(rules: &[Rule], selection: &Selection) -> TimeRange {
    let memories = rules.iter().map(|rule| rule.alarm.memory_seconds());
    let memory_seconds = memories.max().unwrap_or(0);
    let seconds = memory_seconds.saturating_add(delay_seconds(selection.clock));
    selection.range.starting_earlier_by(seconds)
}

/// Returns the longest delay that an event may have by any clock.
fn delay_seconds(own_clock: Clock) -> i64 {
    // A conclusion counts the same records by each of these clocks, so the scan must keep what the
    // slowest one moves into the range.
    let clocks = Clock::COMPARED.into_iter().chain([own_clock]);
    clocks.map(Clock::delay_seconds).max().unwrap_or(0)
}
