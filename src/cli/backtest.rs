//! `backtrail backtest`: try out thresholds, periods and M of N on the past.

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use super::archive::{ArchiveArguments, RuleArguments, only_rule};
use super::exit::Exit;
use super::output;
use crate::alarm::definition::configuration::TreatMissingData;
use crate::alarm::{AlarmConfiguration, GroundTruth, Watched};
use crate::conclude::Conclusion;
use crate::job::read_incidents;
use crate::ledger::{Ledger, Use};
use crate::metric::period::parse_period_seconds;
use crate::metric::{MetricStat, Statistic};
use crate::plan::sweep::{MOutOfN, Thresholds};
use crate::plan::{Clock, Plan, Rule};
use crate::render::backtest as render;
use crate::report::RuleReport;
use crate::report::backtest::{Backtest, Row};
use crate::scan::backtest::{Past, backtest};
use crate::table::format::{Format, write};
use crate::time::parse_duration_seconds;

/// The options of `backtrail backtest`.
#[derive(Args, Debug)]
pub struct BacktestArguments {
    #[command(flatten)]
    archive: ArchiveArguments,

    #[command(flatten)]
    rules: RuleArguments,

    /// The thresholds: numbers, and ranges such as 1..20 or 0..100..5, both ends included
    #[arg(
        long,
        value_name = "NUMBERS",
        default_value = "1..10",
        allow_negative_numbers = true
    )]
    threshold: Thresholds,

    /// The periods, in seconds
    #[arg(long, value_name = "SECONDS", value_delimiter = ',', default_value = "60,300,900", value_parser = parse_period_seconds)]
    period: Vec<u32>,

    /// M of N datapoints, as M/N
    #[arg(long, value_name = "M/N", value_delimiter = ',', default_value = "1/1")]
    datapoints: Vec<MOutOfN>,

    /// The statistics: Sum, SampleCount, Maximum, p90, …
    #[arg(
        long,
        value_name = "STATISTIC",
        value_delimiter = ',',
        default_value = "Sum"
    )]
    statistic: Vec<Statistic>,

    /// The treatments of missing data: missing, ignore, breaching, notBreaching [default: that of
    /// the rule]
    #[arg(long, value_name = "TREATMENT", value_delimiter = ',')]
    treat_missing_data: Vec<TreatMissingData>,

    /// The clocks: event, delivery, shift=5m, log
    #[arg(
        long,
        value_name = "CLOCK",
        value_delimiter = ',',
        default_value = "event"
    )]
    clock: Vec<Clock>,

    /// A burst of attempts ends where the next attempt is later than this
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = parse_duration_seconds)]
    pause: i64,

    /// Known incidents, as CSV with the columns start and end: which alarms would have been on for
    /// them?
    #[arg(long, value_name = "FILE")]
    known: Option<PathBuf>,

    /// Write the table to this file; its ending, .csv, .parquet or .json, is its format
    #[arg(long, value_name = "FILE", value_parser = table_file)]
    out: Option<TableFile>,

    /// Print one JSON object for each combination
    #[arg(long)]
    json: bool,
}

/// A file whose ending names the format of a table.
#[derive(Clone, Debug)]
struct TableFile {
    path: PathBuf,
    format: Format,
}

fn table_file(text: &str) -> Result<TableFile, String> {
    let path = PathBuf::from(text);
    let extension = path.extension().and_then(|extension| extension.to_str());
    let format = Format::ALL
        .into_iter()
        .find(|format| Some(format.extension()) == extension);
    format
        .map(|format| TableFile { path, format })
        .ok_or_else(|| "the name of the table ends in .csv, .parquet or .json".to_owned())
}

