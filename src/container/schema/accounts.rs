//! Numbers of accounts, as spreadsheets and data frames change them.

use serde_json::Value;

/// The digits of an account number.
const DIGITS: usize = 12;

/// The fewest digits of a number that is taken for that of an account without its zeros. Only one
/// account in ten thousand has more than three of them.
const LEAST_DIGITS: usize = 9;

/// Returns the number of an account with all of its digits: programs that take it for a number
/// leave out zeros at its beginning, and add a fraction. Returns nothing for anything else.
pub(super) fn whole(account: &Value) -> Option<Value> {
    let text = text(account)?;
    let digits = text.strip_suffix(".0").unwrap_or(&text);
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit())
        && (LEAST_DIGITS..=DIGITS).contains(&digits.len());
    is_number.then(|| format!("{digits:0>DIGITS$}").into())
}

/// Returns the text of an account number that has lost digits, as `1.11122E+11`.
pub(super) fn rounded(account: &Value) -> Option<String> {
    let text = text(account)?;
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    let is_number = mantissa.parse::<f64>().is_ok() && exponent.parse::<u8>().is_ok();
    is_number.then_some(text)
}

fn text(account: &Value) -> Option<String> {
    match account {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_of_accounts_have_twelve_digits() {
        for (account, expected) in [
            (json!("111122223333"), Some("111122223333")),
            (json!("11122223333"), Some("011122223333")),
            (json!(11_122_223_333_i64), Some("011122223333")),
            (json!(111_122_223_333.0), Some("111122223333")),
            (json!("111122223333.0"), Some("111122223333")),
            (json!("1111222233334"), None),
            (json!("11112222"), None),
            (json!("anonymous"), None),
            (json!(""), None),
            (json!("1.11122E+11"), None),
            (json!(null), None),
        ] {
            let expected = expected.map(Value::from);
            assert_eq!(whole(&account), expected, "{account}");
        }
    }

    #[test]
    fn rounded_numbers_are_recognized() {
        for text in [
            "1.11122E+11",
            "1,11122e11",
            "1.11122e11",
            "anonymous",
            "1e",
            "",
        ] {
            let is_rounded = rounded(&text.into()).is_some();
            let expected = matches!(text, "1.11122E+11" | "1.11122e11");
            assert_eq!(is_rounded, expected, "{text}");
        }
    }
}
