//! A closed set of names, as a text.

use std::fmt::Display;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serializer};

/// Reads a name, or says which names there are, at the place where it stands.
pub(super) fn deserialize<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    let name = Option::<String>::deserialize(deserializer)?.filter(|name| !name.is_empty());
    name.map(|name| name.parse())
        .transpose()
        .map_err(serde::de::Error::custom)
}

/// Writes a name as it is read.
pub(super) fn serialize<S: Serializer, T: Display>(
    name: &Option<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match name {
        Some(name) => serializer.collect_str(name),
        None => serializer.serialize_none(),
    }
}
