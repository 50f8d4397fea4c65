//! Records that are kept with their content.

use std::cmp::Ordering;
use std::sync::Arc;

use jiff::Timestamp;
use smallvec::SmallVec;

use crate::alarm::AlarmGroup;
use crate::cloudtrail::evidence::{CommonTexts, Evidence};
use crate::cloudtrail::key::ObjectKey;
use crate::cloudtrail::lifecycle::{Deletion, Names, Step};
use crate::metric::{Measurement, NoSample};
use crate::problem::Origin;
use crate::table::schema::TableSchema;

/// A record that is kept with its content.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptRecord {
    /// The time of the event; `None` if the record does not have one.
    pub event_time: Option<Timestamp>,
    /// The time at which its object was delivered, according to the key.
    pub delivery_time: Option<Timestamp>,
    /// The time at which a log group received it, where that is known.
    pub log_time: Option<Timestamp>,
    /// The identifier that copies of the event share.
    pub event_id: Option<String>,
    /// The location of the record.
    pub origin: Origin,
    /// The columns of tables that the record fills.
    pub evidence: Evidence,
    /// The whole record as JSON; empty where only a ledger would need it and there is none.
    pub json: Box<str>,
}

impl AsRef<KeptRecord> for KeptRecord {
    fn as_ref(&self) -> &KeptRecord {
        self
    }
}

impl AsMut<KeptRecord> for KeptRecord {
    fn as_mut(&mut self) -> &mut KeptRecord {
        self
    }
}

impl KeptRecord {
    /// Returns a record without content, which is then read from a table.
    pub(super) fn blank() -> Self {
        Self {
            event_time: None,
            delivery_time: None,
            log_time: None,
            event_id: None,
            origin: Origin::default(),
            evidence: Evidence::blank(),
            json: Box::default(),
        }
    }

    fn set_object(&mut self, key: String) {
        // The time is a part of the key, so a table need not repeat it.
        self.delivery_time = ObjectKey::parse(&key).delivery_time;
        self.origin.object = key.into();
    }
}

/// The texts that kept records share, so that each is in memory once.
#[derive(Clone, Debug, Default)]
pub(super) struct SharedTexts {
    evidence: CommonTexts,
    /// The object of the last record. The records of an object mostly follow each other.
    object: Arc<str>,
}

impl SharedTexts {
    /// Shares the texts of a record with those before it.
    pub(super) fn share(&mut self, record: &mut KeptRecord) {
        record.evidence.share(&mut self.evidence);
        let object = &mut record.origin.object;
        if *object == self.object {
            *object = self.object.clone();
        } else {
            self.object = object.clone();
        }
    }
}

// Findings are equal, no matter whether they share texts.
impl PartialEq for SharedTexts {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A row of a table of which a kept record is a part.
pub(super) trait Keeping: AsRef<KeptRecord> + AsMut<KeptRecord> + 'static {}

impl<R: AsRef<KeptRecord> + AsMut<KeptRecord> + 'static> Keeping for R {}

/// Returns the columns of a kept record in a ledger, with or without its JSON.
pub(super) fn schema<R: Keeping>(with_json: bool) -> TableSchema<'static, R> {
    TableSchema::<R>::builder()
        .and([event_schema(), origin_schema(), evidence_schema()])
        .and(with_json.then(json_schema))
        .build()
}

fn event_schema<R: Keeping>() -> TableSchema<'static, R> {
    TableSchema::<R>::builder()
        .time("event_time", |row| row.as_ref().event_time)
        .optional(|row, time| row.as_mut().event_time = time)
        .text("event_id", |row| row.as_ref().event_id.as_deref())
        .optional(|row, id| row.as_mut().event_id = id)
        .time("log_time", |row| row.as_ref().log_time)
        .optional(|row, time| row.as_mut().log_time = time)
        .build()
}

