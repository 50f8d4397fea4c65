//! The events and the metric filters that are chosen: field selection criteria, transformed logs,
//! and log groups.

use std::path::{Path, PathBuf};

use backtrail::metric::{SelectionCriteria, SystemFields};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::program::{Run, backtrail, beside};

type Fields = (Option<String>, Option<String>);

#[derive(Deserialize)]
struct Table {
    selecting: Vec<Selecting>,
    refused: Vec<Refused>,
}

#[derive(Deserialize)]
struct Selecting {
    id: String,
    criteria: String,
    selected: Vec<Fields>,
    left_out: Vec<Fields>,
    #[serde(default)]
    doubtful: bool,
}

#[derive(Deserialize)]
struct Refused {
    id: String,
    criteria: String,
}

fn table() -> Table {
    let table = include_str!("conformance/metric/selection_criteria.json");
    serde_json::from_str(table).unwrap()
}

#[test]
fn criteria_select_what_the_table_says() {
    for row in table().selecting {
        let criteria: SelectionCriteria = row.criteria.parse().expect(&row.id);
        let cases = row.selected.iter().map(|fields| (fields, true));
        let cases = cases.chain(row.left_out.iter().map(|fields| (fields, false)));
        for ((account, region), expected) in cases {
            let fields = SystemFields {
                account: account.as_deref(),
                region: region.as_deref(),
            };
            assert_eq!(criteria.selects(fields), expected, "{}: {fields:?}", row.id);
        }
        assert_eq!(!criteria.doubts().is_empty(), row.doubtful, "{}", row.id);
    }
}

#[test]
fn criteria_that_aws_refuses_are_refused() {
    for row in table().refused {
        let refused = row.criteria.parse::<SelectionCriteria>();
        assert!(refused.is_err(), "{}", row.id);
    }
}

/// The criteria of the documentation are ones.
#[test]
fn the_criteria_of_the_documentation_are_read() {
    let page = std::fs::read_to_string("docs/pattern.md").unwrap();
    let (_, block) = page.split_once("```criteria\n").unwrap();
    let (criteria, _) = block.split_once("```").unwrap();
    assert_eq!(criteria.lines().count(), 3);
    for line in criteria.lines() {
        let parsed: SelectionCriteria = line.parse().expect(line);
        assert_eq!(parsed.doubts(), []);
    }
}

/// An archive of four records in two accounts and regions, and one without either. The keys of
/// half of them name their account, so that both ways to read a record are taken.
fn archive(folder: &Path) -> PathBuf {
    let archive = folder.join("archive");
    for (number, account, region, error) in [
        (1, "111122223333", "eu-west-1", "AccessDenied"),
        (2, "111122223333", "us-east-1", "AccessDeniedException"),
        (3, "444455556666", "eu-west-1", "AccessDenied"),
        (4, "111122223333", "eu-west-1", "Throttling"),
    ] {
        let record = json!({"eventTime": "2026-03-01T00:00:10Z", "eventSource": "s3.amazonaws.com",
            "eventName": "GetObject", "eventID": format!("event-{number}"), "errorCode": error,
            "recipientAccountId": account, "awsRegion": region});
        let name = format!("{account}_CloudTrail_{region}_20260301T0005Z_a{number}.json");
        let key = match number % 2 {
            0 => format!("AWSLogs/{account}/CloudTrail/{region}/2026/03/01/{name}"),
            _ => format!("{number}.json"),
        };
        let path = archive.join(key);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, json!({ "Records": [record] }).to_string()).unwrap();
    }
    let bare = json!({"eventTime": "2026-03-01T00:00:10Z", "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject", "eventID": "bare", "errorCode": "AccessDenied"});
    std::fs::write(archive.join("bare.json"), bare.to_string()).unwrap();
    archive
}

/// A metric filter as `describe-metric-filters` prints it.
fn filter(name: &str, more: Value) -> Value {
    let mut filter = json!({"filterName": name, "filterPattern": "{ $.errorCode = \"AccessDenied*\" }",
        "metricTransformations": [{"metricName": name, "metricNamespace": "Sec",
            "metricValue": "1"}],
        "creationTime": 1_772_323_200_000_u64, "applyOnTransformedLogs": false});
    let more = more.as_object().unwrap().clone();
    filter.as_object_mut().unwrap().extend(more);
    filter
}

