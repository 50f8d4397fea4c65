//! Metric alarms as AWS writes them.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::name;
use crate::alarm::AlarmConfiguration;
use crate::alarm::configuration::{Actions, AlarmState, LowSamples, TreatMissingData, UnknownName};
use crate::alarm::evaluation_window::{EvaluationWindow, WallClock};
use crate::alarm::place::AlarmPlace;
use crate::metric::{MetricIdentity, Statistic, Unit};

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
    namespace: Option<String>,
    metric_name: Option<String>,
    #[serde(default, with = "name", skip_serializing_if = "Option::is_none")]
    unit: Option<Unit>,
    #[serde(default, with = "name", skip_serializing_if = "Option::is_none")]
    statistic: Option<Statistic>,
    #[serde(default, with = "name", skip_serializing_if = "Option::is_none")]
    extended_statistic: Option<Statistic>,
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
    #[serde(skip_serializing)]
    evaluation_criteria: Option<IgnoredAny>,
    #[serde(skip_serializing)]
    threshold_metric_id: Option<String>,
    #[serde(default, skip_serializing)]
    metrics: Vec<WrittenMetric>,
    #[serde(skip_serializing)]
    alarm_arn: Option<String>,
    #[serde(default, with = "name", skip_serializing)]
    state_value: Option<AlarmState>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct WrittenDimension {
    name: String,
    value: String,
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

impl WrittenWindow {
    fn of(window: &EvaluationWindow) -> Option<Self> {
        let EvaluationWindow::WallClock(clock) = window else { return None };
        let wall_clock = WrittenWallClock { timezone: clock.timezone().map(str::to_owned) };
        Some(Self { wall_clock_window: Some(wall_clock), ..Self::default() })
    }

    fn define(self) -> Result<EvaluationWindow, String> {
        match (self.sliding_window, self.wall_clock_window) {
            (Some(_), Some(_)) => Err("`SlidingWindow` and `WallClockWindow` exclude each other".to_owned()),
            (_, None) => Ok(EvaluationWindow::Sliding),
            (None, Some(clock)) => {
                let clock = WallClock::new(clock.timezone.as_deref()).map_err(|error| error.to_string())?;
                Ok(EvaluationWindow::WallClock(clock))
            }
        }
    }
}

/// One line of metric math; only its expression is looked at.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WrittenMetric {
    expression: Option<String>,
    #[serde(rename = "Id")]
    _id: Option<IgnoredAny>,
    #[serde(rename = "Label")]
    _label: Option<IgnoredAny>,
    #[serde(rename = "MetricStat")]
    _metric_stat: Option<IgnoredAny>,
    #[serde(rename = "ReturnData")]
    _return_data: Option<IgnoredAny>,
    #[serde(rename = "Period")]
    _period: Option<IgnoredAny>,
}

impl WrittenAlarm {
    /// The alarm in AWS's field names; what is as AWS has it by default is left out.
    pub(super) fn of(alarm: &AlarmConfiguration) -> Self {
        let is_extended = matches!(alarm.statistic, Statistic::Extended(_));
        let dimensions = alarm.metric.dimensions.iter();
        Self {
            alarm_name: alarm.alarm_name.clone(),
            alarm_description: alarm.alarm_description.clone(),
            namespace: Some(alarm.metric.namespace.clone()),
            metric_name: Some(alarm.metric.metric_name.clone()),
            unit: alarm.unit,
            statistic: Some(alarm.statistic).filter(|_| !is_extended),
            extended_statistic: Some(alarm.statistic).filter(|_| is_extended),
            period: Some(alarm.period_seconds),
            evaluation_periods: Some(alarm.evaluation_periods),
            datapoints_to_alarm: alarm.datapoints_to_alarm,
            comparison_operator: Some(alarm.comparison_operator.to_string()),
            threshold: Some(alarm.threshold),
            treat_missing_data: Some(alarm.treat_missing_data),
            evaluate_low_sample_count_percentile: Some(alarm.low_samples)
                .filter(|low_samples| *low_samples != LowSamples::default()),
            evaluation_window: WrittenWindow::of(&alarm.evaluation_window),
            actions_enabled: Some(false).filter(|_| !alarm.actions.enabled),
            ok_actions: alarm.actions.ok.clone(),
            alarm_actions: alarm.actions.alarm.clone(),
            insufficient_data_actions: alarm.actions.insufficient_data.clone(),
            dimensions: dimensions
                .map(|(name, value)| WrittenDimension { name: name.clone(), value: value.clone() })
                .collect(),
            ..Self::default()
        }
    }

