//! Lists of objects that other programs write, one object in a line.

use std::io::{BufRead, Read};
use std::ops::ControlFlow;
use std::path::PathBuf;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::disk;
use super::listed::{ListedRow, keep_distinct};
use super::s3::{Address, RemoteObject, S3Options, S3Source, object};
use super::{ListError, Object};
use crate::problem::{Problem, ProblemKind};
use crate::spool::{Spool, Spooled};
use crate::text::encoding::UTF_8_MARK;
use crate::text::{counted, expected_in_words};

/// The longest line in bytes. A key has a kilobyte, or six of them in JSON.
const LINE_BYTES: u64 = 64 << 10;

/// The number of objects that are looked up together.
const TOGETHER: usize = 4_096;

/// The most objects of a list that cannot be looked up. Each becomes a problem in every report, and
/// of more than these the list is wrong, or the permissions are.
const MOST_PROBLEMS: usize = 10_000;

/// The description of a line of indented JSON.
const NOT_ONE_OBJECT: &str =
    "it is a part of JSON, not one object: write one in each line, such as with `| jq -c '.[]'`";

/// The description of a list that a shell of Windows wrote.
const UTF_16: &str = "the list is in UTF-16: write it in UTF-8, such as with `| Out-File -Encoding \
                      utf8`";

/// The description of a line of an earlier version.
const EARLIER_VERSION: &str = "is an earlier version of an object: leave out those with \
                               `IsLatest: false`, such as with `| jq -c '.[] | select(.IsLatest)'`";

/// A list of objects that another program wrote.
#[derive(Clone, Copy, Debug)]
pub struct ObjectList<'a> {
    /// The name of the list.
    pub name: &'a str,
    /// The bucket of keys without one, and the prefix that they must have.
    pub place: Option<&'a Address>,
    /// The way to reach S3.
    pub s3: &'a S3Options,
    /// The number of objects that are kept in memory.
    pub memory_rows: usize,
}

/// The objects of a list.
#[derive(Debug)]
pub struct ListedObjects {
    /// The objects, one for each key.
    pub objects: Spooled<Object>,
    /// The objects that cannot be looked up.
    pub problems: Vec<Problem>,
    /// The hash of the list.
    pub sha256: String,
}

/// A line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Line {
    /// An object with its size and ETag.
    Complete(RemoteObject),
    /// An object of which more must be known.
    Address(RemoteObject),
    /// A file.
    File(PathBuf),
}

/// A line in JSON, as `aws s3api list-objects-v2` and `s5cmd --json ls` name the fields.
#[derive(Deserialize)]
struct JsonLine {
    #[serde(alias = "Key")]
    key: String,
    #[serde(alias = "Size")]
    size: Option<u64>,
    #[serde(alias = "ETag")]
    etag: Option<String>,
    #[serde(alias = "StorageClass")]
    storage_class: Option<String>,
    #[serde(alias = "IsLatest")]
    is_latest: Option<bool>,
}

