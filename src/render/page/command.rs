//! The command that makes a report again.

use crate::alarm::{AlarmConfiguration, AlarmScope};
use crate::plan::Clock;
use crate::plan::built_in::{BuiltInRule, RULES};
use crate::render::shell::quoted;
use crate::report::{AlarmReport, AuditedAlarm, Report, RuleReport, Scan};

/// Returns the command that makes a report again; `None` if a rule or an alarm is not built in. It
/// is the same for every way to the same report, such as from a ledger or with other numbers of
/// threads. The command as it was typed is in `run.json`.
pub(super) fn command(report: &Report) -> Option<String> {
    let mut words = vec!["backtrail".to_owned(), "audit".to_owned()];
    words.extend(report.scan.sources.iter().cloned());
    for rule in &report.rules {
        words.extend(["--rule".to_owned(), built_in(rule)?.name.to_owned()]);
    }
    words.extend(alarm_options(report)?);
    words.extend(selection_options(&report.scan));
    words.extend(other_options(report));
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    Some(words.join(" "))
}

fn built_in(rule: &RuleReport) -> Option<&'static BuiltInRule> {
    let mut rules = RULES.iter();
    rules.find(|known| rule.is_built_in && known.name == rule.rule)
}

/// An alarm of a report, and the alarm of its rule.
struct RuleAlarm<'a> {
    audited: &'a AlarmConfiguration,
    published: AlarmConfiguration,
}

/// Returns the options that change the alarms of the rules to those of the report; `None` if no
/// options do.
fn alarm_options(report: &Report) -> Option<Vec<String>> {
    let mut alarms = Vec::new();
    for alarm in &report.alarms {
        alarms.push(RuleAlarm::find(alarm, &report.rules)?);
    }
    // An option changes every alarm.
    let period = alarms.iter().find_map(RuleAlarm::changed_period);
    let threshold = alarms.iter().find_map(RuleAlarm::changed_threshold);
    let is_changed = |alarm: &RuleAlarm<'_>| alarm.is_changed_by(period, threshold);
    if !alarms.iter().all(is_changed) {
        return None;
    }
    let mut words = Vec::new();
    if let Some(period) = period {
        words.extend(["--period".to_owned(), period.to_string()]);
    }
    if let Some(threshold) = threshold {
        words.extend(["--threshold".to_owned(), threshold.to_string()]);
    }
    Some(words)
}

impl<'a> RuleAlarm<'a> {
    fn find(alarm: &'a AlarmReport, rules: &[RuleReport]) -> Option<Self> {
        let AuditedAlarm::Metric(audited) = &alarm.alarm else {
            return None;
        };
        let rules = alarm.rules.iter().filter_map(|number| rules.get(*number));
        let mut rules = rules.filter_map(built_in);
        let rule = rules.find(|rule| rule.alarm_name == audited.alarm_name)?;
        Some(Self {
            audited,
            published: rule.alarm(),
        })
    }

    fn changed_period(&self) -> Option<u32> {
        let period = self.audited.period_seconds;
        (period != self.published.period_seconds).then_some(period)
    }

    fn changed_threshold(&self) -> Option<f64> {
        let threshold = self.audited.threshold;
        (threshold != self.published.threshold).then_some(threshold)
    }

    fn is_changed_by(&self, period: Option<u32>, threshold: Option<f64>) -> bool {
        let mut changed = self.published.clone();
        changed.period_seconds = period.unwrap_or(changed.period_seconds);
        changed.threshold = threshold.unwrap_or(changed.threshold);
        changed == *self.audited
    }
}

fn selection_options(scan: &Scan) -> Vec<String> {
    let mut words = Vec::new();
    let times = [
        ("--from", scan.requested.start),
        ("--to", scan.requested.end),
    ];
    for (option, time) in times {
        if let Some(time) = time {
            words.extend([option.to_owned(), time.to_string()]);
        }
    }
    for account in &scan.requested_accounts {
        words.extend(["--account".to_owned(), account.clone()]);
    }
    for region in &scan.requested_regions {
        words.extend(["--region".to_owned(), region.clone()]);
    }
    words
}

/// Returns the options with a default value, where they have another.
fn other_options(report: &Report) -> Vec<String> {
    let scan = &report.scan;
    let mut words = Vec::new();
    if !scan.duplicates_dropped {
        words.push("--keep-duplicates".to_owned());
    }
    if scan.clock != Clock::Event.to_string() {
        words.extend(["--clock".to_owned(), scan.clock.clone()]);
    }
    if scan.alarm_scope != AlarmScope::Archive {
        words.extend(["--alarm-scope".to_owned(), scan.alarm_scope.to_string()]);
    }
    if report.integrity.is_some() {
        words.push("--verify".to_owned());
    }
    words
}
