//! Templates in the manner of popular public collections, written for these tests: what of them is
//! imported, and with which warnings.

use serde_json::{Value, json};

use super::{import, import_as};
use crate::program::Run;

/// Returns the names of the filters and alarms in a job.
fn names(run: &Run) -> Vec<String> {
    assert_eq!(run.code, 0, "{}", run.stderr);
    let job: toml::Table = toml::from_str(&run.stdout).unwrap();
    let mut names = Vec::new();
    for (list, field) in [
        ("metric-filter", "filterName"),
        ("alarm", "AlarmName"),
        ("composite-alarm", "AlarmName"),
    ] {
        let items = job.get(list).and_then(toml::Value::as_array);
        for item in items.into_iter().flatten() {
            names.push(item[field].as_str().unwrap().to_owned());
        }
    }
    names
}

fn warnings(run: &Run) -> Vec<&str> {
    run.stderr.lines().collect()
}

/// Filters and alarms of the CIS benchmark beside the topic and the function that they need, as
/// quick starts have them.
#[test]
fn a_quick_start_of_the_cis_benchmark_is_whole() {
    let text = r#"---
AWSTemplateFormatVersion: 2010-09-09
Description: Alarms of the benchmark (qs-1)
Metadata:
  AWS::CloudFormation::Interface:
    ParameterGroups: [{ Label: { default: Trail }, Parameters: [LogGroup] }]
Parameters:
  LogGroup: { Type: String }
  NotificationEmail: { Type: String }
Rules:
  Supported: { Assertions: [{ Assert: !Contains [[a], a] }] }
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: { Subscription: [{ Endpoint: !Ref NotificationEmail, Protocol: email }] }
  Function:
    Type: AWS::Lambda::Function
    Properties: { Code: { ZipFile: !Join ["\n", [import a, b]] }, Role: !GetAtt Role.Arn }
  RootFilter:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: !Ref LogGroup
      FilterPattern: |-
        {
          $.userIdentity.type = "Root" &&
          $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent"
        }
      MetricTransformations:
      - MetricNamespace: CloudTrailMetrics
        MetricName: RootUserEventCount
        MetricValue: 1
  RootAlarm:
    Type: AWS::CloudWatch::Alarm
    DependsOn: [RootFilter]
    Properties:
      AlarmName: CIS-Root Activity
      AlarmDescription: !Sub 'Root was used in ${AWS::AccountId}; see ${Function}'
      AlarmActions: [!Ref Topic]
      MetricName: RootUserEventCount
      Namespace: CloudTrailMetrics
      ComparisonOperator: GreaterThanOrEqualToThreshold
      EvaluationPeriods: '1'
      Period: '300'
      Statistic: Sum
      Threshold: '1'
      TreatMissingData: notBreaching
Outputs:
  Topic: { Value: !Ref Topic, Export: { Name: !Sub '${AWS::StackName}-Topic' } }
"#;
    let run = import_as("cis.template", text, &[]);
    assert_eq!(run.stderr, "");
    assert_eq!(names(&run), ["RootFilter", "CIS-Root Activity"]);
}

