//! What an alarm asks of its metric.

use std::fmt;
use std::str::FromStr;

use crate::alarm::definition::evaluation_window::{EvaluationWindow, WALL_CLOCK_PERIODS};
use crate::alarm::definition::watched::Watched;
use crate::metric::extended::{Bounds, ExtendedStatistic};
use crate::metric::{MetricIdentity, MetricStat, Statistic};

/// The evaluations of an alarm with a period of a minute or more are a minute apart (user guide,
/// "Evaluating an alarm").
const STEP_SECONDS: u32 = 60;

/// The evaluations of a high-resolution alarm, with a period under a minute, are ten seconds apart.
const HIGH_RESOLUTION_STEP_SECONDS: u32 = 10;

/// An alarm that looks at more than a day is evaluated once an hour.
const MULTI_DAY_STEP_SECONDS: u32 = 3600;

/// The longest stretch that is still evaluated every minute, in seconds. A day exactly is "not more
/// than a day".
const DAY_SECONDS: u64 = 86_400;

/// The longest stretch that an alarm with periods of an hour or more may look at, in seconds.
const WEEK_SECONDS: u64 = 604_800;

/// The longest warm-up period, in minutes (user guide, "Alarm warm-up periods").
const WARM_UP_LIMIT: u32 = 2880;

/// How many actions a state may have (API, `PutMetricAlarm`).
const ACTIONS_LIMIT: usize = 5;

/// The time from a step of the clock to the evaluation, in seconds. Each alarm has an offset of its
/// own, constant over days, which AWS does not publish (sources, E3).
pub const EVALUATION_OFFSET_SECONDS: i64 = 30;

/// How long after the hour an alarm is evaluated that looks at more than a day, in seconds; its
/// documented example runs at three minutes past.
const MULTI_DAY_EVALUATION_OFFSET_SECONDS: i64 = 180;

/// A metric alarm (API, `PutMetricAlarm`).
#[derive(Clone, Debug, PartialEq)]
pub struct AlarmConfiguration {
    /// The name of the alarm.
    pub alarm_name: String,
    /// What the alarm is for, in the words of its owner.
    pub alarm_description: Option<String>,
    /// What is compared with the threshold.
    pub watched: Watched,
    /// The length of a datapoint, in seconds.
    pub period_seconds: u32,
    /// How many datapoints are judged: N.
    pub evaluation_periods: u32,
    /// How many of them must breach: M. Without it all must, and the reasons are worded otherwise.
    pub datapoints_to_alarm: Option<u32>,
    /// How a datapoint is compared, which stands on the left.
    pub comparison_operator: ComparisonOperator,
    /// What it is compared with.
    pub threshold: f64,
    /// What stands in for datapoints that are missing.
    pub treat_missing_data: TreatMissingData,
    /// What a percentile of few samples does.
    pub low_samples: LowSamples,
    /// Where its windows lie.
    pub evaluation_window: EvaluationWindow,
    /// How long a new alarm waits for data before its first evaluation.
    pub warm_up: Option<WarmUp>,
    /// What the alarm does when its state changes.
    pub actions: Actions,
}

/// How long a new alarm waits for data, in INSUFFICIENT_DATA and without actions (user guide,
/// "Alarm warm-up periods").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WarmUp {
    /// How long at most, in minutes.
    pub minutes: u32,
    /// Whether it waits so long in any case; else until N periods are there, and the newest has
    /// data.
    pub waits_to_the_end: bool,
}

/// What an alarm makes of a percentile that stands on few samples (user guide, "Percentile-based
/// alarms and low data samples").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LowSamples {
    /// It is judged like any other.
    #[default]
    Evaluate,
    /// The state is kept.
    Ignore,
}

/// What an alarm does when its state changes: ARNs, by the state that it changes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actions {
    /// Whether anything is done at all.
    pub enabled: bool,
    /// On the change to OK.
    pub ok: Vec<String>,
    /// On the change to ALARM.
    pub alarm: Vec<String>,
    /// On the change to INSUFFICIENT_DATA.
    pub insufficient_data: Vec<String>,
}

impl Default for Actions {
    fn default() -> Self {
        Self {
            enabled: true,
            ok: Vec::new(),
            alarm: Vec::new(),
            insufficient_data: Vec::new(),
        }
    }
}

impl Actions {
    /// What is done on the change to this state.
    pub fn of(&self, state: AlarmState) -> &[String] {
        match state {
            AlarmState::Ok => &self.ok,
            AlarmState::Alarm => &self.alarm,
            AlarmState::InsufficientData => &self.insufficient_data,
        }
    }

