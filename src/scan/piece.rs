//! The records in a piece of an object.

use std::borrow::Cow;

use super::object::{ObjectScan, skip_reason, skip_reason_of_kind};
use super::own_output::is_own_table;
use crate::container::{
    CountedRemarks, Damage, Pass, Piece, RecordText, TextDamage, WalkOutcome, is_json, is_table,
    resembles_cloudtrail, shows_cloudtrail, walk, walk_log_file, walk_table,
};
use crate::findings::{ForeignContent, ObjectStatus, SkipReason};
use crate::plan::Depth;
use crate::problem::ProblemKind;

/// The number of bytes by which text is distinguished from other content.
const TEXT_BYTES: usize = 4 << 10;

/// The text of a piece.
struct PieceText<'a> {
    text: &'a str,
    /// The position of the text in the content of the object.
    offset: u64,
    depth: Depth,
    is_table: bool,
}

impl PieceText<'_> {
    /// Returns a record with its position in the content of the object.
    fn placed<'a>(&self, record: RecordText<'a>) -> RecordText<'a> {
        RecordText {
            byte: record.byte.map(|byte| self.offset + byte),
            ..record
        }
    }
}

impl ObjectScan<'_> {
    /// Scans a piece of the present file.
    pub(super) fn piece(&mut self, piece: &Piece) {
        self.file.pieces += 1;
        let outcome = &mut self.file.outcome;
        // A file in an archive has a key of its own.
        if let Some(reason) = skip_reason(self.plan, &outcome.key, self.file.named) {
            outcome.status = ObjectStatus::Skipped(reason);
            return;
        }
        outcome.content_bytes += piece.bytes.len() as u64;
        if self.file.pieces == 1 && is_own_table(&self.file.outcome.object, &piece.bytes) {
            return self.skip(SkipReason::OwnTable);
        }
        if piece.bytes.is_empty() && piece.damage.is_none() {
            return self.empty_piece();
        }
        if let Some(damage) = &piece.damage {
            self.damage(damage.clone());
        }
        let is_table = is_table(&piece.bytes);
        if is_table || is_json(&piece.bytes) || self.file.pieces > 1 {
            return self.content(piece, is_table);
        }
        if piece.damage.is_none() {
            self.foreign_piece(&piece.bytes);
        }
    }

    /// Handles the only piece of a file that is neither JSON nor a table of records.
    fn foreign_piece(&mut self, bytes: &[u8]) {
        let outcome = &mut self.file.outcome;
        // Of a large one, only the head was fetched.
        outcome.content_bytes = outcome.content_bytes.max(outcome.stored_bytes);
        if bytes.trim_ascii().is_empty() && self.is_expected() {
            let detail = "the object holds nothing but white space".to_owned();
            return self.fail(ProblemKind::Empty, detail);
        }
        self.foreign_file(content_of(bytes), bytes);
    }

    // Further members of a gzip file may be empty, as some tools append them.
    fn empty_piece(&mut self) {
        if self.file.pieces == 1 {
            self.fail(ProblemKind::Empty, "the object holds no bytes".to_owned());
        }
    }

    /// Scans decompressed bytes.
    fn content(&mut self, piece: &Piece, is_table: bool) {
        let is_cut = piece.damage.is_some();
        let bytes = &*piece.bytes;
        // Some tools write a byte order mark, which JSON does not know.
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let (text, invalid) = decoded(bytes, is_cut);
        if let Some(byte) = invalid {
            self.invalid_text(piece.offset + byte);
        }
        let text = PieceText {
            text: &text,
            offset: piece.offset,
            depth: self.plan.depth(&text),
            is_table,
        };
        let outcome = self.walk(&text);
        self.conclude(outcome, &text, is_cut);
    }

    fn invalid_text(&mut self, byte: u64) {
        self.damage(Damage {
            kind: ProblemKind::NotUtf8,
            detail: "the text is not UTF-8; invalid bytes were replaced".to_owned(),
            byte: Some(byte),
        });
    }

    /// Visits all records: in one pass, as far as everything is written as CloudTrail writes it.
    fn walk(&mut self, text: &PieceText<'_>) -> WalkOutcome {
        if text.is_table {
            return self.walk_plainly(text, 0);
        }
        let mut values = 0;
        let pass = walk_log_file(text.text, &mut |record, members| {
            values += 1;
            self.record(&text.placed(record), Some(members), text.depth);
        });
        if let Pass::Stopped(visited) = pass {
            return self.walk_plainly(text, visited);
        }
        self.file.values += values;
        WalkOutcome {
            recognized: 1,
            ..WalkOutcome::default()
        }
    }

    /// Visits the records of text in any form, but for the first ones, which the pass visited.
    fn walk_plainly(&mut self, text: &PieceText<'_>, visited: u64) -> WalkOutcome {
        let (limits, mut values) = (self.limits, 0);
        let mut remarks = CountedRemarks::default();
        let mut visit = |record: RecordText<'_>| {
            values += 1;
            if let Some(remark) = &record.remarks {
                remarks.add(remark, record.byte);
            }
            if values > visited {
                let record = text.placed(record);
                let depth = self.depth(&record, text);
                self.record(&record, None, depth);
            }
        };
        let outcome = match text.is_table {
            true => walk_table(text.text, &mut visit),
            false => walk(text.text, limits, &mut visit),
        };
        // All of them, the first ones, too: where the two ways disagree, the counts will differ.
        self.file.values += values;
        self.report_remarks(remarks);
        outcome
    }

    /// Returns how far a record must be read. The text of one that was unwrapped is not part of the
    /// text of the piece, so what that holds does not count for it.
    fn depth(&self, record: &RecordText<'_>, text: &PieceText<'_>) -> Depth {
        let is_borrowed = matches!(record.text, Cow::Borrowed(_));
        let is_part = !text.is_table && is_borrowed && record.byte.is_some();
        if is_part {
            text.depth
        } else {
            self.plan.depth(&record.text)
        }
    }

    /// Concludes what a piece is. If it is cut, the end of the JSON is missing for a reason that
    /// was already reported.
    fn conclude(&mut self, outcome: WalkOutcome, text: &PieceText<'_>, is_cut: bool) {
        if outcome.recognized == 0 && !is_cut && self.is_something_else(&outcome, text) {
            return;
        }
        self.file.values += outcome.foreign.len() as u64;
        for byte in outcome.foreign {
            self.foreign_value(text.offset + byte);
        }
        let mut damages = outcome.damages;
        if is_cut && outcome.ends_in_damage {
            damages.pop();
        }
        for damage in damages {
            self.damage(damage.at_offset(text.offset));
        }
    }

    /// Handles a piece without a record that need not be damaged. Returns false if what it holds
    /// must be reported value by value.
    fn is_something_else(&mut self, outcome: &WalkOutcome, text: &PieceText<'_>) -> bool {
        let bytes = text.text.as_bytes();
        if let Some(kind) = outcome.other_kind {
            let reason = skip_reason_of_kind(kind);
            self.file.outcome.status = reason.map_or(ObjectStatus::Read, ObjectStatus::Skipped);
            return true;
        }
        let is_expected = self.is_expected();
        if !outcome.damages.is_empty() {
            // Any text may begin with a brace, such as a configuration with comments. JSON that
            // breaks off may have lost its records.
            let may_lose = |damage: &TextDamage| damage.may_lose_records(bytes.len());
            let is_cut = outcome.damages.iter().any(may_lose);
            let is_log = is_expected || is_cut || resembles_cloudtrail(bytes);
            if !is_log {
                self.foreign_file(ForeignContent::Text, bytes);
            }
            return !is_log;
        }
        if is_expected && !shows_cloudtrail(bytes) {
            return false;
        }
        self.foreign_file(ForeignContent::Json, bytes);
        true
    }

    fn foreign_value(&mut self, byte: u64) {
        let detail = "a JSON value that is neither a CloudTrail record nor contains any";
        self.file.outcome.records.unparseable += 1;
        self.damage(Damage {
            kind: ProblemKind::NotARecord,
            detail: detail.to_owned(),
            byte: Some(byte),
        });
    }
}

