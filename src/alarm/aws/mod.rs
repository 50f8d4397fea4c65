//! What AWS would have kept and sent: the reasons of changes, the items of the history,
//! notifications and emails.

mod email;
pub mod history;
pub mod notification;
pub mod reason;
