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
/// Its members are read when they are requested: most records of an archive may be such calls, and
/// of those beyond the limit of a scan nothing more is read than the resource.
#[derive(Clone)]
pub struct UsedRecord<'t> {
    /// The call.
    pub call: UseCall,
    /// The account whose trail delivered the record.
    pub account: Option<CompactString>,
    /// The region of the trail.
    pub region: Option<CompactString>,
    /// The members of the record.
    pub members: RecordMembers<'t>,
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
    /// Returns the texts of the values of these members of the record.
    pub(super) fn values<const N: usize>(&self, names: [&str; N]) -> [Option<&'t str>; N] {
        self.members.values(names)
    }

    /// Returns whether the call is a use. Of a call that is not, only the error is read.
    pub fn is_use(&self) -> bool {
        if self.call.kind != UseKind::Other {
            return true;
        }
        let [code, message] = self.values(["errorCode", "errorMessage"]);
        self.outcome(code, message).is_some()
    }

    /// Returns the outcome and the caller; `None` if the call is not a use.
    pub fn facts(&self) -> Option<UseFacts<'t>> {
        let [code, message, identity, address, agent] = self.values([
            "errorCode",
            "errorMessage",
            "userIdentity",
            "sourceIPAddress",
            "userAgent",
        ]);
        Some(UseFacts {
            outcome: self.outcome(code, message)?,
            principal: identity.and_then(caller),
            source_ip_address: address.and_then(text),
            user_agent: agent.and_then(text),
        })
    }

    fn outcome(&self, code: Option<&str>, message: Option<&str>) -> Option<UseOutcome> {
        let (code, message) = (code.and_then(text), message.and_then(text));
        let outcome = UseOutcome::from_error(code.as_deref(), message.as_deref());
        match (self.call.kind, outcome) {
            (UseKind::Batch, UseOutcome::Succeeded) => Some(UseOutcome::Unknown),
            (UseKind::Other, UseOutcome::PendingDeletion) => Some(outcome),
            (UseKind::Other, _) => None,
            _ => Some(outcome),
        }
    }
}

// The members of a record are known or not, depending on the way in which it was found. What they
// say is the same in either case.
impl PartialEq for UsedRecord<'_> {
    fn eq(&self, other: &Self) -> bool {
        let place = |record: &Self| (record.call, record.account.clone(), record.region.clone());
        place(self) == place(other)
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
