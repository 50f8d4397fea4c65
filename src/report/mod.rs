//! The conclusion of an audit, as plain values: its tables and its summary. Renderers give them
//! their looks.

pub mod alarm;
pub mod assumptions;
pub mod backtest;
mod bucket_inventory;
pub mod coverage;
pub mod finding;
pub mod integrity;
mod objects;
pub mod resource;
pub mod source;
pub mod story;
pub mod subject;
pub mod summary;
pub mod tables;

pub use crate::findings::{
    Activity, CallTimes, ObjectDays, ObjectOutcome, ObjectStatus, RecordCounts, SkipReason, Use,
    UseDetail, Uses,
};
pub use alarm::{AlarmOrigin, AlarmReport, AuditedAlarm, ScopeComparison};
pub use assumptions::Assumption;
pub use bucket_inventory::BucketInventory;
pub use objects::{ObjectBatches, Objects, ObjectsError, OutcomeBatches};
pub use source::{EvidenceObject, SourceCounter, Sources};
pub use story::Story;
pub use subject::Subject;
pub use summary::Summary;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use self::integrity::{AuditedIntegrity, Grade};
use crate::alarm::AlarmScope;
use crate::cloudtrail::evidence::Evidence;
use crate::cloudtrail::lifecycle::{Deletion, JoinReason, Names, Phase, Resource, Step};
use crate::cloudtrail::usage::UseOutcome;
use crate::metric::series::Datapoint;
use crate::metric::{Measurement, MetricFilter, MetricIdentity, NoSample, Unit, dimensions_text};
use crate::problem::{Origin, Problem};
use crate::time::period::TimeRange;

/// The conclusion of an audit.
#[derive(Clone, Debug)]
pub struct Report {
    /// The objects and records that were read, in numbers.
    pub scan: Scan,
    /// The findings of each rule, in the order of the plan.
    pub rules: Vec<RuleReport>,
    /// The metrics that the rules publish: those of each rule after those of the rules before it.
    pub metrics: Vec<Metric>,
    /// The alarms: those of each job in its order, the composite ones last.
    pub alarms: Vec<AlarmReport>,
    /// The alarms that would have other episodes if the archive were divided otherwise.
    pub scope_comparisons: Vec<ScopeComparison>,
    /// The matches of all rules, in chronological order.
    pub attempts: Vec<Attempt>,
    /// The stories of secrets and keys, the most urgent first.
    pub stories: Vec<Story>,
    /// The steps in the lives of secrets and keys, in chronological order.
    pub lifecycle: Vec<LifecycleEvent>,
    /// The uses of secrets and keys.
    pub uses: Uses,
    /// The objects in numbers.
    pub days: ObjectDays,
    /// The outcomes of the objects, in the order of their names.
    pub objects: Objects,
    /// The number of selected records of an object that are further copies of an event. Objects
    /// without copies have no entry.
    pub duplicates_by_object: BTreeMap<Arc<str>, u64>,
    /// The stored objects that hold attempts or steps of the lifecycle.
    pub sources: Sources,
    /// The problems, in the order of their objects.
    pub problems: Vec<Problem>,
    /// The integrity of the archive, if it was verified.
    pub integrity: Option<AuditedIntegrity>,
}

impl Report {
    /// Adds the integrity of the archive, with the grade of its object to each match. What holds
    /// matches or steps of the lifecycle and was not checked is not proven.
    pub fn set_integrity(&mut self, mut integrity: AuditedIntegrity) {
        let sources = self.sources.all().iter();
        integrity.add_unchecked(sources.map(|source| source.object.as_str()));
        let grades = integrity.grades();
        for attempt in &mut self.attempts {
            let object = &*attempt.event.origin.object;
            attempt.integrity = Some(grades.grade(object));
        }
        self.integrity = Some(integrity);
    }
}

/// The objects and records that were read, in numbers.
#[derive(Clone, Debug)]
pub struct Scan {
    /// The sources as they were given.
    pub sources: Vec<String>,
    /// The inventories of S3 that objects were taken from, in order.
    pub inventories: Vec<BucketInventory>,
    /// The list of everything that was read, as one hash.
    pub inputs: Inputs,
    /// The number of objects that were listed, each file of an archive counted as one in place of
    /// its archive.
    pub listed: u64,
    /// The number of records by outcome. Further copies do not count as selected.
    pub records: RecordCounts,
    /// The number of records of the kinds that a trail may exclude.
    pub activity: Activity,
    /// The hours in which there are such records.
    pub call_times: CallTimes,
    /// The number of records that were mapped from OCSF, the schema of Security Lake.
    pub mapped_from_ocsf: u64,
    /// The number of records that were mapped from ECS, the schema of Elastic.
    pub mapped_from_ecs: u64,
    /// The number of selected records that are further copies of an event.
    pub duplicates: u64,
    /// The earliest event.
    pub first_event: Option<Timestamp>,
    /// The latest event.
    pub last_event: Option<Timestamp>,
    /// The accounts of the records in the selection, in order.
    pub accounts: Vec<String>,
    /// The regions of the records in the selection, in order.
    pub regions: Vec<String>,
    /// The time range that was requested.
    pub requested: TimeRange,
    /// The accounts that were requested; all accounts if empty.
    pub requested_accounts: BTreeSet<String>,
    /// The regions that were requested; all regions if empty.
    pub requested_regions: BTreeSet<String>,
    /// True if further copies of an event were dropped.
    pub duplicates_dropped: bool,
    /// The clock: the time of an event that its sample counts for.
    pub clock: String,
    /// The part of the archive that each alarm sees.
    pub alarm_scope: AlarmScope,
}

