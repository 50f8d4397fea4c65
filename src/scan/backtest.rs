//! A sweep over many alarms, in parallel.

use rayon::prelude::*;

use crate::alarm::replay::backtest::are_evaluated_alike;
use crate::alarm::{AlarmConfiguration, Evaluations, GroundTruth, Performance, ReplayRange};
use crate::metric::Series;

/// The samples of a metric under one clock, and the stretch to look at.
#[derive(Clone, Debug)]
pub struct Past<'a> {
    /// The samples.
    pub series: &'a Series,
    /// The stretch.
    pub range: ReplayRange,
}

/// An alarm with one of the thresholds, and how it would have done.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    /// The alarm, with this threshold.
    pub alarm: AlarmConfiguration,
    /// How it would have done.
    pub performance: Performance,
}

/// Tries each alarm with each threshold, in the order of the alarms and then of the thresholds.
///
/// Alarms that are evaluated alike share the datapoints of their evaluations, which are computed
/// once for the widest range among them.
pub fn backtest(
    alarms: &[AlarmConfiguration],
    thresholds: &[f64],
    past: &Past<'_>,
    truth: &GroundTruth,
) -> Vec<Tried> {
    let mut kinds: Vec<&AlarmConfiguration> = Vec::new();
    for alarm in alarms {
        if !kinds.iter().any(|kind| are_evaluated_alike(kind, alarm)) {
            kinds.push(alarm);
        }
    }
    let evaluations: Vec<Evaluations> = kinds
        .par_iter()
        .map(|kind| {
            let alike = alarms
                .iter()
                .filter(|alarm| are_evaluated_alike(kind, alarm));
            let range = alike
                .map(AlarmConfiguration::evaluation_range)
                .max()
                .unwrap_or(1);
            Evaluations::new(kind, past.series, past.range, range)
        })
        .collect();
    let tried = |alarm: &AlarmConfiguration| -> Vec<Tried> {
        let kind = kinds
            .iter()
            .position(|kind| are_evaluated_alike(kind, alarm));
        let Some(evaluations) = kind.and_then(|kind| evaluations.get(kind)) else {
            return Vec::new();
        };
        let performances = evaluations.sweep(alarm, thresholds, truth);
        let with = |(threshold, performance): (&f64, Performance)| Tried {
            alarm: AlarmConfiguration {
                threshold: *threshold,
                ..alarm.clone()
            },
            performance,
        };
        thresholds.iter().zip(performances).map(with).collect()
    };
    alarms.par_iter().flat_map_iter(tried).collect()
}
