//! Times of a selection that are relative to the present one.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;

use crate::program::{audit, sample};

const DAY_SECONDS: i64 = 86_400;

/// The longest time that a run takes, in seconds.
const RUN_SECONDS: i64 = 120;

fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    now.as_secs() as i64
}

fn seconds(time: &serde_json::Value) -> i64 {
    let time: Timestamp = time.as_str().unwrap().parse().unwrap();
    time.as_second()
}

/// The report has the time that a duration before now means.
#[test]
fn a_duration_before_now_becomes_a_time() {
    for (text, days) in [("3650d", 3650), ("520w", 3640), ("87600h", 3650)] {
        let before = now();
        let summary = audit(&format!("--json --from {text}"), &[sample()]).json();
        let ago = before - seconds(&summary["from"]);
        assert!(
            (ago - days * DAY_SECONDS).abs() < RUN_SECONDS,
            "{text}: {ago}"
        );
        assert_eq!(summary["attempts"], 42);
    }
}

#[test]
fn today_and_yesterday_begin_at_midnight() {
    let summary = audit("--json --from 3650d --to today", &[sample()]).json();
    let today = seconds(&summary["to"]);
    assert_eq!(today % DAY_SECONDS, 0);
    assert!((0..=DAY_SECONDS + RUN_SECONDS).contains(&(now() - today)));
    let summary = audit("--json --from 3650d --to yesterday", &[sample()]).json();
    assert_eq!(today - seconds(&summary["to"]), DAY_SECONDS);
}

#[test]
fn what_is_not_a_time_is_an_error_with_the_forms() {
    for wrong in ["30", "-1d", "tomorrow", "1d ago"] {
        let arguments = ["audit", "samples/archive", &format!("--from={wrong}")];
        let run = crate::program::backtrail(arguments);
        assert_eq!(run.code, 2, "{wrong}");
        assert!(
            run.stderr.contains("`30d`, `12h` or `2w`"),
            "{}",
            run.stderr
        );
    }
}
