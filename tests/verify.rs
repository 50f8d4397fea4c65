//! `backtrail verify`: what the digests of CloudTrail prove of an archive.

mod bucket;
mod chains;
mod hostile;
mod kept_beside;
mod places;
mod published;
#[cfg(feature = "s3")]
mod remote;
mod tampered;

use std::ffi::OsString;
use std::path::Path;

use crate::program::{Run, backtrail};

/// Runs `backtrail verify` with the arguments, separated by spaces, over a folder.
pub fn verify(source: &Path, arguments: &[&str]) -> Run {
    let words = ["verify".into(), source.as_os_str().to_owned()];
    let arguments = arguments.iter().map(OsString::from);
    backtrail(words.into_iter().chain(arguments))
}
