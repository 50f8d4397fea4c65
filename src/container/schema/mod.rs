//! Records in other schemas than CloudTrail's own: rows of tables, and objects with other names.
//!
//! [`record`] makes the text of a record from a row or an object with named values, whatever wrote
//! it. [`csv`] and [`parquet`] are the formats that tables come in.

mod accounts;
mod cells;
pub(super) mod csv;
mod ecs;
mod names;
mod ocsf;
pub(super) mod parquet;
mod paths;
mod printed;
pub(super) mod record;
pub(super) mod standing;
mod times;
pub(super) mod unmapped;
