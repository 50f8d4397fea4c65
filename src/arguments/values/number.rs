//! Numbers as options.

/// A text that is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a number such as 1 or 2.5")]
pub(crate) struct InvalidNumber;

/// Parses a number with or without a fraction.
///
/// # Errors
///
/// Returns an error if the text is not one.
pub(crate) fn parse_number(text: &str) -> Result<f64, InvalidNumber> {
    text.parse().map_err(|_| InvalidNumber)
}
