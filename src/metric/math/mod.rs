//! Metric math: expressions over the datapoints of metrics (user guide, "Using math expressions
//! with CloudWatch metrics").
//!
//! An expression goes through stages, one file each: text → tokens (`lex`) → tree (`parse`,
//! `expression`) → value (`evaluate`, `function`).
//!
//! ```
//! use backtrail::metric::math::{MetricMath, Query, QuerySource, TimeGrid};
//! use backtrail::metric::MetricStat;
//!
//! let metric = |id| Query::metric(id, MetricStat::default());
//! let math = MetricMath::new(vec![metric("errors"), metric("requests"), Query::expression("rate", "100 * errors / requests")?], 2)?;
//! let slots = TimeGrid { starts_seconds: vec![0, 60, 120], period_seconds: 60 };
//! let metrics = [vec![Some(1.0), None, Some(2.0)], vec![Some(4.0), Some(5.0), None]];
//! assert_eq!(math.evaluate(&slots, &metrics), [Some(25.0), Some(0.0), None]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod evaluate;
mod expression;
mod function;
mod lex;
mod parse;

pub use error::{
    DEPTH_LIMIT, EXPRESSION_LIMIT, ExpressionError, ExpressionErrorKind, NESTING_LIMIT,
};

use evaluate::{Evaluator, Value};
use expression::{Node, NodeKind};
use function::Function;

use super::MetricStat;
use crate::text::span::Span;

/// How many metrics an alarm on metric math may have (user guide, "Creating a CloudWatch alarm
/// based on a metric math expression").
pub const METRICS_LIMIT: usize = 10;

/// How many queries there may be in all, so that expressions on expressions end.
const QUERIES_LIMIT: usize = 100;

/// The datapoints of slots, oldest first; nothing where there is none.
pub type Datapoints = Vec<Option<f64>>;

/// The slots of datapoints.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimeGrid {
    /// When each begins, in seconds since the epoch, oldest first.
    pub starts_seconds: Vec<i64>,
    /// How long each is, in seconds.
    pub period_seconds: u32,
}

/// Metrics and expressions over them, of which one is returned (API, `MetricDataQuery`).
#[derive(Clone, Debug, PartialEq)]
pub struct MetricMath {
    queries: Vec<Query>,
    returned: usize,
}

/// A metric or an expression under its id.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// What expressions call it.
    pub id: String,
    /// What it is called for people.
    pub label: Option<String>,
    /// What it is.
    pub source: QuerySource,
}

/// A metric or an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum QuerySource {
    /// A statistic of a metric.
    Metric(MetricStat),
    /// An expression over others.
    Expression(Expression),
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    text: String,
    node: Node,
}

/// Why queries are no metric math.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MetricMathError {
    /// An id that expressions could not name.
    #[error(
        "the id `{0}` is none: it begins with a small letter and goes on with letters, digits and underscores"
    )]
    Id(String),
    /// Two queries with the same id.
    #[error("the id `{0}` is there twice")]
    DuplicateId(String),
    /// More metrics than an alarm may have.
    #[error("{0} metrics, the limit is {METRICS_LIMIT}")]
    TooManyMetrics(usize),
    /// Too many queries in all.
    #[error("{0} metrics and expressions, the limit is {QUERIES_LIMIT}")]
    TooManyQueries(usize),
    /// No metric at all.
    #[error("there is no metric to compute from")]
    NoMetric,
    /// An expression is wrong.
    #[error("expression `{id}`: {error}")]
    Expression {
        /// Its id.
        id: String,
        /// What is wrong.
        error: ExpressionError,
    },
}

