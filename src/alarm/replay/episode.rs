//! The stretches that an alarm spent in ALARM.

use jiff::Timestamp;

use crate::alarm::definition::configuration::{AlarmConfiguration, AlarmState};
use crate::alarm::definition::evaluation_window::EvaluationWindow;
use crate::alarm::replay::metric_alarm::{ReplayRange, Transition};
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
    /// The value farthest beyond the threshold in any window of the stretch; nothing for metric
    /// math.
    pub peak: Option<f64>,
    /// How many samples lie between the beginning of the first window and the end of what the last
    /// evaluation saw.
    pub samples: u64,
}

impl Episode {
    /// Whether one of `others` is near, which are all in the order of time and apart from each
    /// other.
    pub fn is_near_any(&self, others: &[Self], seconds: i64) -> bool {
        let start = self.start.as_second();
        let is_before =
            |other: &Self| other.start.as_second() + other.duration_seconds + seconds < start;
        let next = others.get(others.partition_point(is_before));
        next.is_some_and(|next| self.is_near(next, seconds))
    }

    /// Whether this stretch and another overlap when each is widened by half of so many seconds at
    /// both ends.
    fn is_near(&self, other: &Self, seconds: i64) -> bool {
        let ends = |episode: &Self| {
            let start = episode.start.as_second();
            (start, start + episode.duration_seconds)
        };
        let ((start, end), (other_start, other_end)) = (ends(self), ends(other));
        start <= other_end + seconds && other_start <= end + seconds
    }
}

/// Finds the stretches in ALARM of a replayed history.
pub fn episodes(
    alarm: &AlarmConfiguration,
    series: &Series,
    transitions: &[Transition],
    range: ReplayRange,
) -> Vec<Episode> {
    let ends = transitions
        .iter()
        .skip(1)
        .map(|next| Some(next.verdict.time))
        .chain([None]);
    transitions
        .iter()
        .zip(ends)
        .filter(|(change, _)| change.verdict.state == AlarmState::Alarm)
        .map(|(change, end)| {
            episode(
                alarm,
                series,
                change,
                Stretch {
                    end,
                    last: end.unwrap_or(range.end),
                },
            )
        })
        .collect()
}

/// When a stretch ends, and the last moment of it that the replay saw.
struct Stretch {
    end: Option<Timestamp>,
    last: Timestamp,
}

fn episode(
    alarm: &AlarmConfiguration,
    series: &Series,
    change: &Transition,
    stretch: Stretch,
) -> Episode {
    let first = change.verdict.window_start.unwrap_or(change.verdict.time);
    // A sample that the evaluation at the end did not see yet belongs to what follows.
    let seen =
        stretch.last.as_second() - alarm.evaluation_offset_seconds() - alarm.data_delay_seconds();
    let samples = series.window(first.as_second(), seen);
    let inside: Vec<i64> = samples
        .iter()
        .map(|sample| sample.timestamp.as_second())
        .collect();
    Episode {
        start: change.verdict.time,
        end: stretch.end,
        duration_seconds: stretch.last.as_second() - change.verdict.time.as_second(),
        peak: peak(alarm, series, &inside),
        samples: samples.iter().map(|sample| sample.count).sum::<f64>() as u64,
    }
}

/// The most extreme window of the stretch. A window reaches it with a sample at its end or its
/// beginning, so the windows that begin or end at a sample are enough; of a wall clock, those that
/// hold one.
fn peak(alarm: &AlarmConfiguration, series: &Series, inside: &[i64]) -> Option<f64> {
    let period = i64::from(alarm.period_seconds);
    let resolution = i64::from(crate::metric::filter::RESOLUTION_SECONDS);
    let windows = |&second: &i64| match &alarm.evaluation_window {
        EvaluationWindow::Sliding => [
            (second, second + period),
            (second + resolution - period, second + resolution),
        ],
        EvaluationWindow::WallClock(clock) => {
            let start = clock.period_start(second, alarm.period_seconds);
            [(start, clock.period_end(start, alarm.period_seconds)); 2]
        }
    };
    let values = inside
        .iter()
        .flat_map(windows)
        .map(|(start, end)| series.window(start, end));
    let rising = alarm.comparison_operator.is_rising();
    let farther = |a: f64, b: f64| if rising { a.max(b) } else { a.min(b) };
    let statistic = alarm.watched.statistic()?;
    values
        .filter_map(|samples| statistic.compute(samples))
        .reduce(farther)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alarm::replay::metric_alarm::{ReplayOptions, replay};
    use crate::metric::Sample;
    use crate::time::period::timestamp;

    /// The stretches of a 1-of-1 alarm of five minutes over two hours, for samples of 1 at these
    /// minutes.
    fn stretches(minutes: &[i64]) -> Vec<Episode> {
        let alarm = AlarmConfiguration::on_sum("a", Default::default());
        let sample = |minute: &i64| Sample::once(timestamp(minute * 60), 1.0);
        let series = Series::new(minutes.iter().map(sample).collect());
        let range = ReplayRange {
            start: timestamp(0),
            end: timestamp(7200),
        };
        episodes(
            &alarm,
            &series,
            &replay(&alarm, &series, range, &ReplayOptions::default()),
            range,
        )
    }

    #[test]
    fn the_nearest_of_many_is_found_at_once() {
        let others = stretches(&[3, 20, 41, 60, 90]);
        for minute in 0..110 {
            for episode in stretches(&[minute]) {
                let is_near = others.iter().any(|other| episode.is_near(other, 120));
                assert_eq!(episode.is_near_any(&others, 120), is_near, "{minute}");
            }
        }
    }

    #[test]
    fn every_sample_belongs_to_one_stretch() {
        // The first stretch ends at minute 26, when the sample of minute 10 is out of sight and
        // that of minute 26 is not in sight yet.
        let found = stretches(&[10, 26]);
        let summary: Vec<(i64, i64, u64)> = found
            .iter()
            .map(|episode| {
                (
                    episode.start.as_second(),
                    episode.duration_seconds,
                    episode.samples,
                )
            })
            .collect();
        assert_eq!(summary, [(11 * 60 + 30, 900, 1), (27 * 60 + 30, 900, 1)]);
    }

    #[test]
    fn the_peak_is_the_fullest_window() {
        // Five minutes hold three of the samples at most.
        let found = stretches(&[10, 12, 14, 16, 24]);
        assert_eq!(
            found
                .iter()
                .map(|episode| (episode.peak, episode.samples))
                .collect::<Vec<_>>(),
            [(Some(3.0), 5)]
        );
        assert!(found[0].end.is_some());
        assert!(stretches(&[118])[0].end.is_none());
    }
}
