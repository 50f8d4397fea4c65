//! The generators of input that the tests of both targets use.

#![allow(dead_code, reason = "each target uses some of the generators")]

pub mod alarms;
pub mod events;
