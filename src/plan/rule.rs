//! Rules: a metric filter and the alarm on its metric.

use crate::alarm::AlarmConfiguration;
use crate::alarm::configuration::{ComparisonOperator, TreatMissingData};
use crate::metric::{MetricFilter, Statistic};

/// The period of an alarm that is made in the console for a metric filter, in seconds (CloudTrail user guide,
/// "Creating CloudWatch alarms for CloudTrail events": Sum, 5 minutes).
pub const DEFAULT_PERIOD_SECONDS: u32 = 300;

/// The threshold of both alarms that AWS publishes for resources pending deletion.
pub const DEFAULT_THRESHOLD: f64 = 1.0;

/// Something to look for: a metric filter and the alarm on its metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The name, unique in a plan.
    pub name: String,
    /// What its attempts are attempts of, to follow the word "attempts".
    pub subject: String,
    /// The metric filter.
    pub filter: MetricFilter,
    /// The alarm.
    pub alarm: AlarmConfiguration,
}

/// The rules that AWS publishes and backtrail has built in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuiltInRule {
    /// Reading a secret that is scheduled for deletion (Secrets Manager user guide, "Monitor when AWS Secrets
    /// Manager secrets scheduled for deletion are accessed").
    Secrets,
    /// Using a KMS key that is pending deletion (KMS developer guide, "Creating an alarm that detects use of a KMS
    /// key pending deletion").
    Kms,
}

impl BuiltInRule {
    /// Every rule, in the order that reports use.
    pub const ALL: [Self; 2] = [Self::Secrets, Self::Kms];

    /// The rule with its metric filter and alarm as AWS publishes them.
    pub fn rule(self) -> Rule {
        match self {
            Self::Secrets => rule(Texts {
                name: "secrets",
                subject: "to read a secret pending deletion",
                pattern: r#"{ $.eventName = "GetSecretValue" && $.errorMessage = "*secret because it was marked for deletion*" }"#,
                metric_name: "AttemptsToAccessDeletedSecrets",
                alarm_name: "AttemptsToAccessDeletedSecretsAlarm",
                treat_missing_data: TreatMissingData::Missing,
            }),
            Self::Kms => rule(Texts {
                name: "kms",
                subject: "to use a KMS key pending deletion",
                pattern: r#"{ $.eventSource = kms* && $.errorMessage = "* is pending deletion."}"#,
                metric_name: "KMSKeyPendingDeletionErrorCount",
                alarm_name: "KMSKeyPendingDeletionErrorAlarm",
                treat_missing_data: TreatMissingData::NotBreaching,
            }),
        }
    }
}

impl Rule {
    /// A rule for a pattern of one's own, with the alarm that the console would offer.
    pub fn custom(pattern: &str) -> Self {
        rule(Texts {
            name: "custom",
            subject: "that match the pattern",
            pattern,
            metric_name: "CustomPatternMatches",
            alarm_name: "CustomPatternMatchesAlarm",
            treat_missing_data: TreatMissingData::Missing,
        })
    }
}

/// What distinguishes one rule from another.
struct Texts<'a> {
    name: &'a str,
    subject: &'a str,
    pattern: &'a str,
    metric_name: &'a str,
    alarm_name: &'a str,
    treat_missing_data: TreatMissingData,
}

fn rule(texts: Texts<'_>) -> Rule {
    Rule {
        name: texts.name.to_owned(),
        subject: texts.subject.to_owned(),
        filter: MetricFilter::counting(texts.pattern, "CloudTrailLogMetrics", texts.metric_name),
        alarm: AlarmConfiguration {
            alarm_name: texts.alarm_name.to_owned(),
            statistic: Statistic::Sum,
            period_seconds: DEFAULT_PERIOD_SECONDS,
            evaluation_periods: 1,
            datapoints_to_alarm: 1,
            comparison_operator: ComparisonOperator::GreaterThanOrEqualToThreshold,
            threshold: DEFAULT_THRESHOLD,
            treat_missing_data: texts.treat_missing_data,
        },
    }
}
