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
pub(super) struct Measured {
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
    ) -> Vec<Option<Measured>> {
        match watched {
            Watched::Metric(metric) => self.measured(observed.series(0), metric.statistic),
            Watched::Math(math) => self.computed(math, observed),
        }
    }

    /// Returns whether data reaches back over N periods and the newest period has a datapoint,
    /// which ends a warm-up period.
    pub(super) fn are_filled(&self, alarm: &AlarmConfiguration, observed: Observed<'_>) -> bool {
        let newest = Self {
            range: 1,
            ..self.clone()
        };
        let newest = newest.datapoints(&alarm.watched, observed);
        newest.iter().any(Option::is_some)
            && self.reaches_back(alarm.evaluation_periods, &observed.together())
    }

    /// Returns whether a visible sample is as old as the window with this age.
    fn reaches_back(&self, age: u32, series: &Series) -> bool {
        let mut samples = series.samples().iter();
        match samples.find(|sample| self.is_visible(sample)) {
            Some(first) => first.timestamp.as_second() <= self.start(age),
            None => false,
        }
    }

    fn measured(&self, series: Option<&Series>, statistic: Statistic) -> Vec<Option<Measured>> {
        (1..=self.range)
            .map(|age| self.datapoint(series?, statistic, age))
            .collect()
    }

    fn datapoint(&self, series: &Series, statistic: Statistic, age: u32) -> Option<Measured> {
        let inside = series.window(self.start(age), self.edges.edge(age - 1));
        // Samples that are visible at once are the rule, so that nothing is copied for them.
        if inside.iter().all(|sample| self.is_visible(sample)) {
            return measure(statistic, inside);
        }
        let visible = inside.iter().copied();
        let visible: Vec<Sample> = visible.filter(|sample| self.is_visible(sample)).collect();
        measure(statistic, &visible)
    }

    fn is_visible(&self, sample: &Sample) -> bool {
        sample.visible_at <= self.now
    }

    /// Returns the datapoints that metric math computes of those of the range, newest first. It
    /// sees all of them, and has no numbers of samples.
    fn computed(&self, math: &MetricMath, observed: Observed<'_>) -> Vec<Option<Measured>> {
        let grid = TimeGrid {
            starts_seconds: (1..=self.range).rev().map(|age| self.start(age)).collect(),
            period_seconds: self.period_seconds,
        };
        let mut metrics: Vec<Datapoints> = Vec::new();
        for (number, metric) in math.metrics().enumerate() {
            metrics.push(self.oldest_first(observed.series(number), metric.statistic));
        }
        let computed = math.evaluate(&grid, &metrics);
        let measured = |value| Measured {
            value,
            sample_count: None,
        };
        computed
            .into_iter()
            .rev()
            .map(|value| value.map(measured))
            .collect()
    }

    fn oldest_first(&self, series: Option<&Series>, statistic: Statistic) -> Datapoints {
        let newest_first = self.measured(series, statistic).into_iter();
        newest_first
            .rev()
            .map(|datapoint| datapoint.map(|datapoint| datapoint.value))
            .collect()
    }
}

fn measure(statistic: Statistic, samples: &[Sample]) -> Option<Measured> {
    let value = statistic.compute(samples)?;
    let sample_count = samples.iter().map(|sample| sample.count).sum();
    Some(Measured {
        value,
        sample_count: Some(sample_count),
    })
}
