//! The refused calls that AWS's metrics count, and the reasons for which they miss others.

use crate::cloudtrail::lifecycle::{Phase, ResourceKind};
use crate::cloudtrail::usage::{UseOutcome, UseService};
use crate::report::story::Missed;
use crate::report::{Attempt, RuleReport};

/// The text that AWS's filter for secrets looks for, in `GetSecretValue` only.
const SECRET_TEXT: &str = "secret because it was marked for deletion";

/// The text that AWS's filter for keys looks for, at the end of the message.
const KEY_TEXT: &str = " is pending deletion.";

/// Returns the kind of thing that a service keeps.
pub(super) fn kind(service: UseService) -> ResourceKind {
    match service {
        UseService::SecretsManager => ResourceKind::Secret,
        UseService::Kms => ResourceKind::Key,
        UseService::PrivateCa => ResourceKind::CertificateAuthority,
        UseService::PaymentCryptography => ResourceKind::PaymentKey,
    }
}

/// Returns the reason for which AWS's metric does not count a record; `None` if it does.
pub(super) fn missed_record(kind: ResourceKind, attempt: &Attempt) -> Option<Missed> {
    let evidence = &attempt.event.evidence;
    let message = evidence.text("error_message").unwrap_or_default();
    let has_text = match kind {
        ResourceKind::Secret => message.contains(SECRET_TEXT),
        ResourceKind::Key => message.ends_with(KEY_TEXT),
        ResourceKind::CertificateAuthority | ResourceKind::PaymentKey => {
            return Some(Missed::OtherService);
        }
    };
    let event_name = evidence.text("event_name").unwrap_or_default();
    missed_call(kind, event_name, has_text)
}

// The order matters: another operation is missed for its name, whatever the text.
fn missed_call(kind: ResourceKind, event_name: &str, has_text: bool) -> Option<Missed> {
    match (kind, has_text) {
        (ResourceKind::CertificateAuthority | ResourceKind::PaymentKey, _) => {
            Some(Missed::OtherService)
        }
        (ResourceKind::Secret, _) if event_name != "GetSecretValue" => Some(Missed::OtherOperation),
        (ResourceKind::Secret | ResourceKind::Key, false) => Some(Missed::OtherText),
        (ResourceKind::Secret | ResourceKind::Key, true) => None,
    }
}

/// The rules of AWS that an audit ran.
#[derive(Clone, Copy, Debug)]
pub(super) struct RulesRun {
    secrets: bool,
    kms: bool,
}

impl RulesRun {
    /// Returns those among the rules of a report.
    pub(super) fn new(rules: &[RuleReport]) -> Self {
        Self {
            secrets: is_run(rules, "secrets"),
            kms: is_run(rules, "kms"),
        }
    }

    /// Returns the reason for which AWS's metric does not count uses that are no attempts in the
    /// report; `None` if it would count them.
    pub(super) fn missed(
        self,
        kind: ResourceKind,
        event_name: &str,
        outcome: UseOutcome,
    ) -> Option<Missed> {
        match outcome {
            UseOutcome::NotFound => Some(Missed::AfterDeletion),
            UseOutcome::AccessDenied => Some(Missed::AccessDenied),
            UseOutcome::Unknown => Some(Missed::Batch),
            // A rule that was run and did not select the call looks for another text. If it was
            // not run, the name of the call is all that is known.
            UseOutcome::PendingDeletion => missed_call(kind, event_name, !self.has_run(kind)),
            UseOutcome::Succeeded | UseOutcome::OtherError => None,
        }
    }

    fn has_run(self, kind: ResourceKind) -> bool {
        match kind {
            ResourceKind::Secret => self.secrets,
            ResourceKind::Key => self.kms,
            ResourceKind::CertificateAuthority | ResourceKind::PaymentKey => false,
        }
    }
}

fn is_run(rules: &[RuleReport], name: &str) -> bool {
    let mut rules = rules.iter();
    rules.any(|rule| rule.is_built_in && rule.rule == name)
}

/// Returns true if uses with this outcome in this phase belong to the story of a deletion.
pub(super) fn is_of_story(outcome: UseOutcome, phase: Phase, is_window_over: bool) -> bool {
    match outcome {
        UseOutcome::PendingDeletion => true,
        // A live secret may lack the version that is requested, which is not found either.
        UseOutcome::NotFound => {
            phase == Phase::AfterDeletion || (phase == Phase::Pending && is_window_over)
        }
        UseOutcome::AccessDenied | UseOutcome::Unknown => {
            matches!(phase, Phase::Pending | Phase::AfterDeletion)
        }
        UseOutcome::Succeeded | UseOutcome::OtherError => false,
    }
}
