//! The decision, by the first bytes of an object, how much of it is worth reading.

use super::envelope::line_start::is_log;
use super::limits::Limits;
use super::schema::csv::is_table;
use super::wrapping::Wrapping;

/// The number of bytes that [`assess`] needs from the beginning of an object, or all of a smaller
/// one.
pub const HEAD_BYTES: usize = 64 << 10;

/// The answer of [`assess`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assessment {
    /// The object may hold records. Reading more than this many bytes of it is pointless: it is one
    /// byte more than [`Limits::content_bytes`], by which [`unpack`](super::unpack()) recognizes
    /// and reports an object that is too large.
    ReadUpTo(u64),
    /// The object is neither compressed nor JSON, nor in any other known form. The head may be
    /// unpacked in place of the object, with the same result.
    NotCloudTrail,
}

/// Decides by the first [`HEAD_BYTES`] of an object how much of it is worth reading.
///
/// The limit holds for bytes as they are stored: those of text are the content itself, and
/// compressed ones hold more content than they have bytes.
pub fn assess(head: &[u8], limits: &Limits) -> Assessment {
    if may_hold_records(head) {
        Assessment::ReadUpTo(limits.content_bytes.saturating_add(1))
    } else {
        Assessment::NotCloudTrail
    }
}

// Almost every object is compressed, and looking for a table in that would take long.
fn may_hold_records(head: &[u8]) -> bool {
    Wrapping::from_head(head).is_some_and(is_read) || is_likely_text(head)
}

fn is_likely_text(head: &[u8]) -> bool {
    // White space may precede JSON, so a head of it says nothing yet.
    is_blank(head) || is_json(head) || is_table(head)
}

fn is_read(wrapping: Wrapping) -> bool {
    // What is known and not read is recognized by its head alone.
    !matches!(wrapping, Wrapping::Unsupported(_))
}

/// Returns true if bytes begin as JSON does, or with a line of a log.
pub fn is_json(bytes: &[u8]) -> bool {
    let text = without_separator(without_mark(bytes).trim_ascii_start());
    matches!(text.first(), Some(b'{' | b'[')) || is_log(text.get(..HEAD_BYTES).unwrap_or(text))
}

fn is_blank(head: &[u8]) -> bool {
    without_mark(head).trim_ascii_start().is_empty()
}

/// The bytes without the sign before each document of a sequence (RFC 7464).
fn without_separator(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_prefix(b"\x1e").unwrap_or(bytes);
    bytes.trim_ascii_start()
}

/// The bytes without the byte order mark that some tools write before JSON.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_forms_are_read_up_to_the_limit() {
        let limits = Limits {
            content_bytes: 1000,
            ..Limits::default()
        };
        let tar = [[b'x'; 257].as_slice(), b"ustar"].concat();
        for known in [
            b"".as_slice(),
            b" \n",
            b"\xef\xbb\xbf {",
            b"\x1e{",
            b"[",
            b"1770091506007 {",
            b"eventTime,eventSource,eventName\n",
            b"\x1f\x8b",
            b"\x28\xb5\x2f\xfd",
            b"BZh",
            b"PK\x03\x04",
            b"PAR1",
            &tar,
        ] {
            let assessed = assess(known, &limits);
            assert_eq!(assessed, Assessment::ReadUpTo(1001), "{known:?}");
        }
        for foreign in [b"\0\0\0".as_slice(), b"# Notes", b"hello,world\n", b"7"] {
            assert_eq!(assess(foreign, &limits), Assessment::NotCloudTrail);
        }
    }
}
