//! The title and the description of a finding.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{FindingCaller, FindingResource};
use crate::report::{Story, Subject};
use crate::text::{printable, shortened};

/// The longest name in a title, in characters, so that the verdict after it is not cut off.
const NAME_LIMIT: usize = 100;

/// The longest name in a description, in characters.
const LONG_NAME_LIMIT: usize = 200;

/// The number of principals that a description names.
const PRINCIPAL_LIMIT: usize = 2;

pub(super) fn title_of_story(story: &Story) -> String {
    let name = shortened(story.resource.name(), NAME_LIMIT);
    format!("{} {name}: {}", story.resource.kind.noun(), story.verdict)
}

pub(super) fn description_of_story(
    story: &Story,
    callers: &[FindingCaller<'_>],
    first: Timestamp,
    last: Timestamp,
) -> String {
    let mut text = format!("{}.", story.verdict);
    if let Some(scheduled) = &story.scheduled {
        let by = scheduled.principal.as_deref().unwrap_or("not named");
        let by = shortened(by, LONG_NAME_LIMIT);
        let at = scheduled.at.map(|at| format!(" at {at}"));
        text += &format!(" Scheduled{} by {by}.", at.unwrap_or_default());
    }
    text += &calls(callers, [first, last]);
    text
}

/// Returns the number of matches of a rule in words.
pub(super) fn verdict_of_rule(subject: Option<&Subject>, calls: u64) -> String {
    let subject = subject.map(|subject| subject.counted(calls));
    let subject = subject.unwrap_or_else(|| "matches".to_owned());
    format!("{calls} {}", printable(&subject))
}

pub(super) fn title_of_rule(verdict: &str, resource: Option<FindingResource<'_>>) -> String {
    match resource {
        Some(resource) => format!("{}: {verdict}", shortened(resource.name, NAME_LIMIT)),
        None => verdict.to_owned(),
    }
}

pub(super) fn description_of_rule(
    rule: &str,
    verdict: &str,
    callers: &[FindingCaller<'_>],
    times: [Timestamp; 2],
) -> String {
    let rule = shortened(rule, LONG_NAME_LIMIT);
    format!("{verdict}. Rule {rule}.{}", calls(callers, times))
}

fn calls(callers: &[FindingCaller<'_>], [first, last]: [Timestamp; 2]) -> String {
    let calls: u64 = callers.iter().map(|caller| caller.calls).sum();
    let noun = if calls == 1 { "call" } else { "calls" };
    format!(
        " {calls} {noun} from {first} to {last}, by {}.",
        principals(callers)
    )
}

/// Returns the principals with most calls, and the number of the others.
fn principals(callers: &[FindingCaller<'_>]) -> String {
    let mut seen = BTreeSet::new();
    let mut names = Vec::new();
    for caller in callers {
        let name = caller.principal.unwrap_or("not named");
        if seen.insert(name) && names.len() < PRINCIPAL_LIMIT {
            names.push(shortened(name, LONG_NAME_LIMIT));
        }
    }
    let named = names.join(", ");
    match seen.len() - names.len() {
        0 => named,
        others => format!("{named} and {others} more"),
    }
}
