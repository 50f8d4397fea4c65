//! Looking at one record.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::Timestamp;

use super::Plan;
use super::candidates::Chosen;
use super::clock::Times;
use crate::cloudtrail::evidence::Evidence;
use crate::cloudtrail::key::ObjectKey;
use crate::cloudtrail::lifecycle::Step;
use crate::cloudtrail::record::{Record, event_time};
use crate::findings::{Activity, Kept, Match, Selected, Tally};
use crate::json::Members;
use crate::metric::{CompiledFilter, MetricFilter, NoSample};
use crate::pattern::{Projection, Slots};
use crate::problem::Origin;

/// What events of KMS name as their source.
const KMS: &str = "kms.amazonaws.com";

/// The largest record that CloudTrail sends to CloudWatch Logs, in bytes of JSON.
const LOGGED_LIMIT_BYTES: usize = 256 << 10;

/// The slots of the fields that every record is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    event_time: usize,
    recipient_account: usize,
    caller_account: usize,
    region: usize,
    event_source: usize,
    event_name: usize,
    read_only: usize,
}

/// Where a record stands, and what the key of its object says.
#[derive(Clone, Debug)]
pub struct RecordLocation<'a> {
    /// The key or path of the object.
    pub object: &'a str,
    /// What the key of the object says.
    pub key: &'a ObjectKey,
    /// The position of the record among all values found in the object, counted from zero.
    pub record: u64,
    /// Where it begins in the content of the object, where it stands there as it is.
    pub byte: Option<u64>,
    /// The time at which a log group had it, where its container says.
    pub log_time: Option<Timestamp>,
}

impl RecordLocation<'_> {
    /// The same as something that outlives the reading. Few records need it.
    pub fn origin(&self) -> Origin {
        Origin {
            object: self.object.to_owned(),
            record: Some(self.record),
            byte: self.byte,
        }
    }
}

/// What a plan makes of one record.
#[derive(Clone, Debug, PartialEq)]
pub enum Observation<'t> {
    /// The text is not a record; holds why.
    Unparseable(String),
    /// The record was not asked for, and no alarm sees it.
    Excluded,
    /// The record was asked for, or an alarm that is created at the start of the range sees it.
    Seen(Seen<'t>),
}

/// A record that counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen<'t> {
    /// Whether it was asked for. One that was not is before the range, and only alarms see it.
    pub is_inside: bool,
    /// When the event happened.
    pub event_time: Option<Timestamp>,
    /// When a log group had it, where that is known.
    pub log_time: Option<Timestamp>,
    /// The account it belongs to, as it says itself; nothing where the key of its object tells it.
    pub account: Option<Cow<'t, str>>,
    /// The region it belongs to, as it says itself; nothing where the key of its object tells it.
    pub region: Option<Cow<'t, str>>,
    /// Which kinds it is of that a trail may exclude.
    pub activity: Activity,
    /// What it says, where at least one rule selects it.
    pub selected: Option<Box<Selected>>,
    /// What it says, where it tells a step of the life of a secret or key, whatever the rules.
    pub lifecycle: Option<Box<Kept<Step>>>,
    /// The numbers of the rules whose answer depends on the reading of a `*` inside of a value,
    /// ascending.
    pub ambiguous: Vec<usize>,
}

impl Seen<'_> {
    /// Whether a rule selected it although it has no event time, so that it counts in no period.
    pub fn lacks_time(&self) -> bool {
        self.selected
            .as_ref()
            .is_some_and(|selected| selected.event_time.is_none())
    }
}

impl Head {
    pub(super) fn new(projection: &mut Projection) -> Self {
        Self {
            event_time: projection.add(["eventTime"]),
            recipient_account: projection.add(["recipientAccountId"]),
            caller_account: projection.add(["userIdentity", "accountId"]),
            region: projection.add(["awsRegion"]),
            event_source: projection.add(["eventSource"]),
            event_name: projection.add(["eventName"]),
            read_only: projection.add(["readOnly"]),
        }
    }

