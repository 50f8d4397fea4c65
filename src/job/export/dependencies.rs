//! The order in which resources are created: an alarm before those that refer to it (sources, X5).

use super::resource::{ExportedKind, ExportedResource};

const IN_A_CIRCLE: &str = "it refers to itself through other composite alarms, so none of them can \
    be created before the others";

/// Returns the resources in the order of their kinds, each composite alarm after the alarms that it
/// refers to. Composite alarms that refer to each other in a circle are left out.
pub(super) fn in_order(
    resources: Vec<ExportedResource>,
    warnings: &mut Vec<String>,
) -> Vec<ExportedResource> {
    let (mut waiting, mut ordered): (Vec<ExportedResource>, Vec<ExportedResource>) = resources
        .into_iter()
        .partition(|resource| resource.kind == ExportedKind::Composite);
    while let Some(next) = waiting.iter().position(|one| is_ready(one, &waiting)) {
        ordered.push(waiting.remove(next));
    }
    let in_circles = waiting.iter();
    warnings.extend(in_circles.map(|resource| resource.left_out(IN_A_CIRCLE)));
    // A stable sort, so that composite alarms keep the order found above.
    ordered.sort_by_key(|resource| resource.kind);
    ordered
}

/// Returns whether a composite alarm refers to none of those that are still waiting.
fn is_ready(composite: &ExportedResource, waiting: &[ExportedResource]) -> bool {
    let mut names = composite.alarm_names.iter();
    !names.any(|name| waiting.iter().any(|other| other.name == *name))
}
