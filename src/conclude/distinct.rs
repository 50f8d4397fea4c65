//! Kept records, each event once.

use std::collections::{BTreeMap, HashMap};

use crate::findings::{KeptRecord, MatchedRecord};
use crate::plan::{Duplicates, Plan};
use crate::report::Event;

/// An event of which a record is kept, and the number of its copies.
pub(super) struct DistinctEvent<R> {
    /// The first of the records of the event.
    pub(super) found: R,
    /// The number of records of the event, this one included.
    pub(super) copies: u64,
}

/// An event that rules selected.
pub(super) type MatchedEvent = DistinctEvent<MatchedRecord>;

/// Kept records, each event once.
pub(super) struct DistinctEvents<R> {
    /// The events, in the order of time.
    pub(super) events: Vec<DistinctEvent<R>>,
    /// The number of further copies in each object that has any.
    pub(super) duplicates_by_object: BTreeMap<String, u64>,
}

impl<R: AsRef<KeptRecord> + AsMut<KeptRecord>> DistinctEvents<R> {
    /// Drops copies of an event where the plan says so. The records must be in the order of
    /// [`by_time`](crate::findings::by_time).
    pub(super) fn new(plan: &Plan, records: Vec<R>) -> Self {
        match plan.selection.duplicates {
            Duplicates::Keep => Self::with_copies(records),
            Duplicates::Drop => Self::without_copies(records),
        }
    }

    fn with_copies(records: Vec<R>) -> Self {
        let events = records
            .into_iter()
            .map(|found| DistinctEvent { found, copies: 1 });
        Self {
            events: events.collect(),
            duplicates_by_object: BTreeMap::new(),
        }
    }

    /// Keeps the first copy of each event in the order of the list.
    fn without_copies(records: Vec<R>) -> Self {
        let numbers = event_numbers(&records);
        let mut distinct = Self {
            events: Vec::with_capacity(records.len()),
            duplicates_by_object: BTreeMap::new(),
        };
        for (found, number) in records.into_iter().zip(numbers) {
            if number == distinct.events.len() {
                distinct.events.push(DistinctEvent { found, copies: 1 });
            } else {
                distinct.add_copy(number, found);
            }
        }
        distinct
    }

    fn add_copy(&mut self, number: usize, mut copy: R) {
        let Some(event) = self.events.get_mut(number) else {
            return;
        };
        event.copies += 1;
        let (first, copy) = (event.found.as_mut(), copy.as_mut());
        // Only an export of a log group has this time, and the first copy may be of another source.
        first.log_time = first.log_time.or(copy.log_time);
        let object = std::mem::take(&mut copy.origin.object);
        *self.duplicates_by_object.entry(object).or_default() += 1;
    }
}

/// Returns the number of the event of each record. A record without an identifier is an event of
/// its own.
fn event_numbers<R: AsRef<KeptRecord>>(records: &[R]) -> Vec<usize> {
    // The identifiers are borrowed from the records, and the numbers are all that outlives the map:
    // copying millions of identifiers would take longer than everything else here.
    let mut by_id: HashMap<&str, usize> = HashMap::with_capacity(records.len());
    let mut numbers = Vec::with_capacity(records.len());
    let mut next = 0;
    for record in records {
        let id = record.as_ref().event_id.as_deref();
        let number = id.map_or(next, |id| *by_id.entry(id).or_insert(next));
        next += usize::from(number == next);
        numbers.push(number);
    }
    numbers
}

/// Returns the event of a record in a report.
pub(super) fn event(record: KeptRecord, copies: u64) -> Event {
    Event {
        event_time: record.event_time,
        event_id: record.event_id,
        copies,
        origin: record.origin,
        delivery_time: record.delivery_time,
        log_time: record.log_time,
        evidence: record.evidence,
    }
}
