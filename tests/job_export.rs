//! Exported rules and jobs: what is written, and that it is read again as the same.

use std::path::{Path, PathBuf};
use std::process::Command;

use backtrail::audit::{
    AlarmChanges, Definitions, Export, ExportFormat, ExportOptions, RuleRequest, export,
    read_definitions,
};
use backtrail::plan::built_in::RULES;
use serde_json::{Value, json};

use crate::program::{Run, backtrail};

fn options(format: ExportFormat) -> ExportOptions {
    ExportOptions {
        format,
        log_group: None,
        email: Vec::new(),
        changes: AlarmChanges::default(),
    }
}

fn read(text: &str) -> Definitions {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("definitions");
    std::fs::write(&path, text).unwrap();
    read_definitions(&path, &Default::default()).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The definitions without what an export adds: the topic as the only action, and parameters.
fn without_topic(mut definitions: Definitions) -> Definitions {
    for alarm in &mut definitions.alarms {
        let actions = &mut alarm.configuration.actions.alarm;
        actions.retain(|action| action.starts_with("arn:"));
    }
    for composite in &mut definitions.composites {
        let actions = &mut composite.alarm.actions.alarm;
        actions.retain(|action| action.starts_with("arn:"));
    }
    for filter in &mut definitions.filters {
        // The log group is a parameter of the export where no filter names one.
        filter.log_group = filter.log_group.take().filter(|name| !name.contains("${"));
    }
    definitions
}

/// Sorts definitions by their names: the resources of a file have no order.
fn sorted(mut definitions: Definitions) -> Definitions {
    definitions.filters.sort_by(|a, b| a.name.cmp(&b.name));
    let name = |alarm: &backtrail::audit::DefinedAlarm| alarm.configuration.alarm_name.clone();
    definitions.alarms.sort_by_key(name);
    let name = |alarm: &backtrail::audit::DefinedComposite| alarm.alarm.alarm_name.clone();
    definitions.composites.sort_by_key(name);
    definitions.mute_rules.sort_by(|a, b| a.name.cmp(&b.name));
    definitions
}

fn exported(definitions: &Definitions, format: ExportFormat) -> Export {
    export(definitions, &options(format)).unwrap_or_else(|error| panic!("{error}"))
}

/// Exports definitions in every format, and reads them again.
fn assert_round_trips(definitions: &Definitions) {
    for format in [ExportFormat::Cloudformation, ExportFormat::Terraform] {
        let export = exported(definitions, format);
        assert_eq!(export.warnings, [""; 0]);
        let again = without_topic(read(&export.text));
        assert_eq!(
            sorted(again),
            sorted(definitions.clone()),
            "{format:?}\n{}",
            export.text
        );
    }
    let script = exported(definitions, ExportFormat::AwsCli);
    assert_eq!(script.warnings, [""; 0]);
    let calls = run_script(
        &script
            .text
            .replace("log_group_name=''", "log_group_name='trail'"),
    );
    let again = without_topic(read(&described(&calls).to_string()));
    // Mute rules are described one by one.
    let expected = Definitions {
        mute_rules: Vec::new(),
        ..definitions.clone()
    };
    assert_eq!(sorted(again), sorted(expected), "{}", script.text);
}

fn built_in(name: &'static str) -> Definitions {
    let request = RuleRequest {
        names: vec![name.to_owned()],
        ..RuleRequest::default()
    };
    request.definitions().unwrap()
}

#[test]
fn every_built_in_rule_is_exported_and_read_again() {
    for rule in RULES {
        assert_round_trips(&built_in(rule.name));
    }
}

/// A folder with a program `aws` that records its arguments in a file of its own for each call.
fn fake_aws() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("aws");
    let text = "#!/bin/sh\nset -eu\nnumber=$(find \"$CALLS\" -type f | wc -l)\n\
                for argument; do printf '%s\\0' \"$argument\"; done \
                >\"$CALLS/$(printf %03d \"$number\")\"\n\
                echo arn:aws:sns:us-east-1:111122223333:topic\n";
    std::fs::write(&program, text).unwrap();
    let made = Command::new("chmod").arg("+x").arg(&program).status();
    assert!(made.unwrap().success());
    folder
}

