//! The findings of matches that belong to no story: one for each rule and resource as written.

use std::collections::{BTreeMap, HashSet};

use super::{Finding, FindingCaller, FindingResource, Severity, caller, words};
use crate::cloudtrail::lifecycle::{Resource, ResourceKind};
use crate::cloudtrail::usage::UseOutcome;
use crate::report::{Attempt, Report, Subject};

/// The matches that make one finding have these in common.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct FindingKey<'a> {
    rule: &'a str,
    account: Option<&'a str>,
    region: Option<&'a str>,
    target: Option<&'a str>,
}

/// The calls of one caller have these in common.
type CallKey<'a> = [Option<&'a str>; 6];

/// The matches of one finding.
#[derive(Default)]
struct FindingMatches<'a> {
    kind: Option<ResourceKind>,
    callers: BTreeMap<CallKey<'a>, FindingCaller<'a>>,
}

/// Returns the findings; `None` for one without a time.
pub(super) fn findings(report: &Report) -> Vec<Option<Finding<'_>>> {
    let with_story: HashSet<&Resource> =
        report.stories.iter().map(|story| &story.resource).collect();
    let mut found: BTreeMap<FindingKey<'_>, FindingMatches<'_>> = BTreeMap::new();
    for attempt in &report.attempts {
        if !is_of_story(attempt, &with_story) {
            found.entry(key(attempt)).or_default().add(attempt);
        }
    }
    let subjects: BTreeMap<&str, &Subject> = report
        .rules
        .iter()
        .map(|rule| (rule.rule.as_str(), &rule.subject))
        .collect();
    let findings = found.into_iter();
    findings
        .map(|(key, matches)| finding(key, matches, subjects.get(key.rule).copied()))
        .collect()
}

/// Returns true if a call is in the story of its secret or key: if it was refused because of the
/// deletion.
fn is_of_story(attempt: &Attempt, with_story: &HashSet<&Resource>) -> bool {
    let resolution = attempt.resolution.as_ref();
    attempt.outcome() == UseOutcome::PendingDeletion
        && resolution.is_some_and(|found| with_story.contains(&*found.resource))
}

fn key(attempt: &Attempt) -> FindingKey<'_> {
    let event = &attempt.event;
    FindingKey {
        rule: &attempt.rule,
        account: event.text("recipient_account_id"),
        region: event.text("aws_region"),
        target: event.text("target"),
    }
}

impl<'a> FindingMatches<'a> {
    fn add(&mut self, attempt: &'a Attempt) {
        let evidence = &attempt.event.evidence;
        let caller = FindingCaller {
            principal: evidence.text("principal"),
            source_ip_address: evidence.text("source_ip_address"),
            user_agent: evidence.text("user_agent"),
            event_source: evidence.text("event_source"),
            event_name: evidence.text("event_name"),
            error_code: evidence.text("error_code"),
            outcome: None,
            phase: None,
            missed: None,
            first: None,
            last: None,
            calls: 0,
        };
        self.kind = caller
            .event_source
            .and_then(ResourceKind::from_event_source);
        let known = self.callers.entry(caller_key(&caller)).or_insert(caller);
        known.add_call(attempt.event.event_time);
    }
}

fn caller_key<'a>(caller: &FindingCaller<'a>) -> CallKey<'a> {
    [
        caller.principal,
        caller.source_ip_address,
        caller.user_agent,
        caller.event_source,
        caller.event_name,
        caller.error_code,
    ]
}

fn finding<'a>(
    key: FindingKey<'a>,
    matches: FindingMatches<'a>,
    subject: Option<&Subject>,
) -> Option<Finding<'a>> {
    let mut callers: Vec<FindingCaller<'a>> = matches.callers.into_values().collect();
    caller::sort(&mut callers);
    let first = callers.iter().filter_map(|caller| caller.first).min()?;
    let last = callers.iter().filter_map(|caller| caller.last).max()?;
    let calls = callers.iter().map(|caller| caller.calls).sum();
    let resource = key.target.map(|id| resource(matches.kind, id));
    let verdict = words::verdict_of_rule(subject, calls);
    Some(Finding {
        rule: key.rule,
        account: key.account,
        region: key.region,
        resource,
        story: None,
        title: words::title_of_rule(&verdict, resource),
        description: words::description_of_rule(key.rule, &verdict, &callers, [first, last]),
        verdict,
        severity: Severity::from_subject(subject),
        first,
        last,
        updated: last,
        calls,
        callers,
    })
}

fn resource(kind: Option<ResourceKind>, id: &str) -> FindingResource<'_> {
    FindingResource { kind, id, name: id }
}
