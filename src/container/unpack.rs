//! The unpacking of an object: from its stored bytes to the pieces of its content, through
//! compressions and archives in any order.

use super::archive::entry::{Entry, OpenArchive};
use super::compression::gzip;
use super::compression::stream::{Decompress, Decompressed};
use super::damage::Damage;
use super::limits::Limits;
use super::schema::parquet::ReadTable;
use super::wrapping::Wrapping;

/// A piece of the content of an object, without a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The path of the file in an archive that it is part of.
    pub entry: Option<String>,
    /// The content, as far as it could be read.
    pub bytes: Vec<u8>,
    /// The place of its first byte in the content of the object, or of the file in an archive.
    pub offset: u64,
    /// True if it was compressed, so that it was meant to be read.
    pub is_packed: bool,
    /// The damage that stopped the reading before the end.
    pub damage: Option<Damage>,
}

impl Piece {
    /// Gives the bytes back, so that another object of this thread can be read into the same
    /// memory.
    pub fn give_back(self) {
        gzip::take_back(self.bytes);
    }

    /// A piece without content, which only says what is wrong.
    fn of_damage(entry: Option<String>, offset: u64, damage: Damage) -> Self {
        Self {
            entry,
            bytes: Vec::new(),
            offset,
            is_packed: true,
            damage: Some(damage),
        }
    }
}

/// Calls `visit` with each piece of an object, in order.
///
/// Of an object that has more bytes than [`Limits::content_bytes`], those up to the limit are read.
pub fn unpack(stored: Vec<u8>, limits: &Limits, visit: &mut dyn FnMut(Piece)) {
    let whole = stored_piece(stored, limits);
    Unpacker { limits, visit }.piece(whole, 0);
}

/// Returns the stored bytes of an object up to the limit.
fn stored_piece(mut bytes: Vec<u8>, limits: &Limits) -> Piece {
    let limit = usize::try_from(limits.content_bytes).unwrap_or(usize::MAX);
    let is_beyond = bytes.len() > limit;
    bytes.truncate(limit);
    let damage = is_beyond.then(|| limits.beyond_content(limits.content_bytes));
    // It may be anything: only what was wrapped was certainly meant to be read.
    let is_packed = false;
    Piece {
        is_packed,
        ..content_piece(&None, 0, Decompressed { bytes, damage })
    }
}

struct Unpacker<'a> {
    limits: &'a Limits,
    visit: &'a mut dyn FnMut(Piece),
}

impl Unpacker<'_> {
    /// Unwraps a piece as often as it is wrapped.
    fn piece(&mut self, piece: Piece, depth: u32) {
        match Wrapping::from_head(&piece.bytes) {
            None => (self.visit)(piece),
            // A table wraps nothing further, so it does not count as nesting.
            Some(Wrapping::Table(read)) => self.table(piece, read),
            Some(_) if depth == self.limits.nesting => self.refuse_nesting(piece),
            Some(Wrapping::Compression(decompress)) => self.decompress(piece, decompress, depth),
            Some(Wrapping::Archive(open)) => self.archive(piece, open, depth),
        }
    }

    fn refuse_nesting(&mut self, piece: Piece) {
        let detail = format!(
            "compressions and archives nest deeper than {}; `--max-nesting` sets the limit",
            self.limits.nesting
        );
        let damage = Damage::too_large(detail, None);
        (self.visit)(Piece::of_damage(piece.entry, piece.offset, damage));
    }

    /// Visits the rows of a table as lines of JSON. A table that holds no records is visited as it
    /// is.
    fn table(&mut self, mut piece: Piece, read: ReadTable) {
        let Some(table) = read(&mut piece.bytes, self.limits) else {
            return (self.visit)(piece);
        };
        let (entry, offset) = (piece.entry.clone(), piece.offset);
        piece.bytes = table.content.bytes;
        piece.is_packed = true;
        piece.damage = piece.damage.or(table.content.damage);
        (self.visit)(piece);
        for problem in table.problems {
            self.report(entry.clone(), offset, Some(problem));
        }
    }

    fn decompress(&mut self, piece: Piece, decompress: Decompress, depth: u32) {
        let mut contents = decompress(&piece.bytes, self.limits);
        // The compressed bytes are not needed any more, and there may be many.
        drop(piece.bytes);
        let outer = match contents.last_mut() {
            Some(last) => attribute(piece.damage, &mut last.damage),
            None => piece.damage,
        };
        self.contents(&piece.entry, piece.offset, contents, depth + 1);
        self.report(piece.entry, piece.offset, outer);
    }

    /// Unwraps what was decompressed from one piece. Where producers compress twice, the content
    /// before damage is still compressed.
    fn contents(
        &mut self,
        entry: &Option<String>,
        mut offset: u64,
        contents: Vec<Decompressed>,
        depth: u32,
    ) {
        for content in contents {
            let length = content.bytes.len() as u64;
            self.piece(content_piece(entry, offset, content), depth);
            offset += length;
        }
    }

    fn archive(&mut self, piece: Piece, open: OpenArchive, depth: u32) {
        let archive = piece.entry.as_deref();
        let opened = open(&piece.bytes, self.limits, &mut |entry| {
            self.piece(entry_piece(archive, entry), depth + 1);
        });
        let mut inner = opened.err();
        let outer = attribute(piece.damage, &mut inner);
        self.report(piece.entry.clone(), piece.offset, inner);
        self.report(piece.entry, piece.offset, outer);
    }

    fn report(&mut self, entry: Option<String>, offset: u64, damage: Option<Damage>) {
        if let Some(damage) = damage {
            (self.visit)(Piece::of_damage(entry, offset, damage));
        }
    }
}

