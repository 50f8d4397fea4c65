//! The notifications that an alarm would have sent: the message of SNS and its mail (recorded, `alarm-recorded` 3.1 to
//! 3.3).

use serde::Serialize;

use super::configuration::{AlarmConfiguration, AlarmState};
use super::history::aws_time;
use super::replay::Transition;
use crate::metric::Statistic;

/// The longest subject of a mail, in characters.
const SUBJECT_LIMIT: usize = 100;

/// Where an alarm stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmPlace {
    /// The account, twelve digits.
    pub account: String,
    /// The region, as in ARNs.
    pub region: String,
}

impl AlarmPlace {
    /// The place that the ARN of an alarm names.
    pub fn of_arn(arn: &str) -> Option<Self> {
        let mut parts = arn.splitn(7, ':');
        let (scheme, _partition, service) = (parts.next()?, parts.next()?, parts.next()?);
        let (region, account, kind) = (parts.next()?, parts.next()?, parts.next()?);
        let is_alarm = (scheme, service, kind) == ("arn", "cloudwatch", "alarm");
        (is_alarm && !region.is_empty() && !account.is_empty())
            .then(|| Self { account: account.to_owned(), region: region.to_owned() })
    }

    /// The partition of ARNs that the region belongs to.
    fn partition(&self) -> &'static str {
        if self.region.starts_with("us-gov-") {
            "aws-us-gov"
        } else if self.region.starts_with("cn-") {
            "aws-cn"
        } else {
            "aws"
        }
    }

    /// The name of the region for a person; its short name where none is known.
    fn region_name(&self) -> &str {
        REGIONS.iter().find(|(region, _)| *region == self.region).map_or(&self.region, |(_, name)| name)
    }

    fn arn(&self, alarm: &AlarmConfiguration) -> String {
        let Self { region, account } = self;
        format!("arn:{}:cloudwatch:{region}:{account}:alarm:{}", self.partition(), alarm.alarm_name)
    }
}

/// The names of regions, as the messages have them.
const REGIONS: [(&str, &str); 34] = [
    ("af-south-1", "Africa (Cape Town)"),
    ("ap-east-1", "Asia Pacific (Hong Kong)"),
    ("ap-northeast-1", "Asia Pacific (Tokyo)"),
    ("ap-northeast-2", "Asia Pacific (Seoul)"),
    ("ap-northeast-3", "Asia Pacific (Osaka)"),
    ("ap-south-1", "Asia Pacific (Mumbai)"),
    ("ap-south-2", "Asia Pacific (Hyderabad)"),
    ("ap-southeast-1", "Asia Pacific (Singapore)"),
    ("ap-southeast-2", "Asia Pacific (Sydney)"),
    ("ap-southeast-3", "Asia Pacific (Jakarta)"),
    ("ap-southeast-4", "Asia Pacific (Melbourne)"),
    ("ap-southeast-5", "Asia Pacific (Malaysia)"),
    ("ap-southeast-7", "Asia Pacific (Thailand)"),
    ("ca-central-1", "Canada (Central)"),
    ("ca-west-1", "Canada West (Calgary)"),
    ("eu-central-1", "EU (Frankfurt)"),
    ("eu-central-2", "Europe (Zurich)"),
    ("eu-north-1", "EU (Stockholm)"),
    ("eu-south-1", "Europe (Milan)"),
    ("eu-south-2", "Europe (Spain)"),
    ("eu-west-1", "EU (Ireland)"),
    ("eu-west-2", "EU (London)"),
    ("eu-west-3", "EU (Paris)"),
    ("il-central-1", "Israel (Tel Aviv)"),
    ("me-central-1", "Middle East (UAE)"),
    ("me-south-1", "Middle East (Bahrain)"),
    ("mx-central-1", "Mexico (Central)"),
    ("sa-east-1", "South America (Sao Paulo)"),
    ("us-east-1", "US East (N. Virginia)"),
    ("us-east-2", "US East (Ohio)"),
    ("us-gov-east-1", "AWS GovCloud (US-East)"),
    ("us-gov-west-1", "AWS GovCloud (US-West)"),
    ("us-west-1", "US West (N. California)"),
    ("us-west-2", "US West (Oregon)"),
];

