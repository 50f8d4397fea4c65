//! Metric filters: which records count, and as what.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::filter_error::{DIMENSIONS_LIMIT, FilterError, NAME_LIMIT, SAMPLE_LIMIT};
use super::identity::{DimensionSet, MetricIdentity};
use super::measurement::{Measurement, NoSample};
use super::selection_criteria::SelectionCriteria;
use super::unit::Unit;
use super::value::{Dimension, MetricValue, SystemDimension, ValueSource};
use crate::pattern::ast::{Cell, Pattern};
use crate::pattern::parse;
use crate::time::period::{floor_to_period, timestamp};

/// The resolution of metrics that filters publish, in seconds: the datapoint of a log event carries
/// the event's time floored to the minute (sources, M6).
pub const RESOLUTION_SECONDS: u32 = 60;

/// A metric filter of CloudWatch Logs, with its one transformation (API, `PutMetricFilter`).
#[derive(Clone, Debug, PartialEq)]
pub struct MetricFilter {
    /// The filter pattern, as written.
    pub pattern: String,
    /// The accounts and regions whose events the filter looks at; all of them without criteria. An
    /// event of another one is neither a match nor worth the default.
    pub field_selection_criteria: Option<SelectionCriteria>,
    /// The namespace of the metric.
    pub namespace: String,
    /// The name of the metric.
    pub metric_name: String,
    /// The number that each matching event adds to the metric.
    pub metric_value: MetricValue,
    /// The number that each event that does not match adds to the metric, if any, and each match
    /// whose metric value is missing or null. AWS documents one default for a minute without a
    /// match; it was seen to publish one for every such event (sources, M5 and M7).
    pub default_value: Option<f64>,
    /// The dimensions of the metric and the fields that give their values.
    pub dimensions: Vec<Dimension>,
    /// The dimensions that CloudWatch Logs adds by itself to the samples of matches.
    pub system_dimensions: Vec<SystemDimension>,
    /// The unit of the samples.
    pub unit: Unit,
}

impl MetricFilter {
    /// Creates a filter that counts the events that match: value 1, no default, no dimension, no
    /// unit.
    pub fn counting(pattern: &str, namespace: &str, metric_name: &str) -> Self {
        Self {
            pattern: pattern.to_owned(),
            field_selection_criteria: None,
            namespace: namespace.to_owned(),
            metric_name: metric_name.to_owned(),
            metric_value: MetricValue::Number(1.0),
            default_value: None,
            dimensions: Vec::new(),
            system_dimensions: Vec::new(),
            unit: Unit::NONE,
        }
    }

    /// Returns the names of the dimensions: its own, and then those of the system.
    pub fn dimension_names(&self) -> Vec<String> {
        let own = self.dimensions.iter();
        let own = own.map(|dimension| dimension.name.clone());
        let system = self.added_dimensions();
        let system = system.map(|dimension| dimension.name().to_owned());
        own.chain(system).collect()
    }

    /// Returns the dimensions that CloudWatch Logs adds, each once however often it is named. What
    /// AWS makes of a repetition is not known; a metric has each name once.
    pub(super) fn added_dimensions(&self) -> impl Iterator<Item = SystemDimension> {
        let mut added = Vec::new();
        for dimension in &self.system_dimensions {
            if !added.contains(dimension) {
                added.push(*dimension);
            }
        }
        added.into_iter()
    }

    /// Returns the metric that the filter publishes if it has no dimensions.
    pub fn metric(&self) -> MetricIdentity {
        MetricIdentity {
            namespace: self.namespace.clone(),
            metric_name: self.metric_name.clone(),
            dimensions: DimensionSet::new(),
        }
    }

    /// Returns whether the filter publishes to the metric of this namespace and name, whatever the
    /// dimensions.
    pub fn publishes(&self, metric: &MetricIdentity) -> bool {
        self.metric_name == metric.metric_name && self.namespace == metric.namespace
    }

    /// Returns the sample of a match that lacks something, as far as it follows from the filter
    /// alone: without a dimension, one without dimensions; without a value, the default (sources,
    /// M5 and M11).
    pub fn measurement_without(&self, reason: NoSample) -> Option<Measurement> {
        let value = match (reason, &self.metric_value) {
            (NoSample::DimensionMissing, MetricValue::Number(value)) => *value,
            // A filter has either a default value or dimensions.
            (NoSample::ValueMissing, _) => self.default_value?,
            _ => return None,
        };
        Some(Measurement {
            value,
            dimensions: DimensionSet::new(),
        })
    }

