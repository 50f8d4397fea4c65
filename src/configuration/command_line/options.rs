//! The options of commands, as configuration files name them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint};

use crate::configuration::{
    ConfigurationError, FILE_NAME, OptionValue, Setting, SettingUse, SettingValue, UsedSetting,
    ValueOrigin, resolved,
};

/// The setting for the archive, which has no option.
const SOURCE: &str = "source";

/// The identifier of the arguments that are the archive.
const PATHS: &str = "paths";

/// The options that say what a command looks for: one of them replaces those that are farther away.
const DEFINITIONS: [&str; 3] = ["rule", "job", "pattern"];

/// The options that a file beside a ledger cannot set: those that say where requests go, with which
/// credentials and at whose cost, where something is written, and that what the ledger has is
/// replaced. Whoever hands on a ledger must not choose them.
const NOT_BESIDE_LEDGERS: [&str; 7] = [
    "aws-region",
    "endpoint-url",
    "ledger",
    "out",
    "profile",
    "request-payer",
    "rescan",
];

/// The options that mean nothing without another, where the command has the other one.
const NEEDED: [(&str, &str); 5] = [
    ("keys", "verify"),
    ("metadata", "verify"),
    ("log-group", "job"),
    ("parameter", "job"),
    ("parameters", "job"),
];

/// The options that a configuration file cannot set.
const NOT_SET: [&str; 4] = ["config", "no-config", "help", "version"];

/// The least similarity of a name to one that may be meant, of 1.
const SIMILARITY_MINIMUM: f64 = 0.6;

/// The command that was typed.
pub(super) struct Typed<'a> {
    /// The names of the command and those it is part of, without that of the program.
    pub(super) names: Vec<&'a str>,
    command: &'a Command,
    matches: &'a ArgMatches,
}

impl<'a> Typed<'a> {
    /// Returns the innermost command that was typed.
    pub(super) fn new(program: &'a Command, matches: &'a ArgMatches) -> Self {
        let mut typed = Self {
            names: Vec::new(),
            command: program,
            matches,
        };
        while let Some((name, matches)) = typed.matches.subcommand() {
            let Some(command) = typed.command.find_subcommand(name) else {
                break;
            };
            typed.names.push(command.get_name());
            (typed.command, typed.matches) = (command, matches);
        }
        typed
    }

