//! Spans of code, in which hostile text is only shown.

use crate::text::shortened;

/// The most characters of a text from outside, so that a report fits into a ticket: GitHub takes
/// 65,536 characters.
const TEXT_LIMIT: usize = 160;

/// Returns a text from outside as a span of code.
///
/// Backslashes would not do: GitHub finds mentions and addresses in the text after they are taken
/// out.
pub(super) fn code(text: &str) -> String {
    let text = shortened(text, TEXT_LIMIT);
    if text.trim().is_empty() {
        // A span without a character is not a span.
        return format!("\"{text}\"");
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    // One space at each end is taken off again. It keeps a backtick away from the fence, and a
    // space at both ends of the text where it is.
    match text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) {
        true => format!("{fence} {text} {fence}"),
        false => format!("{fence}{text}{fence}"),
    }
}

/// Returns a text from outside as a span of code in a cell of a table.
pub(super) fn code_cell(text: &str) -> String {
    // Tables are cut into cells before spans are seen, and no mark before a bar is safe after a
    // backslash.
    code(&text.replace('|', r"\u{7c}"))
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|sign: char| sign != '`');
    runs.map(str::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_a_span_of_code_is_only_shown() {
        for (text, expected) in [
            ("prod/db", "`prod/db`"),
            (
                "<img src=x onerror=alert(1)>",
                "`<img src=x onerror=alert(1)>`",
            ),
            ("[a](javascript:1)", "`[a](javascript:1)`"),
            ("@everyone", "`@everyone`"),
            ("a`b", "``a`b``"),
            ("`", "`` ` ``"),
            ("``<b>", "``` ``<b> ```"),
            (" a ", "`  a  `"),
            ("a\n# b\n\n<b>", r"`a\u{a}# b\u{a}\u{a}<b>`"),
            ("", "\"\""),
            (" ", "\" \""),
        ] {
            assert_eq!(code(text), expected);
        }
    }

    #[test]
    fn a_cell_has_no_bar() {
        assert_eq!(code_cell("a|b"), r"`a\u{7c}b`");
        assert_eq!(code_cell(r"a\|b"), r"`a\\u{7c}b`");
        assert_eq!(code_cell("a\u{2028}b"), r"`a\u{2028}b`");
    }

    #[test]
    fn a_long_text_is_cut_and_its_span_closed() {
        let text = code(&"`".repeat(1000));
        let fence = "`".repeat(TEXT_LIMIT);
        assert_eq!(
            text,
            format!("{fence} {}… {fence}", "`".repeat(TEXT_LIMIT - 1))
        );
    }
}