/// Checks a script, runs it, and returns the arguments of each call of `aws`.
fn run_script(script: &str) -> Vec<Vec<String>> {
    let fake = fake_aws();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deploy.sh");
    std::fs::write(&path, script).unwrap();
    let checked = Command::new("sh").arg("-n").arg(&path).status().unwrap();
    assert!(checked.success(), "{script}");
    let calls = folder.path().join("calls");
    std::fs::create_dir(&calls).unwrap();
    let search = std::env::var("PATH").unwrap();
    let output = Command::new("sh")
        .arg(&path)
        .env("CALLS", &calls)
        .env("PATH", format!("{}:{search}", fake.path().display()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}\n{script}");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&calls)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let arguments = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        let arguments = text.split_terminator('\0');
        arguments.map(str::to_owned).collect()
    };
    files.iter().map(arguments).collect()
}

/// The output of the commands that describe what calls of the AWS CLI have created.
fn described(calls: &[Vec<String>]) -> Value {
    let mut described = json!({ "metricFilters": [], "MetricAlarms": [], "CompositeAlarms": [] });
    for call in calls {
        let list = match call[1].as_str() {
            "put-metric-filter" => "metricFilters",
            "put-metric-alarm" => "MetricAlarms",
            "put-composite-alarm" => "CompositeAlarms",
            _ => continue,
        };
        let place = call.iter().position(|word| word == "--cli-input-json");
        let input: Value = serde_json::from_str(&call[place.unwrap() + 1]).unwrap();
        described[list].as_array_mut().unwrap().push(input);
    }
    described
}

const HOSTILE: &str = r#"
[[metric-filter]]
filterName = "it's \"$(rm)\" `x` ${Topic} %{if} # {{ no }} -"
filterPattern = '''{ $.a = "it's ${x} $${y} %{z}" && $.b = "`id` $(id) !Ref x: y #z" && $.c != "\\" }'''
emitSystemFieldDimensions = []
[[metric-filter.metricTransformations]]
metricName = "M日本 ' \" ` %{ {"
metricNamespace = "yes"
metricValue = "$.bytes"
unit = "Bytes"
dimensions = { "A${b}" = "$.x", "no" = '$.y' }

[[metric-filter]]
filterName = "-default"
filterPattern = "-term"
[[metric-filter.metricTransformations]]
metricName = "1"
metricNamespace = "null"
metricValue = "2"
defaultValue = 0.0

[[alarm]]
AlarmName = "file:///etc/passwd"
AlarmDescription = "https://example.com/\u2028\u0085\u007f\ttab\nline ${AWS::Region} '\\''"
Namespace = "yes"
MetricName = "1e3"
ExtendedStatistic = "p99.9"
EvaluateLowSampleCountPercentile = "ignore"
Unit = "Count/Second"
Dimensions = [{ Name = "${D}", Value = "%{V}" }]
Period = 300
EvaluationPeriods = 3
DatapointsToAlarm = 2
ComparisonOperator = "LessThanThreshold"
Threshold = -0.25
TreatMissingData = "breaching"
ActionsEnabled = false
OKActions = ["arn:aws:sns:us-east-1:111122223333:o'k ${x}"]
AlarmActions = ["arn:aws:sns:us-east-1:111122223333:a", "arn:aws:lambda:us-east-1:111122223333:function:f"]

[[alarm]]
AlarmName = "${math}"
EvaluationPeriods = 1
ComparisonOperator = "GreaterThanThreshold"
Threshold = 1e21
TreatMissingData = "missing"
[[alarm.Metrics]]
Id = "e"
Expression = "IF(m > 1, m, 0)"
Label = "${LABEL}"
ReturnData = true
[[alarm.Metrics]]
Id = "m"
ReturnData = false
MetricStat = { Period = 60, Stat = "Sum", Unit = "None", Metric = { Namespace = "a", MetricName = "b", Dimensions = [{ Name = "n", Value = "v" }] } }

[[composite-alarm]]
AlarmName = "z first"
AlarmRule = "ALARM(\"a second\") OR NOT OK(\"${math}\")"
ActionsSuppressor = "file:///etc/passwd"
ActionsSuppressorWaitPeriod = 60
ActionsSuppressorExtensionPeriod = 120

[[composite-alarm]]
AlarmName = "a second"
AlarmRule = "ALARM(\"${math}\")"

