//! Evidence: the contents of a record that an auditor needs. Who did what, from where, with which
//! result.

use crate::cloudtrail::lifecycle::target;
use crate::cloudtrail::record::Record;

/// A column of the evidence.
struct EvidenceColumn {
    name: &'static str,
    value: ColumnSource,
}

/// The source of the value of a column.
enum ColumnSource {
    /// The field at a path.
    Field(&'static [&'static str]),
    /// Several fields.
    Derived(fn(&Record<'_>) -> Option<String>),
}

impl EvidenceColumn {
    fn read(&self, record: &Record<'_>) -> Option<String> {
        match self.value {
            ColumnSource::Field(path) => record.text(path),
            ColumnSource::Derived(derive) => derive(record),
        }
    }
}

const fn field(name: &'static str, path: &'static [&'static str]) -> EvidenceColumn {
    EvidenceColumn {
        name,
        value: ColumnSource::Field(path),
    }
}

const fn derived(name: &'static str, value: fn(&Record<'_>) -> Option<String>) -> EvidenceColumn {
    EvidenceColumn {
        name,
        value: ColumnSource::Derived(value),
    }
}

/// The columns, in the order of the tables. They contain what PCI DSS 10.2.2 and NIST AU-3 require
/// of an audit record.
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
    /// Extracts the evidence from a record.
    pub fn from_record(record: &Record<'_>) -> Self {
        Self {
            texts: COLUMNS.iter().map(|column| column.read(record)).collect(),
        }
    }

    /// Returns the evidence of a record without any of the fields.
    pub fn blank() -> Self {
        Self {
            texts: vec![None; COLUMNS.len()],
        }
    }

    /// Returns the evidence with these texts, one for each of [`Evidence::names`].
    pub fn from_texts(texts: Vec<Option<String>>) -> Self {
        Self { texts }
    }

    /// Returns the names of the columns, in order.
    pub fn names() -> impl Iterator<Item = &'static str> {
        COLUMNS.iter().map(|column| column.name)
    }

    /// Returns the index of the column with this name.
    pub fn index_of(name: &str) -> Option<usize> {
        COLUMNS.iter().position(|column| column.name == name)
    }

    /// Returns the text in the column with this name.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.text_at(Self::index_of(name)?)
    }

    /// Returns the text in the column with this index.
    pub fn text_at(&self, index: usize) -> Option<&str> {
        self.texts.get(index)?.as_deref()
    }

    /// Replaces the text in the column with this index, if there is such a column.
    pub fn set_text_at(&mut self, index: usize, text: Option<String>) {
        if let Some(place) = self.texts.get_mut(index) {
            *place = text;
        }
    }
}