/// Reports bytes that a limit cut off once, where their content ends, and returns the damage that
/// is left to be reported.
fn attribute(outer: Option<Damage>, inner: &mut Option<Damage>) -> Option<Damage> {
    let is_limit = |damage: &Option<Damage>| damage.as_ref().is_some_and(Damage::is_limit);
    if !is_limit(&outer) {
        return outer;
    }
    // Bytes that were cut off end early, which is not damage of their own.
    if !is_limit(inner) {
        *inner = outer;
    }
    None
}

/// Returns the piece that decompressed content is.
fn content_piece(entry: &Option<String>, offset: u64, content: Decompressed) -> Piece {
    Piece {
        entry: entry.clone(),
        bytes: content.bytes,
        offset,
        is_packed: true,
        damage: content.damage,
    }
}

/// Returns the piece that a file in an archive is. Its path begins with that of the archive, where
/// the archive is in another one.
fn entry_piece(archive: Option<&str>, Entry { name, content }: Entry) -> Piece {
    let path = match archive {
        Some(archive) => format!("{archive}/{name}"),
        None => name,
    };
    match content {
        // A file in an archive may be anything, as a file in a folder.
        Ok(content) => Piece {
            is_packed: false,
            ..content_piece(&Some(path), 0, content)
        },
        Err(damage) => Piece::of_damage(Some(path), 0, damage),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::problem::ProblemKind;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
        encoder.write_all(bytes).expect("memory takes bytes");
        encoder.finish().expect("memory takes bytes")
    }

    fn tar(bytes: &[u8]) -> Vec<u8> {
        let mut builder = ::tar::Builder::new(Vec::new());
        for name in ["a", "b"] {
            let mut header = ::tar::Header::new_ustar();
            header.set_size(bytes.len() as u64);
            let added = builder.append_data(&mut header, name, bytes);
            added.expect("memory takes bytes");
        }
        builder.into_inner().expect("memory takes bytes")
    }

    /// Returns the size of each piece and the kind of its damage.
    fn pieces(stored: Vec<u8>, content_bytes: u64) -> Vec<(usize, Option<ProblemKind>)> {
        let limits = Limits {
            content_bytes,
            ..Limits::default()
        };
        let mut found = Vec::new();
        unpack(stored, &limits, &mut |piece| {
            found.push((piece.bytes.len(), piece.damage.map(|damage| damage.kind)));
        });
        found
    }

    const TOO_LARGE: Option<ProblemKind> = Some(ProblemKind::TooLarge);

    #[test]
    fn stored_bytes_are_read_up_to_the_limit_of_content() {
        let text = vec![b' '; 1000];
        assert_eq!(pieces(text.clone(), 1000), [(1000, None)]);
        assert_eq!(pieces(text, 999), [(999, TOO_LARGE)]);
    }

    #[test]
    fn bytes_that_a_limit_cut_off_are_one_problem() {
        let text = vec![b' '; 1000];
        // Gzip that does not compress has fifteen bytes before the text and eight after it.
        assert_eq!(pieces(gzip(&text), 1000), [(985, TOO_LARGE)]);
        let twice = [gzip(&text), gzip(&text)].concat();
        assert_eq!(pieces(twice, 1100), [(1062, TOO_LARGE)]);
        let archive = tar(&text);
        assert_eq!(
            pieces(archive.clone(), 2000),
            [(1000, None), (0, TOO_LARGE)]
        );
        let whole = pieces(archive, 10_000);
        assert_eq!(whole, [(1000, None), (1000, None)]);
        let zip = b"PK\x03\x04".repeat(300);
        assert_eq!(pieces(zip, 1000), [(0, TOO_LARGE)]);
    }
}
