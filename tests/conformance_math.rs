//! The table of metric math: each row is an expression over metrics, and its datapoints.

use backtrail::metric::math::{Datapoints, Query, TimeGrid};
use backtrail::metric::{MetricMath, MetricStat};
use serde::Deserialize;

const PERIOD_SECONDS: u32 = 300;

#[derive(Deserialize)]
struct Row {
    id: String,
    expression: String,
    /// The datapoints of `m1`, `m2` and so on, oldest first.
    metrics: Vec<Datapoints>,
    expected: Datapoints,
    source: String,
}

impl Row {
    fn result(&self) -> Datapoints {
        let numbers = 1..=self.metrics.len();
        let metrics = numbers.map(|one| Query::metric(&format!("m{one}"), MetricStat::default()));
        let mut queries: Vec<Query> = metrics.collect();
        queries.push(Query::expression("e", &self.expression).unwrap());
        let math = MetricMath::new(queries, self.metrics.len()).unwrap();
        math.evaluate(&self.grid(), &self.metrics)
    }

    fn grid(&self) -> TimeGrid {
        let starts = (0_i64..).step_by(PERIOD_SECONDS as usize);
        TimeGrid {
            starts_seconds: starts.take(self.expected.len()).collect(),
            period_seconds: PERIOD_SECONDS,
        }
    }
}

#[test]
fn expressions_have_the_datapoints_of_the_table() {
    let rows: Vec<Row> =
        serde_json::from_str(include_str!("conformance/metric/math.json")).unwrap();
    assert_eq!(rows.len(), 9);
    for row in rows {
        assert_eq!(row.result(), row.expected, "{} ({})", row.id, row.source);
    }
}
