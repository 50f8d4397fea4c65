//! A caller in a finding.

use std::cmp::Reverse;

use jiff::Timestamp;

use crate::cloudtrail::lifecycle::{Phase, ResourceKind};
use crate::cloudtrail::usage::UseService;

use crate::report::story::{Missed, StoryCaller};

/// Calls of one caller, with one program from one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingCaller<'a> {
    /// The accountable identity.
    pub principal: Option<&'a str>,
    /// The address of the caller.
    pub source_ip_address: Option<&'a str>,
    /// The program of the caller.
    pub user_agent: Option<&'a str>,
    /// The service that was called, as in `kms.amazonaws.com`.
    pub event_source: Option<&'a str>,
    /// The call, as in `GetSecretValue`.
    pub event_name: Option<&'a str>,
    /// The error code, if each of the calls has the same one.
    pub error_code: Option<&'a str>,
    /// The outcome, in a story.
    pub outcome: Option<&'static str>,
    /// The phase of the deletion, in a story.
    pub phase: Option<Phase>,
    /// The reason for which AWS's metric does not count the calls.
    pub missed: Option<Missed>,
    /// The first of the calls.
    pub first: Option<Timestamp>,
    /// The last of them.
    pub last: Option<Timestamp>,
    /// The number of calls.
    pub calls: u64,
}

impl<'a> FindingCaller<'a> {
    pub(super) fn from_story(kind: ResourceKind, caller: &'a StoryCaller) -> Self {
        Self {
            principal: caller.principal.as_deref(),
            source_ip_address: caller.source_ip_address.as_deref(),
            user_agent: caller.user_agent.as_deref(),
            event_source: Some(event_source(kind)),
            event_name: Some(&caller.event_name),
            error_code: None,
            outcome: Some(caller.outcome.name()),
            phase: Some(caller.phase),
            missed: caller.missed,
            first: caller.first,
            last: caller.last,
            calls: caller.count,
        }
    }

    /// Adds a call at a time.
    pub(super) fn add_call(&mut self, at: Option<Timestamp>) {
        self.first = [self.first, at].into_iter().flatten().min();
        self.last = self.last.max(at);
        self.calls += 1;
    }
}

/// Sorts callers: those with most calls first, of these the earliest.
pub(super) fn sort(callers: &mut [FindingCaller<'_>]) {
    // The sort is stable, so the rest of the order is that in which they come.
    callers.sort_by_key(|caller| (Reverse(caller.calls), caller.first));
}

fn event_source(kind: ResourceKind) -> &'static str {
    let service = match kind {
        ResourceKind::Secret => UseService::SecretsManager,
        ResourceKind::Key => UseService::Kms,
        ResourceKind::CertificateAuthority => UseService::PrivateCa,
        ResourceKind::PaymentKey => UseService::PaymentCryptography,
    };
    service.event_source()
}
