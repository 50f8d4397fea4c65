//! The integrity of an archive: what the digests of CloudTrail prove of its objects.
//!
//! CloudTrail writes a digest for each hour, account, region and trail. It lists the log files that
//! were delivered in that hour with the SHA-256 of their content, it names the digest before it with
//! its hash and its signature, and it is signed itself. So each chain of digests proves its log
//! files, and that none is missing (sources, I1).
//!
//! Nothing here reads a file: [`verify`] is given what was found, and returns the grade of each
//! object, the gaps of each chain, and what else contradicts. The rules where AWS's own tool is
//! silent are in `docs/decisions/0019-integrity.md`.

mod chain;
mod chain_name;
mod cover;
mod digest;
mod digest_proof;
mod finding;
mod found;
mod gap;
mod grade;
mod hash;
mod key_list;
mod key_ring;
mod lake;
mod layout;
mod log_proof;
mod manifest;
mod object_name;
mod public_key;
mod signatures;
mod tables;
mod verification;
mod verify;

pub use chain_name::ChainName;
pub use digest::{Digest, DigestError, LogFile, PreviousDigest};
pub use finding::{Finding, FindingKind};
pub use found::{DigestContent, Flaw, FoundDigest, FoundLogFile};
pub use gap::{Gap, GapKind};
pub use grade::Grade;
pub use hash::Sha256;
pub use key_list::KeyListError;
pub use key_ring::KeyRing;
pub use lake::{FoundLakeFile, LakeContent, LakeSignature, SIGNATURE_FILE};
pub use layout::Layout;
pub use manifest::{Manifest, ManifestEntry, ManifestError};
pub use object_name::ObjectName;
pub use public_key::{InvalidKey, PublicKey};
pub use signatures::{ObjectMetadata, Signatures};
pub use verification::{Counts, GradedKind, GradedObject, Outcome, Verification};
pub use verify::{Holdings, verify};