impl Expression {
    /// The expression as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether its value depends on the time itself, and not on datapoints alone.
    fn depends_on_time(&self) -> bool {
        let mut waiting = vec![&self.node];
        while let Some(node) = waiting.pop() {
            match &node.kind {
                NodeKind::Call(Function::Calendar(_), _) => return true,
                NodeKind::Call(_, parts) | NodeKind::Array(parts) => waiting.extend(parts),
                NodeKind::Negated(inner) => waiting.push(inner),
                NodeKind::Operation(_, left, right) => {
                    waiting.extend([left.as_ref(), right.as_ref()])
                }
                NodeKind::Number(_)
                | NodeKind::Text(_)
                | NodeKind::Keyword(_)
                | NodeKind::Id(_) => {}
            }
        }
        false
    }
}

impl std::str::FromStr for Expression {
    type Err = ExpressionError;

    fn from_str(text: &str) -> Result<Self, ExpressionError> {
        Ok(Self {
            text: text.to_owned(),
            node: parse::parse(text)?,
        })
    }
}

impl Query {
    /// A statistic of a metric.
    pub fn metric(id: &str, metric: MetricStat) -> Self {
        Self {
            id: id.to_owned(),
            label: None,
            source: QuerySource::Metric(metric),
        }
    }

    /// An expression over other queries.
    ///
    /// # Errors
    ///
    /// When the text is no expression.
    pub fn expression(id: &str, text: &str) -> Result<Self, MetricMathError> {
        let expression = text.parse().map_err(|error| {
            let id = id.to_owned();
            MetricMathError::Expression { id, error }
        })?;
        Ok(Self {
            id: id.to_owned(),
            label: None,
            source: QuerySource::Expression(expression),
        })
    }
}

impl MetricMath {
    /// Puts queries together, of which the one at the place `returned` is the result.
    ///
    /// # Errors
    ///
    /// When ids are wrong or missing, expressions take what they cannot, or the result is not a
    /// single time series.
    pub fn new(queries: Vec<Query>, returned: usize) -> Result<Self, MetricMathError> {
        if queries.len() > QUERIES_LIMIT {
            return Err(MetricMathError::TooManyQueries(queries.len()));
        }
        for (number, query) in queries.iter().enumerate() {
            if !is_id(&query.id) {
                return Err(MetricMathError::Id(query.id.clone()));
            }
            if queries
                .iter()
                .take(number)
                .any(|other| other.id == query.id)
            {
                return Err(MetricMathError::DuplicateId(query.id.clone()));
            }
        }
        let math = Self { queries, returned };
        match math.metrics().count() {
            0 => return Err(MetricMathError::NoMetric),
            count if count > METRICS_LIMIT => return Err(MetricMathError::TooManyMetrics(count)),
            _ => {}
        }
        math.validate()?;
        Ok(math)
    }

    /// Evaluates every expression over nothing, since what a function takes and gives does not
    /// depend on datapoints.
    fn validate(&self) -> Result<(), MetricMathError> {
        let slots = TimeGrid::default();
        for (number, query) in self.queries.iter().enumerate() {
            let named = |error| MetricMathError::Expression {
                id: query.id.clone(),
                error,
            };
            let value = Evaluator::new(self, &slots, &[])
                .query(number)
                .map_err(named)?;
            let wrong = match value {
                Value::Series(_) => continue,
                _ if number != self.returned => continue,
                Value::Scalar(_) => "a number",
                Value::Array(_) => "an array of time series",
            };
            let expression = query.text().to_owned();
            let span = Span::new(0, expression.len());
            let kind = ExpressionErrorKind::NotOneSeries(wrong);
            return Err(named(ExpressionError {
                kind,
                span,
                expression,
            }));
        }
        Ok(())
    }

    /// The metrics and expressions.
    pub fn queries(&self) -> &[Query] {
        &self.queries
    }

    /// The one that is returned.
    pub fn returned(&self) -> Option<&Query> {
        self.queries.get(self.returned)
    }

    /// The metrics among the queries, in their order.
    pub fn metrics(&self) -> impl Iterator<Item = &MetricStat> {
        self.queries.iter().filter_map(|query| match &query.source {
            QuerySource::Metric(metric) => Some(metric),
            QuerySource::Expression(_) => None,
        })
    }

