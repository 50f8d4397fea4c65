//! The assumptions that the numbers rest on, where AWS is undocumented or the archive has less
//! information than AWS had.

use serde::Serialize;

use super::{Report, RuleReport, ScopeComparison};
use crate::alarm::{AlarmConfiguration, AlarmScope};
use crate::metric::MetricValue;
use crate::pattern::parse;

const CLOCK: &str = "AWS counts an event in the minute of its delivery to CloudWatch Logs, minutes \
     later; an S3 archive does not contain that time, so each episode is also looked for under \
     other clocks";

const DUPLICATES: &str = "A log group receives one copy of an event, an archive may contain \
     several; only selected records are compared";

// Sources, P35.
const INTERIOR_STAR: &str = "AWS does not say which it is; its guide of 2018 printed it as itself, \
     deployed patterns mean any run";

// Sources, M7.
const DEFAULT_VALUE: &str = "AWS documents it for minutes without a match, and was seen to publish \
     it so; copies of such events count";

// Sources, M5.
const MISSING_VALUE: &str = "AWS was seen to publish so";

// Sources, M11.
const MISSING_DIMENSION: &str = "AWS was seen to publish so where a dimension is missing; null and \
     empty ones are assumed alike. An alarm without dimensions sees these samples only";

// Sources, M18 and M20.
const SELECTED_EVENTS: &str = "AWS selects by the account and region in which an event arose, \
     which are taken for those of the record; a record that lacks one satisfies no condition on it";

const EVALUATION_RANGE: &str = "AWS fetches more datapoints than it evaluates and does not publish \
     how many; this follows its documented tables and recorded histories";

const EVALUATION_OFFSET: &str = "Each alarm is evaluated at a fixed offset within the minute that \
     AWS does not publish";

const ALARM_SCOPE: &str = "A log group is in one account and region: the trail of an organization \
     feeds one with everything, the trail of an account or region feeds its own";

const MAPPED_FROM_OCSF: &str = "OCSF keeps the fields of a record under other names, and those \
     that it has no name for as text; null members and types of values are lost, and a pattern on \
     a field that the collector left out selects nothing";

const WITHOUT_HASH: &str = "A ledger of an earlier version does not hold the hash of an object, \
     and an object beyond the limits is not read to its end";

/// The number of alarms whose episodes in other scopes are listed.
const COMPARISON_LIMIT: usize = 3;

/// An assumption that the numbers rest on.
#[derive(Clone, Debug, Serialize)]
pub struct Assumption {
    /// The subject.
    pub name: &'static str,
    /// The value that was assumed.
    pub value: String,
    /// The reason, or the effect on the numbers.
    pub meaning: &'static str,
}

impl Assumption {
    fn new(name: &'static str, value: impl Into<String>, meaning: &'static str) -> Self {
        Self {
            name,
            value: value.into(),
            meaning,
        }
    }
}

/// Returns the assumptions of a report.
pub(super) fn assumptions(report: &Report) -> Vec<Assumption> {
    let rules = &report.rules;
    let mut assumptions = vec![clock(report), duplicates(report)];
    assumptions.extend(alarm_scope(report));
    assumptions.extend(mapped_from_ocsf(report));
    assumptions.extend(without_hash(report));
    assumptions.extend(interior_star(rules));
    assumptions.extend(default_value(rules));
    assumptions.extend(missing_value(rules));
    assumptions.extend(missing_dimension(rules));
    assumptions.extend(selected_events(rules));
    // The built-in rules have alarms of the same values. Of other alarms, those of the first are
    // listed.
    let mut alarms = report
        .alarms
        .iter()
        .filter_map(|alarm| alarm.alarm.metric());
    if let Some(alarm) = alarms.next() {
        assumptions.extend([evaluation_range(alarm), evaluation_offset(alarm)]);
    }
    assumptions
}

fn clock(report: &Report) -> Assumption {
    let mut value = report.scan.clock.clone();
    let unknown = count_without_log_time(report);
    if value == "log" && unknown > 0 {
        value += &format!("; {unknown} of {} matches ", report.attempts.len());
        value += "have no time of a log group and count when they happened";
    }
    Assumption::new("clock", value, CLOCK)
}

fn count_without_log_time(report: &Report) -> usize {
    let events = report.attempts.iter().map(|attempt| &attempt.event);
    events.filter(|event| event.log_time.is_none()).count()
}

/// Returns the number of objects that hold attempts and have no hash, if there are any.
fn without_hash(report: &Report) -> Option<Assumption> {
    let sources = report.sources.all();
    let unknown = sources.iter().filter(|source| source.sha256.is_none());
    match unknown.count() {
        0 => None,
        unknown => Some(Assumption::new(
            "hashes of objects",
            format!("missing for {unknown} of {}", sources.len()),
            WITHOUT_HASH,
        )),
    }
}

