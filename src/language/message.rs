//! A sentence that is not yet in a language.

use jiff::Timestamp;

/// A sentence by its identifier, with the values that it mentions. [`Words::say`] puts it into a
/// language.
///
/// [`Words::say`]: super::Words::say
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The identifier of the sentence in the files of the languages.
    pub id: &'static str,
    /// The values by their names in the sentence.
    pub arguments: Vec<(&'static str, Argument)>,
}

/// A value that a sentence mentions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// A number, which also decides between singular and plural.
    Number(u64),
    /// A number with a fraction, in digits.
    Decimal(String),
    /// A text that is the same in all languages, such as a name.
    Text(String),
    /// A time, which a reader may see in a time zone.
    Time(Timestamp),
    /// A sentence or a part of one.
    Message(Message),
    /// Several values with a separator between them.
    Joined {
        /// The separator.
        separator: &'static str,
        /// The values.
        parts: Vec<Argument>,
    },
}

impl Message {
    /// Returns the message without values.
    pub fn new(id: &'static str) -> Self {
        Self {
            id,
            arguments: Vec::new(),
        }
    }

    /// Returns the message that is a text in all languages.
    pub fn verbatim(text: impl Into<String>) -> Self {
        Self::new("text-verbatim").with("text", text.into())
    }

    /// Returns the message that joins others with a separator.
    pub fn joined(separator: &'static str, parts: Vec<Argument>) -> Self {
        Self::new("text-verbatim").with("text", Argument::Joined { separator, parts })
    }

    /// Returns the message of a range between two texts.
    pub fn range(first: impl Into<String>, last: impl Into<String>) -> Self {
        let range = Self::new("list-range").with("first", first.into());
        range.with("last", last.into())
    }

    /// Returns the message with one more value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Argument>) -> Self {
        self.arguments.push((name, value.into()));
        self
    }
}

impl From<u64> for Argument {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Argument {
    fn from(number: usize) -> Self {
        Self::Number(number as u64)
    }
}

/// Only whole numbers decide between singular and plural.
impl From<f64> for Argument {
    fn from(number: f64) -> Self {
        match number >= 0.0 && number.fract() == 0.0 {
            true => Self::Number(number as u64),
            false => Self::Decimal(number.to_string()),
        }
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Timestamp> for Argument {
    fn from(time: Timestamp) -> Self {
        Self::Time(time)
    }
}

impl From<Message> for Argument {
    fn from(message: Message) -> Self {
        Self::Message(message)
    }
}
