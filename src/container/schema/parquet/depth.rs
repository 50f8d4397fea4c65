//! The nesting depth of the schema of a Parquet file, found before the file is opened: the reader
//! follows the schema by recursion, and a small file may claim any depth.
//!
//! The footer is a structure of Thrift in its compact protocol; of it, only the list of schema
//! elements is read (Apache Parquet, `parquet.thrift`: `FileMetaData.schema`,
//! `SchemaElement.num_children`).

/// The bytes after the footer: its length and the magic.
const TAIL_BYTES: usize = 8;

/// The deepest nesting of structures of Thrift that are skipped. Schema elements nest three.
const SKIP_LIMIT: usize = 16;

/// The field of the schema in the footer, and that of the number of children in an element of it.
const SCHEMA: i64 = 2;
const NUM_CHILDREN: i64 = 5;

/// The types of the compact protocol that are not numbers.
const BOOLEAN_TRUE: u8 = 1;
const BOOLEAN_FALSE: u8 = 2;
const BYTE: u8 = 3;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
const STRUCT: u8 = 12;

/// Returns the depth of the schema; nothing when the footer cannot be followed.
pub(super) fn schema_depth(file: &[u8]) -> Option<usize> {
    let mut footer = Compact {
        bytes: footer(file)?,
    };
    let mut field = 0;
    while let Some(kind) = footer.field(&mut field)? {
        if field == SCHEMA && kind == LIST {
            return footer.depth_of_schema();
        }
        footer.skip(kind, 0)?;
    }
    None
}

fn footer(file: &[u8]) -> Option<&[u8]> {
    let end = file.len().checked_sub(TAIL_BYTES)?;
    let start = end.checked_sub(footer_bytes(file.get(end..)?)?)?;
    file.get(start..end)
}

/// Returns the size of the footer, which is in the tail.
fn footer_bytes(tail: &[u8]) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(*tail.first_chunk()?)).ok()
}

/// The rest of a structure in the compact protocol.
struct Compact<'a> {
    bytes: &'a [u8],
}

impl Compact<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    fn skip_bytes(&mut self, count: u64) -> Option<()> {
        self.bytes = self.bytes.get(usize::try_from(count).ok()?..)?;
        Some(())
    }

    /// Reads a number of seven bits to a byte, the lowest first.
    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// Reads a number whose sign is in its lowest bit.
    fn number(&mut self) -> Option<i64> {
        let number = self.varint()?;
        Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    /// Returns the type of the next field, and puts its number into `field`; the inner nothing is
    /// the end of the structure.
    fn field(&mut self, field: &mut i64) -> Option<Option<u8>> {
        let head = self.byte()?;
        if head == 0 {
            return Some(None);
        }
        *field = match head >> 4 {
            0 => self.number()?,
            delta => field.checked_add(i64::from(delta))?,
        };
        Some(Some(head & 0x0f))
    }

    /// Returns the type and the number of the elements of a list.
    fn list(&mut self) -> Option<(u8, u64)> {
        let head = self.byte()?;
        let size = match head >> 4 {
            15 => self.varint()?,
            size => u64::from(size),
        };
        Some((head & 0x0f, size))
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Option<()> {
        if depth == SKIP_LIMIT {
            return None;
        }
        match kind {
            BOOLEAN_TRUE | BOOLEAN_FALSE => Some(()),
            BYTE => self.skip_bytes(1),
            DOUBLE => self.skip_bytes(8),
            BINARY => {
                let length = self.varint()?;
                self.skip_bytes(length)
            }
            LIST | SET => self.skip_list(depth),
            MAP => self.skip_map(depth),
            STRUCT => self.skip_struct(depth),
            _ => self.varint().map(|_| ()),
        }
    }

    fn skip_list(&mut self, depth: usize) -> Option<()> {
        let (kind, size) = self.list()?;
        for _ in 0..size {
            self.skip_element(kind, depth + 1)?;
        }
        Some(())
    }

    fn skip_map(&mut self, depth: usize) -> Option<()> {
        let size = self.varint()?;
        if size == 0 {
            return Some(());
        }
        let kinds = self.byte()?;
        for _ in 0..size {
            self.skip_pair(kinds, depth + 1)?;
        }
        Some(())
    }

    /// Skips a key and its value. Each of their types has half a byte.
    fn skip_pair(&mut self, kinds: u8, depth: usize) -> Option<()> {
        self.skip_element(kinds >> 4, depth)?;
        self.skip_element(kinds & 0x0f, depth)
    }

    fn skip_struct(&mut self, depth: usize) -> Option<()> {
        let mut field = 0;
        while let Some(kind) = self.field(&mut field)? {
            self.skip(kind, depth + 1)?;
        }
        Some(())
    }

    /// Skips an element of a list or map. A boolean takes a byte of its own there, while as a field
    /// it is in the type.
    fn skip_element(&mut self, kind: u8, depth: usize) -> Option<()> {
        match kind {
            BOOLEAN_TRUE | BOOLEAN_FALSE => self.skip_bytes(1),
            kind => self.skip(kind, depth),
        }
    }

    /// Reads the elements of a schema, each before its children, and returns their depth.
    fn depth_of_schema(&mut self) -> Option<usize> {
        let (kind, size) = self.list()?;
        let mut elements = OpenElements::default();
        for _ in 0..size {
            if kind != STRUCT {
                return None;
            }
            elements.add(self.children()?);
        }
        Some(elements.deepest)
    }

    /// Reads one element of a schema, and returns the number of its children.
    fn children(&mut self) -> Option<i64> {
        let (mut field, mut children) = (0, 0);
        while let Some(kind) = self.field(&mut field)? {
            if field == NUM_CHILDREN {
                children = self.number()?;
            } else {
                self.skip(kind, 0)?;
            }
        }
        Some(children)
    }
}

/// The elements of a schema of which not all children were read.
#[derive(Default)]
struct OpenElements {
    /// The number of children to come of each, the innermost last.
    children: Vec<i64>,
    /// The most elements that were open at a time.
    deepest: usize,
}

impl OpenElements {
    /// Adds an element with this many children. It comes before them, so it is itself a child of
    /// the last open element.
    fn add(&mut self, children: i64) {
        if let Some(siblings) = self.children.last_mut() {
            *siblings -= 1;
        }
        if children > 0 {
            self.children.push(children);
        }
        self.deepest = self.deepest.max(self.children.len());
        // The last child of an element may also end those around it.
        while self.children.last() == Some(&0) {
            self.children.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with a schema of groups in one another.
    fn nested(depth: usize) -> Vec<u8> {
        let mut footer = vec![0x15, 2, 0x19, 0xf0 | STRUCT];
        let mut size = depth;
        while size >= 0x80 {
            footer.push((size & 0x7f) as u8 | 0x80);
            size >>= 7;
        }
        footer.push(size as u8);
        for _ in 0..depth {
            // The name is field 4, the number of children field 5.
            footer.extend([0x48, 1, b'g', 0x15, 2, 0]);
        }
        footer.push(0);
        let length = u32::try_from(footer.len()).expect("small").to_le_bytes();
        [b"PAR1".as_slice(), &footer, &length, b"PAR1"].concat()
    }

    #[test]
    fn the_depth_of_a_schema_is_known_before_it_is_followed() {
        assert_eq!(schema_depth(&nested(3)), Some(3));
        assert_eq!(schema_depth(&nested(100_000)), Some(100_000));
        assert_eq!(schema_depth(b"PAR1PAR1"), None);
        let own = std::fs::read(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/lower-case.parquet"
        ));
        assert_eq!(schema_depth(&own.expect("the fixture")), Some(4));
    }
}
