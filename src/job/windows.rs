//! Evaluation windows and warm-up periods as AWS writes them.

use serde::{Deserialize, Serialize};

use crate::alarm::definition::configuration::WarmUp;
use crate::alarm::definition::evaluation_window::{EvaluationWindow, WallClock};

/// An evaluation window, of whose members exactly one is set (API, `EvaluationWindow`).
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct WrittenWindow {
    #[serde(skip_serializing)]
    sliding_window: Option<WrittenSliding>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wall_clock_window: Option<WrittenWallClock>,
}

/// A sliding window, which has no members.
#[derive(Debug, Deserialize)]
struct WrittenSliding {}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct WrittenWallClock {
    #[serde(skip_serializing_if = "Option::is_none")]
    timezone: Option<String>,
}

/// A warm-up period (API, `WarmUpConfiguration`).
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct WrittenWarmUp {
    warm_up_period_duration_in_minutes: u32,
    #[serde(default)]
    only_start_evaluating_after_warm_up_period_ends: bool,
}

impl WrittenWindow {
    /// Converts a window; a sliding one is the default, which is left out.
    pub(super) fn from_window(window: &EvaluationWindow) -> Option<Self> {
        let EvaluationWindow::WallClock(clock) = window else {
            return None;
        };
        let timezone = clock.timezone().map(str::to_owned);
        Some(Self {
            sliding_window: None,
            wall_clock_window: Some(WrittenWallClock { timezone }),
        })
    }

    pub(super) fn define(self) -> Result<EvaluationWindow, String> {
        // A sliding window has nothing to set, and is also the default.
        let Some(clock) = self.wall_clock_window else {
            return Ok(EvaluationWindow::Sliding);
        };
        if self.sliding_window.is_some() {
            return Err("`SlidingWindow` and `WallClockWindow` exclude each other".to_owned());
        }
        clock.define().map(EvaluationWindow::WallClock)
    }
}

impl WrittenWallClock {
    fn define(self) -> Result<WallClock, String> {
        WallClock::new(self.timezone.as_deref()).map_err(|error| error.to_string())
    }
}

impl WrittenWarmUp {
    pub(super) fn from_warm_up(warm_up: WarmUp) -> Self {
        Self {
            warm_up_period_duration_in_minutes: warm_up.minutes,
            only_start_evaluating_after_warm_up_period_ends: warm_up.waits_to_the_end,
        }
    }

    pub(super) fn define(self) -> WarmUp {
        WarmUp {
            minutes: self.warm_up_period_duration_in_minutes,
            waits_to_the_end: self.only_start_evaluating_after_warm_up_period_ends,
        }
    }
}