    /// Checks the filter against the limits of AWS, and returns its pattern.
    ///
    /// # Errors
    ///
    /// Returns an error if AWS would refuse the filter.
    pub fn check(&self) -> Result<Pattern, FilterError> {
        let pattern = parse(&self.pattern).map_err(FilterError::Pattern)?;
        self.check_names()?;
        self.check_default()?;
        self.check_dimension_count()?;
        if !self.dimensions.is_empty() {
            self.check_dimensions(&pattern)?;
        }
        self.check_value(&pattern)?;
        Ok(pattern)
    }

    fn check_names(&self) -> Result<(), FilterError> {
        check_name(&self.namespace, "namespace", ":*$")?;
        check_name(&self.metric_name, "metric name", ":*$")
    }

    fn check_default(&self) -> Result<(), FilterError> {
        match self.default_value {
            Some(value) if !value.is_finite() => Err(FilterError::Default),
            Some(value) => check_sample(value, "default value"),
            None => Ok(()),
        }
    }

    fn check_value(&self, pattern: &Pattern) -> Result<(), FilterError> {
        match &self.metric_value {
            MetricValue::Number(number) => check_sample(*number, "metric value"),
            MetricValue::Source(source) => check_source(source, pattern),
        }
    }

    /// Checks the number of dimensions. Those of the system count, too (sources, M9).
    fn check_dimension_count(&self) -> Result<(), FilterError> {
        match self.dimensions.len() + self.added_dimensions().count() {
            ..=DIMENSIONS_LIMIT => Ok(()),
            count => Err(FilterError::TooManyDimensions(count)),
        }
    }

    fn check_dimensions(&self, pattern: &Pattern) -> Result<(), FilterError> {
        if self.default_value.is_some() {
            return Err(FilterError::DefaultWithDimensions);
        }
        if matches!(pattern, Pattern::Terms(_)) {
            return Err(FilterError::DimensionsOfTerms);
        }
        // CloudWatch identifies a metric by a set of dimensions, which has each name once.
        let system = self.added_dimensions();
        let mut names: BTreeSet<&str> = system.map(SystemDimension::name).collect();
        for dimension in &self.dimensions {
            check_dimension(dimension, pattern)?;
            if !names.insert(&dimension.name) {
                return Err(FilterError::DuplicateDimension(dimension.name.clone()));
            }
        }
        Ok(())
    }

    /// Returns the minute that an event of this time counts for.
    pub fn minute(event_time: Timestamp) -> Timestamp {
        timestamp(floor_to_period(event_time.as_second(), RESOLUTION_SECONDS))
    }
}

/// Checks a number that a filter publishes as it is written.
fn check_sample(number: f64, subject: &'static str) -> Result<(), FilterError> {
    match number.abs() <= SAMPLE_LIMIT {
        true => Ok(()),
        false => Err(FilterError::SampleLimit(subject)),
    }
}

fn check_dimension(dimension: &Dimension, pattern: &Pattern) -> Result<(), FilterError> {
    if !is_dimension_name(&dimension.name) {
        return Err(FilterError::DimensionName(dimension.name.clone()));
    }
    check_source(&dimension.value, pattern)
}

fn check_name(
    text: &str,
    subject: &'static str,
    forbidden: &'static str,
) -> Result<(), FilterError> {
    if is_valid_name(text, forbidden) {
        return Ok(());
    }
    Err(FilterError::Name {
        text: text.to_owned(),
        subject,
        forbidden,
    })
}

fn is_valid_name(text: &str, forbidden: &str) -> bool {
    let length = text.chars().count();
    (1..=NAME_LIMIT).contains(&length) && !text.contains(|sign: char| forbidden.contains(sign))
}

/// Returns whether CloudWatch takes a name for a dimension (sources, M16).
fn is_dimension_name(name: &str) -> bool {
    (1..=NAME_LIMIT).contains(&name.len())
        && name.chars().all(is_printed)
        && !name.trim().is_empty()
        && !name.starts_with(':')
}

fn is_printed(character: char) -> bool {
    character.is_ascii() && !character.is_ascii_control()
}

/// Checks that a cell is part of the pattern. A field of an event need not be.
fn check_source(source: &ValueSource, pattern: &Pattern) -> Result<(), FilterError> {
    match (source, pattern) {
        (ValueSource::Field(_), _) => Ok(()),
        (ValueSource::Cell(cell), Pattern::Cells(cells)) if has_cell(cells, cell) => Ok(()),
        (ValueSource::Cell(cell), _) => Err(FilterError::NoCell(cell.clone())),
    }
}

