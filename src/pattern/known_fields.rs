//! What is known of the fields of CloudTrail records, as far as it matters to patterns.
//!
//! The sources are the pages "CloudTrail record contents" and "CloudTrail userIdentity element" of
//! the CloudTrail user guide, and 5,486 records of public archives in which the counts beside the
//! fields were taken.

use super::ast::{Selector, Step};

/// Top-level fields that every record has: each was in all of the records but at most eight.
const ALWAYS: [&str; 12] = [
    "awsRegion",
    "eventID",
    "eventName",
    "eventSource",
    "eventTime",
    "eventType",
    "eventVersion",
    "recipientAccountId",
    "requestID",
    "sourceIPAddress",
    "userAgent",
    "userIdentity",
];

/// Fields that many records lack, and which records those are.
const SOMETIMES: [(&str, &str); 15] = [
    (
        "additionalEventData.MFAUsed",
        "only console logins have it, and not all of them",
    ),
    ("additionalEventData", "9 of 10 records have none"),
    ("errorCode", "calls that succeed have none"),
    ("errorMessage", "calls that succeed have none"),
    ("readOnly", "older records have none"),
    ("requestParameters", "its content differs from call to call"),
    ("resources", "most management events have none"),
    ("responseElements", "calls that only read have none"),
    ("userIdentity.arn", "calls of AWS services have none"),
    (
        "userIdentity.invokedBy",
        "only calls that an AWS service made have it",
    ),
    (
        "userIdentity.sessionContext.sessionIssuer",
        "only assumed roles and federated users have it",
    ),
    (
        "userIdentity.sessionContext",
        "only calls with temporary credentials have it",
    ),
    ("userIdentity.type", "events of AWS services have none"),
    ("userIdentity.userName", "assumed roles have none"),
    ("vpcEndpointId", "only calls through a VPC endpoint have it"),
];

/// Fields that are booleans of JSON.
const BOOLEANS: [&str; 2] = ["managementEvent", "readOnly"];

/// Fields that are written as the texts `true` and `false`.
const TRUTHS_AS_TEXT: [&str; 2] = [
    "sessionCredentialFromConsole",
    "userIdentity.sessionContext.attributes.mfaAuthenticated",
];

/// Fields that are objects or arrays, which no comparison is true for.
const CONTAINERS: [&str; 9] = [
    "additionalEventData",
    "requestParameters",
    "resources",
    "responseElements",
    "tlsDetails",
    "userIdentity",
    "userIdentity.sessionContext",
    "userIdentity.sessionContext.attributes",
    "userIdentity.sessionContext.sessionIssuer",
];

/// The last names of fields that hold JSON as a text, which a selector cannot enter.
const DOCUMENTS: [&str; 5] = [
    "assumeRolePolicyDocument",
    "keyPolicy",
    "policy",
    "policyDocument",
    "resourcePolicy",
];

/// Why a field may be missing from a record; `None` for those that never are.
pub(super) fn absence(selector: &Selector) -> Option<&'static str> {
    let path = path(selector);
    if ALWAYS.contains(&path.as_str()) {
        return None;
    }
    let inside = |field: &str| {
        path == field
            || path
                .strip_prefix(field)
                .is_some_and(|rest| rest.starts_with('.'))
    };
    let known = SOMETIMES.iter().find(|(field, _)| inside(field));
    Some(known.map_or("not every record has it", |(_, absence)| absence))
}

/// How a field holds a truth value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    /// As a boolean of JSON.
    Boolean,
    /// As a text.
    Text,
    /// It depends on the call; booleans are the rule.
    Unknown,
}

/// How a field holds a truth value.
pub(super) fn truth(selector: &Selector) -> Truth {
    let path = whole_path(selector).unwrap_or_default();
    if BOOLEANS.contains(&path.as_str()) {
        return Truth::Boolean;
    }
    if TRUTHS_AS_TEXT.contains(&path.as_str()) {
        Truth::Text
    } else {
        Truth::Unknown
    }
}

/// What a field always is, where no comparison of strings and numbers can hold for it.
pub(super) fn incomparable(selector: &Selector) -> Option<&'static str> {
    let path = whole_path(selector)?;
    if CONTAINERS.contains(&path.as_str()) {
        return Some("an object or array");
    }
    BOOLEANS.contains(&path.as_str()).then_some("a boolean")
}

/// Whether a field always is a text.
pub(super) fn is_text(selector: &Selector) -> bool {
    whole_path(selector).is_some_and(|path| {
        path != "userIdentity"
            && (ALWAYS.contains(&path.as_str()) || TRUTHS_AS_TEXT.contains(&path.as_str()))
    })
}

/// The name of the field on the way of a selector that holds JSON as a text.
pub(super) fn text_document(selector: &Selector) -> Option<&str> {
    let before_last = selector
        .steps
        .split_last()
        .map_or(&[][..], |(_, before)| before);
    before_last
        .iter()
        .filter_map(Step::member_name)
        .find(|name| DOCUMENTS.contains(name))
}

/// The member names of a selector that has nothing else.
fn whole_path(selector: &Selector) -> Option<String> {
    selector
        .steps
        .iter()
        .all(|step| step.member_name().is_some())
        .then(|| path(selector))
}

/// The member names of a selector up to its first index or wildcard.
fn path(selector: &Selector) -> String {
    selector
        .steps
        .iter()
        .map_while(Step::member_name)
        .collect::<Vec<_>>()
        .join(".")
}
