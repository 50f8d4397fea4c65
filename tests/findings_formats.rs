//! Findings for other systems: OCSF against its schema, ASFF against the limits of Security Hub.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{Run, audit, backtrail, files, report_files, sample};

/// A report with findings.
struct Findings {
    folder: TempDir,
    run: Run,
}

impl Findings {
    fn new(options: &str, paths: &[&Path]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = format!("{options} --out {}", folder.path().display());
        let run = audit(&options, paths);
        assert!([0, 3].contains(&run.code), "{}", run.stderr);
        Self { folder, run }
    }

    /// Audits records that lie in one file.
    fn of_records(options: &str, records: &[Value]) -> Self {
        let archive = tempfile::tempdir().unwrap();
        let path = archive.path().join("records.json");
        fs::write(&path, json!({ "Records": records }).to_string()).unwrap();
        Self::new(&format!("--format ocsf,asff {options}"), &[&path])
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    fn ocsf(&self) -> Vec<Value> {
        let text = self.text("findings.ocsf.jsonl");
        let findings = text.lines().map(|line| serde_json::from_str(line).unwrap());
        findings.collect()
    }

    fn asff(&self) -> Vec<Value> {
        serde_json::from_str(&self.text("findings.asff.json")).unwrap()
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.text(name)).unwrap()
    }

    fn warnings(&self) -> Vec<String> {
        let summary = self.json("summary.json");
        let warnings = summary["findings"]["warnings"].as_array().unwrap().iter();
        let text = |warning: &Value| warning.as_str().unwrap().to_owned();
        warnings.map(text).collect()
    }

    /// Checks every finding against both formats.
    fn check(&self) {
        for finding in self.ocsf() {
            check_ocsf(&finding);
        }
        let names = files(self.folder.path()).into_keys();
        for name in names.map(|name| name.to_str().unwrap().to_owned()) {
            if name.starts_with("findings.asff") {
                check_asff_file(&self.text(&name));
            }
        }
    }
}

fn schema() -> Value {
    serde_json::from_str(include_str!("conformance/findings/ocsf-1.1.0.json")).unwrap()
}

fn asff_limits() -> Value {
    serde_json::from_str(include_str!("conformance/findings/asff.json")).unwrap()
}

/// Returns how a value breaks the schema of an object.
fn breaches(schema: &Value, kind: &str, value: &Value, path: &str) -> Vec<String> {
    let object = &schema["objects"][kind];
    let (Some(attributes), Some(members)) = (object["attributes"].as_object(), value.as_object())
    else {
        return vec![format!("{path} is not a {kind}: {value}")];
    };
    let mut breaches = Vec::new();
    for (name, attribute) in attributes {
        if attribute["required"] == true && !members.contains_key(name) {
            breaches.push(format!("{path}.{name} is missing"));
        }
    }
    if let Some(names) = object["at_least_one"].as_array() {
        let has = |name: &Value| members.contains_key(name.as_str().unwrap());
        if !names.iter().any(has) {
            breaches.push(format!("{path} has none of {names:?}"));
        }
    }
    for (name, value) in members {
        let path = format!("{path}.{name}");
        match attributes.get(name) {
            Some(attribute) => breaches.extend(of_attribute(schema, attribute, value, &path)),
            None => breaches.push(format!("{path} is not in the schema")),
        }
    }
    breaches
}

fn of_attribute(schema: &Value, attribute: &Value, value: &Value, path: &str) -> Vec<String> {
    if attribute["array"] == true {
        let Some(values) = value.as_array() else {
            return vec![format!("{path} is not an array")];
        };
        let one = |value| of_value(schema, attribute, value, path);
        return values.iter().flat_map(one).collect();
    }
    of_value(schema, attribute, value, path)
}

fn of_value(schema: &Value, attribute: &Value, value: &Value, path: &str) -> Vec<String> {
    let kind = attribute["type"].as_str().unwrap();
    let is_right = match kind {
        "string" => value.as_str().is_some_and(|text| text.len() <= 65_535),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "json" => true,
        _ => return breaches(schema, kind, value, path),
    };
    let numbers = attribute["enum"].as_array();
    if is_right && numbers.is_none_or(|numbers| numbers.contains(value)) {
        return Vec::new();
    }
    vec![format!("{path} is {value}")]
}

