//! The forms that bytes may be wrapped in, and the first bytes by which they are recognized.

use super::archive::entry::OpenArchive;
use super::archive::{tar, zip};
use super::compression::stream::Decompress;
use super::compression::unicode::{self, Decode};
use super::compression::{base64, bzip2, gzip, lz4, snappy, xz, zlib, zstd};
use super::schema::parquet::{self, ReadTable};
use super::unsupported::Unsupported;

/// A form that bytes are wrapped in, with the function that unwraps them.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wrapping {
    /// Compressed bytes.
    Compression(Decompress),
    /// Files in one file.
    Archive(OpenArchive),
    /// Rows of records that are not text.
    Table(ReadTable),
    /// Text that is not UTF-8.
    Text(Decode),
    /// A form that is known and not read.
    Unsupported(Unsupported),
}

use Wrapping::{Archive, Compression, Table, Text};

/// Each form that only its first bytes identify. Where two fit, the first counts.
const WRAPPINGS: [(&[u8], Wrapping); 21] = [
    (gzip::MAGIC, Compression(gzip::decompress)),
    (parquet::MAGIC, Table(parquet::read)),
    (zstd::MAGIC, Compression(zstd::decompress)),
    (bzip2::MAGIC, Compression(bzip2::decompress)),
    (xz::MAGIC, Compression(xz::decompress)),
    (xz::LZIP_MAGIC, Compression(xz::decompress_lzip)),
    (lz4::MAGIC, Compression(lz4::decompress)),
    (lz4::LEGACY_MAGIC, Compression(lz4::decompress)),
    (snappy::FRAMES, Compression(snappy::decompress_frames)),
    (snappy::XERIAL, Compression(snappy::decompress_xerial)),
    (snappy::SNZIP, Compression(snappy::decompress_snzip)),
    (snappy::IN_JAVA, Compression(snappy::decompress_in_java)),
    (zip::EMPTY_MAGIC, Archive(zip::open)),
    (zlib::MAGIC[0], Compression(zlib::decompress)),
    (zlib::MAGIC[1], Compression(zlib::decompress)),
    (zlib::MAGIC[2], Compression(zlib::decompress)),
    (unicode::UTF_32_LITTLE, Text(unicode::decode_utf_32_little)),
    (unicode::UTF_32_BIG, Text(unicode::decode_utf_32_big)),
    (unicode::UTF_16_LITTLE, Text(unicode::decode_utf_16_little)),
    (unicode::UTF_16_BIG, Text(unicode::decode_utf_16_big)),
    (zip::MAGIC, Archive(zip::open)),
];

/// A form that more than its first bytes identifies.
type Recognized = (fn(&[u8]) -> bool, Wrapping);

/// Each such form. Almost any bytes can be before the place in which tar is recognized, so all
/// others come first that have a magic number.
const RECOGNIZED: [Recognized; 6] = [
    (tar::is_tar, Archive(tar::open)),
    (zip::is_zip, Archive(zip::open)),
    (xz::is_lzma, Compression(xz::decompress_lzma)),
    (snappy::is_hadoop, Compression(snappy::decompress_hadoop)),
    (snappy::is_raw, Compression(snappy::decompress_raw)),
    (base64::is_base64, Compression(base64::decode)),
];

impl Wrapping {
    /// Returns the form of bytes that begin like these.
    pub(super) fn from_head(head: &[u8]) -> Option<Self> {
        match head {
            // Almost all content is JSON, and only a tar file can begin with the name of a file
            // that looks like it.
            [b'{' | b'[', second, ..] if *second != 0 => {
                tar::is_tar(head).then_some(Archive(tar::open))
            }
            [b'{' | b'[', 0, _, 0, ..] => Some(Text(unicode::decode_utf_16_little)),
            [0, b'{' | b'[', 0, second, ..] if *second != 0 => {
                Some(Text(unicode::decode_utf_16_big))
            }
            _ => Self::recognized(head),
        }
    }

    fn recognized(head: &[u8]) -> Option<Self> {
        let magic = lz4::after_skipped(head);
        for (first, wrapping) in WRAPPINGS {
            if magic.starts_with(first) {
                return Some(wrapping);
            }
        }
        // Frames that are skipped may be longer than the head, and zstd writes them, too.
        if lz4::is_skipped(head) {
            return Some(Compression(zstd::decompress));
        }
        for (fits, wrapping) in RECOGNIZED {
            if fits(head) {
                return Some(wrapping);
            }
        }
        // The forms that are refused come last, so that nothing readable is taken for one of them.
        Unsupported::from_head(head).map(Self::Unsupported)
    }
}
