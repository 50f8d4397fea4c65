//! Observing one record: does it count, and which rules select it?

use std::borrow::Cow;
use std::sync::Arc;

use compact_str::CompactString;
use jiff::Timestamp;
use smallvec::SmallVec;

use super::candidates::Chosen;
use super::clock::Times;
use super::compiled::Plan;
use super::head::HeadSlots;
use super::observation::{Observation, RecordLocation};
use crate::alarm::{AlarmGroup, AlarmScope};
use crate::cloudtrail::evidence::Evidence;
use crate::cloudtrail::key::ObjectKey;
use crate::cloudtrail::lifecycle::{Deletion, Names, Step};
use crate::cloudtrail::place::{known_account, known_region};
use crate::cloudtrail::record::Record;
use crate::cloudtrail::usage::{UseCall, UseService, UsedMembers, UsedRecord};
use crate::findings::{
    KeptRecord, LifecycleRecord, Match, MatchedRecord, PublishedDefaults, SeenRecord,
};
use crate::json::{Members, RecordMembers};
use crate::metric::{CompiledFilter, MetricFilter, NoSample};
use crate::pattern::Slots;

/// The largest record that CloudTrail sends to CloudWatch Logs, in bytes of JSON (CloudTrail user
/// guide, "Quotas in AWS CloudTrail").
const LOGGED_LIMIT_BYTES: usize = 256 << 10;

/// The reason why an object is not a record.
const NOT_A_RECORD: &str = "it has no eventTime, eventSource or eventName";

/// The depth to which a record must be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// All fields that the rules name.
    Whole,
    /// Only the fields that are counted, since no rule can select the record.
    Head,
}

impl Plan {
    /// Returns the depth to which the records in `content` must be read. The content holds them as
    /// they are or within JSON strings.
    pub fn depth(&self, content: &str) -> Depth {
        // Searching the content pays only if it spares taking every record apart. Rules that look
        // at members of the record itself are ruled out by the choice, which costs no more.
        if !self.candidates.always_deep() {
            return Depth::Whole;
        }
        match self.filters.iter().any(|filter| filter.may_match(content)) {
            true => Depth::Whole,
            false => Depth::Head,
        }
    }

