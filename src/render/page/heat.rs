//! The heat map of the attempts, by day and hour in UTC.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use minijinja::Value;

use super::input::PageInput;
use super::templates::markup;
use crate::language::Message;
use crate::render::chart::Caption;
use crate::render::chart::heat_map::{HOURS, HeatRow, heat_map};
use crate::render::chart::scale::civil;

/// The number of days up to which each has a row. More are joined by the day of the week, since
/// years of rows would be a picture that nobody scrolls through.
pub(super) const DAY_LIMIT: usize = 45;

/// The attempts of a day by their hours.
type HoursOfDay = [u64; HOURS];

/// The heat map.
pub(super) struct Heat {
    /// The chart.
    pub(super) chart: Value,
    /// True if its rows are days of the week.
    pub(super) is_by_weekday: bool,
}

/// Returns the heat map of all attempts; `None` if none has a time.
pub(super) fn heat(input: &PageInput<'_>) -> Option<Heat> {
    let days = days(input);
    let (first, last) = (*days.keys().next()?, *days.keys().next_back()?);
    let length = first.until(last).map_or(0, |span| span.get_days()) + 1;
    let is_by_weekday = usize::try_from(length).unwrap_or(usize::MAX) > DAY_LIMIT;
    let rows = match is_by_weekday {
        true => weekday_rows(input, &days),
        false => day_rows(&days, first, last),
    };
    let caption = Caption {
        id: "heat-map",
        title: &input.text("page-heat-map"),
        description: &description(input, &rows),
    };
    Some(Heat {
        chart: markup(heat_map(&caption, &rows)),
        is_by_weekday,
    })
}

fn days(input: &PageInput<'_>) -> BTreeMap<Date, HoursOfDay> {
    let mut days: BTreeMap<Date, HoursOfDay> = BTreeMap::new();
    for attempt in &input.report.attempts {
        let Some(time) = attempt.event.event_time else {
            continue;
        };
        let time = civil(time.as_second());
        let hours = days.entry(time.date()).or_default();
        let hour = usize::try_from(time.hour()).unwrap_or_default();
        if let Some(count) = hours.get_mut(hour) {
            *count += 1;
        }
    }
    days
}

/// Returns a row for each day from the first to the last, so that days without attempts are seen.
fn day_rows(days: &BTreeMap<Date, HoursOfDay>, first: Date, last: Date) -> Vec<HeatRow> {
    let mut rows = Vec::new();
    let mut day = first;
    while day <= last {
        rows.push(HeatRow {
            label: day.to_string(),
            counts: days.get(&day).copied().unwrap_or_default(),
        });
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    rows
}

fn weekday_rows(input: &PageInput<'_>, days: &BTreeMap<Date, HoursOfDay>) -> Vec<HeatRow> {
    let mut rows = Vec::new();
    for weekday in Weekday::Monday.cycle_forward().take(7) {
        let mut counts = HoursOfDay::default();
        let same = days.iter().filter(|(day, _)| day.weekday() == weekday);
        for (_, hours) in same {
            for (sum, count) in counts.iter_mut().zip(hours) {
                *sum += count;
            }
        }
        rows.push(HeatRow {
            label: input.words.text(weekday_name(weekday)),
            counts,
        });
    }
    rows
}

fn weekday_name(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "page-monday",
        Weekday::Tuesday => "page-tuesday",
        Weekday::Wednesday => "page-wednesday",
        Weekday::Thursday => "page-thursday",
        Weekday::Friday => "page-friday",
        Weekday::Saturday => "page-saturday",
        Weekday::Sunday => "page-sunday",
    }
}

/// Returns the number of attempts and the busiest hour in words.
fn description(input: &PageInput<'_>, rows: &[HeatRow]) -> String {
    let mut busiest = (0, String::new());
    let mut total = 0;
    for row in rows {
        for (hour, count) in row.counts.iter().enumerate() {
            total += count;
            if *count > busiest.0 {
                busiest = (*count, format!("{} {hour:02}:00", row.label));
            }
        }
    }
    let message = Message::new("page-heat-map-description")
        .with("subject", input.subject())
        .with("count", total)
        .with("hour", busiest.1)
        .with("most", busiest.0);
    input.words.say(&message)
}
