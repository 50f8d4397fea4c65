//! `backtrail alarm` and `backtrail metric` as a user runs them.

use serde_json::{Value, json};

use crate::program::{Run, backtrail};

/// A folder with a definition and samples.
struct Folder {
    folder: tempfile::TempDir,
}

impl Folder {
    fn new(definition: &str, samples: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("definition"), definition).unwrap();
        std::fs::write(folder.path().join("samples"), samples).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn replay(&self, options: &str) -> Run {
        let (definition, samples) = (self.path("definition"), self.path("samples"));
        let first = ["alarm", "replay", "--definition", &definition, "--samples", &samples];
        backtrail(first.into_iter().chain(options.split_whitespace()))
    }
}

fn lines(run: &Run) -> Vec<Value> {
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

const SAMPLES: &str = "timestamp,value\n2026-01-01T00:02:10Z,1\n2026-01-01T00:09:10Z,12\n";

fn described(fields: &str) -> String {
    format!(
        r#"{{"MetricAlarms":[{{"AlarmName":"root","AlarmArn":"arn","StateValue":"OK","Namespace":"Audit",
        "MetricName":"RootLogins","Statistic":"Sum","Period":300,"EvaluationPeriods":1,"DatapointsToAlarm":1,
        "Threshold":5.0,"ComparisonOperator":"GreaterThanThreshold"{fields}}}],"CompositeAlarms":[]}}"#
    )
}

#[test]
fn replay_prints_a_transition_a_line_with_what_decided() {
    let folder = Folder::new(&described(""), SAMPLES);
    let found = lines(&folder.replay("--json --from 2026-01-01 --to 2026-01-02"));
    let expected = json!([
        {
            "alarm": "root", "time": "2026-01-01T00:03:30Z",
            "old_state": "INSUFFICIENT_DATA", "new_state": "OK",
            "reason": "Threshold Crossed: 1 out of the last 1 datapoints [1.0 (31/12/25 23:58:00)] was not greater \
                       than the threshold (5.0) (minimum 1 datapoint for ALARM -> OK transition).",
            "evaluated": [{ "start": "2025-12-31T23:58:00Z", "value": 1.0 }],
        },
        {
            "alarm": "root", "time": "2026-01-01T00:10:30Z", "old_state": "OK", "new_state": "ALARM",
            "reason": "Threshold Crossed: 1 out of the last 1 datapoints [12.0 (01/01/26 00:05:00)] was greater \
                       than the threshold (5.0) (minimum 1 datapoint for OK -> ALARM transition).",
            "evaluated": [{ "start": "2026-01-01T00:05:00Z", "value": 12.0 }],
        },
        {
            "alarm": "root", "time": "2026-01-01T00:25:30Z",
            "old_state": "ALARM", "new_state": "INSUFFICIENT_DATA",
            "reason": "Insufficient Data: 1 datapoint was unknown.",
            "evaluated": [{ "start": "2026-01-01T00:20:00Z", "value": null }],
        },
    ]);
    assert_eq!(Value::Array(found), expected);
    let text = folder.replay("").stdout;
    assert!(
        text.starts_with("root  3 transitions\n  2026-01-01T00:03:30Z  INSUFFICIENT_DATA -> OK\n"),
        "{text}"
    );
}

