//! The table of the alarms that were tried, folded into groups.

use std::io::{self, Write};

use super::WIDTH;
use crate::render::grid::Grid;
use crate::render::quantity::counted;
use crate::report::backtest::{AlarmSet, AlikeAlarms, Backtest, Score, SharedSettings};

/// The number of groups that are printed; a file has all combinations.
pub(super) const GROUP_LIMIT: usize = 12;

/// The number of sets of alarms that are printed of a group.
const SET_LIMIT: usize = 6;

/// The words after an alarm that has more episodes than one with a lower threshold.
const RESTLESS: &str = " (*)";

/// The table of groups.
pub(super) struct GroupGrid<'b> {
    backtest: &'b Backtest,
    shared: SharedSettings,
    grid: Grid,
    /// True if a row has an alarm with more episodes than one with a lower threshold.
    is_any_restless: bool,
}

/// The columns before the alarms; that of clocks is left out if there is only one.
const COLUMNS: [&str; 7] = [
    "missed", "noise", "delay, s", "episodes", "minutes", "alike", "clock",
];

/// Returns the number of columns before the alarms.
fn columns(backtest: &Backtest) -> usize {
    match backtest.clocks.len() {
        1 => COLUMNS.len() - 1,
        _ => COLUMNS.len(),
    }
}

impl<'b> GroupGrid<'b> {
    pub(super) fn new(backtest: &'b Backtest) -> Self {
        let columns = columns(backtest);
        let header = COLUMNS.into_iter().take(columns).chain(["alarm"]);
        let mut grid = Grid::new(header).fit_into(WIDTH as u16);
        for column in 0..COLUMNS.len() - 1 {
            grid.align_right(column);
        }
        Self {
            backtest,
            shared: backtest.shared_settings(),
            grid,
            is_any_restless: false,
        }
    }

    /// Adds the best groups and, as the last line, the alarms that miss everything.
    pub(super) fn add_all(&mut self, groups: &[AlikeAlarms<'_>]) {
        for group in groups.iter().take(GROUP_LIMIT) {
            self.add(group);
        }
        // The last group is the worst. If it misses everything, it shows which settings are
        // useless.
        let [hidden @ .., last] = groups.get(GROUP_LIMIT..).unwrap_or_default() else {
            return;
        };
        let is_useless = self.misses_everything(last);
        self.add_hidden(hidden.len() + usize::from(!is_useless));
        if is_useless {
            self.add(last);
        }
    }

    /// Adds a line in the place of the groups that are not printed.
    fn add_hidden(&mut self, groups: usize) {
        if groups > 0 {
            let mut cells = self.no_measures();
            cells.push(format!("… {} more …", counted(groups as u64, "row")));
            self.grid.add(cells);
        }
    }

    fn misses_everything(&self, group: &AlikeAlarms<'_>) -> bool {
        let is_by_incidents = self.backtest.incidents.is_some();
        let judged_by = self.backtest.judged_by();
        let mut scores = group
            .rows
            .iter()
            .map(|row| Score::new(&row.performance, is_by_incidents));
        judged_by > 0 && scores.all(|score| score.missed == judged_by)
    }

    /// Returns whether a row has an alarm with more episodes than one with a lower threshold.
    pub(super) fn is_any_restless(&self) -> bool {
        self.is_any_restless
    }

    /// Writes the table.
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        self.grid.write("", out)
    }

    /// Adds the lines of a group: one for each clock, beside one for each set of its alarms.
    fn add(&mut self, group: &AlikeAlarms<'_>) {
        let alarms = self.alarm_lines(group);
        let lines = group.rows.len().max(alarms.len());
        for line in 0..lines {
            let mut cells = self.measures(group, line);
            cells.push(alarms.get(line).cloned().unwrap_or_default());
            self.grid.add(cells);
        }
    }

    fn alarm_lines(&mut self, group: &AlikeAlarms<'_>) -> Vec<String> {
        let sets = self.backtest.alarm_sets(group);
        let mut lines = Vec::new();
        for set in sets.iter().take(SET_LIMIT) {
            lines.extend(self.set_lines(set));
        }
        if sets.len() > SET_LIMIT {
            let further = (sets.len() - SET_LIMIT) as u64;
            lines.push(format!("… {} more", counted(further, "set")));
        }
        lines
    }

    /// Returns the settings of a set of alarms, broken between settings where that is possible.
    fn set_lines(&mut self, set: &AlarmSet) -> Vec<String> {
        self.is_any_restless |= set.is_restless;
        let mut lines: Vec<String> = Vec::new();
        for setting in self.settings(set) {
            match lines.last_mut() {
                None => lines.push(setting),
                Some(line) if line.len() + "; ".len() + setting.len() < self.alarm_width() => {
                    *line += &format!("; {setting}");
                }
                Some(line) => {
                    line.push(';');
                    lines.push(setting);
                }
            }
        }
        lines
    }

    /// Returns the settings of a set in words, the last of them with the mark of the set.
    fn settings(&self, set: &AlarmSet) -> Vec<String> {
        let mut settings = set.words(&self.shared);
        if let Some(last) = settings.last_mut()
            && set.is_restless
        {
            last.push_str(RESTLESS);
        }
        settings
    }

    /// Returns the number of characters in a line of the column of alarms.
    // The other columns take the rest of the width. The grid would break longer lines within a
    // setting.
    fn alarm_width(&self) -> usize {
        match self.backtest.clocks.len() {
            1 => 27,
            _ => 17,
        }
    }

    /// Returns the cells of a line before the alarms.
    fn measures(&self, group: &AlikeAlarms<'_>, line: usize) -> Vec<String> {
        let Some(row) = group.rows.get(line) else {
            return self.no_measures();
        };
        let score = Score::new(&row.performance, self.backtest.incidents.is_some());
        let delay = score.median_delay_seconds;
        let alike = match line {
            0 => group.alarms.len().to_string(),
            _ => String::new(),
        };
        let mut cells = vec![
            score.missed.to_string(),
            score.noise.to_string(),
            delay.map_or_else(|| "-".to_owned(), |seconds| seconds.to_string()),
            score.episodes.to_string(),
            format!("{:.0}", row.performance.seconds_in_alarm as f64 / 60.0),
            alike,
            row.clock.clone(),
        ];
        // The clock is the last cell, and is left out if there is only one.
        cells.truncate(columns(self.backtest));
        cells
    }

    fn no_measures(&self) -> Vec<String> {
        vec![String::new(); columns(self.backtest)]
    }
}
