//! The rules that are built in, for people and for programs.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::json::write_document;
use super::style::{HEADING, QUIET, WARNING};
use crate::alarm::AlarmConfiguration;
use crate::pattern::{Warning, parse, warnings};
use crate::plan::BuiltInRule;
use crate::plan::built_in::{RULES, RuleGroup, groups};
use crate::text::printable;

/// Writes the names and descriptions of all groups and rules.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_list(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{HEADING}Groups{HEADING:#}")?;
    for group in groups() {
        write_group(&group, out)?;
    }
    writeln!(out, "\n{HEADING}Rules{HEADING:#}")?;
    for rule in RULES {
        write_name(rule, out)?;
    }
    Ok(())
}

fn write_name(rule: &BuiltInRule, out: &mut dyn Write) -> io::Result<()> {
    let widths = RULES.iter().map(|rule| rule.name.len());
    let width = widths.max().unwrap_or(0);
    writeln!(out, "  {:<width$}  {}", rule.name, describe(rule))
}

fn write_group(group: &RuleGroup, out: &mut dyn Write) -> io::Result<()> {
    let RuleGroup { name, about, rules } = group;
    let count = rules.len();
    writeln!(
        out,
        "  {name:<12} {QUIET}{count:>2} rules{QUIET:#}  {about}"
    )
}

/// Describes the events that a rule counts, and the editions of the benchmark that have this text.
fn describe(rule: &BuiltInRule) -> String {
    let subject = rule.subject.message();
    match rule.editions().as_slice() {
        [] => subject.to_string(),
        [only] => format!("{subject} ({})", only.name()),
        [first, .., last] => format!("{subject} ({} to {})", first.name(), last.name()),
    }
}

/// Writes everything about a rule.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_rule(rule: &BuiltInRule, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{HEADING}{}{HEADING:#}", rule.name)?;
    write_fields(rule, out)?;
    for warning in warnings_about(rule) {
        // A warning has several lines, which it makes printable itself.
        writeln!(out, "\n{WARNING}warning:{WARNING:#} {warning}")?;
    }
    writeln!(out)
}

fn write_fields(rule: &BuiltInRule, out: &mut dyn Write) -> io::Result<()> {
    let alarm = rule.alarm();
    let metric = format!("{} in {}", rule.metric_name, rule.namespace);
    let condition = format!("{}: {}", alarm.alarm_name, alarm.condition());
    write_field("counts", &rule.subject.message().to_string(), out)?;
    write_field("published", &rule.published_in(), out)?;
    write_field("pattern", rule.pattern, out)?;
    write_field("metric", &metric, out)?;
    write_field("alarm", &condition, out)
}

fn write_field(name: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
    let text = printable(text);
    writeln!(out, "  {QUIET}{name:<10}{QUIET:#} {text}")
}

/// Returns the warnings about the pattern of a rule. Published patterns have mistakes, too.
fn warnings_about(rule: &BuiltInRule) -> Vec<Warning> {
    match parse(rule.pattern) {
        Ok(pattern) => warnings(&pattern, rule.pattern),
        Err(_) => Vec::new(),
    }
}

/// Writes rules, one after the other.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_rules(rules: &[&BuiltInRule], out: &mut dyn Write) -> io::Result<()> {
    rules.iter().try_for_each(|rule| write_rule(rule, out))
}

/// Writes all rules as a JSON array.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_all_json(out: &mut dyn Write) -> io::Result<()> {
    write_json(&RULES.iter().collect::<Vec<_>>(), out)
}

/// Writes rules as a JSON array.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_json(rules: &[&BuiltInRule], out: &mut dyn Write) -> io::Result<()> {
    let values: Vec<Value> = rules.iter().map(|rule| rule_json(rule)).collect();
    write_document(&values, out)
}

fn rule_json(rule: &BuiltInRule) -> Value {
    let warnings = warnings_about(rule);
    json!({
        "name": rule.name,
        "groups": group_names(rule),
        "counts": rule.subject.message(),
        "published": rule.published_in(),
        "pattern": rule.pattern,
        "namespace": rule.namespace,
        "metric_name": rule.metric_name,
        "alarm": alarm_json(&rule.alarm()),
        "warnings": warnings.iter().map(warning_json).collect::<Vec<_>>(),
    })
}

fn group_names(rule: &BuiltInRule) -> Vec<String> {
    let mut groups = groups();
    // A rule may be in several groups: in one for each edition that has its text.
    groups.retain(|group| group.rules.contains(&rule));
    groups.into_iter().map(|group| group.name).collect()
}

fn alarm_json(alarm: &AlarmConfiguration) -> Value {
    let statistic = alarm.watched.statistic();
    json!({
        "alarm_name": alarm.alarm_name,
        "statistic": statistic.map(|statistic| statistic.to_string()),
        "period_seconds": alarm.period_seconds,
        "comparison_operator": alarm.comparison_operator.sign(),
        "threshold": alarm.threshold,
        "datapoints_to_alarm": alarm.datapoints_needed(),
        "evaluation_periods": alarm.evaluation_periods,
        "treat_missing_data": alarm.treat_missing_data.to_string(),
    })
}

fn warning_json(warning: &Warning) -> Value {
    json!({ "effect": warning.kind.effect(), "repair": warning.kind.repair() })
}
