//! Objects that other services and tools leave beside those of CloudTrail.
//!
//! Buckets are shared: AWS's services write below `AWSLogs/<account>/<service>/`, and tools leave
//! marks of their own. All of this is known, so it is left out with a reason of its own.

/// The logs of other services in a shared bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OtherLog {
    /// Flow logs of VPCs and transit gateways.
    VpcFlow,
    /// Access, connection and health logs of Elastic Load Balancing.
    LoadBalancer,
    /// Logs of AWS WAF.
    Waf,
    /// Snapshots and histories of AWS Config.
    Config,
    /// Findings of Amazon GuardDuty.
    GuardDuty,
    /// Query logs of Route 53 Resolver.
    DnsQuery,
    /// Logs of AWS Network Firewall.
    NetworkFirewall,
    /// Standard logs of Amazon CloudFront.
    CloudFront,
    /// Audit logs of Amazon Redshift.
    Redshift,
    /// Access logs of Amazon VPC Lattice.
    VpcLattice,
    /// Access logs of AWS Verified Access.
    VerifiedAccess,
    /// Flow logs of AWS Global Accelerator.
    GlobalAccelerator,
    /// Server access logs of Amazon S3.
    S3Access,
}

/// Each log that has a folder of its own below the account, with the name of the folder. Letter
/// case differs among services and their versions, so it does not count.
const FOLDERS: [(&str, OtherLog); 16] = [
    ("vpcflowlogs", OtherLog::VpcFlow),
    ("transitgatewayflowlogs", OtherLog::VpcFlow),
    ("elasticloadbalancing", OtherLog::LoadBalancer),
    ("waflogs", OtherLog::Waf),
    ("config", OtherLog::Config),
    ("guardduty", OtherLog::GuardDuty),
    ("vpcdnsquerylogs", OtherLog::DnsQuery),
    ("route53resolver", OtherLog::DnsQuery),
    ("network-firewall", OtherLog::NetworkFirewall),
    ("networkfirewall", OtherLog::NetworkFirewall),
    ("cloudfront", OtherLog::CloudFront),
    ("redshift", OtherLog::Redshift),
    ("vpclattice", OtherLog::VpcLattice),
    ("vpc-lattice", OtherLog::VpcLattice),
    ("verifiedaccess", OtherLog::VerifiedAccess),
    ("globalaccelerator", OtherLog::GlobalAccelerator),
];

impl OtherLog {
    /// Every log.
    pub const ALL: [Self; 13] = [
        Self::VpcFlow,
        Self::LoadBalancer,
        Self::Waf,
        Self::Config,
        Self::GuardDuty,
        Self::DnsQuery,
        Self::NetworkFirewall,
        Self::CloudFront,
        Self::Redshift,
        Self::VpcLattice,
        Self::VerifiedAccess,
        Self::GlobalAccelerator,
        Self::S3Access,
    ];

    /// Returns the name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::VpcFlow => "vpc-flow-log",
            Self::LoadBalancer => "load-balancer-log",
            Self::Waf => "waf-log",
            Self::Config => "config",
            Self::GuardDuty => "guardduty",
            Self::DnsQuery => "dns-query-log",
            Self::NetworkFirewall => "network-firewall-log",
            Self::CloudFront => "cloudfront-log",
            Self::Redshift => "redshift-log",
            Self::VpcLattice => "vpc-lattice-log",
            Self::VerifiedAccess => "verified-access-log",
            Self::GlobalAccelerator => "global-accelerator-log",
            Self::S3Access => "s3-access-log",
        }
    }

    /// Returns the log whose folder this is, which must be the one below an account.
    pub(super) fn from_folder(folder: &str) -> Option<Self> {
        let known = FOLDERS
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(folder));
        known.map(|(_, log)| *log)
    }

    /// Returns the log whose objects have such names, wherever they are.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        is_s3_access_log(name).then_some(Self::S3Access)
    }
}

/// The form of the time in the name of a server access log, with a `0` for each digit.
const TIME_FORM: &[u8] = b"0000-00-00-00-00-00-";

/// Returns true for `YYYY-mm-DD-HH-MM-SS-UniqueString`, the name of a server access log (S3 user
/// guide, "Logging requests with server access logging").
fn is_s3_access_log(name: &str) -> bool {
    let parts = name.as_bytes().split_at_checked(TIME_FORM.len());
    parts.is_some_and(|(time, unique)| is_time(time) && is_unique_string(unique))
}

fn is_time(text: &[u8]) -> bool {
    let mut pairs = text.iter().zip(TIME_FORM);
    pairs.all(|(byte, form)| match form {
        b'0' => byte.is_ascii_digit(),
        _ => byte == form,
    })
}

fn is_unique_string(text: &[u8]) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'A'..=b'F');
    text.len() == 16 && text.iter().all(is_digit)
}

/// The first bytes of a file in which macOS keeps what other file systems cannot (AppleSingle and
/// AppleDouble formats, version 2).
const APPLE_DOUBLE: &[u8] = b"\x00\x05\x16\x07";

/// The first bytes of `.DS_Store`, in which the Finder keeps how a folder looks.
const DS_STORE: &[u8] = b"\x00\x00\x00\x01Bud1";

/// Returns true if bytes begin as the files do that macOS leaves beside others.
pub fn is_of_macos(bytes: &[u8]) -> bool {
    bytes.starts_with(APPLE_DOUBLE) || bytes.starts_with(DS_STORE)
}

/// The names of objects that a service writes to see whether it may, whatever they hold.
const MARKERS: [&str; 3] = [
    "aws-logs-write-test",
    "ConfigWritabilityCheckFile",
    "ELBAccessLogTestFile",
];

/// Returns true for the name of an object that a service writes to see whether it may.
pub fn is_marker(name: &str) -> bool {
    MARKERS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn server_access_logs_are_known_by_their_name() {
        let is_access_log = |name| OtherLog::from_name(name) == Some(OtherLog::S3Access);
        assert!(is_access_log("2026-03-02-02-15-00-0123456789ABCDEF"));
        for other in [
            "2026-03-02-02-15-00-0123456789ABCDE",
            "2026-03-02-02-15-00-0123456789abcdef",
            "2026-03-02-02-15-0a-0123456789ABCDEF",
            "2026-03-02-02-15-00_0123456789ABCDEF",
            "2026-03-02-02-15-00-0123456789ABCDEF.json",
            "",
        ] {
            assert!(!is_access_log(other), "{other}");
        }
    }

    #[test]
    fn every_log_has_a_name_of_its_own() {
        let mut names: Vec<&str> = OtherLog::ALL.into_iter().map(OtherLog::name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), OtherLog::ALL.len());
    }
}
