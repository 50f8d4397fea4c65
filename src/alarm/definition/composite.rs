//! Composite alarms: alarms on the states of other alarms (user guide, "Composite alarms").

use std::collections::BTreeSet;

use crate::alarm::definition::actions::Actions;
use crate::alarm::definition::alarm_rule::AlarmRule;

/// A composite alarm (API, `PutCompositeAlarm`).
#[derive(Clone, Debug, PartialEq)]
pub struct CompositeAlarm {
    /// The name of the alarm.
    pub alarm_name: String,
    /// The description that its owner gave it.
    pub alarm_description: Option<String>,
    /// The rule that decides its state from those of its children.
    pub rule: AlarmRule,
    /// The actions on a change of its state.
    pub actions: Actions,
    /// The alarm that holds back its actions.
    pub suppressor: Option<Suppressor>,
}

/// An alarm that holds back the actions of a composite alarm while it is in ALARM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppressor {
    /// The name of the suppressor alarm.
    pub alarm_name: String,
    /// The time that the composite alarm waits for the suppressor to go off, in seconds.
    pub wait_seconds: u32,
    /// The time that it waits after the suppressor left ALARM, in seconds.
    pub extension_seconds: u32,
}

impl CompositeAlarm {
    /// Returns the names of the children of the alarm and of its suppressor.
    pub fn needed_alarms(&self) -> impl Iterator<Item = &str> {
        let suppressor = self.suppressor.iter();
        let suppressor = suppressor.map(|suppressor| &suppressor.alarm_name);
        let children = self.rule.children().iter();
        children.chain(suppressor).map(String::as_str)
    }
}

/// Keeps the composite alarms whose children and suppressors are among them or have one of these
/// names.
pub fn retain_whole(composites: &mut Vec<CompositeAlarm>, names: &BTreeSet<String>) {
    // An alarm that goes may be the child of another one.
    loop {
        let before = composites.len();
        let own = composites.iter().map(|alarm| alarm.alarm_name.clone());
        let known: BTreeSet<String> = names.iter().cloned().chain(own).collect();
        composites.retain(|alarm| alarm.needed_alarms().all(|name| known.contains(name)));
        if composites.len() == before {
            return;
        }
    }
}
