//! Log groups that a user names.

use crate::text::{joined, printable};

/// A log group that no metric filter is of.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "no metric filter is of log group `{}`: {}",
    printable(name),
    known(log_groups)
)]
pub struct UnknownLogGroup {
    /// The name.
    pub name: String,
    /// The log groups that the metric filters are of.
    pub log_groups: Vec<String>,
}

/// Returns whether only a deployment knows a name of a log group. No name has this sign.
pub(super) fn has_placeholder(name: &str) -> bool {
    name.contains("${")
}

fn known(log_groups: &[String]) -> String {
    match log_groups.is_empty() {
        true => "they name no log group".to_owned(),
        false => format!("choose among {}", listed(log_groups)),
    }
}

/// Returns the names of log groups as a list for a message.
pub(super) fn listed<'a>(log_groups: impl IntoIterator<Item = &'a String>) -> String {
    let names = log_groups.into_iter();
    joined(names.map(|name| format!("`{}`", printable(name))), ", ")
}
