//! The email that SNS makes of a notification (sources, N5 and N6).

use crate::alarm::aws::announcement::Announcement;
use crate::alarm::aws::decimal::decimal;
use crate::alarm::definition::actions::Actions;
use crate::alarm::definition::any::AnyAlarm;
use crate::alarm::definition::configuration::AlarmConfiguration;
use crate::alarm::definition::partition::Partition;
use crate::alarm::definition::place::AlarmPlace;
use crate::alarm::definition::watched::Watched;
use crate::alarm::replay::change::{Change, ChildState};
use crate::metric::{MetricIdentity, MetricMath, MetricStat};
use crate::text::joined;
use crate::time::aws::aws_long_time;

/// The largest number of children in an email.
const CHILDREN_LIMIT: usize = 10;

/// Returns the body of the email, as plain text.
pub(super) fn email(announcement: &Announcement<'_>) -> String {
    // Labels without a value leave spaces at the end of their lines, which AWS does not send.
    with_trimmed_lines(&sections(announcement).join("\n"))
}

fn sections(announcement: &Announcement<'_>) -> [String; 5] {
    [
        introduction(announcement),
        link(announcement),
        details(announcement),
        cause(announcement),
        actions(announcement.alarm.actions()),
    ]
}

/// Removes the spaces at the end of each line.
fn with_trimmed_lines(text: &str) -> String {
    let mut trimmed = String::new();
    for line in text.lines() {
        trimmed += line.trim_end();
        trimmed.push('\n');
    }
    trimmed
}

fn introduction(announcement: &Announcement<'_>) -> String {
    let name = announcement.alarm.name();
    let region = announcement.region_name();
    let change = change(announcement);
    format!(
        "You are receiving this email because your Amazon CloudWatch Alarm \"{name}\" in the \
         {region} region has {change}.\n"
    )
}

/// Returns the change in words, which differ between the kinds of alarms.
fn change(announcement: &Announcement<'_>) -> String {
    let state = announcement.change.new_state;
    let reason = &announcement.reason;
    let time = aws_long_time(announcement.change.time);
    match announcement.alarm {
        AnyAlarm::Metric(_) => {
            format!("entered the {state} state, because \"{reason}\" at \"{time}\"")
        }
        AnyAlarm::Composite(_) => {
            format!("transitioned to {state} state on {time}, because \"{reason}\"")
        }
    }
}

fn link(announcement: &Announcement<'_>) -> String {
    let region = &announcement.place.region;
    let name = percent_encoded(announcement.alarm.name());
    let console = Partition::of_region(region).console(region);
    format!(
        "View this alarm in the AWS Management Console:\n\
         https://{console}/cloudwatch/deeplink.js?region={region}#alarmsV2:alarm/{name}\n"
    )
}

fn details(announcement: &Announcement<'_>) -> String {
    let mut text = "Alarm Details:\n".to_owned();
    text += &row("Name:", announcement.alarm.name());
    text += &row(
        "Description:",
        announcement.alarm.description().unwrap_or(""),
    );
    text += &state_change(announcement.change);
    text += &rule(announcement.alarm);
    text += &row("Reason for State Change:", &announcement.reason);
    text += &row("Timestamp:", &aws_long_time(announcement.change.time));
    text += &row("AWS Account:", &announcement.place.account);
    text += &row("Alarm Arn:", &announcement.arn());
    text
}

fn state_change(change: &Change) -> String {
    let states = format!("{} -> {}", change.old_state, change.new_state);
    row("State Change:", &states)
}

fn rule(alarm: AnyAlarm<'_>) -> String {
    match alarm {
        AnyAlarm::Metric(_) => String::new(),
        AnyAlarm::Composite(alarm) => row("Alarm Rule:", alarm.rule.text()),
    }
}

fn row(label: &str, value: &str) -> String {
    format!("- {label:<27} {value}\n")
}

fn cause(announcement: &Announcement<'_>) -> String {
    match announcement.alarm {
        AnyAlarm::Metric(alarm) => metric(alarm),
        AnyAlarm::Composite(_) => children(announcement.change.children(), announcement.place),
    }
}

fn metric(alarm: &AlarmConfiguration) -> String {
    let treatment = row("TreatMissingData:", &alarm.treat_missing_data.to_string());
    threshold(alarm) + &monitored(alarm) + &treatment
}

fn monitored(alarm: &AlarmConfiguration) -> String {
    match &alarm.watched {
        Watched::Metric(stat) => monitored_metric(stat, alarm.period_seconds),
        Watched::Math(math) => monitored_metrics(math),
    }
}

fn threshold(alarm: &AlarmConfiguration) -> String {
    format!(
        "Threshold:\n- The alarm is in the ALARM state when the metric is {} {} for at least {} \
         of the last {} period(s) of {} seconds.\n\n",
        alarm.comparison_operator,
        decimal(alarm.threshold),
        alarm.datapoints_needed(),
        alarm.evaluation_periods,
        alarm.period_seconds,
    )
}

fn monitored_metric(stat: &MetricStat, period_seconds: u32) -> String {
    let metric = &stat.metric;
    let unit = stat.unit.map(|unit| unit.to_string());
    let mut text = "Monitored Metric:\n".to_owned();
    text += &row("MetricNamespace:", &metric.namespace);
    text += &row("MetricName:", &metric.metric_name);
    text += &row("Dimensions:", &dimensions(metric));
    text += &row("Period:", &format!("{period_seconds} seconds"));
    text += &row("Statistic:", &stat.statistic.to_string());
    text += &row("Unit:", unit.as_deref().unwrap_or("not specified"));
    text
}

fn dimensions(metric: &MetricIdentity) -> String {
    let dimensions = metric.dimensions.iter();
    let texts = dimensions.map(|(name, value)| format!("[{name} = {value}]"));
    joined(texts, ", ")
}

fn monitored_metrics(math: &MetricMath) -> String {
    let returned = math.returned();
    let expression = returned.map_or("", |query| query.text());
    let label = returned.and_then(|query| query.label.as_deref());
    let mut text = "Monitored Metrics:\n".to_owned();
    text += &row("MetricExpression:", expression);
    text += &row("MetricLabel:", label.unwrap_or(""));
    text
}

/// Returns the children that changed. Their heading is recorded, the lines below it are not.
fn children(children: &[ChildState], place: &AlarmPlace) -> String {
    let mut text = format!("Triggering children (max. {CHILDREN_LIMIT}):\n");
    for child in children.iter().take(CHILDREN_LIMIT) {
        text += &child_line(child, place);
    }
    text
}

fn child_line(child: &ChildState, place: &AlarmPlace) -> String {
    let arn = place.arn(&child.alarm_name);
    let day = aws_long_time(child.since);
    format!("- {arn} was {} at {day}\n", child.state)
}

fn actions(actions: &Actions) -> String {
    let mut text = "State Change Actions:\n".to_owned();
    text += &row("OK:", &list(&actions.ok));
    text += &row("ALARM:", &list(&actions.alarm));
    text += &row("INSUFFICIENT_DATA:", &list(&actions.insufficient_data));
    text
}

fn list(actions: &[String]) -> String {
    if actions.is_empty() {
        String::new()
    } else {
        format!("[{}]", actions.join(", "))
    }
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        // These characters stand for themselves in every part of a URL (RFC 3986).
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded += &format!("%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::percent_encoded;

    #[test]
    fn names_are_encoded_in_links() {
        assert_eq!(percent_encoded("a b/ü"), "a%20b%2F%C3%BC");
    }
}