/// Runs the command.
///
/// # Errors
///
/// When the arguments are wrong, or there is nothing to read.
pub fn run(arguments: &BacktestArguments) -> Result<Exit, Box<dyn Error>> {
    let archive = &arguments.archive;
    let recorded = archive.recorded()?;
    let scope = recorded.as_ref().map(Ledger::scope);
    let rule = only_rule(arguments.rules.rules(scope)?)?;
    let alarms = arguments.alarms(&rule)?;
    let incidents = arguments.known.as_deref().map(read_incidents).transpose()?;
    // The scan reads what the widest of the alarms could see before the range.
    let widest = alarms
        .iter()
        .max_by_key(|alarm| alarm.memory_seconds())
        .cloned();
    let rule = Rule {
        alarm: widest.unwrap_or(rule.alarm.clone()),
        ..rule
    };
    let plan = Plan::new(vec![rule], archive.selection(Clock::Event, scope))?;
    if !archive.quiet {
        arguments.rules.warn();
    }
    let listed = archive.list(&plan, None, Use::Samples, archive.detail())?;
    let sources = listed.sources(archive);
    let mut tally = archive.scan(&plan, listed)?;
    // Once for all clocks.
    tally.sort();
    let is_complete = tally.problems.is_empty();
    let pool = archive.threads()?;
    let mut result = Backtest {
        rows: Vec::new(),
        has_incidents: incidents.is_some(),
        ..Backtest::default()
    };
    for clock in &arguments.clock {
        let plan = plan.clone().with_clock(*clock);
        // The clocks are compared in the rows, so episodes are not looked for under others.
        let conclusion = Conclusion::new(&plan, tally.clone(), sources.clone());
        let rules = conclusion
            .rules()
            .filter_map(|rule| conclusion.conclude(rule))
            .collect();
        let report = conclusion.report(rules, Vec::new());
        let attempts: Vec<Timestamp> = report
            .attempts
            .iter()
            .filter_map(|attempt| attempt.event.event_time)
            .collect();
        let truth = GroundTruth::new(
            attempts,
            arguments.pause,
            incidents.clone().unwrap_or_default(),
        );
        (result.attempts, result.bursts) = (truth.attempts.len() as u64, truth.bursts.len() as u64);
        if let Some(report) = report.rules.first() {
            let rows = pool.install(|| arguments.rows(report, &alarms, *clock, &truth));
            result.rows.extend(rows);
        }
    }
    arguments.print(&result)?;
    Ok(if is_complete {
        Exit::Complete
    } else {
        Exit::Incomplete
    })
}

/// Another statistic of the metric that an alarm watches.
fn with_statistic(alarm: &AlarmConfiguration, statistic: Statistic) -> Watched {
    match &alarm.watched {
        Watched::Metric(stat) => Watched::Metric(MetricStat {
            statistic,
            ..stat.clone()
        }),
        math @ Watched::Math(_) => math.clone(),
    }
}

impl BacktestArguments {
    /// Every alarm but for its threshold. Those that AWS would refuse are left out only if others
    /// are left.
    fn alarms(&self, rule: &Rule) -> Result<Vec<AlarmConfiguration>, Box<dyn Error>> {
        let treatments = match self.treat_missing_data.as_slice() {
            [] => vec![rule.alarm.treat_missing_data],
            treatments => treatments.to_vec(),
        };
        let mut alarms = Vec::new();
        for &period_seconds in &self.period {
            for &statistic in &self.statistic {
                for datapoints in &self.datapoints {
                    for &treat_missing_data in &treatments {
                        alarms.push(AlarmConfiguration {
                            period_seconds,
                            watched: with_statistic(&rule.alarm, statistic),
                            evaluation_periods: datapoints.evaluation_periods,
                            datapoints_to_alarm: Some(datapoints.datapoints_to_alarm),
                            treat_missing_data,
                            ..rule.alarm.clone()
                        });
                    }
                }
            }
        }
        alarms.iter().try_for_each(AlarmConfiguration::validate)?;
        Ok(alarms)
    }

    fn rows(
        &self,
        report: &RuleReport,
        alarms: &[AlarmConfiguration],
        clock: Clock,
        truth: &GroundTruth,
    ) -> Vec<Row> {
        let Some(range) = report.range else {
            return Vec::new();
        };
        let past = Past {
            series: &report.series,
            range,
        };
        let tried = backtest(alarms, &self.threshold.values, &past, truth);
        let row = |tried: crate::scan::backtest::Tried| Row {
            clock: clock.to_string(),
            alarm: tried.alarm,
            performance: tried.performance,
        };
        tried.into_iter().map(row).collect()
    }

    fn print(&self, result: &Backtest) -> Result<(), Box<dyn Error>> {
        let table = result.table();
        if let Some(TableFile { path, format }) = &self.out {
            let unwritable =
                |error: std::io::Error| format!("cannot write {}: {error}", path.display());
            let mut file =
                std::io::BufWriter::new(std::fs::File::create(path).map_err(unwritable)?);
            write(*format, &mut std::iter::once(result.table()), &mut file)?;
            file.flush().map_err(unwritable)?;
        }
        output::print(|out| match (self.json, self.archive.quiet) {
            (true, _) => Ok(crate::table::json::write_lines(&table, out)?),
            (false, true) => Ok(()),
            (false, false) => Ok(render::write_backtest(result, out)?),
        })
    }
}
