//! `backtrail metric`: compute statistics of samples.

use std::error::Error;

use super::exit::Exit;
use crate::arguments::metric::MetricCommand;
use crate::job::read_samples;
use crate::render::console::print;
use crate::render::metric::{self as render, StatisticsRequest};

/// Runs the command.
pub(super) fn run(command: &MetricCommand) -> Result<Exit, Box<dyn Error>> {
    let MetricCommand::Statistics(arguments) = command;
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
