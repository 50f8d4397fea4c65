//! The entries of `Metrics`: metrics and metric math, as AWS writes them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::fields::required;
use super::name;
use crate::alarm::Watched;
use crate::metric::math::{ExpressionErrorKind, MathExpression, Query, QuerySource};
use crate::metric::{DimensionSet, MetricIdentity, MetricMath, MetricStat, Statistic, Unit};
use crate::text::printable;

/// A metric or an expression (API, `MetricDataQuery`).
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct WrittenQuery {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expression: Option<String>,
    /// True if it is missing (API, `MetricDataQuery`).
    #[serde(skip_serializing_if = "Option::is_none")]
    return_data: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metric_stat: Option<WrittenMetricStat>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct WrittenMetricStat {
    period: u32,
    #[serde(with = "name")]
    stat: Option<Statistic>,
    #[serde(default, with = "name", skip_serializing_if = "Option::is_none")]
    unit: Option<Unit>,
    metric: WrittenIdentity,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct WrittenIdentity {
    namespace: String,
    metric_name: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    dimensions: Vec<WrittenDimension>,
}

/// A dimension (API, `Dimension`).
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct WrittenDimension {
    name: String,
    value: String,
}

/// The metric or metric math that an alarm watches, and its period.
pub(super) struct WatchedPeriod {
    pub(super) watched: Watched,
    pub(super) period_seconds: u32,
}

const ON_METRICS_INSIGHTS: &str = "an alarm on a Metrics Insights query cannot be replayed: \
    it selects from metrics that are not here";

impl WrittenDimension {
    /// Writes the dimensions of a metric.
    pub(super) fn from_metric(metric: &MetricIdentity) -> Vec<Self> {
        metric.dimensions.iter().map(Self::from_pair).collect()
    }

    fn from_pair((name, value): &(String, String)) -> Self {
        Self {
            name: name.clone(),
            value: value.clone(),
        }
    }

    /// Converts dimensions, and sorts them by their names.
    pub(super) fn define(dimensions: Vec<Self>) -> DimensionSet {
        let pairs = dimensions.into_iter().map(Self::into_pair);
        let mut pairs: DimensionSet = pairs.collect();
        pairs.sort();
        pairs
    }

    fn into_pair(self) -> (String, String) {
        (self.name, self.value)
    }
}

impl WrittenQuery {
    /// Returns true unless the query says that it returns no data.
    fn is_returned(&self) -> bool {
        self.return_data != Some(false)
    }

    /// Returns the reason for which an alarm on these queries cannot be replayed, if it cannot.
    pub(super) fn not_replayable(queries: &[Self]) -> Option<String> {
        let mut expressions = queries
            .iter()
            .filter_map(|query| query.expression.as_deref());
        expressions.find_map(unavailable)
    }

    /// Converts queries. All metrics have one period, which is that of the alarm, and one query is
    /// returned (user guide, "Creating a CloudWatch alarm based on a metric math expression").
    pub(super) fn define(queries: Vec<Self>) -> Result<WatchedPeriod, String> {
        let period_seconds = common_period(&queries)?;
        let returned = returned_number(&queries)?;
        let queries = queries.into_iter().map(Self::define_one);
        let queries: Vec<Query> = queries.collect::<Result<_, _>>()?;
        Ok(WatchedPeriod {
            watched: watch(queries, returned)?,
            period_seconds,
        })
    }

    fn define_one(mut self) -> Result<Query, String> {
        Ok(Query {
            source: self.take_source()?,
            id: self.id,
            label: self.label,
        })
    }

    fn take_source(&mut self) -> Result<QuerySource, String> {
        let id = &self.id;
        match (self.expression.take(), self.metric_stat.take()) {
            (Some(expression), None) => parse_expression(id, &expression),
            (None, Some(metric)) => define_metric(id, metric),
            _ => Err(format!(
                "`{}` needs either `Expression` or `MetricStat`",
                printable(id)
            )),
        }
    }

    /// Writes metric math in AWS's field names.
    pub(super) fn from_math(math: &MetricMath, period_seconds: u32) -> Vec<Self> {
        let returned = math.returned().map(|query| query.id.as_str());
        let mut written = Vec::new();
        for query in math.queries() {
            let is_returned = Some(query.id.as_str()) == returned;
            written.push(Self {
                return_data: Some(is_returned),
                ..Self::from_query(query, period_seconds)
            });
        }
        written
    }

    fn from_query(query: &Query, period_seconds: u32) -> Self {
        let mut written = Self {
            id: query.id.clone(),
            label: query.label.clone(),
            ..Self::default()
        };
        match &query.source {
            QuerySource::Metric(stat) => {
                written.metric_stat = Some(WrittenMetricStat::new(stat, period_seconds));
            }
            QuerySource::Expression(expression) => {
                written.expression = Some(expression.text().to_owned());
            }
        }
        written
    }

    fn period(&self) -> Option<u32> {
        let of_metric = self.metric_stat.as_ref().map(|metric| metric.period);
        self.period.or(of_metric)
    }
}

fn parse_expression(id: &str, text: &str) -> Result<QuerySource, String> {
    text.parse()
        .map(QuerySource::Expression)
        .map_err(|error| format!("expression `{}`: {error}", printable(id)))
}

fn define_metric(id: &str, metric: WrittenMetricStat) -> Result<QuerySource, String> {
    metric
        .define()
        .map(QuerySource::Metric)
        .map_err(|detail| format!("`{}`: {detail}", printable(id)))
}

// A query of Metrics Insights is in the field of expressions, but is SQL.
fn is_metrics_insights(expression: &str) -> bool {
    let start = expression.trim_start().get(..6);
    start.is_some_and(|start| start.eq_ignore_ascii_case("SELECT"))
}

/// Returns the reason for which an expression cannot be computed from samples, if it cannot.
fn unavailable(expression: &str) -> Option<String> {
    if is_metrics_insights(expression) {
        return Some(ON_METRICS_INSIGHTS.to_owned());
    }
    let kind = expression.parse::<MathExpression>().err()?.kind;
    matches!(kind, ExpressionErrorKind::Unavailable(..)).then(|| kind.to_string())
}

/// Returns the period that all queries have that name one.
fn common_period(queries: &[WrittenQuery]) -> Result<u32, String> {
    let periods: BTreeSet<u32> = queries.iter().filter_map(WrittenQuery::period).collect();
    let mut periods = periods.into_iter();
    match (periods.next(), periods.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err("no entry of `Metrics` has a period".to_owned()),
        _ => Err("all entries of `Metrics` must have the same period".to_owned()),
    }
}

/// Returns the number of the one query that is returned.
fn returned_number(queries: &[WrittenQuery]) -> Result<usize, String> {
    let returned = queries.iter().filter(|query| query.is_returned());
    let count = returned.count();
    match queries.iter().position(WrittenQuery::is_returned) {
        Some(number) if count == 1 => Ok(number),
        _ => Err(format!(
            "{count} entries of `Metrics` return data, but an alarm watches one: set `ReturnData` \
             to false for the others"
        )),
    }
}

/// Returns a single metric as itself, and anything else as metric math.
fn watch(mut queries: Vec<Query>, returned: usize) -> Result<Watched, String> {
    // AWS also writes an alarm on one metric in this form, and its reasons and notifications are
    // then those of an alarm on a metric.
    if let [Query { source, .. }] = queries.as_mut_slice()
        && let QuerySource::Metric(stat) = source
    {
        return Ok(Watched::Metric(std::mem::take(stat)));
    }
    let math = MetricMath::new(queries, returned).map_err(|error| error.to_string())?;
    Ok(Watched::Math(math))
}

impl WrittenMetricStat {
    fn new(stat: &MetricStat, period_seconds: u32) -> Self {
        Self {
            period: period_seconds,
            stat: Some(stat.statistic),
            unit: stat.unit,
            metric: WrittenIdentity::new(&stat.metric),
        }
    }

    fn define(self) -> Result<MetricStat, String> {
        Ok(MetricStat {
            metric: self.metric.define(),
            unit: self.unit,
            statistic: required(self.stat, "Stat")?,
        })
    }
}

impl WrittenIdentity {
    fn new(metric: &MetricIdentity) -> Self {
        Self {
            namespace: metric.namespace.clone(),
            metric_name: metric.metric_name.clone(),
            dimensions: WrittenDimension::from_metric(metric),
        }
    }

    fn define(self) -> MetricIdentity {
        MetricIdentity {
            namespace: self.namespace,
            metric_name: self.metric_name,
            dimensions: WrittenDimension::define(self.dimensions),
        }
    }
}
