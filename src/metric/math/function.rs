//! The functions of metric math (user guide, "Using math expressions with CloudWatch metrics").

use super::error::ExpressionErrorKind;

/// A function that can be computed from samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    /// Of each datapoint by itself.
    Each(Each),
    /// Of all datapoints of a time series, or of those of an array at one time.
    Reduce(Reduction),
    /// Of the time of each datapoint.
    Calendar(CalendarField),
    /// Of a datapoint and the one before.
    Step(Step),
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

/// What a function tells of a time, in UTC.
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

/// What a function tells of a datapoint and the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Difference,
    /// In seconds.
    TimeDifference,
    /// Per second.
    Rate,
}

const FUNCTIONS: [(&str, Function); 34] = [
    ("ABS", Function::Each(Each::Abs)),
    ("AVG", Function::Reduce(Reduction::Average)),
    ("CEIL", Function::Each(Each::Ceil)),
    ("DATAPOINT_COUNT", Function::Reduce(Reduction::Count)),
    ("DATE", Function::Calendar(CalendarField::DayOfMonth)),
    ("DAY", Function::Calendar(CalendarField::DayOfWeek)),
    ("DIFF", Function::Step(Step::Difference)),
    ("DIFF_TIME", Function::Step(Step::TimeDifference)),
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
    ("RATE", Function::Step(Step::Rate)),
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

/// Functions that exist and stand on what is not in the samples.
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
    /// The function of this name.
    pub(super) fn named(name: &str) -> Result<Self, ExpressionErrorKind> {
        if let Some((_, function)) = FUNCTIONS.iter().find(|(known, _)| *known == name) {
            return Ok(*function);
        }
        Err(match UNAVAILABLE.iter().find(|(known, _)| *known == name) {
            Some((known, reason)) => ExpressionErrorKind::Unavailable(known, reason),
            None => ExpressionErrorKind::UnknownFunction {
                name: name.to_owned(),
            },
        })
    }

    /// The names of all functions.
    pub(super) fn names() -> String {
        FUNCTIONS.map(|(name, _)| name).join(", ")
    }

    /// The name of the function.
    pub(super) fn name(self) -> &'static str {
        FUNCTIONS
            .iter()
            .find(|(_, function)| *function == self)
            .map_or("", |(name, _)| name)
    }

    /// What the function takes.
    pub(super) fn arguments(self) -> &'static str {
        match self {
            Self::Each(_) | Self::Step(_) => "a time series or an array of them",
            Self::Reduce(_) => "a time series or an array of them",
            Self::Calendar(_) | Self::RunningSum => "a time series",
            Self::Fill => {
                "a time series or an array of them, and a number, a time series, REPEAT or LINEAR"
            }
            Self::First | Self::Last | Self::MetricCount | Self::RemoveEmpty => {
                "an array of time series"
            }
            Self::If => {
                "a condition, a value where it is true, and, if wanted, one where it is not"
            }
            Self::Metrics => "nothing, or a text in quotes that the ids contain",
            Self::Period => "the id of a metric",
            Self::Slice => {
                "an array of time series, and the number of its first and, if wanted, the one behind its last"
            }
            Self::Sort => {
                "an array of time series, AVG, MIN, MAX or SUM, ASC or DESC, and, if wanted, how many"
            }
            Self::TimeSeries => "a number",
        }
    }
}

impl Each {
    /// The value for a datapoint.
    pub(super) fn of(self, value: f64) -> f64 {
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
    /// The reduction that a word names as argument of `SORT`.
    pub(super) fn for_sorting(word: &str) -> Option<Self> {
        match word {
            "AVG" => Some(Self::Average),
            "MAX" => Some(Self::Maximum),
            "MIN" => Some(Self::Minimum),
            "SUM" => Some(Self::Sum),
            _ => None,
        }
    }

    /// The value for the datapoints that exist. Of no datapoint, only count and sum have one.
    pub(super) fn of(self, values: &[f64]) -> f64 {
        let count = values.len() as f64;
        let sum = values.iter().fold(0.0, |sum, value| sum + value);
        match self {
            Self::Average => sum / count,
            Self::Count => count,
            Self::Maximum => values.iter().copied().fold(f64::NAN, f64::max),
            Self::Minimum => values.iter().copied().fold(f64::NAN, f64::min),
            Self::StandardDeviation => {
                let average = sum / count;
                let squares = values
                    .iter()
                    .fold(0.0, |sum, value| sum + (value - average).powi(2));
                (squares / count).sqrt()
            }
            Self::Sum => sum,
        }
    }
}