    /// Checks how many there are.
    ///
    /// # Errors
    ///
    /// When a state has more than CloudWatch takes.
    pub fn validate(&self) -> Result<(), ConfigurationError> {
        let counts = [&self.ok, &self.alarm, &self.insufficient_data].map(Vec::len);
        match counts.into_iter().find(|count| *count > ACTIONS_LIMIT) {
            Some(count) => Err(ConfigurationError::TooManyActions(count)),
            None => Ok(()),
        }
    }
}

/// How the statistic is compared with the threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComparisonOperator {
    /// `>=`
    GreaterThanOrEqualToThreshold,
    /// `>`
    GreaterThanThreshold,
    /// `<`
    LessThanThreshold,
    /// `<=`
    LessThanOrEqualToThreshold,
}

/// What an alarm makes of missing datapoints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TreatMissingData {
    /// Nothing is known.
    #[default]
    Missing,
    /// The state is kept.
    Ignore,
    /// They breach.
    Breaching,
    /// They do not breach.
    NotBreaching,
}

/// The state of an alarm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AlarmState {
    /// The metric does not breach.
    Ok,
    /// The metric breaches.
    Alarm,
    /// The alarm has just started, or there is not enough data.
    #[default]
    InsufficientData,
}

/// Why a configuration cannot be an alarm.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ConfigurationError {
    /// The period is none that CloudWatch has.
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
        "the datapoints to alarm are between 1 and the evaluation periods ({evaluation_periods}), not {datapoints_to_alarm}"
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
        /// How long N periods last.
        seconds: u64,
        /// How long they may last.
        limit: u64,
    },
    /// The threshold is not a number that can be compared.
    #[error("the threshold is not a finite number")]
    Threshold,
    /// A trimmed statistic cuts off more or less than an alarm may.
    #[error("the percentages of `{0}` are outside of those that an alarm may use, 10 to 90")]
    Percentages(Statistic),
    /// A warm-up period that is too short or too long.
    #[error("a warm-up period lasts from 1 to {WARM_UP_LIMIT} minutes, not {0}")]
    WarmUp(u32),
    /// More actions than a state may have.
    #[error("{0} actions for one state, the limit is {ACTIONS_LIMIT}")]
    TooManyActions(usize),
}

impl AlarmConfiguration {
    /// The alarm that goes off when the sum of a period of five minutes reaches 1, as the console
    /// offers it for a metric filter (CloudTrail user guide, "Creating CloudWatch alarms for
    /// CloudTrail events").
    pub fn on_sum(alarm_name: &str, metric: MetricIdentity) -> Self {
        Self::on(
            alarm_name,
            Watched::Metric(MetricStat::new(metric, Statistic::Sum)),
        )
    }