[[mute-rule]]
Name = "night's"
Rule = { Schedule = { Expression = "cron(0 22 * * *)", Duration = "PT8H", Timezone = "Europe/Berlin" } }
MuteTargets = { AlarmNames = ["z first", "elsewhere ${x}"] }
StartDate = "2026-01-01T00:00:00Z"
"#;

#[test]
fn hostile_names_and_patterns_are_read_again_as_they_are() {
    assert_round_trips(&read(HOSTILE));
}

#[test]
fn alarms_come_before_those_that_refer_to_them() {
    let script = exported(&read(HOSTILE), ExportFormat::AwsCli).text;
    let calls = run_script(&script.replace("log_group_name=''", "log_group_name='trail'"));
    let commands: Vec<&str> = calls.iter().map(|call| call[1].as_str()).collect();
    let expected = [
        "create-topic",
        "put-metric-filter",
        "put-metric-filter",
        "put-metric-alarm",
        "put-metric-alarm",
        "put-composite-alarm",
        "put-composite-alarm",
        "put-alarm-mute-rule",
    ];
    assert_eq!(commands, expected);
    assert!(calls[5][3].contains("a second"), "{:?}", calls[5]);
    // The children of the composite alarms notify nobody; the one at the top notifies the topic.
    let topic = "arn:aws:sns:us-east-1:111122223333:topic";
    for (number, notifies) in [(4, false), (5, false), (6, true)] {
        assert_eq!(
            calls[number].contains(&topic.to_owned()),
            notifies,
            "{number}"
        );
    }
    let template = exported(&read(HOSTILE), ExportFormat::Cloudformation).text;
    let depends =
        "    DependsOn:\n      - FileEtcPasswdAlarm\n      - MathAlarm\n      - ASecondAlarm\n";
    assert!(template.contains(depends), "{template}");
    let configuration = exported(&read(HOSTILE), ExportFormat::Terraform).text;
    let configuration: Value = serde_json::from_str(&configuration).unwrap();
    let composite = &configuration["resource"]["aws_cloudwatch_composite_alarm"]["z_first"];
    let addresses = json!([
        "aws_cloudwatch_metric_alarm.file_etc_passwd",
        "aws_cloudwatch_metric_alarm.math",
        "aws_cloudwatch_composite_alarm.a_second",
    ]);
    assert_eq!(composite["depends_on"], addresses);
}

fn job_export(arguments: &str) -> Run {
    backtrail(["job", "export"].into_iter().chain(arguments.split(' ')))
}

const CHOSEN: &str = "--rule secrets --threshold 3 --period 60 --datapoints 2/3 --statistic Sum \
                      --treat-missing-data notBreaching --log-group trail --email a@example.com";

#[test]
fn the_chosen_alarm_is_a_template() {
    let run = job_export(&format!("{CHOSEN} --format cloudformation"));
    let expected = r#"# Deploy this template with
#   aws cloudformation deploy --stack-name NAME --template-file FILE --parameter-overrides ...
AWSTemplateFormatVersion: '2010-09-09'
Description: 'Metric filters and alarms on CloudTrail events, written by backtrail'
Parameters:
  Email:
    Type: String
    Description: 'Address that the notifications are sent to, or nothing'
    Default: 'a@example.com'
  LogGroupName:
    Type: String
    Description: 'Name of the log group that the trail delivers to'
    Default: trail
  TopicName:
    Type: String
    Description: 'Name of the topic that the alarms notify'
    Default: AttemptsToAccessDeletedSecretsAlarm
Conditions:
  HasEmail: !Not
    - !Equals
      - !Ref Email
      - ''
Resources:
  AttemptsToAccessDeletedSecretsAlarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: AttemptsToAccessDeletedSecretsAlarm
      AlarmActions:
        - !Ref Topic
      ComparisonOperator: GreaterThanOrEqualToThreshold
      DatapointsToAlarm: 2
      EvaluationPeriods: 3
      MetricName: AttemptsToAccessDeletedSecrets
      Namespace: CloudTrailLogMetrics
      Period: 60
      Statistic: Sum
      Threshold: 3
      TreatMissingData: notBreaching
  SecretsFilter:
    Type: AWS::Logs::MetricFilter
    Properties:
      FilterName: secrets
      FilterPattern: '{ $.eventName = "GetSecretValue" && $.errorMessage = "*secret because it was marked for deletion*" }'
      LogGroupName: !Ref LogGroupName
      MetricTransformations:
        - MetricName: AttemptsToAccessDeletedSecrets
          MetricNamespace: CloudTrailLogMetrics
          MetricValue: '1'
  Subscription:
    Type: AWS::SNS::Subscription
    Condition: HasEmail
    Properties:
      Endpoint: !Ref Email
      Protocol: email
      TopicArn: !Ref Topic
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: !Ref TopicName
"#;
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(run.stdout, expected);
}

