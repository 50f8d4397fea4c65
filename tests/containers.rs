//! One contract for all containers: the same records in any form come to the same attempts.

use std::io::Write;

use backtrail::internals::container::{Limits, unpack};
use base64::Engine;
use serde_json::{Value, json};

use crate::program::audit;

const PHRASE: &str =
    "You can't perform this operation on the secret because it was \"marked for deletion\" (é).";

/// Twenty records, of which every other one is refused.
fn records() -> Vec<Value> {
    let record = |number: usize| {
        let mut record = json!({
            "eventVersion": "1.10", "eventTime": format!("2026-03-04T09:{number:02}:07Z"),
            "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue",
            "awsRegion": "us-east-1", "sourceIPAddress": "198.51.100.7",
            "userAgent": "a, \"b\"\n{c}", "requestParameters": {"secretId": "s"},
            "eventID": format!("{number:032}"), "recipientAccountId": "111122223333",
            "userIdentity": {
                "type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/é",
                "accountId": "111122223333",
            },
        });
        if number.is_multiple_of(2) {
            record["errorCode"] = "InvalidRequestException".into();
            record["errorMessage"] = PHRASE.replace('"', "").into();
        }
        record
    };
    (0..20).map(record).collect()
}

fn gzip(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes.as_ref()).unwrap();
    encoder.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn lines(values: impl IntoIterator<Item = String>) -> Vec<u8> {
    values
        .into_iter()
        .map(|line| line + "\n")
        .collect::<String>()
        .into_bytes()
}

/// The fields of a record as cells of a table, objects as JSON.
fn cells(record: &Value, names: &[&str]) -> Vec<String> {
    let cell = |name: &&str| match &record[*name] {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    names.iter().map(cell).collect()
}

const COLUMNS: [&str; 10] = [
    "eventVersion",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "errorCode",
    "errorMessage",
    "eventID",
    "requestParameters",
    "recipientAccountId",
];

fn table(header: &[String], records: &[Value]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .quote_style(csv::QuoteStyle::Always)
        .from_writer(Vec::new());
    writer.write_record(header).unwrap();
    records
        .iter()
        .for_each(|record| writer.write_record(cells(record, &COLUMNS)).unwrap());
    writer.into_inner().unwrap()
}

/// A file that tests/fixtures/parquet.py wrote.
fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures")
            .join(name),
    )
    .unwrap()
}

