//! Incidents that are known from elsewhere, as CSV: `start,end`.

use std::path::Path;

use csv::StringRecord;

use super::fault::{Fault, FaultPlace};
use super::fields::{line, parse_time};
use super::file::{JobError, read_text};
use crate::alarm::Interval;

/// Reads the incidents in a file, with or without a line of column names. Times are RFC 3339.
///
/// # Errors
///
/// Returns an error if the file cannot be read, or a line is not an incident; names the line.
pub fn read_incidents(path: &Path) -> Result<Vec<Interval>, JobError> {
    let incidents = parse_incidents(&read_text(path)?);
    incidents.map_err(|fault| JobError::wrong(path, fault))
}

fn parse_incidents(text: &str) -> Result<Vec<Interval>, Fault> {
    let mut incidents = Vec::new();
    for (index, record) in reader(text).records().enumerate() {
        let record = record?;
        let is_header = index == 0 && record.get(0) == Some("start");
        if !is_header {
            incidents.push(parse_line(&record)?);
        }
    }
    incidents.sort();
    Ok(incidents)
}

fn reader(text: &str) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes())
}

fn parse_line(record: &StringRecord) -> Result<Interval, Fault> {
    parse_incident(record).map_err(|detail| Fault::from(detail).at(FaultPlace::Line(line(record))))
}

fn parse_incident(record: &StringRecord) -> Result<Interval, String> {
    let start = parse_time(record.get(0).unwrap_or(""))?;
    let end = parse_time(record.get(1).unwrap_or(""))?;
    if end < start {
        return Err("the incident ends before it starts".to_owned());
    }
    Ok(Interval { start, end })
}

#[cfg(test)]
mod tests {
    use super::parse_incidents;

    #[test]
    fn incidents_have_both_ends() {
        let text = "start,end\n2026-01-02T00:00:00Z,2026-01-02T01:00:00Z\n\
                    2026-01-01T00:00:00Z,2026-01-01T00:00:00Z\n";
        let starts: Vec<String> = parse_incidents(text)
            .unwrap_or_default()
            .iter()
            .map(|found| found.start.to_string())
            .collect();
        assert_eq!(starts, ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]);
        let wrong = parse_incidents("2026-01-02T00:00:00Z,2026-01-01T00:00:00Z").unwrap_err();
        assert_eq!(
            wrong.to_string(),
            "line 1: the incident ends before it starts"
        );
        assert!(
            parse_incidents("yesterday,today")
                .is_err_and(|error| error.to_string().starts_with("line 1: `yesterday`"))
        );
    }
}
