//! The place that a call came from.

use std::net::IpAddr;

/// The place that a call came from, as CloudTrail writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CallPlace<'a> {
    /// An address.
    Address(IpAddr),
    /// A service of AWS, as in `athena.amazonaws.com` or `AWS Internal`.
    Service(&'a str),
    /// Any other text.
    Other(&'a str),
}

impl<'a> CallPlace<'a> {
    /// Returns the place that the source address of a call means; `None` if it is blank.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        if text.trim().is_empty() {
            return None;
        }
        if let Ok(address) = text.parse() {
            return Some(Self::Address(address));
        }
        let is_service = text == "AWS Internal" || is_domain_of_aws(text);
        Some(match is_service {
            true => Self::Service(text),
            false => Self::Other(text),
        })
    }
}

fn is_domain_of_aws(text: &str) -> bool {
    let name = text
        .strip_suffix(".amazonaws.com")
        .or_else(|| text.strip_suffix(".amazonaws.com.cn"));
    name.is_some_and(is_domain)
}

/// Returns true if a text has the characters of the name of a domain alone.
fn is_domain(name: &str) -> bool {
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
    !name.is_empty() && name.bytes().all(is_of_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_not_addresses() {
        let address = |text: &str| Some(CallPlace::Address(text.parse().unwrap()));
        assert_eq!(CallPlace::parse("192.0.2.1"), address("192.0.2.1"));
        assert_eq!(CallPlace::parse("2001:db8::1"), address("2001:db8::1"));
        for service in ["athena.amazonaws.com", "AWS Internal"] {
            assert_eq!(CallPlace::parse(service), Some(CallPlace::Service(service)));
        }
        for other in ["192.0.2.1:443", "x y.amazonaws.com", ".amazonaws.com"] {
            assert_eq!(CallPlace::parse(other), Some(CallPlace::Other(other)));
        }
        assert_eq!(CallPlace::parse(" "), None);
    }
}
