//! The attributes of Terraform's AWS provider, beside the parameters of AWS's API (sources, X1).

use serde_json::{Map, Value};

/// A parameter of the API and the attribute for it.
#[derive(Debug)]
pub(super) struct Attribute {
    /// The parameter.
    pub(super) parameter: &'static str,
    /// The attribute.
    pub(super) attribute: &'static str,
    form: AttributeForm,
}

/// The form of an attribute.
#[derive(Debug)]
enum AttributeForm {
    /// The value of the parameter.
    Plain,
    /// A block for an object.
    Block(&'static [Attribute]),
    /// A block for each item of a list.
    Blocks(&'static [Attribute]),
    /// Members of the block around it, which an object holds in the API.
    Spread(&'static [Attribute]),
    /// A block, whose members are parameters of their own in the API.
    Gathered(&'static [Attribute]),
    /// A map of dimensions, which is a list of pairs in the API.
    Dimensions,
}

const fn plain(parameter: &'static str, attribute: &'static str) -> Attribute {
    form(parameter, attribute, AttributeForm::Plain)
}

const fn form(parameter: &'static str, attribute: &'static str, form: AttributeForm) -> Attribute {
    Attribute {
        parameter,
        attribute,
        form,
    }
}

/// The attributes of `aws_cloudwatch_log_metric_filter`.
pub(super) const FILTER: &[Attribute] = &[
    plain("filterName", "name"),
    plain("filterPattern", "pattern"),
    plain("logGroupName", "log_group_name"),
    plain("applyOnTransformedLogs", "apply_on_transformed_logs"),
    form(
        "metricTransformations",
        "metric_transformation",
        AttributeForm::Blocks(&[
            plain("metricName", "name"),
            plain("metricNamespace", "namespace"),
            plain("metricValue", "value"),
            plain("defaultValue", "default_value"),
            plain("unit", "unit"),
            // These dimensions are a map in the API as well, unlike those of an alarm.
            plain("dimensions", "dimensions"),
        ]),
    ),
];

/// The attributes of `aws_cloudwatch_metric_alarm`.
pub(super) const ALARM: &[Attribute] = &[
    plain("AlarmName", "alarm_name"),
    plain("AlarmDescription", "alarm_description"),
    plain("Namespace", "namespace"),
    plain("MetricName", "metric_name"),
    form("Dimensions", "dimensions", AttributeForm::Dimensions),
    plain("Unit", "unit"),
    plain("Statistic", "statistic"),
    plain("ExtendedStatistic", "extended_statistic"),
    plain("Period", "period"),
    plain("EvaluationPeriods", "evaluation_periods"),
    plain("DatapointsToAlarm", "datapoints_to_alarm"),
    plain("ComparisonOperator", "comparison_operator"),
    plain("Threshold", "threshold"),
    plain("TreatMissingData", "treat_missing_data"),
    plain(
        "EvaluateLowSampleCountPercentile",
        "evaluate_low_sample_count_percentiles",
    ),
    plain("ActionsEnabled", "actions_enabled"),
    plain("OKActions", "ok_actions"),
    plain("AlarmActions", "alarm_actions"),
    plain("InsufficientDataActions", "insufficient_data_actions"),
    form("Metrics", "metric_query", AttributeForm::Blocks(QUERY)),
];

const QUERY: &[Attribute] = &[
    plain("Id", "id"),
    plain("Label", "label"),
    plain("Expression", "expression"),
    plain("Period", "period"),
    plain("AccountId", "account_id"),
    plain("ReturnData", "return_data"),
    form(
        "MetricStat",
        "metric",
        AttributeForm::Block(&[
            plain("Period", "period"),
            plain("Stat", "stat"),
            plain("Unit", "unit"),
            form(
                "Metric",
                "",
                AttributeForm::Spread(&[
                    plain("Namespace", "namespace"),
                    plain("MetricName", "metric_name"),
                    form("Dimensions", "dimensions", AttributeForm::Dimensions),
                ]),
            ),
        ]),
    ),
];

/// The attributes of `aws_cloudwatch_composite_alarm`.
pub(super) const COMPOSITE: &[Attribute] = &[
    plain("AlarmName", "alarm_name"),
    plain("AlarmDescription", "alarm_description"),
    plain("AlarmRule", "alarm_rule"),
    plain("ActionsEnabled", "actions_enabled"),
    plain("OKActions", "ok_actions"),
    plain("AlarmActions", "alarm_actions"),
    plain("InsufficientDataActions", "insufficient_data_actions"),
    form(
        "",
        "actions_suppressor",
        AttributeForm::Gathered(&[
            plain("ActionsSuppressor", "alarm"),
            plain("ActionsSuppressorWaitPeriod", "wait_period"),
            plain("ActionsSuppressorExtensionPeriod", "extension_period"),
        ]),
    ),
];

/// The attributes of `aws_cloudwatch_alarm_mute_rule`.
pub(super) const MUTE_RULE: &[Attribute] = &[
    plain("Name", "name"),
    plain("Description", "description"),
    plain("StartDate", "start_date"),
    plain("ExpireDate", "expire_date"),
    form(
        "Rule",
        "rule",
        AttributeForm::Block(&[form(
            "Schedule",
            "schedule",
            AttributeForm::Block(&[
                plain("Expression", "expression"),
                plain("Duration", "duration"),
                plain("Timezone", "timezone"),
            ]),
        )]),
    ),
    form(
        "MuteTargets",
        "mute_targets",
        AttributeForm::Block(&[plain("AlarmNames", "alarm_names")]),
    ),
];

/// Returns the block of a resource with these parameters, or the first parameter for which there is
/// no attribute.
pub(super) fn to_terraform(
    attributes: &[Attribute],
    parameters: &Map<String, Value>,
) -> Result<Map<String, Value>, String> {
    let mut block = Map::new();
    for (parameter, value) in parameters {
        add_parameter(attributes, parameter, value, &mut block)?;
    }
    Ok(block)
}

fn add_parameter(
    attributes: &[Attribute],
    parameter: &str,
    value: &Value,
    block: &mut Map<String, Value>,
) -> Result<(), String> {
    for attribute in attributes {
        if attribute.parameter == parameter {
            return attribute.add(value, block);
        }
        // The members of such a block are parameters beside the others in the API.
        if let AttributeForm::Gathered(members) = attribute.form
            && members.iter().any(|member| member.parameter == parameter)
            && let Value::Object(inner) = inner_block(attribute, block)
        {
            return add_parameter(members, parameter, value, inner);
        }
    }
    Err(parameter.to_owned())
}

/// Returns the block for an attribute within another block, and creates it if it does not exist.
fn inner_block<'a>(attribute: &Attribute, block: &'a mut Map<String, Value>) -> &'a mut Value {
    let inner = block.entry(attribute.attribute);
    inner.or_insert_with(|| Value::Object(Map::new()))
}

impl Attribute {
    /// Adds the attribute for a parameter to a block.
    fn add(&self, value: &Value, block: &mut Map<String, Value>) -> Result<(), String> {
        let written = match (&self.form, value) {
            (AttributeForm::Block(members), Value::Object(object)) => {
                to_terraform(members, object)?.into()
            }
            (AttributeForm::Blocks(members), Value::Array(list)) => blocks(members, list)?,
            (AttributeForm::Dimensions, Value::Array(pairs)) => dimension_map(pairs),
            (AttributeForm::Spread(members), Value::Object(object)) => {
                block.extend(to_terraform(members, object)?);
                return Ok(());
            }
            // Every text of a configuration is a template, so `${` in a pattern must be escaped.
            _ => escaped(value),
        };
        block.insert(self.attribute.into(), written);
        Ok(())
    }
}

fn blocks(attributes: &[Attribute], list: &[Value]) -> Result<Value, String> {
    let mut blocks = Vec::new();
    for object in list.iter().filter_map(Value::as_object) {
        blocks.push(Value::Object(to_terraform(attributes, object)?));
    }
    Ok(blocks.into())
}

fn dimension_map(pairs: &[Value]) -> Value {
    let mut map = Map::new();
    for pair in pairs {
        if let Some(name) = pair["Name"].as_str() {
            map.insert(escape(name), escaped(&pair["Value"]));
        }
    }
    map.into()
}

/// Returns a value with every text in it as a template of Terraform that gives the text.
fn escaped(value: &Value) -> Value {
    match value {
        Value::String(text) => escape(text).into(),
        Value::Array(list) => list.iter().map(escaped).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (escape(name), escaped(value)))
            .collect(),
        other => other.clone(),
    }
}

/// Returns a text as a template of Terraform that gives it (sources, X2).
pub(super) fn escape(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

/// Returns the text that a template without interpolations gives.
pub(super) fn unescape(template: &str) -> String {
    // Without interpolations, every `${` in a template is an escaped one.
    template.replace("$${", "${").replace("%%{", "%{")
}

/// Returns whether a template has an interpolation or a directive: a sign and a brace that no
/// second sign escapes.
pub(super) fn is_interpolated(template: &str) -> bool {
    has_unescaped(template, "${", '$') || has_unescaped(template, "%{", '%')
}

fn has_unescaped(template: &str, start: &str, sign: char) -> bool {
    let mut places = template.match_indices(start);
    places.any(|(place, _)| !template[..place].ends_with(sign))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(members) => members,
            other => panic!("{other} is not an object"),
        }
    }

