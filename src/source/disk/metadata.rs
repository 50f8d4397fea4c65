//! The metadata of S3 that tools keep with a file.

use std::path::Path;

/// The longest value of an attribute that is read, in bytes: four times a signature of RSA with
/// 2048 bits, in hexadecimal digits.
const LONGEST_BYTES: usize = 2048;

/// Returns the extended attribute `user.NAME` of a file, as `rclone copy -M` writes the metadata of
/// an object; nothing where the file or the system has none.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
pub fn user_attribute(path: &Path, name: &str) -> Option<String> {
    let mut bytes = vec![0; LONGEST_BYTES];
    let attribute = format!("user.{name}");
    let length = rustix::fs::getxattr(path, attribute.as_str(), bytes.as_mut_slice()).ok()?;
    bytes.truncate(length);
    String::from_utf8(bytes).ok()
}

/// Returns nothing: this system keeps no extended attributes that are known here.
#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
pub fn user_attribute(_: &Path, _: &str) -> Option<String> {
    let _ = LONGEST_BYTES;
    None
}