    /// The same alarm on something else.
    pub fn on(alarm_name: &str, watched: Watched) -> Self {
        Self {
            alarm_name: alarm_name.to_owned(),
            alarm_description: None,
            watched,
            period_seconds: 300,
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

    /// How many datapoints must breach: M, or N where none is given.
    pub fn datapoints_needed(&self) -> u32 {
        self.datapoints_to_alarm.unwrap_or(self.evaluation_periods)
    }

    /// Checks the limits of `PutMetricAlarm` (API reference).
    ///
    /// # Errors
    ///
    /// When CloudWatch would refuse the alarm.
    pub fn validate(&self) -> Result<(), ConfigurationError> {
        let period = self.period_seconds;
        if !(matches!(period, 10 | 20 | 30) || period != 0 && period.is_multiple_of(60)) {
            return Err(ConfigurationError::Period(period));
        }
        let is_wall_clock = matches!(self.evaluation_window, EvaluationWindow::WallClock(_));
        if is_wall_clock && !WALL_CLOCK_PERIODS.contains(&period) {
            return Err(ConfigurationError::WallClockPeriod(period));
        }
        if self.evaluation_periods == 0 {
            return Err(ConfigurationError::EvaluationPeriods);
        }
        if !(1..=self.evaluation_periods).contains(&self.datapoints_needed()) {
            return Err(ConfigurationError::DatapointsToAlarm {
                datapoints_to_alarm: self.datapoints_needed(),
                evaluation_periods: self.evaluation_periods,
            });
        }
        let limit = if period >= 3600 {
            WEEK_SECONDS
        } else {
            DAY_SECONDS
        };
        let seconds = self.evaluated_seconds();
        if seconds > limit {
            return Err(ConfigurationError::TooLong { seconds, limit });
        }
        if !self.threshold.is_finite() {
            return Err(ConfigurationError::Threshold);
        }
        self.validate_percentages()?;
        if let Some(warm_up) = self
            .warm_up
            .filter(|warm_up| !(1..=WARM_UP_LIMIT).contains(&warm_up.minutes))
        {
            return Err(ConfigurationError::WarmUp(warm_up.minutes));
        }
        self.actions.validate()
    }

    /// Trimmed statistics of alarms have their percentages between 10 and 90; open ends are free
    /// (API, `PutMetricAlarm`).
    fn validate_percentages(&self) -> Result<(), ConfigurationError> {
        let is_allowed = |bound: f64, open: f64| bound == open || (10.0..=90.0).contains(&bound);
        let is_wrong = |statistic: &Statistic| match statistic {
            Statistic::Extended(ExtendedStatistic::Trimmed {
                bounds: Bounds::Percent { low, high },
                ..
            }) => !(is_allowed(*low, 0.0) && is_allowed(*high, 100.0)),
            _ => false,
        };
        match self
            .watched
            .metrics()
            .iter()
            .map(|metric| metric.statistic)
            .find(is_wrong)
        {
            None => Ok(()),
            Some(statistic) => Err(ConfigurationError::Percentages(statistic)),
        }
    }

    /// Returns the number of samples that a percentile needs to be judged under
    /// [`LowSamples::Ignore`]; `None` for other statistics (sources, E15).
    pub fn samples_needed(&self) -> Option<f64> {
        let Some(Statistic::Extended(ExtendedStatistic::Percentile(percent))) =
            self.watched.statistic()
        else {
            return None;
        };
        match (percent / 100.0, self.low_samples) {
            (_, LowSamples::Evaluate) => None,
            (share, LowSamples::Ignore) if (0.5..1.0).contains(&share) => {
                Some(10.0 / (1.0 - share))
            }
            (share, LowSamples::Ignore) if share > 0.0 && share < 0.5 => Some(10.0 / share),
            _ => None,
        }
    }

    /// Returns the number of datapoints that are fetched for one evaluation: R, more than N, so
    /// that late ones still count. AWS does not publish it; this formula agrees with the documented
    /// tables and every recorded history (sources, E6).
    pub fn evaluation_range(&self) -> u32 {
        let period = self.period_seconds.max(1);
        let extra = if period < STEP_SECONDS {
            STEP_SECONDS / period
        } else {
            300_u32.div_ceil(period).max(2)
        };
        self.evaluation_periods.saturating_add(extra)
    }

    /// The time between two evaluations, in seconds.
    pub fn step_seconds(&self) -> u32 {
        if self.evaluated_seconds() > DAY_SECONDS {
            return MULTI_DAY_STEP_SECONDS;
        }
        if self.period_seconds < STEP_SECONDS {
            HIGH_RESOLUTION_STEP_SECONDS
        } else {
            STEP_SECONDS
        }
    }

    /// Returns how many seconds of the newest data an evaluation leaves out: ten for a period under
    /// a minute, unless the alarm is on metric math; else none (sources, E5).
    pub fn data_delay_seconds(&self) -> i64 {
        match &self.watched {
            Watched::Metric(_) if self.period_seconds < STEP_SECONDS => 10,
            Watched::Metric(_) | Watched::Math(_) => 0,
        }
    }

    /// What the end of the newest window is a multiple of, in seconds.
    pub(in crate::alarm) fn grid_seconds(&self) -> u32 {
        if self.period_seconds < STEP_SECONDS {
            self.period_seconds
        } else {
            self.step_seconds()
        }
    }

    /// How long after a step of the clock an evaluation runs, in seconds.
    pub fn evaluation_offset_seconds(&self) -> i64 {
        match self.step_seconds() {
            MULTI_DAY_STEP_SECONDS => MULTI_DAY_EVALUATION_OFFSET_SECONDS,
            step => EVALUATION_OFFSET_SECONDS % i64::from(step),
        }
    }

    /// How long a datapoint stays in sight after its time, at most: the range, and one step, in
    /// seconds.
    pub fn memory_seconds(&self) -> i64 {
        self.memory_seconds_of(None)
    }

    /// The same for a range of so many datapoints, where one is given.
    pub fn memory_seconds_of(&self, range: Option<u32>) -> i64 {
        let range = range.unwrap_or_else(|| self.evaluation_range());
        let period_seconds = i64::from(self.period_seconds);
        // What has just happened waits for the end of its period, and a day of a calendar may have
        // 25 hours.
        let waiting_seconds = match self.evaluation_window {
            EvaluationWindow::Sliding => 0,
            EvaluationWindow::WallClock(_) => period_seconds + 3600,
        };
        i64::from(range) * period_seconds
            + waiting_seconds
            + i64::from(self.step_seconds())
            + self.data_delay_seconds()
    }

    /// Whether a value breaches the threshold.
    pub fn breaches(&self, value: f64) -> bool {
        self.comparison_operator.holds(value, self.threshold)
    }

    /// What the alarm asks of its metric, in one line.
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

    fn evaluated_seconds(&self) -> u64 {
        u64::from(self.evaluation_periods) * u64::from(self.period_seconds)
    }
}

/// A name that is none of its kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no {kind} `{name}`; it is one of {known}")]
pub struct UnknownName {
    kind: &'static str,
    name: String,
    known: String,
}

/// The one of `known` that is written as `name`.
fn named<T: Copy + fmt::Display>(
    kind: &'static str,
    name: &str,
    known: &[T],
) -> Result<T, UnknownName> {
    let found = known
        .iter()
        .copied()
        .find(|known| known.to_string() == name);
    found.ok_or_else(|| UnknownName {
        kind,
        name: name.to_owned(),
        known: known
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", "),
    })
}

impl FromStr for ComparisonOperator {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        named("comparison operator", name, &Self::ALL)
    }
}

