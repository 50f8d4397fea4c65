//! The coverage on the page: a calendar for each account and region.

use jiff::civil::Date;
use minijinja::{Error, Value};
use serde::Serialize;

use super::input::PageInput;
use super::table::{Cell, PageTable};
use super::templates::{Templates, markup};
use crate::language::{Message, Words};
use crate::render::chart::Caption;
use crate::render::chart::coverage_calendar::{
    CalendarDays, CalendarRow, DayState, coverage_calendar,
};
use crate::report::coverage::{CoverageRow, PlaceCoverage};

/// The number of accounts and regions in the calendar: those with most days without an object.
const PLACE_LIMIT: usize = 60;

/// The number of days up to which each has a mark of its own. Of more, those in a row that are
/// alike are one mark.
const DAY_LIMIT: i64 = 120;

/// The number of gaps that a row of the table names.
const GAP_LIMIT: usize = 6;

/// The coverage on the page.
#[derive(Debug, Serialize)]
pub(super) struct CoveragePart {
    days: u64,
    days_without_object: u64,
    hours_without_object: u64,
    places: u64,
    not_shown: u64,
    warnings: Vec<String>,
    calendar: Option<Value>,
    table: Option<Value>,
}

impl CoveragePart {
    pub(super) fn new(input: &PageInput<'_>, templates: &Templates) -> Result<Self, Error> {
        let summary = &input.summary.coverage;
        let warnings = summary.warnings.iter();
        let mut places: Vec<&PlaceCoverage> = summary.places.iter().collect();
        // The sort is stable, so places without gaps stay in the order of their names.
        places.sort_by_key(|place| std::cmp::Reverse(place.days_without_object));
        places.truncate(PLACE_LIMIT);
        Ok(Self {
            days: summary.days,
            days_without_object: summary.days_without_object,
            hours_without_object: summary.hours_without_object,
            places: summary.places.len() as u64,
            not_shown: summary.places.len().saturating_sub(PLACE_LIMIT) as u64,
            warnings: warnings.map(|warning| input.words.say(warning)).collect(),
            calendar: calendar(input, &places),
            table: place_table(input, &places, templates)?,
        })
    }
}

fn calendar(input: &PageInput<'_>, places: &[&PlaceCoverage]) -> Option<Value> {
    let rows = input.report.coverage_rows();
    let first = rows.iter().map(|row| day_number(row.first_day)).min()?;
    let last = rows.iter().map(|row| day_number(row.last_day)).max()?;
    let is_single = last - first < DAY_LIMIT;
    let mut calendar = Vec::new();
    for place in places {
        let of_place = rows
            .iter()
            .filter(|row| row.account == place.account && row.region == place.region);
        let mut maker = DayMaker {
            words: input.words,
            is_single,
            days: Vec::new(),
        };
        of_place.for_each(|row| maker.add(row));
        calendar.push(CalendarRow {
            label: place_name(place),
            days: maker.days,
        });
    }
    let words = input.words;
    let caption = Caption {
        id: "coverage-calendar",
        title: &words.text("page-calendar"),
        description: &description(input),
    };
    Some(markup(coverage_calendar(
        &caption,
        (first, last),
        &calendar,
    )))
}

/// The days of a place, while they are made.
struct DayMaker<'a> {
    words: &'a Words,
    /// True if each day has a mark of its own.
    is_single: bool,
    days: Vec<CalendarDays>,
}

impl DayMaker<'_> {
    fn add(&mut self, row: &CoverageRow) {
        let (first, last) = (day_number(row.first_day), day_number(row.last_day));
        let state = state(row);
        if self.is_single {
            for day in first..=last {
                self.push(day, day, state, row);
            }
            return;
        }
        match self.days.last_mut() {
            Some(days) if days.state == state && days.last + 1 == first => {
                days.last = last;
                days.hint = self.words.text(state_name(state));
            }
            _ => self.push(first, last, state, row),
        }
    }

    fn push(&mut self, first: i64, last: i64, state: DayState, row: &CoverageRow) {
        let message = Message::new("page-day-hint")
            .with("day", row.first_day.to_string())
            .with("state", self.words.text(state_name(state)))
            .with("objects", row.objects);
        self.days.push(CalendarDays {
            first,
            last,
            state,
            hint: self.words.say(&message),
        });
    }
}

fn state(row: &CoverageRow) -> DayState {
    match (row.objects, row.failed) {
        (0, _) => DayState::Absent,
        (_, 0) => DayState::Present,
        _ => DayState::Damaged,
    }
}

fn state_name(state: DayState) -> &'static str {
    match state {
        DayState::Present => "page-day-present",
        DayState::Damaged => "page-day-damaged",
        DayState::Absent => "page-day-absent",
    }
}

/// Returns the number of a day since the epoch.
fn day_number(day: Date) -> i64 {
    let epoch = jiff::civil::date(1970, 1, 1);
    epoch.until(day).map_or(0, |span| span.get_days().into())
}

fn place_name(place: &PlaceCoverage) -> String {
    format!("{} {}", place.account, place.region)
        .trim()
        .to_owned()
}

fn description(input: &PageInput<'_>) -> String {
    let coverage = &input.summary.coverage;
    let message = Message::new("page-coverage-numbers")
        .with("days", coverage.days)
        .with("places", coverage.places.len())
        .with("absent", coverage.days_without_object);
    input.words.say(&message)
}

/// Returns the calendar as a table, for those who do not see it.
fn place_table(
    input: &PageInput<'_>,
    places: &[&PlaceCoverage],
    templates: &Templates,
) -> Result<Option<Value>, Error> {
    let words = input.words;
    let columns = [
        "page-column-place",
        "page-column-first-object",
        "page-column-last-object",
        "page-column-days-with",
        "page-column-days-without",
        "page-column-gaps",
    ];
    let caption = words.text("page-coverage-caption");
    let mut table = PageTable::new("coverage", caption, &columns, words);
    for place in places {
        table.add(place_row(place, words));
    }
    if table.is_empty() {
        return Ok(None);
    }
    let total = input.summary.coverage.places.len();
    table.note_cut(total, input.file("coverage"), words);
    table.fill(templates).map(Some)
}

fn place_row(place: &PlaceCoverage, words: &Words) -> Vec<Cell> {
    vec![
        Cell::text(place_name(place)),
        Cell::text(written(place.first_object.as_deref())),
        Cell::text(written(place.last_object.as_deref())),
        Cell::count(place.days_with_object, words),
        Cell::count(place.days_without_object, words),
        Cell::text(gaps(place)),
    ]
}

/// Returns a time of the summary as the page writes times.
fn written(time: Option<&str>) -> String {
    let time = time.unwrap_or_default();
    time.trim_end_matches('Z').replace('T', " ")
}

fn gaps(place: &PlaceCoverage) -> String {
    let shown = place.absent.iter().take(GAP_LIMIT);
    let mut gaps: Vec<String> = Vec::new();
    for days in shown {
        gaps.push(match days.first == days.last {
            true => days.first.to_string(),
            false => format!("{} – {}", days.first, days.last),
        });
    }
    if place.absent.len() > GAP_LIMIT {
        gaps.push("…".to_owned());
    }
    gaps.join(", ")
}
