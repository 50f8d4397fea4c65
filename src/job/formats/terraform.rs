//! Resources of Terraform's AWS provider, as the fields of AWS's API.

use serde_json::{Map, Value, json};

use crate::job::fault::{Fault, FaultPlace};
use crate::job::found::{DefinitionEntry, EntryKind, FileDefinitions};
use crate::text::printable;

/// An attribute and the field of AWS's API that it is.
type AttributeNames = (&'static str, &'static str);

const ALARM: [AttributeNames; 19] = [
    ("alarm_name", "AlarmName"),
    ("alarm_description", "AlarmDescription"),
    ("arn", "AlarmArn"),
    ("comparison_operator", "ComparisonOperator"),
    ("evaluation_periods", "EvaluationPeriods"),
    ("datapoints_to_alarm", "DatapointsToAlarm"),
    ("metric_name", "MetricName"),
    ("namespace", "Namespace"),
    ("period", "Period"),
    ("statistic", "Statistic"),
    ("extended_statistic", "ExtendedStatistic"),
    ("threshold", "Threshold"),
    ("threshold_metric_id", "ThresholdMetricId"),
    ("treat_missing_data", "TreatMissingData"),
    ("unit", "Unit"),
    (
        "evaluate_low_sample_count_percentiles",
        "EvaluateLowSampleCountPercentile",
    ),
    ("actions_enabled", "ActionsEnabled"),
    ("alarm_actions", "AlarmActions"),
    ("ok_actions", "OKActions"),
];

const MORE_ACTIONS: AttributeNames = ("insufficient_data_actions", "InsufficientDataActions");

const COMPOSITE: [AttributeNames; 7] = [
    ("alarm_name", "AlarmName"),
    ("alarm_description", "AlarmDescription"),
    ("arn", "AlarmArn"),
    ("alarm_rule", "AlarmRule"),
    ("actions_enabled", "ActionsEnabled"),
    ("alarm_actions", "AlarmActions"),
    ("ok_actions", "OKActions"),
];

const SUPPRESSOR: [AttributeNames; 3] = [
    ("alarm", "ActionsSuppressor"),
    ("wait_period", "ActionsSuppressorWaitPeriod"),
    ("extension_period", "ActionsSuppressorExtensionPeriod"),
];

const FILTER: [AttributeNames; 6] = [
    ("name", "FilterName"),
    ("pattern", "FilterPattern"),
    ("log_group_name", "LogGroupName"),
    ("apply_on_transformed_logs", "applyOnTransformedLogs"),
    ("field_selection_criteria", "fieldSelectionCriteria"),
    ("emit_system_field_dimensions", "EmitSystemFieldDimensions"),
];

const TRANSFORMATION: [AttributeNames; 6] = [
    ("name", "MetricName"),
    ("namespace", "MetricNamespace"),
    ("value", "MetricValue"),
    ("default_value", "DefaultValue"),
    ("unit", "Unit"),
    ("dimensions", "Dimensions"),
];

const QUERY: [AttributeNames; 5] = [
    ("id", "Id"),
    ("expression", "Expression"),
    ("label", "Label"),
    ("period", "Period"),
    ("account_id", "AccountId"),
];

const METRIC: [AttributeNames; 2] = [("namespace", "Namespace"), ("metric_name", "MetricName")];

const METRIC_STAT: [AttributeNames; 3] = [("period", "Period"), ("stat", "Stat"), ("unit", "Unit")];

const SCHEDULE: [AttributeNames; 3] = [
    ("expression", "Expression"),
    ("duration", "Duration"),
    ("timezone", "Timezone"),
];

const MUTE_RULE: [AttributeNames; 3] = [
    ("name", "Name"),
    ("start_date", "StartDate"),
    ("expire_date", "ExpireDate"),
];

/// Attributes that do not change what an alarm does, so that it may be unknown what they are.
const INDIFFERENT: [&str; 16] = [
    "alarm_actions",
    "alarm_description",
    "arn",
    "arns",
    "description",
    "id",
    "insufficient_data_actions",
    "last_updated_timestamp",
    "log_group_name",
    "mute_type",
    "ok_actions",
    "owner_id",
    "region",
    "status",
    "tags",
    "tags_all",
];

