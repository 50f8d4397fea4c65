//! The application.

pub mod replay;
