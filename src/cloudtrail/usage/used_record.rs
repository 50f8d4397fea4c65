//! A record of a call that may use a secret or key.

use std::borrow::Cow;

use compact_str::CompactString;

use super::call::{UseCall, UseKind};
use super::caller::caller;
use super::outcome::UseOutcome;
use super::resource::text;
use crate::json::RecordMembers;

/// A record of a call that may use a secret or key.
///
/// Its members are read when they are requested: most records of an archive may be such calls, and
/// of those beyond the limit of a scan nothing more is read than the resource.
#[derive(Clone, Debug)]
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

/// The address and the program of a caller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client<'t> {
    /// The address, as in `192.0.2.1`, or the name of a service.
    pub source_ip_address: Option<Cow<'t, str>>,
    /// The program.
    pub user_agent: Option<Cow<'t, str>>,
}

impl<'t> UsedRecord<'t> {
    /// Returns the texts of the values of these members of the record.
    pub(super) fn values<const N: usize>(&self, names: [&str; N]) -> [Option<&'t str>; N] {
        self.members.values(names)
    }

    /// Returns the outcome of the use; `None` if the call is not a use.
    pub fn outcome(&self) -> Option<UseOutcome> {
        let [code, message] = self.values(["errorCode", "errorMessage"]);
        let (code, message) = (code.and_then(text), message.and_then(text));
        let outcome = UseOutcome::from_error(code.as_deref(), message.as_deref());
        match (self.call.kind, outcome) {
            (UseKind::Batch, UseOutcome::Succeeded) => Some(UseOutcome::Unknown),
            (UseKind::Other, UseOutcome::PendingDeletion) => Some(outcome),
            (UseKind::Other, _) => None,
            _ => Some(outcome),
        }
    }

    /// Returns the accountable identity, as
    /// [`Record::principal`](crate::cloudtrail::record::Record::principal) does.
    pub fn principal(&self) -> Option<Cow<'t, str>> {
        let [identity] = self.values(["userIdentity"]);
        caller(identity?)
    }

    /// Returns the address and the program of the caller.
    pub fn client(&self) -> Client<'t> {
        let [address, agent] = self.values(["sourceIPAddress", "userAgent"]);
        Client {
            source_ip_address: address.and_then(text),
            user_agent: agent.and_then(text),
        }
    }
}

// The members of a record are known or not, depending on the way in which it was found, and the
// same use was made in either case.
impl PartialEq for UsedRecord<'_> {
    fn eq(&self, other: &Self) -> bool {
        let place = |record: &Self| (record.call, record.account.clone(), record.region.clone());
        place(self) == place(other)
            && self.outcome() == other.outcome()
            && self.resources() == other.resources()
            && self.principal() == other.principal()
            && self.client() == other.client()
    }
}
