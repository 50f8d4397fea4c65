//! Reading a configuration file.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::ops::Range;
#[cfg(unix)]
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeArray, DeString, DeTable, DeValue};

use super::error::ConfigurationError;
use super::setting::{Setting, SettingOrigin, SettingValue};

/// The most bytes of a configuration file that are read.
// Far more than a person writes, and little to parse where the name is that of another file.
pub const CONFIGURATION_LIMIT: u64 = 1 << 20;

/// A configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigurationFile {
    /// The path of the file.
    pub path: PathBuf,
    /// Its settings, in the order of their lines.
    pub settings: Vec<Setting>,
}

impl ConfigurationFile {
    /// Reads a configuration file that was found beside a ledger. Returns `None` if there is none.
    ///
    /// # Errors
    ///
    /// Returns an error as [`Self::read`] does, and if the file belongs to somebody else, or others
    /// may write to it: whoever hands a ledger on must not say what an audit looks for.
    pub fn read_own(path: &Path) -> Result<Option<Self>, ConfigurationError> {
        match fs::metadata(path) {
            Ok(metadata) if !is_own(&metadata) => {
                let file = path.to_owned();
                Err(ConfigurationError::Foreign { file })
            }
            _ => Self::read(path),
        }
    }

    /// Reads a configuration file. Returns `None` if there is none.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read, is too large or is not TOML, or has a value
    /// that no option can have.
    pub fn read(path: &Path) -> Result<Option<Self>, ConfigurationError> {
        let text = match read_text(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => {
                let file = path.to_owned();
                return Err(ConfigurationError::Unreadable { file, source });
            }
        };
        if text.len() as u64 > CONFIGURATION_LIMIT {
            return Err(ConfigurationError::TooLarge {
                file: path.to_owned(),
                limit: CONFIGURATION_LIMIT,
            });
        }
        let settings = FileSettings::new(path, &text).parse()?;
        let path = path.to_owned();
        Ok(Some(Self { path, settings }))
    }
}

/// Returns whether only this user, or the administrator, can have written a file. It is not, where
/// the file is something other than a regular file, whose reading might never end.
#[cfg(unix)]
fn is_own(metadata: &Metadata) -> bool {
    // The administrator can change any file anyway.
    let owners = [rustix::process::geteuid().as_raw(), 0];
    metadata.is_file() && owners.contains(&metadata.uid()) && !is_writable_by_others(metadata)
}

#[cfg(unix)]
fn is_writable_by_others(metadata: &Metadata) -> bool {
    /// The permissions of the group and of others to write.
    const OTHERS_WRITE: u32 = 0o022;
    metadata.mode() & OTHERS_WRITE != 0
}

/// Returns whether a file is a regular one. Its owner is not known here.
#[cfg(not(unix))]
fn is_own(metadata: &Metadata) -> bool {
    metadata.is_file()
}

/// Reads at most one byte more than the limit, so that a caller sees whether there are more.
fn read_text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let file = File::open(path)?;
    file.take(CONFIGURATION_LIMIT + 1)
        .read_to_string(&mut text)?;
    Ok(text)
}

/// The settings of a text.
struct FileSettings<'a> {
    path: &'a Path,
    text: &'a str,
    found: Vec<Setting>,
}

impl<'a> FileSettings<'a> {
    fn new(path: &'a Path, text: &'a str) -> Self {
        let found = Vec::new();
        Self { path, text, found }
    }

    fn parse(mut self) -> Result<Vec<Setting>, ConfigurationError> {
        let table = DeTable::parse(self.text).map_err(|error| ConfigurationError::Syntax {
            origin: self.origin(error.span().unwrap_or_default()),
            message: error.message().to_owned(),
        })?;
        for (key, value) in table.get_ref() {
            match value.get_ref() {
                DeValue::Table(options) => self.add_table(key.get_ref(), options)?,
                value => self.add(None, key, value)?,
            }
        }
        // The table is in the order of its keys, and messages are read in that of the lines.
        self.found.sort_by_key(|setting| setting.origin.line);
        Ok(self.found)
    }

