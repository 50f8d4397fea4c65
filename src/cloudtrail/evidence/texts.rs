//! Texts that many records have in common, each kept once.

use std::collections::HashSet;
use std::sync::Arc;

use smallvec::SmallVec;

/// The length of a missing text.
const NONE: u32 = u32::MAX;

/// The number of texts whose lengths need no room of their own.
const FEW: usize = 4;

/// Texts of a record as one string. Apart, short texts take several times their length.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct RecordTexts {
    /// The length of each text in bytes.
    lengths: SmallVec<[u32; FEW]>,
    joined: Box<str>,
}

/// The texts that records have in common.
#[derive(Clone, Debug, Default)]
pub struct CommonTexts {
    known: HashSet<Arc<RecordTexts>>,
}

impl RecordTexts {
    /// Joins texts; `None` if one of them is too long.
    pub(super) fn join<'t>(texts: impl Iterator<Item = Option<&'t str>>) -> Option<Self> {
        let (mut lengths, mut joined) = (SmallVec::new(), String::new());
        for text in texts {
            lengths.push(length(text)?);
            joined.push_str(text.unwrap_or_default());
        }
        Some(Self {
            lengths,
            joined: joined.into(),
        })
    }

    /// Returns the text with this number.
    pub(super) fn text(&self, number: usize) -> Option<&str> {
        let length = self.lengths.get(number).filter(|length| **length != NONE)?;
        let before = self.lengths.iter().take(number);
        let known = before.filter(|length| **length != NONE);
        let start: usize = known.map(|length| *length as usize).sum();
        self.joined.get(start..start + *length as usize)
    }
}

fn length(text: Option<&str>) -> Option<u32> {
    match text {
        None => Some(NONE),
        Some(text) => u32::try_from(text.len()).ok().filter(|long| *long != NONE),
    }
}

impl CommonTexts {
    /// Replaces texts by equal ones that are known, or else remembers them.
    pub(super) fn share(&mut self, texts: &mut Arc<RecordTexts>) {
        match self.known.get(texts) {
            Some(known) => *texts = known.clone(),
            None => _ = self.known.insert(texts.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_those_that_were_joined() {
        let all = [None, Some("one"), Some(""), None, Some("두"), None];
        let texts = RecordTexts::join(all.into_iter()).expect("short texts");
        for (number, text) in all.into_iter().enumerate() {
            assert_eq!(texts.text(number), text, "{number}");
        }
        assert_eq!(texts.text(all.len()), None);
    }

    #[test]
    fn a_missing_text_is_not_an_empty_one() {
        let join = |text| RecordTexts::join(std::iter::once(text));
        assert_ne!(join(None), join(Some("")));
    }

    #[test]
    fn equal_texts_are_kept_once() {
        let mut common = CommonTexts::default();
        let [one, same, other] = ["a", "a", "b"].map(|text| {
            let texts = RecordTexts::join(std::iter::once(Some(text))).expect("a short text");
            let mut texts = Arc::new(texts);
            common.share(&mut texts);
            texts
        });
        assert!(Arc::ptr_eq(&one, &same));
        assert!(!Arc::ptr_eq(&one, &other));
    }
}
