//! Definitions of alarms and metric filters: the outputs of `aws cloudwatch describe-alarms` and `aws logs
//! describe-metric-filters`, or a job file in the same field names.

use std::path::Path;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::filters::{DefinedFilter, WrittenFilter};
use super::{JobError, read, wrong};
use crate::alarm::AlarmConfiguration;
use crate::alarm::configuration::{Actions, AlarmState, LowSamples, TreatMissingData, UnknownName};
use crate::alarm::evaluation_window::{EvaluationWindow, WallClock};
use crate::alarm::notification::AlarmPlace;
use crate::metric::{MetricIdentity, Statistic, Unit};

/// What files define.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Definitions {
    /// The metric filters.
    pub filters: Vec<DefinedFilter>,
    /// The alarms that can be replayed.
    pub alarms: Vec<DefinedAlarm>,
    /// What was left out or not understood, for a person.
    pub warnings: Vec<String>,
}

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

impl Definitions {
    /// Adds what another file defines.
    pub fn extend(&mut self, other: Self) {
        self.filters.extend(other.filters);
        self.alarms.extend(other.alarms);
        self.warnings.extend(other.warnings);
    }

    /// The definitions as a job file.
    ///
    /// # Errors
    ///
    /// When a text cannot be written as TOML.
    pub fn job(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(&Job {
            filters: self.filters.iter().map(WrittenFilter::of).collect(),
            alarms: self.alarms.iter().map(|alarm| WrittenAlarm::of(&alarm.configuration)).collect(),
        })
    }
}

/// A job file.
#[derive(Debug, Serialize)]
struct Job {
    #[serde(rename = "metric-filter")]
    filters: Vec<WrittenFilter>,
    #[serde(rename = "alarm")]
    alarms: Vec<WrittenAlarm>,
}

/// Reads the alarms and metric filters that a file defines: JSON as
/// `describe-alarms` or `describe-metric-filters` prints it, a list of alarms, one alarm, or a job file in TOML.
///
/// # Errors
///
/// When the file cannot be read, or an alarm in it is wrong or cannot be replayed; says where, and which field.
pub fn read_definitions(path: &Path) -> Result<Definitions, JobError> {
    let text = read(path)?;
    let document = match form(&text) {
        Form::Toml => toml_document(&text),
        Form::Json => json_document(&text),
    };
    document.and_then(Document::definitions).map_err(|detail| wrong(path, detail))
}

/// The forms of a file of definitions.
enum Form {
    Json,
    Toml,
}

/// JSON begins with an object, or with a list of objects; `[[alarm]]` begins a table of TOML.
fn form(text: &str) -> Form {
    let start = text.trim_start();
    let list = start.strip_prefix('[').map(str::trim_start);
    let is_json = start.starts_with('{') || list.is_some_and(|inside| inside.starts_with(['{', ']']));
    if is_json { Form::Json } else { Form::Toml }
}

/// What a file of definitions holds.
#[derive(Debug, Default, Deserialize)]
struct Document {
    #[serde(rename = "MetricAlarms", alias = "alarm", default)]
    alarms: Vec<WrittenAlarm>,
    #[serde(rename = "metricFilters", alias = "metric-filter", default)]
    filters: Vec<WrittenFilter>,
    #[serde(rename = "CompositeAlarms", default)]
    composites: Vec<serde_json::Value>,
    /// The paths of fields that mean nothing here.
    #[serde(skip)]
    unknown: Vec<String>,
}

fn toml_document(text: &str) -> Result<Document, String> {
    let mut unknown = Vec::new();
    let deserializer = toml::Deserializer::parse(text).map_err(|error| error.to_string())?;
    let document: Document = serde_ignored::deserialize(deserializer, |path| unknown.push(path.to_string()))
        .map_err(|error| error.to_string())?;
    Ok(Document { unknown, ..document })
}

fn json_document(text: &str) -> Result<Document, String> {
    let mut unknown = Vec::new();
    let mut note = |path: serde_ignored::Path<'_>| unknown.push(path.to_string());
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let document = match text.trim_start().starts_with('[') {
        true => serde_ignored::deserialize(&mut deserializer, &mut note).map(Document::of),
        false if is_described(text) => serde_ignored::deserialize(&mut deserializer, &mut note),
        false => {
            serde_ignored::deserialize(&mut deserializer, &mut note).map(|alarm| Document::of(vec![alarm]))
        }
    };
    let document = document.and_then(|document| deserializer.end().map(|()| document));
    document.map(|document| Document { unknown, ..document }).map_err(|error| error.to_string())
}

/// Whether an object is the output of `describe-alarms`, and not a single alarm.
fn is_described(text: &str) -> bool {
    let members = crate::json::members(text).unwrap_or_default();
    !members.iter().any(|(name, _)| name == "AlarmName")
}

