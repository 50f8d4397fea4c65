//! Tables that backtrail wrote itself. They hold the columns of records, and are no evidence.
//!
//! An earlier report or ledger may lie in the archive, and its tables would be read as exports of
//! the same events: calls of somebody, without most of what the records say. They are known by
//! their names and their columns, wherever they lie. So no file beside a log file can hide it, and
//! a log file is never called so.

use crate::cloudtrail::key::ObjectKey;

/// The tables whose rows could be taken for records.
const TABLES: [&str; 2] = ["attempts", "lifecycle"];

/// The columns by which backtrail names the record that a row is of.
const COLUMNS: [&str; 3] = ["object_key", "record_index", "recipient_account_id"];

/// The number of bytes at the beginning of a text, or at the end of a Parquet file, that the names
/// of the columns are in.
const NAMED_BYTES: usize = 64 << 10;

/// Returns whether an object, or a file in an archive, is a table that backtrail wrote.
pub(super) fn is_own_table(key: &str, bytes: &[u8]) -> bool {
    let name = key.rsplit(['/', '\\']).next().unwrap_or(key);
    let Some((table, extension)) = name.split_once('.') else {
        return false;
    };
    if !TABLES.contains(&table) || ObjectKey::is_of_layout(key) {
        return false;
    }
    let named = match extension {
        "csv" => bytes.split(|byte| *byte == b'\n').next(),
        "json" => bytes.get(..NAMED_BYTES.min(bytes.len())),
        "parquet" => bytes.get(bytes.len().saturating_sub(NAMED_BYTES)..),
        _ => None,
    };
    named.is_some_and(|named| COLUMNS.iter().all(|column| contains(named, column)))
}

fn contains(bytes: &[u8], text: &str) -> bool {
    memchr::memmem::find(bytes, text.as_bytes()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "rule,recipient_account_id,object_key,record_index\n";

    #[test]
    fn tables_are_known_by_their_names_and_columns() {
        let json = HEADER.trim().replace(',', "\":1,\"");
        let rows = [
            ("report/attempts.csv", HEADER, true),
            ("a.zip!/report/lifecycle.csv", HEADER, true),
            ("attempts.json", json.as_str(), true),
            ("attempts.parquet", HEADER, true),
            ("report/other.csv", HEADER, false),
            ("report/attempts.json.gz", HEADER, false),
            ("report/attempts", HEADER, false),
            (
                "report/attempts.csv",
                "eventTime,eventSource,eventName\n",
                false,
            ),
            (
                "report/attempts.csv",
                "eventTime\nobject_key,record_index,recipient_account_id",
                false,
            ),
            (
                "AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/03/attempts.csv",
                HEADER,
                false,
            ),
        ];
        for (key, text, is_own) in rows {
            assert_eq!(is_own_table(key, text.as_bytes()), is_own, "{key}: {text}");
        }
    }
}
