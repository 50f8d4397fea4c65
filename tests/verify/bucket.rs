//! Buckets of trails with log file validation, made and signed here, and then tampered with.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compression, GzBuilder};
use jiff::Timestamp;
use md5::Digest as _;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::generator::digests::{Chain, Digest, LogFile, Signer, metadata, sha256};

/// The bucket of the trails.
pub const BUCKET: &str = "trail-logs";

/// The second bucket, to which trails may move.
pub const NEXT_BUCKET: &str = "trail-logs-2";

const ACCOUNT: &str = "111122223333";

/// The end of the starting digest of every chain.
const FIRST_END: &str = "2026-03-03T09:10:07Z";

/// The minute of the hour before a digest at which its first log file is delivered, and the second.
const MINUTES: [(&str, i64); 2] = [("a", 20), ("b", 50)];

/// The name of an object: its bucket and its key.
pub type Name = (String, String);

/// What a bucket is made of. Digest 0 is the starting one; digest N lists the log files `hNa` and
/// `hNb`. In other trails or regions than the first, names begin with the trail or region and `:`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Plan {
    pub trails: Vec<String>,
    pub regions: Vec<String>,
    /// The number of digests after the starting one.
    pub hours: i64,
    /// The first digest that the second key signs.
    pub rotate: Option<i64>,
    /// The first digest that is delivered to the second bucket.
    pub move_bucket: Option<i64>,
    /// The first digest without validation, and the starting one after it.
    pub off: Option<(i64, i64)>,
    /// The same, but nothing was logged either.
    pub stop: Option<(i64, i64)>,
    /// The log files that only digests of a backfill list.
    pub backfill: Vec<String>,
    /// True if the keys are published as `SubjectPublicKeyInfo`.
    pub is_spki: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            trails: vec!["audit".to_owned()],
            regions: vec!["us-east-1".to_owned()],
            hours: 7,
            rotate: None,
            move_bucket: None,
            off: None,
            stop: None,
            backfill: Vec::new(),
            is_spki: false,
        }
    }
}

/// A bucket with what S3 keeps beside its digests, and the public keys.
pub struct Bucket {
    pub objects: BTreeMap<Name, Vec<u8>>,
    pub signatures: BTreeMap<Name, String>,
    pub keys: Vec<Value>,
    /// The places of objects by their short names, as they were delivered.
    pub places: BTreeMap<String, Name>,
    /// The digests of each chain by their short names, the oldest first.
    chains: Vec<Vec<(String, Digest)>>,
    contents: BTreeMap<String, String>,
    signers: Signers,
}

/// The keys that sign.
struct Signers {
    first: Signer,
    second: Signer,
    forger: Signer,
}

impl Signers {
    fn read() -> Self {
        let read = |pem| Signer::read(pem).unwrap();
        Self {
            first: Signer::sample().unwrap(),
            second: read(include_str!("../fixtures/keys/second.pem")),
            forger: read(include_str!("../fixtures/keys/forger.pem")),
        }
    }

    /// The key with a fingerprint.
    fn of(&self, fingerprint: &str) -> &Signer {
        let all = [&self.first, &self.second, &self.forger];
        let is_named = |key: &&Signer| {
            key.fingerprint() == fingerprint || fingerprint_of(&spki(key.public())) == fingerprint
        };
        all.into_iter().find(is_named).unwrap()
    }
}

/// Wraps a key of 2,048 bits, as DER of PKCS #1, in a `SubjectPublicKeyInfo`.
pub fn spki(pkcs1: &[u8]) -> Vec<u8> {
    let algorithm = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
    let bits = element(3, &[&[0], pkcs1].concat());
    element(0x30, &[algorithm, bits.as_slice()].concat())
}

/// An element of DER with a length of two bytes.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag, 0x82], length.as_slice(), content].concat()
}

/// The MD5 of the bytes of a key.
pub fn fingerprint_of(der: &[u8]) -> String {
    let hash: [u8; 16] = md5::Md5::digest(der).into();
    format!("{:032x}", u128::from_be_bytes(hash))
}

