//! `backtrail alarm`: replay alarms over samples, without an archive.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;

use super::exit::Exit;
use super::{arguments, output};
use crate::alarm::aws::history::{HistoryItem, composite_history, history};
use crate::alarm::aws::notification::{Notification, composite_notifications, notifications};
use crate::alarm::definition::composite::{
    CompositeAlarm, CompositeTransition, StateChange, Timeline, replay_composites,
};
use crate::alarm::definition::configuration::AlarmState;
use crate::alarm::definition::mute::MuteRule;
use crate::alarm::definition::place::AlarmPlace;
use crate::alarm::replay::comparison::RecordedChange;
use crate::alarm::{
    AlarmConfiguration, PrematureBreach, ReplayOptions, ReplayRange, Restraints, Transition,
    Verdict, compare, evaluate_at, replay,
};
use crate::job::{
    DefinedAlarm, DefinedComposite, Definitions, RecordedHistory, Samples, read_definitions,
    read_history, read_samples,
};
use crate::metric::{MetricStat, Series};
use crate::render::alarm::{self as render, Change};
use crate::render::comparison as comparison_render;
use crate::time::period::timestamp;

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
    /// The alarms: what `aws cloudwatch describe-alarms` prints, a CloudFormation template, or a
    /// job file; `-` for standard input. Mute rules, as `aws cloudwatch get-alarm-mute-rule` prints
    /// them, may be added; may be given several times
    #[arg(long, value_name = "FILE", required = true)]
    definition: Vec<PathBuf>,

    /// The samples of the metrics, as CSV or as JSON lines:
    /// timestamp,value[,count][,visible_at][,metric]
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

    /// Compare with what AWS recorded, the output of `aws cloudwatch describe-alarm-history`: how
    /// many changes of state agree, and the first that differs
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
    /// The notifications that the actions would have got, as a JSON array: each with its SNS
    /// message and its mail
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
    fn known(&self, defined: Option<&AlarmPlace>) -> Option<AlarmPlace> {
        let account = self
            .account
            .clone()
            .or_else(|| defined.map(|place| place.account.clone()));
        let region = self
            .region
            .clone()
            .or_else(|| defined.map(|place| place.region.clone()));
        Some(AlarmPlace {
            account: account?,
            region: region?,
        })
    }

    fn needed(&self, alarm_name: &str, defined: Option<&AlarmPlace>) -> Result<AlarmPlace, String> {
        self.known(defined).ok_or_else(|| {
            format!(
                "the definition does not say where alarm `{alarm_name}` stands, and its notifications name it: give \
                 --account and --region"
            )
        })
    }
}

/// The options where AWS is silent, or an alarm has a past.
#[derive(Args, Debug)]
pub struct ReplayOptionArguments {
    /// The state before the first evaluation: OK, ALARM or INSUFFICIENT_DATA
    #[arg(long, value_name = "STATE", default_value_t = AlarmState::InsufficientData)]
    initial_state: AlarmState,

    /// Delay of each evaluation after the full minute, in seconds [default: 30; 0 for evaluations
    /// every ten seconds, 180 for evaluations every hour]
    #[arg(long, alias = "phase", value_name = "SECONDS", value_parser = arguments::milliseconds)]
    evaluation_offset: Option<i64>,

    /// How many datapoints are fetched for one evaluation [default: N, and what documents and
    /// records imply]
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

impl ReplayOptionArguments {
    /// The options as the replay takes them.
    pub fn options(&self) -> ReplayOptions {
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
        let definitions = self.definitions()?;
        let samples = read_samples(&self.samples)?;
        output::warn(&without_metric(&definitions, &samples));
        match (self.at, &self.check_against) {
            (Some(now), _) => self.print_verdicts(&definitions, &samples, now)?,
            (None, Some(history)) => {
                self.print_comparisons(&definitions, &samples, &read_history(history)?)?
            }
            (None, None) => self.print(&self.replays(&definitions, &samples)?)?,
        }
        Ok(Exit::Complete)
    }

    fn definitions(&self) -> Result<Definitions, Box<dyn Error>> {
        let mut definitions = Definitions::default();
        for file in &self.definition {
            definitions.extend(read_definitions(file)?);
        }
        output::warn(&definitions.warnings);
        if definitions.alarms.is_empty() && definitions.composites.is_empty() {
            let files: Vec<String> = self
                .definition
                .iter()
                .map(|file| file.display().to_string())
                .collect();
            return Err(format!("there is no alarm in {}", files.join(", ")).into());
        }
        Ok(definitions)
    }

