//! The output of a replay of alarms, in any format.

use std::io::{self, Write};

use crate::alarm::aws::notification::UnknownPlace;
use crate::audit::replay::{ComparedAlarm, ComparedAlarms, ReplayedAlarms};
use crate::render::replay_format::{ItemWriters, ReplayFormat};
use crate::render::{alarm, comparison};

/// The reason for which a replay cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayOutputError {
    /// The bytes cannot be written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Notifications need the account and region of their alarms.
    #[error(transparent)]
    Place(#[from] UnknownPlace),
}

impl ReplayedAlarms<'_> {
    /// Writes the changes of the alarms.
    ///
    /// # Errors
    ///
    /// Returns an error if the bytes cannot be written, or a notification needs an account or
    /// region that is not known.
    pub fn write(
        &self,
        format: ReplayFormat,
        out: &mut dyn Write,
    ) -> Result<(), ReplayOutputError> {
        match format {
            ReplayFormat::History => alarm::write_history(self.history(), out)?,
            ReplayFormat::Notifications => alarm::write_notifications(&self.notifications()?, out)?,
            ReplayFormat::Text | ReplayFormat::Json => self.write_changes(format, out)?,
        }
        Ok(())
    }

    fn write_changes(&self, format: ReplayFormat, out: &mut dyn Write) -> io::Result<()> {
        let writers = ItemWriters {
            text: alarm::write_changes,
            json: alarm::write_changes_json,
        };
        format.write_each(&self.alarms, &writers, out)
    }

    /// Writes single evaluations, as text or JSON.
    ///
    /// # Errors
    ///
    /// Returns an error if the bytes cannot be written.
    pub fn write_evaluations(&self, format: ReplayFormat, out: &mut dyn Write) -> io::Result<()> {
        let writers = ItemWriters {
            text: alarm::write_evaluation,
            json: alarm::write_evaluation_json,
        };
        format.write_each(&self.alarms, &writers, out)
    }
}

impl ComparedAlarms<'_> {
    /// Writes the comparisons, as text or JSON.
    ///
    /// # Errors
    ///
    /// Returns an error if the bytes cannot be written.
    pub fn write(&self, format: ReplayFormat, out: &mut dyn Write) -> io::Result<()> {
        let writers = ItemWriters::<ComparedAlarm<'_>> {
            text: |alarm, out| comparison::write(alarm.name, &alarm.comparison, out),
            json: |alarm, out| comparison::write_json(alarm.name, &alarm.comparison, out),
        };
        format.write_each(&self.alarms, &writers, out)
    }
}
