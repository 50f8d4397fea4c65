//! Alarms of either kind.

use crate::alarm::definition::actions::Actions;
use crate::alarm::definition::composite::{CompositeAlarm, Suppressor};
use crate::alarm::definition::configuration::AlarmConfiguration;

/// An alarm of either kind.
#[derive(Clone, Copy, Debug)]
pub enum AnyAlarm<'a> {
    /// A metric alarm.
    Metric(&'a AlarmConfiguration),
    /// A composite alarm.
    Composite(&'a CompositeAlarm),
}

impl<'a> AnyAlarm<'a> {
    /// Returns the name of the alarm.
    pub fn name(self) -> &'a str {
        match self {
            Self::Metric(alarm) => &alarm.alarm_name,
            Self::Composite(alarm) => &alarm.alarm_name,
        }
    }

    /// Returns the alarm that suppresses the actions of this one, if there is one.
    pub fn suppressor(self) -> Option<&'a Suppressor> {
        match self {
            Self::Metric(_) => None,
            Self::Composite(alarm) => alarm.suppressor.as_ref(),
        }
    }

    /// Returns the description of the alarm.
    pub fn description(self) -> Option<&'a str> {
        match self {
            Self::Metric(alarm) => alarm.alarm_description.as_deref(),
            Self::Composite(alarm) => alarm.alarm_description.as_deref(),
        }
    }

    /// Returns the actions of the alarm.
    pub fn actions(self) -> &'a Actions {
        match self {
            Self::Metric(alarm) => &alarm.actions,
            Self::Composite(alarm) => &alarm.actions,
        }
    }
}
