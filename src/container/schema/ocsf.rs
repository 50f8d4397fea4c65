//! Events of the Open Cybersecurity Schema Framework (OCSF) that were records of CloudTrail, as
//! Amazon Security Lake and other collectors keep them.
//!
//! The mapping from records is published in the versions 1.0.0-rc.2 and 1.1.0 (sources, F13); this
//! is its reverse. The mapping loses some structure: what
//! it has no place for is in `unmapped`, by the paths of the members or nested as in the record.

use serde_json::{Map, Value};

use super::cells;
use super::names::is_same;
use super::paths::{insert_at, insert_field, value_at};
use super::times;

/// The objects at the top of an event that fields of a record come from.
const OBJECTS: [&str; 7] = [
    "actor",
    "api",
    "cloud",
    "http_request",
    "metadata",
    "src_endpoint",
    "unmapped",
];

/// The fields of a record whose value is that of an attribute of an event. The first attribute with
/// a value counts.
const ATTRIBUTES: [(&str, &[&str]); 20] = [
    ("eventVersion", &["metadata.product.version"]),
    ("eventID", &["metadata.uid"]),
    ("eventSource", &["api.service.name"]),
    ("eventName", &["api.operation"]),
    ("apiVersion", &["api.version"]),
    ("awsRegion", &["cloud.region", "region"]),
    ("errorCode", &["api.response.error"]),
    (
        "errorMessage",
        &[
            "api.response.message",
            "api.response.error_message",
            "status_detail",
        ],
    ),
    ("requestID", &["api.request.uid"]),
    ("requestParameters", &["api.request.data"]),
    ("responseElements", &["api.response.data"]),
    (
        "sourceIPAddress",
        &[
            "src_endpoint.ip",
            "src_endpoint.domain",
            "src_endpoint.svc_name",
        ],
    ),
    ("userAgent", &["http_request.user_agent"]),
    ("vpcEndpointId", &["src_endpoint.uid"]),
    ("userIdentity.type", &["actor.user.type"]),
    (
        "userIdentity.accountId",
        &["actor.user.account.uid", "actor.user.account_uid"],
    ),
    (
        "userIdentity.accessKeyId",
        &["actor.user.credential_uid", "actor.session.credential_uid"],
    ),
    ("userIdentity.userName", &["actor.user.name"]),
    ("userIdentity.invokedBy", &["actor.invoked_by"]),
    (
        "userIdentity.sessionContext.sessionIssuer.arn",
        &["actor.session.issuer"],
    ),
];

/// The attributes that have the account of a record which is not in `unmapped`.
const ACCOUNTS: [&str; 3] = ["cloud.account.uid", "cloud.account_uid", "accountid"];

/// The values of `eventCategory`. The name of a feature may list several of them.
const CATEGORIES: [&str; 4] = ["Management", "Data", "NetworkActivity", "Insight"];

/// Returns true if an object with this name is one of those at the top of an event.
pub(super) fn is_object(name: &str) -> bool {
    OBJECTS.contains(&name)
}

/// Returns true if an object with these members may be an event of a call of an API.
pub(super) fn are_of_events<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    let mut tops = names.map(|name| name.split_once('.').map_or(name, |(top, _)| top));
    let (mut has_api, mut has_metadata) = (false, false);
    tops.any(|top| {
        has_api |= top == "api";
        has_metadata |= top == "metadata";
        has_api && has_metadata
    })
}

/// Returns the record that an event was; nothing for an event of something else.
pub(super) fn record(event: &Map<String, Value>) -> Option<Map<String, Value>> {
    let event = OcsfEvent { members: event };
    if !event.is_of_cloudtrail() {
        return None;
    }
    let mut record = Map::new();
    for (field, attributes) in ATTRIBUTES {
        if let Some(value) = event.first(attributes) {
            insert_field(&mut record, field, value.clone());
        }
    }
    event.add_time(&mut record);
    event.add_kind(&mut record);
    event.add_identity(&mut record);
    event.add_resources(&mut record);
    event.add_unmapped(&mut record);
    // The owner of a partition is a guess, which what the record said comes before.
    if let Some(account) = event.first(&ACCOUNTS) {
        insert_field(&mut record, "recipientAccountId", account.clone());
    }
    let has_call = record.contains_key("eventSource") && record.contains_key("eventName");
    has_call.then_some(record)
}