/// Every form, by its name.
pub fn forms() -> Vec<(&'static str, Vec<u8>)> {
    let records = records();
    let document = json!({ "Records": records }).to_string().into_bytes();
    let halves = [
        json!({ "Records": &records[..10] }),
        json!({ "Records": &records[10..] }),
    ]
    .map(|half| half.to_string().into_bytes());
    let each =
        |wrap: fn(&Value) -> Value| lines(records.iter().map(|record| wrap(record).to_string()));
    let text = |record: &Value| Value::String(record.to_string());
    let log_events: Vec<Value> = records
        .iter()
        .map(|record| {
            json!({"id": "1", "timestamp": 1_770_091_506_007_i64, "message": text(record)})
        })
        .collect();
    let subscription =
        json!({"messageType": "DATA_MESSAGE", "owner": "111122223333", "logEvents": log_events})
            .to_string();
    let insights: Vec<Value> = records
        .iter()
        .map(|record| {
            json!([
                {"field": "@timestamp", "value": "2026-03-04 09:10:00.000"},
                {"field": "@message", "value": text(record)},
            ])
        })
        .collect();
    let lake: Vec<Value> = records
        .iter()
        .map(|record| {
            cells(record, &COLUMNS)
                .iter()
                .zip(COLUMNS)
                .map(|(cell, name)| json!({name: cell}))
                .collect()
        })
        .collect();
    let own = COLUMNS.map(str::to_owned);
    let twice = [gzip(&halves[0]), gzip(&halves[1])].concat();
    vec![
        ("log file", gzip(&document)),
        ("not compressed", document.clone()),
        (
            "zstd",
            zstd::stream::encode_all(document.as_slice(), 3).unwrap(),
        ),
        ("bzip2", bzip2(&document)),
        ("members of documents", twice.clone()),
        (
            "a document in members",
            [gzip(&document[..700]), gzip(&document[700..])].concat(),
        ),
        ("double gzip", gzip(&twice)),
        ("array", serde_json::to_vec(&records).unwrap()),
        ("lines", each(Value::clone)),
        (
            "concatenated",
            records
                .iter()
                .map(Value::to_string)
                .collect::<String>()
                .into_bytes(),
        ),
        (
            "pretty",
            serde_json::to_vec_pretty(&json!({ "Records": records })).unwrap(),
        ),
        (
            "byte order mark",
            [b"\xef\xbb\xbf", document.as_slice()].concat(),
        ),
        ("subscription", gzip(&subscription)),
        (
            "Firehose",
            [
                gzip(&subscription),
                gzip(r#"{"messageType":"CONTROL_MESSAGE","logEvents":[{"message":"x"}]}"#),
            ]
            .concat(),
        ),
        ("function", {
            let data = base64::engine::general_purpose::STANDARD.encode(gzip(&subscription));
            json!({"awslogs": {"data": data}}).to_string().into_bytes()
        }),
        (
            "filter-log-events",
            json!({"events": log_events, "searchedLogStreams": []})
                .to_string()
                .into_bytes(),
        ),
        (
            "Logs Insights",
            json!({"results": insights, "status": "Complete"})
                .to_string()
                .into_bytes(),
        ),
        (
            "log export",
            gzip(lines(
                records
                    .iter()
                    .map(|record| format!("2026-03-04T09:40:00.000Z {record}")),
            )),
        ),
        (
            "EventBridge",
            each(|record| json!({"detail-type": "AWS API Call via CloudTrail", "detail": record})),
        ),
        ("lookup-events", {
            let events: Vec<Value> = records
                .iter()
                .map(|record| json!({"EventId": "x", "CloudTrailEvent": text(record)}))
                .collect();
            json!({ "Events": events }).to_string().into_bytes()
        }),
        (
            "Lake answer",
            json!({"QueryStatus": "FINISHED", "QueryResultRows": lake})
                .to_string()
                .into_bytes(),
        ),
        (
            "Elasticsearch",
            each(|record| json!({"_index": "i", "_source": record})),
        ),
        (
            "original",
            each(|record| json!({"event": {"original": record.to_string()}})),
        ),
        (
            "message",
            each(|record| json!({"host": "h", "message": record.to_string()})),
        ),
        (
            "OpenSearch",
            each(|record| json!({"aws": {"cloudtrail": record}})),
        ),
        (
            "zip",
            zip(&[
                ("a/1.json", &halves[0]),
                ("README.txt", b"hello"),
                ("a/2.json.gz", &gzip(&halves[1])),
            ]),
        ),
        (
            "tar",
            tar(&[("1.json", &halves[0]), ("2.json", &halves[1])]),
        ),
        (
            "tar.gz",
            gzip(tar(&[
                ("1.json.gz", &gzip(&halves[0])),
                ("2.json", &halves[1]),
            ])),
        ),
        (
            "zip in zip",
            zip(&[("inner.zip", &zip(&[("1.json", &document)]))]),
        ),
        (
            "Athena",
            table(&own.clone().map(|name| name.to_lowercase()), &records),
        ),
        ("CSV", gzip(table(&own, &records))),
        ("Parquet with structures", fixture("structures.parquet")),
        ("Parquet in lower case", fixture("lower-case.parquet")),
        ("Parquet with maps", fixture("maps.parquet")),
        (
            "Parquet in zip",
            zip(&[("a.parquet", &fixture("maps.parquet"))]),
        ),
    ]
}

#[test]
fn every_form_comes_to_the_same_attempts() {
    for (name, bytes) in forms() {
        let folder = tempfile::tempdir().unwrap();
        // The name says nothing: the first bytes and the shape tell.
        std::fs::write(folder.path().join("object"), &bytes).unwrap();
        let run = audit("--json", &[&folder.path().join("object")]);
        assert_eq!(
            (run.code, run.stderr.as_str()),
            (0, ""),
            "{name}: {}",
            run.stdout
        );
        let summary = run.json();
        assert_eq!(
            (&summary["attempts"], &summary["records"]["total"]),
            (&json!(10), &json!(20)),
            "{name}"
        );
    }
}

#[test]
fn structures_of_parquet_have_the_names_of_cloudtrail() {
    let pattern = r#"{ $.userIdentity.sessionContext.attributes.mfaAuthenticated = "true"
        && $.readOnly IS TRUE
        && $.resources[0].ARN = "arn:aws:secretsmanager*" && $.requestParameters.secretId = "s"
        && $.userIdentity.accountId = "111122223333" && $.errorCode NOT EXISTS }"#;
    for name in ["structures.parquet", "lower-case.parquet", "maps.parquet"] {
        let path = format!("tests/fixtures/{name}");
        let run = crate::program::backtrail(["audit", "--json", &path, "--pattern", pattern]);
        assert_eq!(
            (run.code, &run.json()["attempts"]),
            (0, &json!(10)),
            "{name}: {}",
            run.stderr
        );
    }
}

