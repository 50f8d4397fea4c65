//! The uses of secrets and keys in numbers.

use serde::Serialize;

use crate::language::Message;
use crate::report::Report;
use crate::report::{UseDetail, Uses};

/// The uses of secrets and keys in numbers.
#[derive(Clone, Debug, Serialize)]
pub struct UsesSummary {
    /// The number of uses that were collected: `total = kept + omitted`.
    pub total: u64,
    /// The number of uses that are kept.
    pub kept: u64,
    /// The number of uses that are left out, since there were too many kinds of them.
    pub omitted: u64,
    /// The detail in which they are kept: `hour`, `day`, `whole-time` or `caller`.
    pub detail: &'static str,
    /// The number of objects whose uses are not known.
    pub unknown_objects: u64,
    /// The reasons why uses are missing or merged, as warnings.
    pub warnings: Vec<Message>,
}

impl UsesSummary {
    pub(super) fn from_report(report: &Report) -> Self {
        let uses = &report.uses;
        let kept = uses.all().map(|row| row.count).sum();
        Self {
            total: kept + uses.omitted(),
            kept,
            omitted: uses.omitted(),
            detail: uses.detail().name(),
            unknown_objects: uses.unknown_objects(),
            warnings: [omitted(uses), merged(uses), unknown(uses)]
                .into_iter()
                .flatten()
                .collect(),
        }
    }
}

fn omitted(uses: &Uses) -> Option<Message> {
    let omitted = uses.omitted();
    (omitted > 0).then(|| Message::new("uses-omitted").with("count", omitted))
}

fn merged(uses: &Uses) -> Option<Message> {
    let id = match uses.detail() {
        UseDetail::Hour => return None,
        UseDetail::Day => "uses-merged-to-days",
        UseDetail::WholeTime => "uses-merged-to-callers",
        UseDetail::Caller => "uses-merged-to-principals",
    };
    Some(Message::new(id))
}

fn unknown(uses: &Uses) -> Option<Message> {
    let objects = uses.unknown_objects();
    (objects > 0).then(|| Message::new("uses-unknown").with("count", objects))
}
