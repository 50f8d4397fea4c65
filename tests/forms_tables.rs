//! Records in tables and in other schemas: as Athena, Security Lake, Steampipe, Tailpipe and others
//! keep them.

use serde_json::{Value, json};

use crate::program::{Run, audit, beside};

/// The records of this number, of which every other one, from the first on, is an attempt.
fn records(count: u32) -> Vec<Value> {
    (0..count).map(record).collect()
}

fn record(number: u32) -> Value {
    let mut record = json!({
        "eventVersion": "1.11",
        "eventTime": format!("2026-03-02T02:{number:02}:00Z"),
        "eventSource": "secretsmanager.amazonaws.com",
        "eventName": "GetSecretValue",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-sdk-go/1.44",
        "requestParameters": {"secretId": "app/db"},
        "requestID": format!("r-{number}"),
        "eventID": format!("{number:032}"),
        "readOnly": true,
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": "111122223333",
        "eventCategory": "Management",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": "AROAEXAMPLE:job",
            "arn": "arn:aws:sts::111122223333:assumed-role/job/run",
            "accountId": "111122223333",
            "accessKeyId": "ASIAEXAMPLE",
            "sessionContext": {
                "sessionIssuer": {"arn": "arn:aws:iam::111122223333:role/job"},
                "attributes": {
                    "creationDate": "2026-03-02T01:00:00Z", "mfaAuthenticated": "false",
                },
            },
        },
    });
    if number.is_multiple_of(2) {
        record["errorCode"] = "InvalidRequestException".into();
        record["errorMessage"] = "You can't perform this operation on the secret because it was \
             marked for deletion."
            .into();
    }
    record
}

/// The numbers of records and attempts of a run, and its exit code.
fn counts(run: &Run) -> (u64, u64, i32) {
    let summary = run.json();
    let number = |pointer: &str| summary.pointer(pointer).and_then(Value::as_u64).unwrap();
    (number("/records/total"), number("/attempts"), run.code)
}

/// The rows of a table of a report on files with these names and contents.
fn table(name: &str, files: &[(&str, &[u8])]) -> (Vec<Value>, Run) {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join("archive").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    let report = folder.path().join("report");
    let arguments = format!("--json --out {} --format json", report.display());
    let run = audit(&arguments, &[&folder.path().join("archive")]);
    let text = std::fs::read_to_string(report.join(format!("{name}.json")));
    let rows = serde_json::from_str(&text.unwrap_or_else(|_| panic!("{}", run.stderr)));
    (rows.unwrap(), run)
}

/// Checks that the attempts of the four records are found in a file, with the evidence that the
/// records themselves give.
#[track_caller]
fn check(name: &str, content: &[u8]) {
    let lines: Vec<String> = records(4).iter().map(Value::to_string).collect();
    let (expected, _) = table("attempts", &[("a.json", lines.join("\n").as_bytes())]);
    let (found, run) = table("attempts", &[(name, content)]);
    assert_eq!(counts(&run), (4, 2, 0), "{}{}", run.stdout, run.stderr);
    let evidence = |attempts: &[Value]| -> Vec<Value> {
        let attempts = attempts.iter().cloned().map(|mut attempt| {
            let columns = attempt.as_object_mut().unwrap();
            for place in ["object_key", "record_index", "log_time", "source_sha256"] {
                columns.remove(place);
            }
            attempt
        });
        attempts.collect()
    };
    assert_eq!(evidence(&found), evidence(&expected), "{name}");
}

fn kinds(run: &Run) -> Vec<String> {
    let summary = run.json();
    let problems = summary["problems"].as_array().cloned().unwrap_or_default();
    let kind = |problem: &Value| problem["kind"].as_str().unwrap().to_owned();
    problems.iter().map(kind).collect()
}

fn case(name: &str) -> Option<std::path::PathBuf> {
    beside(&format!("shared/cases/archives/{name}"), name)
}

/// The value at a path of names.
fn at<'v>(value: &'v Value, path: &[&str]) -> &'v Value {
    path.iter().fold(value, |value, name| &value[*name])
}

/// Lines of JSON, one for each of four records.
fn lines(line: impl Fn(&Value) -> Value) -> Vec<u8> {
    let lines: Vec<String> = records(4)
        .iter()
        .map(|record| line(record).to_string())
        .collect();
    lines.join("\n").into_bytes()
}

/// The name of a column, and its cell for a record.
type Column<'c> = (&'c str, &'c dyn Fn(&Value) -> String);

/// The cell of a column for a record.
type OwnCell = Box<dyn Fn(&Value) -> String>;

