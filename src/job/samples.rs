//! Samples of metrics as CSV or as JSON, one a line:
//! `timestamp,value[,count][,visible_at][,metric]`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;

use super::{JobError, read, wrong};
use crate::metric::{MetricIdentity, Sample, Series};

/// The columns of the CSV form, in their order where there is no header.
const COLUMNS: [&str; 5] = ["timestamp", "value", "count", "visible_at", "metric"];

/// Samples, by the names of the metrics that they belong to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Samples {
    /// Those that belong to every metric.
    unnamed: Vec<Sample>,
    /// Those of one metric.
    named: BTreeMap<String, Vec<Sample>>,
}

impl Samples {
    /// All samples.
    pub fn all(&self) -> Series {
        Series::new(
            self.unnamed
                .iter()
                .chain(self.named.values().flatten())
                .copied()
                .collect(),
        )
    }

    /// The samples of a metric: those of its name, with or without namespace and dimensions, and
    /// those without a name.
    pub fn for_metric(&self, metric: &MetricIdentity) -> Series {
        let named = names(metric)
            .into_iter()
            .filter_map(|name| self.named.get(&name));
        Series::new(
            self.unnamed
                .iter()
                .chain(named.flatten())
                .copied()
                .collect(),
        )
    }

    /// The names that belong to none of these metrics.
    pub fn without_metric<'a>(
        &self,
        metrics: impl IntoIterator<Item = &'a MetricIdentity>,
    ) -> Vec<&str> {
        let known: BTreeSet<String> = metrics.into_iter().flat_map(names).collect();
        self.named
            .keys()
            .filter(|name| !known.contains(*name))
            .map(String::as_str)
            .collect()
    }

    fn add(&mut self, metric: Option<String>, sample: Sample) {
        match metric.filter(|metric| !metric.is_empty()) {
            None => self.unnamed.push(sample),
            Some(metric) => self.named.entry(metric).or_default().push(sample),
        }
    }
}

/// What a metric may be called in a file of samples: `Name`, `Namespace/Name`, and these with
/// `{dimension=value,…}`.
fn names(metric: &MetricIdentity) -> Vec<String> {
    let plain = [
        metric.metric_name.clone(),
        format!("{}/{}", metric.namespace, metric.metric_name),
    ];
    let dimensions: Vec<String> = metric
        .dimensions
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let dimensions = format!("{{{}}}", dimensions.join(","));
    let with_dimensions = plain
        .iter()
        .map(|name| format!("{name}{dimensions}"))
        .collect::<Vec<_>>();
    plain.into_iter().chain(with_dimensions).collect()
}

/// A sample as it is written. Times are RFC 3339.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSample {
    timestamp: Timestamp,
    value: f64,
    /// How many times the value was published; once where it is missing.
    count: Option<f64>,
    /// From when on CloudWatch has the sample; at once where it is missing.
    visible_at: Option<Timestamp>,
    /// The metric that it belongs to; every one where it is missing.
    metric: Option<String>,
}

/// Reads the samples in a file, or on standard input for `-`. A file whose first character is `{`
/// holds JSON, one object a line; any other holds CSV, with or without a line of column names.
///
/// # Errors
///
/// When the file cannot be read, or a line is no sample; names the line.
pub fn read_samples(path: &Path) -> Result<Samples, JobError> {
    let text = read(path)?;
    let samples = match text.trim_start().starts_with('{') {
        true => json(&text),
        false => csv(&text),
    };
    samples.map_err(|detail| wrong(path, detail))
}

fn json(text: &str) -> Result<Samples, String> {
    let lines = (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.trim().is_empty());
    let mut samples = Samples::default();
    for (number, line) in lines {
        let written: WrittenSample =
            serde_json::from_str(line).map_err(|error| format!("line {number}: {error}"))?;
        let sample = sample(&written).map_err(|detail| format!("line {number}: {detail}"))?;
        samples.add(written.metric, sample);
    }
    Ok(samples)
}

fn csv(text: &str) -> Result<Samples, String> {
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(::csv::Trim::All)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let mut columns: Vec<String> = COLUMNS.map(str::to_owned).to_vec();
    let mut samples = Samples::default();
    for (place, record) in reader.records().enumerate() {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, ::csv::Position::line);
        if place == 0 && record.get(0).is_some_and(|first| COLUMNS.contains(&first)) {
            columns = record.iter().map(str::to_owned).collect();
            continue;
        }
        let placed = |detail| format!("line {line}: {detail}");
        let written = written(&columns, &record).map_err(placed)?;
        let sample = sample(&written).map_err(placed)?;
        samples.add(written.metric, sample);
    }
    Ok(samples)
}

