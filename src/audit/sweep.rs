//! A sweep: many alarms over the same findings, in parallel.

use jiff::Timestamp;
use rayon::prelude::*;

use super::{AuditError, Scanned};
use crate::alarm::definition::configuration::{ConfigurationError, TreatMissingData};
use crate::alarm::replay::backtest::are_evaluated_alike;
use crate::alarm::{
    AlarmConfiguration, Evaluations, GroundTruth, Interval, Performance, ReplayRange, Watched,
};
use crate::conclude::under_clocks;
use crate::metric::{MetricStat, Series, Statistic};
use crate::plan::sweep::MOutOfN;
use crate::plan::{Clock, Job};
use crate::report::backtest::{Backtest, Combination};

/// The values to combine. Each list must have at least one, unless it says otherwise.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// The thresholds.
    pub thresholds: Vec<f64>,
    /// The periods, in seconds.
    pub period_seconds: Vec<u32>,
    /// M out of N datapoints.
    pub datapoints: Vec<MOutOfN>,
    /// The statistics.
    pub statistics: Vec<Statistic>,
    /// The treatments of missing data; that of the rule when empty.
    pub treatments: Vec<TreatMissingData>,
    /// The clocks.
    pub clocks: Vec<Clock>,
    /// The pause between two attempts after which a new burst begins, in seconds.
    pub pause_seconds: i64,
    /// Incidents that are known from elsewhere, to judge the alarms by.
    pub incidents: Option<Vec<Interval>>,
}

impl Sweep {
    /// Returns a job whose alarms are those of the sweep that see back furthest. A scan for it reads
    /// everything that any alarm of the sweep can see before the time range.
    ///
    /// # Errors
    ///
    /// If AWS would refuse one of the alarms.
    pub fn widened(&self, mut job: Job) -> Result<Job, ConfigurationError> {
        for alarm in &mut job.alarms {
            let alarms = self.alarms(&alarm.configuration)?.into_iter();
            let widest = alarms.max_by_key(AlarmConfiguration::memory_seconds);
            alarm.configuration = widest.unwrap_or_else(|| alarm.configuration.clone());
        }
        Ok(job)
    }

    /// Returns every alarm but for its threshold.
    fn alarms(
        &self,
        base: &AlarmConfiguration,
    ) -> Result<Vec<AlarmConfiguration>, ConfigurationError> {
        let own = [base.treat_missing_data];
        let treatments = match self.treatments.as_slice() {
            [] => own.as_slice(),
            treatments => treatments,
        };
        let mut alarms = Vec::new();
        for &period_seconds in &self.period_seconds {
            for &statistic in &self.statistics {
                for &datapoints in &self.datapoints {
                    for &treat_missing_data in treatments {
                        alarms.push(AlarmConfiguration {
                            period_seconds,
                            watched: with_statistic(base, statistic),
                            evaluation_periods: datapoints.evaluation_periods,
                            datapoints_to_alarm: Some(datapoints.datapoints_to_alarm),
                            treat_missing_data,
                            ..base.clone()
                        });
                    }
                }
            }
        }
        alarms.iter().try_for_each(AlarmConfiguration::validate)?;
        Ok(alarms)
    }

    /// Returns what the alarms are judged by.
    fn ground_truth(&self, attempts: Vec<Timestamp>) -> GroundTruth {
        let incidents = self.incidents.clone().unwrap_or_default();
        GroundTruth::new(attempts, self.pause_seconds, incidents)
    }
}

/// Replaces the statistic of the metric that an alarm watches.
fn with_statistic(alarm: &AlarmConfiguration, statistic: Statistic) -> Watched {
    match &alarm.watched {
        Watched::Metric(stat) => Watched::Metric(MetricStat {
            statistic,
            ..stat.clone()
        }),
        math @ Watched::Math(_) => math.clone(),
    }
}

