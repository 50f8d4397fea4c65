//! The options of metrics and alarms.

use std::error::Error;

use clap::Args;

use super::rules::RuleArguments;
use super::selection::SelectionArguments;
use crate::alarm::AlarmScope;
use crate::arguments::values::number::parse_number;
use crate::ledger::Scope;
use crate::plan::{Clock, Plan, Selection};

/// The metric and the alarm.
#[derive(Args, Debug)]
#[command(next_help_heading = "Alarm")]
pub(crate) struct AlarmArguments {
    /// Period of the metrics and alarms, in seconds: 10, 20, 30 or a multiple of 60 [default: that
    /// of the rule, 300 for built-in rules]
    #[arg(long, value_name = "SECONDS")]
    period: Option<u32>,

    /// Sum of a period that sets off the alarms [default: that of the rule, mostly 1]
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    #[arg(value_parser = parse_number)]
    threshold: Option<f64>,

    /// Time of an event that counts for the metric: event (when it happened), delivery (the slot in
    /// the name of its object), shift=DELAY (when it happened, plus a delay such as 5m), or log
    /// (when the log group received it, if the archive is an export)
    #[arg(long, value_name = "CLOCK", default_value_t = Clock::Event)]
    clock: Clock,

    /// Events that one alarm sees: those of the archive (as in the log group of an organization's
    /// trail), of an account, or of an account and region
    #[arg(long, value_name = "SCOPE", default_value_t = AlarmScope::Archive)]
    alarm_scope: AlarmScope,
}

impl AlarmArguments {
    /// Returns the plan for rules over the records that count. Passes warnings to `warn`.
    pub(crate) fn plan(
        &self,
        rules: &RuleArguments,
        selection: &SelectionArguments,
        recorded: Option<&Scope>,
        warn: &dyn Fn(&[String]),
    ) -> Result<Plan, Box<dyn Error>> {
        let mut jobs = rules.request().jobs(recorded, warn)?;
        for job in &mut jobs {
            job.adjust_alarms(self.period, self.threshold);
        }
        let selection = Selection {
            alarm_scope: self.alarm_scope,
            ..selection.selection(self.clock, recorded)
        };
        Ok(Plan::new(jobs, selection)?)
    }
}
