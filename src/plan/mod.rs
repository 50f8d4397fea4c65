//! Everything to look for, checked: rules whose patterns are compiled, and which records count.
//!
//! A plan observes records one by one, from any thread.

pub mod built_in;
mod candidates;
pub mod clock;
pub mod observe;
mod reading;
pub mod rule;

pub use built_in::BuiltInRule;
pub use clock::Clock;
pub use observe::{Depth, Observation, RecordLocation, Seen};
pub use rule::Rule;

use std::collections::BTreeSet;

use crate::alarm::definition::configuration::ConfigurationError;
use crate::metric::{CompiledFilter, FilterError};
use crate::pattern::Projection;
use crate::time::period::TimeRange;
use candidates::Candidates;
use reading::Reading;

/// Which records count, and how.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// The event times that were asked for.
    pub range: TimeRange,
    /// The accounts that were asked for; all when empty.
    pub accounts: BTreeSet<String>,
    /// The regions that were asked for; all when empty.
    pub regions: BTreeSet<String>,
    /// What becomes of further copies of a selected record.
    pub duplicates: Duplicates,
    /// Which time of an event its sample counts for.
    pub clock: Clock,
}

/// What becomes of further copies of a selected record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Duplicates {
    /// They are counted and left out.
    #[default]
    Drop,
    /// They count like the first.
    Keep,
}

/// A job after checking.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) rules: Vec<Rule>,
    pub(crate) selection: Selection,
    filters: Vec<CompiledFilter>,
    candidates: Candidates,
    head: observe::Head,
    reading: Reading,
    /// Whether a filter has a default value, so that records count that no rule selects.
    publishes_defaults: bool,
    /// The times of events that matter: the range that was asked for and, before it, what an alarm
    /// that is created at its start can still see.
    observed_range: TimeRange,
}

/// Why a job is no plan.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PlanError {
    /// A metric filter is wrong.
    #[error("rule `{rule}`: {error}")]
    Filter {
        /// The rule.
        rule: String,
        /// What is wrong; of a pattern, with the wrong part underlined.
        error: FilterError,
    },
    /// An alarm is wrong.
    #[error("alarm `{alarm}`: {error}")]
    Alarm {
        /// The alarm.
        alarm: String,
        /// What is wrong.
        error: ConfigurationError,
    },
    /// The range of time holds nothing.
    #[error("the time range is empty: its start {start} is not before its end {end}")]
    EmptyRange {
        /// The start.
        start: jiff::Timestamp,
        /// The end.
        end: jiff::Timestamp,
    },
}

impl Plan {
    /// The same plan with another clock, for a tally that was made with this one.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.selection.clock = clock;
        self
    }

    /// The times of events that matter: the range that was asked for and, before it, what an alarm
    /// that is created at its start can still see.
    pub fn observed_range(&self) -> TimeRange {
        self.observed_range
    }

    /// The accounts that were asked for; all when empty.
    pub fn accounts(&self) -> &BTreeSet<String> {
        &self.selection.accounts
    }

    /// The regions that were asked for; all when empty.
    pub fn regions(&self) -> &BTreeSet<String> {
        &self.selection.regions
    }

    /// Checks rules and selection, and compiles the patterns.
    ///
    /// # Errors
    ///
    /// When a metric filter or an alarm is one that AWS would refuse, or the range of time is
    /// empty.
    pub fn new(rules: Vec<Rule>, selection: Selection) -> Result<Self, PlanError> {
        if let (Some(start), Some(end)) = (selection.range.start, selection.range.end)
            && start >= end
        {
            return Err(PlanError::EmptyRange { start, end });
        }
        let mut projection = Projection::default();
        let head = observe::Head::new(&mut projection);
        // Rules are chosen by it, too; the slots that are read of every record should be the first
        // ones.
        projection.add(["userIdentity"]);
        let mut filters = Vec::new();
        for rule in &rules {
            let filter = rule.filter.compile(&mut projection);
            filters.push(filter.map_err(|error| PlanError::Filter {
                rule: rule.name.clone(),
                error,
            })?);
            rule.alarm.validate().map_err(|error| PlanError::Alarm {
                alarm: rule.alarm.alarm_name.clone(),
                error,
            })?;
        }
        let publishes_defaults = rules.iter().any(|rule| rule.filter.default_value.is_some());
        let memory_seconds = rules
            .iter()
            .map(|rule| rule.alarm.memory_seconds())
            .max()
            .unwrap_or(0);
        let delay_seconds = Clock::COMPARED
            .iter()
            .chain([&selection.clock])
            .map(|clock| clock.delay_seconds())
            .max();
        let observed_range = selection
            .range
            .starting_earlier_by(memory_seconds.saturating_add(delay_seconds.unwrap_or(0)));
        let candidates = Candidates::new(&filters, &mut projection);
        Ok(Self {
            rules,
            selection,
            reading: Reading::new(projection, &head, &candidates, &filters),
            candidates,
            filters,
            head,
            publishes_defaults,
            observed_range,
        })
    }
}