#[test]
fn replay_at_a_moment_evaluates_once_from_the_initial_state() {
    let folder = Folder::new(&described(r#","TreatMissingData":"ignore""#), SAMPLES);
    let state = |options: &str| lines(&folder.replay(&format!("--json {options}")))[0]["state"].clone();
    assert_eq!(state("--at 2026-01-01T00:10:00Z"), "ALARM");
    assert_eq!(state("--at 2026-01-01T05:00:00Z"), "INSUFFICIENT_DATA");
    assert_eq!(state("--at 2026-01-01T05:00:00Z --initial-state ALARM"), "ALARM");
    assert_eq!(state("--at 2026-01-01T00:26:00Z --evaluation-range 4"), "ALARM");
    let line = &lines(&folder.replay("--json --at 2026-01-01T00:10:00Z"))[0];
    assert_eq!(line["evaluated"], json!([{ "start": "2026-01-01T00:05:00Z", "value": 12.0 }]));
    assert_eq!(line["time"], "2026-01-01T00:10:00Z");
}

#[test]
fn the_options_of_a_replay_are_obeyed() {
    let folder = Folder::new(&described(""), SAMPLES);
    let times = |options: &str| -> Vec<Value> {
        lines(&folder.replay(&format!("--json {options}"))).iter().map(|line| line["time"].clone()).collect()
    };
    assert_eq!(times("--phase 49.319")[0], "2026-01-01T00:03:49.319Z");
    assert_eq!(times("--initial-state OK")[0], "2026-01-01T00:10:30Z");
    assert_eq!(times("--evaluation-range 10").last().unwrap(), "2026-01-01T01:00:30Z");
    let late = "timestamp,value,count,visible_at\n2026-01-01T00:02:10Z,12,1,2026-01-01T00:07:31Z\n";
    let folder = Folder::new(&described(""), late);
    let found = lines(&folder.replay("--json --from 2026-01-01"));
    assert_eq!(found[0]["time"], "2026-01-01T00:08:30Z", "a sample counts from visible_at on");
}

#[test]
fn a_job_file_defines_alarms_in_the_field_names_of_aws() {
    let job = "[[alarm]]\nAlarmName = \"a\"\nNamespace = \"N\"\nMetricName = \"M\"\nExtendedStatistic = \"p90\"\n\
               Period = 10\nEvaluationPeriods = 3\nThreshold = 5\nComparisonOperator = \"GreaterThanThreshold\"\n";
    let samples = "{\"timestamp\":\"2026-01-05T08:46:55Z\",\"value\":7}\n";
    let folder = Folder::new(job, samples);
    let found = lines(&folder.replay("--json --phase 8.2"));
    let times: Vec<&Value> = found.iter().map(|line| &line["time"]).collect();
    // The recorded alarm of `alarm-recorded` 1.1: one breach, in ALARM at age 3 and out of sight 113 seconds later.
    assert_eq!(times, ["2026-01-05T08:47:38.2Z", "2026-01-05T08:48:48.2Z"]);
    assert_eq!(
        found[0]["reason"],
        "Threshold Crossed: 1 datapoint [7.0 (05/01/26 08:46:50)] was greater than the threshold (5.0)."
    );
}

#[test]
fn wrong_definitions_and_samples_are_named_with_their_place() {
    let wrong = |definition: &str, samples: &str, parts: &[&str]| {
        let run = Folder::new(definition, samples).replay("--json");
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{definition}");
        parts.iter().for_each(|part| assert!(run.stderr.contains(part), "{part}: {}", run.stderr));
    };
    wrong(&described(r#","Period":"300""#), SAMPLES, &["definition: ", "line"]);
    wrong("[[alarm]]\nAlarmName = \"a\"\nPeriod = \"300\"\n", SAMPLES, &["line 3", "invalid type: string"]);
    wrong(&described(r#","TreatMissingData":"never""#), SAMPLES, &["`never`", "notBreaching"]);
    wrong(
        &described("").replace(":300", ":7"),
        SAMPLES,
        &["alarm `root`", "a period of 7 seconds does not exist"],
    );
    wrong(&described("").replace("\"Namespace\"", "\"Namespce\""), SAMPLES, &["`Namespace` is missing"]);
    wrong("{}", SAMPLES, &["there is no alarm"]);
    wrong("", SAMPLES, &["there is no alarm"]);
    wrong(&described(""), "yesterday,1", &["line 1", "yesterday"]);
    wrong(&described(r#","ThresholdMetricId":"ad1""#), SAMPLES, &["anomaly detection"]);
    wrong(
        &described(r#","Metrics":[{"Id":"q","Expression":"SELECT AVG(x) FROM y"}]"#),
        SAMPLES,
        &["Metrics Insights"],
    );
    wrong(&described(r#","EvaluationCriteria":{}"#), SAMPLES, &["PromQL"]);
    let run = Folder::new(&described(r#","Treshold":1"#), SAMPLES).replay("--json");
    assert_eq!(run.code, 0);
    assert!(run.stderr.contains("unknown field `MetricAlarms.0.Treshold`"), "{}", run.stderr);
}

#[test]
fn statistics_are_printed_for_each_period() {
    let folder = Folder::new(
        "",
        "2026-01-01T00:01:00Z,2,2\n2026-01-01T00:02:00Z,10,3\n2026-01-01T00:07:00Z,0.5,0.5\n",
    );
    let samples = folder.path("samples");
    let run = backtrail([
        "metric",
        "statistics",
        "--samples",
        &samples,
        "--period",
        "300",
        "--json",
        "--statistic",
        "Sum",
        "p50",
        "TM(25%:75%)",
        "--statistic",
        "IQM",
    ]);
    let found = lines(&run);
    assert_eq!(found[0]["start"], "2026-01-01T00:00:00Z");
    assert_eq!(found[0]["statistics"]["Sum"], 34.0);
    assert!((found[0]["statistics"]["p50"].as_f64().unwrap() - 9.874619).abs() < 1e-6);
    assert_eq!(found[0]["statistics"]["TM(25%:75%)"], found[0]["statistics"]["IQM"]);
    assert_eq!(found[1]["statistics"]["p50"], Value::Null, "less than one sample has no percentile");
    let run = backtrail(["metric", "statistics", "--samples", &samples, "--statistic", "Sum", "p50"]);
    assert!(run.stdout.contains("34") && run.stdout.contains("  -\n"), "{}", run.stdout);
    for (option, value, part) in
        [("--statistic", "sum", "no statistic `sum`"), ("--period", "7", "a period is 1, 5")]
    {
        let run =
            backtrail(["metric", "statistics", "--samples", &samples, "--statistic", "Sum", option, value]);
        assert!(run.code == 2 && run.stderr.contains(part), "{}", run.stderr);
    }
}
