//! Alarms of a report.

use jiff::Timestamp;
use serde::Serialize;

use crate::alarm::definition::composite::CompositeAlarm;
use crate::alarm::replay::action::ActionRun;
use crate::alarm::{
    AlarmConfiguration, AlarmGroup, AlarmScope, AnyAlarm, Change, Episode, ReplayRange,
};
use crate::metric::Series;

/// An alarm, and its states over the audited time.
#[derive(Clone, Debug)]
pub struct AlarmReport {
    /// The alarm.
    pub alarm: AuditedAlarm,
    /// The origin of the alarm.
    pub origin: AlarmOrigin,
    /// The numbers of the rules that publish the metrics that it watches, whatever the dimensions
    /// and units; none for a composite alarm.
    pub rules: Vec<usize>,
    /// The accounts and regions whose events it sees.
    pub group: AlarmGroup,
    /// The time range of the replay; `None` if there was no event.
    pub range: Option<ReplayRange>,
    /// The samples of each metric that it watches; none for a composite alarm.
    pub series: Vec<Series>,
    /// The changes of its state.
    pub transitions: Vec<Change>,
    /// Its episodes in ALARM.
    pub episodes: Vec<Episode>,
    /// For each episode, the clocks under which it does not occur: an empty list if the episode is
    /// certain. `None` if clocks were not compared.
    pub vanishing: Option<Vec<Vec<String>>>,
    /// The reasons to doubt its states, such as a metric that it cannot see.
    pub warnings: Vec<String>,
    /// The runs of its actions, by the numbers of the changes. A change that is not among them had
    /// its actions held back.
    pub action_runs: Vec<ActionRun>,
}

/// An alarm of either kind.
#[derive(Clone, Debug, PartialEq)]
pub enum AuditedAlarm {
    /// A metric alarm.
    Metric(AlarmConfiguration),
    /// A composite alarm.
    Composite(CompositeAlarm),
}

/// The origin of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AlarmOrigin {
    /// A user, a file or a publication defines it.
    Defined,
    /// Nobody defines it: it is the one that the console offers for a metric without an alarm.
    Proposed,
}

/// The episodes of an alarm, or of one for each group, if the archive were divided otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct ScopeComparison {
    /// The name of the alarm.
    pub alarm_name: String,
    /// The number of episodes in the scope of the report.
    pub episodes: u64,
    /// Each other scope with the number of episodes in it.
    pub others: Vec<(AlarmScope, u64)>,
}

/// A change to a state that has actions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ActionsOfChange<'a> {
    /// The change.
    pub change: &'a Change,
    /// The actions.
    pub actions: &'a [String],
    /// The moment at which they ran; `None` if a suppressor or mute rule held them back for good.
    pub run: Option<Timestamp>,
}

impl AuditedAlarm {
    /// Returns the alarm as one of either kind.
    pub fn as_any(&self) -> AnyAlarm<'_> {
        match self {
            Self::Metric(alarm) => AnyAlarm::Metric(alarm),
            Self::Composite(alarm) => AnyAlarm::Composite(alarm),
        }
    }

    /// Returns the condition of a metric alarm in words, or the rule of a composite alarm.
    pub fn condition(&self) -> String {
        match self {
            Self::Metric(alarm) => alarm.condition(),
            Self::Composite(alarm) => alarm.rule.text().to_owned(),
        }
    }

    /// Returns the configuration of a metric alarm.
    pub fn metric(&self) -> Option<&AlarmConfiguration> {
        match self {
            Self::Metric(alarm) => Some(alarm),
            Self::Composite(_) => None,
        }
    }
}

impl AlarmOrigin {
    /// Returns the name that reports use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Defined => "defined",
            Self::Proposed => "proposed",
        }
    }
}

impl AlarmReport {
    /// Returns the name of the alarm.
    pub fn name(&self) -> &str {
        self.alarm.as_any().name()
    }

    /// Returns the changes to states that have actions, unless actions are disabled.
    pub fn actions(&self) -> Vec<ActionsOfChange<'_>> {
        let actions = self.alarm.as_any().actions();
        let mut changes = Vec::new();
        for (number, change) in self.transitions.iter().enumerate() {
            let actions_of_state = actions.on_change_to(change.new_state);
            if actions.enabled && !actions_of_state.is_empty() {
                changes.push(ActionsOfChange {
                    change,
                    actions: actions_of_state,
                    run: self.run_of(number),
                });
            }
        }
        changes
    }

    fn run_of(&self, change: usize) -> Option<Timestamp> {
        let mut runs = self.action_runs.iter();
        runs.find(|run| run.change == change).map(|run| run.time)
    }
}
