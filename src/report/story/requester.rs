//! Those who requested a secret or key after its deletion was scheduled: who, from where, with
//! what.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Calls, StoryCaller, Who};

/// The calls of one principal from one address with one program that needed a secret or key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requester<'a> {
    /// The caller.
    pub who: Who<'a>,
    /// The calls.
    pub calls: Calls,
}

/// Returns those among callers who needed something, the busiest first.
pub(super) fn requesters(callers: &[StoryCaller]) -> Vec<Requester<'_>> {
    let mut by_who: BTreeMap<Who<'_>, Calls> = BTreeMap::new();
    for caller in callers.iter().filter(|caller| caller.asks()) {
        by_who.entry(caller.who()).or_default().add(&caller.calls());
    }
    let requesters = by_who.into_iter();
    let mut requesters: Vec<Requester<'_>> = requesters
        .map(|(who, calls)| Requester { who, calls })
        .collect();
    // The sort is stable, so those with as many calls stay in the order of their names.
    requesters.sort_by_key(|requester| Reverse(requester.calls.count));
    requesters
}
