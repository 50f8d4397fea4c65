//! Texts that a spreadsheet takes for something else.

/// The most digits of a number that a spreadsheet keeps.
// Its numbers are doubles, of which fifteen digits are exact.
pub(super) const DIGITS_LIMIT: usize = 15;

/// The most bytes of a text that is kept: a formula has at most 255 characters in a text, and
/// nothing that is longer is taken for a number or a date.
const TEXT_LIMIT_BYTES: usize = 200;

/// The signs that may come before the first digit of a number.
const SIGNS: [char; 14] = [
    '.', ',', '(', '#', '$', '€', '£', '¥', '₩', '￥', '￦', '٪', '±', '−',
];

/// The months in English, which may be cut after three letters.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The Korean words for a.m. and p.m.
const TIMES_OF_DAY: [&str; 2] = ["오전", "오후"];

/// Returns whether a spreadsheet may take a text for a number, a date, a time or a truth value, and
/// show something else.
pub(super) fn is_misread(text: &str) -> bool {
    // A text of several lines is a text.
    if text.len() > TEXT_LIMIT_BYTES || text.contains('\n') {
        return false;
    }
    let text = text.trim();
    let has_digit = text.contains(char::is_numeric);
    is_truth_value(text) || (has_digit && begins_like_a_value(text))
}

fn is_truth_value(text: &str) -> bool {
    ["true", "false"]
        .iter()
        .any(|value| text.eq_ignore_ascii_case(value))
}

fn begins_like_a_value(text: &str) -> bool {
    let begins_with = |word: &&str| text.starts_with(word);
    // Full-width digits count, too.
    text.starts_with(char::is_numeric)
        || text.starts_with(SIGNS)
        || TIMES_OF_DAY.iter().any(begins_with)
        || begins_with_month(text)
}

fn begins_with_month(text: &str) -> bool {
    let length = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let word = text.get(..length).unwrap_or_default().to_ascii_lowercase();
    let is_month = |month: &&str| *month == word || month.get(..3) == Some(&word);
    word == "sept" || MONTHS.iter().any(is_month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_become_something_else_are_known() {
        for text in [
            "012345678901",
            "00123",
            "1E10",
            "12345678901234567890",
            "2026-03-03",
            "3/4",
            "10:30",
            "5%",
            "$5",
            "(5)",
            " 7 ",
            "MAR1",
            "Dec-2",
            "september 3",
            "Sept 3",
            "TRUE",
            "false",
            "３월 1일",
            "1.2.3",
            "오전 10:30",
        ] {
            assert!(is_misread(text), "{text}");
        }
    }

    #[test]
    fn other_texts_stay_as_they_are() {
        for text in [
            "",
            "prod/db",
            "arn:aws:iam::012345678901:role/a",
            "us-east-1",
            "March",
            "market-1",
            "decoder/db2",
            "mayor3",
            "보안 암호",
            "truth",
            "a1E10",
        ] {
            assert!(!is_misread(text), "{text}");
        }
    }
}
