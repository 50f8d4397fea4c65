//! The changes of an alarm's state, with their causes.

use jiff::Timestamp;

use crate::alarm::definition::any::AnyAlarm;
use crate::alarm::definition::place::AlarmPlace;
use crate::alarm::definition::vocabulary::AlarmState;

/// A change of the state of an alarm of either kind. A single evaluation is the change that it
/// makes to the initial state, which may be the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The moment of the change.
    pub time: Timestamp,
    /// The state before.
    pub old_state: AlarmState,
    /// The state after.
    pub new_state: AlarmState,
    /// The cause of the change.
    pub cause: Cause,
}

/// The cause of a change.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// The datapoints of a metric alarm.
    Datapoints(EvaluatedData),
    /// The creation of a composite alarm, with all of its children in the order of the rule.
    Creation(Vec<ChildState>),
    /// The children of a composite alarm that changed then, in the order of the rule.
    Children(Vec<ChildState>),
}

/// The datapoints of one evaluation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EvaluatedData {
    /// The number of datapoints that were judged.
    pub judged: usize,
    /// Those of them on the side that decided, newest first. AWS's reasons list all of these, and
    /// its data only as many as the state needs (sources, W1).
    pub deciding_datapoints: Vec<EvaluatedDatapoint>,
    /// The beginning of the oldest datapoint that was judged; `None` if there was none.
    pub window_start: Option<Timestamp>,
    /// The values from the oldest to the newest datapoint that was judged, with `None` for the gaps
    /// between them.
    pub recent_datapoints: Vec<Option<f64>>,
    /// The slots that decided, newest first.
    pub evaluated_datapoints: Vec<EvaluatedDatapoint>,
}

/// A slot that decided: a datapoint, or an empty slot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EvaluatedDatapoint {
    /// The beginning of its window.
    pub start: Timestamp,
    /// The value; `None` for an empty slot.
    pub value: Option<f64>,
    /// The number of samples in the value; `None` for an empty slot and for metric math.
    pub sample_count: Option<f64>,
}

/// The state of a child of a composite alarm.
#[derive(Clone, Debug, PartialEq)]
pub struct ChildState {
    /// The name of the child.
    pub alarm_name: String,
    /// Its state.
    pub state: AlarmState,
    /// The moment from which on it is in this state.
    pub since: Timestamp,
}

/// The changes of an alarm over a replay.
#[derive(Clone, Debug)]
pub struct ReplayedAlarm<'a> {
    /// The alarm.
    pub alarm: AnyAlarm<'a>,
    /// The account and region of the alarm. Without them, alarms are named without ARN.
    pub place: Option<AlarmPlace>,
    /// The changes, oldest first.
    pub changes: Vec<Change>,
}

impl Change {
    /// Returns the datapoints of the evaluation; `None` for a composite alarm.
    pub fn data(&self) -> Option<&EvaluatedData> {
        match &self.cause {
            Cause::Datapoints(data) => Some(data),
            Cause::Creation(_) | Cause::Children(_) => None,
        }
    }

    /// Returns the slots that decided, newest first; none for a composite alarm.
    pub fn evaluated_datapoints(&self) -> &[EvaluatedDatapoint] {
        self.data()
            .map_or(&[], |data| data.evaluated_datapoints.as_slice())
    }

    /// Returns the children that caused the change; none for a metric alarm.
    pub fn children(&self) -> &[ChildState] {
        match &self.cause {
            Cause::Datapoints(_) => &[],
            Cause::Creation(children) | Cause::Children(children) => children,
        }
    }
}
