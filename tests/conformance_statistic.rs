//! The table of statistics: each row is a set of values, and what AWS returned for it.

use backtrail::metric::{Sample, Statistic};
use jiff::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
struct Recorded {
    set: String,
    values: Vec<f64>,
    counts: Vec<f64>,
    statistic: String,
    expected: Option<f64>,
}

/// The statistics that AWS returned for sets of values and counts (sources, T3 to T6).
#[test]
fn statistics_are_those_that_aws_returned() {
    let rows: Vec<Recorded> =
        serde_json::from_str(include_str!("conformance/metric/statistics.json")).unwrap();
    assert_eq!(rows.len(), 287);
    for Recorded {
        set,
        values,
        counts,
        statistic,
        expected,
    } in rows
    {
        let samples: Vec<Sample> = values
            .iter()
            .zip(&counts)
            .map(|(&value, &count)| Sample::times(Timestamp::UNIX_EPOCH, value, count))
            .collect();
        let found = statistic.parse::<Statistic>().unwrap().compute(&samples);
        let is_met = match (found, expected) {
            (Some(found), Some(expected)) => {
                (found - expected).abs() <= 1e-9 * expected.abs().max(1.0)
            }
            (found, expected) => found == expected,
        };
        assert!(
            is_met,
            "{set} {statistic}: {found:?} instead of {expected:?}"
        );
    }
}
