//! Definitions of AWS as jobs.

use serde_json::json;

use crate::program::{audit, backtrail, sample};

const FILTERS: &str = r#"{"metricFilters":[
    {"filterName":"deleted","filterPattern":
       "{ $.eventName = \"GetSecretValue\" && $.errorMessage = \"*marked for deletion*\" }",
     "metricTransformations":[{"metricName":"AttemptsToAccessDeletedSecrets",
       "metricNamespace":"CloudTrailLogMetrics","metricValue":"1","unit":"Count"}],
     "creationTime":1700000000000,"logGroupName":"trail","applyOnTransformedLogs":false},
    {"filterName":"by region","filterPattern":"{ $.errorCode = * }",
     "metricTransformations":[{"metricName":"Errors","metricNamespace":"N","metricValue":"1",
       "dimensions":{"Region":"$.awsRegion"}}],"logGroupName":"trail",
     "emitSystemFieldDimensions":["@aws.account"]}],"nextToken":null}"#;

#[test]
fn what_aws_describes_becomes_a_job_that_audits_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("filters.json"), FILTERS).unwrap();
    let run = backtrail([
        "job",
        "import",
        &path("filters.json"),
        "samples/alarms.json",
    ]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    std::fs::write(path("job.toml"), &run.stdout).unwrap();
    let again = backtrail(["job", "import", &path("job.toml")]);
    assert_eq!(
        (again.code, &again.stdout),
        (0, &run.stdout),
        "a job imports as itself"
    );

    let (filters, job) = (path("filters.json"), path("job.toml"));
    let with_job = audit(&format!("--json --job {job}"), &[sample()]).json();
    let with_both = audit(
        &format!("--json --job {filters} --job samples/alarms.json"),
        &[sample()],
    )
    .json();
    assert_eq!(with_job["rules"], with_both["rules"]);
    let built_in = audit("--json", &[sample()]).json();
    let (rule, other) = (&with_job["rules"][0], &with_job["rules"][1]);
    assert_eq!(rule["attempts"], 42);
    assert_eq!(
        (&rule["rule"], &rule["unit"]),
        (&json!("deleted"), &json!("Count"))
    );
    assert_eq!(
        rule["alarm"]["episodes"],
        built_in["rules"][0]["alarm"]["episodes"]
    );
    assert_eq!(
        (&other["rule"], &other["dimensions"]),
        (&json!("by region"), &json!(["Region", "@aws.account"]))
    );
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
    let window = r#""Period": 3600,
        "EvaluationWindow": { "WallClockWindow": { "Timezone": "Europe/Berlin" } }"#;
    std::fs::write(
        path("alarms.json"),
        alarms.replace(r#""Period": 300"#, window),
    )
    .unwrap();
    let options = format!(
        "--job {} --job {}",
        path("filters.json"),
        path("alarms.json")
    );
    let text = audit(&options, &[sample()]).words();
    assert!(
        text.contains("over 3600 s on the wall clock of Europe/Berlin >= 1"),
        "{text}"
    );
    let report = audit(&format!("--json {options}"), &[sample()]).json();
    let first = &report["rules"][0]["alarm"]["episodes"][0];
    assert_eq!(
        first["start"], "2026-03-02T03:00:30Z",
        "the hour of the attempts at 02:30 is complete"
    );
    assert_eq!(first["peak"], 2.0);
}

#[test]
fn alarms_on_metrics_that_no_filter_publishes_are_left_out_aloud() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("job.toml");
    let job = "[[metric-filter]]\nfilterName = \"f\"\nfilterPattern = \"ERROR\"\n\
               [[metric-filter.metricTransformations]]\n\
               metricName = \"M\"\nmetricNamespace = \"N\"\nmetricValue = \"1\"\n";
    std::fs::write(&path, job).unwrap();
    let run = audit(
        &format!("--json --job {} --job samples/alarms.json", path.display()),
        &[sample()],
    );
    assert_eq!(run.code, 0);
    assert!(
        run.stderr
            .contains("alarm `AttemptsToAccessDeletedSecretsAlarm` is left out"),
        "{}",
        run.stderr
    );
    let run = audit("--job samples/alarms.json", &[sample()]);
    assert!(
        run.code == 2 && run.stderr.contains("no metric filter"),
        "{}",
        run.stderr
    );
}

