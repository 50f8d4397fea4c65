//! Metric math: queries of which one is returned.

use std::collections::BTreeSet;

use super::error::{
    ExpressionError, ExpressionErrorKind, METRICS_LIMIT, MetricMathError, QUERIES_LIMIT,
};
use super::evaluate::Evaluator;
use super::grid::{Datapoints, TimeGrid};
use super::lex::is_part_of_word;
use super::query::Query;
use super::value::MathValue;
use crate::metric::metric_stat::MetricStat;
use crate::text::span::Span;

/// Metrics and expressions over them, of which one is returned (API, `MetricDataQuery`).
#[derive(Clone, Debug, PartialEq)]
pub struct MetricMath {
    queries: Vec<Query>,
    returned: usize,
}

impl MetricMath {
    /// Creates metric math from queries, of which the one with the number `returned` is the result.
    ///
    /// # Errors
    ///
    /// Returns an error if IDs are wrong or missing, functions do not take their arguments, or the
    /// result is not a single time series.
    pub fn new(queries: Vec<Query>, returned: usize) -> Result<Self, MetricMathError> {
        check_ids(&queries)?;
        let math = Self { queries, returned };
        math.check()?;
        Ok(math)
    }

    fn check(&self) -> Result<(), MetricMathError> {
        self.check_counts()?;
        self.check_types()
    }

    fn check_counts(&self) -> Result<(), MetricMathError> {
        match self.metrics().count() {
            0 => Err(MetricMathError::NoMetric),
            1..=METRICS_LIMIT => Ok(()),
            count => Err(MetricMathError::TooManyMetrics(count)),
        }
    }

    /// Checks that functions take their arguments and that the result is one time series, by
    /// evaluating every expression over an empty grid. That is enough, since the type of a value
    /// does not depend on datapoints.
    fn check_types(&self) -> Result<(), MetricMathError> {
        for (number, query) in self.queries.iter().enumerate() {
            self.check_type(number, query)
                .map_err(|error| MetricMathError::expression(&query.id, error))?;
        }
        Ok(())
    }

    fn check_type(&self, number: usize, query: &Query) -> Result<(), ExpressionError> {
        let grid = TimeGrid::default();
        // Over an empty grid, an expression has the same errors and the same type as over any.
        let value = Evaluator::new(&self.queries, &grid, &[]).query(number)?;
        match number == self.returned {
            true => check_result(query, &value),
            false => Ok(()),
        }
    }

    /// Returns the metrics and expressions.
    pub fn queries(&self) -> &[Query] {
        &self.queries
    }

    /// Returns the query that is the result.
    pub fn returned(&self) -> Option<&Query> {
        self.queries.get(self.returned)
    }

    /// Returns the metrics among the queries, in their order.
    pub fn metrics(&self) -> impl Iterator<Item = &MetricStat> {
        self.queries.iter().filter_map(Query::as_metric)
    }

    /// Returns true if the result depends on the time itself, and not on datapoints alone.
    pub fn depends_on_time(&self) -> bool {
        self.queries.iter().any(Query::depends_on_time)
    }

    /// Evaluates the result over the datapoints of the metrics, in their order. Each metric has as
    /// many as the grid has periods.
    pub fn evaluate(&self, grid: &TimeGrid, metrics: &[Datapoints]) -> Datapoints {
        match Evaluator::new(&self.queries, grid, metrics).query(self.returned) {
            Ok(MathValue::Series(series)) => series,
            // `new` has evaluated the same expression without an error, and to a series.
            _ => grid.empty(),
        }
    }
}

fn check_ids(queries: &[Query]) -> Result<(), MetricMathError> {
    if queries.len() > QUERIES_LIMIT {
        return Err(MetricMathError::TooManyQueries(queries.len()));
    }
    let mut ids = BTreeSet::new();
    for Query { id, .. } in queries {
        if !is_id(id) {
            return Err(MetricMathError::Id(id.clone()));
        }
        if !ids.insert(id) {
            return Err(MetricMathError::DuplicateId(id.clone()));
        }
    }
    Ok(())
}