/// Returns true if a cell has this name, or this number.
fn has_cell(cells: &[Cell], cell: &str) -> bool {
    let name = cell.strip_prefix('$').unwrap_or(cell);
    has_name(cells, name) || name.parse().is_ok_and(|number| has_number(cells, number))
}

fn has_name(cells: &[Cell], name: &str) -> bool {
    cells.iter().any(|cell| cell_name(cell) == Some(name))
}

/// Returns true if a number names a cell: the cell has no name, or the fields are counted by `...`
/// or `[]` (sources, P28).
fn has_number(cells: &[Cell], number: usize) -> bool {
    let is_open = cells.is_empty() || cells.contains(&Cell::Ellipsis);
    // Cells are counted from 1, so `$0` names none.
    match number.checked_sub(1) {
        None => false,
        Some(index) => is_open || cells.get(index).is_some_and(is_unnamed_field),
    }
}

fn cell_name(cell: &Cell) -> Option<&str> {
    match cell {
        Cell::Field(field) => field.name.as_deref(),
        Cell::Ellipsis => None,
    }
}

fn is_unnamed_field(cell: &Cell) -> bool {
    matches!(cell, Cell::Field(field) if field.name.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(pattern: &str, value: &str) -> MetricFilter {
        MetricFilter {
            metric_value: value.parse().expect(value),
            ..MetricFilter::counting(pattern, "Test", "Metric")
        }
    }

    fn json() -> MetricFilter {
        filter("{ $.a = 1 }", "1")
    }

    #[test]
    fn a_match_that_lacks_something_may_still_have_a_sample() {
        let value = |filter: &MetricFilter, reason| {
            let measurement = filter.measurement_without(reason);
            measurement.map(|measurement| (measurement.value, measurement.dimensions.len()))
        };
        let with_default = MetricFilter {
            default_value: Some(7.0),
            ..filter("{ $.a = 1 }", "$.b")
        };
        assert_eq!(value(&json(), NoSample::DimensionMissing), Some((1.0, 0)));
        assert_eq!(value(&json(), NoSample::ValueMissing), None);
        assert_eq!(value(&with_default, NoSample::ValueMissing), Some((7.0, 0)));
        for reason in [NoSample::DimensionMissing, NoSample::ValueNotNumeric] {
            assert_eq!(value(&with_default, reason), None);
        }
    }

    fn with_dimensions(filter: MetricFilter, dimensions: &[&str]) -> MetricFilter {
        let parse = |text: &&str| text.parse().expect(text);
        MetricFilter {
            dimensions: dimensions.iter().map(parse).collect(),
            ..filter
        }
    }

    fn error(filter: &MetricFilter) -> Option<FilterError> {
        filter.check().err()
    }

    #[test]
    fn cells_are_those_of_the_pattern() {
        for (pattern, cell, is_there) in [
            ("{ $.a = 1 }", "$size", false),
            ("term", "$1", false),
            ("[a, b]", "$size", false),
            ("[a, b]", "$b", true),
            ("[a, b]", "$2", false),
            ("[a, ]", "$2", true),
            ("[a, ]", "$3", false),
            ("[a, ...]", "$9", true),
            ("[a, ...]", "$0", false),
            ("[a, ...]", "$b", false),
            ("[]", "$1", true),
            ("[]", "$0", false),
        ] {
            let expected = (!is_there).then(|| FilterError::NoCell(cell.to_owned()));
            assert_eq!(
                error(&filter(pattern, cell)),
                expected,
                "{cell} of {pattern}"
            );
        }
        // Dimensions are checked like values.
        let unknown = with_dimensions(filter("[a, b]", "1"), &["A=$size"]);
        assert_eq!(
            error(&unknown),
            Some(FilterError::NoCell("$size".to_owned()))
        );
    }

    #[test]
    fn dimensions_are_limited() {
        let four = ["A=$.a", "B=$.b", "C=$.c", "D=$.d"];
        assert_eq!(
            error(&with_dimensions(json(), &four)),
            Some(FilterError::TooManyDimensions(4))
        );
        assert_eq!(error(&with_dimensions(json(), &four[..3])), None);
        assert_eq!(
            error(&with_dimensions(json(), &["A=$.a", "A=$.b"])),
            Some(FilterError::DuplicateDimension("A".to_owned()))
        );
        assert_eq!(
            error(&with_dimensions(filter("ERROR", "1"), &four[..1])),
            Some(FilterError::DimensionsOfTerms)
        );
        assert_eq!(error(&with_dimensions(filter("[a]", "1"), &["A=$a"])), None);
        let with_system = |filter| MetricFilter {
            system_dimensions: vec![SystemDimension::Account],
            ..filter
        };
        // Terms and defaults take those of the system.
        let default = MetricFilter {
            default_value: Some(7.0),
            ..filter("ERROR", "3")
        };
        assert_eq!(error(&with_system(default)), None);
        assert_eq!(
            error(&with_system(with_dimensions(json(), &four[..3]))),
            Some(FilterError::TooManyDimensions(4))
        );
    }

    #[test]
    fn a_system_dimension_counts_once_and_clashes_with_an_own_one_of_its_name() {
        let twice = |filter| MetricFilter {
            system_dimensions: vec![SystemDimension::Account; 2],
            ..filter
        };
        let two = twice(with_dimensions(json(), &["A=$.a", "B=$.b"]));
        assert_eq!(error(&two), None);
        assert_eq!(two.dimension_names(), ["A", "B", "@aws.account"]);
        let clash = twice(with_dimensions(json(), &["@aws.account=$.a"]));
        let name = "@aws.account".to_owned();
        assert_eq!(error(&clash), Some(FilterError::DuplicateDimension(name)));
    }

    #[test]
    fn defaults_are_finite_and_exclude_dimensions() {
        let default = |default, filter| MetricFilter {
            default_value: Some(default),
            ..filter
        };
        assert_eq!(error(&default(0.0, json())), None);
        assert_eq!(
            error(&default(f64::INFINITY, json())),
            Some(FilterError::Default)
        );
        let with_dimension = with_dimensions(json(), &["A=$.a"]);
        assert_eq!(
            error(&default(0.0, with_dimension)),
            Some(FilterError::DefaultWithDimensions)
        );
    }

    #[test]
    fn written_numbers_are_samples_that_cloudwatch_takes() {
        assert_eq!(SAMPLE_LIMIT, 2f64.powi(360));
        let beyond = SAMPLE_LIMIT.next_up();
        for (number, is_taken) in [(SAMPLE_LIMIT, true), (beyond, false), (1e200, false)] {
            for number in [number, -number] {
                let value = MetricFilter {
                    metric_value: MetricValue::Number(number),
                    ..json()
                };
                let refused = |subject| (!is_taken).then_some(FilterError::SampleLimit(subject));
                assert_eq!(error(&value), refused("metric value"), "{number}");
                let default = MetricFilter {
                    default_value: Some(number),
                    ..json()
                };
                assert_eq!(error(&default), refused("default value"), "{number}");
            }
        }
    }

    #[test]
    fn names_are_limited() {
        let is_refused =
            |filter: MetricFilter| matches!(error(&filter), Some(FilterError::Name { .. }));
        let (longest, too_long) = ("é".repeat(NAME_LIMIT), "é".repeat(NAME_LIMIT + 1));
        for (name, is_wrong) in [
            (longest.as_str(), false),
            ("a b", false),
            ("", true),
            ("a:b", true),
            ("a*", true),
            ("$", true),
            (&too_long, true),
        ] {
            let metric = MetricFilter::counting("{ $.a = 1 }", "Test", name);
            assert_eq!(is_refused(metric), is_wrong, "{name}");
            let namespace = MetricFilter::counting("{ $.a = 1 }", name, "Metric");
            assert_eq!(is_refused(namespace), is_wrong, "{name}");
        }
    }

    #[test]
    fn names_of_dimensions_are_those_that_cloudwatch_takes() {
        let (longest, too_long) = ("a".repeat(NAME_LIMIT), "a".repeat(NAME_LIMIT + 1));
        for (name, is_wrong) in [
            (longest.as_str(), false),
            ("A*$ b", false),
            ("aws:region", false),
            (":region", true),
            ("É", true),
            ("a\tb", true),
            ("  ", true),
            ("", true),
            (&too_long, true),
        ] {
            let filter = with_dimensions(json(), &[&format!("{name}=$.a")]);
            let refused = is_wrong.then(|| FilterError::DimensionName(name.to_owned()));
            assert_eq!(error(&filter), refused, "{name}");
        }
    }

    #[test]
    fn an_event_counts_for_its_minute() {
        for (second, minute) in [(0, 0), (59, 0), (60, 60), (-1, -60)] {
            let found = MetricFilter::minute(timestamp(second));
            assert_eq!(found, timestamp(minute), "{second}");
        }
    }
}
