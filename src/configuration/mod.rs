//! Configuration files: options of the command line that are given each time, and where they are.
//!
//! A file is in TOML. A key is the name of an option without its dashes, or `source` for the
//! archive. A table is for the command that it is named after.

mod command_line;
pub mod environment;
mod error;
mod file;
mod place;
mod setting;

pub use command_line::ConfiguredCommandLine;
pub use error::ConfigurationError;
pub use file::{CONFIGURATION_LIMIT, ConfigurationFile};
pub use place::{FILE_NAME, beside_ledger, of_environment, of_user, resolved};
pub use setting::{
    ConfigurationPlace, OptionValue, Setting, SettingOrigin, SettingUse, SettingValue, Settings,
    UsedSetting, ValueOrigin,
};
