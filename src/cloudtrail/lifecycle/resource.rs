//! Secrets and keys by their identity: their kind, account, region and ARN or name.

use std::fmt;

/// The number of characters that Secrets Manager appends to the name of a secret in its ARN: a
/// hyphen and six more.
const SUFFIX_LENGTH: usize = 7;

/// The kind of thing whose deletion is scheduled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourceKind {
    /// A secret of Secrets Manager.
    Secret,
    /// A key of KMS.
    Key,
    /// A certificate authority of Private CA.
    CertificateAuthority,
    /// A key of Payment Cryptography.
    PaymentKey,
}

impl ResourceKind {
    /// Returns the kind that a service has, by the source of its events. Copies of events name the
    /// service as `secretsmanager` or `secretsmanager.amazonaws.com`.
    pub fn from_event_source(event_source: &str) -> Option<Self> {
        Self::from_service(event_source.split('.').next()?)
    }

    fn from_service(service: &str) -> Option<Self> {
        Some(match service {
            "secretsmanager" => Self::Secret,
            "kms" => Self::Key,
            "acm-pca" => Self::CertificateAuthority,
            "payment-cryptography" => Self::PaymentKey,
            _ => return None,
        })
    }

    /// Returns the noun in reports.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Key => "key",
            Self::CertificateAuthority => "certificate authority",
            Self::PaymentKey => "payment key",
        }
    }
}

/// The account and region in which names have a meaning, as far as they are known.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Home {
    /// The account.
    pub account: Option<String>,
    /// The region.
    pub region: Option<String>,
}

impl Home {
    /// Returns the home of a record that was received by this account in this region.
    pub fn new(account: Option<&str>, region: Option<&str>) -> Self {
        Self {
            account: account.map(str::to_owned),
            region: region.map(str::to_owned),
        }
    }

    /// Returns the home in another region of the account.
    fn in_region(&self, region: &str) -> Self {
        Self {
            account: self.account.clone(),
            region: Some(region.to_owned()),
        }
    }
}

/// A secret or key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Resource {
    /// The kind.
    pub kind: ResourceKind,
    /// Its account and region.
    pub home: Home,
    /// Its ARN, or the name or ID that records give if none gives the ARN.
    pub id: String,
}

impl Resource {
    /// Returns the resource that a text identifies: an ARN, or a name in this home.
    pub fn new(kind: ResourceKind, home: &Home, written: &str) -> Self {
        match Arn::parse(written) {
            Some(arn) => Self {
                kind: ResourceKind::from_service(arn.service).unwrap_or(kind),
                home: arn.home(),
                id: written.to_owned(),
            },
            None => Self {
                kind,
                home: home.clone(),
                id: written.to_owned(),
            },
        }
    }

    /// Returns its replica in another region, which has the same ARN but for the region.
    pub fn replica(&self, region: &str) -> Self {
        let id = match Arn::parse(&self.id) {
            Some(arn) => Arn { region, ..arn }.to_string(),
            None => self.id.clone(),
        };
        Self {
            kind: self.kind,
            home: self.home.in_region(region),
            id,
        }
    }

    /// Returns its short name: the name of a secret, or the ID of a key.
    pub fn name(&self) -> &str {
        match Arn::parse(&self.id) {
            Some(arn) => arn.name(),
            None => &self.id,
        }
    }
}

/// The parts of an ARN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// The partition, as in `aws`.
    pub partition: &'a str,
    /// The service, as in `secretsmanager`.
    pub service: &'a str,
    /// The region.
    pub region: &'a str,
    /// The account.
    pub account: &'a str,
    /// The rest, as in `secret:prod/db-AbCdEf`.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Parses an ARN. Returns `None` for other texts.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.strip_prefix("arn:")?.splitn(5, ':');
        Some(Self {
            partition: parts.next()?,
            service: parts.next()?,
            region: parts.next()?,
            account: parts.next()?,
            resource: parts.next()?,
        })
    }

    /// Returns the account and region that the ARN names.
    pub fn home(&self) -> Home {
        let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Home {
            account: part(self.account),
            region: part(self.region),
        }
    }

    /// Returns the part after the type of the resource, as in `prod/db-AbCdEf`.
    pub fn suffixed_name(&self) -> &'a str {
        let after = self.resource.split_once([':', '/']);
        after.map_or(self.resource, |(_, name)| name)
    }

    /// Returns the name of a secret, without the suffix of its ARN, or the ID of a key.
    pub fn name(&self) -> &'a str {
        let suffixed = self.suffixed_name();
        match self.service {
            "secretsmanager" => without_suffix(suffixed).unwrap_or(suffixed),
            _ => suffixed,
        }
    }
}

impl fmt::Display for Arn<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = format!("{}:{}", self.region, self.account);
        let (partition, service) = (self.partition, self.service);
        write!(
            formatter,
            "arn:{partition}:{service}:{place}:{}",
            self.resource
        )
    }
}

/// Returns a name without the hyphen and the six characters that Secrets Manager appends; `None` if
/// the text does not end so.
pub fn without_suffix(suffixed: &str) -> Option<&str> {
    let (name, suffix) = suffixed.split_at_checked(suffixed.len().checked_sub(SUFFIX_LENGTH)?)?;
    let random = suffix.strip_prefix('-')?;
    let is_random = random.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_random && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_out_of_arns() {
        for (arn, name) in [
            (
                "arn:aws:secretsmanager:r:1:secret:prod/db-AbCdEf",
                "prod/db",
            ),
            ("arn:aws:secretsmanager:r:1:secret:prod/db", "prod/db"),
            ("arn:aws:secretsmanager:r:1:secret:-AbCdEf", "-AbCdEf"),
            ("arn:aws:secretsmanager:r:1:secret:é-AbCdE", "é-AbCdE"),
            ("arn:aws-cn:kms:r:1:key/mrk-1", "mrk-1"),
            ("arn:aws:kms:r:1:alias/a/b", "a/b"),
            ("prod/db-AbCdEf", "prod/db-AbCdEf"),
            ("arn:aws", "arn:aws"),
        ] {
            let resource = Resource::new(ResourceKind::Secret, &Home::default(), arn);
            assert_eq!(resource.name(), name, "{arn}");
        }
    }

    #[test]
    fn a_replica_differs_by_its_region() {
        let home = Home::new(Some("1"), Some("r"));
        let full = "arn:aws:secretsmanager:r:1:secret:prod/db-AbCdEf";
        let secret = Resource::new(ResourceKind::Secret, &home, full);
        let replica = secret.replica("s");
        assert_eq!(
            replica.id,
            "arn:aws:secretsmanager:s:1:secret:prod/db-AbCdEf"
        );
        assert_eq!(replica.home, Home::new(Some("1"), Some("s")));
        let named = Resource::new(ResourceKind::Secret, &home, "prod/db").replica("s");
        assert_eq!((named.id.as_str(), named.home), ("prod/db", replica.home));
    }
}
