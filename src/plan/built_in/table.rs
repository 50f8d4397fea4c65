//! The table of built-in rules: the patterns that AWS and the CIS AWS Foundations Benchmark
//! publish, word for word, and rules of our own for what those of AWS miss.
//!
//! A rule is one entry of [`RULES`]. If editions of the benchmark differ, each text is a rule of
//! its own, and the plain name belongs to the newest one.

use super::edition::Edition;
use super::rule::{BuiltInRule, CisText, RuleSource};
use crate::alarm::definition::configuration::TreatMissingData;
use crate::report::Subject;

/// Creates an example of AWS, with the threshold of its page.
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

/// The names of the metric and alarm of a rule of our own.
struct OwnNames {
    metric: &'static str,
    alarm: &'static str,
}

/// Creates a rule of our own, with the alarm that AWS publishes for secrets.
const fn own(
    name: &'static str,
    subject: Subject<&'static str>,
    about: &'static str,
    names: OwnNames,
    pattern: &'static str,
) -> BuiltInRule {
    BuiltInRule {
        name,
        subject,
        source: RuleSource::Own(about),
        pattern,
        namespace: "CloudTrailLogMetrics",
        metric_name: names.metric,
        alarm_name: names.alarm,
        threshold: 1.0,
        treat_missing_data: TreatMissingData::Missing,
    }
}

/// The names that the benchmark gives to the metric and alarm of a control.
struct CisNames {
    metric: &'static str,
    alarm: &'static str,
}

const fn names(metric: &'static str, alarm: &'static str) -> CisNames {
    CisNames { metric, alarm }
}

/// Creates a control of the benchmark, with the alarm that all its editions give.
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

