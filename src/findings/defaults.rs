//! Events that publish the default value of a metric filter.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    Count, Finding, Readings, RestoredReadings, SeenRecord, StoredError, StoredReader,
    StoredRequest, StoredTables, Tally,
};

/// The names of these counts in a ledger, each with the events that it counts.
const KINDS: [(&str, ByMinuteOf, ByMinuteOfMut); 2] = [
    (
        "default",
        |tally| &tally.defaults.inside,
        |tally| &mut tally.defaults.inside,
    ),
    (
        "earlier-default",
        |tally| &tally.defaults.earlier,
        |tally| &mut tally.defaults.earlier,
    ),
];

type ByMinuteOf = fn(&Tally) -> &DefaultsByMinute;
type ByMinuteOfMut = fn(&mut Tally) -> &mut DefaultsByMinute;

/// The events that did not match a rule whose filter has a default value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Defaults {
    /// Those in the requested range.
    pub inside: DefaultsByMinute,
    /// Those before it, which only the alarm sees.
    pub earlier: DefaultsByMinute,
}

/// The number of events that publish a default value, by the number of the rule and the minute.
/// A metric counts by the minute, so memory grows with time and not with the number of events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DefaultsByMinute {
    events: BTreeMap<(usize, Timestamp), u64>,
}

impl DefaultsByMinute {
    /// Adds to the number of events of a minute that did not match the rule.
    fn add(&mut self, rule: usize, minute: Timestamp, events: u64) {
        *self.events.entry((rule, minute)).or_default() += events;
    }

    /// Returns the minutes of a rule with the number of events, in the order of time.
    pub fn of_rule(&self, rule: usize) -> impl Iterator<Item = (Timestamp, u64)> {
        let minutes = (rule, Timestamp::MIN)..=(rule, Timestamp::MAX);
        let events = self.events.range(minutes);
        events.map(|((_, minute), events)| (*minute, *events))
    }

    fn observe(&mut self, record: &SeenRecord<'_>) {
        if let Some(published) = &record.defaults {
            for rule in &published.rules {
                self.add(*rule, published.minute, 1);
            }
        }
    }

    fn merge(&mut self, other: Self) {
        for ((rule, minute), events) in other.events {
            self.add(rule, minute, events);
        }
    }
}

impl Finding for Defaults {
    fn observe(&mut self, record: &mut SeenRecord<'_>) {
        self.inside.observe(record);
    }

    fn observe_earlier(&mut self, record: &mut SeenRecord<'_>) {
        self.earlier.observe(record);
    }

    fn merge(&mut self, other: Self) {
        self.inside.merge(other.inside);
        self.earlier.merge(other.earlier);
    }

    fn store<'a>(readings: &Readings<'a>, tables: &mut StoredTables<'a>) {
        for (kind, of, _) in KINDS {
            for (reading, tally) in readings.numbered() {
                for ((rule, minute), events) in &of(tally).events {
                    let mut count = Count::new(kind, readings.rule_name(*rule), *events);
                    count.minute = Some(*minute);
                    tables.add_count(reading, count);
                }
            }
        }
    }

    fn restore(
        tables: &mut StoredReader<'_>,
        readings: &mut RestoredReadings<'_>,
        request: &StoredRequest,
    ) -> Result<(), StoredError> {
        for (kind, _, of) in KINDS {
            for (reading, count) in tables.take_counts(kind)? {
                let tally = readings.find(reading)?;
                if let Some((tally, rule)) = tally.zip(request.rule(&count.name)) {
                    let minute = count.minute.ok_or(StoredError::Minute(kind))?;
                    of(tally).add(rule, minute, count.count);
                }
            }
        }
        Ok(())
    }
}
