//! Metric alarms as AWS writes them.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::name;
use super::queries::{DefinedQueries, WrittenDimension, WrittenQuery};
use crate::alarm::definition::configuration::{
    Actions, AlarmState, LowSamples, TreatMissingData, UnknownName, WarmUp,
};
use crate::alarm::definition::evaluation_window::{EvaluationWindow, WallClock};
use crate::alarm::definition::place::AlarmPlace;
use crate::alarm::{AlarmConfiguration, Watched};
use crate::metric::{MetricIdentity, MetricStat, Statistic, Unit};

/// An alarm, and the state that AWS says it is in.
#[derive(Clone, Debug, PartialEq)]
pub struct DefinedAlarm {
    /// The alarm.
    pub configuration: AlarmConfiguration,
    /// The state when it was described, where the file says.
    pub state: Option<AlarmState>,
    /// Where it stands, where the file says.
    pub place: Option<AlarmPlace>,
}

/// Why what is written is no alarm that can be replayed.
#[derive(Debug)]
pub(super) enum AlarmError {
    /// It is wrong.
    Wrong(String),
    /// It is an alarm of another kind.
    OtherKind(String),
}

/// An alarm as AWS writes it (API, `PutMetricAlarm` and `DescribeAlarms`).
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct WrittenAlarm {
    pub(super) alarm_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    alarm_description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metric_name: Option<String>,
    #[serde(default, with = "name", skip_serializing_if = "Option::is_none")]
    unit: Option<Unit>,
    #[serde(default, with = "name", skip_serializing_if = "Option::is_none")]
    statistic: Option<Statistic>,
    #[serde(default, with = "name", skip_serializing_if = "Option::is_none")]
    extended_statistic: Option<Statistic>,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<u32>,
    evaluation_periods: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    datapoints_to_alarm: Option<u32>,
    comparison_operator: Option<String>,
    threshold: Option<f64>,
    #[serde(default, with = "name", skip_serializing_if = "Option::is_none")]
    treat_missing_data: Option<TreatMissingData>,
    #[serde(default, with = "name", skip_serializing_if = "Option::is_none")]
    evaluate_low_sample_count_percentile: Option<LowSamples>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actions_enabled: Option<bool>,
    #[serde(rename = "OKActions", default, skip_serializing_if = "Vec::is_empty")]
    ok_actions: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    alarm_actions: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    insufficient_data_actions: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    dimensions: Vec<WrittenDimension>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evaluation_window: Option<WrittenWindow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warm_up_configuration: Option<WrittenWarmUp>,
    #[serde(skip_serializing)]
    evaluation_criteria: Option<IgnoredAny>,
    #[serde(skip_serializing)]
    threshold_metric_id: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    metrics: Vec<WrittenQuery>,
    #[serde(skip_serializing)]
    alarm_arn: Option<String>,
    #[serde(default, with = "name", skip_serializing)]
    state_value: Option<AlarmState>,
}

/// Exactly one of its members is set (API, `EvaluationWindow`).
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct WrittenWindow {
    #[serde(skip_serializing)]
    sliding_window: Option<WrittenSliding>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wall_clock_window: Option<WrittenWallClock>,
}

/// A sliding window has nothing to set.
#[derive(Debug, Deserialize)]
struct WrittenSliding {}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct WrittenWallClock {
    #[serde(skip_serializing_if = "Option::is_none")]
    timezone: Option<String>,
}

/// A warm-up period (API, `WarmUpConfiguration`).
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct WrittenWarmUp {
    warm_up_period_duration_in_minutes: u32,
    #[serde(default)]
    only_start_evaluating_after_warm_up_period_ends: bool,
}

impl WrittenWarmUp {
    fn of(warm_up: WarmUp) -> Self {
        Self {
            warm_up_period_duration_in_minutes: warm_up.minutes,
            only_start_evaluating_after_warm_up_period_ends: warm_up.waits_to_the_end,
        }
    }

    fn define(self) -> WarmUp {
        WarmUp {
            minutes: self.warm_up_period_duration_in_minutes,
            waits_to_the_end: self.only_start_evaluating_after_warm_up_period_ends,
        }
    }
}

