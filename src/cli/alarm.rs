//! `backtrail alarm`: replay alarms over samples, without an archive.

use std::error::Error;

use super::exit::Exit;
use crate::arguments::alarm::{AlarmCommand, ReplayArguments};
use crate::audit::ReplayOutputError;
use crate::audit::replay::{AlarmReplay, check_alarms};
use crate::job::{read_history, read_samples};
use crate::render::console::{print, warn};

/// Runs the command.
pub(super) fn run(command: &AlarmCommand) -> Result<Exit, Box<dyn Error>> {
    let AlarmCommand::Replay(arguments) = command;
    arguments.check()?;
    let replay = replay(arguments)?;
    warn(&replay.warnings());
    if let Some(now) = arguments.at {
        let evaluated = replay.evaluate_at(now);
        warn(&evaluated.warnings());
        print(|out| evaluated.write_evaluations(arguments.format(), out))?;
    } else if let Some(history) = &arguments.check_against {
        let compared = replay.compare(&read_history(history)?);
        warn(&compared.warnings());
        print(|out| compared.write(arguments.format(), out))?;
    } else {
        print_changes(arguments, &replay)?;
    }
    Ok(Exit::Complete)
}

fn replay(arguments: &ReplayArguments) -> Result<AlarmReplay, Box<dyn Error>> {
    let definitions = arguments.definition.read()?;
    // Before the check, since they say why a definition was left out.
    warn(&definitions.warnings);
    check_alarms(&definitions, &arguments.definition.files)?;
    Ok(AlarmReplay {
        definitions,
        samples: read_samples(&arguments.samples)?,
        options: arguments.options(),
        range: arguments.range(),
        place: arguments.place(),
    })
}

fn print_changes(arguments: &ReplayArguments, replay: &AlarmReplay) -> Result<(), Box<dyn Error>> {
    let replayed = replay
        .run()
        .map_err(|error| format!("{error}: choose a range with --from and --to"))?;
    warn(&replayed.warnings());
    print(|out| replayed.write(arguments.format(), out)).map_err(|error| match error {
        ReplayOutputError::Place(_) => format!("{error}: give --account and --region").into(),
        other => other.into(),
    })
}