impl fmt::Display for ComparisonOperator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::GreaterThanOrEqualToThreshold => "GreaterThanOrEqualToThreshold",
            Self::GreaterThanThreshold => "GreaterThanThreshold",
            Self::LessThanThreshold => "LessThanThreshold",
            Self::LessThanOrEqualToThreshold => "LessThanOrEqualToThreshold",
        })
    }
}

impl FromStr for TreatMissingData {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        named("treatment of missing data", name, &Self::ALL)
    }
}

impl TreatMissingData {
    /// Every treatment.
    pub const ALL: [Self; 4] = [
        Self::Missing,
        Self::Ignore,
        Self::Breaching,
        Self::NotBreaching,
    ];
}

impl FromStr for LowSamples {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        named(
            "treatment of few samples",
            name,
            &[Self::Evaluate, Self::Ignore],
        )
    }
}

impl fmt::Display for LowSamples {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Evaluate => "evaluate",
            Self::Ignore => "ignore",
        })
    }
}

impl FromStr for AlarmState {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        named(
            "state",
            name,
            &[Self::Ok, Self::Alarm, Self::InsufficientData],
        )
    }
}

impl ComparisonOperator {
    /// Every operator.
    pub const ALL: [Self; 4] = [
        Self::GreaterThanOrEqualToThreshold,
        Self::GreaterThanThreshold,
        Self::LessThanThreshold,
        Self::LessThanOrEqualToThreshold,
    ];

    /// Whether a value stands in this order to a threshold.
    pub fn holds(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::GreaterThanOrEqualToThreshold => value >= threshold,
            Self::GreaterThanThreshold => value > threshold,
            Self::LessThanThreshold => value < threshold,
            Self::LessThanOrEqualToThreshold => value <= threshold,
        }
    }

    /// Whether larger values breach, and not smaller ones.
    pub fn is_rising(self) -> bool {
        matches!(
            self,
            Self::GreaterThanOrEqualToThreshold | Self::GreaterThanThreshold
        )
    }

    /// The operator as a sign.
    pub fn sign(self) -> &'static str {
        match self {
            Self::GreaterThanOrEqualToThreshold => ">=",
            Self::GreaterThanThreshold => ">",
            Self::LessThanThreshold => "<",
            Self::LessThanOrEqualToThreshold => "<=",
        }
    }

    /// The operator in the words of AWS's reasons.
    pub fn words(self) -> &'static str {
        match self {
            Self::GreaterThanOrEqualToThreshold => "greater than or equal to",
            Self::GreaterThanThreshold => "greater than",
            Self::LessThanThreshold => "less than",
            Self::LessThanOrEqualToThreshold => "less than or equal to",
        }
    }
}

impl fmt::Display for TreatMissingData {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Missing => "missing",
            Self::Ignore => "ignore",
            Self::Breaching => "breaching",
            Self::NotBreaching => "notBreaching",
        })
    }
}

impl fmt::Display for AlarmState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        })
    }
}
