//! The JSON message of a notification (sources, N1 to N4).

use serde::Serialize;

use crate::alarm::aws::announcement::Announcement;
use crate::alarm::definition::any::AnyAlarm;
use crate::alarm::definition::configuration::AlarmConfiguration;
use crate::alarm::definition::place::AlarmPlace;
use crate::alarm::definition::watched::Watched;
use crate::alarm::replay::change::ChildState;
use crate::metric::math::{Query, QuerySource};
use crate::metric::{MetricIdentity, MetricMath, MetricStat, Statistic};
use crate::time::aws::aws_time;

/// The message of a notification. It lacks `AlarmConfigurationUpdatedTimestamp`, because nobody put
/// the alarm.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct NotificationMessage<'a> {
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
    #[serde(flatten)]
    details: MessageDetails<'a>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum MessageDetails<'a> {
    #[serde(rename_all = "PascalCase")]
    Metric { trigger: Box<Trigger<'a>> },
    #[serde(rename_all = "PascalCase")]
    Composite {
        alarm_rule: &'a str,
        triggering_children: Vec<TriggeringChild>,
    },
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Trigger<'a> {
    #[serde(flatten)]
    watched: TriggerSource<'a>,
    evaluation_periods: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    datapoints_to_alarm: Option<u32>,
    comparison_operator: String,
    threshold: f64,
    treat_missing_data: String,
    evaluate_low_sample_count_percentile: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum TriggerSource<'a> {
    Metric(TriggerMetric<'a>),
    #[serde(rename_all = "PascalCase")]
    Math {
        period: u32,
        metrics: Vec<TriggerQuery<'a>>,
    },
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TriggerMetric<'a> {
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
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TriggerQuery<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    expression: Option<&'a str>,
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metric_stat: Option<TriggerStat<'a>>,
    return_data: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TriggerStat<'a> {
    metric: TriggerIdentity<'a>,
    period: u32,
    stat: String,
    unit: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TriggerIdentity<'a> {
    dimensions: Vec<TriggerDimension<'a>>,
    metric_name: &'a str,
    namespace: &'a str,
}

#[derive(Debug, Serialize)]
struct TriggerDimension<'a> {
    value: &'a str,
    name: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TriggeringChild {
    arn: String,
    state: TriggeringChildState,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TriggeringChildState {
    value: String,
    timestamp: String,
}

impl<'a> NotificationMessage<'a> {
    pub(super) fn new(announcement: &'a Announcement<'a>) -> Self {
        let Announcement {
            alarm,
            place,
            change,
            ..
        } = announcement;
        let actions = alarm.actions();
        Self {
            alarm_name: alarm.name(),
            alarm_description: alarm.description(),
            aws_account_id: &place.account,
            new_state_value: change.new_state.to_string(),
            new_state_reason: &announcement.reason,
            state_change_time: aws_time(change.time),
            region: announcement.region_name(),
            alarm_arn: announcement.arn(),
            old_state_value: change.old_state.to_string(),
            action_executed_after_mute_window: announcement.run.is_after_mute_window,
            ok_actions: &actions.ok,
            alarm_actions: &actions.alarm,
            insufficient_data_actions: &actions.insufficient_data,
            details: MessageDetails::new(announcement),
        }
    }
}

impl<'a> MessageDetails<'a> {
    fn new(announcement: &'a Announcement<'a>) -> Self {
        match announcement.alarm {
            AnyAlarm::Metric(alarm) => Self::Metric {
                trigger: Box::new(Trigger::new(alarm)),
            },
            AnyAlarm::Composite(alarm) => Self::Composite {
                alarm_rule: alarm.rule.text(),
                triggering_children: triggering_children(announcement),
            },
        }
    }
}

fn triggering_children(announcement: &Announcement<'_>) -> Vec<TriggeringChild> {
    let children = announcement.change.children().iter();
    children
        .map(|child| TriggeringChild::new(child, announcement.place))
        .collect()
}

impl TriggeringChild {
    fn new(child: &ChildState, place: &AlarmPlace) -> Self {
        Self {
            arn: place.arn(&child.alarm_name),
            state: TriggeringChildState {
                value: child.state.to_string(),
                timestamp: aws_time(child.since),
            },
        }
    }
}

impl<'a> Trigger<'a> {
    fn new(alarm: &'a AlarmConfiguration) -> Self {
        Self {
            watched: TriggerSource::new(&alarm.watched, alarm.period_seconds),
            evaluation_periods: alarm.evaluation_periods,
            datapoints_to_alarm: alarm.datapoints_to_alarm,
            comparison_operator: alarm.comparison_operator.to_string(),
            threshold: alarm.threshold,
            treat_missing_data: alarm.treat_missing_data.to_string(),
            evaluate_low_sample_count_percentile: "",
        }
    }
}

impl<'a> TriggerSource<'a> {
    fn new(watched: &'a Watched, period: u32) -> Self {
        match watched {
            Watched::Metric(stat) => Self::Metric(TriggerMetric::new(stat, period)),
            Watched::Math(math) => Self::Math {
                period,
                metrics: trigger_queries(math, period),
            },
        }
    }
}

impl<'a> TriggerMetric<'a> {
    fn new(stat: &'a MetricStat, period: u32) -> Self {
        let name = stat.statistic.to_string();
        // A message writes a statistic in capitals, but an extended one as it was defined.
        let (statistic_type, statistic, extended_statistic) = match stat.statistic {
            Statistic::Extended(_) => ("ExtendedStatistic", None, Some(name)),
            _ => ("Statistic", Some(name.to_uppercase()), None),
        };
        Self {
            metric_name: &stat.metric.metric_name,
            namespace: &stat.metric.namespace,
            statistic_type,
            statistic,
            extended_statistic,
            unit: stat.unit.map(|unit| unit.to_string()),
            dimensions: dimensions(&stat.metric),
            period,
        }
    }
}

fn trigger_queries(math: &MetricMath, period: u32) -> Vec<TriggerQuery<'_>> {
    let returned = math.returned().map(|query| query.id.as_str());
    let mut queries = Vec::new();
    for query in math.queries() {
        let is_returned = returned == Some(query.id.as_str());
        queries.push(TriggerQuery::new(query, period, is_returned));
    }
    queries
}

impl<'a> TriggerQuery<'a> {
    fn new(query: &'a Query, period: u32, return_data: bool) -> Self {
        let (expression, metric_stat) = match &query.source {
            QuerySource::Metric(stat) => (None, Some(TriggerStat::new(stat, period))),
            QuerySource::Expression(expression) => (Some(expression.text()), None),
        };
        Self {
            expression,
            id: &query.id,
            label: query.label.as_deref(),
            metric_stat,
            return_data,
        }
    }
}

impl<'a> TriggerStat<'a> {
    fn new(stat: &'a MetricStat, period: u32) -> Self {
        Self {
            metric: TriggerIdentity::from(&stat.metric),
            period,
            stat: stat.statistic.to_string(),
            unit: stat.unit.map(|unit| unit.to_string()),
        }
    }
}

impl<'a> From<&'a MetricIdentity> for TriggerIdentity<'a> {
    fn from(metric: &'a MetricIdentity) -> Self {
        Self {
            dimensions: dimensions(metric),
            metric_name: &metric.metric_name,
            namespace: &metric.namespace,
        }
    }
}

fn dimensions(metric: &MetricIdentity) -> Vec<TriggerDimension<'_>> {
    let dimensions = metric.dimensions.iter();
    dimensions
        .map(|(name, value)| TriggerDimension { value, name })
        .collect()
}
