//! From definitions to rules: each metric filter with the alarms on its metric.

use super::Definitions;
use crate::alarm::AlarmConfiguration;
use crate::job::filters::DefinedFilter;
use crate::metric::MetricIdentity;
use crate::plan::Rule;
use crate::report::Subject;

/// The rules that definitions come to, and what was left out, for a person.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DefinedRules {
    /// One rule for each filter and alarm on its metric; a filter without alarm has the one that
    /// the console offers.
    pub rules: Vec<Rule>,
    /// The alarms on metrics that no filter publishes, and those on no metric.
    pub warnings: Vec<String>,
}

/// Puts filters and alarms together by the namespace and name of the metric.
pub fn rules(definitions: &Definitions) -> DefinedRules {
    let alarms: Vec<&AlarmConfiguration> = definitions
        .alarms
        .iter()
        .map(|alarm| &alarm.configuration)
        .collect();
    let mut found = DefinedRules::default();
    for defined in &definitions.filters {
        let own: Vec<&AlarmConfiguration> = alarms
            .iter()
            .copied()
            .filter(|alarm| is_on(alarm, defined))
            .collect();
        let is_only = own.len() == 1;
        found.rules.extend(own.iter().map(|alarm| {
            let name = if is_only {
                defined.name.clone()
            } else {
                format!("{}/{}", defined.name, alarm.alarm_name)
            };
            rule(name, defined, (*alarm).clone())
        }));
        if own.is_empty() {
            found
                .rules
                .push(rule(defined.name.clone(), defined, offered(defined)));
        }
    }
    let is_orphan = |alarm: &&&AlarmConfiguration| {
        !definitions
            .filters
            .iter()
            .any(|filter| is_on(alarm, filter))
    };
    let orphans = alarms.iter().filter(is_orphan);
    found.warnings.extend(orphans.map(|alarm| {
        format!(
            "alarm `{}` is left out: no metric filter publishes {}",
            alarm.alarm_name,
            metrics(alarm),
        )
    }));
    found.warnings.extend(definitions.composites.iter().map(|composite| {
        let name = &composite.alarm.alarm_name;
        format!("composite alarm `{name}` is left out: it stands on no metric; `alarm replay` replays it")
    }));
    found
}

fn is_on(alarm: &AlarmConfiguration, defined: &DefinedFilter) -> bool {
    alarm
        .watched
        .is_of(&defined.filter.namespace, &defined.filter.metric_name)
}

/// The metrics that an alarm watches, for a person.
fn metrics(alarm: &AlarmConfiguration) -> String {
    let metrics = alarm.watched.metrics();
    let names = metrics
        .iter()
        .map(|stat| format!("{}/{}", stat.metric.namespace, stat.metric.metric_name));
    names.collect::<Vec<_>>().join(", ")
}

/// The alarm that the console offers for the metric of a filter.
fn offered(defined: &DefinedFilter) -> AlarmConfiguration {
    let metric = MetricIdentity {
        namespace: defined.filter.namespace.clone(),
        metric_name: defined.filter.metric_name.clone(),
        dimensions: Vec::new(),
    };
    AlarmConfiguration::on_sum(&format!("{}Alarm", defined.filter.metric_name), metric)
}

fn rule(name: String, defined: &DefinedFilter, alarm: AlarmConfiguration) -> Rule {
    let subject = Subject::Matches(format!("metric filter {}", defined.name));
    Rule {
        name,
        subject,
        filter: defined.filter.clone(),
        alarm,
    }
}
