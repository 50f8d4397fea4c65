//! The range and the assumptions of a replay.

use jiff::Timestamp;

use crate::alarm::definition::vocabulary::AlarmState;

/// The time that an alarm is replayed over: evaluations from the first step of the clock at or
/// after `start` on that run before `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplayRange {
    /// The creation of the alarm. It sees the data before its creation.
    pub start: Timestamp,
    /// The end of the replay.
    pub end: Timestamp,
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