    fn output(&self) -> ReplayOutput {
        if self.json {
            ReplayOutput::Json
        } else {
            self.output
        }
    }

    fn refuse_contradictions(&self) -> Result<(), String> {
        if let (Some(from), Some(to)) = (self.from, self.to)
            && from >= to
        {
            return Err(format!(
                "the time range is empty: its start {from} is not before its end {to}"
            ));
        }
        let is_history = matches!(
            self.output(),
            ReplayOutput::History | ReplayOutput::Notifications
        );
        if self.at.is_some() && is_history {
            return Err(
                "--at evaluates once, which makes no history: leave it out, or print text or json"
                    .into(),
            );
        }
        Ok(())
    }

    fn print_verdicts(
        &self,
        definitions: &Definitions,
        samples: &Samples,
        now: Timestamp,
    ) -> output::Printed {
        let options = self.options.options();
        let metric = definitions.alarms.iter().map(|alarm| {
            let configuration = &alarm.configuration;
            let observed = observed(configuration, samples);
            (
                configuration.alarm_name.as_str(),
                evaluate_at(configuration, &observed[..], now, &options),
            )
        });
        let mut verdicts: Vec<(&str, Verdict)> = metric.collect();
        let timeline = |(name, verdict): &(&str, Verdict)| {
            let changes = vec![StateChange {
                time: now,
                state: verdict.state,
            }];
            (
                (*name).to_owned(),
                Timeline {
                    initial_state: options.initial_state,
                    changes,
                },
            )
        };
        let mut timelines = verdicts.iter().map(timeline).collect();
        let composites =
            replayed_composites(definitions, &mut timelines, now, options.initial_state);
        verdicts.extend(composites.iter().map(|(defined, transitions)| {
            let place = self.place.known(defined.place.as_ref());
            let reason = transitions
                .last()
                .map(|change| change.reason(&defined.alarm, place.as_ref()));
            let state = transitions
                .last()
                .map_or(options.initial_state, |change| change.state);
            let verdict = Verdict {
                time: now,
                state,
                reason: reason.unwrap_or_default(),
                ..Verdict::default()
            };
            (defined.alarm.alarm_name.as_str(), verdict)
        }));
        output::print(|out| {
            verdicts
                .iter()
                .try_for_each(|(alarm_name, verdict)| match self.output() {
                    ReplayOutput::Json => render::write_verdict_json(alarm_name, verdict, out),
                    _ => Ok(render::write_verdict(alarm_name, verdict, out)?),
                })
        })
    }

    fn print_comparisons(
        &self,
        definitions: &Definitions,
        samples: &Samples,
        history: &RecordedHistory,
    ) -> output::Printed {
        let composites = definitions.composites.iter();
        let left_out = |composite: &DefinedComposite| {
            format!(
                "composite alarm `{}` is not compared: its children are",
                composite.alarm.alarm_name
            )
        };
        output::warn(&composites.map(left_out).collect::<Vec<_>>());
        let options = self.options.options();
        let is_within = |change: &RecordedChange| {
            self.from.is_none_or(|from| from <= change.time)
                && self.to.is_none_or(|to| change.time < to)
        };
        output::print(|out| {
            definitions.alarms.iter().try_for_each(
                |DefinedAlarm {
                     configuration: alarm,
                     ..
                 }| {
                    let mut recorded = history.changes_of(&alarm.alarm_name);
                    recorded.retain(is_within);
                    output::warn(&reconfigured(history, &alarm.alarm_name, &recorded));
                    let comparison =
                        compare(alarm, &observed(alarm, samples)[..], &recorded, &options);
                    match self.output() {
                        ReplayOutput::Json => {
                            comparison_render::write_json(&alarm.alarm_name, &comparison, out)
                        }
                        _ => Ok(comparison_render::write(
                            &alarm.alarm_name,
                            &comparison,
                            out,
                        )?),
                    }
                },
            )
        })
    }