    /// Whether the result depends on the time itself, and not on datapoints alone.
    pub fn depends_on_time(&self) -> bool {
        self.queries.iter().any(|query| match &query.source {
            QuerySource::Metric(_) => false,
            QuerySource::Expression(expression) => expression.depends_on_time(),
        })
    }

    /// The result over the datapoints of the metrics, in their order. Each has as many as there are
    /// slots.
    pub fn evaluate(&self, slots: &TimeGrid, metrics: &[Datapoints]) -> Datapoints {
        match Evaluator::new(self, slots, metrics).query(self.returned) {
            Ok(Value::Series(series)) => series,
            _ => vec![None; slots.starts_seconds.len()],
        }
    }
}

impl Query {
    /// The text of the expression; nothing for a metric.
    pub fn text(&self) -> &str {
        match &self.source {
            QuerySource::Metric(_) => "",
            QuerySource::Expression(expression) => expression.text(),
        }
    }
}

fn is_id(id: &str) -> bool {
    let goes_on = |character: char| character.is_ascii_alphanumeric() || character == '_';
    id.starts_with(|first: char| first.is_ascii_lowercase()) && id.chars().all(goes_on)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GAP: Option<f64> = None;

    fn some(values: &[f64]) -> Datapoints {
        values.iter().copied().map(Some).collect()
    }

    /// The metrics of the documented examples, five minutes apart, as `m1` to `m3`, and an
    /// expression over them.
    fn result(expression: &str, metrics: &[Datapoints]) -> Result<Datapoints, MetricMathError> {
        let names = (1..=metrics.len())
            .map(|number| Query::metric(&format!("m{number}"), MetricStat::default()));
        let mut queries: Vec<Query> = names.collect();
        queries.push(Query::expression("e", expression)?);
        let count = metrics.iter().map(Vec::len).max().unwrap_or(0) as i64;
        let starts_seconds = (0..count).map(|number| number * 300).collect();
        let math = MetricMath::new(queries, metrics.len())?;
        Ok(math.evaluate(
            &TimeGrid {
                starts_seconds,
                period_seconds: 300,
            },
            metrics,
        ))
    }

    #[test]
    fn the_documented_examples_of_comparisons_hold() {
        let metrics = [
            some(&[30.0, 20.0, 0.0, 0.0]),
            vec![Some(20.0), GAP, Some(20.0), GAP],
        ];
        let rows = [
            ("(m1 < m2)", [0.0, 0.0, 1.0, 0.0]),
            ("(m1 >= 30)", [1.0, 0.0, 0.0, 0.0]),
            ("(m1 > 15 AND m2 > 15)", [1.0, 0.0, 0.0, 0.0]),
            ("(m1 > 15 && m2 > 15)", [1.0, 0.0, 0.0, 0.0]),
        ];
        for (expression, expected) in rows {
            assert_eq!(
                result(expression, &metrics),
                Ok(some(&expected)),
                "{expression}"
            );
        }
    }

    #[test]
    fn the_documented_examples_of_if_hold() {
        let first = vec![Some(1.0), Some(1.0), Some(0.0), Some(0.0), GAP];
        let second = vec![Some(30.0), GAP, Some(0.0), Some(0.0), Some(30.0)];
        let third = vec![Some(0.0), Some(0.0), Some(20.0), GAP, Some(20.0)];
        let metrics = [first, second, third];
        let rows = [
            (
                "IF(m1, m2, m3)",
                vec![Some(30.0), Some(0.0), Some(20.0), GAP, GAP],
            ),
            (
                "IF(m1, 5, m3)",
                vec![Some(5.0), Some(5.0), Some(20.0), GAP, GAP],
            ),
            (
                "IF(m1, m2, 5)",
                vec![Some(30.0), Some(0.0), Some(5.0), Some(5.0), Some(5.0)],
            ),
            ("IF(1, m2, m3)", metrics[1].clone()),
            ("IF(0, m2)", vec![GAP; 5]),
            ("IF(m2 < 20, m2)", vec![GAP, GAP, Some(0.0), Some(0.0), GAP]),
        ];
        for (expression, expected) in rows {
            assert_eq!(result(expression, &metrics), Ok(expected), "{expression}");
        }
    }

    #[test]
    fn functions_and_operators_do_what_the_guide_says() {
        let metrics = [
            vec![Some(10.0), GAP, Some(30.0), GAP],
            vec![Some(2.0), Some(4.0), GAP, GAP],
        ];
        let rows: [(&str, [Option<f64>; 4]); 28] = [
            ("m1 + m2", [Some(12.0), Some(4.0), Some(30.0), GAP]),
            ("m1 / m2", [Some(5.0), Some(0.0), GAP, GAP]),
            ("-m1 ^ 2 + 1", [Some(-99.0), GAP, Some(-899.0), GAP]),
            ("2 * m2 - 1 - 1", [Some(2.0), Some(6.0), GAP, GAP]),
            ("2 ^ 3 ^ 0 * m2", [Some(4.0), Some(8.0), GAP, GAP]),
            ("1.5e1 + m2", [Some(17.0), Some(19.0), GAP, GAP]),
            ("m1 - AVG(m1)", [Some(-10.0), GAP, Some(10.0), GAP]),
            ("AVG([m1, m2])", [Some(6.0), Some(2.0), Some(15.0), GAP]),
            ("SUM(METRICS())", [Some(12.0), Some(4.0), Some(30.0), GAP]),
            ("SUM(METRICS(\"2\"))", [Some(2.0), Some(4.0), GAP, GAP]),
            (
                "MAX([m1, m2 * 5])",
                [Some(10.0), Some(20.0), Some(30.0), GAP],
            ),
            (
                "MIN(100 / [m1, m2])",
                [Some(10.0), Some(25.0), Some(100.0 / 30.0), GAP],
            ),
            ("STDDEV([m1, m2])", [Some(4.0), Some(0.0), Some(0.0), GAP]),
            ("m2 / DATAPOINT_COUNT(m2)", [Some(1.0), Some(2.0), GAP, GAP]),
            (
                "FILL(m1, 0)",
                [Some(10.0), Some(0.0), Some(30.0), Some(0.0)],
            ),
            ("FILL(m1, m2)", [Some(10.0), Some(4.0), Some(30.0), GAP]),
            (
                "FILL(m1, REPEAT)",
                [Some(10.0), Some(10.0), Some(30.0), Some(30.0)],
            ),
            (
                "FILL(m1, LINEAR)",
                [Some(10.0), Some(20.0), Some(30.0), GAP],
            ),
            ("DIFF(m1)", [GAP, GAP, Some(20.0), GAP]),
            ("DIFF_TIME(m1)", [GAP, GAP, Some(600.0), GAP]),
            ("RATE(m2)", [GAP, Some(2.0 / 300.0), GAP, GAP]),
            ("RUNNING_SUM(m1)", [Some(10.0), GAP, Some(40.0), GAP]),
            (
                "ABS(FLOOR(CEIL(m2 / -3)))",
                [Some(0.0), Some(1.0), GAP, GAP],
            ),
            (
                "m2 / PERIOD(m2) * METRIC_COUNT(METRICS())",
                [Some(4.0 / 300.0), Some(8.0 / 300.0), GAP, GAP],
            ),
            ("TIME_SERIES(MAX(m1))", [Some(30.0); 4]),
            (
                "MINUTE(m1) + HOUR(m1)",
                [Some(0.0), Some(5.0), Some(10.0), Some(15.0)],
            ),
            (
                "FIRST(SORT([m2, m1], SUM, DESC, 1))",
                [Some(10.0), GAP, Some(30.0), GAP],
            ),
            (
                "LAST(SLICE(REMOVE_EMPTY([m1, m2, m1 / 0]), 0, 2))",
                [Some(2.0), Some(4.0), GAP, GAP],
            ),
        ];
        for (expression, expected) in rows {
            assert_eq!(
                result(expression, &metrics),
                Ok(expected.to_vec()),
                "{expression}"
            );
        }
        let calendar =
            "DAY(m1) * 1000000 + DATE(m1) * 10000 + MONTH(m1) * 1000 + YEAR(m1) + EPOCH(m1)";
        assert_eq!(
            result(calendar, &metrics).map(|found| found[1]),
            Ok(Some(4_012_970.0 + 300.0))
        );
    }

    #[test]
    fn what_is_wrong_is_underlined() {
        use ExpressionErrorKind as Kind;
        let rows = [
            ("", Kind::ExpectedValue, ""),
            ("m1 +", Kind::ExpectedValue, ""),
            ("m1 m1", Kind::ExpectedOperator, "m1"),
            ("(m1", Kind::Expected(")"), ""),
            ("m1 ? 2", Kind::UnexpectedCharacter('?'), "?"),
            ("m9 + 1", Kind::UnknownId("m9".into()), "m9"),
            ("e + 1", Kind::Circle("e".into()), "e"),
            (
                "avg(m1)",
                Kind::UnknownFunction { name: "avg".into() },
                "avg",
            ),
            ("SUM(m1)", Kind::NotOneSeries("a number"), "SUM(m1)"),
            (
                "METRICS()",
                Kind::NotOneSeries("an array of time series"),
                "METRICS()",
            ),
            ("m1 + [m1, 2]", Kind::NoSeries, "2"),
            ("SUM([m1] + [m1])", Kind::TwoArrays, "[m1] + [m1]"),
            ("m1 + REPEAT", Kind::ExpectedValue, "REPEAT"),
            ("METRICS(\"m", Kind::UnclosedQuote, "\""),
            ("m1 + 1.2.3", Kind::Number, "1"),
        ];
        for (expression, kind, underlined) in rows {
            let Err(MetricMathError::Expression { error, .. }) = result(expression, &[vec![]])
            else {
                panic!("{expression} is no expression");
            };
            assert_eq!(
                (&error.kind, error.span.slice(expression)),
                (&kind, underlined),
                "{expression}"
            );
        }
        for wrong in [
            "FILL(m1)",
            "FILL(m1, [m1])",
            "IF(m1)",
            "PERIOD(m1 + 1)",
            "SORT([m1], AVG, UP)",
            "ABS(1)",
            "TIME_SERIES(m1)",
        ] {
            let error = result(wrong, &[vec![]]).map_err(|error| error.to_string());
            assert!(
                error.is_err_and(|error| error.contains(" takes ")),
                "{wrong}"
            );
        }
        let search =
            result("SUM(SEARCH('{N} x', 'Sum', 60))", &[vec![]]).map_err(|error| error.to_string());
        assert!(search.is_err_and(|error| error.contains("SEARCH cannot be computed")));
    }

    #[test]
    fn nothing_overflows() {
        let error = |expression: String| match result(&expression, &[vec![]]) {
            Err(MetricMathError::Expression { error, .. }) => Some(error.kind),
            _ => None,
        };
        assert_eq!(error("(".repeat(2000)), Some(ExpressionErrorKind::TooDeep));
        assert_eq!(
            error(format!("m1{}", "^m1".repeat(600))),
            Some(ExpressionErrorKind::TooDeep)
        );
        assert_eq!(
            error(format!("m1{}", "+m1".repeat(600))),
            Some(ExpressionErrorKind::TooManyOperations)
        );
        assert_eq!(error(format!("{}m1", "-".repeat(2000))), None);
        assert_eq!(
            error("m".repeat(2049)),
            Some(ExpressionErrorKind::TooLong(2049))
        );
        let chain = (1..100).map(|number| {
            let text = format!("e{}{}", number - 1, "+m1".repeat(200));
            Query::expression(&format!("e{number}"), &text).expect("an expression")
        });
        let first = [
            Query::metric("m1", MetricStat::default()),
            Query::metric("e0", MetricStat::default()),
        ];
        assert!(MetricMath::new(first.into_iter().chain(chain).take(100).collect(), 99).is_err());
    }
}
