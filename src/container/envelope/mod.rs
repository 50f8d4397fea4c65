//! Documents that wrap records, as other services and tools make them.
//!
//! [`documents`] walks over a content, [`text_walk`] over any text of JSON documents, and
//! [`search`] looks for records in each of their values, through strings and compressions. What a
//! record looks like is in [`record`]. A wrapping that only has members, arrays and strings needs
//! no code.

mod ahead;
mod columns;
mod control_characters;
mod copies;
pub(super) mod documents;
mod line_breaks;
pub(super) mod line_start;
mod log_event;
mod not_numbers;
mod packed;
mod record;
mod search;
mod strings;
mod text_walk;
