//! The files at the given paths.

use std::io;
use std::path::{Path, PathBuf};

use super::copies::keep_one_of_each;
use super::files::{FileListing, ListingFacts, STANDARD_INPUT, standard_input};
use super::walk::Walk;
use crate::problem::Problem;
use crate::source::{Detail, ListError, Object};
use crate::spool::{Spool, SpoolError, Spooled};

/// Lists the files at `paths`, folders with everything below them, on the threads of the pool that
/// this is called in; `-` is standard input, and a path that does not exist may have wildcards.
/// Symbolic links are followed; a file that several ways lead to is listed once. Folders that are
/// `left_out` are not entered: those of the report and the ledger.
///
/// Adds the files to `objects`, which must be empty. Returns the places that could not be listed.
///
/// # Errors
///
/// Returns an error if one of the paths does not exist or cannot be opened, wildcards match
/// nothing, or the temporary file for many files fails.
pub fn list(
    paths: &[PathBuf],
    left_out: &[&Path],
    detail: Detail,
    objects: &Spool<Object>,
) -> Result<Vec<Problem>, ListError> {
    let left_out = left_out.iter().filter_map(|path| path.canonicalize().ok());
    let left_out: Vec<PathBuf> = left_out.collect();
    let mut unread = FileListing::new(objects);
    let paths = expanded(paths, &mut unread)?;
    let (input, paths): (Vec<_>, Vec<_>) = paths.into_iter().partition(is_input);
    let mut found = unread.finish();
    for path in &paths {
        let walk = Walk {
            root: path.canonicalize().ok(),
            left_out: &left_out,
            detail,
            objects,
        };
        found.append(listed_at(path, &walk)?);
    }
    // A walk through a single folder without links meets no file twice.
    if paths.len() > 1 || found.followed_link {
        let files = objects.finish()?;
        keep_one_of_each(&files, objects)?;
    }
    // A temporary file that failed says why when the listing is finished.
    let _ = objects.extend(input.first().map(|_| standard_input()));
    found.problems.sort();
    Ok(found.problems)
}

/// Adds the files at `paths` to `objects`, without their folders. Returns those that are no files.
pub fn list_files(paths: &[PathBuf], objects: &Spool<Object>) -> Vec<Problem> {
    let mut files = FileListing::new(objects);
    for path in paths {
        match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_file() => files.add(path.clone(), Some(&metadata), false),
            Ok(_) => files.add_problem(path, &io::Error::other("it is not a file")),
            Err(error) => files.add_problem(path, &error),
        }
    }
    files.finish().problems
}

/// Returns one of the objects of each file that several paths lead to, and all other objects. More
/// than a number of them go to a temporary file.
///
/// # Errors
///
/// Returns an error if a temporary file fails.
pub fn distinct(
    objects: &Spooled<Object>,
    memory_rows: usize,
) -> Result<Spooled<Object>, SpoolError> {
    let kept = Spool::with_memory(memory_rows);
    keep_one_of_each(objects, &kept)?;
    kept.finish()
}

fn is_input(path: &PathBuf) -> bool {
    path == Path::new(STANDARD_INPUT)
}

/// Lists the file or folder at a path.
fn listed_at(path: &Path, walk: &Walk<'_>) -> Result<ListingFacts, ListError> {
    let metadata = std::fs::metadata(path).map_err(|source| ListError::Path {
        path: path.to_string_lossy().into_owned(),
        source,
    })?;
    if metadata.is_dir() {
        return Ok(walk.folders_from(path));
    }
    let mut files = FileListing::new(walk.objects);
    if metadata.is_file() {
        files.add(path.to_owned(), Some(&metadata), true);
    } else {
        files.add_problem(path, &io::Error::other("it is neither a file nor a folder"));
    }
    Ok(files.finish())
}

/// Replaces paths with wildcards by the files and folders that match them. A path that exists is
/// taken as it is. Folders that cannot be read become problems of `unread`.
fn expanded(paths: &[PathBuf], unread: &mut FileListing<'_>) -> Result<Vec<PathBuf>, ListError> {
    let mut expanded = Vec::new();
    for path in paths {
        match path.to_str() {
            Some(text) if text.contains(['*', '?', '[']) && !path.exists() => {
                expanded.extend(matching(text, unread)?);
            }
            _ => expanded.push(path.clone()),
        }
    }
    Ok(expanded)
}

