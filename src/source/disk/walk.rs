//! The walk through the folders of an archive.

use std::fs::{DirEntry, FileType, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use walkdir::WalkDir;

use super::files::{FileListing, ListingFacts};
use crate::source::{Detail, Object};
use crate::spool::Spool;

/// The number of folders that the threads list at a time.
const FOLDERS_AT_ONCE: usize = 256;

/// A walk through a folder. The threads share some of its folders at a time, those of the first
/// names first, so that neither the files nor the folders of a large archive are all in memory.
pub(super) struct Walk<'a> {
    /// The folder itself, without links, if that can be found out.
    pub(super) root: Option<PathBuf>,
    pub(super) left_out: &'a [PathBuf],
    pub(super) detail: Detail,
    /// Takes the files.
    pub(super) objects: &'a Spool<Object>,
}

/// A folder while it is listed.
struct FolderListing<'a> {
    files: FileListing<'a>,
    folders: Vec<PathBuf>,
}

/// The folders in a folder, and what was found beside them and files.
struct ListedFolder {
    found: ListingFacts,
    folders: Vec<PathBuf>,
}

impl Walk<'_> {
    /// Lists all files below a folder.
    pub(super) fn folders_from(&self, root: &Path) -> ListingFacts {
        let mut found = ListingFacts::default();
        // The root may be written in any way, such as `.`, so its name says nothing.
        if self
            .root
            .as_ref()
            .is_some_and(|root| self.left_out.contains(root))
        {
            return found;
        }
        // The last folder is listed first.
        let mut waiting = vec![root.to_owned()];
        while !waiting.is_empty() {
            let begin = waiting.len().saturating_sub(FOLDERS_AT_ONCE);
            let next = waiting.split_off(begin);
            let listed: Vec<ListedFolder> = next.par_iter().map(|path| self.folder(path)).collect();
            for ListedFolder {
                found: own,
                folders,
            } in listed
            {
                found.append(own);
                waiting.extend(folders);
            }
        }
        found
    }

    /// Lists the files and folders in a folder.
    fn folder(&self, path: &Path) -> ListedFolder {
        let mut folder = FolderListing {
            files: FileListing::new(self.objects),
            folders: Vec::new(),
        };
        if let Err(error) = self.read_folder(path, &mut folder) {
            folder.files.add_problem(path, &error);
        }
        folder.folders.sort_unstable_by(|one, other| other.cmp(one));
        ListedFolder {
            found: folder.files.finish(),
            folders: folder.folders,
        }
    }

    fn read_folder(&self, path: &Path, folder: &mut FolderListing<'_>) -> io::Result<()> {
        for entry in std::fs::read_dir(path)? {
            match entry {
                Ok(entry) => self.add_entry(path, &entry, folder),
                // The entries after it may still be read.
                Err(error) => folder.files.add_problem(path, &error),
            }
        }
        Ok(())
    }

    /// Adds an entry to the content of its folder.
    fn add_entry(&self, path: &Path, entry: &DirEntry, folder: &mut FolderListing<'_>) {
        match entry.file_type() {
            Ok(kind) => self.add_entry_of_kind(kind, path, entry, folder),
            Err(error) => folder.files.add_problem(&entry.path(), &error),
        }
    }

    fn add_entry_of_kind(
        &self,
        kind: FileType,
        path: &Path,
        entry: &DirEntry,
        folder: &mut FolderListing<'_>,
    ) {
        if kind.is_dir() {
            let inner = entry.path();
            if !self.is_left_out(&inner) {
                folder.folders.push(inner);
            }
        } else if kind.is_symlink() {
            self.follow(&entry.path(), &mut folder.files);
        } else if kind.is_file() {
            let metadata = self.metadata(entry);
            folder.files.add_entry(path, entry, metadata.as_ref());
        }
    }

    /// Returns the metadata of a file, if it is requested. A file whose metadata cannot be read is
    /// listed all the same.
    fn metadata(&self, entry: &DirEntry) -> Option<Metadata> {
        match self.detail {
            Detail::Name => None,
            // Reading the file will say what is wrong.
            Detail::Size => entry.metadata().ok(),
        }
    }

    fn is_left_out(&self, folder: &Path) -> bool {
        self.left_out.iter().any(|other| is_same(folder, other))
    }

    /// Lists the files that a symbolic link leads to, unless the walk meets them anyway or they are
    /// left out.
    fn follow(&self, link: &Path, files: &mut FileListing<'_>) {
        files.found.followed_link = true;
        let entries = WalkDir::new(link).follow_links(true).into_iter();
        for entry in entries.filter_entry(|entry| !self.is_known(entry)) {
            files.add_linked(entry);
        }
    }

    fn is_known(&self, entry: &walkdir::DirEntry) -> bool {
        let can_lead_back = entry.path_is_symlink() || entry.file_type().is_dir();
        can_lead_back && self.leads_to_known_folder(entry.path())
    }

    /// Returns whether a path leads into the folder of the walk, or into one that is left out.
    fn leads_to_known_folder(&self, path: &Path) -> bool {
        path.canonicalize()
            .is_ok_and(|path| self.is_in_known_folder(&path))
    }

    fn is_in_known_folder(&self, path: &Path) -> bool {
        let mut known = self.root.iter().chain(self.left_out);
        known.any(|folder| path.starts_with(folder))
    }
}

fn is_same(folder: &Path, other: &Path) -> bool {
    // Comparing names first saves a call of the system for almost every folder.
    folder.file_name() == other.file_name() && leads_to(folder, other)
}

fn leads_to(folder: &Path, other: &Path) -> bool {
    folder.canonicalize().is_ok_and(|path| path == *other)
}