pub fn packed(content: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = GzBuilder::new().write(Vec::new(), Compression::new(level));
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn first_end() -> Timestamp {
    FIRST_END.parse().unwrap()
}

fn after(hours: i64, minutes: i64) -> Timestamp {
    let span = jiff::SignedDuration::from_mins(hours * 60 + minutes);
    first_end().checked_add(span).unwrap()
}

impl Bucket {
    pub fn new(plan: &Plan) -> Self {
        let mut bucket = Self {
            objects: BTreeMap::new(),
            signatures: BTreeMap::new(),
            keys: Vec::new(),
            places: BTreeMap::new(),
            chains: Vec::new(),
            contents: BTreeMap::new(),
            signers: Signers::read(),
        };
        bucket.keys = vec![
            bucket.signers.first.listed(),
            bucket.signers.second.listed(),
        ];
        if plan.is_spki {
            bucket.publish_as_spki(true);
        }
        for trail in &plan.trails {
            for region in &plan.regions {
                let is_first = (trail, region) == (&plan.trails[0], &plan.regions[0]);
                let prefix = match is_first {
                    true => String::new(),
                    false if region != &plan.regions[0] => format!("{region}:"),
                    false => format!("{trail}:"),
                };
                bucket.add_chain(plan, (trail, region), &prefix, "");
                if !plan.backfill.is_empty() {
                    bucket.add_chain(plan, (trail, region), &prefix, "_backfill");
                }
            }
        }
        bucket
    }

    fn add_chain(&mut self, plan: &Plan, place: (&str, &str), prefix: &str, suffix: &'static str) {
        let is_backfill = !suffix.is_empty();
        let pause = plan.off.or(plan.stop);
        let mut chain: Vec<(String, Digest)> = Vec::new();
        let mut previous: Option<(Digest, String)> = None;
        for hour in 0..=plan.hours {
            let is_paused = pause.is_some_and(|(from, to)| (from..to).contains(&hour));
            let is_first = hour == 0 || pause.is_some_and(|(_, to)| to == hour);
            let bucket = match plan.move_bucket {
                Some(first) if hour >= first => NEXT_BUCKET,
                _ => BUCKET,
            };
            let is_logged = hour > 0
                && !plan
                    .stop
                    .is_some_and(|(from, to)| (from..=to).contains(&hour));
            let mut listed = Vec::new();
            if is_logged {
                for (letter, minute) in MINUTES {
                    let short = format!("{prefix}h{hour}{letter}");
                    let is_late = plan.backfill.contains(&short);
                    let file =
                        self.add_log_file(&short, bucket, place.1, after(hour - 1, minute - 10));
                    if is_late == is_backfill {
                        listed.push(file);
                    }
                }
            }
            if is_paused {
                continue;
            }
            if is_first {
                listed.clear();
                previous = None;
            }
            let signer = match plan.rotate {
                Some(first) if hour >= first || is_backfill => &self.signers.second,
                _ => &self.signers.first,
            };
            let names = Chain {
                bucket: bucket.to_owned(),
                account: ACCOUNT.to_owned(),
                region: place.1.to_owned(),
                trail: place.0.to_owned(),
                home_region: "us-east-1".to_owned(),
                suffix,
            };
            let mut digest = names.digest(after(hour, 0), listed, signer).unwrap();
            if plan.is_spki {
                digest.fingerprint = fingerprint_of(&spki(signer.public()));
            }
            if let Some((previous, signature)) = previous {
                digest.follow(&previous, signature).unwrap();
            }
            let signature = digest.sign(signer).unwrap();
            let letter = if is_backfill { "b" } else { "d" };
            let short = format!("{prefix}{letter}{hour}");
            self.put_digest(&short, &digest, &signature);
            chain.push((short, digest.clone()));
            previous = Some((digest, signature));
        }
        self.chains.push(chain);
    }

    fn put_digest(&mut self, short: &str, digest: &Digest, signature: &str) {
        let name = (digest.bucket.clone(), digest.key.clone());
        self.objects
            .insert(name.clone(), packed(digest.text().unwrap().as_bytes(), 6));
        self.signatures.insert(name.clone(), signature.to_owned());
        self.places.insert(short.to_owned(), name);
    }

    /// Adds a log file, unless it is there, and describes it.
    fn add_log_file(&mut self, short: &str, bucket: &str, region: &str, at: Timestamp) -> LogFile {
        let slot = Timestamp::from_second(at.as_second().div_euclid(300) * 300).unwrap();
        let (day, stamp) = (slot.strftime("%Y/%m/%d"), slot.strftime("%Y%m%dT%H%MZ"));
        let unique: String = short
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .chain("x".repeat(16).chars())
            .take(16)
            .collect();
        let key = format!(
            "AWSLogs/{ACCOUNT}/CloudTrail/{region}/{day}/{ACCOUNT}_CloudTrail_{region}_{stamp}_{unique}.json.gz"
        );
        let content = content(short, region, at);
        let name = (bucket.to_owned(), key.clone());
        self.objects
            .insert(name.clone(), packed(content.as_bytes(), 6));
        self.places.insert(short.to_owned(), name);
        self.contents.insert(short.to_owned(), content.clone());
        LogFile::new(bucket, &key, &content, &[at])
    }

    /// The short name of an object, and where it lies unless that is where it was delivered to.
    pub fn short(&self, bucket: &str, key: &str) -> String {
        let file_name = |key: &str| key.rsplit('/').next().unwrap().to_owned();
        let mut places = self
            .places
            .iter()
            .filter(|(_, (_, other))| file_name(other) == file_name(key));
        let Some((short, place)) = places.next() else {
            return format!("{bucket}/{key}");
        };
        if place.1 == key && place.0 == bucket {
            return short.clone();
        }
        match place.1 == key {
            true => format!("{short}@{bucket}"),
            false => format!("{short}@{}", folder(key)),
        }
    }

    /// Publishes the keys in the other encoding, with its fingerprint or that of PKCS #1.
    pub fn publish_as_spki(&mut self, is_own_fingerprint: bool) {
        for (key, signer) in self
            .keys
            .iter_mut()
            .zip([&self.signers.first, &self.signers.second])
        {
            let der = spki(signer.public());
            if is_own_fingerprint {
                key["Fingerprint"] = json!(fingerprint_of(&der));
            }
            key["Value"] = json!(STANDARD.encode(der));
        }
    }

    fn place(&self, short: &str) -> Name {
        self.places[short].clone()
    }

    fn content(&self, short: &str) -> Vec<u8> {
        match self.digest(short) {
            Some((_, _, digest)) => digest.text().unwrap().into_bytes(),
            None => self.contents[short].clone().into_bytes(),
        }
    }

    fn digest(&self, short: &str) -> Option<(usize, usize, &Digest)> {
        for (number, chain) in self.chains.iter().enumerate() {
            if let Some(place) = chain.iter().position(|(other, _)| other == short) {
                return Some((number, place, &chain[place].1));
            }
        }
        None
    }

    /// Tampers with the bucket in a way that a row of the table names, such as `delete d3`.
    pub fn tamper(&mut self, deed: &str) {
        let words: Vec<&str> = deed.split(' ').collect();
        match *words {
            ["delete", short] => {
                let name = self.place(short);
                self.objects.remove(&name).unwrap();
                self.signatures.remove(&name);
            }
            ["move", short, day] => {
                self.copy(short, day);
                let name = self.place(short);
                self.objects.remove(&name);
                self.signatures.remove(&name);
            }
            ["copy", short, day] => self.copy(short, day),
            ["swap", one, other] => {
                let (one, other) = (self.place(one), self.place(other));
                let (a, b) = (self.objects[&one].clone(), self.objects[&other].clone());
                self.objects.insert(one, b);
                self.objects.insert(other, a);
            }
            ["overwrite", short, with] => {
                let bytes = self.objects[&self.place(with)].clone();
                self.objects.insert(self.place(short), bytes);
            }
            ["sign-field", short, field] => self.break_link(short, field),
            ["forge", short] => self.forge(short),
            ["forge-from", short] => self.forge_from(short),
            ["add", short] => self.add_forged(short, None),
            ["add", short, stamp] => self.add_forged(short, Some(stamp)),
            ["list-otherwise", short, log] => self.list_otherwise(short, log),
            ["deliver-for", short, log, account] => self.deliver_for((short, log), account),
            ["wrong-signature", short] => {
                let other = self.signatures.values().next().unwrap().clone();
                self.signatures.insert(self.place(short), other);
            }
            ["no-signature", short] => drop(self.signatures.remove(&self.place(short))),
            ["rename-bucket", new] => self.rename_bucket(new),
            ["drop-bucket", name] => {
                self.objects.retain(|(bucket, _), _| bucket != name);
                self.signatures.retain(|(bucket, _), _| bucket != name);
            }
            ["markers"] => {
                for kind in ["CloudTrail", "CloudTrail-Digest"] {
                    let key = format!("AWSLogs/{ACCOUNT}/{kind}/");
                    self.objects.insert((BUCKET.to_owned(), key), Vec::new());
                }
            }
            ["insights"] => self.add_insights(),
            ["repack", short, extension] => self.repack(short, extension),
            [change, short] => self.change(change, short),
            _ => panic!("{deed}"),
        }
    }

    /// Changes the bytes of an object.
    fn change(&mut self, change: &str, short: &str) {
        let name = self.place(short);
        let content = self.content(short);
        let mut stored = self.objects[&name].clone();
        match change {
            "append-member" => {
                stored.extend(packed(b"{\"Records\":[{\"eventName\":\"Forged\"}]}", 6))
            }
            "append-text" => stored.extend(b"{\"Records\":[]}"),
            "append-zeros" => stored.extend([0; 512]),
            "edit" => {
                let text = String::from_utf8(content).unwrap();
                stored = packed(
                    text.replace("192.0.2.1", "192.0.2.2")
                        .replace("digestStart", "digeststart")
                        .as_bytes(),
                    6,
                );
            }
            "add-blank" => stored = packed(&[content.as_slice(), b" "].concat(), 6),
            "truncate" => stored.truncate(stored.len() / 2),
            "empty" => stored.clear(),
            "empty-content" => stored = packed(b"", 6),
            "flip" => {
                let middle = stored.len() / 2;
                stored[middle] ^= 1;
            }
            "garble" => stored = b"not a digest\n".to_vec(),
            "unpack" => stored = content,
            "recompress" => stored = packed(&content, 1),
            _ => panic!("{change}"),
        }
        self.objects.insert(name, stored);
    }

    fn copy(&mut self, short: &str, day: &str) {
        let (bucket, key) = self.place(short);
        let old = folder(&key);
        let to = (bucket.clone(), key.replacen(&old, day, 1));
        let from = (bucket, key);
        self.objects.insert(to.clone(), self.objects[&from].clone());
        if let Some(signature) = self.signatures.get(&from) {
            self.signatures.insert(to, signature.clone());
        }
    }

    /// Alters what a digest says about the one before it, and signs it and all later ones again.
    fn break_link(&mut self, short: &str, field: &str) {
        let (number, place, digest) = self.digest(short).unwrap();
        let mut digest = digest.clone();
        match field {
            "hash" => digest.previous_hash = Some("0".repeat(64)),
            "signature" => digest.previous_signature = Some("ab".repeat(256)),
            _ => panic!("{field}"),
        }
        self.sign_from(number, place, digest);
    }

    fn sign_from(&mut self, number: usize, place: usize, mut digest: Digest) {
        let chain = self.chains[number].clone();
        for (later, (short, _)) in chain.iter().enumerate().skip(place) {
            let signature = digest.sign(self.signers.of(&digest.fingerprint)).unwrap();
            self.put_digest(short, &digest, &signature);
            self.chains[number][later].1 = digest.clone();
            let Some((_, next)) = chain.get(later + 1) else {
                break;
            };
            let mut next = next.clone();
            next.follow(&digest, signature).unwrap();
            digest = next;
        }
    }

    /// Signs a digest with the key of a forger.
    fn forge(&mut self, short: &str) {
        let (_, _, digest) = self.digest(short).unwrap();
        let mut digest = digest.clone();
        digest.fingerprint = self.signers.forger.fingerprint();
        let signature = digest.sign(&self.signers.forger).unwrap();
        self.put_digest(short, &digest, &signature);
    }

    /// Signs a digest and all later ones with the key of a forger.
    fn forge_from(&mut self, short: &str) {
        let (number, place, digest) = self.digest(short).unwrap();
        let digest = digest.clone();
        let fingerprint = self.signers.forger.fingerprint();
        let mut forged = digest;
        forged.fingerprint.clone_from(&fingerprint);
        for (_, later) in &mut self.chains[number][place..] {
            later.fingerprint.clone_from(&fingerprint);
        }
        self.sign_from(number, place, forged);
    }

    /// Adds a log file that nobody delivered, with the slot of another one or this one.
    fn add_forged(&mut self, short: &str, stamp: Option<&str>) {
        let (bucket, key) = self.place(short);
        let (start, _) = key.rsplit_once('_').unwrap();
        let (start, own) = start.rsplit_once('_').unwrap();
        let stamp = stamp.unwrap_or(own);
        let name = (bucket, format!("{start}_{stamp}_forgedforgedforg.json.gz"));
        let content = self.contents[short].replace("192.0.2.1", "192.0.2.66");
        self.objects
            .insert(name.clone(), packed(content.as_bytes(), 6));
        self.places.insert("added".to_owned(), name);
    }

    /// Changes a log file, and its hash in the digest, which is not signed again.
    fn list_otherwise(&mut self, short: &str, log: &str) {
        self.change("edit", log);
        let name = self.place(log);
        let mut content = Vec::new();
        let stored = self.objects[&name].as_slice();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(stored), &mut content)
            .unwrap();
        let (_, _, digest) = self.digest(short).unwrap();
        let mut digest = digest.clone();
        let listed = digest
            .log_files
            .iter_mut()
            .find(|file| file.key == name.1)
            .unwrap();
        listed.hash = sha256(&content);
        let bytes = packed(digest.text().unwrap().as_bytes(), 6);
        self.objects.insert(self.place(short), bytes);
    }

    /// Delivers a log file that a digest lists for another account, as a trail of an organization
    /// may.
    fn deliver_for(&mut self, (short, log): (&str, &str), account: &str) {
        let (bucket, old) = self.place(log);
        let new = old.replace(ACCOUNT, account);
        let bytes = self.objects.remove(&(bucket.clone(), old.clone())).unwrap();
        let name = (bucket, new.clone());
        self.objects.insert(name.clone(), bytes);
        self.places.insert(log.to_owned(), name);
        let (number, place, digest) = self.digest(short).unwrap();
        let mut digest = digest.clone();
        let mut listed = digest.log_files.iter_mut();
        listed.find(|file| file.key == old).unwrap().key = new;
        self.sign_from(number, place, digest);
    }

    /// Compresses an object in another way, or not at all, under the name that this gives it.
    fn repack(&mut self, short: &str, extension: &str) {
        let (bucket, key) = self.place(short);
        let content = self.content(short);
        let bytes = match extension {
            ".bz2" => {
                let level = bzip2::Compression::default();
                let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), level);
                encoder.write_all(&content).unwrap();
                encoder.finish().unwrap()
            }
            ".zst" => zstd::stream::encode_all(content.as_slice(), 3).unwrap(),
            "none" => content,
            _ => panic!("{extension}"),
        };
        self.objects.remove(&(bucket.clone(), key.clone())).unwrap();
        let stem = key.strip_suffix(".gz").unwrap();
        let key = format!("{stem}{}", extension.trim_start_matches("none"));
        self.objects.insert((bucket, key), bytes);
    }

    fn rename_bucket(&mut self, new: &str) {
        let renamed = |(_, key): Name| (new.to_owned(), key);
        let objects = std::mem::take(&mut self.objects);
        self.objects = objects
            .into_iter()
            .map(|(name, bytes)| (renamed(name), bytes))
            .collect();
        let signatures = std::mem::take(&mut self.signatures);
        self.signatures = signatures
            .into_iter()
            .map(|(name, text)| (renamed(name), text))
            .collect();
    }

    /// Adds files of Insights events and network activity, of which no digest says anything.
    fn add_insights(&mut self) {
        for (short, kind) in [
            ("insights", "CloudTrail-Insight"),
            ("network", "CloudTrail-NetworkActivity"),
        ] {
            let key = format!(
                "AWSLogs/{ACCOUNT}/{kind}/us-east-1/2026/03/03/\
                 {ACCOUNT}_{kind}_us-east-1_20260303T1120Z_{short:x<16}.json.gz"
            );
            let name = (BUCKET.to_owned(), key);
            self.objects
                .insert(name.clone(), packed(b"{\"Records\":[]}", 6));
            self.places.insert(short.to_owned(), name);
        }
    }

    /// Writes the objects into a folder for each bucket.
    pub fn write(&self, folder: &Path) {
        for ((bucket, key), bytes) in &self.objects {
            let path = folder.join(bucket).join(key);
            if key.ends_with('/') {
                std::fs::create_dir_all(path).unwrap();
                continue;
            }
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }

    /// The public keys in the shape in which they are published.
    pub fn key_list(&self) -> String {
        json!({ "PublicKeyList": self.keys }).to_string()
    }

    /// What S3 keeps beside the digests, a line for each.
    pub fn manifest(&self) -> String {
        let lines = self.signatures.iter();
        let lines = lines.map(|((bucket, key), text)| format!("{}\n", metadata(bucket, key, text)));
        lines.collect()
    }
}

/// The folders of the day in a key.
fn folder(key: &str) -> String {
    let parts: Vec<&str> = key.rsplit('/').skip(1).take(3).collect();
    parts.into_iter().rev().collect::<Vec<_>>().join("/")
}

fn content(short: &str, region: &str, at: Timestamp) -> String {
    let record = json!({
        "eventVersion": "1.11",
        "eventTime": at.to_string(),
        "eventSource": "secretsmanager.amazonaws.com",
        "eventName": "GetSecretValue",
        "awsRegion": region,
        "sourceIPAddress": "192.0.2.1",
        "userAgent": "aws-cli/2.15.0",
        "recipientAccountId": ACCOUNT,
        "eventID": short,
        "readOnly": true,
    });
    json!({ "Records": [record] }).to_string()
}
