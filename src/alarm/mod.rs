//! The alarm on a metric, evaluated as CloudWatch evaluates it.
//!
//! [`definition`] is an alarm as its owner wrote it, [`mod@replay`] computes its states over time,
//! and [`aws`] words them as AWS would have: the reasons, the history, the notifications.

pub mod aws;
pub mod definition;
pub mod replay;

pub use definition::{AlarmConfiguration, AlarmGroup, AlarmScope, AnyAlarm, Watched};
pub use replay::{
    Change, Delays, Difference, Episode, Evaluations, GroundTruth, HistoryComparison, Interval,
    Observed, Performance, PrematureBreach, ReplayEnd, ReplayOptions, ReplayRange, ReplaySpan,
    ReplayedAlarm, Restraints, compare, episodes, evaluate_at, replay, replay_plainly,
};
