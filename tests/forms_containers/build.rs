//! Builders of compressions and archives, byte by byte where no crate writes a form.

use std::io::Write;

/// A function that compresses.
pub type Compress = fn(&[u8]) -> Vec<u8>;

/// Every compression, by its name.
pub const COMPRESSIONS: [(&str, Compress); 20] = [
    ("plain", |bytes| bytes.to_vec()),
    ("gzip", gzip),
    ("gzip-twice", |bytes| gzip(&gzip(bytes))),
    ("gzip-padded", |bytes| [gzip(bytes), vec![0; 700]].concat()),
    ("zlib", zlib),
    ("zstd", zstd),
    ("pzstd", pzstd),
    ("bzip2", bzip2),
    ("xz", xz),
    ("xz-streams", xz_streams),
    ("lzip", lzip),
    ("lzma", lzma),
    ("lz4", lz4),
    ("lz4-legacy", lz4_legacy),
    ("snappy-frames", snappy_frames),
    ("snappy-hadoop", snappy_hadoop),
    ("snappy-java", snappy_java),
    ("snappy-raw", snappy_raw),
    ("snzip", snzip),
    ("hadoop-lz4", hadoop_lz4),
];

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn deflate(bytes: &[u8], level: u32) -> Vec<u8> {
    let level = flate2::Compression::new(level);
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), level);
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(bytes, 3).unwrap()
}

/// The frames of pzstd: each after one that decoders skip, which has its size.
fn pzstd(bytes: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    for part in bytes.chunks(bytes.len().div_ceil(3).max(1)) {
        let frame = zstd(part);
        file.extend_from_slice(b"\x50\x2a\x4d\x18\x04\0\0\0");
        file.extend_from_slice(&(frame.len() as u32).to_le_bytes());
        file.extend_from_slice(&frame);
    }
    file
}

