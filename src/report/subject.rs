//! The events that a rule counts, in words.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::language::Message;

/// The events that a rule counts, in words. Rules that are built in name their texts by
/// identifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject<T = Message> {
    /// Attempts to use something pending deletion. The text continues the word: `to read a secret
    /// pending deletion`.
    Attempts(T),
    /// Anything else, as a noun in the plural: `changes to VPCs`.
    Matches(T),
}

impl Subject<&'static str> {
    /// Returns the subject in words.
    pub fn message(self) -> Subject {
        match self {
            Self::Attempts(id) => Subject::Attempts(Message::new(id)),
            Self::Matches(id) => Subject::Matches(Message::new(id)),
        }
    }
}

impl<T: fmt::Display> Subject<T> {
    /// Returns the noun for a number of matches of the rule.
    pub fn noun(&self, count: u64) -> &'static str {
        match (self, count) {
            (Self::Attempts(_), 1) => "attempt",
            (Self::Attempts(_), _) => "attempts",
            (Self::Matches(_), 1) => "match",
            (Self::Matches(_), _) => "matches",
        }
    }

    /// Returns the words after a number of matches of the rule: `attempts to read a secret pending
    /// deletion`, `matches: changes to VPCs`.
    pub fn counted(&self, count: u64) -> String {
        let noun = self.noun(count);
        match self {
            Self::Attempts(text) => format!("{noun} {text}"),
            Self::Matches(text) => format!("{noun}: {text}"),
        }
    }
}

impl<T: fmt::Display> fmt::Display for Subject<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attempts(text) => write!(formatter, "attempts {text}"),
            Self::Matches(text) => text.fmt(formatter),
        }
    }
}

impl<T: fmt::Display> Serialize for Subject<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::Subject;

    #[test]
    fn each_subject_has_its_noun() {
        let attempts = Subject::Attempts("to read a secret");
        assert_eq!(attempts.counted(1), "attempt to read a secret");
        assert_eq!(attempts.counted(2), "attempts to read a secret");
        assert_eq!(attempts.to_string(), "attempts to read a secret");
        let matches = Subject::Matches("changes to VPCs");
        assert_eq!(matches.counted(1), "match: changes to VPCs");
        assert_eq!(matches.counted(0), "matches: changes to VPCs");
        assert_eq!(matches.to_string(), "changes to VPCs");
    }
}
