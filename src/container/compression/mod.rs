//! Compressions: from compressed bytes to content, as far as they can be read.

pub(super) mod bzip2;
pub(super) mod gzip;
pub(super) mod stream;
pub(super) mod zstd;
