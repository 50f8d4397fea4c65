//! `backtrail alarm`: replay alarms over samples, without an archive.

use std::error::Error;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;

use super::exit::Exit;
use super::{arguments, output};
use crate::alarm::comparison::RecordedChange;
use crate::alarm::configuration::AlarmState;
use crate::alarm::history::history;
use crate::alarm::notification::{AlarmPlace, Notification, notifications};
use crate::alarm::{
    AlarmConfiguration, ReplayOptions, ReplayRange, Transition, YoungBreach, compare, evaluate_at, replay,
};
use crate::job::definitions::DefinedAlarm;
use crate::job::{RecordedHistory, read_definitions, read_history, read_samples};
use crate::metric::Series;
use crate::period::timestamp;
use crate::render::{alarm as render, comparison as comparison_render};

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

    /// What to print of each alarm
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = ReplayOutput::Text)]
    output: ReplayOutput,

    /// The same as `--output json`
    #[arg(long, conflicts_with = "output")]
    json: bool,

    /// Compare with what AWS recorded, the output of `aws cloudwatch describe-alarm-history`: how many changes of state
    /// agree, and the first that differs
    #[arg(long, value_name = "FILE", conflicts_with_all = ["at", "initial_state"])]
    check_against: Option<PathBuf>,

    #[command(flatten)]
    place: PlaceArguments,

    #[command(flatten)]
    options: ReplayOptionArguments,
}

/// What `alarm replay` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ReplayOutput {
    /// The transitions, for a person
    Text,
    /// One JSON object for each transition
    Json,
    /// The history, as `aws cloudwatch describe-alarm-history` would have printed it
    History,
    /// The notifications that the actions would have got, as a JSON array: each with its SNS message and its mail
    Notifications,
}

/// Where the alarms stand, which notifications name.
#[derive(Args, Debug)]
struct PlaceArguments {
    /// The account of the alarms, for notifications [default: that of their ARNs]
    #[arg(long, value_name = "ID", value_parser = arguments::account)]
    account: Option<String>,

    /// The region of the alarms, for notifications [default: that of their ARNs]
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
}

