//! `backtrail alarm` and `backtrail metric` as a user runs them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::program::{Colours, Run, backtrail, run};

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
        backtrail(self.arguments(options))
    }

    fn replay_in_colour(&self, options: &str) -> Run {
        run(self.arguments(options), Colours::Always, b"")
    }

    fn arguments(&self, options: &str) -> Vec<String> {
        let (definition, samples) = (self.path("definition"), self.path("samples"));
        let files = format!("alarm replay --definition {definition} --samples {samples} {options}");
        files.split_whitespace().map(str::to_owned).collect()
    }
}

fn lines(run: &Run) -> Vec<Value> {
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    run.stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
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
    let state =
        |options: &str| lines(&folder.replay(&format!("--json {options}")))[0]["state"].clone();
    assert_eq!(state("--at 2026-01-01T00:10:00Z"), "ALARM");
    assert_eq!(state("--at 2026-01-01T05:00:00Z"), "INSUFFICIENT_DATA");
    assert_eq!(
        state("--at 2026-01-01T05:00:00Z --initial-state ALARM"),
        "ALARM"
    );
    assert_eq!(
        state("--at 2026-01-01T00:26:00Z --evaluation-range 4"),
        "ALARM"
    );
    let line = &lines(&folder.replay("--json --at 2026-01-01T00:10:00Z"))[0];
    assert_eq!(
        line["evaluated"],
        json!([{ "start": "2026-01-01T00:05:00Z", "value": 12.0 }])
    );
    assert_eq!(line["time"], "2026-01-01T00:10:00Z");
}

#[test]
fn the_options_of_a_replay_are_obeyed() {
    let folder = Folder::new(&described(""), SAMPLES);
    let times = |options: &str| -> Vec<Value> {
        lines(&folder.replay(&format!("--json {options}")))
            .iter()
            .map(|line| line["time"].clone())
            .collect()
    };
    assert_eq!(
        times("--evaluation-offset 49.319")[0],
        "2026-01-01T00:03:49.319Z"
    );
    assert_eq!(
        times("--phase 49.319"),
        times("--evaluation-offset 49.319"),
        "the former name"
    );
    assert_eq!(times("--initial-state OK")[0], "2026-01-01T00:10:30Z");
    assert_eq!(
        times("--evaluation-range 10").last().unwrap(),
        "2026-01-01T01:00:30Z"
    );
    let late = "timestamp,value,count,visible_at\n2026-01-01T00:02:10Z,12,1,2026-01-01T00:07:31Z\n";
    let folder = Folder::new(&described(""), late);
    let found = lines(&folder.replay("--json --from 2026-01-01"));
    assert_eq!(
        found[0]["time"], "2026-01-01T00:08:30Z",
        "a sample counts from visible_at on"
    );
}

