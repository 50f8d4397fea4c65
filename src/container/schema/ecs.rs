//! Documents in the Elastic Common Schema (ECS) that were records of CloudTrail.
//!
//! Filebeat and the AWS integration of Elastic remove the text of a record, unless they are set to
//! keep it, and leave the fields that they made of it. Their mapping is published (sources, F15);
//! this is its reverse.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::names::top_names;
use super::paths::{insert_at, insert_field, value_at};
use super::times;

/// The fields of a record whose value is that of a field of a document. The first field with a
/// value counts: structures are there as they were, and again as text that cannot be read exactly.
const FIELDS: [(&str, &[&str]); 29] = [
    ("eventVersion", &["aws.cloudtrail.event_version"]),
    ("eventID", &["event.id"]),
    ("eventSource", &["event.provider"]),
    ("eventName", &["event.action"]),
    ("eventType", &["aws.cloudtrail.event_type"]),
    ("eventCategory", &["aws.cloudtrail.event_category"]),
    ("apiVersion", &["aws.cloudtrail.api_version"]),
    ("awsRegion", &["cloud.region"]),
    ("errorCode", &["aws.cloudtrail.error_code"]),
    ("errorMessage", &["aws.cloudtrail.error_message"]),
    ("requestID", &["aws.cloudtrail.request_id"]),
    ("managementEvent", &["aws.cloudtrail.management_event"]),
    ("readOnly", &["aws.cloudtrail.read_only"]),
    (
        "recipientAccountId",
        &["aws.cloudtrail.recipient_account_id"],
    ),
    ("sharedEventID", &["aws.cloudtrail.shared_event_id"]),
    ("vpcEndpointId", &["aws.cloudtrail.vpc_endpoint_id"]),
    ("sourceIPAddress", &["source.address", "source.ip"]),
    ("userAgent", &["user_agent.original"]),
    ("resources", &["aws.cloudtrail.resources"]),
    ("tlsDetails.cipherSuite", &["tls.cipher"]),
    (
        "tlsDetails.clientProvidedHostHeader",
        &["tls.client.server_name"],
    ),
    (
        "requestParameters",
        &[
            "aws.cloudtrail.flattened.request_parameters",
            "aws.cloudtrail.request_parameters",
        ],
    ),
    (
        "responseElements",
        &[
            "aws.cloudtrail.flattened.response_elements",
            "aws.cloudtrail.response_elements",
        ],
    ),
    (
        "additionalEventData",
        &[
            "aws.cloudtrail.flattened.additional_eventdata",
            "aws.cloudtrail.additional_eventdata",
        ],
    ),
    (
        "serviceEventDetails",
        &[
            "aws.cloudtrail.flattened.service_event_details",
            "aws.cloudtrail.service_event_details",
        ],
    ),
    ("userIdentity.principalId", &["user.id"]),
    ("userIdentity.accountId", &["cloud.account.id"]),
    (
        "userIdentity.sessionContext.attributes.mfaAuthenticated",
        &["aws.cloudtrail.user_identity.session_context.mfa_authenticated"],
    ),
    (
        "userIdentity.invokedBy",
        &["aws.cloudtrail.user_identity.invoked_by"],
    ),
];

/// The members of an identity and of the issuer of its session, with their names in documents.
const IDENTITY: [(&str, &str); 3] = [
    ("type", "type"),
    ("arn", "arn"),
    ("accessKeyId", "access_key_id"),
];
const ISSUER: [(&str, &str); 4] = [
    ("type", "type"),
    ("principalId", "principal_id"),
    ("arn", "arn"),
    ("accountId", "account_id"),
];

/// The fields without which a document is not of a call.
const NEEDED: [&str; 3] = ["@timestamp", "event.action", "event.provider"];

/// The object that only documents of CloudTrail have.
const OWN: &str = "aws.cloudtrail";

/// The end of the provider of an event of CloudTrail.
const SERVICE_DOMAIN: &str = ".amazonaws.com";

/// Returns true if an object with these members may be a document of CloudTrail.
pub(super) fn may_be_document<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    let mut missing = vec!["@timestamp", "event", "aws"];
    for name in top_names(names) {
        missing.retain(|known| *known != name);
    }
    missing.is_empty()
}

