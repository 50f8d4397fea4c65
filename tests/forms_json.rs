//! JSON in which other services and tools keep records: each form comes to the same records, and
//! damage costs no more than what is damaged.

use std::io::Write;
use std::path::Path;

use base64::Engine;
use serde_json::{Value, json};

use crate::program::{Run, audit, backtrail};

/// Four records, of which the first and the third are attempts.
fn records() -> Vec<Value> {
    let record = |number: usize| {
        let mut record = json!({
            "eventVersion": "1.11", "userIdentity": {"type": "IAMUser", "userName": "é"},
            "eventTime": format!("2026-03-02T02:0{number}:00Z"),
            "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue",
            "awsRegion": "us-east-1", "userAgent": "a \"b\" {c}\n",
            "requestParameters": {"secretId": "app/db"}, "responseElements": null,
            "resources": [{"a": 1}, {"b": 2}], "eventID": format!("{number:032}"),
            "recipientAccountId": "111122223333",
        });
        if number.is_multiple_of(2) {
            record["errorMessage"] = "You can't perform this operation on the secret because it \
                                      was marked for deletion."
                .into();
        }
        record
    };
    (0..4).map(record).collect()
}

fn text(record: &Value) -> Value {
    record.to_string().into()
}

fn base64(bytes: impl AsRef<[u8]>) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn gzip(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes.as_ref()).unwrap();
    encoder.finish().unwrap()
}

fn zlib(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes.as_ref()).unwrap();
    encoder.finish().unwrap()
}

fn event(record: &Value) -> Value {
    json!({
        "version": "0", "id": "i", "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.secretsmanager", "resources": [], "detail": record,
    })
}

fn log_event(message: impl Into<Value>) -> Value {
    json!({"id": "1", "timestamp": 1_772_418_600_000_i64, "message": message.into()})
}

fn subscription(messages: impl IntoIterator<Item = Value>) -> Value {
    let events: Vec<Value> = messages.into_iter().map(log_event).collect();
    json!({"messageType": "DATA_MESSAGE", "owner": "1", "logGroup": "g", "logEvents": events})
}

/// Wraps each record.
fn each(wrap: impl Fn(&Value) -> Value) -> Vec<Value> {
    records().iter().map(wrap).collect()
}

/// One line for each record.
fn lines(wrap: impl Fn(&Value) -> Value) -> String {
    let line = |value: Value| format!("{value}\n");
    each(wrap).into_iter().map(line).collect()
}

/// One line for each record, after a text.
fn prefixed(prefix: &str) -> String {
    let line = |record: &Value| format!("{prefix}{record}\n");
    records().iter().map(line).collect()
}

