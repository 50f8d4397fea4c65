//! The rules that are built in: what AWS and the CIS AWS Foundations Benchmark publish, word for
//! word.
//!
//! A rule is one entry of [`RULES`]. Where editions of the benchmark differ, each text is a rule of
//! its own, and the plain name belongs to the newest one.

use super::rule::{Publication, Rule};
use crate::alarm::definition::configuration::TreatMissingData;
use crate::report::Subject;

/// An edition of the CIS AWS Foundations Benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edition {
    /// 1.2.0, of 2018.
    V1_2,
    /// 1.3.0
    V1_3,
    /// 1.4.0
    V1_4,
    /// 1.5.0
    V1_5,
    /// 2.0.0
    V2_0,
    /// 3.0.0
    V3_0,
    /// 4.0.0
    V4_0,
    /// 5.0.0
    V5_0,
    /// 6.0.0
    V6_0,
    /// 7.0.0
    V7_0,
}

impl Edition {
    /// Every edition, oldest first.
    pub const ALL: [Self; 10] = [
        Self::V1_2,
        Self::V1_3,
        Self::V1_4,
        Self::V1_5,
        Self::V2_0,
        Self::V3_0,
        Self::V4_0,
        Self::V5_0,
        Self::V6_0,
        Self::V7_0,
    ];

    /// The name, as in `cis-5.0`.
    pub fn name(self) -> &'static str {
        match self {
            Self::V1_2 => "1.2",
            Self::V1_3 => "1.3",
            Self::V1_4 => "1.4",
            Self::V1_5 => "1.5",
            Self::V2_0 => "2.0",
            Self::V3_0 => "3.0",
            Self::V4_0 => "4.0",
            Self::V5_0 => "5.0",
            Self::V6_0 => "6.0",
            Self::V7_0 => "7.0",
        }
    }

    /// The chapter of the edition that holds the metric filters.
    fn chapter(self) -> u8 {
        match self {
            Self::V1_2 => 3,
            Self::V1_3
            | Self::V1_4
            | Self::V1_5
            | Self::V2_0
            | Self::V3_0
            | Self::V4_0
            | Self::V5_0 => 4,
            Self::V6_0 | Self::V7_0 => 5,
        }
    }
}

/// Where a rule is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleSource {
    /// In the documentation of AWS; holds the page.
    Aws(&'static str),
    /// In the CIS AWS Foundations Benchmark.
    Cis {
        /// The number of the control in its chapter.
        control: u8,
        /// The first edition that has this text.
        first: Edition,
        /// The last one.
        last: Edition,
        /// Whether the text is the one of its control, or one that the control offers beside it.
        text: CisText,
    },
}

/// Which text of a control a rule has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CisText {
    /// The text that the control asks for.
    Main,
    /// A text that the control offers beside it, with the reason.
    Alternative(&'static str),
}

/// A rule that is built in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BuiltInRule {
    /// The name, unique among all rules and groups.
    pub name: &'static str,
    /// What it counts.
    pub subject: Subject<&'static str>,
    /// Where it is published.
    pub source: RuleSource,
    /// The filter pattern.
    pub pattern: &'static str,
    /// The namespace of the metric.
    pub namespace: &'static str,
    /// The name of the metric.
    pub metric_name: &'static str,
    /// The name of the alarm.
    pub alarm_name: &'static str,
    /// The threshold of the alarm.
    pub threshold: f64,
    /// What the alarm makes of missing data.
    pub treat_missing_data: TreatMissingData,
}

/// Several rules under one name.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleGroup {
    /// The name.
    pub name: String,
    /// What it holds.
    pub about: String,
    /// Its rules, in the order of the table.
    pub rules: Vec<&'static BuiltInRule>,
}

impl BuiltInRule {
    /// The rule with its metric filter and alarm.
    pub fn rule(&self) -> Rule {
        Rule::published(Publication {
            name: self.name,
            subject: self.subject,
            pattern: self.pattern,
            namespace: self.namespace,
            metric_name: self.metric_name,
            alarm_name: self.alarm_name,
            threshold: self.threshold,
            treat_missing_data: self.treat_missing_data,
        })
    }

