//! Which secret or key a record is about.

use crate::cloudtrail::record::Record;
use crate::json::Json;

/// The secret or key that a record names, as it is written there: a name, an ARN, a key id or an
/// alias.
///
/// Secrets Manager names its secret in the request or, for the events of the service itself, in
/// `additionalEventData`; KMS names the key in the ARN of its resource and may omit it from the
/// request (sources, L1 and L2). `None` if the record names none.
pub fn target(record: &Record<'_>) -> Option<String> {
    const FROM_MOST_EXACT: [&[&str]; 4] = [
        &["requestParameters", "secretId"],
        &["additionalEventData", "SecretId"],
        &["additionalEventData", "ARN"],
        &["additionalEventData", "arn"],
    ];
    let is_kms = record
        .text(&["eventSource"])
        .is_some_and(|source| source.starts_with("kms"));
    if is_kms {
        key(record)
    } else {
        FROM_MOST_EXACT.iter().find_map(|path| record.text(path))
    }
}

fn key(record: &Record<'_>) -> Option<String> {
    resource_arn(record)
        .or_else(|| record.text(&["requestParameters", "keyId"]))
        .or_else(|| key_in_message(record))
}

fn resource_arn(record: &Record<'_>) -> Option<String> {
    let Json::Array(resources) = record.at(&["resources"])? else {
        return None;
    };
    let arn =
        |resource: &Json<'_>| match resource.member("ARN").or_else(|| resource.member("arn"))? {
            Json::Text(arn) if !arn.is_empty() => Some(arn.to_string()),
            _ => None,
        };
    resources.iter().find_map(arn)
}

/// KMS refuses a call with `<ARN of the key> is pending deletion.`, so the message names the key
/// where nothing else does.
fn key_in_message(record: &Record<'_>) -> Option<String> {
    let message = record.text(&["errorMessage"])?;
    let (first, _) = message.split_once(' ')?;
    (first.starts_with("arn:") && first.contains(":kms:")).then(|| first.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_keys_are_found_where_they_stand() {
        let rows = [
            (
                r#"{"requestParameters":{"secretId":"prod/db"}}"#,
                Some("prod/db"),
            ),
            (
                r#"{"additionalEventData":{"ARN":"arn:aws:secretsmanager:r:1:secret:x"}}"#,
                Some("arn:aws:secretsmanager:r:1:secret:x"),
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
        ];
        for (text, expected) in rows {
            let record = Record::parse(text).expect("a record");
            assert_eq!(target(&record).as_deref(), expected, "{text}");
        }
    }
}
