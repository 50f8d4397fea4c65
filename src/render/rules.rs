//! The rules that are built in, for a person and for a program.

use std::error::Error;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::style::{HEADING, QUIET, WARNING};
use crate::pattern::{Warning, parse, warnings};
use crate::plan::BuiltInRule;
use crate::plan::built_in::{RULES, RuleSource, groups};

/// Writes the names of all groups and rules with what they are about.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write_list(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{HEADING}Groups{HEADING:#}")?;
    for group in groups() {
        writeln!(
            out,
            "  {:<12} {QUIET}{:>2} rules{QUIET:#}  {}",
            group.name,
            group.rules.len(),
            group.about
        )?;
    }
    writeln!(out, "\n{HEADING}Rules{HEADING:#}")?;
    let width = RULES.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    for rule in RULES {
        writeln!(out, "  {:<width$}  {}", rule.name, about(rule))?;
    }
    Ok(())
}

/// What a rule counts, and in which editions of the benchmark it has this text.
fn about(rule: &BuiltInRule) -> String {
    let editions: Vec<&str> = rule.editions().map(|edition| edition.name()).collect();
    match (rule.source, editions.as_slice()) {
        (RuleSource::Cis { .. }, [only]) => format!("{} ({only})", rule.subject),
        (RuleSource::Cis { .. }, [first, .., last]) => {
            format!("{} ({first} to {last})", rule.subject)
        }
        _ => rule.subject.to_string(),
    }
}

/// Writes everything about a rule.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write_rule(built_in: &BuiltInRule, out: &mut dyn Write) -> io::Result<()> {
    let rule = built_in.rule();
    let alarm = &rule.alarm;
    writeln!(out, "{HEADING}{}{HEADING:#}", built_in.name)?;
    let mut line = |name: &str, text: &str| writeln!(out, "  {QUIET}{name:<10}{QUIET:#} {text}");
    line("counts", &built_in.subject.to_string())?;
    line("published", &built_in.published_in())?;
    line("pattern", built_in.pattern)?;
    line(
        "metric",
        &format!("{} in {}", built_in.metric_name, built_in.namespace),
    )?;
    line(
        "alarm",
        &format!("{}: {}", alarm.alarm_name, alarm.condition()),
    )?;
    for warning in known_traps(built_in) {
        writeln!(out, "\n{WARNING}warning:{WARNING:#} {warning}")?;
    }
    writeln!(out)
}

fn known_traps(rule: &BuiltInRule) -> Vec<Warning> {
    parse(rule.pattern)
        .map(|pattern| warnings(&pattern, rule.pattern))
        .unwrap_or_default()
}

/// Writes all rules as a JSON array.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write_all_json(out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    write_json(&RULES.iter().collect::<Vec<_>>(), out)
}

/// Writes rules as a JSON array.
///
/// # Errors
///
/// When the bytes cannot be written.
pub fn write_json(rules: &[&BuiltInRule], out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    let values: Vec<Value> = rules.iter().map(|rule| value(rule)).collect();
    serde_json::to_writer_pretty(&mut *out, &values)?;
    Ok(writeln!(out)?)
}

fn value(built_in: &BuiltInRule) -> Value {
    let alarm = built_in.rule().alarm;
    let warning = |warning: &Warning| json!({ "effect": warning.kind.effect(), "repair": warning.kind.repair() });
    let member = groups()
        .into_iter()
        .filter(|group| group.rules.iter().any(|rule| rule.name == built_in.name));
    json!({
        "name": built_in.name,
        "groups": member.map(|group| group.name).collect::<Vec<_>>(),
        "counts": built_in.subject,
        "published": built_in.published_in(),
        "pattern": built_in.pattern,
        "namespace": built_in.namespace,
        "metric_name": built_in.metric_name,
        "alarm": {
            "alarm_name": alarm.alarm_name,
            "statistic": alarm.watched.statistic().map(|statistic| statistic.to_string()),
            "period_seconds": alarm.period_seconds,
            "comparison_operator": alarm.comparison_operator.sign(),
            "threshold": alarm.threshold,
            "datapoints_to_alarm": alarm.datapoints_needed(),
            "evaluation_periods": alarm.evaluation_periods,
            "treat_missing_data": alarm.treat_missing_data.to_string(),
        },
        "warnings": known_traps(built_in).iter().map(warning).collect::<Vec<_>>(),
    })
}
