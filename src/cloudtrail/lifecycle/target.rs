//! The secret or key that a record is about.

use crate::cloudtrail::record::Record;
use crate::json::Json;

/// Returns the secret or key that a record names, as written there: a name, an ARN, a key ID or an
/// alias.
///
/// Secrets Manager names its secret in the request or, in events of the service itself, in
/// `additionalEventData`. KMS names the key in the ARN of its resource and may omit it from the
/// request (sources, L1 and L2). Private CA and Payment Cryptography name theirs in the request
/// (sources, L11).
pub fn target(record: &Record<'_>) -> Option<String> {
    // Tables with names in lower case lose the capital of `SecretId`.
    const FROM_MOST_EXACT: [&[&str]; 6] = [
        &["requestParameters", "secretId"],
        &["additionalEventData", "SecretId"],
        &["additionalEventData", "secretId"],
        &["additionalEventData", "secretid"],
        &["additionalEventData", "ARN"],
        &["additionalEventData", "arn"],
    ];
    let source = record.text(&["eventSource"]).unwrap_or_default();
    if source.starts_with("kms") {
        return key(record);
    }
    if source.starts_with("acm-pca.") {
        return authority(record);
    }
    if source.starts_with("payment-cryptography.") {
        return payment_key(record);
    }
    let named = FROM_MOST_EXACT.iter().find_map(|path| record.text(path));
    named.or_else(|| created_secret(record))
}

/// Returns the name that a secret was created with. No other operation has it in its request.
fn created_secret(record: &Record<'_>) -> Option<String> {
    let is_created = record.text(&["eventName"])? == "CreateSecret";
    is_created.then(|| record.text(&["requestParameters", "name"]))?
}

fn authority(record: &Record<'_>) -> Option<String> {
    record
        .text(&["requestParameters", "certificateAuthorityArn"])
        .or_else(|| record.text(&["responseElements", "certificateAuthorityArn"]))
}

fn payment_key(record: &Record<'_>) -> Option<String> {
    record
        .text(&["requestParameters", "keyIdentifier"])
        .or_else(|| record.text(&["responseElements", "key", "keyArn"]))
}

fn key(record: &Record<'_>) -> Option<String> {
    let refused = refused_key(record);
    let arns = resource_arns(record);
    // A call with two keys is refused because of one of them, which only the message tells apart.
    if refused.as_ref().is_some_and(|key| arns.contains(key)) {
        return refused;
    }
    arns.into_iter()
        .next()
        .or(refused)
        .or_else(|| record.text(&["requestParameters", "keyId"]))
        .or_else(|| key_in_message(&record.text(&["errorMessage"])?))
}

fn refused_key(record: &Record<'_>) -> Option<String> {
    let code = record.text(&["errorCode"])?;
    key_of_refusal(&code, &record.text(&["errorMessage"])?)
}

fn resource_arns(record: &Record<'_>) -> Vec<String> {
    match record.at(&["resources"]) {
        Some(Json::Array(resources)) => resources.iter().filter_map(arn).collect(),
        _ => Vec::new(),
    }
}

fn arn(resource: &Json<'_>) -> Option<String> {
    match resource.member("ARN").or_else(|| resource.member("arn"))? {
        Json::Text(arn) if !arn.is_empty() => Some(arn.to_string()),
        _ => None,
    }
}

/// Returns the key because of whose state KMS refused a call, as the error message names it.
///
/// Callers may name a key by an alias, which does not say which key it belongs to. An error of any
/// other kind may be about something else that the message names.
pub(crate) fn key_of_refusal(code: &str, message: &str) -> Option<String> {
    const ERRORS_OF_STATE: [&str; 6] = [
        "KMSInvalidStateException",
        "InvalidKeyStateException",
        "DisabledException",
        "KeyUnavailableException",
        "InvalidKeyUsageException",
        "NotFoundException",
    ];
    let key = key_in_message(message).filter(|_| ERRORS_OF_STATE.contains(&code))?;
    key.contains(":key/").then_some(key)
}

