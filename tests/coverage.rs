//! The coverage of an archive, compared with what was requested.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::program::{audit, sample};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// The first moment of March 2026.
const MARCH: i64 = 1_772_323_200;

fn time(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap().to_string()
}

/// A record of a service, at a time.
fn record(seconds: i64, source: &str, name: &str, read_only: bool) -> String {
    format!(
        r#"{{"eventTime":"{}","eventSource":"{source}.amazonaws.com","eventName":"{name}","readOnly":{read_only},"eventID":"{seconds}-{name}"}}"#,
        time(seconds)
    )
}

/// An archive of objects that are made one by one.
struct Archive(TempDir);

impl Archive {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Adds an object below a prefix, with the delivery time in its name.
    fn object(&self, prefix: &str, place: (&str, &str), delivery: i64, records: &[String]) {
        let (account, region) = place;
        let stamp: String = time(delivery)[..16].replace(['-', ':'], "") + "Z";
        let date = time(delivery)[..10].replace('-', "/");
        let folder = format!("{prefix}AWSLogs/{account}/CloudTrail/{region}/{date}");
        let folder = self.path().join(folder);
        fs::create_dir_all(&folder).unwrap();
        let name = format!(
            "{account}_CloudTrail_{region}_{stamp}_{}.json",
            records.len()
        );
        let text = format!("{{\"Records\":[{}]}}", records.join(","));
        fs::write(folder.join(name), text).unwrap();
    }

    /// Adds an object with a record of KMS and a read for each of these hours of March.
    fn busy(&self, prefix: &str, place: (&str, &str), hours: impl IntoIterator<Item = i64>) {
        for hour in hours {
            let begin = MARCH + hour * HOUR;
            let records = [
                record(begin, "kms", "Decrypt", true),
                record(begin, "ec2", "RunInstances", false),
            ];
            self.object(prefix, place, begin + 300, &records);
        }
    }

    fn coverage(&self, arguments: &str) -> Value {
        let run = audit(&format!("--json {arguments}"), &[self.path()]);
        assert_eq!(run.stderr, "");
        run.json()["coverage"].take()
    }

    fn warnings(&self, arguments: &str) -> Vec<String> {
        texts(&self.coverage(arguments)["warnings"])
    }
}

fn texts(values: &Value) -> Vec<String> {
    let values = values.as_array().unwrap().iter();
    values
        .map(|text| text.as_str().unwrap().to_owned())
        .collect()
}

const ONE: (&str, &str) = ("111122223333", "eu-west-1");
const FAR: (&str, &str) = ("111122223333", "us-east-1");
const TWO: (&str, &str) = ("444455556666", "eu-west-1");

#[test]
fn absent_days_of_a_quarter_are_named() {
    let run = audit("--from 2026-01-01 --to 2026-04-01", &[sample()]);
    let line = "86 of 90 requested days have no object in 111122223333 eu-west-1, 111122223333 \
                us-east-1, 444455556666 eu-west-1, 444455556666 us-east-1: 2026-01-01 to \
                2026-03-01, 2026-03-06 to 2026-03-31";
    assert!(run.words().contains(line), "{}", run.stdout);
    let run = audit("--json --from 2026-01-01 --to 2026-04-01", &[sample()]);
    let coverage = &run.json()["coverage"];
    assert_eq!(coverage["days"], 360);
    assert_eq!(coverage["days_without_object"], 344);
    let place = &coverage["places"][0];
    assert_eq!(place["account"], "111122223333");
    assert_eq!(place["region"], "eu-west-1");
    assert_eq!(place["first_object"], "2026-03-02T07:05:00Z");
    assert_eq!(place["days_with_object"], 4);
    assert_eq!(place["days_without_object"], 86);
    assert_eq!(place["absent"][1]["first"], "2026-03-06");
    assert_eq!(place["absent"][1]["last"], "2026-03-31");
}