/// A table of four records: a name and a cell of each column, with quotes as most tools write them.
fn csv(columns: &[Column<'_>]) -> String {
    separated(columns).replace(BETWEEN_CELLS, ",")
}

/// The place of the sign between two cells.
const BETWEEN_CELLS: char = '\u{1}';

/// A table with [`BETWEEN_CELLS`] between its cells.
fn separated(columns: &[Column<'_>]) -> String {
    let quoted = |cell: String| format!("\"{}\"", cell.replace('"', "\"\""));
    let row = |cells: Vec<String>| cells.join(&BETWEEN_CELLS.to_string()) + "\n";
    let names = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut table = row(names);
    for record in records(4) {
        let cells = columns.iter().map(|(_, cell)| quoted(cell(&record)));
        table += &row(cells.collect());
    }
    table
}

/// The text of a value: that of a string itself, and nothing for null.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A table with a column for each field of a record, by these names and with these cells.
fn table_of_fields(rename: fn(&str) -> String, cell: fn(&str, &Value) -> String) -> Vec<u8> {
    let table = separated_fields(rename, cell);
    table.replace(BETWEEN_CELLS, ",").into_bytes()
}

fn separated_fields(rename: fn(&str) -> String, cell: fn(&str, &Value) -> String) -> String {
    let record = record(0);
    let names = record.as_object().unwrap().keys();
    let cells: Vec<(String, OwnCell)> = names
        .map(|name| {
            let field = name.clone();
            let cell = move |record: &Value| cell(&field, &record[&field]);
            (rename(name), Box::new(cell) as _)
        })
        .collect();
    let columns: Vec<Column<'_>> = cells
        .iter()
        .map(|(name, cell)| (name.as_str(), cell.as_ref()))
        .collect();
    separated(&columns)
}

fn snake(name: &str) -> String {
    match name {
        "sourceIPAddress" => return "source_ip_address".to_owned(),
        "requestID" => return "request_id".to_owned(),
        "eventID" => return "event_id".to_owned(),
        _ => {}
    }
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// A record as an event of OCSF 1.1 and later.
fn ocsf(record: &Value, version: &str) -> Value {
    let identity = &record["userIdentity"];
    let session = &identity["sessionContext"];
    json!({
        "metadata": {
            "product": {
                "version": record["eventVersion"], "name": "CloudTrail", "vendor_name": "AWS",
                "feature": {"name": record["eventCategory"]},
            },
            "event_code": record["eventType"], "uid": record["eventID"], "version": version,
        },
        "time_dt": record["eventTime"],
        "cloud": {"region": record["awsRegion"], "provider": "AWS"},
        "api": {
            "operation": record["eventName"], "service": {"name": record["eventSource"]},
            "request": {
                "data": record["requestParameters"].to_string(), "uid": record["requestID"],
            },
            "response": {"error": record["errorCode"], "message": record["errorMessage"]},
        },
        "actor": {
            "user": {
                "type": identity["type"], "uid": identity["arn"],
                "uid_alt": identity["principalId"], "credential_uid": identity["accessKeyId"],
                "account": {"uid": identity["accountId"]},
            },
            "session": {
                "created_time_dt": at(session, &["attributes", "creationDate"]), "is_mfa": false,
                "issuer": at(session, &["sessionIssuer", "arn"]),
            },
        },
        "http_request": {"user_agent": record["userAgent"]},
        "src_endpoint": {"ip": record["sourceIPAddress"], "domain": null},
        "class_uid": 6003, "status": "Failure",
        "unmapped": {
            "recipientAccountId": record["recipientAccountId"], "readOnly": "true",
            "managementEvent": "true",
        },
    })
}

/// A record as an event of the first version that Security Lake wrote.
fn early_ocsf(record: &Value) -> Value {
    let mut event = ocsf(record, "1.0.0-rc.2");
    let identity = &record["userIdentity"];
    event["actor"]["user"] = json!({
        "type": identity["type"], "uuid": identity["arn"], "uid": identity["principalId"],
        "account_uid": identity["accountId"], "credential_uid": identity["accessKeyId"],
    });
    event["actor"]["session"]["mfa"] = false.into();
    event["api"]["request"] = json!({"uid": record["requestID"]});
    event["metadata"]["event_code"] = Value::Null;
    event["class_uid"] = 3005.into();
    event["unmapped"] = json!({
        "requestParameters.secretId": record["requestParameters"]["secretId"],
        "eventType": record["eventType"], "recipientAccountId": record["recipientAccountId"],
        "readOnly": "true", "managementEvent": "true", "responseElements": "null",
    });
    event
}

#[test]
fn events_of_ocsf_are_records() {
    for version in ["1.1.0", "1.3.0", "1.5.0"] {
        check("a.json", &lines(|record| ocsf(record, version)));
    }
    check("a.json", &lines(early_ocsf));
    let list: Vec<Value> = records(4)
        .iter()
        .map(|record| ocsf(record, "1.1.0"))
        .collect();
    check("a.json", json!(list).to_string().as_bytes());
    check(
        "x.parquet",
        include_bytes!("fixtures/tables/security-lake.parquet"),
    );
}

#[test]
fn what_ocsf_loses_is_said_once() {
    let files = lines(|record| ocsf(record, "1.1.0"));
    let (_, run) = table("attempts", &[("a.json", &files), ("b.json", &files)]);
    let summary = run.json();
    let assumptions = summary["assumptions"].as_array().unwrap();
    let said: Vec<&Value> = assumptions
        .iter()
        .filter(|assumption| assumption["name"] == "records of Security Lake")
        .collect();
    assert_eq!(said.len(), 1, "{summary:#}");
    assert_eq!(
        said[0]["value"],
        "8 mapped from OCSF to the fields of CloudTrail"
    );
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    std::fs::create_dir(&archive).unwrap();
    std::fs::write(archive.join("a.json"), &files).unwrap();
    let ledger = format!("--json --ledger {}", folder.path().join("ledger").display());
    for _ in 0..2 {
        let run = audit(&ledger, &[&archive]);
        let value = "4 mapped from OCSF to the fields of CloudTrail";
        assert!(run.stdout.contains(value), "{}", run.stdout);
    }
}

#[test]
fn what_ecs_loses_is_said_unless_the_record_was_kept() {
    let kept = |record: &Value| {
        let mut document = ecs(record);
        document["event"]["original"] = record.to_string().into();
        document
    };
    let said = |files: &[u8]| {
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("archive");
        std::fs::create_dir(&archive).unwrap();
        std::fs::write(archive.join("a.json"), files).unwrap();
        let ledger = format!("--json --ledger {}", folder.path().join("ledger").display());
        let value = "4 mapped from ECS to the fields of CloudTrail";
        [(); 2].map(|()| audit(&ledger, &[&archive]).stdout.contains(value))
    };
    assert_eq!(said(&lines(ecs)), [true, true]);
    assert_eq!(said(&lines(kept)), [false, false]);
}

#[test]
fn events_of_other_products_are_not_records() {
    let event = |record: &Value| {
        let mut event = ocsf(record, "1.1.0");
        event["metadata"]["product"]["name"] = "Amazon EKS".into();
        event
    };
    let files: [(&str, &[u8]); 2] = [("a.log", &lines(event)), ("b.json", &lines(Value::clone))];
    let (_, run) = table("attempts", &files);
    assert_eq!(counts(&run), (4, 2, 0), "{}", run.stdout);
}

#[test]
fn objects_in_other_spellings_are_records() {
    let renamed = |rename: fn(&str) -> String| {
        move |record: &Value| {
            let members = record.as_object().unwrap().iter();
            members
                .map(|(name, value)| (rename(name), value.clone()))
                .collect()
        }
    };
    check("a.json", &lines(renamed(snake)));
    check("a.json", &lines(renamed(str::to_lowercase)));
    check("a.json", &lines(renamed(str::to_uppercase)));
    // Athena keeps requests as texts, and so do `UNLOAD` and Glue.
    check(
        "a.json",
        &lines(|record| {
            let mut row: Value = renamed(str::to_lowercase)(record);
            row["requestparameters"] = record["requestParameters"].to_string().into();
            row["eventtime"] = "2026-03-02 02:00:00.000".into();
            row["eventtime"] = record["eventTime"]
                .as_str()
                .unwrap()
                .replace(['T', 'Z'], " ")
                .into();
            row
        }),
    );
    // CloudQuery and Steampipe keep the record beside columns.
    check(
        "a.json",
        &lines(|record| {
            json!({
                "_cq_id": "x", "account_id": "444455556666", "region": "eu-west-1",
                "event_time": "2026-03-02", "event_source": "s", "event_name": "n",
                "cloud_trail_event": record.to_string(),
            })
        }),
    );
}

#[test]
fn names_may_have_a_prefix_and_lines_before_them() {
    for prefix in ["_source.", "detail.", "logs."] {
        let cell = |_: &str, value: &Value| text(value);
        let table = separated_fields(str::to_owned, cell).replace(BETWEEN_CELLS, ",");
        let (names, rows) = table.split_once('\n').unwrap();
        let names: Vec<String> = names
            .split(',')
            .map(|name| format!("{prefix}{name}"))
            .collect();
        check("a.csv", format!("{}\n{rows}", names.join(",")).as_bytes());
    }
    let table = table_of_fields(str::to_owned, |_, value| text(value));
    let table = String::from_utf8(table).unwrap();
    for start in [
        "Export of 2026-03-02\n",
        "# query 7\n# done\n",
        "title\r\n\r\n",
    ] {
        check("a.csv", format!("{start}{table}").as_bytes());
    }
    check("a.csv", table.replace("\",\"", "\", \"").as_bytes());
}

/// The members of a record, with those of its structures under names with dots.
fn flattened(record: &Value) -> serde_json::Map<String, Value> {
    let mut members = serde_json::Map::new();
    flatten("", record, &mut members);
    members
}

fn flatten(path: &str, value: &Value, members: &mut serde_json::Map<String, Value>) {
    let Value::Object(structure) = value else {
        members.insert(path.to_owned(), value.clone());
        return;
    };
    for (name, value) in structure {
        let path = match path {
            "" => name.clone(),
            path => format!("{path}.{name}"),
        };
        flatten(&path, value, members);
    }
}

#[test]
fn names_with_dots_in_json_are_structures() {
    let record = |record: &Value| Value::from(flattened(record));
    let documents: Vec<Value> = records(4).iter().map(record).collect();
    check("a.json", &lines(record));
    check("a.json", json!(documents).to_string().as_bytes());
    check(
        "a.json",
        json!({"Records": documents}).to_string().as_bytes(),
    );
    // Splunk.
    check("a.json", &lines(|one| json!({"result": record(one)})));
    let other = lines(|one| {
        let mut members = flattened(one);
        members.remove("eventName");
        members.insert("eventname".to_owned(), one["eventName"].clone());
        members.into()
    });
    check("a.json", &other);
}

/// A record as Filebeat and the AWS integration of Elastic keep it.
fn ecs(record: &Value) -> Value {
    let identity = &record["userIdentity"];
    let session = &identity["sessionContext"];
    let request = format!(
        "{{secretId={}}}",
        text(&record["requestParameters"]["secretId"])
    );
    let time = text(&record["eventTime"]).replace('Z', ".000Z");
    json!({
        "@timestamp": time,
        "event": {
            "id": record["eventID"], "action": record["eventName"], "kind": "event",
            "provider": record["eventSource"], "outcome": "failure", "type": ["info"],
        },
        "cloud": {"region": record["awsRegion"], "account": {"id": identity["accountId"]}},
        "source": {"address": record["sourceIPAddress"], "ip": record["sourceIPAddress"]},
        "user_agent": {"original": record["userAgent"], "name": "Other"},
        "user": {"id": identity["principalId"]},
        "related": {"user": ["job"]},
        "aws": {"cloudtrail": {
            "event_version": record["eventVersion"], "event_type": record["eventType"],
            "event_category": record["eventCategory"], "read_only": record["readOnly"],
            "management_event": record["managementEvent"], "request_id": record["requestID"],
            "recipient_account_id": record["recipientAccountId"],
            "error_code": record["errorCode"], "error_message": record["errorMessage"],
            "request_parameters": request,
            "flattened": {"request_parameters": record["requestParameters"]},
            "user_identity": {
                "type": identity["type"], "arn": identity["arn"],
                "access_key_id": identity["accessKeyId"],
                "session_context": {
                    "mfa_authenticated": "false",
                    "creation_date": "2026-03-02T01:00:00.000Z",
                    "session_issuer": {"arn": session["sessionIssuer"]["arn"]},
                },
            },
        }},
    })
}

/// The members of a document, each with its value in a list.
fn listed(document: &Value) -> Value {
    let members = flattened(document).into_iter();
    let values = members.filter(|(_, value)| !value.is_null());
    let list = |value: Value| {
        if value.is_array() {
            value
        } else {
            json!([value])
        }
    };
    values.map(|(name, value)| (name, list(value))).collect()
}

#[test]
fn documents_of_elastic_are_records() {
    let hits = |hit: &dyn Fn(&Value) -> Value| {
        let hits: Vec<Value> = records(4).iter().map(hit).collect();
        json!({"took": 1, "hits": {"total": {"value": 4}, "hits": hits}}).to_string()
    };
    check("a.json", &lines(ecs));
    check("a.json", &lines(|record| flattened(&ecs(record)).into()));
    let hit = |record: &Value| json!({"_index": "i", "_id": "x", "_source": ecs(record)});
    check("a.json", hits(&hit).as_bytes());
    let fields = |record: &Value| json!({"_id": "x", "fields": listed(record)});
    check("a.json", hits(&fields).as_bytes());
    let fields = |record: &Value| json!({"_id": "x", "fields": listed(&ecs(record))});
    check("a.json", hits(&fields).as_bytes());
    let both = |record: &Value| {
        let fields = listed(&ecs(record));
        json!({"_id": "x", "_source": ecs(record), "fields": fields})
    };
    check("a.json", hits(&both).as_bytes());
    // The text that the fields were made of counts.
    let original = |record: &Value| {
        let mut document = ecs(record);
        document["event"]["original"] = record.to_string().into();
        document["aws"]["cloudtrail"]["error_message"] = "other".into();
        document
    };
    check("a.json", &lines(original));
    check(
        "a.json",
        &lines(|record| flattened(&original(record)).into()),
    );
    let columns = flattened(&ecs(&record(0)));
    let cells: Vec<(String, OwnCell)> = columns
        .keys()
        .map(|name| {
            let column = name.clone();
            let cell = move |record: &Value| text(&flattened(&ecs(record))[&column]);
            (name.clone(), Box::new(cell) as _)
        })
        .collect();
    let columns: Vec<Column<'_>> = cells
        .iter()
        .map(|(name, cell)| (name.as_str(), cell.as_ref()))
        .collect();
    check("a.csv", csv(&columns).as_bytes());
    let other: Vec<Column<'_>> = columns
        .into_iter()
        .filter(|(name, _)| !name.ends_with("error_message"))
        .collect();
    let (_, run) = table("attempts", &[("a.csv", csv(&other).as_bytes())]);
    assert_eq!(kinds(&run), ["unrecognized-records"], "{}", run.stdout);
}

/// Databases, search engines and libraries keep names and values in different places.
#[test]
fn values_may_be_in_another_place_than_their_names() {
    let names: Vec<String> = record(0).as_object().unwrap().keys().cloned().collect();
    let values = |record: &Value| names.iter().map(|name| record[name].clone()).collect();
    let rows: Vec<Value> = records(4).iter().map(values).collect();
    let column = |name: &String| -> Value {
        records(4)
            .iter()
            .map(|record| record[name].clone())
            .collect()
    };
    let columns: Vec<Value> = names.iter().map(column).collect();
    let numbered = |name: &String| {
        let values = records(4).into_iter().enumerate();
        let values = values.map(|(number, record)| (number.to_string(), record[name].clone()));
        (name.clone(), values.collect::<Value>())
    };
    let named =
        |member: &str| -> Value { names.iter().map(|name| json!({member: name})).collect() };
    let in_cells = |name: &str, cell: &str| -> Value {
        let cells = |row: &Value| -> Value {
            let cells = row
                .as_array()
                .unwrap()
                .iter()
                .map(|value| json!({cell: value}));
            cells.collect()
        };
        rows.iter().map(|row| json!({name: cells(row)})).collect()
    };
    let pairs = |record: &Value| -> Value {
        names
            .iter()
            .map(|name| json!({"key": name, "value": record[name]}))
            .collect()
    };
    let pairs: Vec<Value> = records(4).iter().map(pairs).collect();
    let with_names: Vec<Value> = [json!(names)].into_iter().chain(rows.clone()).collect();
    for (name, content) in [
        (
            "pandas, split",
            json!({"columns": names, "index": [0, 1, 2, 3], "data": rows}),
        ),
        ("pandas, by column", names.iter().map(numbered).collect()),
        (
            "lists",
            names.iter().cloned().zip(columns.clone()).collect(),
        ),
        (
            "OpenSearch",
            json!({"schema": named("name"), "datarows": rows, "total": 4}),
        ),
        (
            "Splunk",
            json!({"preview": false, "fields": names, "rows": rows}),
        ),
        (
            "Splunk, columns",
            json!({"fields": names, "columns": columns}),
        ),
        ("ES|QL", json!({"columns": named("name"), "values": rows})),
        ("Log Analytics", {
            json!({"tables": [{"name": "PrimaryResult", "columns": named("name"), "rows": rows}]})
        }),
        (
            "ClickHouse",
            json!({"meta": named("name"), "data": rows, "rows": 4}),
        ),
        (
            "Metabase",
            json!({"data": {"cols": named("name"), "rows": rows}}),
        ),
        (
            "BigQuery",
            json!({"rows": in_cells("f", "v"), "schema": {"fields": named("name")}}),
        ),
        ("pairs", json!({"rows": pairs})),
        ("names in the first row", json!(with_names)),
    ] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.json"), content.to_string()).unwrap();
        let run = audit("--json", &[folder.path()]);
        assert_eq!(counts(&run), (4, 2, 0), "{name}: {}", run.stdout);
        check("a.json", content.to_string().as_bytes());
    }
    let all: Vec<String> = with_names.iter().map(Value::to_string).collect();
    check("a.json", all.join("\n").as_bytes());
    // What cannot be read is said.
    let mut short = rows.clone();
    short[1].as_array_mut().unwrap().pop();
    let short = json!({"columns": names, "data": short});
    let (_, run) = table("attempts", &[("a.json", short.to_string().as_bytes())]);
    assert_eq!((counts(&run).0, run.code), (3, 3), "{}", run.stdout);
    assert_eq!(kinds(&run), ["unrecognized-records"], "{}", run.stdout);
    let far = json!({"a": {"b": {"columns": names}}, "c": {"d": [rows]}});
    check("a.json", far.to_string().as_bytes());
    let other = json!({"a": [[rows]], "b": {"columns": names}});
    let (_, run) = table("attempts", &[("a.json", other.to_string().as_bytes())]);
    assert_eq!(kinds(&run), ["unrecognized-records"], "{}", run.stdout);
}

/// Query engines and search engines keep structures as texts, whatever the names of the fields are.
#[test]
fn structures_may_be_texts() {
    for rename in [str::to_owned, str::to_lowercase, snake] {
        check(
            "a.json",
            &lines(|record| {
                let members = record.as_object().unwrap().iter();
                let members = members.map(|(name, value)| match value.is_object() {
                    true => (rename(name), value.to_string().into()),
                    false => (rename(name), value.clone()),
                });
                members.collect()
            }),
        );
    }
}

#[test]
fn a_table_without_rows_has_no_records() {
    let empty: &[u8] = include_bytes!("fixtures/tables/empty.parquet");
    let header: &[u8] = b"eventTime,eventSource,eventName,errorCode,errorMessage\n";
    let records = lines(Value::clone);
    for (name, content) in [("empty.parquet", empty), ("empty.csv", header)] {
        let (_, run) = table("problems", &[(name, content), ("a.json", &records)]);
        assert_eq!(counts(&run), (4, 2, 0), "{name}: {}", run.stdout);
    }
}

#[test]
fn tables_of_fields_are_records() {
    let spelled = |name: &str| snake(name).replace('_', " ");
    for rename in [str::to_lowercase, str::to_uppercase, snake, spelled] {
        let table = separated_fields(rename, |_, value| text(value));
        for (start, between) in [
            ("", ","),
            ("\u{feff}", ";"),
            ("", "\t"),
            ("\u{feff}sep=;\r\n", ";"),
        ] {
            let table = table.replace(BETWEEN_CELLS, between).replace('\n', "\r\n");
            check("a.csv", format!("{start}{table}").as_bytes());
        }
    }
}

#[test]
fn structures_are_read_as_programs_print_them() {
    // Athena and Presto.
    check(
        "a.csv",
        &table_of_fields(str::to_lowercase, |name, value| match name {
            "userIdentity" => {
                let session = &value["sessionContext"];
                format!(
                    "{{type={}, principalid={}, arn={}, accountid={}, invokedby=null, accesskeyid={}, \
                 username=null, sessioncontext={{attributes={{mfaauthenticated=false, \
                 creationdate={}}}, sessionissuer={{type=null, arn={}}}}}}}",
                    text(&value["type"]),
                    text(&value["principalId"]),
                    text(&value["arn"]),
                    text(&value["accountId"]),
                    text(&value["accessKeyId"]),
                    text(&session["attributes"]["creationDate"]),
                    text(&session["sessionIssuer"]["arn"]),
                )
            }
            _ => text(value),
        }),
    );
    // Python.
    check(
        "a.csv",
        &table_of_fields(str::to_owned, |_, value| match value {
            Value::Object(_) => value.to_string().replace('"', "'"),
            other => text(other),
        }),
    );
    // DuckDB.
    check(
        "a.csv",
        &table_of_fields(str::to_owned, |name, value| match name {
            "userIdentity" => duckdb(value),
            "requestParameters" => "{'secretId': app/db, 'versionId': NULL}".to_owned(),
            _ => text(value),
        }),
    );
    // PowerShell, as lines and in a log file. It loses what is deeper.
    let powershell = |record: &Value| {
        let mut printed = record.clone();
        let members = record["userIdentity"].as_object().unwrap().iter();
        let members = members.map(|(name, value)| match value.is_object() {
            true => format!("{name}="),
            false => format!("{name}={}", text(value)),
        });
        let members: Vec<String> = members.collect();
        printed["userIdentity"] = format!("@{{{}}}", members.join("; ")).into();
        printed["requestParameters"] = "@{secretId=app/db}".into();
        printed
    };
    let documents: Vec<Value> = records(4).iter().map(powershell).collect();
    let document = json!({"Records": documents}).to_string().into_bytes();
    for content in [lines(powershell), document] {
        let (attempts, run) = table("attempts", &[("a.json", &content)]);
        assert_eq!(counts(&run), (4, 2, 0), "{}", run.stdout);
        let attempts = Value::from(attempts).to_string();
        assert!(attempts.contains("assumed-role/job/run"), "{attempts}");
        assert!(attempts.contains("app/db"), "{attempts}");
    }
    // A column for each member.
    let identity = |name: &'static str| move |record: &Value| text(&record["userIdentity"][name]);
    let field = |name: &'static str| move |record: &Value| text(&record[name]);
    let fields = record(0);
    let fields = fields.as_object().unwrap().keys();
    let leaves: Vec<(&str, OwnCell)> = fields
        .map(|name| &*name.clone().leak())
        .filter(|name| !matches!(*name, "userIdentity" | "requestParameters"))
        .map(|name| (name, Box::new(field(name)) as _))
        .chain([
            ("userIdentity.type", Box::new(identity("type")) as _),
            ("userIdentity.arn", Box::new(identity("arn")) as _),
            (
                "userIdentity.accountId",
                Box::new(identity("accountId")) as _,
            ),
            (
                "userIdentity.accessKeyId",
                Box::new(identity("accessKeyId")) as _,
            ),
            (
                "userIdentity.sessionContext.sessionIssuer.arn",
                Box::new(|record: &Value| {
                    text(&record["userIdentity"]["sessionContext"]["sessionIssuer"]["arn"])
                }) as _,
            ),
            (
                "requestParameters.secretId",
                Box::new(|record: &Value| text(&record["requestParameters"]["secretId"])) as _,
            ),
        ])
        .collect();
    let columns: Vec<Column<'_>> = leaves
        .iter()
        .map(|(name, cell)| (*name, cell.as_ref()))
        .collect();
    check("a.csv", csv(&columns).as_bytes());
}

/// A structure as DuckDB prints it.
fn duckdb(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members = members.iter();
            let members = members.map(|(name, value)| format!("'{name}': {}", duckdb(value)));
            let members: Vec<String> = members.collect();
            format!("{{{}, 'userName': NULL}}", members.join(", "))
        }
        Value::String(text) if text.contains(':') => format!("'{text}'"),
        other => text(other),
    }
}

