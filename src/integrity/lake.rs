//! Query results of CloudTrail Lake, which have a signature of their own beside them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::found::Flaw;
use super::key_ring::SignatureVerdict;
use super::{
    FindingKind, Grade, GradedKind, GradedObject, IntegrityFinding, KeyRing, ObjectName, Sha256,
};
use crate::text::joined;

/// The name of the file with the signature of query results.
pub const SIGNATURE_FILE: &str = "result_sign.json";

/// A file of query results, or their signature.
#[derive(Clone, Debug)]
pub struct FoundLakeFile {
    /// The place where it lies.
    pub name: ObjectName,
    /// What was read of it.
    pub content: Result<LakeContent, Flaw>,
}

/// The content of a file of query results.
#[derive(Clone, Debug)]
pub enum LakeContent {
    /// The signature.
    Signature(LakeSignature),
    /// Results, by the hash of the file as it is stored: compressed.
    Results(Sha256),
}

/// The signature of query results (sources, I5).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LakeSignature {
    files: Vec<SignedFile>,
    hash_signature: String,
    public_key_fingerprint: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SignedFile {
    file_hash_value: String,
    file_name: String,
}

impl LakeSignature {
    /// Parses the content of a file with the signature of query results.
    ///
    /// # Errors
    ///
    /// Returns an error if it is something else.
    pub fn parse(content: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(content)
    }

    /// Returns the text that is signed: the hashes, in the order of the files.
    fn string_to_sign(&self) -> String {
        joined(self.files.iter().map(|file| &file.file_hash_value), " ")
    }

    fn verdict(&self, keys: &KeyRing) -> SignatureVerdict {
        let fingerprint = self.public_key_fingerprint.to_ascii_lowercase();
        let signature = [self.hash_signature.as_str()];
        keys.verdict(&fingerprint, &self.string_to_sign(), &signature)
    }
}

/// What the signatures of query results prove.
#[derive(Clone, Debug, Default)]
pub(super) struct LakeProofs {
    pub(super) objects: Vec<GradedObject>,
    pub(super) findings: Vec<IntegrityFinding>,
}

/// Grades query results by the signatures in their folders.
pub(super) fn grade(files: &[FoundLakeFile], keys: &KeyRing) -> LakeProofs {
    let mut folders: BTreeMap<ObjectName, Vec<&FoundLakeFile>> = BTreeMap::new();
    for file in files {
        folders.entry(folder(&file.name)).or_default().push(file);
    }
    let mut proofs = LakeProofs::default();
    for (folder, files) in &folders {
        proofs.add_folder(folder, files, keys);
    }
    proofs
}

fn folder(name: &ObjectName) -> ObjectName {
    let (folder, _) = name.key.rsplit_once('/').unwrap_or_default();
    ObjectName::new(&name.bucket, folder)
}

impl LakeProofs {
    fn add_folder(&mut self, folder: &ObjectName, files: &[&FoundLakeFile], keys: &KeyRing) {
        let mut signed = SignedResults::new();
        for file in files {
            if let Some(signature) = self.signature(file, keys) {
                signature.add_to(&mut signed, folder);
            }
        }
        for file in files {
            if let Some(found) = results(file) {
                let listed = signed.remove(&file.name);
                self.objects.push(graded_results(file, found, listed));
            }
        }
        // Those that were found have been removed above.
        self.objects.extend(missing(signed));
    }

    /// Grades the file with the signature.
    fn signature<'a>(
        &mut self,
        file: &'a FoundLakeFile,
        keys: &KeyRing,
    ) -> Option<GradedSignature<'a>> {
        let (grade, signature) = match &file.content {
            Ok(LakeContent::Results(_)) => return None,
            Ok(LakeContent::Signature(signature)) => {
                let verdict = signature.verdict(keys);
                let is_unknown = verdict == SignatureVerdict::UnknownKey && !keys.is_empty();
                self.findings
                    .extend(is_unknown.then(|| unknown_key(file, signature)));
                (signature_grade(verdict, keys), Some(signature))
            }
            // A file of results is graded by what the signature says about it.
            Err(_) if !is_signature(&file.name) => return None,
            Err(Flaw::Damaged(_)) => (Grade::Modified, None),
            Err(Flaw::Unread(_)) => (Grade::Unverifiable, None),
        };
        self.objects
            .push(object(file.name.clone(), GradedKind::Digest, grade));
        Some(GradedSignature {
            signature: signature?,
            grade,
        })
    }
}

/// The hashes of files of results, and the grades of their signatures, by the names of the files.
type SignedResults = BTreeMap<ObjectName, (Grade, Option<Sha256>)>;

struct GradedSignature<'a> {
    signature: &'a LakeSignature,
    grade: Grade,
}

impl GradedSignature<'_> {
    /// Adds the files that are signed, which are in the folder of the signature.
    fn add_to(&self, signed: &mut SignedResults, folder: &ObjectName) {
        for listed in &self.signature.files {
            let key = match folder.key.is_empty() {
                true => listed.file_name.clone(),
                false => format!("{}/{}", folder.key, listed.file_name),
            };
            let hash = Sha256::from_hex(&listed.file_hash_value);
            signed.insert(ObjectName::new(&folder.bucket, &key), (self.grade, hash));
        }
    }
}

/// Returns the files that a valid signature names and that were not found.
fn missing(signed: SignedResults) -> impl Iterator<Item = GradedObject> {
    let valid = signed
        .into_iter()
        .filter(|(_, (grade, _))| grade.is_consistent());
    valid.map(|(name, _)| object(name, GradedKind::Log, Grade::Missing))
}

fn is_signature(name: &ObjectName) -> bool {
    name.file_name() == SIGNATURE_FILE
}

fn signature_grade(verdict: SignatureVerdict, keys: &KeyRing) -> Grade {
    match verdict {
        SignatureVerdict::Signed => Grade::Signed,
        SignatureVerdict::NotSigned => Grade::Modified,
        SignatureVerdict::UnknownKey if keys.is_empty() => Grade::HashOnly,
        SignatureVerdict::UnknownKey | SignatureVerdict::NoSignature => Grade::Unverifiable,
    }
}

fn unknown_key(file: &FoundLakeFile, signature: &LakeSignature) -> IntegrityFinding {
    IntegrityFinding {
        kind: FindingKind::UnknownKey,
        object: file.name.clone(),
        detail: format!("fingerprint {}", signature.public_key_fingerprint),
    }
}

/// Returns the hash of a file of results, or nothing of one that could not be read.
fn results(file: &FoundLakeFile) -> Option<Option<Sha256>> {
    match &file.content {
        Ok(LakeContent::Results(hash)) => Some(Some(*hash)),
        Ok(LakeContent::Signature(_)) => None,
        Err(_) => (!is_signature(&file.name)).then_some(None),
    }
}

fn graded_results(
    file: &FoundLakeFile,
    found: Option<Sha256>,
    listed: Option<(Grade, Option<Sha256>)>,
) -> GradedObject {
    let grade = match (listed, found) {
        (Some((grade, hash)), Some(found)) if grade.is_consistent() => match hash == Some(found) {
            true => grade,
            false => Grade::Modified,
        },
        _ => Grade::Unverifiable,
    };
    object(file.name.clone(), GradedKind::Log, grade)
}

fn object(name: ObjectName, kind: GradedKind, grade: Grade) -> GradedObject {
    GradedObject {
        name,
        kind,
        grade,
        moved_from: None,
        reason: None,
    }
}
