//! Samples of metrics as CSV or as JSON, one a line:
//! `timestamp,value[,count][,visible_at][,metric]`; or the `metric` table of a report.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use csv::StringRecord;
use jiff::Timestamp;
use serde::Deserialize;

use super::fault::{Fault, FaultPlace};
use super::fields::{line, parse_time};
use super::file::{JobError, read_text};
use super::metric_table::{TableMetric, TableRow, is_exact, is_metric_table, parse_metric_table};
use crate::metric::{
    MetricIdentity, MetricStat, NamedSeries, Sample, Series, Unit, dimensions_text,
};
use crate::text::printable;

/// The columns of the CSV form, in their order if there is no header.
const COLUMNS: [&str; 5] = ["timestamp", "value", "count", "visible_at", "metric"];

/// Samples, by the names of the metrics to which they belong.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Samples {
    /// The samples that belong to every metric.
    unnamed: Vec<Sample>,
    /// The samples of one metric each.
    named: BTreeMap<String, Vec<Sample>>,
    /// The datapoints of the metrics of a report, by their periods.
    datapoints: BTreeMap<TableMetric, BTreeMap<u32, Vec<Sample>>>,
    /// The sums of all samples without their signs, and of their counts.
    sums: Sums,
}

/// The sums of samples, which bound those of any period and metric.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Sums {
    values: f64,
    counts: f64,
}

impl Sums {
    /// Adds a sample, unless a sum would be larger than a number can be. Statistics of such samples
    /// would be infinite, which CloudWatch never publishes.
    fn add(&mut self, sample: &Sample) -> Result<(), String> {
        self.values += (sample.value * sample.count).abs();
        self.counts += sample.count;
        if self.values.is_finite() && self.counts.is_finite() {
            return Ok(());
        }
        Err("the samples up to here add up to more than a number can hold".to_owned())
    }
}

impl Samples {
    /// Returns all samples.
    pub fn all(&self) -> Series {
        let mut samples = self.unnamed.clone();
        samples.extend(self.named.values().flatten());
        samples.extend(self.datapoints.values().flat_map(finest));
        Series::new(samples)
    }

    /// Returns the samples of each metric by its name, or all of them if no sample names a metric.
    /// Samples without a name are among those of every metric.
    pub fn by_metric(&self) -> Vec<NamedSeries> {
        if self.named.is_empty() && self.datapoints.is_empty() {
            return vec![self.series(None, None, &[])];
        }
        let named = self.named.iter();
        let named = named.map(|(name, samples)| self.series(Some(name), None, samples));
        let datapoints = self.datapoints.iter().map(|(metric, datapoints)| {
            self.series(Some(&metric.name), Some(metric.unit), finest(datapoints))
        });
        named.chain(datapoints).collect()
    }

    /// Returns some samples of a metric and those of every metric.
    fn series(&self, metric: Option<&String>, unit: Option<Unit>, own: &[Sample]) -> NamedSeries {
        let mut samples = self.unnamed.clone();
        samples.extend(own);
        NamedSeries {
            metric: metric.cloned(),
            unit,
            series: Series::new(samples),
        }
    }

    /// Returns the samples of a metric: those of its name, with or without namespace and
    /// dimensions, and those without a name.
    pub fn for_metric(&self, stat: &MetricStat) -> Series {
        let mut samples = self.unnamed.clone();
        let names = names(&stat.metric);
        for name in &names {
            samples.extend(self.named.get(name).into_iter().flatten());
        }
        for (metric, datapoints) in &self.datapoints {
            let has_unit = stat.unit.is_none_or(|unit| unit == metric.unit);
            if has_unit && names.contains(&metric.name) {
                samples.extend(finest(datapoints));
            }
        }
        Series::new(samples)
    }

    /// Returns the metrics of a report whose datapoints are longer than a minute, so that a replay
    /// over them is not exact, with the periods in seconds.
    pub fn coarse_metrics(&self) -> impl Iterator<Item = (&str, u32)> {
        let finest = self.datapoints.iter().filter_map(|(metric, datapoints)| {
            let (period_seconds, _) = datapoints.first_key_value()?;
            Some((metric.name.as_str(), *period_seconds))
        });
        finest.filter(|(_, period_seconds)| !is_exact(*period_seconds))
    }

