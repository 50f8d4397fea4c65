//! The result of a back-test: every alarm that was tried, ranked, and folded where it did alike.

mod fold;
mod rank;
mod recommendation;
mod table;
mod words;

use crate::alarm::{AlarmConfiguration, Performance};
use crate::report::Subject;

pub use fold::{AlarmSet, AlikeAlarms};
pub use rank::Score;
pub use recommendation::{Advice, Recommendation};
pub use table::table;
pub use words::{SharedSettings, ranges};

/// The result of a back-test of one rule.
#[derive(Clone, Debug)]
pub struct Backtest {
    /// The name of the rule.
    pub rule: String,
    /// The events that the rule counts, in words.
    pub subject: Subject,
    /// The options of `backtrail job export` that name the rule, each with its value.
    pub export_arguments: Vec<[String; 2]>,
    /// The number of attempts.
    pub attempts: u64,
    /// The number of bursts of attempts.
    pub bursts: u64,
    /// The number of known incidents; `None` if alarms are judged by bursts.
    pub incidents: Option<u64>,
    /// The clocks.
    pub clocks: Vec<String>,
    /// The thresholds that were tried with all other settings.
    pub thresholds: Vec<f64>,
    /// One row for each combination: the same alarms for each clock, all thresholds of an alarm one
    /// after the other.
    pub combinations: Vec<Combination>,
}

/// An alarm that was tried.
#[derive(Clone, Debug)]
pub struct Combination {
    /// The clock.
    pub clock: String,
    /// The alarm.
    pub alarm: AlarmConfiguration,
    /// Its performance.
    pub performance: Performance,
    /// Its place among all combinations.
    pub verdict: BacktestVerdict,
}

/// The place of an alarm among all that were tried.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BacktestVerdict {
    /// The rank of the alarm, from 1 on. It is the same under all clocks.
    pub rank: u64,
    /// The number of the group of alarms that did alike, from 1 on, in the order of the ranks.
    pub group: u64,
    /// True if the alarm is recommended.
    pub is_recommended: bool,
    /// A lower threshold that had fewer episodes, all else being equal. Where lower values breach,
    /// a higher threshold.
    pub calmer_threshold: Option<f64>,
}

impl Combination {
    /// Returns the statistic of the metric; empty for metric math.
    pub fn statistic(&self) -> String {
        let statistic = self.alarm.watched.statistic();
        statistic.map_or_else(String::new, |statistic| statistic.to_string())
    }
}

impl Backtest {
    /// Returns the back-test with a verdict on each combination.
    #[must_use]
    pub fn judged(mut self) -> Self {
        let order = rank::order(&self);
        let groups = fold::group_numbers(&self, &order);
        let is_any_recommended = matches!(self.advice_on(&order), Advice::Recommended(_));
        let calmer_thresholds = rank::calmer_thresholds(&self);
        for (combination, calmer) in self.combinations.iter_mut().zip(calmer_thresholds) {
            combination.verdict.calmer_threshold = calmer;
        }
        for (place, (ranked, group)) in order.iter().zip(groups).enumerate() {
            for combination in self.under_clocks_mut(ranked.alarm) {
                let verdict = &mut combination.verdict;
                verdict.rank = place as u64 + 1;
                verdict.group = group;
                verdict.is_recommended = is_any_recommended && place == 0;
            }
        }
        self
    }

    /// Returns the number of alarms that were tried, under each clock.
    pub fn alarm_count(&self) -> usize {
        self.combinations.len() / self.clocks.len().max(1)
    }

    /// Returns the number of bursts, or incidents, that the alarms are judged by.
    pub fn judged_by(&self) -> u64 {
        self.incidents.unwrap_or(self.bursts)
    }

    /// Returns the rows of the alarm of this number, one for each clock.
    pub fn under_clocks(&self, alarm: usize) -> impl Iterator<Item = &Combination> {
        let alarms = self.alarm_count();
        // Each clock has the same alarms in the same order.
        let rows = (0..self.clocks.len()).map(move |clock| clock * alarms + alarm);
        rows.filter_map(|row| self.combinations.get(row))
    }

    fn under_clocks_mut(&mut self, alarm: usize) -> impl Iterator<Item = &mut Combination> {
        let step = self.alarm_count().max(1);
        self.combinations.iter_mut().skip(alarm).step_by(step)
    }
}