    /// Returns the argument that a setting sets, if it is for this command.
    pub(super) fn argument(&self, setting: &Setting) -> Option<&'a Arg> {
        match self.is_for_others(setting) {
            true => None,
            false => find(self.command, &setting.option),
        }
    }

    fn is_for_others(&self, setting: &Setting) -> bool {
        let command = setting.command.as_deref();
        command.is_some_and(|command| self.names.first() != Some(&command))
    }

    /// Returns whether the command line has an argument, or another that replaces it.
    pub(super) fn has(&self, argument: &Arg) -> bool {
        let name = name(argument);
        let arguments = self.command.get_arguments();
        let mut alike = arguments.filter(|other| are_alike(name, self::name(other)));
        alike.any(|other| self.has_itself(other))
    }

    fn has_itself(&self, argument: &Arg) -> bool {
        let source = self.matches.value_source(argument.get_id().as_str());
        source == Some(ValueSource::CommandLine)
    }

    /// Returns where the value of an argument comes from, if it has one.
    fn origin(&self, argument: &Arg, settings: &[UsedSetting]) -> Option<ValueOrigin> {
        match self.matches.value_source(argument.get_id().as_str())? {
            ValueSource::CommandLine => {}
            // An option without a value that is not given.
            _ if !argument.get_action().takes_values() => return None,
            _ => return Some(ValueOrigin::Default),
        }
        let mut used = settings
            .iter()
            .filter(|used| used.usage == SettingUse::Used);
        let option = name(argument);
        let origin = match used.find(|used| used.setting.option == option) {
            Some(used) => ValueOrigin::File(used.setting.origin.clone()),
            None => ValueOrigin::CommandLine,
        };
        Some(origin)
    }

    /// Returns the name of the command, and the values of its options by name, with where they come
    /// from: the command line, these settings, or the definition of the option.
    pub(super) fn values(&self, settings: &[UsedSetting]) -> (String, Vec<OptionValue>) {
        let arguments = self.command.get_arguments();
        let shown = arguments.filter(|argument| can_be_set(argument));
        let values = shown.filter_map(|argument| self.value(argument, settings));
        let mut values: Vec<OptionValue> = values.collect();
        values.sort_by(|a, b| a.option.cmp(&b.option));
        (self.names.join(" "), values)
    }

    fn value(&self, argument: &Arg, settings: &[UsedSetting]) -> Option<OptionValue> {
        Some(OptionValue {
            option: name(argument).to_owned(),
            values: self.texts(argument),
            origin: self.origin(argument, settings)?,
        })
    }

    /// Returns the values of an argument as they were typed.
    fn texts(&self, argument: &Arg) -> Vec<String> {
        if !argument.get_action().takes_values() {
            return Vec::new();
        }
        let raw = self.matches.get_raw(argument.get_id().as_str());
        let raw = raw.into_iter().flatten();
        raw.map(|value| value.to_string_lossy().into_owned())
            .collect()
    }

    /// Returns the path that the command line gives to an option, if the command has the option.
    pub(super) fn path(&self, option: &str) -> Option<&'a PathBuf> {
        let argument = find(self.command, option)?;
        let given = self.matches.try_get_one(argument.get_id().as_str());
        given.ok().flatten()
    }

    /// Returns the option that an argument means nothing without, if the command has that option
    /// and the command line has not.
    pub(super) fn lacks(&self, argument: &Arg) -> Option<&'static str> {
        let other = needed(name(argument))?;
        let found = find(self.command, other)?;
        (!self.has_itself(found)).then_some(other)
    }

    /// Returns whether the command line has a switch.
    pub(super) fn has_switch(&self, option: &str) -> bool {
        find(self.command, option).is_some_and(|argument| self.has_itself(argument))
    }
}

/// Returns whether one of two settings replaces the other.
pub(super) fn are_alike(first: &str, second: &str) -> bool {
    first == second
        || [first, second]
            .iter()
            .all(|name| DEFINITIONS.contains(name))
}

/// Returns the option that another means nothing without, if there is one.
fn needed(option: &str) -> Option<&'static str> {
    let mut needed = NEEDED.iter();
    let (_, other) = needed.find(|(name, _)| *name == option)?;
    Some(other)
}

/// Returns the words that a setting adds to the command line.
pub(super) fn words(argument: &Arg, setting: &Setting) -> Vec<OsString> {
    let texts = match &setting.value {
        SettingValue::Switch(false) => return Vec::new(),
        SettingValue::Switch(true) => return vec![format!("--{}", setting.option).into()],
        SettingValue::Texts(texts) => texts,
    };
    let file = &setting.origin.file;
    let values = texts.iter().map(|text| match is_path(argument) {
        true if argument.is_positional() && has_wildcards(text) => in_literal_folder(text, file),
        true => resolved(text, file).into_os_string(),
        false => text.into(),
    });
    if argument.is_positional() {
        return values.collect();
    }
    values
        .map(|value| {
            // In one word with its option, a value that begins with a hyphen stays a value.
            let mut word = OsString::from(format!("--{}=", setting.option));
            word.push(value);
            word
        })
        .collect()
}

/// Returns a path with wildcards, in the folder of the file, whose own name has none.
fn in_literal_folder(text: &str, file: &Path) -> OsString {
    let folder = file.parent().unwrap_or(Path::new(""));
    let folder = glob::Pattern::escape(&folder.to_string_lossy());
    resolved(text, &Path::new(&folder).join(FILE_NAME)).into_os_string()
}

