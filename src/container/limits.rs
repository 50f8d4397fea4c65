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
    /// The most bytes of everything that is unpacked from one object: of all files in an archive,
    /// and of archives in archives. Archives of a gigabyte hold that much if all of it is
    /// CloudTrail's compressed JSON.
    pub total_bytes: u64,
    /// The most files in an archive, with those in archives within it. Each of them has an outcome
    /// in the report, which takes memory.
    pub entries: u64,
    /// The most problems of one object that are kept one by one. Further ones are counted.
    pub problems: u64,
    /// The deepest nesting of compressions and archives. Known producers nest two.
    pub nesting: u32,
    /// The most bytes of one record. CloudTrail's have a quarter of a megabyte, older ones somewhat
    /// more.
    pub record_bytes: u64,
}

/// The size of content that is read before its ratio to the compressed size is checked, in bytes:
/// the ratio of little content means little.
const RATIO_FREE_BYTES: u64 = 16 << 20;

/// The size that a file in an archive counts with beside its content, in bytes: its outcome takes
/// about that much memory.
const ENTRY_BYTES: u64 = 512;

/// The most memory of a decoder, in bytes, where the content may be smaller: compressors write the
/// size of the memory that they used themselves, however little they compressed.
const DECODER_BYTES: u64 = 128 << 20;

impl Limits {
    /// The damage of content that has more bytes than the limit, at the byte where it ends.
    pub(super) fn beyond_content(&self, byte: u64) -> Damage {
        let detail = format!(
            "the object holds more than {} bytes; `--max-content` sets the limit",
            self.content_bytes
        );
        Damage::too_large(detail, Some(byte))
    }

    /// Checks everything that was unpacked from an object of this size.
    pub(super) fn check_total(
        &self,
        total_bytes: u64,
        entries: u64,
        stored_bytes: u64,
    ) -> Result<(), Damage> {
        if entries > self.entries {
            return Err(self.beyond_entries());
        }
        if total_bytes > self.total_bytes {
            return Err(self.beyond_total());
        }
        // Empty files have no content, but each of them takes memory.
        let weight = total_bytes.saturating_add(entries.saturating_mul(ENTRY_BYTES));
        self.check_ratio(weight, stored_bytes)
    }

    fn beyond_entries(&self) -> Damage {
        let detail = format!(
            "the archive holds more than {} files; `--max-entries` sets the limit",
            self.entries
        );
        Damage::too_large(detail, None)
    }

    fn beyond_total(&self) -> Damage {
        let detail = format!(
            "the archives and compressions of the object hold more than {} bytes together; \
             `--max-total-content` sets the limit",
            self.total_bytes
        );
        Damage::too_large(detail, None)
    }

    /// Returns the most memory that a decoder may take for what it has read, in bytes.
    pub(super) fn decoder_bytes(&self) -> u64 {
        self.content_bytes.max(DECODER_BYTES)
    }

    /// Returns the most bytes that are read of an archive of this size only to find the ends of its
    /// files.
    pub(super) fn work_bytes(&self, stored_bytes: usize) -> u64 {
        let most = (stored_bytes as u64).saturating_mul(self.ratio);
        most.saturating_add(RATIO_FREE_BYTES)
    }

    /// Checks that the stored bytes account for this much content.
    pub(super) fn check_ratio(&self, content_bytes: u64, stored_bytes: u64) -> Result<(), Damage> {
        if self.is_beyond_ratio(content_bytes, stored_bytes) {
            return Err(self.beyond_ratio(content_bytes));
        }
        Ok(())
    }

    fn beyond_ratio(&self, content_bytes: u64) -> Damage {
        let detail = format!(
            "the content is more than {} times as large as its compressed bytes, which no log is; \
             `--max-ratio` sets the limit",
            self.ratio
        );
        Damage::too_large(detail, Some(content_bytes))
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
            total_bytes: 64 << 30,
            entries: 1_000_000,
            problems: 1000,
            nesting: 4,
            record_bytes: 16 << 20,
        }
    }
}
