//! Times and durations as the page writes them.

use jiff::Timestamp;

use crate::alarm::AlarmConfiguration;
use crate::render::chart::scale::civil;

/// Returns a time in UTC, to the second: `2026-03-03 09:32:11`. The page says once that its times
/// are UTC.
pub(super) fn time(moment: Timestamp) -> String {
    civil(moment.as_second()).strftime("%F %T").to_string()
}

/// Returns a time if there is one.
pub(super) fn time_or_empty(moment: Option<Timestamp>) -> String {
    moment.map(time).unwrap_or_default()
}

/// Returns a time of the summary as the page writes it.
pub(super) fn written(summary_time: &str) -> String {
    let moment = summary_time.parse();
    moment.map_or_else(|_| summary_time.to_owned(), time)
}

/// Returns the time in UTC of a second since the epoch, to the minute.
pub(super) fn minute(second: i64) -> String {
    civil(second).strftime("%F %H:%M").to_string()
}

/// Returns from when to when something lasts, with the day once if it is the same.
pub(super) fn span(first: i64, last: i64) -> String {
    let (start, end) = (minute(first), minute(last));
    // Within a day, the day is named once.
    match start.split_once(' ').zip(end.split_once(' ')) {
        Some(((day, _), (same, clock))) if day == same => format!("{start} – {clock}"),
        _ => format!("{start} – {end}"),
    }
}

/// Returns the comparison of an alarm as mathematics writes it: `≥ 1`.
pub(super) fn condition(alarm: &AlarmConfiguration) -> String {
    let sign = match alarm.comparison_operator.sign() {
        ">=" => "≥",
        "<=" => "≤",
        sign => sign,
    };
    format!("{sign} {}", alarm.threshold)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_names_its_day_once() {
        let second = |text: &str| text.parse::<Timestamp>().expect("a time").as_second();
        let first = second("2026-03-03T09:32:11Z");
        assert_eq!(
            span(first, second("2026-03-03T10:05:00Z")),
            "2026-03-03 09:32 – 10:05"
        );
        assert_eq!(
            span(first, second("2026-03-04T10:05:00Z")),
            "2026-03-03 09:32 – 2026-03-04 10:05"
        );
        assert_eq!(time(Timestamp::UNIX_EPOCH), "1970-01-01 00:00:00");
    }
}
