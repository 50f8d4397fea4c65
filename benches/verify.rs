//! Verifications beside their floor: reading, inflating and hashing the same files with the same
//! threads, and nothing else.
//!
//! ```console
//! $ cargo bench --bench verify -- FOLDER
//! ```
//!
//! takes a folder that holds a bucket of log files and digests in `s3`, the keys in `keys.json` and
//! the metadata of the digests in `digest-metadata.jsonl`. It runs everything in turn, and prints
//! medians and the ratio to the floor of the same run.

#![allow(missing_docs, clippy::expect_used, clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

/// How often everything is run.
const ROUNDS: usize = 5;

fn main() {
    let folders = std::env::args().skip(1);
    let folders = folders.filter(|argument| !argument.starts_with("--"));
    let folders: Vec<PathBuf> = folders.map(Into::into).collect();
    if folders.is_empty() {
        println!("name the folders of archives: cargo bench --bench verify -- FOLDER");
    }
    folders.iter().for_each(|folder| measure(folder));
}

fn measure(folder: &Path) {
    let files = files(&folder.join("s3"));
    let (mut floors, mut verifications) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        floors.push(timed(|| inflate_and_hash(&files)));
        verifications.push(timed(|| verify(folder)));
    }
    let (floor, verification) = (median(&mut floors), median(&mut verifications));
    let ratio = verification.as_secs_f64() / floor.as_secs_f64();
    println!("{}: {} files", folder.display(), files.len());
    println!("  inflate and hash  {:>7.3} s", floor.as_secs_f64());
    println!(
        "  verify            {:>7.3} s, {ratio:.2} times that",
        verification.as_secs_f64()
    );
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter();
    let entries = entries.filter_map(Result::ok);
    let files = entries.filter(|entry| entry.file_type().is_file());
    files.map(walkdir::DirEntry::into_path).collect()
}

/// Reads, inflates and hashes every file, each worker into a buffer of its own.
fn inflate_and_hash(files: &[PathBuf]) {
    files.par_iter().for_each_init(
        || (libdeflater::Decompressor::new(), Vec::new()),
        |(decompressor, buffer), file| {
            let stored = std::fs::read(file).expect("a file");
            let size = stored
                .last_chunk()
                .map_or(0, |last| u32::from_le_bytes(*last) as usize);
            if buffer.len() < size {
                buffer.resize(size, 0);
            }
            let content = buffer.get_mut(..size).expect("a buffer of this size");
            let inflated = decompressor.gzip_decompress(&stored, content);
            inflated.expect("a whole member");
            std::hint::black_box(Sha256::digest(content));
        },
    );
}

fn verify(folder: &Path) {
    let status = Command::new(env!("CARGO_BIN_EXE_backtrail"))
        .arg("verify")
        .arg(folder.join("s3"))
        .arg("--keys")
        .arg(folder.join("keys.json"))
        .arg("--metadata")
        .arg(folder.join("digest-metadata.jsonl"))
        .args(["--quiet", "--json"])
        .stdout(Stdio::null())
        .status();
    assert!(
        status
            .expect("the program runs")
            .code()
            .is_some_and(|code| code != 2)
    );
}

fn timed(work: impl FnOnce()) -> Duration {
    let begin = Instant::now();
    work();
    begin.elapsed()
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
