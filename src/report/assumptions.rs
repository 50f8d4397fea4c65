//! The assumptions that the numbers rest on, where AWS is undocumented or the archive has less
//! information than AWS had.

use serde::Serialize;

use super::{BucketInventory, Report, RuleReport, ScopeComparison};
use crate::alarm::{AlarmConfiguration, AlarmScope};
use crate::language::{Argument, Message};
use crate::metric::MetricValue;
use crate::pattern::parse;
use crate::time::period::TimeRange;

/// The number of alarms whose episodes in other scopes are listed.
const COMPARISON_LIMIT: usize = 3;

/// An assumption that the numbers rest on.
#[derive(Clone, Debug, Serialize)]
pub struct Assumption {
    /// The subject.
    pub name: Message,
    /// The value that was assumed.
    pub value: Message,
    /// The reason, or the effect on the numbers.
    pub meaning: Message,
}

impl Assumption {
    /// Creates an assumption from the identifiers of its subject and meaning.
    fn new(name: &'static str, value: Message, meaning: &'static str) -> Self {
        Self {
            name: Message::new(name),
            value,
            meaning: Message::new(meaning),
        }
    }

    /// Creates an assumption whose value is the same in every report.
    fn fixed(name: &'static str, value: &'static str, meaning: &'static str) -> Self {
        Self::new(name, Message::new(value), meaning)
    }
}

/// Returns the assumptions of a report.
pub(super) fn assumptions(report: &Report) -> Vec<Assumption> {
    let rules = &report.rules;
    let mut assumptions = vec![clock(report), duplicates(report)];
    assumptions.extend(requested_time(report));
    assumptions.extend(alarm_scope(report));
    assumptions.extend(mapped_from_ocsf(report));
    assumptions.extend(mapped_from_ecs(report));
    assumptions.extend(without_hash(report));
    // Sources, D15.
    assumptions.extend(report.scan.inventories.iter().map(inventory));
    // Sources, P35.
    assumptions.extend(interior_star(rules));
    // Sources, M7.
    assumptions.extend(rules.iter().any(has_default).then(default_value));
    // Sources, M5.
    assumptions.extend(rules.iter().any(reads_value).then(missing_value));
    // Sources, M11.
    assumptions.extend(rules.iter().any(has_dimension).then(missing_dimension));
    // Sources, M18 and M20.
    assumptions.extend(rules.iter().any(has_criteria).then(selected_events));
    assumptions.extend(evaluation(report).into_iter().flatten());
    assumptions
}

fn clock(report: &Report) -> Assumption {
    let clock = &report.scan.clock;
    let unknown = count_without_log_time(report);
    let value = match clock == "log" && unknown > 0 {
        true => Message::new("assumption-clock-log")
            .with("clock", &**clock)
            .with("unknown", unknown)
            .with("count", report.attempts.len()),
        false => Message::verbatim(&**clock),
    };
    Assumption::new("assumption-clock", value, "assumption-clock-meaning")
}

fn count_without_log_time(report: &Report) -> usize {
    let events = report.attempts.iter().map(|attempt| &attempt.event);
    events.filter(|event| event.log_time.is_none()).count()
}

/// Returns the number of objects that hold attempts and have no hash, if there are any.
fn without_hash(report: &Report) -> Option<Assumption> {
    let sources = report.sources.all();
    let unknown = sources.iter().filter(|source| source.sha256.is_none());
    let unknown = unknown.count();
    let value = Message::new("assumption-without-hash-value").with("unknown", unknown);
    let value = value.with("count", sources.len());
    let (name, meaning) = ("assumption-without-hash", "assumption-without-hash-meaning");
    (unknown > 0).then(|| Assumption::new(name, value, meaning))
}

/// Returns the assumption that the objects of a bucket are those of an inventory.
fn inventory(inventory: &BucketInventory) -> Assumption {
    let value = Message::new("assumption-inventory-value")
        .with("time", inventory.created_at)
        .with("manifest", &*inventory.manifest);
    Assumption::new(
        "assumption-inventory",
        value,
        "assumption-inventory-meaning",
    )
}

/// Returns the assumption that nothing outside of the requested time matters; nothing if there is
/// no story that it could cut off.
fn requested_time(report: &Report) -> Option<Assumption> {
    let TimeRange { start, end } = report.scan.requested;
    let value = match (start, end) {
        (Some(from), Some(to)) => Message::new("assumption-requested-both")
            .with("from", from)
            .with("to", to),
        (Some(from), None) => Message::new("assumption-requested-from").with("from", from),
        (None, Some(to)) => Message::new("assumption-requested-to").with("to", to),
        (None, None) => return None,
    };
    let meaning = "assumption-requested-meaning";
    let assumption = Assumption::new("assumption-requested", value, meaning);
    (!report.stories.is_empty()).then_some(assumption)
}

fn duplicates(report: &Report) -> Assumption {
    let value = match report.scan.duplicates_dropped {
        true => "assumption-duplicates-dropped",
        false => "assumption-duplicates-kept",
    };
    let meaning = "assumption-duplicates-meaning";
    Assumption::fixed("assumption-duplicates", value, meaning)
}

