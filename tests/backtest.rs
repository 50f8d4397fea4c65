//! `backtrail backtest` as a user runs it.

use serde_json::{Value, json};

use crate::program::{Run, audit, backtrail, sample};

fn backtest(options: &str) -> Run {
    backtrail(
        ["backtest", "samples/archive"]
            .into_iter()
            .chain(options.split_whitespace()),
    )
}

fn rows(options: &str) -> Vec<Value> {
    let run = backtest(&format!("--json {options}"));
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    run.stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn every_combination_is_what_an_audit_with_it_finds() {
    let rows = rows("--threshold 1..3 --period 60,300 --clock event,delivery");
    assert_eq!(rows.len(), 12);
    let mut episodes: Vec<u64> = rows
        .iter()
        .map(|row| row["episodes"].as_u64().unwrap())
        .collect();
    episodes.sort_unstable();
    episodes.dedup();
    assert!(episodes.len() > 2, "all alike: {episodes:?}");
    for row in rows {
        let options = format!(
            "--json --clock {} --period {} --threshold {}",
            row["clock"].as_str().unwrap(),
            row["period_seconds"],
            row["threshold"]
        );
        let alarm = audit(&options, &[sample()]).json()["rules"][0]["alarm"].clone();
        assert_eq!(
            row["episodes"],
            alarm["episodes"].as_array().unwrap().len() as u64,
            "{options}"
        );
        let seconds = row["minutes_in_alarm"].as_f64().unwrap() * 60.0;
        // The audit replays until its own alarm has forgotten the last event, the sweep until the
        // widest has.
        assert_eq!(
            seconds.round() as i64,
            alarm["seconds_in_alarm"].as_i64().unwrap(),
            "{options}"
        );
    }
}

#[test]
fn bursts_attempts_and_known_incidents_are_judged() {
    let folder = tempfile::tempdir().unwrap();
    let known = folder.path().join("known.csv");
    std::fs::write(
        &known,
        "start,end\n2026-03-03T09:30:00Z,2026-03-03T13:00:00Z\n\
         2026-03-09T00:00:00Z,2026-03-09T01:00:00Z\n",
    )
    .unwrap();
    let rows = rows(&format!(
        "--threshold 1,3 --period 300 --datapoints 1/1,2/3 --known {}",
        known.display()
    ));
    let found = |row: &Value| {
        [
            "hits",
            "misses",
            "false_alarms",
            "bursts_missed",
            "attempts_not_covered",
        ]
        .map(|name| row[name].as_u64().unwrap())
    };
    assert_eq!(found(&rows[0]), [1, 1, 6, 0, 0]);
    assert_eq!(rows[0]["median_seconds_to_alarm"], 85);
    assert_eq!(rows[1]["threshold"], 3.0);
    assert_eq!(rows[1]["bursts_missed"], 6);
    assert_eq!(
        (
            &rows[2]["datapoints_to_alarm"],
            &rows[2]["evaluation_periods"]
        ),
        (&json!(2), &json!(3))
    );
}

#[test]
fn the_table_is_written_in_the_format_of_its_name() {
    let folder = tempfile::tempdir().unwrap();
    for (name, begin) in [
        ("t.csv", &b"clock,period_seconds"[..]),
        ("t.json", b"[\n{\"clock\""),
        ("t.parquet", b"PAR1"),
    ] {
        let path = folder.path().join(name);
        let run = backtest(&format!("--quiet --out {}", path.display()));
        assert_eq!(
            (run.code, run.stdout.as_str(), run.stderr.as_str()),
            (0, "", "")
        );
        assert!(std::fs::read(&path).unwrap().starts_with(begin), "{name}");
    }
    let run = backtest("--out t.xlsx");
    assert!(
        run.code == 2 && run.stderr.contains(".parquet"),
        "{}",
        run.stderr
    );
}

#[test]
fn wrong_use_is_refused_before_a_byte_is_read() {
    for (options, part) in [
        ("--threshold 3..1", "the range `3..1` is empty"),
        ("--datapoints 3/2", "write M/N"),
        ("--period 7", "a period is"),
        ("--period 5", "a period of 5 seconds does not exist"),
        ("--statistic sum", "no statistic `sum`"),
        ("--treat-missing-data never", "notBreaching"),
        ("--rule secret", "did you mean `secrets`?"),
        ("--known no/such/file", "no/such/file"),
        (
            "--datapoints 1/2000",
            "the evaluation periods together last",
        ),
    ] {
        let run = backtrail(
            ["backtest", "no/such/archive"]
                .into_iter()
                .chain(options.split_whitespace()),
        );
        assert_eq!(run.code, 2, "{options}");
        assert!(run.stderr.contains(part), "{options}: {}", run.stderr);
    }
    let text = backtest("").stdout;
    assert!(
        text.starts_with("Back-test  30 combinations over 42 attempts in 7 bursts\n"),
        "{text}"
    );
}
