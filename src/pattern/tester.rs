//! Tests of a pattern on one event after the other, as `TestMetricFilter` does.

use super::ast::{InteriorStars, Pattern};
use super::eval::Matcher;
use super::extracted::Extracted;

/// A pattern that is tested on events, and the counts so far.
#[derive(Clone, Debug)]
pub struct EventTester {
    matcher: Matcher,
    /// The pattern with literal stars inside its values, where its answer may differ.
    literal: Option<Matcher>,
    counts: EventCounts,
}

/// The answer to one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventOutcome {
    /// The number of the event, from 1, as the API has it.
    pub number: u64,
    /// The values that its cells extract; `None` when it does not match.
    pub extracted: Option<Vec<Extracted>>,
}

/// The number of events by their answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventCounts {
    /// The number of all events.
    pub events: u64,
    /// The number of events that match.
    pub matched: u64,
    /// The number of events whose answer depends on the meaning of interior stars.
    pub ambiguous: u64,
}

impl EventCounts {
    fn add(&mut self, is_match: bool, is_ambiguous: bool) {
        self.events += 1;
        self.matched += u64::from(is_match);
        self.ambiguous += u64::from(is_ambiguous);
    }
}

impl EventTester {
    /// Compiles a pattern, with each meaning of its interior stars if it has any.
    pub fn new(pattern: &Pattern) -> Self {
        let literal = || Matcher::with_stars(pattern, InteriorStars::Literal);
        Self {
            matcher: Matcher::new(pattern),
            literal: pattern.has_interior_star().then(literal),
            counts: EventCounts::default(),
        }
    }

    /// Tests the next event.
    pub fn test(&mut self, event: &str) -> EventOutcome {
        let extracted = self.matcher.extract(event);
        let is_match = extracted.is_some();
        let is_ambiguous = self.is_ambiguous(event, is_match);
        self.counts.add(is_match, is_ambiguous);
        EventOutcome {
            number: self.counts.events,
            extracted,
        }
    }

    fn is_ambiguous(&self, event: &str, is_match: bool) -> bool {
        match &self.literal {
            Some(literal) => literal.matches(event) != is_match,
            None => false,
        }
    }

    /// Returns the counts of the events tested so far.
    pub fn counts(&self) -> EventCounts {
        self.counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::parse;

    fn counts(pattern: &str, events: &[&str]) -> [u64; 3] {
        let mut tester = EventTester::new(&parse(pattern).expect(pattern));
        for (place, event) in events.iter().enumerate() {
            assert_eq!(tester.test(event).number, place as u64 + 1);
        }
        let counts = tester.counts();
        [counts.events, counts.matched, counts.ambiguous]
    }

    #[test]
    fn events_are_counted_by_their_answer() {
        assert_eq!(counts("a", &[]), [0, 0, 0]);
        assert_eq!(counts("a", &["a", "b", "ba"]), [3, 2, 0]);
        let events = [r#"{"v":"axb"}"#, r#"{"v":"a*b"}"#, r#"{"v":"c"}"#];
        assert_eq!(counts("{ $.v = a*b }", &events), [3, 2, 1]);
        assert_eq!(counts("{ $.v != a*b }", &events), [3, 1, 1]);
    }
}
