//! The stretches that an alarm spent in ALARM.

use jiff::Timestamp;

use super::configuration::{AlarmConfiguration, AlarmState, ComparisonOperator};
use super::replay::{ReplayRange, Transition};
use crate::metric::Series;

/// One stretch in ALARM.
#[derive(Clone, Debug, PartialEq)]
pub struct Episode {
    /// When the alarm went off.
    pub start: Timestamp,
    /// When it left ALARM; nothing when the replay ended before.
    pub end: Option<Timestamp>,
    /// How long it lasted within the replay, in seconds.
    pub duration_seconds: i64,
    /// The value farthest beyond the threshold in any window of the stretch.
    pub peak: Option<f64>,
    /// How many samples lie between the beginning of the first window and the end of the stretch.
    pub samples: u64,
}

/// Finds the stretches in ALARM of a replayed history.
pub fn episodes(
    alarm: &AlarmConfiguration,
    series: &Series,
    transitions: &[Transition],
    range: ReplayRange,
) -> Vec<Episode> {
    let ends = transitions.iter().skip(1).map(|next| Some(next.time)).chain([None]);
    transitions
        .iter()
        .zip(ends)
        .filter(|(change, _)| change.new_state == AlarmState::Alarm)
        .map(|(change, end)| episode(alarm, series, change, Stretch { end, last: end.unwrap_or(range.end) }))
        .collect()
}

/// When a stretch ends, and the last moment of it that the replay saw.
struct Stretch {
    end: Option<Timestamp>,
    last: Timestamp,
}

fn episode(alarm: &AlarmConfiguration, series: &Series, change: &Transition, stretch: Stretch) -> Episode {
    let first = change.window_start.unwrap_or(change.time);
    let inside: Vec<i64> = series
        .samples()
        .iter()
        .map(|sample| sample.timestamp.as_second())
        .filter(|second| (first.as_second()..stretch.last.as_second()).contains(second))
        .collect();
    Episode {
        start: change.time,
        end: stretch.end,
        duration_seconds: stretch.last.as_second() - change.time.as_second(),
        peak: peak(alarm, series, &inside),
        samples: inside.len() as u64,
    }
}

/// The most extreme window of the stretch. A window reaches it with a sample at its end or its beginning, so the
/// windows that begin or end at a sample are enough.
fn peak(alarm: &AlarmConfiguration, series: &Series, inside: &[i64]) -> Option<f64> {
    let period = i64::from(alarm.period_seconds);
    let resolution = i64::from(crate::metric::filter::RESOLUTION_SECONDS);
    let values = inside.iter().flat_map(|&second| {
        [
            series.window(second, second + period),
            series.window(second + resolution - period, second + resolution),
        ]
    });
    let rising = matches!(
        alarm.comparison_operator,
        ComparisonOperator::GreaterThanOrEqualToThreshold | ComparisonOperator::GreaterThanThreshold
    );
    let farther = |a: f64, b: f64| if rising { a.max(b) } else { a.min(b) };
    values.flatten().map(|set| alarm.statistic.of(&set)).reduce(farther)
}
