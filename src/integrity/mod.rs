//! The integrity of an archive: what the digests of CloudTrail prove of its objects.
//!
//! CloudTrail writes a digest for each hour, account, region and trail. It lists the log files that
//! were delivered in that hour with the SHA-256 of their content, it names the digest before it
//! with its hash and its signature, and it is signed itself. So each chain of digests proves its
//! log files, and that none is missing (sources, I1).
//!
//! Nothing here reads a file: [`verify`] is given what was found, and returns the grade of each
//! object, the gaps of each chain, and what else contradicts. The rules where AWS's own tool is
//! silent are in `docs/decisions/0019-integrity.md`.

mod chain;
mod cover;
mod digest;
mod digest_proof;
mod extension;
mod found;
mod hash;
mod hours;
mod key_list;
mod key_ring;
mod lake;
mod layout;
mod links;
mod log_proof;
mod manifest;
mod notes;
mod places;
mod public_key;
mod signatures;
mod survey;
mod verify;
mod window;

pub use crate::report::integrity::{
    ChainName, Counts, FindingKind, Gap, GapKind, Grade, GradedKind, GradedObject,
    IntegrityFinding, ObjectName, Outcome, Verification,
};
pub use digest::{Digest, DigestError, LogFile, PreviousDigest};
pub(crate) use extension::without_compression;
pub use found::{DigestContent, Flaw, FoundDigest, FoundLogFile};
pub use hash::Sha256;
pub use key_list::KeyListError;
pub use key_ring::KeyRing;
pub use lake::{FoundLakeFile, LakeContent, LakeSignature, SIGNATURE_FILE};
pub use layout::Layout;
pub use manifest::{Manifest, ManifestEntry, ManifestError};
pub use places::RequestedPlaces;
pub use public_key::{InvalidKey, PublicKey};
pub use signatures::{ObjectMetadata, Signatures};
pub use verify::{Holdings, verify};