impl ObjectList<'_> {
    /// Reads a list, and looks up the objects of which it has no size or ETag, on the threads of
    /// the pool that this is called in.
    ///
    /// # Errors
    ///
    /// Returns an error if the list cannot be read or has too many objects, a line is not one of an
    /// object, or S3 cannot be reached.
    pub fn read(&self, mut input: impl BufRead) -> Result<ListedObjects, ListError> {
        let mut intake = LineIntake::new(self);
        let mut bytes = Vec::new();
        let mut number = 0;
        loop {
            number += 1;
            let failed = |detail: String| self.failed(number, detail);
            let is_line = next_line(&mut input, &mut bytes).map_err(failed)?;
            if !is_line {
                return intake.finish();
            }
            // Empty lines count, too: a record of this list is recognized by the hash of its bytes.
            intake.hash.update(&bytes);
            let line = match number {
                1 => without_mark(&bytes).map_err(failed)?,
                _ => &bytes,
            };
            let text = str::from_utf8(line).map_err(|error| failed(error.to_string()))?;
            let text = text.trim_end_matches(['\n', '\r']);
            if text.is_empty() {
                continue;
            }
            intake.count().map_err(failed)?;
            if let Some(line) = self.parse(text).map_err(failed)? {
                intake.take(line)?;
            }
        }
    }

    fn failed(&self, line: u64, detail: String) -> ListError {
        ListError::ObjectList {
            list: self.name.to_owned(),
            line,
            detail,
        }
    }

    /// Parses a line; nothing for one of a folder.
    fn parse(&self, text: &str) -> Result<Option<Line>, String> {
        if is_part_of_json(text) {
            return Err(NOT_ONE_OBJECT.to_owned());
        }
        let line = match text.starts_with('{') {
            true => self.parse_json(text)?,
            false => match Address::parse(text) {
                Some(address) => Line::Address(remote(address)),
                None if text.starts_with("s3:") => return Err(format!("`{text}` has no bucket")),
                None => Line::File(text.into()),
            },
        };
        let (Line::Complete(remote) | Line::Address(remote)) = &line else {
            return Ok(Some(line));
        };
        if remote.key.is_empty() || remote.key.ends_with('/') {
            return Ok(None);
        }
        let class = remote.storage_class.as_deref();
        object::check(&remote.key, remote.etag.as_deref(), class)?;
        Ok(Some(line))
    }

    fn parse_json(&self, text: &str) -> Result<Line, String> {
        let line: JsonLine =
            serde_json::from_str(text).map_err(|error| expected_in_words(&error.to_string()))?;
        if line.is_latest == Some(false) {
            return Err(format!("`{}` {EARLIER_VERSION}", line.key));
        }
        // An empty ETag is none, and is looked up.
        let etag = line.etag.filter(|etag| !etag.trim_matches('"').is_empty());
        let address = match Address::parse(&line.key) {
            Some(address) => address,
            None => self.address(line.key)?,
        };
        let remote = RemoteObject {
            stored_bytes: line.size,
            etag: etag.as_deref().map(object::quoted),
            storage_class: line.storage_class.map(Into::into),
            ..remote(address)
        };
        match (&remote.etag, remote.stored_bytes) {
            (Some(_), Some(_)) => Ok(Line::Complete(remote)),
            _ => Ok(Line::Address(remote)),
        }
    }

    /// Returns the address of a key without a bucket.
    fn address(&self, key: String) -> Result<Address, String> {
        let Some(place) = self.place else {
            return Err(format!(
                "`{key}` has no bucket: give it as a path, such as s3://my-trail"
            ));
        };
        match key.starts_with(&place.prefix) {
            true => Ok(Address {
                bucket: place.bucket.clone(),
                prefix: key,
            }),
            false => Err(format!("`{key}` is not below `{place}`")),
        }
    }
}

/// Returns the first line without the mark of its encoding.
fn without_mark(line: &[u8]) -> Result<&[u8], String> {
    // A list may be larger than memory, so it is not converted as smaller files are.
    match line {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Err(UTF_16.to_owned()),
        _ => Ok(line.strip_prefix(UTF_8_MARK).unwrap_or(line)),
    }
}

/// Returns whether a line is one of several lines of JSON, or a whole array. Otherwise it would be
/// taken for the name of a file.
fn is_part_of_json(text: &str) -> bool {
    let trimmed = text.trim_start();
    let is_indented = trimmed.len() < text.len();
    text == "[" || text.starts_with("[{") || (is_indented && trimmed.starts_with(['{', '}', '"']))
}

fn remote(address: Address) -> RemoteObject {
    RemoteObject {
        bucket: address.bucket,
        key: address.prefix,
        etag: None,
        stored_bytes: None,
        storage_class: None,
    }
}

/// Reads the next line with its end. Returns whether there is one.
fn next_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> Result<bool, String> {
    line.clear();
    let read = input.by_ref().take(LINE_BYTES).read_until(b'\n', line);
    let read = read.map_err(|error| error.to_string())?;
    match read as u64 == LINE_BYTES && !line.ends_with(b"\n") {
        true => Err(format!("it is longer than {LINE_BYTES} bytes")),
        false => Ok(read > 0),
    }
}

/// Takes the lines of a list.
struct LineIntake<'a> {
    list: &'a ObjectList<'a>,
    /// Files, and at the end one object for each address.
    objects: Spool<Object>,
    /// Objects in S3.
    rows: Spool<ListedRow>,
    count: u64,
    /// Objects and files that are looked up together.
    waiting: Vec<RemoteObject>,
    files: Vec<PathBuf>,
    has_files: bool,
    s3: Option<S3Source>,
    problems: Vec<Problem>,
    /// The hash of the lines.
    hash: Sha256,
}

