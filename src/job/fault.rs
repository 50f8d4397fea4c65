//! The errors in files that the user wrote, with their places.

use std::fmt;
use std::string::FromUtf8Error;

use crate::alarm::definition::alarm_rule::AlarmRuleError;
use crate::alarm::definition::mute::MuteError;
use crate::text::{expected_in_words, printable};

/// An error in a file, and its place.
#[derive(Debug)]
pub struct Fault {
    /// The places, the innermost first.
    places: Vec<FaultPlace>,
    cause: FaultCause,
}

/// A part of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultPlace {
    /// A line, counted from 1.
    Line(u64),
    /// An item of a recorded history, counted from zero.
    HistoryItem(usize),
    /// A metric alarm.
    Alarm(String),
    /// A composite alarm.
    CompositeAlarm(String),
    /// A metric filter.
    MetricFilter(String),
    /// A mute rule.
    MuteRule(String),
    /// A resource of a template or of Terraform.
    Resource(String),
    /// A part of a file, by its path.
    Part(String),
}

/// The reason for which a definition is not one that can be replayed.
#[derive(Debug)]
pub(super) enum DefinitionError {
    /// The definition is wrong.
    Wrong(Fault),
    /// An archive does not hold the data that the alarm or filter looks at.
    NotReplayable(Fault),
}

impl DefinitionError {
    /// Returns the reason, of either kind.
    pub(super) fn into_fault(self) -> Fault {
        match self {
            Self::Wrong(fault) | Self::NotReplayable(fault) => fault,
        }
    }
}

/// The cause of a fault.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FaultCause {
    /// The file is not text.
    #[error("the text is not UTF-8 at byte {}", .0.utf8_error().valid_up_to())]
    NotText(#[from] FromUtf8Error),
    /// The file is not JSON, or has other members than it should.
    #[error("{}", printable(&expected_in_words(&.0.to_string())))]
    Json(#[from] serde_json::Error),
    /// The file is not CSV.
    #[error("{}", printable(&.0.to_string()))]
    Csv(#[from] csv::Error),
    /// The file is not TOML, or has other fields than it should. The text shows the line.
    #[error("{}", expected_in_words(&.0.to_string()))]
    Toml(#[from] Box<toml::de::Error>),
    /// The rule of a composite alarm is wrong.
    #[error(transparent)]
    AlarmRule(#[from] AlarmRuleError),
    /// A mute rule is wrong.
    #[error(transparent)]
    MuteRule(#[from] MuteError),
    /// A value is missing or wrong.
    #[error("{0}")]
    Value(String),
}

impl Fault {
    /// Returns the fault with a place around it.
    #[must_use]
    pub(super) fn at(mut self, place: FaultPlace) -> Self {
        self.places.push(place);
        self
    }

    /// Returns the fault with a place around it, unless it has one that says more.
    #[must_use]
    pub(super) fn within(self, place: FaultPlace) -> Self {
        let is_needed = self.places.is_empty() || matches!(place, FaultPlace::Resource(_));
        match is_needed {
            true => self.at(place),
            false => self,
        }
    }

    /// Returns the message that the outermost place is left out because of the fault.
    pub(super) fn left_out(&self) -> String {
        let mut places = self.places.iter().rev();
        let Some(outermost) = places.next() else {
            return self.to_string();
        };
        let mut message = format!("{outermost} is left out: ");
        for place in places {
            message.push_str(&format!("{place}: "));
        }
        message + &self.cause.to_string()
    }

    /// Returns the places of the fault, the innermost first.
    pub fn places(&self) -> &[FaultPlace] {
        &self.places
    }

    /// Returns the cause.
    pub fn cause(&self) -> &FaultCause {
        &self.cause
    }
}

impl<T: Into<FaultCause>> From<T> for Fault {
    fn from(cause: T) -> Self {
        Self {
            places: Vec::new(),
            cause: cause.into(),
        }
    }
}

impl From<String> for FaultCause {
    fn from(detail: String) -> Self {
        Self::Value(detail)
    }
}

impl std::error::Error for Fault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in self.places.iter().rev() {
            write!(formatter, "{place}: ")?;
        }
        write!(formatter, "{}", self.cause)
    }
}

impl fmt::Display for FaultPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, name) = match self {
            Self::Line(line) => return write!(formatter, "line {line}"),
            Self::HistoryItem(index) => return write!(formatter, "AlarmHistoryItems[{index}]"),
            Self::Part(path) => return write!(formatter, "`{}`", printable(path)),
            Self::Alarm(name) => ("alarm", name),
            Self::CompositeAlarm(name) => ("composite alarm", name),
            Self::MetricFilter(name) => ("metric filter", name),
            Self::MuteRule(name) => ("mute rule", name),
            Self::Resource(name) => ("resource", name),
        };
        write!(formatter, "{kind} `{}`", printable(name))
    }
}