    /// Returns the names that belong to none of these metrics.
    pub fn without_metric<'a>(
        &self,
        metrics: impl IntoIterator<Item = &'a MetricIdentity>,
    ) -> Vec<&str> {
        let known: BTreeSet<String> = metrics.into_iter().flat_map(names).collect();
        let named = self.named.keys();
        let named = named.chain(self.datapoints.keys().map(|metric| &metric.name));
        let named = named.map(String::as_str);
        named.filter(|name| !known.contains(*name)).collect()
    }

    /// Adds a datapoint of a metric of a report.
    fn add_datapoint(&mut self, row: TableRow) -> Result<(), String> {
        let datapoints = self.datapoints.entry(row.metric).or_default();
        let samples = datapoints.entry(row.period_seconds).or_default();
        for sample in row.samples {
            let sample = Sample {
                value: check_value(sample.value)?,
                count: check_count(sample.count)?,
                ..sample
            };
            self.sums.add(&sample)?;
            samples.push(sample);
        }
        Ok(())
    }

    fn add_json(&mut self, line: &str) -> Result<(), Fault> {
        if line.trim().is_empty() {
            return Ok(());
        }
        Ok(self.add(serde_json::from_str(line)?)?)
    }

    fn add_record(&mut self, columns: &[String], record: &StringRecord) -> Result<(), Fault> {
        check_cells(columns, record)
            .and_then(|()| WrittenSample::from_line(SampleLine { columns, record }))
            .and_then(|written| self.add(written))
            .map_err(|detail| Fault::from(detail).at(FaultPlace::Line(line(record))))
    }

    fn add(&mut self, written: WrittenSample) -> Result<(), String> {
        let sample = written.sample()?;
        self.sums.add(&sample)?;
        let samples = match written.metric {
            Some(metric) if !metric.is_empty() => self.named.entry(metric).or_default(),
            _ => &mut self.unnamed,
        };
        samples.push(sample);
        Ok(())
    }
}

/// Returns the datapoints with the shortest period: those with others are of the same samples.
fn finest(datapoints: &BTreeMap<u32, Vec<Sample>>) -> &[Sample] {
    let first = datapoints.first_key_value();
    first.map_or(&[], |(_, samples)| samples.as_slice())
}

/// Returns the names that a metric may have in a file of samples: `Name`, `Namespace/Name`, and
/// both followed by `{dimension=value,…}`.
fn names(metric: &MetricIdentity) -> [String; 4] {
    let name = metric.metric_name.clone();
    let full_name = metric.to_string();
    let dimensions = dimensions_text(&metric.dimensions);
    // People name a metric as precisely as they must, so each of these forms belongs to it.
    [
        format!("{name}{{{dimensions}}}"),
        format!("{full_name}{{{dimensions}}}"),
        name,
        full_name,
    ]
}

/// A sample as it is written. Times are RFC 3339.
#[derive(Debug, Deserialize)]
// A misspelt `visible_at` would change a replay without a sign.
#[serde(deny_unknown_fields)]
struct WrittenSample {
    timestamp: Timestamp,
    value: f64,
    /// The number of times that the value was published; once if it is missing.
    count: Option<f64>,
    /// The time from which CloudWatch has the sample; at once if it is missing.
    visible_at: Option<Timestamp>,
    /// The metric to which the sample belongs; every metric if it is missing.
    metric: Option<String>,
}

/// Reads the samples in a file, or on standard input for `-`. A file whose first character is `{`
/// holds JSON, one object a line; any other holds CSV, with or without a line of column names. The
/// `metric` table of a report is read in both of its textual forms.
///
/// # Errors
///
/// Returns an error if the file cannot be read, or a line is not a sample; names the line.
pub fn read_samples(path: &Path) -> Result<Samples, JobError> {
    let text = read_text(path)?;
    // The table in JSON begins with a brace, too, so its own column is looked for first.
    let samples = match (is_metric_table(&text), text.trim_start().starts_with('{')) {
        (true, _) => samples_of_table(&text),
        (false, true) => parse_json(&text),
        (false, false) => parse_csv(&text),
    };
    samples.map_err(|fault| JobError::wrong(path, fault))
}

fn samples_of_table(text: &str) -> Result<Samples, Fault> {
    let mut samples = Samples::default();
    for row in parse_metric_table(text)? {
        let line = FaultPlace::Line(row.line);
        let added = samples.add_datapoint(row);
        added.map_err(|detail| Fault::from(detail).at(line))?;
    }
    Ok(samples)
}

