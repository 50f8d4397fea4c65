//! From the findings of a scan to its report, on all threads.

mod alarm;
mod alarms;
mod composites;
mod conclusion;
mod distinct;
mod earlier;
mod inputs;
mod metrics;
mod rule;
mod samples;
mod stories;

use jiff::Timestamp;
use rayon::prelude::*;

use crate::alarm::ReplaySpan;
use crate::findings::Findings;
use crate::metric::Series;
use crate::plan::{Clock, Plan};
use crate::report::Report;
use crate::report::integrity::Grades;
use conclusion::Conclusion;
pub use inputs::InputList;
pub use stories::{UnknownResource, resources_named};

/// The metrics of an alarm under several clocks.
#[derive(Clone, Debug)]
pub struct AlarmUnderClocks {
    /// The numbers of the rules that publish a metric of the alarm.
    pub rules: Vec<usize>,
    /// The times of the events in the requested range that rules selected which publish a metric of
    /// the alarm, in order.
    pub event_times: Vec<Timestamp>,
    /// The time that alarms are replayed over; `None` if there was no event.
    pub span: Option<ReplaySpan>,
    /// The samples that the alarm sees under each clock, in the order of the clocks: a series for
    /// each metric that it watches.
    pub series: Vec<(Clock, Vec<Series>)>,
}

/// Concludes a report from the findings of a whole scan, given the grades of objects if they were
/// verified: of copies of an event, the one that is proven counts.
pub fn conclude(
    plan: &Plan,
    findings: Findings,
    sources: Vec<String>,
    grades: Option<&Grades<'_>>,
) -> Report {
    Conclusion::new(plan, findings, sources, grades).into_report()
}

/// Computes the metrics of each metric alarm of the plan under each clock, without replaying it, as
/// an alarm that sees the whole archive. The alarms are in the order of the plan.
pub fn under_clocks(plan: &Plan, findings: Findings, clocks: &[Clock]) -> Vec<AlarmUnderClocks> {
    let conclusion = Conclusion::new(plan, findings, Vec::new(), None);
    let alarms = (0..plan.alarms().count()).into_par_iter();
    let alarms = alarms.filter_map(|number| conclusion.alarm(number));
    alarms.map(|alarm| alarm.under_clocks(clocks)).collect()
}
