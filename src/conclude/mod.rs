//! From the findings of a scan to its report, on all threads.

mod conclusion;
mod distinct;
mod earlier;
mod rule;
mod samples;

use jiff::Timestamp;
use rayon::prelude::*;

use crate::alarm::ReplayRange;
use crate::findings::Findings;
use crate::metric::Series;
use crate::plan::{Clock, Plan};
use crate::report::Report;
use conclusion::Conclusion;

/// The metric of a rule under several clocks.
#[derive(Clone, Debug)]
pub struct RuleUnderClocks {
    /// The times of the events that the rule selected in the requested range, in order.
    pub event_times: Vec<Timestamp>,
    /// The range over which alarms are replayed; `None` if there was no event.
    pub range: Option<ReplayRange>,
    /// The samples that the alarm sees under each clock, in the order of the clocks.
    pub series: Vec<(Clock, Series)>,
}

/// Concludes a report from the findings of a whole scan.
pub fn conclude(plan: &Plan, findings: Findings, sources: Vec<String>) -> Report {
    let conclusion = Conclusion::new(plan, findings, sources);
    // Rules do not depend on each other, so each may be concluded on another thread.
    let rules = conclusion.rules().map(|rule| rule.report()).collect();
    conclusion.into_report(rules)
}

/// Computes the metric of the rule of this number under each clock, without replaying its alarm.
/// Returns `None` if the plan has no such rule.
pub fn under_clocks(
    plan: &Plan,
    findings: Findings,
    rule: usize,
    clocks: &[Clock],
) -> Option<RuleUnderClocks> {
    let conclusion = Conclusion::new(plan, findings, Vec::new());
    let rule = conclusion.rule(rule)?;
    let series = clocks.par_iter().map(|clock| (*clock, rule.series(*clock)));
    Some(RuleUnderClocks {
        event_times: rule.event_times(),
        range: rule.range(),
        series: series.collect(),
    })
}
