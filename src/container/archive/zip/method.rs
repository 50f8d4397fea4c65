//! The compressions of files in zip files.

use std::cell::Cell;
use std::io::{self, BufRead, Error, ErrorKind, Read};
use std::rc::Rc;

use flate2::bufread::DeflateDecoder;

use super::fields::{long, short};
use crate::container::damage::Damage;

pub(super) const STORED: u16 = 0;
const DEFLATE: u16 = 8;
const DEFLATE64: u16 = 9;
const BZIP2: u16 = 12;
const LZMA: u16 = 14;
const OLD_ZSTD: u16 = 20;
const ZSTD: u16 = 93;
const XZ: u16 = 95;
const AES: u16 = 99;

/// The methods that are known and not read.
const UNSUPPORTED: [(u16, &str); 15] = [
    (1, "Shrink"),
    (2, "Reduce"),
    (3, "Reduce"),
    (4, "Reduce"),
    (5, "Reduce"),
    (6, "Implode"),
    (7, "Tokenize"),
    (10, "PKWARE DCL Implode"),
    (16, "IBM CMPSC"),
    (18, "IBM TERSE"),
    (19, "IBM LZ77"),
    (94, "MP3"),
    (96, "JPEG"),
    (97, "WavPack"),
    (98, "PPMd"),
];

/// Returns true if a number is that of a method.
pub(super) fn is_known(method: u16) -> bool {
    is_supported(method) || method == AES || UNSUPPORTED.iter().any(|(known, _)| *known == method)
}

fn is_supported(method: u16) -> bool {
    matches!(
        method,
        STORED | DEFLATE | DEFLATE64 | BZIP2 | LZMA | OLD_ZSTD | ZSTD | XZ
    )
}

/// Returns true if compressed bytes have an end that is recognized.
pub(super) fn has_end(method: u16) -> bool {
    matches!(method, DEFLATE | DEFLATE64 | BZIP2 | OLD_ZSTD | ZSTD)
}

/// Returns the reason not to read a file, if there is one.
pub(super) fn refusal(method: u16, is_encrypted: bool) -> Option<Damage> {
    // Encryption comes first: the method of an encrypted file is often one that is read.
    if is_encrypted || method == AES {
        let detail = "the file is encrypted; extract the zip file with its password, and audit the \
                      folder";
        return Some(Damage::unsupported(detail.to_owned()));
    }
    if is_supported(method) {
        return None;
    }
    let known = UNSUPPORTED.iter().find(|(known, _)| *known == method);
    let name = known.map_or("an unknown method", |(_, name)| name);
    let detail = format!(
        "the file is compressed with {name} (method {method} of zip), which is not read; extract \
         the zip file, and audit the folder"
    );
    Some(Damage::unsupported(detail))
}

/// Compressed bytes, with a count of those that are left.
pub(super) struct PackedBytes<'a> {
    bytes: &'a [u8],
    left: Rc<Cell<usize>>,
}

impl<'a> PackedBytes<'a> {
    pub(super) fn new(bytes: &'a [u8], left: &Rc<Cell<usize>>) -> Self {
        left.set(bytes.len());
        Self {
            bytes,
            left: Rc::clone(left),
        }
    }
}

impl Read for PackedBytes<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        self.left.set(self.bytes.len());
        Ok(count)
    }
}

impl BufRead for PackedBytes<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(self.bytes)
    }

    fn consume(&mut self, count: usize) {
        self.bytes.consume(count);
        self.left.set(self.bytes.len());
    }
}

/// Returns a decoder of a supported method for content of a size. `memory_bytes` is the most memory
/// that it may take.
pub(super) fn decoder<'a>(
    method: u16,
    packed: PackedBytes<'a>,
    size_bytes: u64,
    memory_bytes: u64,
) -> io::Result<Box<dyn Read + 'a>> {
    Ok(match method {
        DEFLATE => Box::new(DeflateDecoder::new(packed)),
        DEFLATE64 => Box::new(deflate64::Deflate64Decoder::with_buffer(packed)),
        BZIP2 => Box::new(bzip2::bufread::BzDecoder::new(packed)),
        LZMA => lzma(packed, size_bytes, memory_bytes)?,
        OLD_ZSTD | ZSTD => {
            Box::new(zstd::stream::read::Decoder::with_buffer(packed)?.single_frame())
        }
        XZ => Box::new(lzma_rust2::XzReader::new_mem_limit(
            packed,
            true,
            kibibytes(memory_bytes),
        )),
        _ => Box::new(packed),
    })
}

/// The size of what comes before compressed bytes of LZMA: a version and the size of the
/// properties, and these.
const LZMA_HEAD_BYTES: usize = 9;

fn lzma<'a>(
    mut packed: PackedBytes<'a>,
    size_bytes: u64,
    memory_bytes: u64,
) -> io::Result<Box<dyn Read + 'a>> {
    let mut head = [0; LZMA_HEAD_BYTES];
    packed.read_exact(&mut head)?;
    let [_, _, _, _, properties, ..] = head;
    let (Some(5), Some(dictionary_bytes)) = (short(&head, 2), long(&head, 5)) else {
        return Err(Error::new(ErrorKind::InvalidData, "wrong LZMA properties"));
    };
    if u64::from(dictionary_bytes) > memory_bytes {
        return Err(Error::new(
            ErrorKind::InvalidData,
            "the dictionary is too large",
        ));
    }
    let reader = lzma_rust2::LzmaReader::new_with_props(
        packed,
        size_bytes,
        properties,
        dictionary_bytes,
        None,
    )?;
    Ok(Box::new(reader))
}

/// Returns a number of bytes in the unit of the limits of LZMA.
fn kibibytes(bytes: u64) -> u32 {
    u32::try_from(bytes >> 10).unwrap_or(u32::MAX)
}
