//! The filter pattern language of CloudWatch Logs.
//!
//! A pattern goes through stages, one file each: text → tokens ([`lex`]) → tree ([`mod@parse`], [`ast`]) → program
//! ([`mod@compile`]) → answer ([`eval`]). [`naive`] answers from the tree itself; it is short, slow and the oracle that
//! the compiled program is tested against.
//!
//! ```
//! use backtrail::pattern::{Matcher, parse};
//!
//! let pattern = parse(r#"{ $.eventName = "GetSecretValue" && $.errorMessage = "*marked for deletion*" }"#)?;
//! let matcher = Matcher::new(&pattern);
//! assert!(matcher.matches(r#"{"eventName":"GetSecretValue","errorMessage":"It was marked for deletion."}"#));
//! assert!(!matcher.matches(r#"{"eventName":"DescribeSecret","errorMessage":"It was marked for deletion."}"#));
//! # Ok::<(), backtrail::pattern::PatternError>(())
//! ```

pub mod ast;
pub mod aws_reply;
mod cells;
mod cloudtrail;
pub mod compile;
pub mod error;
pub mod eval;
pub mod explain;
pub mod field;
pub mod fields;
mod hint;
pub mod lex;
pub mod lint;
pub mod naive;
pub mod parse;
pub mod prefilter;
mod print;
pub mod projection;
pub mod regex;
pub mod selector;
mod terms;
mod underline;
pub mod warning;
pub mod wildcard;

pub use ast::Pattern;
pub use compile::{Program, compile, compile_reading};
pub use error::PatternError;
pub use eval::{Extracted, Matcher};
pub use explain::{Explanation, explain};
pub use field::{Field, parse_field};
pub use lint::warnings;
pub use parse::parse;
pub use prefilter::Prefilter;
pub use projection::{Projection, Slots};
pub use warning::Warning;
