//! Templates that lead in circles, or would become larger than memory.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::{JOB, alarm, assert_job, filter, import, import_as, template};

fn named(name: Value) -> Value {
    json!({ "Type": "AWS::CloudWatch::Alarm", "Properties": { "AlarmName": name } })
}

/// Imports a template that also has good resources, which stay whatever the others do.
fn warnings(hostile: Value) -> String {
    let mut template = template(&json!({}));
    for (section, members) in hostile.as_object().unwrap() {
        for (name, value) in members.as_object().unwrap() {
            template[section][name] = value.clone();
        }
    }
    let start = Instant::now();
    let run = import(&template, &[]);
    assert!(start.elapsed() < Duration::from_secs(30));
    assert_job(&run, JOB, &run.stderr);
    run.stderr
}

#[test]
fn circles_are_named() {
    let found = warnings(json!({
        "Resources": {
            "X": named(json!({ "Ref": "Y" })),
            "Y": named(json!({ "Fn::Sub": "${X}" })),
            "Z": { "Type": "AWS::CloudWatch::Alarm", "Condition": "C" },
        },
        "Conditions": {
            "C": { "Fn::Not": [{ "Condition": "D" }] }, "D": { "Fn::Not": [{ "Condition": "C" }] } },
    }));
    assert_eq!(
        found,
        "warning: resource `X` is left out: `AlarmName`: references lead in a circle: Y -> X -> Y\n\
         warning: resource `Y` is left out: `AlarmName`: references lead in a circle: X -> Y -> X\n\
         warning: resource `Z` is left out: its condition `C`: references lead in a circle: C -> D \
         -> C\n"
    );
}

#[test]
fn nothing_is_multiplied_beyond_its_limit() {
    const TOO_MUCH: &str = "the functions and loops of the template resolve to too much text";
    let doubled = |function: fn(Value) -> Value| {
        (0..30).fold(json!("x".repeat(64)), |value, _| function(value))
    };
    let sub = doubled(|value| json!({ "Fn::Sub": ["${A}${A}", { "A": value }] }));
    for name in [
        sub,
        doubled(|value| json!({ "Fn::Sub": ["${A}${A}${A}", { "A": value }] })),
        json!({ "Fn::Join": ["x".repeat(100_000), vec!["a"; 10_000]] }),
    ] {
        let found = warnings(json!({ "Resources": { "X": named(name) } }));
        assert_eq!(
            found,
            format!("warning: resource `X` is left out: `AlarmName`: {TOO_MUCH}\n")
        );
    }
    let mut resources = Map::new();
    for number in 0..9 {
        let next = format!("${{A{}}}", number + 1);
        resources.insert(
            format!("A{number}"),
            named(json!({ "Fn::Sub": next.repeat(10) })),
        );
    }
    let found = warnings(json!({ "Resources": resources }));
    assert!(
        found.contains(&format!(
            "resource `A0` is left out: `AlarmName`: {TOO_MUCH}"
        )),
        "{found}"
    );

    let mut conditions = Map::new();
    for number in 0..20 {
        let next = json!({ "Condition": format!("C{}", number + 1) });
        conditions.insert(format!("C{number}"), json!({ "Fn::And": vec![next; 10] }));
    }
    conditions.insert("C20".to_owned(), json!({ "Fn::Equals": ["a", "a"] }));
    let x = json!({ "Type": "AWS::CloudWatch::Alarm", "Condition": "C0" });
    let found = warnings(json!({ "Conditions": conditions, "Resources": { "X": x } }));
    assert_eq!(
        found,
        format!("warning: resource `X` is left out: its condition `C0`: {TOO_MUCH}\n")
    );

    let items: Vec<String> = (0..200).map(|number| format!("i{number}")).collect();
    let innermost = json!({ "X${a}${b}${c}": alarm() });
    let inner = json!({ "Fn::ForEach::C${a}${b}": ["c", items, innermost] });
    let middle = json!({ "Fn::ForEach::B${a}": ["b", items, inner] });
    let found = warnings(json!({ "Resources": { "Fn::ForEach::A": ["a", items, middle] } }));
    assert_eq!(
        found,
        format!("warning: `Fn::ForEach::A` is left out: {TOO_MUCH}\n")
    );

    let long = json!({ "X${a}": named(json!("${a}".repeat(10_000))) });
    let found =
        warnings(json!({ "Resources": { "Fn::ForEach::A": ["a", ["y".repeat(100_000)], long] } }));
    assert_eq!(
        found,
        format!("warning: `Fn::ForEach::A` is left out: {TOO_MUCH}\n")
    );
}

#[test]
fn what_nests_too_deep_is_refused() {
    let deep = (0..60).fold(json!("x"), |value, _| json!([value]));
    let mut resources = Map::new();
    resources.insert("A0".to_owned(), named(deep));
    for number in 1..60 {
        let name = (0..50).fold(json!({ "Ref": format!("A{}", number - 1) }), |value, _| {
            json!([value])
        });
        resources.insert(format!("A{number}"), named(name));
    }
    let found = warnings(json!({ "Resources": resources }));
    assert!(
        found.contains("values and references nest more than 100 deep"),
        "{found}"
    );
    for (name, open) in [
        ("a.json", "{\"Resources\":"),
        ("a.yaml", "{Resources: "),
        ("a.yaml", "["),
    ] {
        let run = import_as(name, &open.repeat(100_000), &[]);
        assert_eq!(run.code, 2, "{}", run.stderr);
    }
}

/// Every value of a good template replaced by every kind of value: a message, and no panic.
#[test]
fn any_value_anywhere_is_refused_in_words() {
    let whole = json!({ "Resources": { "F": filter(), "A": alarm() },
        "Parameters": { "P": { "Type": "String", "Default": "x" } },
        "Conditions": { "C": { "Fn::Equals": ["a", "b"] } }, "Mappings": { "M": { "a": { "b": 1 } } } });
    let mut paths = Vec::new();
    collect_paths(&whole, String::new(), &mut paths);
    let odd = [
        json!(null),
        json!(-1.5),
        json!([[]]),
        json!({ "Ref": [] }),
        json!({ "Fn::Sub": [] }),
    ];
    for (number, path) in paths.iter().enumerate() {
        let mut template = whole.clone();
        *template.pointer_mut(path).unwrap() = odd[number % odd.len()].clone();
        let run = import(&template, &[]);
        assert!([0, 2].contains(&run.code), "{path}: {}", run.stderr);
    }
}

fn collect_paths(value: &Value, path: String, paths: &mut Vec<String>) {
    if let Value::Object(members) = value {
        for (name, member) in members {
            collect_paths(member, format!("{path}/{name}"), paths);
        }
    }
    if let Value::Array(items) = value {
        for (index, item) in items.iter().enumerate() {
            collect_paths(item, format!("{path}/{index}"), paths);
        }
    }
    paths.push(path);
}