    /// Observes a record, given as JSON text, to the depth that its content needs.
    ///
    /// A record is selected by the account and region of the trail that delivered it, which the key
    /// of its object names; if the key does not, by those that the record names.
    pub fn observe<'t>(
        &self,
        text: &'t str,
        location: &RecordLocation<'_>,
        depth: Depth,
    ) -> Observation<'t> {
        // Parsing the text costs far more than keeping a few fields, so there is no choice first.
        let projection = match depth {
            Depth::Whole => &self.stages.whole,
            Depth::Head => self.stages.head.projection(location.key.account.is_some()),
        };
        match projection.read(text) {
            Ok(slots) => {
                let chosen = self.choose(&slots, depth);
                let members = RecordMembers::Text(text);
                self.observe_slots(&slots, members, location, &chosen)
            }
            Err(error) => Observation::Unparseable(error.to_string()),
        }
    }

    /// Observes a record whose members are known already.
    pub fn observe_members<'a>(
        &self,
        text: &'a str,
        members: Members<'a, 'a>,
        location: &RecordLocation<'_>,
        depth: Depth,
    ) -> Observation<'a> {
        let stage = match depth {
            Depth::Whole => &self.stages.choice,
            Depth::Head => &self.stages.head,
        };
        let projection = stage.projection(location.key.account.is_some());
        // The members are known, so reading more of them later costs little, and reading few first
        // spares most records the rest.
        let slots = projection.read_members(text, members);
        let chosen = self.choose(&slots, depth);
        if chosen.has_more {
            let slots = self.stages.whole.read_members(text, members);
            return self.observe_slots(&slots, RecordMembers::Known(members), location, &chosen);
        }
        self.observe_slots(&slots, RecordMembers::Known(members), location, &chosen)
    }

    /// Returns the rules that could select a record.
    #[inline]
    fn choose(&self, slots: &Slots<'_>, depth: Depth) -> Chosen {
        match depth {
            Depth::Whole => self.candidates.choose(slots),
            Depth::Head => Chosen::default(),
        }
    }

    fn observe_slots<'t>(
        &self,
        slots: &Slots<'t>,
        members: RecordMembers<'t>,
        location: &RecordLocation<'_>,
        chosen: &Chosen,
    ) -> Observation<'t> {
        if self.head.is_no_record(slots) {
            return Observation::Unparseable(NOT_A_RECORD.to_owned());
        }
        // A record without an event time cannot be outside of the range. It is kept, and reported
        // as a problem if a rule selects it.
        let event_time = self.head.event_time(slots);
        if event_time.is_some_and(|time| !self.observed_range.contains(time)) {
            return Observation::Excluded;
        }
        let named = NamedPlace::new(&self.head, slots, location.key);
        if !self.includes(&named, location.key) {
            return Observation::Excluded;
        }
        let mut seen = self.seen(slots, event_time, named);
        // Few records are of services that keep secrets or keys, so the others are ruled out first.
        let service = seen.event_source.as_deref();
        if let Some(service) = service.and_then(UseService::from_event_source) {
            seen.lifecycle = lifecycle(&seen, service, slots, location);
            seen.used = self.used(service, slots, members, location);
        }
        if !chosen.rules.is_empty() {
            seen.matched = self.select(slots, location, &chosen.rules);
            seen.ambiguous = self.rules_where(&chosen.rules, |filter| filter.is_ambiguous(slots));
        }
        if self.publishes_defaults {
            seen.defaults = self.defaults(&seen, slots, location);
        }
        Observation::Seen(seen)
    }

    /// Returns true if records of a place are requested.
    #[inline]
    fn includes(&self, named: &NamedPlace<'_>, key: &ObjectKey) -> bool {
        self.selection
            .includes(named.account(key), named.region(key))
    }

    /// Returns what is counted of every record, whichever rules select it.
    #[inline]
    fn seen<'t>(
        &self,
        slots: &Slots<'t>,
        event_time: Option<Timestamp>,
        named: NamedPlace<'t>,
    ) -> SeenRecord<'t> {
        SeenRecord {
            is_inside: event_time.is_none_or(|time| self.selection.range.contains(time)),
            event_time,
            is_time_unreadable: event_time.is_none() && self.head.has_event_time(slots),
            account: named.account,
            region: named.region,
            event_source: self.head.event_source(slots),
            event_name: self.head.event_name(slots),
            is_read_only: self.head.is_read_only(slots),
            matched: None,
            lifecycle: None,
            used: None,
            defaults: None,
            ambiguous: Vec::new(),
        }
    }

    /// Keeps a record that at least one of the candidates selects.
    fn select(
        &self,
        slots: &Slots<'_>,
        location: &RecordLocation<'_>,
        candidates: &[usize],
    ) -> Option<Box<MatchedRecord>> {
        // Candidates are checked by the whole pattern. Gates and sieves only rule out.
        let rules = self.rules_where(candidates, |filter| filter.matches(slots));
        if rules.is_empty() {
            return None;
        }
        // A record is parsed as a whole only now, since nearly all records stop before.
        let record = Record::from_accepted(slots.text());
        let category = record.text(&["eventCategory"]);
        let matches = match never_logged(slots.text(), category.as_deref()) {
            Some(reason) => unmeasured(&rules, reason),
            None => self.measure(&rules, slots),
        };
        let record = keep(slots.text(), &record, location);
        Some(Box::new(MatchedRecord { matches, record }))
    }

    fn measure(&self, rules: &[usize], slots: &Slots<'_>) -> Vec<Match> {
        let rules = rules.iter();
        let filters = rules.filter_map(|&rule| Some((rule, self.filters.get(rule)?)));
        let matches = filters.map(|(rule, filter)| Match {
            rule,
            measured: filter.measure(slots),
        });
        matches.collect()
    }

    /// Returns the candidates whose filter meets a condition.
    #[inline]
    fn rules_where(
        &self,
        candidates: &[usize],
        condition: impl Fn(&CompiledFilter) -> bool,
    ) -> Vec<usize> {
        let is_met = |rule: &usize| self.filters.get(*rule).is_some_and(&condition);
        candidates.iter().copied().filter(is_met).collect()
    }

    /// Returns the default values that a record publishes: one sample for each rule that has such
    /// a value, looks at the record and did not select it, in the minute of the event (sources,
    /// M7). A record that no log group receives publishes none.
    fn defaults(
        &self,
        seen: &SeenRecord<'_>,
        slots: &Slots<'_>,
        location: &RecordLocation<'_>,
    ) -> Option<PublishedDefaults> {
        let times = Times {
            event: seen.event_time?,
            delivered: location.key.delivery_time,
            logged: location.log_time,
        };
        let category = self.head.event_category(slots);
        if never_logged(slots.text(), category.as_deref()).is_some() {
            return None;
        }
        let mut rules = SmallVec::new();
        for (number, filter) in self.filters.iter().enumerate() {
            // The fields that criteria read are those of the head, which every stage reads.
            if filter.has_default() && !seen.is_selected_by(number) && filter.selects(slots) {
                rules.push(number);
            }
        }
        let minute = MetricFilter::minute(self.selection.clock.time(times));
        Some(PublishedDefaults {
            minute,
            group: self.group(slots, location).map(Arc::new),
            rules,
        })
    }
}

