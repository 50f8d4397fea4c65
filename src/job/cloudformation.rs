//! CloudFormation templates: the metric filters, alarms and mute rules among their resources.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::fault::{Fault, Place};
use super::resolver::{ALARM, COMPOSITE, Resolver, resource_type};
use super::written::WrittenDefinitions;

/// The type of a metric filter.
const FILTER: &str = "AWS::Logs::MetricFilter";

/// The type of a mute rule.
const MUTE_RULE: &str = "AWS::CloudWatch::AlarmMuteRule";

/// Reads the definitions in a template.
///
/// # Errors
///
/// Returns an error if a resource is wrong, or its properties hold what is known only after
/// deployment; names the resource.
pub(super) fn read_template(template: &Value) -> Result<WrittenDefinitions, Fault> {
    let resolver = &Resolver::new(template);
    let resources = template.get("Resources").and_then(Value::as_object);
    let mut written = WrittenDefinitions::default();
    // A template without resources defines nothing, which is reported where the definitions are
    // checked.
    for (id, value) in resources.into_iter().flatten() {
        let resource = Resource {
            id,
            value,
            resolver,
        };
        let read = resource.read(&mut written);
        read.map_err(|fault| fault.at(Place::Resource(id.clone())))?;
    }
    Ok(written)
}

/// A resource of a template.
struct Resource<'a> {
    id: &'a str,
    value: &'a Value,
    resolver: &'a Resolver<'a>,
}

impl Resource<'_> {
    /// Adds the definition that the resource is, if it is one.
    fn read(&self, written: &mut WrittenDefinitions) -> Result<(), Fault> {
        let unknown = &mut written.unknown;
        match resource_type(self.value) {
            FILTER => written.filters.push(self.define("FilterName", unknown)?),
            ALARM => written.alarms.push(self.define("AlarmName", unknown)?),
            COMPOSITE => written.composites.push(self.define("AlarmName", unknown)?),
            MUTE_RULE => written.mute_rules.push(self.define("Name", unknown)?),
            // A template also holds the resources around an alarm, which are not replayed.
            _ => {}
        }
        Ok(())
    }

    /// Converts the properties to the parameters of AWS's API, which have the same names.
    fn define<T: DeserializeOwned>(
        &self,
        name_property: &str,
        unknown: &mut Vec<String>,
    ) -> Result<T, Fault> {
        let properties = self.named_properties(name_property)?;
        let note = |path: serde_ignored::Path<'_>| unknown.push(format!("{}.{path}", self.id));
        Ok(serde_ignored::deserialize(Value::Object(properties), note)?)
    }

    fn named_properties(&self, name_property: &str) -> Result<Map<String, Value>, String> {
        let mut properties = self.resolver.properties(self.value)?;
        // CloudFormation names a resource without a name after its ID, followed by a part that is
        // known only after deployment.
        let name = properties.entry(name_property);
        name.or_insert_with(|| self.id.into());
        Ok(properties)
    }
}