fn duplicates(report: &Report) -> Assumption {
    let value = match report.scan.duplicates_dropped {
        true => "dropped by eventID",
        false => "kept",
    };
    Assumption::new("duplicates", value, DUPLICATES)
}

/// Returns the assumption about the log groups that alarms see, unless everything is of one account
/// and region, where it makes no difference.
fn alarm_scope(report: &Report) -> Option<Assumption> {
    let scan = &report.scan;
    let is_of_one_place = scan.accounts.len() < 2 && scan.regions.len() < 2;
    if is_of_one_place && scan.alarm_scope == AlarmScope::Archive {
        return None;
    }
    let mut value = one_alarm(scan.alarm_scope).to_owned();
    let comparisons = report.scope_comparisons.iter();
    for comparison in comparisons.take(COMPARISON_LIMIT) {
        value += &format!("; {}", compared(comparison));
    }
    let more = report
        .scope_comparisons
        .len()
        .saturating_sub(COMPARISON_LIMIT);
    if more > 0 {
        value += &format!("; and {more} more alarms differ");
    }
    Some(Assumption::new("alarm scope", value, ALARM_SCOPE))
}

/// Returns the scope of alarms in words.
fn one_alarm(scope: AlarmScope) -> &'static str {
    match scope {
        AlarmScope::Archive => "one alarm for the archive",
        AlarmScope::Account => "one alarm for each account",
        AlarmScope::Region => "one alarm for each account and region",
    }
}

fn compared(comparison: &ScopeComparison) -> String {
    let mut text = format!(
        "`{}` has {} in ALARM here",
        comparison.alarm_name,
        episodes(comparison.episodes)
    );
    for (scope, count) in &comparison.others {
        text += &format!(", {} with {}", episodes(*count), one_alarm(*scope));
    }
    text
}

fn episodes(count: u64) -> String {
    match count {
        1 => "1 episode".to_owned(),
        _ => format!("{count} episodes"),
    }
}

fn mapped_from_ocsf(report: &Report) -> Option<Assumption> {
    let records = report.scan.mapped_from_ocsf;
    let value = format!("{records} mapped from OCSF to the fields of CloudTrail");
    let assumption = Assumption::new("records of Security Lake", value, MAPPED_FROM_OCSF);
    (records > 0).then_some(assumption)
}

fn interior_star(rules: &[RuleReport]) -> Option<Assumption> {
    if !rules.iter().any(has_interior_star) {
        return None;
    }
    let differing: u64 = rules.iter().map(|rule| rule.ambiguous).sum();
    let value = format!(
        "any run of characters; {differing} answers of rules would differ if it stood for itself"
    );
    Some(Assumption::new("* within a value", value, INTERIOR_STAR))
}

fn has_interior_star(rule: &RuleReport) -> bool {
    parse(&rule.filter.pattern).is_ok_and(|pattern| pattern.has_interior_star())
}

fn default_value(rules: &[RuleReport]) -> Option<Assumption> {
    let has_default = |rule: &RuleReport| rule.filter.default_value.is_some();
    let value = "published once for each event that does not match";
    let assumption = Assumption::new("default value", value, DEFAULT_VALUE);
    rules.iter().any(has_default).then_some(assumption)
}

fn missing_value(rules: &[RuleReport]) -> Option<Assumption> {
    let name = "value that is missing or not a number";
    let value = "the default where it is missing or null, else no sample";
    let assumption = Assumption::new(name, value, MISSING_VALUE);
    rules.iter().any(reads_value).then_some(assumption)
}

fn reads_value(rule: &RuleReport) -> bool {
    matches!(rule.filter.metric_value, MetricValue::Source(_))
}

fn missing_dimension(rules: &[RuleReport]) -> Option<Assumption> {
    let has_dimension = |rule: &RuleReport| !rule.filter.dimensions.is_empty();
    let name = "dimension that is missing or empty";
    let assumption = Assumption::new(name, "a sample without dimensions", MISSING_DIMENSION);
    rules.iter().any(has_dimension).then_some(assumption)
}

fn selected_events(rules: &[RuleReport]) -> Option<Assumption> {
    let has_criteria = |rule: &RuleReport| rule.filter.field_selection_criteria.is_some();
    let value = "by recipientAccountId and awsRegion of the record";
    let assumption = Assumption::new("field selection criteria", value, SELECTED_EVENTS);
    rules.iter().any(has_criteria).then_some(assumption)
}

fn evaluation_range(alarm: &AlarmConfiguration) -> Assumption {
    let value = format!("{} datapoints", alarm.evaluation_range());
    Assumption::new("evaluation range", value, EVALUATION_RANGE)
}

fn evaluation_offset(alarm: &AlarmConfiguration) -> Assumption {
    let value = format!("{} s", alarm.evaluation_offset_seconds());
    Assumption::new("evaluation offset", value, EVALUATION_OFFSET)
}
