//! State files of Terraform (`terraform.tfstate`, version 4), as backends store them.

use serde_json::Value;

use super::DefinitionFormat;
use super::terraform::TerraformResource;
use crate::job::fault::Fault;
use crate::job::found::FileDefinitions;

pub(super) const FORMAT: DefinitionFormat = DefinitionFormat {
    is_recognised: |tree| {
        let has = |member: &str| tree.get(member).is_some();
        has("terraform_version") && has("version") && has("resources")
    },
    read: |tree, _| read(tree),
};

fn read(tree: &Value) -> Result<FileDefinitions, Fault> {
    let mut found = FileDefinitions::default();
    let resources = tree.get("resources").and_then(Value::as_array);
    for resource in resources.into_iter().flatten() {
        read_resource(resource, &mut found);
    }
    Ok(found)
}

/// Reads the instances of a resource.
fn read_resource(resource: &Value, found: &mut FileDefinitions) {
    let mode = text(resource, "mode");
    // A state also holds data sources, which deploy nothing.
    let (Some("managed"), Some(resource_type)) = (mode, text(resource, "type")) else {
        return;
    };
    let name = full_name(resource, resource_type);
    let instances = resource.get("instances").and_then(Value::as_array);
    for instance in instances.into_iter().flatten() {
        let Some(attributes) = instance.get("attributes").and_then(Value::as_object) else {
            continue;
        };
        let resource = TerraformResource {
            address: &address(&name, instance),
            resource_type,
            attributes,
            // A state holds what was applied, so every attribute is known.
            unknown: None,
        };
        resource.read(found);
    }
}

fn text<'a>(resource: &'a Value, member: &str) -> Option<&'a str> {
    resource.get(member)?.as_str()
}

/// Returns the address of a resource, without the key of an instance.
fn full_name(resource: &Value, resource_type: &str) -> String {
    let name = text(resource, "name").unwrap_or_default();
    match text(resource, "module") {
        Some(module) => format!("{module}.{resource_type}.{name}"),
        None => format!("{resource_type}.{name}"),
    }
}

/// Returns the address of an instance, which has its key if there are several.
fn address(name: &str, instance: &Value) -> String {
    match instance.get("index_key") {
        // As JSON, a key is written as Terraform writes it: in quotes for `for_each`, as a number
        // for `count`.
        Some(key) => format!("{name}[{key}]"),
        None => name.to_owned(),
    }
}
