//! Mute rules: times during which the actions of alarms do not run, although their states change
//! (user guide, "Alarm Mute Rules"; API, `PutAlarmMuteRule`).

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, ToSpan, ZonedDateTime};

use crate::alarm::definition::cron::{Cron, CronError};
use crate::alarm::definition::time_zone::{UnknownTimeZone, time_zone};
use crate::text::printable;
use crate::time::period::DAY_SECONDS;

/// The shortest window, in seconds.
const SHORTEST_SECONDS: i64 = 60;

/// The longest window, in days.
const LONGEST_DAYS: i64 = 15;

/// A muted interval without a gap for this long is taken to have no end, because rules that recur
/// repeat every year.
const ENDLESS: SignedDuration = SignedDuration::from_hours(400 * 24);

/// The form of the time in an at expression.
const AT_FORMAT: &str = "%Y-%m-%dT%H:%M";

/// A mute rule.
#[derive(Clone, Debug, PartialEq)]
pub struct MuteRule {
    /// The name of the rule.
    pub name: String,
    /// The starts of its windows.
    pub schedule: MuteSchedule,
    /// The length of its windows.
    pub duration: MuteDuration,
    /// The time zone of the schedule.
    pub timezone: MuteTimeZone,
    /// The alarms whose actions it mutes; all if empty.
    pub alarm_names: Vec<String>,
    /// The time before which no window begins.
    pub start_date: Option<Timestamp>,
    /// The time from which on nothing is muted.
    pub expire_date: Option<Timestamp>,
}

/// The starts of the windows of a mute rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MuteSchedule {
    /// Again and again.
    Recurring(Cron),
    /// Once.
    Once(DateTime),
}

/// The length of a window: from a minute to 15 days.
#[derive(Clone, Copy, Debug)]
pub struct MuteDuration {
    /// The length as it is written, with days of a calendar.
    span: Span,
    /// The same with days of 24 hours.
    length: SignedDuration,
}

/// The time zone of a schedule.
#[derive(Clone, Debug, PartialEq)]
pub struct MuteTimeZone {
    name: Option<String>,
    zone: TimeZone,
}

/// The error of a text that is not a part of a mute rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MuteError {
    /// Neither a cron nor an at expression.
    #[error(
        "`{}` is not a schedule: write cron(minute hour day month weekday) or \
         at(yyyy-MM-ddThh:mm)",
        printable(.0)
    )]
    Schedule(String),
    /// An invalid cron expression.
    #[error(transparent)]
    Cron(#[from] CronError),
    /// Not an ISO 8601 duration, or too short or long.
    #[error(
        "`{}` is not a duration from PT1M to P15D, such as PT4H or P2DT12H",
        printable(.0)
    )]
    Duration(String),
    /// Not a time zone.
    #[error(transparent)]
    TimeZone(#[from] UnknownTimeZone),
}

/// The time for which actions are muted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Muting {
    /// They are not muted.
    No,
    /// They are muted until this moment.
    Until(Timestamp),
    /// They are muted without an end in sight.
    Endless,
}

/// Returns the time for which these rules mute actions that run at this moment. Rules that overlap
/// mute until the last has ended.
pub fn muting(rules: &[&MuteRule], time: Timestamp) -> Muting {
    let windows: Vec<MuteWindows<'_>> = rules.iter().map(|rule| MuteWindows::new(rule)).collect();
    let mut end = time;
    // At the end of one rule's window, another rule may mute already.
    while let Some(later) = windows.iter().filter_map(|windows| windows.end(end)).max() {
        if later.duration_since(time) > ENDLESS {
            return Muting::Endless;
        }
        end = later;
    }
    if end == time {
        Muting::No
    } else {
        Muting::Until(end)
    }
}

impl MuteRule {
    fn starts_after(&self, time: Timestamp) -> bool {
        self.start_date.is_some_and(|start| time < start)
    }

    /// Returns the end of the window that begins at this moment.
    fn end_of_window(&self, start: Timestamp) -> Option<Timestamp> {
        // The days of a duration are those of a calendar, so they are added in the time zone.
        let start = ZonedDateTime::new(start, self.timezone.zone.clone());
        let end = start.checked_add(self.duration.span).ok()?.timestamp();
        Some(self.expire_date.map_or(end, |expire| end.min(expire)))
    }

