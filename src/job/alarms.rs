//! Metric alarms as AWS writes them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fault::{DefinitionError, Fault, FaultPlace};
use super::fields::{define_actions, required, written_enabled};
use super::name;
use super::queries::{WatchedPeriod, WrittenDimension, WrittenQuery};
use super::windows::{WrittenWarmUp, WrittenWindow};
use crate::alarm::definition::configuration::{
    Actions, AlarmState, ComparisonOperator, LowSamples, TreatMissingData, UnknownName,
};
use crate::alarm::definition::evaluation_window::EvaluationWindow;
use crate::alarm::definition::place::AlarmPlace;
use crate::alarm::{AlarmConfiguration, Watched};
use crate::metric::{MetricIdentity, MetricStat, Statistic, Unit};

/// A metric alarm that a file defines.
#[derive(Clone, Debug, PartialEq)]
pub struct DefinedAlarm {
    /// The configuration.
    pub configuration: AlarmConfiguration,
    /// The state in which it was described, if the file says.
    pub state: Option<AlarmState>,
    /// The account and region of the alarm, if the file says.
    pub place: Option<AlarmPlace>,
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
    // Its content does not matter: that it exists makes the alarm one on PromQL.
    #[serde(skip_serializing)]
    evaluation_criteria: Option<Value>,
    #[serde(skip_serializing)]
    threshold_metric_id: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    metrics: Vec<WrittenQuery>,
    // A job file defines an alarm for any account and state, so it has neither of these.
    #[serde(skip_serializing)]
    alarm_arn: Option<String>,
    #[serde(default, with = "name", skip_serializing)]
    state_value: Option<AlarmState>,
}

impl WrittenAlarm {
    /// Writes an alarm in AWS's field names. Fields that have the defaults of AWS are left out.
    pub(super) fn from_configuration(alarm: &AlarmConfiguration) -> Self {
        Self {
            alarm_name: alarm.alarm_name.clone(),
            alarm_description: alarm.alarm_description.clone(),
            evaluation_periods: Some(alarm.evaluation_periods),
            datapoints_to_alarm: alarm.datapoints_to_alarm,
            comparison_operator: Some(alarm.comparison_operator.to_string()),
            threshold: Some(alarm.threshold),
            // Always written, since what is left out means something else for DynamoDB (sources,
            // E17).
            treat_missing_data: Some(alarm.treat_missing_data),
            evaluate_low_sample_count_percentile: written_low_samples(alarm.low_samples),
            evaluation_window: WrittenWindow::from_window(&alarm.evaluation_window),
            warm_up_configuration: alarm.warm_up.map(WrittenWarmUp::from_warm_up),
            actions_enabled: written_enabled(&alarm.actions),
            ok_actions: alarm.actions.ok.clone(),
            alarm_actions: alarm.actions.alarm.clone(),
            insufficient_data_actions: alarm.actions.insufficient_data.clone(),
            ..Self::from_watched(&alarm.watched, alarm.period_seconds)
        }
    }

    /// Writes the metric or the metric math that an alarm watches.
    fn from_watched(watched: &Watched, period_seconds: u32) -> Self {
        match watched {
            Watched::Metric(stat) => Self::from_metric(stat, period_seconds),
            Watched::Math(math) => Self {
                metrics: WrittenQuery::from_math(math, period_seconds),
                ..Self::default()
            },
        }
    }

    fn from_metric(stat: &MetricStat, period_seconds: u32) -> Self {
        let is_extended = matches!(stat.statistic, Statistic::Extended(_));
        Self {
            namespace: Some(stat.metric.namespace.clone()),
            metric_name: Some(stat.metric.metric_name.clone()),
            unit: stat.unit,
            statistic: (!is_extended).then_some(stat.statistic),
            extended_statistic: is_extended.then_some(stat.statistic),
            period: Some(period_seconds),
            dimensions: WrittenDimension::from_metric(&stat.metric),
            ..Self::default()
        }
    }

    /// Checks the definition and converts it.
    pub(super) fn define(self) -> Result<DefinedAlarm, DefinitionError> {
        let place = FaultPlace::Alarm(self.alarm_name.clone());
        match self.not_replayable() {
            Some(reason) => Err(DefinitionError::NotReplayable(
                Fault::from(reason).at(place),
            )),
            None => self
                .define_replayable()
                .map_err(|detail| DefinitionError::Wrong(Fault::from(detail).at(place))),
        }
    }

    fn define_replayable(self) -> Result<DefinedAlarm, String> {
        let state = self.state_value;
        let place = self.alarm_arn.as_deref().and_then(AlarmPlace::from_arn);
        Ok(DefinedAlarm {
            configuration: self.configuration()?,
            state,
            place,
        })
    }

    /// Returns the reason for which an alarm of this kind cannot be replayed, if it cannot: an
    /// archive does not hold the data that it watches.
    fn not_replayable(&self) -> Option<String> {
        if self.is_on_band() {
            return Some(ON_BAND.to_owned());
        }
        if self.evaluation_criteria.is_some() {
            return Some(ON_PROMQL.to_owned());
        }
        WrittenQuery::not_replayable(&self.metrics)
    }