fn check_ocsf(finding: &Value) {
    let wrong = breaches(&schema(), "detection_finding", finding, "");
    assert!(wrong.is_empty(), "{wrong:#?}");
    let number = |name: &str| finding[name].as_i64().unwrap();
    assert_eq!((number("class_uid"), number("category_uid")), (2004, 2));
    assert_eq!(number("type_uid"), 2004 * 100 + number("activity_id"));
    assert_eq!(finding["metadata"]["version"], "1.1.0");
    assert_eq!(number("time"), number("end_time"));
    assert!(number("time") > 1_500_000_000_000, "milliseconds");
    assert!(finding["evidences"].as_array().unwrap().len() <= 50);
    for evidence in finding["evidences"].as_array().unwrap() {
        if let Some(address) = evidence["src_endpoint"]["ip"].as_str() {
            address.parse::<std::net::IpAddr>().unwrap();
        }
    }
    let title = finding["finding_info"]["title"].as_str().unwrap();
    assert!(!title.chars().any(char::is_control), "{title}");
}

fn check_asff_file(text: &str) {
    let limits = asff_limits();
    let findings: Vec<Value> = serde_json::from_str(text).unwrap();
    assert!(findings.len() <= limits["findings"].as_u64().unwrap() as usize);
    // The limit of a call.
    assert!(text.len() < 6_000_000);
    for finding in &findings {
        check_asff(&limits, finding);
    }
}

fn check_asff(limits: &Value, finding: &Value) {
    let bytes = finding.to_string().len() as u64;
    assert!(bytes <= limits["finding_bytes"].as_u64().unwrap());
    let members = finding.as_object().unwrap();
    for name in limits["required"].as_array().unwrap() {
        assert!(members.contains_key(name.as_str().unwrap()), "{name}");
    }
    let known = limits["members"].as_array().unwrap();
    for name in members.keys() {
        assert!(known.contains(&name.as_str().into()), "{name}");
    }
    for (path, limit) in limits["limits"].as_object().unwrap() {
        if let Some(value) = finding.pointer(path) {
            let length = value.as_str().unwrap().chars().count() as u64;
            assert!(length <= limit.as_u64().unwrap(), "{path}: {value}");
        }
    }
    for (path, values) in limits["enumerations"].as_object().unwrap() {
        if let Some(value) = finding.pointer(path) {
            assert!(
                values.as_array().unwrap().contains(value),
                "{path}: {value}"
            );
        }
    }
    let fields = finding["ProductFields"].as_object().unwrap();
    assert!(fields.len() <= 50);
    for (name, value) in fields {
        let length = value.as_str().unwrap().chars().count();
        assert!(name.len() <= 128 && length <= 2_048, "{name}");
    }
    for time in [
        "CreatedAt",
        "UpdatedAt",
        "FirstObservedAt",
        "LastObservedAt",
    ] {
        let time = finding[time].as_str().unwrap();
        time.parse::<jiff::Timestamp>().unwrap();
    }
    no_text_is_blank(finding);
}

/// Every text has to match `.*\S.*`.
fn no_text_is_blank(value: &Value) {
    match value {
        Value::String(text) => {
            assert!(text.chars().any(|character| !character.is_whitespace()));
            assert!(!text.chars().any(char::is_control), "{text:?}");
        }
        Value::Array(values) => values.iter().for_each(no_text_is_blank),
        Value::Object(members) => members.values().for_each(no_text_is_blank),
        _ => {}
    }
}

const PENDING: &str =
    "You can't perform this operation on the secret because it was marked for deletion.";

/// A refused read of a secret.
fn attempt(secret: &str) -> Value {
    json!({
        "eventVersion": "1.11",
        "eventTime": "2026-03-04T09:00:00Z",
        "eventID": format!("attempt {secret}"),
        "eventSource": "secretsmanager.amazonaws.com",
        "eventName": "GetSecretValue",
        "awsRegion": "eu-west-1",
        "recipientAccountId": "111122223333",
        "requestParameters": {"secretId": secret},
        "errorCode": "InvalidRequestException",
        "errorMessage": PENDING,
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/app"},
        "sourceIPAddress": "192.0.2.1",
        "userAgent": "app/1",
    })
}