    fn moment(&self, local: DateTime) -> Option<Timestamp> {
        self.timezone.zone.to_timestamp(local).ok()
    }
    /// Returns whether the rule mutes this alarm.
    pub fn is_for(&self, alarm_name: &str) -> bool {
        self.alarm_names.is_empty() || self.alarm_names.iter().any(|name| name == alarm_name)
    }
}

/// The windows of a rule.
///
/// Windows of a day that follow each other without a gap form a run. A schedule may recur every
/// minute, and a run ends with its last window, so that not each of them needs to be looked at.
struct MuteWindows<'a> {
    rule: &'a MuteRule,
    /// The runs of a day, latest first; none for a schedule that does not recur.
    runs: Vec<MuteRun>,
}

/// A run of windows of a day.
#[derive(Clone, Copy)]
struct MuteRun {
    /// The start of the first window.
    first: Time,
    /// The start of the last window.
    last: Time,
}

impl<'a> MuteWindows<'a> {
    fn new(rule: &'a MuteRule) -> Self {
        let runs = match &rule.schedule {
            MuteSchedule::Recurring(cron) => runs(cron, rule.duration.length),
            MuteSchedule::Once(_) => Vec::new(),
        };
        Self { rule, runs }
    }

    /// Returns the end of the muted interval that contains this moment.
    fn end(&self, time: Timestamp) -> Option<Timestamp> {
        let last = self.last_window(time)?;
        if self.rule.starts_after(last.min(time)) {
            return None;
        }
        self.rule.end_of_window(last).filter(|end| time < *end)
    }

    /// Returns the start of the last window in the newest run that begins at or before this moment.
    fn last_window(&self, time: Timestamp) -> Option<Timestamp> {
        match &self.rule.schedule {
            MuteSchedule::Once(local) => self.rule.moment(*local).filter(|start| *start <= time),
            MuteSchedule::Recurring(cron) => self.last_recurring(cron, time),
        }
    }

    fn last_recurring(&self, cron: &Cron, time: Timestamp) -> Option<Timestamp> {
        let today = self.rule.timezone.zone.to_datetime(time).date();
        // A window that begins earlier than this has ended, even in a day of 25 hours.
        for days in 0..=LONGEST_DAYS + 1 {
            let date = today.checked_sub(days.days()).ok()?;
            if cron.is_on(date)
                && let Some(last) = self.last_of_date(date, time)
            {
                return Some(last);
            }
        }
        None
    }

    /// Returns the start of the last window in the newest run of a date that begins at or before
    /// this moment.
    fn last_of_date(&self, date: Date, time: Timestamp) -> Option<Timestamp> {
        let mut runs = self.runs.iter();
        // The latest come first, so the first run that has begun is the last one.
        runs.find_map(|run| {
            let first = self.rule.moment(date.to_datetime(run.first))?;
            let last = self.rule.moment(date.to_datetime(run.last))?;
            (first <= time).then_some(last)
        })
    }
}

/// Returns the runs of a day, latest first.
fn runs(cron: &Cron, length: SignedDuration) -> Vec<MuteRun> {
    let mut runs: Vec<MuteRun> = Vec::new();
    for time in cron.times_latest_first() {
        // Each time is before those of the last run, so a run grows at its beginning.
        match runs.last_mut() {
            Some(run) if run.first.duration_since(time) <= length => run.first = time,
            _ => runs.push(MuteRun {
                first: time,
                last: time,
            }),
        }
    }
    runs
}

impl FromStr for MuteSchedule {
    type Err = MuteError;

    fn from_str(text: &str) -> Result<Self, MuteError> {
        match argument(text, "cron") {
            Some(cron) => Ok(Self::Recurring(cron.parse()?)),
            None => Self::once(text),
        }
    }
}

impl MuteSchedule {
    fn once(text: &str) -> Result<Self, MuteError> {
        match local_time(text) {
            Some(local) => Ok(Self::Once(local)),
            None => Err(MuteError::Schedule(text.to_owned())),
        }
    }
}

