//! Looking at one record.

use std::borrow::Cow;

use jiff::Timestamp;

use super::Plan;
use crate::evidence::Evidence;
use crate::json::Shallow;
use crate::key::ObjectKey;
use crate::pattern::{Projection, Slots};
use crate::problem::Origin;
use crate::record::Record;
use crate::tally::Selected;

/// The slots of the fields that every record is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    event_time: usize,
    recipient_account: usize,
    caller_account: usize,
    region: usize,
}

/// Where a record stands, and what the key of its object says.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// What the key of the object says.
    pub key: &'a ObjectKey,
    /// Where the record stands.
    pub origin: Origin,
}

/// What a plan makes of one record.
#[derive(Clone, Debug, PartialEq)]
pub enum Observation {
    /// The text is not a record; holds why.
    Unparseable(String),
    /// The record was not asked for.
    Excluded,
    /// The record was not asked for, but an alarm that is created at the start of the range sees it.
    Earlier(Box<Selected>),
    /// The record was asked for.
    Included(Included),
}

/// A record that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Included {
    /// When the event happened.
    pub event_time: Option<Timestamp>,
    /// The account it belongs to.
    pub account: Option<String>,
    /// The region it belongs to.
    pub region: Option<String>,
    /// What it says, where at least one rule selects it.
    pub selected: Option<Box<Selected>>,
}

impl Head {
    pub(super) fn new(projection: &mut Projection) -> Self {
        Self {
            event_time: projection.add(["eventTime"]),
            recipient_account: projection.add(["recipientAccountId"]),
            caller_account: projection.add(["userIdentity", "accountId"]),
            region: projection.add(["awsRegion"]),
        }
    }
}

impl Plan {
    /// Looks at the JSON text of one record.
    ///
    /// The account and region of a record are those of the trail that delivered it, as the key of its object says;
    /// where the key says nothing, those that the record names.
    pub fn observe(&self, text: &str, place: &Place<'_>) -> Observation {
        let slots = match self.projection.read(text) {
            Ok(slots) => slots,
            Err(error) => return Observation::Unparseable(error.to_string()),
        };
        let event_time = string(&slots, self.head.event_time).and_then(|time| time.parse::<Timestamp>().ok());
        if event_time.is_some_and(|time| !self.observed_range.contains(time)) {
            return Observation::Excluded;
        }
        let account = place.key.account.clone().or_else(|| self.account(&slots));
        let region =
            place.key.region.clone().or_else(|| string(&slots, self.head.region).map(Cow::into_owned));
        let wanted = |set: &std::collections::BTreeSet<String>, value: &Option<String>| {
            set.is_empty() || value.as_ref().is_some_and(|value| set.contains(value))
        };
        if !wanted(&self.selection.accounts, &account) || !wanted(&self.selection.regions, &region) {
            return Observation::Excluded;
        }
        let selected = match self.select(text, &slots, place) {
            Ok(selected) => selected,
            Err(error) => return Observation::Unparseable(error.to_string()),
        };
        let is_inside = event_time.is_none_or(|time| self.selection.range.contains(time));
        match selected {
            selected if is_inside => {
                Observation::Included(Included { event_time, account, region, selected })
            }
            Some(selected) => Observation::Earlier(selected),
            None => Observation::Excluded,
        }
    }

    fn account(&self, slots: &Slots<'_>) -> Option<String> {
        let recipient = string(slots, self.head.recipient_account);
        recipient.or_else(|| string(slots, self.head.caller_account)).map(Cow::into_owned)
    }

    fn select(
        &self,
        text: &str,
        slots: &Slots<'_>,
        place: &Place<'_>,
    ) -> Result<Option<Box<Selected>>, serde_json::Error> {
        let holds =
            |(number, program): (usize, &crate::pattern::Program)| program.matches(slots).then_some(number);
        let rules: Vec<usize> = self.programs.iter().enumerate().filter_map(holds).collect();
        if rules.is_empty() {
            return Ok(None);
        }
        let record = Record::parse(text)?;
        Ok(Some(Box::new(Selected {
            rules,
            event_time: record.event_time(),
            event_id: record.event_id(),
            origin: place.origin.clone(),
            evidence: Evidence::of(&record),
        })))
    }
}

fn string<'a>(slots: &Slots<'a>, slot: usize) -> Option<Cow<'a, str>> {
    match Shallow::of(slots.get(slot)?) {
        Shallow::Text(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}
