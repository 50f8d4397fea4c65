//! The table of metric filters: each row is a filter, events, and the metric that AWS publishes,
//! with its source.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::program::backtrail;

#[derive(Deserialize)]
struct Table {
    published: Vec<Published>,
    refused: Vec<Refused>,
}

#[derive(Deserialize)]
struct Published {
    id: String,
    options: Vec<String>,
    events: Vec<Value>,
    expected: Vec<Value>,
    #[serde(default)]
    without_sample: BTreeMap<String, u64>,
}

#[derive(Deserialize)]
struct Refused {
    id: String,
    pattern: Option<String>,
    options: Vec<String>,
    error: String,
}

fn table() -> Table {
    serde_json::from_str(include_str!("conformance/metric/cases.json")).unwrap()
}

fn words<'a>(first: &[&'a str], options: &'a [String]) -> Vec<&'a str> {
    first
        .iter()
        .copied()
        .chain(options.iter().map(String::as_str))
        .collect()
}

#[test]
fn filters_publish_what_the_table_says() {
    for case in table().published {
        let folder = tempfile::tempdir().unwrap();
        let (archive, out) = (folder.path().join("events.json"), folder.path().join("out"));
        std::fs::write(&archive, serde_json::to_vec(&case.events).unwrap()).unwrap();
        let (archive, out) = (archive.to_str().unwrap(), out.to_str().unwrap());
        let first = [
            "audit", archive, "--json", "--quiet", "--period", "60", "--format", "json", "--out",
            out,
        ];
        let run = backtrail(words(&first, &case.options));
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", case.id);
        let without_sample = &run.json()["rules"][0]["without_sample"];
        assert_eq!(
            *without_sample,
            serde_json::to_value(&case.without_sample).unwrap(),
            "{}",
            case.id
        );
        let rows: Vec<BTreeMap<String, Value>> =
            serde_json::from_slice(&std::fs::read(format!("{out}/metric.json")).unwrap()).unwrap();
        assert_eq!(rows.len(), case.expected.len(), "{}: {rows:?}", case.id);
        for (row, expected) in rows.iter().zip(&case.expected) {
            for (column, value) in expected.as_object().unwrap() {
                let found = &row[column];
                let same_number = value.as_f64().is_some() && found.as_f64() == value.as_f64();
                assert!(
                    same_number || found == value,
                    "{} {column}: {found} instead of {value}",
                    case.id
                );
            }
        }
    }
}

#[test]
fn what_aws_refuses_is_refused_before_a_byte_is_read() {
    for case in table().refused {
        let pattern = case.pattern.as_deref().unwrap_or("{ $.a = 1 }");
        let run = backtrail(words(
            &["audit", "no/such/archive", "--pattern", pattern],
            &case.options,
        ));
        assert_eq!(run.code, 2, "{}", case.id);
        assert!(
            run.stderr.contains(&case.error),
            "{}: {}",
            case.id,
            run.stderr
        );
    }
}

/// A row of the second recording: a filter, the messages of its log group, and what it published.
#[derive(Deserialize)]
struct Recorded {
    id: String,
    pattern: String,
    metric_value: String,
    default_value: Option<f64>,
    #[serde(default)]
    dimensions: BTreeMap<String, String>,
    #[serde(default)]
    system_dimensions: Vec<String>,
    events: Vec<String>,
    series: Vec<BTreeMap<String, Value>>,
}

impl Recorded {
    fn options(&self) -> Vec<String> {
        let mut options = vec!["--pattern".to_owned(), self.pattern.clone()];
        options.extend(["--metric-value".to_owned(), self.metric_value.clone()]);
        if let Some(default) = self.default_value {
            options.extend(["--default-value".to_owned(), default.to_string()]);
        }
        for (name, value) in &self.dimensions {
            options.extend(["--dimension".to_owned(), format!("{name}={value}")]);
        }
        for name in &self.system_dimensions {
            options.extend(["--system-dimension".to_owned(), name.clone()]);
        }
        options
    }

    /// Returns the messages as records of the account and region of the recording. One that is not
    /// JSON becomes a field of a record.
    fn records(&self) -> Vec<Value> {
        let records = self.events.iter().map(|event| {
            let mut record = serde_json::from_str(event)
                .unwrap_or_else(|_| serde_json::json!({ "text": event }));
            record["eventTime"] = "2026-09-16T00:00:00Z".into();
            record["eventSource"] = "s".into();
            record["eventName"] = "n".into();
            record["recipientAccountId"] = "111122223333".into();
            record["awsRegion"] = "eu-west-1".into();
            record
        });
        records.collect()
    }
}

/// Returns the dimensions of a series as the table `metric` writes them.
fn dimensions_text(series: &BTreeMap<String, Value>) -> Value {
    let dimensions = series["dimensions"].as_object().unwrap();
    let pairs = dimensions.iter().map(|(name, value)| {
        let value = value.as_str().unwrap();
        format!("{name}={value}")
    });
    let pairs: Vec<String> = pairs.collect();
    match pairs.is_empty() {
        true => Value::Null,
        false => pairs.join(",").into(),
    }
}

#[test]
fn filters_publish_what_the_second_recording_says() {
    let rows: Vec<Recorded> =
        serde_json::from_str(include_str!("conformance/metric/live.json")).unwrap();
    assert_eq!(rows.len(), 9);
    for row in rows {
        let folder = tempfile::tempdir().unwrap();
        let (archive, out) = (folder.path().join("events.json"), folder.path().join("out"));
        std::fs::write(&archive, serde_json::to_vec(&row.records()).unwrap()).unwrap();
        let (archive, out) = (archive.to_str().unwrap(), out.to_str().unwrap());
        let first = [
            "audit", archive, "--quiet", "--period", "60", "--format", "json", "--out", out,
        ];
        let run = backtrail(words(&first, &row.options()));
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", row.id);
        let found: Vec<BTreeMap<String, Value>> =
            serde_json::from_slice(&std::fs::read(format!("{out}/metric.json")).unwrap()).unwrap();
        assert_eq!(found.len(), row.series.len(), "{}: {found:?}", row.id);
        for expected in &row.series {
            let dimensions = dimensions_text(expected);
            let same = found
                .iter()
                .find(|found| found.get("dimensions").unwrap_or(&Value::Null) == &dimensions);
            let Some(same) = same else {
                panic!("{}: no {dimensions} in {found:?}", row.id)
            };
            for (statistic, column) in [
                ("Sum", "sum"),
                ("SampleCount", "sample_count"),
                ("Minimum", "minimum"),
                ("Maximum", "maximum"),
            ] {
                if let Some(value) = expected.get(statistic) {
                    assert_eq!(same[column].as_f64(), value.as_f64(), "{} {column}", row.id);
                }
            }
        }
    }
}
