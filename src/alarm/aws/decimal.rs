//! Numbers in the words of AWS.

/// Returns a number as Java prints a double: with at least one decimal, and with an exponent from
/// 10^7 up and below 10^-3 (sources, W10).
pub(super) fn decimal(value: f64) -> String {
    let is_plain = (1e-3..1e7).contains(&value.abs()) || value == 0.0;
    if is_plain || !value.is_finite() {
        return format!("{value:?}");
    }
    let scientific = format!("{value:e}");
    match scientific.split_once('e') {
        Some((digits, exponent)) if digits.contains('.') => format!("{digits}E{exponent}"),
        Some((digits, exponent)) => format!("{digits}.0E{exponent}"),
        None => scientific,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_java() {
        let rows = [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (5.0, "5.0"),
            (-2.5, "-2.5"),
            (0.001, "0.001"),
            (0.000_999, "9.99E-4"),
            (1e-4, "1.0E-4"),
            (9_999_999.0, "9999999.0"),
            (9_999_999.5, "9999999.5"),
            (1e7, "1.0E7"),
            (-20_000_005.0, "-2.0000005E7"),
            (860_604_416.0, "8.60604416E8"),
            (1e9, "1.0E9"),
            (19_501_161_676.8, "1.95011616768E10"),
            (f64::MAX, "1.7976931348623157E308"),
            (f64::INFINITY, "inf"),
        ];
        for (value, expected) in rows {
            assert_eq!(decimal(value), expected);
        }
    }
}