    /// Adds the settings of a table, which are for one command.
    fn add_table(
        &mut self,
        command: &str,
        options: &DeTable<'_>,
    ) -> Result<(), ConfigurationError> {
        for (key, value) in options {
            if value.get_ref().is_table() {
                return Err(ConfigurationError::Nested {
                    origin: self.origin(key.span()),
                    option: key.get_ref().to_string(),
                });
            }
            self.add(Some(command), key, value.get_ref())?;
        }
        Ok(())
    }

    fn add(
        &mut self,
        command: Option<&str>,
        key: &Spanned<DeString<'_>>,
        value: &DeValue<'_>,
    ) -> Result<(), ConfigurationError> {
        let origin = self.origin(key.span());
        let option = key.get_ref().to_string();
        let value = setting_value(value).map_err(|found| ConfigurationError::WrongType {
            origin: origin.clone(),
            option: option.clone(),
            found,
        })?;
        self.found.push(Setting {
            command: command.map(str::to_owned),
            option,
            value,
            origin,
        });
        Ok(())
    }

    fn origin(&self, span: Range<usize>) -> SettingOrigin {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        SettingOrigin {
            file: self.path.to_owned(),
            line: before.matches('\n').count() + 1,
        }
    }
}

/// Returns a value as options have them, or the type that none has.
fn setting_value(value: &DeValue<'_>) -> Result<SettingValue, &'static str> {
    match value {
        DeValue::Boolean(is_given) => Ok(SettingValue::Switch(*is_given)),
        DeValue::Array(values) => texts(values).map(SettingValue::Texts),
        value => text(value).map(|text| SettingValue::Texts(vec![text])),
    }
}

fn texts(values: &DeArray<'_>) -> Result<Vec<String>, &'static str> {
    let values = values.iter().map(Spanned::get_ref);
    values.map(text).collect()
}

/// Returns a value as it is typed in a command. A date is typed as it is written in the file.
fn text(value: &DeValue<'_>) -> Result<String, &'static str> {
    match value {
        DeValue::String(text) => Ok(text.to_string()),
        // Without separators and prefixes, which options do not take.
        DeValue::Integer(number) if number.radix() == 10 => Ok(number.as_str().to_owned()),
        DeValue::Integer(_) => Err("not a decimal number"),
        DeValue::Float(number) => Ok(number.as_str().to_owned()),
        DeValue::Datetime(moment) => Ok(moment.to_string()),
        DeValue::Boolean(_) => Err("true or false in a list"),
        DeValue::Array(_) => Err("a list in a list"),
        DeValue::Table(_) => Err("a table in a list"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Vec<Setting>, String> {
        let settings = FileSettings::new(Path::new("c.toml"), text).parse();
        settings.map_err(|error| error.to_string())
    }

    #[test]
    fn settings_have_their_command_and_line() {
        let text = "# archive\nsource = ['s3://trail', \"b\"]\nthreads = 1_000\nquiet = true\n\n\
                    [audit]\nfrom = 2026-03-01\nthreshold = 1.5\n";
        let found = parsed(text).unwrap();
        let shown: Vec<String> = found
            .iter()
            .map(|setting| {
                let command = setting.command.as_deref().unwrap_or("-");
                format!(
                    "{command} {} {} {}",
                    setting.option, setting.value, setting.origin
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                "- source s3://trail, b c.toml:2",
                "- threads 1000 c.toml:3",
                "- quiet true c.toml:4",
                "audit from 2026-03-01 c.toml:7",
                "audit threshold 1.5 c.toml:8",
            ]
        );
    }

    #[test]
    fn what_no_option_has_is_refused_with_its_line() {
        let cases = [
            (
                "a = 1\nb = [[1]]",
                "c.toml:2: `b` is a list in a list; give",
            ),
            (
                "a = [true]",
                "c.toml:1: `a` is true or false in a list; give",
            ),
            ("a = 0x10", "c.toml:1: `a` is not a decimal number; give"),
            ("[a.b]\nc = 1", "c.toml:1: `b` is a table in a table; a"),
            ("a = \n", "c.toml:1: not TOML: "),
            ("a = 1\na = 2", "c.toml:2: not TOML: "),
            ("\"\\u001b[2J\" = [[1]]", "c.toml:1: `\\u{1b}[2J`"),
        ];
        for (text, message) in cases {
            let error = parsed(text).unwrap_err();
            assert!(error.starts_with(message), "{text}: {error}");
        }
    }
}
