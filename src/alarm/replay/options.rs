//! The range and the assumptions of a replay.

use jiff::Timestamp;

use crate::alarm::definition::configuration::AlarmConfiguration;
use crate::alarm::definition::vocabulary::AlarmState;
use crate::time::period::timestamp;

/// The time that an alarm is replayed over: evaluations from the first step of the clock at or
/// after `start` on that run before `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplayRange {
    /// The creation of the alarm. It sees the data before its creation.
    pub start: Timestamp,
    /// The end of the replay.
    pub end: Timestamp,
}

/// The time that several alarms are replayed over, each over a range of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplaySpan {
    /// The start of all ranges.
    pub start: Timestamp,
    /// The end of the ranges.
    pub end: ReplayEnd,
}

/// The end of replays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplayEnd {
    /// This moment, for all alarms.
    At(Timestamp),
    /// Each ends when its alarm has forgotten the last event, which was at this moment, so that the
    /// last episode is whole.
    Forgotten(Timestamp),
}

impl ReplaySpan {
    /// Returns the range of an alarm, which is empty if it would end before it starts.
    pub fn range_of(&self, alarm: &AlarmConfiguration) -> ReplayRange {
        let end = match self.end {
            ReplayEnd::At(end) => end,
            ReplayEnd::Forgotten(last) => {
                let second = last.as_second();
                timestamp(second.saturating_add(alarm.replayed_seconds()))
            }
        };
        ReplayRange {
            start: self.start,
            end: end.max(self.start),
        }
    }
}

impl From<ReplayRange> for ReplaySpan {
    fn from(range: ReplayRange) -> Self {
        Self {
            start: range.start,
            end: ReplayEnd::At(range.end),
        }
    }
}

/// The assumptions of a replay where AWS is silent or the alarm has a past.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ReplayOptions {
    /// The state before the first evaluation; INSUFFICIENT_DATA for a new alarm.
    pub initial_state: AlarmState,
    /// The time from a step of the clock to the evaluation, in milliseconds; `None` for that of the
    /// alarm.
    pub evaluation_offset_milliseconds: Option<i64>,
    /// The number of datapoints that are fetched for one evaluation; `None` for that of the alarm.
    pub evaluation_range: Option<u32>,
    /// The state after a premature breach.
    pub premature_breach: PrematureBreach,
}

/// The state after a premature breach under `missing`: every datapoint breaches, fewer than M
/// exist, and the oldest is less than M old. AWS's guide gave INSUFFICIENT_DATA until June 2019 and
/// is silent today (sources, E10).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PrematureBreach {
    /// Nothing is known.
    #[default]
    InsufficientData,
    /// The state is kept.
    Keep,
    /// The metric is taken not to breach.
    Ok,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_alarm_is_replayed_until_it_has_forgotten_the_last_event() {
        let end_of = |span: ReplaySpan, period_seconds: u32| {
            let alarm = AlarmConfiguration {
                period_seconds,
                ..AlarmConfiguration::on_sum("a", Default::default())
            };
            span.range_of(&alarm).end.as_second()
        };
        let span = |start, end| ReplaySpan {
            start: timestamp(start),
            end,
        };
        let open = span(0, ReplayEnd::Forgotten(timestamp(1000)));
        // The range of the alarm, a step, and another one.
        assert_eq!(end_of(open, 300), 1000 + 900 + 120);
        assert_eq!(end_of(open, 3600), 1000 + 3 * 3600 + 120);
        assert_eq!(end_of(span(5000, open.end), 300), 5000);
        let given = span(0, ReplayEnd::At(timestamp(7200)));
        assert_eq!([end_of(given, 300), end_of(given, 3600)], [7200; 2]);
    }
}
