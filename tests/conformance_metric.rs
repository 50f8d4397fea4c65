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