/// Returns true if the columns, whose names are paths, are those of documents of calls.
pub(super) fn are_of_events<'a>(columns: impl Iterator<Item = &'a str>) -> bool {
    let mut missing = NEEDED.to_vec();
    for column in columns {
        missing.retain(|known| *known != column);
    }
    missing.is_empty()
}

/// Returns true if the columns are those of documents, and not that of the messages of errors.
pub(super) fn lack_error_messages<'a>(columns: impl Iterator<Item = &'a str> + Clone) -> bool {
    are_of_events(columns.clone()) && !columns.clone().any(is_error_message)
}

fn is_error_message(column: &str) -> bool {
    column.ends_with(".error_message")
}

/// Returns the text that a document was made of, if the document has it.
pub(super) fn original(document: &Map<String, Value>) -> Option<Value> {
    let document = nested(document);
    let text = value_at(&document, "event.original").or_else(|| document.get("message"));
    text.cloned()
}

/// Returns the record that a document was; nothing for a document of something else.
pub(super) fn record(document: &Map<String, Value>) -> Option<Map<String, Value>> {
    let document = &nested(document);
    if !is_of_cloudtrail(document) {
        return None;
    }
    let mut record = Map::new();
    for (field, places) in FIELDS {
        if let Some(value) = places.iter().find_map(|place| value_at(document, place)) {
            insert_field(&mut record, field, value.clone());
        }
    }
    add_identity(&mut record, document);
    add_times(&mut record, document);
    add_tls_version(&mut record, document);
    Some(record)
}

/// Returns true if a document is of a call of a service of AWS.
fn is_of_cloudtrail(document: &Map<String, Value>) -> bool {
    let provider = value_at(document, "event.provider").and_then(Value::as_str);
    let is_service = provider.is_some_and(|provider| provider.contains(SERVICE_DOMAIN));
    is_service
        && value_at(document, OWN).is_some_and(Value::is_object)
        && NEEDED.iter().all(|path| value_at(document, path).is_some())
}

/// Returns a document with structures in place of names with dots.
fn nested(document: &Map<String, Value>) -> Map<String, Value> {
    let mut nested = Map::new();
    for (path, value) in document {
        insert_at(&mut nested, path, value.clone());
    }
    nested
}

fn add_identity(record: &mut Map<String, Value>, document: &Map<String, Value>) {
    let identity = "aws.cloudtrail.user_identity";
    let issuer = format!("{identity}.session_context.session_issuer");
    let session = "userIdentity.sessionContext";
    let of_identity = IDENTITY.map(|names| (names, "userIdentity".to_owned(), identity));
    let of_issuer = ISSUER.map(|names| (names, format!("{session}.sessionIssuer"), &*issuer));
    for ((name, own), path, place) in of_identity.into_iter().chain(of_issuer) {
        if let Some(value) = value_at(document, &format!("{place}.{own}")) {
            insert_at(record, &format!("{path}.{name}"), value.clone());
        }
    }
    // The name of the issuer, if there is one, replaces that of the identity.
    if let Some(name) = value_at(document, "user.name") {
        let path = match value_at(document, &issuer) {
            Some(_) => "userIdentity.sessionContext.sessionIssuer.userName",
            None => "userIdentity.userName",
        };
        insert_at(record, path, name.clone());
    }
}

fn add_times(record: &mut Map<String, Value>, document: &Map<String, Value>) {
    let created = "aws.cloudtrail.user_identity.session_context.creation_date";
    let of_session = "userIdentity.sessionContext.attributes.creationDate";
    for (path, place) in [("eventTime", "@timestamp"), (of_session, created)] {
        if let Some(value) = value_at(document, place) {
            insert_at(record, path, time(value));
        }
    }
}

/// Returns a time as CloudTrail writes it, without the milliseconds that documents always have.
fn time(value: &Value) -> Value {
    match value {
        Value::Number(count) => times::since_epoch(count.clone()),
        Value::String(text) => match text.parse::<Timestamp>() {
            Ok(time) => time.to_string().into(),
            Err(_) => times::in_utc(text).unwrap_or_else(|| text.clone()).into(),
        },
        other => other.clone(),
    }
}

