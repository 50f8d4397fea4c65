//! From the stored bytes of an object to the parts that it holds: through compressions and
//! archives, as they come.

use std::io::{Cursor, Read};

use super::Damage;
use super::compression::{Compression, Stretch, read_limited};
use super::gzip::take_back;
use super::limits::Limits;
use super::parquet;
use crate::problem::ProblemKind;

/// Where the magic of a tar file stands.
const TAR_MAGIC: std::ops::Range<usize> = 257..262;

/// A stretch of the content of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The path of the file inside of an archive that it is of.
    pub entry: Option<String>,
    /// The content, as far as it could be read.
    pub bytes: Vec<u8>,
    /// Where it begins in the content of the object, or of the file in an archive.
    pub offset: u64,
    /// Whether it was compressed, so that it was meant to be read.
    pub is_packed: bool,
    /// What stopped the reading before the end.
    pub damage: Option<Damage>,
}

impl Piece {
    /// Gives the bytes back, so that another object of this thread can be read into the same
    /// memory.
    pub fn give_back(self) {
        take_back(self.bytes);
    }
}

/// Calls `visit` with each part of an object, in order.
///
/// Of an object that has more bytes than [`Limits::content_bytes`], those up to the limit are read.
pub fn unpack(mut stored: Vec<u8>, limits: &Limits, visit: &mut dyn FnMut(Piece)) {
    let limit = usize::try_from(limits.content_bytes).unwrap_or(usize::MAX);
    let damage = (stored.len() > limit).then(|| Damage::beyond_content(limits));
    stored.truncate(limit);
    let whole = Piece {
        entry: None,
        bytes: stored,
        offset: 0,
        is_packed: false,
        damage,
    };
    Unpacking { limits, visit }.part(whole, 0);
}

struct Unpacking<'a> {
    limits: &'a Limits,
    visit: &'a mut dyn FnMut(Piece),
}

impl Unpacking<'_> {
    fn part(&mut self, mut part: Piece, depth: u32) {
        let compression = Compression::of(&part.bytes);
        if parquet::is_parquet(&part.bytes) {
            return self.parquet(part);
        }
        let is_archive = is_zip(&part.bytes) || is_tar(&part.bytes);
        if compression.is_none() && !is_archive {
            return (self.visit)(part);
        }
        if depth == self.limits.nesting {
            let detail =
                format!("more than {depth} compressions and archives stand in one another");
            return self.refuse(&part, ProblemKind::TooLarge, detail);
        }
        let cut = Piece {
            bytes: Vec::new(),
            entry: part.entry.clone(),
            damage: part.damage.take(),
            ..part
        };
        match compression {
            Some(compression) => self.stretches(&part, compression, depth),
            None if is_zip(&part.bytes) => self.zip(&part, depth),
            None => self.tar(&part, depth),
        }
        if cut.damage.is_some() {
            (self.visit)(cut);
        }
    }

    /// The rows of a Parquet file as lines of JSON. One that holds no records is handed on as it
    /// is.
    fn parquet(&mut self, part: Piece) {
        let Some(Stretch { bytes, damage }) = parquet::records(&part.bytes, self.limits) else {
            return (self.visit)(part);
        };
        let damage = part.damage.or(damage);
        (self.visit)(Piece {
            bytes,
            is_packed: true,
            damage,
            ..part
        });
    }

    /// Says what is wrong with a part of which nothing more is read.
    fn refuse(&mut self, part: &Piece, kind: ProblemKind, detail: String) {
        let damage = Some(Damage {
            kind,
            detail,
            byte: None,
        });
        let entry = part.entry.clone();
        (self.visit)(Piece {
            entry,
            bytes: Vec::new(),
            offset: part.offset,
            is_packed: true,
            damage,
        });
    }

    fn stretches(&mut self, part: &Piece, compression: Compression, depth: u32) {
        let mut offset = part.offset;
        for Stretch { bytes, damage } in compression.read(&part.bytes, self.limits) {
            let length = bytes.len() as u64;
            // What stands before damage is still packed once more where producers compress twice.
            let inner = Piece {
                entry: part.entry.clone(),
                bytes,
                offset,
                is_packed: true,
                damage,
            };
            self.part(inner, depth + 1);
            offset += length;
        }
    }

    fn zip(&mut self, part: &Piece, depth: u32) {
        let mut archive = match zip::ZipArchive::new(Cursor::new(&part.bytes)) {
            Ok(archive) => archive,
            Err(error) => {
                let detail = format!("the zip file cannot be read ({error})");
                return self.refuse(part, ProblemKind::DamagedCompression, detail);
            }
        };
        for number in 0..archive.len() {
            match archive.by_index(number) {
                Ok(file) if file.is_dir() => {}
                Ok(mut file) => {
                    let compressed = file.compressed_size().try_into().unwrap_or(usize::MAX);
                    let entry = entry(part, &String::from_utf8_lossy(file.name_raw()));
                    let inner = read_entry(&mut file, compressed, entry, self.limits);
                    self.part(inner, depth + 1);
                }
                Err(error) => {
                    let detail = format!("file {number} of the zip file cannot be read ({error})");
                    let damage = Some(Damage {
                        kind: ProblemKind::DamagedCompression,
                        detail,
                        byte: None,
                    });
                    let name = Some(entry(part, &number.to_string()));
                    (self.visit)(Piece {
                        entry: name,
                        bytes: Vec::new(),
                        offset: 0,
                        is_packed: true,
                        damage,
                    });
                }
            }
        }
    }

    fn tar(&mut self, part: &Piece, depth: u32) {
        let mut archive = tar::Archive::new(part.bytes.as_slice());
        let Ok(entries) = archive.entries() else {
            return self.refuse(
                part,
                ProblemKind::DamagedCompression,
                "the tar file cannot be read".into(),
            );
        };
        for file in entries {
            match file {
                Ok(mut file) if file.header().entry_type().is_file() => {
                    let size = file.size().try_into().unwrap_or(usize::MAX);
                    let entry = entry(part, &String::from_utf8_lossy(&file.path_bytes()));
                    let inner = read_entry(&mut file, size, entry, self.limits);
                    self.part(inner, depth + 1);
                }
                Ok(_) => {}
                Err(error) => {
                    let detail = format!("the tar file ends early or is damaged ({error})");
                    return self.refuse(part, ProblemKind::DamagedCompression, detail);
                }
            }
        }
    }
}

/// The path of a file in an archive, behind that of the archive where archives stand in one
/// another.
fn entry(part: &Piece, name: &str) -> String {
    part.entry
        .as_ref()
        .map_or_else(|| name.to_owned(), |archive| format!("{archive}/{name}"))
}

fn read_entry<R: Read>(file: &mut R, compressed: usize, entry: String, limits: &Limits) -> Piece {
    let mut bytes = Vec::new();
    let damage = read_limited(file, &mut bytes, |_| compressed, limits).err();
    Piece {
        entry: Some(entry),
        bytes,
        offset: 0,
        is_packed: false,
        damage,
    }
}

pub(super) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

pub(super) fn is_tar(bytes: &[u8]) -> bool {
    bytes.get(TAR_MAGIC) == Some(b"ustar".as_slice())
}
