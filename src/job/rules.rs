//! From definitions to rules: each metric filter with the alarms on its metric.

use super::composites::DefinedComposite;
use super::definitions::Definitions;
use super::filters::DefinedFilter;
use crate::alarm::AlarmConfiguration;
use crate::metric::MetricIdentity;
use crate::plan::Rule;
use crate::report::Subject;

/// The rules that definitions make.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DefinedRules {
    /// One rule for each filter and alarm on its metric. A filter without an alarm has the one that
    /// the console offers.
    pub rules: Vec<Rule>,
    /// A message for each alarm on a metric that no filter publishes, and for each composite alarm.
    pub warnings: Vec<String>,
}

/// Joins filters and alarms by the namespace and name of the metric.
pub fn rules(definitions: &Definitions) -> DefinedRules {
    let mut defined = DefinedRules::default();
    for filter in &definitions.filters {
        defined.rules.extend(rules_of_filter(filter, definitions));
    }
    for alarm in alarms(definitions) {
        let is_published = |filter: &DefinedFilter| is_on(alarm, filter);
        if !definitions.filters.iter().any(is_published) {
            defined.warnings.push(unpublished(alarm));
        }
    }
    let composites = definitions.composites.iter();
    defined.warnings.extend(composites.map(without_metric));
    defined
}

fn alarms(definitions: &Definitions) -> impl Iterator<Item = &AlarmConfiguration> {
    let alarms = definitions.alarms.iter();
    alarms.map(|alarm| &alarm.configuration)
}

/// Returns a rule for each alarm on the metric of a filter.
fn rules_of_filter(filter: &DefinedFilter, definitions: &Definitions) -> Vec<Rule> {
    let own = alarms(definitions).filter(|alarm| is_on(alarm, filter));
    let own: Vec<&AlarmConfiguration> = own.collect();
    match own.as_slice() {
        [] => vec![rule(filter.name.clone(), filter, offered_alarm(filter))],
        [only] => vec![rule(filter.name.clone(), filter, (*only).clone())],
        several => {
            let mut rules = Vec::new();
            for &alarm in several {
                let name = format!("{}/{}", filter.name, alarm.alarm_name);
                rules.push(rule(name, filter, alarm.clone()));
            }
            rules
        }
    }
}

fn is_on(alarm: &AlarmConfiguration, defined: &DefinedFilter) -> bool {
    let filter = &defined.filter;
    alarm.watched.is_of(&filter.namespace, &filter.metric_name)
}

fn rule(name: String, defined: &DefinedFilter, alarm: AlarmConfiguration) -> Rule {
    Rule {
        name,
        subject: Subject::Matches(format!("metric filter {}", defined.name)),
        filter: defined.filter.clone(),
        alarm,
    }
}

/// Returns the alarm that the console offers for the metric of a filter.
fn offered_alarm(defined: &DefinedFilter) -> AlarmConfiguration {
    let metric = MetricIdentity {
        namespace: defined.filter.namespace.clone(),
        metric_name: defined.filter.metric_name.clone(),
        dimensions: Vec::new(),
    };
    AlarmConfiguration::on_sum(&format!("{}Alarm", defined.filter.metric_name), metric)
}

fn unpublished(alarm: &AlarmConfiguration) -> String {
    let mut metrics = Vec::new();
    for stat in alarm.watched.metrics() {
        let metric = &stat.metric;
        metrics.push(format!("{}/{}", metric.namespace, metric.metric_name));
    }
    format!(
        "alarm `{}` is left out: no metric filter publishes {}",
        alarm.alarm_name,
        metrics.join(", "),
    )
}

fn without_metric(composite: &DefinedComposite) -> String {
    format!(
        "composite alarm `{}` is left out: it watches no metric; `alarm replay` replays it",
        composite.alarm.alarm_name
    )
}