fn written(columns: &[String], record: &::csv::StringRecord) -> Result<WrittenSample, String> {
    let cell = |name: &str| {
        let place = columns.iter().position(|column| column == name)?;
        record.get(place).filter(|cell| !cell.is_empty())
    };
    let needed = |name: &str| cell(name).ok_or_else(|| format!("the column `{name}` is missing"));
    let time = |text: &str| {
        text.parse::<Timestamp>()
            .map_err(|_| format!("`{text}` is no time such as 2026-03-04T09:15:00Z"))
    };
    let number = |text: &str| {
        text.parse::<f64>()
            .map_err(|_| format!("`{text}` is no number"))
    };
    Ok(WrittenSample {
        timestamp: time(needed("timestamp")?)?,
        value: number(needed("value")?)?,
        count: cell("count").map(number).transpose()?,
        visible_at: cell("visible_at").map(time).transpose()?,
        metric: cell("metric").map(str::to_owned),
    })
}

/// CloudWatch takes finite values only, and no negative counts (API, `PutMetricData`).
fn sample(written: &WrittenSample) -> Result<Sample, String> {
    let WrittenSample {
        timestamp,
        value,
        count,
        visible_at,
        ..
    } = *written;
    let count = count.unwrap_or(1.0);
    if !value.is_finite() {
        return Err(format!("the value {value} is not finite"));
    }
    if !(count.is_finite() && count >= 0.0) {
        return Err(format!("the count {count} is no weight"));
    }
    Ok(Sample {
        visible_at: visible_at.unwrap_or(timestamp),
        ..Sample::times(timestamp, value, count)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(samples: Result<Samples, String>) -> Result<Vec<(i64, f64, f64, i64)>, String> {
        let sample = |sample: &Sample| {
            (
                sample.timestamp.as_second(),
                sample.value,
                sample.count,
                sample.visible_at.as_second(),
            )
        };
        samples.map(|samples| samples.all().samples().iter().map(sample).collect())
    }

    #[test]
    fn csv_is_read_with_and_without_names() {
        let plain =
            "1970-01-01T00:00:01Z,2\n\n1970-01-01T00:00:02Z, 3.5 ,2,1970-01-01T00:01:00+00:00\n";
        assert_eq!(
            seconds(csv(plain)),
            Ok(vec![(1, 2.0, 1.0, 1), (2, 3.5, 2.0, 60)])
        );
        let named = "value,timestamp,visible_at,count\n1,1970-01-01T00:00:01Z,,0.5\n";
        assert_eq!(seconds(csv(named)), Ok(vec![(1, 1.0, 0.5, 1)]));
        assert_eq!(seconds(csv("")), Ok(vec![]));
    }

    #[test]
    fn json_is_read_a_line_at_a_time() {
        let text = "{\"timestamp\":\"1970-01-01T00:00:01Z\",\"value\":2}\n\n{\"value\":1,\"timestamp\":\"1970-01-01T00:00:02Z\",\"count\":3,\"visible_at\":\"1970-01-01T00:00:09Z\"}";
        assert_eq!(
            seconds(json(text)),
            Ok(vec![(1, 2.0, 1.0, 1), (2, 1.0, 3.0, 9)])
        );
    }

    #[test]
    fn samples_belong_to_the_metrics_that_they_name() {
        let at = |second: u32| format!("1970-01-01T00:00:0{second}Z");
        let names = ["M", "N/M", "N/M{D=1}", "O", ""];
        let lines = (1..)
            .zip(names)
            .map(|(second, name)| format!("{},1,,,{name}\n", at(second)));
        let samples = csv(&lines.collect::<String>()).expect("samples");
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
                .for_metric(metric)
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
        let json = json("{\"timestamp\":\"1970-01-01T00:00:01Z\",\"value\":2,\"metric\":\"O\"}")
            .expect("a sample");
        assert_eq!(
            (
                json.all().samples().len(),
                json.for_metric(&identity(&[])).samples().len()
            ),
            (1, 0)
        );
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let rows = [
            (
                csv("1970-01-01T00:00:01Z,1\nyesterday,1"),
                "line 2: `yesterday` is no time",
            ),
            (csv("1970-01-01T00:00:01Z,x"), "line 1: `x` is no number"),
            (
                csv("1970-01-01T00:00:01Z"),
                "line 1: the column `value` is missing",
            ),
            (
                csv("1970-01-01T00:00:01Z,inf"),
                "line 1: the value inf is not finite",
            ),
            (
                csv("1970-01-01T00:00:01Z,1,-1"),
                "line 1: the count -1 is no weight",
            ),
            (
                json("{\"timestamp\":\"1970-01-01T00:00:01Z\"}"),
                "line 1: missing field `value`",
            ),
            (
                json("{\"timestamp\":\"1970-01-01T00:00:01Z\",\"value\":1,\"vlaue\":2}"),
                "line 1: unknown field",
            ),
        ];
        for (found, expected) in rows {
            let detail = found.err().unwrap_or_default();
            assert!(detail.starts_with(expected), "{detail}");
        }
    }
}