/// Returns the kind of content of bytes that are neither JSON nor a table of records.
fn content_of(bytes: &[u8]) -> ForeignContent {
    let head = bytes.get(..TEXT_BYTES).unwrap_or(bytes);
    if bytes.starts_with(b"PAR1") {
        return ForeignContent::Table;
    }
    let is_text = match std::str::from_utf8(head) {
        Ok(_) => true,
        // A character may be cut at the end of the head.
        Err(error) => error.error_len().is_none(),
    };
    match is_text && !head.contains(&0) {
        true => ForeignContent::Text,
        false => ForeignContent::Binary,
    }
}

/// Decodes bytes, and returns the position of the first that are not UTF-8. A character that is
/// incomplete because the bytes are cut is not damage of its own.
fn decoded(bytes: &[u8], is_cut: bool) -> (Cow<'_, str>, Option<u64>) {
    // All content passes through here, so it is checked with vector instructions.
    match simdutf8::compat::from_utf8(bytes) {
        Ok(text) => (text.into(), None),
        Err(error) => {
            let is_incomplete = is_cut && error.error_len().is_none();
            let invalid = (!is_incomplete).then_some(error.valid_up_to() as u64);
            (String::from_utf8_lossy(bytes), invalid)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_cut_character_at_a_cut_is_no_damage() {
        let rows: [(&[u8], bool, Option<u64>); 4] = [
            (b"a\xc3", true, None),
            (b"a\xc3", false, Some(1)),
            (b"a\xc3b", true, Some(1)),
            (b"a\xc3b", false, Some(1)),
        ];
        for (bytes, is_cut, expected) in rows {
            assert_eq!(decoded(bytes, is_cut).1, expected, "{bytes:?} {is_cut}");
        }
    }

    #[test]
    fn text_has_no_zero_byte_and_may_be_cut_in_a_character() {
        let mut long = vec![b'a'; TEXT_BYTES - 1];
        long.extend("é".as_bytes());
        let rows: [(&[u8], ForeignContent); 6] = [
            (b"a", ForeignContent::Text),
            (b"a\0", ForeignContent::Binary),
            (b"a\xff", ForeignContent::Binary),
            (b"a\xffb", ForeignContent::Binary),
            (&long, ForeignContent::Text),
            (b"PAR1a", ForeignContent::Table),
        ];
        for (bytes, expected) in rows {
            assert_eq!(content_of(bytes), expected, "{:?}", bytes.get(..9));
        }
    }
}