/// Returns the time in an at expression.
fn local_time(text: &str) -> Option<DateTime> {
    let local = argument(text, "at")?;
    DateTime::strptime(AT_FORMAT, local).ok()
}

/// Returns the text between the parentheses of `function(…)`.
fn argument<'a>(text: &'a str, function: &str) -> Option<&'a str> {
    let parenthesized = text.trim().strip_prefix(function)?;
    let inside = parenthesized.strip_prefix('(')?.strip_suffix(')')?;
    Some(inside.trim())
}

impl fmt::Display for MuteSchedule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recurring(cron) => write!(formatter, "cron({cron})"),
            Self::Once(local) => write!(formatter, "at({})", local.strftime(AT_FORMAT)),
        }
    }
}

impl FromStr for MuteDuration {
    type Err = MuteError;

    fn from_str(text: &str) -> Result<Self, MuteError> {
        Self::parse(text).ok_or_else(|| MuteError::Duration(text.to_owned()))
    }
}

impl MuteDuration {
    fn parse(text: &str) -> Option<Self> {
        if !text.starts_with('P') {
            return None;
        }
        let span: Span = text.parse().ok()?;
        Some(Self {
            span,
            length: SignedDuration::from_secs(allowed_seconds(span)?),
        })
    }
}

/// Returns the length of a span in seconds, if a window may have it.
fn allowed_seconds(span: Span) -> Option<i64> {
    let seconds = seconds_of(span)?;
    let allowed = SHORTEST_SECONDS..=LONGEST_DAYS * DAY_SECONDS;
    allowed.contains(&seconds).then_some(seconds)
}

/// Returns the length of a span with days of 24 hours; `None` if it has months or years, which have
/// no fixed length.
fn seconds_of(span: Span) -> Option<i64> {
    if !has_fixed_length(span) {
        return None;
    }
    let clock = SignedDuration::try_from(span.weeks(0).days(0)).ok()?;
    Some(days(span) * DAY_SECONDS + clock.as_secs())
}

fn has_fixed_length(span: Span) -> bool {
    // Years and months vary, so no limit in seconds could be checked.
    span.get_years() == 0 && span.get_months() == 0
}

fn days(span: Span) -> i64 {
    i64::from(span.get_weeks()) * 7 + i64::from(span.get_days())
}

impl PartialEq for MuteDuration {
    fn eq(&self, other: &Self) -> bool {
        self.span.fieldwise() == other.span.fieldwise()
    }
}

impl fmt::Display for MuteDuration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.span)
    }
}

impl MuteTimeZone {
    /// Returns the time zone of this name, which may be an offset; UTC without a name.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no such time zone.
    pub fn new(name: Option<&str>) -> Result<Self, UnknownTimeZone> {
        let zone = match name {
            Some(name) => time_zone(name)?,
            None => TimeZone::UTC,
        };
        Ok(Self {
            name: name.map(str::to_owned),
            zone,
        })
    }

    /// Returns the time zone as the rule names it.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(expression: &str, duration: &str, zone: &str) -> MuteRule {
        MuteRule {
            name: "quiet".into(),
            schedule: expression.parse().expect(expression),
            duration: duration.parse().expect(duration),
            timezone: MuteTimeZone::new(Some(zone)).expect(zone),
            alarm_names: Vec::new(),
            start_date: None,
            expire_date: None,
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect(text)
    }

    fn until(rules: &[&MuteRule], time: &str) -> String {
        match muting(rules, at(time)) {
            Muting::No => "no".into(),
            Muting::Until(end) => end.to_string(),
            Muting::Endless => "endless".into(),
        }
    }

