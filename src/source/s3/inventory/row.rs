//! The rows of an inventory.

use super::column::InventoryColumn;
use crate::source::s3::object::{self, SHORT_BYTES};

/// A row of an inventory: a version of an object, or a delete marker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InventoryRow<'a> {
    pub(super) bucket: &'a str,
    /// The key as it is written in the file.
    pub(super) key: &'a str,
    pub(super) stored_bytes: Option<u64>,
    pub(super) etag: Option<&'a str>,
    pub(super) storage_class: Option<&'a str>,
    is_latest: bool,
    is_delete_marker: bool,
}

/// A row that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BadRow {
    /// The number of the row, counted from one. It is zero where no row can be read.
    pub(super) row: u64,
    /// A description.
    pub(super) detail: String,
}

/// Takes a row, or describes why it cannot.
pub(super) type TakeRow<'a> = dyn FnMut(&InventoryRow<'_>) -> Result<(), String> + 'a;

impl<'a> InventoryRow<'a> {
    /// Returns a row without values, of a current version.
    pub(super) fn new() -> Self {
        Self {
            bucket: "",
            key: "",
            stored_bytes: None,
            etag: None,
            storage_class: None,
            is_latest: true,
            is_delete_marker: false,
        }
    }

    /// Returns the row with another key.
    pub(super) fn with_key(self, key: &'a str) -> Self {
        Self { key, ..self }
    }

    /// Returns whether the row is of an object that can be read: not of an earlier version, and not
    /// of a delete marker.
    pub(super) fn is_current(&self) -> bool {
        self.is_latest && !self.is_delete_marker
    }

    /// Sets a column to a text, in which nothing is empty.
    ///
    /// # Errors
    ///
    /// Returns a description if the column has no such value.
    pub(super) fn set_text(
        &mut self,
        column: InventoryColumn,
        text: &'a str,
    ) -> Result<(), String> {
        let optional = Some(text).filter(|text| !text.is_empty());
        match column {
            InventoryColumn::Bucket => self.bucket = text,
            InventoryColumn::Key => self.key = text,
            InventoryColumn::ETag => self.etag = optional,
            InventoryColumn::StorageClass => self.storage_class = optional,
            InventoryColumn::Size => {
                let size = optional.map(str::parse).transpose();
                self.stored_bytes = size.map_err(|_| mismatch(column, text))?;
            }
            InventoryColumn::IsLatest | InventoryColumn::IsDeleteMarker => {
                self.set_boolean(column, parse_boolean(column, text)?)?;
            }
        }
        Ok(())
    }

    /// Sets a column to a boolean.
    ///
    /// # Errors
    ///
    /// Returns a description if the column has no such value.
    pub(super) fn set_boolean(
        &mut self,
        column: InventoryColumn,
        value: bool,
    ) -> Result<(), String> {
        match column {
            InventoryColumn::IsLatest => self.is_latest = value,
            InventoryColumn::IsDeleteMarker => self.is_delete_marker = value,
            _ => return Err(mismatch(column, &value.to_string())),
        }
        Ok(())
    }

    /// Sets a column to a number.
    ///
    /// # Errors
    ///
    /// Returns a description if the column has no such value.
    pub(super) fn set_number(&mut self, column: InventoryColumn, value: i64) -> Result<(), String> {
        match (column, u64::try_from(value)) {
            (InventoryColumn::Size, Ok(size)) => self.stored_bytes = Some(size),
            _ => return Err(mismatch(column, &value.to_string())),
        }
        Ok(())
    }

    /// Checks that the values may be those of an object of S3.
    ///
    /// # Errors
    ///
    /// Returns a description if they are not.
    pub(super) fn check(&self) -> Result<(), String> {
        object::check(self.key, self.etag, self.storage_class)
    }
}

fn parse_boolean(column: InventoryColumn, text: &str) -> Result<bool, String> {
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    match (is("true"), is("false")) {
        (true, _) => Ok(true),
        (_, true) => Ok(false),
        _ => Err(mismatch(column, text)),
    }
}

/// Returns the beginning of a text that may be long.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(SHORT_BYTES).collect()
}

fn mismatch(column: InventoryColumn, text: &str) -> String {
    let shown = shortened(text);
    format!("`{shown}` is not a value of {}", column.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::s3::object::KEY_BYTES;

    #[test]
    fn values_are_of_their_columns() {
        let mut row = InventoryRow::new();
        assert!(row.is_current());
        for (column, text) in [
            (InventoryColumn::IsLatest, "TRUE"),
            (InventoryColumn::IsDeleteMarker, "false"),
            (InventoryColumn::Size, "7"),
            (InventoryColumn::ETag, ""),
        ] {
            assert_eq!(row.set_text(column, text), Ok(()), "{text}");
        }
        assert_eq!((row.stored_bytes, row.etag), (Some(7), None));
        for (column, text) in [
            (InventoryColumn::IsLatest, ""),
            (InventoryColumn::Size, "-1"),
        ] {
            assert!(row.set_text(column, text).is_err(), "{text}");
        }
        assert!(row.set_number(InventoryColumn::Size, -1).is_err());
        assert!(row.set_number(InventoryColumn::Key, 1).is_err());
        assert!(row.set_boolean(InventoryColumn::Size, true).is_err());
        assert_eq!(
            row.set_boolean(InventoryColumn::IsDeleteMarker, true),
            Ok(())
        );
        assert!(!row.is_current());
    }

    #[test]
    fn a_key_has_as_many_bytes_as_s3_allows() {
        let check = |key: &str| InventoryRow::new().with_key(key).check();
        assert_eq!(check(&"k".repeat(KEY_BYTES)), Ok(()));
        assert!(check(&"k".repeat(KEY_BYTES + 1)).is_err());
        assert!(check("").is_err());
    }
}
