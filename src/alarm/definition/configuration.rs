//! The configuration of a metric alarm.

use crate::alarm::definition::evaluation_window::{EvaluationWindow, WALL_CLOCK_PERIODS};
use crate::alarm::definition::watched::Watched;
use crate::metric::extended::ExtendedStatistic;
use crate::metric::trimmed::Bounds;
use crate::metric::{MetricIdentity, MetricStat, Statistic};
use crate::time::period::DAY_SECONDS;

pub use super::actions::{Actions, TooManyActions};
pub use super::vocabulary::{
    AlarmState, ComparisonOperator, LowSamples, TreatMissingData, UnknownName,
};

/// The period that the console offers for an alarm, in seconds.
pub const PERIOD_SECONDS: u32 = 300;

/// The longest evaluation interval with an evaluation every minute, in seconds. A day exactly is
/// "not more than a day".
pub(super) const ONE_DAY_SECONDS: u64 = DAY_SECONDS.unsigned_abs();

/// The longest evaluation interval of an alarm with periods of an hour or more, in seconds.
const ONE_WEEK_SECONDS: u64 = 7 * ONE_DAY_SECONDS;

/// The shortest period with which an evaluation interval may be longer than a day, in seconds.
const LONG_PERIOD_SECONDS: u32 = 3600;

/// The longest warm-up period, in minutes (user guide, "Alarm warm-up periods").
const WARM_UP_LIMIT: u32 = 2880;

/// The samples that a percentile needs beyond it, on its shorter side (sources, E15).
const SAMPLES_BEYOND_PERCENTILE: f64 = 10.0;

/// A metric alarm (API, `PutMetricAlarm`).
#[derive(Clone, Debug, PartialEq)]
pub struct AlarmConfiguration {
    /// The name of the alarm.
    pub alarm_name: String,
    /// The description that its owner gave it.
    pub alarm_description: Option<String>,
    /// The metric or expression that is compared with the threshold.
    pub watched: Watched,
    /// The length of a datapoint, in seconds.
    pub period_seconds: u32,
    /// The number of datapoints that are evaluated: N.
    pub evaluation_periods: u32,
    /// The number of them that must breach: M. Without it all must, and the reasons are worded
    /// differently.
    pub datapoints_to_alarm: Option<u32>,
    /// The comparison of a datapoint with the threshold.
    pub comparison_operator: ComparisonOperator,
    /// The threshold.
    pub threshold: f64,
    /// The treatment of missing datapoints.
    pub treat_missing_data: TreatMissingData,
    /// The treatment of a percentile over few samples.
    pub low_samples: LowSamples,
    /// The position of its windows in time.
    pub evaluation_window: EvaluationWindow,
    /// The time that a new alarm waits for data before its first evaluation.
    pub warm_up: Option<WarmUp>,
    /// The actions on a change of its state.
    pub actions: Actions,
}

/// The time that a new alarm waits for data, in INSUFFICIENT_DATA and without actions (user guide,
/// "Alarm warm-up periods").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WarmUp {
    /// The longest wait, in minutes.
    pub minutes: u32,
    /// True if the alarm always waits that long. Otherwise it waits until data reaches back over N
    /// periods and the newest period has a datapoint.
    pub waits_to_the_end: bool,
}

/// The reason that a configuration cannot be an alarm.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AlarmConfigurationError {
    /// A period that CloudWatch does not have.
    #[error("a period of {0} seconds does not exist: it is 10, 20, 30 or a multiple of 60")]
    Period(u32),
    /// A period that a wall clock window cannot have.
    #[error("a wall clock window has periods of 60, 300, 3600, 86400 or 604800 seconds, not {0}")]
    WallClockPeriod(u32),
    /// N is zero.
    #[error("an alarm needs at least 1 evaluation period")]
    EvaluationPeriods,
    /// M is not between 1 and N.
    #[error(
        "the datapoints to alarm are between 1 and the evaluation periods \
         ({evaluation_periods}), not {datapoints_to_alarm}"
    )]
    DatapointsToAlarm {
        /// M
        datapoints_to_alarm: u32,
        /// N
        evaluation_periods: u32,
    },
    /// N periods are longer than CloudWatch looks back.
    #[error("the evaluation periods together last {seconds} seconds, the limit is {limit}")]
    TooLong {
        /// The length of N periods.
        seconds: u64,
        /// The longest possible length.
        limit: u64,
    },
    /// The threshold is infinite or NaN.
    #[error("the threshold is not a finite number")]
    Threshold,
    /// A trimmed statistic cuts off more or less than an alarm may.
    #[error("the percentages of `{0}` are outside of those that an alarm may use, 10 to 90")]
    Percentages(Statistic),
    /// A warm-up period that is too short or too long.
    #[error("a warm-up period lasts from 1 to {WARM_UP_LIMIT} minutes, not {0}")]
    WarmUp(u32),
    /// More actions than a state may have.
    #[error(transparent)]
    Actions(#[from] TooManyActions),
}