    /// The rule of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        RULES.iter().find(|rule| rule.name == name)
    }

    /// Where the rule is published, for a person.
    pub fn published_in(&self) -> String {
        match self.source {
            RuleSource::Aws(page) => page.to_owned(),
            RuleSource::Cis { control, text, .. } => {
                let numbers: Vec<String> = self
                    .editions()
                    .map(|edition| format!("{} ({}.{control})", edition.name(), edition.chapter()))
                    .collect();
                let remark = match text {
                    CisText::Main => String::new(),
                    CisText::Alternative(reason) => format!("; {reason}"),
                };
                format!(
                    "CIS AWS Foundations Benchmark {}{remark}",
                    numbers.join(", ")
                )
            }
        }
    }

    /// The editions of the benchmark that have this text.
    pub fn editions(&self) -> impl Iterator<Item = Edition> + use<> {
        let span = match self.source {
            RuleSource::Aws(_) => None,
            RuleSource::Cis { first, last, .. } => Some(first..=last),
        };
        Edition::ALL
            .into_iter()
            .filter(move |edition| span.as_ref().is_some_and(|span| span.contains(edition)))
    }

    fn is_in(&self, edition: Edition) -> bool {
        let is_main = matches!(
            self.source,
            RuleSource::Cis {
                text: CisText::Main,
                ..
            }
        );
        is_main && self.editions().any(|own| own == edition)
    }
}

/// The groups of rules: those on resources pending deletion, AWS's, and each edition of the
/// benchmark.
pub fn groups() -> Vec<RuleGroup> {
    let group = |name: &str, about: String, is_in: &dyn Fn(&BuiltInRule) -> bool| RuleGroup {
        name: name.to_owned(),
        about,
        rules: RULES.iter().filter(|rule| is_in(rule)).collect(),
    };
    let [.., newest] = Edition::ALL;
    let is_pending = |rule: &BuiltInRule| matches!(rule.name, "secrets" | "kms");
    let mut groups = vec![
        group(
            "all",
            "attempts to use secrets and KMS keys that are pending deletion".to_owned(),
            &is_pending,
        ),
        group(
            "aws",
            "the other examples of AWS's documentation".to_owned(),
            &|rule| matches!(rule.source, RuleSource::Aws(_)) && !is_pending(rule),
        ),
        group(
            "cis",
            format!(
                "the CIS AWS Foundations Benchmark, newest edition ({})",
                newest.name()
            ),
            &|rule| rule.is_in(newest),
        ),
    ];
    groups.extend(Edition::ALL.map(|edition| {
        let about = format!("the CIS AWS Foundations Benchmark {}", edition.name());
        group(&format!("cis-{}", edition.name()), about, &|rule| {
            rule.is_in(edition)
        })
    }));
    groups
}

/// The rules that a name stands for: one rule, or those of a group.
pub fn select(name: &str) -> Option<Vec<&'static BuiltInRule>> {
    let group = || {
        groups()
            .into_iter()
            .find(|group| group.name == name)
            .map(|group| group.rules)
    };
    BuiltInRule::named(name)
        .map(|rule| vec![rule])
        .or_else(group)
}

/// An example of AWS, with the threshold of its page.
const fn aws(
    name: &'static str,
    subject: &'static str,
    page: &'static str,
    pattern: &'static str,
) -> BuiltInRule {
    BuiltInRule {
        name,
        subject: Subject::Matches(subject),
        source: RuleSource::Aws(page),
        pattern,
        namespace: "CloudTrailMetrics",
        metric_name: name,
        alarm_name: name,
        threshold: 1.0,
        treat_missing_data: TreatMissingData::Missing,
    }
}

/// The names that the benchmark gives the metric and alarm of a control.
struct CisNames {
    metric: &'static str,
    alarm: &'static str,
}

const fn names(metric: &'static str, alarm: &'static str) -> CisNames {
    CisNames { metric, alarm }
}

/// A control of the benchmark, with the alarm that all its editions give.
const fn cis(
    name: &'static str,
    subject: &'static str,
    source: RuleSource,
    names: CisNames,
    pattern: &'static str,
) -> BuiltInRule {
    BuiltInRule {
        name,
        subject: Subject::Matches(subject),
        source,
        pattern,
        namespace: "CISBenchmark",
        metric_name: names.metric,
        alarm_name: names.alarm,
        threshold: 1.0,
        treat_missing_data: TreatMissingData::Missing,
    }
}

