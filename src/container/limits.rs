//! How much an object may hold, so that no crafted one fills the memory or the time.

/// How much an object may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes that an object, or one file in an archive, may hold after decompression.
    /// CloudTrail delivers at most 50 MB; the rest is room for archives that were merged.
    pub content_bytes: u64,
    /// How many times its compressed size the content may have, once it is larger than
    /// [`RATIO_FREE_BYTES`]. CloudTrail's JSON is compressed ten to sixty times; what is made to
    /// fill memory, a thousand times and more.
    pub ratio: u64,
    /// How many compressions and archives may stand in one another. Known producers nest two.
    pub nesting: u32,
    /// The most bytes of one record. CloudTrail's have a quarter of a megabyte, older ones somewhat
    /// more.
    pub record_bytes: u64,
}

/// How much content is read before its ratio to the compressed size is looked at: little content
/// says little.
pub const RATIO_FREE_BYTES: u64 = 16 << 20;

impl Default for Limits {
    fn default() -> Self {
        Self {
            content_bytes: 1 << 30,
            ratio: 500,
            nesting: 4,
            record_bytes: 16 << 20,
        }
    }
}
