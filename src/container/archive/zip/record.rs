//! The records of a zip file that describe one file: its own header, and its entry in the
//! directory.

use super::fields::{enlarge, long, quad, short};
use super::method;

/// The first bytes of the header of a file.
pub(in crate::container) const LOCAL: &[u8] = b"PK\x03\x04";

/// The first bytes of an entry in the directory.
pub(super) const CENTRAL: &[u8] = b"PK\x01\x02";

/// The first bytes of the record after a file whose size was not known before it was written.
pub(super) const DESCRIPTOR: &[u8] = b"PK\x07\x08";

/// The sizes of the records without what varies.
const LOCAL_BYTES: usize = 30;
const CENTRAL_BYTES: usize = 46;

/// Flags of a file.
const ENCRYPTED: u16 = 1;
const HAS_DESCRIPTOR: u16 = 1 << 3;

/// The latest version of the format that a file can need, as the number in its header.
const LATEST_VERSION: u16 = 63;

/// The description of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Description {
    pub(super) name: Vec<u8>,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) checksum: u32,
    /// The size in the zip file.
    pub(super) packed_bytes: u64,
    pub(super) size_bytes: u64,
}

/// An entry of the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DirectoryEntry {
    pub(super) description: Description,
    /// The place of the header of the file.
    pub(super) offset: u64,
}

impl Description {
    /// Reads the fields from the flags on, which both records have in the same order.
    fn read(name: &[u8], fields: &[u8]) -> Option<Self> {
        Some(Self {
            name: name.to_vec(),
            flags: short(fields, 0)?,
            method: short(fields, 2)?,
            checksum: long(fields, 8)?,
            packed_bytes: long(fields, 12)?.into(),
            size_bytes: long(fields, 16)?.into(),
        })
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.flags & ENCRYPTED != 0
    }

    /// Returns true if the header of the file lacks its size and checksum.
    pub(super) fn lacks_size(&self) -> bool {
        self.flags & HAS_DESCRIPTOR != 0 && self.packed_bytes == 0
    }

    pub(super) fn has_descriptor(&self) -> bool {
        self.flags & HAS_DESCRIPTOR != 0
    }

    /// Returns true if the file is a folder.
    pub(super) fn is_folder(&self) -> bool {
        self.name.ends_with(b"/") && self.size_bytes == 0
    }
}

/// Reads the header of a file at a place, and returns the place of its content. Other bytes hardly
/// look like one.
pub(super) fn local(stored: &[u8], place: usize) -> Option<(Description, usize)> {
    let bytes = stored.get(place..).filter(|rest| rest.starts_with(LOCAL))?;
    let (version, method) = (short(bytes, 4)? & 0xff, short(bytes, 8)?);
    let name_end = LOCAL_BYTES + usize::from(short(bytes, 26)?);
    let name = bytes.get(LOCAL_BYTES..name_end)?;
    if version > LATEST_VERSION || !method::is_known(method) || !is_name(name) {
        return None;
    }
    let mut description = Description::read(name, bytes.get(6..)?)?;
    let extra = bytes.get(name_end..)?;
    // The zip file may be cut within the extra fields, and the header is still that of a file.
    let extra = extra.get(..short(bytes, 28)?.into()).unwrap_or(extra);
    let (size, packed) = (&mut description.size_bytes, &mut description.packed_bytes);
    enlarge(&mut [size, packed], extra);
    Some((description, content_place(stored, place)?))
}

fn is_name(name: &[u8]) -> bool {
    !name.is_empty() && !name.contains(&0)
}

/// Returns the place of the content of a file whose header is at a place, even if that is damaged.
pub(super) fn content_place(stored: &[u8], place: usize) -> Option<usize> {
    let bytes = stored.get(place..)?;
    let name_bytes = usize::from(short(bytes, 26)?);
    Some(place + LOCAL_BYTES + name_bytes + usize::from(short(bytes, 28)?))
}

/// Reads the entry of the directory that bytes begin with, and returns its size.
pub(super) fn central(bytes: &[u8]) -> Option<(DirectoryEntry, usize)> {
    if !bytes.starts_with(CENTRAL) {
        return None;
    }
    let name_bytes = usize::from(short(bytes, 28)?);
    let extra_bytes = usize::from(short(bytes, 30)?);
    let comment_bytes = usize::from(short(bytes, 32)?);
    let extra_place = CENTRAL_BYTES + name_bytes;
    let name = bytes.get(CENTRAL_BYTES..extra_place)?;
    let extra = bytes.get(extra_place..extra_place + extra_bytes)?;
    let mut description = Description::read(name, bytes.get(8..)?)?;
    let mut offset = long(bytes, 42)?.into();
    let (size, packed) = (&mut description.size_bytes, &mut description.packed_bytes);
    enlarge(&mut [size, packed, &mut offset], extra);
    let listed = DirectoryEntry {
        description,
        offset,
    };
    Some((listed, extra_place + extra_bytes + comment_bytes))
}

/// The checksum and sizes after a file, and the size of their record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Descriptor {
    pub(super) checksum: u32,
    pub(super) packed_bytes: u64,
    pub(super) size_bytes: u64,
    pub(super) length: usize,
}

/// Reads the record after a file whose content had this size in the zip file: with or without its
/// first bytes, and with sizes of four or eight bytes.
pub(super) fn descriptor(bytes: &[u8], packed_bytes: u64) -> Option<Descriptor> {
    let prefix = match bytes.starts_with(DESCRIPTOR) {
        true => DESCRIPTOR.len(),
        false => 0,
    };
    let checksum = long(bytes, prefix)?;
    let small = || -> Option<Descriptor> {
        Some(Descriptor {
            checksum,
            packed_bytes: long(bytes, prefix + 4)?.into(),
            size_bytes: long(bytes, prefix + 8)?.into(),
            length: prefix + 12,
        })
    };
    let large = || -> Option<Descriptor> {
        Some(Descriptor {
            checksum,
            packed_bytes: quad(bytes, prefix + 4)?,
            size_bytes: quad(bytes, prefix + 12)?,
            length: prefix + 20,
        })
    };
    let fits = |found: &Descriptor| found.packed_bytes == packed_bytes;
    // Sizes of eight bytes are tried first: the lower half of one also fits a size of four.
    large().filter(fits).or_else(|| small().filter(fits))
}
