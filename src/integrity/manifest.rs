//! Manifests of the metadata of objects: what S3 keeps beside digests, saved as a file.

use serde::{Deserialize, Serialize};

use super::{ObjectMetadata, ObjectName};
use crate::text::expected_in_words;

/// The columns of a table of metadata.
const KEY_COLUMN: &str = "key";
const SIGNATURE_COLUMN: &str = "signature";

/// The metadata of objects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The objects.
    pub entries: Vec<ManifestEntry>,
}

/// The metadata of one object, in the shape of what `aws s3api head-object` prints, with the bucket
/// and the key added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ManifestEntry {
    /// The bucket, if it is known.
    pub bucket: String,
    /// The key. `rclone lsjson` calls it a path.
    #[serde(alias = "Path", alias = "key")]
    pub key: String,
    /// The metadata.
    #[serde(alias = "metadata")]
    pub metadata: ObjectMetadata,
}

/// The reason for which a manifest cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// It is not JSON of the expected shape.
    #[error(
        "line {line}: it is not the metadata of an object: {}",
        expected_in_words(&source.to_string())
    )]
    Json {
        /// The line, from one.
        line: usize,
        /// The reason.
        source: serde_json::Error,
    },
    /// It is not a table of the expected shape.
    #[error("it is not a table of metadata: {0}")]
    Table(#[from] csv::Error),
    /// A column is missing.
    #[error("the table has no column `{0}`")]
    Column(&'static str),
}

impl Manifest {
    /// Parses a manifest: the outputs of `aws s3api head-object` with `Bucket` and `Key` added, one
    /// after another or in an array, the output of `rclone lsjson -M`, or a table in CSV with the
    /// columns `key` and `signature`.
    ///
    /// # Errors
    ///
    /// Returns an error if it is none of them.
    pub fn parse(text: &[u8]) -> Result<Self, ManifestError> {
        let entries = match text.trim_ascii_start().first() {
            Some(b'[') => Self::parse_array(text)?,
            Some(b'{') | None => Self::parse_objects(text)?,
            Some(_) => Self::parse_table(text)?,
        };
        Ok(Self { entries })
    }

    fn parse_array(text: &[u8]) -> Result<Vec<ManifestEntry>, ManifestError> {
        serde_json::from_slice(text).map_err(json_error)
    }

    fn parse_objects(text: &[u8]) -> Result<Vec<ManifestEntry>, ManifestError> {
        let objects = serde_json::Deserializer::from_slice(text).into_iter();
        objects.collect::<Result<_, _>>().map_err(json_error)
    }

    fn parse_table(text: &[u8]) -> Result<Vec<ManifestEntry>, ManifestError> {
        let mut table = csv::Reader::from_reader(text);
        let header = table.headers()?.clone();
        let column = |name: &'static str| {
            let place = header
                .iter()
                .position(|cell| cell.eq_ignore_ascii_case(name));
            place.ok_or(ManifestError::Column(name))
        };
        let (key, signature) = (column(KEY_COLUMN)?, column(SIGNATURE_COLUMN)?);
        let mut entries = Vec::new();
        for row in table.records() {
            let row = row?;
            let cell = |place: usize| row.get(place).unwrap_or_default().to_owned();
            entries.push(ManifestEntry {
                bucket: String::new(),
                key: cell(key),
                metadata: [(SIGNATURE_COLUMN.to_owned(), cell(signature))].into(),
            });
        }
        Ok(entries)
    }
}

impl ManifestEntry {
    /// Returns the name of the object.
    pub fn name(&self) -> ObjectName {
        ObjectName::new(&self.bucket, &self.key)
    }
}

fn json_error(source: serde_json::Error) -> ManifestError {
    ManifestError::Json {
        line: source.line(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_manifest_is_read() {
        let texts = [
            "{\"Bucket\":\"b\",\"Key\":\"k\",\"Metadata\":{\"signature\":\"ab\"}}\n",
            " [{\"Path\":\"k\",\"IsDir\":false,\"Metadata\":{\"signature\":\"ab\",\"tier\":\"STANDARD\"}}]",
            "bucket,key,signature\nb,k,ab\n",
        ];
        for text in texts {
            let manifest = Manifest::parse(text.as_bytes()).expect("a manifest");
            let [entry] = manifest.entries.as_slice() else {
                panic!("one entry: {text}");
            };
            assert_eq!(&*entry.name().key, "k");
            assert_eq!(
                entry.metadata.get("signature").map(String::as_str),
                Some("ab")
            );
        }
        assert!(Manifest::parse(b"").is_ok_and(|manifest| manifest.entries.is_empty()));
    }

    #[test]
    fn what_is_not_a_manifest_is_refused() {
        for (text, expected) in [
            ("{\"Key\":7}", "line 1"),
            ("[1]", "line 1"),
            ("bucket,key\nb,k\n", "no column `signature`"),
        ] {
            let error = Manifest::parse(text.as_bytes()).expect_err(text);
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}