#[test]
fn wrong_filters_are_named_with_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("job");
    for (definition, part) in [
        (
            FILTERS.replace("\"1\",\"unit\"", "\"banana\",\"unit\""),
            "metric filter `deleted` is left out: the metric value `banana` is not a number",
        ),
        (
            FILTERS.replace("\"Count\"", "\"count\""),
            "there is no unit `count`",
        ),
        (
            FILTERS.replace("\"metricName\":\"Errors\",", ""),
            "missing field `metricName`",
        ),
        (
            FILTERS.replace("$.errorCode = *", "$.errorCode == *"),
            "`==` is not an operator",
        ),
        (
            FILTERS.replace("\"nextToken\"", "\"netxToken\""),
            "unknown field `netxToken`",
        ),
    ] {
        std::fs::write(&path, definition).unwrap();
        let run = audit(&format!("--json --job {}", path.display()), &[sample()]);
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
        assert_eq!(run.code, 0, "the other filter is audited");
    }
}

/// The job file of the documentation is one.
#[test]
fn the_job_of_the_documentation_is_read() {
    let page = std::fs::read_to_string("docs/alarm.md").unwrap();
    let blocks = page
        .split("```toml\n")
        .skip(1)
        .map(|block| block.split("```").next().unwrap());
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
    assert_eq!(
        audit(&format!("--job {}", path.display()), &[sample()]).code,
        0
    );
}

/// A template with parameters, references and short functions.
const TEMPLATE: &str = r#"AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Minutes: { Type: Number, Default: "3" }
  Threshold: { Type: Number, Default: 1 }
  Prefix: { Type: String, Default: audit }
  Mail: { Type: String }
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: { Subscription: [{ Endpoint: !Ref Mail, Protocol: email }] }
  Deleted:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: !ImportValue trail
      FilterPattern: >-
        { $.eventName = "GetSecretValue" && $.errorMessage = "*marked for deletion*" }
      MetricTransformations:
        - MetricNamespace: !Sub "${Prefix}-metrics"
          MetricName: Attempts
          MetricValue: 1
          DefaultValue: !Ref AWS::NoValue
  Reads:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmDescription: !Sub "in ${AWS::Region}"
      AlarmActions: [!Ref Topic]
      AlarmName: !Join ["-", [!Ref Prefix, reads]]
      Namespace: !Sub ["${P}-metrics", { P: !Ref Prefix }]
      MetricName: Attempts
      Statistic: Sum
      Period: !Join ["", [!Ref Minutes, "00"]]
      EvaluationPeriods: 1
      Threshold: !Ref Threshold
      ComparisonOperator: GreaterThanOrEqualToThreshold
      Tags: [{ Key: a, Value: !Ref Mail }]
  Either:
    Type: AWS::CloudWatch::CompositeAlarm
    Properties:
      AlarmRule: !Sub 'ALARM("${Reads}") OR ALARM(${Reads.Arn})'
      ActionsSuppressor: !GetAtt Reads.Arn
      ActionsSuppressorWaitPeriod: 60
      ActionsSuppressorExtensionPeriod: "60"
  Night:
    Type: AWS::CloudWatch::AlarmMuteRule
    Properties:
      Rule: { Schedule: { Expression: cron(0 22 * * *), Duration: PT8H } }
      MuteTargets: { AlarmNames: [!Ref Reads, !Ref Either] }
"#;

fn import(text: &str) -> crate::program::Run {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("template");
    std::fs::write(&path, text).unwrap();
    backtrail(["job", "import", path.to_str().unwrap()])
}

