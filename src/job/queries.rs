//! The metrics and expressions of an alarm on metric math, as AWS writes them.

use serde::{Deserialize, Serialize};

use super::name;
use crate::alarm::Watched;
use crate::metric::math::{Expression, ExpressionErrorKind, Query, QuerySource};
use crate::metric::{MetricIdentity, MetricMath, MetricStat, Statistic, Unit};

/// A metric or an expression (API, `MetricDataQuery`).
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct WrittenQuery {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expression: Option<String>,
    /// True where it is missing (API, `MetricDataQuery`).
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

impl WrittenDimension {
    /// The dimensions of a metric.
    pub(super) fn of(metric: &MetricIdentity) -> Vec<Self> {
        let dimensions = metric.dimensions.iter();
        dimensions
            .map(|(name, value)| Self {
                name: name.clone(),
                value: value.clone(),
            })
            .collect()
    }

    /// Dimensions in the order of their names.
    pub(super) fn define(dimensions: Vec<Self>) -> Vec<(String, String)> {
        let mut dimensions: Vec<(String, String)> = dimensions
            .into_iter()
            .map(|dimension| (dimension.name, dimension.value))
            .collect();
        dimensions.sort();
        dimensions
    }
}

/// What an alarm watches, and its period in seconds.
pub(super) struct DefinedQueries {
    pub(super) watched: Watched,
    pub(super) period_seconds: u32,
}

impl WrittenQuery {
    /// Why an alarm on these cannot be replayed.
    pub(super) fn unavailable(queries: &[Self]) -> Option<String> {
        let mut expressions = queries
            .iter()
            .filter_map(|query| query.expression.as_deref());
        expressions.find_map(|expression| {
            if expression.trim_start().get(..6).is_some_and(|start| start.eq_ignore_ascii_case("SELECT")) {
                let reason = "an alarm on a Metrics Insights query cannot be replayed: it selects from metrics that are not here";
                return Some(reason.to_owned());
            }
            let kind = expression.parse::<Expression>().err()?.kind;
            matches!(kind, ExpressionErrorKind::Unavailable(..)).then(|| kind.to_string())
        })
    }

    /// Reads what is written. All metrics have one period, which is that of the alarm, and one
    /// query is returned (user guide, "Creating a CloudWatch alarm based on a metric math
    /// expression").
    pub(super) fn define(queries: Vec<Self>) -> Result<DefinedQueries, String> {
        let periods = queries.iter().filter_map(|query| {
            query
                .period
                .or_else(|| query.metric_stat.as_ref().map(|metric| metric.period))
        });
        let periods: Vec<u32> = periods.collect();
        let period_seconds = *periods
            .first()
            .ok_or("no entry of `Metrics` says the period")?;
        if periods.iter().any(|period| *period != period_seconds) {
            return Err("all entries of `Metrics` must have the same period".to_owned());
        }
        let returned: Vec<usize> = (0..queries.len())
            .filter(|place| queries[*place].return_data != Some(false))
            .collect();
        let &[returned] = returned.as_slice() else {
            return Err(format!(
                "{} entries of `Metrics` return data, and an alarm stands on one: set `ReturnData` to false for the others",
                returned.len()
            ));
        };
        let mut queries: Vec<Query> = queries
            .into_iter()
            .map(Self::query)
            .collect::<Result<_, _>>()?;
        let is_single = queries.len() == 1;
        let single =
            queries.pop_if(|query| is_single && matches!(query.source, QuerySource::Metric(_)));
        if let Some(Query {
            source: QuerySource::Metric(metric),
            ..
        }) = single
        {
            return Ok(DefinedQueries {
                watched: Watched::Metric(metric),
                period_seconds,
            });
        }
        let math = MetricMath::new(queries, returned).map_err(|error| error.to_string())?;
        Ok(DefinedQueries {
            watched: Watched::Math(math),
            period_seconds,
        })
    }

    fn query(self) -> Result<Query, String> {
        let id = self.id;
        let source = match (self.expression, self.metric_stat) {
            (Some(expression), None) => {
                let parsed = expression
                    .parse()
                    .map_err(|error| format!("expression `{id}`: {error}"))?;
                QuerySource::Expression(parsed)
            }
            (None, Some(metric)) => {
                QuerySource::Metric(metric.define().map_err(|e| format!("`{id}`: {e}"))?)
            }
            _ => return Err(format!("`{id}` needs either `Expression` or `MetricStat`")),
        };
        Ok(Query {
            id,
            label: self.label,
            source,
        })
    }

    /// The queries in AWS's field names.
    pub(super) fn of(math: &MetricMath, period_seconds: u32) -> Vec<Self> {
        let returned = math.returned().map(|query| query.id.as_str());
        let written = |query: &Query| {
            let metric = match &query.source {
                QuerySource::Metric(metric) => Some(WrittenMetricStat::of(metric, period_seconds)),
                QuerySource::Expression(_) => None,
            };
            Self {
                id: query.id.clone(),
                label: query.label.clone(),
                expression: Some(query.text().to_owned()).filter(|_| metric.is_none()),
                return_data: Some(Some(query.id.as_str()) == returned),
                period: None,
                _account_id: None,
                metric_stat: metric,
            }
        };
        math.queries().iter().map(written).collect()
    }
}

impl WrittenMetricStat {
    fn define(self) -> Result<MetricStat, String> {
        let WrittenIdentity {
            namespace,
            metric_name,
            dimensions,
        } = self.metric;
        let dimensions = WrittenDimension::define(dimensions);
        let metric = MetricIdentity {
            namespace,
            metric_name,
            dimensions,
        };
        let statistic = self.stat.ok_or("the field `Stat` is missing")?;
        Ok(MetricStat {
            metric,
            unit: self.unit,
            statistic,
        })
    }

    fn of(metric: &MetricStat, period_seconds: u32) -> Self {
        let identity = &metric.metric;
        Self {
            period: period_seconds,
            stat: Some(metric.statistic),
            unit: metric.unit,
            metric: WrittenIdentity {
                namespace: identity.namespace.clone(),
                metric_name: identity.metric_name.clone(),
                dimensions: WrittenDimension::of(identity),
            },
        }
    }
}