impl AlarmConfiguration {
    /// Returns the alarm that goes off when the sum of a period of five minutes reaches 1, as the
    /// console offers it for a metric filter (CloudTrail user guide, "Creating CloudWatch alarms
    /// for CloudTrail events").
    pub fn on_sum(alarm_name: &str, metric: MetricIdentity) -> Self {
        let sum = MetricStat::new(metric, Statistic::Sum);
        Self::on(alarm_name, Watched::Metric(sum))
    }

    /// Returns the same alarm on another statistic or expression.
    pub fn on(alarm_name: &str, watched: Watched) -> Self {
        Self {
            alarm_name: alarm_name.to_owned(),
            alarm_description: None,
            watched,
            period_seconds: PERIOD_SECONDS,
            evaluation_periods: 1,
            datapoints_to_alarm: Some(1),
            comparison_operator: ComparisonOperator::GreaterThanOrEqualToThreshold,
            threshold: 1.0,
            treat_missing_data: TreatMissingData::Missing,
            low_samples: LowSamples::Evaluate,
            evaluation_window: EvaluationWindow::Sliding,
            warm_up: None,
            actions: Actions::default(),
        }
    }

    /// Returns the number of datapoints that must breach: M, or N without it.
    pub fn datapoints_needed(&self) -> u32 {
        self.datapoints_to_alarm.unwrap_or(self.evaluation_periods)
    }

    /// Returns the numbers of datapoints that must breach and that are evaluated, as in `3/5`.
    pub fn m_of_n(&self) -> String {
        format!("{}/{}", self.datapoints_needed(), self.evaluation_periods)
    }

    /// Returns the number of datapoints that must not breach for OK: N - M + 1.
    pub fn datapoints_to_clear(&self) -> u32 {
        (self.evaluation_periods + 1).saturating_sub(self.datapoints_needed())
    }

    /// Returns whether a value breaches the threshold.
    pub fn breaches(&self, value: f64) -> bool {
        self.comparison_operator.holds(value, self.threshold)
    }

    /// Returns the condition of the alarm in one line.
    pub fn condition(&self) -> String {
        format!(
            "{} over {} s{} {} {}, {} of {} datapoints, missing data: {}",
            self.watched,
            self.period_seconds,
            self.evaluation_window,
            self.comparison_operator.sign(),
            self.threshold,
            self.datapoints_needed(),
            self.evaluation_periods,
            self.treat_missing_data,
        )
    }

    /// Returns the number of samples that a percentile needs under [`LowSamples::Ignore`]; `None`
    /// for other statistics (sources, E15).
    pub fn samples_needed(&self) -> Option<f64> {
        if self.low_samples == LowSamples::Evaluate {
            return None;
        }
        match self.watched.statistic()? {
            Statistic::Extended(ExtendedStatistic::Percentile(percent)) => {
                samples_beyond(percent / 100.0)
            }
            _ => None,
        }
    }

    /// Checks the limits of `PutMetricAlarm` (API reference).
    ///
    /// # Errors
    ///
    /// Returns an error if CloudWatch would reject the alarm.
    pub fn validate(&self) -> Result<(), AlarmConfigurationError> {
        self.validate_timing()?;
        self.validate_threshold()?;
        self.validate_percentages()?;
        self.validate_warm_up()?;
        Ok(self.actions.validate()?)
    }

    fn validate_timing(&self) -> Result<(), AlarmConfigurationError> {
        self.validate_period()?;
        self.validate_datapoints()?;
        // Last, so that the error names the factor that is wrong.
        self.validate_length()
    }

    fn validate_threshold(&self) -> Result<(), AlarmConfigurationError> {
        match self.threshold.is_finite() {
            true => Ok(()),
            false => Err(AlarmConfigurationError::Threshold),
        }
    }

    fn validate_period(&self) -> Result<(), AlarmConfigurationError> {
        let period = self.period_seconds;
        if !is_period(period) {
            return Err(AlarmConfigurationError::Period(period));
        }
        match self.evaluation_window {
            EvaluationWindow::WallClock(_) if !WALL_CLOCK_PERIODS.contains(&period) => {
                Err(AlarmConfigurationError::WallClockPeriod(period))
            }
            _ => Ok(()),
        }
    }

