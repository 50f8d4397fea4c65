//! Reports to bytes: one file a format.

pub mod alarm;
pub mod backtest;
pub mod comparison;
pub mod dry_run;
pub mod folder;
pub mod json;
pub mod ledger;
pub mod metric;
pub mod pattern;
pub mod rules;
pub mod terminal;