#[test]
fn damaged_parquet_is_a_problem_and_never_the_end() {
    let limits = Limits {
        content_bytes: 1 << 20,
        ..Limits::default()
    };
    let whole = fixture("lower-case.parquet");
    let records = |bytes: Vec<u8>| {
        let (mut lines, mut is_damaged) = (0, false);
        unpack(bytes, &limits, &mut |part| {
            lines += part.bytes.iter().filter(|byte| **byte == b'\n').count();
            is_damaged |= part.damage.is_some();
        });
        (lines, is_damaged)
    };
    assert_eq!(records(whole.clone()), (20, false));
    for length in (4..whole.len()).step_by(97) {
        assert!(records(whole[..length].to_vec()).1, "cut at {length}");
    }
    let mut damaged = 0;
    for place in 4..whole.len() {
        let mut flipped = whole.clone();
        flipped[place] ^= 1 << (place % 8);
        damaged += usize::from(records(flipped).1);
    }
    assert!(damaged > 100, "{damaged}");
}

#[test]
fn what_a_reader_of_parquet_panics_on_is_told_quietly() {
    let whole = fixture("lower-case.parquet");
    let folder = tempfile::tempdir().unwrap();
    for place in (4..whole.len()).step_by(3) {
        let mut flipped = whole.clone();
        flipped[place] ^= 1 << (place % 8);
        std::fs::write(folder.path().join(format!("{place}.parquet")), flipped).unwrap();
    }
    let run = audit("--json", &[folder.path()]);
    assert_eq!((run.code, run.stderr.as_str()), (3, ""));
    assert_eq!(
        run.json()["objects"]["listed"],
        (whole.len() - 4).div_ceil(3)
    );
    let problems = run.json()["problems"].to_string();
    assert!(problems.contains("it contradicts itself"), "none panics");
}

#[test]
fn a_file_in_an_archive_is_an_object_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let document = json!({ "Records": records() }).to_string();
    let key = "AWSLogs/444455556666/CloudTrail/eu-west-1/2026/03/04/\
        444455556666_CloudTrail_eu-west-1_20260304T0915Z_x.json.gz";
    let digest = "AWSLogs/444455556666/CloudTrail-Digest/eu-west-1/x.json.gz";
    let bytes = zip(&[
        (key, &gzip(&document)),
        (digest, b"{}"),
        ("broken.json.gz", &gzip(&document)[..90]),
    ]);
    std::fs::write(folder.path().join("copy.zip"), bytes).unwrap();
    let run = audit("--json", &[folder.path()]);
    let summary = run.json();
    assert_eq!(
        (run.code, &summary["accounts"]),
        (3, &json!(["444455556666"])),
        "{}",
        run.stdout
    );
    assert_eq!(
        (&summary["objects"]["read"], &summary["objects"]["skipped"]),
        (&json!(1), &json!(1)),
        "{}",
        run.stdout
    );
    let problem = summary["problems"][0]["object"].as_str().unwrap();
    assert!(problem.ends_with("copy.zip!/broken.json.gz"), "{problem}");
}

