//! CloudFormation templates: the metric filters, alarms and mute rules among their resources.
//!
//! Resources are read one by one. One that cannot be resolved is left out with the reason; those
//! that concern neither logs nor alarms are passed over.

mod conditions;
mod functions;
mod loops;
mod placeholder;
mod references;
mod resolver;
mod roles;

use serde_json::{Map, Value};

use super::fault::{Fault, FaultPlace};
use super::found::{Absent, DefinitionEntry, EntryKind, FileDefinitions, ON_LOGS_INSIGHTS};
use super::parameters::GivenParameters;
use crate::text::printable;
use references::{ALARM, COMPOSITE, FILTER};
use resolver::Resolver;

/// The types that are read.
const READ: [(&str, EntryKind); 4] = [
    (FILTER, EntryKind::Filter),
    (ALARM, EntryKind::Alarm),
    (COMPOSITE, EntryKind::Composite),
    ("AWS::CloudWatch::AlarmMuteRule", EntryKind::MuteRule),
];

/// The types that are left out, each with the reason.
// Passing over these in silence would hide alarms that are deployed.
const LEFT_OUT: [(&str, &str); 5] = [
    ("AWS::CloudWatch::LogAlarm", ON_LOGS_INSIGHTS),
    (
        "AWS::CloudWatch::Alert",
        "an alert cannot be replayed: it evaluates telemetry that is neither a metric nor in an \
         archive",
    ),
    ("AWS::CloudFormation::Stack", NESTED),
    ("AWS::Serverless::Application", NESTED),
    (
        "AWS::CloudFormation::StackSet",
        "the template of a stack set is not read: give it as well",
    ),
];

const NESTED: &str = "the template of a nested stack is not read: give it as well";

const IN_MODULE: &str = "the resources of a module are not read: give the output of \
    `aws cloudformation get-template --template-stage Processed`";

const BY_MACRO: &str = "a macro makes these resources, which only AWS runs: give the output of \
    `aws cloudformation get-template --template-stage Processed`";

/// The macros whose work is done here, or does not concern logs and alarms.
const KNOWN_MACROS: [&str; 7] = [
    "AWS::CodeDeployBlueGreen",
    "AWS::CodeStar",
    "AWS::LanguageExtensions",
    "AWS::SecretsManager-2020-07-23",
    "AWS::SecretsManager-2024-09-16",
    // SAM adds functions and their triggers, but leaves alarms and metric filters as they are.
    "AWS::Serverless-2016-10-31",
    "AWS::ServiceCatalog",
];

/// Finds the definitions in a template.
pub(super) fn read_template(template: &Value, given: &GivenParameters) -> FileDefinitions {
    let mut found = FileDefinitions {
        parameters: parameter_names(template),
        ..FileDefinitions::default()
    };
    found.note_macros(template);
    let mut resolver = Resolver::new(template, given);
    for (id, error) in resolver.expand_loops(template) {
        found.leave_out(FaultPlace::Part(id), error);
    }
    for (id, value) in resolver.resources() {
        let resource = TemplateResource::new(id, value, &resolver);
        // A resource that uses up its allowance must not leave the next one without any.
        resolver.begin_resource();
        if let Err(fault) = resource.read(&mut found) {
            found
                .left_out
                .push(fault.at(FaultPlace::Resource(id.clone())));
        }
        // Also after an error, or the notes of this resource would be taken for those of the next.
        found.notes.extend(resolver.take_notes(id));
    }
    found
}

fn parameter_names(template: &Value) -> Vec<String> {
    let parameters = template.get("Parameters").and_then(Value::as_object);
    parameters
        .into_iter()
        .flat_map(Map::keys)
        .cloned()
        .collect()
}

impl FileDefinitions {
    /// Notes the macros that may change or add resources.
    fn note_macros(&mut self, template: &Value) {
        // The second is a macro for the whole template, such as `AWS::Include`.
        let written = ["Transform", "Fn::Transform"].map(|member| template.get(member));
        let macros = written
            .into_iter()
            .flatten()
            .flat_map(|macros| match macros {
                Value::Array(list) => list.as_slice(),
                single => std::slice::from_ref(single),
            });
        for name in macros.map(macro_name) {
            if !KNOWN_MACROS.contains(&name) {
                let name = printable(name);
                self.notes.push(format!(
                    "the macro `{name}` is not run: it may change or add resources"
                ));
            }
        }
    }
}

