//! Values that only a deployment knows: nothing in a job depends on a guess of them.

use serde_json::{Value, json};

use super::{JOB, alarm_with, assert_job, filter, import, import_as, only_filter};
use crate::program::{Run, audit, backtrail, sample};

/// A template whose filter `F` and alarm `A` are on the metric that an expression names.
fn on_metric(name: &Value, others: &Value) -> Value {
    let mut template = alarm_with(&json!({ "MetricName": name }), others);
    template["Resources"]["F"]["Properties"]["MetricTransformations"][0]["MetricName"] =
        name.clone();
    template
}

/// Imports a template with a file of parameters.
fn import_with_file(template: &Value, parameters: &Value) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("parameters.json");
    std::fs::write(&path, parameters.to_string()).unwrap();
    let mut run = import(template, &["--parameters", path.to_str().unwrap()]);
    run.stderr = run
        .stderr
        .replace(path.to_str().unwrap(), "parameters.json");
    run
}

/// Items of a list that nobody knows are different values, and so are their metrics.
#[test]
fn items_of_an_unknown_list_are_told_apart() {
    let list = json!({ "Parameters": { "L": { "Type": "CommaDelimitedList" } } });
    let item = |index: Value| json!({ "Fn::Select": [index, { "Ref": "L" }] });
    let mut template = on_metric(&item(json!(0)), &list);
    template["Resources"]["A"]["Properties"]["MetricName"] = item(json!("1"));
    let run = import(&template, &[]);
    for line in ["metricName = \"{L.0}\"", "MetricName = \"{L.1}\""] {
        assert!(run.stdout.contains(line), "{line}: {}", run.stdout);
    }
    assert!(
        run.stderr.contains("keeps the placeholder `{L.1}`"),
        "{}",
        run.stderr
    );
    // A list that is written out has known items, even if the others are unknown.
    let written = json!({ "Fn::Select": [1, [{ "Ref": "AWS::Region" }, "M"]] });
    assert_job(&import(&on_metric(&written, &json!({})), &[]), JOB, "");
}

#[test]
fn a_metric_that_a_part_of_an_unknown_value_names_is_left_out() {
    let parameters = json!({ "Parameters": { "P": { "Type": "String" } } });
    let unknown = "the parameter `P` has no default; give it with --parameter P=VALUE";
    let split = json!({ "Fn::Split": ["-", { "Ref": "P" }] });
    for name in [
        json!({ "Fn::Select": [0, split] }),
        json!({ "Fn::Join": ["", split] }),
        json!({ "Fn::Select": [{ "Ref": "P" }, ["M", "O"]] }),
    ] {
        let run = import(
            &alarm_with(&json!({ "MetricName": name }), &parameters),
            &[],
        );
        let warning = format!("warning: resource `A` is left out: `MetricName`: {unknown}\n");
        assert_job(&run, only_filter(), &warning);
    }
}

/// A condition or a mapping must not choose a metric by a guess.
#[test]
fn a_metric_that_an_unknown_value_chooses_is_left_out() {
    let others = json!({
        "Parameters": { "Env": { "Type": "String" } },
        "Conditions": { "P": { "Fn::Equals": [{ "Ref": "Env" }, "prod"] } },
        "Mappings": { "Names": { "prod": { "X": "M" }, "dev": { "X": "O" } } },
    });
    for name in [
        json!({ "Fn::If": ["P", "M", "O"] }),
        json!({ "Fn::If": ["P", { "Fn::Sub": "${Env}-M" }, "O"] }),
        json!({ "Fn::FindInMap": ["Names", { "Ref": "Env" }, "X"] }),
    ] {
        let template = alarm_with(&json!({ "MetricName": name }), &others);
        assert_job(
            &import(&template, &[]),
            only_filter(),
            "warning: resource `A` is left out: `MetricName`: the parameter `Env` has no default; \
             give it with --parameter Env=VALUE\n",
        );
        let run = import(&template, &["--parameter", "Env=prod"]);
        assert!(run.stdout.contains("[[alarm]]"), "{name}: {}", run.stderr);
    }
    let twice = json!({ "Fn::Sub": "${Env}-${Env}" });
    let run = import(&alarm_with(&json!({ "MetricName": twice }), &others), &[]);
    assert!(
        run.stdout.contains("MetricName = \"{Env}-{Env}\""),
        "{}",
        run.stderr
    );
}