pub fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn xz(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut writer = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn xz_streams(bytes: &[u8]) -> Vec<u8> {
    let (first, second) = bytes.split_at(bytes.len() / 2);
    [xz(first), vec![0; 8], xz(second), vec![0; 4]].concat()
}

fn lzip(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::LzipOptions::with_preset(1);
    let mut writer = lzma_rust2::LzipWriter::new(Vec::new(), options);
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn lzma(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::LzmaOptions::with_preset(1);
    let mut writer = lzma_rust2::LzmaWriter::new_use_header(Vec::new(), &options, None).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// LZMA as zip files hold it: with a version, and the size of the properties and these.
pub fn zip_lzma(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::LzmaOptions::with_preset(1);
    let mut writer = lzma_rust2::LzmaWriter::new_no_header(Vec::new(), &options, true).unwrap();
    writer.write_all(bytes).unwrap();
    let properties = writer.props();
    let packed = writer.finish().unwrap();
    let mut file = vec![9, 20, 5, 0, properties];
    file.extend_from_slice(&options.dict_size.to_le_bytes());
    file.extend_from_slice(&packed);
    file
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn lz4_legacy(bytes: &[u8]) -> Vec<u8> {
    let mut file = b"\x02\x21\x4c\x18".to_vec();
    for part in bytes.chunks(8 << 20) {
        let block = lz4_flex::block::compress(part);
        file.extend_from_slice(&(block.len() as u32).to_le_bytes());
        file.extend_from_slice(&block);
    }
    file
}

fn snappy_frames(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = snap::write::FrameEncoder::new(Vec::new());
    encoder.write_all(bytes).unwrap();
    encoder.into_inner().unwrap()
}

fn snappy_raw(bytes: &[u8]) -> Vec<u8> {
    snap::raw::Encoder::new().compress_vec(bytes).unwrap()
}

/// Blocks of Hadoop: the second one has two parts.
fn snappy_hadoop(bytes: &[u8]) -> Vec<u8> {
    hadoop(bytes, snappy_raw)
}

fn hadoop_lz4(bytes: &[u8]) -> Vec<u8> {
    hadoop(bytes, lz4_flex::block::compress)
}

fn hadoop(bytes: &[u8], compress: Compress) -> Vec<u8> {
    let mut file = Vec::new();
    let (first, second) = bytes.split_at(bytes.len() / 2);
    let (middle, last) = second.split_at(second.len() / 3);
    for parts in [vec![first], vec![middle, last]] {
        let size: usize = parts.iter().map(|part| part.len()).sum();
        file.extend_from_slice(&(size as u32).to_be_bytes());
        for part in parts {
            let block = compress(part);
            file.extend_from_slice(&(block.len() as u32).to_be_bytes());
            file.extend_from_slice(&block);
        }
    }
    file
}

fn snappy_java(bytes: &[u8]) -> Vec<u8> {
    let mut file = b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01".to_vec();
    for part in bytes.chunks(32 << 10) {
        let block = snappy_raw(part);
        file.extend_from_slice(&(block.len() as u32).to_be_bytes());
        file.extend_from_slice(&block);
    }
    file
}

fn snzip(bytes: &[u8]) -> Vec<u8> {
    let mut file = b"SNZ\x01\x10".to_vec();
    for part in bytes.chunks(64 << 10) {
        let block = snappy_raw(part);
        let mut size = block.len();
        while size >= 0x80 {
            file.push(size as u8 | 0x80);
            size >>= 7;
        }
        file.push(size as u8);
        file.extend_from_slice(&block);
    }
    file.push(0);
    file
}

/// A file of an archive.
pub type File<'a> = (&'a str, &'a [u8]);

/// The forms of tar headers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Old,
    Posix,
    Gnu,
}

/// A tar file without the blocks that end it.
pub fn tar_entries(form: Form, kind: u8, files: &[File<'_>]) -> Vec<u8> {
    let mut archive = Vec::new();
    for (name, bytes) in files {
        archive.extend_from_slice(&tar_header(form, kind, name, bytes.len()));
        archive.extend_from_slice(bytes);
        archive.resize(archive.len().next_multiple_of(512), 0);
    }
    archive
}

pub fn tar(form: Form, kind: u8, files: &[File<'_>]) -> Vec<u8> {
    let mut archive = tar_entries(form, kind, files);
    archive.resize((archive.len() + 1024).next_multiple_of(10_240), 0);
    archive
}

pub fn tar_header(form: Form, kind: u8, name: &str, size: usize) -> [u8; 512] {
    let mut header = [0; 512];
    let mut set = |place: usize, bytes: &[u8]| {
        header[place..place + bytes.len()].copy_from_slice(bytes);
    };
    set(0, name.as_bytes());
    set(100, b"0000644\0");
    set(124, format!("{size:011o}\0").as_bytes());
    set(136, b"00000000000\0");
    set(148, b"        ");
    match form {
        Form::Old => {}
        Form::Posix => set(257, b"ustar\x0000"),
        Form::Gnu => set(257, b"ustar  \0"),
    }
    if form != Form::Old {
        set(156, &[kind]);
    }
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    header
}

/// A file of a zip file.
#[derive(Clone, Copy)]
pub struct Packed<'a> {
    pub name: &'a str,
    pub method: u16,
    pub packed: &'a [u8],
    pub content: &'a [u8],
    pub flags: u16,
}

/// The methods of zip that are read, with what compresses for them.
pub const METHODS: [(&str, u16, Compress); 7] = [
    ("stored", 0, |bytes| bytes.to_vec()),
    ("deflate", 8, |bytes| deflate(bytes, 6)),
    // Without matches, deflate and deflate64 are the same.
    ("deflate64", 9, |bytes| deflate(bytes, 0)),
    ("bzip2", 12, bzip2),
    ("lzma", 14, zip_lzma),
    ("zstd", 93, zstd),
    ("xz", 95, xz),
];

/// The flag of a file whose size comes after it.
pub const HAS_DESCRIPTOR: u16 = 1 << 3;

/// Writes a zip file, and returns it with the place of its directory.
pub fn zip(files: &[Packed<'_>]) -> (Vec<u8>, usize) {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for file in files {
        let offset = archive.len() as u32;
        let checksum = crc32fast::hash(file.content).to_le_bytes();
        let sizes = [file.packed.len() as u32, file.content.len() as u32];
        let sizes = sizes.map(u32::to_le_bytes).concat();
        let head = |version: &[u8], numbers: &[u8]| {
            let mut head = version.to_vec();
            head.extend_from_slice(&[63, 0]);
            head.extend_from_slice(&file.flags.to_le_bytes());
            head.extend_from_slice(&file.method.to_le_bytes());
            head.extend_from_slice(&[0; 4]);
            head.extend_from_slice(numbers);
            head.extend_from_slice(&(file.name.len() as u16).to_le_bytes());
            head.extend_from_slice(&[0; 2]);
            head
        };
        let numbers = [checksum.as_slice(), &sizes].concat();
        let has_descriptor = file.flags & HAS_DESCRIPTOR != 0;
        archive.extend_from_slice(&match has_descriptor {
            true => head(b"PK\x03\x04", &[0; 12]),
            false => head(b"PK\x03\x04", &numbers),
        });
        archive.extend_from_slice(file.name.as_bytes());
        archive.extend_from_slice(file.packed);
        if has_descriptor {
            archive.extend_from_slice(b"PK\x07\x08");
            archive.extend_from_slice(&numbers);
        }
        directory.extend_from_slice(&head(b"PK\x01\x02\x3f\0", &numbers));
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&offset.to_le_bytes());
        directory.extend_from_slice(file.name.as_bytes());
    }
    let place = archive.len();
    archive.extend_from_slice(&directory);
    archive.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    let count = (files.len() as u16).to_le_bytes();
    archive.extend_from_slice(&[count, count].concat());
    let numbers = [directory.len() as u32, place as u32];
    archive.extend_from_slice(&numbers.map(u32::to_le_bytes).concat());
    archive.extend_from_slice(&[0; 2]);
    (archive, place)
}

/// Writes a zip file with one method for all files.
pub fn zip_with(method: usize, flags: u16, files: &[File<'_>]) -> Vec<u8> {
    let (_, number, compress) = METHODS[method];
    let packed: Vec<Vec<u8>> = files.iter().map(|(_, bytes)| compress(bytes)).collect();
    let files = files.iter().zip(&packed);
    let files: Vec<Packed<'_>> = files
        .map(|((name, content), packed)| Packed {
            name,
            method: number,
            packed,
            content,
            flags,
        })
        .collect();
    zip(&files).0
}
