//! From what a scan found to the report, on all threads.

mod conclusion;
mod distinct;
mod samples;

use rayon::prelude::*;

pub use conclusion::{Comparison, Conclusion, Vanishing};

use crate::findings::{Tally, by_time};
use crate::plan::Plan;
use crate::report::{Report, RuleReport};

/// Concludes a report from the tally of a whole scan.
pub fn conclude(plan: &Plan, mut tally: Tally, sources: Vec<String>) -> Report {
    // There may be millions. What is sorted here, the conclusion only looks through.
    tally.objects.par_sort_unstable();
    tally.matches.inside.par_sort_by(by_time);
    let conclusion = Conclusion::new(plan, tally, sources);
    let rules: Vec<RuleReport> = conclusion
        .rules()
        .into_par_iter()
        .filter_map(|rule| conclusion.conclude(rule))
        .collect();
    let comparisons = conclusion.comparisons(&rules).into_par_iter();
    let vanishing = comparisons
        .filter_map(|comparison| conclusion.compare(comparison, &rules))
        .collect();
    conclusion.report(rules, vanishing)
}
