//! Containers that may hold records and are not read, by bytes that only they have.

use memchr::memchr;

use super::damage::Damage;

/// A container that is not read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unsupported {
    /// The place of the bytes that identify it.
    place: usize,
    magic: &'static [u8],
    /// The name of the format.
    name: &'static str,
    /// The way to a form that is read.
    remedy: &'static str,
    /// True if text may begin with the same bytes, so that bytes that are not text must follow.
    is_binary: bool,
}

/// A format whose first bytes are in no text.
const fn row(magic: &'static [u8], name: &'static str, remedy: &'static str) -> Unsupported {
    Unsupported {
        place: 0,
        magic,
        name,
        remedy,
        is_binary: false,
    }
}

/// A format whose first bytes may also begin text.
const fn binary(magic: &'static [u8], name: &'static str, remedy: &'static str) -> Unsupported {
    Unsupported {
        is_binary: true,
        ..row(magic, name, remedy)
    }
}

const EXTRACT: &str = "extract it, and audit the folder";
const DECOMPRESS: &str = "decompress it, and audit the result";
const DECRYPT: &str = "decrypt it, and audit the result";
const EXPORT: &str = "export its records as JSON, CSV or Parquet, and audit these";
const CONVERT: &str = "convert it to JSON or Parquet, and audit the result";

/// A format whose bytes at another place identify it, unless it is text.
const fn row_at(
    place: usize,
    magic: &'static [u8],
    name: &'static str,
    remedy: &'static str,
) -> Unsupported {
    Unsupported {
        place,
        ..binary(magic, name, remedy)
    }
}

/// Each format.
const FORMATS: [Unsupported; 52] = [
    row(b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", EXTRACT),
    row(b"Rar!\x1a\x07", "a RAR archive", EXTRACT),
    row(b"\x60\xea", "an ARJ archive", EXTRACT),
    row(b"MSCF\0", "a cabinet file", EXTRACT),
    row(b"xar!\0", "a xar archive", EXTRACT),
    row(b"\xc7\x71", "a cpio archive", EXTRACT),
    row(b"\x71\xc7", "a cpio archive", EXTRACT),
    binary(b"070701", "a cpio archive", EXTRACT),
    binary(b"070702", "a cpio archive", EXTRACT),
    binary(b"070707", "a cpio archive", EXTRACT),
    row(b"7kSt\xa0\x31", "a ZPAQ archive", EXTRACT),
    binary(b"AA01", "an Apple archive", EXTRACT),
    row(b"\x1f\x9d", "compressed with compress (.Z)", DECOMPRESS),
    row(b"\x1f\x1e", "compressed with pack (.z)", DECOMPRESS),
    row(b"\x1f\xa0", "compressed with SCO's LZH", DECOMPRESS),
    row(b"\x89LZO\0\r\n\x1a\n", "compressed with lzop", DECOMPRESS),
    row(b"LRZI\0", "compressed with lrzip", DECOMPRESS),
    binary(b"bvx1", "compressed with LZFSE", DECOMPRESS),
    binary(b"bvx2", "compressed with LZFSE", DECOMPRESS),
    binary(b"bvxn", "compressed with LZFSE", DECOMPRESS),
    row(
        b"\xff\x06\0sNaPpY",
        "compressed with the first format of Snappy",
        DECOMPRESS,
    ),
    row_at(
        1,
        b"\xb5\x2f\xfd",
        "compressed with zstd before its first version",
        DECOMPRESS,
    ),
    row_at(8, b"DUCK", "a DuckDB database", EXPORT),
    binary(b"ORC", "an ORC file", CONVERT),
    row(b"Obj\x01", "an Avro file", CONVERT),
    row(b"SEQ\x04", "a Hadoop sequence file", CONVERT),
    row(b"SEQ\x05", "a Hadoop sequence file", CONVERT),
    row(b"SEQ\x06", "a Hadoop sequence file", CONVERT),
    row(b"RCF\x01", "an RCFile", CONVERT),
    row(b"ARROW1\0\0", "an Arrow file", CONVERT),
    binary(b"FEA1", "a Feather file", CONVERT),
    row(b"\xff\xff\xff\xff\x10\0\0\0", "an Arrow stream", CONVERT),
    binary(b"PARE", "an encrypted Parquet file", DECRYPT),
    row(b"\x89HDF\r\n\x1a\n", "an HDF5 file", CONVERT),
    row(b"SQLite format 3\0", "an SQLite database", EXPORT),
    row(b"\xac\xed\0\x05", "Java objects", CONVERT),
    row(b"age-encryption.org/v1", "encrypted with age", DECRYPT),
    row(
        b"-----BEGIN AGE ENCRYPTED FILE-----",
        "encrypted with age",
        DECRYPT,
    ),
    row(
        b"-----BEGIN PGP MESSAGE-----",
        "encrypted with PGP",
        DECRYPT,
    ),
    row(b"\x8c\x0d\x04", "encrypted with PGP", DECRYPT),
    row(b"\x85\x01\x0c\x03", "encrypted with PGP", DECRYPT),
    row(b"\x85\x01\x8c\x03", "encrypted with PGP", DECRYPT),
    row(b"\x85\x02\x0c\x03", "encrypted with PGP", DECRYPT),
    row(b"\x84\x5e\x03", "encrypted with PGP", DECRYPT),
    row(b"\xc1\xc0\x4c\x03", "encrypted with PGP", DECRYPT),
    row(b"\xc1\xc1\x4c\x03", "encrypted with PGP", DECRYPT),
    row(b"Salted__", "encrypted with OpenSSL", DECRYPT),
    row(b"U2FsdGVkX1", "encrypted with OpenSSL", DECRYPT),
    row(
        b"\x01\x80\x03\x78",
        "encrypted with the AWS Encryption SDK",
        DECRYPT,
    ),
    row(
        b"\x02\x04\x78",
        "encrypted with the AWS Encryption SDK",
        DECRYPT,
    ),
    row(
        b"\x02\x05\x78",
        "encrypted with the AWS Encryption SDK",
        DECRYPT,
    ),
    row(b"\x37\xa4\x30\xec", "a dictionary of zstd", DECOMPRESS),
];

/// The number of bytes in which bytes that are not text are looked for.
const TEXT_BYTES: usize = 512;

impl Unsupported {
    /// Returns the format of bytes that begin like these.
    pub(super) fn from_head(head: &[u8]) -> Option<Self> {
        FORMATS.into_iter().find(|format| format.fits(head))
    }

    fn fits(&self, head: &[u8]) -> bool {
        let at_place = head.get(self.place..).unwrap_or_default();
        at_place.starts_with(self.magic) && !(self.is_binary && is_text(head))
    }

    /// The damage of an object in this format.
    pub(super) fn damage(self) -> Damage {
        let (name, remedy) = (self.name, self.remedy);
        Damage::unsupported(format!("the object is {name}, which is not read; {remedy}"))
    }
}

fn is_text(head: &[u8]) -> bool {
    let head = head.get(..TEXT_BYTES).unwrap_or(head);
    is_utf_8(head) && memchr(0, head).is_none()
}

fn is_utf_8(head: &[u8]) -> bool {
    match str::from_utf8(head) {
        Ok(_) => true,
        // The head may end within a character.
        Err(error) => error.error_len().is_none(),
    }
}
