//! The functions of metric math (user guide, "Using math expressions with CloudWatch metrics").

/// A function that can be computed from samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    /// A function of each datapoint by itself.
    Each(Each),
    /// A function of all datapoints of a time series, or of those of an array at one time.
    Reduce(Reduction),
    /// A function of the time of each datapoint.
    Calendar(CalendarField),
    /// A function of a datapoint and the one before.
    Delta(Delta),
    Fill,
    First,
    If,
    Last,
    MetricCount,
    Metrics,
    Period,
    RemoveEmpty,
    RunningSum,
    Slice,
    Sort,
    TimeSeries,
}

/// A function of each datapoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Each {
    Abs,
    Ceil,
    Floor,
    Log,
    Log10,
}

/// A function of many datapoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reduction {
    Average,
    Count,
    Maximum,
    Minimum,
    StandardDeviation,
    Sum,
}

/// A part of a time, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CalendarField {
    Minute,
    Hour,
    /// From 1, Monday, to 7.
    DayOfWeek,
    DayOfMonth,
    Month,
    Year,
    /// Seconds since 1970.
    Epoch,
}

/// The difference between a datapoint and the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delta {
    Value,
    /// The difference in time, in seconds.
    Time,
    /// The difference in value per second.
    Rate,
}

const FUNCTIONS: [(&str, Function); 34] = [
    ("ABS", Function::Each(Each::Abs)),
    ("AVG", Function::Reduce(Reduction::Average)),
    ("CEIL", Function::Each(Each::Ceil)),
    ("DATAPOINT_COUNT", Function::Reduce(Reduction::Count)),
    ("DATE", Function::Calendar(CalendarField::DayOfMonth)),
    ("DAY", Function::Calendar(CalendarField::DayOfWeek)),
    ("DIFF", Function::Delta(Delta::Value)),
    ("DIFF_TIME", Function::Delta(Delta::Time)),
    ("EPOCH", Function::Calendar(CalendarField::Epoch)),
    ("FILL", Function::Fill),
    ("FIRST", Function::First),
    ("FLOOR", Function::Each(Each::Floor)),
    ("HOUR", Function::Calendar(CalendarField::Hour)),
    ("IF", Function::If),
    ("LAST", Function::Last),
    ("LOG", Function::Each(Each::Log)),
    ("LOG10", Function::Each(Each::Log10)),
    ("MAX", Function::Reduce(Reduction::Maximum)),
    ("METRICS", Function::Metrics),
    ("METRIC_COUNT", Function::MetricCount),
    ("MIN", Function::Reduce(Reduction::Minimum)),
    ("MINUTE", Function::Calendar(CalendarField::Minute)),
    ("MONTH", Function::Calendar(CalendarField::Month)),
    ("PERIOD", Function::Period),
    ("RATE", Function::Delta(Delta::Rate)),
    ("REMOVE_EMPTY", Function::RemoveEmpty),
    ("RUNNING_SUM", Function::RunningSum),
    ("SLICE", Function::Slice),
    ("SORT", Function::Sort),
    ("STDDEV", Function::Reduce(Reduction::StandardDeviation)),
    ("STDEV", Function::Reduce(Reduction::StandardDeviation)),
    ("SUM", Function::Reduce(Reduction::Sum)),
    ("TIME_SERIES", Function::TimeSeries),
    ("YEAR", Function::Calendar(CalendarField::Year)),
];

/// Functions that need more than samples, with what they need.
const UNAVAILABLE: [(&str, &str); 6] = [
    ("ANOMALY_DETECTION_BAND", "the band is AWS's trained model"),
    ("DB_PERF_INSIGHTS", "it asks Performance Insights"),
    ("INSIGHT_RULE_METRIC", "it asks Contributor Insights"),
    ("LAMBDA", "it asks a function of its owner"),
    (
        "SEARCH",
        "it selects from metrics that are not here, and AWS refuses it in alarms",
    ),
    ("SERVICE_QUOTA", "it asks Service Quotas"),
];

