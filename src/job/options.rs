//! The definitions to use of those in job files.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;

use super::definitions::{Definitions, read_all_definitions};
use super::file::JobError;
use super::log_group::{UnknownLogGroup, has_placeholder, listed};
use super::parameters::TemplateParameters;

/// The definitions to use of those in job files.
#[derive(Args, Clone, Debug, Default)]
pub struct DefinitionOptions {
    /// Use only the metric filters of this log group, and those that name none (repeatable)
    #[arg(long, value_name = "NAME")]
    pub log_group: Vec<String>,

    /// The values of parameters of the templates among them.
    #[command(flatten)]
    pub parameters: TemplateParameters,
}

impl DefinitionOptions {
    /// Reads the definitions in several files, and chooses among them.
    ///
    /// # Errors
    ///
    /// Returns an error if a file cannot be read, a definition in it is wrong, or no metric filter
    /// is of a log group that was chosen.
    pub fn read(&self, paths: &[PathBuf]) -> Result<Definitions, JobError> {
        let mut definitions = read_all_definitions(paths, &self.parameters)?;
        self.choose(&mut definitions)?;
        Ok(definitions)
    }

    /// Leaves out the metric filters of log groups that were not chosen. Without a choice, several
    /// log groups are a warning.
    ///
    /// # Errors
    ///
    /// Returns an error if no metric filter is of a log group that was chosen.
    pub(crate) fn choose(&self, definitions: &mut Definitions) -> Result<(), UnknownLogGroup> {
        let known = log_groups(definitions);
        if self.log_group.is_empty() {
            definitions.warnings.extend(warn_of_several(&known));
            return Ok(());
        }
        self.check_log_groups(&known)?;
        let may_be_chosen = |group: &String| self.may_be_chosen(group);
        let filters = &mut definitions.filters;
        // A filter without a log group may be of any, so it is not left out on a guess.
        filters.retain(|filter| filter.log_group.as_ref().is_none_or(may_be_chosen));
        Ok(())
    }
}

impl DefinitionOptions {
    /// Returns whether a log group is one of those that were chosen, or may be one.
    fn may_be_chosen(&self, group: &String) -> bool {
        // A placeholder may stand for any name, but two different references are two groups.
        let mut chosen = self.log_group.iter();
        let is_name_chosen = chosen.any(|name| !has_placeholder(name));
        self.log_group.contains(group) || has_placeholder(group) && is_name_chosen
    }

    fn check_log_groups(&self, known: &BTreeSet<String>) -> Result<(), UnknownLogGroup> {
        let mut names = self.log_group.iter();
        match names.find(|name| !known.contains(*name)) {
            None => Ok(()),
            // A misspelt name would leave no filter, and an audit without filters finds nothing.
            Some(unknown) => Err(UnknownLogGroup {
                name: unknown.clone(),
                log_groups: known.iter().cloned().collect(),
            }),
        }
    }
}

fn log_groups(definitions: &Definitions) -> BTreeSet<String> {
    let filters = definitions.filters.iter();
    filters
        .filter_map(|filter| filter.log_group.clone())
        .collect()
}

fn warn_of_several(log_groups: &BTreeSet<String>) -> Option<String> {
    if log_groups.len() < 2 {
        return None;
    }
    Some(format!(
        "the metric filters are of {} log groups, and all of them are evaluated on the records of \
         CloudTrail; choose with --log-group: {}",
        log_groups.len(),
        listed(log_groups)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::filters::DefinedFilter;
    use crate::metric::MetricFilter;

    fn definitions(log_groups: &[Option<&str>]) -> Definitions {
        let filter = |log_group: &Option<&str>| DefinedFilter {
            name: format!("{log_group:?}"),
            filter: MetricFilter::counting("ERROR", "N", "M"),
            log_group: log_group.map(str::to_owned),
        };
        Definitions {
            filters: log_groups.iter().map(filter).collect(),
            ..Definitions::default()
        }
    }

    fn chosen(names: &[&str], definitions: &mut Definitions) -> Result<(), UnknownLogGroup> {
        let log_group = names.iter().map(|name| (*name).to_owned()).collect();
        let options = DefinitionOptions {
            log_group,
            ..DefinitionOptions::default()
        };
        options.choose(definitions)
    }

    #[test]
    fn a_filter_without_a_log_group_is_of_any() {
        let mut all = definitions(&[Some("a"), None, Some("b"), Some("a")]);
        assert_eq!(chosen(&["a"], &mut all), Ok(()));
        let left = all.filters.iter().map(|filter| filter.log_group.as_deref());
        assert_eq!(left.collect::<Vec<_>>(), [Some("a"), None, Some("a")]);
        assert!(all.warnings.is_empty());
    }

    #[test]
    fn only_several_log_groups_are_a_warning() {
        for (groups, expected) in [
            (vec![Some("a"), None], false),
            (vec![None], false),
            (vec![Some("a"), Some("a")], false),
            (vec![Some("b"), Some("a\u{1b}")], true),
        ] {
            let mut all = definitions(&groups);
            assert_eq!(chosen(&[], &mut all), Ok(()));
            assert_eq!(all.filters.len(), groups.len());
            assert_eq!(!all.warnings.is_empty(), expected, "{groups:?}");
            let warnings = all.warnings.concat();
            assert!(
                !expected || warnings.ends_with(r"`a\u{1b}`, `b`"),
                "{warnings}"
            );
        }
    }

    #[test]
    fn a_log_group_of_no_filter_is_refused() {
        let error = |groups: &[Option<&str>]| {
            let refused = chosen(&["a", "c"], &mut definitions(groups));
            refused.expect_err("an unknown name").to_string()
        };
        assert!(error(&[Some("a"), Some("b")]).ends_with("`c`: choose among `a`, `b`"));
        assert!(error(&[None]).ends_with("`a`: they name no log group"));
    }
}
