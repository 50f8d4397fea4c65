//! The secret or key of each step, attempt and use, and the phase of its deletion then.

use jiff::Timestamp;
use rayon::prelude::*;

use super::classified::{kind, outcome};
use super::written::WrittenArns;
use crate::cloudtrail::lifecycle::{
    Histories, Home, Phase, Resolved, Resource, ResourceKind, StepRecord,
};
use crate::cloudtrail::usage::UseOutcome;
use crate::findings::Use;
use crate::report::{Attempt, LifecycleEvent, Report, Resolution};

/// Returns the histories of all secrets and keys.
pub(super) fn histories(report: &Report) -> Histories {
    let steps: Vec<StepRecord<'_>> = report.lifecycle.iter().map(step_record).collect();
    let mut written = WrittenArns::default();
    for used in report.uses.all() {
        written.add_use(&used);
    }
    for attempt in &report.attempts {
        written.add_attempt(attempt);
    }
    let named = written.named();
    Histories::new(&steps, &WrittenArns::mentions(&named))
}

fn step_record(found: &LifecycleEvent) -> StepRecord<'_> {
    let evidence = &found.event.evidence;
    StepRecord {
        step: found.step,
        deletion: &found.deletion,
        names: &found.names,
        event_source: evidence.text("event_source").unwrap_or_default(),
        event_name: evidence.text("event_name").unwrap_or_default(),
        account: evidence.text("recipient_account_id"),
        region: evidence.text("aws_region"),
        at: found.event.event_time,
        event_id: found.event.event_id.as_deref(),
        is_refused: evidence.text("error_code").is_some(),
    }
}

/// Fills in the secret or key of each attempt, and the phase of its deletion then.
pub(super) fn resolve_attempts(attempts: &mut [Attempt], histories: &Histories) {
    // There may be millions of attempts.
    attempts
        .par_iter_mut()
        .for_each(|attempt| attempt.resolution = resolution(attempt, histories));
}

fn resolution(attempt: &Attempt, histories: &Histories) -> Option<Resolution> {
    let evidence = &attempt.event.evidence;
    let kind = ResourceKind::from_event_source(evidence.text("event_source")?)?;
    let home = Home::new(
        evidence.text("recipient_account_id"),
        evidence.text("aws_region"),
    );
    let at = attempt.event.event_time;
    let target = evidence.text("target")?;
    let Resolved { resource, reason } = histories.identities.resolve(kind, &home, target, at);
    let timeline = histories
        .history(&resource)
        .map(|history| &history.timeline);
    Some(Resolution {
        phase: match at {
            Some(at) => phase(histories, &resource, at, outcome(attempt)),
            None => Phase::Unknown,
        },
        days_left: timeline.zip(at).and_then(|(line, at)| line.days_left(at)),
        resource,
        reason,
    })
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
    let is_first = history
        .timeline
        .at(at)
        .is_some_and(|found| found.from.is_none());
    match history.timeline.phase(at) {
        // The first step in the archive implies that nothing was scheduled before. The refusal
        // shows that something was.
        Phase::Before if is_first && outcome == UseOutcome::PendingDeletion => Phase::Unknown,
        phase => phase,
    }
}

/// Returns the secret or key of uses, by the last of them.
pub(super) fn resolve_use(used: &Use<'_>, histories: &Histories) -> Resolved {
    let home = Home::new(used.account, used.region);
    let identities = &histories.identities;
    identities.resolve(kind(used.service), &home, used.resource, Some(used.last))
}
