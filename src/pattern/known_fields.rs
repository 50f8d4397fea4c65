//! The fields of CloudTrail records, as far as they matter to patterns.
//!
//! The sources are the pages "CloudTrail record contents" and "CloudTrail userIdentity element" of
//! the CloudTrail user guide, and 5,486 records of public archives.

use super::ast::{Selector, SelectorStep};

/// The top-level fields that every record has: each was in all of the records but at most eight.
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

/// The fields that many records lack, and the records that lack them.
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

/// The fields that are JSON booleans.
const BOOLEANS: [&str; 2] = ["managementEvent", "readOnly"];

/// The fields that are written as the strings `true` and `false`.
const BOOLEAN_STRINGS: [&str; 2] = [
    "sessionCredentialFromConsole",
    "userIdentity.sessionContext.attributes.mfaAuthenticated",
];

/// The fields that are objects or arrays, for which no comparison is true.
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

/// The last names of fields that contain JSON as a string, which a selector cannot enter.
const STRING_DOCUMENTS: [&str; 5] = [
    "assumeRolePolicyDocument",
    "keyPolicy",
    "policy",
    "policyDocument",
    "resourcePolicy",
];

/// The ways in which a field holds `true` or `false`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BooleanForm {
    /// As a JSON boolean.
    Boolean,
    /// As a string.
    String,
    /// Depending on the call, mostly as a boolean.
    Unknown,
}

/// Returns the reason why a field may be missing from a record; `None` for those that never are.
pub(super) fn absence(selector: &Selector) -> Option<&'static str> {
    let path = leading_path(selector);
    if ALWAYS.contains(&path.as_str()) {
        return None;
    }
    // Parts of an object come before the object in the list, so that the first is the closest.
    for (field, absence) in SOMETIMES {
        if is_within(&path, field) {
            return Some(absence);
        }
    }
    Some("not every record has it")
}

/// Returns whether a path leads to a field or into it.
fn is_within(path: &str, field: &str) -> bool {
    match path.strip_prefix(field) {
        Some(rest) => rest.is_empty() || rest.starts_with('.'),
        None => false,
    }
}

/// Returns the way in which a field holds `true` or `false`.
pub(super) fn boolean_form(selector: &Selector) -> BooleanForm {
    if is_in(&BOOLEANS, selector) {
        return BooleanForm::Boolean;
    }
    match is_in(&BOOLEAN_STRINGS, selector) {
        true => BooleanForm::String,
        false => BooleanForm::Unknown,
    }
}

/// Returns the type of a field for which no comparison of strings and numbers can be true.
pub(super) fn incomparable_type(selector: &Selector) -> Option<&'static str> {
    if is_in(&CONTAINERS, selector) {
        return Some("an object or array");
    }
    is_in(&BOOLEANS, selector).then_some("a boolean")
}

/// Returns whether a field always is a string.
pub(super) fn is_string(selector: &Selector) -> bool {
    let is_known = is_in(&ALWAYS, selector) || is_in(&BOOLEAN_STRINGS, selector);
    is_known && incomparable_type(selector).is_none()
}

/// Returns the name of the field in a selector that contains JSON as a string.
pub(super) fn string_document(selector: &Selector) -> Option<&str> {
    // The last step may be such a field: its whole text can be compared.
    let (_, before_last) = selector.steps.split_last()?;
    before_last
        .iter()
        .filter_map(SelectorStep::member_name)
        .find(|name| STRING_DOCUMENTS.contains(name))
}

/// Returns whether a selector leads to one of the fields, without an index or a wildcard.
fn is_in(fields: &[&str], selector: &Selector) -> bool {
    let (names, rest) = selector.split_names();
    rest.is_empty() && fields.contains(&names.join(".").as_str())
}

/// Returns the member names of a selector up to its first index or wildcard.
fn leading_path(selector: &Selector) -> String {
    selector.split_names().0.join(".")
}
