//! The entries of `Metrics`: metrics and metric math, as AWS writes them.

use serde::{Deserialize, Serialize};

use super::name;
use crate::alarm::Watched;
use crate::metric::math::{ExpressionErrorKind, MathExpression, Query, QuerySource};
use crate::metric::{DimensionSet, MetricIdentity, MetricMath, MetricStat, Statistic, Unit};

/// A metric or an expression (API, `MetricDataQuery`).
#[derive(Debug, Deserialize, Serialize)]
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
    #[serde(rename = "AccountId", skip_serializing)]
    _account_id: Option<String>,
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
        let mut written = Vec::new();
        for (name, value) in &metric.dimensions {
            written.push(Self {
                name: name.clone(),
                value: value.clone(),
            });
        }
        written
    }

    /// Converts dimensions, and sorts them by their names.
    pub(super) fn define(dimensions: Vec<Self>) -> DimensionSet {
        let pair = |dimension: Self| (dimension.name, dimension.value);
        let mut dimensions: DimensionSet = dimensions.into_iter().map(pair).collect();
        dimensions.sort();
        dimensions
    }
}

impl WrittenQuery {
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
        let mut defined = Vec::new();
        for query in queries {
            defined.push(query.define_one()?);
        }
        Ok(WatchedPeriod {
            watched: watch(defined, returned)?,
            period_seconds,
        })
    }

    fn define_one(self) -> Result<Query, String> {
        let id = self.id;
        let source = match (self.expression, self.metric_stat) {
            (Some(expression), None) => {
                let parsed = expression.parse();
                QuerySource::Expression(
                    parsed.map_err(|error| format!("expression `{id}`: {error}"))?,
                )
            }
            (None, Some(metric)) => {
                let defined = metric.define();
                QuerySource::Metric(defined.map_err(|detail| format!("`{id}`: {detail}"))?)
            }
            _ => return Err(format!("`{id}` needs either `Expression` or `MetricStat`")),
        };
        Ok(Query {
            id,
            label: self.label,
            source,
        })
    }

    /// Writes metric math in AWS's field names.
    pub(super) fn from_math(math: &MetricMath, period_seconds: u32) -> Vec<Self> {
        let returned = math.returned().map(|query| query.id.as_str());
        let mut written = Vec::new();
        for query in math.queries() {
            let is_returned = Some(query.id.as_str()) == returned;
            written.push(Self::from_query(query, is_returned, period_seconds));
        }
        written
    }

    fn from_query(query: &Query, is_returned: bool, period_seconds: u32) -> Self {
        let (expression, metric_stat) = match &query.source {
            QuerySource::Metric(stat) => (None, Some(WrittenMetricStat::new(stat, period_seconds))),
            QuerySource::Expression(expression) => (Some(expression.text().to_owned()), None),
        };
        Self {
            id: query.id.clone(),
            label: query.label.clone(),
            expression,
            return_data: Some(is_returned),
            period: None,
            _account_id: None,
            metric_stat,
        }
    }

    fn period(&self) -> Option<u32> {
        let of_metric = self.metric_stat.as_ref().map(|metric| metric.period);
        self.period.or(of_metric)
    }
}

/// Returns the reason for which an expression cannot be computed from samples, if it cannot.
fn unavailable(expression: &str) -> Option<String> {
    let start = expression.trim_start().get(..6);
    if start.is_some_and(|start| start.eq_ignore_ascii_case("SELECT")) {
        return Some(ON_METRICS_INSIGHTS.to_owned());
    }
    let kind = expression.parse::<MathExpression>().err()?.kind;
    matches!(kind, ExpressionErrorKind::Unavailable(..)).then(|| kind.to_string())
}

/// Returns the period that all queries have that name one.
fn common_period(queries: &[WrittenQuery]) -> Result<u32, String> {
    let periods: Vec<u32> = queries.iter().filter_map(WrittenQuery::period).collect();
    let Some(first) = periods.first() else {
        return Err("no entry of `Metrics` has a period".to_owned());
    };
    if periods.iter().any(|period| period != first) {
        return Err("all entries of `Metrics` must have the same period".to_owned());
    }
    Ok(*first)
}

/// Returns the number of the one query that is returned.
fn returned_number(queries: &[WrittenQuery]) -> Result<usize, String> {
    let mut returned = Vec::new();
    for (number, query) in queries.iter().enumerate() {
        if query.return_data != Some(false) {
            returned.push(number);
        }
    }
    match returned.as_slice() {
        [only] => Ok(*only),
        others => Err(format!(
            "{} entries of `Metrics` return data, but an alarm watches one: set `ReturnData` to \
             false for the others",
            others.len()
        )),
    }
}

/// Returns a single metric as itself, and anything else as metric math.
fn watch(mut queries: Vec<Query>, returned: usize) -> Result<Watched, String> {
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
        let MetricStat {
            metric,
            unit,
            statistic,
        } = stat;
        Self {
            period: period_seconds,
            stat: Some(*statistic),
            unit: *unit,
            metric: WrittenIdentity {
                namespace: metric.namespace.clone(),
                metric_name: metric.metric_name.clone(),
                dimensions: WrittenDimension::from_metric(metric),
            },
        }
    }

    fn define(self) -> Result<MetricStat, String> {
        Ok(MetricStat {
            metric: MetricIdentity {
                namespace: self.metric.namespace,
                metric_name: self.metric.metric_name,
                dimensions: WrittenDimension::define(self.metric.dimensions),
            },
            unit: self.unit,
            statistic: self.stat.ok_or("the field `Stat` is missing")?,
        })
    }
}
