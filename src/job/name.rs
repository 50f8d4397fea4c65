//! Values of a closed set that are written as their names, for `#[serde(with)]`.

use std::fmt::Display;
use std::str::FromStr;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};

/// Reads a name. The error lists the names that exist, and has the position of the wrong one.
pub(super) fn deserialize<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    match Option::<String>::deserialize(deserializer)? {
        Some(name) if !name.is_empty() => name.parse().map(Some).map_err(Error::custom),
        _ => Ok(None),
    }
}

/// Writes a value as its name.
pub(super) fn serialize<S: Serializer, T: Display>(
    name: &Option<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match name {
        Some(name) => serializer.collect_str(name),
        None => serializer.serialize_none(),
    }
}