/// The forms of AWS's services.
fn forms_of_aws() -> Vec<(&'static str, String)> {
    let document = json!({ "Records": records() });
    let halves = [
        json!({"Records": records()[..1]}),
        json!({"Records": records()[1..]}),
    ];
    let whole = subscription(each(text)).to_string();
    let rows = |cells: fn(&Value) -> Value| {
        json!({"QueryStatus": "FINISHED", "QueryResultRows": each(cells)}).to_string()
    };
    vec![
        ("array of documents", json!(halves).to_string()),
        (
            "documents by name",
            json!({"a": halves[0], "b": halves[1]}).to_string(),
        ),
        (
            "lines of documents",
            format!("{}\n{}\n", halves[0], halves[1]),
        ),
        (
            "document in a message",
            json!({"message": document.to_string()}).to_string(),
        ),
        ("pretty document in a message", {
            json!({"message": serde_json::to_string_pretty(&document).unwrap()}).to_string()
        }),
        (
            "lines in a message",
            json!({"message": lines(Value::clone)}).to_string(),
        ),
        (
            "deep document",
            json!({"a": [{"b": {"Records": records()}}]}).to_string(),
        ),
        (
            "one record for the array",
            lines(|record| json!({"Records": record})),
        ),
        (
            "document as a string",
            json!({"Records": json!(records()).to_string()}).to_string(),
        ),
        ("array of strings", json!(each(text)).to_string()),
        ("lines of strings", lines(text)),
        (
            "lookup-events, each event",
            lines(|record| json!({"CloudTrailEvent": text(record)})),
        ),
        ("events in filter-log-events", {
            let events = each(|record| log_event(event(record).to_string()));
            json!({"events": events, "searchedLogStreams": []}).to_string()
        }),
        ("events in a subscription", {
            subscription(each(|record| text(&event(record)))).to_string()
        }),
        ("get-records of Kinesis", {
            let data = each(
                |record| json!({"SequenceNumber": "0", "Data": base64(event(record).to_string())}),
            );
            json!({"Records": data, "NextShardIterator": "x", "MillisBehindLatest": 0}).to_string()
        }),
        ("function of Kinesis", {
            let data = json!({"data": base64(gzip(&whole)), "sequenceNumber": "0"});
            json!({"Records": [{
                "kinesis": data, "eventSource": "aws:kinesis", "eventID": "shardId-0:0",
                "eventName": "aws:kinesis:record", "awsRegion": "us-east-1",
            }]})
            .to_string()
        }),
        ("function of Firehose", {
            let data = each(|record| json!({"recordId": "0", "data": base64(record.to_string())}));
            json!({"invocationId": "i", "deliveryStreamArn": "a", "records": data}).to_string()
        }),
        ("put-record-batch", {
            let data = each(|record| json!({"Data": base64(zlib(record.to_string()))}));
            json!({"DeliveryStreamName": "n", "Records": data}).to_string()
        }),
        ("function of a log group", {
            json!({"awslogs": {"data": base64(gzip(&whole))}}).to_string()
        }),
        ("receive-message of SQS", {
            let bodies =
                each(|record| json!({"MessageId": "m", "Body": event(record).to_string()}));
            json!({ "Messages": bodies }).to_string()
        }),
        ("function of SQS and SNS", {
            let body = |record: &Value| json!({"Type": "Notification", "Message": event(record).to_string()});
            let messages = each(
                |record| json!({"messageId": "m", "body": body(record).to_string(), "eventSource": "aws:sqs"}),
            );
            json!({ "Records": messages }).to_string()
        }),
        ("function of SNS", {
            let messages = each(
                |record| json!({"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": {"Message": event(record).to_string()}}),
            );
            json!({ "Records": messages }).to_string()
        }),
        (
            "Logs Insights, as objects",
            lines(
                |record| json!({"@timestamp": "2026-03-02 02:30:00.000", "@message": text(record)}),
            ),
        ),
        (
            "Lake, eventJson",
            rows(|record| json!([{"eventJson": text(record)}])),
        ),
        (
            "Lake, eventjson",
            rows(|record| json!([{"n": "1"}, {"eventjson": text(record)}])),
        ),
        (
            "Lake, event_json",
            rows(|record| json!([{"event_json": text(record)}, {"eventName": "x"}])),
        ),
    ]
}

