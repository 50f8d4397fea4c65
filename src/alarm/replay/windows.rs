//! When an alarm is evaluated, and which windows it then looks at.

use jiff::Timestamp;

use crate::alarm::aws::reason::Judged;
use crate::alarm::definition::configuration::AlarmConfiguration;
use crate::alarm::definition::evaluation_window::{
    EvaluationWindow, OFFSET_GRID_SECONDS, WallClock,
};
use crate::alarm::definition::watched::{Observed, Watched};
use crate::alarm::replay::metric_alarm::{ReplayOptions, ReplayRange};
use crate::metric::math::{Datapoints, TimeGrid};
use crate::metric::{MetricMath, MetricStat, Sample, Series, Statistic};
use crate::time::period::timestamp;

const MILLISECONDS: i64 = 1000;

/// How much longer than their nominal length the periods of a range can be together: clocks are set
/// back by an hour or two, and once a territory repeated a day.
const CALENDAR_SLACK_SECONDS: i64 = 2 * 86_400;

/// The evaluations of an alarm, numbered by the steps of its clock since the epoch.
#[derive(Clone, Debug)]
pub(super) struct Schedule {
    period_seconds: u32,
    range: u32,
    step_milliseconds: i64,
    evaluation_offset_milliseconds: i64,
    data_delay_milliseconds: i64,
    /// What the end of the newest window is a multiple of.
    grid_milliseconds: i64,
    evaluation_window: EvaluationWindow,
    /// Whether datapoints change with the time, and not only with samples.
    depends_on_time: bool,
}

/// The windows of one evaluation.
#[derive(Clone, Debug)]
pub(super) struct Windows {
    now: Timestamp,
    range: u32,
    period_seconds: u32,
    edges: Edges,
}

/// Where windows begin and end, in seconds since the epoch.
#[derive(Clone, Debug)]
enum Edges {
    /// A period apart, back from the end of the newest window.
    Even { end: i64, period_seconds: u32 },
    /// Those of a calendar, newest first.
    Calendar(Vec<i64>),
}

impl Edges {
    /// The beginning of the window with this age; the end of the newest is that of age 0.
    fn edge(&self, age: u32) -> i64 {
        match self {
            Self::Even {
                end,
                period_seconds,
            } => end - i64::from(age) * i64::from(*period_seconds),
            Self::Calendar(edges) => edges.get(age as usize).copied().unwrap_or(i64::MIN),
        }
    }
}

impl Schedule {
    pub(super) fn new(alarm: &AlarmConfiguration, options: &ReplayOptions) -> Self {
        let seconds = |seconds: u32| i64::from(seconds) * MILLISECONDS;
        let step_milliseconds = seconds(alarm.step_seconds());
        let evaluation_offset = options
            .evaluation_offset_milliseconds
            .unwrap_or(alarm.evaluation_offset_seconds() * MILLISECONDS);
        Self {
            period_seconds: alarm.period_seconds,
            range: options
                .evaluation_range
                .unwrap_or_else(|| alarm.evaluation_range()),
            step_milliseconds,
            evaluation_offset_milliseconds: evaluation_offset.rem_euclid(step_milliseconds),
            data_delay_milliseconds: alarm.data_delay_seconds() * MILLISECONDS,
            grid_milliseconds: seconds(alarm.grid_seconds()),
            evaluation_window: alarm.evaluation_window.clone(),
            depends_on_time: alarm.watched.depends_on_time(),
        }
    }

    /// The steps of a range: those of the clock from its start on that lie before its end.
    pub(super) fn steps(&self, range: ReplayRange) -> std::ops::Range<i64> {
        let first_from =
            |moment: Timestamp| div_ceil(moment.as_millisecond(), self.step_milliseconds);
        first_from(range.start)..first_from(range.end)
    }