impl Document {
    fn of(alarms: Vec<WrittenAlarm>) -> Self {
        Self { alarms, ..Self::default() }
    }

    fn definitions(self) -> Result<Definitions, String> {
        if self.alarms.is_empty() && self.filters.is_empty() {
            return Err("there is no alarm and no metric filter: expected what `aws cloudwatch describe-alarms` or `aws \
                        logs describe-metric-filters` prints, or `[[alarm]]` and `[[metric-filter]]`"
                .to_owned());
        }
        let is_descriptive = |path: &&String| {
            let field = path.rsplit('.').next().unwrap_or(path);
            DESCRIPTIVE.contains(&field) || path.contains("ResponseMetadata")
        };
        let mut warnings: Vec<String> = self
            .unknown
            .iter()
            .filter(|path| !is_descriptive(path))
            .map(|path| format!("unknown field `{path}`; the fields of an alarm are those of PutMetricAlarm"))
            .collect();
        warnings.extend(self.composites.iter().map(|composite| {
            let name = composite.get("AlarmName").and_then(|name| name.as_str()).unwrap_or("without a name");
            format!("the composite alarm `{name}` is not replayed by this version")
        }));
        let filters = self.filters.into_iter().map(WrittenFilter::define).collect::<Result<_, _>>()?;
        let alarms = self.alarms.into_iter().map(WrittenAlarm::define).collect::<Result<_, _>>()?;
        Ok(Definitions { filters, alarms, warnings })
    }
}

/// What describes an alarm on AWS and does not define it.
const DESCRIPTIVE: [&str; 15] = [
    "applyOnTransformedLogs",
    "creationTime",
    "emitSystemFieldDimensions",
    "fieldSelectionCriteria",
    "nextToken",
    "AlarmConfigurationUpdatedTimestamp",
    "AlarmType",
    "EvaluationInterval",
    "EvaluationState",
    "NextToken",
    "StateReason",
    "StateReasonData",
    "StateTransitionedTimestamp",
    "StateUpdatedTimestamp",
    "Tags",
];

/// An alarm as AWS writes it (API, `PutMetricAlarm` and `DescribeAlarms`).
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct WrittenAlarm {
    alarm_name: String,
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

/// A closed set of names, as a text.
mod name {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::{Deserialize, Deserializer, Serializer};

    /// Reads a name, or says which names there are, at the place where it stands.
    pub(super) fn deserialize<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
    where
        D: Deserializer<'de>,
        T: FromStr<Err: Display>,
    {
        let name = Option::<String>::deserialize(deserializer)?.filter(|name| !name.is_empty());
        name.map(|name| name.parse()).transpose().map_err(serde::de::Error::custom)
    }

    /// Writes a name as it is read.
    pub(super) fn serialize<S: Serializer, T: Display>(
        name: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match name {
            Some(name) => serializer.collect_str(name),
            None => serializer.serialize_none(),
        }
    }
}

impl WrittenAlarm {
    /// The alarm in AWS's field names; what is as AWS has it by default is left out.
    fn of(alarm: &AlarmConfiguration) -> Self {
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

    fn define(self) -> Result<DefinedAlarm, String> {
        let (name, state) = (self.alarm_name.clone(), self.state_value);
        let place = self.alarm_arn.as_deref().and_then(AlarmPlace::of_arn);
        let configuration = self.refuse_other_kinds().and_then(|()| self.configuration());
        let configuration = configuration.and_then(|configuration| {
            configuration.validate().map_err(|error| error.to_string())?;
            Ok(configuration)
        });
        configuration
            .map(|configuration| DefinedAlarm { configuration, state, place })
            .map_err(|detail| format!("alarm `{name}`: {detail}"))
    }

    /// Kinds of alarm that an archive cannot tell the past of, or that are not replayed.
    fn refuse_other_kinds(&self) -> Result<(), String> {
        let operator = self.comparison_operator.as_deref().unwrap_or_default();
        let is_band = operator.contains("UpperThreshold") || operator.contains("LowerThreshold");
        let is_query = self.metrics.iter().filter_map(|metric| metric.expression.as_deref());
        let mut is_query =
            is_query.map(|expression| expression.trim_start().to_ascii_uppercase().starts_with("SELECT"));
        let reason = if is_band || self.threshold_metric_id.is_some() {
            "an alarm on an anomaly detection band cannot be replayed: the band is AWS's trained model"
        } else if self.evaluation_criteria.is_some() {
            "a PromQL alarm cannot be replayed: it queries a store of its own"
        } else if is_query.any(|is_query| is_query) {
            "an alarm on a Metrics Insights query cannot be replayed: it selects from metrics that are not here"
        } else if !self.metrics.is_empty() {
            "an alarm on metric math is not replayed by this version"
        } else {
            return Ok(());
        };
        Err(reason.to_owned())
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
