//! What follows a value in JSON that is damaged before it, by which a record is distinguished from
//! a part of a record that is damaged itself.

use crate::container::schema::standing::is_field;
use crate::json::read_value;

/// The most bytes that are looked at: no record of CloudTrail is as long, so nothing that far away
/// belongs to the same one.
pub(super) const RECORD_BYTES: usize = 256 << 10;

/// The kind of text that follows a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Follower {
    /// The fields of a record, which the value is a part of.
    Fields,
    /// Another document, as in a file of lines.
    Document,
    /// Something else.
    Other,
}

/// A look at what follows a value.
pub(super) struct Ahead {
    pub(super) follower: Follower,
    /// The number of bytes that were looked at.
    pub(super) bytes: usize,
}

impl Ahead {
    /// Looks at the text after a value: the signs that close what is around it, elements beside it,
    /// and members of objects around it.
    pub(super) fn new(after: &str) -> Self {
        let mut reader = AheadReader {
            rest: after,
            follows_comma: false,
            broken_bytes: 0,
        };
        let follower = loop {
            let bytes = after.len() - reader.rest.len();
            match reader.next() {
                Some(follower) => break follower,
                None if bytes > RECORD_BYTES => break Follower::Other,
                None => {}
            }
        };
        Self {
            follower,
            bytes: after.len() - reader.rest.len() + reader.broken_bytes,
        }
    }
}

struct AheadReader<'t> {
    rest: &'t str,
    follows_comma: bool,
    /// The number of bytes of a value that could not be read to its end.
    broken_bytes: usize,
}

impl<'t> AheadReader<'t> {
    /// Passes over the next part; returns what follows if that is known by it.
    fn next(&mut self) -> Option<Follower> {
        let part = self.rest.trim_start();
        let follows_comma = std::mem::take(&mut self.follows_comma);
        let Some(sign) = part.chars().next() else {
            return Some(Follower::Other);
        };
        self.rest = part;
        match sign {
            ',' | ']' | '}' => {
                self.follows_comma = sign == ',';
                self.skip(1);
                None
            }
            // Values of one document have commas between them.
            _ if !follows_comma => Some(Follower::Document),
            '"' => self.member_or_string(),
            _ => self.value(),
        }
    }

    fn member_or_string(&mut self) -> Option<Follower> {
        let Some(name) = self.whole_value() else {
            return Some(Follower::Other);
        };
        self.skip(name.len());
        // Without a colon, it is an element.
        let value = self.rest.trim_start().strip_prefix(':')?;
        if is_field(name.trim_matches('"')) {
            return Some(Follower::Fields);
        }
        self.rest = value.trim_start();
        self.value()
    }

    fn value(&mut self) -> Option<Follower> {
        match self.whole_value() {
            Some(value) => {
                self.skip(value.len());
                None
            }
            None => Some(Follower::Other),
        }
    }

    /// Reads the value that comes next. One that is broken, or longer than a record, counts as
    /// looked at: each of many values in front of it would read it again otherwise.
    fn whole_value(&mut self) -> Option<&'t str> {
        let near = self.rest.floor_char_boundary(RECORD_BYTES);
        let near = self.rest.get(..near)?;
        let value = read_value(near).ok();
        if value.is_none() {
            self.broken_bytes = near.len();
        }
        value
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_of_a_record_follow_its_parts() {
        for (after, follower) in [
            (r#"]},"responseElements":null"#, Follower::Fields),
            (r#",{"a":1},"b" ] , "c":[1], "eventID":1"#, Follower::Fields),
            (r#",{"a":1}],"NextToken":"x"}"#, Follower::Other),
            (r#",{"a""#, Follower::Other),
            ("", Follower::Other),
            ("}]}\n{\"eventID\":1}", Follower::Document),
            ("\n2026-03-02 {}", Follower::Document),
        ] {
            assert_eq!(Ahead::new(after).follower, follower, "{after}");
        }
        let broken = format!(",[{}", "1,".repeat(1000));
        assert_eq!(Ahead::new(&broken).bytes, broken.len());
        let far = format!(",\"{}\"],\"eventID\":1", "x".repeat(RECORD_BYTES));
        assert_eq!(Ahead::new(&far).follower, Follower::Other);
    }
}