#[test]
fn a_template_defines_what_it_would_deploy() {
    let run = import(TEMPLATE);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let job: toml::Table = toml::from_str(&run.stdout).unwrap();
    let alarm = &job["alarm"][0];
    assert_eq!(alarm["AlarmName"].as_str(), Some("audit-reads"));
    assert_eq!(alarm["Namespace"].as_str(), Some("audit-metrics"));
    assert_eq!(
        (alarm["Period"].as_integer(), alarm["Threshold"].as_float()),
        (Some(300), Some(1.0))
    );
    assert_eq!(
        alarm["AlarmActions"][0].as_str(),
        Some("${Topic}"),
        "known after deployment"
    );
    let filter = &job["metric-filter"][0];
    assert_eq!(
        filter["filterName"].as_str(),
        Some("Deleted"),
        "the id of the resource where there is no name"
    );
    assert_eq!(filter["metricTransformations"][0].get("defaultValue"), None);
    let composite = &job["composite-alarm"][0];
    assert_eq!(
        composite["AlarmRule"].as_str(),
        Some("ALARM(\"audit-reads\") OR ALARM(audit-reads)")
    );
    assert_eq!(composite["ActionsSuppressor"].as_str(), Some("audit-reads"));
    let muted: Vec<&str> = job["mute-rule"][0]["MuteTargets"]["AlarmNames"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    assert_eq!(muted, ["audit-reads", "Either"]);
}

#[test]
fn a_template_is_read_in_json_and_audited() {
    let template = json!({
        "Parameters": { "Group": { "Type": "String", "Default": "trail" } },
        "Resources": {
            "Filter": { "Type": "AWS::Logs::MetricFilter", "Properties": {
                "LogGroupName": { "Ref": "Group" },
                "FilterPattern": r#"{ $.eventName = "GetSecretValue"
                    && $.errorMessage = "*marked for deletion*" }"#,
                "MetricTransformations":
                    [{ "MetricNamespace": "N", "MetricName": "M", "MetricValue": "1" }] } },
            "Alarm": { "Type": "AWS::CloudWatch::Alarm", "Properties": {
                "Namespace": "N", "MetricName": "M", "Statistic": "Sum", "Period": "300",
                "EvaluationPeriods": "1", "Threshold": "1",
                "ComparisonOperator": "GreaterThanOrEqualToThreshold" } },
        },
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("template.json");
    std::fs::write(&path, template.to_string()).unwrap();
    let report = audit(&format!("--json --job {}", path.display()), &[sample()]).json();
    assert_eq!(
        (&report["rules"][0]["rule"], &report["rules"][0]["attempts"]),
        (&json!("Filter"), &json!(42))
    );
    assert_eq!(report["rules"][0]["alarm"]["alarm_name"], "Alarm");
}

#[test]
fn what_a_template_leaves_to_its_deployment_is_named() {
    for (part, instead, message) in [
        (
            "MetricName: Attempts\n      Statistic",
            "MetricName: !Ref Mail\n      Statistic",
            "resource `Reads`: `MetricName` keeps the placeholder `{Mail}`: the parameter `Mail` has",
        ),
        (
            "MetricName: Attempts\n      Statistic",
            "MetricName: !ImportValue x\n      Statistic",
            "`Fn::ImportValue` is known only after deployment",
        ),
        (
            "MetricName: Attempts\n      Statistic",
            "MetricName: !Ref Nowhere\n      Statistic",
            "`Nowhere` is known only after deployment",
        ),
        (
            "Statistic: Sum",
            "Statistic: Some",
            "resource `Reads` is left out: there is no statistic `Some`",
        ),
        (
            "[\"-\", [!Ref Prefix, reads]]",
            "[\"-\", [!Ref Reads]]",
            "references lead in a circle",
        ),
        ("${P}-metrics", "${P-metrics", "a `${` without its `}`"),
        ("FilterPattern: >-", "FilterPattern: *a", "unknown anchor"),
    ] {
        assert!(TEMPLATE.contains(part), "{part}");
        let run = import(&TEMPLATE.replacen(part, instead, 1));
        // An anchor that nobody knows is an error of YAML, and not of one resource.
        let code = if message == "unknown anchor" { 2 } else { 0 };
        assert!(
            run.code == code && run.stderr.contains(message),
            "{part}: {}",
            run.stderr
        );
    }
    let run = import(&TEMPLATE.replace(
        "      Statistic: Sum",
        "      Statistc: Sum\n      Statistic: Sum",
    ));
    assert!(
        run.code == 0 && run.stderr.contains("unknown field `Reads.Statistc`"),
        "{}",
        run.stderr
    );
}

const ALARM: &str = r#""MetricName":"M","Namespace":"N","Statistic":"Sum","Period":300,
    "EvaluationPeriods":1,"Threshold":1,"ComparisonOperator":"GreaterThanOrEqualToThreshold""#;

#[test]
fn all_documents_of_a_yaml_file_are_read() {
    let document = |name: &str| format!("---\nMetricAlarms:\n- {{\"AlarmName\":{name},{ALARM}}}\n");
    let run = import(&[document("a"), document("b")].concat());
    let names: Vec<&str> = run
        .stdout
        .lines()
        .filter(|line| line.starts_with("AlarmName"))
        .collect();
    assert_eq!(names, [r#"AlarmName = "a""#, r#"AlarmName = "b""#]);
    let resource = format!(r#"{{"Type":"AWS::CloudWatch::Alarm","Properties":{{{ALARM}}}}}"#);
    let template = |id: &str| format!("---\nResources:\n  {id}: {resource}\n");
    let run = import(&[template("A"), template("B")].concat());
    assert_eq!(run.stdout.matches("[[alarm]]").count(), 2, "{}", run.stderr);
}

/// What an import does not know may change what an alarm does, so it is named.
#[test]
fn what_an_import_does_not_read_is_named() {
    let terraform = r#""alarm_name":"x","metric_name":"M","namespace":"N","statistic":"Sum",
        "period":300,"evaluation_periods":1,"threshold":1,
        "comparison_operator":"GreaterThanOrEqualToThreshold""#;
    let configuration = |block: &str, module: &str| {
        let resource = format!(r#"{{"a":{{{terraform}{block}}}}}"#);
        format!(r#"{{{module}"resource":{{"aws_cloudwatch_metric_alarm":{resource}}}}}"#)
    };
    let known = format!(r#"{{"AlarmName":"k",{ALARM}}}"#);
    let window = r#""AlarmName":"w","EvaluationWindow":{"TumblingWindow":{}}"#;
    for (text, warning) in [
        (
            configuration(r#","new_thing":3"#, ""),
            "resource `aws_cloudwatch_metric_alarm.a`: the attribute `new_thing` is not known",
        ),
        (
            configuration("", r#""module":{"m":{"source":"./x"}},"#),
            "the resources of the module `m` are not read",
        ),
        (
            format!(
                r#"{{"Fn::Transform":{{"Name":"AWS::Include"}},"Resources":{{"A":{{
                "Type":"AWS::CloudWatch::Alarm","Properties":{{{ALARM}}}}}}}}}"#
            ),
            "the macro `AWS::Include` is not run",
        ),
        (
            format!("[{known},{{{window},{ALARM}}}]"),
            "alarm `w` is left out: the evaluation window `TumblingWindow` is not known",
        ),
        (
            r#"[{"AlarmName":"q","EvaluationPeriods":1,"Threshold":1,
                "ComparisonOperator":"GreaterThanThreshold","Metrics":[{"Id":"m",
                "AccountId":"222233334444","MetricStat":{"Period":300,"Stat":"Sum",
                "Metric":{"Namespace":"N","MetricName":"M"}}}]}]"#
                .to_owned(),
            "AccountId` is not used",
        ),
    ] {
        let run = import(&text);
        assert!(run.stderr.contains(warning), "{warning}: {}", run.stderr);
        assert_eq!(run.code, 0, "{text}");
    }
}
