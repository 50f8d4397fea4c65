//! The unpacking of an object: from its stored bytes to the pieces of its content, through
//! compressions and archives in any order.

use std::mem;
use std::ops::ControlFlow;

use super::archive::entry::{Entry, OpenArchive};
use super::compression::gzip;
use super::compression::stream::{Decompress, Decompressed};
use super::content::ContentBytes;
use super::damage::Damage;
use super::limits::Limits;
use super::schema::parquet::ReadTable;
use super::wrapping::Wrapping;

/// A piece of the content of an object, without a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The path of the file in an archive that it is part of.
    pub entry: Option<String>,
    /// The number of that file in the object, from one, since several files may have one path.
    pub entry_number: u64,
    /// The content, as far as it could be read.
    pub bytes: ContentBytes,
    /// The place of its first byte in the content of the object, or of the file in an archive.
    pub offset: u64,
    /// True if it was compressed, so that it was meant to be read.
    pub is_packed: bool,
    /// The damage that stopped the reading before the end.
    pub damage: Option<Damage>,
}

/// The place of content: the file in an archive that it is part of, and the first byte of it.
#[derive(Clone, Debug, Default)]
struct ContentPlace {
    entry: Option<String>,
    entry_number: u64,
    offset: u64,
}

impl ContentPlace {
    /// The piece of this content.
    fn piece(self, content: Decompressed, is_packed: bool) -> Piece {
        Piece {
            entry: self.entry,
            entry_number: self.entry_number,
            bytes: content.bytes,
            offset: self.offset,
            is_packed,
            damage: content.damage,
        }
    }

    /// A piece without content, which only says what is wrong.
    fn damage(self, damage: Damage) -> Piece {
        self.piece(Decompressed::new(Vec::new(), Err(damage)), true)
    }
}

/// Calls `visit` with each piece of an object, in order. Returns the stored bytes.
///
/// Of an object that has more bytes than [`Limits::content_bytes`], those up to the limit are read
/// and returned.
pub fn unpack(stored: Vec<u8>, limits: &Limits, visit: &mut dyn FnMut(&Piece)) -> Vec<u8> {
    let mut unpacker = Unpacker::new(stored.len(), limits, visit);
    unpacker.piece(stored_piece(stored, limits), 0);
    unpacker.stored
}

/// Returns the stored bytes of an object up to the limit.
fn stored_piece(mut bytes: Vec<u8>, limits: &Limits) -> Piece {
    let limit = usize::try_from(limits.content_bytes).unwrap_or(usize::MAX);
    let is_beyond = bytes.len() > limit;
    bytes.truncate(limit);
    let damage = is_beyond.then(|| limits.beyond_content(limits.content_bytes));
    // It may be anything: only what was wrapped was certainly meant to be read.
    let bytes = bytes.into();
    ContentPlace::default().piece(Decompressed { bytes, damage }, false)
}

/// The bytes that one step unpacked.
#[derive(Clone, Copy, Debug, Default)]
struct Total {
    bytes: u64,
    /// True if a limit cut them off.
    is_limited: bool,
}

impl Total {
    fn from_contents(contents: &[Decompressed]) -> Self {
        let sizes = contents.iter().map(|content| content.bytes.len() as u64);
        Self {
            bytes: sizes.sum(),
            is_limited: contents.iter().any(is_limited),
        }
    }

    fn from_entry(entry: &Entry) -> Self {
        Self {
            bytes: entry.unpacked_bytes(),
            is_limited: entry.content.as_ref().is_ok_and(is_limited),
        }
    }
}

fn is_limited(content: &Decompressed) -> bool {
    content.damage.as_ref().is_some_and(Damage::is_limit)
}

struct Unpacker<'a> {
    limits: &'a Limits,
    visit: &'a mut dyn FnMut(&Piece),
    /// The size of the object as it is stored.
    stored_bytes: u64,
    /// The bytes of the object as it is stored, once they are unwrapped.
    stored: Vec<u8>,
    /// The bytes that were unpacked, at any depth.
    total_bytes: u64,
    /// The files in archives, at any depth.
    entries: u64,
    /// True once a limit of the whole object is reached.
    is_stopped: bool,
}