#[test]
fn the_chosen_alarm_is_a_configuration_of_terraform() {
    let run = job_export(&format!("{CHOSEN} --format terraform"));
    let expected = json!({
        "//": "Written by backtrail. Terraform reads files whose names end in .tf.json.",
        "terraform": { "required_providers": { "aws": { "source": "hashicorp/aws" } } },
        "variable": {
            "log_group_name": {
                "type": "string", "default": "trail",
                "description": "Name of the log group that the trail delivers to",
            },
            "topic_name": {
                "type": "string", "default": "AttemptsToAccessDeletedSecretsAlarm",
                "description": "Name of the topic that the alarms notify",
            },
            "emails": {
                "type": "list(string)", "default": ["a@example.com"],
                "description": "Addresses that the notifications are sent to",
            },
        },
        "resource": {
            "aws_cloudwatch_log_metric_filter": { "secrets": {
                "name": "secrets",
                "pattern": "{ $.eventName = \"GetSecretValue\" && $.errorMessage = \
                            \"*secret because it was marked for deletion*\" }",
                "log_group_name": "${var.log_group_name}",
                "metric_transformation": [{
                    "name": "AttemptsToAccessDeletedSecrets",
                    "namespace": "CloudTrailLogMetrics",
                    "value": "1",
                }],
            } },
            "aws_cloudwatch_metric_alarm": { "attempts_to_access_deleted_secrets_alarm": {
                "alarm_name": "AttemptsToAccessDeletedSecretsAlarm",
                "alarm_actions": ["${aws_sns_topic.alarms.arn}"],
                "comparison_operator": "GreaterThanOrEqualToThreshold",
                "datapoints_to_alarm": 2,
                "evaluation_periods": 3,
                "metric_name": "AttemptsToAccessDeletedSecrets",
                "namespace": "CloudTrailLogMetrics",
                "period": 60,
                "statistic": "Sum",
                "threshold": 3,
                "treat_missing_data": "notBreaching",
            } },
            "aws_sns_topic": { "alarms": { "name": "${var.topic_name}" } },
            "aws_sns_topic_subscription": { "email": {
                "for_each": "${toset(var.emails)}",
                "topic_arn": "${aws_sns_topic.alarms.arn}",
                "protocol": "email",
                "endpoint": "${each.value}",
            } },
        },
    });
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(run.json(), expected);
}

#[test]
fn the_chosen_alarm_is_a_script() {
    let run = job_export(&format!("{CHOSEN} --email b@example.com --format aws-cli"));
    let expected = r#"#!/bin/sh
# Written by backtrail. Creates what is below in the account and region of the AWS CLI, or changes
# it if it exists.
set -euf

# The log group that the trail delivers to.
log_group_name='trail'
[ -n "$log_group_name" ] || { echo 'set log_group_name in this script' >&2; exit 2; }

# The topic that the alarms notify.
topic_name='AttemptsToAccessDeletedSecretsAlarm'
# The addresses that the notifications are sent to, with spaces between them.
emails='a@example.com b@example.com'

topic_arn=$(aws sns create-topic --name "$topic_name" --query TopicArn --output text)
for email in $emails; do
    aws sns subscribe --topic-arn "$topic_arn" --protocol email \
        --notification-endpoint "$email"
done

aws logs put-metric-filter --cli-input-json '{
  "filterName": "secrets",
  "filterPattern": "{ $.eventName = \"GetSecretValue\" && $.errorMessage = \"*secret because it was marked for deletion*\" }",
  "metricTransformations": [
    {
      "metricName": "AttemptsToAccessDeletedSecrets",
      "metricNamespace": "CloudTrailLogMetrics",
      "metricValue": "1"
    }
  ]
}' \
    --log-group-name "$log_group_name"

