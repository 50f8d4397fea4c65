//! The alarm on a metric, evaluated as CloudWatch evaluates it.
//!
//! [`definition`] is an alarm as its owner wrote it, [`mod@replay`] computes its states over time,
//! and [`aws`] words them as AWS would have: the reasons, the history, the notifications.

pub mod aws;
pub mod definition;
pub mod replay;

pub use definition::{AlarmConfiguration, Observed, Watched};
pub use replay::{
    Comparison, Difference, Episode, Evaluations, Evidence, Performance, PrematureBreach,
    ReplayOptions, ReplayRange, Restraints, Stretch, Transition, Verdict, compare, episodes,
    evaluate_at, replay, replay_plainly,
};
