//! The ranking of back-tests, the alarm that they recommend, and the command that exports it.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::program::{Run, backtrail};

/// A job with two metric filters, and two alarms on the metric of the second.
const JOB: &str = r#"
[[metric-filter]]
filterName = "deleted secrets"
filterPattern = '{ $.eventName = "GetSecretValue" && $.errorMessage = "*marked for deletion*" }'
metricTransformations = [{ metricName = "A", metricNamespace = "N", metricValue = "1" }]

[[metric-filter]]
filterName = "denied"
filterPattern = '{ $.errorCode = "AccessDenied*" }'
metricTransformations = [{ metricName = "B", metricNamespace = "N", metricValue = "1" }]

[[alarm]]
AlarmName = "denied often"
Namespace = "N"
MetricName = "B"
Statistic = "Sum"
Period = 60
EvaluationPeriods = 1
Threshold = 5
ComparisonOperator = "GreaterThanThreshold"
TreatMissingData = "notBreaching"
"#;

fn backtest(options: &[&str]) -> Run {
    let run = backtrail([&["backtest", "samples/archive"], options].concat());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{options:?}");
    run
}

fn text(options: &str) -> String {
    backtest(&options.split_whitespace().collect::<Vec<_>>()).stdout
}

fn rows(options: &str) -> Vec<Value> {
    let lines = text(&format!("--json {options}"));
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Returns everything that was measured of a combination, and so decides its group.
fn results(row: &Value) -> String {
    let mut row = row.clone();
    for setting in [
        "clock",
        "period_seconds",
        "statistic",
        "datapoints_to_alarm",
        "evaluation_periods",
        "treat_missing_data",
        "comparison_operator",
        "threshold",
        "rank",
        "group",
        "recommended",
        "calmer_threshold",
    ] {
        row.as_object_mut().unwrap().remove(setting).unwrap();
    }
    row.to_string()
}

/// Returns the measures of the ranking, the first of which decides.
fn measures(row: &Value, names: [&str; 5]) -> [i64; 5] {
    names.map(|name| row[name].as_i64().unwrap_or(-1))
}

const BY_BURSTS: [&str; 5] = [
    "bursts_missed",
    "episodes_without_burst",
    "median_seconds_to_alarm",
    "longest_seconds_to_alarm",
    "episodes",
];

const BY_INCIDENTS: [&str; 5] = [
    "misses",
    "false_alarms",
    "incident_median_seconds_to_alarm",
    "incident_longest_seconds_to_alarm",
    "episodes",
];

/// Writes two incidents, in the second of which nothing happened.
fn write_incidents(folder: &Path) -> String {
    let path = folder.join("incidents.csv");
    let incidents = "start,end\n2026-03-03T09:30:00Z,2026-03-03T13:00:00Z\n\
                     2026-03-09T00:00:00Z,2026-03-09T01:00:00Z\n";
    std::fs::write(&path, incidents).unwrap();
    path.display().to_string()
}

fn recommended(rows: &[Value]) -> &Value {
    let mut recommended = rows.iter().filter(|row| row["recommended"] == 1);
    let row = recommended.next().unwrap();
    assert!(recommended.next().is_none());
    row
}

#[test]
fn less_of_the_first_measure_that_differs_is_better() {
    let folder = tempfile::tempdir().unwrap();
    let known = format!("--known {}", write_incidents(folder.path()));
    for (options, names) in [("", BY_BURSTS), (&*known, BY_INCIDENTS)] {
        let mut rows = rows(&format!(
            "--threshold 1..20 --datapoints 1/1,2/3,3/5 {options}"
        ));
        assert_eq!(rows.len(), 180);
        rows.sort_by_key(|row| row["rank"].as_u64());
        let ranks = rows.iter().map(|row| row["rank"].as_u64().unwrap());
        assert!(ranks.eq(1..=180));
        assert!(rows.is_sorted_by_key(|row| measures(row, names)));
        assert!(
            rows.is_sorted_by_key(|row| row["group"].as_u64()),
            "groups hold together"
        );
        assert_eq!(recommended(&rows)["rank"], 1);
    }
}

#[test]
fn alarms_of_a_group_have_equal_results_and_those_of_others_do_not() {
    let mut groups: BTreeMap<u64, String> = BTreeMap::new();
    for row in rows("--threshold 1..20 --datapoints 1/1,2/3 --treat-missing-data missing,ignore") {
        let group = groups.entry(row["group"].as_u64().unwrap());
        assert_eq!(*group.or_insert_with(|| results(&row)), results(&row));
    }
    let mut distinct: Vec<&String> = groups.values().collect();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), groups.len());
    assert!(groups.len() > 10 && groups.keys().copied().eq(1..=groups.len() as u64));
}