aws cloudwatch put-metric-alarm --cli-input-json '{
  "AlarmName": "AttemptsToAccessDeletedSecretsAlarm",
  "ComparisonOperator": "GreaterThanOrEqualToThreshold",
  "DatapointsToAlarm": 2,
  "EvaluationPeriods": 3,
  "MetricName": "AttemptsToAccessDeletedSecrets",
  "Namespace": "CloudTrailLogMetrics",
  "Period": 60,
  "Statistic": "Sum",
  "Threshold": 3,
  "TreatMissingData": "notBreaching"
}' \
    --alarm-actions "$topic_arn"

"#;
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(run.stdout, expected);
    let calls = run_script(&run.stdout);
    let subscribe = |email: &str| {
        format!(
            "sns subscribe --topic-arn arn:aws:sns:us-east-1:111122223333:topic --protocol email \
             --notification-endpoint {email}"
        )
    };
    assert_eq!(calls[1].join(" "), subscribe("a@example.com"));
    assert_eq!(calls[2].join(" "), subscribe("b@example.com"));
    assert_eq!(calls[3][4..], ["--log-group-name", "trail"]);
}

#[test]
fn a_script_without_a_log_group_stops() {
    let script = exported(&built_in("kms"), ExportFormat::AwsCli).text;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deploy.sh");
    std::fs::write(&path, script).unwrap();
    let output = Command::new("sh").arg(&path).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        (output.status.code(), stderr.as_str()),
        (Some(2), "set log_group_name in this script\n")
    );
}

/// Jobs that a format cannot express in full, and the message about what is left out.
#[test]
fn what_a_format_cannot_express_is_named() {
    let filter = "[[metric-filter]]\nfilterName = \"f\"\nfilterPattern = \"a\"\n\
                  [[metric-filter.metricTransformations]]\n\
                  metricName = \"M\"\nmetricNamespace = \"N\"\nmetricValue = \"1\"\n";
    let alarm = "[[alarm]]\nAlarmName = \"a\"\nNamespace = \"N\"\nMetricName = \"M\"\n\
                 Statistic = \"Sum\"\nPeriod = 300\nEvaluationPeriods = 1\nThreshold = 1\n\
                 ComparisonOperator = \"GreaterThanThreshold\"\n";
    let composite = |name: &str, other: &str| {
        format!("[[composite-alarm]]\nAlarmName = \"{name}\"\nAlarmRule = \"ALARM({other})\"\n")
    };
    for (job, format, message) in [
        (
            format!("{filter}{alarm}EvaluationWindow = {{ WallClockWindow = {{}} }}\n"),
            "terraform",
            "alarm `a` is left out: Terraform's `aws_cloudwatch_metric_alarm` has no attribute for \
             `EvaluationWindow`",
        ),
        (
            format!(
                "{filter}{alarm}WarmUpConfiguration = {{ WarmUpPeriodDurationInMinutes = 5 }}\n"
            ),
            "terraform",
            "no attribute for `WarmUpConfiguration`",
        ),
        (
            filter.replace(
                "= \"a\"\n",
                "= \"a\"\nemitSystemFieldDimensions = [\"@aws.account\"]\n",
            ) + alarm,
            "terraform",
            "metric filter `f` is left out: Terraform's `aws_cloudwatch_log_metric_filter` has no \
             attribute for `emitSystemFieldDimensions`",
        ),
        (
            format!("{filter}{alarm}AlarmDescription = \"{{{{resolve:ssm:x}}}}\"\n"),
            "cloudformation",
            "alarm `a` is left out: CloudFormation would take `{{resolve:` in it for a dynamic \
             reference",
        ),
        (
            format!("{alarm}{}", filter.replace("\"M\"", "\"日本\"")),
            "cloudformation",
            "metric filter `f` is left out: CloudFormation takes no metric name that begins with",
        ),
        (
            format!("{alarm}{}", filter.replace("\"N\"", "\"é\"")),
            "cloudformation",
            "metric filter `f` is left out: CloudFormation takes no namespace that begins with",
        ),
        (
            format!("{alarm}{}{}", composite("b", "c"), composite("c", "b")),
            "aws-cli",
            "composite alarm `b` is left out: it refers to itself through other composite alarms",
        ),
        (
            format!("{filter}{}", filter.replace("\"a\"", "\"b\"")),
            "cloudformation",
            "metric filter `f` is left out: another one of this name is exported",
        ),
        (
            format!("{alarm}AlarmActions = [\"${{Other}}\"]\n"),
            "cloudformation",
            "alarm `a`: the action `${Other}` is not an ARN, so the topic of the export replaces it",
        ),
        (
            format!("{alarm}AlarmActions = [\"arn:aws:sns:x\"]\n"),
            "terraform --email a@example.com",
            "--email is not used",
        ),
    ] {
        let run = export_job(&job, format);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(run.stderr.contains(message), "{message}: {}", run.stderr);
        assert_eq!(
            run.stderr.matches("warning: ").count(),
            message.matches("circ").count() + 1 + usize::from(message.contains("itself")),
            "{}",
            run.stderr
        );
    }
    let nothing = export_job(
        &format!("{alarm}EvaluationWindow = {{ WallClockWindow = {{}} }}\n"),
        "terraform",
    );
    assert_eq!(nothing.code, 2);
    assert!(
        nothing
            .stderr
            .contains("nothing can be exported: alarm `a`"),
        "{}",
        nothing.stderr
    );
}