/// Returns the key that an error message names. KMS refuses a call with `<ARN of the key> is
/// pending deletion.`, and sometimes nothing else in the record names the key.
pub(crate) fn key_in_message(message: &str) -> Option<String> {
    let (first, _) = message.split_once(' ')?;
    (first.starts_with("arn:") && first.contains(":kms:")).then(|| first.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_keys_are_found_in_every_place() {
        let rows = [
            (
                r#"{"requestParameters":{"secretId":"prod/db"}}"#,
                Some("prod/db"),
            ),
            (r#"{"additionalEventData":{"SecretId":"s"}}"#, Some("s")),
            (r#"{"additionalEventData":{"secretId":"s"}}"#, Some("s")),
            (r#"{"additionalEventData":{"secretid":"s"}}"#, Some("s")),
            (
                r#"{"additionalEventData":{"ARN":"arn:aws:secretsmanager:r:1:secret:x"}}"#,
                Some("arn:aws:secretsmanager:r:1:secret:x"),
            ),
            (
                r#"{"eventName":"CreateSecret","requestParameters":{"name":"prod/db"}}"#,
                Some("prod/db"),
            ),
            (
                r#"{"eventName":"CreateStack","requestParameters":{"name":"prod/db"}}"#,
                None,
            ),
            (r#"{"requestParameters":null}"#, None),
            (
                r#"{"requestParameters":{"omitted":true,"originalSize":200000}}"#,
                None,
            ),
            (
                r#"{"eventSource":"kms.amazonaws.com","requestParameters":{"keyId":"alias/a"},"resources":[{"ARN":"arn:aws:kms:r:1:key/k"}]}"#,
                Some("arn:aws:kms:r:1:key/k"),
            ),
            (
                r#"{"eventSource":"kms.amazonaws.com","requestParameters":{"keyId":"alias/a"}}"#,
                Some("alias/a"),
            ),
            (
                r#"{"eventSource":"kms.amazonaws.com","errorMessage":"arn:aws:kms:r:1:key/k is pending deletion."}"#,
                Some("arn:aws:kms:r:1:key/k"),
            ),
            (
                r#"{"eventSource":"acm-pca.amazonaws.com","requestParameters":{"certificateAuthorityArn":"arn:aws:acm-pca:r:1:certificate-authority/c"}}"#,
                Some("arn:aws:acm-pca:r:1:certificate-authority/c"),
            ),
            (
                r#"{"eventSource":"acm-pca.amazonaws.com","requestParameters":{},"responseElements":{"certificateAuthorityArn":"arn:aws:acm-pca:r:1:certificate-authority/c"}}"#,
                Some("arn:aws:acm-pca:r:1:certificate-authority/c"),
            ),
            (
                r#"{"eventSource":"payment-cryptography.amazonaws.com","requestParameters":{"keyIdentifier":"alias/p"}}"#,
                Some("alias/p"),
            ),
        ];
        for (text, expected) in rows {
            let record = Record::parse(text).expect("a record");
            assert_eq!(target(&record).as_deref(), expected, "{text}");
        }
    }

    /// Returns the key of a refused call for an alias, whose record has these resources.
    fn refused(code: &str, message: &str, resources: &str) -> Option<String> {
        let text = format!(
            r#"{{"eventSource":"kms.amazonaws.com","requestParameters":{{"keyId":"alias/a"}},
                "errorCode":"{code}","errorMessage":"{message}","resources":[{resources}]}}"#
        );
        target(&Record::parse(&text).expect("a record"))
    }

    #[test]
    fn the_message_of_a_refusal_names_the_key_and_that_of_another_error_may_not() {
        let key = "arn:aws:kms:r:1:key/k";
        let both = format!(r#"{{"ARN":"arn:aws:kms:r:1:key/j"}},{{"ARN":"{key}"}}"#);
        let pending = format!("{key} is pending deletion.");
        for (code, message, resources, expected) in [
            ("DisabledException", &*pending, "", key),
            ("KMSInvalidStateException", &*pending, &*both, key),
            ("ValidationException", &*pending, "", "alias/a"),
            (
                "NotFoundException",
                "arn:aws:kms:r:1:alias/a is not found.",
                "",
                "alias/a",
            ),
        ] {
            let found = refused(code, message, resources);
            assert_eq!(found.as_deref(), Some(expected), "{code}");
        }
    }
}
