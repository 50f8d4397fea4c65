//! The extensions of compressed files, on which the place of a file does not depend.

/// The extensions that compressions give to names.
const COMPRESSIONS: [&str; 9] = [
    "gz", "bz2", "zst", "zstd", "xz", "lz4", "br", "snappy", "sz",
];

/// Returns a key without the extension of a compression.
pub(crate) fn without_compression(key: &str) -> &str {
    let split = key.rsplit_once('.');
    let split = split.filter(|(_, extension)| COMPRESSIONS.contains(extension));
    split.map_or(key, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_extension_of_a_compression_is_left_out() {
        let rows = [
            ("a/b.json.gz", "a/b.json"),
            ("a/b.json.bz2", "a/b.json"),
            ("a/b.json.sz", "a/b.json"),
            ("a/b.json", "a/b.json"),
            ("a.gz/b", "a.gz/b"),
            ("gz", "gz"),
        ];
        for (key, expected) in rows {
            assert_eq!(without_compression(key), expected);
        }
    }
}