/// The account and region that a record names, each only where the key of its object names none.
struct NamedPlace<'t> {
    account: Option<Cow<'t, str>>,
    region: Option<Cow<'t, str>>,
}

impl<'t> NamedPlace<'t> {
    #[inline]
    fn new(head: &HeadSlots, slots: &Slots<'t>, key: &ObjectKey) -> Self {
        Self {
            account: match key.account {
                Some(_) => None,
                None => head.account(slots),
            },
            region: match key.region {
                Some(_) => None,
                None => head.region(slots),
            },
        }
    }

    /// Returns the account that the key or the record names.
    #[inline]
    fn account<'a>(&'a self, key: &'a ObjectKey) -> Option<&'a str> {
        key.account.as_deref().or(self.account.as_deref())
    }

    /// Returns the region that the key or the record names.
    #[inline]
    fn region<'a>(&'a self, key: &'a ObjectKey) -> Option<&'a str> {
        key.region.as_deref().or(self.region.as_deref())
    }
}

impl Plan {
    /// Returns the group of alarms that sees a record, unless one group sees everything.
    fn group(&self, slots: &Slots<'_>, location: &RecordLocation<'_>) -> Option<AlarmGroup> {
        let scope = self.selection.alarm_scope;
        if scope == AlarmScope::Archive {
            return None;
        }
        let [account, region] = self.place(slots, location);
        Some(scope.group(account.as_deref(), region.as_deref()))
    }

    /// Keeps the members of a record of a call that may use a secret or key.
    #[inline]
    fn used<'t>(
        &self,
        service: UseService,
        slots: &Slots<'t>,
        members: RecordMembers<'t>,
        location: &RecordLocation<'_>,
    ) -> Option<UsedRecord<'t>> {
        let event_name = self.head.event_name(slots)?;
        let [account, region] = self.place(slots, location);
        Some(UsedRecord {
            call: UseCall::new(service, &event_name),
            account,
            region,
            members: UsedMembers::new(members),
        })
    }

    /// Returns the account and region that recorded an event.
    fn place(
        &self,
        slots: &Slots<'_>,
        location: &RecordLocation<'_>,
    ) -> [Option<CompactString>; 2] {
        let recipient = self.head.recipient(slots);
        // Where the key names an account, the slot of the caller's is not read.
        let caller = self.head.caller_account(slots);
        let own_region = self.head.region(slots);
        let account = known_account(recipient.as_deref(), location.key, caller.as_deref());
        let region = known_region(own_region.as_deref(), location.key);
        [account, region].map(|name| name.map(Into::into))
    }
}

fn unmeasured(rules: &[usize], reason: NoSample) -> Vec<Match> {
    let matched = |&rule: &usize| Match {
        rule,
        measured: Err(reason),
    };
    rules.iter().map(matched).collect()
}

/// Keeps a record that is a step of the lifecycle of a secret or key.
#[inline]
fn lifecycle(
    seen: &SeenRecord<'_>,
    service: UseService,
    slots: &Slots<'_>,
    location: &RecordLocation<'_>,
) -> Option<Box<LifecycleRecord>> {
    let step = Step::from_call(service, seen.event_name.as_deref()?)?;
    let record = Record::from_accepted(slots.text());
    Some(Box::new(LifecycleRecord {
        step,
        deletion: Deletion::from_record(step, &record),
        names: Names::from_record(&record),
        record: keep(slots.text(), &record, location),
    }))
}

/// Keeps a record with its evidence.
fn keep(text: &str, record: &Record<'_>, location: &RecordLocation<'_>) -> KeptRecord {
    KeptRecord {
        event_time: record.event_time(),
        delivery_time: location.key.delivery_time,
        log_time: location.log_time,
        event_id: record.event_id(),
        origin: location.origin(),
        evidence: Evidence::from_record(record),
        json: text.into(),
    }
}

/// Returns the reason for which CloudTrail does not send a record of a category to CloudWatch Logs,
/// if it does not: it is too large, or a network activity event.
fn never_logged(text: &str, event_category: Option<&str>) -> Option<NoSample> {
    if text.len() > LOGGED_LIMIT_BYTES {
        return Some(NoSample::RecordTooLarge);
    }
    (event_category == Some("NetworkActivity")).then_some(NoSample::NetworkActivity)
}