impl Function {
    /// Returns the function with this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let (_, function) = FUNCTIONS.iter().find(|(known, _)| *known == name)?;
        Some(*function)
    }

    /// Returns the names of all functions.
    pub(super) fn names() -> String {
        FUNCTIONS.map(|(name, _)| name).join(", ")
    }

    /// Returns the name of the function.
    pub(super) fn name(self) -> &'static str {
        let row = FUNCTIONS.iter().find(|(_, function)| *function == self);
        row.map_or("", |(name, _)| name)
    }

    /// Describes the arguments of the function.
    pub(super) fn arguments(self) -> &'static str {
        match self {
            Self::Each(_) | Self::Delta(_) | Self::Reduce(_) | Self::RunningSum => {
                "a time series or an array of them"
            }
            Self::Calendar(_) => "a time series",
            Self::Fill => {
                "a time series or an array of them, and a number, a time series, REPEAT or LINEAR"
            }
            Self::First | Self::Last | Self::MetricCount | Self::RemoveEmpty => {
                "an array of time series"
            }
            Self::If => "a condition, a value where it is true, and optionally one where it is not",
            Self::Metrics => "nothing, or a text in quotes that the IDs contain",
            Self::Period => "the ID of a metric",
            Self::Slice => {
                "an array of time series, and the number of its first and optionally of the one \
                 after its last"
            }
            Self::Sort => {
                "an array of time series, AVG, MIN, MAX or SUM, ASC or DESC, and optionally a limit"
            }
            Self::TimeSeries => "a number",
        }
    }
}

/// Returns the name of a function that needs more than samples, and what it needs.
pub(super) fn unavailable(name: &str) -> Option<(&'static str, &'static str)> {
    UNAVAILABLE.into_iter().find(|(known, _)| *known == name)
}

impl Each {
    /// Applies the function to a datapoint.
    pub(super) fn apply(self, value: f64) -> f64 {
        match self {
            Self::Abs => value.abs(),
            Self::Ceil => value.ceil(),
            Self::Floor => value.floor(),
            Self::Log => value.ln(),
            Self::Log10 => value.log10(),
        }
    }
}

impl Reduction {
    /// Returns the reduction that a word names as an argument of `SORT`.
    pub(super) fn for_sorting(word: &str) -> Option<Self> {
        match word {
            "AVG" => Some(Self::Average),
            "MAX" => Some(Self::Maximum),
            "MIN" => Some(Self::Minimum),
            "SUM" => Some(Self::Sum),
            _ => None,
        }
    }

    /// Reduces the datapoints that exist. Without any, only count and sum have a value.
    pub(super) fn reduce(self, values: &[f64]) -> f64 {
        match self {
            Self::Average => average(values),
            Self::Count => values.len() as f64,
            // `f64::max` ignores NaN, so the fold gives NaN only if there are no values.
            Self::Maximum => values.iter().copied().fold(f64::NAN, f64::max),
            Self::Minimum => values.iter().copied().fold(f64::NAN, f64::min),
            Self::StandardDeviation => standard_deviation(values),
            Self::Sum => sum(values),
        }
    }
}

fn sum(values: &[f64]) -> f64 {
    // The sum of no floating point numbers is -0.0 in Rust, which would be printed with its sign.
    values.iter().fold(0.0, |sum, value| sum + value)
}

fn average(values: &[f64]) -> f64 {
    sum(values) / values.len() as f64
}

/// Returns the standard deviation of values that are all there are, not a sample of more.
fn standard_deviation(values: &[f64]) -> f64 {
    variance(values).sqrt()
}

fn variance(values: &[f64]) -> f64 {
    let average = self::average(values);
    let squares = values.iter().map(|value| (value - average).powi(2));
    self::average(&squares.collect::<Vec<f64>>())
}