fn add_tls_version(record: &mut Map<String, Value>, document: &Map<String, Value>) {
    let text = |path| value_at(document, path).and_then(Value::as_str);
    if let (Some(protocol), Some(version)) = (text("tls.version_protocol"), text("tls.version")) {
        let version = format!("{}v{version}", protocol.to_ascii_uppercase());
        insert_at(record, "tlsDetails.tlsVersion", version.into());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mapped(document: Value) -> Option<Value> {
        let Value::Object(document) = document else {
            panic!("an object")
        };
        record(&document).map(Value::Object)
    }

    fn document() -> Value {
        json!({
            "@timestamp": "2026-03-02T02:00:00.000Z",
            "event": {
                "action": "GetSecretValue", "provider": "secretsmanager.amazonaws.com", "id": "e",
            },
            "cloud": {"region": "us-east-1", "account": {"id": "111122223333"}},
            "user": {"id": "AROA", "name": "job"}, "user_agent": {"original": "u"},
            "source": {"address": "AWS Internal"},
            "tls": {"version": "1.3", "version_protocol": "tls", "cipher": "c"},
            "aws": {"cloudtrail": {
                "event_version": "1.11", "read_only": true, "error_message": "m",
                "request_parameters": "{secretId=app/db}",
                "resources": [{"arn": "k", "account_id": "1", "type": "t"}],
                "flattened": {"request_parameters": {"secretId": "app/db"}},
                "user_identity": {
                    "type": "AssumedRole", "arn": "a", "access_key_id": "ASIA",
                    "session_context": {
                        "creation_date": "2026-03-02T01:00:00.000Z", "mfa_authenticated": "false",
                        "session_issuer": {"arn": "r", "principal_id": "AROA", "type": "Role"},
                    },
                },
            }},
        })
    }

    #[test]
    fn a_document_is_a_record_again() {
        let expected = json!({
            "eventTime": "2026-03-02T02:00:00Z", "eventSource": "secretsmanager.amazonaws.com",
            "eventName": "GetSecretValue", "eventID": "e", "eventVersion": "1.11",
            "awsRegion": "us-east-1", "readOnly": true, "errorMessage": "m", "userAgent": "u",
            "sourceIPAddress": "AWS Internal", "requestParameters": {"secretId": "app/db"},
            "resources": [{"ARN": "k", "accountId": "1", "type": "t"}],
            "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "c"},
            "userIdentity": {
                "type": "AssumedRole", "arn": "a", "accessKeyId": "ASIA", "principalId": "AROA",
                "accountId": "111122223333",
                "sessionContext": {
                    "attributes": {
                        "creationDate": "2026-03-02T01:00:00Z", "mfaAuthenticated": "false",
                    },
                    "sessionIssuer": {
                        "arn": "r", "principalId": "AROA", "type": "Role", "userName": "job",
                    },
                },
            },
        });
        assert_eq!(mapped(document()), Some(expected));
        let mut user = document();
        user["aws"]["cloudtrail"]["user_identity"] = json!({"type": "IAMUser"});
        let user = mapped(user).expect("a record");
        assert_eq!(user["userIdentity"]["userName"], "job");
    }

    #[test]
    fn the_text_of_a_document_has_one_of_two_names() {
        for document in [
            json!({"event": {"original": "x"}, "message": "y"}),
            json!({"event.original": "x"}),
            json!({"message": "x"}),
        ] {
            let found = document.as_object().and_then(original);
            assert_eq!(found, Some(json!("x")), "{document}");
        }
        assert_eq!(original(&Map::new()), None);
    }

    #[test]
    fn documents_of_others_are_not_records() {
        for (name, value) in [
            ("@timestamp", json!(null)),
            ("aws", json!({"guardduty": {}})),
            ("event", json!({"action": "x", "provider": "nginx"})),
            ("event", json!({"provider": "kms.amazonaws.com"})),
        ] {
            let mut other = document();
            other[name] = value;
            assert_eq!(mapped(other), None, "{name}");
        }
        let names = ["event.action", "event.provider", "@timestamp"];
        assert!(are_of_events(names.into_iter()) && !are_of_events(names.into_iter().skip(1)));
        let document = ["event", "aws.cloudtrail.error_code", "@timestamp"];
        assert!(may_be_document(document.into_iter()));
        assert!(!may_be_document(document.into_iter().skip(1)));
    }
}
