//! Compressions: from compressed bytes to content, as far as they can be read.

pub(super) mod base64;
pub(super) mod bzip2;
pub(super) mod gzip;
pub(super) mod lz4;
pub(super) mod snappy;
pub(super) mod stream;
mod streams;
pub(super) mod unicode;
pub(super) mod xz;
pub(super) mod zlib;
pub(super) mod zstd;
