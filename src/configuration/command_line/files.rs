//! Reading the configuration files that count for a command.

use std::io;
use std::path::{Path, PathBuf};

use clap::Command;

use super::options::{Typed, check, check_beside_ledger};
use crate::configuration::{
    ConfigurationError, ConfigurationFile, ConfigurationPlace, SettingValue, beside_ledger,
    of_environment, of_user, resolved,
};

/// The option with the ledger beside which a configuration file may be.
const LEDGER: &str = "ledger";

/// The configuration files of a command.
pub(super) struct ConfigurationFiles {
    /// The places where they were looked for, the nearest first.
    pub(super) places: Vec<ConfigurationPlace>,
    /// Those that are there.
    pub(super) files: Vec<ConfigurationFile>,
}

impl ConfigurationFiles {
    /// Reads the configuration files for a command, and checks that commands have their options.
    ///
    /// # Errors
    ///
    /// Returns an error if a file cannot be read, or has an option or a value that it may not have.
    pub(super) fn read(program: &Command, typed: &Typed<'_>) -> Result<Self, ConfigurationError> {
        let mut files = Self {
            places: Vec::new(),
            files: Vec::new(),
        };
        if typed.has_switch("no-config") {
            return Ok(files);
        }
        match typed.path("config").cloned().or_else(of_environment) {
            // An empty name in the environment means no file.
            Some(path) if path.as_os_str().is_empty() => {}
            Some(path) => {
                let file = read_named(&path)?;
                files.add(path, Some(file));
            }
            None => files.add_usual(typed)?,
        }
        for setting in files.files.iter().flat_map(|file| &file.settings) {
            check(program, setting)?;
        }
        Ok(files)
    }

    fn add(&mut self, path: PathBuf, file: Option<ConfigurationFile>) {
        let is_found = file.is_some();
        self.places.push(ConfigurationPlace { path, is_found });
        self.files.extend(file);
    }

    /// Adds the file beside the ledger, and that of the user after it.
    fn add_usual(&mut self, typed: &Typed<'_>) -> Result<(), ConfigurationError> {
        let user = of_user();
        let own = match &user {
            Some(path) => ConfigurationFile::read(path)?,
            None => None,
        };
        if let Some(path) = ledger(typed, own.as_ref()).map(|ledger| beside_ledger(&ledger)) {
            // A ledger may come from somebody else, who must not decide what is looked for, or
            // where something is written.
            let file = ConfigurationFile::read_own(&path)?;
            let settings = file.iter().flat_map(|file| &file.settings);
            settings.into_iter().try_for_each(check_beside_ledger)?;
            self.add(path, file);
        }
        if let Some(path) = user {
            self.add(path, own);
        }
        Ok(())
    }
}

/// Reads a configuration file that must be there, since it was named.
fn read_named(path: &Path) -> Result<ConfigurationFile, ConfigurationError> {
    ConfigurationFile::read(path)?.ok_or_else(|| ConfigurationError::Unreadable {
        file: path.to_owned(),
        source: io::ErrorKind::NotFound.into(),
    })
}

/// Returns the ledger that the command uses, by its command line or the file of the user, in which
/// the table of the command counts first.
fn ledger(typed: &Typed<'_>, own: Option<&ConfigurationFile>) -> Option<PathBuf> {
    if let Some(ledger) = typed.path(LEDGER) {
        return Some(ledger.clone());
    }
    let settings = own.into_iter().flat_map(|file| &file.settings);
    let ledgers =
        settings.filter(|setting| setting.option == LEDGER && typed.argument(setting).is_some());
    let ledger = ledgers.max_by_key(|setting| setting.command.is_some())?;
    match &ledger.value {
        SettingValue::Texts(texts) => {
            let ledger = texts.first()?;
            Some(resolved(ledger, &own?.path))
        }
        SettingValue::Switch(_) => None,
    }
}