    /// The slots, with the account of the caller or without, who only tells whose a record is where
    /// nothing else does.
    pub(super) fn slots(&self, has_caller: bool) -> impl Iterator<Item = usize> {
        let caller = has_caller.then_some(self.caller_account);
        let others = [
            self.event_time,
            self.recipient_account,
            self.region,
            self.event_source,
        ];
        others
            .into_iter()
            .chain([self.event_name, self.read_only])
            .chain(caller)
    }
}

/// How much of a record must be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// All that the rules name.
    Whole,
    /// Only what is counted of every record, since no rule can select it.
    Head,
}

impl Plan {
    /// How much of the records in `content` must be read. The records stand in it as they are or
    /// within JSON strings.
    ///
    /// It is looked through only where every record would be taken apart: what rules ask of fields
    /// of the record itself costs no more.
    pub fn depth(&self, content: &str) -> Depth {
        let is_needed = || self.filters.iter().any(|filter| filter.may_match(content));
        if !self.candidates.always_deep() || is_needed() {
            Depth::Whole
        } else {
            Depth::Head
        }
    }

    /// Looks at the JSON text of one record, to the depth that its content was found to need.
    ///
    /// The account and region of a record are those of the trail that delivered it, as the key of
    /// its object says; where the key says nothing, those that the record names.
    pub fn observe<'t>(
        &self,
        text: &'t str,
        place: &RecordLocation<'_>,
        depth: Depth,
    ) -> Observation<'t> {
        let projection = match depth {
            Depth::Whole => &self.reading.whole,
            Depth::Head => self.reading.head.projection(place.key.account.is_some()),
        };
        match projection.read(text) {
            Ok(slots) => {
                let chosen = self.chosen(&slots, depth);
                self.observe_slots(&slots, place, &chosen)
            }
            Err(error) => Observation::Unparseable(error.to_string()),
        }
    }

    /// The same of a record whose members are known already.
    pub fn observe_members<'a>(
        &self,
        text: &'a str,
        members: Members<'a, '_>,
        place: &RecordLocation<'_>,
        depth: Depth,
    ) -> Observation<'a> {
        let stage = match depth {
            Depth::Whole => &self.reading.choice,
            Depth::Head => &self.reading.head,
        };
        let slots = stage
            .projection(place.key.account.is_some())
            .read_members(text, members);
        let chosen = self.chosen(&slots, depth);
        if chosen.has_more {
            return self.observe_slots(
                &self.reading.whole.read_members(text, members),
                place,
                &chosen,
            );
        }
        self.observe_slots(&slots, place, &chosen)
    }

    /// The rules that could select a record.
    fn chosen(&self, slots: &Slots<'_>, depth: Depth) -> Chosen {
        match depth {
            Depth::Whole => self.candidates.of(slots),
            Depth::Head => Chosen::default(),
        }
    }

    fn observe_slots<'t>(
        &self,
        slots: &Slots<'t>,
        place: &RecordLocation<'_>,
        chosen: &Chosen,
    ) -> Observation<'t> {
        let text = slots.text();
        let event_time = slots
            .string(self.head.event_time)
            .and_then(|time| event_time(&time));
        if event_time.is_some_and(|time| !self.observed_range.contains(time)) {
            return Observation::Excluded;
        }
        let account = place
            .key
            .account
            .is_none()
            .then(|| self.account(slots))
            .flatten();
        let region = place
            .key
            .region
            .is_none()
            .then(|| slots.string(self.head.region))
            .flatten();
        let known_account = place.key.account.as_deref().or(account.as_deref());
        let known_region = place.key.region.as_deref().or(region.as_deref());
        if !is_wanted(&self.selection.accounts, known_account)
            || !is_wanted(&self.selection.regions, known_region)
        {
            return Observation::Excluded;
        }
        let source = slots.string(self.head.event_source);
        let name = slots.string(self.head.event_name);
        let mut seen = Seen {
            is_inside: event_time.is_none_or(|time| self.selection.range.contains(time)),
            event_time,
            log_time: place.log_time,
            account,
            region,
            activity: Activity {
                kms: u64::from(source.as_deref() == Some(KMS)),
                reads: self.reads(slots),
            },
            selected: None,
            lifecycle: None,
            ambiguous: Vec::new(),
        };
        if let Some(step) = source
            .zip(name)
            .and_then(|(source, name)| Step::from_event(&source, &name))
        {
            seen.lifecycle = Some(Box::new(kept(
                step,
                text,
                &Record::from_accepted(text),
                place,
            )));
        }
        if !chosen.rules.is_empty() {
            seen.selected = self.select(slots, place, &chosen.rules);
            seen.ambiguous = self.among(&chosen.rules, |filter| filter.is_ambiguous(slots));
        }
        Observation::Seen(seen)
    }

    /// The numbers of the rules among these whose filter is as asked.
    fn among(
        &self,
        candidates: &[usize],
        is_asked: impl Fn(&CompiledFilter) -> bool,
    ) -> Vec<usize> {
        let is_asked = |rule: &usize| self.filters.get(*rule).is_some_and(&is_asked);
        candidates.iter().copied().filter(is_asked).collect()
    }

    /// Counts a record for the rules that did not select it and whose filter has a default value:
    /// one sample each, in the minute of the event (sources, M7).
    pub fn tally_defaults(&self, seen: &Seen<'_>, key: &ObjectKey, tally: &mut Tally) {
        let Some(event_time) = seen.event_time.filter(|_| self.publishes_defaults) else {
            return;
        };
        let times = Times {
            event: event_time,
            delivered: key.delivery_time,
            logged: seen.log_time,
        };
        let minute = MetricFilter::minute(self.selection.clock.time(times));
        let selected = |rule: usize| {
            seen.selected
                .as_ref()
                .is_some_and(|selected| selected.by(rule).is_some())
        };
        let defaults = if seen.is_inside {
            &mut tally.defaults
        } else {
            &mut tally.earlier_defaults
        };
        for (number, rule) in self.rules.iter().enumerate() {
            if rule.filter.default_value.is_some() && !selected(number) {
                defaults.add(number, minute);
            }
        }
    }

    /// One for a call that only reads.
    fn reads(&self, slots: &Slots<'_>) -> u64 {
        u64::from(matches!(
            slots.get(self.head.read_only),
            Some("true" | "\"true\"")
        ))
    }

    fn account<'t>(&self, slots: &Slots<'t>) -> Option<Cow<'t, str>> {
        let recipient = slots.string(self.head.recipient_account);
        recipient.or_else(|| slots.string(self.head.caller_account))
    }

    fn select(
        &self,
        slots: &Slots<'_>,
        place: &RecordLocation<'_>,
        candidates: &[usize],
    ) -> Option<Box<Selected>> {
        let rules = self.among(candidates, |filter| filter.matches(slots));
        if rules.is_empty() {
            return None;
        }
        let record = Record::from_accepted(slots.text());
        let unseen = never_logged(slots.text(), &record);
        let measured = |rule: usize| {
            let measured = self.filters.get(rule)?.measure(slots);
            Some(Match {
                rule,
                measured: unseen.map_or(measured, Err),
            })
        };
        let matches = rules.into_iter().filter_map(measured).collect();
        Some(Box::new(kept(matches, slots.text(), &record, place)))
    }
}

/// Whether a value was asked for. Where nothing was named, everything was.
fn is_wanted(set: &BTreeSet<String>, value: Option<&str>) -> bool {
    set.is_empty() || value.is_some_and(|value| set.contains(value))
}

fn kept<Why>(why: Why, text: &str, record: &Record<'_>, place: &RecordLocation<'_>) -> Kept<Why> {
    Kept {
        why,
        event_time: record.event_time(),
        delivery_time: place.key.delivery_time,
        log_time: place.log_time,
        event_id: record.event_id(),
        origin: place.origin(),
        evidence: Evidence::from_record(record),
        json: text.into(),
    }
}

/// Why CloudWatch Logs never has a record: CloudTrail sends none of more than 256 KB (quotas of
/// CloudTrail), and none of network activity.
fn never_logged(text: &str, record: &Record<'_>) -> Option<NoSample> {
    if text.len() > LOGGED_LIMIT_BYTES {
        return Some(NoSample::RecordTooLarge);
    }
    let category = record.text(&["eventCategory"]);
    (category.as_deref() == Some("NetworkActivity")).then_some(NoSample::NetworkActivity)
}
