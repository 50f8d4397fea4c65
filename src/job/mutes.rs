//! Mute rules as AWS writes them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::fault::{Fault, FaultPlace};
use crate::alarm::definition::mute::{
    MuteDuration, MuteError, MuteRule, MuteSchedule, MuteTimeZone,
};
use crate::alarm::definition::place::alarm_name;

/// A mute rule as AWS writes it (API, `PutAlarmMuteRule` and `GetAlarmMuteRule`).
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct WrittenMuteRule {
    name: String,
    rule: WrittenRule,
    #[serde(skip_serializing_if = "Option::is_none")]
    mute_targets: Option<WrittenTargets>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expire_date: Option<Timestamp>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct WrittenRule {
    schedule: WrittenSchedule,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct WrittenSchedule {
    expression: String,
    duration: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    timezone: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct WrittenTargets {
    alarm_names: Vec<String>,
}

impl WrittenMuteRule {
    /// Checks the definition and converts it.
    pub(super) fn define(self) -> Result<MuteRule, Fault> {
        let place = FaultPlace::MuteRule(self.name.clone());
        self.mute_rule()
            .map_err(|error| Fault::from(error).at(place))
    }

    fn mute_rule(self) -> Result<MuteRule, MuteError> {
        let schedule = self.rule.schedule;
        let alarm_names = self.mute_targets.map(WrittenTargets::names);
        Ok(MuteRule {
            name: self.name,
            schedule: schedule.expression.parse::<MuteSchedule>()?,
            duration: schedule.duration.parse::<MuteDuration>()?,
            timezone: MuteTimeZone::new(schedule.timezone.as_deref())?,
            alarm_names: alarm_names.unwrap_or_default(),
            start_date: self.start_date,
            expire_date: self.expire_date,
        })
    }

    /// Writes a rule in AWS's field names.
    pub(super) fn from_rule(rule: &MuteRule) -> Self {
        Self {
            name: rule.name.clone(),
            rule: WrittenRule {
                schedule: WrittenSchedule::from_rule(rule),
            },
            mute_targets: WrittenTargets::from_names(&rule.alarm_names),
            start_date: rule.start_date,
            expire_date: rule.expire_date,
        }
    }
}

impl WrittenSchedule {
    fn from_rule(rule: &MuteRule) -> Self {
        Self {
            expression: rule.schedule.to_string(),
            duration: rule.duration.to_string(),
            timezone: rule.timezone.name().map(str::to_owned),
        }
    }
}

impl WrittenTargets {
    /// Writes the targets, unless there are none.
    fn from_names(names: &[String]) -> Option<Self> {
        let alarm_names = names.to_vec();
        (!names.is_empty()).then_some(Self { alarm_names })
    }

    /// Returns the names of alarms; a target may be an ARN.
    fn names(self) -> Vec<String> {
        let targets = self.alarm_names.iter();
        targets
            .map(|target| alarm_name(target).to_owned())
            .collect()
    }
}
