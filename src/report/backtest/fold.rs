//! Alarms that did alike, folded into sets of settings.

use std::collections::{BTreeMap, HashMap};

use super::rank::RankedAlarm;
use super::words::{SharedSettings, joined};
use super::{Backtest, Combination, ranges};
use crate::alarm::Performance;
use crate::alarm::definition::configuration::ComparisonOperator;

/// Alarms that did alike: everything that is measured is equal, under each clock.
#[derive(Clone, Debug)]
pub struct AlikeAlarms<'a> {
    /// The numbers of the alarms.
    pub alarms: Vec<usize>,
    /// The row of one of them under each clock.
    pub rows: Vec<&'a Combination>,
}

/// Alarms with every combination of some settings.
#[derive(Clone, Debug, PartialEq)]
pub struct AlarmSet {
    /// The thresholds, in order.
    pub thresholds: Vec<f64>,
    /// True if each of these thresholds had more episodes than one that more values breach.
    pub is_restless: bool,
    comparison_operator: ComparisonOperator,
    /// The texts of the other settings, each once.
    settings: [Vec<String>; SETTINGS],
}

/// The number of settings beside the threshold.
const SETTINGS: usize = 4;

// The places of the settings, in the order in which sets are joined that differ in one of them.
const DATAPOINTS: usize = 0;
const PERIOD: usize = 1;
const TREATMENT: usize = 2;
const STATISTIC: usize = 3;

/// Returns the number of the group of each alarm, in the order of the ranking.
pub(super) fn group_numbers(backtest: &Backtest, order: &[RankedAlarm]) -> Vec<u64> {
    let mut numbers: HashMap<Vec<&Performance>, u64> = HashMap::new();
    let mut groups = Vec::with_capacity(order.len());
    for ranked in order {
        let rows = backtest.under_clocks(ranked.alarm);
        let performances = rows.map(|row| &row.performance).collect();
        // Alarms come in the order of their ranks, so the first group is the best one.
        let next = numbers.len() as u64 + 1;
        groups.push(*numbers.entry(performances).or_insert(next));
    }
    groups
}

impl Backtest {
    /// Returns the groups of alarms that did alike, the best one first.
    pub fn groups(&self) -> Vec<AlikeAlarms<'_>> {
        let mut groups: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        let alarms = self.combinations.iter().take(self.alarm_count());
        for (number, row) in alarms.enumerate() {
            groups.entry(row.verdict.group).or_default().push(number);
        }
        let groups = groups.into_values();
        groups.map(|alarms| self.group(alarms)).collect()
    }

    fn group(&self, alarms: Vec<usize>) -> AlikeAlarms<'_> {
        let first = alarms.first();
        let rows = first.map(|first| self.under_clocks(*first).collect());
        AlikeAlarms {
            rows: rows.unwrap_or_default(),
            alarms,
        }
    }

    /// Returns the alarms of a group as few sets.
    pub fn alarm_sets(&self, group: &AlikeAlarms<'_>) -> Vec<AlarmSet> {
        let mut sets = self.sets_of_thresholds(group);
        // Only sets that are equal in everything else are joined, so each stays a full product of
        // its settings.
        for setting in 0..SETTINGS {
            sets = merged(sets, setting);
        }
        sets
    }

    /// Returns a set for each alarm of a group but for its threshold.
    fn sets_of_thresholds(&self, group: &AlikeAlarms<'_>) -> Vec<AlarmSet> {
        let mut sets: BTreeMap<(usize, bool), AlarmSet> = BTreeMap::new();
        let thresholds = self.thresholds.len().max(1);
        for &number in &group.alarms {
            let Some(row) = self.combinations.get(number) else {
                continue;
            };
            let mut rows = self.under_clocks(number);
            let is_restless = rows.any(|row| row.verdict.calmer_threshold.is_some());
            // The thresholds of an alarm follow each other, so the quotient numbers the alarm
            // without them. Restless ones are marked in the table, so they are kept apart.
            let set = sets.entry((number / thresholds, is_restless));
            let set = set.or_insert_with(|| AlarmSet::without_thresholds(row, is_restless));
            set.thresholds.push(row.alarm.threshold);
        }
        let sets = sets.into_values();
        sets.map(AlarmSet::with_sorted_thresholds).collect()
    }
}

/// Joins sets that differ in one setting only.
fn merged(sets: Vec<AlarmSet>, setting: usize) -> Vec<AlarmSet> {
    let mut merged: Vec<AlarmSet> = Vec::new();
    for set in sets {
        let mut others = merged.iter_mut();
        match others.find(|other| other.differs_only_in(setting, &set)) {
            Some(other) => other.add(setting, set),
            None => merged.push(set),
        }
    }
    merged
}

impl AlarmSet {
    fn without_thresholds(row: &Combination, is_restless: bool) -> Self {
        let alarm = &row.alarm;
        let mut settings: [Vec<String>; SETTINGS] = Default::default();
        settings[DATAPOINTS].push(alarm.m_of_n());
        settings[PERIOD].push(alarm.period_seconds.to_string());
        settings[TREATMENT].push(alarm.treat_missing_data.to_string());
        settings[STATISTIC].push(row.statistic());
        Self {
            thresholds: Vec::new(),
            is_restless,
            comparison_operator: alarm.comparison_operator,
            settings,
        }
    }

    fn with_sorted_thresholds(mut self) -> Self {
        self.thresholds.sort_by(f64::total_cmp);
        self.thresholds.dedup();
        self
    }

    fn differs_only_in(&self, setting: usize, other: &Self) -> bool {
        let mut settings = 0..SETTINGS;
        self.is_restless == other.is_restless
            && self.thresholds == other.thresholds
            && settings.all(|one| one == setting || self.settings[one] == other.settings[one])
    }

    fn add(&mut self, setting: usize, other: Self) {
        for text in &other.settings[setting] {
            if !self.settings[setting].contains(text) {
                self.settings[setting].push(text.clone());
            }
        }
    }

    /// Returns the settings in words, without those that all alarms of the back-test share: the
    /// threshold, the datapoints, and the treatment of missing data.
    pub fn words(&self, shared: &SharedSettings) -> Vec<String> {
        let mut words = vec![self.threshold_words(shared), self.datapoint_words()];
        if shared.treat_missing_data.is_none() {
            words.push(self.list(TREATMENT));
        }
        words
    }

    fn threshold_words(&self, shared: &SharedSettings) -> String {
        let (sign, thresholds) = (self.comparison_operator.sign(), ranges(&self.thresholds));
        match shared.statistic {
            Some(_) => format!("{sign} {thresholds}"),
            None => format!("{} {sign} {thresholds}", self.list(STATISTIC)),
        }
    }

    fn datapoint_words(&self) -> String {
        format!("{} of {} s", self.list(DATAPOINTS), self.list(PERIOD))
    }

    fn list(&self, setting: usize) -> String {
        joined(&self.settings[setting])
    }
}
