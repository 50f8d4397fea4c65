//! Whole metrics: filters that publish to one add up, and an alarm sees exactly the one that it
//! names, of the accounts and regions in its scope.

use std::fmt::Write;
use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{Run, audit, backtrail, beside};

/// A folder with an archive of one file, and with job files.
struct Case {
    folder: TempDir,
}

impl Case {
    fn new(records: &[Value]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("archive");
        std::fs::create_dir(&archive).unwrap();
        let content = json!({ "Records": records }).to_string();
        std::fs::write(archive.join("records.json"), content).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn audit(&self, job: &str, options: &str) -> Run {
        std::fs::write(self.path("job.toml"), job).unwrap();
        let job = self.path("job.toml");
        let archive = self.path("archive");
        audit(&format!("{options} --job {}", job.display()), &[&archive])
    }

    fn summary(&self, job: &str, options: &str) -> Value {
        self.audit(job, &format!("--json {options}")).json()
    }
}

/// A refused call at a time of 3 March 2026 in an account and region.
fn denied(time: &str, account: &str, region: &str) -> Value {
    let mut record = call("GetParameter", time, account, region);
    record["errorCode"] = json!("AccessDenied");
    record
}

fn call(name: &str, time: &str, account: &str, region: &str) -> Value {
    json!({
        "eventVersion": "1.11", "eventTime": format!("2026-03-03T{time}Z"),
        "eventSource": "ssm.amazonaws.com", "eventName": name, "awsRegion": region,
        "eventID": format!("{name} {time} {account} {region}"), "eventType": "AwsApiCall",
        "recipientAccountId": account, "eventCategory": "Management",
        "userIdentity": {"type": "IAMUser", "accountId": account},
    })
}

const DENIED: &str = r#"{ $.errorCode = "AccessDenied*" }"#;

/// A metric filter that publishes to `S/Denied`.
fn filter(name: &str, pattern: &str, transformation: &str) -> String {
    format!(
        "[[metric-filter]]\nfilterName = \"{name}\"\nfilterPattern = '{pattern}'\n\
         metricTransformations = [{{ metricName = \"Denied\", metricNamespace = \"S\", \
         {transformation} }}]\n"
    )
}

/// An alarm on the sum of `S/Denied`.
fn alarm(name: &str, fields: &str) -> String {
    let mut alarm = format!("[[alarm]]\nAlarmName = \"{name}\"\n{fields}\n");
    for (field, value) in [
        ("Namespace", "\"S\""),
        ("MetricName", "\"Denied\""),
        ("Statistic", "\"Sum\""),
        ("Period", "300"),
        ("EvaluationPeriods", "1"),
        ("Threshold", "1"),
        ("ComparisonOperator", "\"GreaterThanOrEqualToThreshold\""),
    ] {
        if !fields.contains(&format!("{field} =")) {
            writeln!(alarm, "{field} = {value}").unwrap();
        }
    }
    alarm
}

fn episodes(summary: &Value) -> Vec<(String, usize)> {
    let alarms = summary["alarms"].as_array().unwrap();
    let row = |alarm: &Value| {
        let place = [&alarm["account"], &alarm["region"]].map(|part| part.as_str().unwrap_or(""));
        let name = alarm["alarm_name"].as_str().unwrap();
        let name = [name, place[0], place[1]].join(" ");
        let episodes = alarm["episodes"].as_array().unwrap().len();
        (name.trim_end().to_owned(), episodes)
    };
    alarms.iter().map(row).collect()
}

fn found(summary: &Value) -> Vec<String> {
    let row = |(name, count): (String, usize)| format!("{name}: {count}");
    episodes(summary).into_iter().map(row).collect()
}

#[test]
fn the_samples_of_all_filters_of_a_metric_add_up() {
    let case = Case::new(&[
        denied("10:00:00", "111122223333", "eu-west-1"),
        denied("11:00:00", "111122223333", "eu-west-1"),
        call("DeleteSecret", "12:00:00", "111122223333", "eu-west-1"),
    ]);
    let job = filter("denied", DENIED, "metricValue = \"1\"")
        + &filter(
            "deletes",
            "{ $.eventName = \"DeleteSecret\" }",
            "metricValue = \"1\"",
        );
    let three = alarm("three", "Period = 86400\nThreshold = 3");
    let four = alarm("four", "Period = 86400\nThreshold = 4");
    let summary = case.summary(&(job + &three + &four), "");
    // A window that slides out of sight brings the one before back, twice.
    assert_eq!(found(&summary), ["three: 3", "four: 0"]);
    assert_eq!(summary["alarms"][0]["rules"], json!(["denied", "deletes"]));
    let attempts: Vec<&Value> = (0..2)
        .map(|rule| &summary["rules"][rule]["attempts"])
        .collect();
    assert_eq!(
        attempts,
        [2, 1],
        "a match counts once, however many alarms see it"
    );
    assert_eq!(summary["attempts"], 3);
}

#[test]
fn filters_that_publish_one_and_zero_give_the_history_of_both() {
    let mut records = vec![denied("10:00:10", "111122223333", "eu-west-1")];
    for minute in 0..10 {
        let time = format!("10:{minute:02}:20");
        records.push(call("GetParameter", &time, "111122223333", "eu-west-1"));
    }
    let case = Case::new(&records);
    let job = filter("alert", DENIED, "metricValue = \"1\"")
        + &filter("fine", "", "metricValue = \"0\"")
        + &alarm(
            "a",
            "Period = 60\nThreshold = 0\nComparisonOperator = \"GreaterThanThreshold\"\n\
             TreatMissingData = \"notBreaching\"",
        );
    let folder = case.path("report");
    let run = case.audit(&job, &format!("--json --out {}", folder.display()));
    let summary = run.json();
    assert_eq!(found(&summary), ["a: 1"]);
    assert_eq!(summary["alarms"][0]["episodes"][0]["duration_seconds"], 60);
    let metric = std::fs::read_to_string(folder.join("metric.csv")).unwrap();
    assert_eq!(
        metric.lines().count(),
        11,
        "one row for each minute: {metric}"
    );
    assert!(
        metric.contains(",60,3,1,"),
        "both filters in one row: {metric}"
    );
}

#[test]
fn an_alarm_sees_exactly_the_dimensions_that_it_names() {
    let case = Case::new(&[
        denied("10:00:00", "111122223333", "eu-west-1"),
        denied("11:00:00", "111122223333", "us-east-1"),
        denied("12:00:00", "111122223333", "us-east-1"),
    ]);
    let of = |region: &str| {
        let dimensions = format!("Dimensions = [{{ Name = \"Region\", Value = \"{region}\" }}]");
        alarm(region, &dimensions)
    };
    let job = filter(
        "denied",
        DENIED,
        "metricValue = \"1\", dimensions = { Region = \"$.awsRegion\" }",
    );
    let alarms = of("eu-west-1") + &of("us-east-1") + &of("eu-west-3") + &alarm("plain", "");
    let summary = case.summary(&(job + &alarms), "");
    let expected = ["eu-west-1: 1", "us-east-1: 2", "eu-west-3: 0", "plain: 0"];
    assert_eq!(found(&summary), expected);
}

#[test]
fn an_alarm_on_dimensions_or_a_unit_that_nobody_publishes_sees_nothing() {
    let case = Case::new(&[denied("10:00:00", "111122223333", "eu-west-1")]);
    let job = filter("denied", DENIED, "metricValue = \"1\"");
    let other = alarm(
        "other",
        "Dimensions = [{ Name = \"Foo\", Value = \"bar\" }]",
    );
    let run = case.audit(&(job.clone() + &other), "--json");
    assert_eq!(found(&run.json()), ["other: 0"]);
    assert!(
        run.stderr.contains("alarm `other` sees no sample"),
        "{}",
        run.stderr
    );

    let run = case.audit(
        &(job.clone() + &alarm("slow", "Unit = \"Seconds\"")),
        "--json",
    );
    assert_eq!(found(&run.json()), ["slow: 0"]);
    assert!(run.stderr.contains("in the unit Seconds"), "{}", run.stderr);
    let warnings = &run.json()["alarms"][0]["warnings"];
    assert!(
        warnings[0].as_str().unwrap().contains("Seconds"),
        "{warnings}"
    );

    // A filter without a unit publishes in None.
    let summary = case.summary(&(job + &alarm("none", "Unit = \"None\"")), "");
    assert_eq!(found(&summary), ["none: 1"]);
}

#[test]
fn system_dimensions_are_those_of_matches() {
    let case = Case::new(&[denied("10:00:00", "111122223333", "eu-west-1")]);
    let job = filter("denied", DENIED, "metricValue = \"1\"").replace(
        "[[metric-filter]]\n",
        "[[metric-filter]]\nemitSystemFieldDimensions = [\"@aws.account\", \"@aws.region\"]\n",
    );
    let named = alarm(
        "named",
        "Dimensions = [{ Name = \"@aws.account\", Value = \"111122223333\" }, \
         { Name = \"@aws.region\", Value = \"eu-west-1\" }]",
    );
    let summary = case.summary(&(job + &alarm("plain", "") + &named), "");
    assert_eq!(found(&summary), ["plain: 0", "named: 1"]);
}

#[test]
fn metric_math_sees_the_metrics_of_several_filters() {
    let case = Case::new(&[
        denied("10:00:00", "111122223333", "eu-west-1"),
        call("DeleteSecret", "10:01:00", "111122223333", "eu-west-1"),
    ]);
    let deletes = filter(
        "deletes",
        "{ $.eventName = \"DeleteSecret\" }",
        "metricValue = \"1\"",
    );
    let deletes = deletes.replace("\"Denied\"", "\"Deletes\"");
    let query = |id: &str, name: &str| {
        format!(
            "{{ Id = \"{id}\", MetricStat = {{ Metric = {{ Namespace = \"S\", MetricName = \
             \"{name}\" }}, Period = 300, Stat = \"Sum\" }}, ReturnData = false }}"
        )
    };
    let math = format!(
        "[[alarm]]\nAlarmName = \"math\"\nEvaluationPeriods = 1\nThreshold = 2\n\
         ComparisonOperator = \"GreaterThanOrEqualToThreshold\"\nMetrics = [{}, {}, \
         {{ Id = \"e\", Expression = \"a + b\" }}]\n",
        query("a", "Denied"),
        query("b", "Deletes")
    );
    let job = filter("denied", DENIED, "metricValue = \"1\"") + &deletes;
    let summary = case.summary(&(job.clone() + &math), "");
    assert_eq!(found(&summary), ["math: 3"]);
    let partly = filter("denied", DENIED, "metricValue = \"1\"") + &math;
    let run = case.audit(&partly, "--json");
    assert!(
        run.stderr.contains("no metric filter publishes S/Deletes"),
        "{}",
        run.stderr
    );
}

#[test]
fn an_alarm_that_nobody_defined_is_proposed_and_fails_nothing() {
    let case = Case::new(&[denied("10:00:00", "111122223333", "eu-west-1")]);
    let elsewhere = alarm("elsewhere", "Namespace = \"Other\"");
    let job = filter("denied", DENIED, "metricValue = \"1\"") + &elsewhere;
    let run = case.audit(&job, "--json --fail-on alarm");
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stderr
            .contains("no metric filter publishes Other/Denied"),
        "{}",
        run.stderr
    );
    assert_eq!(found(&run.json()), ["DeniedAlarm: 1"]);
    assert_eq!(run.json()["alarms"][0]["origin"], "proposed");
    assert_eq!(
        case.audit(&job, "--json --fail-on alarm --proposed").code,
        1
    );
    let text = case.audit(&job, "").words();
    // An alarm on the metric may have been left out, so the words do not say that there is none.
    let proposed = "DeniedAlarm (proposed: no defined alarm on this metric can be replayed)";
    assert!(text.contains(proposed), "{text}");

