//! The command line as it is typed, completed by configuration files.

mod complete;
mod files;
mod options;

use std::ffi::OsString;

use clap::{Arg, ArgMatches, Command};

use self::complete::{Completion, Unsuitable};
use self::files::ConfigurationFiles;
use self::options::{Typed, are_alike};
use super::{
    ConfigurationError, ConfigurationFile, ConfigurationPlace, Setting, SettingUse, Settings,
    UsedSetting,
};

/// The command that shows settings.
const CONFIG: &str = "config";

/// A command line, and what configuration files add to it.
#[derive(Debug)]
pub struct ConfiguredCommandLine {
    /// The words of the command line with those that settings add.
    pub words: Vec<OsString>,
    /// The places where a configuration file was looked for, the nearest first.
    pub places: Vec<ConfigurationPlace>,
    /// All settings of the files, with the use that the command makes of them.
    pub settings: Vec<UsedSetting>,
}

impl ConfiguredCommandLine {
    /// Completes the words of a command line, of which the first is the name of the program. Words
    /// that are wrong, or ask for help, are left as they are.
    ///
    /// # Errors
    ///
    /// Returns an error if a configuration file cannot be read, names an option that no command
    /// has, or has a value that an option does not take.
    pub fn new(program: &Command, words: &[OsString]) -> Result<Self, ConfigurationError> {
        let Some(parsed) = ParsedWords::new(program, words) else {
            return Ok(Self::untouched(words));
        };
        let typed = parsed.typed();
        // The words after it are those of another command, which the settings are for.
        if typed.names.first() == Some(&CONFIG) {
            return Ok(Self::untouched(words));
        }
        let Some(completion) = Completion::new(&parsed.program, words) else {
            return Ok(Self::untouched(words));
        };
        let ConfigurationFiles { places, files } =
            ConfigurationFiles::read(&parsed.program, &typed)?;
        let (words, settings) = use_settings(&files, &typed, completion)?;
        Ok(Self {
            words,
            places,
            settings,
        })
    }

    /// Reads the configuration files that are read for a command line, and uses none of them.
    ///
    /// # Errors
    ///
    /// Returns an error as [`Self::new`] does.
    pub fn unused(program: &Command, words: &[OsString]) -> Result<Self, ConfigurationError> {
        let Some(parsed) = ParsedWords::new(program, words) else {
            return Ok(Self::untouched(words));
        };
        let ConfigurationFiles { places, files } =
            ConfigurationFiles::read(&parsed.program, &parsed.typed())?;
        let settings = files.into_iter().flat_map(|file| file.settings);
        let settings = settings.map(|setting| UsedSetting {
            setting,
            usage: SettingUse::Elsewhere,
        });
        Ok(Self {
            words: words.to_vec(),
            places,
            settings: settings.collect(),
        })
    }

    /// Returns words to which no file adds any.
    fn untouched(words: &[OsString]) -> Self {
        Self {
            words: words.to_vec(),
            places: Vec::new(),
            settings: Vec::new(),
        }
    }

    /// Returns whether the words have options of files.
    pub fn is_completed(&self) -> bool {
        self.settings
            .iter()
            .any(|used| used.usage == SettingUse::Used)
    }

    /// Returns the options of the command, with where the value of each comes from.
    pub fn into_settings(self, program: &Command) -> Settings {
        let parsed = ParsedWords::new(program, &self.words);
        let (command, options) = match &parsed {
            Some(parsed) => parsed.typed().values(&self.settings),
            None => (String::new(), Vec::new()),
        };
        Settings {
            command,
            places: self.places,
            options,
            settings: self.settings,
        }
    }
}

/// Words that were parsed as far as possible: some may be missing, since they may come from a file.
struct ParsedWords {
    program: Command,
    matches: ArgMatches,
}

impl ParsedWords {
    fn new(program: &Command, words: &[OsString]) -> Option<Self> {
        // Inner commands take the leniency over only while they are built.
        let lenient = program.clone().ignore_errors(true);
        let matches = lenient.try_get_matches_from(words).ok()?;
        let mut program = program.clone();
        program.build();
        Some(Self { program, matches })
    }

    fn typed(&self) -> Typed<'_> {
        Typed::new(&self.program, &self.matches)
    }
}

/// A setting for the command, with the argument that it sets.
struct WantedSetting<'a> {
    setting: &'a Setting,
    argument: &'a Arg,
    /// The distance from the command line: the position of the file, and after its settings for the
    /// command those for all commands.
    distance: (usize, bool),
}