    fn validate_datapoints(&self) -> Result<(), AlarmConfigurationError> {
        let (n, m) = (self.evaluation_periods, self.datapoints_needed());
        if n == 0 {
            return Err(AlarmConfigurationError::EvaluationPeriods);
        }
        if !(1..=n).contains(&m) {
            return Err(AlarmConfigurationError::DatapointsToAlarm {
                datapoints_to_alarm: m,
                evaluation_periods: n,
            });
        }
        Ok(())
    }

    fn validate_length(&self) -> Result<(), AlarmConfigurationError> {
        let seconds = self.evaluated_seconds();
        let limit = match self.period_seconds {
            LONG_PERIOD_SECONDS.. => ONE_WEEK_SECONDS,
            _ => ONE_DAY_SECONDS,
        };
        if seconds > limit {
            return Err(AlarmConfigurationError::TooLong { seconds, limit });
        }
        Ok(())
    }

    fn validate_percentages(&self) -> Result<(), AlarmConfigurationError> {
        let metrics = self.watched.metrics().into_iter();
        let mut statistics = metrics.map(|metric| metric.statistic);
        match statistics.find(|statistic| !are_percentages_allowed(*statistic)) {
            Some(statistic) => Err(AlarmConfigurationError::Percentages(statistic)),
            None => Ok(()),
        }
    }

    fn validate_warm_up(&self) -> Result<(), AlarmConfigurationError> {
        let minutes = self.warm_up.map(|warm_up| warm_up.minutes);
        match minutes {
            None | Some(1..=WARM_UP_LIMIT) => Ok(()),
            Some(minutes) => Err(AlarmConfigurationError::WarmUp(minutes)),
        }
    }
}

fn is_period(seconds: u32) -> bool {
    matches!(seconds, 10 | 20 | 30) || seconds != 0 && seconds.is_multiple_of(60)
}

/// Returns whether an alarm may use the percentages of a statistic: those of trimmed statistics are
/// between 10 and 90, and open ends are free (API, `PutMetricAlarm`).
fn are_percentages_allowed(statistic: Statistic) -> bool {
    match statistic {
        Statistic::Extended(ExtendedStatistic::Trimmed {
            bounds: Bounds::Percent { low, high },
            ..
        }) => is_percentage_allowed(low, 0.0) && is_percentage_allowed(high, 100.0),
        _ => true,
    }
}

fn is_percentage_allowed(bound: f64, open_end: f64) -> bool {
    bound == open_end || (10.0..=90.0).contains(&bound)
}

