//! `backtrail alarm`: replay alarms over samples, without an archive.

use std::error::Error;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::exit::Exit;
use crate::alarm::ReplayOptions;
use crate::alarm::definition::configuration::AlarmState;
use crate::audit::replay::{AlarmReplay, PlaceOverride, check_alarms};
use crate::audit::{Premature, ReplayOutputError};
use crate::job::{DefinitionFiles, read_history, read_samples};
use crate::plan::selection::parse_account;
use crate::render::console::{print, warn};
use crate::render::replay_format::ReplayFormat;
use crate::time::period::TimeRange;
use crate::time::{parse_offset_milliseconds, parse_time};

/// The options of `backtrail alarm`.
#[derive(Args, Debug)]
pub(super) struct AlarmArguments {
    #[command(subcommand)]
    command: AlarmCommand,
}

#[derive(Debug, Subcommand)]
enum AlarmCommand {
    /// Replay alarms over given samples
    Replay(ReplayArguments),
}

#[derive(Args, Debug)]
struct ReplayArguments {
    #[command(flatten)]
    definition: DefinitionFiles,

    /// Samples of the metrics, as CSV or JSON lines:
    /// timestamp,value[,count][,visible_at][,metric]
    #[arg(long, value_name = "FILE")]
    samples: PathBuf,

    /// Start of the replay: RFC 3339, or a date in UTC [default: the first sample]
    #[arg(long, value_name = "TIME", value_parser = parse_time, conflicts_with = "at")]
    from: Option<Timestamp>,

    /// End of the replay [default: when the last sample no longer affects the alarm]
    #[arg(long, value_name = "TIME", value_parser = parse_time, conflicts_with = "at")]
    to: Option<Timestamp>,

    /// Evaluate once, at this moment, from the initial state
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    at: Option<Timestamp>,

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
    check_against: Option<PathBuf>,

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

/// Runs the command.
pub(super) fn run(arguments: &AlarmArguments) -> Result<Exit, Box<dyn Error>> {
    let AlarmCommand::Replay(arguments) = &arguments.command;
    arguments.range().check()?;
    arguments.refuse_contradictions()?;
    let replay = arguments.replay()?;
    warn(&replay.warnings());
    if let Some(now) = arguments.at {
        let evaluated = replay.evaluate_at(now);
        warn(&evaluated.warnings());
        print(|out| evaluated.write_evaluations(arguments.format(), out))?;
    } else if let Some(history) = &arguments.check_against {
        let compared = replay.compare(&read_history(history)?);
        warn(&compared.warnings());
        print(|out| compared.write(arguments.format(), out))?;
    } else {
        arguments.print_changes(&replay)?;
    }
    Ok(Exit::Complete)
}

impl ReplayArguments {
    fn refuse_contradictions(&self) -> Result<(), &'static str> {
        match self.output {
            ReplayFormat::History | ReplayFormat::Notifications if self.at.is_some() => Err(
                "--at evaluates once, which makes no history: leave it out, or print text or json",
            ),
            _ => Ok(()),
        }
    }

    fn format(&self) -> ReplayFormat {
        match self.json {
            true => ReplayFormat::Json,
            false => self.output,
        }
    }

    fn range(&self) -> TimeRange {
        TimeRange {
            start: self.from,
            end: self.to,
        }
    }

    fn options(&self) -> ReplayOptions {
        ReplayOptions {
            initial_state: self.initial_state,
            evaluation_offset_milliseconds: self.evaluation_offset,
            evaluation_range: self.evaluation_range,
            premature_breach: self.premature.into(),
        }
    }

    fn replay(&self) -> Result<AlarmReplay, Box<dyn Error>> {
        let definitions = self.definition.read()?;
        // Before the check, since they say why a definition was left out.
        warn(&definitions.warnings);
        check_alarms(&definitions, &self.definition.files)?;
        Ok(AlarmReplay {
            definitions,
            samples: read_samples(&self.samples)?,
            options: self.options(),
            range: self.range(),
            place: PlaceOverride {
                account: self.account.clone(),
                region: self.region.clone(),
            },
        })
    }

    fn print_changes(&self, replay: &AlarmReplay) -> Result<(), Box<dyn Error>> {
        let replayed = replay
            .run()
            .map_err(|error| format!("{error}: choose a range with --from and --to"))?;
        warn(&replayed.warnings());
        print(|out| replayed.write(self.format(), out)).map_err(|error| match error {
            ReplayOutputError::Place(_) => format!("{error}: give --account and --region").into(),
            other => other.into(),
        })
    }
}