/// Returns the attributes that the provider computes where they are not set (sources, X11).
// Hardly anyone sets one to what is known only after it is applied. Left unset, they are unknown in
// every plan that creates the resource, and AWS gives them the defaults that they have here.
fn computed(kind: EntryKind) -> &'static [&'static str] {
    match kind {
        EntryKind::Alarm | EntryKind::LogAlarm => &["evaluate_low_sample_count_percentiles"],
        EntryKind::Composite => &[],
        EntryKind::Filter => &["apply_on_transformed_logs"],
        EntryKind::MuteRule => &["timezone"],
    }
}

/// Returns whether a resource of this type may be an alarm or a filter.
pub(super) fn is_definition(resource_type: &str) -> bool {
    let is_filter = resource_type.contains("metric_filter");
    // The types of `awscc`, which AWS generates, begin in the same way.
    resource_type.starts_with("aws") && (is_alarm(resource_type) || is_filter)
}

fn is_alarm(resource_type: &str) -> bool {
    resource_type.contains("cloudwatch") && resource_type.contains("alarm")
}

/// Returns whether an attribute does not change what an alarm does.
pub(super) fn is_indifferent(attribute: &str) -> bool {
    INDIFFERENT.contains(&attribute)
}

/// A resource as a plan or a state has it.
pub(super) struct TerraformResource<'a> {
    pub(super) address: &'a str,
    pub(super) resource_type: &'a str,
    pub(super) attributes: &'a Map<String, Value>,
    /// The attributes that are known only after they are applied, each with `true`.
    pub(super) unknown: Option<&'a Value>,
}

