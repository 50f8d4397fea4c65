//! The filter pattern language of CloudWatch Logs: all three syntaxes, evaluated as AWS evaluates
//! them.
//!
//! A pattern goes through stages, one file each: text → tokens ([`lex`]) → tree ([`mod@parse`],
//! [`ast`]) → program ([`mod@compile`]) → answer ([`eval`]). [`naive`] answers from the tree
//! itself; it is short, slow and the oracle that everything fast is tested against.
//! `docs/pattern.md` defines the meaning of the language and lists each case in which AWS is
//! silent; the table of answers that AWS was seen to give is in `tests/conformance/pattern`.
//!
//! ```
//! use backtrail::pattern::{Matcher, parse};
//!
//! let pattern = parse(r#"{ $.eventName = Get* && $.errorMessage = "*marked for deletion*" }"#)?;
//! let matcher = Matcher::new(&pattern);
//! let event = r#"{"eventName":"GetSecretValue","errorMessage":"It was marked for deletion."}"#;
//! assert!(matcher.matches(event));
//! assert!(!matcher.matches(r#"{"eventName":"GetSecretValue"}"#));
//! # Ok::<(), backtrail::pattern::PatternError>(())
//! ```
//!
//! Space-delimited patterns extract the fields that they name:
//!
//! ```
//! # use backtrail::pattern::{Matcher, parse};
//! let matcher = Matcher::new(&parse("[ip, ..., status = 4*, bytes]")?);
//! let extracted = matcher.extract("127.0.0.1 - robin 404 1534").unwrap_or_default();
//! let names: Vec<&str> = extracted.iter().map(|value| value.name.as_str()).collect();
//! assert_eq!(names, ["$ip", "$2", "$3", "$status", "$bytes"]);
//! # Ok::<(), backtrail::pattern::PatternError>(())
//! ```
//!
//! An error shows the pattern with the wrong part underlined, what to write instead, and AWS's
//! reply:
//!
//! ```
//! # use backtrail::pattern::parse;
//! let error = parse("{ $.a == 1 }").unwrap_err();
//! let lines = [
//!     "`==` is not an operator",
//!     "  { $.a == 1 }",
//!     "        ^^",
//!     "hint: write `=`",
//!     "AWS says: Invalid metric filter pattern",
//! ];
//! assert_eq!(error.to_string(), lines.join("\n"));
//! ```
//!
//! A pattern that AWS accepts may still not do what its author means:
//!
//! ```
//! # use backtrail::pattern::{explain, parse, warnings};
//! let text = "{ $.readOnly = true }";
//! let pattern = parse(text)?;
//! assert_eq!(warnings(&pattern, text)[0].kind.repair(), "write `$.readOnly IS TRUE`");
//! assert_eq!(explain(&pattern, Some(r#"{"readOnly":true}"#)).holds(), Some(false));
//! # Ok::<(), backtrail::pattern::PatternError>(())
//! ```

pub mod ast;
pub mod aws_reply;
mod bind;
mod cells;
mod comparison;
pub mod compile;
mod conditions;
mod effect;
pub mod error;
pub mod eval;
pub mod explain;
mod expression;
mod extracted;
pub mod field_reader;
pub mod gate;
mod hint;
mod known_fields;
pub mod lex;
pub mod lint;
mod message;
pub mod naive;
pub mod number;
pub mod parse;
mod parser;
pub mod prefilter;
mod print;
pub mod projection;
pub mod regex;
mod repair;
pub mod selector;
mod split;
mod terms;
pub mod tester;
pub mod usage;
mod values;
pub mod warning;
pub mod wildcard;

pub use crate::text::Span;
pub use ast::Pattern;
pub use compile::{Program, compile, compile_with_stars};
pub use error::PatternError;
pub use eval::Matcher;
pub use explain::{Explanation, explain};
pub use extracted::Extracted;
pub use field_reader::{FieldReader, parse_field};
pub use lint::warnings;
pub use parse::parse;
pub use prefilter::Prefilter;
pub use projection::{Projection, Slots};
pub use tester::{EventCounts, EventOutcome, EventTester};
pub use usage::LimitUsage;
pub use warning::Warning;