#[test]
fn the_text_is_short_and_narrow_and_ends_with_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let known = format!("--known {}", write_incidents(folder.path()));
    for options in [
        "--threshold 1..20 --datapoints 1/1,2/3,3/5",
        "--threshold 1..20,31,57,100..1000..50 --treat-missing-data missing,ignore,breaching",
        "--threshold 1..3 --clock event,delivery,shift=15m --statistic Sum,p99.9,TM(10%:90%)",
        "--threshold 0.1..2..0.1 --datapoints 1/1,1/2,2/2,1/3,2/3,3/3,10/12 --period 60,3600",
        &known,
    ] {
        let text = text(options);
        let wide: Vec<&str> = text
            .lines()
            .filter(|line| line.chars().count() > 80)
            .collect();
        assert!(wide.is_empty(), "{options}: {wide:#?}");
        assert!(text.lines().count() < 75, "{options}:\n{text}");
        let (_, command) = text.rsplit_once("\n\n").unwrap();
        assert!(
            command.starts_with("backtrail job export --rule secrets --format cloudformation ")
        );
        let command = command.replace("\\\n", " ");
        let words: Vec<&str> = command.split_whitespace().collect();
        let row = rows(options);
        let row = recommended_row(&row);
        let value = |option: &str| {
            let place = words.iter().position(|word| *word == option).unwrap();
            words[place + 1].to_owned()
        };
        let threshold: f64 = value("--threshold").parse().unwrap();
        assert_eq!(threshold, row["threshold"].as_f64().unwrap());
        assert_eq!(value("--period"), row["period_seconds"].to_string());
        assert_eq!(
            value("--datapoints"),
            format!(
                "{}/{}",
                row["datapoints_to_alarm"], row["evaluation_periods"]
            )
        );
        assert_eq!(value("--statistic"), row["statistic"].as_str().unwrap());
        assert_eq!(
            value("--treat-missing-data"),
            row["treat_missing_data"].as_str().unwrap()
        );
    }
}

/// Returns a row of the alarm that is recommended, of which there is one for each clock.
fn recommended_row(rows: &[Value]) -> &Value {
    rows.iter().find(|row| row["recommended"] == 1).unwrap()
}

#[test]
fn an_alarm_that_stays_in_alarm_misses_all_bursts_but_the_first() {
    let rows = rows("--threshold 1 --period 300 --treat-missing-data missing,ignore,breaching");
    let missed = |row: &Value| (row["bursts_missed"].as_u64(), row["bursts_masked"].as_u64());
    assert_eq!(missed(&rows[0]), (Some(0), Some(0)));
    assert_eq!(
        (missed(&rows[1]), &rows[1]["episodes"]),
        ((Some(6), Some(6)), &1.into())
    );
    assert_eq!(rows[2]["episodes"], 1);
    assert_eq!(recommended(&rows)["treat_missing_data"], "missing");
}

#[test]
fn of_equal_alarms_the_one_closest_to_the_default_is_recommended() {
    // The last burst alone: two attempts in one minute.
    let options = "--from 2026-03-04 --threshold 1..3 --treat-missing-data notBreaching,missing";
    let text = text(options);
    assert!(text.starts_with("Back-test  18 combinations over 2 attempts in 1 burst\n"));
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "Recommended Sum >= 1, 1 of 1 datapoints of 300 s, missing data: missing",
        "11 other alarms are as good, but further from AWS's default.",
        "The next best misses 1.",
        "A single burst is little to judge by.",
    ] {
        assert!(words.contains(part), "{part}: {text}");
    }
}

#[test]
fn nothing_is_recommended_without_anything_to_judge_by() {
    let nothing = backtest(&["--pattern", "{ $.eventName = \"NoSuchEvent\" }"]).stdout;
    assert!(nothing.starts_with("Back-test  30 combinations over 0 matches in 0 bursts\n"));
    let end = "\nThere is nothing to judge alarms by, so none is recommended.\n";
    assert!(nothing.ends_with(end), "{nothing}");
    let missed = text("--threshold 50..60");
    assert!(missed.contains("     33  >= 50..60;\n"), "{missed}");
    let end = "\nEvery alarm misses all 7 bursts, so none is recommended.\n";
    assert!(missed.ends_with(end), "{missed}");
    let rows = rows("--threshold 50..60");
    assert!(rows.iter().all(|row| row["recommended"] == 0));
}

#[test]
fn a_higher_threshold_with_more_episodes_says_so() {
    for row in rows("--threshold 1..5 --period 900") {
        let threshold = row["threshold"].as_f64().unwrap();
        let episodes = row["episodes"].as_u64().unwrap();
        let calmer = row["calmer_threshold"].as_f64();
        match threshold {
            2.0 => assert_eq!((episodes, calmer), (20, Some(1.0))),
            3.0 => assert_eq!((episodes, calmer), (13, Some(1.0))),
            _ => assert_eq!((episodes, calmer), (8, None)),
        }
    }
    let text = text("--threshold 1..5 --period 900");
    assert!(text.contains(">= 2; 1/1 of 900 s (*)\n") && text.contains(">= 1; 1/1 of 900 s\n"));
    assert!(text.contains("\n (*) has more episodes than a lower threshold"));
}

