//! Definitions of metric filters: the output of `aws logs describe-metric-filters`, or a job file
//! in the same field names.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use super::fault::{DefinitionError, Fault, FaultPlace};
use crate::metric::{
    Dimension, FilterError, MetricFilter, MetricValue, SelectionCriteria, SystemDimension, Unit,
};
use crate::text::printable;

/// A metric filter that a file defines.
#[derive(Clone, Debug, PartialEq)]
pub struct DefinedFilter {
    /// The name.
    pub name: String,
    /// The filter.
    pub filter: MetricFilter,
    /// The log group whose events it looks at, if the file says: its name, or a placeholder for one
    /// that only a deployment knows.
    pub log_group: Option<String>,
}

/// A metric filter as AWS writes it (API, `PutMetricFilter` and `DescribeMetricFilters`;
/// CloudFormation, `AWS::Logs::MetricFilter`).
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WrittenFilter {
    #[serde(alias = "FilterName", skip_serializing_if = "Option::is_none")]
    filter_name: Option<String>,
    // An empty pattern matches every event, and AWS requires that it is written.
    #[serde(alias = "FilterPattern")]
    filter_pattern: String,
    #[serde(alias = "LogGroupName", skip_serializing_if = "Option::is_none")]
    log_group_name: Option<String>,
    #[serde(
        alias = "FieldSelectionCriteria",
        skip_serializing_if = "Option::is_none"
    )]
    field_selection_criteria: Option<String>,
    // A filter that is applied so is left out, so no filter that is written has it.
    #[serde(alias = "ApplyOnTransformedLogs", default, skip_serializing)]
    #[serde(deserialize_with = "boolean_or_text")]
    apply_on_transformed_logs: bool,
    #[serde(alias = "EmitSystemFieldDimensions", default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    emit_system_field_dimensions: Vec<String>,
    #[serde(alias = "MetricTransformations")]
    metric_transformations: Vec<WrittenTransformation>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenTransformation {
    #[serde(alias = "MetricName")]
    metric_name: String,
    #[serde(alias = "MetricNamespace")]
    metric_namespace: String,
    #[serde(alias = "MetricValue", deserialize_with = "text_or_number")]
    metric_value: String,
    #[serde(alias = "DefaultValue", skip_serializing_if = "Option::is_none")]
    default_value: Option<f64>,
    #[serde(alias = "Unit", skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    #[serde(
        alias = "Dimensions",
        default,
        skip_serializing_if = "WrittenDimensions::is_empty"
    )]
    dimensions: WrittenDimensions,
}

/// The dimensions of a metric: a map in the API, a list of pairs in CloudFormation.
#[derive(Debug, Deserialize, Serialize)]
#[serde(untagged)]
enum WrittenDimensions {
    Map(BTreeMap<String, String>),
    List(Vec<WrittenPair>),
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct WrittenPair {
    key: String,
    value: String,
}

impl Default for WrittenDimensions {
    fn default() -> Self {
        Self::Map(BTreeMap::new())
    }
}

impl WrittenDimensions {
    fn is_empty(&self) -> bool {
        match self {
            Self::Map(map) => map.is_empty(),
            Self::List(list) => list.is_empty(),
        }
    }

    fn new(dimensions: &[Dimension]) -> Self {
        let pair = |each: &Dimension| (each.name.clone(), each.value.to_string());
        Self::Map(dimensions.iter().map(pair).collect())
    }

    fn pairs(&self) -> Vec<(&str, &str)> {
        match self {
            Self::Map(map) => map.iter().map(|(key, value)| (&**key, &**value)).collect(),
            Self::List(list) => list.iter().map(WrittenPair::pair).collect(),
        }
    }
}

impl WrittenPair {
    fn pair(&self) -> (&str, &str) {
        (&self.key, &self.value)
    }
}

fn define_dimension((name, value): (&str, &str)) -> Result<Dimension, FilterError> {
    Dimension::new(name, value)
}

/// Reads a text, or a number, which a template may write instead.
fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum TextOrNumber {
        Text(String),
        Number(f64),
    }
    Ok(match TextOrNumber::deserialize(deserializer)? {
        TextOrNumber::Text(text) => text,
        TextOrNumber::Number(number) => number.to_string(),
    })
}

/// Reads a boolean, or its text, which a template may write instead. Null is false.
fn boolean_or_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum BooleanOrText {
        Boolean(bool),
        Text(String),
    }
    match Option::deserialize(deserializer)? {
        None => Ok(false),
        Some(BooleanOrText::Boolean(boolean)) => Ok(boolean),
        Some(BooleanOrText::Text(text)) => {
            let boolean = text.trim().to_lowercase().parse();
            boolean.map_err(|_| serde::de::Error::custom("expected true or false"))
        }
    }
}

impl WrittenFilter {
    /// Checks the definition and converts it. A filter without a name is called like its metric.
    pub(super) fn define(self) -> Result<DefinedFilter, DefinitionError> {
        let is_transformed = self.apply_on_transformed_logs;
        let defined = self.define_any().map_err(DefinitionError::Wrong)?;
        match is_transformed {
            true => Err(DefinitionError::NotReplayable(on_transformed_logs(
                &defined.name,
            ))),
            false => Ok(defined),
        }
    }

