//! The list of everything that was read, as one hash.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::accounting::Accounting;
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

/// A list of inputs, while it is hashed.
#[derive(Default)]
struct InputList {
    hasher: Sha256,
    inputs: Inputs,
}

impl InputList {
    /// Adds a line: a JSON array of the key, the size, and the ETag.
    fn add(&mut self, key: &str, bytes: Option<u64>, etag: Option<&str>) {
        self.inputs.objects += 1;
        self.inputs.stored_bytes += bytes.unwrap_or(0);
        // Texts and numbers can always be written as JSON.
        let mut line = serde_json::to_vec(&(key, bytes, etag)).unwrap_or_default();
        line.push(b'\n');
        self.hasher.update(&line);
    }

    fn finish(self) -> Inputs {
        Inputs {
            sha256: hex::encode(self.hasher.finalize()),
            ..self.inputs
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_the_hash_of_its_canonical_text() {
        let mut list = InputList::default();
        list.add("a\t\"é", Some(7), None);
        list.add("b", None, Some("\"x\""));
        let text = "[\"a\\t\\\"é\",7,null]\n[\"b\",null,\"\\\"x\\\"\"]\n";
        let expected = Inputs {
            objects: 2,
            stored_bytes: 7,
            sha256: hex::encode(Sha256::digest(text)),
        };
        assert_eq!(list.finish(), expected);
    }
}