    let folder = case.path("report");
    case.audit(&job, &format!("--quiet --out {}", folder.display()));
    let history = std::fs::read_to_string(folder.join("alarm_history.csv")).unwrap();
    assert!(
        history
            .lines()
            .skip(1)
            .all(|line| line.contains(",proposed,")),
        "{history}"
    );
    let defined = filter("denied", DENIED, "metricValue = \"1\"") + &alarm("own", "");
    assert_eq!(case.audit(&defined, "--json --fail-on alarm").code, 1);
}

/// Each of two accounts has one match, so an alarm on two of them goes off only where it sees both.
#[test]
fn each_account_or_region_may_have_its_alarm() {
    let case = Case::new(&[
        denied("10:00:00", "111122223333", "eu-west-1"),
        denied("10:00:30", "444455556666", "eu-west-1"),
        denied("12:00:00", "444455556666", "eu-west-1"),
        denied("12:00:30", "444455556666", "us-east-1"),
    ]);
    let job = filter("denied", DENIED, "metricValue = \"1\"") + &alarm("two", "Threshold = 2");
    let archive = case.summary(&job, "");
    assert_eq!(found(&archive), ["two: 2"]);
    let account = case.summary(&job, "--alarm-scope account");
    assert_eq!(
        found(&account),
        ["two 111122223333: 0", "two 444455556666: 1"]
    );
    let region = case.summary(&job, "--alarm-scope region");
    let expected = [
        "two 111122223333 eu-west-1: 0",
        "two 444455556666 eu-west-1: 0",
        "two 444455556666 us-east-1: 0",
    ];
    assert_eq!(found(&region), expected);
    let assumption = |summary: &Value| {
        let assumptions = summary["assumptions"].as_array().unwrap();
        let mut named = assumptions
            .iter()
            .filter(|one| one["name"] == "alarm scope");
        named.next().unwrap()["value"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        assumption(&archive),
        "one alarm for the archive; two has 2 episodes in ALARM here, 1 episode with one alarm \
         for each account, 0 episodes with one alarm for each account and region"
    );
    assert!(assumption(&region).contains("2 episodes with one alarm for the archive"));
    let wrong = case.audit(&job, "--alarm-scope accounts");
    assert!(wrong.code == 2 && wrong.stderr.contains("archive, account or region"));
}

#[test]
fn default_values_belong_to_their_account() {
    let case = Case::new(&[
        denied("10:00:00", "111122223333", "eu-west-1"),
        call("GetParameter", "10:00:30", "444455556666", "eu-west-1"),
    ]);
    let job = filter("denied", DENIED, "metricValue = \"1\", defaultValue = 0")
        + &alarm("average", "Statistic = \"Average\"\nThreshold = 0.9");
    assert_eq!(found(&case.summary(&job, "")), ["average: 0"]);
    let account = case.summary(&job, "--alarm-scope account");
    assert_eq!(
        found(&account),
        ["average 111122223333: 1", "average 444455556666: 0"]
    );
    let ledger = format!(
        "--alarm-scope account --ledger {}",
        case.path("ledger").display()
    );
    let refused = case.audit(&job, &ledger);
    assert!(
        refused.code == 2 && refused.stderr.contains("--alarm-scope"),
        "{}",
        refused.stderr
    );
}

#[test]
fn composite_alarms_and_mute_rules_are_replayed() {
    let case = Case::new(&[
        denied("10:00:00", "111122223333", "eu-west-1"),
        denied("12:00:00", "111122223333", "eu-west-1"),
    ]);
    let job = filter("denied", DENIED, "metricValue = \"1\"")
        + &alarm(
            "child",
            "AlarmActions = [\"arn:aws:sns:eu-west-1:111122223333:topic\"]",
        )
        + "[[composite-alarm]]\nAlarmName = \"parent\"\nAlarmRule = \"ALARM(child)\"\n"
        + "[[composite-alarm]]\nAlarmName = \"orphan\"\nAlarmRule = \"ALARM(nobody)\"\n"
        + "[[mute-rule]]\nName = \"quiet\"\nMuteTargets = { AlarmNames = [\"child\"] }\n\
           Rule = { Schedule = { Expression = \"at(2026-03-03T11:30)\", Duration = \"PT4H\" } }\n";
    let folder = case.path("report");
    let run = case.audit(&job, &format!("--json --out {}", folder.display()));
    let summary = run.json();
    assert_eq!(found(&summary), ["child: 2", "parent: 2"]);
    assert_eq!(summary["alarms"][1]["kind"], "composite");
    let expected = json!({"at_once": 1, "delayed": 0, "held_back": 1});
    assert_eq!(summary["alarms"][0]["notifications"], expected);
    assert!(
        run.stderr.contains("composite alarm `orphan` is left out"),
        "{}",
        run.stderr
    );
    let sent = std::fs::read_to_string(folder.join("notifications.csv")).unwrap();
    assert_eq!(sent.lines().count(), 3, "{sent}");
    let text = case.audit(&job, "").stdout;
    assert!(text.contains("parent (composite)"), "{text}");
}

#[test]
fn the_same_filter_in_two_files_publishes_once() {
    let case = Case::new(&[denied("10:00:00", "111122223333", "eu-west-1")]);
    let job = filter("denied", DENIED, "metricValue = \"1\"") + &alarm("two", "Threshold = 2");
    std::fs::write(case.path("again.toml"), &job).unwrap();
    let again = format!("--job {}", case.path("again.toml").display());
    let summary = case.summary(&job, &again);
    assert_eq!(found(&summary), ["two: 0"]);
    assert_eq!(summary["rules"].as_array().unwrap().len(), 1);
    let alarms = alarm("two", "Threshold = 3");
    std::fs::write(case.path("again.toml"), alarms).unwrap();
    let run = case.audit(&job, &format!("--json {again}"));
    assert!(
        run.stderr.contains("two alarms are named `two`"),
        "{}",
        run.stderr
    );
    // Another filter of that name, of another log group perhaps, is a rule of its own.
    let other = filter("denied", "{ $.eventName = * }", "metricValue = \"1\"");
    std::fs::write(case.path("again.toml"), other).unwrap();
    let summary = case.summary(&job, &again);
    assert_eq!(found(&summary), ["two: 1"]);
    assert_eq!(summary["rules"][1]["rule"], "denied (2)");
}

#[test]
fn a_ledger_has_the_samples_of_all_filters() {
    let case = Case::new(&[
        denied("10:00:00", "111122223333", "eu-west-1"),
        call("DeleteSecret", "10:01:00", "444455556666", "eu-west-1"),
    ]);
    let job = filter("denied", DENIED, "metricValue = \"1\"")
        + &filter(
            "deletes",
            "{ $.eventName = \"DeleteSecret\" }",
            "metricValue = \"1\"",
        )
        + &alarm("two", "Threshold = 2");
    let ledger = format!("--ledger {}", case.path("ledger").display());
    let first = case.summary(&job, &ledger);
    assert_eq!(found(&first), ["two: 3"]);
    let job_file = case.path("job.toml").display().to_string();
    let ledger = case.path("ledger").display().to_string();
    let scope = |scope: &str| {
        let words = [
            "audit",
            "--json",
            "--ledger",
            &ledger,
            "--job",
            &job_file,
            "--alarm-scope",
            scope,
        ];
        backtrail(words).json()
    };
    assert_eq!(scope("archive")["alarms"], first["alarms"]);
    assert_eq!(
        found(&scope("account")),
        ["two 111122223333: 0", "two 444455556666: 0"]
    );
}

#[test]
fn a_filter_that_matched_nothing_for_a_year_is_doubted() {
    let mut old = call("GetParameter", "10:00:00", "111122223333", "eu-west-1");
    old["eventTime"] = json!("2024-01-01T00:00:00Z");
    let case = Case::new(&[
        old,
        call("GetParameter", "10:00:00", "111122223333", "eu-west-1"),
    ]);
    let job = filter("denied", DENIED, "metricValue = \"1\"") + &alarm("a", "");
    let warnings = &case.summary(&job, "")["rules"][0]["warnings"];
    assert_eq!(
        warnings,
        &json!(["it matched nothing in 792 days; is the pattern right?"])
    );
    let average = alarm("a", "Statistic = \"Average\"\nThreshold = 2");
    let run = case.audit(
        &(filter("denied", DENIED, "metricValue = \"1\"") + &average),
        "--json",
    );
    assert!(run.stderr.contains("never goes off"), "{}", run.stderr);
}

/// The table of a report by the minute gives the alarm the same history as the audit.
#[test]
fn the_metric_table_of_a_report_is_replayed() {
    let case = Case::new(&[
        denied("10:00:00", "111122223333", "eu-west-1"),
        denied("10:00:40", "111122223333", "eu-west-1"),
        denied("12:03:00", "111122223333", "eu-west-1"),
    ]);
    let filter = filter("denied", DENIED, "metricValue = \"1\"");
    let alarm = alarm("a", "");
    std::fs::write(case.path("alarm.toml"), &alarm).unwrap();
    let by_minute = filter.clone() + &alarm.replace("Period = 300", "Period = 60");
    let replayed = |name: &str, job: &str| {
        let folder = case.path(name);
        case.audit(job, &format!("--quiet --out {}", folder.display()));
        let samples = folder.join("metric.csv").display().to_string();
        let definition = case.path("alarm.toml").display().to_string();
        backtrail([
            "alarm",
            "replay",
            "--definition",
            &definition,
            "--samples",
            &samples,
            "--json",
        ])
    };
    let exact = replayed("minutes", &by_minute);
    assert_eq!((exact.code, exact.stderr.as_str()), (0, ""));
    let audited = case.summary(&(filter.clone() + &alarm), "");
    for episode in audited["alarms"][0]["episodes"].as_array().unwrap() {
        let start = episode["start"].as_str().unwrap();
        assert!(exact.stdout.contains(start), "{start}: {}", exact.stdout);
    }
    let coarse = replayed("periods", &(filter + &alarm));
    assert!(coarse.stderr.contains("--period 60"), "{}", coarse.stderr);
}

/// Every textual form of the table is read, and dimensions that CSV marks as text are found again.
#[test]
fn the_metric_table_is_read_in_each_form() {
    let case = Case::new(&[denied("10:00:00", "111122223333", "eu-west-1")]);
    let filter = format!(
        "{}emitSystemFieldDimensions = [\"@aws.account\"]\n",
        filter("denied", DENIED, "metricValue = \"1\"")
    );
    let dimension = "Dimensions = [{ Name = \"@aws.account\", Value = \"111122223333\" }]";
    let job = filter + &alarm("a", &format!("Period = 60\n{dimension}"));
    let folder = case.path("out");
    case.audit(&job, &format!("--quiet --out {}", folder.display()));
    let definition = case.path("job.toml").display().to_string();
    for form in ["csv", "json"] {
        let samples = folder.join(format!("metric.{form}")).display().to_string();
        let options = ["--definition", &definition, "--samples", &samples, "--json"];
        let run = backtrail(["alarm", "replay"].into_iter().chain(options));
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{form}");
        assert!(run.stdout.contains("ALARM"), "{form}: {}", run.stdout);
    }
}

/// The inputs that went wrong once, with the right answers: for each job and archive, the matches
/// of each rule and the episodes of each alarm.
#[test]
fn the_cases_of_filters_and_alarms_have_the_right_answers() {
    let Some(cases) = beside("shared/cases/filters", "the cases of filters") else {
        return;
    };
    let summary = |job: &str, archive: &str| {
        let job = cases.join(job).display().to_string();
        let archive = cases.join(archive).display().to_string();
        backtrail(["audit", &archive, "--json", "--quiet", "--job", &job]).json()
    };
    let name = "alarm-with-dimension-on-filter-without";
    for (job, archive, expected) in [
        ("acg53.toml", "acg53.json", "AnAlarm: 1".to_owned()),
        ("dims-match.toml", "denied12.json", format!("{name}: 12")),
        ("dims-mismatch.toml", "denied12.json", format!("{name}: 0")),
        ("unit-mismatch.toml", "denied12.json", format!("{name}: 0")),
        (
            "virtualjj5.toml",
            "denied12.json",
            "NoMFAAlarm: 12".to_owned(),
        ),
    ] {
        assert_eq!(found(&summary(job, archive)), [expected], "{job}");
    }
    assert_eq!(
        summary("virtualjj5.toml", "denied12.json")["alarms"][0]["origin"],
        "proposed"
    );
    let both = summary("samemetric.toml", "denied12.json");
    assert_eq!(both["alarms"][0]["rules"], json!(["denied", "deletes"]));
    // The published patterns find exactly the wording that AWS published them for.
    for (archive, secrets, kms) in [
        ("deleted-texts.json", 3, 0),
        ("kms-texts.json", 0, 2),
        ("force.json", 0, 0),
        ("taskc.json", 0, 0),
    ] {
        let archive = cases.join(archive).display().to_string();
        let found = backtrail(["audit", &archive, "--json", "--quiet", "--rule", "all"]).json();
        let attempts = |rule: usize| found["rules"][rule]["attempts"].as_u64();
        assert_eq!(
            (attempts(0), attempts(1)),
            (Some(secrets), Some(kms)),
            "{archive}"
        );
    }
    // Under a wildcard, `!=` holds if no element is equal (sources, P8).
    let wild = cases.join("wild.jsonl").display().to_string();
    let pattern = "{ $.resources[*].ARN != \"arn:aws:s3:::mine\" }";
    let run = backtrail(["pattern", "test", pattern, &wild]);
    assert!(run.stdout.contains("1  no match"), "{}", run.stdout);
}