impl<'a> Unpacker<'a> {
    fn new(stored_bytes: usize, limits: &'a Limits, visit: &'a mut dyn FnMut(&Piece)) -> Self {
        Self {
            limits,
            visit,
            stored_bytes: stored_bytes as u64,
            stored: Vec::new(),
            total_bytes: 0,
            entries: 0,
            is_stopped: false,
        }
    }

    /// Unwraps a piece as often as it is wrapped.
    fn piece(&mut self, mut piece: Piece, depth: u32) {
        match Wrapping::from_head(&piece.bytes) {
            None => self.visit(piece, depth),
            // Tables and texts wrap nothing further, so they do not count as nesting.
            Some(Wrapping::Table(read)) => self.table(piece, read, depth),
            Some(Wrapping::Text(decode)) => {
                let decoded = decode(&piece.bytes, self.limits);
                self.release(mem::replace(&mut piece.bytes, decoded.bytes), depth);
                piece.damage = piece.damage.or(decoded.damage);
                (self.visit)(&piece);
            }
            Some(Wrapping::Unsupported(form)) => self.refuse(piece, form.damage(), depth),
            Some(_) if depth == self.limits.nesting => self.refuse_nesting(piece, depth),
            Some(Wrapping::Compression(decompress)) => self.decompress(piece, decompress, depth),
            Some(Wrapping::Archive(open)) => self.archive(piece, open, depth),
        }
    }

    fn visit(&mut self, piece: Piece, depth: u32) {
        (self.visit)(&piece);
        self.release(piece.bytes, depth);
    }

    /// Releases bytes that were unwrapped. Those of the object itself are kept to be returned; the
    /// memory of all others is for the next object of this thread.
    fn release(&mut self, bytes: ContentBytes, depth: u32) {
        match depth {
            0 => self.stored = bytes.into(),
            _ => gzip::take_back(bytes),
        }
    }

    fn refuse_nesting(&mut self, piece: Piece, depth: u32) {
        let detail = format!(
            "compressions and archives nest deeper than {}; `--max-nesting` sets the limit",
            self.limits.nesting
        );
        self.refuse(piece, Damage::too_large(detail, None), depth);
    }

    /// Visits the damage of a piece in place of its content.
    fn refuse(&mut self, piece: Piece, damage: Damage, depth: u32) {
        (self.visit)(&place(&piece).damage(damage));
        self.release(piece.bytes, depth);
    }

    /// Visits the rows of a table as lines of JSON. A table that holds no records is visited as it
    /// is.
    fn table(&mut self, mut piece: Piece, read: ReadTable, depth: u32) {
        let Some(table) = read(&mut piece.bytes, self.limits) else {
            return self.visit(piece, depth);
        };
        let place = place(&piece);
        self.release(mem::replace(&mut piece.bytes, table.content.bytes), depth);
        piece.is_packed = true;
        piece.damage = piece.damage.or(table.content.damage);
        (self.visit)(&piece);
        for problem in table.problems {
            self.report(&place, Some(problem));
        }
    }

    fn decompress(&mut self, piece: Piece, decompress: Decompress, depth: u32) {
        let mut contents = decompress(&piece.bytes, self.limits);
        let place = place(&piece);
        self.release(piece.bytes, depth);
        let outer = match contents.last_mut() {
            Some(last) => attribute(piece.damage, &mut last.damage),
            None => piece.damage,
        };
        // It is charged after the content was visited, so that a limit only costs what follows.
        let total = Total::from_contents(&contents);
        self.contents(place.clone(), contents, depth + 1);
        self.report(&place, outer);
        self.charge(total);
    }

    /// Unwraps what was decompressed from one piece. Where producers compress twice, the content
    /// before damage is still compressed.
    fn contents(&mut self, mut place: ContentPlace, contents: Vec<Decompressed>, depth: u32) {
        for content in contents {
            if self.is_stopped {
                return;
            }
            let length = content.bytes.len() as u64;
            self.piece(place.clone().piece(content, true), depth);
            place.offset += length;
        }
    }

