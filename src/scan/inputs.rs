//! The list of everything that a scan without a ledger read.

use std::collections::HashMap;

use super::accounting::Accounting;
use crate::conclude::InputList;
use crate::findings::Findings;
use crate::report::Inputs;

impl Accounting {
    /// Returns the list of the objects that were listed, each archive as one. The outcomes are in
    /// the order of their names, as [`Accounting::settle`] leaves them.
    pub fn inputs(&self, findings: &Findings) -> Inputs {
        let archives = findings.sources.iter();
        let archives = archives.map(|found| (&*found.object, found.stored_bytes));
        let archives: HashMap<&str, u64> = archives.collect();
        let mut outcomes = findings.objects.iter().peekable();
        let mut list = InputList::default();
        for listed in &self.listed {
            // Both are in order, so one walk over them finds every size.
            while outcomes
                .next_if(|outcome| outcome.object < listed.key)
                .is_some()
            {}
            let own = outcomes.peek().filter(|own| own.object == listed.key);
            let own = own.map(|own| own.stored_bytes);
            let bytes = own.or_else(|| archives.get(&*listed.key).copied());
            list.add(&listed.key, bytes, listed.etag.as_deref());
        }
        list.finish()
    }
}