#[test]
fn a_whole_archive_has_no_warning() {
    let run = audit("--json", &[sample()]);
    assert_eq!(run.json()["coverage"]["warnings"], Value::Array(Vec::new()));
    let archive = Archive::new();
    for (number, place) in [ONE, FAR, TWO].into_iter().enumerate() {
        // The work of a week: nobody comes at night and on Sunday.
        let days = (0..7).filter(|day| *day != 0);
        let hours = days.flat_map(|day| (8..18).map(move |hour| 24 * day + hour));
        archive.busy("", place, hours.step_by(number + 1));
    }
    assert_eq!(archive.warnings(""), Vec::<String>::new());
}

/// For each place, the days of the table that are present and absent are those requested.
#[test]
fn days_present_and_absent_are_those_requested() {
    for (from, to, days) in [
        ("2026-01-01", "2026-04-01", 90),
        ("2026-03-02", "2026-03-06", 4),
        ("2026-03-03", "2026-03-04", 1),
        ("2026-03-03T12:00:00Z", "2026-03-03T12:00:01Z", 1),
        ("2026-03-03T23:59:59Z", "2026-03-04T00:00:01Z", 2),
        ("2026-03-04T12:00:00Z", "2026-03-08T00:00:00Z", 4),
        ("2025-03-01", "2026-03-01", 365),
        ("2027-01-01", "2028-01-01", 365),
        ("1970-01-01", "2070-01-01", 36_525),
    ] {
        let out = tempfile::tempdir().unwrap();
        let arguments = format!("--from {from} --to {to} --format json --quiet --json --out");
        let arguments = format!("{arguments} {}", out.path().display());
        let run = audit(&arguments, &[sample()]);
        let table = fs::read(out.path().join("coverage.json")).unwrap();
        let table: Value = serde_json::from_slice(&table).unwrap();
        let mut by_place: BTreeMap<String, u64> = BTreeMap::new();
        for row in table.as_array().unwrap() {
            let is_present = row["objects"].as_u64().unwrap() > 0;
            let state = if is_present { "present" } else { "absent" };
            assert_eq!(row["state"], state, "{row}");
            let place = format!("{} {}", row["account"], row["region"]);
            *by_place.entry(place).or_default() += row["days"].as_u64().unwrap();
        }
        let counts: Vec<u64> = by_place.into_values().collect();
        assert_eq!(counts, [days; 4], "{from} {to}");
        for place in run.json()["coverage"]["places"].as_array().unwrap() {
            let number = |name: &str| place[name].as_u64().unwrap();
            let sum = number("days_with_object") + number("days_without_object");
            assert_eq!((number("days"), sum), (days, days), "{from} {to}");
        }
    }
}

/// Events of the last minutes are delivered the next day, and those before the range with its first
/// objects.
#[test]
fn the_delay_of_deliveries_makes_no_day_absent_or_present() {
    let archive = Archive::new();
    let last = [record(MARCH + DAY - 60, "ec2", "RunInstances", false)];
    archive.object("", ONE, MARCH + DAY + 300, &last);
    let places = |from: i64, to: i64| {
        let (from, to) = (time(from), time(to));
        archive.coverage(&format!("--from {from} --to {to}"))["places"].take()
    };
    let first_day = places(MARCH, MARCH + DAY);
    assert_eq!(first_day[0]["days_with_object"], 1, "{first_day}");
    assert_eq!(first_day[0]["days"], 1);
    let second_day = places(MARCH + DAY, MARCH + 2 * DAY);
    assert_eq!(second_day[0]["days_with_object"], 0, "{second_day}");
    assert_eq!(second_day[0]["days"], 1);
}

/// One bound leaves the other end to the archive.
#[test]
fn an_open_range_ends_where_the_archive_ends() {
    for (range, days, absent) in [
        ("--from 2026-03-01", 5, 1),
        ("--to 2026-03-08", 6, 2),
        ("--from 2026-03-04", 2, 0),
        ("--from 2026-05-01", 1, 1),
    ] {
        let run = audit(&format!("--json {range}"), &[sample()]);
        let place = &run.json()["coverage"]["places"][0];
        assert_eq!(place["days"], days, "{range}");
        assert_eq!(place["days_without_object"], absent, "{range}");
    }
}

#[test]
fn names_that_claim_any_year_make_no_endless_gap() {
    let archive = Archive::new();
    let records = [record(MARCH, "ec2", "RunInstances", false)];
    archive.object("", ONE, MARCH - 13 * 365 * DAY, &records);
    archive.object("", ONE, MARCH, &records);
    assert_eq!(archive.coverage("")["days"], 2);
}

