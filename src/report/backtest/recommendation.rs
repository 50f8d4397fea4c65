//! The alarm that a back-test recommends, and the command that exports it.

use super::rank::{RankedAlarm, order};
use super::{Backtest, Combination, Score};
use crate::alarm::AlarmConfiguration;

/// The advice that a back-test gives.
#[derive(Clone, Copy, Debug)]
pub enum Advice<'a> {
    /// There was no burst, or no incident, to judge alarms by.
    NothingToJudgeBy,
    /// Every alarm misses everything that it is judged by.
    EverythingMissed,
    /// One alarm is recommended.
    Recommended(Recommendation<'a>),
}

/// An alarm that is recommended.
#[derive(Clone, Copy, Debug)]
pub struct Recommendation<'a> {
    /// Its row; under the first clock, if there are several.
    pub row: &'a Combination,
    /// Its score; the worst of all clocks.
    pub score: Score,
    /// The number of other alarms with the same score.
    pub others_as_good: u64,
    /// The score of the next best alarm that is not as good, if there is one.
    pub next_score: Option<Score>,
}

impl Backtest {
    /// Returns the advice that follows from the ranking.
    pub fn advice(&self) -> Advice<'_> {
        self.advice_on(&order(self))
    }

    pub(super) fn advice_on(&self, order: &[RankedAlarm]) -> Advice<'_> {
        let best = order.first();
        let row = best.and_then(|best| self.combinations.get(best.alarm));
        // Without a burst or an incident, every alarm misses nothing and looks perfect.
        let (Some(best), Some(row), 1..) = (best, row, self.judged_by()) else {
            return Advice::NothingToJudgeBy;
        };
        if best.score.missed >= self.judged_by() {
            return Advice::EverythingMissed;
        }
        let others = order.get(1..).unwrap_or_default();
        // The alarms are in order, so those that are as good come first.
        let as_good = others.partition_point(|other| other.score == best.score);
        Advice::Recommended(Recommendation {
            row,
            score: best.score,
            others_as_good: as_good as u64,
            next_score: others.get(as_good).map(|next| next.score),
        })
    }

    /// Returns the words of the command that exports an alarm, each option with its value.
    pub fn export_command(&self, alarm: &AlarmConfiguration) -> Vec<Vec<String>> {
        let mut command = vec![words(["backtrail", "job", "export"])];
        command.extend(self.export_arguments.iter().map(|option| option.to_vec()));
        command.push(words(["--format", "cloudformation"]));
        command.extend(alarm_options(alarm));
        command
    }
}

fn alarm_options(alarm: &AlarmConfiguration) -> Vec<Vec<String>> {
    let mut options = vec![
        words(["--threshold", &alarm.threshold.to_string()]),
        words(["--period", &alarm.period_seconds.to_string()]),
        words(["--datapoints", &alarm.m_of_n()]),
    ];
    // The statistics of metric math are part of its expressions.
    if let Some(statistic) = alarm.watched.statistic() {
        options.push(words(["--statistic", &statistic.to_string()]));
    }
    let treatment = alarm.treat_missing_data.to_string();
    options.push(words(["--treat-missing-data", &treatment]));
    options
}

fn words<const COUNT: usize>(words: [&str; COUNT]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}