    #[test]
    fn the_documented_schedules_mute_when_they_say() {
        let rows = [
            (
                "cron(0 2 * * SUN)",
                "PT4H",
                "2026-03-01T02:00:00Z",
                "2026-03-01T06:00:00Z",
            ),
            (
                "cron(0 2 * * SUN)",
                "PT4H",
                "2026-03-01T05:59:59Z",
                "2026-03-01T06:00:00Z",
            ),
            ("cron(0 2 * * SUN)", "PT4H", "2026-03-01T06:00:00Z", "no"),
            ("cron(0 2 * * SUN)", "PT4H", "2026-03-02T03:00:00Z", "no"),
            (
                "cron(0 18 * * FRI)",
                "P2DT12H",
                "2026-03-08T12:00:00Z",
                "2026-03-09T06:00:00Z",
            ),
            (
                "cron(0 23 * * *)",
                "PT2H",
                "2026-03-09T00:30:00Z",
                "2026-03-09T01:00:00Z",
            ),
            (
                "at(2024-12-23T00:00)",
                "P7D",
                "2024-12-29T23:59:59Z",
                "2024-12-30T00:00:00Z",
            ),
            ("at(2024-12-23T00:00)", "P7D", "2024-12-22T23:59:59Z", "no"),
        ];
        for (expression, duration, time, expected) in rows {
            assert_eq!(
                until(&[&rule(expression, duration, "UTC")], time),
                expected,
                "{expression} at {time}"
            );
        }
    }

    #[test]
    fn schedules_follow_their_time_zone_and_its_summer_time() {
        let night = rule("cron(0 22 * * *)", "PT8H", "Europe/Berlin");
        assert_eq!(
            until(&[&night], "2026-01-10T22:00:00Z"),
            "2026-01-11T05:00:00Z"
        );
        assert_eq!(
            until(&[&night], "2026-07-10T20:00:00Z"),
            "2026-07-11T04:00:00Z"
        );
        assert_eq!(until(&[&night], "2026-07-10T19:59:00Z"), "no");
        let weekend = rule("cron(0 18 * * FRI)", "P3D", "Europe/Berlin");
        assert_eq!(
            until(&[&weekend], "2026-03-28T12:00:00Z"),
            "2026-03-30T16:00:00Z",
            "18:00 in summer"
        );
    }

    #[test]
    fn rules_that_overlap_mute_until_the_last_has_ended() {
        let (first, second) = (
            rule("at(2026-01-01T10:00)", "PT1H", "UTC"),
            rule("at(2026-01-01T10:30)", "PT2H", "UTC"),
        );
        assert_eq!(
            until(&[&first, &second], "2026-01-01T10:10:00Z"),
            "2026-01-01T12:30:00Z"
        );
        let always = rule("cron(* * * * *)", "PT1M", "Europe/Berlin");
        assert_eq!(until(&[&always], "2026-01-01T10:10:00Z"), "endless");
    }

    #[test]
    fn a_rule_is_bounded_by_its_dates_and_its_targets() {
        let bounded = MuteRule {
            start_date: Some(at("2026-01-02T00:00:00Z")),
            expire_date: Some(at("2026-01-03T10:30:00Z")),
            alarm_names: vec!["a".into()],
            ..rule("cron(0 10 * * *)", "PT1H", "UTC")
        };
        assert_eq!(until(&[&bounded], "2026-01-01T10:10:00Z"), "no");
        assert_eq!(
            until(&[&bounded], "2026-01-02T10:10:00Z"),
            "2026-01-02T11:00:00Z"
        );
        assert_eq!(
            until(&[&bounded], "2026-01-03T10:10:00Z"),
            "2026-01-03T10:30:00Z"
        );
        assert!(bounded.is_for("a") && !bounded.is_for("b"));
    }

    #[test]
    fn parts_that_are_wrong_are_refused() {
        for wrong in ["PT0S", "PT59S", "P15DT1S", "P1M", "P1Y", "-PT5M", "4h", ""] {
            assert!(wrong.parse::<MuteDuration>().is_err(), "{wrong}");
        }
        for wrong in [
            "",
            "0 2 * * *",
            "cron(0 2 * *)",
            "at(2026-01-01)",
            "at(2026-13-01T00:00)",
            "rate(5 minutes)",
        ] {
            assert!(wrong.parse::<MuteSchedule>().is_err(), "{wrong}");
        }
        assert_eq!(
            "at(2026-01-01T09:05)"
                .parse()
                .map(|s: MuteSchedule| s.to_string()),
            Ok("at(2026-01-01T09:05)".into())
        );
        assert_eq!(
            "P2DT12H".parse().map(|d: MuteDuration| d.to_string()),
            Ok("P2DT12H".into())
        );
    }
}