fn macro_name(each: &Value) -> &str {
    let name = each.as_str().or_else(|| each.get("Name")?.as_str());
    name.unwrap_or("without a name")
}

/// A resource of a template.
struct TemplateResource<'a> {
    id: &'a str,
    value: &'a Value,
    resolver: &'a Resolver<'a>,
}

impl<'a> TemplateResource<'a> {
    fn new(id: &'a str, value: &'a Value, resolver: &'a Resolver<'a>) -> Self {
        Self {
            id,
            value,
            resolver,
        }
    }

    /// Adds the definition that the resource is, if it is one.
    fn read(&self, found: &mut FileDefinitions) -> Result<(), Fault> {
        let Some(kind) = self.kind()? else {
            return Ok(());
        };
        match self.is_deployed()? {
            true => found.entries.push(self.entry(kind)?),
            false => found.absent.push(self.absent()),
        }
        Ok(())
    }

    /// Returns the kind of the definition, if the resource is one.
    fn kind(&self) -> Result<Option<EntryKind>, String> {
        let own = resource_type(self.value);
        // A macro is written where a resource would be, and may make any number of alarms.
        if self.id == "Fn::Transform" || self.id == "AWS::Include" {
            return Err(BY_MACRO.to_owned());
        }
        if let Some((_, kind)) = READ.iter().find(|(name, _)| *name == own) {
            return Ok(Some(*kind));
        }
        if let Some((_, reason)) = LEFT_OUT.iter().find(|(name, _)| *name == own) {
            // A nested stack that is not deployed needs no warning.
            return match self.is_deployed() {
                Ok(false) => Ok(None),
                _ => Err((*reason).to_owned()),
            };
        }
        self.unknown_kind(own)
    }

    fn unknown_kind(&self, own: &str) -> Result<Option<EntryKind>, String> {
        // CloudFormation ends the type of every module in this way, whatever it contains.
        if own.ends_with("::MODULE") {
            return Err(IN_MODULE.to_owned());
        }
        if let Some((name, _)) = READ.iter().find(|(name, _)| name.eq_ignore_ascii_case(own)) {
            return Err(format!("the type `{}` is written `{name}`", printable(own)));
        }
        // AWS adds kinds of alarms, and one that is newer than this program must not pass in
        // silence.
        let is_alarm = own.starts_with("AWS::CloudWatch::") && own.contains("Alarm");
        let is_filter = own.starts_with("AWS::Logs::") && own.contains("MetricFilter");
        match is_alarm || is_filter {
            true => Err(format!(
                "the type `{}` is not known, so it cannot be replayed",
                printable(own)
            )),
            false => Ok(None),
        }
    }

    /// Returns true unless the resource has a condition that is false.
    fn is_deployed(&self) -> Result<bool, String> {
        let Some(condition) = self.condition() else {
            return Ok(true);
        };
        self.resolver.known_condition(condition)
    }

    fn condition(&self) -> Option<&str> {
        self.value.get("Condition")?.as_str()
    }

    fn absent(&self) -> Absent {
        Absent {
            id: self.id.to_owned(),
            condition: self.condition().unwrap_or_default().to_owned(),
        }
    }

    fn entry(&self, kind: EntryKind) -> Result<DefinitionEntry, Fault> {
        let mut fields = self.resolver.properties(self.value)?;
        // CloudFormation names a resource without a name after its ID, followed by a part that is
        // known only after deployment.
        let name = fields.entry(kind.name_field());
        name.or_insert_with(|| self.id.into());
        Ok(DefinitionEntry {
            kind,
            place: FaultPlace::Resource(self.id.to_owned()),
            path: self.id.to_owned(),
            fields,
        })
    }
}

/// Returns true for a resource of a type that is read.
pub(super) fn is_read(resource: &Value) -> bool {
    let own = resource_type(resource);
    READ.iter().any(|(name, _)| *name == own)
}

/// Returns the type of a resource.
fn resource_type(resource: &Value) -> &str {
    let name = resource.get("Type").and_then(Value::as_str);
    name.unwrap_or_default()
}
