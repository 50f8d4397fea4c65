//! `backtrail alarm`: replay alarms over samples, without an archive.

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;

use super::exit::Exit;
use super::output;
use crate::alarm::definition::configuration::AlarmState;
use crate::alarm::{PrematureBreach, ReplayOptions};
use crate::audit::replay::{AlarmReplay, PlaceOverride, ReplayedAlarms, read_definitions};
use crate::job::{Definitions, RecordedHistory, read_history, read_samples};
use crate::plan::selection::parse_account;
use crate::render::alarm as render;
use crate::render::comparison as comparison_render;
use crate::text::printable;
use crate::time::period::TimeRange;
use crate::time::{parse_offset_milliseconds, parse_time};

/// The options of `backtrail alarm`.
#[derive(Args, Debug)]
pub struct AlarmArguments {
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
    /// File that defines the alarms, as printed by `aws cloudwatch describe-alarms` or
    /// `aws cloudwatch get-alarm-mute-rule`, a CloudFormation template, or a job file; `-` for
    /// standard input (repeatable)
    #[arg(long, value_name = "FILE", required = true)]
    definition: Vec<PathBuf>,

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
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = ReplayOutput::Text)]
    output: ReplayOutput,

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

/// The output formats of `alarm replay`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ReplayOutput {
    /// Changes of state, for a person
    Text,
    /// One JSON object for each change of state
    Json,
    /// History, as `aws cloudwatch describe-alarm-history` would have printed it
    History,
    /// Notifications that the actions would have received, as a JSON array: each with its SNS
    /// message and its email
    Notifications,
}

/// The values of `--premature`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Premature {
    /// INSUFFICIENT_DATA
    Insufficient,
    /// The state is kept
    Keep,
    /// OK
    Ok,
}

/// Runs the command.
///
/// # Errors
///
/// Returns an error if a file cannot be read, an alarm is wrong or cannot be replayed, or a sample
/// is wrong.
pub fn run(arguments: &AlarmArguments) -> Result<Exit, Box<dyn Error>> {
    match &arguments.command {
        AlarmCommand::Replay(arguments) => arguments.run(),
    }
}

impl ReplayArguments {
    fn run(&self) -> Result<Exit, Box<dyn Error>> {
        self.refuse_contradictions()?;
        let replay = self.replay()?;
        warn_of_unwatched_metrics(&replay);
        if let Some(now) = self.at {
            self.print_evaluations(&replay, now)?;
        } else if let Some(history) = &self.check_against {
            self.print_comparisons(&replay, &read_history(history)?)?;
        } else {
            self.print_changes(&replay)?;
        }
        Ok(Exit::Complete)
    }

    fn refuse_contradictions(&self) -> Result<(), String> {
        if let (Some(from), Some(to)) = (self.from, self.to)
            && from >= to
        {
            return Err(format!(
                "the time range is empty: its start {from} is not before its end {to}"
            ));
        }
        match self.output {
            ReplayOutput::History | ReplayOutput::Notifications if self.at.is_some() => Err(
                "--at evaluates once, which makes no history: leave it out, or print text or json"
                    .into(),
            ),
            _ => Ok(()),
        }
    }

    fn options(&self) -> ReplayOptions {
        ReplayOptions {
            initial_state: self.initial_state,
            evaluation_offset_milliseconds: self.evaluation_offset,
            evaluation_range: self.evaluation_range,
            premature_breach: match self.premature {
                Premature::Insufficient => PrematureBreach::InsufficientData,
                Premature::Keep => PrematureBreach::Keep,
                Premature::Ok => PrematureBreach::Ok,
            },
        }
    }

    fn replay(&self) -> Result<AlarmReplay, Box<dyn Error>> {
        Ok(AlarmReplay {
            definitions: self.definitions()?,
            samples: read_samples(&self.samples)?,
            options: self.options(),
            range: TimeRange {
                start: self.from,
                end: self.to,
            },
            place: PlaceOverride {
                account: self.account.clone(),
                region: self.region.clone(),
            },
        })
    }

