//! Findings in the AWS Security Finding Format, as Security Hub imports them (sources, X9).

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::IpAddr;

use jiff::Timestamp;
use serde::Serialize;

use super::identity::uid;
use super::place::CallPlace;
use crate::alarm::definition::partition::Partition;
use crate::cloudtrail::lifecycle::ResourceKind;
use crate::report::Story;
use crate::report::finding::{Finding, FindingCaller, FindingResource, Severity};
use crate::text::shortened;

/// The number of findings that one call imports.
const IMPORT_LIMIT: usize = 100;

/// The longest title, in characters.
const TITLE_LIMIT: usize = 256;

/// The longest description, in characters.
const DESCRIPTION_LIMIT: usize = 1_024;

/// The longest identifier of a rule, in characters.
const GENERATOR_LIMIT: usize = 512;

/// The longest name of a call, service or domain, in characters.
const CALL_LIMIT: usize = 128;

/// The longest identifier of a resource, in characters: the longest ARN. AWS names no limit.
const RESOURCE_LIMIT: usize = 2_048;

/// The longest of the other texts, in characters. AWS allows 2,048. With fewer, a finding is below
/// 60 KB, so that 100 of them are below the 6 MB of a call.
const FIELD_LIMIT: usize = 512;

/// The type of all findings: no attack, but a matter of how secrets and keys are kept.
const TYPE: &str = "Software and Configuration Checks/AWS Security Best Practices";

/// Returns the findings that can be imported, as many together as one call imports. Those of an
/// account and region follow each other, since a call imports only those of its own. There is at
/// least one part, which may be empty.
pub(super) fn imports<'a>(findings: &'a [Finding<'a>]) -> Vec<Vec<&'a Finding<'a>>> {
    let importable = findings.iter().filter(|finding| finding.home().is_some());
    let mut importable: Vec<&Finding<'_>> = importable.collect();
    importable.sort_by_key(|finding| finding.home());
    // There is a file in any case: one without findings says that there are none.
    if importable.is_empty() {
        return vec![importable];
    }
    let parts = importable.chunks(IMPORT_LIMIT);
    parts.map(<[_]>::to_vec).collect()
}

/// Writes findings as an array.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub(super) fn write(findings: &[&Finding<'_>], out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"[")?;
    let mut before = "\n";
    for finding in findings.iter().filter_map(|finding| Import::new(finding)) {
        out.write_all(before.as_bytes())?;
        serde_json::to_writer(&mut *out, &finding)?;
        before = ",\n";
    }
    out.write_all(b"\n]\n")
}

