//! Adding settings to a command line as far as they go with it.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgMatches, Command};

use super::options::words;
use crate::configuration::{ConfigurationError, Setting};

/// The word after which no word is an option.
const END_OF_OPTIONS: &str = "--";

/// A command line to which settings are added one by one.
pub(super) struct Completion<'a> {
    program: &'a Command,
    typed: &'a [OsString],
    options: Vec<OsString>,
    paths: Vec<OsString>,
    /// The arguments that the typed words lack. Settings are not to blame for those.
    missing: Vec<String>,
}

/// The reason why a setting was not added.
pub(super) struct Unsuitable(pub(super) String);

impl<'a> Completion<'a> {
    /// Returns the completion of a command line. Returns `None` if it is wrong, or asks for help,
    /// so that no setting matters.
    pub(super) fn new(program: &'a Command, typed: &'a [OsString]) -> Option<Self> {
        let mut completion = Self {
            program,
            typed,
            options: Vec::new(),
            paths: Vec::new(),
            missing: Vec::new(),
        };
        if let Err(error) = completion.parse() {
            if error.kind() != ErrorKind::MissingRequiredArgument {
                return None;
            }
            completion.missing = missing(&error);
        }
        Some(completion)
    }

    /// Adds a setting, unless it does not go with the other words.
    ///
    /// # Errors
    ///
    /// Returns an error if the option does not take the value.
    pub(super) fn add(
        &mut self,
        argument: &Arg,
        setting: &Setting,
    ) -> Result<Result<(), Unsuitable>, ConfigurationError> {
        let added = words(argument, setting);
        let list = match argument.is_positional() {
            true => &mut self.paths,
            false => &mut self.options,
        };
        let length = list.len();
        list.extend(added);
        let Err(error) = self.parse() else {
            return Ok(Ok(()));
        };
        match error.kind() {
            ErrorKind::MissingRequiredArgument if self.was_missing(&error) => return Ok(Ok(())),
            ErrorKind::MissingRequiredArgument | ErrorKind::ArgumentConflict => {}
            _ => {
                return Err(ConfigurationError::Refused {
                    origin: setting.origin.clone(),
                    message: in_a_line(&error),
                });
            }
        }
        match argument.is_positional() {
            true => self.paths.truncate(length),
            false => self.options.truncate(length),
        }
        Ok(Err(Unsuitable(in_a_line(&error))))
    }

    /// Returns the words that were typed with those that were added.
    pub(super) fn words(&self) -> Vec<OsString> {
        let end = self.typed.iter().position(|word| word == END_OF_OPTIONS);
        let (before, after) = self.typed.split_at(end.unwrap_or(self.typed.len()));
        // Options end at this word. After it, no path is taken for an option.
        let mut words = [before, &self.options, after].concat();
        if end.is_none() && !self.paths.is_empty() {
            words.push(END_OF_OPTIONS.into());
        }
        words.extend_from_slice(&self.paths);
        words
    }

    fn parse(&self) -> Result<ArgMatches, clap::Error> {
        self.program.clone().try_get_matches_from(self.words())
    }

    fn was_missing(&self, error: &clap::Error) -> bool {
        missing(error)
            .iter()
            .all(|name| self.missing.contains(name))
    }
}

/// Returns the arguments that are required and were not given.
fn missing(error: &clap::Error) -> Vec<String> {
    match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::Strings(names)) => names.clone(),
        Some(ContextValue::String(name)) => vec![name.clone()],
        _ => Vec::new(),
    }
}

/// Returns the message of an error without the usage after it.
fn in_a_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let lines = text.lines().take_while(|line| !line.is_empty());
    let lines: Vec<&str> = lines.map(str::trim).collect();
    let line = lines.join(" ");
    line.strip_prefix("error: ").unwrap_or(&line).to_owned()
}
