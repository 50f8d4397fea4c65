//! The command line as it is typed, completed by configuration files.

mod complete;
mod options;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use clap::{Arg, Command};

use self::complete::{Completion, Unsuitable};
pub(super) use self::options::values;
use self::options::{Typed, are_alike, check};
use crate::configuration::{
    ConfigurationError, ConfigurationFile, ConfigurationPlace, Setting, SettingValue, Use,
    UsedSetting, beside_ledger, of_environment, of_user, resolved,
};

/// The option with the ledger beside which a configuration file may be.
const LEDGER: &str = "ledger";

/// The command line of a process, and what configuration files add to it.
#[derive(Debug)]
pub(super) struct Configured {
    /// The words of the command line with those that settings add.
    pub(super) words: Vec<OsString>,
    /// The places where a configuration file was looked for, the nearest first.
    pub(super) places: Vec<ConfigurationPlace>,
    /// All settings of the files, with the use that the command makes of them.
    pub(super) settings: Vec<UsedSetting>,
}

impl Configured {
    /// Completes the words of a command line, of which the first is the name of the program. Words
    /// that are wrong, or ask for help, are left as they are.
    ///
    /// # Errors
    ///
    /// Returns an error if a configuration file cannot be read, names an option that no command
    /// has, or has a value that an option does not take.
    pub(super) fn new(program: &Command, words: &[OsString]) -> Result<Self, ConfigurationError> {
        let mut program = program.clone();
        program.build();
        let untouched = Self {
            words: words.to_vec(),
            places: Vec::new(),
            settings: Vec::new(),
        };
        let Some(completion) = Completion::new(&program, words) else {
            return Ok(untouched);
        };
        // What is still missing may come from a file.
        let lenient = program.clone().ignore_errors(true);
        let Ok(matches) = lenient.try_get_matches_from(words) else {
            return Ok(untouched);
        };
        let typed = Typed::new(&program, &matches);
        let mut places = Vec::new();
        let mut files = Vec::new();
        for (path, file) in find_files(&typed)? {
            let is_found = file.is_some();
            places.push(ConfigurationPlace { path, is_found });
            files.extend(file);
        }
        for setting in files.iter().flat_map(|file| &file.settings) {
            check(&program, setting)?;
        }
        let (words, settings) = use_settings(&files, &typed, completion)?;
        Ok(Self {
            words,
            places,
            settings,
        })
    }
}

/// A path, and the configuration file there, if there is one.
type Found = (PathBuf, Option<ConfigurationFile>);

/// Reads the configuration files for a command, the nearest first.
fn find_files(typed: &Typed<'_>) -> Result<Vec<Found>, ConfigurationError> {
    if typed.has_switch("no-config") {
        return Ok(Vec::new());
    }
    if let Some(path) = typed.path("config").cloned().or_else(of_environment) {
        if path.as_os_str().is_empty() {
            return Ok(Vec::new());
        }
        return Ok(vec![read_named(path)?]);
    }
    let mut found = Vec::new();
    if let Some(path) = of_user() {
        let file = ConfigurationFile::read(&path)?;
        found.push((path, file));
    }
    if let Some(path) = ledger(typed, &found).map(|ledger| beside_ledger(&ledger)) {
        let file = ConfigurationFile::read(&path)?;
        found.insert(0, (path, file));
    }
    Ok(found)
}

/// Reads a configuration file that must be there, since it was named.
fn read_named(path: PathBuf) -> Result<Found, ConfigurationError> {
    let Some(file) = ConfigurationFile::read(&path)? else {
        let source = io::ErrorKind::NotFound.into();
        return Err(ConfigurationError::Unreadable { file: path, source });
    };
    Ok((path, Some(file)))
}

/// Returns the ledger that the command uses, by its command line or the file of the user.
fn ledger(typed: &Typed<'_>, found: &[Found]) -> Option<PathBuf> {
    if let Some(ledger) = typed.path(LEDGER) {
        return Some(ledger.clone());
    }
    let files = found.iter().filter_map(|(_, file)| file.as_ref());
    let settings = files.flat_map(|file| &file.settings);
    let mut ledgers =
        settings.filter(|setting| setting.option == LEDGER && typed.argument(setting).is_some());
    match &ledgers.next()?.value {
        SettingValue::Texts(texts) => {
            let file = &found.first()?.0;
            texts.first().map(|ledger| resolved(ledger, file))
        }
        SettingValue::Switch(_) => None,
    }
}

/// A setting for the command, with the argument that it sets.
struct Wanted<'a> {
    setting: &'a Setting,
    argument: &'a Arg,
    /// The distance from the command line: the position of the file, and after its settings for the
    /// command those for all commands.
    distance: (usize, bool),
}

fn use_settings(
    files: &[ConfigurationFile],
    typed: &Typed<'_>,
    mut completion: Completion<'_>,
) -> Result<(Vec<OsString>, Vec<UsedSetting>), ConfigurationError> {
    let mut used = Vec::new();
    let mut wanted = Vec::new();
    for (position, file) in files.iter().enumerate() {
        for setting in &file.settings {
            match typed.argument(setting) {
                Some(argument) if typed.has(argument) => used.push((setting, Use::Typed)),
                Some(argument) => wanted.push(Wanted {
                    setting,
                    argument,
                    distance: (position, setting.command.is_none()),
                }),
                None => used.push((setting, Use::Elsewhere)),
            }
        }
    }
    let mut waiting = Vec::new();
    for own in &wanted {
        match nearer(own, &wanted) {
            Some(other) => used.push((own.setting, Use::Replaced(other.setting.origin.clone()))),
            None => waiting.push(own),
        }
    }
    add_all(waiting, &mut completion, &mut used)?;
    let settings = used.into_iter().map(|(setting, usage)| UsedSetting {
        setting: setting.clone(),
        usage,
    });
    let mut settings: Vec<UsedSetting> = settings.collect();
    let position = |origin: &PathBuf| files.iter().position(|file| file.path == *origin);
    settings.sort_by_key(|used| {
        let origin = &used.setting.origin;
        (position(&origin.file), origin.line)
    });
    Ok((completion.words(), settings))
}

/// Returns a setting that replaces another, since it is nearer to the command line.
fn nearer<'a>(own: &Wanted<'_>, all: &'a [Wanted<'a>]) -> Option<&'a Wanted<'a>> {
    let mut nearer = all.iter().filter(|other| other.distance < own.distance);
    nearer.find(|other| are_alike(&other.setting.option, &own.setting.option))
}

/// Adds settings to the command line until none is left that goes with it. One may need another,
/// which may come later.
fn add_all<'a>(
    mut waiting: Vec<&Wanted<'a>>,
    completion: &mut Completion<'_>,
    used: &mut Vec<(&'a Setting, Use)>,
) -> Result<(), ConfigurationError> {
    loop {
        let mut unsuitable = Vec::new();
        let before = waiting.len();
        for wanted in waiting {
            match completion.add(wanted.argument, wanted.setting)? {
                Ok(()) => used.push((wanted.setting, Use::Used)),
                Err(Unsuitable(reason)) => unsuitable.push((wanted, reason)),
            }
        }
        if unsuitable.len() == before {
            let unsuitable = unsuitable.into_iter();
            used.extend(
                unsuitable.map(|(wanted, reason)| (wanted.setting, Use::Unsuitable(reason))),
            );
            return Ok(());
        }
        waiting = unsuitable.into_iter().map(|(wanted, _)| wanted).collect();
    }
}