impl WrittenWindow {
    fn of(window: &EvaluationWindow) -> Option<Self> {
        let EvaluationWindow::WallClock(clock) = window else {
            return None;
        };
        let wall_clock = WrittenWallClock {
            timezone: clock.timezone().map(str::to_owned),
        };
        Some(Self {
            wall_clock_window: Some(wall_clock),
            ..Self::default()
        })
    }

    fn define(self) -> Result<EvaluationWindow, String> {
        match (self.sliding_window, self.wall_clock_window) {
            (Some(_), Some(_)) => {
                Err("`SlidingWindow` and `WallClockWindow` exclude each other".to_owned())
            }
            (_, None) => Ok(EvaluationWindow::Sliding),
            (None, Some(clock)) => {
                let clock =
                    WallClock::new(clock.timezone.as_deref()).map_err(|error| error.to_string())?;
                Ok(EvaluationWindow::WallClock(clock))
            }
        }
    }
}

impl WrittenAlarm {
    /// The alarm in AWS's field names; what is as AWS has it by default is left out.
    pub(super) fn of(alarm: &AlarmConfiguration) -> Self {
        Self {
            alarm_name: alarm.alarm_name.clone(),
            alarm_description: alarm.alarm_description.clone(),
            evaluation_periods: Some(alarm.evaluation_periods),
            datapoints_to_alarm: alarm.datapoints_to_alarm,
            comparison_operator: Some(alarm.comparison_operator.to_string()),
            threshold: Some(alarm.threshold),
            treat_missing_data: Some(alarm.treat_missing_data),
            evaluate_low_sample_count_percentile: Some(alarm.low_samples)
                .filter(|low_samples| *low_samples != LowSamples::default()),
            evaluation_window: WrittenWindow::of(&alarm.evaluation_window),
            warm_up_configuration: alarm.warm_up.map(WrittenWarmUp::of),
            actions_enabled: Some(false).filter(|_| !alarm.actions.enabled),
            ok_actions: alarm.actions.ok.clone(),
            alarm_actions: alarm.actions.alarm.clone(),
            insufficient_data_actions: alarm.actions.insufficient_data.clone(),
            ..Self::watching(&alarm.watched, alarm.period_seconds)
        }
    }

    /// What an alarm watches, in AWS's field names.
    fn watching(watched: &Watched, period_seconds: u32) -> Self {
        let stat = match watched {
            Watched::Metric(stat) => stat,
            Watched::Math(math) => {
                return Self {
                    metrics: WrittenQuery::of(math, period_seconds),
                    ..Self::default()
                };
            }
        };
        let is_extended = matches!(stat.statistic, Statistic::Extended(_));
        Self {
            namespace: Some(stat.metric.namespace.clone()),
            metric_name: Some(stat.metric.metric_name.clone()),
            unit: stat.unit,
            statistic: Some(stat.statistic).filter(|_| !is_extended),
            extended_statistic: Some(stat.statistic).filter(|_| is_extended),
            period: Some(period_seconds),
            dimensions: WrittenDimension::of(&stat.metric),
            ..Self::default()
        }
    }

    pub(super) fn define(self) -> Result<DefinedAlarm, AlarmError> {
        let (name, state) = (self.alarm_name.clone(), self.state_value);
        let named = |detail: &str| format!("alarm `{name}`: {detail}");
        let place = self.alarm_arn.as_deref().and_then(AlarmPlace::from_arn);
        if let Some(reason) = self.other_kind() {
            return Err(AlarmError::OtherKind(named(&reason)));
        }
        let configuration = self.configuration().and_then(|configuration| {
            configuration
                .validate()
                .map_err(|error| error.to_string())?;
            Ok(configuration)
        });
        let configuration = configuration.map_err(|detail| AlarmError::Wrong(named(&detail)))?;
        Ok(DefinedAlarm {
            configuration,
            state,
            place,
        })
    }

