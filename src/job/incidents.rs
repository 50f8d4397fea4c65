//! Incidents that are known from elsewhere, as CSV: `start,end`.

use std::path::Path;

use jiff::Timestamp;

use super::{JobError, read, wrong};
use crate::alarm::Interval;

/// Reads the incidents in a file, with or without a line of column names. Times are RFC 3339.
///
/// # Errors
///
/// When the file cannot be read, or a line is no incident; names the line.
pub fn read_incidents(path: &Path) -> Result<Vec<Interval>, JobError> {
    incidents(&read(path)?).map_err(|detail| wrong(path, detail))
}

fn incidents(text: &str) -> Result<Vec<Interval>, String> {
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .trim(::csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut incidents = Vec::new();
    for (place, record) in reader.records().enumerate() {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, ::csv::Position::line);
        if place == 0 && record.get(0) == Some("start") {
            continue;
        }
        let time = |column: usize| {
            let text = record.get(column).unwrap_or("");
            text.parse::<Timestamp>().map_err(|_| {
                format!("line {line}: `{text}` is no time such as 2026-03-04T09:15:00Z")
            })
        };
        let stretch = Interval {
            start: time(0)?,
            end: time(1)?,
        };
        if stretch.end < stretch.start {
            return Err(format!("line {line}: the incident ends before it starts"));
        }
        incidents.push(stretch);
    }
    incidents.sort();
    Ok(incidents)
}

#[cfg(test)]
mod tests {
    use super::incidents;

    #[test]
    fn incidents_are_stretches_with_both_ends() {
        let text = "start,end\n2026-01-02T00:00:00Z,2026-01-02T01:00:00Z\n2026-01-01T00:00:00Z,2026-01-01T00:00:00Z\n";
        let starts: Vec<String> = incidents(text)
            .unwrap_or_default()
            .iter()
            .map(|found| found.start.to_string())
            .collect();
        assert_eq!(starts, ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]);
        let wrong = incidents("2026-01-02T00:00:00Z,2026-01-01T00:00:00Z").unwrap_err();
        assert_eq!(wrong, "line 1: the incident ends before it starts");
        assert!(
            incidents("yesterday,today")
                .is_err_and(|error| error.starts_with("line 1: `yesterday`"))
        );
    }
}
