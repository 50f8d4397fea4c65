//! The shapes in which AWS's tools give definitions.

use serde_json::{Value, json};

use super::{JOB, alarm_fields, assert_job, import, import_as, only_filter, template};
use crate::program::Run;

fn described_filter() -> Value {
    json!({ "filterName": "F", "filterPattern": "{ $.eventName = \"X\" }", "logGroupName": "lg",
        "metricTransformations":
            [{ "metricName": "M", "metricNamespace": "N", "metricValue": "1" }] })
}

fn only_alarm() -> String {
    JOB.replace(only_filter(), "")
}

/// A filter that matches every record has an empty pattern; one without a pattern is none.
#[test]
fn a_filter_without_a_pattern_is_refused() {
    let job = "[[metric-filter]]\nmetricTransformations = [{ metricName = \"M\", metricNamespace = \
        \"N\", metricValue = \"1\" }]\n";
    let mut without = described_filter();
    without.as_object_mut().unwrap().remove("filterPattern");
    let mut unset = described_filter();
    unset["filterPattern"] = Value::Null;
    let in_template = |pattern: Value| {
        template(&json!({ "Resources": { "A": null,
            "F": { "Properties": { "FilterPattern": pattern } } } }))
        .to_string()
    };
    for (name, text) in [
        ("job.toml", job.to_owned()),
        ("f.json", without.to_string()),
        ("f.json", json!([unset]).to_string()),
        ("f.json", json!({ "metricFilters": [without] }).to_string()),
        ("t.json", in_template(Value::Null)),
        ("t.json", in_template(json!({ "Ref": "AWS::NoValue" }))),
    ] {
        let run = import_as(name, &text, &[]);
        let message = "missing field `filterPattern`";
        assert!(
            run.code == 2 && run.stderr.contains(message),
            "{text}: {} {}",
            run.code,
            run.stderr
        );
    }
    let mut empty = described_filter();
    empty["filterPattern"] = json!("");
    let run = import(&empty, &[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(run.stdout.contains("filterPattern = \"\""));
}

#[test]
fn a_page_without_the_next_one_is_reported() {
    let page = |token: Value| json!({ "metricFilters": [described_filter()], "nextToken": token });
    let last = json!({ "metricFilters": [] });
    let alarms = |token: Value| json!({ "MetricAlarms": [alarm_fields()], "CompositeAlarms": [], "NextToken": token });
    let assert_truncated = |run: &Run, list: &str, token: &str| {
        assert_eq!(
            run.stderr,
            format!(
                "warning: `{list}` is only a part of what AWS has (`{token}`): give the further \
                 pages as well, in the same file\n"
            )
        );
    };
    assert_truncated(
        &import(&page(json!("eyJ")), &[]),
        "metricFilters",
        "nextToken",
    );
    assert_truncated(
        &import(&alarms(json!("eyJ")), &[]),
        "MetricAlarms",
        "NextToken",
    );
    let other = json!([page(json!("eyJ")), alarms(Value::Null)]);
    assert_truncated(&import(&other, &[]), "metricFilters", "nextToken");
    for whole in [
        page(Value::Null),
        alarms(json!("")),
        json!([page(json!("eyJ")), last]),
    ] {
        assert_eq!(import(&whole, &[]).stderr, "", "{whole}");
    }
    let pages = format!("{}\n{last}\n", page(json!("eyJ")));
    assert_job(&import_as("f.json", &pages, &[]), only_filter(), "");
}

/// PowerShell's tools and CloudFormation begin the fields with capitals.
#[test]
fn a_filter_with_capitals_is_read() {
    let filter = json!({ "FilterName": "F", "FilterPattern": "{ $.eventName = \"X\" }",
        "LogGroupName": "lg", "MetricTransformations":
            [{ "MetricName": "M", "MetricNamespace": "N", "MetricValue": "1" }] });
    assert_job(&import(&filter, &[]), only_filter(), "");
    assert_job(&import(&json!([filter]), &[]), only_filter(), "");
    let mut wrong = filter;
    wrong["MetricTransformations"] = json!([]);
    let run = import(&json!([wrong, alarm_fields()]), &[]);
    assert!(
        run.stderr.contains("metric filter `F` is left out"),
        "{}",
        run.stderr
    );
}

/// As the console shows the source of an alarm.
#[test]
fn a_resource_without_its_template_is_read() {
    let mut source = "Type: AWS::CloudWatch::Alarm\nProperties:\n".to_owned();
    for (name, value) in alarm_fields().as_object().unwrap() {
        source += &format!("    {name}: {value}\n");
    }
    assert_job(&import_as("a.yaml", &source, &[]), &only_alarm(), "");
    let nameless = source.replace("    AlarmName: \"a\"\n", "");
    let run = import_as("a.yaml", &nameless, &[]);
    assert!(
        run.stdout.contains("AlarmName = \"Resource\""),
        "{}{}",
        run.stdout,
        run.stderr
    );
    let other = import_as("q.yaml", "Type: AWS::SQS::Queue\nProperties: {}\n", &[]);
    assert_eq!(other.code, 2);
}

/// As `describe-stack-set` and `get-template --query TemplateBody` print them.
#[test]
fn a_template_is_found_in_a_stack_set_and_in_a_text() {
    let text = template(&json!({})).to_string();
    let set = json!({ "StackSet": { "StackSetName": "s", "Status": "ACTIVE",
        "TemplateBody": text, "Parameters": [] } });
    assert_job(&import(&set, &[]), JOB, "");
    let yaml = super::YAML;
    for body in [text.as_str(), yaml] {
        for name in ["t.json", "t"] {
            assert_job(&import_as(name, &json!(body).to_string(), &[]), JOB, "");
        }
    }
    let run = import_as("t.json", "\"hello\"", &[]);
    assert!(
        run.code == 2 && run.stderr.contains("neither a template"),
        "{}",
        run.stderr
    );
}
