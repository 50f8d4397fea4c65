//! Kept records, each event once.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use crate::findings::KeptRecord;
use crate::plan::{Duplicates, Plan};
use crate::report::Event;

/// The number of records that leave a list before it gives back their room.
// Giving back the room of each would copy all others each time.
const ROOM: usize = 1 << 14;

/// Kept records, each event once.
pub(super) struct DistinctEvents<R> {
    /// The first record of each event, in the order of time.
    pub(super) records: Vec<R>,
    /// The number of records of each event, the first included.
    copies: Vec<u64>,
    /// The number of further copies in each object that has any.
    pub(super) duplicates_by_object: BTreeMap<Arc<str>, u64>,
}

/// The copies of events, while they are counted.
#[derive(Default)]
struct CountedCopies {
    /// The number of records of each event.
    records: Vec<u64>,
    /// The first time that a copy of an event has of a log group.
    log_times: HashMap<usize, Timestamp>,
    by_object: BTreeMap<Arc<str>, u64>,
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
        Self {
            copies: vec![1; records.len()],
            records,
            duplicates_by_object: BTreeMap::new(),
        }
    }

    /// Keeps the first copy of each event in the order of the list.
    fn without_copies(mut records: Vec<R>) -> Self {
        let mut numbers = event_numbers(&records).into_iter();
        let mut copies = CountedCopies::default();
        // There may be millions of records, so they stay where they are.
        records.retain_mut(|record| {
            let number = numbers.next();
            number.is_none_or(|number| copies.is_first(number, record.as_mut()))
        });
        for (number, log_time) in copies.log_times {
            if let Some(first) = records.get_mut(number) {
                // Only an export of a log group has this time, and the first copy may be of
                // another source.
                first.as_mut().log_time.get_or_insert(log_time);
            }
        }
        Self {
            records,
            copies: copies.records,
            duplicates_by_object: copies.by_object,
        }
    }

    /// Takes the last event: the first of its records, and the number of all of them.
    pub(super) fn pop(&mut self) -> Option<(R, u64)> {
        let record = self.records.pop()?;
        if self.records.len().is_multiple_of(ROOM) {
            self.records.shrink_to_fit();
        }
        Some((record, self.copies.pop().unwrap_or(1)))
    }
}

impl CountedCopies {
    /// Counts a record of the event with this number. Returns whether it is the first.
    fn is_first(&mut self, number: usize, record: &KeptRecord) -> bool {
        let Some(records) = self.records.get_mut(number) else {
            self.records.push(1);
            return true;
        };
        *records += 1;
        if let Some(time) = record.log_time {
            self.log_times.entry(number).or_insert(time);
        }
        let of_object = self.by_object.entry(record.origin.object.clone());
        *of_object.or_default() += 1;
        false
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudtrail::evidence::Evidence;
    use crate::problem::Origin;
    use crate::time::period::timestamp;

    fn record(id: Option<&str>, object: &str, log_time: Option<i64>) -> KeptRecord {
        KeptRecord {
            event_time: Some(timestamp(60)),
            delivery_time: None,
            log_time: log_time.map(timestamp),
            event_id: id.map(str::to_owned),
            origin: Origin {
                object: object.into(),
                ..Origin::default()
            },
            evidence: Evidence::blank(),
            json: Box::default(),
        }
    }

    #[test]
    fn of_copies_the_first_remains_with_the_first_log_time() {
        let records = vec![
            record(Some("a"), "1", None),
            record(None, "1", None),
            record(Some("a"), "2", Some(70)),
            record(Some("b"), "2", Some(80)),
            record(None, "2", None),
            record(Some("a"), "3", Some(90)),
            record(Some("b"), "3", None),
        ];
        let mut distinct = DistinctEvents::without_copies(records);
        let copies: Vec<(&str, u64)> = distinct
            .duplicates_by_object
            .iter()
            .map(|(object, copies)| (&**object, *copies))
            .collect();
        assert_eq!(copies, [("2", 1), ("3", 2)]);
        let expected = [
            (record(None, "2", None), 1),
            (record(Some("b"), "2", Some(80)), 2),
            (record(None, "1", None), 1),
            (record(Some("a"), "1", Some(70)), 3),
        ];
        for event in expected {
            assert_eq!(distinct.pop(), Some(event));
        }
        assert_eq!(distinct.pop(), None);
    }

    #[test]
    fn a_list_gives_back_its_room() {
        let records = (0..3 * ROOM).map(|number| record(None, &number.to_string(), None));
        let mut distinct = DistinctEvents::with_copies(records.collect());
        for number in (ROOM..3 * ROOM).rev() {
            let (record, copies) = distinct.pop().expect("a record");
            assert_eq!((&*record.origin.object, copies), (&*number.to_string(), 1));
        }
        assert_eq!(distinct.records.capacity(), ROOM);
    }
}