fn export_job(job: &str, format: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("job.toml");
    std::fs::write(&path, job).unwrap();
    job_export(&format!("--job {} --format {format}", path.display()))
}

#[test]
fn what_aws_would_refuse_is_an_error() {
    for (arguments, message) in [
        ("--pattern {", "metric filter `CustomPatternMatches`: "),
        ("--period 90", "90"),
        (
            "--period 86400 --datapoints 1/9",
            "the evaluation periods together last",
        ),
        (
            "--statistic TM(1%:99%)",
            "outside of those that an alarm may use",
        ),
        ("--threshold NaN", "the threshold is not a finite number"),
        ("--datapoints 3/2", "write M/N"),
        ("--email nobody", "`nobody` is not an address"),
        ("--log-group a:b", "`a:b` is not the name of a log group"),
        ("--rule secret", "did you mean `secrets`?"),
    ] {
        let run = job_export(&format!("--format terraform {arguments}"));
        assert_eq!(run.code, 2, "{arguments}");
        assert!(run.stderr.contains(message), "{arguments}: {}", run.stderr);
    }
    let job = HOSTILE.replace("-default\"", "a:b\"");
    for (job, arguments, message) in [
        (
            job.as_str(),
            "terraform",
            "metric filter `a:b`: a name has 1 to 512 characters",
        ),
        (
            HOSTILE,
            "terraform --statistic Sum",
            "watches an expression",
        ),
    ] {
        let run = export_job(job, arguments);
        assert!(
            run.code == 2 && run.stderr.contains(message),
            "{}",
            run.stderr
        );
    }
}

/// The attributes of the resources of Terraform's AWS provider that an export may set (sources,
/// X1).
const ATTRIBUTES: [(&str, &str); 6] = [
    (
        "aws_cloudwatch_log_metric_filter",
        "log_group_name name pattern metric_transformation apply_on_transformed_logs \
         metric_transformation.default_value metric_transformation.dimensions \
         metric_transformation.name metric_transformation.namespace metric_transformation.unit \
         metric_transformation.value",
    ),
    (
        "aws_cloudwatch_metric_alarm",
        "actions_enabled alarm_actions alarm_description alarm_name comparison_operator \
         datapoints_to_alarm dimensions evaluate_low_sample_count_percentiles evaluation_periods \
         extended_statistic insufficient_data_actions metric_name metric_query namespace \
         ok_actions period statistic threshold treat_missing_data unit metric_query.account_id \
         metric_query.expression metric_query.id metric_query.label metric_query.period \
         metric_query.return_data metric_query.metric metric_query.metric.dimensions \
         metric_query.metric.metric_name metric_query.metric.namespace \
         metric_query.metric.period metric_query.metric.stat metric_query.metric.unit",
    ),
    (
        "aws_cloudwatch_composite_alarm",
        "actions_enabled alarm_actions alarm_description alarm_name alarm_rule \
         insufficient_data_actions ok_actions actions_suppressor actions_suppressor.alarm \
         actions_suppressor.extension_period actions_suppressor.wait_period depends_on",
    ),
    (
        "aws_cloudwatch_alarm_mute_rule",
        "name description start_date expire_date rule rule.schedule rule.schedule.duration \
         rule.schedule.expression rule.schedule.timezone mute_targets mute_targets.alarm_names \
         depends_on",
    ),
    ("aws_sns_topic", "name"),
    (
        "aws_sns_topic_subscription",
        "for_each topic_arn protocol endpoint",
    ),
];