#[test]
fn what_follows_a_broken_member_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let records = records();
    let member = |records: &[Value]| gzip(json!({ "Records": records }).to_string());
    let mut broken = member(&records[5..10]);
    let length = broken.len();
    broken[length / 2] ^= 0xff;
    broken.truncate(length - 3);
    std::fs::write(
        folder.path().join("a.json.gz"),
        [member(&records[..5]), broken, member(&records[10..])].concat(),
    )
    .unwrap();
    let run = audit("--json", &[folder.path()]);
    let summary = run.json();
    assert_eq!(run.code, 3);
    let attempts = summary["attempts"].as_u64().unwrap();
    assert!(
        (8..=10).contains(&attempts),
        "three before, five behind, and what the broken one still gave: {attempts}"
    );
    assert_eq!(summary["problems"][0]["kind"], "damaged-compression");
}

#[test]
fn what_is_too_much_ends_as_a_problem() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json.gz");
    let kind = |options: &str| {
        let run = audit(&format!("--json {options}"), &[folder.path()]);
        (run.code, run.json()["problems"][0]["kind"].clone())
    };
    let too_large = (3, json!("too-large"));
    std::fs::write(&path, gzip(vec![b' '; 40 << 20])).unwrap();
    assert_eq!(kind(""), too_large, "a bomb");
    std::fs::write(&path, gzip(json!({ "Records": records() }).to_string())).unwrap();
    assert_eq!(kind("--max-record 1"), (0, Value::Null));
    std::fs::write(
        &path,
        gzip(json!({ "Records": [{"eventTime": "x".repeat(2048)}] }).to_string()),
    )
    .unwrap();
    assert_eq!(kind("--max-record 1"), too_large);
    std::fs::write(&path, gzip(vec![b' '; 2 << 20])).unwrap();
    assert_eq!(kind("--max-content 1"), too_large);
    let nested = (0..4).fold(b"{}".to_vec(), |bytes, _| gzip(bytes));
    std::fs::write(&path, &nested).unwrap();
    assert_eq!(kind("--max-nesting 3"), too_large);
}

#[test]
fn what_never_reaches_cloudwatch_logs_is_an_attempt_and_no_sample() {
    let folder = tempfile::tempdir().unwrap();
    let mut records: Vec<Value> = records().into_iter().step_by(2).take(3).collect();
    records[0]["eventCategory"] = "NetworkActivity".into();
    records[1]["requestParameters"]["padding"] = "x".repeat(300 << 10).into();
    std::fs::write(
        folder.path().join("a.json"),
        json!({ "Records": records }).to_string(),
    )
    .unwrap();
    let summary = audit("--json", &[folder.path()]).json();
    let rule = &summary["rules"][0];
    assert_eq!(
        (&summary["attempts"], &rule["attempts"]),
        (&json!(3), &json!(3))
    );
    let reasons = json!({ "network-activity": 1, "record-too-large": 1 });
    assert_eq!(rule["without_sample"], reasons, "{rule}");
}

