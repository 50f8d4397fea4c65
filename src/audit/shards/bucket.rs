//! Plans and parts in buckets of S3.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::audit::start_threads;
use crate::ledger::{PART_MANIFEST, files_of_tables};
use crate::shards::{
    PartsFolder, PlanFiles, PlanFolder, Shard, ShardError, ShardPart, ShardPlan, write_below,
};
use crate::source::s3::{Address, S3Options};
use crate::source::{ReadError, S3Source};

/// The number of files that are transferred at a time.
// They mostly wait for answers, so there are more of them than processors.
const TRANSFERS: usize = 16;

/// The buckets, once one of them is needed.
#[derive(Debug, Default)]
pub(super) struct Buckets {
    options: S3Options,
    s3: OnceLock<S3Source>,
}

impl Buckets {
    /// Returns the buckets that are reached in this way.
    pub(super) fn new(options: S3Options) -> Self {
        Self {
            options,
            s3: OnceLock::new(),
        }
    }

    /// Connects, unless that was done before.
    ///
    /// # Errors
    ///
    /// Returns an error if there are no credentials.
    pub(super) fn s3(&self) -> Result<&S3Source, ReadError> {
        if let Some(s3) = self.s3.get() {
            return Ok(s3);
        }
        let connected = S3Source::connect(&self.options)?;
        Ok(self.s3.get_or_init(|| connected))
    }
}

/// A folder of a bucket.
#[derive(Clone, Debug)]
pub(super) struct BucketFolder {
    address: Address,
    buckets: Arc<Buckets>,
}

impl BucketFolder {
    /// Returns the folder at a path, if it is an address in S3.
    pub(super) fn parse(path: &Path, buckets: &Arc<Buckets>) -> Option<Self> {
        let address = Address::parse(path.to_str()?)?;
        Some(Self {
            address,
            buckets: Arc::clone(buckets),
        })
    }

    fn file(&self, name: &str) -> Address {
        Address {
            bucket: self.address.bucket.clone(),
            prefix: key_in(&self.address.prefix, name),
        }
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, ShardError> {
        let read = self.buckets.s3()?.read_file(&self.file(name));
        read.map_err(|error| self.failed(name, error))
    }

    fn write(&self, name: &str, bytes: Vec<u8>) -> Result<(), ShardError> {
        let written = self.buckets.s3()?.write_file(&self.file(name), bytes);
        written.map_err(|error| self.failed(name, error))
    }

    fn failed(&self, name: &str, source: ReadError) -> ShardError {
        ShardError::Bucket {
            file: self.file(name).to_string(),
            source,
        }
    }

    /// Returns the place of the part of a shard.
    pub(super) fn place(&self, shard: &Shard) -> String {
        self.file(&PartsFolder::name(shard)).to_string()
    }

    /// Finds the part of a shard, whose manifest comes last, so that the rest is there, too.
    ///
    /// # Errors
    ///
    /// Returns an error if the bucket cannot be read.
    pub(super) fn find(
        &self,
        plan: &ShardPlan,
        shard: &Shard,
    ) -> Result<Option<ShardPart>, ShardError> {
        let name = format!("{}/{}", PartsFolder::name(shard), ShardPart::MANIFEST);
        let Some(text) = self.read(&name)? else {
            return Ok(None);
        };
        // A part that is of something else is written again.
        Ok(ShardPart::parse(self.place(shard).into(), &text, plan, shard).ok())
    }

    /// Writes the part of a shard, its manifest last. Returns it with its place in the bucket.
    ///
    /// # Errors
    ///
    /// Returns an error if a file cannot be written.
    pub(super) fn upload(&self, shard: &Shard, part: ShardPart) -> Result<ShardPart, ShardError> {
        let (folder, name) = (part.path().to_owned(), PartsFolder::name(shard));
        let files = part.files()?;
        let uploaded = files.par_iter().map(|file| {
            let path = folder.join(file);
            let bytes = fs::read(&path).map_err(|error| ShardError::io(&path, error))?;
            self.write(&format!("{name}/{file}"), bytes)
        });
        // All of them, so that of several errors it is always the first that is returned.
        let uploaded: Vec<Result<(), ShardError>> = uploaded.collect();
        uploaded.into_iter().collect::<Result<(), ShardError>>()?;
        self.write(
            &format!("{name}/{}", ShardPart::MANIFEST),
            part.manifest_text().to_vec(),
        )?;
        Ok(part.moved_to(self.place(shard).into()))
    }

    /// Copies the parts of all shards of a plan into a folder, as far as they are there.
    ///
    /// # Errors
    ///
    /// Returns an error if the bucket cannot be read, or a file cannot be written.
    pub(super) fn download(&self, plan: &ShardPlan, folder: &Path) -> Result<(), ShardError> {
        let pool = start_threads(Some(TRANSFERS)).map_err(ShardError::threads)?;
        pool.install(|| {
            let shards = plan.shards.par_iter();
            shards.try_for_each(|shard| self.download_part(plan, shard, folder))
        })
    }

    fn download_part(
        &self,
        plan: &ShardPlan,
        shard: &Shard,
        folder: &Path,
    ) -> Result<(), ShardError> {
        let Some(part) = self.find(plan, shard)? else {
            return Ok(());
        };
        let name = PartsFolder::name(shard);
        for own in part.names() {
            let place = format!("{name}/{own}/{PART_MANIFEST}");
            let Some(manifest) = self.read(&place)? else {
                continue;
            };
            // Each manifest is written after the files that it names, as it was in the bucket.
            for table in files_of_tables(&manifest) {
                let file = format!("{name}/{own}/{table}");
                if let Some(bytes) = self.read(&file)? {
                    write_below(folder, &file, &bytes)?;
                }
            }
            write_below(folder, &place, &manifest)?;
        }
        let file = format!("{name}/{}", ShardPart::MANIFEST);
        write_below(folder, &file, part.manifest_text())
    }
}

/// Returns the key of a file in a folder, which may be the bucket itself.
fn key_in(folder: &str, name: &str) -> String {
    match folder.trim_end_matches('/') {
        "" => name.to_owned(),
        folder => format!("{folder}/{name}"),
    }
}

impl PlanFiles for BucketFolder {
    fn read(&self, file: &str) -> Result<Option<Vec<u8>>, ShardError> {
        Self::read(self, file)
    }

    fn path(&self) -> PathBuf {
        self.address.to_string().into()
    }
}

/// Opens a plan in a folder or a bucket.
///
/// # Errors
///
/// Returns an error if there is none, or it is not as it was written.
pub(super) fn open_plan(path: &Path, buckets: &Arc<Buckets>) -> Result<ShardPlan, ShardError> {
    match BucketFolder::parse(path, buckets) {
        Some(folder) => ShardPlan::open(Arc::new(folder)),
        None => ShardPlan::open(Arc::new(PlanFolder::new(path))),
    }
}
