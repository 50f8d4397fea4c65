//! What a reader should know to judge a verification.

use super::key_ring::MislabelledKey;
use super::{Grade, KeyRing, Verification};

/// Returns what a reader should know to judge a verification with these keys.
pub(super) fn notes(verification: &Verification, keys: &KeyRing) -> Vec<String> {
    let mut notes: Vec<String> = keys.mislabelled().iter().map(mislabelled).collect();
    notes.extend(unreferenced(verification));
    if keys.is_empty() {
        notes.push(
            "no public key was given, so no signature was checked: save those of \
             `aws cloudtrail list-public-keys` and name the file with --keys"
                .to_owned(),
        );
    }
    notes
}

fn mislabelled(key: &MislabelledKey) -> String {
    format!(
        "the key list states the fingerprint {} for a key whose own is {}",
        key.stated, key.computed
    )
}

fn unreferenced(verification: &Verification) -> Option<String> {
    let objects = verification.objects.iter();
    let unreferenced = objects.filter(|object| object.grade == Grade::Unreferenced);
    match unreferenced.count() {
        0 => None,
        count => Some(format!(
            "{} in no digest: they were added, or a second trail without log file validation \
             writes to the same place; nothing in the archive distinguishes the two",
            counted(count)
        )),
    }
}

fn counted(log_files: usize) -> String {
    match log_files {
        1 => "1 log file is".to_owned(),
        count => format!("{count} log files are"),
    }
}
