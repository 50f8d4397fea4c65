//! The secret or key of each step, attempt and use, and the phase of its deletion then.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;

use super::classified::kind;
use super::episodes::restoration_long_before;
use super::written::WrittenArns;
use crate::cloudtrail::lifecycle::{
    Histories, History, Home, Phase, ResolvedResource, Resource, ResourceKind, StepRecord,
};
use crate::cloudtrail::usage::UseOutcome;
use crate::findings::{Use, Uses};
use crate::report::{Attempt, LifecycleEvent, Report, Resolution};

/// Returns the histories of all secrets and keys.
pub(super) fn histories(report: &Report) -> Histories {
    let steps: Vec<StepRecord<'_>> = report.lifecycle.iter().map(step_record).collect();
    let named = WrittenArns::new(report).named();
    Histories::new(&steps, &WrittenArns::mentions(&named))
}

fn step_record(found: &LifecycleEvent) -> StepRecord<'_> {
    let text = |name: &str| found.event.text(name);
    StepRecord {
        step: found.step,
        deletion: &found.deletion,
        names: &found.names,
        event_source: text("event_source").unwrap_or_default(),
        event_name: text("event_name").unwrap_or_default(),
        account: text("recipient_account_id"),
        region: text("aws_region"),
        at: found.event.event_time,
        event_id: found.event.event_id.as_deref(),
        is_refused: text("error_code").is_some(),
    }
}

/// The number of attempts that share secrets and keys among themselves.
// Each thread shares among its own attempts, so that none waits for another.
const SHARING: usize = 1 << 14;

/// Fills in the secret or key of each attempt, and the phase of its deletion then.
pub(super) fn resolve_attempts(attempts: &mut [Attempt], histories: &Histories) {
    // There may be millions of attempts, mostly of few secrets and keys.
    attempts.par_chunks_mut(SHARING).for_each(|attempts| {
        let mut known = KnownResources::default();
        for attempt in attempts {
            attempt.resolution = resolution(attempt, histories, &mut known);
        }
    });
}

/// The secrets and keys of some attempts, each once.
#[derive(Default)]
struct KnownResources(HashSet<Arc<Resource>>);

impl KnownResources {
    /// Returns a resource as it is known, or else remembers it.
    fn shared(&mut self, resource: Resource) -> Arc<Resource> {
        if let Some(known) = self.0.get(&resource) {
            return known.clone();
        }
        let resource = Arc::new(resource);
        self.0.insert(resource.clone());
        resource
    }
}

fn resolution(
    attempt: &Attempt,
    histories: &Histories,
    known: &mut KnownResources,
) -> Option<Resolution> {
    let at = attempt.event.event_time;
    let ResolvedResource { resource, reason } = resolve_attempt(attempt, histories)?;
    let days_left = at.and_then(|at| days_left(histories, &resource, at));
    let phase = at.map(|at| phase(histories, &resource, at, attempt.outcome()));
    Some(Resolution {
        resource: known.shared(resource),
        reason,
        phase: phase.unwrap_or(Phase::Unknown),
        days_left,
    })
}

fn resolve_attempt(attempt: &Attempt, histories: &Histories) -> Option<ResolvedResource> {
    let text = |name: &str| attempt.event.text(name);
    let kind = ResourceKind::from_event_source(text("event_source")?)?;
    let home = Home::new(text("recipient_account_id"), text("aws_region"));
    let identities = &histories.identities;
    Some(identities.resolve(kind, &home, text("target")?, attempt.event.event_time))
}

fn days_left(histories: &Histories, resource: &Resource, at: Timestamp) -> Option<f64> {
    histories.history(resource)?.timeline.days_left(at)
}

/// Returns the phase of a deletion in which a call had this outcome.
pub(super) fn phase(
    histories: &Histories,
    resource: &Resource,
    at: Timestamp,
    outcome: UseOutcome,
) -> Phase {
    let Some(history) = histories.history(resource) else {
        return Phase::Unknown;
    };
    match history.timeline.phase(at) {
        // The first step in the archive implies that nothing was scheduled before. The refusal
        // shows that something was.
        Phase::Before if outcome == UseOutcome::PendingDeletion && is_first(history, at) => {
            Phase::Unknown
        }
        // The refusal shows that it was scheduled again since it was restored.
        Phase::Restored
            if outcome == UseOutcome::PendingDeletion
                && restoration_long_before(&history.timeline, at).is_some() =>
        {
            Phase::Unknown
        }
        phase => phase,
    }
}

/// Returns true for a time before the first step in the archive.
fn is_first(history: &History, at: Timestamp) -> bool {
    let interval = history.timeline.at(at);
    interval.is_some_and(|interval| interval.from.is_none())
}

/// Uses with their secret or key.
pub(super) type ResolvedUse<'a> = (Use<'a>, ResolvedResource);

/// Returns the uses, each with its secret or key.
pub(super) fn resolve_uses<'a>(uses: &'a Uses, histories: &Histories) -> Vec<ResolvedUse<'a>> {
    let uses: Vec<Use<'a>> = uses.all().collect();
    let uses = uses.into_par_iter();
    uses.map(|used| (used, resolve_use(&used, histories)))
        .collect()
}

/// Returns the secret or key of uses, by the last of them.
fn resolve_use(used: &Use<'_>, histories: &Histories) -> ResolvedResource {
    let home = Home::new(used.account, used.region);
    let identities = &histories.identities;
    identities.resolve(kind(used.service), &home, used.resource, Some(used.last))
}
