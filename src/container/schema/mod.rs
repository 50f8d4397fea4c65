//! Tables whose rows are records: their columns, and the formats that they come in.

pub(super) mod columns;
pub(super) mod csv;
pub(super) mod parquet;
