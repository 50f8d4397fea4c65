//! The sentences of one language.

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use super::{Argument, Language, Message};
use crate::time::Zone;

/// Returns the form of a text within a sentence.
pub type Mark<'a> = &'a dyn Fn(&str) -> String;

/// The sentences of one language. Copies share them.
#[derive(Clone)]
pub struct Words {
    language: Language,
    bundle: Arc<FluentBundle<FluentResource>>,
    zone: Zone,
}

impl Words {
    /// Returns the sentences of a language.
    pub fn new(language: Language) -> Self {
        let mut bundle = bundle(language);
        bundle.set_formatter(Some(formatted));
        Self::from_bundle(language, bundle)
    }

    /// Returns the sentences of a language with numbers as plain digits.
    pub(super) fn plain(language: Language) -> Self {
        Self::from_bundle(language, bundle(language))
    }

    fn from_bundle(language: Language, bundle: FluentBundle<FluentResource>) -> Self {
        Self {
            language,
            bundle: Arc::new(bundle),
            zone: Zone::default(),
        }
    }

    /// Returns the same sentences with times in this time zone instead of UTC.
    #[must_use]
    pub fn in_zone(&self, zone: &Zone) -> Self {
        Self {
            zone: zone.clone(),
            ..self.clone()
        }
    }

    /// Returns the language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Returns a sentence without values.
    pub fn text(&self, id: &str) -> String {
        self.formatted(id, None)
    }

    /// Returns a sentence with its values.
    pub fn say(&self, message: &Message) -> String {
        self.say_marked(message, &str::to_owned)
    }

    /// Returns a sentence with its values, each text of them as `mark` returns it, such as escaped.
    /// Sentences within the sentence are not marked, but their texts are.
    pub fn say_marked(&self, message: &Message, mark: Mark<'_>) -> String {
        let mut arguments = FluentArgs::with_capacity(message.arguments.len());
        for (name, argument) in &message.arguments {
            arguments.set(*name, self.value(argument, mark));
        }
        self.formatted(message.id, Some(&arguments))
    }

    /// Returns a sentence with values by their names, for templates, which have no [`Message`].
    pub fn say_named(&self, id: &str, arguments: Vec<(String, Argument)>) -> String {
        let mut values = FluentArgs::with_capacity(arguments.len());
        for (name, argument) in &arguments {
            values.set(name.clone(), self.value(argument, &str::to_owned));
        }
        self.formatted(id, Some(&values))
    }

    /// Returns a number with its thousands separated.
    pub fn number(&self, number: u64) -> String {
        grouped(&number.to_string())
    }

    fn value(&self, argument: &Argument, mark: Mark<'_>) -> FluentValue<'static> {
        match argument {
            Argument::Number(number) => FluentValue::from(*number),
            Argument::Decimal(digits) => FluentValue::from(digits.clone()),
            Argument::Text(text) => FluentValue::from(mark(text)),
            Argument::Time(time) => FluentValue::from(mark(&self.zone.shown(*time))),
            Argument::Message(message) => FluentValue::from(self.say_marked(message, mark)),
            Argument::Joined { separator, parts } => {
                let mut texts = Vec::with_capacity(parts.len());
                for part in parts {
                    let part = Message::new("text-verbatim").with("text", part.clone());
                    texts.push(self.say_marked(&part, mark));
                }
                FluentValue::from(texts.join(separator))
            }
        }
    }

    /// Returns a sentence; its identifier in braces if the language has no such sentence, so that
    /// a reader sees that one is missing.
    fn formatted(&self, id: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        let message = self.bundle.get_message(id);
        let Some(pattern) = message.and_then(|message| message.value()) else {
            return format!("{{{id}}}");
        };
        // A value that is missing shows as its name in braces.
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, arguments, &mut errors);
        text.into_owned()
    }
}

fn bundle(language: Language) -> FluentBundle<FluentResource> {
    // The tests see that the codes are ones that rules for plurals are known of.
    let locale = language.code().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    // Marks of direction around values would be characters that no one sees in a terminal.
    bundle.set_use_isolating(false);
    for sentences in language.sentences() {
        // A sentence that cannot be parsed is left out. Its identifier then shows in its place.
        let parsed = FluentResource::try_new((*sentences).to_owned());
        bundle.add_resource_overriding(parsed.unwrap_or_else(|(parsed, _)| parsed));
    }
    bundle
}