fn write_job(folder: &Path, filters: &[Value]) -> String {
    let path = folder.join("filters.json");
    std::fs::write(&path, json!({ "metricFilters": filters }).to_string()).unwrap();
    path.display().to_string()
}

/// The summary of the rule and the table of its metric.
fn audited(folder: &Path, filter: Value, more: &[&str]) -> (Value, Vec<Value>) {
    let (archive, job) = (archive(folder), write_job(folder, &[filter]));
    let out = folder.join("out").display().to_string();
    let archive = archive.display().to_string();
    let mut arguments = vec!["audit", &archive, "--job", &job, "--json", "--quiet"];
    arguments.extend(["--out", &out, "--format", "json"]);
    arguments.extend(more);
    let run = backtrail(arguments);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let metric = std::fs::read(format!("{out}/metric.json")).unwrap();
    let rule = run.json()["rules"][0].clone();
    (rule, serde_json::from_slice(&metric).unwrap())
}

fn denied(criteria: &str) -> Value {
    filter(
        "denied-central",
        json!({"logGroupName": "org-trail", "fieldSelectionCriteria": criteria,
            "emitSystemFieldDimensions": ["@aws.account", "@aws.region"]}),
    )
}

#[test]
fn events_of_other_accounts_are_not_matches() {
    for (criteria, dimensions) in [
        (
            "@aws.account = '999999999999' AND @aws.region = 'eu-central-1'",
            vec![],
        ),
        (
            "@aws.account = '111122223333' AND @aws.region = 'eu-west-1'",
            vec!["@aws.account=111122223333,@aws.region=eu-west-1"],
        ),
        (
            "@aws.region NOT IN ('us-east-1')",
            vec![
                "@aws.account=111122223333,@aws.region=eu-west-1",
                "@aws.account=444455556666,@aws.region=eu-west-1",
            ],
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (rule, metric) = audited(folder.path(), denied(criteria), &[]);
        assert_eq!(rule["attempts"], dimensions.len(), "{criteria}");
        let found: Vec<&str> = metric
            .iter()
            .map(|row| row["dimensions"].as_str().unwrap())
            .collect();
        assert_eq!(found, dimensions, "{criteria}");
        let summary = std::fs::read(folder.path().join("out/summary.json")).unwrap();
        let summary = String::from_utf8(summary).unwrap();
        assert!(
            summary.contains("satisfies no condition on it"),
            "{criteria}"
        );
    }
}

#[test]
fn events_of_other_accounts_do_not_publish_the_default() {
    for (criteria, sample_count, sum) in [
        ("@aws.account = '999999999999'", None, 0.0),
        // The second of them does not match, and one match is in another region.
        (
            "@aws.account = '111122223333' AND @aws.region = 'eu-west-1'",
            Some(2.0),
            11.0,
        ),
        ("@aws.account != '999999999999'", Some(4.0), 13.0),
        ("", Some(5.0), 14.0),
    ] {
        let transformations = json!([{"metricName": "M", "metricNamespace": "N",
            "metricValue": "1", "defaultValue": 10}]);
        let filter = filter(
            "with-default",
            json!({"fieldSelectionCriteria": criteria, "metricTransformations": transformations}),
        );
        let folder = tempfile::tempdir().unwrap();
        let (_, metric) = audited(folder.path(), filter, &[]);
        let counted: Option<f64> = metric
            .first()
            .map(|row| row["sample_count"].as_f64().unwrap());
        let summed: f64 = metric.iter().map(|row| row["sum"].as_f64().unwrap()).sum();
        assert_eq!((counted, summed), (sample_count, sum), "{criteria}");
    }
}

#[test]
fn wrong_criteria_are_refused_with_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let job = write_job(
        folder.path(),
        &[denied("@aws.region == 'eu-west-1'\u{1b}[2J")],
    );
    let run = backtrail(["audit", "no/such/archive", "--job", &job]);
    assert_eq!(run.code, 2);
    for part in [
        "metric filter `denied-central`: the field selection criteria are wrong: expected a \
         single `=`\n  @aws.region == 'eu-west-1' [2J\n               ^",
        "AWS says: The provided field selection criteria is invalid",
    ] {
        assert!(run.stderr.contains(part), "{}", run.stderr);
    }
    assert!(!run.stderr.contains('\u{1b}'));
}

