//! Composite alarms as AWS writes them.

use serde::{Deserialize, Serialize};

use super::fault::{Fault, FaultPlace};
use super::fields::{define_actions, written_enabled};
use super::name;
use crate::alarm::definition::alarm_rule::{AlarmRule, AlarmRuleError};
use crate::alarm::definition::composite::{CompositeAlarm, Suppressor};
use crate::alarm::definition::configuration::AlarmState;
use crate::alarm::definition::place::{AlarmPlace, alarm_name};

/// A composite alarm that a file defines.
#[derive(Clone, Debug, PartialEq)]
pub struct DefinedComposite {
    /// The alarm.
    pub alarm: CompositeAlarm,
    /// The account and region of the alarm, if the file says.
    pub place: Option<AlarmPlace>,
}

/// A composite alarm as AWS writes it (API, `PutCompositeAlarm` and `DescribeAlarms`).
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct WrittenComposite {
    alarm_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    alarm_description: Option<String>,
    alarm_rule: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    actions_enabled: Option<bool>,
    #[serde(rename = "OKActions", default, skip_serializing_if = "Vec::is_empty")]
    ok_actions: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    alarm_actions: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    insufficient_data_actions: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actions_suppressor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actions_suppressor_wait_period: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actions_suppressor_extension_period: Option<u32>,
    #[serde(skip_serializing)]
    alarm_arn: Option<String>,
    // Read so that it is not reported as unknown: a composite alarm has the state that its rule
    // gives.
    #[serde(rename = "StateValue", default, with = "name", skip_serializing)]
    _state_value: Option<AlarmState>,
}

impl WrittenComposite {
    /// Checks the definition and converts it.
    pub(super) fn define(self) -> Result<DefinedComposite, Fault> {
        let name = FaultPlace::CompositeAlarm(self.alarm_name.clone());
        let place = self.alarm_arn.as_deref().and_then(AlarmPlace::from_arn);
        let alarm = self.alarm().map_err(|fault| fault.at(name))?;
        Ok(DefinedComposite { alarm, place })
    }

    fn alarm(self) -> Result<CompositeAlarm, Fault> {
        let suppressor = self.suppressor()?;
        let rule = self.rule();
        let actions = define_actions(
            self.actions_enabled,
            self.ok_actions,
            self.alarm_actions,
            self.insufficient_data_actions,
        );
        actions.validate().map_err(|error| error.to_string())?;
        Ok(CompositeAlarm {
            rule: rule?,
            alarm_name: self.alarm_name,
            alarm_description: self.alarm_description,
            actions,
            suppressor,
        })
    }

    fn rule(&self) -> Result<AlarmRule, AlarmRuleError> {
        self.alarm_rule.parse()
    }

    /// Returns the suppressor, which needs both of its periods (API, `PutCompositeAlarm`).
    fn suppressor(&self) -> Result<Option<Suppressor>, String> {
        let Some(suppressor) = &self.actions_suppressor else {
            return Ok(None);
        };
        Ok(Some(Suppressor {
            alarm_name: alarm_name(suppressor).to_owned(),
            wait_seconds: suppressor_period(
                self.actions_suppressor_wait_period,
                "ActionsSuppressorWaitPeriod",
            )?,
            extension_seconds: suppressor_period(
                self.actions_suppressor_extension_period,
                "ActionsSuppressorExtensionPeriod",
            )?,
        }))
    }

    /// Writes an alarm in AWS's field names. Fields that have the defaults of AWS are left out.
    pub(super) fn from_alarm(alarm: &CompositeAlarm) -> Self {
        let suppressor = alarm.suppressor.as_ref();
        let period = |period: fn(&Suppressor) -> u32| suppressor.map(period);
        Self {
            alarm_name: alarm.alarm_name.clone(),
            alarm_description: alarm.alarm_description.clone(),
            alarm_rule: alarm.rule.text().to_owned(),
            actions_enabled: written_enabled(&alarm.actions),
            ok_actions: alarm.actions.ok.clone(),
            alarm_actions: alarm.actions.alarm.clone(),
            insufficient_data_actions: alarm.actions.insufficient_data.clone(),
            actions_suppressor: suppressor.map(|suppressor| suppressor.alarm_name.clone()),
            actions_suppressor_wait_period: period(|suppressor| suppressor.wait_seconds),
            actions_suppressor_extension_period: period(|suppressor| suppressor.extension_seconds),
            alarm_arn: None,
            _state_value: None,
        }
    }
}

fn suppressor_period(period: Option<u32>, field: &str) -> Result<u32, String> {
    period.ok_or_else(|| format!("with `ActionsSuppressor`, the field `{field}` is needed"))
}
