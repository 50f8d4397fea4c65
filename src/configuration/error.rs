//! The errors of configuration files.

use std::io;
use std::path::PathBuf;

use super::setting::SettingOrigin;
use crate::text::{printable, printable_path};

/// The reason why a configuration file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigurationError {
    /// The file cannot be read.
    #[error(
        "cannot read the configuration file `{}`: {source}",
        printable_path(file)
    )]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The answer of the operating system.
        source: io::Error,
    },
    /// The file is larger than any that a person writes.
    #[error(
        "the configuration file `{}` is larger than {limit} bytes; is it the right file?",
        printable_path(file)
    )]
    TooLarge {
        /// The file.
        file: PathBuf,
        /// The most bytes that are read.
        limit: u64,
    },
    /// The file is not TOML.
    #[error("{origin}: not TOML: {}{}", printable(message), way_out(message))]
    Syntax {
        /// The place of the error.
        origin: SettingOrigin,
        /// The message of the parser.
        message: String,
    },
    /// A value that no option has.
    #[error(
        "{origin}: `{}` is {found}; give a string, a number, true or false, or a list of strings \
         and numbers",
        printable(option)
    )]
    WrongType {
        /// The place of the setting.
        origin: SettingOrigin,
        /// The name of the option.
        option: String,
        /// The type of the value, with its article.
        found: &'static str,
    },
    /// A table in a table, where commands have no parts.
    #[error(
        "{origin}: `{}` is a table in a table; a command has one table, with its options as keys",
        printable(option)
    )]
    Nested {
        /// The place of the setting.
        origin: SettingOrigin,
        /// The name of the inner table.
        option: String,
    },
    /// No command has this name.
    #[error(
        "{origin}: there is no command `{}`{}",
        printable(command),
        did_you_mean(similar)
    )]
    UnknownCommand {
        /// The place of the table.
        origin: SettingOrigin,
        /// The name of the table.
        command: String,
        /// The command with the most similar name.
        similar: Option<String>,
    },
    /// No command has this option, or the command of its table has not.
    #[error(
        "{origin}: {} an option `{}`{}",
        lacking(command),
        printable(option),
        did_you_mean(similar)
    )]
    UnknownOption {
        /// The place of the setting.
        origin: SettingOrigin,
        /// The command of the table.
        command: Option<String>,
        /// The name of the option.
        option: String,
        /// The option with the most similar name.
        similar: Option<String>,
    },
    /// The file belongs to somebody else, or others may write to it.
    #[error(
        "the configuration file `{}` is not read, since somebody else may have written it: name it \
         with --config, or give --no-config",
        printable_path(file)
    )]
    Foreign {
        /// The file.
        file: PathBuf,
    },
    /// An option that a file beside a ledger cannot set, since ledgers are handed on.
    #[error(
        "{origin}: a file beside a ledger cannot set `{}`; put it into your own file, or name this \
         one with --config",
        printable(option)
    )]
    BesideLedger {
        /// The place of the setting.
        origin: SettingOrigin,
        /// The name of the option.
        option: String,
    },
    /// The command does not take the value.
    #[error("{origin}: {}", printable(message))]
    Refused {
        /// The place of the setting.
        origin: SettingOrigin,
        /// The message of the command line's parser, in one line.
        message: String,
    },
}

fn lacking(command: &Option<String>) -> String {
    match command {
        Some(command) => format!("`backtrail {}` does not have", printable(command)),
        None => "no command has".to_owned(),
    }
}

/// Returns what to do about an option with the name of a command, beside the table of that command.
fn way_out(message: &str) -> &'static str {
    match message.contains("duplicate key") {
        true => {
            "; an option with the name of a command that has a table, such as `ledger`, goes into \
             the tables of the commands that it is for"
        }
        false => "",
    }
}

fn did_you_mean(similar: &Option<String>) -> String {
    match similar {
        Some(similar) => format!("; did you mean `{similar}`?"),
        None => String::new(),
    }
}
