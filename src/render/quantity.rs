//! Numbers, sizes and durations as a person reads them.

use crate::language::{Argument, Message, grouped};

/// Returns a whole number with its thousands separated: `1,234,567`.
pub fn number(value: u64) -> String {
    grouped(&value.to_string())
}

/// Returns a number with its noun, in the plural unless there is exactly one: `12 episodes`.
pub fn counted(value: u64, noun: &str) -> String {
    let ending = if value == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", number(value))
}

/// Returns a size in binary units: `1.50 MiB`.
pub fn bytes(value: u64) -> String {
    indicatif::HumanBytes(value).to_string()
}

/// Returns a number as charts and tables show it, with three decimals, or three digits if it is
/// smaller than one. A number that is not zero never shows as zero.
pub fn short(value: f64) -> String {
    let decimals = (2.0 - value.abs().log10().floor()).clamp(3.0, 330.0);
    // Zero has no logarithm.
    let decimals = if value == 0.0 { 0 } else { decimals as usize };
    let rounded = format!("{value:.decimals$}").parse().unwrap_or(value);
    plain(rounded)
}

/// Returns a number with all of its digits, and with a power of ten if there would be many zeros.
pub fn plain(value: f64) -> String {
    let size = value.abs();
    match value == 0.0 || (1e-6..1e15).contains(&size) {
        // Zero has no sign.
        true => format!("{}", value + 0.0),
        false => format!("{value:e}"),
    }
}

/// Returns a duration as part of a sentence, without the units that are zero: `1 d 1 h 1 min`.
pub fn duration_message(seconds: i64) -> Message {
    let units = [
        ("duration-days", seconds / 86_400),
        ("duration-hours", seconds / 3600 % 24),
        ("duration-minutes", seconds / 60 % 60),
        ("duration-seconds", seconds % 60),
    ];
    let mut parts = Vec::new();
    for (id, value) in units {
        if value != 0 {
            let part = Message::new(id).with("count", value.unsigned_abs());
            parts.push(Argument::from(part));
        }
    }
    if parts.is_empty() {
        return Message::new("duration-seconds").with("count", 0_u64);
    }
    Message::joined(" ", parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_numbers_have_the_digits_that_matter() {
        for (value, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0 / 3.0, "0.333"),
            (0.1 + 0.2, "0.3"),
            (0.000_15, "0.00015"),
            (-0.000_000_012_34, "-1.23e-8"),
            (1_234.567_8, "1234.568"),
            (1e17, "1e17"),
            (f64::MIN_POSITIVE, "2.23e-308"),
            (f64::MAX, "1.7976931348623157e308"),
        ] {
            assert_eq!(short(value), expected);
        }
    }

    #[test]
    fn numbers_and_durations_are_easy_to_read() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(number),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(
            [0, 90, 90_060].map(|seconds| duration_message(seconds).to_string()),
            ["0 s", "1 min 30 s", "1 d 1 h 1 min"]
        );
        assert_eq!(
            [1, 2].map(|value| counted(value, "episode")),
            ["1 episode", "2 episodes"]
        );
    }
}
