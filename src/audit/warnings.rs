//! The warnings about a replay, as texts.

use crate::audit::replay::{AlarmReplay, ComparedAlarm, ComparedAlarms, ReplayedAlarms};
use crate::text::printable;

impl AlarmReplay {
    /// Returns what a user should know about the samples.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        for metric in self.unwatched_metrics() {
            let name = printable(metric);
            warnings.push(format!(
                "the samples of metric `{name}` are left out: no alarm watches it"
            ));
        }
        for (metric, period_seconds) in self.samples.coarse_metrics() {
            let name = printable(metric);
            warnings.push(format!(
                "the samples of metric `{name}` are datapoints of {period_seconds} seconds, and an \
                 alarm looks at every minute: write the report with --period 60 for an exact replay"
            ));
        }
        warnings
    }
}

impl ReplayedAlarms<'_> {
    /// Returns what a user should know about the result.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        for (alarm, error) in &self.skipped {
            let name = printable(&alarm.alarm_name);
            warnings.push(format!("composite alarm `{name}` is left out: {error}"));
        }
        warnings
    }
}

impl ComparedAlarms<'_> {
    /// Returns what a user should know about the comparison.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        for (alarm, error) in &self.skipped {
            let name = printable(&alarm.alarm_name);
            warnings.push(format!("composite alarm `{name}` is not compared: {error}"));
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