fn parse_json(text: &str) -> Result<Samples, Fault> {
    let mut samples = Samples::default();
    for (line, number) in text.lines().zip(1..) {
        samples
            .add_json(line)
            .map_err(|fault| fault.at(FaultPlace::Line(number)))?;
    }
    Ok(samples)
}

fn parse_csv(text: &str) -> Result<Samples, Fault> {
    let mut reader = reader(text);
    let mut columns: Vec<String> = COLUMNS.map(str::to_owned).to_vec();
    let mut samples = Samples::default();
    for (index, record) in reader.records().enumerate() {
        let record = record?;
        // A header is recognized by its first cell: no time is the name of a column.
        if index == 0 && is_header(&record) {
            columns = record.iter().map(str::to_owned).collect();
        } else {
            samples.add_record(&columns, &record)?;
        }
    }
    Ok(samples)
}

/// Returns a reader of lines that may leave out their last cells.
fn reader(text: &str) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes())
}

fn is_header(record: &StringRecord) -> bool {
    record.get(0).is_some_and(|first| COLUMNS.contains(&first))
}

/// Checks that each cell has a column. The rest of a line may be left out.
fn check_cells(columns: &[String], record: &StringRecord) -> Result<(), String> {
    let (cells, columns) = (count_cells(record), columns.len());
    if cells <= columns {
        return Ok(());
    }
    Err(format!(
        "there are {cells} cells under {columns} columns; a number has a point, and a text with a \
         comma needs quotes"
    ))
}

/// Returns the number of cells up to the last that is not empty.
fn count_cells(record: &StringRecord) -> usize {
    let filled = (1..).zip(record).filter(|(_, cell)| !cell.is_empty());
    filled.map(|(number, _)| number).max().unwrap_or(0)
}

/// A line of CSV, with the names of its columns.
#[derive(Clone, Copy)]
struct SampleLine<'a> {
    columns: &'a [String],
    record: &'a StringRecord,
}

impl<'a> SampleLine<'a> {
    /// Returns a cell, unless it is empty.
    fn cell(self, name: &str) -> Option<&'a str> {
        let number = self.columns.iter().position(|column| column == name)?;
        self.record.get(number).filter(|cell| !cell.is_empty())
    }

    fn required(self, name: &str) -> Result<&'a str, String> {
        let cell = self.cell(name);
        cell.ok_or_else(|| format!("the column `{name}` is missing"))
    }
}

impl WrittenSample {
    fn from_line(line: SampleLine<'_>) -> Result<Self, String> {
        Ok(Self {
            timestamp: parse_time(line.required("timestamp")?)?,
            value: parse_number(line.required("value")?)?,
            count: line.cell("count").map(parse_number).transpose()?,
            visible_at: line.cell("visible_at").map(parse_time).transpose()?,
            metric: line.cell("metric").map(str::to_owned),
        })
    }

    /// Converts the sample. CloudWatch takes finite values only, and no negative counts (API,
    /// `PutMetricData`).
    fn sample(&self) -> Result<Sample, String> {
        Ok(Sample {
            timestamp: self.timestamp,
            value: check_value(self.value)?,
            count: check_count(self.count.unwrap_or(1.0))?,
            visible_at: self.visible_at.unwrap_or(self.timestamp),
        })
    }
}

fn check_value(value: f64) -> Result<f64, String> {
    match value.is_finite() {
        true => Ok(value),
        false => Err(format!("the value {value} is not finite")),
    }
}

fn check_count(count: f64) -> Result<f64, String> {
    match count.is_finite() && count >= 0.0 {
        true => Ok(count),
        false => Err(format!("the count {count} is negative or not finite")),
    }
}

