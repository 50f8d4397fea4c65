//! The coverage on the page: a calendar for each account and region.

use jiff::ToSpan;
use jiff::civil::Date;
use minijinja::{Error, Value};
use serde::Serialize;

use super::input::PageInput;
use super::table::{PageCell, PageTable};
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
        let runs = runs(of_place, is_single).into_iter();
        calendar.push(CalendarRow {
            label: place.name(),
            days: runs.map(|run| run.days(input.words)).collect(),
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

/// Days in a row that have one mark.
#[derive(Debug, PartialEq)]
struct DayRun {
    first: Date,
    last: Date,
    state: DayState,
    objects: u64,
}

/// Returns the days of the rows of a place: each day if `is_single`, or else those in a row that
/// are alike.
fn runs<'a>(rows: impl Iterator<Item = &'a CoverageRow>, is_single: bool) -> Vec<DayRun> {
    let mut runs: Vec<DayRun> = Vec::new();
    for row in rows {
        if is_single {
            runs.extend(single_days(row));
            continue;
        }
        let run = DayRun::new(row, row.first_day, row.last_day);
        match runs.last_mut() {
            Some(last) if last.is_continued_by(&run) => {
                last.last = run.last;
                last.objects += run.objects;
            }
            _ => runs.push(run),
        }
    }
    runs
}

fn single_days(row: &CoverageRow) -> impl Iterator<Item = DayRun> {
    let days = row.first_day.series(1.day());
    let days = days.take_while(|day| *day <= row.last_day);
    days.map(|day| DayRun::new(row, day, day))
}

impl DayRun {
    fn new(row: &CoverageRow, first: Date, last: Date) -> Self {
        Self {
            first,
            last,
            state: state(row),
            objects: row.objects,
        }
    }

    fn is_continued_by(&self, next: &Self) -> bool {
        self.state == next.state && self.last.tomorrow().is_ok_and(|day| day == next.first)
    }

    fn days(&self, words: &Words) -> CalendarDays {
        let message = Message::new("page-day-hint")
            .with("day", day_span(self.first, self.last))
            .with("state", words.text(state_name(self.state)))
            .with("objects", self.objects);
        CalendarDays {
            first: day_number(self.first),
            last: day_number(self.last),
            state: self.state,
            hint: words.say(&message),
        }
    }
}

/// Returns from which to which day something lasts, with the day once if it is the same.
fn day_span(first: Date, last: Date) -> String {
    match first == last {
        true => first.to_string(),
        false => format!("{first} – {last}"),
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

fn place_row(place: &PlaceCoverage, words: &Words) -> Vec<PageCell> {
    vec![
        PageCell::text(place.name()),
        PageCell::text(written(place.first_object.as_deref())),
        PageCell::text(written(place.last_object.as_deref())),
        PageCell::count(place.days_with_object, words),
        PageCell::count(place.days_without_object, words),
        PageCell::text(gaps(place)),
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
        gaps.push(day_span(days.first, days.last));
    }
    if place.absent.len() > GAP_LIMIT {
        gaps.push("…".to_owned());
    }
    gaps.join(", ")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::language::Language;

    fn row(first: i8, last: i8, objects: u64) -> CoverageRow {
        CoverageRow {
            account: String::new(),
            region: String::new(),
            first_day: date(2026, 2, first),
            last_day: date(2026, 2, last),
            days: 0,
            objects,
            failed: 0,
            records: 0,
            duplicates: 0,
            events: crate::time::period::TimeSpan::default(),
            longest_lag_seconds: None,
            hours_without_object: 0,
        }
    }

    fn hints(rows: &[CoverageRow], is_single: bool) -> Vec<String> {
        let words = Words::new(Language::English);
        let runs = runs(rows.iter(), is_single);
        runs.iter().map(|run| run.days(&words).hint).collect()
    }

    #[test]
    fn each_mark_names_its_own_days() {
        let rows = [row(1, 3, 0), row(4, 4, 7), row(5, 5, 2)];
        assert_eq!(
            hints(&rows, true),
            [
                "2026-02-01: no object (0)",
                "2026-02-02: no object (0)",
                "2026-02-03: no object (0)",
                "2026-02-04: objects, all read (7)",
                "2026-02-05: objects, all read (2)",
            ]
        );
        assert_eq!(
            hints(&rows, false),
            [
                "2026-02-01 – 2026-02-03: no object (0)",
                "2026-02-04 – 2026-02-05: objects, all read (9)",
            ]
        );
    }
}
