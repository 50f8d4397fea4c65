//! The texts of rows, in one string.

use super::Use;
use super::detail::UseDetail;

/// The number of texts of a row.
const COUNT: usize = 7;

/// The number of texts of a row that remain if addresses and programs do not differ.
const COUNT_OF_CALLER: usize = 5;

/// The length of a text that a row does not have.
const NONE: u16 = u16::MAX;

/// The most bytes of each text. Longer ones are cut: user agents are written by callers, and the
/// other ones are as long as the services allow.
const LIMITS_BYTES: [usize; COUNT] = [2_048, 64, 64, 128, 640, 256, 256];

/// The texts of a row: the resource, the account, the region, the name of the event, the principal,
/// the address and the user agent follow each other in a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UseTexts {
    start: u32,
    lengths: [u16; COUNT],
}

/// Returns up to four lengths as one number.
fn length_number(lengths: &[u16]) -> u64 {
    let numbers = lengths.iter().map(|length| u64::from(*length));
    numbers.fold(0, |number, length| number << 16 | length)
}

impl UseTexts {
    /// Appends the texts of a row to others.
    pub(super) fn append(all: &mut String, added: &Use<'_>, detail: UseDetail) -> Self {
        let start = all.len() as u32;
        let mut lengths = [NONE; COUNT];
        let count = count(detail);
        let texts = texts_of(added).into_iter().take(count);
        for ((text, length), limit) in texts.zip(&mut lengths).zip(LIMITS_BYTES) {
            if let Some(text) = text {
                let text = cut(text, limit);
                all.push_str(text);
                *length = text.len() as u16;
            }
        }
        Self { start, lengths }
    }

    /// Returns the place of the first text.
    pub(super) fn start(self) -> usize {
        self.start as usize
    }

    /// Returns the lengths, as numbers that differ where they do.
    pub(super) fn length_numbers(self) -> [u64; 2] {
        let (first, last) = self.lengths.split_at(4);
        [length_number(first), length_number(last)]
    }

    pub(super) fn has_lengths_of(self, other: Self) -> bool {
        self.lengths == other.lengths
    }

    /// Returns all texts as one.
    pub(super) fn joined(self, all: &str) -> &str {
        all.get(self.start()..self.end(COUNT)).unwrap_or_default()
    }

    /// Forgets the texts that rows of this detail do not have.
    pub(super) fn coarsen(&mut self, detail: UseDetail) {
        for length in self.lengths.iter_mut().skip(count(detail)) {
            *length = NONE;
        }
    }

    /// Copies the texts to the end of others.
    pub(super) fn copied(self, from: &str, to: &mut String) -> Self {
        let start = to.len() as u32;
        to.push_str(self.joined(from));
        Self { start, ..self }
    }

    /// Returns the text with this number.
    pub(super) fn text(self, number: usize, all: &str) -> Option<&str> {
        if self.lengths[number] == NONE {
            return None;
        }
        all.get(self.end(number)..self.end(number + 1))
    }

    /// Returns the place after the first texts of this number.
    fn end(self, count: usize) -> usize {
        let lengths = self.lengths.iter().take(count);
        let known = lengths.filter(|length| **length != NONE);
        self.start() + known.map(|length| usize::from(*length)).sum::<usize>()
    }
}

fn count(detail: UseDetail) -> usize {
    match detail.has_client() {
        true => COUNT,
        false => COUNT_OF_CALLER,
    }
}

fn texts_of<'a>(row: &Use<'a>) -> [Option<&'a str>; COUNT] {
    [
        Some(row.resource),
        row.account,
        row.region,
        Some(row.event_name),
        row.principal,
        row.source_ip_address,
        row.user_agent,
    ]
}

fn cut(text: &str, limit_bytes: usize) -> &str {
    let end = text.floor_char_boundary(limit_bytes);
    text.get(..end).unwrap_or_default()
}