    /// Why an alarm is of a kind that cannot be replayed: an archive does not hold what it stands
    /// on.
    fn other_kind(&self) -> Option<String> {
        let operator = self.comparison_operator.as_deref().unwrap_or_default();
        let is_band = operator.contains("UpperThreshold") || operator.contains("LowerThreshold");
        if is_band || self.threshold_metric_id.is_some() {
            let band = "an alarm on an anomaly detection band cannot be replayed: the band is AWS's trained model";
            return Some(band.to_owned());
        }
        if self.evaluation_criteria.is_some() {
            return Some(
                "a PromQL alarm cannot be replayed: it queries a store of its own".to_owned(),
            );
        }
        WrittenQuery::unavailable(&self.metrics)
    }

    /// What the alarm watches: a metric, or the entries of `Metrics`.
    fn watched(&mut self) -> Result<DefinedQueries, String> {
        let queries = std::mem::take(&mut self.metrics);
        if !queries.is_empty() {
            if self.metric_name.is_some() {
                return Err("`MetricName` and `Metrics` exclude each other".to_owned());
            }
            return WrittenQuery::define(queries);
        }
        let metric = MetricIdentity {
            namespace: needed(self.namespace.take(), "Namespace")?,
            metric_name: needed(self.metric_name.take(), "MetricName")?,
            dimensions: WrittenDimension::define(std::mem::take(&mut self.dimensions)),
        };
        let statistic = statistic(self.statistic, self.extended_statistic)?;
        let watched = Watched::Metric(MetricStat {
            metric,
            unit: self.unit,
            statistic,
        });
        Ok(DefinedQueries {
            watched,
            period_seconds: needed(self.period, "Period")?,
        })
    }

    fn configuration(mut self) -> Result<AlarmConfiguration, String> {
        let DefinedQueries {
            watched,
            period_seconds,
        } = self.watched()?;
        let operator = needed(self.comparison_operator, "ComparisonOperator")?;
        Ok(AlarmConfiguration {
            alarm_description: self.alarm_description,
            period_seconds,
            evaluation_periods: needed(self.evaluation_periods, "EvaluationPeriods")?,
            datapoints_to_alarm: self.datapoints_to_alarm,
            comparison_operator: operator
                .parse()
                .map_err(|error: UnknownName| error.to_string())?,
            threshold: needed(self.threshold, "Threshold")?,
            treat_missing_data: self
                .treat_missing_data
                .unwrap_or_else(|| default_treatment(&watched)),
            low_samples: self
                .evaluate_low_sample_count_percentile
                .unwrap_or_default(),
            evaluation_window: self
                .evaluation_window
                .map_or(Ok(EvaluationWindow::Sliding), WrittenWindow::define)?,
            warm_up: self.warm_up_configuration.map(WrittenWarmUp::define),
            actions: Actions {
                enabled: self.actions_enabled.unwrap_or(true),
                ok: self.ok_actions,
                alarm: self.alarm_actions,
                insufficient_data: self.insufficient_data_actions,
            },
            ..AlarmConfiguration::on(&self.alarm_name, watched)
        })
    }
}

/// Returns the treatment of missing data of an alarm that names none: `ignore` if all its metrics
/// are DynamoDB's, else `missing` (sources, E17).
fn default_treatment(watched: &Watched) -> TreatMissingData {
    let is_dynamo_db = watched
        .metrics()
        .iter()
        .all(|stat| stat.metric.namespace == "AWS/DynamoDB");
    if is_dynamo_db {
        TreatMissingData::Ignore
    } else {
        TreatMissingData::Missing
    }
}

fn needed<T>(value: Option<T>, field: &str) -> Result<T, String> {
    value.ok_or_else(|| format!("the field `{field}` is missing"))
}

/// Exactly one of the two fields names the statistic.
fn statistic(
    standard: Option<Statistic>,
    extended: Option<Statistic>,
) -> Result<Statistic, String> {
    match (standard, extended) {
        (Some(statistic), None) | (None, Some(statistic)) => Ok(statistic),
        (None, None) => {
            Err("one of the fields `Statistic` and `ExtendedStatistic` is needed".to_owned())
        }
        (Some(_), Some(_)) => {
            Err("`Statistic` and `ExtendedStatistic` exclude each other".to_owned())
        }
    }
}
