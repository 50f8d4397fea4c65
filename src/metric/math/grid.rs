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
        let mut deltas = self.empty();
        let mut previous: Option<(f64, i64)> = None;
        let places = deltas.iter_mut().zip(&self.starts_seconds);
        for ((result, &second), value) in places.zip(series) {
            let Some(value) = *value else { continue };
            if let Some((last, last_second)) = previous {
                let seconds = second.saturating_sub(last_second) as f64;
                *result = finite(match delta {
                    Delta::Value => value - last,
                    Delta::Time => seconds,
                    Delta::Rate => (value - last) / seconds,
                });
            }
            previous = Some((value, second));
        }
        deltas
    }

    /// Fills missing datapoints with points on the line between those around them.
    pub(super) fn interpolate(&self, series: &Datapoints) -> Datapoints {
        let mut known = Vec::new();
        for (second, value) in self.starts_seconds.iter().zip(series) {
            known.extend(value.map(|value| (*second, value)));
        }
        let mut filled = series.clone();
        for (second, value) in self.starts_seconds.iter().zip(&mut filled) {
            *value = value.or_else(|| interpolate_at(*second, &known));
        }
        filled
    }

    /// Reduces the datapoints of several series at each time.
    pub(super) fn reduce(&self, reduction: Reduction, array: &[Datapoints]) -> Datapoints {
        let numbers = 0..self.starts_seconds.len();
        numbers
            .map(|number| reduce_at(number, reduction, array))
            .collect()
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

fn interpolate_at(second: i64, known: &[(i64, f64)]) -> Option<f64> {
    let next = known.partition_point(|(known_second, _)| *known_second < second);
    let (start, low) = *known.get(next.checked_sub(1)?)?;
    let (end, high) = *known.get(next)?;
    let share = (second - start) as f64 / (end - start) as f64;
    Some(low + (high - low) * share)
}

fn reduce_at(number: usize, reduction: Reduction, array: &[Datapoints]) -> Option<f64> {
    let at_this_time = array.iter().filter_map(|series| *series.get(number)?);
    let mut values: Vec<f64> = at_this_time.collect();
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
