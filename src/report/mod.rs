//! What an audit concludes, as plain values.

pub mod assumptions;
pub mod backtest;
pub mod coverage;
pub mod subject;
pub mod summary;
pub mod tables;

pub use assumptions::Assumption;
pub use subject::Subject;
pub use summary::Summary;

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::alarm::{AlarmConfiguration, Change, Episode, ReplayRange};
use crate::cloudtrail::evidence::Evidence;
use crate::cloudtrail::lifecycle::Step;
use crate::findings::{Activity, ObjectOutcome, RecordCounts};
use crate::metric::series::Datapoint;
use crate::metric::{DimensionSet, Measurement, MetricFilter, NoSample, Series};
use crate::problem::{Origin, Problem};
use crate::time::period::TimeRange;

/// The conclusion of an audit.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was read.
    pub scan: Scan,
    /// What each rule found, in the order of the plan.
    pub rules: Vec<RuleReport>,
    /// The attempts of all rules, in the order of time.
    pub attempts: Vec<Attempt>,
    /// The events that tell a step of the life of a secret or key, in the order of time.
    pub lifecycle: Vec<LifecycleEvent>,
    /// One entry for each object, in the order of their names.
    pub objects: Vec<ObjectOutcome>,
    /// How many of the selected records of an object are further copies of an event; objects
    /// without any are not there.
    pub duplicates_by_object: BTreeMap<String, u64>,
    /// What could not be read, in the order of place.
    pub problems: Vec<Problem>,
}

/// What was read, in numbers.
#[derive(Clone, Debug)]
pub struct Scan {
    /// The sources as they were given.
    pub sources: Vec<String>,
    /// The number of objects that were listed, each file of an archive counted as one in place of
    /// its archive.
    pub listed: u64,
    /// How many records went which way; copies are taken out of the selected ones.
    pub records: RecordCounts,
    /// How many records are of kinds that a trail may exclude.
    pub activity: Activity,
    /// How many selected records were copies of another one.
    pub duplicates: u64,
    /// The earliest event.
    pub first_event: Option<Timestamp>,
    /// The latest event.
    pub last_event: Option<Timestamp>,
    /// The accounts whose records were looked at, in order.
    pub accounts: Vec<String>,
    /// The regions whose records were looked at, in order.
    pub regions: Vec<String>,
    /// The time range that was requested.
    pub requested: TimeRange,
    /// Whether copies of an event were dropped.
    pub duplicates_dropped: bool,
    /// Which time of an event its sample counted for.
    pub clock: String,
}

/// What one rule found.
#[derive(Clone, Debug)]
pub struct RuleReport {
    /// The name of the rule.
    pub rule: String,
    /// What it counts.
    pub subject: Subject,
    /// The metric filter.
    pub filter: MetricFilter,
    /// The alarm.
    pub alarm: AlarmConfiguration,
    /// The stretch that the alarm was replayed over; nothing when there was no event.
    pub range: Option<ReplayRange>,
    /// The metrics, one for each set of dimensions, in the order of those.
    pub metrics: Vec<Metric>,
    /// How many attempts added nothing to a metric, by the reason.
    pub without_sample: BTreeMap<NoSample, u64>,
    /// How many records would be answered otherwise under the other reading of a `*` inside of a
    /// value.
    pub ambiguous: u64,
    /// The samples that the alarm saw.
    pub series: Series,
    /// For each episode, the clocks under which it is not found again: none for one that is
    /// certain. Nothing where clocks were not compared.
    pub vanishing: Option<Vec<Vec<String>>>,
    /// Every change of the alarm's state.
    pub transitions: Vec<Change>,
    /// The stretches in ALARM.
    pub episodes: Vec<Episode>,
}

/// One metric of a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// Its dimensions; none for a filter without them.
    pub dimensions: DimensionSet,
    /// Its datapoints, on the grid of periods since the epoch.
    pub datapoints: Vec<Datapoint>,
}

impl Metric {
    /// The dimensions as `name=value`, separated by commas; nothing where there are none.
    pub fn dimensions_text(&self) -> Option<String> {
        let texts: Vec<String> = self
            .dimensions
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        Some(texts.join(",")).filter(|text| !text.is_empty())
    }
}

/// A record that a rule selected.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// The name of the rule.
    pub rule: String,
    /// What the record adds to the rule's metric, or why nothing.
    pub measured: Result<Measurement, NoSample>,
    /// The event.
    pub event: Event,
}

/// An event that tells a step of the life of a secret or key.
#[derive(Clone, Debug, PartialEq)]
pub struct LifecycleEvent {
    /// The step.
    pub step: Step,
    /// The event.
    pub event: Event,
}

/// An event of which a record is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When it happened.
    pub event_time: Option<Timestamp>,
    /// The identifier of the event.
    pub event_id: Option<String>,
    /// How many times the event was found, this one included.
    pub copies: u64,
    /// Where the record stands.
    pub origin: Origin,
    /// When its object was delivered.
    pub delivery_time: Option<Timestamp>,
    /// When a log group had it, where an export of one says.
    pub log_time: Option<Timestamp>,
    /// What the record says.
    pub evidence: Evidence,
}