fn has_wildcards(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

/// Returns whether the values of an argument are paths, which shells complete by the same hint.
fn is_path(argument: &Arg) -> bool {
    matches!(
        argument.get_value_hint(),
        ValueHint::AnyPath | ValueHint::FilePath | ValueHint::DirPath
    )
}

/// Checks that a file beside a ledger may set an option.
///
/// # Errors
///
/// Returns an error if it may not.
pub(super) fn check_beside_ledger(setting: &Setting) -> Result<(), ConfigurationError> {
    match NOT_BESIDE_LEDGERS.contains(&&*setting.option) {
        true => Err(ConfigurationError::BesideLedger {
            origin: setting.origin.clone(),
            option: setting.option.clone(),
        }),
        false => Ok(()),
    }
}

/// Checks that a command has the option of a setting.
///
/// # Errors
///
/// Returns an error if no command has this name or option.
pub(super) fn check(program: &Command, setting: &Setting) -> Result<(), ConfigurationError> {
    let Some(command) = &setting.command else {
        return check_option(program, setting);
    };
    match program.find_subcommand(command) {
        Some(command) => check_option(command, setting),
        None => {
            let names = program.get_subcommands().map(Command::get_name);
            Err(ConfigurationError::UnknownCommand {
                origin: setting.origin.clone(),
                command: command.clone(),
                similar: most_similar(command, names),
            })
        }
    }
}

fn check_option(command: &Command, setting: &Setting) -> Result<(), ConfigurationError> {
    let arguments = arguments(command);
    let named: Vec<&&Arg> = arguments
        .iter()
        .filter(|argument| name(argument) == setting.option)
        .collect();
    if !named.is_empty() {
        let checked = named.iter().map(|argument| check_value(argument, setting));
        // Commands may have options of the same name that take other values.
        return checked.reduce(Result::or).unwrap_or(Ok(()));
    }
    let names = arguments.iter().map(|argument| name(argument));
    Err(ConfigurationError::UnknownOption {
        origin: setting.origin.clone(),
        command: setting.command.clone(),
        option: setting.option.clone(),
        similar: most_similar(&setting.option, names),
    })
}

/// Checks that a value has the form that an argument takes.
fn check_value(argument: &Arg, setting: &Setting) -> Result<(), ConfigurationError> {
    let takes_values = argument.get_action().takes_values();
    let takes_several = matches!(argument.get_action(), ArgAction::Append);
    let expected = match &setting.value {
        SettingValue::Switch(_) if takes_values => "it takes a value",
        SettingValue::Texts(_) if !takes_values => "it takes no value: write true or false",
        SettingValue::Texts(texts) if texts.is_empty() => "the list is empty",
        SettingValue::Texts(texts) if texts.len() > 1 && !takes_several => "it takes one value",
        _ => return Ok(()),
    };
    Err(ConfigurationError::Refused {
        origin: setting.origin.clone(),
        message: format!("`{}`: {expected}", setting.option),
    })
}

/// Returns the arguments of a command, and of those that are part of it, that a file can set.
fn arguments(command: &Command) -> Vec<&Arg> {
    let own = command.get_arguments();
    let mut found: Vec<&Arg> = own.filter(|argument| can_be_set(argument)).collect();
    for part in command.get_subcommands() {
        found.extend(arguments(part));
    }
    found
}

fn can_be_set(argument: &Arg) -> bool {
    let name = name(argument);
    !name.is_empty() && !NOT_SET.contains(&name)
}

/// Returns the name of an argument in a configuration file, which is empty if it has none.
fn name(argument: &Arg) -> &str {
    match argument.get_long() {
        Some(name) => name,
        None if argument.get_id() == PATHS => SOURCE,
        None => "",
    }
}

fn find<'a>(command: &'a Command, option: &str) -> Option<&'a Arg> {
    let mut arguments = command.get_arguments();
    arguments.find(|argument| name(argument) == option)
}

fn most_similar<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let rated = known.map(|known| (strsim::normalized_damerau_levenshtein(name, known), known));
    let (similarity, known) = rated.max_by(|(first, _), (second, _)| first.total_cmp(second))?;
    (similarity >= SIMILARITY_MINIMUM).then(|| known.to_owned())
}
