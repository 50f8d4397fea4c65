//! The options of an export.

use clap::{Args, ValueEnum};

use super::email_address::EmailAddress;
use super::error::ExportError;
use super::log_group::{InvalidLogGroupName, LogGroupName};
use crate::alarm::definition::configuration::TreatMissingData;
use crate::alarm::{AlarmConfiguration, Watched};
use crate::job::log_group::has_placeholder;
use crate::metric::Statistic;
use crate::metric::period::parse_period_seconds;
use crate::plan::sweep::MOutOfN;

/// The format of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// A template of CloudFormation, in YAML
    Cloudformation,
    /// A configuration of Terraform in its JSON syntax, for a file named *.tf.json
    Terraform,
    /// A shell script that calls the AWS CLI
    AwsCli,
}

/// The options of an export.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Output")]
pub struct ExportOptions {
    /// Format of the output
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: ExportFormat,

    /// The log group that the trail delivers to. By default, it is that of the metric filter, and
    /// without one, it is set on deployment.
    #[arg(skip)]
    pub log_group: Option<LogGroupName>,

    /// Address that receives the notifications of the alarms without actions (repeatable)
    #[arg(long, value_name = "ADDRESS")]
    pub email: Vec<EmailAddress>,

    /// The changes to the alarms.
    #[command(flatten)]
    pub changes: AlarmChanges,
}

/// The changes to alarms. What is not given stays as it is.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Alarm")]
pub struct AlarmChanges {
    /// Threshold of the alarms [default: that of the rule or job]
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub threshold: Option<f64>,

    /// Period of the alarms, in seconds [default: that of the rule or job]
    #[arg(long, value_name = "SECONDS", value_parser = parse_period_seconds)]
    pub period: Option<u32>,

    /// M of N datapoints, as M/N [default: those of the rule or job]
    #[arg(long, value_name = "M/N")]
    pub datapoints: Option<MOutOfN>,

    /// Statistic of the alarms: Sum, SampleCount, Maximum, p90, … [default: that of the rule or
    /// job]
    #[arg(long, value_name = "STATISTIC")]
    pub statistic: Option<Statistic>,

    /// Treatment of missing data: missing, ignore, breaching, notBreaching [default: that of the
    /// rule or job]
    #[arg(long, value_name = "TREATMENT")]
    pub treat_missing_data: Option<TreatMissingData>,
}

impl AlarmChanges {
    /// Returns the alarm with the changes.
    ///
    /// # Errors
    ///
    /// Returns an error if AWS would refuse the changed alarm.
    pub fn changed(&self, alarm: &AlarmConfiguration) -> Result<AlarmConfiguration, ExportError> {
        let mut changed = alarm.clone();
        self.change_datapoints(&mut changed);
        if let Some(statistic) = self.statistic {
            set_statistic(&mut changed, statistic)?;
        }
        validated(changed)
    }

    fn change_datapoints(&self, alarm: &mut AlarmConfiguration) {
        alarm.threshold = self.threshold.unwrap_or(alarm.threshold);
        alarm.period_seconds = self.period.unwrap_or(alarm.period_seconds);
        let treatment = self.treat_missing_data;
        alarm.treat_missing_data = treatment.unwrap_or(alarm.treat_missing_data);
        if let Some(datapoints) = self.datapoints {
            alarm.evaluation_periods = datapoints.evaluation_periods;
            alarm.datapoints_to_alarm = Some(datapoints.datapoints_to_alarm);
        }
    }
}

// Only the changed alarm as a whole can be checked, since AWS limits the period and the number of
// periods together.
fn validated(alarm: AlarmConfiguration) -> Result<AlarmConfiguration, ExportError> {
    match alarm.validate() {
        Ok(()) => Ok(alarm),
        Err(error) => Err(ExportError::Alarm {
            name: alarm.alarm_name,
            error,
        }),
    }
}

fn set_statistic(alarm: &mut AlarmConfiguration, statistic: Statistic) -> Result<(), ExportError> {
    match &mut alarm.watched {
        Watched::Metric(stat) => {
            stat.statistic = statistic;
            Ok(())
        }
        Watched::Math(_) => Err(ExportError::StatisticOfMath(alarm.alarm_name.clone())),
    }
}

/// The reason for which names of log groups are not that of the one to deploy to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeploymentError {
    /// The name is invalid.
    #[error(transparent)]
    Name(#[from] InvalidLogGroupName),
    /// There are several.
    #[error("an export is for one log group; give --log-group once")]
    Several,
}

impl ExportOptions {
    /// Returns the options with the log group of this name, if there is one.
    ///
    /// # Errors
    ///
    /// Returns an error if there are several names, or the name is invalid.
    pub fn in_log_group(self, names: &[String]) -> Result<Self, DeploymentError> {
        let log_group = match names {
            [] => None,
            // A placeholder is a parameter of the export again.
            [name] if has_placeholder(name) => None,
            [name] => Some(name.parse()?),
            _ => return Err(DeploymentError::Several),
        };
        Ok(Self { log_group, ..self })
    }
}
