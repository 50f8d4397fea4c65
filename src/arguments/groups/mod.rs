//! Groups of options that several commands have.

pub(crate) mod alarm;
pub(crate) mod archive;
pub(crate) mod display;
pub(crate) mod folder;
pub(crate) mod limits;
pub(crate) mod output;
pub(crate) mod proofs;
pub(crate) mod reading;
pub(crate) mod rules;
pub(crate) mod s3;
pub(crate) mod selection;
pub(crate) mod sweep;