#[test]
fn structures_that_cannot_be_read_are_a_problem() {
    for request in [
        "{secretId=app/db}",
        "@{secretId=app/db; other=x}",
        "{\"secretId\":\"a",
    ] {
        let line = |record: &Value| {
            let mut record = record.clone();
            record["requestParameters"] = request.into();
            record
        };
        let table_of_fields = table_of_fields(str::to_owned, |_, value| text(value));
        let csv = String::from_utf8(table_of_fields).unwrap();
        let cell = format!("\"{}\"", request.replace('"', "\"\""));
        let csv = csv.replace("\"{\"\"secretId\"\":\"\"app/db\"\"}\"", &cell);
        for (name, content) in [("a.json", lines(line)), ("a.csv", csv.into_bytes())] {
            let (_, run) = table("attempts", &[(name, &content)]);
            assert_eq!(counts(&run), (4, 2, 3), "{name}: {}", run.stdout);
            assert_eq!(kinds(&run), ["unrecognized-records"], "{name} {request}");
        }
    }
}

#[test]
fn tables_may_begin_late_and_have_boxes() {
    let fields = |cell: fn(&str, &Value) -> String| table_of_fields(str::to_owned, cell);
    let table_of_fields = String::from_utf8(fields(|_, value| text(value))).unwrap();
    let title = "Export\nAccount,111122223333\nFrom,2026-03-02\n";
    for lines in [4, 90] {
        let title = format!("{title}{}", "note\n".repeat(lines - 3));
        check("a.csv", format!("{title}{table_of_fields}").as_bytes());
    }
    // Documentation may name the fields, and has no rows.
    let text_of_others = format!("{title}a\nb\neventTime,eventSource,eventName\nand others\n");
    let lines_of_records = lines(Value::clone);
    let files: [(&str, &[u8]); 2] = [
        ("a.md", text_of_others.as_bytes()),
        ("a.json", &lines_of_records),
    ];
    assert_eq!(counts(&table("attempts", &files).1), (4, 2, 0));
    let unquoted = separated_fields(str::to_owned, |_, value| text(value));
    let rows = unquoted.lines().map(|line| {
        let cells = line.split(BETWEEN_CELLS).map(|cell| {
            let cell = cell.trim_matches('"').replace("\"\"", "\"");
            if cell.is_empty() {
                "NULL".to_owned()
            } else {
                cell
            }
        });
        cells.collect::<Vec<String>>()
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let border = format!("+{}\n", "------+".repeat(rows[0].len()));
    let boxed: Vec<String> = rows
        .iter()
        .map(|row| format!("| {} |\n", row.join(" | ")))
        .collect();
    let (header, others) = boxed.split_first().unwrap();
    let count = "4 rows in set (0.00 sec)\n\n";
    let mysql = format!("{border}{header}{border}{}{border}{count}", others.concat());
    check("a.txt", mysql.as_bytes());
    let lines: Vec<String> = rows
        .iter()
        .map(|row| format!(" {} \n", row.join(" | ")))
        .collect();
    let (header, others) = lines.split_first().unwrap();
    let psql = format!(
        "{header}{}\n{}(4 rows)\n",
        border.trim_matches(['+', '\n']),
        others.concat()
    );
    check("a.txt", psql.as_bytes());
}

#[test]
fn times_are_read_as_tools_write_them() {
    for (from, to) in [
        ("2026-03-02T", "Mar 2, 2026 @ "),
        ("2026-03-02T", "2026-03-02 "),
    ] {
        let table = table_of_fields(str::to_owned, |_, value| text(value));
        let table = String::from_utf8(table).unwrap();
        let zone = if to.starts_with("Mar") {
            ".000"
        } else {
            ".000 +0000"
        };
        let table = table.replace(&format!("\"{from}02"), &format!("\"{to}02"));
        check(
            "a.csv",
            table.replace(":00Z\"", &format!(":00{zone}\"")).as_bytes(),
        );
    }
    let mongo = |record: &Value| {
        let mut record = record.clone();
        record["eventTime"] = json!({"$date": record["eventTime"]});
        record["_id"] = json!({"$oid": "65"});
        record
    };
    check("a.json", &lines(mongo));
}

#[test]
fn cells_may_hold_records() {
    let time = |record: &Value| {
        record["eventTime"]
            .as_str()
            .unwrap()
            .replace(['T', 'Z'], " ")
    };
    let whole = |record: &Value| record.to_string();
    let columns: [Column<'_>; 2] = [("@timestamp", &time), ("@message", &whole)];
    check("insights.csv", csv(&columns).as_bytes());
    for name in ["eventJson", "eventjson", "event_json", "_raw", "value"] {
        check("a.csv", csv(&[(name, &whole)]).as_bytes());
        check("a.csv", csv(&[("id", &time), (name, &whole)]).as_bytes());
    }
    // Spark and Hive write a backslash before a quote.
    let table = csv(&[("id", &time), ("message", &whole)]).replace("\"\"", "\\\"");
    check("a.csv", table.as_bytes());
    // The columns of `lookup-events`, of which the last is the event.
    let name = |record: &Value| text(&record["eventName"]);
    let table = csv(&[
        ("EventId", &|record| text(&record["eventID"])),
        ("EventName", &name),
        ("EventTime", &time),
        ("EventSource", &|record| text(&record["eventSource"])),
        ("Username", &|_| "run".to_owned()),
        ("CloudTrailEvent", &whole),
    ]);
    check("a.csv", table.as_bytes());
}

#[test]
fn parquet_holds_records_in_many_forms() {
    let files: [(&str, &[u8]); 3] = [
        (
            "tailpipe",
            include_bytes!("fixtures/tables/tailpipe.parquet"),
        ),
        ("crawled", include_bytes!("fixtures/tables/crawled.parquet")),
        (
            "messages",
            include_bytes!("fixtures/tables/messages.parquet"),
        ),
    ];
    for (name, content) in files {
        check(&format!("{name}.parquet"), content);
    }
}

#[test]
fn a_table_that_only_shows_records_is_a_problem() {
    let counted: &[u8] = include_bytes!("fixtures/tables/counted.parquet");
    let csv = b"eventSource,eventName,count\ns,n,7\n";
    for (name, content) in [("a.parquet", counted), ("a.csv", csv)] {
        let (_, run) = table("problems", &[(name, content)]);
        assert_eq!((counts(&run).0, run.code), (0, 3), "{}", run.stdout);
        assert_eq!(kinds(&run), ["unrecognized-records"], "{name}");
    }
    let other: &[u8] = include_bytes!("fixtures/tables/other.parquet");
    let records = lines(Value::clone);
    let run = table(
        "problems",
        &[("other.parquet", other), ("a.json", &records)],
    )
    .1;
    assert_eq!(counts(&run), (4, 2, 0), "{}", run.stdout);
}

#[test]
fn a_table_without_messages_of_errors_is_a_problem() {
    let history = "Event name,Event time,User name,Event source,Error code\n\
        GetSecretValue,\"March 02, 2026, 02:00:00 (UTC+00:00)\",job,\
        secretsmanager.amazonaws.com,InvalidRequestException\n";
    let arguments =
        "--json --pattern {$.errorCode=InvalidRequestException&&$.userIdentity.userName=job}";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("event_history.csv"), history).unwrap();
    let run = audit(arguments, &[folder.path()]);
    assert_eq!(counts(&run), (1, 1, 3), "{}", run.stdout);
    assert_eq!(kinds(&run), ["unrecognized-records"]);
    assert_eq!(
        run.json()["first_event"],
        "2026-03-02T02:00:00Z",
        "{}",
        run.stdout
    );
}

#[test]
fn two_regions_of_a_record_are_a_problem() {
    let region = |record: &Value| match record["errorCode"].is_null() {
        true => "us-east-1".to_owned(),
        false => "eu-west-1".to_owned(),
    };
    let field = |name: &'static str| move |record: &Value| text(&record[name]);
    let table_of_regions = csv(&[
        ("eventtime", &field("eventTime")),
        ("eventsource", &field("eventSource")),
        ("eventname", &field("eventName")),
        ("errormessage", &field("errorMessage")),
        ("awsregion", &field("awsRegion")),
        ("region", &region),
    ]);
    let parquet: &[u8] = include_bytes!("fixtures/tables/regions.parquet");
    for (name, content) in [
        ("a.csv", table_of_regions.as_bytes()),
        ("a.parquet", parquet),
    ] {
        let (attempts, run) = table("attempts", &[(name, content)]);
        assert_eq!(counts(&run), (4, 2, 3), "{}", run.stdout);
        assert_eq!(kinds(&run), ["contradictory"], "{name}");
        assert!(
            attempts
                .iter()
                .all(|attempt| attempt["aws_region"] == "us-east-1")
        );
        assert!(
            run.stdout.contains("2 records name another region"),
            "{}",
            run.stdout
        );
    }
}

#[test]
fn a_damaged_row_costs_itself() {
    let table_of_records = table_of_fields(str::to_lowercase, |_, value| text(value));
    let text = String::from_utf8(table_of_records).unwrap();
    let rows: Vec<&str> = text.split_inclusive('\n').collect();
    let open = rows[2].replacen("\",\"", ",\"", 1);
    let damaged = [rows[0], rows[1], &open, rows[3], rows[4]].concat();
    let run = table("problems", &[("a.csv", damaged.as_bytes())]).1;
    assert_eq!(counts(&run), (3, 2, 3), "{}", run.stdout);
    assert_eq!(kinds(&run), ["damaged-table"]);
    let place = format!("\"byte\": {}", rows[0].len() + rows[1].len());
    assert!(run.stdout.contains(&place), "{}", run.stdout);
}

#[test]
fn folders_of_partitions_name_account_and_region() {
    let content = lines(|record| {
        let mut record = record.clone();
        let members = record.as_object_mut().unwrap();
        for name in ["awsRegion", "recipientAccountId", "userIdentity"] {
            members.remove(name);
        }
        record
    });
    let name = "ct/account=111122223333/region=eu-west-1/year=2026/month=03/day=02/a.json";
    let run = table("attempts", &[(name, &content)]).1;
    let summary = run.json();
    assert_eq!(summary["accounts"], json!(["111122223333"]));
    assert_eq!(summary["regions"], json!(["eu-west-1"]));
}

#[test]
fn results_of_lake_are_read_if_they_are_named() {
    let table_of_records = table_of_fields(str::to_owned, |_, value| text(value));
    let folder = tempfile::tempdir().unwrap();
    let key = "AWSLogs/111122223333/CloudTrail-Lake/Query/2026/03/02/q/result_1.csv";
    let path = folder.path().join(key);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, table_of_records).unwrap();
    assert_eq!(counts(&audit("--json", &[&path])), (4, 2, 0));
    let run = audit("--json", &[folder.path()]);
    assert!(run.stderr.contains("1 lake-result"), "{}", run.stderr);
}

#[test]
fn a_step_without_a_time_is_a_problem() {
    let mut step = record(1);
    step["eventName"] = "DeleteSecret".into();
    step["eventTime"] = 1_772_416_800_000_i64.into();
    let content = json!({"Records": [step]}).to_string();
    let run = table("problems", &[("a.json", content.as_bytes())]).1;
    assert_eq!(counts(&run), (1, 0, 3), "{}", run.stdout);
    assert_eq!(kinds(&run), ["no-event-time"]);
}

#[test]
fn every_table_and_schema_of_the_cases_is_read() {
    for (name, path) in [
        ("ocsf", ""),
        ("athena_unload_json", ""),
        ("steampipe_json", ""),
        ("tailpipe", ""),
        ("pq_records", ""),
        ("hive_part", ""),
        ("lake_api_eventjson", ""),
        (
            "lake_s3_layout",
            "AWSLogs/111122223333/CloudTrail-Lake/Query/2026/03/04/0a1b-q/result_1.csv.gz",
        ),
    ] {
        let Some(folder) = case(name) else {
            return;
        };
        let run = audit("--json", &[&folder.join(path)]);
        assert_eq!(counts(&run), (4, 2, 0), "{name}: {}", run.stdout);
    }
    for (name, expected, kind) in [
        ("event_history_csv", (4, 0, 3), "unrecognized-records"),
        ("life_notime", (1, 0, 3), "no-event-time"),
    ] {
        let Some(folder) = case(name) else {
            return;
        };
        let run = audit("--json", &[&folder]);
        assert_eq!(counts(&run), expected, "{name}: {}", run.stdout);
        assert_eq!(kinds(&run), [kind], "{name}");
    }
    let Some(mixed) = case("ocsf_mixed") else {
        return;
    };
    assert_eq!(counts(&audit("--json", &[&mixed])), (6, 3, 0));
}

/// A table with the fields of the records in these columns.
fn rows_of(records: &[Value], columns: &[&str]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns).unwrap();
    for record in records {
        let cells = columns.iter().map(|column| match &record[*column] {
            Value::String(text) => text.clone(),
            Value::Null => "None".to_owned(),
            value => value.to_string(),
        });
        writer.write_record(cells).unwrap();
    }
    writer.into_inner().unwrap()
}