/// A record with other members.
fn with(mut record: Value, members: Value) -> Value {
    for (name, value) in members.as_object().unwrap() {
        record[name] = value.clone();
    }
    record
}

fn arn(name: &str) -> String {
    format!("arn:aws:secretsmanager:eu-west-1:111122223333:secret:{name}-AbCdEf")
}

/// The deletion of a secret, and what the service did about it.
fn step(name: &str, event_name: &str, at: &str) -> Value {
    json!({
        "eventVersion": "1.11",
        "eventTime": at,
        "eventID": format!("{event_name} {name}"),
        "eventSource": "secretsmanager.amazonaws.com",
        "eventName": event_name,
        "awsRegion": "eu-west-1",
        "recipientAccountId": "111122223333",
        "requestParameters": {"secretId": name},
        "responseElements": {"arn": arn(name), "name": name},
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/maria"},
    })
}

#[test]
fn the_findings_of_the_sample_are_valid() {
    let found = Findings::new("--format csv,ocsf,asff --rule all --quiet", &[sample()]);
    found.check();
    let (ocsf, asff) = (found.ocsf(), found.asff());
    assert!(ocsf.len() >= 2 && ocsf.len() == asff.len());
    // One for each story, the most urgent first.
    let verdicts: Vec<&str> = ocsf
        .iter()
        .filter_map(|finding| finding["unmapped"]["verdict"].as_str())
        .collect();
    let stories = found.text("stories.csv");
    assert_eq!(verdicts.len(), stories.lines().count() - 1, "{stories}");
    for finding in &ocsf {
        let same = |other: &&Value| other["Id"] == finding["finding_info"]["uid"];
        let imported = asff.iter().find(same).unwrap();
        assert_eq!(imported["AwsAccountId"], finding["cloud"]["account"]["uid"]);
        let (account, region) = (&imported["AwsAccountId"], &finding["cloud"]["region"]);
        let (account, region) = (account.as_str().unwrap(), region.as_str().unwrap());
        let product = format!("arn:aws:securityhub:{region}:{account}:product/{account}/default");
        assert_eq!(imported["ProductArn"], product.as_str());
    }
    let names = files(found.folder.path());
    assert!(names.contains_key(Path::new("attempts.csv")));
    assert!(!names.contains_key(Path::new("attempts.json")));
}

#[test]
fn the_manifest_and_the_dictionary_have_the_files_of_findings() {
    let found = Findings::new("--format ocsf,asff --quiet", &[sample()]);
    let evidence = found.json("evidence.json");
    assert_eq!(evidence["options"]["formats"], json!(["ocsf", "asff"]));
    let outputs = evidence["outputs"].as_array().unwrap();
    let summary = found.json("summary.json");
    for name in ["findings.ocsf.jsonl", "findings.asff.json"] {
        assert!(
            outputs.iter().any(|output| output["file"] == name),
            "{name}"
        );
        assert!(summary["files"].as_array().unwrap().contains(&name.into()));
        assert!(summary["sha256"][name].is_string());
        let dictionary = found.text("data-dictionary.md");
        assert!(dictionary.contains(&format!("\n## {name}\n\nOne finding for each")));
    }
    assert_eq!(summary["findings"]["warnings"], json!([]));
    let folder = found.folder.path().to_str().unwrap();
    let check = backtrail(["evidence", "check", folder]);
    assert_eq!(check.code, 0, "{}", check.stdout);
    let tables = Findings::new("--format csv --quiet", &[sample()]);
    assert!(tables.json("summary.json").get("findings").is_none());
    assert!(!files(tables.folder.path()).contains_key(Path::new("findings.asff.json")));
}

#[test]
fn findings_are_the_same_for_any_number_of_threads() {
    let report = |threads: &str| {
        let options = format!("--format ocsf,asff --rule all --quiet --threads {threads}");
        report_files(Findings::new(&options, &[sample()]).folder.path())
    };
    let (one, four) = (report("1"), report("4"));
    assert!(one.keys().eq(four.keys()));
    for (name, bytes) in &one {
        assert!(*bytes == four[name], "{} differs", name.display());
    }
}

