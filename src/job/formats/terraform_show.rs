//! The output of `terraform show -json`: a plan or a state, with modules in modules.

use std::collections::HashMap;

use serde_json::Value;

use super::DefinitionFormat;
use super::terraform::TerraformResource;
use crate::job::fault::Fault;
use crate::job::found::FileDefinitions;

pub(super) const FORMAT: DefinitionFormat = DefinitionFormat {
    is_recognised: |tree| {
        let has = |member: &str| tree.get(member).is_some();
        has("format_version") && !has("Resources") || has("planned_values")
    },
    read: |tree, _| read(tree),
};

/// Of each resource by its address: the attributes that are known only after they are applied.
type UnknownAttributes<'a> = HashMap<&'a str, &'a Value>;

fn read(tree: &Value) -> Result<FileDefinitions, Fault> {
    // A plan also holds the state before it, but the alarms to replay are those that it deploys.
    let planned = tree.pointer("/planned_values/root_module");
    let Some(root) = planned.or_else(|| tree.pointer("/values/root_module")) else {
        return Err(NO_RESOURCES.to_owned().into());
    };
    let mut found = FileDefinitions::default();
    read_module(root, &unknown_attributes(tree), &mut found);
    Ok(found)
}

const NO_RESOURCES: &str = "this output of Terraform has neither `planned_values` nor `values`: \
    the state or plan is empty";

fn read_module(module: &Value, unknown: &UnknownAttributes<'_>, found: &mut FileDefinitions) {
    for resource in items(module, "resources") {
        if let Some(resource) = resource_in(resource, unknown) {
            resource.read(found);
        }
    }
    // Modules nest no deeper than the JSON, whose parser limits its depth.
    for child in items(module, "child_modules") {
        read_module(child, unknown, found);
    }
}

/// Returns a resource; data sources, which Terraform only reads, are none.
fn resource_in<'a>(
    resource: &'a Value,
    unknown: &UnknownAttributes<'a>,
) -> Option<TerraformResource<'a>> {
    if resource.get("mode").is_some_and(|mode| mode != "managed") {
        return None;
    }
    let address = resource.get("address")?.as_str()?;
    Some(TerraformResource {
        address,
        resource_type: resource.get("type")?.as_str()?,
        attributes: resource.get("values")?.as_object()?,
        unknown: unknown.get(address).copied(),
    })
}

fn unknown_attributes(tree: &Value) -> UnknownAttributes<'_> {
    let changes = items(tree, "resource_changes").iter();
    changes.filter_map(unknown_of_change).collect()
}

/// Returns the address of a resource, and the attributes that are only known after it is created.
fn unknown_of_change(change: &Value) -> Option<(&str, &Value)> {
    let address = change.get("address")?.as_str()?;
    Some((address, change.pointer("/change/after_unknown")?))
}

fn items<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    match value.get(member) {
        Some(Value::Array(items)) => items,
        _ => &[],
    }
}