#[test]
fn criteria_that_aws_may_refuse_are_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let criteria = r#"@aws.account IN ["111122223333"]"#;
    let job = write_job(folder.path(), &[denied(criteria)]);
    let run = backtrail(["job", "import", &job]);
    assert_eq!(run.code, 0);
    let part = "metric filter `denied-central`: field selection criteria: AWS was seen to refuse";
    assert!(run.stderr.contains(part), "{}", run.stderr);
}

#[test]
fn a_job_keeps_criteria_and_log_groups() {
    let folder = tempfile::tempdir().unwrap();
    let criteria = r#"@aws.account = "999999999999" AND @aws.region = "eu-central-1""#;
    let job = write_job(folder.path(), &[denied(criteria)]);
    let run = backtrail(["job", "import", &job]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let line = format!("fieldSelectionCriteria = '{criteria}'\n");
    assert!(run.stdout.contains(&line), "{}", run.stdout);
    assert!(run.stdout.contains("logGroupName = \"org-trail\"\n"));
    let path = folder.path().join("job.toml");
    std::fs::write(&path, &run.stdout).unwrap();
    let again = backtrail(["job", "import", path.to_str().unwrap()]);
    assert_eq!((again.code, again.stdout), (0, run.stdout));
}

#[test]
fn a_filter_on_transformed_logs_is_left_out_by_name() {
    let transformed = |written: Value| {
        let name = format!("transformed-{written}").replace('"', "");
        filter(&name, json!({ "applyOnTransformedLogs": written }))
    };
    let folder = tempfile::tempdir().unwrap();
    let archive = archive(folder.path()).display().to_string();
    let audit = |job: &str| backtrail(["audit", &archive, "--json", "--quiet", "--job", job]);
    for written in [json!(true), json!("true")] {
        let job = write_job(folder.path(), &[transformed(written)]);
        for run in [audit(&job), backtrail(["job", "import", &job])] {
            assert_eq!(run.code, 2);
            let part = "metric filter `transformed-true`: it cannot be replayed: it is applied \
                        on transformed logs";
            assert!(run.stderr.contains(part), "{}", run.stderr);
        }
    }
    let rest = [json!(false), json!("False"), Value::Null, json!(true)].map(transformed);
    let run = audit(&write_job(folder.path(), &rest));
    assert_eq!(run.code, 0);
    assert!(
        run.stderr
            .contains("metric filter `transformed-true` is left out")
    );
    assert_eq!(run.json()["rules"].as_array().unwrap().len(), 3);
}

fn two_groups(folder: &Path) -> String {
    let log_group = |name: &str| json!({ "logGroupName": name });
    let lambda = json!({"logGroupName": "/aws/lambda/x", "filterPattern": "-\"START RequestId\""});
    let filters = [
        filter("trail", log_group("CloudTrail/DefaultLogGroup")),
        filter("lambda", lambda),
    ];
    write_job(folder, &filters)
}

fn names(run: &Run) -> Vec<String> {
    let rules = run.json()["rules"].as_array().unwrap().clone();
    let names = rules.iter().map(|rule| rule["rule"].as_str().unwrap());
    names.map(str::to_owned).collect()
}

#[test]
fn several_log_groups_are_a_warning_that_says_how_to_choose() {
    let folder = tempfile::tempdir().unwrap();
    let archive = archive(folder.path()).display().to_string();
    let job = two_groups(folder.path());
    let audit = ["audit", &archive, "--json", "--quiet", "--job", &job];
    let warning = "the metric filters are of 2 log groups, and all of them are evaluated on the \
                   records of CloudTrail; choose with --log-group: `/aws/lambda/x`, \
                   `CloudTrail/DefaultLogGroup`";
    let both = backtrail(audit);
    assert_eq!(
        (both.code, names(&both)),
        (0, vec!["trail".to_owned(), "lambda".to_owned()])
    );
    assert!(both.stderr.contains(warning), "{}", both.stderr);

    let chosen = ["--log-group", "CloudTrail/DefaultLogGroup"];
    let one = backtrail(audit.into_iter().chain(chosen));
    assert_eq!((one.code, one.stderr.as_str()), (0, ""));
    assert_eq!(names(&one), ["trail"]);
    let twice = chosen.into_iter().chain(["--log-group", "/aws/lambda/x"]);
    let both = backtrail(audit.into_iter().chain(twice));
    assert_eq!((names(&both).len(), both.stderr.as_str()), (2, ""));

    let backtest = ["backtest", &archive, "--json", "--quiet", "--job", &job];
    assert_eq!(backtrail(backtest.into_iter().chain(chosen)).code, 0);
    let import = ["job", "import", &job];
    assert!(backtrail(import).stderr.contains(warning));
    let imported = backtrail(import.into_iter().chain(chosen));
    assert_eq!((imported.code, imported.stderr.as_str()), (0, ""));
    assert!(imported.stdout.contains("trail") && !imported.stdout.contains("lambda"));
}

#[test]
fn a_log_group_of_no_filter_is_wrong_use() {
    let folder = tempfile::tempdir().unwrap();
    let job = two_groups(folder.path());
    for command in [
        vec!["audit", "no/such/archive", "--job"],
        vec!["job", "import"],
    ] {
        let more = [job.as_str(), "--log-group", "trail"];
        let run = backtrail(command.into_iter().chain(more));
        assert_eq!(run.code, 2);
        let part = "no metric filter is of log group `trail`: choose among `/aws/lambda/x`, \
                    `CloudTrail/DefaultLogGroup`";
        assert!(run.stderr.contains(part), "{}", run.stderr);
    }
    let without_job = backtrail(["audit", "no/such/archive", "--log-group", "trail"]);
    assert!(without_job.code == 2 && without_job.stderr.contains("--job"));
}

#[test]
fn a_ledger_of_other_criteria_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let archive = archive(folder.path()).display().to_string();
    let ledger = folder.path().join("ledger").display().to_string();
    let audit = |criteria: &str| {
        let job = write_job(folder.path(), &[denied(criteria)]);
        backtrail([
            "audit", &archive, "--json", "--quiet", "--job", &job, "--ledger", &ledger,
        ])
    };
    let own = "@aws.region = 'eu-west-1'";
    assert_eq!(audit(own).code, 0);
    let again = audit(own);
    assert_eq!(
        (again.code, &again.json()["rules"][0]["attempts"]),
        (0, &json!(2))
    );
    for (criteria, part) in [
        (
            "@aws.region = 'us-east-1'",
            "requested: events with @aws.region = 'us-east-1'",
        ),
        ("", "requested: events of every account and region"),
    ] {
        let run = audit(criteria);
        assert_eq!(run.code, 2);
        let own = format!("it selects events with {own}; {part}");
        assert!(run.stderr.contains(&own), "{}", run.stderr);
    }
}

#[test]
fn the_cases_of_these_filters_have_the_right_answers() {
    let test = "the_cases_of_these_filters_have_the_right_answers";
    let Some(cases) = beside("shared/cases/filters", test) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let archive = archive(folder.path()).display().to_string();
    let run = |job: &str, more: &[&str]| {
        let job = cases.join(job).display().to_string();
        let first = ["audit", &archive, "--json", "--quiet", "--job", &job];
        backtrail(first.iter().chain(more))
    };
    let other_account = run("sysfields.json", &[]);
    assert_eq!((other_account.code, other_account.stderr.as_str()), (0, ""));
    assert_eq!(other_account.json()["rules"][0]["attempts"], 0);
    let transformed = run("transformed.json", &[]);
    assert!(
        transformed.code == 2
            && transformed
                .stderr
                .contains("metric filter `x`: it cannot be")
    );
    assert!(run("two-groups.json", &[]).stderr.contains("2 log groups"));
    let chosen = run(
        "two-groups.json",
        &["--log-group", "CloudTrail/DefaultLogGroup"],
    );
    assert_eq!(
        (names(&chosen), chosen.stderr.as_str()),
        (vec!["trail".to_owned()], "")
    );
}