fn origin_schema<R: Keeping>() -> TableSchema<'static, R> {
    TableSchema::<R>::builder()
        .text("object_key", |row| Some(&row.as_ref().origin.object))
        .required(|row, key| row.as_mut().set_object(key))
        .integer("record_index", |row| row.as_ref().origin.record)
        .optional(|row, record| row.as_mut().origin.record = record)
        .integer("byte", |row| row.as_ref().origin.byte)
        .optional(|row, byte| row.as_mut().origin.byte = byte)
        .build()
}

fn evidence_schema<R: Keeping>() -> TableSchema<'static, R> {
    let columns = Evidence::names().enumerate().map(|(index, name)| {
        TableSchema::<R>::builder()
            .text(name, move |row| row.as_ref().evidence.text_at(index))
            .optional(move |row, text| row.as_mut().evidence.set_text_at(index, text))
            .build()
    });
    TableSchema::<R>::builder().and(columns).build()
}

fn json_schema<R: Keeping>() -> TableSchema<'static, R> {
    TableSchema::<R>::builder()
        .text("record", |row| Some(&row.as_ref().json))
        .optional(|row, json| row.as_mut().json = json.unwrap_or_default().into())
        .build()
}

/// Compares by time. Copies of an event are mostly next to each other, and no two records are
/// equal.
pub fn by_time<R: AsRef<KeptRecord>>(one: &R, other: &R) -> Ordering {
    let (one, other) = (one.as_ref(), other.as_ref());
    one.event_time
        .cmp(&other.event_time)
        .then_with(|| one.event_id.cmp(&other.event_id))
        .then_with(|| one.origin.cmp(&other.origin))
}

/// A record that at least one rule selected.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchedRecord {
    /// The selections by each of these rules, in the order of the numbers of the rules.
    pub matches: Vec<Match>,
    /// The record.
    pub record: KeptRecord,
}

/// One rule's selection of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// The number of the rule in the plan.
    pub rule: usize,
    /// The sample that the record adds to the rule's metric, or the reason for none.
    pub measured: Result<Measurement, NoSample>,
}

impl MatchedRecord {
    /// Returns true if the rule of this number selected the record.
    pub fn is_selected_by(&self, rule: usize) -> bool {
        self.matches.iter().any(|matching| matching.rule == rule)
    }

    /// Returns true if at least one of the rules of these numbers selected the record.
    pub fn is_selected_by_any(&self, rules: &[usize]) -> bool {
        rules.iter().any(|rule| self.is_selected_by(*rule))
    }
}

impl AsRef<KeptRecord> for MatchedRecord {
    fn as_ref(&self) -> &KeptRecord {
        &self.record
    }
}

impl AsMut<KeptRecord> for MatchedRecord {
    fn as_mut(&mut self) -> &mut KeptRecord {
        &mut self.record
    }
}

/// A record of a step in the life of a secret or key.
#[derive(Clone, Debug, PartialEq)]
pub struct LifecycleRecord {
    /// The step.
    pub step: Step,
    /// The deletion that the step schedules.
    pub deletion: Deletion,
    /// The names that the record gives of the secret or key.
    pub names: Names,
    /// The record.
    pub record: KeptRecord,
}

impl AsRef<KeptRecord> for LifecycleRecord {
    fn as_ref(&self) -> &KeptRecord {
        &self.record
    }
}

impl AsMut<KeptRecord> for LifecycleRecord {
    fn as_mut(&mut self) -> &mut KeptRecord {
        &mut self.record
    }
}

/// The default values that one record publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedDefaults {
    /// The minute in which the samples count.
    pub minute: Timestamp,
    /// The group of alarms that sees them; `None` if one group sees everything.
    pub group: Option<Arc<AlarmGroup>>,
    /// The rules with a default value that did not select the record, by their numbers. Few rules
    /// have one, and every record publishes it, so the list rarely needs the heap.
    pub rules: SmallVec<[usize; 4]>,
}
