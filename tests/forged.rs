//! Texts within records that are records themselves, as a caller may write them: no form of an
//! archive counts them, and none loses the record that they are in.

use serde_json::{Value, json};

use crate::program::{Run, audit};

/// The text that a caller writes into a field of a record.
fn forged() -> String {
    json!({
        "eventTime": "2026-03-02T03:00:00Z", "eventSource": "secretsmanager.amazonaws.com",
        "eventName": "GetSecretValue", "eventID": "FORGED", "requestParameters": {"secretId": "f"},
    })
    .to_string()
}

/// The record of the call, with that text as its user agent.
fn real() -> Value {
    json!({
        "eventVersion": "1.11", "eventTime": "2026-03-02T02:00:00Z",
        "eventSource": "secretsmanager.amazonaws.com", "eventName": "DeleteSecret",
        "errorMessage": forged(), "eventID": "REAL", "userAgent": forged(),
        "requestParameters": {"description": forged(), "entries": [json!(forged())]},
        "responseElements": null, "additionalEventData": {"text": forged()},
    })
}

/// The columns of the record in a table.
fn columns() -> Vec<(&'static str, String)> {
    let mut columns = vec![
        ("eventTime", "2026-03-02T02:00:00Z".to_owned()),
        ("eventSource", "secretsmanager.amazonaws.com".to_owned()),
        ("eventName", "DeleteSecret".to_owned()),
        ("errorCode", String::new()),
        ("eventID", "REAL".to_owned()),
    ];
    let fields = ["errorMessage", "userAgent", "requestParameters", "agent"];
    columns.extend(fields.map(|name| (name, forged())));
    columns.extend(["requestParameters.text", "message"].map(|name| (name, forged())));
    columns
}

fn csv(columns: &[(&str, String)]) -> String {
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let cells: Vec<String> = columns
        .iter()
        .map(|(_, cell)| format!("\"{}\"", cell.replace('"', "\"\"")))
        .collect();
    format!("{}\n{}\n", names.join(","), cells.join(","))
}

/// The records of a run, and those that a pattern for the forged one selects.
fn counts(run: &Run) -> (u64, u64) {
    let summary = run.json();
    let number = |pointer: &str| summary.pointer(pointer).and_then(Value::as_u64).unwrap();
    let records = number("/records/total") - number("/records/unparseable");
    (records, number("/records/matched"))
}

fn audited(name: &str, content: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), content).unwrap();
    // Without anything to read, there would be no report.
    std::fs::write(folder.path().join("empty.json"), "{\"Records\":[]}").unwrap();
    audit("--json --pattern {$.eventID=FORGED}", &[folder.path()])
}

#[test]
fn no_form_of_a_record_counts_what_a_caller_wrote_into_it() {
    let cells = |cell: fn(&str, &str) -> Value| -> Value {
        let columns = columns();
        columns
            .iter()
            .map(|(name, value)| cell(name, value))
            .collect()
    };
    let fields: Value = columns()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let text = Value::from(real().to_string());
    let planted = Value::from(forged());
    for (name, content) in [
        ("log file", json!({"Records": [real()]})),
        ("record", real()),
        ("object with columns", fields.clone()),
        ("Insights", {
            json!({"results": [cells(|name, value| json!({"field": name, "value": value}))]})
        }),
        (
            "Lake",
            json!({"QueryResultRows": [cells(|name, value| json!({name: value}))]}),
        ),
        ("ECS", {
            json!({
                "@timestamp": "2026-03-02T02:00:00Z", "event": {"original": text},
                "user_agent": {"original": planted}, "error": {"message": planted},
                "aws": {"cloudtrail": {"request_parameters": planted}},
            })
        }),
        ("ECS without the text", {
            json!({
                "@timestamp": "2026-03-02T02:00:00Z", "user_agent": {"original": planted},
                "event": {
                    "provider": "secretsmanager.amazonaws.com", "action": "DeleteSecret",
                    "id": "REAL", "reason": planted,
                },
                "aws": {"cloudtrail": {
                    "request_parameters": planted, "error_message": planted,
                    "flattened": {"request_parameters": {"a": planted, "b": [real()]}},
                }},
                "related": {"entity": [planted]}, "target": {"entity": {"id": [planted]}},
                "tls": {"client": {"server_name": planted}}, "message": planted,
            })
        }),
        ("names and values apart", {
            let (names, values): (Vec<_>, Vec<_>) = columns().into_iter().unzip();
            json!({"columns": names, "rows": [values]})
        }),
        ("names in the first row", {
            let (names, values): (Vec<_>, Vec<_>) = columns().into_iter().unzip();
            json!([names, values])
        }),
        ("texts of structures", {
            let mut record = real();
            record["userIdentity"] = format!("@{{arn={}}}", forged()).into();
            record
        }),
        (
            "pairs",
            json!([cells(|name, value| json!({"key": name, "value": value}))]),
        ),
        ("lists of one", {
            let lists = columns()
                .into_iter()
                .map(|(name, value)| (name.to_owned(), json!([value])));
            json!({"fields": lists.collect::<serde_json::Map<_, _>>()})
        }),
        ("hit of a search", {
            json!({"fields": {"event.original": [text], "user_agent.original": [planted]}})
        }),
        ("Datadog", {
            let attributes = json!({"attributes": real(), "http": {"useragent": planted}});
            json!({"content": attributes})
        }),
        ("Splunk", json!({"result": fields})),
        ("Splunk with its text", {
            json!({"result": {"_raw": text, "userAgent": planted, "src_user": planted}})
        }),
        ("Wazuh", {
            let log = json!({"integration": "aws", "aws": real()}).to_string();
            json!({"data": {"aws": real(), "dstuser": planted}, "full_log": log})
        }),
        ("lookup-events", {
            json!({"Events": [{
                "EventId": "REAL", "EventName": "DeleteSecret", "EventTime": 1_772_416_800,
                "EventSource": "secretsmanager.amazonaws.com", "Username": planted,
                "Resources": [{"ResourceName": planted}], "CloudTrailEvent": text,
            }]})
        }),
        ("names with dots", {
            let mut record = real();
            record["requestParameters.description"] = planted.clone();
            record["userIdentity.arn"] = planted.clone();
            record
        }),
        ("EventBridge", {
            json!({"detail-type": "x", "resources": [planted], "detail": real()})
        }),
    ] {
        let run = audited("object", &content.to_string());
        assert_eq!(counts(&run), (1, 0), "{name}: {}", run.stdout);
        assert_eq!(run.code, 0, "{name}: {}", run.stdout);
    }
    let table = csv(&columns());
    for table in [&table, &table.replace(",errorMessage", ",error_message")] {
        assert_eq!(counts(&audited("a.csv", table)), (1, 0), "{table}");
    }
}

