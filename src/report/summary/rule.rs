//! The summary of a rule.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::alarm::AlarmSummary;
use super::groups::{GroupTable, Grouping, MatchGroup};
use super::metric_line::MetricLine;
use crate::pattern::{parse, warnings};
use crate::report::{AlarmReport, Attempt, Report, RuleReport, Subject};
use crate::time::period::DAY_SECONDS;

/// The number of days without a match after which a pattern may be wrong.
// In a year, even a yearly task has happened once.
const LONG_SILENCE_DAYS: i64 = 365;

/// The findings of one rule.
#[derive(Clone, Debug, Serialize)]
pub struct RuleSummary {
    /// The name of the rule.
    pub rule: String,
    /// The events that it counts, in words.
    pub subject: Subject,
    /// The filter pattern.
    pub pattern: String,
    /// The warnings about the pattern. `backtrail pattern check` gives details.
    pub warnings: Vec<String>,
    /// The namespace of the metric.
    pub namespace: String,
    /// The name of the metric.
    pub metric_name: String,
    /// The number of matches.
    pub attempts: u64,
    /// The value that each matching event adds to the metric: a number, a field or a cell.
    pub metric_value: String,
    /// The value that each other event adds to the metric, if any.
    pub default_value: Option<f64>,
    /// The names of the dimensions.
    pub dimensions: Vec<String>,
    /// The unit of the samples.
    pub unit: &'static str,
    /// The number of periods with a sample, counted for each set of dimensions.
    pub periods: u64,
    /// The metric over the audited time, if it has a sample.
    #[serde(skip)]
    pub metric_line: Option<MetricLine>,
    /// The number of matches that added no sample to the metric, by reason.
    pub without_sample: BTreeMap<&'static str, u64>,
    /// The number of records that would have another answer if a `*` within a value stood for
    /// itself.
    pub ambiguous: u64,
    /// The matches by secret or key.
    pub by_target: Vec<MatchGroup>,
    /// The matches by the name of the event.
    pub by_event: Vec<MatchGroup>,
    /// The matches by principal.
    pub by_principal: Vec<MatchGroup>,
    /// The first alarm on its metric, as among those of all rules; `None` if it has none.
    pub alarm: Option<AlarmSummary>,
}

/// Returns the summaries of all rules of a report.
pub(super) fn summaries(report: &Report) -> Vec<RuleSummary> {
    let mut by_rule: HashMap<&str, Vec<&Attempt>> = HashMap::new();
    for attempt in &report.attempts {
        by_rule.entry(&attempt.rule).or_default().push(attempt);
    }
    let mut summaries = Vec::new();
    for (number, rule) in report.rules.iter().enumerate() {
        let attempts = by_rule.get(rule.rule.as_str());
        let attempts = attempts.map_or(&[] as &[_], Vec::as_slice);
        summaries.push(RuleSummary::new(report, number, rule, attempts));
    }
    summaries
}

fn first_alarm(report: &Report, rule: usize) -> Option<&AlarmReport> {
    let mut alarms = report.alarms.iter();
    alarms.find(|alarm| alarm.rules.contains(&rule))
}

impl RuleSummary {
    fn new(report: &Report, number: usize, rule: &RuleReport, attempts: &[&Attempt]) -> Self {
        let filter = &rule.filter;
        let alarm = first_alarm(report, number);
        Self {
            rule: rule.rule.clone(),
            subject: rule.subject.clone(),
            pattern: filter.pattern.clone(),
            warnings: warnings_about(report, rule, attempts.len()),
            namespace: filter.namespace.clone(),
            metric_name: filter.metric_name.clone(),
            attempts: attempts.len() as u64,
            metric_value: filter.metric_value.to_string(),
            default_value: filter.default_value,
            dimensions: filter.dimension_names(),
            unit: filter.unit.name(),
            periods: count_periods(report, number, alarm),
            metric_line: MetricLine::new(report, number, period_seconds(alarm)),
            without_sample: without_sample(rule),
            ambiguous: rule.ambiguous,
            by_target: Grouping::Target.groups(attempts),
            by_event: Grouping::Event.groups(attempts),
            by_principal: Grouping::Principal.groups(attempts),
            alarm: alarm.map(|alarm| AlarmSummary::new(alarm, &report.rules)),
        }
    }

    /// Returns the tables of its matches in groups: by secret or key, or else by event, and by
    /// principal.
    pub fn group_tables(&self) -> [GroupTable<'_>; 2] {
        // The largest group has no name if the rule is not about secrets and keys.
        let names_targets = self
            .by_target
            .first()
            .is_some_and(|group| group.name.is_some());
        let by_subject = match names_targets {
            true => Grouping::Target.table(&self.by_target),
            false => Grouping::Event.table(&self.by_event),
        };
        [by_subject, Grouping::Principal.table(&self.by_principal)]
    }
}

/// Returns what to know about a rule before its numbers are believed.
fn warnings_about(report: &Report, rule: &RuleReport, attempts: usize) -> Vec<String> {
    let mut warnings = pattern_warnings(&rule.filter.pattern);
    // That nothing was wrong for years is good news of a rule whose pattern is known to be right.
    if attempts == 0 && !rule.is_built_in {
        warnings.extend(warn_of_silence(report));
    }
    warnings
}

fn warn_of_silence(report: &Report) -> Option<String> {
    let (first, last) = (report.scan.first_event?, report.scan.last_event?);
    let days = (last.as_second() - first.as_second()) / DAY_SECONDS;
    (days >= LONG_SILENCE_DAYS)
        .then(|| format!("it matched nothing in {days} days; is the pattern right?"))
}

fn pattern_warnings(text: &str) -> Vec<String> {
    let Ok(pattern) = parse(text) else {
        return Vec::new();
    };
    let warnings = warnings(&pattern, text);
    let effects = warnings.iter().map(|warning| warning.kind.effect());
    effects.collect()
}

/// Returns the number of periods of the metrics of a rule that have a sample: of those with the
/// period of its first alarm, where several alarms have periods of their own.
fn count_periods(report: &Report, rule: usize, alarm: Option<&AlarmReport>) -> u64 {
    let period_seconds = period_seconds(alarm);
    let metrics = report.metrics.iter();
    let metrics = metrics.filter(|metric| metric.rules.contains(&rule));
    let metrics =
        metrics.filter(|metric| period_seconds.is_none_or(|own| own == metric.period_seconds));
    metrics.map(|metric| metric.datapoints.len() as u64).sum()
}

fn period_seconds(alarm: Option<&AlarmReport>) -> Option<u32> {
    let alarm = alarm.and_then(|alarm| alarm.alarm.metric());
    alarm.map(|alarm| alarm.period_seconds)
}

fn without_sample(rule: &RuleReport) -> BTreeMap<&'static str, u64> {
    let reasons = rule.without_sample.iter();
    reasons
        .map(|(reason, count)| (reason.name(), *count))
        .collect()
}