    fn definitions(&self) -> Result<Definitions, Box<dyn Error>> {
        let definitions = read_definitions(&self.definition)?;
        output::warn(&definitions.warnings);
        if definitions.alarms.is_empty() && definitions.composites.is_empty() {
            let files = self
                .definition
                .iter()
                .map(|file| file.display().to_string());
            let files: Vec<String> = files.collect();
            return Err(format!("there is no alarm in {}", files.join(", ")).into());
        }
        Ok(definitions)
    }

    fn print_evaluations(&self, replay: &AlarmReplay, now: Timestamp) -> output::Printed {
        let evaluated = replay.evaluate_at(now);
        warn_of_skipped(&evaluated);
        let alarms = &evaluated.alarms;
        self.print_each(
            alarms,
            render::write_evaluation,
            render::write_evaluation_json,
        )
    }

    fn print_comparisons(
        &self,
        replay: &AlarmReplay,
        history: &RecordedHistory,
    ) -> output::Printed {
        warn_of_composites(replay);
        let compared = replay.compare(history);
        for alarm in &compared {
            if let Some(time) = alarm.reconfigured {
                warn_of_reconfiguration(alarm.name, time);
            }
        }
        self.print_each(
            &compared,
            |alarm, out| comparison_render::write(alarm.name, &alarm.comparison, out),
            |alarm, out| comparison_render::write_json(alarm.name, &alarm.comparison, out),
        )
    }

    fn print_changes(&self, replay: &AlarmReplay) -> output::Printed {
        let replayed = replay
            .run()
            .map_err(|error| format!("{error}: choose a range with --from and --to"))?;
        warn_of_skipped(&replayed);
        match self.output {
            ReplayOutput::History => {
                output::print(|out| render::write_history(replayed.history(), out))
            }
            ReplayOutput::Notifications => {
                let notifications = replayed
                    .notifications()
                    .map_err(|error| format!("{error}: give --account and --region"))?;
                output::print(|out| render::write_notifications(&notifications, out))
            }
            ReplayOutput::Text | ReplayOutput::Json => {
                let alarms = &replayed.alarms;
                self.print_each(alarms, render::write_changes, render::write_changes_json)
            }
        }
    }

    /// Prints each of several items, as text or as JSON.
    fn print_each<T>(&self, items: &[T], text: Writer<T>, json: Writer<T>) -> output::Printed {
        let is_json = self.json || self.output == ReplayOutput::Json;
        let write = if is_json { json } else { text };
        output::print(|out| items.iter().try_for_each(|item| write(item, out)))
    }
}

/// A function that writes one item.
type Writer<T> = fn(&T, &mut dyn Write) -> output::Printed;

fn warn_of_unwatched_metrics(replay: &AlarmReplay) {
    for metric in replay.unwatched_metrics() {
        let name = printable(metric);
        output::warn(&[format!(
            "the samples of metric `{name}` are left out: no alarm watches it"
        )]);
    }
}

fn warn_of_composites(replay: &AlarmReplay) {
    for composite in &replay.definitions.composites {
        let name = printable(&composite.alarm.alarm_name);
        output::warn(&[format!(
            "composite alarm `{name}` is not compared, but its children are"
        )]);
    }
}

fn warn_of_skipped(replayed: &ReplayedAlarms<'_>) {
    for (alarm, error) in &replayed.skipped {
        let name = printable(&alarm.alarm_name);
        output::warn(&[format!("composite alarm `{name}` is left out: {error}")]);
    }
}

fn warn_of_reconfiguration(alarm_name: &str, time: Timestamp) {
    let name = printable(alarm_name);
    output::warn(&[format!(
        "alarm `{name}` was reconfigured at {time}; its changes before may follow another \
         definition: compare from then on with --from {time}"
    )]);
}
