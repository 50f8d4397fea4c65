//! The forms that bytes may be wrapped in, and the first bytes by which they are recognized.

use super::archive::entry::OpenArchive;
use super::archive::{tar, zip};
use super::compression::stream::Decompress;
use super::compression::{bzip2, gzip, zstd};
use super::schema::parquet::{self, ReadTable};

/// A form that bytes are wrapped in, with the function that unwraps them.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wrapping {
    /// Compressed bytes.
    Compression(Decompress),
    /// Files in one file.
    Archive(OpenArchive),
    /// Rows of records that are not text.
    Table(ReadTable),
}

use Wrapping::{Archive, Compression, Table};

/// Each form, by the place and the value of the bytes that only it has there. Where two fit, the
/// first counts: the bytes in which tar is recognized may be anything in the other forms.
const WRAPPINGS: [(usize, &[u8], Wrapping); 7] = [
    (0, parquet::MAGIC, Table(parquet::read)),
    (0, gzip::MAGIC, Compression(gzip::decompress)),
    (0, zstd::MAGIC, Compression(zstd::decompress)),
    (0, bzip2::MAGIC, Compression(bzip2::decompress)),
    (0, zip::MAGIC, Archive(zip::open)),
    (0, zip::EMPTY_MAGIC, Archive(zip::open)),
    (tar::MAGIC_PLACE, tar::MAGIC, Archive(tar::open)),
];

impl Wrapping {
    /// Returns the form of bytes that begin like these.
    pub(super) fn from_head(head: &[u8]) -> Option<Self> {
        for (place, magic, wrapping) in WRAPPINGS {
            if has_at(head, place, magic) {
                return Some(wrapping);
            }
        }
        None
    }
}

fn has_at(bytes: &[u8], place: usize, magic: &[u8]) -> bool {
    bytes
        .get(place..)
        .is_some_and(|rest| rest.starts_with(magic))
}
