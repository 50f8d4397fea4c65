//! The numbers of patterns and events.
//!
//! AWS compares the exact value that a pattern has with the number of an event. An event's integer
//! is exact as well; its other numbers are those of 64-bit floating point (sources, P12).

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use smallvec::SmallVec;

/// The most digits of an integer that every double can hold. Longer ones are checked.
const DIGITS_IN_RANGE: usize = 308;

/// The most places that are filled with zeros when a number is printed.
const PRINTED_PLACES: i64 = 21;

/// An exact decimal number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    is_negative: bool,
    /// The digits after the point, without zeros at either end; none for zero.
    digits: SmallVec<[u8; 24]>,
    /// The power of ten that they are multiplied by.
    exponent: i64,
}

impl Number {
    /// Reads a number of a pattern: an optional sign, digits, optionally a fraction and an
    /// exponent. Words such as `inf` or `NaN` are words here. An exponent that 32 bits do not hold
    /// makes no number either, and AWS refuses it.
    pub fn exact(text: &str) -> Option<Self> {
        let parts = Parts::split(text)?;
        let written_exponent = parts.exponent()?;
        let places = i64::try_from(parts.fraction.len()).ok()?;
        // AWS keeps a number as its digits and the number of those after the point.
        i32::try_from(places.checked_sub(written_exponent)?).ok()?;
        let mut digits: SmallVec<[u8; 24]> = SmallVec::from_slice(parts.whole.as_bytes());
        digits.extend_from_slice(parts.fraction.as_bytes());
        let point = i64::try_from(parts.whole.len()).ok()?;
        Some(Self::new(
            parts.is_negative,
            digits,
            written_exponent + point,
        ))
    }

    fn new(is_negative: bool, mut digits: SmallVec<[u8; 24]>, exponent: i64) -> Self {
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        digits.drain(..zeros);
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        let is_zero = digits.is_empty();
        let skipped = i64::try_from(zeros).unwrap_or(i64::MAX);
        Self {
            is_negative: is_negative && !is_zero,
            digits,
            exponent: if is_zero { 0 } else { exponent - skipped },
        }
    }

    /// Reads the characters of a number in an event; `None` for other texts, and for a number
    /// beyond the range of a double, which AWS compares with nothing.
    pub fn from_event(characters: &str) -> Option<Self> {
        if is_integer(characters) && characters.len() <= DIGITS_IN_RANGE {
            return Self::exact(characters);
        }
        let double = number(characters)?;
        match is_integer(characters) {
            true => Self::exact(characters),
            false => Self::exact(&format!("{double:e}")),
        }
    }

    /// Returns whether the number is not zero, and a double too small to be anything else.
    pub fn is_lost_in_double(&self) -> bool {
        let is_zero = |text: String| text.parse().is_ok_and(|double: f64| double == 0.0);
        !self.digits.is_empty() && is_zero(self.to_string())
    }

    fn compare_magnitude(&self, other: &Self) -> Ordering {
        match (self.digits.is_empty(), other.digits.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => (self.exponent, &self.digits).cmp(&(other.exponent, &other.digits)),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.is_negative, other.is_negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.compare_magnitude(other),
            (true, true) => other.compare_magnitude(self),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = std::str::from_utf8(&self.digits).unwrap_or_default();
        let length = i64::try_from(digits.len()).unwrap_or(i64::MAX);
        if self.is_negative {
            formatter.write_str("-")?;
        }
        match self.exponent {
            _ if digits.is_empty() => formatter.write_str("0"),
            point if (length..=PRINTED_PLACES).contains(&point) => {
                write!(formatter, "{digits}{}", zeros(point - length))
            }
            point if (1..length).contains(&point) => {
                let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or(0));
                write!(formatter, "{whole}.{fraction}")
            }
            point if (-PRINTED_PLACES..1).contains(&point) => {
                write!(formatter, "0.{}{digits}", zeros(-point))
            }
            point => write!(formatter, "{digits}e{}", point - length),
        }
    }
}

fn zeros(count: i64) -> String {
    "0".repeat(usize::try_from(count).unwrap_or(0))
}

