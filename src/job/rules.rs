//! From definitions to rules: each metric filter with the alarms on its metric.

use super::composites::DefinedComposite;
use super::definitions::Definitions;
use super::filters::DefinedFilter;
use crate::alarm::AlarmConfiguration;
use crate::plan::Rule;
use crate::report::Subject;
use crate::text::printable;

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
    let alarms = alarms(definitions);
    let unpublished = alarms.filter(|alarm| !is_published(alarm, definitions));
    defined
        .warnings
        .extend(unpublished.map(warn_of_unpublished));
    let composites = definitions.composites.iter();
    defined.warnings.extend(composites.map(warn_of_composite));
    defined
}

fn is_published(alarm: &AlarmConfiguration, definitions: &Definitions) -> bool {
    let mut filters = definitions.filters.iter();
    filters.any(|filter| is_on(alarm, filter))
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
        [] => vec![rule(&filter.name, filter, offered_alarm(filter))],
        // A single alarm needs no name beside that of its filter.
        [only] => vec![rule(&filter.name, filter, (*only).clone())],
        several => several
            .iter()
            .map(|alarm| shared_rule(filter, alarm))
            .collect(),
    }
}

/// Returns the rule for one of several alarms on the metric of a filter, which names both.
fn shared_rule(filter: &DefinedFilter, alarm: &AlarmConfiguration) -> Rule {
    let name = format!("{}/{}", filter.name, alarm.alarm_name);
    rule(&name, filter, alarm.clone())
}

fn is_on(alarm: &AlarmConfiguration, defined: &DefinedFilter) -> bool {
    let filter = &defined.filter;
    // Dimensions are not compared: which sets of them occur is known only from the events.
    alarm.watched.is_of(&filter.namespace, &filter.metric_name)
}

fn rule(name: &str, defined: &DefinedFilter, alarm: AlarmConfiguration) -> Rule {
    Rule {
        name: name.to_owned(),
        subject: Subject::Matches(format!("metric filter {}", defined.name)),
        filter: defined.filter.clone(),
        alarm,
    }
}

/// Returns the alarm that the console offers for the metric of a filter.
fn offered_alarm(defined: &DefinedFilter) -> AlarmConfiguration {
    let metric = defined.filter.metric();
    AlarmConfiguration::on_sum(&format!("{}Alarm", metric.metric_name), metric)
}

fn warn_of_unpublished(alarm: &AlarmConfiguration) -> String {
    let metrics = alarm.watched.metrics().into_iter();
    let metrics: Vec<String> = metrics.map(|stat| stat.metric.to_string()).collect();
    let metrics = metrics.join(", ");
    let name = printable(&alarm.alarm_name);
    let metrics = printable(&metrics);
    format!("alarm `{name}` is left out: no metric filter publishes {metrics}")
}

fn warn_of_composite(composite: &DefinedComposite) -> String {
    let name = printable(&composite.alarm.alarm_name);
    format!("composite alarm `{name}` is left out: it watches no metric; `alarm replay` replays it")
}
