//! Matches that an earlier version of the program stored in a ledger.

use crate::findings::{Match, Matches};
use crate::plan::Plan;

/// Adds the samples of matches that an earlier version stored without one, where AWS was since seen
/// to publish one.
// A report from a ledger must be that of a scan, whichever version scanned.
pub(super) fn add_missing_samples(plan: &Plan, matches: &mut Matches) {
    for found in matches.all_mut() {
        for matching in &mut found.matches {
            add_missing_sample(plan, matching);
        }
    }
}

fn add_missing_sample(plan: &Plan, matching: &mut Match) {
    let Err(reason) = matching.measured else {
        return;
    };
    let rule = plan.rules.get(matching.rule);
    if let Some(measurement) = rule.and_then(|rule| rule.filter.measurement_without(reason)) {
        matching.measured = Ok(measurement);
    }
}