    fn is_on_band(&self) -> bool {
        // The operators of bands compare with a lower, an upper or either threshold.
        let operator = self.comparison_operator.as_deref().unwrap_or_default();
        let names_band = operator.contains("UpperThreshold") || operator.contains("LowerThreshold");
        names_band || self.threshold_metric_id.is_some()
    }

    fn configuration(mut self) -> Result<AlarmConfiguration, String> {
        let watched = self.take_watched()?;
        let comparison_operator = self.operator()?;
        let alarm = AlarmConfiguration {
            period_seconds: watched.period_seconds,
            evaluation_periods: required(self.evaluation_periods, "EvaluationPeriods")?,
            // M stays unset without a value: the reasons of the alarm are then worded differently.
            datapoints_to_alarm: self.datapoints_to_alarm,
            comparison_operator,
            threshold: required(self.threshold, "Threshold")?,
            treat_missing_data: self.treatment(&watched.watched),
            low_samples: self
                .evaluate_low_sample_count_percentile
                .unwrap_or_default(),
            evaluation_window: self.take_window()?,
            warm_up: self.warm_up_configuration.take().map(WrittenWarmUp::define),
            actions: self.take_actions(),
            alarm_description: self.alarm_description,
            ..AlarmConfiguration::on(&self.alarm_name, watched.watched)
        };
        alarm.validate().map_err(|error| error.to_string())?;
        Ok(alarm)
    }

    fn operator(&self) -> Result<ComparisonOperator, String> {
        let name = required(self.comparison_operator.as_deref(), "ComparisonOperator")?;
        name.parse().map_err(|error: UnknownName| error.to_string())
    }

    /// Returns the treatment of missing data. Without one, it is `ignore` if all metrics are
    /// DynamoDB's, else `missing` (sources, E17).
    fn treatment(&self, watched: &Watched) -> TreatMissingData {
        // One other metric in the alarm, even an unused one, switches the default of DynamoDB off.
        let default = match watched.metrics().into_iter().all(is_dynamo_db) {
            true => TreatMissingData::Ignore,
            false => TreatMissingData::Missing,
        };
        self.treat_missing_data.unwrap_or(default)
    }

    fn take_window(&mut self) -> Result<EvaluationWindow, String> {
        match self.evaluation_window.take() {
            Some(window) => window.define(),
            None => Ok(EvaluationWindow::Sliding),
        }
    }

    fn take_actions(&mut self) -> Actions {
        // Taken out, since the rest of the alarm is still needed.
        let [ok, alarm, insufficient_data] = [
            &mut self.ok_actions,
            &mut self.alarm_actions,
            &mut self.insufficient_data_actions,
        ]
        .map(std::mem::take);
        define_actions(self.actions_enabled, ok, alarm, insufficient_data)
    }

    /// Takes out the fields that say what the alarm watches: a metric, or the entries of `Metrics`.
    fn take_watched(&mut self) -> Result<WatchedPeriod, String> {
        let queries = std::mem::take(&mut self.metrics);
        if queries.is_empty() {
            return self.take_metric();
        }
        if self.metric_name.is_some() {
            return Err("`MetricName` and `Metrics` exclude each other".to_owned());
        }
        WrittenQuery::define(queries)
    }

    fn take_metric(&mut self) -> Result<WatchedPeriod, String> {
        let stat = MetricStat {
            metric: self.take_identity()?,
            unit: self.unit,
            statistic: self.one_statistic()?,
        };
        Ok(WatchedPeriod {
            watched: Watched::Metric(stat),
            period_seconds: required(self.period, "Period")?,
        })
    }

    fn take_identity(&mut self) -> Result<MetricIdentity, String> {
        let dimensions = std::mem::take(&mut self.dimensions);
        Ok(MetricIdentity {
            namespace: required(self.namespace.take(), "Namespace")?,
            metric_name: required(self.metric_name.take(), "MetricName")?,
            dimensions: WrittenDimension::define(dimensions),
        })
    }

    /// Returns the statistic, which exactly one of two fields names.
    fn one_statistic(&self) -> Result<Statistic, String> {
        let detail = match (self.statistic, self.extended_statistic) {
            (Some(statistic), None) | (None, Some(statistic)) => return Ok(statistic),
            (None, None) => "one of the fields `Statistic` and `ExtendedStatistic` is needed",
            (Some(_), Some(_)) => "`Statistic` and `ExtendedStatistic` exclude each other",
        };
        Err(detail.to_owned())
    }
}

const ON_BAND: &str = "an alarm on an anomaly detection band cannot be replayed: \
    the band is AWS's trained model";

const ON_PROMQL: &str = "a PromQL alarm cannot be replayed: it queries a store of its own";

fn written_low_samples(low_samples: LowSamples) -> Option<LowSamples> {
    (low_samples != LowSamples::default()).then_some(low_samples)
}

fn is_dynamo_db(stat: &MetricStat) -> bool {
    stat.metric.namespace == "AWS/DynamoDB"
}
