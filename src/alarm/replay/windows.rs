//! The windows of one evaluation, and the datapoints in them.

use jiff::Timestamp;

use crate::alarm::definition::configuration::AlarmConfiguration;
use crate::alarm::definition::watched::Watched;
use crate::alarm::replay::observed::Observed;
use crate::metric::math::{Datapoints, TimeGrid};
use crate::metric::{MetricMath, Sample, Series, Statistic};

/// The windows of one evaluation. The newest has age 1.
#[derive(Clone, Debug)]
pub(super) struct Windows {
    now: Timestamp,
    range: u32,
    period_seconds: u32,
    edges: Edges,
}

/// The edges of windows, in seconds since the epoch.
#[derive(Clone, Debug)]
pub(super) enum Edges {
    /// Edges one period apart, back from the end of the newest window.
    Even { end: i64, period_seconds: u32 },
    /// The edges of a calendar, newest first.
    Calendar(Vec<i64>),
}

/// The datapoint of a window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct MeasuredWindow {
    /// The value of the statistic or expression.
    pub(super) value: f64,
    /// The number of samples in it; `None` for metric math.
    pub(super) sample_count: Option<f64>,
}

impl Edges {
    /// Returns the beginning of the window with this age; the end of the newest is that of age 0.
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

impl Windows {
    pub(super) fn new(now: Timestamp, range: u32, period_seconds: u32, edges: Edges) -> Self {
        // Evaluations run at whole milliseconds: one sees the samples that are visible at the
        // beginning of its millisecond.
        let now = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        Self {
            now,
            range,
            period_seconds,
            edges,
        }
    }

    /// Returns the moment at which the evaluation runs.
    pub(super) fn time(&self) -> Timestamp {
        self.now
    }

    /// Returns the beginning of the window with this age, in seconds since the epoch.
    pub(super) fn start(&self, age: u32) -> i64 {
        self.edges.edge(age)
    }

    /// Returns the datapoints of the visible samples, newest first.
    pub(super) fn datapoints(
        &self,
        watched: &Watched,
        observed: Observed<'_>,
    ) -> Vec<Option<MeasuredWindow>> {
        match watched {
            Watched::Metric(metric) => self.measured(observed.series(0), metric.statistic),
            Watched::Math(math) => self.computed(math, observed),
        }
    }

    /// Returns whether data reaches back over N periods and the newest period has a datapoint,
    /// which ends a warm-up period.
    pub(super) fn are_filled(&self, alarm: &AlarmConfiguration, observed: Observed<'_>) -> bool {
        let has_newest = self.newest().has_datapoint(&alarm.watched, observed);
        has_newest && self.reaches_back(alarm.evaluation_periods, &observed.together())
    }

    /// Returns only the newest window.
    fn newest(&self) -> Self {
        Self {
            range: 1,
            ..self.clone()
        }
    }

    fn has_datapoint(&self, watched: &Watched, observed: Observed<'_>) -> bool {
        let datapoints = self.datapoints(watched, observed);
        datapoints.iter().any(Option::is_some)
    }

    /// Returns whether a visible sample is as old as the window with this age.
    fn reaches_back(&self, age: u32, series: &Series) -> bool {
        let mut samples = series.samples().iter();
        let first = samples.find(|sample| self.is_visible(sample));
        first.is_some_and(|first| first.timestamp.as_second() <= self.start(age))
    }

    fn measured(
        &self,
        series: Option<&Series>,
        statistic: Statistic,
    ) -> Vec<Option<MeasuredWindow>> {
        (1..=self.range)
            .map(|age| self.datapoint(series?, statistic, age))
            .collect()
    }

    fn datapoint(&self, series: &Series, statistic: Statistic, age: u32) -> Option<MeasuredWindow> {
        let inside = series.window(self.start(age), self.start(age - 1));
        // Nearly all samples are visible at once, so the usual window is measured without a copy.
        if inside.iter().all(|sample| self.is_visible(sample)) {
            return MeasuredWindow::new(statistic, inside);
        }
        MeasuredWindow::new(statistic, &self.visible(inside))
    }

    fn visible(&self, samples: &[Sample]) -> Vec<Sample> {
        let samples = samples.iter().copied();
        samples.filter(|sample| self.is_visible(sample)).collect()
    }

    fn is_visible(&self, sample: &Sample) -> bool {
        sample.visible_at <= self.now
    }

    /// Returns the datapoints that metric math computes, newest first.
    fn computed(&self, math: &MetricMath, observed: Observed<'_>) -> Vec<Option<MeasuredWindow>> {
        // Math sees the whole range, and not only the datapoints that are judged: `AVG(m1)` is the
        // average over more than N periods.
        let mut metrics: Vec<Datapoints> = Vec::new();
        for (number, metric) in math.metrics().enumerate() {
            metrics.push(self.oldest_first(observed.series(number), metric.statistic));
        }
        let computed = math.evaluate(&self.grid(), &metrics).into_iter().rev();
        computed
            .map(|value| value.map(MeasuredWindow::computed))
            .collect()
    }

    fn oldest_first(&self, series: Option<&Series>, statistic: Statistic) -> Datapoints {
        let newest_first = self.measured(series, statistic).into_iter();
        newest_first.rev().map(MeasuredWindow::value_of).collect()
    }

    fn grid(&self) -> TimeGrid {
        TimeGrid {
            starts_seconds: (1..=self.range).rev().map(|age| self.start(age)).collect(),
            period_seconds: self.period_seconds,
        }
    }
}

impl MeasuredWindow {
    /// Measures samples; `None` if there is none, or the statistic has no value for them.
    fn new(statistic: Statistic, samples: &[Sample]) -> Option<Self> {
        let count = samples.iter().map(|sample| sample.count).sum();
        Some(Self {
            value: statistic.compute(samples)?,
            sample_count: Some(count),
        })
    }

    fn computed(value: f64) -> Self {
        Self {
            value,
            sample_count: None,
        }
    }

    /// Returns the value of a slot; `None` for an empty slot.
    pub(super) fn value_of(slot: Option<Self>) -> Option<f64> {
        Some(slot?.value)
    }
}
