//! Built-in rules and where they are published.

use super::edition::Edition;
use crate::alarm::AlarmConfiguration;
use crate::alarm::definition::configuration::TreatMissingData;
use crate::plan::job::{Job, Publication};
use crate::report::Subject;
use crate::text::joined;

/// A rule that is built in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BuiltInRule {
    /// The name, unique among all rules and groups.
    pub name: &'static str,
    /// The events that the rule counts, in words.
    pub subject: Subject<&'static str>,
    /// The publication from which the rule is taken.
    pub source: RuleSource,
    /// The filter pattern.
    pub pattern: &'static str,
    /// The namespace of the metric.
    pub namespace: &'static str,
    /// The name of the metric.
    pub metric_name: &'static str,
    /// The name of the alarm.
    pub alarm_name: &'static str,
    /// The threshold of the alarm.
    pub threshold: f64,
    /// The treatment of missing data by the alarm.
    pub treat_missing_data: TreatMissingData,
}

/// The publication from which a rule is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleSource {
    /// The documentation of AWS; holds the page.
    Aws(&'static str),
    /// This program, and nobody else; holds the reason.
    Own(&'static str),
    /// The CIS AWS Foundations Benchmark.
    Cis {
        /// The number of the control in its chapter.
        control: u8,
        /// The first edition that has this text.
        first: Edition,
        /// The last edition that has this text.
        last: Edition,
        /// The role of the text in its control.
        text: CisText,
    },
}

/// The role of a text in a control of the benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CisText {
    /// The text that the control requires.
    Main,
    /// A text that the control offers beside it, with the reason.
    Alternative(&'static str),
}

impl BuiltInRule {
    /// Returns the job with the metric filter and the alarm of the rule.
    pub fn job(&self) -> Job {
        Job::published(self.publication())
    }

    /// Returns the alarm of the rule.
    pub fn alarm(&self) -> AlarmConfiguration {
        let publication = self.publication();
        publication.alarm(&publication.filter())
    }

    fn publication(&self) -> Publication<'_> {
        Publication {
            name: self.name,
            subject: self.subject,
            pattern: self.pattern,
            namespace: self.namespace,
            metric_name: self.metric_name,
            alarm_name: self.alarm_name,
            threshold: self.threshold,
            treat_missing_data: self.treat_missing_data,
        }
    }

    /// Describes the publication from which the rule is taken.
    pub fn published_in(&self) -> String {
        match self.source {
            RuleSource::Aws(page) => page.to_owned(),
            RuleSource::Own(reason) => format!("nowhere; a rule of backtrail's own: {reason}"),
            RuleSource::Cis { control, text, .. } => {
                let numbers = self.control_numbers(control);
                format!("CIS AWS Foundations Benchmark {numbers}{}", text.remark())
            }
        }
    }

    /// Returns each edition that has the text, with the number of the control in it.
    fn control_numbers(&self, control: u8) -> String {
        let editions = self.editions().into_iter();
        joined(editions.map(|edition| edition.numbered(control)), ", ")
    }

    /// Returns the editions of the benchmark that have this text.
    pub fn editions(&self) -> Vec<Edition> {
        let editions = Edition::ALL.into_iter();
        let has_text = |edition: &Edition| self.source.is_in(*edition);
        editions.filter(has_text).collect()
    }

    /// Returns true if the rule belongs to the group of an edition, which has one text for each
    /// control.
    pub(super) fn is_in(&self, edition: Edition) -> bool {
        self.source.is_main() && self.source.is_in(edition)
    }
}

impl RuleSource {
    fn is_in(self, edition: Edition) -> bool {
        match self {
            Self::Aws(_) | Self::Own(_) => false,
            Self::Cis { first, last, .. } => (first..=last).contains(&edition),
        }
    }

    fn is_main(self) -> bool {
        match self {
            Self::Aws(_) | Self::Own(_) => false,
            Self::Cis { text, .. } => text == CisText::Main,
        }
    }
}

impl CisText {
    fn remark(self) -> String {
        match self {
            Self::Main => String::new(),
            Self::Alternative(reason) => format!("; {reason}"),
        }
    }
}