/// Creates the source of a text that a control has in the editions from `first` to `last`.
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
        subject: Subject::Attempts("subject-secrets"),
        source: RuleSource::Aws(
            "Secrets Manager user guide, Monitor when AWS Secrets Manager secrets scheduled for \
             deletion are accessed",
        ),
        // Until about mid-2019 the message had other words, which the pattern does not match
        // (sources, L7).
        pattern: concat!(
            r#"{ $.eventName = "GetSecretValue" && "#,
            r#"$.errorMessage = "*secret because it was marked for deletion*" }"#,
        ),
        namespace: "CloudTrailLogMetrics",
        metric_name: "AttemptsToAccessDeletedSecrets",
        alarm_name: "AttemptsToAccessDeletedSecretsAlarm",
        threshold: 1.0,
        treat_missing_data: TreatMissingData::Missing,
    },
    BuiltInRule {
        name: "kms",
        subject: Subject::Attempts("subject-kms"),
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
    BuiltInRule {
        name: "secrets-2018",
        subject: Subject::Attempts("subject-secrets-2018"),
        source: RuleSource::Aws(
            "AWS Secrets Manager user guide, editions of May 2018 to October 2019, Monitoring \
             secret versions scheduled for deletion",
        ),
        pattern: concat!(
            r#"{ $.eventName = "GetSecretValue" && "#,
            r#"$.errorMessage = "*secret because it was deleted*" }"#,
        ),
        namespace: "CloudTrailLogMetrics",
        metric_name: "AttemptsToAccessDeletedSecrets",
        alarm_name: "AttemptsToAccessDeletedSecretsAlarm",
        threshold: 1.0,
        treat_missing_data: TreatMissingData::Missing,
    },
    // Reads are left to the rules above, so that no record counts twice. Only the parts of the
    // messages without an apostrophe are compared, since it has several spellings.
    own(
        "secrets-writes",
        Subject::Attempts("subject-secrets-writes"),
        "calls other than GetSecretValue that Secrets Manager refuses in the same words",
        OwnNames {
            metric: "AttemptsToChangeDeletedSecrets",
            alarm: "AttemptsToChangeDeletedSecretsAlarm",
        },
        concat!(
            r#"{ $.eventSource = "secretsmanager.amazonaws.com" && "#,
            r#"$.eventName != "GetSecretValue" && "#,
            r#"($.errorMessage = "*secret because it was marked for deletion*" || "#,
            r#"$.errorMessage = "*secret because it was deleted*" || "#,
            r#"$.errorMessage = "*is already scheduled for deletion*" || "#,
            r#"$.errorMessage = "*currently marked deleted*") }"#,
        ),
    ),
    own(
        "acm-pca",
        Subject::Attempts("subject-acm-pca"),
        "calls that Private CA refuses because the authority was deleted and can be restored",
        OwnNames {
            metric: "AttemptsToUseDeletedCertificateAuthorities",
            alarm: "AttemptsToUseDeletedCertificateAuthoritiesAlarm",
        },
        concat!(
            r#"{ $.eventSource = "acm-pca.amazonaws.com" && "#,
            r#"$.errorCode = "InvalidStateException" && "#,
            r#"$.errorMessage = "*is in the DELETED state*" }"#,
        ),
    ),
    aws(
        "aws-security-group-changes",
        "subject-changes-to-security-groups",
        TRAIL_EXAMPLES,
        "{ ($.eventName = AuthorizeSecurityGroupIngress) || \
         ($.eventName = AuthorizeSecurityGroupEgress) || \
         ($.eventName = RevokeSecurityGroupIngress) || \
         ($.eventName = RevokeSecurityGroupEgress) || ($.eventName = CreateSecurityGroup) || \
         ($.eventName = DeleteSecurityGroup) }",
    ),
    BuiltInRule {
        threshold: 3.0,
        ..aws(
            "aws-console-sign-in-failures",
            "subject-failed-sign-ins-to-the-console",
            TRAIL_EXAMPLES,
            r#"{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }"#,
        )
    },
    aws(
        "aws-iam-policy-changes",
        "subject-changes-to-iam-policies",
        TRAIL_EXAMPLES,
        "{($.eventName=DeleteGroupPolicy)||($.eventName=DeleteRolePolicy)||\
         ($.eventName=DeleteUserPolicy)||($.eventName=PutGroupPolicy)||\
         ($.eventName=PutRolePolicy)||($.eventName=PutUserPolicy)||($.eventName=CreatePolicy)||\
         ($.eventName=DeletePolicy)||($.eventName=CreatePolicyVersion)||\
         ($.eventName=DeletePolicyVersion)||($.eventName=AttachRolePolicy)||\
         ($.eventName=DetachRolePolicy)||($.eventName=AttachUserPolicy)||\
         ($.eventName=DetachUserPolicy)||($.eventName=AttachGroupPolicy)||\
         ($.eventName=DetachGroupPolicy)}",
    ),
    aws(
        "aws-root-activity",
        "subject-actions-of-the-root-user",
        TRAIL_MORE_EXAMPLES,
        concat!(
            r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && "#,
            r#"$.eventType != "AwsServiceEvent" }"#,
        ),
    ),
    // The field exists for temporary credentials only, and `!=` is false for a missing one. Calls
    // with long-term keys, which have no MFA either, are therefore not counted.
    aws(
        "aws-api-calls-without-mfa",
        "subject-api-calls-in-sessions-without-mfa",
        TRAIL_MORE_EXAMPLES,
        r#"{ $.userIdentity.sessionContext.attributes.mfaAuthenticated != "true" }"#,
    ),
    aws(
        "aws-console-sign-in-without-mfa",
        "subject-sign-ins-to-the-console-without-mfa",
        TRAIL_MORE_EXAMPLES,
        r#"{ $.eventName = "ConsoleLogin" && $.additionalEventData.MFAUsed = "No" }"#,
    ),
    // The parentheses around both error codes are missing in the publication. `&&` binds tighter
    // (sources, P17), so the exclusions apply to `AccessDenied*` alone.
    cis(
        "cis-unauthorized-api-calls",
        "subject-unauthorized-api-calls",
        control(1, Edition::V2_0, Edition::V7_0),
        names(
            "unauthorized_api_calls_metric",
            "unauthorized_api_calls_alarm",
        ),
        concat!(
            r#"{ ($.errorCode ="*UnauthorizedOperation") || ($.errorCode ="AccessDenied*") && "#,
            r#"($.sourceIPAddress!="delivery.logs.amazonaws.com") && "#,
            r#"($.eventName!="HeadBucket") }"#,
        ),
    ),
    // These editions join the exclusions by `||`, so that nearly every record matches. The text
    // stays as it is: whoever deployed it has this metric and wants to know why it never rests.
    cis(
        "cis-1.3-unauthorized-api-calls",
        "subject-unauthorized-api-calls-and-most-others",
        control(1, Edition::V1_3, Edition::V1_5),
        names(
            "unauthorized_api_calls_metric",
            "unauthorized_api_calls_alarm",
        ),
        concat!(
            r#"{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") || "#,
            r#"($.sourceIPAddress!="delivery.logs.amazonaws.com") || "#,
            r#"($.eventName!="HeadBucket") }"#,
        ),
    ),
    cis(
        "cis-1.2-unauthorized-api-calls",
        "subject-unauthorized-api-calls",
        control(1, Edition::V1_2, Edition::V1_2),
        names(
            "unauthorized_api_calls_metric",
            "unauthorized_api_calls_alarm",
        ),
        r#"{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }"#,
    ),
    cis(
        "cis-console-sign-in-without-mfa",
        "subject-sign-ins-to-the-console-without-mfa",
        control(2, Edition::V1_2, Edition::V7_0),
        names(
            "no_mfa_console_signin_metric",
            "no_mfa_console_signin_alarm",
        ),
        r#"{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }"#,
    ),
    cis(
        "cis-console-sign-in-without-mfa-iam-users",
        "subject-sign-ins-of-iam-users-to-the-console-without-mfa",
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
        concat!(
            r#"{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && "#,
            r#"($.userIdentity.type = "IAMUser") && "#,
            r#"($.responseElements.ConsoleLogin = "Success") }"#,
        ),
    ),
    cis(
        "cis-root-usage",
        "subject-actions-of-the-root-user",
        control(3, Edition::V1_2, Edition::V7_0),
        names("root_usage_metric", "root_usage_alarm"),
        concat!(
            r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && "#,
            r#"$.eventType != "AwsServiceEvent" }"#,
        ),
    ),
    cis(
        "cis-iam-policy-changes",
        "subject-changes-to-iam-policies",
        control(4, Edition::V1_2, Edition::V7_0),
        names("iam_changes_metric", "iam_changes_alarm"),
        "{($.eventName=DeleteGroupPolicy)||($.eventName=DeleteRolePolicy)||\
         ($.eventName=DeleteUserPolicy)||($.eventName=PutGroupPolicy)||\
         ($.eventName=PutRolePolicy)||($.eventName=PutUserPolicy)||($.eventName=CreatePolicy)||\
         ($.eventName=DeletePolicy)||($.eventName=CreatePolicyVersion)||\
         ($.eventName=DeletePolicyVersion)||($.eventName=AttachRolePolicy)||\
         ($.eventName=DetachRolePolicy)||($.eventName=AttachUserPolicy)||\
         ($.eventName=DetachUserPolicy)||($.eventName=AttachGroupPolicy)||\
         ($.eventName=DetachGroupPolicy)}",
    ),
    cis(
        "cis-cloudtrail-changes",
        "subject-changes-to-the-configuration-of-cloudtrail",
        control(5, Edition::V1_2, Edition::V7_0),
        names(
            "cloudtrail_cfg_changes_metric",
            "cloudtrail_cfg_changes_alarm",
        ),
        "{ ($.eventName = CreateTrail) || ($.eventName = UpdateTrail) || \
         ($.eventName = DeleteTrail) || ($.eventName = StartLogging) || \
         ($.eventName = StopLogging) }",
    ),
    cis(
        "cis-console-sign-in-failures",
        "subject-failed-sign-ins-to-the-console",
        control(6, Edition::V1_2, Edition::V7_0),
        names(
            "console_signin_failure_metric",
            "console_signin_failure_alarm",
        ),
        r#"{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }"#,
    ),
    cis(
        "cis-kms-key-deletion",
        "subject-kms-keys-disabled-or-scheduled-for-deletion",
        control(7, Edition::V1_2, Edition::V7_0),
        names(
            "disable_or_delete_cmk_changes_metric",
            "disable_or_delete_cmk_changes_alarm",
        ),
        "{($.eventSource = kms.amazonaws.com) && \
         (($.eventName=DisableKey)||($.eventName=ScheduleKeyDeletion)) }",
    ),
    cis(
        "cis-s3-bucket-policy-changes",
        "subject-changes-to-policies-of-s3-buckets",
        control(8, Edition::V1_2, Edition::V7_0),
        names(
            "s3_bucket_policy_changes_metric",
            "s3_bucket_policy_changes_alarm",
        ),
        "{ ($.eventSource = s3.amazonaws.com) && (($.eventName = PutBucketAcl) || \
         ($.eventName = PutBucketPolicy) || ($.eventName = PutBucketCors) || \
         ($.eventName = PutBucketLifecycle) || ($.eventName = PutBucketReplication) || \
         ($.eventName = DeleteBucketPolicy) || ($.eventName = DeleteBucketCors) || \
         ($.eventName = DeleteBucketLifecycle) || ($.eventName = DeleteBucketReplication)) }",
    ),
    cis(
        "cis-config-changes",
        "subject-changes-to-the-configuration-of-aws-config",
        control(9, Edition::V1_2, Edition::V7_0),
        names("aws_config_changes_metric", "aws_config_changes_alarm"),
        "{ ($.eventSource = config.amazonaws.com) && \
         (($.eventName=StopConfigurationRecorder)||($.eventName=DeleteDeliveryChannel)||\
         ($.eventName=PutDeliveryChannel)||($.eventName=PutConfigurationRecorder)) }",
    ),
    cis(
        "cis-security-group-changes",
        "subject-changes-to-security-groups",
        control(10, Edition::V5_0, Edition::V7_0),
        names(
            "security_group_changes_metric",
            "security_group_changes_alarm",
        ),
        "{ ($.eventName = AuthorizeSecurityGroupIngress) || \
         ($.eventName = AuthorizeSecurityGroupEgress) || \
         ($.eventName = RevokeSecurityGroupIngress) || \
         ($.eventName = RevokeSecurityGroupEgress) || ($.eventName = CreateSecurityGroup) || \
         ($.eventName = DeleteSecurityGroup) || ($.eventName = ModifySecurityGroupRules) }",
    ),
    cis(
        "cis-1.2-security-group-changes",
        "subject-changes-to-security-groups",
        control(10, Edition::V1_2, Edition::V4_0),
        names(
            "security_group_changes_metric",
            "security_group_changes_alarm",
        ),
        "{ ($.eventName = AuthorizeSecurityGroupIngress) || \
         ($.eventName = AuthorizeSecurityGroupEgress) || \
         ($.eventName = RevokeSecurityGroupIngress) || \
         ($.eventName = RevokeSecurityGroupEgress) || ($.eventName = CreateSecurityGroup) || \
         ($.eventName = DeleteSecurityGroup) }",
    ),
    cis(
        "cis-network-acl-changes",
        "subject-changes-to-network-acls",
        control(11, Edition::V1_2, Edition::V7_0),
        names("nacl_changes_metric", "nacl_changes_alarm"),
        "{ ($.eventName = CreateNetworkAcl) || ($.eventName = CreateNetworkAclEntry) || \
         ($.eventName = DeleteNetworkAcl) || ($.eventName = DeleteNetworkAclEntry) || \
         ($.eventName = ReplaceNetworkAclEntry) || ($.eventName = ReplaceNetworkAclAssociation) }",
    ),
    cis(
        "cis-network-gateway-changes",
        "subject-changes-to-network-gateways",
        control(12, Edition::V1_2, Edition::V7_0),
        names("network_gw_changes_metric", "network_gw_changes_alarm"),
        "{ ($.eventName = CreateCustomerGateway) || ($.eventName = DeleteCustomerGateway) || \
         ($.eventName = AttachInternetGateway) || ($.eventName = CreateInternetGateway) || \
         ($.eventName = DeleteInternetGateway) || ($.eventName = DetachInternetGateway) }",
    ),
    // Here, too, parentheses are missing: the event source applies to `CreateRoute` alone.
    cis(
        "cis-route-table-changes",
        "subject-changes-to-route-tables",
        control(13, Edition::V3_0, Edition::V7_0),
        names("route_table_changes_metric", "route_table_changes_alarm"),
        "{($.eventSource = ec2.amazonaws.com) && ($.eventName = CreateRoute) || \
         ($.eventName = CreateRouteTable) || ($.eventName = ReplaceRoute) || \
         ($.eventName = ReplaceRouteTableAssociation) || ($.eventName = DeleteRouteTable) || \
         ($.eventName = DeleteRoute) || ($.eventName = DisassociateRouteTable) }",
    ),
    cis(
        "cis-1.2-route-table-changes",
        "subject-changes-to-route-tables",
        control(13, Edition::V1_2, Edition::V2_0),
        names("route_table_changes_metric", "route_table_changes_alarm"),
        "{ ($.eventName = CreateRoute) || ($.eventName = CreateRouteTable) || \
         ($.eventName = ReplaceRoute) || ($.eventName = ReplaceRouteTableAssociation) || \
         ($.eventName = DeleteRouteTable) || ($.eventName = DeleteRoute) || \
         ($.eventName = DisassociateRouteTable) }",
    ),
    cis(
        "cis-vpc-changes",
        "subject-changes-to-vpcs",
        control(14, Edition::V1_2, Edition::V7_0),
        names("vpc_changes_metric", "vpc_changes_alarm"),
        "{ ($.eventName = CreateVpc) || ($.eventName = DeleteVpc) || \
         ($.eventName = ModifyVpcAttribute) || ($.eventName = AcceptVpcPeeringConnection) || \
         ($.eventName = CreateVpcPeeringConnection) || \
         ($.eventName = DeleteVpcPeeringConnection) || \
         ($.eventName = RejectVpcPeeringConnection) || ($.eventName = AttachClassicLinkVpc) || \
         ($.eventName = DetachClassicLinkVpc) || ($.eventName = DisableVpcClassicLink) || \
         ($.eventName = EnableVpcClassicLink) }",
    ),
    cis(
        "cis-organizations-changes",
        "subject-changes-to-the-organization",
        control(15, Edition::V1_3, Edition::V7_0),
        names("organizations_changes", "organizations_changes"),
        concat!(
            r#"{ ($.eventSource = organizations.amazonaws.com) && "#,
            r#"(($.eventName = "AcceptHandshake") || ($.eventName = "AttachPolicy") || "#,
            r#"($.eventName = "CreateAccount") || ($.eventName = "CreateOrganizationalUnit") || "#,
            r#"($.eventName = "CreatePolicy") || ($.eventName = "DeclineHandshake") || "#,
            r#"($.eventName = "DeleteOrganization") || "#,
            r#"($.eventName = "DeleteOrganizationalUnit") || ($.eventName = "DeletePolicy") || "#,
            r#"($.eventName = "DetachPolicy") || ($.eventName = "DisablePolicyType") || "#,
            r#"($.eventName = "EnablePolicyType") || "#,
            r#"($.eventName = "InviteAccountToOrganization") || "#,
            r#"($.eventName = "LeaveOrganization") || ($.eventName = "MoveAccount") || "#,
            r#"($.eventName = "RemoveAccountFromOrganization") || "#,
            r#"($.eventName = "UpdatePolicy") || ($.eventName = "UpdateOrganizationalUnit")) }"#,
        ),
    ),
];