/// A finding as it is imported.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Import<'a> {
    schema_version: &'static str,
    id: String,
    product_arn: String,
    product_name: &'static str,
    company_name: &'static str,
    generator_id: String,
    aws_account_id: &'a str,
    types: [&'static str; 1],
    first_observed_at: String,
    last_observed_at: String,
    created_at: String,
    updated_at: String,
    severity: SeverityLabel,
    title: String,
    description: String,
    product_fields: BTreeMap<&'static str, String>,
    resources: [ImportResource<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<AsffAction>,
    finding_provider_fields: ProviderFields,
    record_state: &'static str,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SeverityLabel {
    label: &'static str,
}

/// The severity and the types once more: an update of a finding takes them from here.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ProviderFields {
    severity: SeverityLabel,
    types: [&'static str; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ImportResource<'a> {
    #[serde(rename = "Type")]
    kind: &'static str,
    id: String,
    partition: &'static str,
    region: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AsffAction {
    action_type: &'static str,
    aws_api_call_action: AwsApiCallAction,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AwsApiCallAction {
    api: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caller_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remote_ip_details: Option<RemoteIpDetails>,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain_details: Option<DomainDetails>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_seen: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_seen: Option<String>,
}

#[derive(Serialize)]
struct RemoteIpDetails {
    #[serde(rename = "IpAddressV4")]
    address: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DomainDetails {
    domain: String,
}

impl<'a> Import<'a> {
    /// Returns the finding as it is imported; `None` if its account or region is not known.
    fn new(finding: &Finding<'a>) -> Option<Self> {
        let (account, region) = finding.home()?;
        let severity = SeverityLabel {
            label: label(finding.severity),
        };
        Some(Self {
            schema_version: "2018-10-08",
            id: uid(finding),
            product_arn: product_arn(account, region),
            product_name: "backtrail",
            company_name: "backtrail",
            generator_id: shortened(&format!("backtrail/{}", finding.rule), GENERATOR_LIMIT),
            aws_account_id: account,
            types: [TYPE],
            first_observed_at: time(finding.first),
            last_observed_at: time(finding.last),
            created_at: time(finding.first),
            updated_at: time(finding.updated),
            severity,
            title: shortened(&finding.title, TITLE_LIMIT),
            description: shortened(&finding.description, DESCRIPTION_LIMIT),
            product_fields: product_fields(finding),
            resources: [ImportResource::new(finding.resource, account, region)],
            action: finding.callers.first().and_then(AsffAction::new),
            finding_provider_fields: ProviderFields {
                severity,
                types: [TYPE],
            },
            record_state: "ACTIVE",
        })
    }
}

/// Returns the ARN of the product that an account imports findings of its own with.
fn product_arn(account: &str, region: &str) -> String {
    let partition = Partition::of_region(region).name();
    format!("arn:{partition}:securityhub:{region}:{account}:product/{account}/default")
}

fn label(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "LOW",
        Severity::Medium => "MEDIUM",
        Severity::High => "HIGH",
    }
}

fn time(time: Timestamp) -> String {
    time.to_string()
}

/// Returns a text within a limit; `None` if it is blank, which no field may be.
fn text(text: Option<&str>, limit: usize) -> Option<String> {
    let text = text.filter(|text| !text.trim().is_empty())?;
    Some(shortened(text, limit))
}

impl<'a> ImportResource<'a> {
    fn new(resource: Option<FindingResource<'_>>, account: &str, region: &'a str) -> Self {
        let id = text(resource.map(|resource| resource.id), RESOURCE_LIMIT);
        let (kind, id) = match (resource, id) {
            (Some(resource), Some(id)) => (type_of_resource(resource.kind), id),
            // A finding has to have a resource. Of calls that name none, it is the account.
            _ => ("AwsAccount", format!("AWS::::Account:{account}")),
        };
        Self {
            kind,
            id,
            partition: Partition::of_region(region).name(),
            region,
        }
    }
}

fn type_of_resource(kind: Option<ResourceKind>) -> &'static str {
    match kind {
        Some(ResourceKind::Secret) => "AwsSecretsManagerSecret",
        Some(ResourceKind::Key) => "AwsKmsKey",
        Some(ResourceKind::CertificateAuthority | ResourceKind::PaymentKey) | None => "Other",
    }
}

impl AsffAction {
    fn new(caller: &FindingCaller<'_>) -> Option<Self> {
        Some(Self {
            action_type: "AWS_API_CALL",
            aws_api_call_action: AwsApiCallAction::new(caller)?,
        })
    }
}

impl AwsApiCallAction {
    fn new(caller: &FindingCaller<'_>) -> Option<Self> {
        let place = caller.source_ip_address.and_then(CallPlace::parse);
        Some(Self {
            api: text(caller.event_name, CALL_LIMIT)?,
            service_name: text(caller.event_source, CALL_LIMIT),
            caller_type: place.map(type_of_caller),
            remote_ip_details: place.and_then(RemoteIpDetails::new),
            domain_details: place.and_then(DomainDetails::new),
            first_seen: caller.first.map(time),
            last_seen: caller.last.map(time),
        })
    }
}

fn type_of_caller(place: CallPlace<'_>) -> &'static str {
    match place {
        CallPlace::Address(_) => "remoteip",
        CallPlace::Service(_) | CallPlace::Other(_) => "domain",
    }
}

impl RemoteIpDetails {
    /// Returns the address of a caller. The format has no attribute for IPv6.
    fn new(place: CallPlace<'_>) -> Option<Self> {
        let CallPlace::Address(IpAddr::V4(address)) = place else {
            return None;
        };
        Some(Self {
            address: address.to_string(),
        })
    }
}

impl DomainDetails {
    fn new(place: CallPlace<'_>) -> Option<Self> {
        let (CallPlace::Service(name) | CallPlace::Other(name)) = place else {
            return None;
        };
        Some(Self {
            domain: text(Some(name), CALL_LIMIT)?,
        })
    }
}

/// Returns the facts that the format has no attribute for, under names of this product.
fn product_fields(finding: &Finding<'_>) -> BTreeMap<&'static str, String> {
    let caller = finding.callers.first();
    let field = |value: Option<&str>| text(value, FIELD_LIMIT);
    let mut fields = BTreeMap::new();
    let mut add = |name, value: Option<String>| {
        if let Some(value) = value {
            fields.insert(name, value);
        }
    };
    add("backtrail/calls", Some(finding.calls.to_string()));
    add("backtrail/callers", Some(finding.callers.len().to_string()));
    add(
        "backtrail/principal",
        field(caller.and_then(|caller| caller.principal)),
    );
    add(
        "backtrail/sourceIpAddress",
        field(caller.and_then(|caller| caller.source_ip_address)),
    );
    add(
        "backtrail/userAgent",
        field(caller.and_then(|caller| caller.user_agent)),
    );
    if let Some(story) = finding.story {
        fields.extend(fields_of_story(story));
    }
    fields
}

fn fields_of_story(story: &Story) -> BTreeMap<&'static str, String> {
    let scheduled = story.scheduled.as_ref();
    let by = scheduled.and_then(|event| event.principal.as_deref());
    let at = scheduled.and_then(|event| event.at);
    let fields = [
        ("backtrail/verdict", Some(story.verdict.name().to_owned())),
        ("backtrail/attempts", Some(story.attempts().to_string())),
        ("backtrail/scheduledAt", at.map(time)),
        ("backtrail/scheduledBy", text(by, FIELD_LIMIT)),
        ("backtrail/undoUntil", story.until.map(time)),
    ];
    let known = fields.into_iter();
    known
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}