/// The forms of other services and of tools.
fn forms_of_tools() -> Vec<(&'static str, String)> {
    let field = |name: &'static str| move |record: &Value| json!({name: text(record), "x": "y"});
    vec![
        (
            "Splunk, object",
            lines(|record| json!({"time": 1, "event": record})),
        ),
        (
            "Splunk, string",
            lines(|record| json!({"time": 1, "event": text(record)})),
        ),
        (
            "Splunk, one line",
            lines(|record| json!({"event": record})).replace('\n', ""),
        ),
        ("Splunk, export", {
            lines(
                |record| json!({"preview": false, "result": {"_raw": text(record), "_time": "t"}}),
            )
        }),
        ("Splunk, export with fields", {
            lines(|record| {
                json!({"result": {
                    "_raw": text(record), "eventName": "GetSecretValue", "eventTime": "t",
                    "eventSource": "secretsmanager.amazonaws.com",
                }})
            })
        }),
        ("logs tail", {
            let line = |record: &Value| {
                let record = serde_json::to_string_pretty(record).unwrap();
                format!("2026-03-02T02:30:12.345000+00:00 1_CloudTrail_us-east-1 \n{record}\n")
            };
            records().iter().map(line).collect()
        }),
        ("sequence", {
            let document = |record: &Value| {
                format!("\u{1e}{}\n", serde_json::to_string_pretty(record).unwrap())
            };
            records().iter().map(document).collect()
        }),
        ("Python's numbers", {
            let array = serde_json::to_string(&records()).unwrap();
            array.replace("\"responseElements\":null", "\"responseElements\": NaN")
        }),
        ("Splunk, results", {
            json!({"results": each(|record| json!({"_raw": text(record)}))}).to_string()
        }),
        (
            "Datadog",
            lines(|record| json!({"id": "i", "attributes": record})),
        ),
        ("Datadog, search", {
            let logs = each(|record| json!({"content": {"attributes": record, "tags": ["a:b"]}}));
            json!({"logs": logs, "status": "done"}).to_string()
        }),
        ("Datadog, events", {
            let data = each(|record| json!({"type": "log", "attributes": {"attributes": record}}));
            json!({"data": data, "meta": {"status": "done"}}).to_string()
        }),
        ("Wazuh", {
            lines(|record| {
                let mut aws = record.clone();
                aws["source"] = "cloudtrail".into();
                let log = json!({"integration": "aws", "aws": aws}).to_string();
                json!({"rule": {"id": "1"}, "data": {"integration": "aws", "aws": aws}, "full_log": log})
            })
        }),
        ("Fluent Bit", lines(field("log"))),
        (
            "Fluentd",
            prefixed("2026-03-02T02:00:00+00:00\taws.cloudtrail\t"),
        ),
        (
            "Docker",
            lines(|record| json!({"log": format!("{record}\n"), "stream": "stdout"})),
        ),
        ("CRI", prefixed("2026-03-02T02:00:00.000000001Z stdout F ")),
        ("compose", prefixed("trail_1  | ")),
        (
            "syslog",
            prefixed("<13>1 2026-03-02T02:00:00Z host app - - [x@1 a=\"b\"] "),
        ),
        (
            "syslog of BSD",
            prefixed("<13>Mar  2 02:00:00 host cloudtrail[1]: "),
        ),
        ("syslog in a message", {
            lines(
                |record| json!({"message": format!("<13>1 2026-03-02T02:00:00Z h a - - - {record}")}),
            )
        }),
        ("Elasticsearch", {
            let hits = each(|record| json!({"_index": "i", "_source": record}));
            json!({"took": 1, "hits": {"total": {"value": 4}, "hits": hits}}).to_string()
        }),
        ("Filebeat", {
            let hits = each(|record| {
                json!({"_source": {
                    "event": {"original": text(record), "action": "GetSecretValue"},
                    "message": text(record), "aws": {"cloudtrail": {"event_version": "1.11"}},
                }})
            });
            json!({"hits": {"hits": hits}}).to_string()
        }),
        ("fields of Elasticsearch", {
            let hits = each(|record| json!({"fields": {"event.original": [text(record)]}}));
            json!({"hits": {"hits": hits}}).to_string()
        }),
        ("Logstash", {
            lines(|record| {
                let mut record = record.clone();
                let time = record.as_object_mut().unwrap().remove("eventTime").unwrap();
                record["@timestamp"] = time;
                record
            })
        }),
        ("Loki", {
            let values = each(|record| json!({"values": [["1772418600000000000", text(record)]]}));
            json!({"status": "success", "data": {"result": values}}).to_string()
        }),
        (
            "Vector",
            lines(
                |record| json!({"message": text(record), "source_type": "aws_s3", "timestamp": "2026-03-02T02:00:00Z"}),
            ),
        ),
    ]
}

