//! The notifications that an alarm would have sent: the message of SNS and the email made from it
//! (sources, N1 to N4).

use jiff::Timestamp;
use serde::Serialize;

use crate::alarm::aws::email::email;
use crate::alarm::definition::composite::{
    ChildState, CompositeAlarm, CompositeTransition, StateChange,
};
use crate::alarm::definition::configuration::{Actions, AlarmConfiguration, AlarmState};
use crate::alarm::definition::place::AlarmPlace;
use crate::alarm::definition::watched::Watched;
use crate::alarm::replay::action::{ActionRun, Restraints, action_runs};
use crate::alarm::replay::metric_alarm::Transition;
use crate::metric::math::{Query, QuerySource};
use crate::metric::{MetricIdentity, MetricMath, MetricStat, Statistic};
use crate::time::aws::aws_time;

/// The longest subject of a mail, in characters.
const SUBJECT_LIMIT: usize = 100;

/// One notification, as its topic would have delivered it. The message lacks
/// `AlarmConfigurationUpdatedTimestamp`, since nobody put the alarm.
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

/// A change of state that is told.
pub(super) struct Announcement<'a> {
    pub(super) alarm_name: &'a str,
    pub(super) alarm_description: Option<&'a str>,
    pub(super) actions: &'a Actions,
    pub(super) place: &'a AlarmPlace,
    pub(super) time: Timestamp,
    pub(super) old_state: AlarmState,
    pub(super) state: AlarmState,
    pub(super) reason: &'a str,
    pub(super) cause: Cause<'a>,
}

/// What an alarm stands on.
pub(super) enum Cause<'a> {
    /// A metric.
    Metric(&'a AlarmConfiguration),
    /// Other alarms, of which some changed.
    Children(&'a CompositeAlarm, &'a [ChildState]),
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
    #[serde(flatten)]
    details: Details<'a>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Details<'a> {
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
    state: TriggeringState,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TriggeringState {
    value: String,
    timestamp: String,
}

/// The notifications of a history: one for each change to a state that has actions, if actions are
/// enabled and nothing keeps them back.
pub fn notifications(
    alarm: &AlarmConfiguration,
    transitions: &[Transition],
    place: &AlarmPlace,
    restraints: Restraints<'_>,
) -> Vec<Notification> {
    let changes: Vec<StateChange> = transitions.iter().map(Transition::change).collect();
    let announcement = |run: ActionRun| {
        let Transition { old_state, verdict } = transitions.get(run.change)?;
        let announcement = Announcement {
            alarm_name: &alarm.alarm_name,
            alarm_description: alarm.alarm_description.as_deref(),
            actions: &alarm.actions,
            place,
            time: verdict.time,
            old_state: *old_state,
            state: verdict.state,
            reason: &verdict.reason,
            cause: Cause::Metric(alarm),
        };
        announcement.notification(run)
    };
    action_runs(&changes, restraints)
        .into_iter()
        .filter_map(announcement)
        .collect()
}

/// The same of a composite alarm.
pub fn composite_notifications(
    alarm: &CompositeAlarm,
    transitions: &[CompositeTransition],
    place: &AlarmPlace,
    restraints: Restraints<'_>,
) -> Vec<Notification> {
    let changes: Vec<StateChange> = transitions
        .iter()
        .map(CompositeTransition::change)
        .collect();
    let announcement = |run: ActionRun| {
        let transition = transitions.get(run.change)?;
        let announcement = Announcement {
            alarm_name: &alarm.alarm_name,
            alarm_description: alarm.alarm_description.as_deref(),
            actions: &alarm.actions,
            place,
            time: transition.time,
            old_state: transition.old_state,
            state: transition.state,
            reason: &transition.reason(alarm, Some(place)),
            cause: Cause::Children(alarm, &transition.children),
        };
        announcement.notification(run)
    };
    action_runs(&changes, restraints)
        .into_iter()
        .filter_map(announcement)
        .collect()
}

impl Announcement<'_> {
    /// The notification, unless the state has no actions or they are disabled.
    fn notification(&self, run: ActionRun) -> Option<Notification> {
        let topics = self.actions.of(self.state);
        if !self.actions.enabled || topics.is_empty() {
            return None;
        }
        Some(Notification {
            timestamp: aws_time(run.time),
            topics: topics.to_vec(),
            subject: self.subject(),
            message: serde_json::to_string(&self.message(run)).unwrap_or_default(),
            email: email(self),
        })
    }

    fn message(&self, run: ActionRun) -> Message<'_> {
        Message {
            alarm_name: self.alarm_name,
            alarm_description: self.alarm_description,
            aws_account_id: &self.place.account,
            new_state_value: self.state.to_string(),
            new_state_reason: self.reason,
            state_change_time: aws_time(self.time),
            region: self.place.region_name(),
            alarm_arn: self.place.arn(self.alarm_name),
            old_state_value: self.old_state.to_string(),
            action_executed_after_mute_window: run.is_after_mute_window,
            ok_actions: &self.actions.ok,
            alarm_actions: &self.actions.alarm,
            insufficient_data_actions: &self.actions.insufficient_data,
            details: match &self.cause {
                Cause::Metric(alarm) => Details::Metric {
                    trigger: Box::new(trigger(alarm)),
                },
                Cause::Children(alarm, children) => Details::Composite {
                    alarm_rule: alarm.rule.text(),
                    triggering_children: children
                        .iter()
                        .map(|child| self.triggering(child))
                        .collect(),
                },
            },
        }
    }

    fn triggering(&self, child: &ChildState) -> TriggeringChild {
        TriggeringChild {
            arn: self.place.arn(&child.alarm_name),
            state: TriggeringState {
                value: child.state.to_string(),
                timestamp: aws_time(child.since),
            },
        }
    }

    /// `STATE: "name" in Region`, at most 100 characters; a long name is shortened, and a run of
    /// characters beyond ASCII becomes one `_`.
    fn subject(&self) -> String {
        let mut name = String::new();
        for character in self.alarm_name.chars() {
            match character.is_ascii() {
                true => name.push(character),
                false if !name.ends_with('_') => name.push('_'),
                false => {}
            }
        }
        let with =
            |name: &str| format!("{}: \"{name}\" in {}", self.state, self.place.region_name());
        let excess = with(&name).chars().count().saturating_sub(SUBJECT_LIMIT);
        if excess == 0 {
            return with(&name);
        }
        let kept = name.chars().count().saturating_sub(excess + 3);
        with(&format!(
            "{}...",
            name.chars().take(kept).collect::<String>()
        ))
    }
}

