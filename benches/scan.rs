//! Whole scans beside their floor: reading and inflating the same files with the same threads, and
//! nothing else; with libdeflate, and for comparison as streams with zlib-rs.
//!
//! ```console
//! $ cargo bench --bench scan -- LARGE SMALL
//! ```
//!
//! takes folders of gzipped files, runs everything in turn, and prints medians and the ratios to
//! the floor of the same run.

#![allow(missing_docs, clippy::expect_used, clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rayon::prelude::*;

/// How often everything is run.
const ROUNDS: usize = 5;

/// What is measured beside the floor: its name, and the arguments of the audit.
const AUDITS: [(&str, &[&str]); 3] = [
    ("audit, rule secrets", &["--rule", "secrets"]),
    ("audit, the rules of cis", &["--rule", "cis"]),
    ("only listing", &["--dry-run"]),
];

fn main() {
    let folders: Vec<PathBuf> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"))
        .map(Into::into)
        .collect();
    if folders.is_empty() {
        println!("name the folders of archives: cargo bench --bench scan -- LARGE SMALL");
    }
    for folder in folders {
        measure(&folder);
    }
}

fn measure(folder: &Path) {
    let files = files(folder);
    let bytes: u64 = files
        .iter()
        .filter_map(|file| file.metadata().ok())
        .map(|data| data.len())
        .sum();
    println!(
        "{}: {} files, {} MB, {} threads",
        folder.display(),
        files.len(),
        bytes / 1_000_000,
        threads()
    );
    let (mut floors, mut streams) = (Vec::new(), Vec::new());
    let mut audits = vec![Vec::new(); AUDITS.len()];
    for _ in 0..ROUNDS {
        floors.push(timed(|| inflate(&files)));
        streams.push(timed(|| inflate_streams(&files)));
        for ((_, arguments), times) in AUDITS.iter().zip(&mut audits) {
            times.push(timed(|| audit(folder, arguments)));
        }
    }
    let floor = median(&mut floors);
    println!("  {:<24} {:>7.3} s", "floor", floor.as_secs_f64());
    let tell = |name: &str, times: &mut [Duration]| {
        let time = median(times);
        let ratio = time.as_secs_f64() / floor.as_secs_f64();
        println!(
            "  {name:<24} {:>7.3} s  {ratio:.2} times the floor",
            time.as_secs_f64()
        );
    };
    tell("floor with zlib-rs", &mut streams);
    AUDITS
        .iter()
        .zip(&mut audits)
        .for_each(|((name, _), times)| tell(name, times));
}

fn threads() -> usize {
    rayon::current_num_threads()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok);
    let names = entries
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path);
    names
        .filter(|path| path.extension().is_some_and(|extension| extension == "gz"))
        .collect()
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

/// Reads and inflates every file, each worker into a buffer of its own.
fn inflate(files: &[PathBuf]) {
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
            decompressor
                .gzip_decompress(&stored, content)
                .expect("a whole member");
        },
    );
}

/// The same as streams.
fn inflate_streams(files: &[PathBuf]) {
    files.par_iter().for_each_init(Vec::new, |buffer, file| {
        let stored = std::fs::read(file).expect("a file");
        buffer.clear();
        let mut stream = flate2::bufread::MultiGzDecoder::new(stored.as_slice());
        std::io::Read::read_to_end(&mut stream, buffer).expect("whole members");
    });
}

fn audit(folder: &Path, arguments: &[&str]) {
    let status = Command::new(env!("CARGO_BIN_EXE_backtrail"))
        .args(["audit", "--quiet"])
        .arg(folder)
        .args(arguments)
        .stdout(Stdio::null())
        .status()
        .expect("the program");
    assert!(status.success(), "{arguments:?}");
}
