//! The choices that the numbers stand on, where AWS is undocumented or an archive says less than
//! AWS knew.

use serde::Serialize;

use super::{Report, RuleReport};
use crate::metric::MetricValue;
use crate::pattern::parse;

/// A choice that the numbers stand on, where AWS leaves one.
#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    /// What was chosen about.
    pub name: &'static str,
    /// What was chosen.
    pub value: String,
    /// What it means for the numbers.
    pub meaning: &'static str,
}

/// The choices that matter to a report.
pub(super) fn choices(report: &Report) -> Vec<Choice> {
    let duplicates = if report.scan.duplicates_dropped {
        "dropped by eventID"
    } else {
        "kept"
    };
    let mut choices = vec![
        choice(
            "clock",
            clock(report),
            "AWS counts an event in the minute of its delivery to CloudWatch Logs, minutes later; an S3 archive does not hold that time, so each episode is looked for under other clocks, too",
        ),
        choice(
            "duplicates",
            duplicates,
            "A log group sees one copy of an event, an archive may hold several; only selected records are compared",
        ),
    ];
    choices.extend(interior_stars(&report.rules));
    choices.extend(filter_choices(&report.rules));
    if let Some(rule) = report.rules.first() {
        choices.extend(alarm_choices(rule));
    }
    choices
}

/// The clock, and for how many attempts it did not know the time.
fn clock(report: &Report) -> String {
    let unknown = report
        .attempts
        .iter()
        .filter(|attempt| attempt.event.log_time.is_none())
        .count();
    match (report.scan.clock.as_str(), unknown) {
        ("log", 1..) => {
            format!(
                "log; {unknown} of {} attempts have no time of a log and count when they happened",
                report.attempts.len()
            )
        }
        (clock, _) => clock.to_owned(),
    }
}

fn choice(name: &'static str, value: impl Into<String>, meaning: &'static str) -> Choice {
    Choice {
        name,
        value: value.into(),
        meaning,
    }
}

/// Returns the assumption about a `*` within a value, if a pattern has one (sources, P35).
fn interior_stars(rules: &[RuleReport]) -> Option<Choice> {
    let has_star = |rule: &RuleReport| {
        parse(&rule.filter.pattern).is_ok_and(|pattern| pattern.has_interior_star())
    };
    let answers: u64 = rules.iter().map(|rule| rule.ambiguous).sum();
    rules.iter().any(has_star).then(|| {
        choice(
            "* inside of a value",
            format!("any run of characters; {answers} answers of rules would differ if it stood for itself"),
            "AWS does not say which it is; its guide of 2018 printed it as itself, deployed patterns mean any run",
        )
    })
}

/// Returns the assumptions about what a filter publishes (sources, M5, M7 and M11).
fn filter_choices(rules: &[RuleReport]) -> impl Iterator<Item = Choice> {
    let is_any = |is: fn(&RuleReport) -> bool| rules.iter().any(is);
    let default = is_any(|rule| rule.filter.default_value.is_some()).then(|| {
        choice(
            "default value",
            "published once for each event that does not match",
            "AWS documents it for minutes without a match, and was seen to publish it so; copies of such events count",
        )
    });
    let value =
        is_any(|rule| matches!(rule.filter.metric_value, MetricValue::Source(_))).then(|| {
            choice(
                "value that is missing or no number",
                "no sample, and not the default",
                "AWS was seen to publish none",
            )
        });
    let dimension = is_any(|rule| !rule.filter.dimensions.is_empty()).then(|| {
        choice(
            "dimension that is missing or empty",
            "no sample",
            "AWS does not say; an alarm without dimensions sees no sample of a metric that has them",
        )
    });
    [default, value, dimension].into_iter().flatten()
}

fn alarm_choices(rule: &RuleReport) -> [Choice; 2] {
    [
        choice(
            "evaluation range",
            format!("{} datapoints", rule.alarm.evaluation_range()),
            "AWS looks at more datapoints than it judges and does not publish how many; this follows its documented tables and recorded histories",
        ),
        choice(
            "evaluation offset",
            format!("{} s", rule.alarm.phase_seconds()),
            "Each alarm is evaluated at a fixed offset inside the minute that AWS does not publish",
        ),
    ]
}