/// An event of OCSF.
#[derive(Clone, Copy)]
struct OcsfEvent<'a> {
    members: &'a Map<String, Value>,
}

impl<'a> OcsfEvent<'a> {
    /// Returns the value at a path, unless it is absent, null or empty.
    fn value(self, path: &str) -> Option<&'a Value> {
        let value = value_at(self.members, path)?;
        let is_absent = value.as_str().is_some_and(is_empty);
        (!is_absent).then_some(value)
    }

    /// Returns the first value at any of these paths.
    fn first(self, paths: &[&str]) -> Option<&'a Value> {
        paths.iter().find_map(|path| self.value(path))
    }

    fn text(self, path: &str) -> Option<&'a str> {
        self.value(path)?.as_str()
    }

    /// Returns true if the event says that it was a record of CloudTrail, or names no product and a
    /// service of AWS.
    fn is_of_cloudtrail(self) -> bool {
        match self.product() {
            Some(product) => product.to_ascii_lowercase().contains("cloudtrail"),
            None => self.is_of_service(),
        }
    }

    fn product(self) -> Option<&'a str> {
        let product = self.text("metadata.product.name");
        product.or_else(|| self.text("metadata.log_provider"))
    }

    fn is_of_service(self) -> bool {
        let service = self.text("api.service.name");
        service.is_some_and(|service| service.ends_with(".amazonaws.com"))
    }

    fn add_time(self, record: &mut Map<String, Value>) {
        if let Some(time) = self.first(&["time", "time_dt"]) {
            insert_field(record, "eventTime", time.clone());
        }
    }

    fn add_kind(self, record: &mut Map<String, Value>) {
        let names = ["metadata.event_code", "metadata.log_name"].map(|path| self.text(path));
        let mut kinds = names.into_iter().flatten();
        // The name of a log may also be that of its product.
        if let Some(kind) = kinds.find(|kind| kind.starts_with("Aws")) {
            insert_field(record, "eventType", kind.into());
        }
        let feature = self.text("metadata.product.feature.name");
        if let Some(category) = feature.filter(|feature| CATEGORIES.contains(feature)) {
            insert_field(record, "eventCategory", category.into());
        }
    }

    /// Adds what is not mapped alike in all versions. Until 1.0, the ARN was in `uuid`.
    fn add_identity(self, record: &mut Map<String, Value>) {
        let [uid, uuid, alternative] =
            ["uid", "uuid", "uid_alt"].map(|name| self.text(&format!("actor.user.{name}")));
        let (arn, principal) = match (uid, uuid) {
            (uid, Some(arn)) => (Some(arn), uid),
            // An identifier that is alone, and is no ARN, is that of the principal.
            (Some(uid), None) if alternative.is_none() && !uid.starts_with("arn:") => {
                (None, Some(uid))
            }
            (uid, None) => (uid, alternative),
        };
        for (name, value) in [("arn", arn), ("principalId", principal)] {
            if let Some(value) = value {
                insert_field(record, &format!("userIdentity.{name}"), value.into());
            }
        }
        self.add_provider(record);
        self.add_session(record);
    }

    fn add_provider(self, record: &mut Map<String, Value>) {
        let Some(provider) = self.text("actor.idp.name") else {
            return;
        };
        let path = match self.text("actor.user.type") {
            Some("SAMLUser" | "WebIdentityUser") => "userIdentity.identityProvider",
            _ => "userIdentity.sessionContext.webIdFederationData.federatedProvider",
        };
        insert_field(record, path, provider.into());
    }

    fn add_session(self, record: &mut Map<String, Value>) {
        let attributes = "userIdentity.sessionContext.attributes";
        let mut created = [
            "actor.session.created_time_dt",
            "actor.session.created_time",
        ]
        .into_iter()
        .filter_map(|path| self.value(path));
        let mfa = self.first(&["actor.session.is_mfa", "actor.session.mfa"]);
        if let Some(time) = created.find(|time| time.as_i64() != Some(0)).and_then(time) {
            insert_field(record, &format!("{attributes}.creationDate"), time);
            // CloudTrail has the answer as text, and only where it has a session.
            if let Some(mfa) = mfa.and_then(Value::as_bool) {
                let mfa = mfa.to_string().into();
                insert_field(record, &format!("{attributes}.mfaAuthenticated"), mfa);
            }
        }
    }

    fn add_resources(self, record: &mut Map<String, Value>) {
        let resources = self.resources();
        if !resources.is_empty() {
            insert_field(record, "resources", resources.into());
        }
    }

    fn resources(self) -> Vec<Value> {
        let list = self.value("resources").and_then(Value::as_array);
        let objects = list.into_iter().flatten().filter_map(Value::as_object);
        objects.map(resource).collect()
    }

    /// Adds what the mapping has no place for, which is there under the names of CloudTrail.
    fn add_unmapped(self, record: &mut Map<String, Value>) {
        let unmapped = self.value("unmapped");
        let parsed = unmapped.and_then(Value::as_str).and_then(cells::json_in);
        let Some(Value::Object(members)) = parsed.as_ref().or(unmapped) else {
            return;
        };
        for (path, value) in members {
            add_unmapped(record, path, value);
        }
    }
}

