//! Findings as Detection Findings of OCSF, one per line (sources, X8).

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use super::identity::uid;
use super::place::CallPlace;
use crate::alarm::definition::partition::Partition;
use crate::cloudtrail::lifecycle::{Phase, ResourceKind};
use crate::report::Story;
use crate::report::finding::{Finding, FindingCaller, FindingResource, Severity};
use crate::report::story::Missed;
use crate::text::{cut, shortened};

/// The version of OCSF: the oldest with this class, so every later reader knows it.
const VERSION: &str = "1.1.0";

/// The class Detection Finding.
const CLASS_UID: u32 = 2004;

/// The activity Create: each report has its findings as a whole.
const ACTIVITY_ID: u32 = 1;

/// The number of callers that are evidence of a finding, those with most calls. The table
/// `story_callers` has all of them.
const EVIDENCE_LIMIT: usize = 50;

/// The longest text of a record, in characters. It is longer than any name or ARN of AWS, and than
/// the user agents that CloudTrail keeps. OCSF allows 65,535.
const TEXT_LIMIT: usize = 2_048;

/// Writes findings.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub(super) fn write(findings: &[&Finding<'_>], out: &mut dyn Write) -> io::Result<()> {
    for finding in findings {
        serde_json::to_writer(&mut *out, &DetectionFinding::new(finding))?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// An event of the class Detection Finding.
#[derive(Serialize)]
struct DetectionFinding<'a> {
    activity_id: u32,
    activity_name: &'static str,
    category_uid: u32,
    category_name: &'static str,
    class_uid: u32,
    class_name: &'static str,
    type_uid: u32,
    type_name: &'static str,
    time: i64,
    start_time: i64,
    end_time: i64,
    count: u64,
    severity_id: u32,
    severity: &'static str,
    status_id: u32,
    status: &'static str,
    message: &'a str,
    metadata: Metadata,
    finding_info: FindingInfo<'a>,
    cloud: Cloud<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resources: Vec<ResourceDetails<'a>>,
    evidences: Vec<OcsfEvidence<'a>>,
    unmapped: BTreeMap<&'static str, Value>,
}

#[derive(Serialize)]
struct Metadata {
    version: &'static str,
    profiles: [&'static str; 1],
    product: Product,
}

#[derive(Serialize)]
struct Product {
    name: &'static str,
    vendor_name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct FindingInfo<'a> {
    uid: String,
    title: String,
    desc: String,
    created_time: i64,
    modified_time: i64,
    first_seen_time: i64,
    last_seen_time: i64,
    data_sources: [&'static str; 1],
    analytic: Analytic<'a>,
}

#[derive(Serialize)]
struct Analytic<'a> {
    name: &'a str,
    type_id: u32,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct Cloud<'a> {
    provider: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<Account<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<&'a str>,
}

#[derive(Serialize)]
struct Account<'a> {
    uid: &'a str,
    type_id: u32,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct ResourceDetails<'a> {
    uid: &'a str,
    name: &'a str,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cloud_partition: Option<&'static str>,
}

#[derive(Serialize)]
struct OcsfEvidence<'a> {
    api: Api<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<Actor<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    src_endpoint: Option<Endpoint<'a>>,
    data: EvidenceData<'a>,
}

#[derive(Serialize)]
struct Api<'a> {
    operation: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<Named<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<Response<'a>>,
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct Response<'a> {
    error: &'a str,
}

#[derive(Serialize)]
struct Actor<'a> {
    user: User<'a>,
}

/// A user, who has a unique identifier or a name.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum User<'a> {
    Uid(&'a str),
    Name(&'a str),
}

/// The source of a call.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Endpoint<'a> {
    Ip(String),
    SvcName(&'a str),
    Name(&'a str),
}

/// The facts on calls that the class has no attribute for.
#[derive(Serialize)]
struct EvidenceData<'a> {
    calls: u64,
    first: Option<String>,
    last: Option<String>,
    user_agent: Option<&'a str>,
    outcome: Option<&'static str>,
    phase: Option<&'static str>,
    missed: Option<&'static str>,
}

impl<'a> DetectionFinding<'a> {
    fn new(finding: &'a Finding<'a>) -> Self {
        let (severity_id, severity) = severity(finding.severity);
        let last = finding.last.as_millisecond();
        let evidences = finding.callers.iter().take(EVIDENCE_LIMIT);
        Self {
            activity_id: ACTIVITY_ID,
            activity_name: "Create",
            category_uid: CLASS_UID / 1_000,
            category_name: "Findings",
            class_uid: CLASS_UID,
            class_name: "Detection Finding",
            type_uid: CLASS_UID * 100 + ACTIVITY_ID,
            type_name: "Detection Finding: Create",
            time: last,
            start_time: finding.first.as_millisecond(),
            end_time: last,
            count: finding.calls,
            severity_id,
            severity,
            status_id: 1,
            status: "New",
            message: cut(&finding.verdict, TEXT_LIMIT),
            metadata: Metadata::new(),
            finding_info: FindingInfo::new(finding),
            cloud: Cloud::new(finding),
            resources: resources(finding),
            evidences: evidences.map(OcsfEvidence::new).collect(),
            unmapped: unmapped(finding),
        }
    }
}

fn severity(severity: Severity) -> (u32, &'static str) {
    match severity {
        Severity::Low => (2, "Low"),
        Severity::Medium => (3, "Medium"),
        Severity::High => (4, "High"),
    }
}

impl Metadata {
    fn new() -> Self {
        Self {
            version: VERSION,
            profiles: ["cloud"],
            product: Product {
                name: "backtrail",
                vendor_name: "backtrail",
                version: env!("CARGO_PKG_VERSION"),
            },
        }
    }
}

impl<'a> FindingInfo<'a> {
    fn new(finding: &'a Finding<'a>) -> Self {
        let (first, last) = (
            finding.first.as_millisecond(),
            finding.last.as_millisecond(),
        );
        Self {
            uid: uid(finding),
            title: shortened(&finding.title, TEXT_LIMIT),
            desc: shortened(&finding.description, TEXT_LIMIT),
            created_time: first,
            modified_time: finding.updated.as_millisecond(),
            first_seen_time: first,
            last_seen_time: last,
            data_sources: ["AWS CloudTrail"],
            analytic: Analytic {
                name: cut(finding.rule, TEXT_LIMIT),
                type_id: 1,
                kind: "Rule",
            },
        }
    }
}

impl<'a> Cloud<'a> {
    fn new(finding: &Finding<'a>) -> Self {
        let account = finding.account.map(|uid| Account {
            uid: cut(uid, TEXT_LIMIT),
            // An account of AWS, by the numbers of OCSF.
            type_id: 10,
            kind: "AWS Account",
        });
        Self {
            provider: "AWS",
            account,
            region: finding.region.map(|region| cut(region, TEXT_LIMIT)),
        }
    }
}

fn resources<'a>(finding: &Finding<'a>) -> Vec<ResourceDetails<'a>> {
    let Some(FindingResource { kind, id, name }) = finding.resource else {
        return Vec::new();
    };
    vec![ResourceDetails {
        uid: cut(id, TEXT_LIMIT),
        name: cut(name, TEXT_LIMIT),
        kind: kind.map(type_of_resource),
        region: finding.region.map(|region| cut(region, TEXT_LIMIT)),
        cloud_partition: finding
            .region
            .map(|region| Partition::of_region(region).name()),
    }]
}

