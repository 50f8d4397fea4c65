//! What must hold for ledgers.

use std::error::Error;
use std::fs;
use std::str::FromStr;

use backtrail::audit::Limits;
use backtrail::internals::ledger::{Ledger, LedgerContents, Scope, check as check_ledger, info};
use backtrail::plan::built_in::RULES;
use backtrail::plan::{BuiltInRule, Plan, Selection};
use backtrail::report::ObjectBatches;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// Takes any bytes as the tables of a part whose hashes are right, so that they are read. What a
/// check calls sound can be read.
///
/// A head line names each table, its rows and its bytes, as in `objects 3 2817`. An empty line ends
/// the head, and the bytes of the tables follow.
pub fn check(bytes: &[u8]) {
    is_sound(bytes);
}

/// Does the same, and returns whether a check calls the ledger sound.
pub fn is_sound(bytes: &[u8]) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    let rules = RULES.iter();
    let rules = rules.filter(|rule| ["secrets", "kms"].contains(&rule.name));
    let plan = Plan::new(rules.map(BuiltInRule::job).collect(), Selection::default()).unwrap();
    let scope = Scope::from_plan(&plan, &Limits::default()).unwrap();
    drop(Ledger::claim(&path, &scope).unwrap());
    let ledger = Ledger::open(&path).unwrap();
    write_part(&ledger, bytes);

    let is_sound = check_ledger(&ledger).unwrap().defects.is_empty();
    let read = read(&ledger, &plan);
    assert!(read.is_ok() || !is_sound, "{read:?}");
    is_sound
}

fn read(ledger: &Ledger, plan: &Plan) -> Result<(), Box<dyn Error + Send + Sync>> {
    let contents = LedgerContents::read(ledger)?.whole()?;
    let counted = contents.select(None, &mut |_| ())?;
    counted.findings(plan)?;
    for batch in counted.objects(plan).batches() {
        batch?;
    }
    info(ledger)?;
    Ok(())
}

/// Writes a part as a scan would have left it.
fn write_part(ledger: &Ledger, bytes: &[u8]) {
    let part = ledger.path().join("parts/part");
    fs::create_dir_all(&part).unwrap();
    let mut tables = Map::new();
    for (name, rows, bytes) in tables_in(bytes) {
        fs::write(part.join(format!("{name}.parquet")), bytes).unwrap();
        let facts = json!({ "rows": rows, "bytes": bytes.len(), "sha256": sha256(bytes) });
        tables.insert(name.to_owned(), facts);
    }
    let facts = json!({
        "fingerprint": ledger.scope().fingerprint,
        "version": ledger.scope().version,
        "sources": ["archive"],
        "tables": Value::Object(tables),
    });
    let facts = facts.to_string();
    fs::write(part.join("part.json"), &facts).unwrap();
    let name = format!("part-{}", &sha256(facts.as_bytes())[..20]);
    fs::rename(&part, part.with_file_name(&name)).unwrap();
    write_listing(ledger, &name);
}

/// Writes the listing of a finished scan, after which the ledger has one part.
fn write_listing(ledger: &Ledger, part: &str) {
    let listing = json!({
        "version": ledger.scope().version,
        "sources": ["archive"],
        "listed_at": "2026-03-05T00:00:00Z",
        "scan": { "finished": true, "objects": 1, "parts": [part] },
        "problems": [],
    });
    let listing = listing.to_string();
    let folder = ledger.path().join("listings");
    fs::create_dir_all(&folder).unwrap();
    let name = format!("listing-{}.json", &sha256(listing.as_bytes())[..20]);
    fs::write(folder.join(name), listing).unwrap();
}

/// Returns the name, the number of rows, and the bytes of each table.
fn tables_in(bytes: &[u8]) -> Vec<(&'static str, usize, &[u8])> {
    const NAMES: [&str; 6] = [
        "objects",
        "attempts",
        "lifecycle",
        "problems",
        "counts",
        "earlier",
    ];
    let end = bytes.windows(2).position(|pair| pair == b"\n\n");
    let (head, mut rest) = bytes.split_at(end.unwrap_or(0));
    rest = rest.get(2..).unwrap_or_default();
    let mut tables = Vec::new();
    for line in String::from_utf8_lossy(head).lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let [name, rows, length] = words[..] else {
            continue;
        };
        let name = NAMES.into_iter().find(|known| *known == name);
        let (Some(name), Ok(rows), Ok(length)) = (name, rows.parse(), usize::from_str(length))
        else {
            continue;
        };
        let (own, others) = rest.split_at(length.min(rest.len()));
        tables.push((name, rows, own));
        rest = others;
    }
    tables
}

fn sha256(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
