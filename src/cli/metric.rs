//! `backtrail metric`: compute statistics of samples.

use std::error::Error;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::exit::Exit;
use crate::job::read_samples;
use crate::metric::NamedStatistic;
use crate::metric::period::parse_period_seconds;
use crate::render::console::print;
use crate::render::metric::{self as render, StatisticsRequest};

/// The options of `backtrail metric`.
#[derive(Args, Debug)]
pub(super) struct MetricArguments {
    #[command(subcommand)]
    command: MetricCommand,
}

#[derive(Debug, Subcommand)]
enum MetricCommand {
    /// Compute statistics for each period as CloudWatch does
    Statistics(StatisticsArguments),
}

#[derive(Args, Debug)]
struct StatisticsArguments {
    /// Samples as CSV or JSON lines: timestamp,value[,count][,visible_at][,metric]; `-` for
    /// standard input
    #[arg(long, value_name = "FILE")]
    samples: PathBuf,

    /// Length of a period, in seconds: 1, 5, 10, 20, 30 or a multiple of 60
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = parse_period_seconds)]
    period: u32,

    /// Statistics to compute: SampleCount, Sum, Average, Minimum, Maximum, p99.9, tm90,
    /// TM(10%:90%), IQM, PR(:100), …
    #[arg(long, value_name = "STATISTIC", num_args = 1.., required = true)]
    statistic: Vec<NamedStatistic>,

    /// Print one JSON object for each period of each metric
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) fn run(arguments: &MetricArguments) -> Result<Exit, Box<dyn Error>> {
    let MetricCommand::Statistics(arguments) = &arguments.command;
    let metrics = read_samples(&arguments.samples)?.by_metric();
    let request = StatisticsRequest {
        period_seconds: arguments.period,
        statistics: &arguments.statistic,
    };
    print(|out| match arguments.json {
        true => render::write_statistics_json(&metrics, request, out),
        false => render::write_statistics(&metrics, request, out),
    })?;
    Ok(Exit::Complete)
}