/// Two templates are two stacks, whose names differ.
#[test]
fn stacks_of_several_templates_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let in_stack = |namespace: Value| {
        let mut template = alarm_with(&json!({ "Namespace": namespace }), &json!({}));
        template["Resources"]["F"]["Properties"]["MetricTransformations"][0]["MetricNamespace"] =
            namespace;
        template
    };
    let mut first = in_stack(json!({ "Ref": "AWS::StackName" }));
    let mut second = first.clone();
    first["Resources"].as_object_mut().unwrap().remove("A");
    second["Resources"].as_object_mut().unwrap().remove("F");
    std::fs::write(path("a.json"), first.to_string()).unwrap();
    std::fs::write(path("b.json"), second.to_string()).unwrap();
    let run = audit(
        &format!("--job {} --job {}", path("a.json"), path("b.json")),
        &[sample()],
    );
    assert!(
        run.stderr
            .contains("alarm `a` is left out: no metric filter publishes {AWS.StackName#2}/M"),
        "{}",
        run.stderr
    );
    // Parameters and regions have the same value wherever they are given.
    let import = |namespace: Value| {
        std::fs::write(path("c.json"), in_stack(namespace).to_string()).unwrap();
        backtrail(["job", "import", &path("c.json"), &path("c.json")]).stdout
    };
    assert!(!import(json!({ "Ref": "AWS::Region" })).contains('#'));
    assert!(import(json!({ "Ref": "AWS::StackName" })).contains("\"{AWS.StackName#2}\""));
}

#[test]
fn a_masked_value_is_not_known() {
    let others = json!({ "Parameters": {
        "User": { "Type": "String", "NoEcho": true, "Default": "bob" },
        "Shown": { "Type": "String", "Default": "bob" } } });
    let pattern = |parameter: &str| {
        let mut template = alarm_with(&json!({}), &others);
        template["Resources"]["F"]["Properties"]["FilterPattern"] =
            json!({ "Fn::Sub": format!("{{ $.userName = \"${{{parameter}}}\" }}") });
        template
    };
    let pair = |name: &str| json!([{ "ParameterKey": name, "ParameterValue": "****" }]);
    let run = import_with_file(&pattern("User"), &pair("User"));
    assert_eq!(
        run.stderr,
        "warning: resource `F` is left out: `FilterPattern`: AWS masks the value of the parameter \
         `User`; give it with --parameter User=VALUE\n"
    );
    let run = import_with_file(&pattern("Shown"), &pair("Shown"));
    assert!(run.stdout.contains("\"****\""), "{}", run.stderr);
    let run = import(&pattern("User"), &["--parameter", "User=****"]);
    assert!(run.stdout.contains("\"****\""), "{}", run.stderr);
}

#[test]
fn a_value_that_only_the_stack_has_is_not_the_default() {
    let template = alarm_with(
        &json!({ "Threshold": { "Ref": "T" } }),
        &json!({ "Parameters": { "T": { "Type": "Number", "Default": 1 } } }),
    );
    let previous = json!([{ "ParameterKey": "T", "UsePreviousValue": true }]);
    assert_job(
        &import_with_file(&template, &previous),
        only_filter(),
        "warning: resource `A` is left out: `Threshold`: the parameter `T` keeps the value that the \
         stack has (`UsePreviousValue`); give it with --parameter T=VALUE\n",
    );
    assert_job(&import(&template, &["--parameter", "T=1"]), JOB, "");
}

#[test]
fn stacks_are_not_chosen_by_their_order() {
    let template = alarm_with(
        &json!({ "Threshold": { "Ref": "T" } }),
        &json!({ "Parameters": { "T": { "Type": "Number", "Default": 7 } } }),
    );
    let stack = |name: &str, threshold: &str| {
        json!({ "StackName": name, "Parameters": [
            { "ParameterKey": "T", "ParameterValue": threshold }] })
    };
    let run = import_with_file(
        &template,
        &json!({ "Stacks": [stack("dev", "100"), stack("prod", "1")] }),
    );
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (
            2,
            "error: parameters.json: these are the parameters of several stacks: choose one with \
             `aws cloudformation describe-stacks --stack-name NAME`: `dev`, `prod`\n"
        )
    );
    let one = json!({ "Stacks": [stack("prod", "1")] });
    assert_job(&import_with_file(&template, &one), JOB, "");
    let without = json!({ "Stacks": [{ "StackName": "prod" }] });
    let seven = JOB.replace("Threshold = 1.0", "Threshold = 7.0");
    assert_job(&import_with_file(&template, &without), &seven, "");
}

