//! The names that AWS accepts for the parts of an export.

use super::error::ExportError;

/// The longest name of an alarm or a mute rule (API, `PutMetricAlarm` and `PutAlarmMuteRule`).
const ALARM_NAME_LIMIT: usize = 255;

/// The longest name of a metric filter (API, `PutMetricFilter`).
const FILTER_NAME_LIMIT: usize = 512;

const ALARM_NAME_RULE: &str = "a name has 1 to 255 characters and no control characters";
const FILTER_NAME_RULE: &str = "a name has 1 to 512 characters, none of them `:` or `*`";

/// Checks the name of an alarm.
pub(super) fn check_alarm_name(name: &str) -> Result<(), ExportError> {
    check(is_alarm_name(name), "alarm", name, ALARM_NAME_RULE)
}

/// Checks the name of a mute rule.
pub(super) fn check_mute_rule_name(name: &str) -> Result<(), ExportError> {
    check(is_alarm_name(name), "mute rule", name, ALARM_NAME_RULE)
}

/// Checks the name of a metric filter.
pub(super) fn check_filter_name(name: &str) -> Result<(), ExportError> {
    check(
        is_filter_name(name),
        "metric filter",
        name,
        FILTER_NAME_RULE,
    )
}

fn is_alarm_name(name: &str) -> bool {
    has_length(name, ALARM_NAME_LIMIT) && !name.contains(char::is_control)
}

fn is_filter_name(name: &str) -> bool {
    has_length(name, FILTER_NAME_LIMIT) && !name.contains([':', '*'])
}

fn has_length(name: &str, limit: usize) -> bool {
    (1..=limit).contains(&name.chars().count())
}

fn check(
    is_valid: bool,
    kind: &'static str,
    name: &str,
    rule: &'static str,
) -> Result<(), ExportError> {
    if is_valid {
        return Ok(());
    }
    let name = name.to_owned();
    Err(ExportError::Name { kind, name, rule })
}
