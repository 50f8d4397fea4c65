//! What has been seen so far: partial results that merge.
//!
//! Each worker owns a tally. Merging is associative and free of order up to the order of the lists,
//! which the conclusion sorts by value.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use jiff::Timestamp;

use crate::cloudtrail::evidence::Evidence;
use crate::cloudtrail::key::ObjectKey;
use crate::cloudtrail::lifecycle::Step;
use crate::metric::{Measurement, NoSample};
use crate::problem::{Origin, Problem};
use crate::time::period::TimeSpan;

/// Everything that some part of a scan found.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// The outcomes of the objects.
    pub objects: Vec<ObjectOutcome>,
    /// The number of outcomes that there must be: one for each object that was listed, or for each
    /// file of a listed archive.
    pub listed: u64,
    /// The records that at least one rule selected, copies included.
    pub selected: Vec<Selected>,
    /// The selected records before the range that was asked for, which only the alarm sees. They
    /// count as excluded.
    pub earlier: Vec<Selected>,
    /// The records that tell a step of the life of a secret or key, copies included, whatever the
    /// rules.
    pub lifecycle: Vec<Kept<Step>>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// How many records went which way.
    pub records: RecordCounts,
    /// How many of them are of kinds that a trail may exclude.
    pub activity: Activity,
    /// The times of the records that were looked at.
    pub time_span: TimeSpan,
    /// The accounts of those records.
    pub accounts: BTreeSet<String>,
    /// The regions of those records.
    pub regions: BTreeSet<String>,
    /// The events that did not match a rule whose filter has a default value.
    pub defaults: Defaults,
    /// Those before the range that was asked for, which only the alarm sees.
    pub earlier_defaults: Defaults,
    /// How many records each rule, by its number, answers otherwise under the other reading of a
    /// `*` inside of a value.
    pub ambiguous: BTreeMap<usize, u64>,
}

/// Where the tallies of objects go.
pub trait TallySink: Sync {
    /// Takes the tally of an object. Answers whether there is a point in reading more.
    fn keep(&self, listed: ListedObject<'_>, tally: Tally) -> ControlFlow<()>;
}

/// An object as its source listed it. Key, tag and size together tell its content from any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedObject<'a> {
    /// The key or path.
    pub key: &'a str,
    /// What tells its content from an earlier one under the same key; nothing where the source does
    /// not say.
    pub tag: Option<ContentTag<'a>>,
    /// Its size in bytes, where that was asked.
    pub stored_bytes: Option<u64>,
    /// Whether it was named by the user rather than found: then it is a problem where it holds no
    /// records.
    pub named: bool,
}

/// What tells a content of an object from an earlier one under the same key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentTag<'a> {
    /// The ETag of S3, as it was listed.
    ETag(&'a str),
    /// When a file was modified last, to the microsecond.
    Modified(Timestamp),
}

/// How many records are of kinds that a trail may exclude.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// Of KMS.
    pub kms: u64,
    /// Of calls that only read.
    pub reads: u64,
}

impl Activity {
    /// Adds the counts of `other`.
    pub fn merge(&mut self, other: Self) {
        self.kms += other.kms;
        self.reads += other.reads;
    }
}

/// How many events did not match a rule, by the number of the rule and the minute of the event.
/// Only the minute matters to a metric, so memory grows with time and not with the number of
/// events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Defaults {
    counts: BTreeMap<(usize, Timestamp), u64>,
}

impl Defaults {
    /// Counts one event of this minute that did not match the rule.
    pub fn add(&mut self, rule: usize, minute: Timestamp) {
        self.add_many(rule, minute, 1);
    }

    /// Counts so many events of this minute that did not match the rule.
    pub fn add_many(&mut self, rule: usize, minute: Timestamp, count: u64) {
        *self.counts.entry((rule, minute)).or_default() += count;
    }

    /// Every rule and minute with how many events did not match.
    pub fn all(&self) -> impl Iterator<Item = (usize, Timestamp, u64)> {
        self.counts
            .iter()
            .map(|((rule, minute), count)| (*rule, *minute, *count))
    }

    /// The minutes of a rule with how many events did not match it, in the order of time.
    pub fn of(&self, rule: usize) -> impl Iterator<Item = (Timestamp, u64)> {
        let minutes = self
            .counts
            .range((rule, Timestamp::MIN)..=(rule, Timestamp::MAX));
        minutes.map(|((_, minute), count)| (*minute, *count))
    }

    fn merge(&mut self, other: Self) {
        for (key, count) in other.counts {
            *self.counts.entry(key).or_default() += count;
        }
    }
}

/// How many records went which way. Every value found in the place of a record is counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordCounts {
    /// Selected by at least one rule, copies included.
    pub selected: u64,
    /// Selected by none.
    pub unmatched: u64,
    /// Left out by the time range, account or region that was asked for.
    pub excluded: u64,
    /// No record could be read from it.
    pub unparseable: u64,
}

/// A record that is kept, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept<Why> {
    /// Why it is kept.
    pub why: Why,
    /// When the event happened; nothing when the record does not say.
    pub event_time: Option<Timestamp>,
    /// When its object was delivered, as the key says.
    pub delivery_time: Option<Timestamp>,
    /// When a log group had it, where that is known.
    pub log_time: Option<Timestamp>,
    /// The identifier that copies of the event share.
    pub event_id: Option<String>,
    /// Where the record stands.
    pub origin: Origin,
    /// What the record says, as far as tables tell it.
    pub evidence: Evidence,
    /// All that it says, as JSON; empty where nobody asks for it.
    pub json: Box<str>,
}