#[test]
fn requested_names_of_which_nothing_is_there_are_warnings() {
    let run = audit(
        "--json --account 111122223333,999999999999 --region eu-west-1,eu-west-9",
        &[sample()],
    );
    let warnings = texts(&run.json()["coverage"]["warnings"]);
    let expected = [
        "--account 999999999999: nothing of this account was found",
        "--region eu-west-9: nothing of this region was found",
    ];
    assert_eq!(warnings, expected);
}

#[test]
fn objects_whose_names_say_nothing_cannot_show_a_day() {
    let archive = Archive::new();
    let text = record(MARCH, "kms", "Decrypt", true);
    fs::write(archive.path().join("export.json"), text).unwrap();
    assert_eq!(archive.warnings(""), Vec::<String>::new());
    let warnings = archive.warnings("--from 2026-03-01 --to 2026-04-01");
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("days that are absent cannot be found"));
}

#[test]
fn a_region_that_falls_silent_is_named() {
    let archive = Archive::new();
    archive.busy("", FAR, 0..100);
    archive.busy("", ONE, 0..50);
    let expected = "111122223333 eu-west-1 has no object after the hour of 2026-03-03T01:00:00Z, \
                    while other regions of the account go on until 2026-03-05T03:00:00Z";
    assert_eq!(archive.warnings(""), [expected]);
    // Within the range, it is not silent for a day.
    assert_eq!(
        archive.warnings("--to 2026-03-03T12:00:00Z"),
        Vec::<String>::new()
    );
}

#[test]
fn accounts_that_do_not_overlap_are_named() {
    let archive = Archive::new();
    archive.busy("", ONE, 0..48);
    archive.busy("", TWO, 96..144);
    let warnings = archive.warnings("");
    assert_eq!(
        warnings,
        [
            "the objects of account 111122223333 are of the hours 2026-03-01T00:00:00Z to \
             2026-03-02T23:00:00Z only; together with others they are of the hours \
             2026-03-01T00:00:00Z to 2026-03-06T23:00:00Z",
            "the objects of account 444455556666 are of the hours 2026-03-05T00:00:00Z to \
             2026-03-06T23:00:00Z only; together with others they are of the hours \
             2026-03-01T00:00:00Z to 2026-03-06T23:00:00Z",
        ]
    );
}

#[test]
fn copies_that_end_at_different_times_are_named() {
    let archive = Archive::new();
    archive.busy("old/", ONE, 0..48);
    archive.busy("new/", ONE, 0..96);
    let warnings = archive.warnings("");
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    let hours = "old/ are of the hours 2026-03-01T00:00:00Z to 2026-03-02T23:00:00Z only";
    assert!(warnings[0].contains(hours), "{warnings:?}");

    // Half a day is enough, since the other copy shows that the account was not quiet.
    let archive = Archive::new();
    archive.busy("old/", ONE, 0..48);
    archive.busy("new/", ONE, 0..60);
    assert_eq!(archive.warnings("").len(), 1);
    let archive = Archive::new();
    archive.busy("old/", ONE, 0..48);
    archive.busy("new/", ONE, 0..50);
    assert_eq!(archive.warnings(""), Vec::<String>::new());
}

#[test]
fn records_of_kms_and_reads_that_stop_are_named() {
    let archive = Archive::new();
    archive.busy("", ONE, 0..48);
    for hour in 48..96 {
        let begin = MARCH + hour * HOUR;
        let writes = [record(begin, "ec2", "RunInstances", false)];
        archive.object("", ONE, begin + 300, &writes);
    }
    let expected = ["KMS", "a read-only call"].map(|kind| {
        format!(
            "111122223333 eu-west-1 has no record of {kind} after the hour of \
             2026-03-02T23:00:00Z, while other records go on: the trail may exclude them since then"
        )
    });
    assert_eq!(archive.warnings(""), expected);
    let ledger = tempfile::tempdir().unwrap();
    let arguments = format!("--ledger {}", ledger.path().join("ledger").display());
    assert_eq!(archive.warnings(&arguments), expected, "from a ledger");
}