/// Tools keep the text of a record under any name beside the fields that they made of it.
#[test]
fn the_record_of_the_same_event_counts_under_any_name() {
    let whole = json!({
        "eventTime": "2026-03-02T02:00:00Z", "eventSource": "secretsmanager.amazonaws.com",
        "eventName": "DeleteSecret", "eventID": "FORGED", "userAgent": "whole",
    })
    .to_string();
    let names = ["event_time", "event_source", "event_name"];
    let values = [
        "2026-03-02T02:00:00Z",
        "secretsmanager.amazonaws.com",
        "other",
    ];
    for (identifier, matched) in [("FORGED", 1), ("REAL", 0)] {
        let mut columns: Vec<(&str, String)> = Vec::new();
        columns.extend(names.into_iter().zip(values.map(str::to_owned)));
        columns.push(("event_id", identifier.to_owned()));
        columns.push(("some_name", whole.clone()));
        let object: serde_json::Map<String, Value> = columns
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.as_str().into()))
            .collect();
        for (name, content) in [
            ("a.csv", csv(&columns)),
            ("object", Value::from(object).to_string()),
        ] {
            let run = audited(name, &content);
            assert_eq!(
                counts(&run),
                (1, matched),
                "{identifier} {name}: {}",
                run.stdout
            );
        }
    }
}

/// What is not searched because of its name, and may be another record, is reported.
#[test]
fn a_record_that_is_passed_over_is_a_problem() {
    let (text, other) = (Value::from(real().to_string()), forged());
    let object: Value = serde_json::from_str(&other).unwrap();
    for content in [
        json!({"message": text, "related": [other]}),
        json!({"message": text, "attachments": [{"note": other}]}),
        json!({"batch": {"error": [object], "ok": [real()]}}),
    ] {
        let run = audited("object", &content.to_string());
        assert_eq!((counts(&run).1, run.code), (0, 3), "{}", run.stdout);
        let problem = &run.json()["problems"][0];
        assert_eq!(problem["kind"], "not-a-record", "{}", run.stdout);
    }
}

/// Parts of records and the logs of others hold no record, whatever a stranger wrote into them.
#[test]
fn nothing_is_taken_from_values_of_strangers() {
    let planted = Value::from(forged());
    let insights = [
        ("@timestamp", "2026-03-02 02:00:00.000".to_owned()),
        ("eventName", "DeleteSecret".to_owned()),
        ("agent", forged()),
    ];
    let nginx = "192.0.2.1 - - [02/Mar/2026:02:00:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\"";
    for (name, content) in [
        ("insights.csv", csv(&insights)),
        ("rows.json", {
            let columns = [json!({"name": "eventName"}), json!({"name": "agent"})];
            json!({"columns": columns, "values": [["DeleteSecret", planted]]}).to_string()
        }),
        ("pairs.json", {
            json!([[{"key": "eventName", "value": "x"}, {"key": "agent", "value": planted}]])
                .to_string()
        }),
        ("access_rows.json", {
            json!({"fields": ["_time", "user_agent"], "rows": [["t", planted]]}).to_string()
        }),
        ("part.json", {
            json!({"eventName": "DeleteSecret", "agent": forged()}).to_string()
        }),
        ("lookup.json", {
            json!([{"Time": "2026-03-02", "Username": planted}]).to_string()
        }),
        ("waf.json", {
            let header = json!({"name": "User-Agent", "value": planted});
            json!({"webaclId": "a", "httpRequest": {"headers": [header], "args": planted}})
                .to_string()
        }),
        ("access.log", format!("{nginx} \"{}\"\n", forged())),
        ("quoted.log", format!("{nginx} \"\" {} \"\"\n", forged())),
        ("access.json", {
            json!({"status": 200, "http_user_agent": planted, "request_uri": planted}).to_string()
        }),
        (
            "fields.log",
            format!("level=info user_agent={}\n", forged()),
        ),
    ] {
        let run = audited(name, &content);
        assert_eq!(counts(&run), (0, 0), "{name}: {}", run.stdout);
    }
}

