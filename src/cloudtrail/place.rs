//! The account and region that recorded an event, which are those of the secret or key that it
//! names without an ARN.
//!
//! Uses, attempts and steps of the lifecycle all follow this order, or one secret would have
//! several stories (decision 3).

use super::key::ObjectKey;

/// Returns the account of a record: the recipient that it names, otherwise the account in the key
/// of its object, otherwise that of the caller.
pub fn known_account<'a>(
    recipient: Option<&'a str>,
    key: &'a ObjectKey,
    caller: Option<&'a str>,
) -> Option<&'a str> {
    // A caller may be of another account than the one that it calls.
    recipient.or(key.account.as_deref()).or(caller)
}

/// Returns the region of a record: the one that it names, otherwise that in the key of its object.
pub fn known_region<'a>(own: Option<&'a str>, key: &'a ObjectKey) -> Option<&'a str> {
    own.or(key.region.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_record_names_comes_first() {
        let key = ObjectKey {
            account: Some("key".into()),
            region: Some("key".into()),
            ..ObjectKey::default()
        };
        let none = ObjectKey::default();
        let own = Some("own");
        assert_eq!(known_account(own, &key, Some("caller")), own);
        assert_eq!(known_account(None, &key, Some("caller")), Some("key"));
        assert_eq!(known_account(None, &none, Some("caller")), Some("caller"));
        assert_eq!(known_region(own, &key), own);
        assert_eq!(known_region(None, &key), Some("key"));
        assert_eq!(known_region(None, &none), None);
    }
}
