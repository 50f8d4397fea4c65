//! The fields that metric alarms and composite alarms have in common.

use crate::alarm::definition::configuration::Actions;

/// Creates the actions of an alarm; they are enabled unless the definition disables them (API,
/// `PutMetricAlarm`).
pub(super) fn define_actions(
    enabled: Option<bool>,
    ok: Vec<String>,
    alarm: Vec<String>,
    insufficient_data: Vec<String>,
) -> Actions {
    Actions {
        enabled: enabled.unwrap_or(true),
        ok,
        alarm,
        insufficient_data,
    }
}

/// Returns the field `ActionsEnabled`, which is left out if it is true.
pub(super) fn written_enabled(actions: &Actions) -> Option<bool> {
    (!actions.enabled).then_some(false)
}

/// Returns the value of a required field.
pub(super) fn required<T>(value: Option<T>, field: &str) -> Result<T, String> {
    value.ok_or_else(|| format!("the field `{field}` is missing"))
}