/// Everything beside the array `Records` is searched as anything else is.
#[test]
fn records_beside_a_log_file_are_read() {
    let [first, second, third, fourth]: [Value; 4] = records().try_into().unwrap();
    let lists = [json!([first, second]), json!([third, fourth])];
    let rows = json!([[{"eventJson": text(&third)}], [{"eventJson": text(&fourth)}]]);
    let [halves, others] = &lists;
    for (name, content) in [
        (
            "after",
            format!("{{\"Records\":{halves},\"Other\":{others}}}"),
        ),
        (
            "before",
            format!("{{\"Other\":{others},\"Records\":{halves}}}"),
        ),
        (
            "rows",
            format!("{{\"Records\":{halves},\"QueryResultRows\":{rows}}}"),
        ),
        ("empty", {
            let all = json!(records());
            format!("{{\"Records\":[],\"Other\":{all}}}")
        }),
    ] {
        for content in [content.clone(), format!("[{content}]")] {
            let run = audited(&content);
            assert_eq!(
                (run.code, found(&run)),
                (0, (4, 2, vec![])),
                "{name}: {}",
                run.stdout
            );
        }
    }
    // What was read before damage is there once.
    let cut = format!("{{\"Other\":{others},\"Records\":{halves}");
    let expected = (4, 2, vec!["damaged-json".to_owned()]);
    assert_eq!(found(&audited(&cut)), expected);
}

#[test]
fn records_without_an_identifier_are_no_copies() {
    for identifier in [
        Value::Null,
        "-".into(),
        "".into(),
        " ".into(),
        "null".into(),
    ] {
        let lists = records().into_iter().map(|mut record| {
            record["eventID"] = identifier.clone();
            record
        });
        let lists: Vec<Value> = lists.collect();
        let [halves, others] = [&lists[..2], &lists[2..]];
        let run = audited(json!({"us-east-1": halves, "eu-west-1": others}).to_string());
        let (records, _, problems) = found(&run);
        assert_eq!(
            (records, problems),
            (4, vec![]),
            "{identifier}: {}",
            run.stdout
        );
    }
}

#[test]
fn records_that_are_nested_too_deep_are_a_problem() {
    let [first, second] = [&records()[0], &records()[1]];
    let deep = (0..40).fold(second.clone(), |value, _| json!({ "a": value }));
    for (document, records) in [
        (deep.clone(), 0),
        (json!({"a": first, "b": deep}), 1),
        (json!([[first, deep, deep]]), 1),
    ] {
        let run = audited(document.to_string());
        let expected = (records, records, vec!["too-large".to_owned()]);
        assert_eq!((run.code, found(&run)), (3, expected), "{}", run.stdout);
    }
}

/// Audits the bytes as a file in a folder, so that nothing else says that they are an archive.
fn audited(bytes: impl AsRef<[u8]>) -> Run {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("object"), bytes).unwrap();
    // Without anything to read, there would be no report.
    std::fs::write(folder.path().join("empty.json"), "{\"Records\":[]}").unwrap();
    audit("--json", &[folder.path()])
}

/// The numbers of records and attempts, and the kinds of the problems.
type Found = (u64, u64, Vec<String>);

fn found(run: &Run) -> Found {
    let summary = run.json();
    let number = |pointer: &str| summary.pointer(pointer).unwrap().as_u64().unwrap();
    let unparseable = number("/records/unparseable");
    let problems = summary["problems"].as_array().unwrap().iter();
    let kinds = problems.map(|problem| problem["kind"].as_str().unwrap().to_owned());
    let records = number("/records/total") - unparseable;
    (records, number("/attempts"), kinds.collect())
}

#[test]
fn every_form_comes_to_the_same_records() {
    for (name, content) in forms_of_aws().into_iter().chain(forms_of_tools()) {
        for (what, bytes) in [
            ("plain", content.clone().into_bytes()),
            ("gzip", gzip(&content)),
        ] {
            let run = audited(bytes);
            let found = found(&run);
            assert_eq!(
                (run.code, found),
                (0, (4, 2, vec![])),
                "{name}, {what}: {}",
                run.stdout
            );
        }
    }
}