impl<'a> LineIntake<'a> {
    fn new(list: &'a ObjectList<'a>) -> Self {
        Self {
            list,
            objects: Spool::with_memory(list.memory_rows),
            rows: Spool::with_memory(list.memory_rows),
            count: 0,
            waiting: Vec::new(),
            files: Vec::new(),
            has_files: false,
            s3: None,
            problems: Vec::new(),
            hash: Sha256::new(),
        }
    }

    /// Counts an object.
    fn count(&mut self) -> Result<(), String> {
        self.count += 1;
        let most = self.list.s3.max_objects;
        match self.count > most {
            true => Err(format!(
                "there are more than {}; `--max-objects` sets the limit",
                counted(most, "object", "objects")
            )),
            false => Ok(()),
        }
    }

    fn take(&mut self, line: Line) -> Result<(), ListError> {
        match line {
            Line::Complete(remote) => return self.push(object::listed(remote)),
            Line::Address(remote) => self.waiting.push(remote),
            Line::File(path) => self.files.push(path),
        }
        if self.waiting.len() >= TOGETHER || self.files.len() >= TOGETHER {
            self.look_up()?;
        }
        Ok(())
    }

    fn push(&self, object: Object) -> Result<(), ListError> {
        if self.rows.push(ListedRow(object)) == ControlFlow::Break(()) {
            // It says why.
            self.rows.finish()?;
        }
        Ok(())
    }

    /// Looks up the objects and files that wait.
    fn look_up(&mut self) -> Result<(), ListError> {
        self.look_up_files();
        self.look_up_objects()?;
        match self.problems.len() > MOST_PROBLEMS {
            true => Err(self.too_many_problems()),
            false => Ok(()),
        }
    }

    fn look_up_files(&mut self) {
        if !self.files.is_empty() {
            self.has_files = true;
            let found = disk::list_files(&self.files, &self.objects);
            self.problems.extend(found);
            self.files.clear();
        }
    }

    fn look_up_objects(&mut self) -> Result<(), ListError> {
        // A list of files alone needs no credentials.
        if self.waiting.is_empty() {
            return Ok(());
        }
        let waiting = std::mem::take(&mut self.waiting);
        for looked_up in self.s3()?.look_up(waiting) {
            match looked_up {
                Ok(object) => self.push(object)?,
                Err(problem) => self.problems.push(problem),
            }
        }
        Ok(())
    }

    fn s3(&mut self) -> Result<&S3Source, ListError> {
        let connected = match self.s3.take() {
            Some(s3) => s3,
            None => S3Source::connect(self.list.s3).map_err(|source| ListError::Client {
                address: self.list.name.to_owned(),
                source,
            })?,
        };
        Ok(self.s3.insert(connected))
    }

    fn too_many_problems(&self) -> ListError {
        let first = self.problems.first();
        let first = first.map(|problem| format!("`{}`: {}", problem.origin.object, problem.detail));
        let first = first.unwrap_or_default();
        let detail =
            format!("more than {MOST_PROBLEMS} objects cannot be looked up, such as {first}");
        // No single line is wrong.
        self.list.failed(0, detail)
    }

    /// Returns the problem of objects that the list has with different content.
    fn contradictory(&self, rows: u64) -> Option<Problem> {
        if rows == 0 {
            return None;
        }
        let detail = format!(
            "{} the key of another line with another size or ETag, and one line of each key counts",
            counted(rows, "line has", "lines have")
        );
        let kind = ProblemKind::Contradictory;
        Some(Problem::of_object(self.list.name, kind, detail))
    }

