//! The calendar of the coverage: the days with and without objects, for each account and region.

use super::scale::TimeScale;
use super::svg::{Anchor, Frame, Rect, Svg};
use super::{Caption, PICTURE_WIDTH};
use crate::time::period::DAY_SECONDS;

/// The place of the names beside the days.
const LEFT: f64 = 210.0;

/// The room at the right.
const RIGHT: f64 = 10.0;

/// The height of a row.
const ROW: f64 = 20.0;

/// The height of a heading.
const HEADING: f64 = 20.0;

/// The days of an account and region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarRow {
    /// The account and region.
    pub label: String,
    /// Days in a row that are alike.
    pub days: Vec<CalendarDays>,
}

/// Days in a row that are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarDays {
    /// The first day, counted from the epoch.
    pub first: i64,
    /// The last day.
    pub last: i64,
    /// The state of the days.
    pub state: DayState,
    /// The hint for the mouse.
    pub hint: String,
}

/// The state of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayState {
    /// It has objects, and all were read.
    Present,
    /// It has objects that could not be read in full.
    Damaged,
    /// It has no object.
    Absent,
}

impl DayState {
    fn class(self) -> &'static str {
        match self {
            Self::Present => "day present",
            Self::Damaged => "day damaged",
            Self::Absent => "day absent",
        }
    }

    /// Returns the sign on a day that is wide enough, for those who cannot tell the colours.
    fn sign(self) -> &'static str {
        match self {
            Self::Present => "",
            Self::Damaged => "!",
            Self::Absent => "–",
        }
    }
}

/// Draws the calendar from a first to a last day.
pub fn coverage_calendar(
    caption: &Caption<'_>,
    (first, last): (i64, i64),
    rows: &[CalendarRow],
) -> String {
    let end = last.saturating_add(1);
    let seconds = (first * DAY_SECONDS, end * DAY_SECONDS);
    let mut calendar = Calendar {
        svg: Svg::new(&Frame::new(
            caption,
            "calendar",
            (PICTURE_WIDTH, HEADING + ROW * rows.len() as f64 + 4.0),
        )),
        days: TimeScale::new(seconds, (LEFT, PICTURE_WIDTH - RIGHT)),
    };
    calendar.draw_heading(end - first);
    for (number, row) in rows.iter().enumerate() {
        calendar.draw_row(HEADING + ROW * number as f64, row);
    }
    calendar.svg.finish()
}

struct Calendar {
    svg: Svg,
    days: TimeScale,
}

impl Calendar {
    fn draw_heading(&mut self, days: i64) {
        for tick in self.days.ticks(days.min(10)) {
            let x = self.days.place(tick.second);
            // The label is over the day that it names, and not over the midnight before.
            let half = (self.days.place(tick.second + DAY_SECONDS) - x) / 2.0;
            let place = (x + half.max(0.0), HEADING - 7.0);
            if place.0 < PICTURE_WIDTH - RIGHT {
                self.svg.label("tick", place, Anchor::Middle, &tick.label);
            }
        }
    }

    fn draw_row(&mut self, y: f64, row: &CalendarRow) {
        let place = (LEFT - 10.0, y + ROW / 2.0 + 4.0);
        self.svg.label("lane-label", place, Anchor::End, &row.label);
        for days in &row.days {
            self.draw_days(y, days);
        }
    }

    fn draw_days(&mut self, y: f64, days: &CalendarDays) {
        let x = self.days.place(days.first * DAY_SECONDS);
        let end = self.days.place((days.last + 1) * DAY_SECONDS);
        // Single days have a gap between them; in years of days it would hide them.
        let gap = if end - x > 4.0 { 1.0 } else { 0.0 };
        let rect = Rect {
            x,
            y: y + 2.0,
            width: (end - x - gap).max(0.6),
            height: ROW - 4.0,
        };
        self.svg.rect(days.state.class(), rect, Some(&days.hint));
        if end - x > 12.0 && !days.state.sign().is_empty() {
            let place = (f64::midpoint(x, end), y + ROW / 2.0 + 4.0);
            let sign = days.state.sign();
            self.svg.label("day-sign", place, Anchor::Middle, sign);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_have_a_class_and_a_sign() {
        let days = |first, last, state| CalendarDays {
            first,
            last,
            state,
            hint: format!("{first} to {last}"),
        };
        let rows = [CalendarRow {
            label: "111122223333 eu-west-1".to_owned(),
            days: vec![
                days(20_000, 20_000, DayState::Present),
                days(20_001, 20_003, DayState::Absent),
                days(20_004, 20_004, DayState::Damaged),
            ],
        }];
        let svg = coverage_calendar(&Caption::default(), (20_000, 20_004), &rows);
        assert_eq!(svg.matches("<rect class=\"day ").count(), 3);
        assert!(svg.contains(">–</text>") && svg.contains(">!</text>"));
    }
}