#[test]
fn every_folder_of_cases_is_read_or_said() {
    let test = "every_folder_of_cases_is_read_or_said";
    let Some(cases) = crate::program::beside("shared/cases/archives", test) else {
        return;
    };
    let kinds = |kinds: &[&str]| kinds.iter().map(|kind| (*kind).to_owned()).collect();
    let rows: [(&str, i32, Found); 12] = [
        ("jq_slurp", 0, (4, 2, vec![])),
        ("eb_in_logs_filter", 0, (4, 2, vec![])),
        ("kinesis_getrecords", 0, (4, 2, vec![])),
        ("lookup_query", 0, (4, 2, vec![])),
        ("msg_whole_file", 0, (4, 2, vec![])),
        ("records_object", 0, (1, 1, vec![])),
        ("splunk_hec", 0, (4, 2, vec![])),
        ("lake_api_eventjson", 0, (4, 2, vec![])),
        // A line of text is lost, and nothing else.
        ("nd_text_line", 3, (6, 3, kinds(&["damaged-json"]))),
        // Every record has a raw tab.
        ("json_ctrl", 3, (4, 2, kinds(&["damaged-json"]))),
        ("not_records", 3, (0, 0, kinds(&["not-a-record"; 2]))),
        ("life_notime", 3, (1, 0, kinds(&["no-event-time"]))),
    ];
    for (folder, code, expected) in rows {
        let run = audit("--json", &[&cases.join(folder)]);
        assert_eq!(
            (run.code, found(&run)),
            (code, expected),
            "{folder}: {}",
            run.stdout
        );
    }
}

#[test]
fn control_characters_in_strings_cost_no_record() {
    let [first, second, third, _] = records().try_into().unwrap();
    let second = second.to_string().replace("app/db", "app\tdb");
    for content in [
        format!("{{\"Records\":[{first},{second},{third}]}}"),
        format!("{first}\n{second}\n{third}\n"),
    ] {
        let run = audited(&content);
        let expected = (3, 2, vec!["damaged-json".to_owned()]);
        assert_eq!((run.code, found(&run)), (3, expected), "{}", run.stdout);
        let byte = content.find('\t').unwrap();
        assert_eq!(run.json()["problems"][0]["byte"], byte);
    }
}

#[test]
fn a_damaged_record_costs_no_other() {
    let [first, second, third, fourth] = records().try_into().unwrap();
    let cut = |record: &Value| record.to_string()[..180].to_owned();
    let unquoted = |record: &Value| record.to_string().replace("\"awsRegion\"", "awsRegion\"");
    let open = |record: &Value| record.to_string().replace("\"app/db\"}", "\"app/db\"");
    for (name, damaged) in [
        ("cut", cut(&second)),
        ("unquoted", unquoted(&second)),
        ("open", open(&second)),
        ("text", "-- rotated --".to_owned()),
    ] {
        let list = format!("{first},{damaged},{third},{fourth}");
        for (form, content) in [
            ("log file", format!("{{\"Records\":[{list}]}}")),
            ("array", format!("[{list}]")),
            (
                "member after it",
                format!("{{\"Records\":[{list}],\"NextToken\":\"x\"}}"),
            ),
            ("lines", format!("{first}\n{damaged}\n{third}\n{fourth}\n")),
            (
                "pretty",
                format!(
                    "{{\n  \"Records\": [\n{first},\n{damaged},\n{third:#},\n{fourth:#}\n]\n}}\n"
                ),
            ),
            (
                "within",
                format!(
                    "{{\"a\":{{\"hits\":[{{\"_source\":{first}}},{{\"_source\":{damaged}}},{{\"_source\":{third}}},{{\"_source\":{fourth}}}]}}}}"
                ),
            ),
            ("export", {
                let time = "2026-03-02T02:30:00.000Z";
                format!("{time} {first}\n{time} {damaged}\n{time} {third}\n{time} {fourth}\n")
            }),
        ] {
            let run = audited(&content);
            assert_eq!(run.code, 3, "{name} in {form}: {}", run.stdout);
            // A record without its brace may borrow that of an object around it.
            let records = if (name, form) == ("open", "within") {
                4
            } else {
                3
            };
            let expected = (records, 2, vec!["damaged-json".to_owned()]);
            assert_eq!(found(&run), expected, "{name} in {form}: {}", run.stdout);
            let detail = run.json()["problems"][0]["detail"]
                .as_str()
                .unwrap()
                .to_owned();
            assert!(
                detail.contains(" were not read"),
                "{name} in {form}: {detail}"
            );
        }
    }
}