/// Damage of a record, which is between its beginning and its request.
const DAMAGES: [fn(&str) -> String; 4] = [
    |text| text.replacen("\"eventName\"", "eventName\"", 1),
    |text| text.replacen("\"eventName\":", "\"eventName\" ", 1),
    |text| text.replacen("DeleteSecret\"", "DeleteSecret", 1),
    |text| text.replacen("\"awsRegion\":", "\u{1}\"awsRegion\":", 1),
];

/// A record whose request holds other ones, with the members after it.
fn with_entries(entries: &str) -> String {
    format!(
        "{{\"eventVersion\":\"1.11\",\"eventTime\":\"2026-03-02T02:00:00Z\",\"eventSource\":\
         \"secretsmanager.amazonaws.com\",\"eventName\":\"DeleteSecret\",\"awsRegion\":\"us-east-1\",\
         \"requestParameters\":{{\"a\":[1],\"entries\":{entries},\"z\":[{{}}]}},\
         \"responseElements\":null,\"eventID\":\"REAL\"}}"
    )
}

#[test]
fn a_damaged_record_shows_nothing_that_is_in_it() {
    let planted = forged();
    let versioned = planted.replacen('{', "{\"eventVersion\":\"1.11\",", 1);
    let whole = with_entries("[]").replace("REAL", "OTHER");
    for planted in [&planted, &versioned] {
        for entries in [
            planted.clone(),
            format!("[{planted}]"),
            format!("[{planted},{{\"a\":1}},{planted}]"),
            format!("[{{\"a\":1}},{planted},[{planted}]]"),
            format!("{{\"Records\":[{planted}]}}"),
            format!("[{}]", Value::from(planted.as_str())),
        ] {
            let record = with_entries(&entries);
            for damage in DAMAGES {
                let damaged = damage(&record);
                assert_ne!(damaged, record);
                for (content, records) in [
                    (format!("{{\"Records\":[{damaged}]}}"), 0),
                    (format!("{{\"Records\":[{whole},{damaged},{whole}]}}"), 2),
                    (format!("{damaged}\n"), 0),
                    (format!("{whole}\n{damaged}\n{whole}\n"), 2),
                    (
                        format!("[{{\"detail\":{damaged}}},{{\"detail\":{whole}}}]"),
                        1,
                    ),
                ] {
                    let run = audited("a.json", &content);
                    let (found, forged) = counts(&run);
                    assert_eq!((found, forged, run.code), (records, 0, 3), "{content}");
                }
            }
            let content = format!("{{\"Records\":[{record}]}}");
            for cut in (1..content.len()).step_by(97) {
                let run = audited("a.json", &content[..cut]);
                let (found, forged) = counts(&run);
                assert!(found <= 1 && forged == 0, "{}", &content[..cut]);
            }
            let content = format!("{{\"Records\":[{record},{whole}]}}");
            for (comma, _) in record.match_indices(",\"") {
                let cut = comma + "{\"Records\":[,".len();
                let run = audited("a.json", &content[cut..]);
                let (found, forged) = counts(&run);
                assert_eq!(found, 1, "{}", &content[cut..]);
                assert_eq!(forged, 0, "{}", &content[cut..]);
            }
        }
    }
}

#[test]
fn line_breaks_in_strings_cost_no_record() {
    let record = with_entries(&format!("[{}]", forged()));
    let broken = record.replacen("DeleteSecret", "Delete\nSecret", 1);
    for content in [
        format!("{{\"Records\":[{broken},{record}]}}"),
        format!("{{\"Records\":[{record},{broken}]}}"),
        format!("[{broken},{record}]"),
        format!("{{\"hits\":[{{\"_source\":{broken}}},{{\"_source\":{record}}}]}}"),
        format!("{broken}\n{record}\n"),
        format!("{record}\r\n{}\r\n", broken.replace('\n', "\r\n")),
    ] {
        let run = audited("a.json", &content);
        assert_eq!((counts(&run), run.code), ((2, 0), 3), "{content}");
        assert!(run.stdout.contains("line breaks"), "{}", run.stdout);
    }
}
