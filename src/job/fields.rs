//! Reading and writing what several kinds of files or definitions have in common.

use jiff::Timestamp;

use crate::text::printable;
use csv::StringRecord;

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

/// Returns the line of a file in which a record of CSV begins.
pub(super) fn line(record: &StringRecord) -> u64 {
    record.position().map_or(0, csv::Position::line)
}

/// Returns the value of a required field.
pub(super) fn required<T>(value: Option<T>, field: &str) -> Result<T, String> {
    value.ok_or_else(|| format!("the field `{field}` is missing"))
}

/// Parses a moment in a line of a table.
pub(super) fn parse_time(text: &str) -> Result<Timestamp, String> {
    let time = text.parse();
    time.map_err(|_| {
        format!(
            "`{}` is not a time such as 2026-03-04T09:15:00Z",
            printable(text)
        )
    })
}