#[test]
fn the_severity_follows_from_the_verdict() {
    let deleted = "db";
    let records = [
        step(deleted, "DeleteSecret", "2026-03-03T10:00:00Z"),
        with(attempt(&arn(deleted)), json!({"eventID": "a"})),
        step(deleted, "EndSecretVersionDelete", "2026-03-10T10:00:00Z"),
        step("kept", "DeleteSecret", "2026-03-03T10:00:00Z"),
        with(attempt(&arn("kept")), json!({"eventID": "b"})),
        step("kept", "RestoreSecret", "2026-03-05T10:00:00Z"),
        step("unused", "DeleteSecret", "2026-03-03T10:00:00Z"),
    ];
    let found = Findings::of_records("--quiet", &records);
    found.check();
    let of = |name: &str| {
        let ocsf = found.ocsf();
        let same = |finding: &&Value| finding["resources"][0]["uid"] == arn(name).as_str();
        let finding = ocsf.iter().find(same).cloned();
        finding.map(|finding| {
            let severity = finding["severity"].as_str().unwrap().to_owned();
            let verdict = finding["unmapped"]["verdict"].as_str().unwrap().to_owned();
            (verdict, severity)
        })
    };
    let pair = |verdict: &str, severity: &str| Some((verdict.to_owned(), severity.to_owned()));
    assert_eq!(of("kept"), pair("restored-in-use", "Medium"));
    assert_eq!(of("unused"), None);
    let (verdict, severity) = of(deleted).unwrap();
    assert!(["deleted-in-use", "window-ended", "pending-in-use"].contains(&verdict.as_str()));
    assert_eq!(severity, "High");
    let labels: Vec<Value> = found
        .asff()
        .iter()
        .map(|finding| finding["Severity"]["Label"].clone())
        .collect();
    assert_eq!(labels, ["HIGH", "MEDIUM"]);
    let message = "still in use when scheduled; restored after 1 attempt in 2 days";
    assert!(
        found
            .ocsf()
            .iter()
            .any(|finding| finding["message"] == message)
    );
}

/// A finding that a longer archive extends stays the same finding, with a later update.
#[test]
fn the_identifier_of_a_finding_stays() {
    let pending = [
        step("db", "DeleteSecret", "2026-03-03T10:00:00Z"),
        attempt(&arn("db")),
    ];
    let mut restored = pending.to_vec();
    restored.push(step("db", "RestoreSecret", "2026-03-05T10:00:00Z"));
    let (before, after) = (
        Findings::of_records("--quiet", &pending).asff(),
        Findings::of_records("--quiet", &restored).asff(),
    );
    assert_eq!(before[0]["Id"], after[0]["Id"]);
    assert_eq!(before[0]["UpdatedAt"], "2026-03-04T09:00:00Z");
    assert_eq!(after[0]["UpdatedAt"], "2026-03-05T10:00:00Z");
    let other = Findings::of_records("--quiet", &[attempt(&arn("other"))]).asff();
    assert_ne!(before[0]["Id"], other[0]["Id"]);
}

#[test]
fn more_findings_than_one_call_imports_are_in_several_files() {
    let mut records: Vec<Value> = (0..250)
        .map(|number| attempt(&format!("secret-{number}")))
        .collect();
    let found = Findings::of_records("", &records);
    found.check();
    let mut ids = Vec::new();
    for (number, count) in [(1, 100), (2, 100), (3, 50)] {
        let findings = found.json(&format!("findings.asff-{number}.json"));
        let findings = findings.as_array().unwrap();
        assert_eq!(findings.len(), count);
        ids.extend(findings.iter().map(|finding| finding["Id"].to_string()));
    }
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), found.ocsf().len()), (250, 250));
    let warning = "the findings for Security Hub are in 3 files, findings.asff-1.json to \
                   findings.asff-3.json, since one call imports at most 100";
    assert_eq!(found.warnings(), [warning]);
    assert!(found.run.words().contains(warning), "{}", found.run.stdout);
    let folder = found.folder.path();
    assert!(!folder.join("findings.asff.json").exists());
    // A later report with fewer findings replaces all of them.
    records.truncate(100);
    let path = folder.join("../records-of-findings.json");
    fs::write(&path, json!({ "Records": records }).to_string()).unwrap();
    let options = format!("--quiet --format asff --out {}", folder.display());
    let run = audit(&options, &[&path]);
    fs::remove_file(&path).unwrap();
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(folder.join("findings.asff.json").exists());
    assert!(!folder.join("findings.asff-1.json").exists());
    assert!(!folder.join("findings.ocsf.jsonl").exists());
}

