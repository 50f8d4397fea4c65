//! The clock by which events are counted.
//!
//! CloudWatch counts an event in the minute in which CloudTrail delivered it to the log group, some
//! minutes after it happened. An S3 archive does not hold that minute, so every replay has to
//! assume one (sources, D1 and D2).

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use crate::text::printable;

// No event was seen to be delivered a day late; a longer delay is a typing error.
/// The longest delay that a clock may add.
const SHIFT_LIMIT: SignedDuration = SignedDuration::from_hours(24);

// Most deliveries take less than ten minutes; an hour leaves room for a bad day.
/// The most seconds that a delivery is expected to take.
const DELIVERY_LIMIT_SECONDS: i64 = 3600;

/// The time of an event for which its sample counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Clock {
    /// The time at which it happened, `eventTime`, as if trails had no delay.
    #[default]
    Event,
    /// The slot of five minutes in the name of its object; `eventTime` if the name has none.
    Delivery,
    /// The time at which it happened, plus this delay.
    Shift(SignedDuration),
    /// The time at which a log group received it, which exports of log groups hold; `eventTime` if
    /// it is unknown.
    Log,
}

/// The times of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// The time at which it happened.
    pub event: Timestamp,
    /// The slot in which its object was delivered.
    pub delivered: Option<Timestamp>,
    /// The time at which a log group received it.
    pub logged: Option<Timestamp>,
}

impl Clock {
    // Real files were delivered 0 to 608 seconds after the event, and a batch reached a log group
    // after 15 minutes (sources, D1 and D4). The delays cover that span.
    /// The clocks under which an episode is searched for again, to find out whether it depends on
    /// the clock.
    pub const COMPARED: [Self; 7] = [
        Self::Event,
        Self::Delivery,
        Self::Shift(SignedDuration::from_mins(2)),
        Self::Shift(SignedDuration::from_mins(5)),
        Self::Shift(SignedDuration::from_mins(10)),
        Self::Shift(SignedDuration::from_mins(15)),
        Self::Log,
    ];

    /// Returns the time for which an event counts.
    pub fn time(self, times: Times) -> Timestamp {
        match self {
            Self::Event => times.event,
            Self::Delivery => times.delivered.unwrap_or(times.event),
            Self::Shift(delay) => times.event.saturating_add(delay).unwrap_or(times.event),
            Self::Log => times.logged.unwrap_or(times.event),
        }
    }

    /// Returns the most seconds by which the time that counts is expected to be later than the
    /// event.
    pub fn delay_seconds(self) -> i64 {
        match self {
            Self::Event => 0,
            Self::Delivery | Self::Log => DELIVERY_LIMIT_SECONDS,
            Self::Shift(delay) => delay.as_secs(),
        }
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Event => formatter.write_str("event"),
            Self::Delivery => formatter.write_str("delivery"),
            Self::Log => formatter.write_str("log"),
            Self::Shift(delay) => write!(formatter, "shift={}s", delay.as_secs()),
        }
    }
}

/// A text that does not name a clock.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no clock `{}`; write event, delivery, log, or shift= and a delay of up to a day, \
     such as shift=5m or shift=90s",
    printable(.0)
)]
pub struct UnknownClock(String);

impl FromStr for Clock {
    type Err = UnknownClock;

    fn from_str(text: &str) -> Result<Self, UnknownClock> {
        let clock = match text {
            "event" => Some(Self::Event),
            "delivery" => Some(Self::Delivery),
            "log" => Some(Self::Log),
            _ => parse_shift(text).map(Self::Shift),
        };
        clock.ok_or_else(|| UnknownClock(text.to_owned()))
    }
}

fn parse_shift(text: &str) -> Option<SignedDuration> {
    let delay: SignedDuration = text.strip_prefix("shift=")?.parse().ok()?;
    let is_delay = (SignedDuration::ZERO..=SHIFT_LIMIT).contains(&delay);
    is_delay.then_some(delay)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::period::timestamp;

    #[test]
    fn clocks_are_read_and_written() {
        let shift = |seconds| Ok(Clock::Shift(SignedDuration::from_secs(seconds)));
        assert_eq!("event".parse(), Ok(Clock::Event));
        assert_eq!(
            [
                "shift=5m".parse(),
                "shift=90s".parse(),
                "shift=PT1H".parse()
            ],
            [shift(300), shift(90), shift(3600)]
        );
        for wrong in [
            "",
            "logs",
            "shift",
            "shift=",
            "shift=-5m",
            "shift=25h",
            "shift=5 parsecs",
        ] {
            assert!(wrong.parse::<Clock>().is_err(), "{wrong}");
        }
        assert_eq!(
            Clock::Shift(SignedDuration::from_mins(5)).to_string(),
            "shift=300s"
        );
    }

    #[test]
    fn a_clock_chooses_the_time_that_counts() {
        let times = Times {
            event: timestamp(100),
            delivered: Some(timestamp(300)),
            logged: Some(timestamp(400)),
        };
        let time = |clock: &str| {
            clock
                .parse::<Clock>()
                .map(|clock| clock.time(times).as_second())
        };
        assert_eq!(
            [time("event"), time("delivery"), time("shift=1m")],
            [Ok(100), Ok(300), Ok(160)]
        );
        assert_eq!(time("log"), Ok(400));
        let unknown = Times {
            delivered: None,
            logged: None,
            ..times
        };
        assert_eq!(
            [Clock::Delivery, Clock::Log].map(|clock| clock.time(unknown)),
            [times.event; 2]
        );
    }
}
