//! The manifest of an inventory.

use jiff::Timestamp;
use serde::Deserialize;

use super::format::InventoryFormat;
use super::row::shortened;
use crate::source::s3::InventoryError;

/// The manifest of an inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InventoryManifest {
    /// The bucket that the inventory lists.
    pub(super) bucket: String,
    /// The time at which S3 began to list it.
    pub(super) created_at: Timestamp,
    pub(super) format: InventoryFormat,
    pub(super) files: Vec<DataFile>,
}

/// A data file of an inventory.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct DataFile {
    /// The key in the bucket of the inventory.
    pub(super) key: String,
    /// The size in bytes.
    pub(super) size: u64,
    /// The MD5, in hexadecimal digits.
    #[serde(rename = "MD5checksum")]
    pub(super) md5: String,
}

/// The content of the file.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredManifest {
    source_bucket: String,
    creation_timestamp: Milliseconds,
    file_format: String,
    file_schema: String,
    files: Vec<DataFile>,
}

/// The time in milliseconds, which S3 writes as a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Milliseconds {
    Text(String),
    Number(i64),
}

impl InventoryManifest {
    /// Parses the content of `manifest.json`.
    ///
    /// # Errors
    ///
    /// Returns an error if it is not a manifest, or its data files cannot be read.
    pub(super) fn parse(text: &[u8]) -> Result<Self, InventoryError> {
        let stored: StoredManifest = serde_json::from_slice(text).map_err(not_a_manifest)?;
        let format = InventoryFormat::parse(&stored.file_format, &stored.file_schema)?;
        Ok(Self {
            bucket: stored.source_bucket,
            created_at: stored.creation_timestamp.timestamp()?,
            format,
            files: stored.files,
        })
    }
}

impl Milliseconds {
    fn timestamp(self) -> Result<Timestamp, InventoryError> {
        let milliseconds = match self {
            Self::Number(number) => number,
            Self::Text(text) => text.parse().map_err(not_a_manifest)?,
        };
        Timestamp::from_millisecond(milliseconds).map_err(not_a_manifest)
    }
}

fn not_a_manifest(error: impl ToString) -> InventoryError {
    InventoryError::Manifest(shortened(&error.to_string()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(
        format: &str,
        schema: &str,
        created: serde_json::Value,
    ) -> Result<InventoryManifest, String> {
        let text = json!({
            "sourceBucket": "b",
            "destinationBucket": "arn:aws:s3:::inventories",
            "version": "2016-11-30",
            "creationTimestamp": created,
            "fileFormat": format,
            "fileSchema": schema,
            "files": [{ "key": "k", "size": 1, "MD5checksum": "0" }],
        });
        InventoryManifest::parse(text.to_string().as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn formats_and_columns_are_those_that_are_read() {
        let csv = "Bucket, Key, Size, LastModifiedDate, ETag";
        let manifest = parse("CSV", csv, json!("1748826000000")).expect("a manifest");
        assert_eq!(manifest.created_at.to_string(), "2025-06-02T01:00:00Z");
        let parquet = "message s3.inventory {  required binary bucket (STRING);  required binary \
                       key (STRING);  optional int64 size;  optional binary e_tag (STRING);}";
        assert!(parse("Parquet", parquet, json!(0)).is_ok());
        let refused = |format, schema, part: &str| {
            let error = parse(format, schema, json!("0")).expect_err("it is refused");
            assert!(error.contains(part), "{error}");
        };
        refused("ORC", "struct<bucket:string>", "choose Parquet or CSV");
        refused("CSV", "Bucket, Key, Size", "it has no ETag");
        refused(
            "Parquet",
            "message { binary bucket; binary key; binary e_tag; }",
            "no Size",
        );
        let time = parse("CSV", csv, json!("soon")).expect_err("it is refused");
        assert!(time.starts_with("it is not a manifest"), "{time}");
    }
}
