//! The fields of a record, and the names that tables and copies of records have for them.
//!
//! A name is compared by its letters and digits: `eventTime`, `eventtime`, `event_time` and
//! `Event time` are one name.

/// The fields of a record, as CloudTrail writes them, and other names that tables have for them.
const FIELDS: [(&str, &[&str]); 30] = [
    ("addendum", &[]),
    ("additionalEventData", &[]),
    ("apiVersion", &[]),
    (REGION, &[REGION_COLUMN]),
    ("edgeDeviceDetails", &[]),
    ("errorCode", &[]),
    ("errorMessage", &[]),
    ("eventCategory", &[]),
    ("eventID", &[]),
    ("eventName", &[]),
    ("eventSource", &[]),
    ("eventTime", &[]),
    ("eventType", &[]),
    ("eventVersion", &[]),
    ("managementEvent", &[]),
    ("readOnly", &[]),
    ("recipientAccountId", &["recipientaccount"]),
    ("requestID", &[]),
    ("requestParameters", &[]),
    ("resources", &[]),
    ("responseElements", &[]),
    ("serviceEventDetails", &[]),
    ("sessionCredentialFromConsole", &[]),
    ("sharedEventID", &[]),
    ("sourceIPAddress", &["sourceip"]),
    ("tlsDetails", &[]),
    ("userAgent", &[]),
    ("userIdentity", &[]),
    ("vpcEndpointAccountId", &["vpcendpointaccountid"]),
    ("vpcEndpointId", &["vpcendpointid", "vpcendpointarn"]),
];

/// The region of a record, and the column that tables have for it or for a region of their own.
pub(super) const REGION: &str = "awsRegion";
const REGION_COLUMN: &str = "region";

/// The names inside of the structures of a record, as CloudTrail writes them.
const NESTED: [&str; 36] = [
    "type",
    "principalId",
    "arn",
    "accountId",
    "accessKeyId",
    "userName",
    "invokedBy",
    "invokedByDelegate",
    "inScopeOf",
    "sourceArn",
    "sourceAccount",
    "issuerType",
    "credentialsIssuedTo",
    "identityProvider",
    "credentialId",
    "onBehalfOf",
    "userId",
    "identityStoreArn",
    "sessionContext",
    "attributes",
    "mfaAuthenticated",
    "creationDate",
    "sessionIssuer",
    "sourceIdentity",
    "ec2RoleDelivery",
    "webIdFederationData",
    "webIdFederation",
    "federatedProvider",
    "assumedRoot",
    "tlsVersion",
    "cipherSuite",
    "clientProvidedHostHeader",
    "keyExchange",
    "resourceType",
    "ARNPrefix",
    "ARN",
];

/// The names in requests, responses and additional data that say what was to be deleted, used or
/// restored. Catalogs of tables write names of columns in lower case, so they come in either case.
const TARGETS: [&str; 21] = [
    "secretId",
    "secretIdList",
    "versionId",
    "versionStage",
    "keyId",
    "keyState",
    "recoveryWindowInDays",
    "forceDeleteWithoutRecovery",
    "pendingWindowInDays",
    "deletionDate",
    "encryptionContext",
    "destinationKeyId",
    "sourceKeyId",
    "multiRegion",
    "removeReplicaRegions",
    "certificateAuthorityArn",
    "permanentDeletionTimeInDays",
    "keyIdentifier",
    "incomingKeyIdentifier",
    "outgoingKeyIdentifier",
    "deleteKeyInDays",
];

/// The fields whose structures have the names of [`NESTED`].
const STRUCTURED: [&str; 3] = ["userIdentity", "resources", "tlsDetails"];

/// The fields whose structures have the names of each service, some of them those of [`TARGETS`].
const OF_SERVICES: [&str; 3] = [
    "requestParameters",
    "responseElements",
    "additionalEventData",
];

/// The fields without which a row is not a record.
const NEEDED: [&str; 3] = ["eventTime", "eventSource", "eventName"];

/// The letters and digits of a name. Rows have many columns, each of which is compared with all
/// known names, so the signs between words are taken out once.
#[derive(Clone, Copy, Debug)]
struct Letters {
    bytes: [u8; Self::LIMIT],
    length: usize,
}

impl Letters {
    /// The most letters of a name that is compared. Known names have fewer.
    const LIMIT: usize = 40;

    /// Returns the letters of a name; nothing for a name that is longer than any known one.
    fn new(name: &str) -> Option<Self> {
        let (mut bytes, mut length) = ([0; Self::LIMIT], 0);
        for byte in name.bytes() {
            if !matches!(byte, b' ' | b'_' | b'-') {
                *bytes.get_mut(length)? = byte;
                length += 1;
            }
        }
        Some(Self { bytes, length })
    }

    /// Returns true if a name that has nothing between its words has these letters.
    fn are_of(&self, name: &str) -> bool {
        let bytes = self.bytes.get(..self.length).unwrap_or_default();
        name.as_bytes().eq_ignore_ascii_case(bytes)
    }
}

/// Returns true if a column has the letters and digits of a name, which has nothing between its
/// words.
pub(super) fn is_same(name: &str, column: &str) -> bool {
    Letters::new(column).is_some_and(|letters| letters.are_of(name))
}

/// Returns true if a column has the letters and digits of one of these names.
pub(super) fn is_one_of(names: &[&str], column: &str) -> bool {
    Letters::new(column).is_some_and(|letters| names.iter().any(|name| letters.are_of(name)))
}

