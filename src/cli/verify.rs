//! `backtrail verify`: verify the integrity of an archive by the digests of CloudTrail.

use std::error::Error;
use std::io;

use super::exit::Exit;
use super::output::show;
use crate::arguments::verify::VerifyArguments;
use crate::audit::{Audit, Detail, ProgressEvent};
use crate::integrity::Verification;
use crate::plan::Plan;
use crate::render::console::print;
use crate::render::progress::ProgressBar;
use crate::render::verification as render;

/// Runs the command.
pub(super) fn run(arguments: &VerifyArguments) -> Result<Exit, Box<dyn Error>> {
    let options = arguments.proofs.options(arguments.hours.range());
    // Before the listing, so that a wrong file is known before the first object is read.
    let proofs = options.read()?;
    let audit = audit(arguments, options.plan()?);
    let archive = audit.list()?;
    let bar = ProgressBar::new(arguments.quiet);
    let progress = |event: ProgressEvent<'_>| show(event, &bar, arguments.quiet);
    if arguments.collect {
        let manifest = archive.collect_metadata(&progress)?;
        print(|out| render::write_manifest(&manifest, out))?;
        return Ok(Exit::Complete);
    }
    let verification = archive.verify(proofs, &progress)?;
    if let Some(file) = &arguments.out {
        file.write(verification.table())?;
    }
    print_verification(arguments, &verification)?;
    let exit = Exit::from_outcome(verification.outcome());
    // The program ends; giving back millions of texts would only keep its caller waiting.
    std::mem::forget(verification);
    Ok(exit)
}

fn audit(arguments: &VerifyArguments, plan: Plan) -> Audit {
    let mut audit = Audit::new(plan, &arguments.paths);
    arguments.reading.apply(&mut audit);
    if ProgressBar::is_shown(arguments.quiet) {
        audit.detail = Detail::Size;
    }
    audit
}

fn print_verification(arguments: &VerifyArguments, verification: &Verification) -> io::Result<()> {
    print(|out| match arguments.json {
        true => render::write_json(verification, out),
        false => render::write(verification, out),
    })
}