    pub(super) fn define(self) -> Result<DefinedAlarm, AlarmError> {
        let (name, state) = (self.alarm_name.clone(), self.state_value);
        let named = |detail: &str| format!("alarm `{name}`: {detail}");
        let place = self.alarm_arn.as_deref().and_then(AlarmPlace::of_arn);
        if let Some(reason) = self.other_kind() {
            return Err(AlarmError::OtherKind(named(reason)));
        }
        let configuration = self.configuration().and_then(|configuration| {
            configuration.validate().map_err(|error| error.to_string())?;
            Ok(configuration)
        });
        let configuration = configuration.map_err(|detail| AlarmError::Wrong(named(&detail)))?;
        Ok(DefinedAlarm { configuration, state, place })
    }

    /// Why an alarm is of a kind that cannot be replayed: an archive does not hold what it stands on.
    fn other_kind(&self) -> Option<&'static str> {
        let operator = self.comparison_operator.as_deref().unwrap_or_default();
        let is_band = operator.contains("UpperThreshold") || operator.contains("LowerThreshold");
        let is_query = self.metrics.iter().filter_map(|metric| metric.expression.as_deref());
        let mut is_query =
            is_query.map(|expression| expression.trim_start().to_ascii_uppercase().starts_with("SELECT"));
        Some(if is_band || self.threshold_metric_id.is_some() {
            "an alarm on an anomaly detection band cannot be replayed: the band is AWS's trained model"
        } else if self.evaluation_criteria.is_some() {
            "a PromQL alarm cannot be replayed: it queries a store of its own"
        } else if is_query.any(|is_query| is_query) {
            "an alarm on a Metrics Insights query cannot be replayed: it selects from metrics that are not here"
        } else if !self.metrics.is_empty() {
            "an alarm on metric math is not replayed by this version"
        } else {
            return None;
        })
    }

    fn configuration(self) -> Result<AlarmConfiguration, String> {
        let namespace = needed(self.namespace, "Namespace")?;
        // An alarm on a metric of DynamoDB ignores missing data unless told otherwise (recorded, `alarm-recorded` 1.8).
        let default_treatment = match namespace.as_str() {
            "AWS/DynamoDB" => TreatMissingData::Ignore,
            _ => TreatMissingData::Missing,
        };
        let operator = needed(self.comparison_operator, "ComparisonOperator")?;
        let mut dimensions: Vec<(String, String)> =
            self.dimensions.into_iter().map(|dimension| (dimension.name, dimension.value)).collect();
        dimensions.sort();
        let metric_name = needed(self.metric_name, "MetricName")?;
        let metric = MetricIdentity { namespace, metric_name, dimensions };
        Ok(AlarmConfiguration {
            alarm_description: self.alarm_description,
            unit: self.unit,
            statistic: statistic(self.statistic, self.extended_statistic)?,
            period_seconds: needed(self.period, "Period")?,
            evaluation_periods: needed(self.evaluation_periods, "EvaluationPeriods")?,
            datapoints_to_alarm: self.datapoints_to_alarm,
            comparison_operator: operator.parse().map_err(|error: UnknownName| error.to_string())?,
            threshold: needed(self.threshold, "Threshold")?,
            treat_missing_data: self.treat_missing_data.unwrap_or(default_treatment),
            low_samples: self.evaluate_low_sample_count_percentile.unwrap_or_default(),
            evaluation_window: self
                .evaluation_window
                .map_or(Ok(EvaluationWindow::Sliding), WrittenWindow::define)?,
            actions: Actions {
                enabled: self.actions_enabled.unwrap_or(true),
                ok: self.ok_actions,
                alarm: self.alarm_actions,
                insufficient_data: self.insufficient_data_actions,
            },
            ..AlarmConfiguration::on_sum(&self.alarm_name, metric)
        })
    }
}

fn needed<T>(value: Option<T>, field: &str) -> Result<T, String> {
    value.ok_or_else(|| format!("the field `{field}` is missing"))
}

/// Exactly one of the two fields names the statistic.
fn statistic(standard: Option<Statistic>, extended: Option<Statistic>) -> Result<Statistic, String> {
    match (standard, extended) {
        (Some(statistic), None) | (None, Some(statistic)) => Ok(statistic),
        (None, None) => Err("one of the fields `Statistic` and `ExtendedStatistic` is needed".to_owned()),
        (Some(_), Some(_)) => Err("`Statistic` and `ExtendedStatistic` exclude each other".to_owned()),
    }
}
