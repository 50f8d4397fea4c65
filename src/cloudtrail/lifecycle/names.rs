//! The names that a record gives of one secret or key.

use super::target::target;
use crate::cloudtrail::record::Record;
use crate::json::Json;

/// The members with the full ARN of a secret, from most to least exact. Secrets Manager wrote `aRN`
/// in answers until February 2024.
const SECRET_ARNS: [(&[&str], ArnSource); 5] = [
    (&["responseElements", "arn"], ArnSource::Answer),
    (&["responseElements", "aRN"], ArnSource::Answer),
    (&["responseElements", "ARN"], ArnSource::Answer),
    (&["additionalEventData", "ARN"], ArnSource::Service),
    (&["additionalEventData", "arn"], ArnSource::Service),
];

const SECRET_NAMES: [&[&str]; 4] = [
    &["responseElements", "name"],
    &["additionalEventData", "Name"],
    &["additionalEventData", "name"],
    &["requestParameters", "name"],
];

/// The members with the ARN of a key in answers.
const KEY_ARNS: [&[&str]; 3] = [
    &["responseElements", "keyId"],
    &["responseElements", "keyMetadata", "arn"],
    &["responseElements", "key", "keyArn"],
];

const REGIONS: &[&str] = &["requestParameters", "removeReplicaRegions"];

/// The part of a record that gives an ARN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ArnSource {
    /// The answer to the call.
    Answer,
    /// The data of an event of the service itself.
    Service,
}

/// The names that a record gives of one secret or key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// The name, ARN, ID or alias that the caller wrote.
    pub written: Option<String>,
    /// The full ARN, and the part of the record that gives it.
    pub arn: Option<(String, ArnSource)>,
    /// The name of a secret.
    pub name: Option<String>,
    /// The regions of the replicas that the call deleted.
    pub deleted_replicas: Vec<String>,
}

impl Names {
    /// Reads the names from the record of a step.
    pub fn from_record(record: &Record<'_>) -> Self {
        let source = record.text(&["eventSource"]).unwrap_or_default();
        match source.starts_with("secretsmanager") {
            true => Self::of_secret(record),
            false => Self::of_key(record),
        }
    }

    /// Returns the names of a record of which only the text is known that the caller wrote.
    pub fn from_written(text: &str) -> Self {
        Self {
            written: Some(text.to_owned()),
            ..Self::default()
        }
    }

    /// Returns the names of a replica whose ARN is known by that of its primary secret.
    pub(super) fn of_replica(arn: &str) -> Self {
        Self {
            arn: Some((arn.to_owned(), ArnSource::Answer)),
            ..Self::default()
        }
    }

    fn of_secret(record: &Record<'_>) -> Self {
        let arns = SECRET_ARNS.iter();
        let mut arns = arns.filter_map(|(path, source)| Some((record.text(path)?, *source)));
        Self {
            written: target(record),
            arn: arns.find(|(arn, _)| arn.starts_with("arn:")),
            name: SECRET_NAMES.iter().find_map(|path| record.text(path)),
            deleted_replicas: deleted_replicas(record),
        }
    }

    fn of_key(record: &Record<'_>) -> Self {
        let resource = target(record);
        let written = record.text(&["requestParameters", "keyId"]);
        let mut answered = KEY_ARNS.iter().filter_map(|path| record.text(path));
        let arn = answered.find(|arn| is_arn_of_key(arn));
        let arn = arn.or_else(|| resource.clone().filter(|arn| is_arn_of_key(arn)));
        Self {
            written: written.or(resource),
            arn: arn.map(|arn| (arn, ArnSource::Answer)),
            name: None,
            deleted_replicas: Vec::new(),
        }
    }
}

/// Returns true for an ARN that identifies a key. An alias may be moved to another key.
fn is_arn_of_key(text: &str) -> bool {
    text.starts_with("arn:") && !text.contains(":alias/")
}

fn deleted_replicas(record: &Record<'_>) -> Vec<String> {
    let Some(Json::Array(regions)) = record.at(REGIONS) else {
        return Vec::new();
    };
    let mut names = Vec::new();
    for region in regions {
        if let Json::Text(region) = region {
            names.push(region.to_string());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Names {
        Names::from_record(&Record::parse(text).expect("a record"))
    }

    #[test]
    fn the_names_of_one_secret_are_found_in_every_part_of_a_record() {
        let secret = "arn:aws:secretsmanager:r:1:secret:db-AbCdEf";
        for member in ["aRN", "arn", "ARN"] {
            let found = names(&format!(
                r#"{{"eventSource":"secretsmanager.amazonaws.com","requestParameters":{{"secretId":"db"}},
                    "responseElements":{{"{member}":"{secret}","name":"db"}}}}"#
            ));
            assert_eq!(found.arn, Some((secret.to_owned(), ArnSource::Answer)));
            assert_eq!(found.written.as_deref(), Some("db"));
            assert_eq!(found.name.as_deref(), Some("db"));
        }
        let found = names(&format!(
            r#"{{"eventSource":"secretsmanager.amazonaws.com","additionalEventData":{{"ARN":"{secret}","Name":"db"}}}}"#
        ));
        assert_eq!(found.arn, Some((secret.to_owned(), ArnSource::Service)));
        assert_eq!(found.name.as_deref(), Some("db"));
    }

    #[test]
    fn an_alias_and_the_arn_of_its_key_are_found_in_one_record() {
        let found = names(
            r#"{"eventSource":"kms.amazonaws.com","requestParameters":{"keyId":"alias/a"},
                "resources":[{"ARN":"arn:aws:kms:r:1:key/k"}]}"#,
        );
        assert_eq!(found.written.as_deref(), Some("alias/a"));
        assert_eq!(
            found.arn.map(|(arn, _)| arn).as_deref(),
            Some("arn:aws:kms:r:1:key/k")
        );
    }

    #[test]
    fn the_regions_of_deleted_replicas_are_listed() {
        let found = names(
            r#"{"eventSource":"secretsmanager.amazonaws.com","requestParameters":
                {"secretId":"db","removeReplicaRegions":["eu-west-1",7,"eu-west-2"]}}"#,
        );
        assert_eq!(found.deleted_replicas, ["eu-west-1", "eu-west-2"]);
    }
}