/// Returns the number of samples that a percentile, as a share from 0 to 1, needs to have ten
/// beyond it on its shorter side. The ends, 0 and 1, need none.
fn samples_beyond(share: f64) -> Option<f64> {
    let shorter_side = share.min(1.0 - share);
    (shorter_side > 0.0).then(|| SAMPLES_BEYOND_PERCENTILE / shorter_side)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alarm::definition::evaluation_window::WallClock;

    fn alarm(period_seconds: u32, evaluation_periods: u32, m: u32) -> AlarmConfiguration {
        AlarmConfiguration {
            period_seconds,
            evaluation_periods,
            datapoints_to_alarm: Some(m),
            ..AlarmConfiguration::on_sum("a", Default::default())
        }
    }

    fn on_statistic(statistic: &str) -> AlarmConfiguration {
        let statistic = statistic.parse().unwrap();
        let stat = MetricStat::new(Default::default(), statistic);
        AlarmConfiguration::on("a", Watched::Metric(stat))
    }

    fn on_wall_clock(alarm: AlarmConfiguration, timezone: Option<&str>) -> AlarmConfiguration {
        AlarmConfiguration {
            evaluation_window: EvaluationWindow::WallClock(WallClock::new(timezone).unwrap()),
            ..alarm
        }
    }

    #[test]
    fn periods_are_ten_twenty_thirty_seconds_or_whole_minutes() {
        for period in [10, 20, 30, 60, 120, 86_400] {
            assert_eq!(alarm(period, 1, 1).validate(), Ok(()), "{period}");
        }
        for period in [0, 1, 40, 90] {
            let expected = Err(AlarmConfigurationError::Period(period));
            assert_eq!(alarm(period, 1, 1).validate(), expected);
        }
    }

    #[test]
    fn a_wall_clock_has_periods_of_its_own() {
        let on_wall_clock = |period| on_wall_clock(alarm(period, 1, 1), None);
        assert_eq!(on_wall_clock(300).validate(), Ok(()));
        let expected = Err(AlarmConfigurationError::WallClockPeriod(120));
        assert_eq!(on_wall_clock(120).validate(), expected);
    }

    #[test]
    fn m_is_from_one_to_n() {
        assert_eq!(alarm(60, 3, 1).validate(), Ok(()));
        assert_eq!(alarm(60, 3, 3).validate(), Ok(()));
        let no_period = Err(AlarmConfigurationError::EvaluationPeriods);
        assert_eq!(alarm(60, 0, 0).validate(), no_period);
        for m in [0, 4] {
            let expected = Err(AlarmConfigurationError::DatapointsToAlarm {
                datapoints_to_alarm: m,
                evaluation_periods: 3,
            });
            assert_eq!(alarm(60, 3, m).validate(), expected);
        }
    }

    #[test]
    fn n_periods_last_a_day_or_with_hours_a_week() {
        let too_long = |seconds, limit| Err(AlarmConfigurationError::TooLong { seconds, limit });
        assert_eq!(alarm(60, 1440, 1).validate(), Ok(()));
        assert_eq!(alarm(60, 1441, 1).validate(), too_long(86_460, 86_400));
        assert_eq!(alarm(3600, 168, 1).validate(), Ok(()));
        assert_eq!(alarm(3600, 169, 1).validate(), too_long(608_400, 604_800));
    }

    #[test]
    fn thresholds_are_finite() {
        let alarm = AlarmConfiguration {
            threshold: f64::INFINITY,
            ..alarm(60, 1, 1)
        };
        assert_eq!(alarm.validate(), Err(AlarmConfigurationError::Threshold));
    }

    #[test]
    fn trimmed_statistics_of_alarms_cut_from_10_to_90_percent_or_nothing() {
        for allowed in [
            "tm10",
            "tm90",
            "TM(10%:90%)",
            "TM(:50%)",
            "TM(50%:)",
            "TM(1:5)",
            "p99",
        ] {
            assert_eq!(on_statistic(allowed).validate(), Ok(()), "{allowed}");
        }
        for refused in ["tm9", "tm91", "TM(5%:50%)", "TM(50%:95%)"] {
            let expected = Err(AlarmConfigurationError::Percentages(
                refused.parse().unwrap(),
            ));
            assert_eq!(on_statistic(refused).validate(), expected);
        }
    }

    #[test]
    fn a_warm_up_period_lasts_from_a_minute_to_two_days() {
        let validate = |minutes| {
            let warm_up = WarmUp {
                minutes,
                waits_to_the_end: false,
            };
            let alarm = AlarmConfiguration {
                warm_up: Some(warm_up),
                ..alarm(60, 1, 1)
            };
            alarm.validate()
        };
        assert_eq!(validate(1), Ok(()));
        assert_eq!(validate(2880), Ok(()));
        for minutes in [0, 2881] {
            assert_eq!(
                validate(minutes),
                Err(AlarmConfigurationError::WarmUp(minutes))
            );
        }
    }

    #[test]
    fn a_percentile_needs_ten_samples_beyond_it_unless_it_is_an_end() {
        let needed = |statistic, low_samples| {
            let alarm = AlarmConfiguration {
                low_samples,
                ..on_statistic(statistic)
            };
            alarm.samples_needed().map(f64::round)
        };
        assert_eq!(needed("p50", LowSamples::Ignore), Some(20.0));
        assert_eq!(needed("p99", LowSamples::Ignore), Some(1000.0));
        assert_eq!(needed("p10", LowSamples::Ignore), Some(100.0));
        assert_eq!(needed("p0", LowSamples::Ignore), None);
        assert_eq!(needed("p100", LowSamples::Ignore), None);
        assert_eq!(needed("Sum", LowSamples::Ignore), None);
        assert_eq!(needed("p50", LowSamples::Evaluate), None);
    }

    #[test]
    fn a_condition_names_the_time_zone_of_a_wall_clock() {
        let condition = |alarm: AlarmConfiguration| {
            let condition = alarm.condition();
            let (_, after) = condition.split_once(" over ").unwrap();
            after.to_owned()
        };
        let sliding = "300 s >= 1, 1 of 2 datapoints, missing data: missing";
        assert_eq!(condition(alarm(300, 2, 1)), sliding);
        for (timezone, name) in [(None, "UTC"), (Some("+05:30"), "+05:30")] {
            let expected = format!(
                "300 s on the wall clock of {name} >= 1, 1 of 2 datapoints, missing data: missing"
            );
            assert_eq!(
                condition(on_wall_clock(alarm(300, 2, 1), timezone)),
                expected
            );
        }
    }
}