#[test]
fn an_alarm_is_as_good_as_under_its_worst_clock() {
    let rows = rows("--threshold 1..3 --clock event,delivery");
    let (event, delivery) = rows.split_at(9);
    for (one, other) in event.iter().zip(delivery) {
        for column in ["rank", "group", "recommended", "threshold"] {
            assert_eq!(one[column], other[column], "{column}");
        }
    }
    let mut alarms: Vec<_> = event.iter().zip(delivery).collect();
    alarms.sort_by_key(|(one, _)| one["rank"].as_u64());
    let worst = |one: &Value, other: &Value| {
        let (one, other) = (measures(one, BY_BURSTS), measures(other, BY_BURSTS));
        [0, 1, 2, 3, 4].map(|measure| one[measure].max(other[measure]))
    };
    assert!(alarms.is_sorted_by_key(|(one, other)| worst(one, other)));
}

#[test]
fn each_rule_is_tested_as_if_it_were_alone() {
    let options = "--threshold 1..3 --clock event,delivery";
    let together = rows(&format!("{options} --rule cis-5.0,all"));
    for name in ["secrets", "kms", "cis-unauthorized-api-calls"] {
        let alone = rows(&format!("{options} --rule {name}"));
        let of_rule = together.iter().filter(|row| row["rule"] == name);
        assert!(of_rule.eq(&alone), "{name}");
    }
    let text = text(&format!("{options} --rule all"));
    let section = |name: &str| text.find(&format!("Rule  {name}\n\nBack-test  18 combinations"));
    assert_eq!(section("secrets"), Some(0));
    assert!(section("kms") > Some(0));
    assert!(text.contains("\nbacktrail job export --rule kms --format cloudformation "));
}

#[test]
fn a_name_chooses_among_the_filters_of_a_job() {
    let folder = tempfile::tempdir().unwrap();
    let job = folder.path().join("job.toml").display().to_string();
    std::fs::write(&job, JOB).unwrap();
    let run =
        |rest: &[&str]| backtest(&[&["--job", &job, "--threshold", "1..3"], rest].concat()).stdout;

    let all = run(&[]);
    assert!(all.starts_with("Rule  deleted secrets\n\nBack-test  9 combinations over 42 matches"));
    assert!(
        all.contains("\nRule  denied\n\nBack-test  9 combinations over "),
        "{all}"
    );
    assert!(all.contains("missing data: notBreaching"), "{all}");

    let one = run(&["--rule", "denied"]);
    assert!(one.starts_with("Back-test  9 combinations over "), "{one}");
    assert!(one.contains("  > 1..3;"), "{one}");
    let one = run(&["--rule", "deleted secrets"]);
    let (_, command) = one.rsplit_once("\n\n").unwrap();
    let command = command.replace(" \\\n ", "");
    assert!(
        command.starts_with(&format!(
            "backtrail job export --job {job} --rule 'deleted secrets' "
        )),
        "{command}"
    );

    let both = run(&["--rule", "denied,kms"]);
    let rules: Vec<&str> = both
        .lines()
        .filter(|line| line.starts_with("Rule  "))
        .collect();
    assert_eq!(rules, ["Rule  kms", "Rule  denied"]);

    let wrong = backtrail([
        "backtest",
        "no/such/archive",
        "--job",
        &job,
        "--rule",
        "Denid",
    ]);
    assert_eq!(wrong.code, 2);
    assert!(
        wrong
            .stderr
            .contains("no rule `Denid`; did you mean `denied`?"),
        "{}",
        wrong.stderr
    );
}

#[test]
fn the_command_is_what_a_shell_takes() {
    let pattern = "{ ($.eventName = \"GetSecretValue\") && ($.userAgent != \"it's a test of a long \
                   pattern that does not fit into a line\") }";
    let run = backtrail([
        "backtest",
        "samples/archive",
        "--quiet",
        "--pattern",
        pattern,
        "--metric-value",
        "2",
        "--unit",
        "Count",
    ]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let text = backtrail([
        "backtest",
        "samples/archive",
        "--pattern",
        pattern,
        "--metric-value",
        "2",
        "--unit",
        "Count",
    ])
    .stdout;
    let (_, command) = text.rsplit_once("\n\n").unwrap();
    assert!(
        command.lines().all(|line| line.chars().count() <= 80),
        "{command}"
    );
    let shell = std::process::Command::new("sh")
        .args(["-c", &command.replacen("backtrail", "printf '%s\\n'", 1)])
        .output()
        .unwrap();
    let words = String::from_utf8(shell.stdout).unwrap();
    let expected = [
        "job",
        "export",
        "--pattern",
        pattern,
        "--metric-value",
        "2",
        "--unit",
        "Count",
        "--format",
    ];
    assert!(words.starts_with(&expected.join("\n")), "{words}");
}

#[test]
fn the_text_names_the_file_with_all_combinations() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.csv");
    let text = text(&format!("--threshold 1..20 --out {}", file.display()));
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.contains(&format!("{} has all combinations.", file.display())),
        "{text}"
    );
    let csv = std::fs::read_to_string(&file).unwrap();
    assert_eq!(csv.lines().count(), 61);
    let header = csv.lines().next().unwrap();
    assert!(
        header.ends_with(
            "attempts_not_covered,rule,rank,group,recommended,calmer_threshold,bursts_masked,\
             episodes_without_burst"
        ),
        "{header}"
    );
}