/// Returns the type that CloudFormation gives to such a resource.
fn type_of_resource(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Secret => "AWS::SecretsManager::Secret",
        ResourceKind::Key => "AWS::KMS::Key",
        ResourceKind::CertificateAuthority => "AWS::ACMPCA::CertificateAuthority",
        ResourceKind::PaymentKey => "AWS::PaymentCryptography::Key",
    }
}

impl<'a> OcsfEvidence<'a> {
    fn new(caller: &FindingCaller<'a>) -> Self {
        Self {
            api: Api::new(caller),
            actor: caller.principal.map(|principal| Actor {
                user: User::new(principal),
            }),
            src_endpoint: caller.source_ip_address.and_then(Endpoint::new),
            data: EvidenceData::new(caller),
        }
    }
}

impl<'a> Api<'a> {
    fn new(caller: &FindingCaller<'a>) -> Self {
        let operation = caller.event_name.unwrap_or("unknown");
        Self {
            operation: cut(operation, TEXT_LIMIT),
            service: caller.event_source.map(|name| Named {
                name: cut(name, TEXT_LIMIT),
            }),
            response: caller.error_code.map(|error| Response {
                error: cut(error, TEXT_LIMIT),
            }),
        }
    }
}

impl<'a> User<'a> {
    fn new(principal: &'a str) -> Self {
        let principal = cut(principal, TEXT_LIMIT);
        match principal.starts_with("arn:") {
            true => Self::Uid(principal),
            false => Self::Name(principal),
        }
    }
}

impl<'a> Endpoint<'a> {
    fn new(source: &'a str) -> Option<Self> {
        Some(match CallPlace::parse(source)? {
            CallPlace::Address(address) => Self::Ip(address.to_string()),
            CallPlace::Service(name) => Self::SvcName(cut(name, TEXT_LIMIT)),
            CallPlace::Other(text) => Self::Name(cut(text, TEXT_LIMIT)),
        })
    }
}

impl<'a> EvidenceData<'a> {
    fn new(caller: &FindingCaller<'a>) -> Self {
        Self {
            calls: caller.calls,
            first: caller.first.map(|first| first.to_string()),
            last: caller.last.map(|last| last.to_string()),
            user_agent: caller.user_agent.map(|program| cut(program, TEXT_LIMIT)),
            outcome: caller.outcome,
            phase: caller.phase.map(Phase::name),
            missed: caller.missed.map(Missed::name),
        }
    }
}

/// Returns the facts that the class has no attribute for.
fn unmapped(finding: &Finding<'_>) -> BTreeMap<&'static str, Value> {
    let omitted = finding.callers.get(EVIDENCE_LIMIT..).unwrap_or_default();
    let omitted_calls: u64 = omitted.iter().map(|caller| caller.calls).sum();
    let mut facts = BTreeMap::from([
        ("callers", finding.callers.len().into()),
        ("callers_omitted", omitted.len().into()),
        ("calls_omitted", omitted_calls.into()),
    ]);
    if let Some(story) = finding.story {
        facts.extend(facts_of_story(story));
    }
    facts
}

fn facts_of_story(story: &Story) -> [(&'static str, Value); 7] {
    let scheduled = story.scheduled.as_ref();
    let scheduled_at = scheduled.and_then(|event| event.at);
    let scheduled_by = scheduled.and_then(|event| event.principal.as_deref());
    let scheduled_by = scheduled_by.map(|principal| cut(principal, TEXT_LIMIT));
    [
        ("verdict", story.verdict.name().into()),
        ("episode", story.episode.into()),
        ("attempts", story.attempts().into()),
        ("forced", story.is_forced.into()),
        ("scheduled_at", json!(scheduled_at.map(|at| at.to_string()))),
        ("scheduled_by", json!(scheduled_by)),
        (
            "undo_until",
            json!(story.until.map(|until| until.to_string())),
        ),
    ]
}
