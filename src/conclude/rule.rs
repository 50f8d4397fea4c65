//! The findings of one rule.

use jiff::Timestamp;

use super::conclusion::Conclusion;
use crate::report::RuleReport;

impl Conclusion<'_> {
    /// Returns the findings of each rule.
    pub(super) fn rules(&self) -> Vec<RuleReport> {
        let numbers = 0..self.plan.rules.len();
        numbers.filter_map(|number| self.rule(number)).collect()
    }

    fn rule(&self, number: usize) -> Option<RuleReport> {
        let rule = self.plan.rules.get(number)?;
        let samples = self.samples.by_rule.get(number)?;
        Some(RuleReport {
            rule: rule.name.clone(),
            subject: rule.subject.clone(),
            filter: rule.filter.clone(),
            without_sample: samples.without_sample.clone(),
            ambiguous: self.ambiguous.of_rule(number),
            is_built_in: rule.is_built_in,
        })
    }

    /// Returns the times of the events that at least one of these rules selected in the requested
    /// range, in order.
    pub(super) fn event_times(&self, rules: &[usize]) -> Vec<Timestamp> {
        let records = self.inside.records.iter();
        let selected = records.filter(|found| found.is_selected_by_any(rules));
        selected
            .filter_map(|found| found.record.event_time)
            .collect()
    }
}
