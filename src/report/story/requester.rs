//! Those who requested a secret or key after its deletion was scheduled: who, from where, with
//! what.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::StoryCaller;

/// The calls of one principal from one address with one program that needed a secret or key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requester<'a> {
    /// The accountable identity.
    pub principal: Option<&'a str>,
    /// The address of the caller.
    pub source_ip_address: Option<&'a str>,
    /// The program of the caller.
    pub user_agent: Option<&'a str>,
    /// The first of the calls.
    pub first: Option<Timestamp>,
    /// The last of the calls.
    pub last: Option<Timestamp>,
    /// The number of calls.
    pub calls: u64,
}

/// Returns those among callers who needed something, the busiest first.
pub(super) fn requesters(callers: &[StoryCaller]) -> Vec<Requester<'_>> {
    let mut by_who: BTreeMap<[Option<&str>; 3], Requester<'_>> = BTreeMap::new();
    for caller in callers.iter().filter(|caller| caller.asks()) {
        let who = who(caller);
        let known = by_who.entry(who).or_insert_with(|| Requester::new(who));
        known.add(caller);
    }
    let mut requesters: Vec<Requester<'_>> = by_who.into_values().collect();
    // The sort is stable, so those with as many calls stay in the order of their names.
    requesters.sort_by_key(|requester| Reverse(requester.calls));
    requesters
}

fn who(caller: &StoryCaller) -> [Option<&str>; 3] {
    let texts = [
        &caller.principal,
        &caller.source_ip_address,
        &caller.user_agent,
    ];
    texts.map(Option::as_deref)
}

impl<'a> Requester<'a> {
    fn new([principal, source_ip_address, user_agent]: [Option<&'a str>; 3]) -> Self {
        Self {
            principal,
            source_ip_address,
            user_agent,
            first: None,
            last: None,
            calls: 0,
        }
    }

    fn add(&mut self, caller: &StoryCaller) {
        self.first = [self.first, caller.first].into_iter().flatten().min();
        self.last = self.last.max(caller.last);
        self.calls += caller.count;
    }
}
