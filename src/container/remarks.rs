//! Notable things about the mapping of records from tables and other schemas.

use super::damage::Damage;
use crate::problem::ProblemKind;
use crate::text::counted;

/// A schema that has no place for some fields of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MappedSchema {
    /// The Open Cybersecurity Schema Framework, the schema of Security Lake.
    Ocsf,
    /// The Elastic Common Schema.
    Ecs,
}

/// The notable things about the mapping of a record from a table or another schema.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remarks {
    /// The schema that the record was mapped from; `None` if it has all its fields.
    pub mapped_from: Option<MappedSchema>,
    /// True if the identity or the request is a structure that is printed in a form that cannot be
    /// read exactly.
    pub has_printed_structure: bool,
    /// The region in a column `region`, where the record names another one.
    pub other_region: Option<String>,
    /// The number of an account that has lost digits, and was left out.
    pub rounded_account: Option<String>,
}

impl Remarks {
    /// Returns the remarks if there are any.
    pub(super) fn boxed(self) -> Option<Box<Self>> {
        (self != Self::default()).then(|| Box::new(self))
    }
}

/// The remarks about the records of a content, counted.
#[derive(Debug, Default)]
pub struct CountedRemarks {
    /// The number of records that were events of OCSF.
    pub ocsf: u64,
    /// The number of records that were documents of ECS.
    pub ecs: u64,
    other_regions: RemarkCount,
    rounded_accounts: RemarkCount,
}

/// The records with one kind of remark.
#[derive(Debug, Default)]
struct RemarkCount {
    records: u64,
    /// The value of the first one, and the place of its record.
    first: Option<(String, Option<u64>)>,
}

impl RemarkCount {
    fn add(&mut self, value: Option<&String>, byte: Option<u64>) {
        if let Some(value) = value {
            self.records += 1;
            self.first.get_or_insert_with(|| (value.clone(), byte));
        }
    }

    /// Returns the problem with what is wrong about the first value.
    fn problem(self, kind: ProblemKind, wrong: impl Fn(u64, &str) -> String) -> Option<Damage> {
        let (value, byte) = self.first?;
        let detail = wrong(self.records, &value);
        Some(Damage { kind, detail, byte })
    }
}

impl CountedRemarks {
    /// Adds the remarks about a record, which begins at a place if it is a part of the content.
    pub fn add(&mut self, remarks: &Remarks, byte: Option<u64>) {
        match remarks.mapped_from {
            Some(MappedSchema::Ocsf) => self.ocsf += 1,
            Some(MappedSchema::Ecs) => self.ecs += 1,
            None => {}
        }
        self.other_regions.add(remarks.other_region.as_ref(), byte);
        self.rounded_accounts
            .add(remarks.rounded_account.as_ref(), byte);
    }

    /// Returns a problem for each kind of remark about something that is wrong.
    pub fn problems(self) -> Vec<Damage> {
        let regions = self
            .other_regions
            .problem(ProblemKind::Contradictory, |records, region| {
                let records = counted(records, "record names", "records name");
                format!(
                    "{records} another region in awsRegion than the column `region`, the first one \
                     `{region}`; awsRegion counts"
                )
            });
        let accounts = self.rounded_accounts.problem(
            ProblemKind::DamagedTable,
            |records, account| {
                let records = counted(records, "record has", "records have");
                format!(
                    "{records} an account number that has lost digits, the first one `{account}`; \
                     the account of the identity counts. Export the column as text"
                )
            },
        );
        regions.into_iter().chain(accounts).collect()
    }
}