fn parse_number(text: &str) -> Result<f64, String> {
    let number = text.parse();
    number.map_err(|_| format!("`{}` is not a number", printable(text)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Statistic;

    fn seconds(samples: Result<Samples, Fault>) -> Vec<(i64, f64, f64, i64)> {
        let sample = |sample: &Sample| {
            (
                sample.timestamp.as_second(),
                sample.value,
                sample.count,
                sample.visible_at.as_second(),
            )
        };
        let samples = samples.expect("samples").all();
        samples.samples().iter().map(sample).collect()
    }

    #[test]
    fn csv_is_read_with_and_without_names() {
        let plain =
            "1970-01-01T00:00:01Z,2\n\n1970-01-01T00:00:02Z, 3.5 ,2,1970-01-01T00:01:00+00:00\n";
        assert_eq!(
            seconds(parse_csv(plain)),
            [(1, 2.0, 1.0, 1), (2, 3.5, 2.0, 60)]
        );
        let named = "value,timestamp,visible_at,count\n1,1970-01-01T00:00:01Z,,0.5\n";
        assert_eq!(seconds(parse_csv(named)), [(1, 1.0, 0.5, 1)]);
        assert_eq!(seconds(parse_csv("")), []);
    }

    #[test]
    fn json_is_read_a_line_at_a_time() {
        let text = concat!(
            r#"{"timestamp":"1970-01-01T00:00:01Z","value":2}"#,
            "\n\n",
            r#"{"value":1,"timestamp":"1970-01-01T00:00:02Z","count":3,"#,
            r#""visible_at":"1970-01-01T00:00:09Z"}"#,
        );
        assert_eq!(
            seconds(parse_json(text)),
            [(1, 2.0, 1.0, 1), (2, 1.0, 3.0, 9)]
        );
    }

    fn sum(metric: &MetricIdentity) -> MetricStat {
        MetricStat::new(metric.clone(), Statistic::Sum)
    }

    #[test]
    fn samples_belong_to_the_metrics_that_they_name() {
        let at = |second: u32| format!("1970-01-01T00:00:0{second}Z");
        let names = ["M", "N/M", "N/M{D=1}", "O", ""];
        let lines = (1..)
            .zip(names)
            .map(|(second, name)| format!("{},1,,,{name}\n", at(second)));
        let samples = parse_csv(&lines.collect::<String>()).expect("samples");
        let identity = |dimensions: &[(&str, &str)]| MetricIdentity {
            namespace: "N".into(),
            metric_name: "M".into(),
            dimensions: dimensions
                .iter()
                .map(|(name, value)| ((*name).into(), (*value).into()))
                .collect(),
        };
        let seconds = |metric: &MetricIdentity| {
            samples
                .for_metric(&sum(metric))
                .samples()
                .iter()
                .map(|sample| sample.timestamp.as_second())
                .collect::<Vec<_>>()
        };
        assert_eq!(seconds(&identity(&[("D", "1")])), [1, 2, 3, 5]);
        assert_eq!(seconds(&identity(&[("D", "2")])), [1, 2, 5]);
        assert_eq!(
            samples.without_metric([&identity(&[("D", "2")])]),
            ["N/M{D=1}", "O"]
        );
        let json =
            parse_json("{\"timestamp\":\"1970-01-01T00:00:01Z\",\"value\":2,\"metric\":\"O\"}")
                .expect("a sample");
        assert_eq!(
            (
                json.all().samples().len(),
                json.for_metric(&sum(&identity(&[]))).samples().len()
            ),
            (1, 0)
        );
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let rows = [
            (
                parse_csv("1970-01-01T00:00:01Z,1\nyesterday,1"),
                "line 2: `yesterday` is not a time",
            ),
            (
                parse_csv("1970-01-01T00:00:01Z,x"),
                "line 1: `x` is not a number",
            ),
            (
                parse_csv("timestamp,value\n1970-01-01T00:00:01Z,1,5"),
                "line 2: there are 3 cells under 2 columns",
            ),
            (
                parse_csv("1970-01-01T00:00:01Z,1e308\n1970-01-01T00:00:01Z,-1e308"),
                "line 2: the samples up to here add up to more",
            ),
            (
                parse_csv("1970-01-01T00:00:01Z,2,1e308"),
                "line 1: the samples up to here add up to more",
            ),
            (
                parse_csv("1970-01-01T00:00:01Z"),
                "line 1: the column `value` is missing",
            ),
            (
                parse_csv("1970-01-01T00:00:01Z,inf"),
                "line 1: the value inf is not finite",
            ),
            (
                parse_csv("1970-01-01T00:00:01Z,1,-1"),
                "line 1: the count -1 is negative or not finite",
            ),
            (
                parse_json("{\"timestamp\":\"1970-01-01T00:00:01Z\"}"),
                "line 1: missing field `value`",
            ),
            (
                parse_json("{\"timestamp\":\"1970-01-01T00:00:01Z\",\"value\":1,\"vlaue\":2}"),
                "line 1: unknown field",
            ),
        ];
        for (found, expected) in rows {
            let detail = found.expect_err(expected).to_string();
            assert!(detail.starts_with(expected), "{detail}");
        }
    }

    #[test]
    fn each_metric_has_its_samples_and_those_without_a_name() {
        let text = "1970-01-01T00:00:01Z,1,,,B\n1970-01-01T00:00:02Z,2,,,A\n\
            1970-01-01T00:00:03Z,4\n1970-01-01T00:00:04Z,8,,,B\n";
        let metrics = parse_csv(text).expect("samples").by_metric();
        let found: Vec<(Option<&str>, f64)> = metrics
            .iter()
            .map(|metric| {
                let samples = metric.series.samples().iter();
                let sum = samples.map(|sample| sample.value).sum();
                (metric.metric.as_deref(), sum)
            })
            .collect();
        assert_eq!(found, [(Some("A"), 6.0), (Some("B"), 13.0)]);
        let table = samples_of_table(TABLE).expect("samples").by_metric();
        let found: Vec<(Option<&str>, usize)> = table
            .iter()
            .map(|metric| (metric.metric.as_deref(), metric.series.samples().len()))
            .collect();
        // The second has two tables of the same samples, of which the finer counts.
        assert_eq!(found, [(Some("N/M{D=1}"), 1), (Some("N/M{}"), 3)]);
        let unit = table[0].unit.map(|unit| unit.to_string());
        assert_eq!(unit.as_deref(), Some("Count"));
    }

    const TABLE: &str = "namespace,metric_name,dimensions,unit,period_start,period_seconds,\
        sample_count,sum,average,minimum,maximum\n\
        N,M,,None,1970-01-01T00:00:00Z,60,4,10,2.5,1,5\n\
        N,M,,None,1970-01-01T00:00:00Z,300,4,10,2.5,1,5\n\
        N,M,D=1,Count,1970-01-01T00:01:00Z,300,1,7,7,7,7\n";

    fn stat_of(dimensions: &[(&str, &str)], unit: Option<&str>) -> MetricStat {
        let pairs = dimensions.iter();
        let metric = MetricIdentity {
            namespace: "N".into(),
            metric_name: "M".into(),
            dimensions: pairs
                .map(|(name, value)| ((*name).into(), (*value).into()))
                .collect(),
        };
        MetricStat {
            unit: unit.map(|unit| unit.parse().expect(unit)),
            ..MetricStat::new(metric, Statistic::Sum)
        }
    }

    #[test]
    fn datapoints_become_samples_with_their_statistics() {
        let samples = samples_of_table(TABLE).expect("samples");
        let series = samples.for_metric(&stat_of(&[], None));
        let points = series.datapoints(300);
        assert_eq!(points.len(), 1);
        let found = points[0].statistics;
        assert_eq!((found.sample_count, found.sum), (4.0, 10.0));
        assert_eq!((found.minimum, found.maximum), (1.0, 5.0));
        let coarse: Vec<(&str, u32)> = samples.coarse_metrics().collect();
        assert_eq!(coarse, [("N/M{D=1}", 300)]);
    }

    #[test]
    fn an_alarm_sees_its_dimensions_and_its_unit() {
        let samples = samples_of_table(TABLE).expect("samples");
        let count = |stat| samples.for_metric(&stat).samples().len();
        assert_eq!(count(stat_of(&[("D", "1")], None)), 1);
        assert_eq!(count(stat_of(&[("D", "1")], Some("Count"))), 1);
        assert_eq!(count(stat_of(&[("D", "1")], Some("Seconds"))), 0);
        assert_eq!(count(stat_of(&[("D", "2")], None)), 0);
    }

    #[test]
    fn a_wrong_line_is_named() {
        let wrong = format!("{TABLE}N,M,,Parsecs,1970-01-01T00:00:00Z,60,1,1,1,1,1\n");
        let error = samples_of_table(&wrong).expect_err("a unit").to_string();
        assert!(
            error.starts_with("line 5: ") && error.contains("Parsecs"),
            "{error}"
        );
    }
}
