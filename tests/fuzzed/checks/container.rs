//! What must hold for containers.

use backtrail::internals::container::{
    Assessment, HEAD_BYTES, Limits, Piece, assess, is_table, unpack, walk, walk_table,
};

use super::json::check_walks;

/// Small enough for a fuzzer to reach.
const CONTENT_BYTES: u64 = 64 << 10;

/// Takes any bytes as an object. No piece of its content is larger than the limit, and both walks
/// over a piece visit the same records.
pub fn check(bytes: &[u8]) {
    records(bytes);
}

/// Does the same, and returns the number of records.
pub fn records(bytes: &[u8]) -> usize {
    let limits = Limits {
        content_bytes: CONTENT_BYTES,
        ..Limits::default()
    };
    let stored = match assess(&bytes[..bytes.len().min(HEAD_BYTES)], &limits) {
        Assessment::ReadUpTo(limit) => &bytes[..bytes.len().min(limit as usize)],
        Assessment::NotCloudTrail => bytes,
    };
    let mut records = 0;
    unpack(stored.to_vec(), &limits, &mut |piece| {
        records += check_piece(piece)
    });
    records
}

fn check_piece(piece: &Piece) -> usize {
    assert!(!piece.is_packed || piece.bytes.len() as u64 <= CONTENT_BYTES);
    let text = String::from_utf8_lossy(&piece.bytes);
    let mut records = 0;
    if is_table(&piece.bytes) {
        walk_table(&text, &mut |_| records += 1);
    } else {
        check_walks(&text);
        walk(&text, &Limits::default(), &mut |_| records += 1);
    }
    records
}