impl TerraformResource<'_> {
    /// Adds the definition that the resource is, if it is one.
    pub(super) fn read(&self, found: &mut FileDefinitions) {
        let place = FaultPlace::Resource(self.address.to_owned());
        match self.entry(found) {
            Ok(entry) => found.entries.extend(entry),
            Err(detail) => found.left_out.push(Fault::from(detail).at(place)),
        }
    }

    fn entry(&self, found: &mut FileDefinitions) -> Result<Option<DefinitionEntry>, String> {
        let Some(kind) = self.kind()? else {
            return Ok(None);
        };
        let (name, fields) = match kind {
            EntryKind::Composite => ("alarm_name", self.composite()),
            EntryKind::Filter => ("name", self.filter()),
            EntryKind::MuteRule => ("name", self.mute_rule()),
            EntryKind::Alarm | EntryKind::LogAlarm => ("alarm_name", self.alarm()),
        };
        self.refuse_unknown(kind, name)?;
        self.note_others(kind, found);
        let fields = self.named(kind, name, fields, found);
        Ok(Some(DefinitionEntry {
            kind,
            place: FaultPlace::Resource(self.address.to_owned()),
            path: self.address.to_owned(),
            fields,
        }))
    }

    /// Returns the kind of the definition, if the resource is one. Another type that may be that of
    /// an alarm or a filter is refused.
    fn kind(&self) -> Result<Option<EntryKind>, String> {
        match self.resource_type {
            "aws_cloudwatch_metric_alarm" => Ok(Some(EntryKind::Alarm)),
            "aws_cloudwatch_composite_alarm" => Ok(Some(EntryKind::Composite)),
            "aws_cloudwatch_log_metric_filter" => Ok(Some(EntryKind::Filter)),
            "aws_cloudwatch_alarm_mute_rule" => Ok(Some(EntryKind::MuteRule)),
            other if is_definition(other) => Err(unknown_type(other)),
            _ => Ok(None),
        }
    }

    /// Refuses a resource if what it does is known only after it is applied.
    fn refuse_unknown(&self, kind: EntryKind, name: &str) -> Result<(), String> {
        let unknown = self.unknown.and_then(Value::as_object);
        for (attribute, value) in unknown.into_iter().flatten() {
            // A name that is not known does not matter: the address identifies the resource as
            // well.
            let is_needed = attribute != name && !is_indifferent(attribute);
            if is_needed && is_unknown(attribute, value, computed(kind)) {
                let attribute = printable(attribute);
                return Err(format!("`{attribute}` is known only after it is applied"));
            }
        }
        Ok(())
    }

    /// Notes the attributes that are set and that this program does not know. They may change what
    /// the alarm does.
    fn note_others(&self, kind: EntryKind, found: &mut FileDefinitions) {
        let names: &[AttributeNames] = match kind {
            EntryKind::Alarm | EntryKind::LogAlarm => &ALARM,
            EntryKind::Composite => &COMPOSITE,
            EntryKind::Filter => &FILTER,
            EntryKind::MuteRule => &MUTE_RULE,
        };
        let is_known = |attribute: &str| {
            let is_named = names.iter().any(|(known, _)| *known == attribute);
            is_named || is_indifferent(attribute) || blocks_of(kind).contains(&attribute)
        };
        for (attribute, value) in self.attributes {
            if is_set(value) && !is_known(attribute) {
                let (address, attribute) = (printable(self.address), printable(attribute));
                found.notes.push(format!(
                    "resource `{address}`: the attribute `{attribute}` is not known and not read"
                ));
            }
        }
    }

    /// Returns the fields with a name. A resource whose own is not known is named by its address.
    fn named(
        &self,
        kind: EntryKind,
        name: &str,
        mut fields: Map<String, Value>,
        found: &mut FileDefinitions,
    ) -> Map<String, Value> {
        let field = kind.name_field();
        if !fields.contains_key(field) {
            fields.insert(field.to_owned(), self.address.into());
            let address = printable(self.address);
            found.notes.push(format!(
                "resource `{address}`: `{name}` is known only after it is applied; it is named by \
                 its address"
            ));
        }
        fields
    }

    fn alarm(&self) -> Map<String, Value> {
        let mut fields = renamed(self.attributes, &ALARM);
        fields.extend(renamed(self.attributes, &[MORE_ACTIONS]));
        // A count of 0 is one that is not set.
        fields.retain(|name, value| !(name == "DatapointsToAlarm" && *value == 0));
        // CloudWatch refuses dimensions beside queries, each of which has its own.
        let queries = blocks(self.attributes, "metric_query").map(query);
        let queries: Vec<Value> = queries.collect();
        if queries.is_empty() {
            fields.insert("Dimensions".to_owned(), dimensions(self.attributes));
        } else {
            fields.insert("Metrics".to_owned(), queries.into());
        }
        self.add_evaluation(&mut fields);
        fields
    }

    fn add_evaluation(&self, fields: &mut Map<String, Value>) {
        // An alarm with criteria watches no metric and is left out, whatever they are.
        if blocks(self.attributes, "evaluation_criteria").count() > 0 {
            fields.insert("EvaluationCriteria".to_owned(), json!({}));
        }
        if let Some(window) = blocks(self.attributes, "evaluation_window").next() {
            fields.insert("EvaluationWindow".to_owned(), evaluation_window(window));
        }
    }

    fn composite(&self) -> Map<String, Value> {
        let mut fields = renamed(self.attributes, &COMPOSITE);
        fields.extend(renamed(self.attributes, &[MORE_ACTIONS]));
        for suppressor in blocks(self.attributes, "actions_suppressor") {
            fields.extend(renamed(suppressor, &SUPPRESSOR));
        }
        fields
    }

    fn filter(&self) -> Map<String, Value> {
        let mut fields = renamed(self.attributes, &FILTER);
        let transformations = blocks(self.attributes, "metric_transformation");
        let transformations =
            transformations.map(|each| Value::from(renamed(each, &TRANSFORMATION)));
        fields.insert(
            "MetricTransformations".to_owned(),
            transformations.collect(),
        );
        fields
    }

    fn mute_rule(&self) -> Map<String, Value> {
        let mut fields = renamed(self.attributes, &MUTE_RULE);
        let rules = blocks(self.attributes, "rule");
        if let Some(schedule) = rules.flat_map(|rule| blocks(rule, "schedule")).next() {
            let schedule = renamed(schedule, &SCHEDULE);
            fields.insert("Rule".to_owned(), json!({ "Schedule": schedule }));
        }
        if let Some(targets) = blocks(self.attributes, "mute_targets").next() {
            let targets = renamed(targets, &[("alarm_names", "AlarmNames")]);
            fields.insert("MuteTargets".to_owned(), targets.into());
        }
        fields
    }
}

