//! The command line of this process, for reports that say how they were made.

use crate::render::shell::quoted;

/// The options with a value that do not change what a report contains.
const PLACES: [&str; 1] = ["--out"];

/// The options without a value that do not change what a report contains.
const SWITCHES: [&str; 3] = ["--quiet", "-q", "--json"];

/// Returns the command line of this process, without the options that only decide where a report
/// is written and what is shown meanwhile, so that the same report names the same command.
pub(super) fn command_line() -> String {
    let words = std::env::args_os().skip(1);
    shortened(words.map(|word| word.to_string_lossy().into_owned()))
}

fn shortened(words: impl Iterator<Item = String>) -> String {
    let mut command = vec!["backtrail".to_owned()];
    let mut is_value_left_out = false;
    for word in words {
        if is_value_left_out {
            is_value_left_out = false;
            continue;
        }
        let name = word.split('=').next().unwrap_or_default();
        if PLACES.contains(&name) {
            is_value_left_out = !word.contains('=');
        } else if !SWITCHES.contains(&&*word) {
            command.push(quoted(&word));
        }
    }
    command.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_report_is_written_is_left_out() {
        let words = "audit a --out b -q --pattern $.x --out=c --quiet --from 2026-01-01";
        let command = shortened(words.split(' ').map(str::to_owned));
        assert_eq!(
            command,
            "backtrail audit a --pattern '$.x' --from 2026-01-01"
        );
    }
}
