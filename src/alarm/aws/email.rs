//! The email that SNS makes of a notification (sources, N5 and N6).

use crate::alarm::aws::notification::{Announcement, Cause};
use crate::alarm::definition::composite::{ChildState, CompositeAlarm};
use crate::alarm::definition::configuration::{Actions, AlarmConfiguration};
use crate::alarm::definition::place::AlarmPlace;
use crate::alarm::definition::watched::Watched;
use crate::metric::{MetricMath, MetricStat};
use crate::time::aws::aws_long_time;

/// How many children a mail tells of.
const CHILDREN_LIMIT: usize = 10;

/// The body of the mail, as plain text.
pub(super) fn email(announcement: &Announcement<'_>) -> String {
    let place = announcement.place;
    let parts = match &announcement.cause {
        Cause::Metric(alarm) => [introduction_of_metric(announcement), metric(alarm)],
        Cause::Children(_, changed) => [
            introduction_of_composite(announcement),
            children(changed, place),
        ],
    };
    let [introduction, cause] = parts;
    let text = format!(
        "{introduction}\n\nView this alarm in the AWS Management Console:\n\
         https://{region}.console.aws.amazon.com/cloudwatch/deeplink.js?region={region}#alarmsV2:alarm/{}\n\n{}\n{cause}\n{}",
        percent_encoded(announcement.alarm_name),
        details(announcement),
        actions(announcement.actions),
        region = place.region,
    );
    text.lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}

fn introduction_of_metric(announcement: &Announcement<'_>) -> String {
    format!(
        "You are receiving this email because your Amazon CloudWatch Alarm \"{}\" in the {} region has entered the {} \
         state, because \"{}\" at \"{}\".",
        announcement.alarm_name,
        announcement.place.region_name(),
        announcement.state,
        announcement.reason,
        aws_long_time(announcement.time),
    )
}

fn introduction_of_composite(announcement: &Announcement<'_>) -> String {
    format!(
        "You are receiving this email because your Amazon CloudWatch Alarm \"{}\" in the {} region has transitioned to {} \
         state on {}, because \"{}\".",
        announcement.alarm_name,
        announcement.place.region_name(),
        announcement.state,
        aws_long_time(announcement.time),
        announcement.reason,
    )
}

fn row(label: &str, value: &str) -> String {
    format!("- {label:<27} {value}\n")
}

fn details(announcement: &Announcement<'_>) -> String {
    let rule = |alarm: &CompositeAlarm| row("Alarm Rule:", alarm.rule.text());
    let mut text = "Alarm Details:\n".to_owned();
    text += &row("Name:", announcement.alarm_name);
    text += &row("Description:", announcement.alarm_description.unwrap_or(""));
    text += &row(
        "State Change:",
        &format!("{} -> {}", announcement.old_state, announcement.state),
    );
    text += &match &announcement.cause {
        Cause::Metric(_) => String::new(),
        Cause::Children(alarm, _) => rule(alarm),
    };
    text += &row("Reason for State Change:", announcement.reason);
    text += &row("Timestamp:", &aws_long_time(announcement.time));
    text += &row("AWS Account:", &announcement.place.account);
    text += &row(
        "Alarm Arn:",
        &announcement.place.arn(announcement.alarm_name),
    );
    text
}

fn metric(alarm: &AlarmConfiguration) -> String {
    let threshold = format!(
        "Threshold:\n- The alarm is in the ALARM state when the metric is {} {:?} for at least {} of the last {} \
         period(s) of {} seconds.\n\n",
        alarm.comparison_operator,
        alarm.threshold,
        alarm.datapoints_needed(),
        alarm.evaluation_periods,
        alarm.period_seconds,
    );
    let treatment = row("TreatMissingData:", &alarm.treat_missing_data.to_string());
    let watched = match &alarm.watched {
        Watched::Metric(stat) => monitored_metric(stat, alarm.period_seconds),
        Watched::Math(math) => monitored_metrics(math),
    };
    threshold + &watched + &treatment
}

fn monitored_metric(stat: &MetricStat, period_seconds: u32) -> String {
    let metric = &stat.metric;
    let dimensions: Vec<String> = metric
        .dimensions
        .iter()
        .map(|(name, value)| format!("[{name} = {value}]"))
        .collect();
    let unit = stat
        .unit
        .map_or_else(|| "not specified".to_owned(), |unit| unit.to_string());
    let mut text = "Monitored Metric:\n".to_owned();
    text += &row("MetricNamespace:", &metric.namespace);
    text += &row("MetricName:", &metric.metric_name);
    text += &row("Dimensions:", &dimensions.join(", "));
    text += &row("Period:", &format!("{period_seconds} seconds"));
    text += &row("Statistic:", &stat.statistic.to_string());
    text += &row("Unit:", &unit);
    text
}

fn monitored_metrics(math: &MetricMath) -> String {
    let returned = math.returned();
    let mut text = "Monitored Metrics:\n".to_owned();
    text += &row(
        "MetricExpression:",
        returned.map_or("", |query| query.text()),
    );
    text += &row(
        "MetricLabel:",
        returned
            .and_then(|query| query.label.as_deref())
            .unwrap_or(""),
    );
    text
}

/// The heading is recorded, the lines below it are not.
fn children(changed: &[ChildState], place: &AlarmPlace) -> String {
    let line = |child: &ChildState| {
        format!(
            "- {} was {} at {}\n",
            place.arn(&child.alarm_name),
            child.state,
            aws_long_time(child.since)
        )
    };
    let lines: String = changed.iter().take(CHILDREN_LIMIT).map(line).collect();
    format!("Triggering children (max. {CHILDREN_LIMIT}):\n{lines}")
}

fn actions(actions: &Actions) -> String {
    let list = |actions: &[String]| match actions {
        [] => String::new(),
        actions => format!("[{}]", actions.join(", ")),
    };
    let mut text = "State Change Actions:\n".to_owned();
    text += &row("OK:", &list(&actions.ok));
    text += &row("ALARM:", &list(&actions.alarm));
    text += &row("INSUFFICIENT_DATA:", &list(&actions.insufficient_data));
    text
}

fn percent_encoded(text: &str) -> String {
    let encoded = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    text.bytes().map(encoded).collect()
}

#[cfg(test)]
mod tests {
    use super::percent_encoded;

    #[test]
    fn names_are_encoded_in_links() {
        assert_eq!(percent_encoded("a b/ü"), "a%20b%2F%C3%BC");
    }
}
