//! Definitions that AWS would keep only one of.

use super::log_group::LogGroupName;
use super::resource::{ExportedKind, ExportedResource};

const SAME_NAME: &str = "another one of this name is exported, and AWS keeps one of a name";

/// The parts of a resource by which AWS tells it from others.
#[derive(PartialEq)]
struct ResourceIdentity<'a> {
    kind: ExportedKind,
    name: &'a str,
    /// The log group, since a metric filter belongs to one.
    log_group: Option<&'a LogGroupName>,
}

impl<'a> ResourceIdentity<'a> {
    fn new(resource: &'a ExportedResource) -> Self {
        let kind = match resource.kind.is_alarm() {
            // Metric alarms and composite alarms share one space of names.
            true => ExportedKind::Alarm,
            false => resource.kind,
        };
        Self {
            kind,
            name: &resource.name,
            log_group: resource.log_group.as_ref(),
        }
    }
}

/// Returns the resources without those that have the name of an earlier one. Only one that differs
/// is worth a warning.
pub(super) fn without(
    resources: Vec<ExportedResource>,
    warnings: &mut Vec<String>,
) -> Vec<ExportedResource> {
    let mut kept: Vec<ExportedResource> = Vec::new();
    for resource in resources {
        let identity = ResourceIdentity::new(&resource);
        let earlier = kept
            .iter()
            .find(|other| ResourceIdentity::new(other) == identity);
        match earlier {
            None => kept.push(resource),
            Some(earlier) if *earlier == resource => {}
            Some(_) => warnings.push(resource.left_out(SAME_NAME)),
        }
    }
    kept
}