fn is_id(id: &str) -> bool {
    let is_start = |character: char| character.is_ascii_lowercase();
    id.starts_with(is_start) && id.chars().all(is_part_of_word)
}

fn check_result(query: &Query, value: &MathValue) -> Result<(), ExpressionError> {
    match value {
        MathValue::Series(_) => Ok(()),
        MathValue::Number(_) => Err(not_one_series(query, "a number")),
        MathValue::Array(_) => Err(not_one_series(query, "an array of time series")),
    }
}

fn not_one_series(query: &Query, found: &'static str) -> ExpressionError {
    let expression = query.text().to_owned();
    ExpressionError {
        kind: ExpressionErrorKind::NotOneSeries(found),
        span: Span::new(0, expression.len()),
        expression,
    }
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
                vec![Some(30.0), Some(0.0), Some(5.0), Some(5.0), GAP],
            ),
            ("IF(1, m2, m3)", metrics[1].clone()),
            ("IF(0, m2)", vec![GAP; 5]),
            ("IF(m2 < 20, m2)", vec![GAP, GAP, Some(0.0), Some(0.0), GAP]),
        ];
        for (expression, expected) in rows {
            assert_eq!(result(expression, &metrics), Ok(expected), "{expression}");
        }
    }

    /// The series of the tests of operators and functions.
    fn two_metrics() -> [Datapoints; 2] {
        [
            vec![Some(10.0), GAP, Some(30.0), GAP],
            vec![Some(2.0), Some(4.0), GAP, GAP],
        ]
    }

    fn check(rows: &[(&str, [Option<f64>; 4])]) {
        for (expression, expected) in rows {
            let found = result(expression, &two_metrics());
            assert_eq!(found, Ok(expected.to_vec()), "{expression}");
        }
    }

    #[test]
    fn operators_do_what_the_guide_says() {
        check(&[
            ("m1 + m2", [Some(12.0), Some(4.0), Some(30.0), GAP]),
            ("m1 / m2", [Some(5.0), Some(0.0), GAP, GAP]),
            ("-m1 ^ 2 + 1", [Some(-99.0), GAP, Some(-899.0), GAP]),
            ("2 * m2 - 1 - 1", [Some(2.0), Some(6.0), GAP, GAP]),
            ("2 ^ 3 ^ 0 * m2", [Some(4.0), Some(8.0), GAP, GAP]),
            ("1.5e1 + m2", [Some(17.0), Some(19.0), GAP, GAP]),
            ("m1 - AVG(m1)", [Some(-10.0), GAP, Some(10.0), GAP]),
        ]);
    }

    #[test]
    fn reductions_do_what_the_guide_says() {
        check(&[
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
            ("TIME_SERIES(MAX(m1))", [Some(30.0); 4]),
            (
                "FIRST(SORT([m2, m1], SUM, DESC, 1))",
                [Some(10.0), GAP, Some(30.0), GAP],
            ),
            (
                "LAST(SORT([m1, m2], MIN, ASC))",
                [Some(10.0), GAP, Some(30.0), GAP],
            ),
            (
                "LAST(SLICE(REMOVE_EMPTY([m1, m2, m1 / 0]), 0, 2))",
                [Some(2.0), Some(4.0), GAP, GAP],
            ),
        ]);
    }

    #[test]
    fn functions_of_datapoints_do_what_the_guide_says() {
        check(&[
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
            (
                "MINUTE(m1) + HOUR(m1)",
                [Some(0.0), Some(5.0), Some(10.0), Some(15.0)],
            ),
        ]);
        let calendar =
            "DAY(m1) * 1000000 + DATE(m1) * 10000 + MONTH(m1) * 1000 + YEAR(m1) + EPOCH(m1)";
        let found = result(calendar, &two_metrics());
        assert_eq!(found.map(|found| found[1]), Ok(Some(4_012_970.0 + 300.0)));
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
                panic!("{expression} is not an expression");
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
