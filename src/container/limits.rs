//! Limits on the content of an object, so that a crafted one fills neither the memory nor the time.

use super::damage::Damage;

/// Limits on the content of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of an object as it is stored, and of an object, or of one file in an archive,
    /// after decompression. CloudTrail delivers at most 50 MB; the rest is room for archives that
    /// were merged.
    pub content_bytes: u64,
    /// The most times the compressed size that the content may have, once it is larger than
    /// `RATIO_FREE_BYTES`. CloudTrail's JSON is compressed ten to sixty times; content that is
    /// made to fill memory, a thousand times and more.
    pub ratio: u64,
    /// The deepest nesting of compressions and archives. Known producers nest two.
    pub nesting: u32,
    /// The most bytes of one record. CloudTrail's have a quarter of a megabyte, older ones somewhat
    /// more.
    pub record_bytes: u64,
}

/// The size of content that is read before its ratio to the compressed size is checked, in bytes:
/// the ratio of little content means little.
const RATIO_FREE_BYTES: u64 = 16 << 20;

impl Limits {
    /// The damage of content that has more bytes than the limit, at the byte where it ends.
    pub(super) fn beyond_content(&self, byte: u64) -> Damage {
        let detail = format!(
            "the object holds more than {} bytes; `--max-content` sets the limit",
            self.content_bytes
        );
        Damage::too_large(detail, Some(byte))
    }

    /// Checks that the stored bytes account for this much content.
    pub(super) fn check_ratio(&self, content_bytes: u64, stored_bytes: u64) -> Result<(), Damage> {
        if !self.is_beyond_ratio(content_bytes, stored_bytes) {
            return Ok(());
        }
        let detail = format!(
            "the content is more than {} times as large as its compressed bytes, which no log is; \
             `--max-ratio` sets the limit",
            self.ratio
        );
        Err(Damage::too_large(detail, Some(content_bytes)))
    }

    /// Returns true if content of this size is larger than its stored bytes account for.
    pub(super) fn is_beyond_ratio(&self, content_bytes: u64, stored_bytes: u64) -> bool {
        content_bytes > RATIO_FREE_BYTES && content_bytes / stored_bytes.max(1) > self.ratio
    }
}

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