    /// When the evaluation of a step runs.
    pub(super) fn time(&self, step: i64) -> Timestamp {
        let milliseconds = step * self.step_milliseconds + self.evaluation_offset_milliseconds;
        Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::MAX)
    }

    /// The windows of an evaluation that runs at this moment.
    pub(super) fn windows(&self, now: Timestamp) -> Windows {
        let seen = now.as_millisecond() - self.data_delay_milliseconds;
        let end = (seen - seen.rem_euclid(self.grid_milliseconds)) / MILLISECONDS;
        let edges = match &self.evaluation_window {
            EvaluationWindow::Sliding => Edges::Even {
                end,
                period_seconds: self.period_seconds,
            },
            EvaluationWindow::WallClock(clock) => Edges::Calendar(self.calendar(clock, end)),
        };
        Windows {
            // An evaluation sees what was there at the beginning of its millisecond.
            now: Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now),
            range: self.range,
            period_seconds: self.period_seconds,
            edges,
        }
    }

    /// The edges of the periods that are complete at this second. What AWS fetches beyond N
    /// datapoints of a wall clock is not documented: older periods of the same calendar.
    fn calendar(&self, clock: &WallClock, end: i64) -> Vec<i64> {
        let newest = clock.period_start(end, self.period_seconds);
        let older =
            |edge: &i64| Some(clock.period_start(edge.saturating_sub(1), self.period_seconds));
        std::iter::successors(Some(newest), older)
            .take(self.range as usize + 1)
            .collect()
    }

    /// The steps before which a window came to hold something else, and the first one.
    pub(super) fn steps_that_matter(
        &self,
        series: &Series,
        steps: std::ops::Range<i64>,
    ) -> Vec<i64> {
        let count = series.samples().len() as u64 * (u64::from(self.range) + 2);
        if self.depends_on_time || count >= steps.end.abs_diff(steps.start) {
            return steps.collect();
        }
        if let EvaluationWindow::WallClock(_) = self.evaluation_window {
            return self.steps_that_end_periods(series, steps);
        }
        let mut found = vec![steps.start];
        for sample in series.samples() {
            // The sample enters the newest window, then each older one, then leaves the oldest.
            let moves = (0..=i64::from(self.range))
                .map(|age| sample.timestamp.as_second() + age * i64::from(self.period_seconds));
            found.extend(moves.map(|second| self.first_step_ending_after(second)));
            found.push(self.first_step_at(sample.visible_at));
        }
        found.retain(|step| steps.contains(step));
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The steps at which a period of any calendar may end while a sample is in the range, those
    /// before which one came into sight, and the first.
    fn steps_that_end_periods(&self, series: &Series, steps: std::ops::Range<i64>) -> Vec<i64> {
        let grid_milliseconds =
            i64::from(self.period_seconds.min(OFFSET_GRID_SECONDS)) * MILLISECONDS;
        let stride = (grid_milliseconds / self.step_milliseconds).max(1);
        // Long enough for the period of the sample, those of the range, and what calendars add to
        // them.
        let memory_seconds =
            i64::from(self.period_seconds) * (i64::from(self.range) + 2) + CALENDAR_SLACK_SECONDS;
        let step_at = |second: i64| div_ceil(second * MILLISECONDS, self.step_milliseconds);
        let mut found = vec![steps.start];
        let mut next = steps.start;
        for sample in series.samples() {
            let second = sample.timestamp.as_second();
            let first = div_ceil(step_at(second).max(next), stride) * stride;
            let end = step_at(second + memory_seconds).min(steps.end);
            found.extend((first..end).step_by(stride as usize));
            found.push(self.first_step_at(sample.visible_at));
            next = next.max(end);
        }
        found.retain(|step| steps.contains(step));
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The first step whose newest window ends after this second, so that a sample of this second
    /// is inside.
    fn first_step_ending_after(&self, second: i64) -> i64 {
        let milliseconds = second * MILLISECONDS;
        let end =
            milliseconds - milliseconds.rem_euclid(self.grid_milliseconds) + self.grid_milliseconds;
        div_ceil(
            end + self.data_delay_milliseconds - self.evaluation_offset_milliseconds,
            self.step_milliseconds,
        )
    }

    /// The first step that runs at this moment or after it.
    fn first_step_at(&self, moment: Timestamp) -> i64 {
        div_ceil(
            ceil_milliseconds(moment) - self.evaluation_offset_milliseconds,
            self.step_milliseconds,
        )
    }
}

impl Windows {
    /// When the evaluation runs.
    pub(super) fn time(&self) -> Timestamp {
        self.now
    }

    /// The beginning of the window with this age, in seconds since the epoch; the newest has age 1.
    pub(super) fn start(&self, age: u32) -> i64 {
        self.edges.edge(age)
    }

    /// The datapoints of the range, newest first, of the samples that can be seen.
    pub(super) fn datapoints(
        &self,
        watched: &Watched,
        observed: Observed<'_>,
    ) -> Vec<Option<Judged>> {
        match watched {
            Watched::Metric(metric) => self.datapoints_of(observed.of(0), metric.statistic),
            Watched::Math(math) => self.computed(math, observed),
        }
    }

    /// Whether data reaches back over N periods and the newest period has a datapoint, which ends a
    /// warm-up period.
    pub(super) fn are_filled(&self, alarm: &AlarmConfiguration, observed: Observed<'_>) -> bool {
        let samples = observed.together();
        let is_visible = |sample: &&Sample| sample.visible_at <= self.now;
        let first = samples
            .samples()
            .iter()
            .find(is_visible)
            .map(|sample| sample.timestamp.as_second());
        let reaches_back = first.is_some_and(|first| first <= self.start(alarm.evaluation_periods));
        let newest = Self {
            range: 1,
            ..self.clone()
        };
        reaches_back
            && newest
                .datapoints(&alarm.watched, observed)
                .iter()
                .any(Option::is_some)
    }

    fn datapoints_of(&self, series: Option<&Series>, statistic: Statistic) -> Vec<Option<Judged>> {
        (1..=self.range)
            .map(|age| self.datapoint(series?, statistic, age))
            .collect()
    }

    /// What metric math makes of the datapoints of the range; it sees all of them, and knows no
    /// numbers of samples.
    fn computed(&self, math: &MetricMath, observed: Observed<'_>) -> Vec<Option<Judged>> {
        let starts: Vec<i64> = (1..=self.range).rev().map(|age| self.start(age)).collect();
        let slots = TimeGrid {
            starts_seconds: starts,
            period_seconds: self.period_seconds,
        };
        let values = |(number, metric): (usize, &MetricStat)| {
            let newest_first = self.datapoints_of(observed.of(number), metric.statistic);
            newest_first
                .into_iter()
                .rev()
                .map(|point| Some(point?.value))
                .collect()
        };
        let metrics: Vec<Datapoints> = math.metrics().enumerate().map(values).collect();
        let computed = math.evaluate(&slots, &metrics);
        let judged = |(start, value): (&i64, Option<f64>)| {
            Some(Judged {
                start: timestamp(*start),
                value: value?,
                sample_count: None,
            })
        };
        slots
            .starts_seconds
            .iter()
            .zip(computed)
            .map(judged)
            .rev()
            .collect()
    }

    fn datapoint(&self, series: &Series, statistic: Statistic, age: u32) -> Option<Judged> {
        let start = self.start(age);
        let inside = series.window(start, self.edges.edge(age - 1));
        let is_visible = |sample: &Sample| sample.visible_at <= self.now;
        let seen: Vec<Sample>;
        let samples = match inside.iter().all(is_visible) {
            true => inside,
            false => {
                seen = inside.iter().copied().filter(is_visible).collect();
                &seen
            }
        };
        let value = statistic.compute(samples)?;
        let sample_count = samples.iter().map(|sample| sample.count).sum();
        Some(Judged {
            start: timestamp(start),
            value,
            sample_count: Some(sample_count),
        })
    }
}

/// The moment in milliseconds, rounded up.
fn ceil_milliseconds(moment: Timestamp) -> i64 {
    let milliseconds = moment.as_millisecond();
    let is_whole = Timestamp::from_millisecond(milliseconds).is_ok_and(|whole| whole >= moment);
    if is_whole {
        milliseconds
    } else {
        milliseconds + 1
    }
}

fn div_ceil(number: i64, divisor: i64) -> i64 {
    number.div_euclid(divisor) + i64::from(number.rem_euclid(divisor) != 0)
}
