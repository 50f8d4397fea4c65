//! Attributes of the next file in a tar file: POSIX's extended headers, and GNU's long names.

use super::sparse::Map;

/// The attributes that headers before that of a file give it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Attributes {
    pub(super) path: Option<Vec<u8>>,
    pub(super) size_bytes: Option<u64>,
    /// The path of a sparse file, whose own is that of a temporary one.
    sparse_path: Option<Vec<u8>>,
    /// The size of a sparse file with its zeros.
    sparse_bytes: Option<u64>,
    /// The map of a sparse file, as numbers between commas.
    sparse_map: Vec<u8>,
    /// True if the content of a sparse file begins with its map.
    has_map_in_content: bool,
}

impl Attributes {
    /// Reads the records of an extended header: `LENGTH NAME=VALUE\n`. Returns nothing if one is
    /// damaged.
    pub(super) fn read(&mut self, mut records: &[u8]) -> Option<()> {
        while !records.is_empty() && records.first() != Some(&0) {
            // A length has few digits, so bytes without a space near their beginning are not a
            // record.
            let space = records.iter().take(20).position(|byte| *byte == b' ')?;
            let length: usize = str::from_utf8(records.get(..space)?).ok()?.parse().ok()?;
            let record = records.get(space + 1..length)?;
            records = records.get(length..)?;
            let equals = record.iter().position(|byte| *byte == b'=')?;
            let (name, value) = record.split_at(equals);
            self.set(name, value.get(1..)?.strip_suffix(b"\n")?)?;
        }
        Some(())
    }

    fn set(&mut self, name: &[u8], value: &[u8]) -> Option<()> {
        match name {
            b"path" => self.path = Some(value.to_vec()),
            b"size" => self.size_bytes = Some(decimal(value)?),
            b"GNU.sparse.name" => self.sparse_path = Some(value.to_vec()),
            b"GNU.sparse.size" | b"GNU.sparse.realsize" => {
                self.sparse_bytes = Some(decimal(value)?);
            }
            b"GNU.sparse.map" => self.sparse_map = value.to_vec(),
            b"GNU.sparse.offset" | b"GNU.sparse.numbytes" => {
                self.sparse_map.extend_from_slice(value);
                self.sparse_map.push(b',');
            }
            b"GNU.sparse.major" => self.has_map_in_content = value == b"1",
            _ => {}
        }
        Some(())
    }

    /// Returns the path of the file, if these have it.
    pub(super) fn path(&self) -> Option<&[u8]> {
        self.sparse_path.as_deref().or(self.path.as_deref())
    }

    /// Returns true if the file is sparse.
    pub(super) fn is_sparse(&self) -> bool {
        self.has_map_in_content || self.sparse_bytes.is_some()
    }

    /// Returns the map of a sparse file with this content, and the size of the map in it.
    pub(super) fn map(&self, content: &[u8]) -> Option<(Map, usize)> {
        let size_bytes = self.sparse_bytes?;
        match self.has_map_in_content {
            true => Map::from_content(content, size_bytes),
            false => Map::from_text(&self.sparse_map, size_bytes).map(|map| (map, 0)),
        }
    }
}

fn decimal(value: &[u8]) -> Option<u64> {
    str::from_utf8(value).ok()?.parse().ok()
}
