//! The plain walk over a JSON document, whatever its form.
//!
//! `{"Records":[…]}` and `[…]` are read element by element, so that the elements before an error
//! are found.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::raw_record::RawRecord;

/// A receiver of the values of a document, in order.
pub trait DocumentVisitor<'a> {
    /// Receives an element of the array `Records`.
    fn record(&mut self, record: RawRecord<'a>);

    /// Receives an element of a document that is an array.
    fn element(&mut self, element: RawRecord<'a>);

    /// Receives another member of an object with the array `Records`.
    fn member(&mut self, name: &str, value: RawRecord<'a>);
}

/// The form of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// An array, or an object with the array `Records`. Its elements and members were visited.
    Records,
    /// Another object, of which nothing was visited.
    Object,
    /// A string, a number or the like.
    Scalar,
}

/// A document that was read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WholeDocument {
    /// The form.
    pub kind: DocumentKind,
    /// The place in the text where it ends.
    pub end: usize,
}

/// A document that ends early or is not JSON.
#[derive(Debug)]
pub struct BrokenDocument {
    /// True if an array of records had begun.
    pub has_records: bool,
    /// The place in the text of the error.
    pub byte: usize,
    /// The error.
    pub error: serde_json::Error,
}

/// Reads the document that a text begins with, after any white space.
///
/// # Errors
///
/// Fails if it ends early or is not JSON.
pub fn read_document<'a>(
    text: &'a str,
    visitor: &mut impl DocumentVisitor<'a>,
) -> Result<WholeDocument, BrokenDocument> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let mut reader = DocumentReader {
        text,
        visitor,
        has_records: false,
        others: Vec::new(),
    };
    match (&mut reader).deserialize(&mut deserializer) {
        Ok(kind) => Ok(WholeDocument {
            kind,
            end: deserializer.into_iter::<IgnoredAny>().byte_offset(),
        }),
        Err(error) => Err(reader.broken(error)),
    }
}

/// Reads the JSON value that a text begins with, and returns its text.
///
/// # Errors
///
/// Fails with the place of the error if the value ends early or is not JSON.
pub fn read_value(text: &str) -> Result<&str, usize> {
    let deserializer = serde_json::Deserializer::from_str(text);
    match deserializer.into_iter::<&RawValue>().next() {
        Some(Ok(value)) => Ok(value.get()),
        Some(Err(error)) => Err(offset(text, &error)),
        None => Err(text.len()),
    }
}

/// Returns the byte of `text` that an error points at.
fn offset(text: &str, error: &serde_json::Error) -> usize {
    let earlier = error.line().saturating_sub(1);
    let lines = text.split_inclusive('\n').take(earlier);
    let start: usize = lines.map(str::len).sum();
    // Columns are counted in bytes, and that of an error at the end is beyond the text.
    (start + error.column().saturating_sub(1)).min(text.len())
}

/// Reads a whole document.
struct DocumentReader<'a, 'v, V> {
    text: &'a str,
    visitor: &'v mut V,
    has_records: bool,
    /// The members of an object of which it is not known yet that it has the array `Records`.
    others: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'a, V: DocumentVisitor<'a>> DocumentReader<'a, '_, V> {
    fn visit_others(&mut self) {
        for (name, value) in self.others.drain(..) {
            let value = RawRecord::located(value.get(), self.text);
            self.visitor.member(&name, value);
        }
    }

    fn broken(&self, error: serde_json::Error) -> BrokenDocument {
        BrokenDocument {
            has_records: self.has_records,
            byte: offset(self.text, &error),
            error,
        }
    }
}

impl<'de, V: DocumentVisitor<'de>> DeserializeSeed<'de> for &mut DocumentReader<'de, '_, V> {
    type Value = DocumentKind;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<DocumentKind, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, V: DocumentVisitor<'de>> Visitor<'de> for &mut DocumentReader<'de, '_, V> {
    type Value = DocumentKind;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON document")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<DocumentKind, A::Error> {
        let mut kind = DocumentKind::Object;
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            if name == "Records" {
                // Some tools write one record in place of the array.
                if map.next_value_seed(RecordsReader(&mut *self))? {
                    kind = DocumentKind::Records;
                }
            } else {
                self.others.push((name, map.next_value::<&RawValue>()?));
            }
            if kind == DocumentKind::Records {
                self.visit_others();
            }
        }
        Ok(kind)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<DocumentKind, A::Error> {
        self.has_records = true;
        for_each(elements, |element| {
            let element = RawRecord::located(element.get(), self.text);
            self.visitor.element(element);
        })?;
        Ok(DocumentKind::Records)
    }

    fn visit_bool<E>(self, _: bool) -> Result<DocumentKind, E> {
        Ok(DocumentKind::Scalar)
    }

    fn visit_i64<E>(self, _: i64) -> Result<DocumentKind, E> {
        Ok(DocumentKind::Scalar)
    }

    fn visit_u64<E>(self, _: u64) -> Result<DocumentKind, E> {
        Ok(DocumentKind::Scalar)
    }

    fn visit_f64<E>(self, _: f64) -> Result<DocumentKind, E> {
        Ok(DocumentKind::Scalar)
    }

    fn visit_str<E>(self, _: &str) -> Result<DocumentKind, E> {
        Ok(DocumentKind::Scalar)
    }

    fn visit_unit<E>(self) -> Result<DocumentKind, E> {
        Ok(DocumentKind::Scalar)
    }
}

/// Reads the value of `Records`: every element of an array is in the place of a record, whatever it
/// is. Returns false for an object or a string, of which nothing is visited.
struct RecordsReader<'r, 'a, 'v, V>(&'r mut DocumentReader<'a, 'v, V>);

impl<'de, V: DocumentVisitor<'de>> DeserializeSeed<'de> for RecordsReader<'_, 'de, '_, V> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, V: DocumentVisitor<'de>> Visitor<'de> for RecordsReader<'_, 'de, '_, V> {
    type Value = bool;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<bool, A::Error> {
        let Self(reader) = self;
        // This is known before an error in the array, which would else be read once more.
        reader.has_records = true;
        reader.visit_others();
        for_each(elements, |element| {
            let record = RawRecord::located(element.get(), reader.text);
            reader.visitor.record(record);
        })?;
        Ok(true)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(false)
    }

    fn visit_str<E>(self, _: &str) -> Result<bool, E> {
        Ok(false)
    }
}

/// Visits each element as soon as it is read, so that those before an error are visited.
fn for_each<'de, A: SeqAccess<'de>>(
    mut elements: A,
    mut visit: impl FnMut(&'de RawValue),
) -> Result<(), A::Error> {
    while let Some(element) = elements.next_element()? {
        visit(element);
    }
    Ok(())
}
