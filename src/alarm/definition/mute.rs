//! Mute rules: stretches of time in which alarms change their states but do nothing about it (user
//! guide, "Alarm Mute Rules"; API, `PutAlarmMuteRule`).

use std::fmt;
use std::str::FromStr;

use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, ToSpan};

use crate::alarm::definition::cron::{Cron, CronError};
use crate::alarm::definition::evaluation_window::{UnknownTimeZone, time_zone};

/// The shortest window, in seconds.
const SHORTEST_SECONDS: i64 = 60;

/// The longest window, in days.
const LONGEST_DAYS: i64 = 15;

const DAY_SECONDS: i64 = 86_400;

/// A stretch that is muted without a gap for this long is taken to have no end: rules that recur
/// repeat every year.
const ENDLESS: SignedDuration = SignedDuration::from_hours(400 * 24);

/// A mute rule.
#[derive(Clone, Debug, PartialEq)]
pub struct MuteRule {
    /// The name of the rule.
    pub name: String,
    /// When its windows begin.
    pub schedule: MuteSchedule,
    /// How long they last.
    pub duration: MuteDuration,
    /// The time zone of the schedule; UTC where there is none.
    pub timezone: MuteTimeZone,
    /// The alarms whose actions it mutes; all when empty.
    pub alarm_names: Vec<String>,
    /// No window begins before.
    pub start_date: Option<Timestamp>,
    /// Nothing is muted from here on.
    pub expire_date: Option<Timestamp>,
}

/// When the windows of a mute rule begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MuteSchedule {
    /// Again and again.
    Recurring(Cron),
    /// Once.
    Once(DateTime),
}

/// How long a window lasts: from a minute to 15 days.
#[derive(Clone, Copy, Debug)]
pub struct MuteDuration {
    /// As it is written: its days are those of a calendar.
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

/// What is no part of a mute rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MuteError {
    /// Neither a cron nor an at expression.
    #[error(
        "`{0}` is no schedule: write cron(minute hour day month weekday) or at(yyyy-MM-ddThh:mm)"
    )]
    Schedule(String),
    /// A cron expression that is wrong.
    #[error(transparent)]
    Cron(#[from] CronError),
    /// Not an ISO 8601 duration, or too short or long.
    #[error("`{0}` is no duration from PT1M to P15D, such as PT4H or P2DT12H")]
    Duration(String),
    /// No time zone.
    #[error(transparent)]
    TimeZone(#[from] UnknownTimeZone),
}

/// For how long actions are muted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Muting {
    /// They are not.
    No,
    /// Until this moment.
    Until(Timestamp),
    /// There is no end in sight.
    Endless,
}

/// For how long these rules mute actions that run at this moment. Rules that overlap mute until the
/// last has ended.
pub fn muting(rules: &[&MuteRule], time: Timestamp) -> Muting {
    let windows: Vec<Windows<'_>> = rules.iter().map(|rule| Windows::of(rule)).collect();
    let mut end = time;
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
    /// Whether the rule mutes this alarm.
    pub fn is_for(&self, alarm_name: &str) -> bool {
        self.alarm_names.is_empty() || self.alarm_names.iter().any(|name| name == alarm_name)
    }
}

/// The windows of a rule. Those of a day that follow each other without a gap are one.
struct Windows<'a> {
    rule: &'a MuteRule,
    /// The times of the day at which the first window of such a run begins, and the last; latest
    /// first. Empty for a schedule that does not recur.
    runs: Vec<(Time, Time)>,
}

impl<'a> Windows<'a> {
    fn of(rule: &'a MuteRule) -> Self {
        let mut runs: Vec<(Time, Time)> = Vec::new();
        if let MuteSchedule::Recurring(cron) = &rule.schedule {
            for time in cron.times_latest_first() {
                match runs
                    .last_mut()
                    .filter(|(first, _)| first.duration_since(time) <= rule.duration.length)
                {
                    Some((first, _)) => *first = time,
                    None => runs.push((time, time)),
                }
            }
        }
        Self { rule, runs }
    }