/// Where a cut joins two records, the second is still found.
#[test]
fn a_cut_anywhere_costs_one_record() {
    let version = "\"eventVersion\":\"1.11\"";
    let records = <[Value; 4]>::try_from(records()).unwrap();
    let [first, second, third, fourth] = records.map(|record| {
        let members = record.to_string().replace(&format!(",{version}"), "");
        format!("{{{version},{}", &members[1..])
    });
    let mut lost = 0;
    // After an element of an array in it, the next record would be another element.
    let is_cut = |cut: &usize| second.is_char_boundary(*cut) && !second[..*cut].ends_with('}');
    for cut in (2..second.len()).step_by(5).filter(is_cut) {
        let list = format!("{first},{},{third},{fourth}", &second[..cut]);
        let lines = list.replace(",{\"eventV", "\n{\"eventV");
        for content in [
            format!("{{\"Records\":[{list}]}}"),
            format!("[{list}]"),
            lines,
        ] {
            let (records, attempts, kinds) = found(&audited(&content));
            assert_eq!((attempts, kinds.len()), (2, 1), "{cut}: {content}");
            lost += 4 - records;
        }
    }
    assert!(lost > 150, "{lost}");
}

#[test]
fn lost_bytes_are_named() {
    let [first, second, third, _] = records().try_into().unwrap();
    let damaged = second.to_string().replace("\"awsRegion\"", "awsRegion\"");
    let content = format!("{{\"Records\":[{first},{damaged},{third}]}}");
    let detail = audited(&content).json()["problems"][0]["detail"].to_string();
    let (start, end) = (
        12 + first.to_string().len(),
        content.find(&third.to_string()).unwrap(),
    );
    let bytes = format!("bytes {start} to {} were not read", end - 1);
    assert!(detail.contains(&bytes), "{detail} does not have: {bytes}");
}

#[test]
fn several_damages_are_several_problems() {
    let damaged = |record: &Value| record.to_string().replace("\"awsRegion\"", "awsRegion\"");
    let mut content = String::from("{\"Records\":[");
    for record in records() {
        content += &format!("{record},{},", damaged(&record));
    }
    content += &format!("{}]}}", records()[0]);
    let run = audited(&content);
    // The last record is a copy of the first.
    let expected = (5, 2, vec!["damaged-json".to_owned(); 4]);
    assert_eq!(found(&run), expected, "{}", run.stdout);
}

#[test]
fn a_bad_line_costs_no_other_in_any_form() {
    for (name, content) in forms_of_aws().into_iter().chain(forms_of_tools()) {
        let lines: Vec<&str> = content.lines().collect();
        if lines.len() != 4 {
            continue;
        }
        let cut = &lines[1][..lines[1].floor_char_boundary(lines[1].len() - 7)];
        let content = format!("{}\n{cut}\n{}\n{}\n", lines[0], lines[2], lines[3]);
        let run = audited(&content);
        let (records, attempts, kinds) = found(&run);
        assert_eq!(
            (run.code, attempts, kinds),
            (3, 2, vec!["damaged-json".to_owned()]),
            "{name}: {}",
            run.stdout
        );
        // The string or the object with the record may be whole within the line.
        assert!((3..=4).contains(&records), "{name}: {records}");
    }
}

