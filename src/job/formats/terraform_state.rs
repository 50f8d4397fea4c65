//! State files of Terraform (`terraform.tfstate`, version 4), as backends store them.

use serde_json::Value;

use super::Format;
use super::terraform::Resource;
use crate::job::fault::Fault;
use crate::job::found::Found;

pub(super) const FORMAT: Format = Format {
    is_recognised: |tree| {
        let has = |member: &str| tree.get(member).is_some();
        has("terraform_version") && has("version") && has("resources")
    },
    read: |tree, _| read(tree),
};

fn read(tree: &Value) -> Result<Found, Fault> {
    let mut found = Found::default();
    let resources = tree.get("resources").and_then(Value::as_array);
    for resource in resources.into_iter().flatten() {
        read_resource(resource, &mut found);
    }
    Ok(found)
}

/// Reads the instances of a resource.
fn read_resource(resource: &Value, found: &mut Found) {
    let text = |member: &str| resource.get(member).and_then(Value::as_str);
    let (Some("managed"), Some(resource_type)) = (text("mode"), text("type")) else {
        return;
    };
    let name = format!("{resource_type}.{}", text("name").unwrap_or_default());
    let name = match text("module") {
        Some(module) => format!("{module}.{name}"),
        None => name,
    };
    let instances = resource.get("instances").and_then(Value::as_array);
    for instance in instances.into_iter().flatten() {
        let Some(attributes) = instance.get("attributes").and_then(Value::as_object) else {
            continue;
        };
        let resource = Resource {
            address: &address(&name, instance),
            resource_type,
            attributes,
            unknown: None,
        };
        resource.read(found);
    }
}

/// Returns the address of an instance, which has its key if there are several.
fn address(name: &str, instance: &Value) -> String {
    match instance.get("index_key") {
        Some(key) => format!("{name}[{key}]"),
        None => name.to_owned(),
    }
}