    fn replays<'a>(
        &self,
        definitions: &'a Definitions,
        samples: &Samples,
    ) -> Result<Replays<'a>, String> {
        let options = self.options.options();
        let all = samples.all();
        let mut replays = Replays {
            mute_rules: &definitions.mute_rules,
            ..Replays::default()
        };
        for alarm in &definitions.alarms {
            let observed = observed(&alarm.configuration, samples);
            let range = self.range(&alarm.configuration, &all, &options);
            range.map_or(Ok(()), |range| refuse_endless(&alarm.configuration, range))?;
            let transitions = range.map_or_else(Vec::new, |range| {
                replay(&alarm.configuration, &observed[..], range, &options)
            });
            let changes = transitions.iter().map(Transition::change).collect();
            let timeline = Timeline {
                initial_state: options.initial_state,
                changes,
            };
            replays
                .timelines
                .insert(alarm.configuration.alarm_name.clone(), timeline);
            replays.metric.push((alarm, transitions));
        }
        let first = all.samples().first().map(|sample| sample.timestamp);
        if let Some(start) = self.from.or(first) {
            replays.composite = replayed_composites(
                definitions,
                &mut replays.timelines,
                start,
                options.initial_state,
            );
        }
        Ok(replays)
    }

    /// The stretch that an alarm is replayed over: from the first sample until it has forgotten the
    /// last one.
    fn range(
        &self,
        alarm: &AlarmConfiguration,
        series: &Series,
        options: &ReplayOptions,
    ) -> Option<ReplayRange> {
        let samples = series.samples();
        let first = samples.first().map(|sample| sample.timestamp);
        let last = samples
            .iter()
            .map(|sample| sample.timestamp.max(sample.visible_at))
            .max();
        let memory_seconds = alarm.memory_seconds_of(options.evaluation_range);
        let forgotten =
            |last: Timestamp| timestamp(last.as_second().saturating_add(memory_seconds + 60));
        Some(ReplayRange {
            start: self.from.or(first)?,
            end: self.to.or(last.map(forgotten))?,
        })
    }

    fn print(&self, replays: &Replays<'_>) -> output::Printed {
        match self.output() {
            ReplayOutput::Text => output::print(|out| {
                replays
                    .changes(&self.place)
                    .iter()
                    .try_for_each(|(alarm_name, changes)| {
                        Ok(render::write_changes(alarm_name, changes, out)?)
                    })
            }),
            ReplayOutput::Json => output::print(|out| {
                let alarms = replays.changes(&self.place);
                let mut changes = alarms
                    .iter()
                    .flat_map(|(name, changes)| changes.iter().map(move |change| (name, change)));
                changes.try_for_each(|(name, change)| render::write_change_json(name, change, out))
            }),
            ReplayOutput::History => {
                output::print(|out| render::write_history(replays.history(&self.place), out))
            }
            ReplayOutput::Notifications => {
                let notifications = replays.notifications(&self.place)?;
                output::print(|out| render::write_notifications(&notifications, out))
            }
        }
    }
}

/// The longest stretch in which every evaluation is computed, in years.
const PLAIN_LIMIT_YEARS: i64 = 100;

const YEAR_SECONDS: i64 = 366 * 86_400;

/// An alarm whose expression asks for the time is computed at every step, which has to come to an
/// end.
fn refuse_endless(alarm: &AlarmConfiguration, range: ReplayRange) -> Result<(), String> {
    let seconds = range.end.as_second() - range.start.as_second();
    if !alarm.watched.depends_on_time() || seconds < PLAIN_LIMIT_YEARS * YEAR_SECONDS {
        return Ok(());
    }
    Err(format!(
        "alarm `{}` computes with the time, so that each of its evaluations is replayed; {PLAIN_LIMIT_YEARS} years are too \
         long for that: choose a stretch with --from and --to",
        alarm.alarm_name
    ))
}

/// The samples of the metrics of an alarm, in its order.
fn observed(alarm: &AlarmConfiguration, samples: &Samples) -> Vec<Series> {
    alarm
        .watched
        .metrics()
        .iter()
        .map(|stat| samples.for_metric(&stat.metric))
        .collect()
}

/// Says which samples no alarm sees.
fn without_metric(definitions: &Definitions, samples: &Samples) -> Vec<String> {
    let alarms = definitions.alarms.iter();
    let metrics: Vec<&MetricStat> = alarms
        .flat_map(|alarm| alarm.configuration.watched.metrics())
        .collect();
    let unknown = samples.without_metric(metrics.iter().map(|stat| &stat.metric));
    let warning =
        |name: &str| format!("the samples of metric `{name}` are left out: no alarm watches it");
    unknown.into_iter().map(warning).collect()
}

