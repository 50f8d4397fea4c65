//! The findings of stories.

use jiff::Timestamp;

use super::{Finding, FindingCaller, FindingResource, Severity, caller, words};
use crate::cloudtrail::lifecycle::{Resource, ResourceKind};
use crate::cloudtrail::usage::UseOutcome;
use crate::report::story::{StoryCaller, Verdict};
use crate::report::{Report, Story};

/// Returns the findings of the stories in which something was refused that was needed or pending
/// deletion; `None` for one without a time.
pub(super) fn findings(report: &Report) -> impl Iterator<Item = Option<Finding<'_>>> {
    let stories = report.stories.iter();
    stories.filter(|story| is_finding(story)).map(finding)
}

/// Returns the texts that distinguish a deletion from others of the same secret or key.
pub(super) fn occasion(story: &Story) -> [Option<String>; 2] {
    // A later call may set another window, and the deletion is the same. Without the call that
    // began it, the archive may have the one that ended it.
    let events = [&story.begun, &story.restored, &story.deleted];
    let Some(event) = events.into_iter().flatten().next() else {
        return [None, None];
    };
    let at = event.at.map(|at| at.to_string());
    [at, event.event_id.clone()]
}

/// Returns true if a story is a finding. A caller without permission would have been refused
/// whether or not there was a deletion.
fn is_finding(story: &Story) -> bool {
    story.callers.iter().any(is_counted)
}

fn is_counted(caller: &StoryCaller) -> bool {
    caller.asks() || caller.outcome == UseOutcome::PendingDeletion
}

fn finding(story: &Story) -> Option<Finding<'_>> {
    let resource = &story.resource;
    let callers = callers(story);
    let first = callers.iter().filter_map(|caller| caller.first).min()?;
    let last = callers.iter().filter_map(|caller| caller.last).max()?;
    Some(Finding {
        rule: rule(resource.kind),
        account: resource.home.account.as_deref(),
        region: resource.home.region.as_deref(),
        resource: Some(found(resource)),
        story: Some(story),
        verdict: story.verdict.to_string(),
        title: words::title_of_story(story),
        description: words::description_of_story(story, &callers, first, last),
        severity: Severity::from_verdict(story.verdict),
        first,
        last,
        updated: updated(story, last),
        calls: callers.iter().map(|caller| caller.calls).sum(),
        callers,
    })
}

/// Returns the callers that count, in the order of findings.
fn callers(story: &Story) -> Vec<FindingCaller<'_>> {
    let counted = story.callers.iter().filter(|caller| is_counted(caller));
    let callers = counted.map(|caller| FindingCaller::from_story(story.resource.kind, caller));
    let mut callers: Vec<FindingCaller<'_>> = callers.collect();
    caller::sort(&mut callers);
    callers
}

fn found(resource: &Resource) -> FindingResource<'_> {
    FindingResource {
        kind: Some(resource.kind),
        id: &resource.id,
        name: resource.name(),
    }
}

/// Returns the built-in rule on attempts to use such a thing.
fn rule(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Secret => "secrets",
        ResourceKind::Key => "kms",
        ResourceKind::CertificateAuthority => "acm-pca",
        ResourceKind::PaymentKey => "payment-cryptography",
    }
}

/// Returns the time of the last event that decided the verdict. An import updates an earlier one by
/// this time, so it has to change with the verdict (sources, X10).
fn updated(story: &Story, last: Timestamp) -> Timestamp {
    let times = story.changes().filter_map(|event| event.at);
    let updated = times.fold(last, Timestamp::max);
    match story.verdict {
        Verdict::WindowEnded { until, .. } => updated.max(until),
        _ => updated,
    }
}