fn add_unmapped(record: &mut Map<String, Value>, path: &str, value: &Value) {
    let parsed = value.as_str().and_then(cells::json_in);
    match parsed.as_ref().unwrap_or(value) {
        Value::Null => {}
        Value::String(text) if is_empty(text) => {}
        // Objects are merged, since parts of the identity are mapped and others are not.
        Value::Object(members) if record.get(path).is_some_and(Value::is_object) => {
            if let Some(Value::Object(known)) = record.get_mut(path) {
                merge(known, members, 0);
            }
        }
        value => insert_at(record, path, value.clone()),
    }
}

/// The deepest nesting of objects that are merged. Those of CloudTrail nest about five deep.
const MERGE_LIMIT: usize = 32;

/// Adds the members that an object does not have yet.
fn merge(known: &mut Map<String, Value>, others: &Map<String, Value>, depth: usize) {
    for (name, other) in others {
        match (known.get_mut(name), other) {
            // A record has no member for what has no value.
            (_, Value::Null) => {}
            (Some(Value::Object(known)), Value::Object(others)) if depth < MERGE_LIMIT => {
                merge(known, others, depth + 1);
            }
            (Some(_), _) => {}
            (None, other) => _ = known.insert(name.clone(), other.clone()),
        }
    }
}

/// Returns a time as CloudTrail writes it.
fn time(value: &Value) -> Option<Value> {
    match value {
        Value::Number(count) => Some(times::since_epoch(count.clone())),
        Value::String(text) => Some(times::in_utc(text).unwrap_or_else(|| text.clone()).into()),
        _ => None,
    }
}

/// Returns a resource as CloudTrail writes it.
fn resource(resource: &Map<String, Value>) -> Value {
    let resource = OcsfEvent { members: resource };
    let mut written = Map::new();
    let attributes: [(&str, &[&str]); 3] = [
        ("ARN", &["uid"]),
        (
            "accountId",
            &["account.uid", "account_uid", "owner.account.uid"],
        ),
        ("type", &["type"]),
    ];
    for (name, paths) in attributes {
        if let Some(value) = resource.first(paths) {
            written.insert(name.to_owned(), value.clone());
        }
    }
    Value::Object(written)
}

