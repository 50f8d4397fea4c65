//! The list of everything that was read, as one hash.

use sha2::{Digest, Sha256};

use crate::report::Inputs;

/// A list of inputs, while it is hashed.
#[derive(Debug, Default)]
pub struct InputList {
    hasher: Sha256,
    inputs: Inputs,
    line: Vec<u8>,
}

impl InputList {
    /// Adds a line: a JSON array of the key, the size, and the ETag.
    pub fn add(&mut self, key: &str, bytes: Option<u64>, etag: Option<&str>) {
        self.inputs.objects += 1;
        let stored_bytes = bytes.unwrap_or(0);
        // A list of objects may claim any sizes.
        self.inputs.stored_bytes = self.inputs.stored_bytes.saturating_add(stored_bytes);
        self.line.clear();
        // Texts and numbers can always be written as JSON into memory.
        let _ = serde_json::to_writer(&mut self.line, &(key, bytes, etag));
        self.line.push(b'\n');
        self.hasher.update(&self.line);
    }

    /// Returns the list as its numbers and its hash.
    pub fn finish(self) -> Inputs {
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

    #[test]
    fn sizes_that_no_object_has_do_not_overflow() {
        let mut list = InputList::default();
        list.add("a", Some(u64::MAX), None);
        list.add("b", Some(1), None);
        assert_eq!(list.finish().stored_bytes, u64::MAX);
    }
}