/// CloudFormation splits an empty text into one empty item (sources, X12).
#[test]
fn an_empty_list_has_one_empty_item() {
    let others = |condition: Value| {
        json!({
            "Parameters": { "L": { "Type": "CommaDelimitedList", "Default": "" } },
            "Conditions": { "C": condition },
        })
    };
    for condition in [
        json!({ "Fn::Equals": [{ "Fn::Length": { "Ref": "L" } }, 1] }),
        json!({ "Fn::Equals": [{ "Fn::Select": [0, { "Ref": "L" }] }, ""] }),
        json!({ "Fn::Equals": [{ "Fn::Join": ["", { "Ref": "L" }] }, ""] }),
    ] {
        let mut template = alarm_with(&json!({}), &others(condition));
        template["Resources"]["A"]["Condition"] = json!("C");
        assert_job(&import(&template, &[]), JOB, "");
    }
    let actions = json!({ "AlarmActions": { "Ref": "AWS::NotificationARNs" } });
    let none = ["--parameter", "AWS::NotificationARNs="];
    assert_job(&import(&alarm_with(&actions, &json!({})), &none), JOB, "");
}

#[test]
fn each_item_of_a_list_must_be_allowed() {
    let template = alarm_with(
        &json!({ "AlarmName": { "Fn::Join": ["", { "Ref": "L" }] } }),
        &json!({ "Parameters": { "L": { "Type": "CommaDelimitedList", "Default": "a",
            "AllowedValues": ["a", "b"] } } }),
    );
    let named = JOB.replace("AlarmName = \"a\"", "AlarmName = \"ab\"");
    for option in [
        "L=a,b",
        "L=a, b",
        r"ParameterKey=L,ParameterValue=a\,b",
        r#"ParameterKey=L,ParameterValue="a,b""#,
    ] {
        assert_job(&import(&template, &["--parameter", option]), &named, "");
    }
    assert_job(
        &import(&template, &["--parameter", "L=a,c"]),
        only_filter(),
        "warning: resource `A` is left out: `AlarmName`: the parameter `L` cannot be `c`: the \
         template allows a, b\n",
    );
}

/// An alarm whose name is `AWS::NoValue` has none, and references to it agree with what it is
/// called.
#[test]
fn a_reference_to_an_alarm_without_a_name_is_its_id() {
    let nameless = json!({ "AlarmName": { "Ref": "AWS::NoValue" } });
    let composite = |rule: Value| {
        json!({ "Resources": { "C": { "Type": "AWS::CloudWatch::CompositeAlarm",
            "Properties": { "AlarmName": "c", "AlarmRule": rule } } } })
    };
    for (rule, expected) in [
        (json!({ "Fn::Sub": "ALARM(${A})" }), "ALARM(A)"),
        (
            json!({ "Fn::Join": ["", ["ALARM(\"", { "Ref": "A" }, "\")"]] }),
            "ALARM(\\\"A\\\")",
        ),
    ] {
        let run = import(&alarm_with(&nameless, &composite(rule)), &[]);
        assert_eq!(run.stderr, "");
        let is_whole = run.stdout.replace('\'', "\"").replace("\\\"", "\"");
        let expected = expected.replace("\\\"", "\"");
        assert!(is_whole.contains(&expected), "{}", run.stdout);
        assert!(run.stdout.contains("AlarmName = \"A\""), "{}", run.stdout);
    }
}

/// Groups that different references name are different groups.
#[test]
fn log_groups_are_told_apart_by_their_references() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("template.json");
    let mut template = json!({ "Resources": {
        "Trail": { "Type": "AWS::Logs::LogGroup" }, "App": { "Type": "AWS::Logs::LogGroup" },
        "F": filter(), "G": filter() } });
    template["Resources"]["F"]["Properties"]["LogGroupName"] = json!({ "Ref": "Trail" });
    template["Resources"]["G"]["Properties"]["LogGroupName"] = json!({ "Ref": "App" });
    std::fs::write(&path, template.to_string()).unwrap();
    let run = |options: &str| audit(&format!("--job {} {options}", path.display()), &[sample()]);
    let several = "the metric filters are of 2 log groups";
    let all = run("");
    assert!(
        all.stderr.contains(several) && all.stderr.contains("`${App}`, `${Trail}`"),
        "{}",
        all.stderr
    );
    let chosen = run("--json --log-group ${Trail}");
    assert_eq!((chosen.code, chosen.stderr.as_str()), (0, ""));
    let rules = &chosen.json()["rules"];
    assert_eq!((&rules[0]["rule"], &rules[1]), (&json!("F"), &Value::Null));
    assert_eq!(run("--log-group ${Other}").code, 2);
    let imported = import_as("t.json", &template.to_string(), &["--log-group", "${App}"]);
    assert!(
        imported.stdout.contains("logGroupName = \"${App}\""),
        "{}",
        imported.stdout
    );
}
