//! `backtrail plan`: list an archive and divide it into shards.

use std::error::Error;
use std::io;

use super::exit::Exit;
use crate::arguments::plan::PlanArguments;
use crate::audit::{Audit, LedgerOptions};
use crate::render::console::{print, warn};
use crate::source::Detail;

/// Runs the command.
pub(super) fn run(arguments: &PlanArguments) -> Result<Exit, Box<dyn Error>> {
    let PlanArguments {
        rules, selection, ..
    } = arguments;
    let plan = arguments.alarm.plan(rules, selection, None, &warn)?;
    warn(&rules.request().pattern_warnings());
    let mut audit = Audit::new(plan, &arguments.paths);
    arguments.reading.apply(&mut audit);
    audit.ledger = arguments.ledger.as_ref().map(LedgerOptions::new);
    // Shards are divided by the sizes of their objects.
    audit.detail = Detail::Size;
    audit.output = Some(arguments.out.clone());
    let manifest = audit.plan_shards(&arguments.out, &arguments.options())?;
    let line = serde_json::to_string(&manifest.line(&arguments.out))?;
    print::<io::Error>(|out| writeln!(out, "{line}"))?;
    warn(&manifest.warnings());
    let mut problems = manifest.listing.problems();
    Ok(Exit::from_completeness(problems.next().is_none()))
}
