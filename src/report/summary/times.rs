//! Times of the summary within sentences.

use crate::language::Message;

/// Returns when something was, or from when to when, with the times as `written` returns them.
pub fn times(first: &str, last: &str, written: &dyn Fn(&str) -> String) -> Message {
    match first == last {
        true => Message::new("times-at").with("time", written(first)),
        false => Message::new("times-from-to")
            .with("from", written(first))
            .with("to", written(last)),
    }
}
