//! A sweep: many alarms over the same findings, in parallel.

use jiff::Timestamp;
use rayon::prelude::*;

use super::{AuditError, RuleRequest, Scanned};
use crate::alarm::definition::configuration::{AlarmConfigurationError, TreatMissingData};
use crate::alarm::replay::backtest::are_evaluated_alike;
use crate::alarm::{
    AlarmConfiguration, Evaluations, GroundTruth, Interval, Performance, ReplaySpan, Watched,
};
use crate::conclude::{AlarmUnderClocks, under_clocks};
use crate::metric::{MetricStat, Series, Statistic};
use crate::plan::sweep::MOutOfN;
use crate::plan::{Clock, Job, JobAlarm, Plan, Rule};
use crate::report::backtest::{Backtest, BacktestVerdict, Combination};

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
    /// Returns jobs whose alarms are those of the sweep that see back furthest. A scan for them
    /// reads everything that any alarm of the sweep can see before the time range.
    ///
    /// # Errors
    ///
    /// If AWS would refuse one of the alarms.
    pub fn widened(&self, mut jobs: Vec<Job>) -> Result<Vec<Job>, AlarmConfigurationError> {
        for JobAlarm { configuration, .. } in jobs.iter_mut().flat_map(|job| &mut job.alarms) {
            let alarms = self.alarms(configuration)?.into_iter();
            // The range of the alarm with the longest memory contains that of every other one.
            let widest = alarms.max_by_key(AlarmConfiguration::memory_seconds);
            *configuration = widest.unwrap_or_else(|| configuration.clone());
        }
        Ok(jobs)
    }

    /// Returns every alarm but for its threshold.
    fn alarms(
        &self,
        base: &AlarmConfiguration,
    ) -> Result<Vec<AlarmConfiguration>, AlarmConfigurationError> {
        let treatments = self.treatments_of(base);
        let mut alarms = Vec::new();
        for &period_seconds in &self.period_seconds {
            for &statistic in self.statistics_of(base) {
                for &datapoints in &self.datapoints {
                    for &treat_missing_data in &treatments {
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

    fn treatments_of(&self, base: &AlarmConfiguration) -> Vec<TreatMissingData> {
        match self.treatments.is_empty() {
            true => vec![base.treat_missing_data],
            false => self.treatments.clone(),
        }
    }

    fn statistics_of(&self, base: &AlarmConfiguration) -> &[Statistic] {
        match &base.watched {
            Watched::Metric(_) => &self.statistics,
            // The statistics of metric math are part of its expressions, so none is varied.
            Watched::Math(_) => self.statistics.get(..1).unwrap_or_default(),
        }
    }

    /// Tries every combination on an alarm, on the threads of the pool that this is called in.
    fn backtest(
        &self,
        named: NamedAlarm<'_>,
        metric: AlarmUnderClocks,
    ) -> Result<Backtest, AlarmConfigurationError> {
        let alarms = self.alarms(&named.alarm.configuration)?;
        let truth = self.ground_truth(metric.event_times);
        let combinations = match metric.span {
            Some(span) => self.combinations(&alarms, &metric.series, span, &truth),
            None => Vec::new(),
        };
        let backtest = Backtest {
            rule: named.name(),
            subject: named.rule.subject.clone(),
            export_arguments: Vec::new(),
            attempts: truth.attempts.len() as u64,
            bursts: truth.bursts.len() as u64,
            incidents: self.incidents.as_ref().map(|known| known.len() as u64),
            clocks: self.clocks.iter().map(ToString::to_string).collect(),
            thresholds: self.thresholds.clone(),
            combinations,
        };
        Ok(backtest.judged())
    }

    fn combinations(
        &self,
        alarms: &[AlarmConfiguration],
        under_clocks: &[(Clock, Vec<Series>)],
        span: ReplaySpan,
        truth: &GroundTruth,
    ) -> Vec<Combination> {
        let mut combinations = Vec::new();
        for (clock, series) in under_clocks {
            let past = Past { series, span };
            let candidates = backtest(alarms, &self.thresholds, &past, truth);
            combinations.extend(candidates.into_iter().map(|one| one.under(*clock)));
        }
        combinations
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
    /// Tries every combination of a sweep on each metric alarm of the plan. The commands that
    /// export their alarms name the rules as they were requested.
    ///
    /// # Errors
    ///
    /// If AWS would refuse one of the alarms.
    pub fn sweep(self, sweep: &Sweep, request: &RuleRequest) -> Result<Vec<Backtest>, AuditError> {
        let conclude = || under_clocks(self.plan, self.recalled.findings, &sweep.clocks);
        let metrics = self.pool.install(conclude);
        let mut backtests = Vec::new();
        // One alarm after the other: the sweep of each keeps all threads busy.
        for (alarm, metric) in self.plan.alarms().zip(metrics) {
            let Some(named) = NamedAlarm::new(self.plan, alarm, &metric.rules) else {
                continue;
            };
            let mut backtest = self.pool.install(|| sweep.backtest(named, metric))?;
            backtest.export_arguments = request.export_arguments(&named.rule.name);
            backtests.push(backtest);
        }
        Ok(backtests)
    }
}

/// An alarm by the name of the first rule that publishes what it watches.
#[derive(Clone, Copy)]
struct NamedAlarm<'a> {
    alarm: &'a JobAlarm,
    rule: &'a Rule,
    /// True if the rule publishes what several alarms watch.
    is_one_of_several: bool,
}

impl<'a> NamedAlarm<'a> {
    fn new(plan: &'a Plan, alarm: &'a JobAlarm, rules: &[usize]) -> Option<Self> {
        let first = rules.first()?;
        let rule = plan.rules.get(*first)?;
        Some(Self {
            alarm,
            rule,
            is_one_of_several: count_alarms(plan, *first, rule) > 1,
        })
    }

    /// Returns the name of the rule, and that of the alarm where the rule has several.
    fn name(self) -> String {
        let rule = &self.rule.name;
        match self.is_one_of_several {
            true => format!("{rule}/{}", self.alarm.configuration.alarm_name),
            false => rule.clone(),
        }
    }
}

/// Returns the number of alarms that watch what a rule publishes.
fn count_alarms(plan: &Plan, number: usize, rule: &Rule) -> usize {
    let mut jobs = plan.jobs.iter();
    let job = jobs.find(|job| job.rules.contains(&number));
    let alarms = job.into_iter().flat_map(|job| &job.alarms);
    let watched = alarms.map(|alarm| &alarm.configuration.watched);
    watched
        .filter(|watched| watched.is_published_by(&rule.filter))
        .count()
}

/// The samples of a metric by one clock, and the time to replay.
#[derive(Clone, Debug)]
pub struct Past<'a> {
    /// The samples of each metric that the alarms watch.
    pub series: &'a [Series],
    /// The time that the alarms are replayed over.
    pub span: ReplaySpan,
}

/// An alarm with one of the thresholds, and its performance.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The alarm, with this threshold.
    pub alarm: AlarmConfiguration,
    /// Its performance.
    pub performance: Performance,
}

impl Candidate {
    fn under(self, clock: Clock) -> Combination {
        Combination {
            clock: clock.to_string(),
            alarm: self.alarm,
            performance: self.performance,
            verdict: BacktestVerdict::default(),
        }
    }
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
    let evaluations: Vec<Evaluations<'_>> = evaluations.collect();
    let candidates = alarms.par_iter().flat_map_iter(|alarm| {
        let kind = kinds
            .iter()
            .position(|kind| are_evaluated_alike(kind, alarm));
        let evaluations = kind.and_then(|kind| evaluations.get(kind));
        let range = past.span.range_of(alarm);
        let performances =
            evaluations.map(|evaluations| evaluations.sweep(alarm, range, thresholds, truth));
        candidates(alarm, thresholds, performances.unwrap_or_default())
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
fn evaluations<'s>(
    kind: &AlarmConfiguration,
    alarms: &[AlarmConfiguration],
    past: &Past<'s>,
) -> Evaluations<'s> {
    let alike = alarms
        .iter()
        .filter(|alarm| are_evaluated_alike(kind, alarm));
    // What it sees, and the time until it has forgotten it, contain those of every other one.
    let widest = alike.max_by_key(|alarm| alarm.evaluation_range());
    let widest = widest.unwrap_or(kind);
    let range = past.span.range_of(widest);
    Evaluations::new(kind, past.series, range, widest.evaluation_range())
}

/// Returns an alarm with each threshold, and its performance.
fn candidates(
    alarm: &AlarmConfiguration,
    thresholds: &[f64],
    performances: Vec<Performance>,
) -> Vec<Candidate> {
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
