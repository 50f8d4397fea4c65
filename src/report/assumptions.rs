//! The assumptions that the numbers rest on, where AWS is undocumented or the archive has less
//! information than AWS had.

use serde::Serialize;

use super::{Report, RuleReport};
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

const EVALUATION_RANGE: &str = "AWS fetches more datapoints than it evaluates and does not publish \
     how many; this follows its documented tables and recorded histories";

const EVALUATION_OFFSET: &str = "Each alarm is evaluated at a fixed offset within the minute that \
     AWS does not publish";

const MAPPED_FROM_OCSF: &str = "OCSF keeps the fields of a record under other names, and those \
     that it has no name for as text; null members and types of values are lost, and a pattern on \
     a field that the collector left out selects nothing";

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
    assumptions.extend(mapped_from_ocsf(report));
    assumptions.extend(interior_star(rules));
    assumptions.extend(default_value(rules));
    assumptions.extend(missing_value(rules));
    assumptions.extend(missing_dimension(rules));
    // The built-in rules have the same values. Of other rules, those of the first are listed.
    if let Some(rule) = rules.first() {
        assumptions.extend([evaluation_range(rule), evaluation_offset(rule)]);
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

fn duplicates(report: &Report) -> Assumption {
    let value = match report.scan.duplicates_dropped {
        true => "dropped by eventID",
        false => "kept",
    };
    Assumption::new("duplicates", value, DUPLICATES)
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

fn evaluation_range(rule: &RuleReport) -> Assumption {
    let value = format!("{} datapoints", rule.alarm.evaluation_range());
    Assumption::new("evaluation range", value, EVALUATION_RANGE)
}

fn evaluation_offset(rule: &RuleReport) -> Assumption {
    let value = format!("{} s", rule.alarm.evaluation_offset_seconds());
    Assumption::new("evaluation offset", value, EVALUATION_OFFSET)
}
