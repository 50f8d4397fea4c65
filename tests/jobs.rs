//! Definitions of AWS as jobs.

use serde_json::json;

use crate::program::{audit, backtrail, sample};

const FILTERS: &str = r#"{"metricFilters":[
    {"filterName":"deleted","filterPattern":"{ $.eventName = \"GetSecretValue\" && $.errorMessage = \"*marked for deletion*\" }",
     "metricTransformations":[{"metricName":"AttemptsToAccessDeletedSecrets","metricNamespace":"CloudTrailLogMetrics",
       "metricValue":"1","unit":"Count"}],
     "creationTime":1700000000000,"logGroupName":"trail","applyOnTransformedLogs":false},
    {"filterName":"by region","filterPattern":"{ $.errorCode = * }",
     "metricTransformations":[{"metricName":"Errors","metricNamespace":"N","metricValue":"1",
       "dimensions":{"Region":"$.awsRegion"}}],"logGroupName":"trail"}],"nextToken":"x"}"#;

#[test]
fn what_aws_describes_becomes_a_job_that_audits_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("filters.json"), FILTERS).unwrap();
    let run = backtrail(["job", "import", &path("filters.json"), "samples/alarms.json"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    std::fs::write(path("job.toml"), &run.stdout).unwrap();
    let again = backtrail(["job", "import", &path("job.toml")]);
    assert_eq!((again.code, &again.stdout), (0, &run.stdout), "a job imports as itself");

    let (filters, job) = (path("filters.json"), path("job.toml"));
    let with_job = audit(&format!("--json --job {job}"), &[sample()]).json();
    let with_both = audit(&format!("--json --job {filters} --job samples/alarms.json"), &[sample()]).json();
    assert_eq!(with_job["rules"], with_both["rules"]);
    let built_in = audit("--json", &[sample()]).json();
    let (rule, other) = (&with_job["rules"][0], &with_job["rules"][1]);
    assert_eq!(rule["attempts"], 42);
    assert_eq!((&rule["rule"], &rule["unit"]), (&json!("deleted"), &json!("Count")));
    assert_eq!(rule["alarm"]["episodes"], built_in["rules"][0]["alarm"]["episodes"]);
    assert_eq!((&other["rule"], &other["dimensions"]), (&json!("by region"), &json!(["Region"])));
    assert_eq!(
        other["alarm"]["alarm_name"], "ErrorsAlarm",
        "a filter without alarm has the one of the console"
    );
}

#[test]
fn an_audit_says_that_an_alarm_stands_on_a_wall_clock() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("filters.json"), FILTERS).unwrap();
    let alarms = std::fs::read_to_string("samples/alarms.json").unwrap();
    let window =
        r#""EvaluationWindow": { "WallClockWindow": { "Timezone": "Europe/Berlin" } }, "Period": 3600"#;
    std::fs::write(path("alarms.json"), alarms.replace(r#""Period": 300"#, window)).unwrap();
    let options = format!("--job {} --job {}", path("filters.json"), path("alarms.json"));
    let text = audit(&options, &[sample()]).stdout;
    assert!(text.contains("over 3600 s on the wall clock of Europe/Berlin >= 1"), "{text}");
    let report = audit(&format!("--json {options}"), &[sample()]).json();
    let first = &report["rules"][0]["alarm"]["episodes"][0];
    assert_eq!(first["start"], "2026-03-02T03:00:30Z", "the hour of the attempts at 02:30 is complete");
    assert_eq!(first["peak"], 2.0);
}

#[test]
fn alarms_on_metrics_that_no_filter_publishes_are_left_out_aloud() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("job.toml");
    let job = "[[metric-filter]]\nfilterName = \"f\"\nfilterPattern = \"ERROR\"\n\
               [[metric-filter.metricTransformations]]\nmetricName = \"M\"\nmetricNamespace = \"N\"\nmetricValue = \"1\"\n";
    std::fs::write(&path, job).unwrap();
    let run = audit(&format!("--json --job {} --job samples/alarms.json", path.display()), &[sample()]);
    assert_eq!(run.code, 0);
    assert!(run.stderr.contains("alarm `AttemptsToAccessDeletedSecretsAlarm` is left out"), "{}", run.stderr);
    let run = audit("--job samples/alarms.json", &[sample()]);
    assert!(run.code == 2 && run.stderr.contains("no metric filter"), "{}", run.stderr);
}

#[test]
fn wrong_filters_are_named_with_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("job");
    for (definition, part) in [
        (
            FILTERS.replace("\"1\",\"unit\"", "\"banana\",\"unit\""),
            "metric filter `deleted`: the metric value `banana` is no number",
        ),
        (FILTERS.replace("\"Count\"", "\"count\""), "there is no unit `count`"),
        (FILTERS.replace("\"metricName\":\"Errors\",", ""), "missing field `metricName`"),
        (FILTERS.replace("$.errorCode = *", "$.errorCode == *"), "`==` is not an operator"),
        (FILTERS.replace("\"nextToken\"", "\"netxToken\""), "unknown field `netxToken`"),
    ] {
        std::fs::write(&path, definition).unwrap();
        let run = audit(&format!("--json --job {}", path.display()), &[sample()]);
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
        assert_eq!(run.code, if part.starts_with("unknown") { 0 } else { 2 });
    }
}

/// The job file of the documentation is one.
#[test]
fn the_job_of_the_documentation_is_read() {
    let page = std::fs::read_to_string("docs/alarm.md").unwrap();
    let blocks = page.split("```toml\n").skip(1).map(|block| block.split("```").next().unwrap());
    let job: String = blocks.collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("job.toml");
    std::fs::write(&path, job).unwrap();
    let run = backtrail([
        "alarm",
        "replay",
        "--samples",
        "samples/samples.csv",
        "--definition",
        path.to_str().unwrap(),
    ]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    assert_eq!(audit(&format!("--job {}", path.display()), &[sample()]).code, 0);
}
