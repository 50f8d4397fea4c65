//! The arguments of `backtrail metric`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::metric::NamedStatistic;
use crate::metric::period::parse_period_seconds;

/// The commands of `backtrail metric`.
#[derive(Debug, Subcommand)]
pub(crate) enum MetricCommand {
    /// Compute statistics for each period as CloudWatch does
    Statistics(StatisticsArguments),
}

/// The options of `backtrail metric statistics`.
#[derive(Args, Debug)]
pub(crate) struct StatisticsArguments {
    /// Samples as CSV or JSON lines: timestamp,value[,count][,visible_at][,metric]; `-` for
    /// standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) samples: PathBuf,

    /// Length of a period, in seconds: 1, 5, 10, 20, 30 or a multiple of 60
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = parse_period_seconds)]
    pub(crate) period: u32,

    /// Statistics to compute: SampleCount, Sum, Average, Minimum, Maximum, p99.9, tm90,
    /// TM(10%:90%), IQM, PR(:100), …
    #[arg(long, value_name = "STATISTIC", num_args = 1.., required = true)]
    pub(crate) statistic: Vec<NamedStatistic>,

    /// Print one JSON object for each period of each metric
    #[arg(long)]
    pub(crate) json: bool,
}
