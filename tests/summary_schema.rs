//! `docs/summary.schema.json` describes every member of `summary.json`, and no other.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::program::{audit, sample};

const SCHEMA: &str = include_str!("../docs/summary.schema.json");

/// The members of the summary that only some audits have.
const OPTIONAL: [&str; 5] = [
    "resources",
    "integrity",
    "findings",
    "sha256",
    "tables_left_out",
];

/// The keywords that say nothing about a value.
const NOTES: [&str; 4] = ["$schema", "$defs", "title", "description"];

/// A schema, in the part of JSON Schema that this one uses.
struct Schema {
    root: Value,
}

impl Schema {
    fn new() -> Self {
        let root = serde_json::from_str(SCHEMA).unwrap();
        Self { root }
    }

    /// Returns each place at which a value is not as the schema says.
    fn errors(&self, value: &Value) -> Vec<String> {
        let mut errors = Vec::new();
        self.check(&self.root, value, "", &mut errors);
        errors
    }

    fn check(&self, schema: &Value, value: &Value, place: &str, errors: &mut Vec<String>) {
        for (keyword, rule) in schema.as_object().unwrap() {
            match keyword.as_str() {
                "$ref" => self.check(self.definition(rule), value, place, errors),
                "anyOf" => self.check_any(rule, value, place, errors),
                "items" => self.check_items(rule, value, place, errors),
                "properties" | "additionalProperties" => {}
                keyword if NOTES.contains(&keyword) => {}
                keyword if is_kept(keyword, rule, value) => {}
                keyword => errors.push(format!("{place}: {keyword}")),
            }
        }
        if let (Some(members), Some(_)) = (value.as_object(), schema.get("additionalProperties")) {
            self.check_members(schema, members, place, errors);
        }
    }

    fn definition(&self, reference: &Value) -> &Value {
        let path = reference.as_str().unwrap().strip_prefix('#').unwrap();
        self.root.pointer(path).unwrap()
    }

    fn check_any(&self, rules: &Value, value: &Value, place: &str, errors: &mut Vec<String>) {
        let mut first = None;
        for rule in rules.as_array().unwrap() {
            let mut own = Vec::new();
            self.check(rule, value, place, &mut own);
            if own.is_empty() {
                return;
            }
            first = first.or(Some(own));
        }
        errors.extend(first.unwrap_or_default());
    }

    fn check_items(&self, rule: &Value, value: &Value, place: &str, errors: &mut Vec<String>) {
        for (number, item) in value.as_array().into_iter().flatten().enumerate() {
            self.check(rule, item, &format!("{place}/{number}"), errors);
        }
    }

    fn check_members(
        &self,
        schema: &Value,
        members: &Map<String, Value>,
        place: &str,
        errors: &mut Vec<String>,
    ) {
        for (name, value) in members {
            let own = schema.pointer(&format!("/properties/{name}"));
            let place = format!("{place}/{name}");
            match own.unwrap_or(&schema["additionalProperties"]) {
                Value::Bool(false) => errors.push(format!("{place}: additionalProperties")),
                rule => self.check(rule, value, &place, errors),
            }
        }
    }
}

/// Returns whether a value is as a keyword says. A keyword that is not known fails the test.
fn is_kept(keyword: &str, rule: &Value, value: &Value) -> bool {
    match keyword {
        "type" => names(rule).iter().any(|name| has_type(value, name)),
        "const" => value == rule,
        "enum" => rule.as_array().unwrap().contains(value),
        "minimum" => value
            .as_f64()
            .is_none_or(|number| number >= rule.as_f64().unwrap()),
        "required" => names(rule).iter().all(|name| value.get(name).is_some()),
        keyword => panic!("the keyword `{keyword}` is not known"),
    }
}

fn names(value: &Value) -> Vec<&str> {
    let many = value.as_array().into_iter().flatten();
    many.chain([value]).filter_map(Value::as_str).collect()
}

fn has_type(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("the type `{other}` is not known"),
    }
}