    #[test]
    fn parameters_are_converted_to_attributes() {
        for (attributes, parameters, block) in [
            (
                ALARM,
                json!({ "AlarmName": "a", "Dimensions": [{ "Name": "D", "Value": "${x}" }] }),
                json!({ "alarm_name": "a", "dimensions": { "D": "$${x}" } }),
            ),
            (
                ALARM,
                json!({ "Metrics": [{ "Id": "m", "ReturnData": true, "MetricStat": {
                    "Period": 60, "Stat": "Sum", "Metric": { "MetricName": "M" } } }] }),
                json!({ "metric_query": [{ "id": "m", "return_data": true, "metric": {
                    "period": 60, "stat": "Sum", "metric_name": "M" } }] }),
            ),
            (
                COMPOSITE,
                json!({ "ActionsSuppressor": "s", "ActionsSuppressorWaitPeriod": 60 }),
                json!({ "actions_suppressor": { "alarm": "s", "wait_period": 60 } }),
            ),
            (
                MUTE_RULE,
                json!({ "Rule": { "Schedule": { "Expression": "cron(0 0 * * *)" } } }),
                json!({ "rule": { "schedule": { "expression": "cron(0 0 * * *)" } } }),
            ),
            (
                FILTER,
                json!({ "metricTransformations": [{ "metricName": "M", "defaultValue": 0 }] }),
                json!({ "metric_transformation": [{ "name": "M", "default_value": 0 }] }),
            ),
        ] {
            let parameters = object(parameters);
            let block = object(block);
            assert_eq!(to_terraform(attributes, &parameters), Ok(block));
        }
        let unknown = object(json!({ "EvaluationWindow": {} }));
        assert_eq!(
            to_terraform(ALARM, &unknown),
            Err("EvaluationWindow".to_owned())
        );
    }

    /// Terraform 1.11.4 gives each text for its escaped form.
    #[test]
    fn a_template_gives_the_text_that_it_was_made_from() {
        for text in [
            "${", "$${", "$$${", "%{", "%%{", "a$b", "$", "%${", "$%{", "${${", "$${x",
        ] {
            let template = escape(text);
            assert!(!is_interpolated(&template), "{template}");
            assert_eq!(unescape(&template), text);
        }
        for template in ["${a}", "x${a}", "%{ if a }", "%${a}"] {
            assert!(is_interpolated(template), "{template}");
        }
    }
}
