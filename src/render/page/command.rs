//! The command that makes a report again.

use crate::alarm::AlarmScope;
use crate::plan::Clock;
use crate::render::shell::quoted;
use crate::report::{Report, RuleReport};

/// Returns the command that makes a report again, as far as the report itself says how. It is the
/// same for every way to the same report, such as from a ledger or with other numbers of threads.
/// The command as it was typed is in `run.json`.
pub(super) fn command(report: &Report) -> String {
    let scan = &report.scan;
    let mut words = vec!["backtrail".to_owned(), "audit".to_owned()];
    words.extend(scan.sources.iter().cloned());
    for rule in &report.rules {
        words.extend(rule_option(rule));
    }
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
    words.extend(other_options(report));
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    words.join(" ")
}

fn rule_option(rule: &RuleReport) -> [String; 2] {
    match rule.is_built_in {
        true => ["--rule".to_owned(), rule.rule.clone()],
        false => ["--pattern".to_owned(), rule.filter.pattern.clone()],
    }
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