impl PlaceArguments {
    /// The place of an alarm: what the user said, then what its ARN says.
    fn place(&self, alarm: &DefinedAlarm) -> Result<AlarmPlace, String> {
        let known = alarm.place.as_ref();
        let account = self.account.clone().or_else(|| known.map(|place| place.account.clone()));
        let region = self.region.clone().or_else(|| known.map(|place| place.region.clone()));
        match (account, region) {
            (Some(account), Some(region)) => Ok(AlarmPlace { account, region }),
            _ => Err(format!(
                "the definition does not say where alarm `{}` stands, and its notifications name it: give --account and \
                 --region",
                alarm.configuration.alarm_name
            )),
        }
    }
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
        self.refuse_contradictions()?;
        let definitions = read_definitions(&self.definition)?;
        output::warn(&definitions.warnings);
        if definitions.alarms.is_empty() {
            return Err(format!("there is no alarm in {}", self.definition.display()).into());
        }
        let series = read_samples(&self.samples)?;
        let alarms = &definitions.alarms;
        match (self.at, &self.check_against) {
            (Some(now), _) => self.print_verdicts(alarms, &series, now)?,
            (None, Some(history)) => self.print_comparisons(alarms, &series, &read_history(history)?)?,
            (None, None) => self.print(&self.replays(alarms, &series))?,
        }
        Ok(Exit::Complete)
    }

    fn output(&self) -> ReplayOutput {
        if self.json { ReplayOutput::Json } else { self.output }
    }

    fn refuse_contradictions(&self) -> Result<(), String> {
        if let (Some(from), Some(to)) = (self.from, self.to)
            && from >= to
        {
            return Err(format!("the time range is empty: its start {from} is not before its end {to}"));
        }
        let is_history = matches!(self.output(), ReplayOutput::History | ReplayOutput::Notifications);
        if self.at.is_some() && is_history {
            return Err(
                "--at evaluates once, which makes no history: leave it out, or print text or json".into()
            );
        }
        Ok(())
    }

    fn print_verdicts(&self, alarms: &[DefinedAlarm], series: &Series, now: Timestamp) -> output::Printed {
        let options = self.options.options();
        output::print(|out| {
            alarms.iter().try_for_each(|DefinedAlarm { configuration: alarm, .. }| {
                let verdict = evaluate_at(alarm, series, now, &options);
                match self.output() {
                    ReplayOutput::Json => render::write_verdict_json(alarm, &verdict, out),
                    _ => Ok(render::write_verdict(alarm, &verdict, out)?),
                }
            })
        })
    }

    fn print_comparisons(
        &self,
        alarms: &[DefinedAlarm],
        series: &Series,
        history: &RecordedHistory,
    ) -> output::Printed {
        let options = self.options.options();
        let is_within = |change: &RecordedChange| {
            self.from.is_none_or(|from| from <= change.time) && self.to.is_none_or(|to| change.time < to)
        };
        output::print(|out| {
            alarms.iter().try_for_each(|DefinedAlarm { configuration: alarm, .. }| {
                let mut recorded = history.changes_of(&alarm.alarm_name);
                recorded.retain(is_within);
                output::warn(&reconfigured(history, &alarm.alarm_name, &recorded));
                let comparison = compare(alarm, series, &recorded, &options);
                match self.output() {
                    ReplayOutput::Json => comparison_render::write_json(&alarm.alarm_name, &comparison, out),
                    _ => Ok(comparison_render::write(&alarm.alarm_name, &comparison, out)?),
                }
            })
        })
    }

    fn replays<'a>(&self, alarms: &'a [DefinedAlarm], series: &Series) -> Vec<Replayed<'a>> {
        let options = self.options.options();
        let replayed = |alarm: &'a DefinedAlarm| Replayed {
            alarm,
            transitions: self.replay(&alarm.configuration, series, &options),
        };
        alarms.iter().map(replayed).collect()
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

    fn print(&self, replays: &[Replayed<'_>]) -> output::Printed {
        match self.output() {
            ReplayOutput::Text => output::print(|out| {
                replays.iter().try_for_each(|replayed| {
                    let Replayed { alarm, transitions } = replayed;
                    Ok(render::write_transitions(&alarm.configuration, transitions, out)?)
                })
            }),
            ReplayOutput::Json => output::print(|out| {
                let mut lines = replays.iter().flat_map(Replayed::changes);
                lines.try_for_each(|(alarm, change)| render::write_transition_json(alarm, change, out))
            }),
            ReplayOutput::History => output::print(|out| {
                let items = replays
                    .iter()
                    .map(|replayed| history(&replayed.alarm.configuration, &replayed.transitions));
                render::write_history(items.flatten().collect(), out)
            }),
            ReplayOutput::Notifications => {
                let notifications = self.notifications(replays)?;
                output::print(|out| render::write_notifications(&notifications, out))
            }
        }
    }

    fn notifications(&self, replays: &[Replayed<'_>]) -> Result<Vec<Notification>, String> {
        let mut found = Vec::new();
        for Replayed { alarm, transitions } in replays {
            let place = self.place.place(alarm)?;
            found.extend(notifications(&alarm.configuration, transitions, &place));
        }
        found.sort_by(|a, b| a.timestamp.cmp(&b.timestamp));
        Ok(found)
    }
}

/// What an alarm did.
struct Replayed<'a> {
    alarm: &'a DefinedAlarm,
    transitions: Vec<Transition>,
}

impl Replayed<'_> {
    fn changes(&self) -> impl Iterator<Item = (&AlarmConfiguration, &Transition)> {
        self.transitions.iter().map(|transition| (&self.alarm.configuration, transition))
    }
}

/// Says when an alarm was reconfigured amid its changes: it followed another definition before.
fn reconfigured(history: &RecordedHistory, alarm_name: &str, recorded: &[RecordedChange]) -> Vec<String> {
    let (Some(first), Some(last)) = (recorded.first(), recorded.last()) else { return Vec::new() };
    let own = history.configured.iter().filter(|(name, _)| name == alarm_name);
    let amid = own.map(|(_, time)| time).filter(|time| (first.time..=last.time).contains(time));
    let warning = |time| {
        format!(
            "alarm `{alarm_name}` was reconfigured at {time}; what it did before may follow another definition: compare from \
             then on with --from {time}"
        )
    };
    amid.max().map(warning).into_iter().collect()
}
