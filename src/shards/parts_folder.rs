//! The folder of the parts of shards, which many processes write to.
//!
//! A part is written under a name that no other process has, and renamed when it is complete. So
//! two processes may scan the same shard: one of them comes second, and finds the same part.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::part::ShardManifest;
use super::{PlacedPart, Shard, ShardError, ShardPart, ShardPlan};
use crate::ledger::{LedgerError, OrderedParts, WorkingFolder};

/// The beginning of the name of a part.
const PREFIX: &str = "shard-";

/// The number of digits of the identifier that are in the name of a part.
// Enough to tell shards apart. The manifest has the whole identifier, which is compared.
const NAME_DIGITS: usize = 20;

/// The beginning of the name of a folder while it is written.
const UNFINISHED: &str = ".writing-";

/// The number of times that a part is moved to its place, where others may be moving theirs.
// A directory cannot be renamed onto one that is not empty, so another part must be moved away
// first, and a process that does the same may put its own there in between.
const TRIES: usize = 5;

/// The folder of the parts of shards.
#[derive(Clone, Debug)]
pub struct PartsFolder {
    path: PathBuf,
}

/// A part that is being written. It is removed unless it is published.
#[derive(Debug)]
pub struct UnfinishedPart {
    folder: WorkingFolder,
    place: PathBuf,
}

impl PartsFolder {
    /// Returns the folder at a path, which need not exist.
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    /// Returns the name of the part of a shard.
    pub fn name(shard: &Shard) -> String {
        let digits = shard.id.get(..NAME_DIGITS).unwrap_or(&shard.id);
        format!("{PREFIX}{digits}")
    }

    /// Returns the place of the part of a shard.
    pub fn place(&self, shard: &Shard) -> PathBuf {
        self.path.join(Self::name(shard))
    }

    /// Creates the folder, and removes what processes of this machine were writing there that have
    /// ended.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder cannot be written to.
    pub fn prepare(&self) -> Result<(), ShardError> {
        let prepared = fs::create_dir_all(&self.path)
            .and_then(|()| WorkingFolder::remove_abandoned(&self.path, UNFINISHED));
        prepared.map_err(|error| ShardError::io(&self.path, error))
    }

    /// Begins to write the part of a shard.
    ///
    /// # Errors
    ///
    /// Returns an error if nothing can be written.
    pub fn begin(&self, shard: &Shard) -> Result<UnfinishedPart, ShardError> {
        let begun = WorkingFolder::create(&self.path, UNFINISHED);
        Ok(UnfinishedPart {
            folder: begun.map_err(|error| ShardError::io(&self.path, error))?,
            place: self.place(shard),
        })
    }
}

impl UnfinishedPart {
    /// Returns the folder to write to.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Publishes the part of a shard. If another process was first, its part is the same.
    ///
    /// # Errors
    ///
    /// Returns an error if the part cannot be written, or was removed while it was written, or that
    /// of another process cannot be read.
    pub fn publish(
        self,
        plan: &ShardPlan,
        shard: &Shard,
        parts: OrderedParts,
    ) -> Result<ShardPart, ShardError> {
        let manifest = ShardManifest::new(plan, shard, parts);
        let text = manifest.write(self.folder());
        let text = text.map_err(|error| self.explained(error))?;
        let part = ShardPart::new(self.folder().to_owned(), manifest, text);
        part.check_files()?;
        let mut last = io::Error::from(ErrorKind::AlreadyExists);
        for _ in 0..TRIES {
            match fs::rename(self.folder(), &self.place) {
                Ok(()) => return Ok(part.moved_to(self.place.clone())),
                Err(error) if !self.folder().exists() => {
                    return Err(self.explained(ShardError::io(self.folder(), error)));
                }
                Err(error) => last = error,
            }
            if let PlacedPart::Proven(same) = ShardPart::prove(&self.place, plan, shard)? {
                return Ok(*same);
            }
            // It is damaged, or an earlier plan's. Another process may replace it at the same time.
            self.set_aside();
        }
        Err(ShardError::io(&self.place, last))
    }

    /// Returns the reason why the part could not be written: that a file of it is not there means
    /// that another process has removed it.
    pub fn explained(&self, error: ShardError) -> ShardError {
        match &error {
            ShardError::Io { path, source }
            | ShardError::Ledger(LedgerError::Io { path, source })
                if source.kind() == ErrorKind::NotFound && path.starts_with(self.folder()) =>
            {
                ShardError::Vanished(path.clone())
            }
            _ => error,
        }
    }

