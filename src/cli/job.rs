//! `backtrail job`: make job files from AWS's own definitions, and deploy rules and jobs.

use std::error::Error;

use super::exit::Exit;
use crate::arguments::job::JobCommand;
use crate::audit::export;
use crate::render::console::{print_document, warn};

/// Runs the command.
pub(super) fn run(command: &JobCommand) -> Result<Exit, Box<dyn Error>> {
    match command {
        JobCommand::Import { job, options } => {
            let definitions = options.read(job)?;
            warn(&definitions.warnings);
            print_document(&definitions.job()?)?;
        }
        JobCommand::Export(arguments) => {
            let request = arguments.rules.request();
            let definitions = request.definitions()?;
            warn(&request.pattern_warnings());
            warn(&definitions.warnings);
            let options = arguments.options.clone();
            let options = options.in_log_group(&request.definitions.log_group)?;
            let export = export(&definitions, &options)?;
            warn(&export.warnings);
            print_document(&export.text)?;
        }
    }

    Ok(Exit::Complete)
}
