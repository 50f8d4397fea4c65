//! `backtrail alarm`: replay alarms over samples, without an archive.

use std::error::Error;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;

use super::exit::Exit;
use super::{arguments, output};
use crate::alarm::configuration::AlarmState;
use crate::alarm::{
    AlarmConfiguration, ReplayOptions, ReplayRange, Transition, YoungBreach, evaluate_at, replay,
};
use crate::job::{read_definitions, read_samples};
use crate::metric::Series;
use crate::period::timestamp;
use crate::render::alarm as render;

/// The options of `backtrail alarm`.
#[derive(Args, Debug)]
pub struct AlarmArguments {
    #[command(subcommand)]
    command: AlarmCommand,
}

#[derive(Debug, Subcommand)]
enum AlarmCommand {
    /// Say what alarms would have done over given samples
    Replay(ReplayArguments),
}

#[derive(Args, Debug)]
struct ReplayArguments {
    /// The alarms: what `aws cloudwatch describe-alarms` prints, or a job file; `-` for standard input
    #[arg(long, value_name = "FILE")]
    definition: PathBuf,

    /// The samples of the metric, as CSV or as JSON lines: timestamp,value[,count][,visible_at]
    #[arg(long, value_name = "FILE")]
    samples: PathBuf,

    /// When the replay begins: RFC 3339, or a date in UTC [default: at the first sample]
    #[arg(long, value_name = "TIME", value_parser = arguments::moment, conflicts_with = "at")]
    from: Option<Timestamp>,

    /// When the replay ends [default: when the alarm has forgotten the last sample]
    #[arg(long, value_name = "TIME", value_parser = arguments::moment, conflicts_with = "at")]
    to: Option<Timestamp>,

    /// Evaluate once, at this moment, from the initial state
    #[arg(long, value_name = "TIME", value_parser = arguments::moment)]
    at: Option<Timestamp>,

    /// Print one JSON object for each transition
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    options: ReplayOptionArguments,
}

/// The options where AWS is silent, or an alarm has a past.
#[derive(Args, Debug)]
pub struct ReplayOptionArguments {
    /// The state before the first evaluation: OK, ALARM or INSUFFICIENT_DATA
    #[arg(long, value_name = "STATE", default_value_t = AlarmState::InsufficientData)]
    initial_state: AlarmState,

    /// How long after a step of the clock each evaluation runs, in seconds [default: 30, or 0 where the steps are ten
    /// seconds apart]
    #[arg(long, value_name = "SECONDS", value_parser = arguments::milliseconds)]
    phase: Option<i64>,

    /// How many datapoints are fetched for one evaluation [default: N, and what documents and records imply]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    evaluation_range: Option<u32>,

    /// What `missing` makes of a breach that is younger than M datapoints, where nothing else is known
    #[arg(long, value_name = "STATE", value_enum, default_value_t = Young::Insufficient)]
    young_breach: Young,
}

/// The choices of `--young-breach`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Young {
    /// INSUFFICIENT_DATA
    Insufficient,
    /// The state is kept
    Keep,
    /// OK
    Ok,
}

impl ReplayOptionArguments {
    /// The options as the replay takes them.
    pub fn options(&self) -> ReplayOptions {
        ReplayOptions {
            initial_state: self.initial_state,
            phase_milliseconds: self.phase,
            evaluation_range: self.evaluation_range,
            young_breach: match self.young_breach {
                Young::Insufficient => YoungBreach::InsufficientData,
                Young::Keep => YoungBreach::Keep,
                Young::Ok => YoungBreach::Ok,
            },
        }
    }
}

/// Runs the command.
///
/// # Errors
///
/// When a file cannot be read, an alarm is wrong or cannot be replayed, or a sample is wrong.
pub fn run(arguments: &AlarmArguments) -> Result<Exit, Box<dyn Error>> {
    match &arguments.command {
        AlarmCommand::Replay(arguments) => arguments.run(),
    }
}

impl ReplayArguments {
    fn run(&self) -> Result<Exit, Box<dyn Error>> {
        if let (Some(from), Some(to)) = (self.from, self.to)
            && from >= to
        {
            return Err(
                format!("the time range is empty: its start {from} is not before its end {to}").into()
            );
        }
        let definitions = read_definitions(&self.definition)?;
        output::warn(&definitions.warnings);
        if definitions.alarms.is_empty() {
            return Err(format!("there is no alarm in {}", self.definition.display()).into());
        }
        let series = read_samples(&self.samples)?;
        let options = self.options.options();
        for alarm in &definitions.alarms {
            let alarm = &alarm.configuration;
            match self.at {
                Some(now) => {
                    let verdict = evaluate_at(alarm, &series, now, &options);
                    output::print(|out| match self.json {
                        true => render::write_verdict_json(alarm, &verdict, out),
                        false => Ok(render::write_verdict(alarm, &verdict, out)?),
                    })?;
                }
                None => self.print(alarm, &self.replay(alarm, &series, &options))?,
            }
        }
        Ok(Exit::Complete)
    }

    fn replay(
        &self,
        alarm: &AlarmConfiguration,
        series: &Series,
        options: &ReplayOptions,
    ) -> Vec<Transition> {
        let samples = series.samples();
        let first = samples.first().map(|sample| sample.timestamp);
        let last = samples.iter().map(|sample| sample.timestamp.max(sample.visible_at)).max();
        let memory_seconds = alarm.memory_seconds_of(options.evaluation_range);
        let forgotten = |last: Timestamp| timestamp(last.as_second().saturating_add(memory_seconds + 60));
        let (Some(start), Some(end)) = (self.from.or(first), self.to.or(last.map(forgotten))) else {
            return Vec::new();
        };
        replay(alarm, series, ReplayRange { start, end }, options)
    }

    fn print(&self, alarm: &AlarmConfiguration, transitions: &[Transition]) -> output::Printed {
        output::print(|out| match self.json {
            true => {
                transitions.iter().try_for_each(|change| render::write_transition_json(alarm, change, out))
            }
            false => Ok(render::write_transitions(alarm, transitions, out)?),
        })
    }
}
