//! Accounts and regions as text.

/// Returns an account and region as one text, which is empty if neither is known.
pub fn place(account: Option<&str>, region: Option<&str>) -> String {
    let parts: Vec<&str> = [account, region].into_iter().flatten().collect();
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_the_parts_that_are_known() {
        assert_eq!(place(Some("1"), Some("eu-west-1")), "1 eu-west-1");
        assert_eq!(place(None, Some("eu-west-1")), "eu-west-1");
        assert_eq!(place(None, None), "");
    }
}
