//! The metric filter: which records count, and as what.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;

use super::publish::CompiledFilter;
use super::unit::Unit;
use crate::pattern::ast::{Cell, Pattern, Selector, number};
use crate::pattern::error::ErrorKind;
use crate::pattern::lex::is_name;
use crate::pattern::{PatternError, Projection, parse, parse_field};
use crate::time::period::{floor_to_period, timestamp};

/// The resolution of metrics that filters publish, in seconds: the datapoint of a log event carries
/// the event's time floored to the minute (sources, M6).
pub const RESOLUTION_SECONDS: u32 = 60;

/// The longest text of a metric value (API, `MetricTransformation`).
pub const METRIC_VALUE_LIMIT: usize = 100;

/// How many dimensions a metric filter may have (API, `MetricTransformation`).
pub const DIMENSIONS_LIMIT: usize = 3;

/// The longest namespace, name of a metric, and name or value of a dimension (API,
/// `MetricTransformation`).
pub const NAME_LIMIT: usize = 255;

/// A metric filter of CloudWatch Logs, with its one transformation (API, `PutMetricFilter`).
#[derive(Clone, Debug, PartialEq)]
pub struct MetricFilter {
    /// The filter pattern, as written.
    pub pattern: String,
    /// The namespace of the metric.
    pub namespace: String,
    /// The name of the metric.
    pub metric_name: String,
    /// What each matching event adds to the metric.
    pub metric_value: MetricValue,
    /// The number that each event that does not match adds to the metric, if any. AWS documents one
    /// default for a minute without a match; it was seen to publish one for every such event
    /// (sources, M7).
    pub default_value: Option<f64>,
    /// The dimensions of the metric and the fields that give their values.
    pub dimensions: Vec<Dimension>,
    /// The unit of the samples.
    pub unit: Unit,
}

/// What a matching event adds to a metric.
#[derive(Clone, Debug, PartialEq)]
pub enum MetricValue {
    /// Always this number.
    Number(f64),
    /// The number in a field of the event.
    Source(ValueSource),
}

/// Where in an event a value stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueSource {
    /// `$.a.b`: in a field of the JSON event.
    Field(Selector),
    /// `$name` or `$3`: in a cell of a space-delimited pattern; holds the name with its `$`.
    Cell(String),
}

/// A dimension of a metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dimension {
    /// The name.
    pub name: String,
    /// Where its value stands in a matching event.
    pub value: ValueSource,
}

/// The names and values of the dimensions of one metric, in the order of the names. Another set is
/// another metric.
pub type DimensionSet = Vec<(String, String)>;

/// Why a metric filter is none that AWS would accept.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FilterError {
    /// The pattern is wrong.
    #[error("the pattern is wrong: {0}")]
    Pattern(PatternError),
    /// The metric value is too long; holds how many characters it has.
    #[error("the metric value has {0} characters, the limit is {METRIC_VALUE_LIMIT}")]
    ValueTooLong(usize),
    /// The metric value is neither a number nor a field.
    #[error("the metric value `{0}` is no number; AWS says: metric value must be a valid number")]
    Value(String),
    /// A selector is wrong.
    #[error("`{text}` is no field of an event: {}{}", kind.message(), hint(kind))]
    Field {
        /// The selector as written.
        text: String,
        /// What is wrong with it.
        kind: ErrorKind,
    },
    /// A cell that the pattern does not have.
    #[error("the pattern has no cell `{0}`")]
    NoCell(String),
    /// The default is not a number that can be published.
    #[error("the default value is not a finite number")]
    Default,
    /// A default and dimensions.
    #[error(
        "a default value and dimensions exclude each other; AWS says: Invalid metric transformation: dimensions and \
         default value are mutually exclusive properties"
    )]
    DefaultWithDimensions,
    /// Too many dimensions; holds how many.
    #[error("a metric filter may have {DIMENSIONS_LIMIT} dimensions, not {0}")]
    TooManyDimensions(usize),
    /// Dimensions on a pattern of terms.
    #[error(
        "a pattern of terms cannot have dimensions; AWS says: The specified filter pattern does not support dimensions"
    )]
    DimensionsOfTerms,
    /// Two dimensions of one name.
    #[error("two dimensions are called `{0}`")]
    DuplicateDimension(String),
    /// A name that is empty, too long, or has a character that AWS does not take.
    #[error(
        "`{text}` is no {what}: it has between 1 and {NAME_LIMIT} characters, and none of {forbidden}"
    )]
    Name {
        /// The name.
        text: String,
        /// What it should name.
        what: &'static str,
        /// The characters that it may not have.
        forbidden: &'static str,
    },
}

fn hint(kind: &ErrorKind) -> String {
    kind.hint()
        .map_or_else(String::new, |hint| format!("; {hint}"))
}

