//! The reasons for which AWS would refuse a metric filter.

use crate::pattern::PatternError;
use crate::pattern::error::ErrorKind;
use crate::text::printable;

/// The longest text of a metric value, in characters (API, `MetricTransformation`).
pub const METRIC_VALUE_LIMIT: usize = 100;

/// The most dimensions that a metric filter may have (API, `MetricTransformation`).
pub const DIMENSIONS_LIMIT: usize = 3;

/// The longest namespace, metric name and name of a dimension, in characters (API,
/// `MetricTransformation`).
pub const NAME_LIMIT: usize = 255;

/// The longest selector of a dimension, in characters (API, `MetricTransformation`).
pub const SELECTOR_LIMIT: usize = 255;

/// The longest value of a dimension, in characters (CloudWatch API, `Dimension`).
pub const DIMENSION_VALUE_LIMIT: usize = 1024;

/// The largest sample that CloudWatch takes, and without its sign the smallest: 2 to the power of
/// 360 (API, `MetricDatum`).
pub const SAMPLE_LIMIT: f64 = f64::from_bits((1023 + 360) << 52);

/// The reason for which AWS would refuse a metric filter.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FilterError {
    /// The pattern is wrong.
    #[error("the pattern is wrong: {0}")]
    Pattern(#[source] PatternError),
    /// The metric value is too long; holds its number of characters.
    #[error("the metric value has {0} characters, the limit is {METRIC_VALUE_LIMIT}")]
    ValueTooLong(usize),
    /// The metric value is neither a number nor a field.
    #[error(
        "the metric value `{}` is not a number; AWS says: metric value must be a valid number",
        printable(.0)
    )]
    Value(String),
    /// A selector is wrong.
    #[error(
        "`{}` is not a field of an event: {}{}",
        printable(text),
        printable(&kind.message()),
        hint(kind)
    )]
    Field {
        /// The selector as written.
        text: String,
        /// The error in it.
        kind: ErrorKind,
    },
    /// The selector of a dimension is too long; holds its number of characters.
    #[error("the field of the dimension has {0} characters, the limit is {SELECTOR_LIMIT}")]
    SelectorTooLong(usize),
    /// A wildcard step in a metric value.
    #[error(
        "`{0}` is not a field of an event: {message}; AWS says: Invalid metric transformation: \
         metric value {0} must be a valid number",
        message = ErrorKind::WildcardInField.message()
    )]
    WildcardValue(String),
    /// A system dimension that there is not.
    #[error("there is no system dimension `{0}`: write `@aws.account` or `@aws.region`")]
    SystemDimension(String),
    /// A cell that the pattern does not have.
    #[error("the pattern has no cell `{}`", printable(.0))]
    NoCell(String),
    /// A dimension without a field.
    #[error("write the name and the field, such as `Region=$.awsRegion`")]
    Dimension,
    /// The default is not a number that can be published.
    #[error("the default value is not a finite number")]
    Default,
    /// A number that CloudWatch takes for no sample; holds what it is.
    #[error("the {0} is not between -2^360 and 2^360, and CloudWatch takes no other samples")]
    SampleLimit(&'static str),
    /// A default and dimensions.
    #[error(
        "a default value and dimensions exclude each other; AWS says: Invalid metric \
         transformation: dimensions and default value are mutually exclusive properties"
    )]
    DefaultWithDimensions,
    /// Too many dimensions; holds their number.
    #[error("a metric filter may have {DIMENSIONS_LIMIT} dimensions, not {0}")]
    TooManyDimensions(usize),
    /// Dimensions on a pattern of terms.
    #[error(
        "a pattern of terms cannot have dimensions; AWS says: The specified filter pattern does \
         not support dimensions"
    )]
    DimensionsOfTerms,
    /// Two dimensions with the same name.
    #[error("two dimensions are called `{}`", printable(.0))]
    DuplicateDimension(String),
    /// A name of a dimension that CloudWatch does not take.
    #[error(
        "`{}` is not a valid dimension name: it must have 1 to {NAME_LIMIT} characters of ASCII, \
         and not only spaces, and may not begin with a colon",
        printable(.0)
    )]
    DimensionName(String),
    /// A name that is empty, too long, or has a character that AWS does not take.
    #[error(
        "`{}` is not a valid {subject}: it must have 1 to {NAME_LIMIT} characters, and none of \
         {forbidden}",
        printable(text)
    )]
    Name {
        /// The name.
        text: String,
        /// The kind of thing that it should name.
        subject: &'static str,
        /// The characters that it must not have.
        forbidden: &'static str,
    },
}

impl FilterError {
    pub(super) fn field(text: &str, kind: ErrorKind) -> Self {
        let text = text.to_owned();
        Self::Field { text, kind }
    }
}

fn hint(kind: &ErrorKind) -> String {
    kind.hint()
        .map_or_else(String::new, |hint| format!("; {hint}"))
}
