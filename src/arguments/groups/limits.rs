//! The options that bound what is read of an object.

use clap::{Args, value_parser};

use crate::container::Limits;

/// The limits of an object, so that none that is crafted exhausts the memory.
#[derive(Args, Debug)]
#[command(next_help_heading = "Limits")]
pub(crate) struct LimitArguments {
    /// Maximum size of an object, as stored and after decompression, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 1024)]
    #[arg(value_parser = value_parser!(u64).range(1..=65_536))]
    max_content: u64,

    /// Maximum ratio of the content of an object to its compressed size
    #[arg(long, value_name = "NUMBER", default_value_t = 500)]
    #[arg(value_parser = value_parser!(u64).range(1..))]
    max_ratio: u64,

    /// Maximum size of everything that is unpacked from an object, in MiB: of all files in an
    /// archive, and of archives in archives
    #[arg(long, value_name = "MIB", default_value_t = 65_536)]
    #[arg(value_parser = value_parser!(u64).range(1..=16_777_216))]
    max_total_content: u64,

    /// Maximum number of files in an archive, those of archives in it included
    #[arg(long, value_name = "NUMBER", default_value_t = 1_000_000)]
    #[arg(value_parser = value_parser!(u64).range(1..))]
    max_entries: u64,

    /// Maximum number of problems of an object that are listed one by one; further ones are counted
    #[arg(long, value_name = "NUMBER", default_value_t = 1000)]
    #[arg(value_parser = value_parser!(u64).range(1..))]
    max_problems: u64,

    /// Maximum nesting depth of archives and compression
    #[arg(long, value_name = "NUMBER", default_value_t = 4)]
    #[arg(value_parser = value_parser!(u32).range(1..=16))]
    max_nesting: u32,

    /// Maximum size of a record, in KiB
    #[arg(long, value_name = "KIB", default_value_t = 16_384)]
    #[arg(value_parser = value_parser!(u64).range(1..=1_048_576))]
    max_record: u64,
}

impl LimitArguments {
    /// Returns the limits.
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            // The ranges of the options keep the bytes within 64 bits.
            content_bytes: self.max_content << 20,
            ratio: self.max_ratio,
            total_bytes: self.max_total_content << 20,
            entries: self.max_entries,
            problems: self.max_problems,
            nesting: self.max_nesting,
            record_bytes: self.max_record << 10,
        }
    }
}
