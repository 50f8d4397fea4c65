//! The addresses that receive notifications.

use std::fmt;
use std::str::FromStr;

use crate::text::printable;

/// The longest address, in bytes (RFC 5321, 4.5.3.1, with the `@`).
const LONGEST: usize = 320;

/// An address of email.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailAddress(String);

/// A text that is not an address of email.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not an address such as security@example.com", printable(.0))]
pub struct InvalidEmailAddress(String);

impl EmailAddress {
    /// Returns the address as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EmailAddress {
    type Err = InvalidEmailAddress;

    fn from_str(text: &str) -> Result<Self, InvalidEmailAddress> {
        match is_address(text) {
            true => Ok(Self(text.to_owned())),
            false => Err(InvalidEmailAddress(text.to_owned())),
        }
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Returns whether a text has the form that SNS accepts. Whether somebody receives its email is
/// found out by the confirmation that SNS sends.
fn is_address(text: &str) -> bool {
    // A script passes all addresses in one variable, in which a blank would split an address.
    if text.len() > LONGEST || text.contains(is_blank) {
        return false;
    }
    // A local part in quotes may hold the sign as well, but a domain cannot.
    let parts = text.rsplit_once('@');
    parts.is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
}

fn is_blank(character: char) -> bool {
    character.is_whitespace() || character.is_control()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_two_parts_and_no_blank() {
        for address in ["a@example.com", "a+b@x", "o'neil@example.com", "\"a@b\"@x"] {
            let parsed = address.parse::<EmailAddress>();
            assert_eq!(parsed.map(|parsed| parsed.to_string()), Ok(address.into()));
        }
        for wrong in [
            "",
            "a",
            "@x",
            "a@",
            "a b@x",
            "a@x\n",
            &format!("{}@x", "a".repeat(320)),
        ] {
            assert!(wrong.parse::<EmailAddress>().is_err(), "{wrong}");
        }
    }
}