/// Adds the paths of the attributes of a block. The members of a map are not attributes.
fn add_paths(block: &Value, path: &str, paths: &mut Vec<String>) {
    match block {
        Value::Array(blocks) => blocks
            .iter()
            .for_each(|block| add_paths(block, path, paths)),
        Value::Object(members) => {
            for (name, value) in members {
                let path = format!("{path}{name}");
                if name != "dimensions" {
                    add_paths(value, &format!("{path}."), paths);
                }
                paths.push(path);
            }
        }
        _ => {}
    }
}

#[test]
fn attributes_are_those_of_the_provider() {
    let text = exported(&read(HOSTILE), ExportFormat::Terraform).text;
    let configuration: Value = serde_json::from_str(&text).unwrap();
    for (kind, blocks) in configuration["resource"].as_object().unwrap() {
        let known = ATTRIBUTES.iter().find(|(known, _)| known == kind);
        let known: Vec<&str> = known.unwrap().1.split_whitespace().collect();
        for block in blocks.as_object().unwrap().values() {
            let mut paths = Vec::new();
            add_paths(block, "", &mut paths);
            for path in paths {
                assert!(known.contains(&path.as_str()), "{kind}: {path}");
            }
        }
    }
}

/// Runs a check of another program over a file, or says that there is no such program.
fn check_with(program: &str, arguments: &[&str], file: &Path) {
    match Command::new(program)
        .args(arguments)
        .arg("--")
        .arg(file)
        .output()
    {
        Ok(output) => assert!(output.status.success(), "{}: {output:?}", file.display()),
        Err(error) => {
            crate::program::skip("a check of exports", &format!("{program}: {error}"));
        }
    }
}

#[test]
fn templates_pass_the_checks_of_cloudformation() {
    let folder = tempfile::tempdir().unwrap();
    let all = RuleRequest {
        names: RULES.iter().map(|rule| rule.name.to_owned()).collect(),
        ..RuleRequest::default()
    };
    for (name, definitions) in [
        ("hostile", read(HOSTILE)),
        ("all", all.definitions().unwrap()),
    ] {
        let path = folder.path().join(format!("{name}.yaml"));
        let text = exported(&definitions, ExportFormat::Cloudformation).text;
        std::fs::write(&path, text).unwrap();
        // The check takes every `${` for a function that was forgotten.
        let arguments = [
            "--non-zero-exit-code",
            "warning",
            "--ignore-checks",
            "E1029",
        ];
        check_with("cfn-lint", &arguments, &path);
    }
}

#[test]
fn a_configuration_of_terraform_is_read_where_it_is_literal() {
    let alarm = |attribute: &str, value: Value| {
        let mut block = json!({
            "namespace": "N", "metric_name": "M", "statistic": "Sum", "period": 60,
            "evaluation_periods": 1, "threshold": "${var.threshold}",
            "comparison_operator": "GreaterThanThreshold", "provider": "${aws.west}",
        });
        block[attribute] = value;
        json!({
            "variable": { "threshold": { "default": 5 } },
            "resource": { "aws_cloudwatch_metric_alarm": { "label": block } },
        })
    };
    let read = read(&alarm("alarm_description", json!("${local.x}")).to_string());
    let configuration = &read.alarms[0].configuration;
    assert_eq!(configuration.alarm_name, "label");
    assert_eq!(configuration.threshold, 5.0);
    assert_eq!(
        configuration.alarm_description.as_deref(),
        Some("${local.x}")
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("main.tf.json");
    std::fs::write(&path, alarm("namespace", json!("a${local.x}")).to_string()).unwrap();
    let run = backtrail(["job", "import", path.to_str().unwrap()]);
    let message = "resource `aws_cloudwatch_metric_alarm.label`: `namespace`: `a${local.x}` is \
                   known only after evaluation";
    assert!(
        run.code == 2 && run.stderr.contains(message),
        "{}",
        run.stderr
    );
}