/// The text of a control in the editions from `first` to `last`.
const fn control(control: u8, first: Edition, last: Edition) -> RuleSource {
    RuleSource::Cis {
        control,
        first,
        last,
        text: CisText::Main,
    }
}

const TRAIL_EXAMPLES: &str =
    "CloudTrail user guide, Creating CloudWatch alarms for CloudTrail events: examples";
const TRAIL_MORE_EXAMPLES: &str =
    "CloudTrail user guide, Creating CloudWatch alarms for CloudTrail events: additional examples";

/// Every rule, in the order that reports use.
pub const RULES: &[BuiltInRule] = &[
    BuiltInRule {
        name: "secrets",
        subject: Subject::Attempts("to read a secret pending deletion"),
        source: RuleSource::Aws(
            "Secrets Manager user guide, Monitor when AWS Secrets Manager secrets scheduled for deletion are accessed",
        ),
        pattern: r#"{ $.eventName = "GetSecretValue" && $.errorMessage = "*secret because it was marked for deletion*" }"#,
        namespace: "CloudTrailLogMetrics",
        metric_name: "AttemptsToAccessDeletedSecrets",
        alarm_name: "AttemptsToAccessDeletedSecretsAlarm",
        threshold: 1.0,
        treat_missing_data: TreatMissingData::Missing,
    },
    BuiltInRule {
        name: "kms",
        subject: Subject::Attempts("to use a KMS key pending deletion"),
        source: RuleSource::Aws(
            "KMS developer guide, Creating an alarm that detects use of a KMS key pending deletion",
        ),
        pattern: r#"{ $.eventSource = kms* && $.errorMessage = "* is pending deletion."}"#,
        namespace: "CloudTrailLogMetrics",
        metric_name: "KMSKeyPendingDeletionErrorCount",
        alarm_name: "KMSKeyPendingDeletionErrorAlarm",
        threshold: 1.0,
        treat_missing_data: TreatMissingData::NotBreaching,
    },
    aws(
        "aws-security-group-changes",
        "changes to security groups",
        TRAIL_EXAMPLES,
        "{ ($.eventName = AuthorizeSecurityGroupIngress) || ($.eventName = AuthorizeSecurityGroupEgress) || ($.eventName = RevokeSecurityGroupIngress) || ($.eventName = RevokeSecurityGroupEgress) || ($.eventName = CreateSecurityGroup) || ($.eventName = DeleteSecurityGroup) }",
    ),
    BuiltInRule {
        threshold: 3.0,
        ..aws(
            "aws-console-sign-in-failures",
            "failed sign-ins to the console",
            TRAIL_EXAMPLES,
            r#"{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }"#,
        )
    },
    aws(
        "aws-iam-policy-changes",
        "changes to IAM policies",
        TRAIL_EXAMPLES,
        "{($.eventName=DeleteGroupPolicy)||($.eventName=DeleteRolePolicy)||($.eventName=DeleteUserPolicy)||($.eventName=PutGroupPolicy)||($.eventName=PutRolePolicy)||($.eventName=PutUserPolicy)||($.eventName=CreatePolicy)||($.eventName=DeletePolicy)||($.eventName=CreatePolicyVersion)||($.eventName=DeletePolicyVersion)||($.eventName=AttachRolePolicy)||($.eventName=DetachRolePolicy)||($.eventName=AttachUserPolicy)||($.eventName=DetachUserPolicy)||($.eventName=AttachGroupPolicy)||($.eventName=DetachGroupPolicy)}",
    ),
    aws(
        "aws-root-activity",
        "actions of the root user",
        TRAIL_MORE_EXAMPLES,
        r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }"#,
    ),
    aws(
        "aws-api-calls-without-mfa",
        "API calls in sessions without MFA",
        TRAIL_MORE_EXAMPLES,
        r#"{ $.userIdentity.sessionContext.attributes.mfaAuthenticated != "true" }"#,
    ),
    aws(
        "aws-console-sign-in-without-mfa",
        "sign-ins to the console without MFA",
        TRAIL_MORE_EXAMPLES,
        r#"{ $.eventName = "ConsoleLogin" && $.additionalEventData.MFAUsed = "No" }"#,
    ),
    cis(
        "cis-unauthorized-api-calls",
        "unauthorized API calls",
        control(1, Edition::V2_0, Edition::V7_0),
        names(
            "unauthorized_api_calls_metric",
            "unauthorized_api_calls_alarm",
        ),
        r#"{ ($.errorCode ="*UnauthorizedOperation") || ($.errorCode ="AccessDenied*") && ($.sourceIPAddress!="delivery.logs.amazonaws.com") && ($.eventName!="HeadBucket") }"#,
    ),
    cis(
        "cis-1.3-unauthorized-api-calls",
        "unauthorized API calls, and all but HeadBucket calls of the log delivery service",
        control(1, Edition::V1_3, Edition::V1_5),
        names(
            "unauthorized_api_calls_metric",
            "unauthorized_api_calls_alarm",
        ),
        r#"{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") || ($.sourceIPAddress!="delivery.logs.amazonaws.com") || ($.eventName!="HeadBucket") }"#,
    ),
    cis(
        "cis-1.2-unauthorized-api-calls",
        "unauthorized API calls",
        control(1, Edition::V1_2, Edition::V1_2),
        names(
            "unauthorized_api_calls_metric",
            "unauthorized_api_calls_alarm",
        ),
        r#"{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }"#,
    ),
    cis(
        "cis-console-sign-in-without-mfa",
        "sign-ins to the console without MFA",
        control(2, Edition::V1_2, Edition::V7_0),
        names(
            "no_mfa_console_signin_metric",
            "no_mfa_console_signin_alarm",
        ),
        r#"{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }"#,
    ),
    cis(
        "cis-console-sign-in-without-mfa-iam-users",
        "sign-ins of IAM users to the console without MFA",
        RuleSource::Cis {
            control: 2,
            first: Edition::V1_4,
            last: Edition::V7_0,
            text: CisText::Alternative("offered for organizations with single sign-on"),
        },
        names(
            "no_mfa_console_signin_metric",
            "no_mfa_console_signin_alarm",
        ),
        r#"{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }"#,
    ),
    cis(
        "cis-root-usage",
        "actions of the root user",
        control(3, Edition::V1_2, Edition::V7_0),
        names("root_usage_metric", "root_usage_alarm"),
        r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }"#,
    ),
    cis(
        "cis-iam-policy-changes",
        "changes to IAM policies",
        control(4, Edition::V1_2, Edition::V7_0),
        names("iam_changes_metric", "iam_changes_alarm"),
        "{($.eventName=DeleteGroupPolicy)||($.eventName=DeleteRolePolicy)||($.eventName=DeleteUserPolicy)||($.eventName=PutGroupPolicy)||($.eventName=PutRolePolicy)||($.eventName=PutUserPolicy)||($.eventName=CreatePolicy)||($.eventName=DeletePolicy)||($.eventName=CreatePolicyVersion)||($.eventName=DeletePolicyVersion)||($.eventName=AttachRolePolicy)||($.eventName=DetachRolePolicy)||($.eventName=AttachUserPolicy)||($.eventName=DetachUserPolicy)||($.eventName=AttachGroupPolicy)||($.eventName=DetachGroupPolicy)}",
    ),
    cis(
        "cis-cloudtrail-changes",
        "changes to the configuration of CloudTrail",
        control(5, Edition::V1_2, Edition::V7_0),
        names(
            "cloudtrail_cfg_changes_metric",
            "cloudtrail_cfg_changes_alarm",
        ),
        "{ ($.eventName = CreateTrail) || ($.eventName = UpdateTrail) || ($.eventName = DeleteTrail) || ($.eventName = StartLogging) || ($.eventName = StopLogging) }",
    ),
    cis(
        "cis-console-sign-in-failures",
        "failed sign-ins to the console",
        control(6, Edition::V1_2, Edition::V7_0),
        names(
            "console_signin_failure_metric",
            "console_signin_failure_alarm",
        ),
        r#"{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }"#,
    ),
    cis(
        "cis-kms-key-deletion",
        "KMS keys disabled or scheduled for deletion",
        control(7, Edition::V1_2, Edition::V7_0),
        names(
            "disable_or_delete_cmk_changes_metric",
            "disable_or_delete_cmk_changes_alarm",
        ),
        "{($.eventSource = kms.amazonaws.com) && (($.eventName=DisableKey)||($.eventName=ScheduleKeyDeletion)) }",
    ),
    cis(
        "cis-s3-bucket-policy-changes",
        "changes to policies of S3 buckets",
        control(8, Edition::V1_2, Edition::V7_0),
        names(
            "s3_bucket_policy_changes_metric",
            "s3_bucket_policy_changes_alarm",
        ),
        "{ ($.eventSource = s3.amazonaws.com) && (($.eventName = PutBucketAcl) || ($.eventName = PutBucketPolicy) || ($.eventName = PutBucketCors) || ($.eventName = PutBucketLifecycle) || ($.eventName = PutBucketReplication) || ($.eventName = DeleteBucketPolicy) || ($.eventName = DeleteBucketCors) || ($.eventName = DeleteBucketLifecycle) || ($.eventName = DeleteBucketReplication)) }",
    ),
    cis(
        "cis-config-changes",
        "changes to the configuration of AWS Config",
        control(9, Edition::V1_2, Edition::V7_0),
        names("aws_config_changes_metric", "aws_config_changes_alarm"),
        "{ ($.eventSource = config.amazonaws.com) && (($.eventName=StopConfigurationRecorder)||($.eventName=DeleteDeliveryChannel)||($.eventName=PutDeliveryChannel)||($.eventName=PutConfigurationRecorder)) }",
    ),
    cis(
        "cis-security-group-changes",
        "changes to security groups",
        control(10, Edition::V5_0, Edition::V7_0),
        names(
            "security_group_changes_metric",
            "security_group_changes_alarm",
        ),
        "{ ($.eventName = AuthorizeSecurityGroupIngress) || ($.eventName = AuthorizeSecurityGroupEgress) || ($.eventName = RevokeSecurityGroupIngress) || ($.eventName = RevokeSecurityGroupEgress) || ($.eventName = CreateSecurityGroup) || ($.eventName = DeleteSecurityGroup) || ($.eventName = ModifySecurityGroupRules) }",
    ),
    cis(
        "cis-1.2-security-group-changes",
        "changes to security groups",
        control(10, Edition::V1_2, Edition::V4_0),
        names(
            "security_group_changes_metric",
            "security_group_changes_alarm",
        ),
        "{ ($.eventName = AuthorizeSecurityGroupIngress) || ($.eventName = AuthorizeSecurityGroupEgress) || ($.eventName = RevokeSecurityGroupIngress) || ($.eventName = RevokeSecurityGroupEgress) || ($.eventName = CreateSecurityGroup) || ($.eventName = DeleteSecurityGroup) }",
    ),
    cis(
        "cis-network-acl-changes",
        "changes to network ACLs",
        control(11, Edition::V1_2, Edition::V7_0),
        names("nacl_changes_metric", "nacl_changes_alarm"),
        "{ ($.eventName = CreateNetworkAcl) || ($.eventName = CreateNetworkAclEntry) || ($.eventName = DeleteNetworkAcl) || ($.eventName = DeleteNetworkAclEntry) || ($.eventName = ReplaceNetworkAclEntry) || ($.eventName = ReplaceNetworkAclAssociation) }",
    ),
    cis(
        "cis-network-gateway-changes",
        "changes to network gateways",
        control(12, Edition::V1_2, Edition::V7_0),
        names("network_gw_changes_metric", "network_gw_changes_alarm"),
        "{ ($.eventName = CreateCustomerGateway) || ($.eventName = DeleteCustomerGateway) || ($.eventName = AttachInternetGateway) || ($.eventName = CreateInternetGateway) || ($.eventName = DeleteInternetGateway) || ($.eventName = DetachInternetGateway) }",
    ),
    cis(
        "cis-route-table-changes",
        "changes to route tables",
        control(13, Edition::V3_0, Edition::V7_0),
        names("route_table_changes_metric", "route_table_changes_alarm"),
        "{($.eventSource = ec2.amazonaws.com) && ($.eventName = CreateRoute) || ($.eventName = CreateRouteTable) || ($.eventName = ReplaceRoute) || ($.eventName = ReplaceRouteTableAssociation) || ($.eventName = DeleteRouteTable) || ($.eventName = DeleteRoute) || ($.eventName = DisassociateRouteTable) }",
    ),
    cis(
        "cis-1.2-route-table-changes",
        "changes to route tables",
        control(13, Edition::V1_2, Edition::V2_0),
        names("route_table_changes_metric", "route_table_changes_alarm"),
        "{ ($.eventName = CreateRoute) || ($.eventName = CreateRouteTable) || ($.eventName = ReplaceRoute) || ($.eventName = ReplaceRouteTableAssociation) || ($.eventName = DeleteRouteTable) || ($.eventName = DeleteRoute) || ($.eventName = DisassociateRouteTable) }",
    ),
    cis(
        "cis-vpc-changes",
        "changes to VPCs",
        control(14, Edition::V1_2, Edition::V7_0),
        names("vpc_changes_metric", "vpc_changes_alarm"),
        "{ ($.eventName = CreateVpc) || ($.eventName = DeleteVpc) || ($.eventName = ModifyVpcAttribute) || ($.eventName = AcceptVpcPeeringConnection) || ($.eventName = CreateVpcPeeringConnection) || ($.eventName = DeleteVpcPeeringConnection) || ($.eventName = RejectVpcPeeringConnection) || ($.eventName = AttachClassicLinkVpc) || ($.eventName = DetachClassicLinkVpc) || ($.eventName = DisableVpcClassicLink) || ($.eventName = EnableVpcClassicLink) }",
    ),
    cis(
        "cis-organizations-changes",
        "changes to the organization",
        control(15, Edition::V1_3, Edition::V7_0),
        names("organizations_changes", "organizations_changes"),
        r#"{ ($.eventSource = organizations.amazonaws.com) && (($.eventName = "AcceptHandshake") || ($.eventName = "AttachPolicy") || ($.eventName = "CreateAccount") || ($.eventName = "CreateOrganizationalUnit") || ($.eventName = "CreatePolicy") || ($.eventName = "DeclineHandshake") || ($.eventName = "DeleteOrganization") || ($.eventName = "DeleteOrganizationalUnit") || ($.eventName = "DeletePolicy") || ($.eventName = "DetachPolicy") || ($.eventName = "DisablePolicyType") || ($.eventName = "EnablePolicyType") || ($.eventName = "InviteAccountToOrganization") || ($.eventName = "LeaveOrganization") || ($.eventName = "MoveAccount") || ($.eventName = "RemoveAccountFromOrganization") || ($.eventName = "UpdatePolicy") || ($.eventName = "UpdateOrganizationalUnit")) }"#,
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::plan::{Plan, Selection};

    #[test]
    fn every_rule_is_one_that_aws_takes_and_names_are_unique() {
        let rules: Vec<Rule> = RULES.iter().map(BuiltInRule::rule).collect();
        assert!(Plan::new(rules, Selection::default()).is_ok());
        let names = RULES.iter().map(|rule| rule.name.to_owned());
        let names: Vec<String> = names
            .chain(groups().into_iter().map(|group| group.name))
            .collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    }

    /// Edition 1.2 has 14 metric filters, every later one 15.
    #[test]
    fn each_edition_has_each_control_once() {
        for edition in Edition::ALL {
            let mut controls: Vec<u8> = RULES
                .iter()
                .filter(|rule| rule.is_in(edition))
                .filter_map(|rule| match rule.source {
                    RuleSource::Cis { control, .. } => Some(control),
                    RuleSource::Aws(_) => None,
                })
                .collect();
            controls.sort_unstable();
            let last = if edition == Edition::V1_2 { 14 } else { 15 };
            assert_eq!(
                controls,
                (1..=last).collect::<Vec<u8>>(),
                "{}",
                edition.name()
            );
        }
    }

    #[test]
    fn names_stand_for_rules_and_groups() {
        let names =
            |name| select(name).map(|rules| rules.iter().map(|rule| rule.name).collect::<Vec<_>>());
        assert_eq!(names("all"), Some(vec!["secrets", "kms"]));
        assert_eq!(names("kms"), Some(vec!["kms"]));
        assert_eq!(names("cis-2.0").map(|rules| rules.len()), Some(15));
        assert!(
            names("cis-2.0").is_some_and(|rules| rules.contains(&"cis-1.2-route-table-changes"))
        );
        assert!(names("cis").is_some_and(|rules| rules.contains(&"cis-route-table-changes")));
        assert_eq!(names("cis-9.0"), None);
    }
}
