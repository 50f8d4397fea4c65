//! Whole numbers with a comma between thousands, as both English and Korean write them.

/// Returns the digits of a whole number with a comma between thousands.
pub fn grouped(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_apart() {
        assert_eq!(
            ["7", "999", "1000", "1234567"].map(grouped),
            ["7", "999", "1,000", "1,234,567"]
        );
    }
}
