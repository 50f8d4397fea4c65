//! The warnings about a replay, and about a plan, as texts.

use std::fmt::Display;

use crate::alarm::definition::composite::CompositeAlarm;
use crate::audit::replay::{AlarmReplay, ComparedAlarm, ComparedAlarms, ReplayedAlarms};
use crate::problem::{Problem, ProblemKind};
use crate::shards::PlanManifest;
use crate::text::printable;

impl AlarmReplay {
    /// Returns what a user should know about the samples.
    pub fn warnings(&self) -> Vec<String> {
        let unwatched = self.unwatched_metrics().into_iter();
        let mut warnings: Vec<String> = unwatched.map(unwatched_warning).collect();
        for (metric, period_seconds) in self.samples.coarse_metrics() {
            warnings.push(coarse_warning(metric, period_seconds));
        }
        warnings
    }
}

fn unwatched_warning(metric: &str) -> String {
    let name = printable(metric);
    format!("the samples of metric `{name}` are left out: no alarm watches it")
}

fn coarse_warning(metric: &str, period_seconds: u32) -> String {
    let name = printable(metric);
    format!(
        "the samples of metric `{name}` are datapoints of {period_seconds} seconds, and an alarm \
         looks at every minute: write the report with --period 60 for an exact replay"
    )
}

fn composite_warning(alarm: &CompositeAlarm, outcome: &str, error: &dyn Display) -> String {
    let name = printable(&alarm.alarm_name);
    format!("composite alarm `{name}` is {outcome}: {error}")
}

impl ReplayedAlarms<'_> {
    /// Returns what a user should know about the result.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        for (alarm, error) in &self.skipped {
            warnings.push(composite_warning(alarm, "left out", error));
        }
        warnings
    }
}

impl ComparedAlarms<'_> {
    /// Returns what a user should know about the comparison.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        for (alarm, error) in &self.skipped {
            warnings.push(composite_warning(alarm, "not compared", error));
        }
        warnings.extend(self.alarms.iter().filter_map(ComparedAlarm::warning));
        warnings
    }
}

impl ComparedAlarm<'_> {
    fn warning(&self) -> Option<String> {
        let time = self.reconfigured?;
        let name = printable(self.name);
        Some(format!(
            "alarm `{name}` was reconfigured at {time}; its changes before may follow another \
             definition: compare from then on with --from {time}"
        ))
    }
}

impl PlanManifest {
    /// Returns what a user should know about the objects that were planned.
    pub fn warnings(&self) -> Vec<String> {
        let problems = self.listing.problems();
        let warnings = problems.map(|problem| listing_warning(&problem));
        let mut warnings: Vec<String> = warnings.collect();
        warnings.extend(archived_warning(self.archived));
        warnings
    }
}

fn listing_warning(problem: &Problem) -> String {
    let place = printable(&problem.origin.object);
    let detail = printable(&problem.detail);
    // Of a list that contradicts itself, everything was read.
    let found = match problem.kind {
        ProblemKind::Contradictory => format!("`{place}`: {detail}"),
        _ => format!("`{place}` could not be listed: {detail}"),
    };
    format!("{found}. Reports of the merged ledger say so, too")
}

fn archived_warning(objects: u64) -> Option<String> {
    let subject = match objects {
        0 => return None,
        1 => "1 object is".to_owned(),
        objects => format!("{objects} objects are"),
    };
    Some(format!(
        "{subject} in an archive storage class. Restore what should be read before the scan: \
         reports list the rest as not read"
    ))
}
