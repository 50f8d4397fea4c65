//! Events that publish the default value of a metric filter.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::store::RuleNames;
use super::{Count, ScanFinding, SeenRecord, StoredError, StoredPart, StoredRequest, StoredTables};
use crate::alarm::AlarmGroup;

/// The name of the events in the requested range among the counts of a ledger.
const DEFAULT: &str = "default";

/// The name of the events before that range among the counts of a ledger.
const EARLIER: &str = "earlier-default";

/// The events that did not match a rule whose filter has a default value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Defaults {
    /// Those in the requested range.
    pub inside: DefaultsByMinute,
    /// Those before it, which only the alarm sees.
    pub earlier: DefaultsByMinute,
}

/// The number of events that publish a default value, by the number of the rule, the minute and the
/// group of alarms. A metric counts by the minute, so memory grows with time and not with the
/// number of events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DefaultsByMinute {
    events: BTreeMap<DefaultKey, u64>,
}

/// The samples of default values that count as one.
type DefaultKey = (usize, Timestamp, Option<Arc<AlarmGroup>>);

/// The default values that the events of one minute published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DefaultsOfMinute<'a> {
    /// The minute.
    pub minute: Timestamp,
    /// The group of alarms that sees them; `None` if one group sees everything.
    pub group: Option<&'a AlarmGroup>,
    /// The number of events.
    pub events: u64,
}

impl DefaultsByMinute {
    /// Adds to the number of events of a minute that did not match the rule.
    fn add(&mut self, key: DefaultKey, events: u64) {
        *self.events.entry(key).or_default() += events;
    }

    /// Returns the default values of a rule, in the order of time.
    pub fn of_rule(&self, rule: usize) -> impl Iterator<Item = DefaultsOfMinute<'_>> {
        let first = |rule| (rule, Timestamp::MIN, None);
        let events = self.events.range(first(rule)..first(rule + 1));
        events.map(|((_, minute, group), events)| DefaultsOfMinute {
            minute: *minute,
            group: group.as_deref(),
            events: *events,
        })
    }

    fn observe(&mut self, record: &SeenRecord<'_>) {
        if let Some(published) = &record.defaults {
            for rule in &published.rules {
                let group = published.group.clone();
                self.add((*rule, published.minute, group), 1);
            }
        }
    }

    fn merge(&mut self, other: Self) {
        for (key, events) in other.events {
            self.add(key, events);
        }
    }

    fn store(&self, kind: &'static str, rules: RuleNames<'_>, counts: &mut Vec<Count>) {
        // A ledger has no groups: an audit that needs them is refused before it is opened.
        for ((rule, minute, _), events) in &self.events {
            counts.push(Count {
                minute: Some(*minute),
                ..Count::new(kind, rules.name(*rule), *events)
            });
        }
    }

    fn restore(
        &mut self,
        kind: &'static str,
        count: &Count,
        request: &StoredRequest,
    ) -> Result<(), StoredError> {
        if let Some(rule) = request.rule(&count.name) {
            let minute = count.minute.ok_or(StoredError::Minute(kind))?;
            self.add((rule, minute, None), count.count);
        }
        Ok(())
    }
}

impl ScanFinding for Defaults {
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

    fn store(tables: &mut StoredTables<'_>) {
        let rules = tables.rules();
        tables.add_counts(|findings, counts| {
            findings.defaults.inside.store(DEFAULT, rules, counts);
            findings.defaults.earlier.store(EARLIER, rules, counts);
        });
    }

    fn restore(part: &mut StoredPart<'_>) -> Result<(), StoredError> {
        let request = part.request;
        part.each_count(DEFAULT, |findings, count| {
            findings.defaults.inside.restore(DEFAULT, &count, request)
        })?;
        part.each_count(EARLIER, |findings, count| {
            findings.defaults.earlier.restore(EARLIER, &count, request)
        })
    }
}