/// One notification, as its topic would have delivered it. The message lacks `AlarmConfigurationUpdatedTimestamp`, since
/// nobody put the alarm.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Notification {
    /// When it was sent.
    pub timestamp: String,
    /// The actions it was sent to.
    pub topics: Vec<String>,
    /// The subject of its mail.
    pub subject: String,
    /// The message, as JSON in a text.
    pub message: String,
    /// The body of its mail.
    pub email: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Message<'a> {
    alarm_name: &'a str,
    alarm_description: Option<&'a str>,
    #[serde(rename = "AWSAccountId")]
    aws_account_id: &'a str,
    new_state_value: String,
    new_state_reason: &'a str,
    state_change_time: String,
    region: &'a str,
    alarm_arn: String,
    old_state_value: String,
    action_executed_after_mute_window: bool,
    #[serde(rename = "OKActions")]
    ok_actions: &'a [String],
    alarm_actions: &'a [String],
    insufficient_data_actions: &'a [String],
    trigger: Trigger<'a>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Trigger<'a> {
    metric_name: &'a str,
    namespace: &'a str,
    statistic_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    statistic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extended_statistic: Option<String>,
    unit: Option<String>,
    dimensions: Vec<TriggerDimension<'a>>,
    period: u32,
    evaluation_periods: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    datapoints_to_alarm: Option<u32>,
    comparison_operator: String,
    threshold: f64,
    treat_missing_data: String,
    evaluate_low_sample_count_percentile: &'static str,
}

#[derive(Debug, Serialize)]
struct TriggerDimension<'a> {
    value: &'a str,
    name: &'a str,
}

/// The notifications of a history: one for each change to a state that has actions, if actions are enabled.
pub fn notifications(
    alarm: &AlarmConfiguration,
    transitions: &[Transition],
    place: &AlarmPlace,
) -> Vec<Notification> {
    let sent = transitions.iter().filter_map(|transition| {
        let topics = actions(alarm, transition.verdict.state);
        let is_sent = alarm.actions.enabled && !topics.is_empty();
        is_sent.then(|| notification(alarm, transition, topics, place))
    });
    sent.collect()
}

fn actions(alarm: &AlarmConfiguration, state: AlarmState) -> &[String] {
    match state {
        AlarmState::Ok => &alarm.actions.ok,
        AlarmState::Alarm => &alarm.actions.alarm,
        AlarmState::InsufficientData => &alarm.actions.insufficient_data,
    }
}

fn notification(
    alarm: &AlarmConfiguration,
    transition: &Transition,
    topics: &[String],
    place: &AlarmPlace,
) -> Notification {
    let verdict = &transition.verdict;
    let message = Message {
        alarm_name: &alarm.alarm_name,
        alarm_description: alarm.alarm_description.as_deref(),
        aws_account_id: &place.account,
        new_state_value: verdict.state.to_string(),
        new_state_reason: &verdict.reason,
        state_change_time: aws_time(verdict.time),
        region: place.region_name(),
        alarm_arn: place.arn(alarm),
        old_state_value: transition.old_state.to_string(),
        action_executed_after_mute_window: false,
        ok_actions: &alarm.actions.ok,
        alarm_actions: &alarm.actions.alarm,
        insufficient_data_actions: &alarm.actions.insufficient_data,
        trigger: trigger(alarm),
    };
    Notification {
        timestamp: aws_time(verdict.time),
        topics: topics.to_vec(),
        subject: subject(alarm, verdict.state, place),
        message: serde_json::to_string(&message).unwrap_or_default(),
        email: email(alarm, transition, place),
    }
}

fn trigger(alarm: &AlarmConfiguration) -> Trigger<'_> {
    let is_extended = matches!(alarm.statistic, Statistic::Extended(_));
    let name = alarm.statistic.to_string();
    Trigger {
        metric_name: &alarm.metric.metric_name,
        namespace: &alarm.metric.namespace,
        statistic_type: if is_extended { "ExtendedStatistic" } else { "Statistic" },
        statistic: (!is_extended).then(|| name.to_uppercase()),
        extended_statistic: is_extended.then_some(name),
        unit: alarm.unit.map(|unit| unit.to_string()),
        dimensions: alarm
            .metric
            .dimensions
            .iter()
            .map(|(name, value)| TriggerDimension { value, name })
            .collect(),
        period: alarm.period_seconds,
        evaluation_periods: alarm.evaluation_periods,
        datapoints_to_alarm: alarm.datapoints_to_alarm,
        comparison_operator: alarm.comparison_operator.to_string(),
        threshold: alarm.threshold,
        treat_missing_data: alarm.treat_missing_data.to_string(),
        evaluate_low_sample_count_percentile: "",
    }
}

/// `STATE: "name" in Region`, at most 100 characters; a long name is shortened, and a run of characters beyond ASCII
/// becomes one `_`.
fn subject(alarm: &AlarmConfiguration, state: AlarmState, place: &AlarmPlace) -> String {
    let mut name = String::new();
    for character in alarm.alarm_name.chars() {
        match character.is_ascii() {
            true => name.push(character),
            false if !name.ends_with('_') => name.push('_'),
            false => {}
        }
    }
    let with = |name: &str| format!("{state}: \"{name}\" in {}", place.region_name());
    let excess = with(&name).chars().count().saturating_sub(SUBJECT_LIMIT);
    if excess == 0 {
        return with(&name);
    }
    let kept = name.chars().count().saturating_sub(excess + 3);
    with(&format!("{}...", name.chars().take(kept).collect::<String>()))
}

