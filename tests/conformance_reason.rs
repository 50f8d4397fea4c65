//! The table of reasons: each row is an evaluation, and the reason in AWS's words.

use backtrail::alarm::aws::reason::reason;
use backtrail::alarm::{AlarmConfiguration, AnyAlarm, Change, ReplayOptions, evaluate_at};
use backtrail::metric::{Sample, Series};
use jiff::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    id: String,
    n: u32,
    m: Option<u32>,
    period: u32,
    comparison: String,
    threshold: f64,
    treat_missing: String,
    /// The time and value of each sample.
    samples: Vec<(Timestamp, f64)>,
    evaluated_at: Timestamp,
    initial_state: String,
    expected_reason: String,
    /// The number of slots in `evaluatedDatapoints`.
    expected_evaluated: usize,
    source: String,
}

impl Row {
    fn alarm(&self) -> AlarmConfiguration {
        AlarmConfiguration {
            period_seconds: self.period,
            evaluation_periods: self.n,
            datapoints_to_alarm: self.m,
            comparison_operator: self.comparison.parse().unwrap(),
            threshold: self.threshold,
            treat_missing_data: self.treat_missing.parse().unwrap(),
            ..AlarmConfiguration::on_sum("a", Default::default())
        }
    }

    fn change(&self, alarm: &AlarmConfiguration) -> Change {
        let samples = self.samples.iter();
        let samples = samples.map(|(time, value)| Sample::once(*time, *value));
        let options = ReplayOptions {
            initial_state: self.initial_state.parse().unwrap(),
            ..ReplayOptions::default()
        };
        let series = Series::new(samples.collect());
        evaluate_at(alarm, &series, self.evaluated_at, &options)
    }
}

#[test]
fn reasons_are_those_that_aws_wrote() {
    let rows: Vec<Row> =
        serde_json::from_str(include_str!("conformance/alarm/reasons.json")).unwrap();
    assert_eq!(rows.len(), 18);
    for row in rows {
        let (id, source) = (&row.id, &row.source);
        let alarm = row.alarm();
        let change = row.change(&alarm);
        assert_ne!(change.new_state, change.old_state, "{id} ({source})");
        let found = reason(AnyAlarm::Metric(&alarm), &change, None);
        assert_eq!(found, row.expected_reason, "{id} ({source})");
        let evaluated = change.evaluated_datapoints().len();
        assert_eq!(evaluated, row.expected_evaluated, "{id} ({source})");
    }
}
