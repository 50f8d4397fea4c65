//! The arguments of `backtrail report`.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use super::groups::alarm::AlarmArguments;
use super::groups::output::OutputArguments;
use super::groups::rules::RuleArguments;
use super::groups::selection::SelectionArguments;
use super::values::local_folder::{FolderUse, local_folder};
use crate::audit::ReportCondition;

/// The options of `backtrail report`.
#[derive(Args, Debug)]
#[command(mut_arg("fail_on", |argument| {
    argument.value_parser(conditions_of_ledgers())
}))]
pub(crate) struct ReportArguments {
    /// Folder of the ledger, which `backtrail audit` writes with --ledger
    #[arg(long, value_name = "DIR", value_parser = local_folder(FolderUse::Read))]
    pub(crate) ledger: PathBuf,

    #[command(flatten)]
    pub(crate) selection: SelectionArguments,

    #[command(flatten)]
    pub(crate) rules: RuleArguments,

    #[command(flatten)]
    pub(crate) alarm: AlarmArguments,

    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

/// Returns the parser of conditions on a report of a ledger, which holds no grades.
fn conditions_of_ledgers() -> impl TypedValueParser<Value = ReportCondition> {
    let conditions = ReportCondition::value_variants().iter();
    let conditions = conditions.filter(|condition| **condition != ReportCondition::Integrity);
    let names = conditions.filter_map(ValueEnum::to_possible_value);
    PossibleValuesParser::new(names).try_map(|name| ReportCondition::from_str(&name, false))
}
