//! The definitions that a file holds, each by itself: one that is wrong or cannot be replayed does
//! not concern the others.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::alarms::{DefinedAlarm, WrittenAlarm};
use super::coercion::coerce;
use super::composites::{DefinedComposite, WrittenComposite};
use super::fault::{DefinitionError, Fault, FaultPlace};
use super::filters::{DefinedFilter, WrittenFilter};
use super::mutes::WrittenMuteRule;
use crate::alarm::definition::mute::MuteRule;
use crate::text::{joined, printable};

/// The reason for which a log alarm is left out.
pub(super) const ON_LOGS_INSIGHTS: &str = "a log alarm cannot be replayed: it watches queries of \
    CloudWatch Logs Insights";

/// The evaluation windows of AWS.
const KNOWN_WINDOWS: [&str; 2] = ["SlidingWindow", "WallClockWindow"];

/// The definitions that a file holds.
#[derive(Debug, Default)]
pub(super) struct FileDefinitions {
    /// The definitions, in the order of the file.
    pub(super) entries: Vec<DefinitionEntry>,
    /// The definitions that cannot be used, each with the reason.
    pub(super) left_out: Vec<Fault>,
    /// The resources that are not deployed because of their conditions.
    pub(super) absent: Vec<Absent>,
    /// Messages about definitions that are used.
    pub(super) notes: Vec<String>,
    /// The paths of fields that mean nothing here.
    pub(super) unknown: Vec<String>,
    /// The names of the parameters that the file declares.
    pub(super) parameters: Vec<String>,
}

/// A resource that is not deployed because of its condition.
#[derive(Debug)]
pub(super) struct Absent {
    /// The logical ID of the resource.
    pub(super) id: String,
    /// The name of the condition.
    pub(super) condition: String,
}

/// A definition in a file.
#[derive(Debug)]
pub(super) struct DefinitionEntry {
    pub(super) kind: EntryKind,
    /// The place of the definition, for messages.
    pub(super) place: FaultPlace,
    /// The path of the definition, for the names of its fields.
    pub(super) path: String,
    /// The fields, with the names of AWS's API.
    pub(super) fields: Map<String, Value>,
}

/// The kind of a definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryKind {
    Alarm,
    Composite,
    Filter,
    MuteRule,
    /// An alarm on queries of Logs Insights, which cannot be replayed.
    LogAlarm,
}

/// A definition that was checked.
pub(super) enum Checked {
    Alarm(DefinedAlarm),
    Composite(DefinedComposite),
    Filter(DefinedFilter),
    MuteRule(MuteRule),
}

impl FileDefinitions {
    /// Adds the definitions of another part of the file.
    pub(super) fn append(&mut self, other: Self) {
        self.entries.extend(other.entries);
        self.left_out.extend(other.left_out);
        self.absent.extend(other.absent);
        self.notes.extend(other.notes);
        self.unknown.extend(other.unknown);
        self.parameters.extend(other.parameters);
    }

    /// Notes that a part of the file cannot be used.
    pub(super) fn leave_out(&mut self, place: FaultPlace, reason: impl Into<Fault>) {
        self.left_out.push(reason.into().at(place));
    }
}

impl Absent {
    /// Returns a warning for each condition that leaves resources out. With other parameters, they
    /// may be deployed.
    pub(super) fn warnings(absent: &[Self]) -> Vec<String> {
        let mut resources: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for each in absent {
            let id = format!("`{}`", printable(&each.id));
            resources.entry(&each.condition).or_default().push(id);
        }
        let resources = resources.into_iter();
        let warnings = resources.map(|(condition, ids)| {
            let condition = printable(condition);
            match ids.as_slice() {
                [only] => format!(
                    "resource {only} is left out: its condition `{condition}` is false with these \
                     parameters"
                ),
                several => format!(
                    "resources {} are left out: their condition `{condition}` is false with these \
                     parameters",
                    joined(several.iter().cloned(), ", ")
                ),
            }
        });
        warnings.collect()
    }
}

impl fmt::Display for Absent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (id, condition) = (printable(&self.id), printable(&self.condition));
        write!(
            formatter,
            "resource `{id}`: its condition `{condition}` is false with these parameters"
        )
    }
}

impl EntryKind {
    /// Returns the field that names a definition of this kind.
    pub(super) fn name_field(self) -> &'static str {
        match self {
            Self::Alarm | Self::Composite | Self::LogAlarm => "AlarmName",
            Self::Filter => "FilterName",
            Self::MuteRule => "Name",
        }
    }
}

impl DefinitionEntry {
    /// Checks the definition and converts it. Fields that mean nothing are added to `unknown`.
    pub(super) fn check(self, unknown: &mut Vec<String>) -> Result<Checked, Fault> {
        let place = self.place.clone();
        let checked = match self.kind {
            EntryKind::Alarm => self.check_alarm(unknown).map(Checked::Alarm),
            EntryKind::Composite => self.check_composite(unknown).map(Checked::Composite),
            EntryKind::Filter => self.check_filter(unknown).map(Checked::Filter),
            EntryKind::MuteRule => self.check_mute_rule(unknown).map(Checked::MuteRule),
            EntryKind::LogAlarm => Err(Fault::from(ON_LOGS_INSIGHTS.to_owned())),
        };
        checked.map_err(|fault| fault.within(place))
    }

    fn check_alarm(self, unknown: &mut Vec<String>) -> Result<DefinedAlarm, Fault> {
        if let Some(window) = self.unknown_window() {
            let window = printable(window);
            return Err(format!("the evaluation window `{window}` is not known").into());
        }
        let written: WrittenAlarm = self.read(unknown)?;
        written.define().map_err(DefinitionError::into_fault)
    }

    /// Returns an evaluation window that this program does not know. Such an alarm looks at other
    /// samples than one with the default window.
    fn unknown_window(&self) -> Option<&str> {
        let windows = self.fields.get("EvaluationWindow")?.as_object()?;
        let mut names = windows.keys().map(String::as_str);
        names.find(|name| !KNOWN_WINDOWS.contains(name))
    }

    fn check_composite(self, unknown: &mut Vec<String>) -> Result<DefinedComposite, Fault> {
        self.read::<WrittenComposite>(unknown)?.define()
    }

    fn check_mute_rule(self, unknown: &mut Vec<String>) -> Result<MuteRule, Fault> {
        self.read::<WrittenMuteRule>(unknown)?.define()
    }

    /// Checks a filter whole. A template may hold one that AWS would refuse, and the others are
    /// worth importing.
    fn check_filter(self, unknown: &mut Vec<String>) -> Result<DefinedFilter, Fault> {
        let defined = self.read::<WrittenFilter>(unknown)?.define();
        let defined = defined.map_err(DefinitionError::into_fault)?;
        match defined.filter.check() {
            Ok(_) => Ok(defined),
            Err(error) => {
                Err(Fault::from(error.to_string()).at(FaultPlace::MetricFilter(defined.name)))
            }
        }
    }

    fn read<T: DeserializeOwned>(self, unknown: &mut Vec<String>) -> Result<T, Fault> {
        // The types that are read are those of the API, which templates do not keep to.
        let fields = Value::Object(coerce(self.fields)?);
        let note = |path: serde_ignored::Path<'_>| unknown.push(format!("{}.{path}", self.path));
        Ok(serde_ignored::deserialize(fields, note)?)
    }
}