/// A record that at least one rule selected: the rules by their numbers, ascending.
pub type Selected = Kept<Vec<Match>>;

/// One rule's selection of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// The number of the rule in the plan.
    pub rule: usize,
    /// What the record adds to the rule's metric, or why nothing.
    pub measured: Result<Measurement, NoSample>,
}

impl<Why> Kept<Why> {
    /// The order of time. Copies of an event are next to each other, mostly, and no two records are
    /// equal.
    pub fn order(&self, other: &Self) -> std::cmp::Ordering {
        let by_event = self
            .event_time
            .cmp(&other.event_time)
            .then_with(|| self.event_id.cmp(&other.event_id));
        by_event.then_with(|| self.origin.cmp(&other.origin))
    }
}

impl Selected {
    /// The selection by the rule of this number, if it selected the record.
    pub fn by(&self, rule: usize) -> Option<&Match> {
        self.why.iter().find(|found| found.rule == rule)
    }
}

/// What became of one object. They are in the order of their names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectOutcome {
    /// The key or path, which its listing shares.
    pub object: Arc<str>,
    /// What the key says.
    pub key: ObjectKey,
    /// Whether it was read.
    pub status: ObjectStatus,
    /// Its size in its source, in bytes.
    pub stored_bytes: u64,
    /// The size of what it holds, after decompression, in bytes.
    pub content_bytes: u64,
    /// How many records went which way.
    pub records: RecordCounts,
    /// The times of its records.
    pub time_span: TimeSpan,
}

/// Whether an object was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectStatus {
    /// From the first to the last byte.
    Read,
    /// In part: something in it could not be read.
    Damaged,
    /// Not at all, although it should have been.
    Unreadable,
    /// Not looked at or left out, for a reason.
    Skipped(SkipReason),
}

/// Why an object was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkipReason {
    /// A digest.
    Digest,
    /// Insights events.
    Insight,
    /// Network activity events.
    NetworkActivity,
    /// Aggregated data events.
    Aggregated,
    /// Results of CloudTrail Lake queries.
    Lake,
    /// Another file: neither compressed nor JSON, or JSON without records of CloudTrail.
    Other,
    /// Of an account that was not asked for.
    Account,
    /// Of a region that was not asked for.
    Region,
}

impl SkipReason {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::Digest,
        Self::Insight,
        Self::NetworkActivity,
        Self::Aggregated,
        Self::Lake,
        Self::Other,
        Self::Account,
        Self::Region,
    ];

    /// The name that reports use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Digest => "digest",
            Self::Insight => "insight",
            Self::NetworkActivity => "network-activity",
            Self::Aggregated => "aggregated",
            Self::Lake => "lake-result",
            Self::Other => "not-cloudtrail",
            Self::Account => "other-account",
            Self::Region => "other-region",
        }
    }
}

impl ObjectStatus {
    /// The name that reports use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Damaged => "damaged",
            Self::Unreadable => "unreadable",
            Self::Skipped(_) => "skipped",
        }
    }
}

impl RecordCounts {
    /// Whether there were any that were asked for.
    pub fn has_wanted(&self) -> bool {
        self.selected + self.unmatched > 0
    }

    /// How many there were.
    pub fn total(&self) -> u64 {
        self.selected + self.unmatched + self.excluded + self.unparseable
    }

    /// Adds the counts of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.selected += other.selected;
        self.unmatched += other.unmatched;
        self.excluded += other.excluded;
        self.unparseable += other.unparseable;
    }
}

impl Tally {
    /// Adds the accounts and regions that the keys of objects with records name.
    pub fn name_keys(&mut self) {
        for object in self
            .objects
            .iter()
            .filter(|object| object.records.has_wanted())
        {
            remember(&mut self.accounts, object.key.account.as_deref());
            remember(&mut self.regions, object.key.region.as_deref());
        }
    }

    /// Puts the lists in order.
    pub fn sort(&mut self) {
        self.objects.sort_unstable();
        self.problems.sort();
        self.selected.sort_by(Kept::order);
        self.earlier.sort_by(Kept::order);
        self.lifecycle.sort_by(Kept::order);
    }

    /// Drops the JSON of the records that are kept.
    pub fn forget_json(&mut self) {
        self.selected
            .iter_mut()
            .chain(&mut self.earlier)
            .for_each(|kept| kept.json = Box::default());
        self.lifecycle
            .iter_mut()
            .for_each(|kept| kept.json = Box::default());
    }

    /// Adds everything that `other` found.
    pub fn merge(&mut self, mut other: Self) {
        self.objects.append(&mut other.objects);
        self.listed += other.listed;
        self.selected.append(&mut other.selected);
        self.earlier.append(&mut other.earlier);
        self.lifecycle.append(&mut other.lifecycle);
        self.problems.append(&mut other.problems);
        self.records.merge(&other.records);
        self.activity.merge(other.activity);
        self.time_span.merge(&other.time_span);
        // Mostly one of many that are known: appending would build the set anew.
        self.accounts.extend(other.accounts);
        self.regions.extend(other.regions);
        self.defaults.merge(other.defaults);
        self.earlier_defaults.merge(other.earlier_defaults);
        for (rule, count) in other.ambiguous {
            *self.ambiguous.entry(rule).or_default() += count;
        }
    }
}

/// Adds a text to a set that mostly holds it already.
pub(crate) fn remember(set: &mut BTreeSet<String>, text: Option<&str>) {
    if let Some(text) = text
        && !set.contains(text)
    {
        set.insert(text.to_owned());
    }
}