const COLUMNS: [&str; 11] = [
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "errorCode",
    "errorMessage",
    "userIdentity",
    "requestParameters",
    "eventID",
    "recipientAccountId",
    "sharedEventID",
];

#[test]
fn a_table_may_write_a_word_for_no_value() {
    let mut records = records(4);
    for record in &mut records {
        record["eventName"] = "DeleteSecret".into();
    }
    let rows = rows_of(&records[1..2], &COLUMNS);
    let (changes, run) = table("lifecycle", &[("a.csv", &rows)]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert_eq!(changes[0]["step"], "scheduled", "{changes:?}");
}

#[test]
fn a_copy_in_a_table_has_the_identifier_of_its_event() {
    const UUID: &str = "0f0e0d0c-1b1a-4987-8f6e-5d4c3b2a1908";
    let mut records = records(1);
    records[0]["eventID"] = UUID.into();
    let original = records[0].to_string();
    for spelling in [UUID.to_uppercase(), format!("{{{UUID}}}")] {
        records[0]["eventID"] = spelling.into();
        let rows = rows_of(&records, &COLUMNS);
        let files = [("a.json", original.as_bytes()), ("b.csv", &rows)];
        let (attempts, run) = table("attempts", &files);
        assert_eq!((attempts.len(), run.code), (1, 0), "{}", run.stdout);
    }
}

#[test]
fn account_numbers_are_restored_or_left_out() {
    for (damaged, problems) in [("111122223333.0", 0), ("1.11122E+11", 1)] {
        let mut records = records(2);
        for record in &mut records {
            record["recipientAccountId"] = damaged.into();
        }
        let rows = rows_of(&records, &COLUMNS);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.csv"), rows).unwrap();
        let run = audit("--json --account 111122223333", &[folder.path()]);
        let attempts = run.json()["attempts"].as_u64();
        assert_eq!(
            (attempts, kinds(&run).len()),
            (Some(1), problems),
            "{}",
            run.stdout
        );
    }
}

#[test]
fn identifiers_in_parquet_may_be_uuids() {
    use parquet::data_type::{ByteArray, ByteArrayType, FixedLenByteArray, FixedLenByteArrayType};
    use parquet::file::writer::SerializedFileWriter;
    let schema = "message m { required binary eventTime (UTF8); required binary eventSource (UTF8);
        required binary eventName (UTF8); required fixed_len_byte_array(16) eventID (UUID); }";
    let schema = parquet::schema::parser::parse_message_type(schema).unwrap();
    let mut file =
        SerializedFileWriter::new(Vec::new(), schema.into(), Default::default()).unwrap();
    let mut group = file.next_row_group().unwrap();
    for text in [
        "2026-03-02T02:00:00Z",
        "secretsmanager.amazonaws.com",
        "DeleteSecret",
    ] {
        let mut column = group.next_column().unwrap().unwrap();
        let texts = [ByteArray::from(text)];
        let written = column
            .typed::<ByteArrayType>()
            .write_batch(&texts, None, None);
        assert_eq!(written.unwrap(), 1);
        column.close().unwrap();
    }
    let mut column = group.next_column().unwrap().unwrap();
    let bytes: Vec<u8> = (0..16).map(|byte| byte * 17).collect();
    let identifiers = [FixedLenByteArray::from(ByteArray::from(bytes))];
    let written = column.typed::<FixedLenByteArrayType>();
    assert_eq!(written.write_batch(&identifiers, None, None).unwrap(), 1);
    column.close().unwrap();
    group.close().unwrap();
    let (changes, run) = table("lifecycle", &[("a.parquet", &file.into_inner().unwrap())]);
    let expected = "00112233-4455-6677-8899-aabbccddeeff";
    assert_eq!(changes[0]["event_id"], expected, "{}", run.stdout);
}

#[test]
fn a_table_without_names_that_holds_records_is_a_problem() {
    let record = records(1)[0].to_string().replace('"', "\"\"");
    let row = format!("2026-03-02,GetSecretValue,\"{record}\"\n");
    let files: [(&str, &[u8]); 2] = [("a.csv", row.as_bytes()), ("b.json", b"{\"Records\":[]}")];
    let (_, run) = table("attempts", &files);
    assert_eq!(kinds(&run), ["unrecognized-records"], "{}", run.stdout);
}
