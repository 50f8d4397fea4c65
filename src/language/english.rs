//! Sentences as programs read them: in English, whatever the language of the user.

use std::fmt::{self, Display, Formatter};
use std::sync::LazyLock;

use serde::{Serialize, Serializer};

use super::{Language, Message, Words};

/// The sentences in English, made once: a table may hold one in each of a million rows.
static ENGLISH: LazyLock<Words> = LazyLock::new(|| Words::plain(Language::English));

/// A message shows as its English text, with numbers as plain digits.
impl Display for Message {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(&ENGLISH.say(self))
    }
}

/// A message is its English text.
impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
