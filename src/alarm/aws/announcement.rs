//! A change of state that a notification reports.

use crate::alarm::aws::region::region_name;
use crate::alarm::definition::any::AnyAlarm;
use crate::alarm::definition::place::AlarmPlace;
use crate::alarm::replay::action::ActionRun;
use crate::alarm::replay::change::Change;

/// A change of state that a notification reports.
pub(super) struct Announcement<'a> {
    pub(super) alarm: AnyAlarm<'a>,
    pub(super) place: &'a AlarmPlace,
    pub(super) change: &'a Change,
    /// The reason of the change.
    pub(super) reason: String,
    /// The run of the actions.
    pub(super) run: ActionRun,
}

impl Announcement<'_> {
    /// Returns the name of the region for a person.
    pub(super) fn region_name(&self) -> &str {
        region_name(&self.place.region)
    }

    /// Returns the ARN of the alarm.
    pub(super) fn arn(&self) -> String {
        self.place.arn(self.alarm.name())
    }
}