    /// Adds bytes to what was unpacked of the object, and stops where that is more than the limits
    /// allow. Content that ends at a limit was reported already.
    fn charge(&mut self, total: Total) {
        self.total_bytes = self.total_bytes.saturating_add(total.bytes);
        if !self.is_stopped && !total.is_limited {
            self.check_total();
        }
    }

    fn check_total(&mut self) {
        let checked = self
            .limits
            .check_total(self.total_bytes, self.entries, self.stored_bytes);
        if let Err(damage) = checked {
            self.stop(damage);
        }
    }

    /// Ends the unpacking at a limit of the whole object.
    fn stop(&mut self, damage: Damage) {
        self.is_stopped = true;
        (self.visit)(&ContentPlace::default().damage(damage));
    }

    fn archive(&mut self, piece: Piece, open: OpenArchive, depth: u32) {
        let archive = place(&piece);
        let mut damages = open(&piece.bytes, self.limits, &mut |entry| {
            self.entry(&archive, entry, depth + 1)
        });
        self.release(piece.bytes, depth);
        if self.is_stopped {
            return;
        }
        if piece.damage.as_ref().is_some_and(Damage::is_limit) {
            // Bytes that were cut off end early, which is not damage of their own.
            damages.clear();
        }
        for damage in damages {
            self.report(&archive, Some(damage));
        }
        self.report(&archive, piece.damage);
    }

    /// Unwraps a file in an archive.
    fn entry(&mut self, archive: &ContentPlace, entry: Entry, depth: u32) -> ControlFlow<()> {
        self.entries += 1;
        // The number of files is checked before the content of one more is unwrapped.
        self.charge(Total::default());
        self.flow()?;
        let total = Total::from_entry(&entry);
        let place = ContentPlace {
            entry: Some(entry_path(archive.entry.as_deref(), entry.name)),
            entry_number: self.entries,
            offset: 0,
        };
        match entry.content {
            // A file in an archive may be anything, as a file in a folder.
            Ok(content) => self.piece(place.piece(content, false), depth),
            Err(damage) => (self.visit)(&place.damage(damage)),
        }
        self.charge(total);
        self.flow()
    }

    fn flow(&self) -> ControlFlow<()> {
        match self.is_stopped {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    fn report(&mut self, place: &ContentPlace, damage: Option<Damage>) {
        if let Some(damage) = damage {
            (self.visit)(&place.clone().damage(damage));
        }
    }
}

/// Reports bytes that a limit cut off once, where their content ends, and returns the damage that
/// is left to be reported.
fn attribute(outer: Option<Damage>, inner: &mut Option<Damage>) -> Option<Damage> {
    if !ends_at_limit(&outer) {
        return outer;
    }
    // Bytes that were cut off end early, which is not damage of their own.
    if !ends_at_limit(inner) {
        *inner = outer;
    }
    None
}

fn ends_at_limit(damage: &Option<Damage>) -> bool {
    damage.as_ref().is_some_and(Damage::is_limit)
}

/// Returns the place of a piece.
fn place(piece: &Piece) -> ContentPlace {
    ContentPlace {
        entry: piece.entry.clone(),
        entry_number: piece.entry_number,
        offset: piece.offset,
    }
}

/// Returns the path of a file in an archive. It begins with that of the archive, where the archive
/// is in another one.
fn entry_path(archive: Option<&str>, name: String) -> String {
    match archive {
        Some(archive) => format!("{archive}/{name}"),
        None => name,
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
            let damage = piece.damage.as_ref().map(|damage| damage.kind);
            found.push((piece.bytes.len(), damage));
        });
        found
    }

    #[test]
    fn the_stored_bytes_are_returned_whatever_they_wrap() {
        let text = b"{\"Records\":[]}".to_vec();
        let wide: Vec<u8> = text.iter().flat_map(|byte| [*byte, 0]).collect();
        let stored = [
            gzip(&gzip(&text)),
            tar(&gzip(&text)),
            wide,
            b"PAR1 is not a table".to_vec(),
            b"PK\x03\x04 is cut".to_vec(),
            text,
            Vec::new(),
        ];
        for stored in stored {
            for nesting in [1, 4] {
                let limits = Limits {
                    nesting,
                    ..Limits::default()
                };
                assert_eq!(unpack(stored.clone(), &limits, &mut |_| ()), stored);
            }
        }
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