#[test]
fn what_never_reaches_cloudwatch_logs_publishes_no_default() {
    let folder = tempfile::tempdir().unwrap();
    let mut records: Vec<Value> = records().into_iter().step_by(2).take(4).collect();
    records[0]["eventCategory"] = "NetworkActivity".into();
    records[1]["requestParameters"]["padding"] = "x".repeat(300 << 10).into();
    records[2]["eventCategory"] = "Management".into();
    let out = folder.path().join("out");
    let archive = folder.path().join("a.json");
    std::fs::write(&archive, json!({ "Records": records }).to_string()).unwrap();
    let run = crate::program::backtrail([
        "audit",
        archive.to_str().unwrap(),
        "--quiet",
        "--pattern",
        "{ $.eventName = none }",
        "--default-value",
        "7",
        "--format",
        "json",
        "--out",
        out.to_str().unwrap(),
    ]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let table = std::fs::read(out.join("metric.json")).unwrap();
    let rows: Vec<Value> = serde_json::from_slice(&table).unwrap();
    let samples = rows.iter().map(|row| row["sample_count"].as_f64().unwrap());
    assert_eq!(samples.sum::<f64>(), 2.0, "{rows:?}");
}

#[test]
fn standard_input_and_wildcards_are_read() {
    let folder = tempfile::tempdir().unwrap();
    for (name, records) in [("a.json", &records()[..10]), ("b.json", &records()[10..])] {
        std::fs::write(
            folder.path().join(name),
            json!({ "Records": records }).to_string(),
        )
        .unwrap();
    }
    let summary = audit("--json", &[&folder.path().join("?.json")]).json();
    assert_eq!(
        (&summary["attempts"], &summary["objects"]["read"]),
        (&json!(10), &json!(2))
    );
    let mut child = crate::program::command()
        .args(["audit", "--json", "-"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(&gzip(json!({ "Records": records() }).to_string()))
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (output.status.code(), &summary["attempts"]),
        (Some(0), &json!(10))
    );
}

#[test]
fn a_record_that_is_cut_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let text = lines(records().iter().take(2).map(Value::to_string));
    // Behind the whole members of a record that is cut, it would still look like one.
    std::fs::write(folder.path().join("cut.jsonl"), &text[..text.len() - 3]).unwrap();
    let run = audit("--json --pattern %eventName%", &[folder.path()]);
    let summary = run.json();
    assert_eq!(
        (run.code, &summary["attempts"], &summary["records"]["total"]),
        (3, &json!(1), &json!(1))
    );
}

#[test]
fn parquet_that_claims_too_much_is_a_problem() {
    use parquet::data_type::{ByteArray, ByteArrayType};
    use parquet::file::writer::SerializedFileWriter;
    let schema = "message m { required binary eventTime (UTF8); required binary eventSource (UTF8);
        required binary eventName (UTF8); repeated binary list (UTF8); }";
    // One row, whose list names the same long text again and again; a dictionary keeps it once.
    let lists = |values: usize, length: usize| -> Vec<u8> {
        let schema = parquet::schema::parser::parse_message_type(schema)
            .unwrap()
            .into();
        let mut writer = SerializedFileWriter::new(Vec::new(), schema, Default::default()).unwrap();
        let mut group = writer.next_row_group().unwrap();
        for text in ["2026-03-04T09:00:00Z", "s", "n"] {
            let mut column = group.next_column().unwrap().unwrap();
            column
                .typed::<ByteArrayType>()
                .write_batch(&[ByteArray::from(text)], None, None)
                .unwrap();
            column.close().unwrap();
        }
        let mut column = group.next_column().unwrap().unwrap();
        let texts = vec![ByteArray::from(vec![b'x'; length]); values];
        let definitions = vec![1; values];
        let mut repetitions = vec![1; values];
        repetitions[0] = 0;
        column
            .typed::<ByteArrayType>()
            .write_batch(&texts, Some(&definitions), Some(&repetitions))
            .unwrap();
        column.close().unwrap();
        group.close().unwrap();
        writer.into_inner().unwrap()
    };
    let problem = |bytes: Vec<u8>| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.parquet"), bytes).unwrap();
        let run = audit("--json", &[folder.path()]);
        assert_eq!(run.stderr, "");
        let summary = run.json();
        let records = summary["records"]["total"].as_u64().unwrap();
        let detail = summary["problems"][0]["detail"].as_str().map(str::to_owned);
        (records, detail)
    };
    assert_eq!(problem(lists(20, 10)), (1, None));
    let has = |(_, detail): (u64, Option<String>), part| detail.unwrap_or_default().contains(part);
    assert!(has(
        problem(lists(5_000, 100_000)),
        "in one column of lists"
    ));
    assert!(has(
        problem(lists(200_000, 1)),
        "holds more than 101000 values in 1 rows"
    ));
}

#[test]
fn a_quote_inside_of_a_cell_is_no_damage() {
    let folder = tempfile::tempdir().unwrap();
    let rows = "eventTime,eventSource,eventName,userAgent\n2026-03-04T09:00:00Z,s,n,agent 5\" x\n";
    std::fs::write(folder.path().join("a.csv"), rows).unwrap();
    let run = audit("--json", &[folder.path()]);
    let records = &run.json()["records"]["total"];
    assert_eq!((run.code, records), (0, &json!(1)), "{}", run.stdout);
}