/// Returns the attributes of a resource that hold more than one value.
fn blocks_of(kind: EntryKind) -> &'static [&'static str] {
    match kind {
        EntryKind::Alarm | EntryKind::LogAlarm => &[
            "dimensions",
            "evaluation_criteria",
            "evaluation_window",
            "metric_query",
        ],
        EntryKind::Composite => &["actions_suppressor"],
        EntryKind::Filter => &["metric_transformation"],
        EntryKind::MuteRule => &["mute_targets", "rule"],
    }
}

/// Returns true for a value that is set: a state holds every attribute of the schema.
fn is_set(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

fn unknown_type(resource_type: &str) -> String {
    let shown = printable(resource_type);
    format!("the type `{shown}` is not known, so it cannot be replayed")
}

fn query(attributes: &Map<String, Value>) -> Value {
    let mut fields = renamed(attributes, &QUERY);
    // A period of 0 is one that is not set.
    fields.retain(|name, value| !(name == "Period" && *value == 0));
    fields.insert("ReturnData".to_owned(), return_data(attributes));
    if let Some(metric) = blocks(attributes, "metric").next() {
        fields.insert("MetricStat".to_owned(), metric_stat(metric));
    }
    fields.into()
}

fn return_data(attributes: &Map<String, Value>) -> Value {
    match attributes.get("return_data") {
        // Terraform's default is false, that of the API is true.
        None | Some(Value::Null) => Value::Bool(false),
        Some(returned) => returned.clone(),
    }
}

fn metric_stat(metric: &Map<String, Value>) -> Value {
    let mut stat = renamed(metric, &METRIC_STAT);
    let mut identity = renamed(metric, &METRIC);
    identity.insert("Dimensions".to_owned(), dimensions(metric));
    stat.insert("Metric".to_owned(), identity.into());
    stat.into()
}

fn evaluation_window(attributes: &Map<String, Value>) -> Value {
    let wall_clock = blocks(attributes, "wall_clock_window").next();
    match wall_clock {
        Some(clock) => json!({ "WallClockWindow": renamed(clock, &[("timezone", "Timezone")]) }),
        // The definition refuses a window that it does not know, and names it.
        None => Value::Object(other_windows(attributes)),
    }
}

/// Returns the windows that are set, but for the usual one.
fn other_windows(attributes: &Map<String, Value>) -> Map<String, Value> {
    let mut set = attributes.clone();
    set.retain(|name, value| name != "sliding_window" && is_set(value));
    set
}

/// Returns the dimensions of a metric, which Terraform has as a map.
fn dimensions(attributes: &Map<String, Value>) -> Value {
    let pairs = attributes.get("dimensions").and_then(Value::as_object);
    let pairs = pairs.into_iter().flatten();
    pairs
        .map(|(name, value)| json!({ "Name": name, "Value": value }))
        .collect()
}

/// Returns the blocks of a name: a list of them, or a single one.
fn blocks<'a>(
    attributes: &'a Map<String, Value>,
    name: &str,
) -> impl Iterator<Item = &'a Map<String, Value>> {
    let blocks = match attributes.get(name) {
        Some(Value::Array(blocks)) => blocks.as_slice(),
        Some(single) => std::slice::from_ref(single),
        None => &[],
    };
    blocks.iter().filter_map(Value::as_object)
}

/// Returns the attributes that are set, under the names of AWS's API. An empty text is not set, but
/// for a pattern, which then matches every event.
fn renamed(attributes: &Map<String, Value>, names: &[AttributeNames]) -> Map<String, Value> {
    let mut renamed = Map::new();
    // A state holds every attribute of the schema, and those that are not set are null or empty.
    for (attribute, field) in names {
        match attributes.get(*attribute) {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) if text.is_empty() && *attribute != "pattern" => {}
            Some(value) => {
                renamed.insert((*field).to_owned(), value.clone());
            }
        }
    }
    renamed
}

/// Returns whether an attribute is unknown, or anything in it, except for those that are computed.
// A plan repeats the shape of a resource, with `true` for each value that is not known.
fn is_unknown(attribute: &str, value: &Value, computed: &[&str]) -> bool {
    match value {
        Value::Bool(flag) => *flag && !computed.contains(&attribute),
        Value::Array(items) => {
            let mut items = items.iter();
            items.any(|item| is_unknown(attribute, item, computed))
        }
        Value::Object(members) => {
            let mut members = members.iter();
            members.any(|(name, value)| is_unknown(name, value, computed))
        }
        _ => false,
    }
}
