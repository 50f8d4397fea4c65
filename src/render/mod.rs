//! What is printed and written: one file for each kind of output, and the styles, grids and
//! quantities that they share.

pub mod alarm;
pub mod backtest;
pub mod chart;
pub mod comparison;
pub mod configuration;
pub mod console;
pub mod display;
pub mod dry_run;
pub mod findings;
pub mod folder;
pub mod grid;
pub mod guard;
pub(crate) mod help;
pub mod json;
pub mod ledger;
pub(crate) mod manual_page;
pub mod markdown;
pub mod metric;
pub mod page;
pub mod pattern;
pub mod pipe;
pub mod progress;
pub mod quantity;
pub mod replay_format;
pub mod rules;
pub mod shell;
pub mod style;
pub mod table_file;
pub mod terminal;
pub mod verification;
pub mod wrap;
