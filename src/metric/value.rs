//! The values that a metric filter takes from an event: the metric value, and its dimensions.

use std::fmt;
use std::str::FromStr;

use super::filter_error::{FilterError, METRIC_VALUE_LIMIT, SELECTOR_LIMIT};
use crate::pattern::ast::{Selector, SelectorStep};
use crate::pattern::error::ErrorKind;
use crate::pattern::lex::is_name;
use crate::pattern::number::number;
use crate::pattern::parse_field;

/// The number that a matching event adds to a metric.
#[derive(Clone, Debug, PartialEq)]
pub enum MetricValue {
    /// Always this number.
    Number(f64),
    /// The number in a field of the event.
    Source(ValueSource),
}

/// The position of a value in an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueSource {
    /// `$.a.b`: a field of the JSON event.
    Field(Selector),
    /// `$name` or `$3`: a cell of a space-delimited pattern; holds the name with its `$`.
    Cell(String),
}

/// A dimension of a metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dimension {
    /// The name.
    pub name: String,
    /// The position of its value in a matching event.
    pub value: ValueSource,
}

/// A dimension that CloudWatch Logs fills in itself (API, `emitSystemFieldDimensions`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SystemDimension {
    /// `@aws.account`: the account of the log group's events.
    Account,
    /// `@aws.region`: their region.
    Region,
}

impl SystemDimension {
    /// Every system dimension.
    pub const ALL: [Self; 2] = [Self::Account, Self::Region];

    /// Returns the name that AWS gives the dimension.
    pub fn name(self) -> &'static str {
        match self {
            Self::Account => "@aws.account",
            Self::Region => "@aws.region",
        }
    }

    /// Returns the field of a CloudTrail record that has the value. The account is the one that
    /// received the record, since the log group is in it.
    pub(super) fn source(self) -> ValueSource {
        let field = match self {
            Self::Account => "recipientAccountId",
            Self::Region => "awsRegion",
        };
        let steps = vec![SelectorStep::Member(field.to_owned())];
        ValueSource::Field(Selector { steps })
    }
}

impl FromStr for SystemDimension {
    type Err = FilterError;

    /// Parses the name of a system dimension.
    fn from_str(text: &str) -> Result<Self, FilterError> {
        let named = Self::ALL.into_iter().find(|each| each.name() == text);
        named.ok_or_else(|| FilterError::SystemDimension(text.to_owned()))
    }
}

impl FromStr for MetricValue {
    type Err = FilterError;

    /// Parses a number, a selector `$.a.b` or a cell `$name` (API, `MetricTransformation`).
    fn from_str(text: &str) -> Result<Self, FilterError> {
        check_length(text)?;
        if text.starts_with('$') {
            return text.parse().map(Self::Source).map_err(in_words_for_values);
        }
        // The rule for numbers is that of patterns: `inf` and `NaN`, which Rust would read, are
        // words.
        let number = number(text).map(Self::Number);
        number.ok_or_else(|| FilterError::Value(text.to_owned()))
    }
}

/// Adds AWS's words to the refusal of a wildcard, which are those for a metric value only.
fn in_words_for_values(error: FilterError) -> FilterError {
    match error {
        FilterError::Field {
            text,
            kind: ErrorKind::WildcardInField,
        } => FilterError::WildcardValue(text),
        other => other,
    }
}

fn check_length(text: &str) -> Result<(), FilterError> {
    match text.chars().count() {
        ..=METRIC_VALUE_LIMIT => Ok(()),
        length => Err(FilterError::ValueTooLong(length)),
    }
}

impl FromStr for ValueSource {
    type Err = FilterError;

    /// Parses a selector `$.a.b` or a cell `$name`.
    fn from_str(text: &str) -> Result<Self, FilterError> {
        if is_cell(text) {
            return Ok(Self::Cell(text.to_owned()));
        }
        let selector = parse_field(text).map(Self::Field);
        selector.map_err(|kind| FilterError::field(text, kind))
    }
}

// A selector begins with `$.`, and a name has no dot, so the two cannot be confused.
fn is_cell(text: &str) -> bool {
    let name = text.strip_prefix('$').unwrap_or("");
    !name.is_empty() && name.chars().all(is_name)
}

impl Dimension {
    /// Creates a dimension from its name and a selector `$.a.b` or a cell `$name`.
    ///
    /// # Errors
    ///
    /// Returns an error if `value` is neither of them, or too long.
    pub fn new(name: &str, value: &str) -> Result<Self, FilterError> {
        match value.chars().count() {
            ..=SELECTOR_LIMIT => Ok(Self {
                name: name.to_owned(),
                value: value.parse()?,
            }),
            length => Err(FilterError::SelectorTooLong(length)),
        }
    }
}

impl FromStr for Dimension {
    type Err = FilterError;

    /// Parses a name, `=`, and the field with the value.
    fn from_str(text: &str) -> Result<Self, FilterError> {
        let (name, value) = text.split_once('=').ok_or(FilterError::Dimension)?;
        Self::new(name, value)
    }
}

impl fmt::Display for MetricValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(formatter),
            Self::Source(source) => source.fmt(formatter),
        }
    }
}

impl fmt::Display for ValueSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(selector) => selector.fmt(formatter),
            Self::Cell(name) => formatter.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_they_are_read() {
        for text in ["1", "-2.5", "$.a.b", "$size", "$4"] {
            let value: MetricValue = text.parse().expect(text);
            assert_eq!(value.to_string(), text);
        }
    }

    #[test]
    fn other_values_are_refused() {
        let error = |text: &str| match text.parse::<MetricValue>() {
            Ok(value) => panic!("{text} is {value}"),
            Err(error) => error.to_string(),
        };
        assert!(error("banana").contains("valid number"));
        assert!(error("$.a[*]").contains("wildcard"));
        assert!(error("$.values[*]").ends_with(
            "Invalid metric transformation: metric value $.values[*] must be a valid number"
        ));
        assert!(error("$").starts_with("`$` is not a field"));
        let longest = "1".repeat(METRIC_VALUE_LIMIT);
        assert!(longest.parse::<MetricValue>().is_ok());
        assert!(error(&format!("{longest}1")).contains("101 characters"));
    }

    #[test]
    fn system_dimensions_are_called_as_aws_calls_them() {
        for dimension in SystemDimension::ALL {
            assert_eq!(dimension.name().parse(), Ok(dimension));
        }
        let error = "@aws.vpc".parse::<SystemDimension>();
        assert!(matches!(error, Err(FilterError::SystemDimension(_))));
    }

    #[test]
    fn dimensions_have_a_name_and_a_field() {
        let dimension: Dimension = "Region=$.awsRegion".parse().expect("a dimension");
        assert_eq!(dimension.name, "Region");
        assert_eq!(dimension.value.to_string(), "$.awsRegion");
        assert_eq!("Region".parse::<Dimension>(), Err(FilterError::Dimension));
        assert!("Region=us".parse::<Dimension>().is_err());
        let longest = format!("$.{}", "a".repeat(SELECTOR_LIMIT - 2));
        assert!(Dimension::new("A", &longest).is_ok());
        let too_long = Dimension::new("A", &format!("{longest}a"));
        assert_eq!(
            too_long,
            Err(FilterError::SelectorTooLong(SELECTOR_LIMIT + 1))
        );
    }
}
