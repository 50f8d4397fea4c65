//! Templates and other files as people have them: what is imported, and what is left out with which
//! reason.

mod collections;
mod hostile;
mod shapes;
mod unknown;

use serde_json::{Value, json};

use crate::program::{Run, audit, backtrail, sample};

/// Imports a text that is in a file with this name.
fn import_as(name: &str, text: &str, options: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    let mut words = vec!["job", "import", path.to_str().unwrap()];
    words.extend(options);
    let mut run = backtrail(words);
    // The path differs from run to run.
    run.stderr = run.stderr.replace(path.to_str().unwrap(), name);
    run
}

fn import(template: &Value, options: &[&str]) -> Run {
    import_as("template.json", &template.to_string(), options)
}

/// A template with a filter, an alarm on its metric, and what is changed about them.
fn template(changes: &Value) -> Value {
    let mut template = json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": { "F": filter(), "A": alarm() },
    });
    merge(&mut template, changes);
    template
}

fn filter() -> Value {
    json!({ "Type": "AWS::Logs::MetricFilter", "Properties": {
        "FilterPattern": "{ $.eventName = \"X\" }", "LogGroupName": { "Ref": "LG" },
        "MetricTransformations":
            [{ "MetricName": "M", "MetricNamespace": "N", "MetricValue": "1" }],
    } })
}

fn alarm() -> Value {
    json!({ "Type": "AWS::CloudWatch::Alarm", "Properties": alarm_fields() })
}

