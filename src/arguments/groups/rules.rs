//! Options that name the rules to look for.

use std::path::PathBuf;

use clap::Args;

use crate::arguments::values::number::parse_number;
use crate::audit::{DefinitionOptions, RuleRequest};
use crate::metric::{Dimension, MetricValue, SystemDimension, Unit};
use crate::plan::Job;

/// The rules to look for.
#[derive(Args, Debug)]
#[command(next_help_heading = "Rules")]
pub(crate) struct RuleArguments {
    /// Look for a rule or group of rules (repeatable): secrets, kms, all for both, deletion,
    /// cis, …; `backtrail rules list` lists them [default: secrets]. With --job, also for a single
    /// metric filter by its name
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    rule: Vec<String>,

    /// Look for matches of this CloudWatch Logs filter pattern, alone or in addition to --rule
    #[arg(long, value_name = "PATTERN", allow_hyphen_values = true)]
    pattern: Option<String>,

    #[command(flatten)]
    job: JobArguments,

    /// Value that each match of --pattern adds to its metric: a number, or the field that contains
    /// it, as $.a.b
    #[arg(long, value_name = "VALUE", default_value = "1")]
    #[arg(requires = "pattern", allow_hyphen_values = true)]
    metric_value: MetricValue,

    /// Value that each event adds to the metric if --pattern does not match it, or if it lacks the
    /// metric value
    #[arg(long, value_name = "NUMBER")]
    #[arg(requires = "pattern", allow_negative_numbers = true)]
    #[arg(value_parser = parse_number)]
    default_value: Option<f64>,

    /// Dimension of the metric of --pattern, and the field that contains its value (up to three
    /// times)
    #[arg(long, value_name = "NAME=$.FIELD", requires = "pattern")]
    dimension: Vec<Dimension>,

    /// Dimension that AWS adds to the matches of --pattern: @aws.account or @aws.region
    /// (repeatable)
    #[arg(long, value_name = "NAME", requires = "pattern")]
    system_dimension: Vec<SystemDimension>,

    /// Unit of the metric of --pattern
    #[arg(long, value_name = "UNIT", requires = "pattern")]
    #[arg(default_value = "None")]
    unit: Unit,
}

/// The job files of a command, and the definitions to use of those in them.
#[derive(Args, Debug)]
struct JobArguments {
    /// Look for the metric filters of a job file, of the output of `aws logs
    /// describe-metric-filters` or `terraform show -json`, or of a CloudFormation template, with
    /// the alarms on their metrics (repeatable)
    #[arg(id = "job", long = "job", value_name = "FILE")]
    files: Vec<PathBuf>,

    #[command(flatten)]
    definitions: DefinitionOptions,
}

impl RuleArguments {
    /// Returns the rules as they are requested.
    pub(crate) fn request(&self) -> RuleRequest {
        RuleRequest {
            names: self.rule.clone(),
            job_files: self.job.files.clone(),
            definitions: self.job.definitions.clone(),
            custom: self.pattern.as_deref().map(|pattern| self.custom(pattern)),
        }
    }

    fn custom(&self, pattern: &str) -> Job {
        let mut job = Job::custom(pattern);
        for rule in &mut job.rules {
            rule.filter.metric_value = self.metric_value.clone();
            rule.filter.default_value = self.default_value;
            rule.filter.dimensions = self.dimension.clone();
            rule.filter.system_dimensions = self.system_dimension.clone();
            rule.filter.unit = self.unit;
        }
        job
    }
}