fn email(alarm: &AlarmConfiguration, transition: &Transition, place: &AlarmPlace) -> String {
    let Transition { old_state, verdict } = transition;
    let time = jiff::tz::TimeZone::UTC.to_datetime(verdict.time);
    let time = time.strftime("%A %d %B, %Y %H:%M:%S UTC");
    let row = |label: &str, value: &str| format!("- {label:<27} {value}\n");
    let list = |actions: &[String]| match actions {
        [] => String::new(),
        actions => format!("[{}]", actions.join(", ")),
    };
    let metric = &alarm.metric;
    let dimensions: Vec<String> =
        metric.dimensions.iter().map(|(name, value)| format!("[{name} = {value}]")).collect();
    let unit = alarm.unit.map_or_else(|| "not specified".to_owned(), |unit| unit.to_string());
    let mut text = format!(
        "You are receiving this email because your Amazon CloudWatch Alarm \"{}\" in the {} region has entered the {} \
         state, because \"{}\" at \"{time}\".\n\nView this alarm in the AWS Management Console:\n\
         https://{region}.console.aws.amazon.com/cloudwatch/deeplink.js?region={region}#alarmsV2:alarm/{}\n\nAlarm Details:\n",
        alarm.alarm_name,
        place.region_name(),
        verdict.state,
        verdict.reason,
        percent_encoded(&alarm.alarm_name),
        region = place.region,
    );
    text += &row("Name:", &alarm.alarm_name);
    text += &row("Description:", alarm.alarm_description.as_deref().unwrap_or(""));
    text += &row("State Change:", &format!("{old_state} -> {}", verdict.state));
    text += &row("Reason for State Change:", &verdict.reason);
    text += &row("Timestamp:", &time.to_string());
    text += &row("AWS Account:", &place.account);
    text += &row("Alarm Arn:", &place.arn(alarm));
    text += &format!(
        "\nThreshold:\n- The alarm is in the ALARM state when the metric is {} {:?} for at least {} of the last {} \
         period(s) of {} seconds.\n\nMonitored Metric:\n",
        alarm.comparison_operator,
        alarm.threshold,
        alarm.datapoints_needed(),
        alarm.evaluation_periods,
        alarm.period_seconds,
    );
    text += &row("MetricNamespace:", &metric.namespace);
    text += &row("MetricName:", &metric.metric_name);
    text += &row("Dimensions:", &dimensions.join(", "));
    text += &row("Period:", &format!("{} seconds", alarm.period_seconds));
    text += &row("Statistic:", &alarm.statistic.to_string());
    text += &row("Unit:", &unit);
    text += &row("TreatMissingData:", &alarm.treat_missing_data.to_string());
    text += "\nState Change Actions:\n";
    text += &row("OK:", &list(&alarm.actions.ok));
    text += &row("ALARM:", &list(&alarm.actions.alarm));
    text += &row("INSUFFICIENT_DATA:", &list(&alarm.actions.insufficient_data));
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn percent_encoded(text: &str) -> String {
    let encoded = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(encoded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject_of(name: &str) -> String {
        let alarm = AlarmConfiguration::on_sum(name, Default::default());
        let place = AlarmPlace { account: "111122223333".into(), region: "us-east-1".into() };
        subject(&alarm, AlarmState::Alarm, &place)
    }

    #[test]
    fn a_subject_has_a_hundred_characters_at_most() {
        assert_eq!(subject_of("root-login-seen"), "ALARM: \"root-login-seen\" in US East (N. Virginia)");
        assert_eq!(subject_of("größe日本x"), "ALARM: \"gr_e_x\" in US East (N. Virginia)");
        let long = subject_of(&"x".repeat(200));
        assert_eq!(long.chars().count(), SUBJECT_LIMIT);
        assert!(long.ends_with("...\" in US East (N. Virginia)"), "{long}");
    }

    #[test]
    fn the_arn_of_an_alarm_names_its_place() {
        let arn = "arn:aws-us-gov:cloudwatch:us-gov-west-1:111122223333:alarm:a:b";
        let place = AlarmPlace::of_arn(arn);
        let expected = AlarmPlace { account: "111122223333".into(), region: "us-gov-west-1".into() };
        assert_eq!(place.as_ref(), Some(&expected));
        assert_eq!(expected.arn(&AlarmConfiguration::on_sum("a:b", Default::default())), arn);
        for wrong in ["", "arn", "arn:aws:sns:us-east-1:111122223333:alarm:a", "arn:aws:cloudwatch:::alarm:a"]
        {
            assert_eq!(AlarmPlace::of_arn(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn names_are_encoded_in_links() {
        assert_eq!(percent_encoded("a b/ü"), "a%20b%2F%C3%BC");
    }
}