impl WantedSetting<'_> {
    /// Returns whether this setting replaces another, since it is nearer to the command line.
    fn replaces(&self, other: &Self) -> bool {
        self.distance < other.distance && are_alike(&self.setting.option, &other.setting.option)
    }
}

fn use_settings(
    files: &[ConfigurationFile],
    typed: &Typed<'_>,
    mut completion: Completion<'_>,
) -> Result<(Vec<OsString>, Vec<UsedSetting>), ConfigurationError> {
    let mut used = Vec::new();
    let wanted = wanted(files, typed, &mut used);
    let mut waiting = without_replaced(&wanted, &mut used);
    // Of two that exclude each other, the nearer one counts.
    waiting.sort_by_key(|wanted| wanted.distance);
    add_all(waiting, typed, &mut completion, &mut used)?;
    Ok((completion.words(), in_order(used, files)))
}

/// Returns the settings for the command, and adds all others to those whose use is known.
fn wanted<'a>(
    files: &'a [ConfigurationFile],
    typed: &Typed<'a>,
    used: &mut Vec<(&'a Setting, SettingUse)>,
) -> Vec<WantedSetting<'a>> {
    let mut wanted = Vec::new();
    for (position, file) in files.iter().enumerate() {
        for setting in &file.settings {
            match typed.argument(setting) {
                Some(argument) if typed.has(argument) => used.push((setting, SettingUse::Typed)),
                Some(argument) => wanted.push(WantedSetting {
                    setting,
                    argument,
                    distance: (position, setting.command.is_none()),
                }),
                None => used.push((setting, SettingUse::Elsewhere)),
            }
        }
    }
    wanted
}

/// Returns the settings that no other replaces.
fn without_replaced<'w, 'a>(
    wanted: &'w [WantedSetting<'a>],
    used: &mut Vec<(&'a Setting, SettingUse)>,
) -> Vec<&'w WantedSetting<'a>> {
    let mut waiting = Vec::new();
    for own in wanted {
        match wanted.iter().find(|other| other.replaces(own)) {
            Some(other) => used.push((
                own.setting,
                SettingUse::Replaced(other.setting.origin.clone()),
            )),
            None => waiting.push(own),
        }
    }
    waiting
}

/// Returns settings as the files have them, in whatever order they were used.
fn in_order(used: Vec<(&Setting, SettingUse)>, files: &[ConfigurationFile]) -> Vec<UsedSetting> {
    let settings = used.into_iter().map(|(setting, usage)| UsedSetting {
        setting: setting.clone(),
        usage,
    });
    let mut settings: Vec<UsedSetting> = settings.collect();
    settings.sort_by_key(|used| {
        let origin = &used.setting.origin;
        let file = files.iter().position(|file| file.path == origin.file);
        (file, origin.line)
    });
    settings
}

/// Adds settings to the command line until none is left that goes with it. One may need another,
/// which may come later.
fn add_all<'a>(
    mut waiting: Vec<&WantedSetting<'a>>,
    typed: &Typed<'_>,
    completion: &mut Completion<'_>,
    used: &mut Vec<(&'a Setting, SettingUse)>,
) -> Result<(), ConfigurationError> {
    loop {
        let mut unsuitable = Vec::new();
        let before = waiting.len();
        for wanted in waiting {
            if let Some(other) = lacking(wanted, typed, used) {
                let reason = format!("it means nothing without --{other}");
                unsuitable.push((wanted, reason));
                continue;
            }
            match completion.add(wanted.argument, wanted.setting)? {
                Ok(()) => used.push((wanted.setting, SettingUse::Used)),
                Err(Unsuitable(reason)) => unsuitable.push((wanted, reason)),
            }
        }
        if unsuitable.len() == before {
            let unsuitable = unsuitable.into_iter();
            let unused =
                unsuitable.map(|(wanted, reason)| (wanted.setting, SettingUse::Unsuitable(reason)));
            used.extend(unused);
            return Ok(());
        }
        waiting = unsuitable.into_iter().map(|(wanted, _)| wanted).collect();
    }
}

/// Returns the option that a setting means nothing without, if it is neither typed nor set.
fn lacking(
    wanted: &WantedSetting<'_>,
    typed: &Typed<'_>,
    used: &[(&Setting, SettingUse)],
) -> Option<&'static str> {
    let other = typed.lacks(wanted.argument)?;
    let mut used = used.iter().filter(|(_, usage)| *usage == SettingUse::Used);
    let is_set = used.any(|(setting, _)| setting.option == other);
    (!is_set).then_some(other)
}