fn alarm_fields() -> Value {
    json!({
        "AlarmName": "a", "MetricName": "M", "Namespace": "N", "Statistic": "Sum", "Period": 300,
        "EvaluationPeriods": 1, "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    })
}

/// The template with other properties of the alarm.
fn alarm_with(properties: &Value, others: &Value) -> Value {
    let mut template = template(others);
    merge(&mut template["Resources"]["A"]["Properties"], properties);
    template
}

fn merge(target: &mut Value, changes: &Value) {
    match (target, changes) {
        (Value::Object(members), Value::Object(changes)) if !is_call(changes) => {
            for (name, change) in changes {
                merge(members.entry(name).or_insert(Value::Null), change);
            }
        }
        (target, change) => *target = change.clone(),
    }
}

fn is_call(members: &serde_json::Map<String, Value>) -> bool {
    members
        .keys()
        .any(|name| name == "Ref" || name.starts_with("Fn::"))
        && !members.keys().any(|name| name.starts_with("Fn::ForEach"))
}

/// The job that the template makes without changes.
const JOB: &str = r#"[[metric-filter]]
filterName = "F"
filterPattern = '{ $.eventName = "X" }'
[[metric-filter.metricTransformations]]
metricName = "M"
metricNamespace = "N"
metricValue = "1"
[[alarm]]
AlarmName = "a"
Namespace = "N"
MetricName = "M"
Statistic = "Sum"
Period = 300
EvaluationPeriods = 1
ComparisonOperator = "GreaterThanOrEqualToThreshold"
Threshold = 1.0
TreatMissingData = "missing"
"#;

/// Returns a job without what concerns other tests: empty lines, and the log group of filters.
fn without_log_group(job: &str) -> String {
    let lines = job.lines();
    let kept = lines.filter(|line| !line.is_empty() && !line.starts_with("logGroupName"));
    kept.map(|line| format!("{line}\n")).collect()
}

#[track_caller]
fn assert_job(run: &Run, job: &str, warnings: &str) {
    assert_eq!(run.stderr, warnings);
    assert_eq!(
        (run.code, without_log_group(&run.stdout).as_str()),
        (0, job)
    );
}

/// The job without its alarm.
fn only_filter() -> &'static str {
    JOB.split("[[alarm]]").next().unwrap()
}

#[test]
fn functions_that_are_known_before_deployment_are_resolved() {
    let is_prod = json!({
        "Parameters": { "Env": { "Type": "String", "Default": "prod" } },
        "Conditions": { "IsProd": { "Fn::Equals": [{ "Ref": "Env" }, "prod"] } },
        "Mappings": { "T": { "prod": { "Threshold": "3" } } },
    });
    let list =
        json!({ "Parameters": { "L": { "Type": "CommaDelimitedList", "Default": "x, a" } } });
    let threshold_3 = JOB.replace("Threshold = 1.0", "Threshold = 3.0");
    let map = |keys: Value| json!({ "Threshold": { "Fn::FindInMap": keys } });
    let name = |value: Value| json!({ "AlarmName": value });
    let nothing = json!({});
    for (properties, others, job) in [
        (json!({}), &nothing, JOB),
        (json!({ "MetricName": { "Fn::Sub": "M" } }), &nothing, JOB),
        (
            map(json!(["T", { "Ref": "Env" }, "Threshold"])),
            &is_prod,
            &threshold_3,
        ),
        (
            map(json!(["T", "test", "Threshold", { "DefaultValue": 3 }])),
            &is_prod,
            &threshold_3,
        ),
        (
            json!({ "Threshold": { "Fn::If": ["IsProd", 3, 5] } }),
            &is_prod,
            &threshold_3,
        ),
        (
            json!({ "ActionsEnabled": { "Fn::If": ["IsProd", true, false] } }),
            &is_prod,
            JOB,
        ),
        (
            json!({ "TreatMissingData": { "Fn::If": ["IsProd", { "Ref": "AWS::NoValue" }, "x"] } }),
            &is_prod,
            JOB,
        ),
        (
            name(json!({ "Fn::Select": [0, { "Fn::Split": [",", "a,b"] }] })),
            &nothing,
            JOB,
        ),
        (
            name(json!({ "Fn::Select": ["1", { "Ref": "L" }] })),
            &list,
            JOB,
        ),
        (
            json!({ "Threshold": { "Fn::Length": ["x", "y", "z"] } }),
            &nothing,
            &threshold_3,
        ),
        (
            json!({ "Period": "300", "Threshold": "1", "EvaluationPeriods": "1" }),
            &nothing,
            JOB,
        ),
        (json!({ "ActionsEnabled": "true" }), &nothing, JOB),
    ] {
        let run = import(&alarm_with(&properties, others), &[]);
        assert_job(&run, job, "");
    }
    let numeric = import(&alarm_with(&name(json!(123)), &nothing), &[]);
    assert_job(&numeric, &JOB.replace("\"a\"", "\"123\""), "");
    let text = json!({ "AlarmDescription": { "Fn::ToJsonString": { "runbook": "x" } } });
    let described = import(&alarm_with(&text, &nothing), &[]);
    assert!(
        described
            .stdout
            .contains(r#"AlarmDescription = '{"runbook":"x"}'"#)
    );
}

#[test]
fn conditions_decide_which_resources_are_there() {
    let conditions = json!({
        "Parameters": { "Env": { "Type": "String", "Default": "dev" }, "Free": { "Type": "String" } },
        "Conditions": {
            "IsProd": { "Fn::Equals": [{ "Ref": "Env" }, "prod"] },
            "NotProd": { "Fn::Not": [{ "Condition": "IsProd" }] },
            "Both": { "Fn::And": [{ "Condition": "NotProd" }, { "Condition": "IsFree" }] },
            "Either": { "Fn::Or": [{ "Condition": "IsFree" }, { "Condition": "NotProd" }] },
            "IsFree": { "Fn::Equals": [{ "Ref": "Free" }, "yes"] },
        },
    });
    let on = |condition: &str| {
        let mut template = template(&conditions);
        template["Resources"]["A"]["Condition"] = json!(condition);
        template
    };
    let absent = |id: &str, condition: &str| {
        format!(
            "warning: resource `{id}` is left out: its condition `{condition}` is false with these \
             parameters\n"
        )
    };
    let run = import(&on("IsProd"), &[]);
    assert_job(&run, only_filter(), &absent("A", "IsProd"));
    assert_job(&import(&on("NotProd"), &[]), JOB, "");
    assert_job(&import(&on("Either"), &[]), JOB, "");
    assert_job(
        &import(&on("Both"), &[]),
        only_filter(),
        "warning: resource `A` is left out: its condition `Both`: the parameter `Free` has no \
         default; give it with --parameter Free=VALUE\n",
    );
    assert_job(&import(&on("Both"), &["--parameter", "Free=yes"]), JOB, "");
    assert_job(
        &import(&on("Nothing"), &[]),
        only_filter(),
        "warning: resource `A` is left out: its condition `Nothing`: there is no condition \
         `Nothing`\n",
    );

    let mut variants = on("IsProd");
    variants["Resources"]["B"] = variants["Resources"]["A"].clone();
    variants["Resources"]["B"]["Condition"] = json!("NotProd");
    variants["Resources"]["B"]["Properties"]["Threshold"] = json!(9);
    let job = JOB.replace("Threshold = 1.0", "Threshold = 9.0");
    assert_job(&import(&variants, &[]), &job, &absent("A", "IsProd"));
    let run = import(&variants, &["--parameter", "Env=prod"]);
    assert_job(&run, JOB, &absent("B", "NotProd"));
    variants["Resources"]["B"]["Condition"] = json!("IsProd");
    assert_job(
        &import(&variants, &[]),
        only_filter(),
        "warning: resources `A`, `B` are left out: their condition `IsProd` is false with these \
         parameters\n",
    );

    let mut absent = on("IsProd");
    absent["Resources"]["F"] = Value::Null;
    let run = import(&absent, &[]);
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (
            2,
            "error: template.json: resource `A`: its condition `IsProd` is false with these \
             parameters\n"
        )
    );
}

#[test]
fn what_cannot_be_resolved_is_left_out_alone() {
    let others = json!({
        "Parameters": {
            "T": { "Type": "Number" },
            "P": { "Type": "AWS::SSM::Parameter::Value<String>", "Default": "/x/threshold" },
        },
        "Resources": { "I": { "Type": "AWS::EC2::Instance" } },
    });
    let dimension = |value: Value| json!({ "Dimensions": [{ "Name": "D", "Value": value }] });
    for (properties, reason) in [
        (
            dimension(json!({ "Ref": "I" })),
            "`Dimensions`: `Value`: `I` is a resource, of which nothing is known before deployment",
        ),
        (
            dimension(json!({ "Ref": "AWS::Region" })),
            "`Dimensions`: `Value`: `AWS::Region` is known only after deployment; give it with \
             --parameter AWS::Region=VALUE",
        ),
        (
            json!({ "Threshold": { "Ref": "T" } }),
            "`Threshold`: the parameter `T` has no default; give it with --parameter T=VALUE",
        ),
        (
            json!({ "Threshold": { "Ref": "P" } }),
            "`Threshold`: the parameter `P` is read from SSM, where it is `/x/threshold`; give it \
             with --parameter P=VALUE",
        ),
        (
            json!({ "Threshold": "{{resolve:ssm:/x}}" }),
            "`Threshold`: `{{resolve:ssm:/x}}` is known only after deployment",
        ),
        (
            json!({ "MetricName": { "Fn::GetAtt": ["F", "MetricName"] } }),
            "`MetricName`: `F.MetricName` is a resource, of which nothing is known before \
             deployment",
        ),
        (
            json!({ "MetricName": { "Fn::ImportValue": "x" } }),
            "`MetricName`: `Fn::ImportValue` is known only after deployment",
        ),
        (
            json!({ "Period": { "Fn::Transform": { "Name": "M" } } }),
            "`Period`: `Fn::Transform` is known only after deployment",
        ),
        (
            json!({ "Period": { "Fn::FindInMap": ["A", "B", "C"] } }),
            "`Period`: there is no `A.B.C`",
        ),
        (
            json!({ "Period": "often" }),
            "`Period`: `often` is not a number",
        ),
        (
            json!({ "Period": 7 }),
            "alarm `a`: a period of 7 seconds does not exist: it is 10, 20, \
            30 or a multiple of 60",
        ),
        (
            json!({ "Statistic": null }),
            "alarm `a`: one of the fields `Statistic` and \
            `ExtendedStatistic` is needed",
        ),
    ] {
        let run = import(&alarm_with(&properties, &others), &[]);
        let warning = format!("warning: resource `A` is left out: {reason}\n");
        assert_job(&run, only_filter(), &warning);
    }
    let pattern =
        json!({ "Resources": { "F": { "Properties": { "FilterPattern": "{ $.a == 1 }" } } } });
    let run = import(&template(&pattern), &[]);
    let warning = "warning: resource `F` is left out: metric filter `F`: ";
    assert!(
        run.code == 0 && run.stderr.starts_with(warning),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("`==` is not an operator"),
        "{}",
        run.stderr
    );
    assert!(!run.stdout.contains("metric-filter") && run.stdout.contains("[[alarm]]"));
}

#[test]
fn placeholders_are_kept_where_the_value_does_not_matter() {
    let others = json!({
        "Parameters": { "Topic": { "Type": "String" }, "Arns": { "Type": "CommaDelimitedList" } },
        "Conditions": { "Has": { "Fn::Not": [{ "Fn::Equals": [{ "Ref": "Topic" }, ""] }] } },
        "Resources": { "Fn": { "Type": "AWS::Lambda::Function" } },
    });
    for (properties, line) in [
        (
            json!({ "AlarmActions": [{ "Ref": "Topic" }] }),
            "AlarmActions = [\"${Topic}\"]",
        ),
        (
            json!({ "AlarmActions": { "Ref": "Arns" } }),
            "AlarmActions = [\"${Arns}\"]",
        ),
        (
            json!({ "AlarmActions": { "Ref": "AWS::NotificationARNs" } }),
            "AlarmActions = [\"${AWS::NotificationARNs}\"]",
        ),
        (
            json!({ "AlarmActions": { "Fn::If":
                ["Has", [{ "Ref": "Topic" }], { "Ref": "AWS::NoValue" }] } }),
            "AlarmActions = [\"${Topic}\"]",
        ),
        (
            json!({ "AlarmActions": [{ "Fn::ImportValue": "x" }] }),
            "AlarmActions = [\"${Fn::ImportValue}\"]",
        ),
        (
            json!({ "AlarmActions":
                [{ "Fn::Sub": "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:t" }] }),
            "AlarmActions = [\"arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:t\"]",
        ),
        (
            json!({ "AlarmDescription": { "Fn::Sub": "see ${Fn.Arn} ${!Literal}" } }),
            "AlarmDescription = \"see ${Fn.Arn} ${Literal}\"",
        ),
        (
            json!({ "AlarmDescription": "{{resolve:ssm:/x}}" }),
            "AlarmDescription = \"{{resolve:ssm:/x}}\"",
        ),
    ] {
        let run = import(&alarm_with(&properties, &others), &[]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{line}");
        assert!(run.stdout.contains(line), "{line}: {}", run.stdout);
    }
    let topic = json!({ "AlarmActions": { "Fn::If":
        ["Has", [{ "Ref": "Topic" }], { "Ref": "AWS::NoValue" }] } });
    let run = import(&alarm_with(&topic, &others), &["--parameter", "Topic="]);
    assert_job(&run, JOB, "");
}

#[test]
fn names_keep_placeholders_and_take_given_values() {
    for (name, kept, given) in [
        (
            json!({ "Fn::Sub": "${AWS::AccountId}-root" }),
            "AWS::AccountId",
            "1-root",
        ),
        (
            json!({ "Fn::Join": ["-", [{ "Ref": "AWS::Region" }, "root"]] }),
            "AWS::Region",
            "1-root",
        ),
        (
            json!({ "Fn::Sub": "${AWS::StackName}-root" }),
            "AWS::StackName",
            "1-root",
        ),
    ] {
        let template = alarm_with(&json!({ "AlarmName": name }), &json!({}));
        let warning = format!(
            "warning: resource `A`: `AlarmName` keeps the placeholder `${{{kept}}}`: `{kept}` is \
             known only after deployment; give it with --parameter {kept}=VALUE\n"
        );
        let named = |name: &str| JOB.replace("\"a\"", &format!("\"{name}\""));
        assert_job(
            &import(&template, &[]),
            &named(&format!("${{{kept}}}-root")),
            &warning,
        );
        let option = format!("{kept}=1");
        assert_job(
            &import(&template, &["--parameter", &option]),
            &named(given),
            "",
        );
    }
    // The part of a stack's ID that makes names unique.
    let suffix = json!({ "Fn::Select": [2, { "Fn::Split": ["/", { "Ref": "AWS::StackId" }] }] });
    let unique = alarm_with(
        &json!({ "AlarmName": { "Fn::Join": ["-", ["a", suffix]] } }),
        &json!({}),
    );
    assert!(
        import(&unique, &[])
            .stdout
            .contains("AlarmName = \"a-${AWS::StackId.2}\"")
    );
    let id = "AWS::StackId=arn:aws:cloudformation:eu-west-1:1:stack/s/7f";
    let run = import(&unique, &["--parameter", id]);
    assert_job(&run, &JOB.replace("\"a\"", "\"a-7f\""), "");
}

/// The name of a metric cannot have the signs of other placeholders, and filter and alarm still
/// meet.
#[test]
fn a_metric_with_a_placeholder_is_the_same_for_filter_and_alarm() {
    let mut template = alarm_with(
        &json!({ "Namespace": { "Ref": "Ns" } }),
        &json!({ "Parameters": { "Ns": { "Type": "String" } } }),
    );
    let transformation = &mut template["Resources"]["F"]["Properties"]["MetricTransformations"][0];
    transformation["MetricNamespace"] = json!({ "Ref": "Ns" });
    transformation["MetricName"] = json!({ "Fn::Sub": "${AWS::Region}-M" });
    template["Resources"]["A"]["Properties"]["MetricName"] =
        json!({ "Fn::Sub": "${AWS::Region}-M" });
    let run = import(&template, &[]);
    let job = JOB
        .replace("\"N\"", "\"{Ns}\"")
        .replace("\"M\"", "\"{AWS.Region}-M\"");
    assert_eq!((run.code, without_log_group(&run.stdout)), (0, job));
    assert!(
        run.stderr
            .contains("`MetricNamespace` keeps the placeholder `{Ns}`: the parameter")
    );

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("template.json");
    std::fs::write(&path, template.to_string()).unwrap();
    let run = audit(&format!("--job {}", path.display()), &[sample()]);
    assert!(
        run.code == 0 && !run.stderr.contains("no metric filter publishes"),
        "{}",
        run.stderr
    );
    let given = ["--parameter", "Ns=N", "--parameter", "AWS::Region=r"];
    assert_job(
        &import(&template, &given),
        &JOB.replace("\"M\"", "\"r-M\""),
        "",
    );
}

#[test]
fn loops_are_expanded() {
    let template = json!({
        "Transform": "AWS::LanguageExtensions",
        "Parameters": { "Names": { "Type": "CommaDelimitedList", "Default": "Create-Trail,DeleteTrail" } },
        "Conditions": {
            "Fn::ForEach::Is": ["Ev", ["Create-Trail", "DeleteTrail"],
                { "Is&{Ev}": { "Fn::Equals": ["${Ev}", "DeleteTrail"] } }] },
        "Resources": {
            "F": filter(),
            "Fn::ForEach::Alarms": ["Ev", { "Ref": "Names" }, {
                "A&{Ev}": { "Type": "AWS::CloudWatch::Alarm", "Condition": "Is&{Ev}",
                    "Properties": {
                        "Fn::ForEach::Names": ["Field", ["Metric", "Alarm"],
                            { "${Field}Name": { "Fn::Sub": "${Field}-${Ev}" } }],
                        "AlarmDescription": { "Ref": "Ev" },
                        "Namespace": "N", "Statistic": "Sum", "Period": 300, "EvaluationPeriods": 1,
                        "Threshold": 1, "ComparisonOperator": "GreaterThanOrEqualToThreshold" } } }],
        },
    });
    let run = import(&template, &[]);
    let absent = "warning: resource `ACreateTrail` is left out: its condition `IsCreateTrail` is false \
        with these parameters\n";
    assert_eq!((run.code, run.stderr.as_str()), (0, absent));
    assert_eq!(run.stdout.matches("[[alarm]]").count(), 1, "{}", run.stdout);
    for line in [
        "AlarmName = \"Alarm-DeleteTrail\"",
        "MetricName = \"Metric-DeleteTrail\"",
        "AlarmDescription = \"DeleteTrail\"",
    ] {
        assert!(run.stdout.contains(line), "{line}: {}", run.stdout);
    }
    let mut unknown = template;
    unknown["Parameters"]["Names"]["Default"] = Value::Null;
    unknown["Parameters"]["Names"]
        .as_object_mut()
        .unwrap()
        .remove("Default");
    assert_job(
        &import(&unknown, &[]),
        only_filter(),
        "warning: `Fn::ForEach::Alarms` is left out: the parameter `Names` has no default; give it \
         with --parameter Names=VALUE\n",
    );
}

#[test]
fn kinds_that_cannot_be_replayed_are_named() {
    let telemetry = "an alert cannot be replayed: it evaluates telemetry that is neither a metric \
        nor in an archive";
    let nested = "the template of a nested stack is not read: give it as well";
    let logs = "a log alarm cannot be replayed: it watches queries of CloudWatch Logs Insights";
    let module = "the resources of a module are not read: give the output of `aws cloudformation \
        get-template --template-stage Processed`";
    for (own_type, reason) in [
        ("AWS::CloudWatch::LogAlarm", logs),
        ("AWS::CloudWatch::Alert", telemetry),
        ("AWS::CloudFormation::Stack", nested),
        ("AWS::Serverless::Application", nested),
        ("My::Alarms::MODULE", module),
        (
            "AWS::CloudWatch::TelemetryAlarm",
            "the type `AWS::CloudWatch::TelemetryAlarm` is not known, so it cannot be replayed",
        ),
        (
            "AWS::Cloudwatch::Alarm",
            "the type `AWS::Cloudwatch::Alarm` is written `AWS::CloudWatch::Alarm`",
        ),
    ] {
        let run = import(
            &template(&json!({ "Resources": { "X": { "Type": own_type } } })),
            &[],
        );
        assert_job(
            &run,
            JOB,
            &format!("warning: resource `X` is left out: {reason}\n"),
        );
    }
    for own_type in [
        "AWS::CloudWatch::Dashboard",
        "AWS::Logs::LogGroup",
        "Custom::Alarm",
    ] {
        let run = import(
            &template(&json!({ "Resources": { "X": { "Type": own_type } } })),
            &[],
        );
        assert_job(&run, JOB, "");
    }
    let run = import(
        &json!({ "Resources": { "S": { "Type": "AWS::CloudFormation::Stack" } } }),
        &[],
    );
    assert_eq!(
        run.stderr,
        format!("error: template.json: resource `S`: {nested}\n")
    );

    let insights = "an alarm on a Metrics Insights query cannot be replayed: it selects from \
        metrics that are not here";
    let query = |expression: &str| {
        json!({ "AlarmName": "x", "EvaluationPeriods": 1, "Threshold": 1,
            "ComparisonOperator": "GreaterThanThreshold",
            "Metrics": [{ "Id": "q", "Expression": expression, "Period": 300 }] })
    };
    let alarm_only = JOB.replace(only_filter(), "");
    for (other, reason) in [
        (query("SELECT SUM(M) FROM SCHEMA(N, Region)"), insights),
        (
            query("LAMBDA('f','x')"),
            "LAMBDA cannot be computed from samples: it asks a function of its owner",
        ),
        (
            json!({ "AlarmName": "x", "EvaluationCriteria": { "PromQLCriteria": { "Query": "x" } } }),
            "a PromQL alarm cannot be replayed: it queries a store of its own",
        ),
        (
            json!({ "AlarmName": "x", "ThresholdMetricId": "ad1" }),
            "an alarm on an anomaly detection band cannot be replayed: the band is AWS's trained \
             model",
        ),
        (
            json!({ "AlarmName": "x" }),
            "the field `Namespace` is missing",
        ),
        (
            json!({ "AlarmName": "x", "Period": "y" }),
            "`Period`: `y` is not a number",
        ),
    ] {
        let described = json!({ "MetricAlarms": [other, alarm_fields()], "CompositeAlarms": [] });
        let run = import(&described, &[]);
        assert_job(
            &run,
            &alarm_only,
            &format!("warning: alarm `x` is left out: {reason}\n"),
        );
    }
    let described = json!({ "MetricAlarms": [alarm_fields()],
        "LogAlarms": [{ "AlarmName": "x", "ScheduledQueryConfiguration": {} }] });
    assert_job(
        &import(&described, &[]),
        &alarm_only,
        &format!("warning: alarm `x` is left out: {logs}\n"),
    );
}

#[test]
fn fields_of_aws_are_known_and_those_of_the_future_named() {
    let alarm_only = JOB.replace(only_filter(), "");
    let with = |fields: Value| {
        let mut alarm = alarm_fields();
        merge(&mut alarm, &fields);
        json!({ "MetricAlarms": [alarm] })
    };
    let configuration = json!({ "AlarmTagsPropagation": { "Enabled": true } });
    let known = with(
        json!({ "ActionConfiguration": configuration, "StateValue": "OK",
        "EvaluationWindow": { "SlidingWindow": {} } }),
    );
    assert_job(&import(&known, &[]), &alarm_only, "");
    assert_job(
        &import(&with(json!({ "SomethingNew2027": { "a": 1 } })), &[]),
        &alarm_only,
        "warning: unknown field `MetricAlarms.0.SomethingNew2027`; the fields of an alarm are those \
         of PutMetricAlarm\n",
    );
    for zone in ["UTC+05:30", "+05:30"] {
        let window = json!({ "WallClockWindow": { "Timezone": zone } });
        let run = import(
            &with(json!({ "Period": 3600, "EvaluationWindow": window })),
            &[],
        );
        assert!(
            run.stdout.contains(&format!("Timezone = \"{zone}\"")),
            "{}",
            run.stdout
        );
    }
    let mut single = json!({ "Id": "m", "ReturnData": true, "AccountId": "1", "MetricStat": {
        "Metric": { "Namespace": "N", "MetricName": "M", "Dimensions": [] },
        "Period": 300, "Stat": "Sum" } });
    let mut alarm = alarm_fields();
    for field in ["MetricName", "Namespace", "Statistic", "Period"] {
        alarm.as_object_mut().unwrap().remove(field);
    }
    alarm["Metrics"] = json!([single.take()]);
    assert_job(
        &import(&json!([alarm]), &[]),
        &alarm_only,
        "warning: `0.Metrics.0.AccountId` is not used: an alarm sees the samples of every account\n",
    );
}

#[test]
fn a_template_is_found_in_what_tools_wrap_it_in() {
    let template = template(&json!({}));
    let object = json!({ "TemplateBody": template, "StagesAvailable": ["Original"] });
    assert_job(&import(&object, &[]), JOB, "");
    let text = json!({ "TemplateBody": template.to_string(), "StagesAvailable": ["Original"] });
    assert_job(&import(&text, &[]), JOB, "");
    let yaml = json!({ "TemplateBody": YAML });
    assert_job(&import(&yaml, &[]), JOB, "");
    let dependent = json!({ "Resources": { "A":
        { "DependsOn": "F", "DeletionPolicy": "Retain", "Metadata": { "aws:cdk:path": "S/A" } } } });
    assert_job(&import(&self::template(&dependent), &[]), JOB, "");
}

/// The template in YAML.
const YAML: &str = r#"AWSTemplateFormatVersion: "2010-09-09"
Resources: # the filters
  "F":
    Type: AWS::Logs::MetricFilter
    Properties:
      FilterPattern: !Sub '{ $.eventName = "X" }'
      LogGroupName: !GetAtt G.Name
      MetricTransformations:
        - {"MetricName": M, MetricNamespace: N, MetricValue: 1}
  A:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: !Sub ["${X}", {X: !Select [0, !Split [",", "a,b"]]}]
      MetricName: !!str M
      Namespace: N
      Statistic: Sum
      Period: "300"
      EvaluationPeriods: 1
      Threshold: 1
      ComparisonOperator: GreaterThanOrEqualToThreshold
"#;

#[test]
fn any_yaml_is_read() {
    let anchored = YAML
        .replace(
            "    Properties:\n      AlarmName",
            "    Properties: &p\n      AlarmName",
        )
        .replace("Resources:", "Metadata: {a: &t Sum}\nResources:")
        .replace("Statistic: Sum", "Statistic: *t");
    for text in [
        YAML.to_owned(),
        YAML.replace('\n', "\r\n"),
        format!("\u{feff}---\n# a comment\n{YAML}"),
        format!("%YAML 1.1\n---\n{YAML}...\n"),
        YAML.replacen(
            "AWSTemplateFormatVersion",
            "Description: a = b\nAWSTemplateFormatVersion",
            1,
        ),
        YAML.replacen(
            "AWSTemplateFormatVersion",
            "\"AWSTemplateFormatVersion\"",
            1,
        )
        .replace("Resources: #", "\"Resources\" : #"),
        YAML.replacen("AWSTemplateFormatVersion: \"2010-09-09\"\n", "", 1),
        anchored,
    ] {
        for name in ["template.yaml", "template", "template.template"] {
            assert_job(&import_as(name, &text, &[]), JOB, "");
        }
    }
    let alarms = "MetricAlarms:\n- AlarmName: a\n  ActionsEnabled: true\n  MetricName: M\n  \
        Namespace: N\n  Statistic: Sum\n  Dimensions: []\n  Period: 300\n  EvaluationPeriods: 1\n  \
        Threshold: 1.0\n  ComparisonOperator: GreaterThanOrEqualToThreshold\n";
    assert_job(
        &import_as("a.yaml", alarms, &[]),
        &JOB.replace(only_filter(), ""),
        "",
    );
    let filters = "metricFilters:\n- filterName: F\n  creationTime: 1\n  filterPattern: '{ \
        $.eventName = \"X\" }'\n  logGroupName: lg\n  metricTransformations:\n  - metricName: M\n    \
        metricNamespace: N\n    metricValue: '1'\n";
    assert_job(&import_as("f", filters, &[]), only_filter(), "");
}

#[test]
fn parameters_are_given_one_by_one_or_in_files() {
    let others = json!({ "Parameters": {
        "Threshold": { "Type": "Number" },
        "Stage": { "Type": "String", "Default": "dev", "AllowedValues": ["dev", "prod"] },
        "P": { "Type": "AWS::SSM::Parameter::Value<String>", "Default": "/x" } } });
    let template = alarm_with(&json!({ "Threshold": { "Ref": "Threshold" } }), &others);
    let job = JOB.replace("Threshold = 1.0", "Threshold = 5.0");
    assert_job(
        &import(&template, &["--parameter", "Threshold=5"]),
        &job,
        "",
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("parameters.json");
    for file in [
        r#"[{"ParameterKey": "Threshold", "ParameterValue": "5"}]"#,
        r#"["Threshold=5"]"#,
        r#"{"Threshold": 5}"#,
        r#"{"Parameters": {"Threshold": "5"}}"#,
        "Parameters:\n  Threshold: 5\n",
    ] {
        std::fs::write(&path, file).unwrap();
        let run = import(&template, &["--parameters", path.to_str().unwrap()]);
        assert_job(&run, &job, "");
    }
    let options = [
        "--parameters",
        path.to_str().unwrap(),
        "--parameter",
        "Threshold=1",
    ];
    assert_job(&import(&template, &options), JOB, "");

    for (options, error) in [
        (
            vec!["--parameter", "Treshold=5"],
            "error: no template has a parameter `Treshold`; did you mean `Threshold`?\n",
        ),
        (
            vec!["--parameter", "AWS::Regoin=x"],
            "error: no template has a parameter `AWS::Regoin`; did you mean `AWS::Region`?\n",
        ),
        (
            vec!["--parameter", "Threshold"],
            "error: invalid value 'Threshold' for '--parameter <NAME=VALUE>': expected NAME=VALUE, \
             such as Threshold=5\n",
        ),
    ] {
        let run = import(&template, &options);
        assert_eq!(run.code, 2);
        assert!(run.stderr.starts_with(error), "{}", run.stderr);
    }
    let staged = alarm_with(&json!({ "AlarmName": { "Ref": "Stage" } }), &others);
    assert_job(
        &import(&staged, &["--parameter", "Stage=production"]),
        only_filter(),
        "warning: resource `A` is left out: `AlarmName`: the parameter `Stage` cannot be \
         `production`: the template allows dev, prod\n",
    );
    // In a file, the value of a parameter that is read from SSM is its name there.
    let in_ssm = alarm_with(&json!({ "Threshold": { "Ref": "P" } }), &others);
    std::fs::write(&path, r#"{"P": "/y"}"#).unwrap();
    let run = import(&in_ssm, &["--parameters", path.to_str().unwrap()]);
    assert!(run.stderr.contains("is read from SSM"), "{}", run.stderr);
    assert_job(&import(&in_ssm, &["--parameter", "P=1"]), JOB, "");
}

#[test]
fn parameters_reach_every_command_that_reads_definitions() {
    let template = alarm_with(
        &json!({ "Threshold": { "Ref": "T" } }),
        &json!({ "Parameters": { "T": { "Type": "Number" } } }),
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("template.json");
    std::fs::write(&path, template.to_string()).unwrap();
    let path = path.to_str().unwrap();
    for words in [
        format!("audit samples/archive --quiet --job {path}"),
        format!("backtest samples/archive --quiet --threshold 1 --job {path}"),
        format!("alarm replay --samples samples/samples.csv --definition {path}"),
    ] {
        let run = |option: &str| backtrail(words.split(' ').chain(option.split(' ')));
        let known = run("--parameter T=7");
        assert_eq!(known.code, 0, "{words}: {}", known.stderr);
        assert!(
            !known.stderr.contains("resource `A`"),
            "{words}: {}",
            known.stderr
        );
        let unknown = run("--parameter U=7");
        assert_eq!(unknown.code, 2, "{words}: {}", unknown.stderr);
    }
    let run = audit("--parameter T=7", &[sample()]);
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (2, "error: no template has a parameter `T`\n")
    );
}

#[test]
fn a_wrong_file_is_refused_in_its_own_words() {
    let hcl = "this is a configuration of Terraform";
    for (name, text, part) in [
        (
            "a.tf",
            "resource \"aws_cloudwatch_metric_alarm\" \"a\" {\n}\n",
            hcl,
        ),
        (
            "a",
            "# x\nresource \"aws_cloudwatch_metric_alarm\" \"a\" {\n}\n",
            hcl,
        ),
        ("a.tf", "variable \"x\" {}\n", hcl),
        (
            "a.tf.json",
            r#"{"resource": {"aws_cloudwatch_metric_alarm": {}}}"#,
            hcl,
        ),
        (
            "stacks.json",
            r#"{"Stacks": []}"#,
            "`aws cloudformation describe-stacks`",
        ),
        (
            "ct.json",
            r#"{"Records": [{"eventVersion": "1.08"}]}"#,
            "a log file of CloudTrail",
        ),
        (
            "ct",
            "{\"eventName\":\"a\"}\n{\"eventName\":\"b\"}\n",
            "a record of CloudTrail",
        ),
        (
            "ev.json",
            r#"{"events": [{"message": "x"}]}"#,
            "these are log events",
        ),
        ("h.json", r#"{"AlarmHistoryItems": []}"#, "--check-against"),
        ("p.json", r#"[{"ParameterKey": "a"}]"#, "--parameters"),
        (
            "serverless.yml",
            "service: a\nprovider: {name: aws}\nresources: {}\n",
            "`serverless package`",
        ),
        (
            "v3.tfstate",
            r#"{"version": 3, "modules": []}"#,
            "before 0.12",
        ),
        (
            "empty.json",
            r#"{"format_version": "1.0"}"#,
            "the state or plan is empty",
        ),
        ("a.json", "Resources", "expected value at line 1 column 1"),
        (
            "a.json",
            r#"{"Resources": {"#,
            "EOF while parsing an object at line 1 column 15",
        ),
        ("a.yaml", "Resources:\n  A: [1\nB: 2\n", "line"),
        (
            "a.yaml",
            "x = 1\n",
            "this is neither a template nor a list of definitions",
        ),
        (
            "log",
            "hello world\n",
            "the file is neither JSON, YAML nor TOML",
        ),
        (
            "a.json",
            "{}",
            "there is no alarm, no metric filter and no mute rule",
        ),
        (
            "a.yaml",
            "Resources: {}\n",
            "there is no alarm, no metric filter and no mute rule",
        ),
        (
            "job.toml",
            "[[alarm]]\nAlarmName = 1\n",
            "TOML parse error at line 2",
        ),
        (
            "job",
            "[[alarm]]\nAlarmName = 1\n",
            "TOML parse error at line 2",
        ),
    ] {
        let run = import_as(name, text, &[]);
        assert!(
            run.code == 2 && run.stderr.contains(part),
            "{name}: {part}: {}",
            run.stderr
        );
        assert!(
            part.contains("TOML") || !run.stderr.contains("TOML parse"),
            "{}",
            run.stderr
        );
    }
}

/// As `jq '.MetricAlarms[]'` writes them, and as pages of AWS's output follow each other.
#[test]
fn several_values_of_json_are_one_list() {
    let alarm_only = JOB.replace(only_filter(), "");
    let second = alarm_only.replace("AlarmName = \"a\"", "AlarmName = \"b\"");
    let (a, mut b) = (alarm_fields(), alarm_fields());
    b["AlarmName"] = json!("b");
    let expected = format!("{alarm_only}{second}");
    assert_job(
        &import_as("a.json", &format!("{a}\n{b}\n"), &[]),
        &expected,
        "",
    );
    let pages = format!(
        "{}{}",
        json!({ "MetricAlarms": [a] }),
        json!({ "MetricAlarms": [b] })
    );
    assert_job(&import_as("a.json", &pages, &[]), &expected, "");
    let run = import_as(
        "a.json",
        &format!("{}\n{{", json!({ "MetricAlarms": [] })),
        &[],
    );
    assert!(
        run.code == 2 && run.stderr.contains("line 2"),
        "{}",
        run.stderr
    );
}

/// A condition that nobody knows decides between two names: one is taken, and it is said so.
#[test]
fn a_name_that_depends_on_what_is_not_known_is_reported() {
    let others = json!({ "Conditions": { "Us": { "Fn::Equals": [{ "Ref": "AWS::Region" }, "us-east-1"] } } });
    let name = |first: &str| json!({ "AlarmName": { "Fn::If": ["Us", first, "b"] } });
    assert_job(
        &import(&alarm_with(&name("a"), &others), &[]),
        JOB,
        "warning: resource `A`: `AlarmName` may be another: `AWS::Region` is known only after \
         deployment; give it with --parameter AWS::Region=VALUE\n",
    );
    let same = import(&alarm_with(&name("b"), &others), &[]);
    assert_job(&same, &JOB.replace("\"a\"", "\"b\""), "");
    let other = import(
        &alarm_with(&name("a"), &others),
        &["--parameter", "AWS::Region=r"],
    );
    assert_job(&other, &JOB.replace("\"a\"", "\"b\""), "");
    let threshold = json!({ "Threshold": { "Fn::If": ["Us", 1, 5] } });
    assert_job(
        &import(&alarm_with(&threshold, &others), &[]),
        only_filter(),
        "warning: resource `A` is left out: `Threshold`: `AWS::Region` is known only after \
         deployment; give it with --parameter AWS::Region=VALUE\n",
    );
}

/// As the shells of Windows write what AWS's tools print.
#[test]
fn text_in_utf_16_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alarms.json");
    let units = |text: &str| text.encode_utf16().collect::<Vec<u16>>();
    let text = format!("\u{feff}{}", json!({ "MetricAlarms": [alarm_fields()] }));
    let little: Vec<u8> = units(&text)
        .into_iter()
        .flat_map(u16::to_le_bytes)
        .collect();
    let big: Vec<u8> = units(&text)
        .into_iter()
        .flat_map(u16::to_be_bytes)
        .collect();
    let alarm_only = JOB.replace(only_filter(), "");
    for bytes in [&little, &big] {
        std::fs::write(&path, bytes).unwrap();
        assert_job(
            &backtrail(["job", "import", path.to_str().unwrap()]),
            &alarm_only,
            "",
        );
    }
    std::fs::write(&path, &little[..little.len() - 1]).unwrap();
    let run = backtrail(["job", "import", path.to_str().unwrap()]);
    assert!(
        run.code == 2 && run.stderr.contains("not UTF-8"),
        "{}",
        run.stderr
    );
}
