//! The shape of records of CloudTrail, and of what resembles them.
//!
//! An element of `Records` is a record if it has an event time, source or name. Elsewhere, an
//! object needs more of them, since other events have members with the same names. The event source
//! of CloudTrail is the DNS name of a service; that of a notification of S3 or a stream of DynamoDB
//! begins with `aws:`.

use std::borrow::Cow;

use crate::json::{members_of_valid, valid};

/// The members that every record has.
const RECORD_MEMBERS: [&str; 3] = ["eventTime", "eventSource", "eventName"];

/// The members of a digest of CloudTrail.
const DIGEST_MEMBERS: [&str; 3] = ["awsAccountId", "digestEndTime", "logFiles"];

/// The members of records that are kept elsewhere than in `Records` if one of the three is missing.
const USUAL_MEMBERS: [&str; 2] = ["eventVersion", "awsRegion"];

/// The beginning of the source of a notification of another service.
const NOTIFICATION_SOURCE: &str = "\"aws:";

/// The end of the source of a record.
const SERVICE_DOMAIN: &str = ".amazonaws.com";

/// The members of an object, each with the text of its value.
pub(super) type MemberTexts<'t> = [(Cow<'t, str>, &'t str)];

/// Returns the text of a member.
pub(super) fn member<'t>(members: &MemberTexts<'t>, name: &str) -> Option<&'t str> {
    let (_, value) = members.iter().find(|(key, _)| key == name)?;
    Some(value)
}

/// Returns the text of a string without its quotes, or of any other value as it is.
pub(super) fn unquoted(raw: &str) -> &str {
    let inner = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"'));
    inner.unwrap_or(raw)
}

/// Returns true if members have all of these names.
pub(super) fn has_all(members: &MemberTexts<'_>, names: &[&str]) -> bool {
    names.iter().all(|name| member(members, name).is_some())
}

/// Returns true if an element of `Records` with these members, in the order in which they are
/// written, is a record.
pub(super) fn is_listed_record<'m>(members: impl Iterator<Item = (&'m [u8], &'m str)>) -> bool {
    let mut has_member = false;
    for (name, value) in members {
        match name {
            // It comes early in what CloudTrail writes, and says all.
            b"eventSource" => return !value.starts_with(NOTIFICATION_SOURCE),
            b"eventTime" | b"eventName" => has_member = true,
            _ => {}
        }
    }
    has_member
}

/// Returns true if members show that a tool wrote the record: a name has a dot, or the identity is
/// a text. CloudTrail has structures.
pub(super) fn is_without_structures<'m>(
    mut members: impl Iterator<Item = (&'m [u8], &'m str)>,
) -> bool {
    members.any(|(name, value)| {
        name.contains(&b'.') || name == b"userIdentity" && value.starts_with('"')
    })
}

/// Returns true if an object in the place of a record is one.
pub(super) fn is_record_in_place(object: &str) -> bool {
    let members = valid::members(object);
    is_listed_record(members.map(|(name, value)| {
        let name = name.as_bytes();
        let inner = name.get(1..name.len().saturating_sub(1));
        (inner.unwrap_or_default(), value)
    }))
}

/// Returns true if an object anywhere else is a record.
pub(super) fn is_record(members: &MemberTexts<'_>) -> bool {
    let found = RECORD_MEMBERS.map(|name| member(members, name));
    let [_, source, _] = found;
    if resembles_record(members) {
        return false;
    }
    // Other events may have two of the names, so the service or other members must decide.
    let is_of_service = source.is_some_and(|source| source.contains(SERVICE_DOMAIN));
    match found.into_iter().flatten().count() {
        3 => true,
        2 => is_of_service || has_all(members, &USUAL_MEMBERS),
        _ => false,
    }
}

/// Returns true if an object has members of a record with other values: the rules of EventBridge
/// have lists of sources and names, and notifications have sources of their own.
pub(super) fn resembles_record(members: &MemberTexts<'_>) -> bool {
    let source = member(members, "eventSource").or_else(|| member(members, "EventSource"));
    let of_event = [source, member(members, "eventName")];
    let mut of_event = of_event.into_iter().flatten();
    let has_list = of_event.any(|value| value.starts_with(['[', '{']));
    has_list || source.is_some_and(|source| source.starts_with(NOTIFICATION_SOURCE))
}

/// Returns true if an object is a digest.
pub(super) fn is_digest(members: &MemberTexts<'_>) -> bool {
    has_all(members, &DIGEST_MEMBERS)
}

/// Returns true if an element of `Records` is of a notification or a stream of another service.
pub(super) fn is_notification(element: &str) -> bool {
    if !element.starts_with('{') {
        return false;
    }
    let members = members_of_valid(element);
    let source = member(&members, "eventSource").or_else(|| member(&members, "EventSource"));
    let is_stream = has_all(&members, &["SequenceNumber"]) || has_all(&members, &["Data"]);
    is_stream || source.is_some_and(|source| source.starts_with(NOTIFICATION_SOURCE))
}

/// Returns the record of Logstash, which moves the time of an event to a member of its own.
pub(super) fn of_logstash(raw: &str, members: &MemberTexts<'_>) -> Option<String> {
    let time = member(members, "@timestamp")?;
    if member(members, "eventTime").is_some() || !has_all(members, &["eventSource", "eventName"]) {
        return None;
    }
    let rest = raw.strip_prefix('{')?;
    Some(format!("{{\"eventTime\":{time},{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_one(object: &str) -> (bool, bool) {
        (
            is_record_in_place(object),
            is_record(&members_of_valid(object)),
        )
    }

    #[test]
    fn a_record_needs_less_where_records_are_expected() {
        for (object, expected) in [
            (
                r#"{"eventTime":1,"eventSource":"s","eventName":"n"}"#,
                (true, true),
            ),
            (r#"{"eventName":"n"}"#, (true, false)),
            (
                r#"{"eventSource":"kms.amazonaws.com","eventName":"n"}"#,
                (true, true),
            ),
            (r#"{"eventSource":"s","eventName":"n"}"#, (true, false)),
            (
                r#"{"eventVersion":"1","awsRegion":"r","eventTime":"t","eventName":"n"}"#,
                (true, true),
            ),
            (
                r#"{"eventTime":"t","eventSource":"aws:s3","eventName":"ObjectCreated:Put"}"#,
                (false, false),
            ),
            (
                r#"{"eventTime":"t","eventSource":["kms.amazonaws.com"],"eventName":["n"]}"#,
                (true, false),
            ),
            (r#"{"foo":1}"#, (false, false)),
            ("{}", (false, false)),
        ] {
            assert_eq!(is_one(object), expected, "{object}");
        }
    }

    #[test]
    fn notifications_are_told_from_records() {
        for element in [
            r#"{"eventSource":"aws:s3"}"#,
            r#"{"EventSource":"aws:sns","Sns":{}}"#,
            r#"{"SequenceNumber":"0","Data":"eA=="}"#,
        ] {
            assert!(is_notification(element), "{element}");
        }
        for element in [
            r#"{"foo":1}"#,
            "7",
            r#"{"eventSource":"kms.amazonaws.com"}"#,
        ] {
            assert!(!is_notification(element), "{element}");
        }
    }
}