    /// Removes what is in the place of the part. What cannot be removed shows when the part is
    /// renamed.
    fn set_aside(&self) {
        // It is moved first, so that the place never holds half of a part.
        let aside = self.folder().with_extension("replaced");
        if fs::rename(&self.place, &aside).is_ok() {
            let _ = fs::remove_dir_all(&aside);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::sync::Arc;

    use jiff::Timestamp;

    use super::*;
    use crate::container::Limits;
    use crate::findings::{Findings, FindingsSink, ObjectOutcome};
    use crate::ledger::{ListingRecord, OrderedWriter, Scope};
    use crate::plan::{Job, Plan, Selection};
    use crate::shards::{PlanDraft, PlanFolder, ShardLimits};
    use crate::source::{Location, Object};

    fn rules() -> Plan {
        Plan::new(vec![Job::custom("x")], Selection::default()).expect("a plan")
    }

    fn object() -> Object {
        Object {
            key: "a".into(),
            location: Location::File {
                path: None,
                modified: Some(Timestamp::UNIX_EPOCH),
            },
            stored_bytes: Some(7),
            named: false,
        }
    }

    /// Returns the plan of one shard with one object.
    fn plan(folder: &Path) -> ShardPlan {
        let scope = Scope::from_plan(&rules(), &Limits::default()).expect("a scope");
        let listing = ListingRecord::new(vec!["a".to_owned()], Timestamp::UNIX_EPOCH, &[]);
        let path = folder.join("plan");
        let limits = ShardLimits::default();
        let mut draft =
            PlanDraft::begin(&path, limits, &scope, listing, folder.to_owned()).expect("a draft");
        draft.add(&object()).expect("an object");
        draft.finish(None).expect("a plan");
        ShardPlan::open(Arc::new(PlanFolder::new(&path))).expect("a plan")
    }

    /// Writes the files of the part of the shard.
    fn write(unfinished: &UnfinishedPart, plan: &ShardPlan) -> OrderedParts {
        let (folder, scope, object) = (unfinished.folder(), &plan.manifest.scope, object());
        let keys = vec![object.key.clone()];
        let writer = OrderedWriter::new(folder, scope, &rules(), keys, Timestamp::UNIX_EPOCH);
        let mut findings = Findings::default();
        findings.objects.push(ObjectOutcome {
            object: object.key.clone(),
            stored_bytes: 7,
            ..ObjectOutcome::default()
        });
        assert!(writer.keep(object.listed(), findings).is_continue());
        writer.finish().expect("parts")
    }

    #[test]
    fn a_part_that_lacks_a_file_is_not_published() {
        let folder = tempfile::tempdir().expect("a folder");
        let plan = plan(folder.path());
        let (parts, shard) = (
            PartsFolder::new(&folder.path().join("parts")),
            &plan.shards[0],
        );
        let losses: [fn(&Path, &Path); 4] = [
            |_, part| fs::remove_file(part.join("objects.parquet")).expect("removed"),
            |_, part| {
                File::create(part.join("days.parquet")).expect("cut");
            },
            |_, part| fs::remove_dir_all(part).expect("removed"),
            |unfinished, _| fs::remove_dir_all(unfinished).expect("removed"),
        ];
        parts.prepare().expect("a folder");
        for (number, lose) in losses.into_iter().enumerate() {
            let unfinished = parts.begin(shard).expect("a folder");
            let written = write(&unfinished, &plan);
            let part = unfinished.folder().join(&written.names[0]);
            lose(unfinished.folder(), &part);
            let error = unfinished.publish(&plan, shard, written);
            let error = error.expect_err("a loss");
            assert!(
                matches!(error, ShardError::Vanished(_)),
                "{number}: {error}"
            );
            assert!(error.is_transient());
            assert!(!parts.place(shard).exists(), "{number}");
        }
        let unfinished = parts.begin(shard).expect("a folder");
        let written = write(&unfinished, &plan);
        unfinished.publish(&plan, shard, written).expect("a part");
        let proven = ShardPart::prove(&parts.place(shard), &plan, shard);
        assert!(matches!(proven, Ok(PlacedPart::Proven(_))), "{proven:?}");
    }

    #[test]
    fn only_a_file_of_the_part_vanishes() {
        let folder = tempfile::tempdir().expect("a folder");
        let plan = plan(folder.path());
        let parts = PartsFolder::new(folder.path());
        let unfinished = parts.begin(&plan.shards[0]).expect("a folder");
        let own = unfinished.folder().join("part-1");
        for (path, kind, has_vanished) in [
            (own.as_path(), ErrorKind::NotFound, true),
            (own.as_path(), ErrorKind::StorageFull, false),
            (folder.path(), ErrorKind::NotFound, false),
        ] {
            let error = unfinished.explained(ShardError::io(path, kind.into()));
            let is_so = matches!(error, ShardError::Vanished(_));
            assert_eq!(is_so, has_vanished, "{path:?} {kind}");
            let path = path.to_owned();
            let source = kind.into();
            let error = unfinished.explained(LedgerError::Io { path, source }.into());
            assert_eq!(matches!(error, ShardError::Vanished(_)), has_vanished);
        }
    }
}