impl Scanned<'_> {
    /// Tries every combination of a sweep on the first alarm of the plan.
    ///
    /// # Errors
    ///
    /// If AWS would refuse one of the alarms.
    pub fn sweep(self, sweep: &Sweep) -> Result<Backtest, AuditError> {
        let mut backtest = Backtest {
            has_incidents: sweep.incidents.is_some(),
            ..Backtest::default()
        };
        let mut alarms = self.plan.alarms();
        let Some(alarm) = alarms.next() else {
            return Ok(backtest);
        };
        let alarms = sweep.alarms(&alarm.configuration)?;
        let conclude = || under_clocks(self.plan, self.findings, &[0], &sweep.clocks);
        let mut concluded = self.pool.install(conclude).into_iter();
        let Some(alarm) = concluded.next() else {
            return Ok(backtest);
        };
        let truth = sweep.ground_truth(alarm.event_times);
        backtest.attempts = truth.attempts.len() as u64;
        backtest.bursts = truth.bursts.len() as u64;
        let Some(range) = alarm.range else {
            return Ok(backtest);
        };
        for (clock, series) in &alarm.series {
            let past = Past { series, range };
            let tried = || self::backtest(&alarms, &sweep.thresholds, &past, &truth);
            let candidates = self.pool.install(tried).into_iter();
            let combinations = candidates.map(|candidate| Combination {
                clock: clock.to_string(),
                alarm: candidate.alarm,
                performance: candidate.performance,
            });
            backtest.combinations.extend(combinations);
        }
        Ok(backtest)
    }
}

/// The samples of a metric by one clock, and the range to replay.
#[derive(Clone, Debug)]
pub struct Past<'a> {
    /// The samples of each metric that the alarms watch.
    pub series: &'a [Series],
    /// The range.
    pub range: ReplayRange,
}

/// An alarm with one of the thresholds, and its performance.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The alarm, with this threshold.
    pub alarm: AlarmConfiguration,
    /// Its performance.
    pub performance: Performance,
}

/// Tries each alarm with each threshold, in the order of the alarms and then of the thresholds, on
/// the threads of the pool that this is called in.
///
/// Alarms that are evaluated alike share the datapoints of their evaluations, which are computed
/// once for the widest range among them.
pub fn backtest(
    alarms: &[AlarmConfiguration],
    thresholds: &[f64],
    past: &Past<'_>,
    truth: &GroundTruth,
) -> Vec<Candidate> {
    let kinds = kinds(alarms);
    let evaluations = kinds.par_iter().map(|kind| evaluations(kind, alarms, past));
    let evaluations: Vec<Evaluations> = evaluations.collect();
    let candidates = alarms.par_iter().flat_map_iter(|alarm| {
        let kind = kinds
            .iter()
            .position(|kind| are_evaluated_alike(kind, alarm));
        let evaluations = kind.and_then(|kind| evaluations.get(kind));
        let swept = evaluations.map(|evaluations| swept(evaluations, alarm, thresholds, truth));
        swept.unwrap_or_default()
    });
    candidates.collect()
}

/// Returns the first of each kind of alarms that are evaluated alike.
fn kinds(alarms: &[AlarmConfiguration]) -> Vec<&AlarmConfiguration> {
    let mut kinds: Vec<&AlarmConfiguration> = Vec::new();
    for alarm in alarms {
        if !kinds.iter().any(|kind| are_evaluated_alike(kind, alarm)) {
            kinds.push(alarm);
        }
    }
    kinds
}

/// Evaluates all alarms of a kind.
fn evaluations(
    kind: &AlarmConfiguration,
    alarms: &[AlarmConfiguration],
    past: &Past<'_>,
) -> Evaluations {
    let alike = alarms
        .iter()
        .filter(|alarm| are_evaluated_alike(kind, alarm));
    let widest = alike.map(AlarmConfiguration::evaluation_range).max();
    Evaluations::new(kind, past.series, past.range, widest.unwrap_or(1))
}

/// Tries an alarm with each threshold.
fn swept(
    evaluations: &Evaluations,
    alarm: &AlarmConfiguration,
    thresholds: &[f64],
    truth: &GroundTruth,
) -> Vec<Candidate> {
    let performances = evaluations.sweep(alarm, thresholds, truth);
    let candidates = thresholds.iter().zip(performances);
    let candidates = candidates.map(|(threshold, performance)| Candidate {
        alarm: AlarmConfiguration {
            threshold: *threshold,
            ..alarm.clone()
        },
        performance,
    });
    candidates.collect()
}