/// Returns the characters that texts and regular expressions are compared with for a number of an
/// event: those of an integer as they are written, and those of any other number as AWS prints the
/// double; `None` for a number beyond the range of a double.
pub fn characters_of(written: &str) -> Option<Cow<'_, str>> {
    if is_integer(written) {
        let is_in_range = written.len() <= DIGITS_IN_RANGE || number(written).is_some();
        return is_in_range.then_some(Cow::Borrowed(written));
    }
    Some(Cow::Owned(printed(number(written)?)))
}

/// Prints a double as Java does: with a digit after the point, and with an exponent below 0.001 and
/// from ten million on.
fn printed(double: f64) -> String {
    let magnitude = double.abs();
    if magnitude == 0.0 || (1e-3..1e7).contains(&magnitude) {
        return format!("{double:?}");
    }
    let scientific = format!("{double:E}");
    match scientific.split_once('E') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => {
            format!("{mantissa}.0E{exponent}")
        }
        _ => scientific,
    }
}

/// Returns whether the characters of a number that is not an integer could match a text with `*`,
/// however the event writes the number.
pub(super) fn may_match_fraction(text: &str) -> bool {
    let is_of_number = |character: char| character.is_ascii_digit() || ".E-*".contains(character);
    text.contains(['.', '*']) && text.chars().all(is_of_number)
}

/// Reads a number as patterns have it, in 64-bit floating point. A number that floating point
/// cannot hold is a word.
pub fn number(text: &str) -> Option<f64> {
    Parts::split(text)?;
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Returns whether a text is written as a number is.
pub fn is_number(text: &str) -> bool {
    Parts::split(text).is_some()
}

fn is_integer(text: &str) -> bool {
    !text.contains(['.', 'e', 'E'])
}

/// The parts of a number as it is written.
///
/// Rust's own parser reads more than patterns do, such as `.5` and `infinity`, so the form is
/// checked first.
struct Parts<'a> {
    is_negative: bool,
    whole: &'a str,
    fraction: &'a str,
    /// The exponent with its sign, if there is one.
    exponent: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn split(text: &'a str) -> Option<Self> {
        let (whole, rest) = digits(after_sign(text))?;
        let (fraction, rest) = match rest.strip_prefix('.') {
            Some(fraction) => digits(fraction)?,
            None => ("", rest),
        };
        let exponent = match rest.strip_prefix(['e', 'E']) {
            Some(exponent) => Some(exponent),
            None if rest.is_empty() => None,
            None => return None,
        };
        exponent.is_none_or(is_exponent).then_some(Self {
            is_negative: text.starts_with('-'),
            whole,
            fraction,
            exponent,
        })
    }

    /// Returns the exponent if 32 bits hold it.
    fn exponent(&self) -> Option<i64> {
        match self.exponent {
            Some(exponent) => exponent.parse::<i32>().ok().map(i64::from),
            None => Some(0),
        }
    }
}

fn is_exponent(text: &str) -> bool {
    matches!(digits(after_sign(text)), Some((_, "")))
}

