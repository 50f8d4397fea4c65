//! The options of a sweep.

use std::path::PathBuf;

use clap::Args;

use crate::alarm::definition::configuration::TreatMissingData;
use crate::audit::Sweep;
use crate::job::{JobError, read_incidents};
use crate::metric::Statistic;
use crate::metric::period::parse_period_seconds;
use crate::plan::Clock;
use crate::plan::sweep::{MOutOfN, Thresholds};
use crate::time::parse_duration_seconds;

/// The options that say which alarms to try.
#[derive(Args, Debug)]
#[command(next_help_heading = "Alarm")]
pub(crate) struct SweepArguments {
    /// Thresholds: numbers, and ranges such as 1..20 or 0..100..5, both ends included
    #[arg(long, value_name = "NUMBERS", default_value = "1..10")]
    #[arg(allow_negative_numbers = true)]
    threshold: Thresholds,

    /// Periods, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "60,300,900")]
    #[arg(value_delimiter = ',', value_parser = parse_period_seconds)]
    period: Vec<u32>,

    /// M of N datapoints, as M/N
    #[arg(long, value_name = "M/N", default_value = "1/1")]
    #[arg(value_delimiter = ',')]
    datapoints: Vec<MOutOfN>,

    /// Statistics: Sum, SampleCount, Maximum, p90, …
    #[arg(long, value_name = "STATISTIC", default_value = "Sum")]
    #[arg(value_delimiter = ',')]
    statistic: Vec<Statistic>,

    /// Treatments of missing data: missing, ignore, breaching, notBreaching [default: that of the
    /// rule]
    #[arg(long, value_name = "TREATMENT", value_delimiter = ',')]
    treat_missing_data: Vec<TreatMissingData>,

    /// Clocks: event, delivery, shift=5m, log
    #[arg(long, value_name = "CLOCK", default_value = "event")]
    #[arg(value_delimiter = ',')]
    clock: Vec<Clock>,

    /// Pause between two attempts after which a new burst begins
    #[arg(long, value_name = "DURATION", default_value = "1h")]
    #[arg(value_parser = parse_duration_seconds)]
    pause: i64,

    /// Known incidents to judge the alarms by, as CSV with the columns start and end
    #[arg(long, value_name = "FILE")]
    known: Option<PathBuf>,
}

impl SweepArguments {
    /// Returns the sweep.
    ///
    /// # Errors
    ///
    /// Returns an error if the known incidents cannot be read.
    pub(crate) fn sweep(&self) -> Result<Sweep, JobError> {
        Ok(Sweep {
            thresholds: self.threshold.values.clone(),
            period_seconds: self.period.clone(),
            datapoints: self.datapoints.clone(),
            statistics: self.statistic.clone(),
            treatments: self.treat_missing_data.clone(),
            clocks: self.clock.clone(),
            pause_seconds: self.pause,
            incidents: self.known.as_deref().map(read_incidents).transpose()?,
        })
    }
}