    fn finish(mut self) -> Result<ListedObjects, ListError> {
        self.look_up()?;
        let counts = keep_distinct(&self.rows.finish()?, &|_| true, &self.objects)?;
        self.problems
            .extend(self.contradictory(counts.contradictory));
        let mut objects = self.objects.finish()?;
        // Several names may be of one file.
        if self.has_files {
            objects = disk::distinct(&objects, self.list.memory_rows)?;
        }
        self.problems.sort();
        self.problems.dedup();
        Ok(ListedObjects {
            objects,
            problems: self.problems,
            sha256: hex::encode(self.hash.finalize()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, place: Option<&str>) -> Result<Option<Line>, String> {
        let place = place.and_then(Address::parse);
        let list = ObjectList {
            name: "list",
            place: place.as_ref(),
            s3: &S3Options::default(),
            memory_rows: 1,
        };
        list.parse(text)
    }

    fn object(bucket: &str, key: &str) -> RemoteObject {
        remote(Address {
            bucket: bucket.to_owned(),
            prefix: key.to_owned(),
        })
    }

    #[test]
    fn lines_are_those_of_other_programs() {
        let complete = Line::Complete(RemoteObject {
            etag: Some("\"e\"".to_owned()),
            stored_bytes: Some(7),
            storage_class: Some("GLACIER".into()),
            ..object("b", "a b+c")
        });
        let aws = [
            r#"{"Key":"a b+c","LastModified":"x","ETag":"\"e\"","Size":7,"#,
            r#""StorageClass":"GLACIER","IsLatest":true}"#,
        ];
        assert_eq!(
            parse(&aws.concat(), Some("s3://b/a")),
            Ok(Some(complete.clone()))
        );
        let s5cmd =
            r#"{"key":"s3://b/a b+c","etag":"e","size":7,"type":"file","storage_class":"GLACIER"}"#;
        assert_eq!(parse(s5cmd, None), Ok(Some(complete)));
        let bare = Ok(Some(Line::Address(object("b", "a b+c"))));
        assert_eq!(parse("s3://b/a b+c", None), bare);
        assert_eq!(parse(r#"{"Key":"a b+c"}"#, Some("s3://b")), bare);
        let empty = r#"{"Key":"a b+c","Size":7,"ETag":"\"\""}"#;
        let looked_up = parse(empty, Some("s3://b"));
        assert!(
            matches!(looked_up, Ok(Some(Line::Address(_)))),
            "{looked_up:?}"
        );
        let file = Ok(Some(Line::File("a/b.json".into())));
        assert_eq!(parse("a/b.json", None), file);
        for folder in [
            "s3://b",
            "s3://b/a/",
            r#"{"key":"s3://b/a/","type":"directory"}"#,
        ] {
            assert_eq!(parse(folder, None), Ok(None), "{folder}");
        }
    }

    #[test]
    fn lines_of_something_else_are_refused() {
        let long_key = format!("s3://b/{}", "k".repeat(1_025));
        let long_etag = format!(
            r#"{{"Key":"s3://b/a","Size":1,"ETag":"{}"}}"#,
            "e".repeat(257)
        );
        for (text, part) in [
            ("s3:/b/a", "`s3:/b/a` has no bucket"),
            (r#"{"Key":"a"}"#, "`a` has no bucket"),
            (r#"{"Size":1}"#, "missing field `key`"),
            ("{", "EOF"),
            ("[", "jq -c"),
            ("[{}]", "jq -c"),
            ("    {", "jq -c"),
            ("  \"Key\": \"a\",", "jq -c"),
            ("\t},", "jq -c"),
            (r#"{"Key":"a","IsLatest":false}"#, "select(.IsLatest)"),
            (&long_key, "the key has 1025 bytes"),
            (&long_etag, "a value is longer than 256 bytes"),
        ] {
            let error = parse(text, None).expect_err(text);
            assert!(error.contains(part), "{error}");
        }
        let error = parse(r#"{"Key":"a"}"#, Some("s3://b/c")).expect_err("another prefix");
        assert_eq!(error, "`a` is not below `s3://b/c`");
    }

    #[test]
    fn a_line_has_an_end() {
        let mut line = Vec::new();
        let long = "a".repeat(LINE_BYTES as usize);
        assert!(next_line(&mut long.as_bytes(), &mut line).is_err());
        let text = format!("{}\nb", &long[1..]);
        let mut input = text.as_bytes();
        assert_eq!(next_line(&mut input, &mut line), Ok(true));
        assert_eq!(
            (next_line(&mut input, &mut line), &*line),
            (Ok(true), &b"b"[..])
        );
        assert_eq!(next_line(&mut input, &mut line), Ok(false));
    }
}