fn after_sign(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

/// Splits a text after the digits that it begins with; `None` without any digit.
fn digits(text: &str) -> Option<(&str, &str)> {
    let rest = text.trim_start_matches(|digit: char| digit.is_ascii_digit());
    let length = text.len() - rest.len();
    (length > 0).then(|| text.split_at(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Number {
        Number::exact(text).expect(text)
    }

    #[test]
    fn an_integer_keeps_its_characters_unless_no_double_holds_it() {
        let of_digits = |digit: &str, length: usize| digit.repeat(length);
        let largest_power = format!("1{}", of_digits("0", DIGITS_IN_RANGE));
        for within in ["7", &of_digits("9", DIGITS_IN_RANGE), &largest_power] {
            assert_eq!(characters_of(within).as_deref(), Some(within));
            assert_eq!(Number::from_event(within), Some(exact(within)));
        }
        for beyond in [of_digits("9", 309), of_digits("1", 400)] {
            assert_eq!(characters_of(&beyond), None);
            assert_eq!(Number::from_event(&beyond), None);
        }
    }

    #[test]
    fn an_exponent_has_digits_and_nothing_after_them() {
        for text in ["1e", "1e+", "1ex", "1e5x", "1e5.0"] {
            assert!(!is_number(text), "{text}");
        }
        assert!(is_number("1e5") && is_number("1E-05"));
    }

    #[test]
    fn numbers_are_written_with_digits() {
        for (text, expected) in [
            ("1", 1.0),
            ("+2", 2.0),
            ("-0.5", -0.5),
            ("1e+0", 1.0),
            ("1E2", 100.0),
        ] {
            assert_eq!(number(text), Some(expected), "{text}");
        }
        for text in [
            "", "-", ".5", "5.", "1e", "inf", "NaN", "infinity", "4*", "1-2", "--1", "0x1",
            "1e5e5", "1.e5", "1e+", "+",
        ] {
            assert_eq!(number(text), None, "{text}");
            assert_eq!(Number::exact(text), None, "{text}");
        }
        assert_eq!(number("1e999"), None);
    }

    #[test]
    fn one_number_is_equal_however_it_is_written() {
        for (text, same) in [
            ("1", "1.0"),
            ("1", "+1e0"),
            ("10", "1e1"),
            ("0.01", "1e-2"),
            ("-0.0", "0"),
            ("120", "0.12e3"),
            ("007", "7"),
        ] {
            assert_eq!(exact(text), exact(same), "{text}");
        }
    }

    #[test]
    fn numbers_are_in_the_order_of_their_values() {
        let ascending = [
            "-1e2147483647",
            "-10",
            "-9",
            "-0.1",
            "0",
            "1e-999",
            "0.09",
            "0.1",
            "9",
            "10",
            "9007199254740992",
            "9007199254740993",
            "1e309",
        ];
        for pair in ascending.windows(2) {
            assert!(exact(pair[0]) < exact(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn an_exponent_has_32_bits() {
        for text in [
            "1e2147483648",
            "1e-2147483648",
            "1.5e-2147483648",
            "1.5e-2147483647",
        ] {
            assert_eq!(Number::exact(text), None, "{text}");
            assert!(is_number(text), "{text}");
        }
        assert!(Number::exact("1e-2147483647").is_some());
    }

    #[test]
    fn events_have_exact_integers_and_doubles() {
        let large = Number::from_event("9007199254740993");
        assert_eq!(large, Number::exact("9007199254740993"));
        let double = Number::from_event("9007199254740993.0");
        assert_eq!(double, Number::exact("9007199254740992"));
        assert_eq!(Number::from_event("1e-999"), Number::exact("0"));
        assert_eq!(Number::from_event("0.1"), Number::exact("0.1"));
        let beyond = "9".repeat(310);
        for text in ["1e309", "-1e309", "x", beyond.as_str()] {
            assert_eq!(Number::from_event(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_too_small_for_a_double_is_lost() {
        for (text, expected) in [
            ("1e-999", true),
            ("0", false),
            ("0e-999", false),
            ("5e-324", false),
            ("1e-324", true),
        ] {
            assert_eq!(exact(text).is_lost_in_double(), expected, "{text}");
        }
    }

    #[test]
    fn the_characters_of_a_number_are_those_of_the_double() {
        for (written, expected) in [
            ("1", Some("1")),
            ("-0", Some("-0")),
            ("1.0", Some("1.0")),
            ("1e0", Some("1.0")),
            ("1.50", Some("1.5")),
            ("-0.0", Some("-0.0")),
            ("1e-999", Some("0.0")),
            ("1e3", Some("1000.0")),
            ("1e7", Some("1.0E7")),
            ("1.25e-5", Some("1.25E-5")),
            ("1e309", None),
        ] {
            assert_eq!(characters_of(written).as_deref(), expected, "{written}");
        }
    }

    #[test]
    fn numbers_are_printed_as_short_as_they_can_be() {
        for (written, expected) in [
            ("1000", "1000"),
            ("1e3", "1000"),
            ("-0.50", "-0.5"),
            ("12.5", "12.5"),
            ("0", "0"),
            ("1e-3", "0.001"),
            ("12e300", "12e300"),
            ("1e-999", "1e-999"),
        ] {
            assert_eq!(exact(written).to_string(), expected);
        }
    }

    #[test]
    fn only_characters_of_numbers_may_match_a_fraction() {
        for (text, expected) in [
            ("404", false),
            ("404*", true),
            ("1.0E7", true),
            ("10.0.0.1", true),
            ("v1.0", false),
        ] {
            assert_eq!(may_match_fraction(text), expected, "{text}");
        }
    }
}
