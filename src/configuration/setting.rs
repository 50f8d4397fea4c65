//! A setting of a configuration file, and the use that a command makes of it.

use std::fmt;
use std::path::PathBuf;

use crate::text::printable_path;

/// The place of a setting.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SettingOrigin {
    /// The configuration file.
    pub file: PathBuf,
    /// The line of the key, from 1.
    pub line: usize,
}

impl fmt::Display for SettingOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", printable_path(&self.file), self.line)
    }
}

/// The value of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingValue {
    /// An option without a value is given, or is not.
    Switch(bool),
    /// An option is given with each of these values.
    Texts(Vec<String>),
}

impl fmt::Display for SettingValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switch(is_given) => is_given.fmt(f),
            Self::Texts(texts) => f.write_str(&texts.join(", ")),
        }
    }
}

/// An option of the command line, as a configuration file sets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The command that it is for; `None` for all that have the option.
    pub command: Option<String>,
    /// The name of the option without its dashes; `source` for the archive.
    pub option: String,
    /// The value.
    pub value: SettingValue,
    /// The place of the setting.
    pub origin: SettingOrigin,
}

/// The use that a command makes of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingUse {
    /// It counts.
    Used,
    /// The command line says otherwise.
    Typed,
    /// A nearer setting says otherwise.
    Replaced(SettingOrigin),
    /// It does not go with the rest of the command line, for this reason.
    Unsuitable(String),
    /// It is for other commands.
    Elsewhere,
}

/// A setting, and the use that a command makes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedSetting {
    /// The setting.
    pub setting: Setting,
    /// The use that is made of it.
    pub usage: SettingUse,
}

/// A place where a configuration file was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigurationPlace {
    /// The path of the file.
    pub path: PathBuf,
    /// True if the file is there.
    pub is_found: bool,
}

/// The source of the value that an option has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueOrigin {
    /// It was typed.
    CommandLine,
    /// A configuration file sets it.
    File(SettingOrigin),
    /// The option has it where nothing sets it.
    Default,
}

/// An option of a command with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionValue {
    /// The name of the option without its dashes; `source` for the archive.
    pub option: String,
    /// The values as they are typed; empty for an option that takes none.
    pub values: Vec<String>,
    /// The source of the value.
    pub origin: ValueOrigin,
}

/// The options of a command, and where their values come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The name of the command; empty if none was given.
    pub command: String,
    /// The places where a configuration file was looked for, the nearest first.
    pub places: Vec<ConfigurationPlace>,
    /// The options that have a value, by name.
    pub options: Vec<OptionValue>,
    /// The settings of all files, with the use that the command makes of them.
    pub settings: Vec<UsedSetting>,
}