fn is_empty(text: &str) -> bool {
    text.is_empty() || is_same(text, "null")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mapped(event: Value) -> Option<Value> {
        let Value::Object(event) = event else {
            panic!("an object")
        };
        record(&event).map(Value::Object)
    }

    #[test]
    fn an_event_of_version_1_1_is_a_record() {
        let event = json!({
            "metadata": {
                "product": {
                    "version": "1.08", "name": "CloudTrail", "vendor_name": "AWS",
                    "feature": {"name": "Management"},
                },
                "event_code": "AwsApiCall", "uid": "e", "version": "1.1.0",
            },
            "time": 1_772_416_800_000_i64, "time_dt": "other",
            "cloud": {"region": "us-east-1", "provider": "AWS"},
            "api": {
                "operation": "GetSecretValue", "service": {"name": "secretsmanager.amazonaws.com"},
                "request": {"data": "{\"secretId\":\"d\"}", "uid": "r"}, "version": null,
                "response": {"error": "InvalidRequestException", "message": "m", "data": "null"},
            },
            "actor": {
                "user": {
                    "type": "AssumedRole", "uid": "arn:a", "uid_alt": "AROA", "name": null,
                    "account": {"uid": "111122223333"}, "credential_uid": "ASIA",
                },
                "session": {"created_time": 1_772_416_800_000_i64, "is_mfa": false, "issuer": "i"},
                "idp": {"name": null},
            },
            "src_endpoint": {"ip": null, "domain": "AWS Internal", "uid": ""},
            "http_request": {"user_agent": "u"},
            "resources": [{"uid": "arn:k", "account": {"uid": "1"}, "type": "AWS::KMS::Key"}],
            "unmapped": {
                "recipientAccountId": "111122223333", "readOnly": "true", "tlsDetails.tlsVersion": "t",
                "userIdentity": "{\"sessionContext\":{\"sessionIssuer\":{\"type\":\"Role\"}}}",
            },
        });
        let expected = json!({
            "eventVersion": "1.08", "eventID": "e", "eventType": "AwsApiCall",
            "eventCategory": "Management", "eventTime": "2026-03-02T02:00:00Z",
            "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue",
            "awsRegion": "us-east-1", "requestID": "r", "requestParameters": {"secretId": "d"},
            "errorCode": "InvalidRequestException", "errorMessage": "m", "userAgent": "u",
            "sourceIPAddress": "AWS Internal", "recipientAccountId": "111122223333",
            "readOnly": true, "tlsDetails": {"tlsVersion": "t"},
            "resources": [{"ARN": "arn:k", "accountId": "1", "type": "AWS::KMS::Key"}],
            "userIdentity": {
                "type": "AssumedRole", "arn": "arn:a", "principalId": "AROA",
                "accountId": "111122223333", "accessKeyId": "ASIA",
                "sessionContext": {
                    "attributes": {
                        "creationDate": "2026-03-02T02:00:00Z", "mfaAuthenticated": "false",
                    },
                    "sessionIssuer": {"arn": "i", "type": "Role"},
                },
            },
        });
        assert_eq!(mapped(event), Some(expected));
    }

    #[test]
    fn the_first_versions_have_other_names() {
        let event = json!({
            "metadata": {"product": {"name": "CloudTrail", "feature": {"name": "Data, Insights"}}},
            "time": "2026-03-02T02:00:00Z",
            "api": {"operation": "n", "service": {"name": "s"}, "response": null},
            "actor": {"user": {"uid": "AIDA", "uuid": "arn:u", "account_uid": "1"},
                "session": {"created_time": 0, "mfa": true}},
            "unmapped": {"requestParameters.secretId": "d", "eventType": "AwsApiCall"},
        });
        let expected = json!({
            "eventTime": "2026-03-02T02:00:00Z", "eventSource": "s", "eventName": "n",
            "eventType": "AwsApiCall", "requestParameters": {"secretId": "d"},
            "userIdentity": {"arn": "arn:u", "principalId": "AIDA", "accountId": "1"},
        });
        assert_eq!(mapped(event), Some(expected));
    }

    #[test]
    fn events_of_other_products_are_not_records() {
        let event = |product: Value, service: &str| {
            mapped(json!({
                "metadata": {"product": {"name": product}}, "time": 1_772_416_800_000_i64,
                "api": {"operation": "n", "service": {"name": service}},
            }))
        };
        assert!(event(json!("AWS CloudTrail"), "s").is_some());
        assert!(event(json!(null), "kms.amazonaws.com").is_some());
        assert_eq!(event(json!("Amazon EKS"), "kms.amazonaws.com"), None);
        assert_eq!(event(json!(null), "kubernetes"), None);
        assert_eq!(mapped(json!({"metadata": 1, "api": [1]})), None);
    }
}