impl MetricFilter {
    /// The filter that counts the events that match: value 1, no default, no dimension, no unit.
    pub fn counting(pattern: &str, namespace: &str, metric_name: &str) -> Self {
        Self {
            pattern: pattern.to_owned(),
            namespace: namespace.to_owned(),
            metric_name: metric_name.to_owned(),
            metric_value: MetricValue::Number(1.0),
            default_value: None,
            dimensions: Vec::new(),
            unit: Unit::NONE,
        }
    }

    /// Checks the filter against the limits of AWS, and prepares it for reading events through
    /// `projection`.
    ///
    /// # Errors
    ///
    /// When AWS would refuse the filter.
    pub fn compile(&self, projection: &mut Projection) -> Result<CompiledFilter, FilterError> {
        let pattern = parse(&self.pattern).map_err(FilterError::Pattern)?;
        check_name(&self.namespace, "namespace", ":*$")?;
        check_name(&self.metric_name, "name of a metric", ":*$")?;
        if self.default_value.is_some_and(|value| !value.is_finite()) {
            return Err(FilterError::Default);
        }
        self.check_dimensions(&pattern)?;
        if let MetricValue::Source(source) = &self.metric_value {
            check_source(source, &pattern)?;
        }
        Ok(CompiledFilter::new(self, &pattern, projection))
    }

    fn check_dimensions(&self, pattern: &Pattern) -> Result<(), FilterError> {
        let count = self.dimensions.len();
        if count == 0 {
            return Ok(());
        }
        if self.default_value.is_some() {
            return Err(FilterError::DefaultWithDimensions);
        }
        if count > DIMENSIONS_LIMIT {
            return Err(FilterError::TooManyDimensions(count));
        }
        if matches!(pattern, Pattern::Terms(_)) {
            return Err(FilterError::DimensionsOfTerms);
        }
        let mut names = BTreeSet::new();
        for Dimension { name, value } in &self.dimensions {
            check_name(name, "name of a dimension", ":")?;
            check_source(value, pattern)?;
            if !names.insert(name) {
                return Err(FilterError::DuplicateDimension(name.clone()));
            }
        }
        Ok(())
    }

    /// The minute that an event of this time counts for.
    pub fn minute(event_time: Timestamp) -> Timestamp {
        timestamp(floor_to_period(event_time.as_second(), RESOLUTION_SECONDS))
    }
}

fn check_name(text: &str, what: &'static str, forbidden: &'static str) -> Result<(), FilterError> {
    let length = text.chars().count();
    let is_name =
        (1..=NAME_LIMIT).contains(&length) && !text.contains(|sign| forbidden.contains(sign));
    if is_name {
        Ok(())
    } else {
        Err(FilterError::Name {
            text: text.to_owned(),
            what,
            forbidden,
        })
    }
}

/// Checks that a cell is one of the pattern: by its name, or by the number of its field if the cell
/// has no name or the fields are counted by `...` or `[]` (sources, P28).
fn check_source(source: &ValueSource, pattern: &Pattern) -> Result<(), FilterError> {
    let ValueSource::Cell(cell) = source else {
        return Ok(());
    };
    let name = cell.strip_prefix('$').unwrap_or(cell);
    let Pattern::Cells(cells) = pattern else {
        return Err(FilterError::NoCell(cell.clone()));
    };
    let is_named =
        |cell: &Cell| matches!(cell, Cell::Field(field) if field.name.as_deref() == Some(name));
    let is_open = cells.is_empty() || cells.contains(&Cell::Ellipsis);
    let is_numbered = |number: usize| {
        let cell = number.checked_sub(1).and_then(|place| cells.get(place));
        is_open && number > 0 || matches!(cell, Some(Cell::Field(field)) if field.name.is_none())
    };
    match cells.iter().any(is_named) || name.parse().is_ok_and(is_numbered) {
        true => Ok(()),
        false => Err(FilterError::NoCell(cell.clone())),
    }
}

impl std::str::FromStr for MetricValue {
    type Err = FilterError;

    /// Reads a number, a selector `$.a.b` or a cell `$name` (API, `MetricTransformation`).
    fn from_str(text: &str) -> Result<Self, FilterError> {
        let length = text.chars().count();
        if length > METRIC_VALUE_LIMIT {
            return Err(FilterError::ValueTooLong(length));
        }
        match number(text) {
            Some(number) => Ok(Self::Number(number)),
            None if text.starts_with('$') => text.parse().map(Self::Source),
            None => Err(FilterError::Value(text.to_owned())),
        }
    }
}

impl std::str::FromStr for ValueSource {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        let name = text.strip_prefix('$').unwrap_or("");
        if !name.is_empty() && name.chars().all(is_name) {
            return Ok(Self::Cell(text.to_owned()));
        }
        let wrong = |kind| FilterError::Field {
            text: text.to_owned(),
            kind,
        };
        parse_field(text).map(Self::Field).map_err(wrong)
    }
}

impl fmt::Display for MetricValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(formatter, "{number}"),
            Self::Source(source) => write!(formatter, "{source}"),
        }
    }
}

impl fmt::Display for ValueSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(selector) => write!(formatter, "{selector}"),
            Self::Cell(name) => formatter.write_str(name),
        }
    }
}