/// Returns the assumption about the log groups that alarms see, unless everything is of one account
/// and region, where it makes no difference.
fn alarm_scope(report: &Report) -> Option<Assumption> {
    let scan = &report.scan;
    let is_of_one_place = scan.accounts.len() < 2 && scan.regions.len() < 2;
    if is_of_one_place && scan.alarm_scope == AlarmScope::Archive {
        return None;
    }
    let mut parts = vec![one_alarm(scan.alarm_scope)];
    let comparisons = report.scope_comparisons.iter();
    for comparison in comparisons.take(COMPARISON_LIMIT) {
        parts.push(compared(comparison));
    }
    let more = report
        .scope_comparisons
        .len()
        .saturating_sub(COMPARISON_LIMIT);
    if more > 0 {
        parts.push(Message::new("assumption-alarm-scope-more").with("count", more));
    }
    let (name, meaning) = ("assumption-alarm-scope", "assumption-alarm-scope-meaning");
    Some(Assumption::new(name, joined("; ", parts), meaning))
}

/// Returns sentences as one.
fn joined(separator: &'static str, parts: Vec<Message>) -> Message {
    let parts = parts.into_iter().map(Argument::from).collect();
    Message::joined(separator, parts)
}

/// Returns the scope of alarms in words.
fn one_alarm(scope: AlarmScope) -> Message {
    Message::new(match scope {
        AlarmScope::Archive => "scope-archive",
        AlarmScope::Account => "scope-account",
        AlarmScope::Region => "scope-region",
    })
}

fn compared(comparison: &ScopeComparison) -> Message {
    let here = Message::new("assumption-alarm-scope-compared")
        .with("alarm", &*comparison.alarm_name)
        .with("episodes", episodes(comparison.episodes));
    let mut parts = vec![here];
    for (scope, count) in &comparison.others {
        let other = Message::new("assumption-alarm-scope-other");
        let other = other.with("episodes", episodes(*count));
        parts.push(other.with("scope", one_alarm(*scope)));
    }
    joined(", ", parts)
}

fn episodes(count: u64) -> Message {
    Message::new("episode-count").with("count", count)
}

fn mapped_from_ocsf(report: &Report) -> Option<Assumption> {
    let value = "assumption-mapped-from-ocsf-value";
    let mapped = counted(report.scan.mapped_from_ocsf, value)?;
    let meaning = "assumption-mapped-from-ocsf-meaning";
    Some(Assumption::new(
        "assumption-mapped-from-ocsf",
        mapped,
        meaning,
    ))
}

fn mapped_from_ecs(report: &Report) -> Option<Assumption> {
    let value = "assumption-mapped-from-ecs-value";
    let mapped = counted(report.scan.mapped_from_ecs, value)?;
    let meaning = "assumption-mapped-from-ecs-meaning";
    Some(Assumption::new(
        "assumption-mapped-from-ecs",
        mapped,
        meaning,
    ))
}

/// Returns a message with a number of records; `None` if there are none.
fn counted(records: u64, message: &'static str) -> Option<Message> {
    let message = Message::new(message).with("count", records);
    (records > 0).then_some(message)
}

fn interior_star(rules: &[RuleReport]) -> Option<Assumption> {
    if !rules.iter().any(has_interior_star) {
        return None;
    }
    let differing: u64 = rules.iter().map(|rule| rule.ambiguous).sum();
    let value = Message::new("assumption-interior-star-value").with("differing", differing);
    let (name, meaning) = (
        "assumption-interior-star",
        "assumption-interior-star-meaning",
    );
    Some(Assumption::new(name, value, meaning))
}

fn has_interior_star(rule: &RuleReport) -> bool {
    parse(&rule.filter.pattern).is_ok_and(|pattern| pattern.has_interior_star())
}

fn has_default(rule: &RuleReport) -> bool {
    rule.filter.default_value.is_some()
}

fn default_value() -> Assumption {
    Assumption::fixed(
        "assumption-default-value",
        "assumption-default-value-value",
        "assumption-default-value-meaning",
    )
}

fn missing_value() -> Assumption {
    Assumption::fixed(
        "assumption-missing-value",
        "assumption-missing-value-value",
        "assumption-missing-value-meaning",
    )
}

fn reads_value(rule: &RuleReport) -> bool {
    matches!(rule.filter.metric_value, MetricValue::Source(_))
}

fn has_dimension(rule: &RuleReport) -> bool {
    !rule.filter.dimensions.is_empty()
}

fn missing_dimension() -> Assumption {
    Assumption::fixed(
        "assumption-missing-dimension",
        "assumption-missing-dimension-value",
        "assumption-missing-dimension-meaning",
    )
}

fn has_criteria(rule: &RuleReport) -> bool {
    rule.filter.field_selection_criteria.is_some()
}

fn selected_events() -> Assumption {
    Assumption::fixed(
        "assumption-selected-events",
        "assumption-selected-events-value",
        "assumption-selected-events-meaning",
    )
}

/// Returns the assumptions about the evaluation of alarms. The built-in rules have alarms of the
/// same values. Of other alarms, those of the first are listed.
fn evaluation(report: &Report) -> Option<[Assumption; 2]> {
    let mut alarms = report.alarms.iter().map(|alarm| &alarm.alarm);
    let first = alarms.find_map(|alarm| alarm.metric())?;
    Some([evaluation_range(first), evaluation_offset(first)])
}

fn evaluation_range(alarm: &AlarmConfiguration) -> Assumption {
    let count = u64::from(alarm.evaluation_range());
    let value = Message::new("assumption-evaluation-range-value").with("count", count);
    let meaning = "assumption-evaluation-range-meaning";
    Assumption::new("assumption-evaluation-range", value, meaning)
}

fn evaluation_offset(alarm: &AlarmConfiguration) -> Assumption {
    let seconds = alarm.evaluation_offset_seconds().unsigned_abs();
    let value = Message::new("assumption-evaluation-offset-value").with("seconds", seconds);
    let meaning = "assumption-evaluation-offset-meaning";
    Assumption::new("assumption-evaluation-offset", value, meaning)
}
