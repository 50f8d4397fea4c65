//! Damage: something in an object that could not be read.

use crate::problem::ProblemKind;

/// Something in an object that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The kind of problem.
    pub kind: ProblemKind,
    /// A description for a person.
    pub detail: String,
    /// The place in the content of the object.
    pub byte: Option<u64>,
}

impl Damage {
    /// The damage of content that is larger than a limit.
    pub(super) fn too_large(detail: String, byte: Option<u64>) -> Self {
        Self {
            kind: ProblemKind::TooLarge,
            detail,
            byte,
        }
    }

    /// The damage of compressed bytes or an archive.
    pub(super) fn of_compression(detail: String, byte: Option<u64>) -> Self {
        Self {
            kind: ProblemKind::DamagedCompression,
            detail,
            byte,
        }
    }

    /// The damage of a container that is known and cannot be read.
    pub(super) fn unsupported(detail: String) -> Self {
        Self {
            kind: ProblemKind::UnsupportedContainer,
            detail,
            byte: None,
        }
    }

    /// The damage of JSON.
    pub(super) fn of_json(detail: String, byte: u64) -> Self {
        Self {
            kind: ProblemKind::DamagedJson,
            detail,
            byte: Some(byte),
        }
    }

    /// The damage of a table.
    pub(super) fn of_table(detail: String, byte: Option<u64>) -> Self {
        Self {
            kind: ProblemKind::DamagedTable,
            detail,
            byte,
        }
    }

    /// Returns true if a limit stopped the reading, so that there may be more.
    pub(super) fn is_limit(&self) -> bool {
        self.kind == ProblemKind::TooLarge
    }
}
