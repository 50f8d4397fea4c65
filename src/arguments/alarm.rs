//! The arguments of `backtrail alarm`.

use std::error::Error;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::values::premature::Premature;
use crate::alarm::ReplayOptions;
use crate::alarm::definition::configuration::AlarmState;
use crate::audit::replay::PlaceOverride;
use crate::audit::{Definitions, JobError, TemplateParameters, read_all_definitions};
use crate::plan::selection::parse_account;
use crate::render::replay_format::ReplayFormat;
use crate::time::period::TimeRange;
use crate::time::{parse_offset_milliseconds, parse_time};

/// The commands of `backtrail alarm`.
#[derive(Debug, Subcommand)]
pub(crate) enum AlarmCommand {
    /// Replay alarms over given samples
    Replay(ReplayArguments),
}

/// The options of `backtrail alarm replay`.
#[derive(Args, Debug)]
pub(crate) struct ReplayArguments {
    #[command(flatten)]
    pub(crate) definition: DefinitionArguments,

    /// Samples of the metrics, as CSV or JSON lines:
    /// timestamp,value[,count][,visible_at][,metric]
    #[arg(long, value_name = "FILE")]
    pub(crate) samples: PathBuf,

    /// Start of the replay: RFC 3339, or a date in UTC [default: the first sample]
    #[arg(long, value_name = "TIME", value_parser = parse_time, conflicts_with = "at")]
    from: Option<Timestamp>,

    /// End of the replay [default: when the last sample no longer affects the alarm]
    #[arg(long, value_name = "TIME", value_parser = parse_time, conflicts_with = "at")]
    to: Option<Timestamp>,

    /// Evaluate once, at this moment, from the initial state
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) at: Option<Timestamp>,

    /// Output format
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = ReplayFormat::Text)]
    output: ReplayFormat,

    /// Same as `--output json`
    #[arg(long, conflicts_with = "output")]
    json: bool,

    /// Compare with the history that AWS recorded, as printed by
    /// `aws cloudwatch describe-alarm-history`: the changes of state that agree, and the first
    /// difference
    #[arg(long, value_name = "FILE", conflicts_with_all = ["at", "initial_state"])]
    pub(crate) check_against: Option<PathBuf>,

    /// Account of the alarms, for notifications [default: that of their ARNs]
    #[arg(long, value_name = "ID", value_parser = parse_account)]
    account: Option<String>,

    /// Region of the alarms, for notifications [default: that of their ARNs]
    #[arg(long, value_name = "REGION")]
    region: Option<String>,

    /// State before the first evaluation: OK, ALARM or INSUFFICIENT_DATA
    #[arg(long, value_name = "STATE", default_value_t = AlarmState::InsufficientData)]
    initial_state: AlarmState,

    /// Delay of each evaluation after the full minute, in seconds [default: 30; 0 for evaluations
    /// every ten seconds, 180 for evaluations every hour]
    #[arg(long, alias = "phase", value_name = "SECONDS", value_parser = parse_offset_milliseconds)]
    evaluation_offset: Option<i64>,

    /// Number of datapoints fetched for one evaluation [default: N, and the extra datapoints that
    /// AWS's documents and recorded histories imply]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    evaluation_range: Option<u32>,

    /// State after a premature breach with missing data treated as `missing`: all datapoints
    /// breach, fewer than M exist, and the oldest is less than M periods old
    #[arg(
        long,
        alias = "young-breach",
        value_name = "STATE",
        value_enum,
        default_value_t = Premature::Insufficient
    )]
    premature: Premature,
}

impl ReplayArguments {
    /// Checks that the options fit together.
    ///
    /// # Errors
    ///
    /// Returns an error if they do not, or the range is empty.
    pub(crate) fn check(&self) -> Result<(), Box<dyn Error>> {
        self.range().check()?;
        match self.output {
            ReplayFormat::History | ReplayFormat::Notifications if self.at.is_some() => Err(
                "--at evaluates once, which makes no history: leave it out, or print text or json"
                    .into(),
            ),
            _ => Ok(()),
        }
    }

    /// Returns the format of the output.
    pub(crate) fn format(&self) -> ReplayFormat {
        match self.json {
            true => ReplayFormat::Json,
            false => self.output,
        }
    }

    /// Returns the range of the replay.
    pub(crate) fn range(&self) -> TimeRange {
        TimeRange {
            start: self.from,
            end: self.to,
        }
    }

    /// Returns the place of the alarms, as far as it is given.
    pub(crate) fn place(&self) -> PlaceOverride {
        PlaceOverride {
            account: self.account.clone(),
            region: self.region.clone(),
        }
    }

    /// Returns the options of the replay.
    pub(crate) fn options(&self) -> ReplayOptions {
        ReplayOptions {
            initial_state: self.initial_state,
            evaluation_offset_milliseconds: self.evaluation_offset,
            evaluation_range: self.evaluation_range,
            premature_breach: self.premature.into(),
        }
    }
}

/// Files that define alarms, and values for the templates among them.
#[derive(Args, Debug)]
pub(crate) struct DefinitionArguments {
    /// File that defines the alarms, as printed by `aws cloudwatch describe-alarms` or
    /// `aws cloudwatch get-alarm-mute-rule`, a CloudFormation template, the output of `terraform
    /// show -json`, or a job file; `-` for standard input (repeatable)
    #[arg(
        id = "definition",
        long = "definition",
        value_name = "FILE",
        required = true
    )]
    pub(crate) files: Vec<PathBuf>,

    #[command(flatten)]
    parameters: TemplateParameters,
}

impl DefinitionArguments {
    /// Reads the definitions.
    ///
    /// # Errors
    ///
    /// Those of [`read_all_definitions`].
    pub(crate) fn read(&self) -> Result<Definitions, JobError> {
        read_all_definitions(&self.files, &self.parameters)
    }
}