#[test]
fn a_foreign_file_with_the_name_of_findings_stays() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("findings.asff.json");
    fs::write(&place, "mine").unwrap();
    let options = format!("--quiet --format asff --out {}", folder.path().display());
    let run = audit(&options, &[sample()]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("is in the way"), "{}", run.stderr);
    assert_eq!(fs::read_to_string(&place).unwrap(), "mine");
}

#[test]
fn hostile_names_keep_every_limit() {
    let long = "\"\\\u{1b}[31m\u{202e}\n😀".repeat(2_000);
    let records = [
        with(attempt(&long), json!({"eventID": "1"})),
        with(
            attempt("db"),
            json!({
                "eventID": "2",
                "eventName": "GetSecretValue",
                "userIdentity": {"type": "IAMUser", "arn": long},
                "sourceIPAddress": long,
                "userAgent": long,
            }),
        ),
        with(attempt(" "), json!({"eventID": "3", "userAgent": "\t"})),
        with(
            attempt("db"),
            json!({
                "eventID": "4",
                "eventName": long,
                "eventSource": long,
                "errorCode": "x",
                "errorMessage": long,
            }),
        ),
    ];
    let found = Findings::of_records("--quiet", &records);
    found.check();
    assert!(found.asff().len() >= 2, "{:#?}", found.asff());
    let every = "{ $.eventID = * }";
    let archive = tempfile::tempdir().unwrap();
    let path = archive.path().join("records.json");
    fs::write(&path, json!({ "Records": records }).to_string()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (path.to_str().unwrap(), folder.path().to_str().unwrap());
    let words = [
        "audit",
        "--quiet",
        "--pattern",
        every,
        "--format",
        "ocsf,asff",
    ];
    let run = backtrail(words.into_iter().chain(["--out", out, path]));
    let found = Findings { folder, run };
    found.check();
    let fourth = found.ocsf().into_iter();
    let mut operations = fourth.map(|finding| finding["evidences"][0]["api"]["operation"].clone());
    assert!(operations.any(|name| name.as_str().unwrap().chars().count() == 2_048));
}

#[test]
fn sources_of_calls_are_addresses_or_domains() {
    let from = |name: &str, source: &str| with(attempt(name), json!({"sourceIPAddress": source}));
    let records = [
        from("four", "192.0.2.1"),
        from("six", "2001:db8::1"),
        from("service", "athena.amazonaws.com"),
        with(attempt("none"), json!({"sourceIPAddress": null})),
    ];
    let found = Findings::of_records("--quiet", &records);
    found.check();
    let (ocsf, asff) = (found.ocsf(), found.asff());
    let endpoint = |name: &str| {
        let same = |finding: &&Value| finding["resources"][0]["name"] == name;
        ocsf.iter().find(same).unwrap()["evidences"][0]["src_endpoint"].clone()
    };
    let action = |name: &str| {
        let same = |finding: &&Value| finding["Resources"][0]["Id"] == name;
        asff.iter().find(same).unwrap()["Action"]["AwsApiCallAction"].clone()
    };
    assert_eq!(endpoint("four"), json!({"ip": "192.0.2.1"}));
    assert_eq!(endpoint("six"), json!({"ip": "2001:db8::1"}));
    assert_eq!(
        endpoint("service"),
        json!({"svc_name": "athena.amazonaws.com"})
    );
    assert_eq!(endpoint("none"), Value::Null);
    let four = action("four");
    assert_eq!(four["CallerType"], "remoteip");
    assert_eq!(four["RemoteIpDetails"], json!({"IpAddressV4": "192.0.2.1"}));
    assert_eq!(four["ServiceName"], "secretsmanager.amazonaws.com");
    let six = action("six");
    assert_eq!(six["CallerType"], "remoteip");
    assert_eq!(six.get("RemoteIpDetails"), None);
    let service = action("service");
    assert_eq!(service["CallerType"], "domain");
    assert_eq!(
        service["DomainDetails"],
        json!({"Domain": "athena.amazonaws.com"})
    );
    assert_eq!(action("none").get("CallerType"), None);
}

#[test]
fn findings_without_an_account_are_counted_and_not_imported() {
    let records = [
        attempt("known"),
        with(attempt("unknown"), json!({"recipientAccountId": null})),
        with(attempt("wrong"), json!({"recipientAccountId": "12"})),
        with(attempt("nowhere"), json!({"awsRegion": null})),
    ];
    let found = Findings::of_records("", &records);
    found.check();
    assert_eq!(found.ocsf().len(), 4);
    assert_eq!(found.asff().len(), 1);
    let warning = "3 findings are not in the files for Security Hub, which imports a finding only \
                   with its account and region";
    assert_eq!(found.warnings(), [warning]);
    assert!(found.run.words().contains(warning), "{}", found.run.stdout);
    assert_eq!(found.json("summary.json")["findings"]["without_account"], 3);
}

#[test]
fn an_archive_without_attempts_has_no_findings() {
    let records = [step("db", "DeleteSecret", "2026-03-03T10:00:00Z")];
    let found = Findings::of_records("--quiet", &records);
    assert_eq!(found.text("findings.ocsf.jsonl"), "");
    assert_eq!(found.asff(), [] as [Value; 0]);
}

#[test]
fn more_callers_than_the_limit_are_counted() {
    let records: Vec<Value> = (0..60)
        .map(|number| {
            let members = json!({
                "eventID": number.to_string(),
                "userAgent": format!("app/{number}"),
            });
            with(attempt("db"), members)
        })
        .collect();
    let found = Findings::of_records("--quiet", &records);
    found.check();
    let finding = &found.ocsf()[0];
    assert_eq!(finding["evidences"].as_array().unwrap().len(), 50);
    assert_eq!(finding["count"], 60);
    let unmapped = &finding["unmapped"];
    assert_eq!(
        (&unmapped["callers"], &unmapped["callers_omitted"]),
        (&60.into(), &10.into())
    );
    assert_eq!(unmapped["calls_omitted"], 10);
}

/// Matches of a rule that are no refusals belong to no story.
#[test]
fn other_matches_are_findings_of_their_rule() {
    let read = |id: &str, secret: &str| {
        let members = json!({"eventID": id, "errorCode": null, "errorMessage": null});
        with(attempt(secret), members)
    };
    let list = with(
        read("l", ""),
        json!({"eventName": "ListSecrets", "requestParameters": null}),
    );
    let records = [read("1", "db"), read("2", "db"), read("3", "other"), list];
    let archive = tempfile::tempdir().unwrap();
    let path = archive.path().join("records.json");
    fs::write(&path, json!({ "Records": records }).to_string()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (path.to_str().unwrap(), folder.path().to_str().unwrap());
    let pattern = "{ $.eventSource = secretsmanager.amazonaws.com }";
    let words = [
        "audit",
        "--quiet",
        "--pattern",
        pattern,
        "--format",
        "ocsf,asff",
    ];
    let run = backtrail(words.into_iter().chain(["--out", out, path]));
    assert_eq!(run.code, 0, "{}", run.stderr);
    let found = Findings { folder, run };
    found.check();
    let asff = found.asff();
    let mut resources: Vec<(&str, &str)> = asff
        .iter()
        .map(|finding| {
            let resource = &finding["Resources"][0];
            let calls = finding["ProductFields"]["backtrail/calls"].as_str();
            (resource["Id"].as_str().unwrap(), calls.unwrap())
        })
        .collect();
    resources.sort_unstable();
    let account = "AWS::::Account:111122223333";
    assert_eq!(resources, [(account, "1"), ("db", "2"), ("other", "1")]);
    assert!(
        asff.iter()
            .all(|finding| finding["GeneratorId"] == "backtrail/custom")
    );
    assert!(
        asff.iter()
            .all(|finding| finding["Severity"]["Label"] == "LOW")
    );
}