fn trigger(alarm: &AlarmConfiguration) -> Trigger<'_> {
    let period = alarm.period_seconds;
    Trigger {
        watched: match &alarm.watched {
            Watched::Metric(stat) => TriggerSource::Metric(trigger_metric(stat, period)),
            Watched::Math(math) => TriggerSource::Math {
                period,
                metrics: trigger_queries(math, period),
            },
        },
        evaluation_periods: alarm.evaluation_periods,
        datapoints_to_alarm: alarm.datapoints_to_alarm,
        comparison_operator: alarm.comparison_operator.to_string(),
        threshold: alarm.threshold,
        treat_missing_data: alarm.treat_missing_data.to_string(),
        evaluate_low_sample_count_percentile: "",
    }
}

fn trigger_metric(stat: &MetricStat, period: u32) -> TriggerMetric<'_> {
    let is_extended = matches!(stat.statistic, Statistic::Extended(_));
    let name = stat.statistic.to_string();
    TriggerMetric {
        metric_name: &stat.metric.metric_name,
        namespace: &stat.metric.namespace,
        statistic_type: if is_extended {
            "ExtendedStatistic"
        } else {
            "Statistic"
        },
        statistic: (!is_extended).then(|| name.to_uppercase()),
        extended_statistic: is_extended.then_some(name),
        unit: stat.unit.map(|unit| unit.to_string()),
        dimensions: dimensions(&stat.metric),
        period,
    }
}

fn trigger_queries(math: &MetricMath, period: u32) -> Vec<TriggerQuery<'_>> {
    let returned = math.returned().map(|query| query.id.as_str());
    let queries = math.queries().iter();
    queries
        .map(|query| trigger_query(query, period, Some(query.id.as_str()) == returned))
        .collect()
}

fn trigger_query(query: &Query, period: u32, return_data: bool) -> TriggerQuery<'_> {
    let (expression, metric_stat) = match &query.source {
        QuerySource::Metric(metric) => (None, Some(trigger_stat(metric, period))),
        QuerySource::Expression(expression) => (Some(expression.text()), None),
    };
    TriggerQuery {
        expression,
        id: &query.id,
        label: query.label.as_deref(),
        metric_stat,
        return_data,
    }
}

fn trigger_stat(stat: &MetricStat, period: u32) -> TriggerStat<'_> {
    TriggerStat {
        metric: TriggerIdentity {
            dimensions: dimensions(&stat.metric),
            metric_name: &stat.metric.metric_name,
            namespace: &stat.metric.namespace,
        },
        period,
        stat: stat.statistic.to_string(),
        unit: stat.unit.map(|unit| unit.to_string()),
    }
}

fn dimensions(metric: &MetricIdentity) -> Vec<TriggerDimension<'_>> {
    metric
        .dimensions
        .iter()
        .map(|(name, value)| TriggerDimension { value, name })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::period::timestamp;

    fn subject_of(name: &str) -> String {
        let alarm = AlarmConfiguration::on_sum(name, Default::default());
        let place = AlarmPlace {
            account: "111122223333".into(),
            region: "us-east-1".into(),
        };
        let announcement = Announcement {
            alarm_name: name,
            alarm_description: None,
            actions: &alarm.actions,
            place: &place,
            time: timestamp(0),
            old_state: AlarmState::Ok,
            state: AlarmState::Alarm,
            reason: "",
            cause: Cause::Metric(&alarm),
        };
        announcement.subject()
    }

    #[test]
    fn a_subject_has_a_hundred_characters_at_most() {
        assert_eq!(
            subject_of("root-login-seen"),
            "ALARM: \"root-login-seen\" in US East (N. Virginia)"
        );
        assert_eq!(
            subject_of("größe日本x"),
            "ALARM: \"gr_e_x\" in US East (N. Virginia)"
        );
        let long = subject_of(&"x".repeat(200));
        assert_eq!(long.chars().count(), SUBJECT_LIMIT);
        assert!(long.ends_with("...\" in US East (N. Virginia)"), "{long}");
    }
}
