//! What a record says that an auditor needs: who, from where, what, with which result.

use crate::cloudtrail::lifecycle::target;
use crate::cloudtrail::record::Record;

/// A column of the evidence and the way to its value.
struct EvidenceColumn {
    name: &'static str,
    value: Way,
}

/// How a column gets its value from a record.
enum Way {
    /// From the field at a path.
    Field(&'static [&'static str]),
    /// From several fields.
    Derived(fn(&Record<'_>) -> Option<String>),
}

const fn field(name: &'static str, path: &'static [&'static str]) -> EvidenceColumn {
    EvidenceColumn {
        name,
        value: Way::Field(path),
    }
}

const fn derived(name: &'static str, value: fn(&Record<'_>) -> Option<String>) -> EvidenceColumn {
    EvidenceColumn {
        name,
        value: Way::Derived(value),
    }
}

/// The columns in the order of the tables: the content that PCI DSS 10.2.2 and NIST AU-3 ask of an
/// audit record.
const COLUMNS: [EvidenceColumn; 27] = [
    field("recipient_account_id", &["recipientAccountId"]),
    field("aws_region", &["awsRegion"]),
    derived("target", target),
    derived("principal", |record| record.principal()),
    field("principal_type", &["userIdentity", "type"]),
    field("principal_arn", &["userIdentity", "arn"]),
    field("principal_account_id", &["userIdentity", "accountId"]),
    field("user_name", &["userIdentity", "userName"]),
    field(
        "session_issuer_arn",
        &["userIdentity", "sessionContext", "sessionIssuer", "arn"],
    ),
    derived("session_name", |record| record.session_name()),
    field(
        "source_identity",
        &["userIdentity", "sessionContext", "sourceIdentity"],
    ),
    field(
        "on_behalf_of_user_id",
        &["userIdentity", "onBehalfOf", "userId"],
    ),
    field("access_key_id", &["userIdentity", "accessKeyId"]),
    field("invoked_by", &["userIdentity", "invokedBy"]),
    field("source_ip_address", &["sourceIPAddress"]),
    field("vpc_endpoint_id", &["vpcEndpointId"]),
    field("user_agent", &["userAgent"]),
    field("event_source", &["eventSource"]),
    field("event_name", &["eventName"]),
    field("event_type", &["eventType"]),
    field("event_category", &["eventCategory"]),
    field("error_code", &["errorCode"]),
    field("error_message", &["errorMessage"]),
    field("request_id", &["requestID"]),
    field("shared_event_id", &["sharedEventID"]),
    field("read_only", &["readOnly"]),
    field("event_version", &["eventVersion"]),
];

/// The texts of the evidence of one record, in the order of [`Evidence::names`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    texts: Vec<Option<String>>,
}

impl Evidence {
    /// Takes the evidence out of a record.
    pub fn from_record(record: &Record<'_>) -> Self {
        let text = |column: &EvidenceColumn| match column.value {
            Way::Field(path) => record.text(path),
            Way::Derived(derive) => derive(record),
        };
        Self {
            texts: COLUMNS.iter().map(text).collect(),
        }
    }

    /// The evidence whose texts these are, one for each of [`Evidence::names`].
    pub fn from_texts(texts: Vec<Option<String>>) -> Self {
        Self { texts }
    }

    /// The names of the columns, in order.
    pub fn names() -> impl Iterator<Item = &'static str> {
        COLUMNS.iter().map(|column| column.name)
    }

    /// The text in the column of this name.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.at(Self::place(name)?)
    }

    /// The place of the column of this name, for those who ask many for it.
    pub fn place(name: &str) -> Option<usize> {
        COLUMNS.iter().position(|column| column.name == name)
    }

    /// The text in the column at this place.
    pub fn at(&self, place: usize) -> Option<&str> {
        self.texts.get(place)?.as_deref()
    }
}
