//! The assumptions that the numbers rest on, where AWS is undocumented or the archive has less
//! information than AWS had.

use serde::Serialize;

use super::{Report, RuleReport};
use crate::metric::MetricValue;
use crate::pattern::parse;

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

/// The assumptions that matter to a report.
pub(super) fn assumptions(report: &Report) -> Vec<Assumption> {
    let duplicates = if report.scan.duplicates_dropped {
        "dropped by eventID"
    } else {
        "kept"
    };
    let mut assumptions = vec![
        assumption(
            "clock",
            clock(report),
            "AWS counts an event in the minute of its delivery to CloudWatch Logs, minutes later; an S3 archive does not hold that time, so each episode is looked for under other clocks, too",
        ),
        assumption(
            "duplicates",
            duplicates,
            "A log group sees one copy of an event, an archive may hold several; only selected records are compared",
        ),
    ];
    assumptions.extend(interior_stars(&report.rules));
    assumptions.extend(filter_assumptions(&report.rules));
    if let Some(rule) = report.rules.first() {
        assumptions.extend(alarm_assumptions(rule));
    }
    assumptions
}

/// Returns the clock, and the number of matches whose time it does not know.
fn clock(report: &Report) -> String {
    let unknown = report
        .attempts
        .iter()
        .filter(|attempt| attempt.event.log_time.is_none())
        .count();
    match (report.scan.clock.as_str(), unknown) {
        ("log", 1..) => {
            format!(
                "log; {unknown} of {} matches have no time of a log group and count when they happened",
                report.attempts.len()
            )
        }
        (clock, _) => clock.to_owned(),
    }
}

fn assumption(name: &'static str, value: impl Into<String>, meaning: &'static str) -> Assumption {
    Assumption {
        name,
        value: value.into(),
        meaning,
    }
}

/// Returns the assumption about a `*` within a value, if a pattern has one (sources, P35).
fn interior_stars(rules: &[RuleReport]) -> Option<Assumption> {
    let has_star = |rule: &RuleReport| {
        parse(&rule.filter.pattern).is_ok_and(|pattern| pattern.has_interior_star())
    };
    let answers: u64 = rules.iter().map(|rule| rule.ambiguous).sum();
    rules.iter().any(has_star).then(|| {
        assumption(
            "* inside of a value",
            format!("any run of characters; {answers} answers of rules would differ if it stood for itself"),
            "AWS does not say which it is; its guide of 2018 printed it as itself, deployed patterns mean any run",
        )
    })
}

/// Returns the assumptions about what a filter publishes (sources, M5, M7 and M11).
fn filter_assumptions(rules: &[RuleReport]) -> impl Iterator<Item = Assumption> {
    let is_any = |is: fn(&RuleReport) -> bool| rules.iter().any(is);
    let default = is_any(|rule| rule.filter.default_value.is_some()).then(|| {
        assumption(
            "default value",
            "published once for each event that does not match",
            "AWS documents it for minutes without a match, and was seen to publish it so; copies of such events count",
        )
    });
    let value =
        is_any(|rule| matches!(rule.filter.metric_value, MetricValue::Source(_))).then(|| {
            assumption(
                "value that is missing or no number",
                "no sample, and not the default",
                "AWS was seen to publish none",
            )
        });
    let dimension = is_any(|rule| !rule.filter.dimensions.is_empty()).then(|| {
        assumption(
            "dimension that is missing or empty",
            "no sample",
            "AWS does not say; an alarm without dimensions sees no sample of a metric that has them",
        )
    });
    [default, value, dimension].into_iter().flatten()
}

fn alarm_assumptions(rule: &RuleReport) -> [Assumption; 2] {
    [
        assumption(
            "evaluation range",
            format!("{} datapoints", rule.alarm.evaluation_range()),
            "AWS looks at more datapoints than it judges and does not publish how many; this follows its documented tables and recorded histories",
        ),
        assumption(
            "evaluation offset",
            format!("{} s", rule.alarm.evaluation_offset_seconds()),
            "Each alarm is evaluated at a fixed offset inside the minute that AWS does not publish",
        ),
    ]
}
