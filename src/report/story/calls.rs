//! Calls, by whom they were made.

use jiff::Timestamp;

/// The caller: who, from where, and with what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Who<'a> {
    /// The accountable identity.
    pub principal: Option<&'a str>,
    /// The address of the caller.
    pub source_ip_address: Option<&'a str>,
    /// The program of the caller.
    pub user_agent: Option<&'a str>,
}

/// Calls, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// The first call.
    pub first: Option<Timestamp>,
    /// The last call.
    pub last: Option<Timestamp>,
    /// The number of calls.
    pub count: u64,
}

impl Calls {
    /// Adds other calls.
    pub fn add(&mut self, added: &Self) {
        self.first = [self.first, added.first].into_iter().flatten().min();
        self.last = self.last.max(added.last);
        self.count += added.count;
    }
}
