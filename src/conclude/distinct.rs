//! Kept records, each event once.

use std::collections::{BTreeMap, HashMap};

use crate::findings::Kept;
use crate::plan::{Duplicates, Plan};
use crate::report::Event;

/// A kept record, and how many copies of its event were found.
pub(super) struct Found<Why> {
    pub(super) kept: Kept<Why>,
    copies: u64,
}

/// Kept records, each event once.
pub(super) struct Distinct<Why> {
    /// The events, in the order of time.
    pub(super) events: Vec<Found<Why>>,
    /// How many further copies each object holds.
    pub(super) duplicates_by_object: BTreeMap<String, u64>,
}

impl<Why> Found<Why> {
    fn new(kept: Kept<Why>) -> Self {
        Self { kept, copies: 1 }
    }

    /// What is told of the event.
    pub(super) fn event(&self) -> Event {
        let Kept {
            event_time,
            event_id,
            origin,
            delivery_time,
            log_time,
            evidence,
            ..
        } = &self.kept;
        Event {
            event_time: *event_time,
            event_id: event_id.clone(),
            copies: self.copies,
            origin: origin.clone(),
            delivery_time: *delivery_time,
            log_time: *log_time,
            evidence: evidence.clone(),
        }
    }

    /// The same without a copy.
    pub(super) fn into_event(self) -> Event {
        let Kept {
            event_time,
            event_id,
            origin,
            delivery_time,
            log_time,
            evidence,
            ..
        } = self.kept;
        Event {
            event_time,
            event_id,
            copies: self.copies,
            origin,
            delivery_time,
            log_time,
            evidence,
        }
    }
}

/// Drops copies of an event where the plan says so, from records that are in the order of
/// [`Kept::order`].
pub(super) fn distinct<Why>(plan: &Plan, kept: Vec<Kept<Why>>) -> Distinct<Why> {
    match plan.selection.duplicates {
        Duplicates::Keep => Distinct {
            events: kept.into_iter().map(Found::new).collect(),
            duplicates_by_object: BTreeMap::new(),
        },
        Duplicates::Drop => without_copies(kept),
    }
}

/// Keeps the first copy of each event in the order of the list.
fn without_copies<Why>(records: Vec<Kept<Why>>) -> Distinct<Why> {
    let firsts = first_copies(&records);
    let events = Vec::with_capacity(records.len());
    let mut distinct = Distinct {
        events,
        duplicates_by_object: BTreeMap::new(),
    };
    for (kept, first) in records.into_iter().zip(firsts) {
        match distinct.events.get_mut(first) {
            None => distinct.events.push(Found::new(kept)),
            Some(event) => {
                event.copies += 1;
                event.kept.log_time = event.kept.log_time.or(kept.log_time);
                *distinct
                    .duplicates_by_object
                    .entry(kept.origin.object)
                    .or_default() += 1;
            }
        }
    }
    distinct
}

/// The number of the event of each record. A record without an identifier is its own event.
fn first_copies<'k, Why>(records: &'k [Kept<Why>]) -> Vec<usize> {
    let mut numbers: HashMap<&'k str, usize> = HashMap::with_capacity(records.len());
    let mut next = 0;
    let number = |kept: &'k Kept<Why>| {
        let number = kept
            .event_id
            .as_deref()
            .map_or(next, |id| *numbers.entry(id).or_insert(next));
        next += usize::from(number == next);
        number
    };
    records.iter().map(number).collect()
}
