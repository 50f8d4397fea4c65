//! Hashes that are the same in every version, since ledgers hold them.

/// The constants have as many ones as zeros, in no order.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
const OTHER_FACTOR: u64 = 0xd6e8_feb8_6659_fd93;

/// Returns the hash of bytes, which depends on the seed as well.
///
/// Names that are made for it may have the hash that their maker wants. That decides which uses
/// are left out, and the number of these is reported.
pub(super) fn hash(bytes: &[u8], seed: u64) -> u64 {
    let mut state = seed ^ (bytes.len() as u64).wrapping_mul(OTHER_FACTOR);
    let (blocks, rest) = bytes.as_chunks::<16>();
    for block in blocks {
        state = mixed(block, state);
    }
    let mut last = [0; 16];
    for (place, byte) in last.iter_mut().zip(rest) {
        *place = *byte;
    }
    mixed(&last, state)
}

/// Returns the hash of a resource with its account and region.
pub(super) fn resource(resource: &str, place: [Option<&str>; 2]) -> u64 {
    let [account, region] = place.map(|text| text.unwrap_or_default().as_bytes());
    hash(resource.as_bytes(), hash(region, hash(account, 0)))
}

/// Returns the hash of a number.
pub(super) fn of_number(number: u64, seed: u64) -> u64 {
    folded(number ^ FACTOR, seed ^ OTHER_FACTOR)
}

fn mixed(block: &[u8; 16], state: u64) -> u64 {
    let number = u128::from_le_bytes(*block);
    let (low, high) = (number as u64, (number >> 64) as u64);
    folded(low ^ FACTOR, high ^ state ^ OTHER_FACTOR)
}

/// Multiplies two numbers, and folds the product.
fn folded(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    (product as u64) ^ ((product >> 64) as u64)
}