    /// Converts the definition, whether or not the filter can be replayed.
    fn define_any(self) -> Result<DefinedFilter, Fault> {
        let transformation = only_transformation(self.metric_transformations)?;
        // AWS requires a name, but a job file of a single filter reads better without one.
        let name = self
            .filter_name
            .unwrap_or_else(|| transformation.metric_name.clone());
        let system_fields = SystemFieldParameters {
            dimensions: self.emit_system_field_dimensions,
            criteria: self.field_selection_criteria,
        };
        let filter = transformation.define(self.filter_pattern);
        match filter.and_then(|filter| system_fields.add_to(filter)) {
            Ok(filter) => Ok(DefinedFilter {
                name,
                filter,
                log_group: self.log_group_name,
            }),
            Err(detail) => Err(Fault::from(detail).at(FaultPlace::MetricFilter(name))),
        }
    }

    /// Returns a warning for each form in the criteria of a filter that AWS may refuse.
    pub(super) fn warnings(defined: &DefinedFilter) -> Vec<String> {
        let criteria = defined.filter.field_selection_criteria.as_ref();
        let doubts = criteria.map_or(&[][..], SelectionCriteria::doubts);
        let name = printable(&defined.name);
        let warn = |doubt| format!("metric filter `{name}`: field selection criteria: {doubt}");
        doubts.iter().map(warn).collect()
    }

    /// Writes a filter in AWS's field names.
    pub(super) fn from_defined(defined: &DefinedFilter) -> Self {
        let criteria = defined.filter.field_selection_criteria.as_ref();
        Self {
            filter_name: Some(defined.name.clone()),
            filter_pattern: defined.filter.pattern.clone(),
            log_group_name: defined.log_group.clone(),
            field_selection_criteria: criteria.map(ToString::to_string),
            apply_on_transformed_logs: false,
            emit_system_field_dimensions: system_names(&defined.filter),
            metric_transformations: vec![WrittenTransformation::from_filter(&defined.filter)],
        }
    }
}

/// The parameters of a filter that concern system fields.
struct SystemFieldParameters {
    dimensions: Vec<String>,
    criteria: Option<String>,
}

impl SystemFieldParameters {
    fn add_to(self, filter: MetricFilter) -> Result<MetricFilter, String> {
        Ok(MetricFilter {
            system_dimensions: self.dimensions()?,
            field_selection_criteria: self.criteria()?,
            ..filter
        })
    }

    fn dimensions(&self) -> Result<Vec<SystemDimension>, String> {
        let dimensions = self.dimensions.iter();
        let dimensions = dimensions.map(|name| name.parse::<SystemDimension>());
        let dimensions: Result<Vec<SystemDimension>, FilterError> = dimensions.collect();
        dimensions.map_err(|error| error.to_string())
    }

    /// Parses the criteria. Blank ones select every event, as without any (sources, M17).
    fn criteria(&self) -> Result<Option<SelectionCriteria>, String> {
        let written = self.criteria.as_deref().unwrap_or_default();
        if written.trim().is_empty() {
            return Ok(None);
        }
        let criteria = written.parse().map(Some);
        criteria.map_err(|error| format!("the field selection criteria are wrong: {error}"))
    }
}

/// Returns the message that a filter is left out because it is applied to transformed events.
fn on_transformed_logs(name: &str) -> Fault {
    let reason = "it cannot be replayed: it is applied on transformed logs, and an archive has the \
                  events as they were before the transformer of the log group changed them";
    Fault::from(reason.to_owned()).at(FaultPlace::MetricFilter(name.to_owned()))
}

fn system_names(filter: &MetricFilter) -> Vec<String> {
    let dimensions = filter.system_dimensions.iter();
    dimensions.map(|each| each.name().to_owned()).collect()
}

/// Returns the one transformation that a filter has (sources, M1).
fn only_transformation(
    transformations: Vec<WrittenTransformation>,
) -> Result<WrittenTransformation, String> {
    match <[WrittenTransformation; 1]>::try_from(transformations) {
        Ok([only]) => Ok(only),
        Err(_) => Err("a metric filter has exactly one of `metricTransformations`".to_owned()),
    }
}

impl WrittenTransformation {
    fn define(self, pattern: String) -> Result<MetricFilter, String> {
        Ok(MetricFilter {
            unit: self.unit()?,
            metric_value: self.value().map_err(|error| error.to_string())?,
            dimensions: self.dimensions().map_err(|error| error.to_string())?,
            system_dimensions: Vec::new(),
            default_value: self.default_value,
            field_selection_criteria: None,
            pattern,
            namespace: self.metric_namespace,
            metric_name: self.metric_name,
        })
    }

    fn unit(&self) -> Result<Unit, String> {
        match self.unit.as_deref() {
            None | Some("") => Ok(Unit::NONE),
            Some(unit) => unit.parse().map_err(|error| format!("{error}")),
        }
    }

    fn value(&self) -> Result<MetricValue, FilterError> {
        self.metric_value.parse()
    }

    fn dimensions(&self) -> Result<Vec<Dimension>, FilterError> {
        let pairs = self.dimensions.pairs().into_iter();
        pairs.map(define_dimension).collect()
    }

    fn from_filter(filter: &MetricFilter) -> Self {
        let has_unit = filter.unit != Unit::NONE;
        Self {
            metric_name: filter.metric_name.clone(),
            metric_namespace: filter.namespace.clone(),
            metric_value: filter.metric_value.to_string(),
            default_value: filter.default_value,
            unit: has_unit.then(|| filter.unit.to_string()),
            dimensions: WrittenDimensions::new(&filter.dimensions),
        }
    }
}
