//! The table `counts`: what a reading counted beside its records, by name and minute.

use jiff::Timestamp;

use super::{Taken, Wanted, column, number};
use crate::findings::{DefaultsByMinute, Tally};
use crate::ledger::columns::{Columns, take, take_any};
use crate::ledger::part::Shape;
use crate::ledger::read::Read;
use crate::table::Table;
use crate::table::{ColumnKind, ColumnValues};

/// The name of the table.
pub(super) const NAME: &str = "counts";

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counted {
    /// An account that the key of no object names.
    Account,
    /// A region that the key of no object names.
    Region,
    /// The records that a rule answers otherwise under the other reading of a `*` inside of a
    /// value.
    Ambiguous,
    /// The events of a minute that a rule with a default value did not select.
    Default,
    /// Those before the range that was asked for.
    EarlierDefault,
}

impl Counted {
    const ALL: [Self; 5] = [
        Self::Account,
        Self::Region,
        Self::Ambiguous,
        Self::Default,
        Self::EarlierDefault,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Region => "region",
            Self::Ambiguous => "ambiguous",
            Self::Default => "default",
            Self::EarlierDefault => "earlier-default",
        }
    }
}

/// A count of a reading.
struct Row {
    reading: usize,
    counted: Counted,
    /// The account, region or rule.
    name: String,
    minute: Option<Timestamp>,
    count: u64,
}

pub(super) fn shape() -> Shape {
    vec![
        ("reading", ColumnKind::Integer),
        ("counted", ColumnKind::Text),
        ("name", ColumnKind::Text),
        ("minute", ColumnKind::Time),
        ("count", ColumnKind::Integer),
    ]
}

pub(super) fn table(reads: &[Read], rules: &[String]) -> Table<'static> {
    let numbered = reads.iter().enumerate();
    let rows: Vec<Row> = numbered
        .flat_map(|(reading, read)| rows(reading, &read.tally, rules))
        .collect();
    let columns = vec![
        column(
            "reading",
            ColumnValues::integer(&rows, |row| Some(row.reading as u64)),
        ),
        column(
            "counted",
            ColumnValues::text(&rows, |row| Some(row.counted.name())),
        ),
        column(
            "name",
            ColumnValues::text(&rows, |row| Some(row.name.clone())),
        ),
        column("minute", ColumnValues::time(&rows, |row| row.minute)),
        column("count", ColumnValues::integer(&rows, |row| Some(row.count))),
    ];
    Table {
        name: NAME,
        columns,
    }
}

fn rows(reading: usize, tally: &Tally, rules: &[String]) -> Vec<Row> {
    let mut rows = Vec::new();
    let once = |counted, name: &String| Row {
        reading,
        counted,
        name: name.clone(),
        minute: None,
        count: 1,
    };
    let accounts = tally.places.accounts.iter();
    rows.extend(accounts.map(|name| once(Counted::Account, name)));
    let regions = tally.places.regions.iter();
    rows.extend(regions.map(|name| once(Counted::Region, name)));
    let mut count = |counted, rule: usize, minute, count| {
        let name = rules.get(rule).cloned().unwrap_or_default();
        rows.push(Row {
            reading,
            counted,
            name,
            minute,
            count,
        });
    };
    tally
        .ambiguous
        .all()
        .for_each(|(rule, records)| count(Counted::Ambiguous, rule, None, records));
    let defaults = [
        (Counted::Default, &tally.defaults.inside),
        (Counted::EarlierDefault, &tally.defaults.earlier),
    ];
    for (counted, defaults) in defaults {
        defaults
            .all()
            .for_each(|(rule, minute, events)| count(counted, rule, Some(minute), events));
    }
    rows
}

pub(super) fn read(table: Table<'_>, reads: &mut Wanted<'_>, taken: &Taken) -> Result<(), String> {
    let mut columns = Columns::of(table);
    let rows = columns.rows();
    let (mut readings, mut kinds) = (columns.integers("reading")?, columns.texts("counted")?);
    let (mut names, mut minutes) = (columns.texts("name")?, columns.times("minute")?);
    let mut counts = columns.integers("count")?;
    for row in 0..rows {
        let reading = number(take(&mut readings, row, "reading")?);
        let Some(tally) = reads.tally(reading)? else {
            continue;
        };
        let kind = take(&mut kinds, row, "counted")?;
        let counted = Counted::ALL
            .into_iter()
            .find(|counted| counted.name() == kind);
        let row = Row {
            reading,
            counted: counted.ok_or_else(|| format!("unknown count `{kind}`"))?,
            name: take(&mut names, row, "name")?,
            minute: take_any(&mut minutes, row),
            count: take(&mut counts, row, "count")?,
        };
        add(row, tally, taken)?;
    }
    Ok(())
}

fn add(row: Row, tally: &mut Tally, taken: &Taken) -> Result<(), String> {
    let rule = taken.rules.get(&row.name).copied();
    let minute = row.minute.ok_or_else(|| "a count has no minute".to_owned());
    let default = |defaults: &mut DefaultsByMinute| match rule {
        Some(rule) => minute.map(|minute| defaults.add(rule, minute, row.count)),
        None => Ok(()),
    };
    match row.counted {
        Counted::Account => _ = tally.places.accounts.insert(row.name),
        Counted::Region => _ = tally.places.regions.insert(row.name),
        Counted::Ambiguous => {
            if let Some(rule) = rule {
                tally.ambiguous.add(rule, row.count);
            }
        }
        Counted::Default => default(&mut tally.defaults.inside)?,
        Counted::EarlierDefault => default(&mut tally.defaults.earlier)?,
    }
    Ok(())
}
