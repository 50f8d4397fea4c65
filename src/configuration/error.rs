//! The errors of configuration files.

use std::io;
use std::path::PathBuf;

use super::setting::Origin;
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
    #[error("{origin}: not TOML: {}", printable(message))]
    Syntax {
        /// The place of the error.
        origin: Origin,
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
        origin: Origin,
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
        origin: Origin,
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
        origin: Origin,
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
        origin: Origin,
        /// The command of the table.
        command: Option<String>,
        /// The name of the option.
        option: String,
        /// The option with the most similar name.
        similar: Option<String>,
    },
    /// The command does not take the value.
    #[error("{origin}: {}", printable(message))]
    Refused {
        /// The place of the setting.
        origin: Origin,
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

fn did_you_mean(similar: &Option<String>) -> String {
    match similar {
        Some(similar) => format!("; did you mean `{similar}`?"),
        None => String::new(),
    }
}
