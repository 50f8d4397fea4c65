//! The places where configuration files are looked for.

use std::env;
use std::path::{Path, PathBuf};

use etcetera::{BaseStrategy, choose_base_strategy, home_dir};

/// The name of a configuration file.
pub const FILE_NAME: &str = "backtrail.toml";

/// The folder of the program in the user's folder of configurations.
const FOLDER_NAME: &str = "backtrail";

/// Returns the configuration file of the user: `~/.config/backtrail/backtrail.toml`, or below
/// `XDG_CONFIG_HOME`, or below `%APPDATA%` on Windows; nothing for a user without a home.
pub fn of_user() -> Option<PathBuf> {
    let folders = choose_base_strategy().ok()?;
    Some(folders.config_dir().join(FOLDER_NAME).join(FILE_NAME))
}

/// Returns the configuration file that lies in the same folder as a ledger.
pub fn beside_ledger(ledger: &Path) -> PathBuf {
    let folder = match (ledger.file_name(), ledger.parent()) {
        // The folder of `ledger` is that of the process, whose name is empty.
        (Some(_), Some(folder)) => folder.to_owned(),
        // A name such as `.` does not say which folder the ledger is in.
        _ => ledger.join(".."),
    };
    folder.join(FILE_NAME)
}

/// Returns a path of a configuration file as a command takes it: `~` is the user's home, and other
/// relative paths begin in the folder of the file. Addresses in S3, and `-` for standard input, are
/// not paths.
pub fn resolved(value: &str, file: &Path) -> PathBuf {
    if value == "-" || value.starts_with("s3://") {
        return PathBuf::from(value);
    }
    // A shell replaces `~` in words that are typed, and nobody does in a file.
    let below_home = match value {
        "~" => Some(""),
        _ => value.strip_prefix("~/"),
    };
    match below_home.and_then(|path| Some(home_dir().ok()?.join(path))) {
        Some(path) => path,
        None => file.parent().unwrap_or(Path::new("")).join(value),
    }
}

/// Returns the file that `BACKTRAIL_CONFIG` names. An empty name means no file at all.
pub fn of_environment() -> Option<PathBuf> {
    env::var_os(super::environment::CONFIGURATION).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_beside_a_ledger_is_never_inside_of_it() {
        let rows = [
            ("ledger", "backtrail.toml"),
            ("./ledger/", "./backtrail.toml"),
            ("/srv/ledger/.", "/srv/backtrail.toml"),
            (".", "./../backtrail.toml"),
            ("..", "../../backtrail.toml"),
            ("a/..", "a/../../backtrail.toml"),
        ];
        for (ledger, file) in rows {
            assert_eq!(
                beside_ledger(Path::new(ledger)),
                Path::new(file),
                "{ledger}"
            );
        }
    }
}
