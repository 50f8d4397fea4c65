//! The long form of the version.

use std::sync::LazyLock;

use jiff::Timestamp;

/// The value of what a build could not find out.
const UNKNOWN: &str = "unknown";

static LONG: LazyLock<String> = LazyLock::new(|| {
    let version = env!("CARGO_PKG_VERSION");
    let commit = option_env!("BACKTRAIL_BUILT_COMMIT").unwrap_or(UNKNOWN);
    let date = date().unwrap_or_else(|| UNKNOWN.to_owned());
    let features = env!("BACKTRAIL_FEATURES");
    format!("{version}\ncommit: {commit}\ndate: {date}\nfeatures: {features}")
});

/// Returns the version with the commit, its date, and the features of the program.
pub(crate) fn long() -> &'static str {
    &LONG
}

/// Returns the day of the commit, in UTC.
fn date() -> Option<String> {
    let seconds = option_env!("BACKTRAIL_BUILT_SECONDS")?.parse().ok()?;
    let time = Timestamp::from_second(seconds).ok()?;
    Some(time.strftime("%Y-%m-%d").to_string())
}