    /// When the muted stretch ends that holds this moment.
    fn end(&self, time: Timestamp) -> Option<Timestamp> {
        let last = self.last_run(time)?;
        let rule = self.rule;
        if rule
            .start_date
            .is_some_and(|start| last < start || time < start)
        {
            return None;
        }
        let last = jiff::ZonedDateTime::new(last, rule.timezone.zone.clone());
        let end = last.checked_add(rule.duration.span).ok()?.timestamp();
        let end = rule.expire_date.map_or(end, |expire| end.min(expire));
        (time < end).then_some(end)
    }

    /// When the last window begins of the run that began last before or at this moment, as far back
    /// as a window can last.
    fn last_run(&self, time: Timestamp) -> Option<Timestamp> {
        let zone = &self.rule.timezone.zone;
        let moment = |local: DateTime| zone.to_timestamp(local).ok();
        let cron = match &self.rule.schedule {
            MuteSchedule::Once(local) => return moment(*local).filter(|start| *start <= time),
            MuteSchedule::Recurring(cron) => cron,
        };
        let today = zone.to_datetime(time).date();
        let dates = (0..=LONGEST_DAYS + 1).filter_map(|days| today.checked_sub(days.days()).ok());
        let mut runs = dates.filter(|date| cron.is_on(*date)).flat_map(|date| {
            self.runs.iter().filter_map(move |(first, last)| {
                moment(date.to_datetime(*first)).filter(|first| *first <= time)?;
                moment(date.to_datetime(*last))
            })
        });
        runs.next()
    }
}

impl FromStr for MuteSchedule {
    type Err = MuteError;

    fn from_str(text: &str) -> Result<Self, MuteError> {
        let inside = |kind: &str| {
            text.trim()
                .strip_prefix(kind)?
                .strip_prefix('(')?
                .strip_suffix(')')
                .map(str::trim)
        };
        if let Some(cron) = inside("cron") {
            return Ok(Self::Recurring(cron.parse()?));
        }
        let once = inside("at").and_then(|local| DateTime::strptime("%Y-%m-%dT%H:%M", local).ok());
        once.map(Self::Once)
            .ok_or_else(|| MuteError::Schedule(text.to_owned()))
    }
}

impl fmt::Display for MuteSchedule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recurring(cron) => write!(formatter, "cron({cron})"),
            Self::Once(local) => write!(formatter, "at({})", local.strftime("%Y-%m-%dT%H:%M")),
        }
    }
}

impl FromStr for MuteDuration {
    type Err = MuteError;

    fn from_str(text: &str) -> Result<Self, MuteError> {
        let error = || MuteError::Duration(text.to_owned());
        let span: Span = text
            .parse()
            .ok()
            .filter(|_| text.starts_with('P'))
            .ok_or_else(error)?;
        let has_months = span.get_months() != 0 || span.get_years() != 0;
        let days = i64::from(span.get_weeks()) * 7 + i64::from(span.get_days());
        let clock = SignedDuration::try_from(span.days(0).weeks(0)).map_err(|_| error())?;
        let seconds = days * DAY_SECONDS + clock.as_secs();
        let is_allowed =
            (SHORTEST_SECONDS..=LONGEST_DAYS * DAY_SECONDS).contains(&seconds) && !has_months;
        let length = SignedDuration::from_secs(seconds);
        if is_allowed {
            Ok(Self { span, length })
        } else {
            Err(error())
        }
    }
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
    /// The time zone of this name, which may be an offset; UTC where there is none.
    ///
    /// # Errors
    ///
    /// When there is no such time zone.
    pub fn new(name: Option<&str>) -> Result<Self, UnknownTimeZone> {
        let zone = name.map_or(Ok(TimeZone::UTC), time_zone)?;
        Ok(Self {
            name: name.map(str::to_owned),
            zone,
        })
    }

    /// The time zone as the rule names it.
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