/// Returns the files and folders that match wildcards.
///
/// # Errors
///
/// Returns an error if the wildcards are invalid, or match nothing in folders that can be read.
fn matching(pattern: &str, unread: &mut FileListing<'_>) -> Result<Vec<PathBuf>, ListError> {
    let error = |detail: String| ListError::Wildcards {
        pattern: pattern.to_owned(),
        detail,
    };
    let found = glob::glob(pattern).map_err(|invalid| error(invalid.to_string()))?;
    let mut paths = Vec::new();
    let mut failure = None;
    for path in found {
        match path {
            Ok(path) => paths.push(path),
            Err(failed) => {
                unread.add_problem(failed.path(), failed.error());
                failure.get_or_insert_with(|| failed.to_string());
            }
        }
    }
    match failure {
        _ if !paths.is_empty() => Ok(paths),
        Some(failure) => Err(error(failure)),
        None => Err(error("no file matches these wildcards".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::{Detail, ListError, Object, Path, PathBuf, Problem, Spool};

    /// A listing of files.
    #[derive(Debug)]
    struct Listing {
        objects: Vec<Object>,
        problems: Vec<Problem>,
    }

    fn list(paths: &[PathBuf], left_out: &[&Path], detail: Detail) -> Result<Listing, ListError> {
        let spool = Spool::default();
        let problems = super::list(paths, left_out, detail, &spool)?;
        let objects: Result<Vec<Object>, _> = spool.finish()?.rows().collect();
        Ok(Listing {
            objects: objects?,
            problems,
        })
    }

    fn names(paths: &[PathBuf], left_out: &[&Path]) -> Vec<String> {
        let listing = list(paths, left_out, Detail::Name).expect("the paths exist");
        // Both list the same files.
        let whole = list(paths, left_out, Detail::Size).expect("the paths exist");
        assert!(
            whole
                .objects
                .iter()
                .all(|object| object.stored_bytes.is_some())
        );
        let key = |object: &Object| object.key.clone();
        assert!(
            listing
                .objects
                .iter()
                .map(key)
                .eq(whole.objects.iter().map(key))
        );
        assert_eq!(listing.problems, whole.problems);
        let name = |object: Object| object.key.rsplit('/').next().map(str::to_owned);
        listing.objects.into_iter().filter_map(name).collect()
    }

    #[test]
    fn wildcards_are_replaced_by_what_matches_them() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["a.json", "b.json", "b.txt"] {
            std::fs::write(folder.path().join(name), "{}").expect("a file");
        }
        assert_eq!(
            names(&[folder.path().join("*.json")], &[]),
            ["a.json", "b.json"]
        );
        std::fs::write(folder.path().join("[c]*.json"), "{}").expect("a file");
        assert_eq!(
            names(&[folder.path().join("[c]*.json")], &[]),
            ["[c]*.json"],
            "a name is a name"
        );
        let nothing = list(&[folder.path().join("*.csv")], &[], Detail::Name)
            .map_err(|error| error.to_string());
        assert!(nothing.is_err_and(|error| error.ends_with("no file matches these wildcards")));
    }

    #[test]
    #[cfg(unix)]
    fn files_are_found_by_their_paths_whatever_their_keys() {
        use std::os::unix::ffi::OsStrExt;

        let folder = tempfile::tempdir().expect("a folder");
        let names: [&[u8]; 3] = [b"\xff.json", b"\\xFF.json", b"\\x5CxFF.json"];
        for name in names {
            let path = folder.path().join(std::ffi::OsStr::from_bytes(name));
            std::fs::write(path, name).expect("a file");
        }
        let listing = list(&[folder.path().to_owned()], &[], Detail::Name).expect("a listing");
        let content = |object: &Object| std::fs::read(object.path().expect("a path"));
        let contents: Vec<Vec<u8>> = listing
            .objects
            .iter()
            .map(|object| content(object).expect("a file"))
            .collect();
        assert_eq!(contents.len(), 3);
        assert!(names.iter().all(|name| contents.contains(&name.to_vec())));
    }

    #[test]
    fn folders_may_nest_as_deep_as_paths_reach() {
        let folder = tempfile::tempdir().expect("a folder");
        let deep = folder.path().join("a/".repeat(1500));
        std::fs::create_dir_all(&deep).expect("folders");
        std::fs::write(deep.join("b.json"), "{}").expect("a file");
        assert_eq!(names(&[folder.path().to_owned()], &[]), ["b.json"]);
        // Removing them all at once would open as many.
        std::fs::remove_file(deep.join("b.json")).expect("the file");
        let inner = deep.ancestors().take_while(|path| *path != folder.path());
        inner.for_each(|path| std::fs::remove_dir(path).expect("an empty folder"));
    }

    #[test]
    fn a_file_is_listed_once_whatever_leads_to_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let inner = folder.path().join("inner");
        std::fs::create_dir(&inner).expect("a folder");
        std::fs::write(inner.join("a.json"), "{}").expect("a file");
        let both = [folder.path().to_owned(), inner.clone()];
        assert_eq!(names(&both, &[]), ["a.json"]);
        assert!(names(&both[..1], &[&inner]).is_empty());
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&inner, folder.path().join("link")).expect("a link");
            std::os::unix::fs::symlink(folder.path(), inner.join("loop")).expect("a link");
            let listing = list(&both[..1], &[], Detail::Size).expect("the path exists");
            assert_eq!(listing.objects.len(), 1);
            assert!(listing.problems.is_empty(), "a loop hides nothing");
            let elsewhere = tempfile::tempdir().expect("a folder");
            std::fs::write(elsewhere.path().join("b.json"), "{}").expect("a file");
            std::os::unix::fs::symlink(folder.path(), elsewhere.path().join("back"))
                .expect("a link");
            std::os::unix::fs::symlink(elsewhere.path(), folder.path().join("there"))
                .expect("a link");
            assert_eq!(
                names(&both[..1], &[]),
                ["a.json", "b.json"],
                "with what links lead to, each once"
            );
            let named = [folder.path().join("link/a.json"), folder.path().to_owned()];
            let listing = list(&named, &[], Detail::Size).expect("the paths exist");
            let of_name = |name: &str| {
                listing
                    .objects
                    .iter()
                    .filter(|object| object.key.ends_with(name))
                    .count()
            };
            assert_eq!((of_name("a.json"), of_name("b.json")), (1, 1));
            assert!(
                listing.objects.iter().any(|object| object.named),
                "what was named stays so"
            );
        }
    }
}
