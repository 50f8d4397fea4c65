//! Queries: the metrics and expressions that metric math is made of.

use std::str::FromStr;

use super::error::{ExpressionError, MetricMathError};
use super::expression::ExpressionNode;
use super::parse::parse;
use crate::metric::metric_stat::MetricStat;

/// A metric or an expression under its ID.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// The name that expressions use.
    pub id: String,
    /// The name that people see.
    pub label: Option<String>,
    /// The metric or expression.
    pub source: QuerySource,
}

/// A metric or an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum QuerySource {
    /// A statistic of a metric.
    Metric(MetricStat),
    /// An expression over other queries.
    Expression(MathExpression),
}

/// An expression that is parsed.
#[derive(Clone, Debug, PartialEq)]
pub struct MathExpression {
    text: String,
    // Parsed once: a replay evaluates an expression thousands of times.
    pub(super) node: ExpressionNode,
}

impl MathExpression {
    /// Returns the expression as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl FromStr for MathExpression {
    type Err = ExpressionError;

    fn from_str(text: &str) -> Result<Self, ExpressionError> {
        Ok(Self {
            text: text.to_owned(),
            node: parse(text)?,
        })
    }
}

impl Query {
    /// Creates a query for a statistic of a metric.
    pub fn metric(id: &str, metric: MetricStat) -> Self {
        Self::new(id, QuerySource::Metric(metric))
    }

    /// Creates a query for an expression over other queries.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not an expression.
    pub fn expression(id: &str, text: &str) -> Result<Self, MetricMathError> {
        match text.parse() {
            Ok(expression) => Ok(Self::new(id, QuerySource::Expression(expression))),
            Err(error) => Err(MetricMathError::expression(id, error)),
        }
    }

    fn new(id: &str, source: QuerySource) -> Self {
        Self {
            id: id.to_owned(),
            label: None,
            source,
        }
    }

    /// Returns the text of the expression, which is empty for a metric.
    pub fn text(&self) -> &str {
        match &self.source {
            QuerySource::Metric(_) => "",
            QuerySource::Expression(expression) => expression.text(),
        }
    }

    /// Returns the query if it is a metric.
    pub(super) fn as_metric(&self) -> Option<&MetricStat> {
        match &self.source {
            QuerySource::Metric(metric) => Some(metric),
            QuerySource::Expression(_) => None,
        }
    }

    /// Returns true if the query is a metric.
    pub(super) fn is_metric(&self) -> bool {
        self.as_metric().is_some()
    }

    /// Returns true if the query is an expression of the time itself.
    pub(super) fn depends_on_time(&self) -> bool {
        match &self.source {
            QuerySource::Metric(_) => false,
            QuerySource::Expression(expression) => expression.node.depends_on_time(),
        }
    }
}
