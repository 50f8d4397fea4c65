//! Alarms in the words of AWS: the reasons of changes, the items of the history, notifications and
//! emails.

mod announcement;
mod decimal;
mod email;
pub mod history;
mod message;
pub mod notification;
pub mod reason;
mod region;