#[test]
fn the_summaries_of_the_samples_are_as_the_schema_says() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.json"), r#"{"Records":[{"eventName":"#).unwrap();
    std::fs::write(folder.path().join("b.txt"), "plain text").unwrap();
    let signed = Path::new("samples/signed");
    let keys = "--keys samples/signed-keys.json";
    let metadata = "--metadata samples/signed-metadata.jsonl";
    let jobs = "--job samples/filters.json --job samples/alarms.json --alarm-scope account";
    let several = [folder.path(), sample()];
    for (options, paths) in [
        ("", &[sample()][..]),
        (
            "--rule all,cis --from 2026-01-01 --to 2026-04-01",
            &[sample()],
        ),
        ("--secret prod/billing", &[sample()]),
        (jobs, &[sample()]),
        (&format!("{keys} {metadata} --verify"), &[signed]),
        (&format!("{keys} --verify"), &[signed]),
        ("", &several),
    ] {
        let summary = audit(&format!("--json {options}"), paths).json();
        assert_eq!(Schema::new().errors(&summary), [""; 0], "{options}");
    }
}

#[test]
fn the_summary_of_a_folder_is_as_the_schema_says() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let options = format!("--rule all --format csv,ocsf,asff --quiet --out {out}");
    assert_eq!(audit(&options, &[sample()]).code, 0);
    let text = std::fs::read_to_string(folder.path().join("summary.json")).unwrap();
    let summary: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(Schema::new().errors(&summary), [""; 0]);
    for name in ["findings", "sha256"] {
        assert!(summary.get(name).is_some(), "{name}");
    }
}

#[test]
fn the_schema_refuses_what_it_does_not_describe() {
    let summary = audit("--json", &[sample()]).json();
    for (place, value, error) in [
        ("/unknown", json!(1), "/unknown: additionalProperties"),
        (
            "/stories/0/unknown",
            Value::Null,
            "/stories/0/unknown: additionalProperties",
        ),
        (
            "/rules/0/alarm/unknown",
            Value::Null,
            "/rules/0/alarm/unknown: additionalProperties",
        ),
        (
            "/stories/1/missed/no-reason",
            json!(1),
            "/stories/1/missed/no-reason: additionalProperties",
        ),
        (
            "/stories/0/verdict",
            json!("fine"),
            "/stories/0/verdict: enum",
        ),
        ("/generator", json!("another"), "/generator: const"),
        ("/attempts", json!(-1), "/attempts: minimum"),
        ("/attempts", json!("42"), "/attempts: type"),
        ("/objects", json!({}), "/objects: required"),
    ] {
        let mut changed = summary.clone();
        let (parent, name) = place.rsplit_once('/').unwrap();
        changed.pointer_mut(parent).unwrap()[name] = value;
        assert_eq!(Schema::new().errors(&changed), [error], "{place}");
    }
}

/// No object of the schema leaves a member open or undecided.
#[test]
fn the_schema_is_strict() {
    let schema = Schema::new().root;
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    let mut objects = vec![("", &schema)];
    let definitions = schema["$defs"].as_object().unwrap();
    objects.extend(
        definitions
            .iter()
            .map(|(name, definition)| (&**name, definition)),
    );
    for (name, object) in objects {
        assert_eq!(object["additionalProperties"], json!(false), "{name}");
        let required = names(&object["required"]);
        for member in object["properties"].as_object().unwrap().keys() {
            let is_optional = name.is_empty() && OPTIONAL.contains(&&**member);
            assert_ne!(
                required.contains(&&**member),
                is_optional,
                "{name}/{member}"
            );
        }
    }
}

#[test]
fn every_member_of_the_summary_is_described() {
    let report = include_str!("../docs/report.md");
    let (_, described) = report.split_once("\n## summary.json\n").unwrap();
    let schema = Schema::new().root;
    for member in schema["properties"].as_object().unwrap().keys() {
        let name = format!("`{member}`");
        assert!(described.contains(&name), "{name} is not described");
    }
}
