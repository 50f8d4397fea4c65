//! A record of a call that may use a secret or key.

use std::borrow::Cow;
use std::fmt;

use compact_str::CompactString;

use super::call::{UseCall, UseKind};
use super::caller::caller;
use super::outcome::UseOutcome;
use super::raw::text;
use crate::json::RecordMembers;

/// A record of a call that may use a secret or key.
///
/// Its members are taken apart when they are requested: most records of an archive may be such
/// calls, and of those beyond the limit of a scan nothing more is read than the resource.
#[derive(Clone)]
pub struct UsedRecord<'t> {
    /// The call.
    pub call: UseCall,
    /// The account that recorded the call.
    pub account: Option<CompactString>,
    /// The region of that.
    pub region: Option<CompactString>,
    /// The members of the record that say who used what.
    pub members: UsedMembers<'t>,
}

/// The texts of the members of a record that say who used what, and how that was answered.
#[derive(Clone, Copy, Debug, Default)]
pub struct UsedMembers<'t> {
    pub(super) error_code: Option<&'t str>,
    pub(super) error_message: Option<&'t str>,
    pub(super) identity: Option<&'t str>,
    pub(super) source_ip_address: Option<&'t str>,
    pub(super) user_agent: Option<&'t str>,
    pub(super) resources: Option<&'t str>,
    pub(super) request_parameters: Option<&'t str>,
}

impl<'t> UsedMembers<'t> {
    /// Returns those of a record.
    #[inline]
    pub fn new(record: RecordMembers<'t>) -> Self {
        let mut members = Self::default();
        record.visit(|name, value| members.set(name, value));
        members
    }

    // One pass, with a match that compares lengths first: such records may be most of an archive.
    #[inline]
    fn set(&mut self, name: &[u8], value: &'t str) {
        let member = match name {
            b"errorCode" => &mut self.error_code,
            b"errorMessage" => &mut self.error_message,
            b"userIdentity" => &mut self.identity,
            b"sourceIPAddress" => &mut self.source_ip_address,
            b"userAgent" => &mut self.user_agent,
            b"resources" => &mut self.resources,
            b"requestParameters" => &mut self.request_parameters,
            _ => return,
        };
        *member = Some(value);
    }
}

/// The outcome of a use and its caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UseFacts<'t> {
    /// The outcome.
    pub outcome: UseOutcome,
    /// The accountable identity, as
    /// [`Record::principal`](crate::cloudtrail::record::Record::principal) returns it.
    pub principal: Option<Cow<'t, str>>,
    /// The address, as in `192.0.2.1`, or the name of a service.
    pub source_ip_address: Option<Cow<'t, str>>,
    /// The program of the caller.
    pub user_agent: Option<Cow<'t, str>>,
}

impl<'t> UsedRecord<'t> {
    /// Returns whether the call is a use. Of a call that is not, only the error is read.
    pub fn is_use(&self) -> bool {
        self.call.kind != UseKind::Other || self.outcome().is_some()
    }

    /// Returns the outcome and the caller; `None` if the call is not a use.
    pub fn facts(&self) -> Option<UseFacts<'t>> {
        let members = &self.members;
        Some(UseFacts {
            outcome: self.outcome()?,
            principal: members.identity.and_then(caller),
            source_ip_address: members.source_ip_address.and_then(text),
            user_agent: members.user_agent.and_then(text),
        })
    }

    fn outcome(&self) -> Option<UseOutcome> {
        let code = self.members.error_code.and_then(text);
        let message = self.members.error_message.and_then(text);
        let outcome = UseOutcome::from_error(code.as_deref(), message.as_deref());
        match (self.call.kind, outcome) {
            // A batch succeeds even if some of its secrets were refused.
            (UseKind::Batch, UseOutcome::Succeeded) => Some(UseOutcome::Unknown),
            // Whatever was called, this refusal shows that the deletion was pending.
            (UseKind::Other, UseOutcome::PendingDeletion) => Some(outcome),
            (UseKind::Other, _) => None,
            _ => Some(outcome),
        }
    }
}

impl UsedRecord<'_> {
    /// Returns the call, and the account and region that recorded it.
    fn place(&self) -> (UseCall, Option<&str>, Option<&str>) {
        let (account, region) = (self.account.as_deref(), self.region.as_deref());
        (self.call, account, region)
    }
}

// The members of a record are known or not, depending on the way in which it was found. What they
// say is the same in either case.
impl PartialEq for UsedRecord<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.place() == other.place()
            && self.resources() == other.resources()
            && self.facts() == other.facts()
    }
}

impl fmt::Debug for UsedRecord<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("UsedRecord")
            .field("call", &self.call)
            .field("account", &self.account)
            .field("region", &self.region)
            .field("resources", &self.resources())
            .field("facts", &self.facts())
            .finish()
    }
}