/// The list of all objects that were listed, each archive as one, in the canonical text that
/// `docs/evidence.md` describes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Inputs {
    /// The number of objects.
    pub objects: u64,
    /// Their size in bytes, as far as it is known.
    pub stored_bytes: u64,
    /// The SHA-256 of the list.
    pub sha256: String,
}

/// The findings of one rule.
#[derive(Clone, Debug)]
pub struct RuleReport {
    /// The name of the rule.
    pub rule: String,
    /// The subject: the events that it counts, in words.
    pub subject: Subject,
    /// The metric filter.
    pub filter: MetricFilter,
    /// The number of matches that added no sample to a metric, by reason.
    pub without_sample: BTreeMap<NoSample, u64>,
    /// The number of records that would have another answer if a `*` within a value stood for
    /// itself.
    pub ambiguous: u64,
    /// True if the rule is built in, and not one that the user wrote.
    pub is_built_in: bool,
}

/// The samples of one metric, of all rules that publish it.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// The numbers of the rules whose filters publish the metric, whatever the dimensions.
    pub rules: Vec<usize>,
    /// The metric.
    pub identity: MetricIdentity,
    /// The unit of the samples.
    pub unit: Unit,
    /// The period of the datapoints, in seconds.
    pub period_seconds: u32,
    /// The datapoints, in periods aligned to the epoch.
    pub datapoints: Vec<Datapoint>,
}

impl Metric {
    /// Returns the dimensions as `name=value`, separated by commas, if there are any.
    pub fn dimensions_text(&self) -> Option<String> {
        let dimensions = &self.identity.dimensions;
        (!dimensions.is_empty()).then(|| dimensions_text(dimensions))
    }
}

/// A record that a rule matched.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// The name of the rule.
    pub rule: Arc<str>,
    /// The sample that the record adds to the metric of the rule, or the reason why it adds none.
    pub measured: Result<Measurement, NoSample>,
    /// The secret or key that it is about, if it is about one.
    pub resolution: Option<Resolution>,
    /// The event.
    pub event: Event,
    /// The grade of the object that the record is in, if the archive was verified.
    pub integrity: Option<Grade>,
}

impl Attempt {
    /// Returns the outcome of the call.
    pub fn outcome(&self) -> UseOutcome {
        let event = &self.event;
        UseOutcome::from_error(event.text("error_code"), event.text("error_message"))
    }
}

/// The secret or key that an attempt is about, and the phase of its deletion then.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolution {
    /// The secret or key. If the name could not be joined to an ARN, its ID is the name as written.
    pub resource: Arc<Resource>,
    /// The reason for which the name in the record is taken for that of the resource.
    pub reason: JoinReason,
    /// The phase of its deletion.
    pub phase: Phase,
    /// The days that were left until the date of its deletion.
    pub days_left: Option<f64>,
}

/// An event that is a step in the life of a secret or key.
#[derive(Clone, Debug, PartialEq)]
pub struct LifecycleEvent {
    /// The step.
    pub step: Step,
    /// The deletion that the step schedules.
    pub deletion: Deletion,
    /// The names that the record gives of the secret or key.
    pub names: Names,
    /// The event.
    pub event: Event,
}

/// An event of which a record is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The time of the event.
    pub event_time: Option<Timestamp>,
    /// The identifier of the event.
    pub event_id: Option<String>,
    /// The number of copies of the event, this one included.
    pub copies: u64,
    /// The location of the record.
    pub origin: Origin,
    /// The time of delivery of its object.
    pub delivery_time: Option<Timestamp>,
    /// The time at which the log group received the event, if an export of a log group says so.
    pub log_time: Option<Timestamp>,
    /// The contents of the record that are evidence.
    pub evidence: Evidence,
}

impl Event {
    /// Returns the text in a column of the evidence.
    pub fn text(&self, column: &str) -> Option<&str> {
        self.evidence.text(column)
    }
}