/// A template that takes its topic from another stack, and has alarms only if there is one.
#[test]
fn alarms_that_need_another_stack_are_there_when_it_is_given() {
    let text = r#"AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  ParentAlertStack: { Type: String, Default: '' }
  LogGroup: { Type: String, Default: trail }
Conditions:
  HasAlertTopic: !Not [!Equals [!Ref ParentAlertStack, '']]
Resources:
  LogGroupOfTrail:
    Type: 'AWS::Logs::LogGroup'
    Properties: { LogGroupName: !Ref LogGroup, RetentionInDays: 7 }
  Denied:
    Type: 'AWS::Logs::MetricFilter'
    Properties:
      LogGroupName: !Ref LogGroupOfTrail
      FilterPattern: '{ $.errorCode = "AccessDenied*" }'
      MetricTransformations:
      - { MetricName: Denied, MetricNamespace: !Ref 'AWS::StackName', MetricValue: '1' }
  DeniedTooHigh:
    Condition: HasAlertTopic
    Type: 'AWS::CloudWatch::Alarm'
    Properties:
      AlarmActions:
      - { 'Fn::ImportValue': !Sub '${ParentAlertStack}-TopicARN' }
      Namespace: !Ref 'AWS::StackName'
      MetricName: Denied
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 10
      DatapointsToAlarm: 3
      Threshold: 0
      ComparisonOperator: GreaterThanThreshold
"#;
    let kept = |id: &str, property: &str| {
        format!(
            "warning: resource `{id}`: `{property}` keeps the placeholder `{{AWS.StackName}}`: \
             `AWS::StackName` is known only after deployment; give it with --parameter \
             AWS::StackName=VALUE"
        )
    };
    let run = import_as("cloudtrail.yaml", text, &[]);
    assert_eq!(names(&run), ["Denied"]);
    let absent = "warning: resource `DeniedTooHigh` is left out: its condition `HasAlertTopic` is false \
        with these parameters";
    assert_eq!(warnings(&run), [&kept("Denied", "MetricNamespace"), absent]);
    let given = [
        "--parameter",
        "ParentAlertStack=alert",
        "--parameter",
        "AWS::StackName=s",
    ];
    let run = import_as("cloudtrail.yaml", text, &given);
    assert_eq!((names(&run).len(), run.stderr.as_str()), (2, ""));
    assert!(
        run.stdout
            .contains("AlarmActions = [\"${Fn::ImportValue}\"]"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("DatapointsToAlarm = 3"));
}

/// One alarm on what is in logs among those on a load balancer, a queue and a band.
#[test]
fn alarms_on_resources_are_left_out_one_by_one() {
    let watched = |namespace: &str, dimension: &str, value: Value| {
        json!({ "Type": "AWS::CloudWatch::Alarm", "Properties": {
            "Namespace": namespace, "MetricName": "X", "Statistic": "Sum", "Period": 60,
            "EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold",
            "Dimensions": [{ "Name": dimension, "Value": value }] } })
    };
    let template = json!({
        "Resources": {
            "Balancer": { "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer" },
            "Errors5xx": watched("AWS/ApplicationELB", "LoadBalancer",
                json!({ "Fn::GetAtt": ["Balancer", "LoadBalancerFullName"] })),
            "Depth": watched("AWS/SQS", "QueueName", json!({ "Fn::ImportValue": "queue" })),
            "Band": { "Type": "AWS::CloudWatch::Alarm", "Properties": {
                "ComparisonOperator": "GreaterThanUpperThreshold", "ThresholdMetricId": "ad1",
                "EvaluationPeriods": 1, "Metrics": [{ "Id": "ad1",
                    "Expression": "ANOMALY_DETECTION_BAND(m1, 2)" }] } },
            "Billing": watched("AWS/Billing", "Currency", json!("USD")),
        },
    });
    let run = import(&template, &[]);
    assert_eq!(names(&run), ["Billing"]);
    assert_eq!(
        warnings(&run),
        [
            "warning: resource `Depth` is left out: `Dimensions`: `Value`: `Fn::ImportValue` is known \
             only after deployment",
            "warning: resource `Errors5xx` is left out: `Dimensions`: `Value`: \
             `Balancer.LoadBalancerFullName` is a resource, of which nothing is known before \
             deployment",
            "warning: resource `Band` is left out: alarm `Band`: an alarm on an anomaly detection \
             band cannot be replayed: the band is AWS's trained model",
        ]
    );
}

/// What CDK writes: hashed IDs, a parameter and a rule of the bootstrap, metadata under a condition.
#[test]
fn what_cdk_synthesizes_is_whole() {
    let regions = |regions: &[&str]| {
        let equals = regions
            .iter()
            .map(|each| json!({ "Fn::Equals": [{ "Ref": "AWS::Region" }, each] }));
        json!({ "Fn::Or": equals.collect::<Vec<_>>() })
    };
    let template = json!({
        "Resources": {
            "TrailLogs5F2D": { "Type": "AWS::Logs::LogGroup", "Properties": { "RetentionInDays": 731 },
                "UpdateReplacePolicy": "Retain", "DeletionPolicy": "Retain" },
            "TrailLogsDenied8C1E": { "Type": "AWS::Logs::MetricFilter", "Properties": {
                "FilterPattern": "{ $.errorCode = \"AccessDenied*\" }",
                "LogGroupName": { "Ref": "TrailLogs5F2D" },
                "MetricTransformations": [{ "DefaultValue": 0, "MetricName": "Denied",
                    "MetricNamespace": "Audit", "MetricValue": "1" }] },
                "Metadata": { "aws:cdk:path": "Stack/TrailLogs/Denied/Resource" } },
            "DeniedAlarm77AA": { "Type": "AWS::CloudWatch::Alarm", "Properties": {
                "ComparisonOperator": "GreaterThanOrEqualToThreshold", "EvaluationPeriods": 1,
                "MetricName": "Denied", "Namespace": "Audit", "Period": 300, "Statistic": "Sum",
                "Threshold": 5, "AlarmActions": [{ "Fn::Join": ["", ["arn:", { "Ref": "AWS::Partition" },
                    ":sns:", { "Ref": "AWS::Region" }, ":", { "Ref": "AWS::AccountId" }, ":t"] ] }] } },
            "Ratio11BB": { "Type": "AWS::CloudWatch::Alarm", "Properties": {
                "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 3, "Threshold": 0.5,
                "Metrics": [
                    { "Expression": "m1 * 2", "Id": "expr_1", "Label": { "Ref": "AWS::StackName" } },
                    { "Id": "m1", "ReturnData": false, "MetricStat": { "Period": 300, "Stat": "Sum",
                        "Metric": { "MetricName": "Denied", "Namespace": "Audit" } } }] } },
            "AnyCC22": { "Type": "AWS::CloudWatch::CompositeAlarm", "Properties": {
                "AlarmName": "any", "AlarmRule": { "Fn::Join": ["", ["(ALARM(\"",
                    { "Fn::GetAtt": ["DeniedAlarm77AA", "Arn"] }, "\") OR ALARM(\"",
                    { "Fn::GetAtt": ["Ratio11BB", "Arn"] }, "\"))"]] } } },
            "CDKMetadata": { "Type": "AWS::CDK::Metadata", "Condition": "CDKMetadataAvailable",
                "Properties": { "Analytics": "v2:deflate64:H4s" } },
        },
        "Conditions": { "CDKMetadataAvailable":
            { "Fn::Or": [regions(&["af-south-1", "eu-west-1"]), regions(&["us-east-1", "us-west-2"])] } },
        "Parameters": { "BootstrapVersion": { "Type": "AWS::SSM::Parameter::Value<String>",
            "Default": "/cdk-bootstrap/hnb659fds/version" } },
        "Rules": { "CheckBootstrapVersion": { "Assertions": [{ "Assert": { "Fn::Not": [{ "Fn::Contains":
            [["1", "2"], { "Ref": "BootstrapVersion" }] }] } }] } },
    });
    let run = import(&template, &[]);
    assert_eq!(run.stderr, "");
    assert_eq!(
        names(&run),
        ["TrailLogsDenied8C1E", "DeniedAlarm77AA", "Ratio11BB", "any"]
    );
    assert!(
        run.stdout
            .contains("(ALARM(\"DeniedAlarm77AA\") OR ALARM(\"Ratio11BB\"))")
    );
}

/// Alarms for a trail of an organization, with names and thresholds from a mapping, and a part that
/// a macro and a nested stack add.
#[test]
fn a_landing_zone_is_imported_with_warnings_about_its_other_parts() {
    let text = r#"
Transform: [AWS::LanguageExtensions, Corp::AddTags]
Parameters:
  pEnvironment: { Type: String, AllowedValues: [dev, prod], Default: prod }
  pLogGroupName: { Type: String, Default: aws-controltower/CloudTrailLogs }
  pTopic: { Type: 'AWS::SSM::Parameter::Value<String>', Default: /org/topic }
Mappings:
  Alarms:
    ConsoleLogin: { dev: 10, prod: 1 }
    PolicyChange: { dev: 10, prod: 2 }
Resources:
  Fn::ForEach::Rules:
    - Rule
    - [ConsoleLogin, PolicyChange]
    - Filter${Rule}:
        Type: AWS::Logs::MetricFilter
        Properties:
          LogGroupName: !Ref pLogGroupName
          FilterPattern: !Sub '{ $.eventName = "${Rule}" }'
          MetricTransformations:
            - { MetricName: !Ref Rule, MetricNamespace: LandingZone, MetricValue: '1' }
      Alarm${Rule}:
        Type: AWS::CloudWatch::Alarm
        Properties:
          AlarmName: !Sub '${AWS::AccountId}-${Rule}'
          AlarmActions: [!Ref pTopic]
          MetricName: !Ref Rule
          Namespace: LandingZone
          Statistic: Sum
          Period: 300
          EvaluationPeriods: 1
          Threshold: !FindInMap [Alarms, !Ref Rule, !Ref pEnvironment]
          ComparisonOperator: GreaterThanOrEqualToThreshold
  More:
    Type: AWS::CloudFormation::Stack
    Properties: { TemplateURL: https://example.com/more.yaml }
  Accounts:
    Type: AWS::CloudFormation::StackSet
    Properties: { StackSetName: s, PermissionModel: SERVICE_MANAGED }
"#;
    let run = import_as(
        "zone.yaml",
        text,
        &["--parameter", "AWS::AccountId=111122223333"],
    );
    assert_eq!(
        names(&run),
        [
            "FilterConsoleLogin",
            "FilterPolicyChange",
            "111122223333-ConsoleLogin",
            "111122223333-PolicyChange"
        ]
    );
    assert!(run.stdout.contains("Threshold = 1.0") && run.stdout.contains("Threshold = 2.0"));
    assert!(run.stdout.contains("AlarmActions = [\"${pTopic}\"]"));
    assert_eq!(
        warnings(&run),
        [
            "warning: the macro `Corp::AddTags` is not run: it may change or add resources",
            "warning: resource `Accounts` is left out: the template of a stack set is not read: give \
             it as well",
            "warning: resource `More` is left out: the template of a nested stack is not read: give \
             it as well",
        ]
    );
}

/// A function with its alarm as SAM has them.
#[test]
fn a_template_of_sam_is_whole() {
    let text = r#"AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: { Timeout: 3 }
Parameters:
  Stage: { Type: String, Default: prod, AllowedValues: [dev, prod] }
Mappings:
  Thresholds: { prod: { Denied: 5 }, dev: { Denied: 50 } }
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Notify:
    Type: AWS::Serverless::Function
    Properties: { Handler: a.b, Runtime: python3.12, CodeUri: s3://b/k }
  DeniedFilter:
    Type: AWS::Logs::MetricFilter
    Properties:
      FilterPattern: '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }'
      LogGroupName: trail
      MetricTransformations:
        - { MetricName: !Sub 'Denied-${Stage}', MetricNamespace: S, MetricValue: 1, DefaultValue: 0 }
  DeniedAlarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: !Sub 'denied-${Stage}'
      MetricName: !Sub 'Denied-${Stage}'
      Namespace: S
      Statistic: Sum
      Period: 300
      EvaluationPeriods: 1
      Threshold: !FindInMap [Thresholds, !Ref Stage, Denied]
      ComparisonOperator: GreaterThanOrEqualToThreshold
      TreatMissingData: !If [IsProd, notBreaching, ignore]
"#;
    let run = import_as("sam.yaml", text, &[]);
    assert_eq!(
        (names(&run).join(" "), run.stderr.as_str()),
        ("DeniedFilter denied-prod".into(), "")
    );
    for line in [
        "Threshold = 5.0",
        "defaultValue = 0.0",
        "TreatMissingData = \"notBreaching\"",
    ] {
        assert!(run.stdout.contains(line), "{line}: {}", run.stdout);
    }
    let run = import_as("sam.yaml", text, &["--parameter", "Stage=dev"]);
    assert!(run.stdout.contains("Threshold = 50.0") && run.stdout.contains("\"ignore\""));
}

fn filter_values(name: &str) -> Value {
    json!({ "name": name, "pattern": "{ $.userIdentity.type = \"Root\" }", "log_group_name": "trail",
        "apply_on_transformed_logs": false, "metric_transformation": [{ "name": name,
            "namespace": "CIS", "value": "1", "default_value": null, "unit": "None",
            "dimensions": null }] })
}

fn alarm_values(name: &str) -> Value {
    json!({ "alarm_name": name, "comparison_operator": "GreaterThanOrEqualToThreshold",
        "evaluation_periods": 1, "metric_name": name, "namespace": "CIS", "period": 300,
        "statistic": "Sum", "extended_statistic": "", "threshold": 1, "unit": "",
        "treat_missing_data": "notBreaching", "actions_enabled": true, "alarm_actions": [],
        "dimensions": null, "datapoints_to_alarm": 0, "metric_query": [],
        "evaluate_low_sample_count_percentiles": "", "threshold_metric_id": null })
}

fn resource(address: &str, own_type: &str, values: Value) -> Value {
    json!({ "address": address, "mode": "managed", "type": own_type, "values": values })
}

const FILTER: &str = "aws_cloudwatch_log_metric_filter";
const ALARM: &str = "aws_cloudwatch_metric_alarm";

/// A plan of a module with an alarm for each control, and what is known only after it is applied.
#[test]
fn a_plan_of_terraform_is_read_module_by_module() {
    let metric = |id: &str, returned: Value| {
        json!({ "id": id, "expression": "", "label": null,
        "return_data": returned, "period": null, "metric": [{ "metric_name": "Root", "namespace": "CIS",
            "period": 300, "stat": "Sum", "unit": "", "dimensions": { "Region": "r" } }] })
    };
    let mut math = alarm_values("math");
    for (name, value) in [
        ("metric_name", json!("")),
        ("namespace", json!("")),
        ("period", json!(0)),
        ("statistic", json!("")),
        (
            "metric_query",
            json!([metric("m1", json!(null)), { "id": "e1", "expression": "m1 * 2",
            "label": "L", "return_data": true, "period": 0, "metric": [] }]),
        ),
    ] {
        math[name] = value;
    }
    let mut unknown = alarm_values("unknown");
    unknown.as_object_mut().unwrap().remove("threshold");
    let mut nameless = alarm_values("Root");
    nameless.as_object_mut().unwrap().remove("alarm_name");
    let module = "module.cis[\"all\"]";
    let at = |name: &str| format!("{module}.{name}");
    let plan = json!({
        "format_version": "1.2", "terraform_version": "1.9.5",
        "planned_values": { "root_module": {
            "resources": [
                resource("aws_sns_topic.t", "aws_sns_topic", json!({ "name": "t" })),
                resource("aws_cloudwatch_composite_alarm.c", "aws_cloudwatch_composite_alarm", json!({
                    "alarm_name": "both", "alarm_rule": "ALARM(Root) AND ALARM(math)",
                    "actions_suppressor": [{ "alarm": "Root", "wait_period": 60,
                        "extension_period": 120 }] })),
                { "address": "data.x.y", "mode": "data", "type": ALARM, "values": {} },
                resource("aws_cloudwatch_log_alarm.l", "aws_cloudwatch_log_alarm", json!({})),
            ],
            "child_modules": [{ "address": module, "resources": [
                resource(&at("aws_cloudwatch_log_metric_filter.f"), FILTER, filter_values("Root")),
                resource(&at("aws_cloudwatch_metric_alarm.a"), ALARM, alarm_values("Root")),
                resource(&at("aws_cloudwatch_metric_alarm.m"), ALARM, math),
                resource(&at("aws_cloudwatch_metric_alarm.u"), ALARM, unknown),
                resource(&at("aws_cloudwatch_metric_alarm.n"), ALARM, nameless),
            ] }],
        } },
        "resource_changes": [
            { "address": at("aws_cloudwatch_metric_alarm.u"), "change": { "after_unknown":
                { "arn": true, "id": true, "tags_all": true, "threshold": true, "alarm_actions": true } } },
            { "address": at("aws_cloudwatch_metric_alarm.n"), "change": { "after_unknown":
                { "alarm_name": true, "alarm_actions": [true], "metric_query": [] } } },
        ],
    });
    let run = import(&plan, &[]);
    let nameless = at("aws_cloudwatch_metric_alarm.n");
    assert_eq!(names(&run), ["Root", "Root", "math", &nameless, "both"]);
    assert_eq!(
        warnings(&run),
        [
            format!(
                "warning: resource `{nameless}`: `alarm_name` is known only after it is applied; it \
                is named by its address"
            ),
            "warning: resource `aws_cloudwatch_log_alarm.l` is left out: the type \
                `aws_cloudwatch_log_alarm` is not known, so it cannot be replayed"
                .to_owned(),
            format!(
                "warning: resource `{}` is left out: `threshold` is known only after it is applied",
                at("aws_cloudwatch_metric_alarm.u")
            ),
        ]
    );
    for line in [
        "Expression = \"m1 * 2\"",
        "ReturnData = false",
        "ActionsSuppressor = \"Root\"",
        "ActionsSuppressorWaitPeriod = 60",
        "Name = \"Region\"",
        "TreatMissingData = \"notBreaching\"",
    ] {
        assert!(run.stdout.contains(line), "{line}: {}", run.stdout);
    }
}

#[test]
fn states_of_terraform_are_read_as_shown_and_as_stored() {
    let shown = json!({ "format_version": "1.0", "values": { "root_module": { "resources": [
        resource("aws_cloudwatch_log_metric_filter.f", FILTER, filter_values("Root")),
        resource("aws_cloudwatch_metric_alarm.a", ALARM, alarm_values("Root")),
    ] } } });
    let shown = import(&shown, &[]);
    let stored = |own_type: &str, instances: Value| {
        json!({ "mode": "managed", "type": own_type,
        "name": "a", "module": "module.m", "instances": instances })
    };
    let mut indexed = alarm_values("Root");
    indexed["period"] = json!(7);
    let state = json!({ "version": 4, "terraform_version": "1.9.5", "serial": 1, "lineage": "x",
        "outputs": {}, "resources": [
            stored(FILTER, json!([{ "schema_version": 0, "attributes": filter_values("Root") }])),
            stored(ALARM, json!([
                { "index_key": "x", "attributes": alarm_values("Root") },
                { "index_key": 1, "attributes": indexed }])),
            { "mode": "data", "type": ALARM, "name": "d", "instances": [{ "attributes": {} }] }] });
    let run = import_as("terraform.tfstate", &state.to_string(), &[]);
    assert_eq!(
        (names(&shown), shown.stderr.as_str()),
        (vec!["Root".to_owned(); 2], "")
    );
    assert_eq!(run.stdout, shown.stdout);
    assert_eq!(
        warnings(&run),
        [
            "warning: resource `module.m.aws_cloudwatch_metric_alarm.a[1]` is left out: alarm `Root`: a \
          period of 7 seconds does not exist: it is 10, 20, 30 or a multiple of 60"
        ]
    );
}

/// The provider computes what a resource leaves unset, so a plan that creates it does not know it
/// (sources, X11).
#[test]
fn a_plan_that_creates_alarms_knows_what_it_leaves_unset() {
    let alarm = "aws_cloudwatch_metric_alarm.a";
    let filter = "aws_cloudwatch_log_metric_filter.f";
    let mute = "aws_cloudwatch_alarm_mute_rule.m";
    let without = |mut values: Value, attribute: &str| {
        values.as_object_mut().unwrap().remove(attribute);
        values
    };
    let schedule = json!([{ "duration": "PT4H", "expression": "cron(0 2 * * *)" }]);
    let rule = json!({ "name": "w", "rule": [{ "schedule": schedule }], "region": "us-east-1",
        "mute_targets": [{ "alarm_names": ["Root"] }], "start_date": null, "expire_date": null });
    let unknown = |address: &str, attributes: Value| {
        json!({ "address": address,
            "change": { "actions": ["create"], "after_unknown": attributes } })
    };
    let plan = |threshold: Value| {
        json!({ "format_version": "1.2", "planned_values": { "root_module": { "resources": [
            resource(filter, FILTER, without(filter_values("Root"), "apply_on_transformed_logs")),
            resource(alarm, ALARM,
                without(alarm_values("Root"), "evaluate_low_sample_count_percentiles")),
            resource(mute, "aws_cloudwatch_alarm_mute_rule", rule.clone()) ] } },
          "resource_changes": [
            unknown(filter, json!({ "apply_on_transformed_logs": true, "id": true,
                "metric_transformation": [{}] })),
            unknown(alarm, json!({ "arn": true, "evaluate_low_sample_count_percentiles": true,
                "id": true, "metric_query": [], "tags_all": true, "threshold": threshold })),
            unknown(mute, json!({ "arn": true, "last_updated_timestamp": true, "mute_type": true,
                "mute_targets": [{ "alarm_names": [false] }], "status": true, "tags_all": true,
                "rule": [{ "schedule": [{ "timezone": true }] }] })) ] })
    };
    let run = import(&plan(json!(false)), &[]);
    assert_eq!(names(&run), ["Root", "Root"]);
    assert_eq!(run.stderr, "");
    assert!(run.stdout.contains("[[mute-rule]]"), "{}", run.stdout);
    let run = import(&plan(json!(true)), &[]);
    assert!(
        run.stderr.contains("`threshold` is known only after"),
        "{}",
        run.stderr
    );
    // Of what is applied, a state has all.
    let applied = json!({ "name": "w", "arn": "arn:aws:cloudwatch:r:1:alarm-mute-rule:w",
        "mute_targets": [{ "alarm_names": ["Root"] }], "status": "SCHEDULED",
        "last_updated_timestamp": "2026-01-01T00:00:00Z", "mute_type": "RECURRING",
        "rule": [{ "schedule": [{ "duration": "PT4H", "expression": "cron(0 2 * * *)",
            "timezone": "UTC" }] }], "tags_all": {} });
    let state = json!({ "version": 4, "terraform_version": "1.9.5", "resources": [{
        "mode": "managed", "type": "aws_cloudwatch_alarm_mute_rule", "name": "w",
        "instances": [{ "attributes": applied }] }] });
    let run = import_as("terraform.tfstate", &state.to_string(), &[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
}