#[test]
fn a_job_file_defines_alarms_in_the_field_names_of_aws() {
    let job = "[[alarm]]\nAlarmName = \"a\"\nNamespace = \"N\"\nMetricName = \"M\"\nExtendedStatistic = \"p90\"\n\
               Period = 10\nEvaluationPeriods = 3\nThreshold = 5\nComparisonOperator = \"GreaterThanThreshold\"\n";
    let samples = "{\"timestamp\":\"2026-01-05T08:46:55Z\",\"value\":7}\n";
    let folder = Folder::new(job, samples);
    let found = lines(&folder.replay("--json --evaluation-offset 8.2"));
    let times: Vec<&Value> = found.iter().map(|line| &line["time"]).collect();
    // As recorded on AWS: one breach, in ALARM at age 3, out of sight 113 seconds after it
    // (sources, E13).
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
        parts
            .iter()
            .for_each(|part| assert!(run.stderr.contains(part), "{part}: {}", run.stderr));
    };
    wrong(
        &described(r#","Period":"often""#),
        SAMPLES,
        &["definition: alarm `root`: `Period`: `often` is not a number"],
    );
    wrong(
        "[[alarm]]\nAlarmName = \"a\"\nPeriod = \"300\"\n",
        SAMPLES,
        &["line 3", "invalid type: string"],
    );
    wrong(
        &described(r#","TreatMissingData":"never""#),
        SAMPLES,
        &["`never`", "notBreaching"],
    );
    wrong(
        &described("").replace(":300", ":7"),
        SAMPLES,
        &["alarm `root`", "a period of 7 seconds does not exist"],
    );
    wrong(
        &described("").replace("\"Namespace\"", "\"Namespce\""),
        SAMPLES,
        &["`Namespace` is missing"],
    );
    wrong("{}", SAMPLES, &["there is no alarm"]);
    wrong("", SAMPLES, &["there is no alarm"]);
    wrong(&described(""), "yesterday,1", &["line 1", "yesterday"]);
    wrong(
        &described(r#","ThresholdMetricId":"ad1""#),
        SAMPLES,
        &["anomaly detection"],
    );
    wrong(
        &described(r#","Metrics":[{"Id":"q","Expression":"SELECT AVG(x) FROM y"}]"#),
        SAMPLES,
        &["Metrics Insights"],
    );
    wrong(
        &described(r#","EvaluationCriteria":{}"#),
        SAMPLES,
        &["PromQL"],
    );
    let run = Folder::new(&described(r#","Treshold":1"#), SAMPLES).replay("--json");
    assert_eq!(run.code, 0);
    assert!(
        run.stderr
            .contains("unknown field `MetricAlarms.0.Treshold`"),
        "{}",
        run.stderr
    );
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
    assert_eq!(
        found[0]["statistics"]["TM(25%:75%)"],
        found[0]["statistics"]["IQM"]
    );
    assert_eq!(
        found[1]["statistics"]["p50"],
        Value::Null,
        "less than one sample has no percentile"
    );
    let run = backtrail([
        "metric",
        "statistics",
        "--samples",
        &samples,
        "--statistic",
        "Sum",
        "p50",
    ]);
    assert!(
        run.stdout.contains("34") && run.stdout.contains("  -\n"),
        "{}",
        run.stdout
    );
    for (option, value, part) in [
        ("--statistic", "sum", "no statistic `sum`"),
        ("--period", "7", "a period is 1, 5"),
    ] {
        let run = backtrail([
            "metric",
            "statistics",
            "--samples",
            &samples,
            "--statistic",
            "Sum",
            option,
            value,
        ]);
        assert!(run.code == 2 && run.stderr.contains(part), "{}", run.stderr);
    }
}

#[test]
fn statistics_are_those_of_each_metric() {
    let samples = "timestamp,value,metric\n2026-01-01T00:01:00Z,1,Denied\n\
        2026-01-01T00:02:00Z,100,Logins\n2026-01-01T00:06:00Z,3,Denied\n";
    let folder = Folder::new("", samples);
    let samples = folder.path("samples");
    let statistics = |options: &[&str]| {
        let words = [
            "metric",
            "statistics",
            "--samples",
            &samples,
            "--statistic",
            "Sum",
        ];
        backtrail(words.iter().chain(options).copied())
    };
    let found = lines(&statistics(&["--json"]));
    let rows: Vec<(&str, &str, f64)> = found
        .iter()
        .map(|row| {
            let sum = row["statistics"]["Sum"].as_f64().unwrap();
            let text = |name: &str| row[name].as_str().unwrap();
            (text("metric"), text("start"), sum)
        })
        .collect();
    let expected = [
        ("Denied", "2026-01-01T00:00:00Z", 1.0),
        ("Denied", "2026-01-01T00:05:00Z", 3.0),
        ("Logins", "2026-01-01T00:00:00Z", 100.0),
    ];
    assert_eq!(rows, expected);
    let table = statistics(&[]).stdout;
    for part in ["metric", "Denied", "Logins", " 100\n"] {
        assert!(table.contains(part), "{part}: {table}");
    }
}

#[test]
fn statistics_have_the_names_under_which_they_were_requested() {
    let folder = Folder::new("", "2026-01-01T00:01:00Z,1\n2026-01-01T00:02:00Z,100\n");
    let samples = folder.path("samples");
    let names = ["TM(10%:)", "TM(0%:90%)", "TM90", "P50.0"];
    let first = [
        "metric",
        "statistics",
        "--json",
        "--samples",
        &samples,
        "--statistic",
    ];
    let found = lines(&backtrail(first.into_iter().chain(names)));
    let statistics = found[0]["statistics"].as_object().unwrap();
    let found: BTreeSet<&str> = statistics.keys().map(String::as_str).collect();
    assert_eq!(found, BTreeSet::from(names));
}

/// What a command prints as one JSON document.
fn document(run: &Run) -> Value {
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    serde_json::from_str(&run.stdout).unwrap()
}

const ACTIONS: &str = r#","AlarmDescription":"root used the console","OKActions":[],
    "AlarmActions":["arn:aws:sns:us-east-1:111122223333:pager"]"#;

#[test]
fn the_history_has_the_shape_of_describe_alarm_history() {
    let folder = Folder::new(&described(""), SAMPLES);
    let history = document(&folder.replay("--output history --evaluation-offset 44.401"));
    let items = history["AlarmHistoryItems"].as_array().unwrap();
    let summaries: Vec<&str> = items
        .iter()
        .map(|item| item["HistorySummary"].as_str().unwrap())
        .collect();
    assert_eq!(
        summaries,
        [
            "Alarm updated from ALARM to INSUFFICIENT_DATA",
            "Alarm updated from OK to ALARM",
            "Alarm updated from INSUFFICIENT_DATA to OK",
        ]
    );
    let alarm = &items[1];
    assert_eq!(
        (&alarm["AlarmName"], &alarm["AlarmType"]),
        (&json!("root"), &json!("MetricAlarm"))
    );
    assert_eq!(alarm["HistoryItemType"], "StateUpdate");
    let data: Value = serde_json::from_str(alarm["HistoryData"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&data["version"], &data["oldState"]["stateValue"]),
        (&json!("1.0"), &json!("OK"))
    );
    let expected = json!({
        "version": "1.0", "queryDate": "2026-01-01T00:10:44.401+0000", "startDate": "2026-01-01T00:05:00.000+0000",
        "statistic": "Sum", "period": 300, "recentDatapoints": [12.0], "threshold": 5.0,
        "evaluatedDatapoints": [
            { "timestamp": "2026-01-01T00:05:00.000+0000", "sampleCount": 1.0, "value": 12.0 },
        ],
    });
    assert_eq!(data["newState"]["stateReasonData"], expected);
    let first: Value = serde_json::from_str(items[2]["HistoryData"].as_str().unwrap()).unwrap();
    let initial = json!({ "stateValue": "INSUFFICIENT_DATA", "stateReason": "Unchecked: Initial alarm creation" });
    assert_eq!(first["oldState"], initial);
}

#[test]
fn a_notification_is_the_message_and_the_mail_of_a_transition_with_actions() {
    let folder = Folder::new(&described(ACTIONS), SAMPLES);
    let place = "--account 111122223333 --region us-east-1";
    let found = document(&folder.replay(&format!("--output notifications {place}")));
    let found = found.as_array().unwrap();
    assert_eq!(found.len(), 1, "only ALARM has an action");
    assert_eq!(
        found[0]["Topics"],
        json!(["arn:aws:sns:us-east-1:111122223333:pager"])
    );
    assert_eq!(
        found[0]["Subject"],
        "ALARM: \"root\" in US East (N. Virginia)"
    );
    let message = found[0]["Message"].as_str().unwrap();
    assert!(message.starts_with(
        "{\"AlarmName\":\"root\",\"AlarmDescription\":\"root used the console\",\"AWSAccountId\""
    ));
    let message: Value = serde_json::from_str(message).unwrap();
    assert_eq!(message["StateChangeTime"], "2026-01-01T00:10:30.000+0000");
    assert_eq!(
        message["AlarmArn"],
        "arn:aws:cloudwatch:us-east-1:111122223333:alarm:root"
    );
    let trigger = json!({
        "MetricName": "RootLogins", "Namespace": "Audit", "StatisticType": "Statistic", "Statistic": "SUM",
        "Unit": null, "Dimensions": [], "Period": 300, "EvaluationPeriods": 1, "DatapointsToAlarm": 1,
        "ComparisonOperator": "GreaterThanThreshold", "Threshold": 5.0, "TreatMissingData": "missing",
        "EvaluateLowSampleCountPercentile": "",
    });
    assert_eq!(message["Trigger"], trigger);
    let mail = found[0]["Email"].as_str().unwrap();
    for line in [
        "- State Change:               OK -> ALARM\n",
        "- Timestamp:                  Thursday 01 January, 2026 00:10:30 UTC\n",
        "- The alarm is in the ALARM state when the metric is GreaterThanThreshold 5.0 for at least 1 of the last 1 \
         period(s) of 300 seconds.\n",
    ] {
        assert!(mail.contains(line), "{line} in {mail}");
    }
}

#[test]
fn an_alarm_without_enabled_actions_notifies_nobody_and_a_place_is_needed_for_those_that_do() {
    let disabled = Folder::new(
        &described(&format!(r#"{ACTIONS},"ActionsEnabled":false"#)),
        SAMPLES,
    );
    let place = "--account 111122223333 --region us-east-1";
    assert_eq!(
        document(&disabled.replay(&format!("--output notifications {place}"))),
        json!([])
    );
    let unplaced = disabled.replay("--output notifications");
    assert_eq!((unplaced.code, unplaced.stdout.as_str()), (2, ""));
    assert!(
        unplaced.stderr.contains("give --account and --region"),
        "{}",
        unplaced.stderr
    );
    let described = described(ACTIONS).replace(
        r#""AlarmArn":"arn""#,
        r#""AlarmArn":"arn:aws:cloudwatch:eu-west-2:444455556666:alarm:root""#,
    );
    let placed = document(&Folder::new(&described, SAMPLES).replay("--output notifications"));
    assert_eq!(placed[0]["Subject"], "ALARM: \"root\" in EU (London)");
    let once = disabled.replay("--output history --at 2026-01-01");
    assert!(
        once.code == 2 && once.stderr.contains("--at evaluates once"),
        "{}",
        once.stderr
    );
}

#[test]
fn a_replay_is_compared_with_what_aws_recorded() {
    let folder = Folder::new(&described(""), SAMPLES);
    let history = folder
        .replay("--output history --evaluation-offset 44.401")
        .stdout;
    std::fs::write(folder.path("history"), &history).unwrap();
    let against = format!("--check-against {}", folder.path("history"));
    let same = &lines(&folder.replay(&format!("{against} --json")))[0];
    let expected = json!({
        "alarm": "root", "score": 1.0, "agreeing": 3, "agreeing_in_datapoints": 3, "only_recorded": 0,
        "only_replayed": 0, "set_by_hand": 0, "evaluation_offset_milliseconds": 44_401, "first_difference": null,
    });
    assert_eq!(same, &expected, "the offset is that of the record");

    std::fs::write(
        folder.path("samples"),
        "timestamp,value\n2026-01-01T00:02:10Z,1\n",
    )
    .unwrap();
    let other = &lines(&folder.replay(&format!("{against} --json")))[0];
    assert_eq!(
        (&other["agreeing"], &other["only_recorded"]),
        (&json!(1), &json!(2))
    );
    let recorded = &other["first_difference"]["recorded"];
    assert_eq!(
        (&recorded["time"], &recorded["new_state"]),
        (&json!("2026-01-01T00:10:44.401Z"), &json!("ALARM"))
    );
    let text = folder.replay(&against).stdout;
    assert!(text.starts_with("root  score 0.25\n"), "{text}");
    assert!(
        text.contains("recorded  2026-01-01T00:10:44.401Z  OK -> ALARM\n"),
        "{text}"
    );
    assert!(text.ends_with("    replayed  nothing then\n"), "{text}");
}

/// A change of state as AWS records it for a composite alarm, whose reason has no datapoints.
fn composite_change(time: &str, old: &str, new: &str) -> Value {
    let child = json!({ "arn": "arn", "state": { "value": new, "timestamp": time } });
    let data = json!({
        "version": "1.0",
        "oldState": { "stateValue": old, "stateReason": "" },
        "newState": {
            "stateValue": new, "stateReason": "",
            "stateReasonData": { "triggeringAlarms": [child] },
        },
    });
    json!({
        "AlarmName": "either", "AlarmType": "CompositeAlarm", "Timestamp": time,
        "HistoryItemType": "StateUpdate", "HistoryData": data.to_string(),
    })
}

#[test]
fn a_composite_alarm_is_compared_over_the_recorded_states_of_its_children() {
    let mut definitions: Value = serde_json::from_str(&described("")).unwrap();
    definitions["CompositeAlarms"] = json!([
        { "AlarmName": "either", "AlarmRule": "ALARM(root)" },
        { "AlarmName": "unknown", "AlarmRule": "ALARM(nothing)" },
    ]);
    let folder = Folder::new(&definitions.to_string(), SAMPLES);
    let printed = folder.replay("--output history").stdout;
    let mut history: Value = serde_json::from_str(&printed).unwrap();
    let items = history["AlarmHistoryItems"].as_array_mut().unwrap();
    items.retain(|item| item["AlarmName"] == "root");
    let alarm = items
        .iter()
        .find(|item| {
            item["HistorySummary"]
                .as_str()
                .unwrap()
                .ends_with("to ALARM")
        })
        .unwrap();
    let time = alarm["Timestamp"].as_str().unwrap().to_owned();
    items.push(composite_change(&time, "OK", "ALARM"));
    let mut unknown = composite_change(&time, "OK", "ALARM");
    unknown["AlarmName"] = json!("unknown");
    items.push(unknown);
    std::fs::write(folder.path("history"), history.to_string()).unwrap();

    let run = folder.replay(&format!(
        "--json --check-against {}",
        folder.path("history")
    ));
    assert_eq!(run.code, 0, "{}", run.stderr);
    let compared: Vec<Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(compared.len(), 2, "{compared:?}");
    assert_eq!(
        compared[1],
        json!({
            "alarm": "either", "score": 1.0, "agreeing": 1, "agreeing_in_datapoints": 0,
            "only_recorded": 0, "only_replayed": 0, "set_by_hand": 0,
            "evaluation_offset_milliseconds": null, "first_difference": null,
        })
    );
    let warning = "composite alarm `unknown` is not compared: no state of its child `nothing` is";
    assert!(run.stderr.contains(warning), "{}", run.stderr);
}

#[test]
fn a_state_that_was_set_by_hand_is_taken_over_and_a_new_configuration_is_told() {
    let folder = Folder::new(&described(""), "timestamp,value\n2026-01-01T00:02:10Z,12\n");
    let by_hand = r#"{"oldState":{"stateValue":"ALARM"},"newState":{"stateValue":"OK","stateReason":"tested"}}"#;
    let item = |kind: &str, time: &str, data: &str| json!({"AlarmName": "root", "HistoryItemType": kind, "Timestamp": time, "HistoryData": data});
    let evaluated = |time: &str, old: &str, new: &str| {
        let data = json!({
            "oldState": { "stateValue": old },
            "newState": { "stateValue": new, "stateReasonData": { "queryDate": time } },
        });
        item("StateUpdate", "2026-01-01T00:00:00Z", &data.to_string())
    };
    let items = [
        evaluated("2026-01-01T00:03:20.000+0000", "INSUFFICIENT_DATA", "ALARM"),
        item("ConfigurationUpdate", "2026-01-01T00:04:00.5+00:00", "{}"),
        item("StateUpdate", "2026-01-01T00:06:00.5+00:00", by_hand),
        evaluated("2026-01-01T00:06:20.000+0000", "OK", "ALARM"),
    ];
    std::fs::write(
        folder.path("history"),
        json!({ "AlarmHistoryItems": items }).to_string(),
    )
    .unwrap();
    let run = folder.replay(&format!(
        "--json --check-against {}",
        folder.path("history")
    ));
    assert!(
        run.stderr
            .contains("was reconfigured at 2026-01-01T00:04:00.5Z"),
        "{}",
        run.stderr
    );
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        (&found["agreeing"], &found["set_by_hand"]),
        (&json!(2), &json!(1)),
        "{found}"
    );
    assert_eq!(
        (&found["only_recorded"], &found["only_replayed"]),
        (&json!(0), &json!(0)),
        "{found}"
    );
    let later = format!(
        "--json --from 2026-01-01T00:06:10Z --check-against {}",
        folder.path("history")
    );
    assert_eq!(lines(&folder.replay(&later))[0]["agreeing"], 1);
    let wrong = folder.replay(&format!("--check-against {}", folder.path("samples")));
    assert!(
        wrong.code == 2 && wrong.stderr.contains("describe-alarm-history"),
        "{}",
        wrong.stderr
    );
}

#[test]
fn a_wall_clock_alarm_looks_at_complete_hours_of_its_zone() {
    let hourly = |window: &str| {
        described(&format!(r#","EvaluationWindow":{window}"#))
            .replace(r#""Period":300"#, r#""Period":3600"#)
    };
    let samples = "timestamp,value\n2026-01-01T10:10:00Z,12\n";
    let first = |window: &str| {
        let found = lines(
            &Folder::new(&hourly(window), samples)
                .replay("--json --from 2026-01-01T08:00:00Z --initial-state OK"),
        );
        found
            .iter()
            .find(|line| line["new_state"] == "ALARM")
            .unwrap()["time"]
            .clone()
    };
    assert_eq!(first(r#"{"SlidingWindow":{}}"#), "2026-01-01T10:11:30Z");
    assert_eq!(first(r#"{"WallClockWindow":{}}"#), "2026-01-01T11:00:30Z");
    assert_eq!(
        first(r#"{"WallClockWindow":{"Timezone":"Asia/Kolkata"}}"#),
        "2026-01-01T10:30:30Z"
    );
    let error = |definition: String| Folder::new(&definition, samples).replay("").stderr;
    let unknown = error(hourly(r#"{"WallClockWindow":{"Timezone":"Atlantis"}}"#));
    assert!(
        unknown.contains("`Atlantis` is not a time zone"),
        "{unknown}"
    );
    let both = error(hourly(r#"{"SlidingWindow":{},"WallClockWindow":{}}"#));
    assert!(both.contains("exclude each other"), "{both}");
    let period =
        error(described(r#","EvaluationWindow":{"WallClockWindow":{}}"#).replace(":300", ":120"));
    assert!(
        period.contains("a wall clock window has periods of 60, 300"),
        "{period}"
    );
}

#[test]
fn the_window_of_an_alarm_goes_through_a_job_file() {
    let window = r#","EvaluationWindow":{"WallClockWindow":{"Timezone":"Europe/Berlin"}}"#;
    let folder = Folder::new(&described(window), SAMPLES);
    let job = backtrail(["job", "import", &folder.path("definition")]);
    assert_eq!((job.code, job.stderr.as_str()), (0, ""));
    assert!(job.stdout.contains("Europe/Berlin"), "{}", job.stdout);
    let history = folder.replay("--output history").stdout;
    std::fs::write(folder.path("definition"), &job.stdout).unwrap();
    assert_eq!(folder.replay("--output history").stdout, history);
}

/// Two alarms on the same samples, one of which needs more, and what composite alarms make of them.
fn with_composites(composites: &str) -> String {
    let alarms = described("").replace(
        r#"],"CompositeAlarms":[]"#,
        r#",{"AlarmName":"any","AlarmArn":"arn:aws:cloudwatch:eu-west-1:111122223333:alarm:any","Namespace":"Audit",
        "MetricName":"RootLogins","Statistic":"Sum","Period":60,"EvaluationPeriods":1,"Threshold":0,
        "ComparisonOperator":"GreaterThanThreshold"}],"CompositeAlarms":[]"#,
    );
    alarms.replace(
        r#""CompositeAlarms":[]"#,
        &format!(r#""CompositeAlarms":[{composites}]"#),
    )
}

#[test]
fn composite_alarms_follow_the_states_of_others() {
    let composite = r#"{"AlarmName":"only small","AlarmArn":"arn:aws:cloudwatch:eu-west-1:111122223333:alarm:only small",
        "AlarmRule":"ALARM(any) AND NOT ALARM(\"root\")","AlarmActions":["arn:aws:sns:eu-west-1:111122223333:pager"],
        "ActionsSuppressedBy":"Alarm"}"#;
    let folder = Folder::new(&with_composites(composite), SAMPLES);
    let all = lines(&folder.replay("--json"));
    let found: Vec<&Value> = all
        .iter()
        .filter(|line| line["alarm"] == "only small")
        .collect();
    let changes: Vec<(&Value, &Value)> = found
        .iter()
        .map(|line| (&line["time"], &line["new_state"]))
        .collect();
    let (ok, alarm) = (json!("OK"), json!("ALARM"));
    let expected = [
        ("2026-01-01T00:02:10Z", &ok),
        ("2026-01-01T00:03:30Z", &alarm),
        ("2026-01-01T00:09:30Z", &ok),
    ];
    assert_eq!(
        changes,
        expected
            .map(|(time, state)| (json!(time), state))
            .each_ref()
            .map(|(t, s)| (t, *s))
    );
    assert_eq!(
        found[1]["reason"],
        "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:any transitioned to ALARM at Thursday 01 January, 2026 00:03:30 UTC"
    );
    let child = |name: &str, state: &str| json!({"alarm": name, "state": state, "since": "2026-01-01T00:03:30Z"});
    assert_eq!(
        found[1]["children"],
        json!([child("any", "ALARM"), child("root", "OK")]),
        "all that changed then"
    );

    let history = document(&folder.replay("--output history"));
    let items = history["AlarmHistoryItems"].as_array().unwrap();
    let item = items
        .iter()
        .find(|item| item["AlarmType"] == "CompositeAlarm")
        .unwrap();
    assert_eq!(item["HistorySummary"], "Alarm updated from ALARM to OK");
    let data: Value = serde_json::from_str(item["HistoryData"].as_str().unwrap()).unwrap();
    let triggering = &data["newState"]["stateReasonData"]["triggeringAlarms"][0];
    assert_eq!(
        triggering["arn"],
        "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:any"
    );

    let state = |at: &str| {
        let run = lines(&folder.replay(&format!("--json --at {at}")));
        run.iter()
            .find(|line| line["alarm"] == "only small")
            .unwrap()["state"]
            .clone()
    };
    assert_eq!(
        (state("2026-01-01T00:04:00Z"), state("2026-01-01T00:12:00Z")),
        (alarm, ok)
    );
}

#[test]
fn notifications_of_composites_are_kept_back_by_suppressors_and_mute_rules() {
    let composite = r#"{"AlarmName":"c","AlarmArn":"arn:aws:cloudwatch:eu-west-1:111122223333:alarm:c",
        "AlarmRule":"ALARM(any)","AlarmActions":["arn:aws:sns:eu-west-1:111122223333:pager"],
        "ActionsSuppressor":"arn:aws:cloudwatch:eu-west-1:111122223333:alarm:root",
        "ActionsSuppressorWaitPeriod":60,"ActionsSuppressorExtensionPeriod":120}"#;
    let definition = with_composites(composite).replace(
        r#""AlarmArn":"arn","#,
        r#""AlarmArn":"arn:aws:cloudwatch:eu-west-1:111122223333:alarm:root","#,
    );
    let folder = Folder::new(&definition, SAMPLES);
    let sent = document(&folder.replay("--output notifications"));
    assert_eq!(sent.as_array().unwrap().len(), 1, "{sent}");
    assert_eq!(
        sent[0]["Timestamp"], "2026-01-01T00:04:30.000+0000",
        "a minute was waited for the suppressor"
    );
    let message: Value = serde_json::from_str(sent[0]["Message"].as_str().unwrap()).unwrap();
    assert_eq!(message["StateChangeTime"], "2026-01-01T00:03:30.000+0000");
    assert_eq!(
        (&message["AlarmRule"], &message["Trigger"]),
        (&json!("ALARM(any)"), &Value::Null)
    );
    assert_eq!(
        message["TriggeringChildren"],
        json!([{"Arn":"arn:aws:cloudwatch:eu-west-1:111122223333:alarm:any",
                "State":{"Value":"ALARM","Timestamp":"2026-01-01T00:03:30.000+0000"}}])
    );
    let email = sent[0]["Email"].as_str().unwrap();
    assert!(email.contains(
        "has transitioned to ALARM state on Thursday 01 January, 2026 00:03:30 UTC, because \""
    ));
    assert!(
        email.contains("\n- Alarm Rule:                 ALARM(any)\n"),
        "{email}"
    );
    assert!(
        email.contains("\nTriggering children (max. 10):\n- arn:aws:cloudwatch"),
        "{email}"
    );

    let mute = r#"{"Name":"quiet","AlarmMuteRuleArn":"arn","Rule":{"Schedule":{"Expression":"cron(0 0 * * *)","Duration":"PT5M"}},
        "MuteTargets":{"AlarmNames":["c"]},"Status":"ACTIVE"}"#;
    std::fs::write(folder.path("mute"), mute).unwrap();
    let options = format!(
        "--output notifications --definition {}",
        folder.path("mute")
    );
    let muted = document(&folder.replay(&options));
    let message: Value = serde_json::from_str(muted[0]["Message"].as_str().unwrap()).unwrap();
    assert_eq!(
        muted[0]["Timestamp"], "2026-01-01T00:05:00.000+0000",
        "the window has ended"
    );
    assert_eq!(message["ActionExecutedAfterMuteWindow"], true);
}

#[test]
fn composite_alarms_that_cannot_be_replayed_are_left_out_by_name() {
    let composites = r#"{"AlarmName":"a","AlarmRule":"ALARM(b)"},{"AlarmName":"b","AlarmRule":"ALARM(a)"},
        {"AlarmName":"c","AlarmRule":"ALARM(gone)"}"#;
    let run = Folder::new(&with_composites(composites), SAMPLES).replay("");
    let warnings = [
        "warning: composite alarm `a` is left out: it watches itself by way of `b`, and AWS does not evaluate such alarms\n",
        "warning: composite alarm `b` is left out: it watches itself by way of `a`, and AWS does not evaluate such alarms\n",
        "warning: composite alarm `c` is left out: it needs alarm `gone`, which is not defined or cannot be replayed\n",
    ];
    assert_eq!(run.stderr, warnings.concat());
    assert!(
        run.code == 0 && run.stdout.starts_with("root  3 transitions\n"),
        "{}",
        run.stdout
    );
    let wrong = r#"{"AlarmName":"c","AlarmRule":"ALARM(any) XOR OK(root)"}"#;
    let run = Folder::new(&with_composites(wrong), SAMPLES).replay("");
    assert_eq!(run.code, 0);
    assert!(
        run.stderr
            .contains("composite alarm `c` is left out: expected AND, OR or the end of the rule\n"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("\n             ^^^\n"),
        "{}",
        run.stderr
    );
    let half = r#"{"AlarmName":"c","AlarmRule":"ALARM(any)","ActionsSuppressor":"root"}"#;
    let run = Folder::new(&with_composites(half), SAMPLES).replay("");
    assert!(
        run.stderr
            .contains("the field `ActionsSuppressorWaitPeriod` is needed"),
        "{}",
        run.stderr
    );
}

#[test]
fn composites_and_mute_rules_go_through_a_job_file() {
    let job = "[[alarm]]\nAlarmName = \"a\"\nNamespace = \"N\"\nMetricName = \"M\"\nStatistic = \"Sum\"\nPeriod = 60\n\
        EvaluationPeriods = 1\nThreshold = 5.0\nComparisonOperator = \"GreaterThanThreshold\"\n\
        TreatMissingData = \"missing\"\n\n[[composite-alarm]]\nAlarmName = \"c\"\nAlarmRule = \"ALARM(a)\"\n\
        ActionsSuppressor = \"a\"\nActionsSuppressorWaitPeriod = 60\nActionsSuppressorExtensionPeriod = 0\n\n\
        [[mute-rule]]\nName = \"quiet\"\nStartDate = \"2026-01-01T00:00:00Z\"\n\n[mute-rule.Rule.Schedule]\n\
        Expression = \"cron(0 2 * * SUN)\"\nDuration = \"PT4H\"\nTimezone = \"Europe/Berlin\"\n\n\
        [mute-rule.MuteTargets]\nAlarmNames = [\"a\"]\n";
    let folder = Folder::new(job, SAMPLES);
    let run = backtrail(["job", "import", &folder.path("definition")]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let value = |text: &str| toml::from_str::<toml::Table>(text).unwrap();
    assert_eq!(value(&run.stdout), value(job));
    for (part, wrong) in [
        ("cron(0 2 * * SUN)", "cron(0 2 * *)"),
        ("PT4H", "P16D"),
        ("Europe/Berlin", "Atlantis"),
    ] {
        let run = Folder::new(&job.replace(part, wrong), SAMPLES).replay("");
        assert!(
            run.code == 2 && run.stderr.contains("mute rule `quiet`: "),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn one_alarm_of_another_kind_does_not_keep_the_rest_from_being_replayed() {
    let band = r#"{"AlarmName":"band","ComparisonOperator":"GreaterThanUpperThreshold","ThresholdMetricId":"ad1"}"#;
    let alarms = described("").replace(
        r#"],"CompositeAlarms":[]"#,
        &format!(r#",{band}],"LogAlarms":[{{"AlarmName":"l"}}]"#),
    );
    let run = Folder::new(&alarms, SAMPLES).replay("");
    assert!(
        run.code == 0 && run.stdout.starts_with("root  3 transitions\n"),
        "{}",
        run.stdout
    );
    assert!(
        run.stderr
            .contains("warning: alarm `l` is left out: a log alarm cannot be replayed"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr
            .contains("warning: alarm `band` is left out: an alarm on an anomaly detection band"),
        "{}",
        run.stderr
    );
}

/// An alarm on the share of failed requests.
fn on_math(expression: &str) -> String {
    let metric = |id: &str, name: &str| {
        format!(
            r#"{{"Id":"{id}","ReturnData":false,"MetricStat":{{"Metric":{{"Namespace":"Web","MetricName":"{name}","Dimensions":[]}},
            "Period":60,"Stat":"Sum"}}}}"#
        )
    };
    format!(
        r#"{{"MetricAlarms":[{{"AlarmName":"failing","AlarmArn":"arn:aws:cloudwatch:eu-west-1:111122223333:alarm:failing",
        "AlarmActions":["arn:aws:sns:eu-west-1:111122223333:pager"],"EvaluationPeriods":1,"DatapointsToAlarm":1,
        "Threshold":50.0,"ComparisonOperator":"GreaterThanThreshold","Dimensions":[],
        "Metrics":[{{"Id":"share","Label":"share of failures","ReturnData":true,"Expression":"{expression}"}},{},{}]}}]}}"#,
        metric("failures", "Failures"),
        metric("requests", "Requests"),
    )
}

const REQUESTS: &str = "timestamp,value,metric\n2026-01-01T00:01:00Z,10,Requests\n2026-01-01T00:01:00Z,2,Failures\n\
    2026-01-01T00:02:00Z,10,Web/Requests\n2026-01-01T00:02:10Z,8,Failures\n";

#[test]
fn an_alarm_on_metric_math_computes_from_several_metrics() {
    let folder = Folder::new(&on_math("100 * failures / requests"), REQUESTS);
    let found = lines(&folder.replay("--json"));
    let changes: Vec<(&Value, &Value)> = found
        .iter()
        .map(|line| (&line["time"], &line["new_state"]))
        .collect();
    let expected = [
        (json!("2026-01-01T00:02:30Z"), json!("OK")),
        (json!("2026-01-01T00:03:30Z"), json!("ALARM")),
        (json!("2026-01-01T00:09:30Z"), json!("INSUFFICIENT_DATA")),
    ];
    assert_eq!(
        changes,
        expected.each_ref().map(|(time, state)| (time, state))
    );
    assert_eq!(
        found[1]["evaluated"],
        json!([{ "start": "2026-01-01T00:02:00Z", "value": 80.0 }])
    );

    let history = document(&folder.replay("--output history"));
    let data = history["AlarmHistoryItems"][1]["HistoryData"]
        .as_str()
        .unwrap();
    let data: Value = serde_json::from_str(data).unwrap();
    let reason = &data["newState"]["stateReasonData"];
    assert_eq!(
        (&reason["statistic"], &reason["period"]),
        (&Value::Null, &json!(60))
    );
    assert_eq!(
        reason["evaluatedDatapoints"],
        json!([{"timestamp":"2026-01-01T00:02:00.000+0000","value":80.0}])
    );

    let sent = document(&folder.replay("--output notifications"));
    let message: Value = serde_json::from_str(sent[0]["Message"].as_str().unwrap()).unwrap();
    let trigger = &message["Trigger"];
    assert_eq!(
        (&trigger["Period"], &trigger["MetricName"]),
        (&json!(60), &Value::Null)
    );
    assert_eq!(
        trigger["Metrics"][0]["Expression"],
        "100 * failures / requests"
    );
    assert_eq!(
        trigger["Metrics"][1]["MetricStat"]["Metric"]["MetricName"],
        "Failures"
    );
    assert!(
        sent[0]["Email"]
            .as_str()
            .unwrap()
            .contains("\n- MetricLabel:                share of failures\n")
    );
}

#[test]
fn metric_math_goes_through_a_job_file_and_its_errors_are_underlined() {
    let folder = Folder::new(&on_math("100 * failures / requests"), REQUESTS);
    let job = backtrail(["job", "import", &folder.path("definition")]);
    assert_eq!((job.code, job.stderr.as_str()), (0, ""));
    let replayed = folder.replay("--json").stdout;
    std::fs::write(folder.path("definition"), &job.stdout).unwrap();
    assert_eq!(folder.replay("--json").stdout, replayed);

    let error = |expression: &str| {
        let run = Folder::new(&on_math(expression), REQUESTS).replay("");
        assert_eq!(run.code, 2, "{expression}");
        run.stderr
    };
    let unknown = error("100 * faults / requests");
    assert!(
        unknown.contains("there is no metric and no expression with the id `faults`"),
        "{unknown}"
    );
    assert!(
        unknown.contains("  100 * faults / requests\n        ^^^^^^\n"),
        "{unknown}"
    );
    assert!(error("SUM(failures)").contains("an alarm needs a single time series"));
    assert!(error("SELECT AVG(x) FROM y").contains("a Metrics Insights query cannot be replayed"));
    assert!(error("ANOMALY_DETECTION_BAND(failures)").contains("AWS's trained model"));
    let two = on_math("failures").replace(
        r#""Period":60,"Stat":"Sum"}},{"Id":"requests""#,
        r#""Period":300,"Stat":"Sum"}},{"Id":"requests""#,
    );
    let run = Folder::new(&two, REQUESTS).replay("");
    assert!(
        run.stderr.contains("must have the same period"),
        "{}",
        run.stderr
    );
    let both = on_math("failures").replace(r#""ReturnData":false"#, r#""ReturnData":true"#);
    let run = Folder::new(&both, REQUESTS).replay("");
    assert!(
        run.stderr.contains("3 entries of `Metrics` return data"),
        "{}",
        run.stderr
    );
}

#[test]
fn samples_of_a_metric_that_no_alarm_watches_are_told() {
    let samples = "timestamp,value,metric\n2026-01-01T00:01:00Z,10,Web/Requets\n2026-01-01T00:02:10Z,12,Failures\n";
    let run = Folder::new(&on_math("failures"), samples).replay("");
    assert_eq!(
        run.stderr,
        "warning: the samples of metric `Web/Requets` are left out: no alarm watches it\n"
    );
}

#[test]
fn metric_math_at_ten_seconds_sees_the_newest_data() {
    let fast = on_math("failures").replace(r#""Period":60"#, r#""Period":10"#);
    let samples = "2026-01-01T00:01:04Z,80\n";
    let found = lines(&Folder::new(&fast, samples).replay("--json --evaluation-offset 1"));
    assert_eq!(
        found[0]["time"], "2026-01-01T00:01:11Z",
        "a metric would be seen ten seconds later"
    );
}

#[test]
fn a_warm_up_period_is_read_written_and_obeyed() {
    let warm = described(
        r#","WarmUpConfiguration":{"WarmUpPeriodDurationInMinutes":30,"OnlyStartEvaluatingAfterWarmUpPeriodEnds":true}"#,
    );
    let folder = Folder::new(&warm, SAMPLES);
    let found = lines(&folder.replay("--json --from 2025-12-31T23:35:00Z"));
    assert_eq!(found[0]["time"], "2026-01-01T00:05:30Z");
    let job = backtrail(["job", "import", &folder.path("definition")]).stdout;
    assert!(job.contains("WarmUpPeriodDurationInMinutes = 30"), "{job}");
    let run = Folder::new(&warm.replace(":30,", ":3000,"), SAMPLES).replay("");
    assert!(
        run.stderr
            .contains("a warm-up period lasts from 1 to 2880 minutes, not 3000"),
        "{}",
        run.stderr
    );
}

#[test]
fn an_expression_of_the_time_is_not_computed_for_ages() {
    let samples = "0005-01-01T00:00:00Z,1\n2026-01-01T00:00:00Z,1\n";
    let run = Folder::new(&on_math("failures * HOUR(failures)"), samples).replay("");
    assert!(
        run.code == 2 && run.stderr.contains("choose a range with --from and --to"),
        "{}",
        run.stderr
    );
}

/// A name that sets the title of a terminal, and begins a line that looks like a warning of its
/// own.
const HOSTILE: &str = "\u{1b}]0;owned\u{7}\nwarning: forged";

/// Checks that nothing which a terminal would obey is left in an output but colours, and returns
/// the output without them.
fn harmless(output: &str) -> String {
    let colours = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
    let plain = colours.replace_all(output, "").into_owned();
    let is_harmful = |character: char| character.is_control() && character != '\n';
    assert!(!plain.contains(is_harmful), "{plain:?}");
    let mut lines = plain.lines();
    assert!(lines.all(|line| line != "warning: forged"), "{plain:?}");
    plain
}

/// A metric alarm with a hostile name, a composite alarm on it with the same name and more, and one
/// that needs an unknown alarm.
fn hostile_definition() -> String {
    let (name, rule) = (json!(HOSTILE), json!(format!("OK(\"{HOSTILE}\")")));
    let unknown = json!(format!("OK(\"{HOSTILE} unknown\")"));
    let (composite, skipped) = (json!(format!("{HOSTILE} c")), json!(format!("{HOSTILE} s")));
    with_composites(&format!(
        r#"{{"AlarmName":{composite},"AlarmRule":{rule}}},{{"AlarmName":{skipped},"AlarmRule":{unknown}}}"#
    ))
    .replace(r#""root""#, &name.to_string())
}

#[test]
fn hostile_names_do_not_reach_the_terminal() {
    let folder = Folder::new(&hostile_definition(), SAMPLES);
    let escaped = r"\u{1b}]0;owned\u{7}\u{a}warning: forged";
    for options in ["", "--at 2026-01-01T00:10:00Z"] {
        let run = folder.replay_in_colour(options);
        assert!(run.stdout.contains("\u{1b}[1m"), "there are colours");
        let shown = harmless(&run.stdout);
        let reason = format!("    {escaped} c was created and its alarm rule evaluates to ");
        assert!(shown.contains(&reason), "{shown}");
        let warned = harmless(&run.stderr);
        let warning = format!(
            "warning: composite alarm `{escaped} s` is left out: it needs alarm `{escaped} unknown`"
        );
        assert!(warned.starts_with(&warning), "{warned}");
    }
}

#[test]
fn hostile_names_do_not_reach_the_terminal_in_a_comparison() {
    let folder = Folder::new(&hostile_definition(), SAMPLES);
    let history = document(&Run {
        stderr: String::new(),
        ..folder.replay("--output history")
    });
    let mut items = history["AlarmHistoryItems"].as_array().unwrap().clone();
    items.retain(|item| item["AlarmType"] == "MetricAlarm");
    items.push(json!({
        "AlarmName": HOSTILE, "HistoryItemType": "ConfigurationUpdate",
        "Timestamp": "2026-01-01T00:09:00Z",
    }));
    let history = json!({ "AlarmHistoryItems": items });
    std::fs::write(folder.path("history"), history.to_string()).unwrap();
    let run = folder.replay_in_colour(&format!("--check-against {}", folder.path("history")));
    assert!(run.stdout.contains("\u{1b}[1m"), "{}", run.stderr);
    let escaped = r"\u{1b}]0;owned\u{7}\u{a}warning: forged";
    let shown = harmless(&run.stdout);
    assert!(
        shown.starts_with(&format!("{escaped}  score 1.00\n")),
        "{shown}"
    );
    let warned = harmless(&run.stderr);
    for warning in [
        format!("warning: composite alarm `{escaped} c` is not compared"),
        format!("warning: alarm `{escaped}` was reconfigured at 2026-01-01T00:09:00Z"),
    ] {
        assert!(warned.contains(&warning), "{warned}");
    }
}

#[test]
fn hostile_metrics_do_not_reach_the_terminal() {
    let sample = json!({ "timestamp": "2026-01-01T00:02:10Z", "value": 1.0, "metric": HOSTILE });
    let folder = Folder::new(&described(""), &format!("{sample}\n"));
    let warned = harmless(&folder.replay_in_colour("").stderr);
    let escaped = r"\u{1b}]0;owned\u{7}\u{a}warning: forged";
    let warning = format!("warning: the samples of metric `{escaped}` are left out");
    assert!(warned.starts_with(&warning), "{warned}");
}

#[test]
fn the_hostile_name_of_an_alarm_that_cannot_be_replayed_does_not_reach_the_terminal() {
    let samples = "0005-01-01T00:00:00Z,1\n2026-01-01T00:00:00Z,1\n";
    let name = json!(HOSTILE).to_string();
    let alarm = on_math("failures * HOUR(failures)").replace(r#""failing""#, &name);
    let warned = harmless(&Folder::new(&alarm, samples).replay_in_colour("").stderr);
    assert!(warned.contains("100 years are too long"), "{warned}");

    let unplaced = described(ACTIONS).replace(r#""root""#, &name);
    let run = Folder::new(&unplaced, SAMPLES).replay_in_colour("--output notifications");
    let warned = harmless(&run.stderr);
    assert!(warned.contains("give --account and --region"), "{warned}");
}