#[test]
fn damage_within_a_string_costs_no_other_record() {
    let document = json!({ "Records": records() }).to_string();
    let message = document.replacen("app/db", "app\tdb", 1);
    let run = audited(json!({ "message": message }).to_string());
    assert_eq!(
        found(&run),
        (3, 1, vec!["damaged-json".to_owned()]),
        "{}",
        run.stdout
    );
}

#[test]
fn what_resembles_a_record_is_none() {
    let notification = json!({
        "eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "us-east-1",
        "eventTime": "2026-03-02T02:00:00Z", "eventName": "ObjectCreated:Put",
        "s3": {"object": {"key": "k"}},
    });
    let stream = json!({
        "eventID": "1", "eventName": "INSERT", "eventVersion": "1.1", "eventSource": "aws:dynamodb",
        "dynamodb": {"Keys": {"Id": {"N": "101"}}},
    });
    let rule = json!({"detail": {"eventSource": ["kms.amazonaws.com"], "eventName": ["x"]}});
    for (name, content) in [
        (
            "notification of S3",
            json!({"Records": [notification]}).to_string(),
        ),
        (
            "lines of notifications",
            format!("{notification}\n{notification}\n"),
        ),
        (
            "in SQS",
            json!({"Messages": [{"Body": json!({"Records": [notification]}).to_string()}]})
                .to_string(),
        ),
        (
            "stream of DynamoDB",
            json!({"Records": [stream]}).to_string(),
        ),
        ("rule of EventBridge", rule.to_string()),
        (
            "other data of Kinesis",
            json!({"Records": [{"SequenceNumber": "0", "Data": base64("{\"a\":1}")}]}).to_string(),
        ),
        (
            "log group",
            subscription(["START RequestId: 1".into(), "{\"level\":\"info\"}".into()]).to_string(),
        ),
    ] {
        let run = audited(content);
        assert_eq!(
            (run.code, found(&run)),
            (0, (0, 0, vec![])),
            "{name}: {}",
            run.stdout
        );
        assert_eq!(
            run.json()["objects"]["skipped"],
            1,
            "{name}: {}",
            run.stdout
        );
    }
}

#[test]
fn nothing_within_a_record_is_a_record() {
    let [mut first, second, third, _] = records().try_into().unwrap();
    first["requestParameters"] = json!({
        "record": third, "text": text(&second), "list": [text(&third)], "Records": [third],
    });
    for (form, content) in [
        ("line", format!("{first}\n")),
        ("log file", json!({"Records": [first]}).to_string()),
        ("event", event(&first).to_string()),
        ("string", json!({"message": text(&first)}).to_string()),
    ] {
        let run = audited(&content);
        assert_eq!(
            (run.code, found(&run)),
            (0, (1, 1, vec![])),
            "{form}: {}",
            run.stdout
        );
        // A record that is cut shows no others, either.
        let cut = content.floor_char_boundary(content.len() - 6);
        let (records, attempts, _) = found(&audited(&content[..cut]));
        assert!(
            records == attempts && attempts <= 1,
            "{form}: {records}, {attempts}"
        );
    }
}

#[test]
fn an_object_in_the_place_of_a_record_that_is_none_is_a_problem() {
    let [first, second, ..]: [Value; 4] = records().try_into().unwrap();
    for (name, content, records) in [
        ("alone", json!({"Records": [{"foo": 1}]}), 0),
        ("first", json!({"Records": [{"foo": 1}, first, second]}), 2),
        ("last", json!({"Records": [first, second, {}]}), 2),
        ("in an array", json!([first, {"foo": 1}]), 1),
        (
            "in messages",
            subscription([text(&first), "{\"foo\":1}".into()]),
            1,
        ),
        ("in strings", json!([text(&first), "x"]), 1),
    ] {
        let run = audited(content.to_string());
        let attempts = records.min(1);
        let expected = (records, attempts, vec!["not-a-record".to_owned()]);
        assert_eq!(
            (run.code, found(&run)),
            (3, expected),
            "{name}: {}",
            run.stdout
        );
    }
}

