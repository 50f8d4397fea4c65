//! Datapoints on a grid of periods, and the functions that need their times.

use super::function::{CalendarField, Delta, Reduction};
use crate::time::period::timestamp;

/// The datapoints of the periods of a grid, oldest first; `None` for a missing one.
pub type Datapoints = Vec<Option<f64>>;

/// The periods that datapoints belong to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimeGrid {
    /// The start of each period, in seconds since the epoch, oldest first.
    pub starts_seconds: Vec<i64>,
    /// The length of each period, in seconds.
    pub period_seconds: u32,
}

impl TimeGrid {
    /// Returns a series without datapoints.
    pub(super) fn empty(&self) -> Datapoints {
        vec![None; self.starts_seconds.len()]
    }

    /// Returns a series of one number.
    pub(super) fn constant(&self, number: f64) -> Datapoints {
        vec![finite(number); self.starts_seconds.len()]
    }

    /// Returns a part of the time of each period, whether or not there is a datapoint.
    pub(super) fn calendar(&self, field: CalendarField) -> Datapoints {
        let starts = self.starts_seconds.iter();
        starts
            .map(|second| Some(calendar(field, *second)))
            .collect()
    }

    /// Returns the difference between each datapoint and the one before.
    pub(super) fn deltas(&self, delta: Delta, series: &Datapoints) -> Datapoints {
        // A gap does not end the series: the next datapoint is compared with the last one before
        // the gap.
        let mut previous: Option<Point> = None;
        self.map_points(series, |point| {
            let before = previous.replace(point)?;
            finite(point.delta(before, delta))
        })
    }

    /// Applies a function to each datapoint and its time.
    fn map_points(
        &self,
        series: &Datapoints,
        mut function: impl FnMut(Point) -> Option<f64>,
    ) -> Datapoints {
        let pairs = self.pairs(series);
        pairs
            .map(|pair| function(Point::from_pair(pair)?))
            .collect()
    }

    /// Returns the start of each period with its datapoint.
    fn pairs<'s>(
        &'s self,
        series: &'s Datapoints,
    ) -> impl Iterator<Item = (&'s i64, &'s Option<f64>)> {
        self.starts_seconds.iter().zip(series)
    }

    /// Fills missing datapoints with points on the line between those around them.
    pub(super) fn interpolate(&self, series: &Datapoints) -> Datapoints {
        let known = self.points(series);
        self.pairs(series)
            .map(|(second, value)| value.or_else(|| interpolate_at(*second, &known)))
            .collect()
    }

    fn points(&self, series: &Datapoints) -> Vec<Point> {
        self.pairs(series).filter_map(Point::from_pair).collect()
    }

    /// Reduces the datapoints of several series at each time.
    pub(super) fn reduce(&self, reduction: Reduction, array: &[Datapoints]) -> Datapoints {
        (0..self.starts_seconds.len())
            .map(|number| reduce_at(number, reduction, array))
            .collect()
    }
}

/// A datapoint with its time.
#[derive(Clone, Copy)]
struct Point {
    second: i64,
    value: f64,
}

impl Point {
    fn from_pair((second, value): (&i64, &Option<f64>)) -> Option<Self> {
        let (second, value) = (*second, (*value)?);
        Some(Self { second, value })
    }

    /// Returns the value at a second on the straight line to a later point.
    fn interpolated(self, after: Self, second: i64) -> f64 {
        let share = (second - self.second) as f64 / after.seconds_since(self);
        self.value + (after.value - self.value) * share
    }

    fn delta(self, before: Self, delta: Delta) -> f64 {
        match delta {
            Delta::Value => self.value - before.value,
            Delta::Time => self.seconds_since(before),
            Delta::Rate => (self.value - before.value) / self.seconds_since(before),
        }
    }

    fn seconds_since(self, before: Self) -> f64 {
        self.second.saturating_sub(before.second) as f64
    }
}

/// Returns a number, or `None` if it is not finite: CloudWatch drops such a datapoint.
pub(super) fn finite(number: f64) -> Option<f64> {
    number.is_finite().then_some(number)
}

/// Repeats the last datapoint where one is missing.
pub(super) fn repeat(series: &Datapoints) -> Datapoints {
    let mut filled = series.clone();
    let mut last = None;
    for value in &mut filled {
        last = value.or(last);
        *value = last;
    }
    filled
}

/// Replaces missing datapoints by those of another series.
pub(super) fn fill(series: &Datapoints, filler: &Datapoints) -> Datapoints {
    let pairs = series.iter().zip(filler);
    pairs.map(|(value, filler)| value.or(*filler)).collect()
}

/// Returns the sum of all datapoints so far, at each datapoint.
pub(super) fn running_sum(series: &Datapoints) -> Datapoints {
    let mut sum = 0.0;
    let mut sums = series.clone();
    for value in sums.iter_mut().flatten() {
        sum += *value;
        *value = sum;
    }
    sums
}

/// Returns the datapoints that exist.
pub(super) fn existing(series: &Datapoints) -> Vec<f64> {
    series.iter().copied().flatten().collect()
}

fn interpolate_at(second: i64, known: &[Point]) -> Option<f64> {
    let (before, after) = neighbours(second, known)?;
    Some(before.interpolated(after, second))
}

/// Returns the points before and after a second; `None` if one is missing.
fn neighbours(second: i64, known: &[Point]) -> Option<(Point, Point)> {
    let next = known.partition_point(|point| point.second < second);
    Some((*known.get(next.checked_sub(1)?)?, *known.get(next)?))
}

fn reduce_at(number: usize, reduction: Reduction, array: &[Datapoints]) -> Option<f64> {
    let mut values = values_at(number, array);
    if values.is_empty() && reduction != Reduction::Count {
        return None;
    }
    // A missing datapoint counts as 0 beside one that exists (sources, T8). That changes an average
    // only: minimum and maximum are taken of the datapoints that exist.
    if reduction == Reduction::Average {
        values.resize(array.len(), 0.0);
    }
    finite(reduction.reduce(&values))
}

/// Returns the datapoints that several series have at one time.
fn values_at(number: usize, array: &[Datapoints]) -> Vec<f64> {
    let values = array.iter().map(|series| *series.get(number)?);
    values.flatten().collect()
}

fn calendar(field: CalendarField, second: i64) -> f64 {
    let time = jiff::tz::TimeZone::UTC.to_datetime(timestamp(second));
    match field {
        CalendarField::Minute => f64::from(time.minute()),
        CalendarField::Hour => f64::from(time.hour()),
        CalendarField::DayOfWeek => f64::from(time.weekday().to_monday_one_offset()),
        CalendarField::DayOfMonth => f64::from(time.day()),
        CalendarField::Month => f64::from(time.month()),
        CalendarField::Year => f64::from(time.year()),
        CalendarField::Epoch => second as f64,
    }
}