/// Replays the composite alarms; those that cannot be are left out with a warning.
fn replayed_composites<'a>(
    definitions: &'a Definitions,
    timelines: &mut BTreeMap<String, Timeline>,
    start: Timestamp,
    initial_state: AlarmState,
) -> Vec<(&'a DefinedComposite, Vec<CompositeTransition>)> {
    let alarms: Vec<CompositeAlarm> = definitions
        .composites
        .iter()
        .map(|composite| composite.alarm.clone())
        .collect();
    let histories = replay_composites(&alarms, timelines, start, initial_state);
    let mut replayed = Vec::new();
    for (composite, history) in definitions.composites.iter().zip(histories) {
        match history {
            Ok(transitions) => replayed.push((composite, transitions)),
            Err(error) => {
                let name = &composite.alarm.alarm_name;
                output::warn(&[format!("composite alarm `{name}` is left out: {error}")]);
            }
        }
    }
    replayed
}

/// What the alarms did.
#[derive(Default)]
struct Replays<'a> {
    metric: Vec<(&'a DefinedAlarm, Vec<Transition>)>,
    composite: Vec<(&'a DefinedComposite, Vec<CompositeTransition>)>,
    /// The states of all of them, by their names.
    timelines: BTreeMap<String, Timeline>,
    mute_rules: &'a [MuteRule],
}

impl Replays<'_> {
    /// The changes of each alarm, with its name.
    fn changes(&self, place: &PlaceArguments) -> Vec<(&str, Vec<Change<'_>>)> {
        let metric = self.metric.iter().map(|(alarm, transitions)| {
            let changes = transitions.iter().map(Change::of_metric).collect();
            (alarm.configuration.alarm_name.as_str(), changes)
        });
        let composite = self.composite.iter().map(|(defined, transitions)| {
            let place = place.known(defined.place.as_ref());
            let change =
                |transition| Change::of_composite(&defined.alarm, transition, place.as_ref());
            (
                defined.alarm.alarm_name.as_str(),
                transitions.iter().map(change).collect(),
            )
        });
        metric.chain(composite).collect()
    }

    fn history(&self, place: &PlaceArguments) -> Vec<HistoryItem> {
        let metric = self
            .metric
            .iter()
            .flat_map(|(alarm, transitions)| history(&alarm.configuration, transitions));
        let composite = self.composite.iter().flat_map(|(defined, transitions)| {
            let place = place.known(defined.place.as_ref());
            composite_history(&defined.alarm, transitions, place.as_ref())
        });
        metric.chain(composite).collect()
    }

    fn notifications(&self, place: &PlaceArguments) -> Result<Vec<Notification>, String> {
        let mut found = Vec::new();
        for (alarm, transitions) in &self.metric {
            let configuration = &alarm.configuration;
            let place = place.needed(&configuration.alarm_name, alarm.place.as_ref())?;
            let muted_by = self.muted_by(&configuration.alarm_name);
            let restraints = Restraints {
                suppression: None,
                muted_by: &muted_by,
            };
            found.extend(notifications(
                configuration,
                transitions,
                &place,
                restraints,
            ));
        }
        for (defined, transitions) in &self.composite {
            let alarm = &defined.alarm;
            let place = place.needed(&alarm.alarm_name, defined.place.as_ref())?;
            let muted_by = self.muted_by(&alarm.alarm_name);
            let suppression = alarm.suppressor.as_ref().and_then(|suppressor| {
                Some((suppressor, self.timelines.get(&suppressor.alarm_name)?))
            });
            let restraints = Restraints {
                suppression,
                muted_by: &muted_by,
            };
            found.extend(composite_notifications(
                alarm,
                transitions,
                &place,
                restraints,
            ));
        }
        found.sort_by(|a, b| a.timestamp.cmp(&b.timestamp));
        Ok(found)
    }

    fn muted_by(&self, alarm_name: &str) -> Vec<&MuteRule> {
        self.mute_rules
            .iter()
            .filter(|rule| rule.is_for(alarm_name))
            .collect()
    }
}

/// Says when an alarm was reconfigured amid its changes: it followed another definition before.
fn reconfigured(
    history: &RecordedHistory,
    alarm_name: &str,
    recorded: &[RecordedChange],
) -> Vec<String> {
    let (Some(first), Some(last)) = (recorded.first(), recorded.last()) else {
        return Vec::new();
    };
    let own = history
        .configured
        .iter()
        .filter(|(name, _)| name == alarm_name);
    let amid = own
        .map(|(_, time)| time)
        .filter(|time| (first.time..=last.time).contains(time));
    let warning = |time| {
        format!(
            "alarm `{alarm_name}` was reconfigured at {time}; what it did before may follow another definition: compare from \
             then on with --from {time}"
        )
    };
    amid.max().map(warning).into_iter().collect()
}