#[test]
fn compressed_strings_that_cannot_be_read_are_a_problem() {
    let data = gzip(subscription(each(text)).to_string());
    let cut = base64(&data[..20]);
    let run = audited(json!({"awslogs": {"data": cut}}).to_string());
    let expected = (0, 0, vec!["unrecognized-records".to_owned()]);
    assert_eq!((run.code, found(&run)), (3, expected), "{}", run.stdout);
}

/// Where a rule reads the whole text of records, the text of an object decides whether they are
/// taken apart. A packed record is not part of that text, nor is one that is made from columns,
/// whose names may be in small letters.
#[test]
fn a_rule_on_the_whole_text_selects_records_whatever_they_are_wrapped_in() {
    let mut record = records().swap_remove(1);
    record["userAgent"] = "needle".into();
    let text = record.to_string();
    let packed = base64(gzip(subscription([json!(text)]).to_string()));
    let cell = text.replace('"', "\"\"");
    let columns = "eventtime,eventsource,eventname,useragent,errormessage,eventid\n\
                   2026-03-02T02:00:00Z,kms.amazonaws.com,Decrypt,needle,,1\n";
    for (name, content) in [
        ("a.json", json!({"Records": [record]}).to_string()),
        ("a.json", json!({"awslogs": {"data": packed}}).to_string()),
        (
            "a.json",
            json!({"Events": [{"CloudTrailEvent": text}]}).to_string(),
        ),
        ("a.csv", format!("time,event\n1,\"{cell}\"\n")),
        ("a.csv", columns.to_owned()),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, &content).unwrap();
        let path = path.to_str().unwrap();
        let run = backtrail(["audit", path, "--json", "--pattern", "needle eventSource"]);
        assert_eq!(found(&run), (1, 1, vec![]), "{content}");
    }
}

#[test]
fn the_limits_of_the_user_hold_within_strings() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("object");
    let content = format!("{}{}", " ".repeat(2 << 20), subscription(each(text)));
    let data = base64(gzip(content));
    std::fs::write(&path, json!({"awslogs": {"data": data}}).to_string()).unwrap();
    let kinds = |options: &str| {
        let run = audit(&format!("--json {options}"), &[Path::new(&path)]);
        found(&run)
    };
    assert_eq!(kinds(""), (4, 2, vec![]));
    let (records, _, problems) = kinds("--max-content 1");
    assert!(problems.contains(&"too-large".to_owned()), "{problems:?}");
    assert_eq!(records, 0);
    let twice = base64(gzip(gzip(subscription(each(text)).to_string())));
    std::fs::write(&path, json!({"awslogs": {"data": twice}}).to_string()).unwrap();
    assert_eq!(kinds("--max-nesting 2"), (4, 2, vec![]));
    let (_, _, problems) = kinds("--max-nesting 1");
    assert!(problems.contains(&"too-large".to_owned()), "{problems:?}");
}

/// Content that is made to take time is read in a time that grows with its size.
#[test]
fn crafted_content_takes_no_long() {
    let start = std::time::Instant::now();
    let deep_strings = (0..12).fold(records()[0].to_string(), |inner, _| {
        json!({"message": inner}).to_string()
    });
    for content in [
        "{\"a\":[".repeat(200_000),
        "[{\"a\":".repeat(200_000),
        "{\"a\":{\"b\":1},".repeat(200_000),
        format!("[{}", "{\"a\":\"\u{1}\"},".repeat(100_000)),
        "{\"Records\":[".repeat(100_000),
        "\"{\\\"".repeat(200_000),
        "x{\"".repeat(300_000),
        deep_strings,
        format!("{{\"a\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000)),
    ] {
        let run = audited(&content);
        assert!(matches!(run.code, 0 | 3), "{}", run.stderr);
    }
    assert!(start.elapsed().as_secs() < 120, "{:?}", start.elapsed());
}
