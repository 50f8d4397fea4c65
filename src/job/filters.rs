//! Definitions of metric filters: the output of `aws logs describe-metric-filters`, or a job file
//! in the same field names.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use crate::metric::{Dimension, MetricFilter, Unit};

/// A metric filter and its name.
#[derive(Clone, Debug, PartialEq)]
pub struct DefinedFilter {
    /// The name.
    pub name: String,
    /// The filter.
    pub filter: MetricFilter,
}

/// A metric filter as AWS writes it (API, `PutMetricFilter` and `DescribeMetricFilters`;
/// CloudFormation, `AWS::Logs::MetricFilter`).
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WrittenFilter {
    #[serde(alias = "FilterName", skip_serializing_if = "Option::is_none")]
    filter_name: Option<String>,
    #[serde(alias = "FilterPattern", default)]
    filter_pattern: String,
    #[serde(alias = "LogGroupName", skip_serializing)]
    #[serde(rename = "logGroupName")]
    _log_group_name: Option<String>,
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

/// A map in the API, a list of pairs in CloudFormation.
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

    fn pairs(self) -> Vec<(String, String)> {
        match self {
            Self::Map(map) => map.into_iter().collect(),
            Self::List(list) => list
                .into_iter()
                .map(|pair| (pair.key, pair.value))
                .collect(),
        }
    }
}

/// A template may write a number where the API has a text.
fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Text(String),
        Number(f64),
    }
    Ok(match Written::deserialize(deserializer)? {
        Written::Text(text) => text,
        Written::Number(number) => number.to_string(),
    })
}

impl WrittenFilter {
    /// Reads what is written; the metric names a filter that has no name.
    pub(super) fn define(self) -> Result<DefinedFilter, String> {
        let transformation = <[WrittenTransformation; 1]>::try_from(self.metric_transformations);
        let Ok([transformation]) = transformation else {
            return Err("a metric filter has exactly one of `metricTransformations`".to_owned());
        };
        let name = self
            .filter_name
            .unwrap_or_else(|| transformation.metric_name.clone());
        let named = |error: &dyn std::fmt::Display| format!("metric filter `{name}`: {error}");
        let unit = transformation
            .unit
            .as_deref()
            .filter(|unit| !unit.is_empty());
        let unit = unit
            .map_or(Ok(Unit::NONE), str::parse)
            .map_err(|error| named(&error))?;
        let dimension = |(name, value): (String, String)| {
            Ok(Dimension {
                name,
                value: value.parse()?,
            })
        };
        let dimensions: Result<Vec<Dimension>, crate::metric::FilterError> = transformation
            .dimensions
            .pairs()
            .into_iter()
            .map(dimension)
            .collect();
        let filter = MetricFilter {
            pattern: self.filter_pattern,
            namespace: transformation.metric_namespace,
            metric_name: transformation.metric_name,
            metric_value: transformation.metric_value.parse().map_err(|error| {
                let error: crate::metric::FilterError = error;
                named(&error)
            })?,
            default_value: transformation.default_value,
            dimensions: dimensions.map_err(|error| named(&error))?,
            unit,
        };
        Ok(DefinedFilter { name, filter })
    }

    /// The filter in AWS's field names.
    pub(super) fn of(defined: &DefinedFilter) -> Self {
        let filter = &defined.filter;
        let pairs = filter.dimensions.iter();
        let dimensions = pairs
            .map(|dimension| (dimension.name.clone(), dimension.value.to_string()))
            .collect();
        Self {
            filter_name: Some(defined.name.clone()),
            filter_pattern: filter.pattern.clone(),
            _log_group_name: None,
            metric_transformations: vec![WrittenTransformation {
                metric_name: filter.metric_name.clone(),
                metric_namespace: filter.namespace.clone(),
                metric_value: filter.metric_value.to_string(),
                default_value: filter.default_value,
                unit: Some(filter.unit.to_string()).filter(|_| filter.unit != Unit::NONE),
                dimensions: WrittenDimensions::Map(dimensions),
            }],
        }
    }
}
