//! The columns of an inventory, as far as they are read.

/// A column of an inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InventoryColumn {
    /// The bucket.
    Bucket,
    /// The key.
    Key,
    /// True if the row is of the current version.
    IsLatest,
    /// True if the row is of a delete marker.
    IsDeleteMarker,
    /// The size in bytes.
    Size,
    /// The ETag.
    ETag,
    /// The storage class.
    StorageClass,
}

impl InventoryColumn {
    /// Every column.
    pub(super) const ALL: [Self; 7] = [
        Self::Bucket,
        Self::Key,
        Self::IsLatest,
        Self::IsDeleteMarker,
        Self::Size,
        Self::ETag,
        Self::StorageClass,
    ];

    /// Returns the name in CSV, which is also that of the configuration.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Bucket => "Bucket",
            Self::Key => "Key",
            Self::IsLatest => "IsLatest",
            Self::IsDeleteMarker => "IsDeleteMarker",
            Self::Size => "Size",
            Self::ETag => "ETag",
            Self::StorageClass => "StorageClass",
        }
    }

    /// Returns the column with this name in CSV.
    pub(super) fn named(name: &str) -> Option<Self> {
        let mut columns = Self::ALL.into_iter();
        columns.find(|column| column.name() == name)
    }

    /// Returns the name in Parquet.
    pub(super) fn parquet_name(self) -> &'static str {
        match self {
            Self::Bucket => "bucket",
            Self::Key => "key",
            Self::IsLatest => "is_latest",
            Self::IsDeleteMarker => "is_delete_marker",
            Self::Size => "size",
            Self::ETag => "e_tag",
            Self::StorageClass => "storage_class",
        }
    }

    /// Returns whether an inventory without the column is refused. One of current versions only has
    /// no column that says so.
    fn is_required(self) -> bool {
        match self {
            Self::Bucket | Self::Key | Self::Size | Self::ETag => true,
            Self::IsLatest | Self::IsDeleteMarker | Self::StorageClass => false,
        }
    }

    /// Returns the first required column that is not among those of an inventory.
    pub(super) fn missing_from(present: &[Self]) -> Option<Self> {
        let mut required = Self::ALL.into_iter().filter(|column| column.is_required());
        required.find(|column| !present.contains(column))
    }
}