impl Debug for Words {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Words").field(&self.language).finish()
    }
}

/// Returns a number as both English and Korean write it.
fn formatted<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    let FluentValue::Number(number) = value else {
        return None;
    };
    let digits = number.as_string();
    if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    Some(grouped(&digits))
}

/// Returns the digits of a whole number with a comma between thousands.
pub fn grouped(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_decide_between_singular_and_plural() {
        let words = Words::new(Language::English);
        let say = |count: u64| words.say(&Message::new("episode-count").with("count", count));
        assert_eq!(
            [say(0), say(1), say(1_234)],
            ["0 episodes", "1 episode", "1,234 episodes"]
        );
    }

    #[test]
    fn one_of_a_thing_is_in_the_singular() {
        let words = Words::new(Language::English);
        let deletions = Message::new("terminal-deletions").with("count", 1_u64);
        assert_eq!(words.say(&deletions), "1 deletion of a secret or key");
        let left = |days: f64| {
            let message = Message::new("attempted-with-days-left").with("count", 3_u64);
            words.say(&message.with("times", "at noon").with("days", days))
        };
        assert_eq!(
            [left(1.0), left(1.5), left(2.0)],
            [
                "3, at noon, with 1 day left",
                "3, at noon, with 1.5 days left",
                "3, at noon, with 2 days left"
            ]
        );
        for (id, argument, expected) in [
            (
                "findings-undated",
                "count",
                "1 finding is left out, since no record of it ",
            ),
            (
                "uses-omitted",
                "count",
                "1 use of a secret or key is left out",
            ),
            (
                "uses-unknown",
                "count",
                "the uses of secrets and keys in 1 object are ",
            ),
            (
                "assumption-alarm-scope-more",
                "count",
                "and 1 more alarm differs",
            ),
            ("assumption-evaluation-range-value", "count", "1 datapoint"),
            (
                "assumption-interior-star-value",
                "differing",
                "any run of characters; 1 answer of a rule would ",
            ),
            (
                "terminal-notifications",
                "at-once",
                "ran for 1 change at once",
            ),
            (
                "terminal-place",
                "count",
                "The report is in {$folder} (1 file).",
            ),
        ] {
            let said = words.say(&Message::new(id).with(argument, 1_u64));
            assert!(said.starts_with(expected), "{id}: {said}");
        }
    }

    /// Some sentences have two numbers, each of which may be one.
    #[test]
    fn one_of_many_things_has_a_verb_in_the_singular() {
        let words = Words::new(Language::English);
        let say = |id, part: (&'static str, u64), whole: (&'static str, u64)| {
            let message = Message::new(id).with(part.0, part.1);
            words.say(&message.with(whole.0, whole.1))
        };
        for (id, names, expected) in [
            (
                "coverage-absent-days",
                ("absent", "days"),
                [
                    "1 of 1 requested day has no",
                    "1 of 2 requested days has no",
                ],
            ),
            (
                "assumption-clock-log",
                ("unknown", "count"),
                [
                    "{$clock}; 1 of 1 match has no time",
                    "{$clock}; 1 of 2 matches has no time",
                ],
            ),
            (
                "page-proven-log-files",
                ("proven", "total"),
                ["Proven: 1 of 1 log file.", "Proven: 1 of 2 log files."],
            ),
            (
                "terminal-busy-rules",
                ("busy", "count"),
                ["1 of 1 has matches", "1 of 2 has matches"],
            ),
        ] {
            for (whole, expected) in [1, 2].into_iter().zip(expected) {
                let said = say(id, (names.0, 1), (names.1, whole));
                assert!(said.starts_with(expected), "{id}: {said}");
            }
        }
    }

    #[test]
    fn a_missing_sentence_or_value_is_seen() {
        let words = Words::new(Language::Korean);
        assert_eq!(words.text("no-such-sentence"), "{no-such-sentence}");
        assert_eq!(words.text("episode-count"), "ALARM 상태 {$count}회");
    }

    #[test]
    fn a_large_number_keeps_its_digits() {
        assert_eq!(grouped(&u64::MAX.to_string()), "18,446,744,073,709,551,615");
        assert_eq!(grouped("1"), "1");
        assert_eq!(grouped("123456"), "123,456");
    }
}
