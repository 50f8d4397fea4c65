//! Texts that a spreadsheet takes for something else.

/// The most digits of a number that a spreadsheet keeps.
pub(super) const DIGITS_LIMIT: usize = 15;

/// The most characters of a text that is kept: a formula has at most 255 characters in a text, and
/// nothing that is longer is taken for a number or a date.
const TEXT_LIMIT: usize = 200;

/// The signs that may come before the first digit of a number.
const SIGNS: [char; 14] = [
    '.', ',', '(', '#', '$', '€', '£', '¥', '₩', '￥', '￦', '٪', '±', '−',
];

/// The begins of the names of months in English, and those of times of day in Korean.
const BEGINS: [&str; 14] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "오전",
    "오후",
];

/// Returns whether a spreadsheet may take a text for a number, a date, a time or a truth value, and
/// show something else.
pub(super) fn is_misread(text: &str) -> bool {
    // A text of several lines is a text.
    if text.len() > TEXT_LIMIT || text.contains('\n') {
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
    let begins_with = |begin: &&str| {
        let first = text.get(..begin.len());
        first.is_some_and(|first| first.eq_ignore_ascii_case(begin))
    };
    // Full-width digits count, too.
    text.starts_with(char::is_numeric) || text.starts_with(SIGNS) || BEGINS.iter().any(begins_with)
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
            "보안 암호",
            "truth",
            "a1E10",
        ] {
            assert!(!is_misread(text), "{text}");
        }
    }
}