/// Returns the field that a column has the name of.
pub(super) fn field(column: &str) -> Option<&'static str> {
    let letters = Letters::new(column)?;
    for (field, others) in FIELDS {
        if letters.are_of(field) || others.iter().any(|other| letters.are_of(other)) {
            return Some(field);
        }
    }
    None
}

/// The names whose values are numbers of accounts.
const ACCOUNTS: [&str; 3] = ["accountId", "recipientAccountId", "vpcEndpointAccountId"];

/// Returns true if the values of a field, or of a member inside of one, are numbers of accounts.
pub(super) fn is_account(name: &str) -> bool {
    ACCOUNTS.contains(&name)
}

/// Returns true if a column has the name of a region, rather than of the region of a record.
pub(super) fn is_region_column(column: &str) -> bool {
    is_same(REGION_COLUMN, column)
}

/// Returns the names of columns up to the first dot.
pub(super) fn top_names<'a>(names: impl Iterator<Item = &'a str>) -> impl Iterator<Item = &'a str> {
    names.map(|name| name.split_once('.').map_or(name, |(top, _)| top))
}

/// Returns true if the columns make records.
pub(super) fn are_of_records<'a>(columns: impl Iterator<Item = &'a str>) -> bool {
    let fields: Vec<&str> = columns.filter_map(field).collect();
    NEEDED.iter().all(|needed| fields.contains(needed))
}

/// Returns true if the columns show that records were there, whether or not the columns make
/// records.
pub(super) fn are_of_events<'a>(columns: impl Iterator<Item = &'a str>) -> bool {
    let fields: Vec<&str> = columns.filter_map(field).collect();
    fields.contains(&"eventSource") && fields.contains(&"eventName")
}

/// Returns true if the columns have no messages of errors, which are missing then even where there
/// were some.
pub(super) fn lack_error_messages<'a>(columns: impl Iterator<Item = &'a str>) -> bool {
    let fields: Vec<&str> = columns.filter_map(field).collect();
    let has = |name| fields.contains(&name);
    // A table whose columns were found in its records has neither field if no call failed. Unlike
    // the columns that somebody chose, those have the version, which every record has.
    let is_chosen = has("requestParameters") && !has("eventVersion");
    !has("errorMessage") && (has("errorCode") || is_chosen)
}

/// Returns the name that CloudTrail has for a member inside of a field.
pub(super) fn nested(field: &str, name: &str) -> Option<&'static str> {
    let letters = Letters::new(name)?;
    if is_of_services(field) {
        let mut targets = TARGETS.into_iter();
        return targets.find(|known| letters.are_of(known));
    }
    if !is_structured(field) {
        return None;
    }
    let mut known = NESTED.into_iter().filter(|known| letters.are_of(known));
    // The ARN of a resource is `ARN`, and any other `arn`: the last and the first that fit.
    match field {
        "resources" => known.next_back(),
        _ => known.next(),
    }
}

/// Returns true if the names inside of a field are those of CloudTrail, and not of each service.
pub(super) fn is_structured(field: &str) -> bool {
    STRUCTURED.contains(&field)
}

/// Returns true if the names inside of a field are those of each service.
pub(super) fn is_of_services(field: &str) -> bool {
    OF_SERVICES.contains(&field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_has_one_name_in_every_spelling() {
        for (column, expected) in [
            ("eventTime", Some("eventTime")),
            ("EVENTTIME", Some("eventTime")),
            ("event_time", Some("eventTime")),
            ("Event time", Some("eventTime")),
            ("event-time ", Some("eventTime")),
            ("source_ipaddress", Some("sourceIPAddress")),
            ("source_ip_address", Some("sourceIPAddress")),
            ("Read-only", Some("readOnly")),
            ("region", Some("awsRegion")),
            ("AWS region", Some("awsRegion")),
            ("tp_timestamp", None),
            ("eventTimes", None),
            ("eventTim", None),
            ("", None),
        ] {
            assert_eq!(field(column), expected, "{column}");
        }
    }

    #[test]
    fn members_have_the_names_of_their_field() {
        assert_eq!(
            nested("userIdentity", "sessioncontext"),
            Some("sessionContext")
        );
        assert_eq!(nested("userIdentity", "arn"), Some("arn"));
        assert_eq!(nested("resources", "arn"), Some("ARN"));
        assert_eq!(nested("requestParameters", "secretid"), Some("secretId"));
        assert_eq!(nested("requestParameters", "type"), None);
        assert_eq!(nested("addendum", "type"), None);
    }

    #[test]
    fn columns_without_messages_of_errors_were_chosen() {
        let lack = |columns: &[&str]| lack_error_messages(columns.iter().copied());
        assert!(lack(&["eventtime", "errorcode"]));
        assert!(lack(&["eventtime", "requestparameters"]));
        assert!(!lack(&["eventversion", "eventtime", "requestparameters"]));
        assert!(!lack(&["errorcode", "errormessage", "requestparameters"]));
        assert!(!lack(&["eventtime", "eventname"]));
    }

    #[test]
    fn columns_make_records() {
        let columns = ["eventtime", "EVENT_SOURCE", "Event name"];
        assert!(are_of_records(columns.into_iter()));
        assert!(!are_of_records(columns.into_iter().skip(1)));
    }
}
