//! The head of a record: the fields that are read of every one.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::cloudtrail::record::event_time;
use crate::pattern::{Projection, Slots};

/// The slots of the fields that are read of every record.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeadSlots {
    event_time: usize,
    recipient_account: usize,
    caller_account: usize,
    region: usize,
    event_source: usize,
    event_name: usize,
    read_only: usize,
    /// The category of the event; read only for default values, of which it decides.
    event_category: Option<usize>,
}

impl HeadSlots {
    pub(super) fn new(projection: &mut Projection) -> Self {
        Self {
            event_time: projection.add(["eventTime"]),
            recipient_account: projection.add(["recipientAccountId"]),
            caller_account: projection.add(["userIdentity", "accountId"]),
            region: projection.add(["awsRegion"]),
            event_source: projection.add(["eventSource"]),
            event_name: projection.add(["eventName"]),
            read_only: projection.add(["readOnly"]),
            event_category: None,
        }
    }

    /// Returns the same slots with that of the event's category.
    pub(super) fn with_event_category(self, projection: &mut Projection) -> Self {
        Self {
            event_category: Some(projection.add(["eventCategory"])),
            ..self
        }
    }

    /// Returns the slots, with or without that of the caller's account. It is the only one that
    /// does not belong to a member of the record itself, so reading it costs more than the others,
    /// and only records whose object names no account need it.
    pub(super) fn slots(&self, has_caller: bool) -> impl Iterator<Item = usize> {
        let members = [
            self.event_time,
            self.recipient_account,
            self.region,
            self.event_source,
            self.event_name,
            self.read_only,
        ];
        let caller = has_caller.then_some(self.caller_account);
        members.into_iter().chain(caller).chain(self.event_category)
    }

    /// Returns true if an object has none of the members that make it a record.
    #[inline]
    pub(super) fn is_no_record(&self, slots: &Slots<'_>) -> bool {
        let members = [self.event_time, self.event_source, self.event_name];
        members.into_iter().all(|slot| slots.get(slot).is_none())
    }

    #[inline]
    pub(super) fn event_time(&self, slots: &Slots<'_>) -> Option<Timestamp> {
        let text = slots.string(self.event_time)?;
        event_time(&text)
    }

    /// Returns true if there is a value in the place of the event time, whether it is a time or
    /// not.
    #[inline]
    pub(super) fn has_event_time(&self, slots: &Slots<'_>) -> bool {
        slots
            .get(self.event_time)
            .is_some_and(|value| value != "null")
    }

    /// Returns the account that a record names: the recipient or, without one, the caller's.
    #[inline]
    pub(super) fn account<'t>(&self, slots: &Slots<'t>) -> Option<Cow<'t, str>> {
        self.recipient(slots).or_else(|| self.caller_account(slots))
    }

    #[inline]
    pub(super) fn recipient<'t>(&self, slots: &Slots<'t>) -> Option<Cow<'t, str>> {
        slots.string(self.recipient_account)
    }

    #[inline]
    pub(super) fn caller_account<'t>(&self, slots: &Slots<'t>) -> Option<Cow<'t, str>> {
        slots.string(self.caller_account)
    }

    #[inline]
    pub(super) fn region<'t>(&self, slots: &Slots<'t>) -> Option<Cow<'t, str>> {
        slots.string(self.region)
    }

    #[inline]
    pub(super) fn event_source<'t>(&self, slots: &Slots<'t>) -> Option<Cow<'t, str>> {
        slots.string(self.event_source)
    }

    #[inline]
    pub(super) fn event_name<'t>(&self, slots: &Slots<'t>) -> Option<Cow<'t, str>> {
        slots.string(self.event_name)
    }

    /// Returns the category of the event, if it is read.
    pub(super) fn event_category<'t>(&self, slots: &Slots<'t>) -> Option<Cow<'t, str>> {
        slots.string(self.event_category?)
    }

    /// Returns true for a call that only reads.
    #[inline]
    pub(super) fn is_read_only(&self, slots: &Slots<'_>) -> bool {
        // Some pipelines write every value as a string.
        matches!(slots.get(self.read_only), Some("true" | "\"true\""))
    }
}
