//! The shards that a task scans.

use std::env;
use std::str::FromStr;

use crate::text::printable;

/// The variables of the environment with the index of a task, counted from zero: those of AWS
/// Batch, Kubernetes, SLURM and Cloud Run.
const INDEX_VARIABLES: [&str; 4] = [
    "AWS_BATCH_JOB_ARRAY_INDEX",
    "JOB_COMPLETION_INDEX",
    "SLURM_ARRAY_TASK_ID",
    "CLOUD_RUN_TASK_INDEX",
];

/// The number of digits of the identifier of a shard.
const ID_DIGITS: usize = 64;

/// The argument of `--shard`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ShardChoice {
    /// The number of a shard, or of a task.
    Number(usize),
    /// The identifier of a shard.
    Id(String),
    /// The lines of standard input.
    Input,
    /// The index of this task in its environment.
    Auto,
}

/// The shards of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tasks {
    /// The lines of standard input.
    Input,
    /// The shard with this number or identifier.
    Named(String),
    /// Every shard whose number is `first`, `first + step` and so on.
    Every {
        /// The first number.
        first: usize,
        /// The number of tasks.
        step: usize,
    },
}

/// The reason why there is no shard to scan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ShardChoiceError {
    #[error("write the number of a shard, its id, - or auto")]
    Invalid,
    #[error(
        "--shard auto finds no index of a task: none of {} is set",
        INDEX_VARIABLES.join(", ")
    )]
    NoIndex,
    #[error("`{}` is not the index of a task, in {variable}", printable(text))]
    Index {
        variable: &'static str,
        text: String,
    },
    #[error("--of divides the shards among numbered tasks: give --shard a number, or auto")]
    NotATask,
    #[error("there is no task {task} of {tasks}; tasks are numbered from 0")]
    Task { task: usize, tasks: usize },
}

impl FromStr for ShardChoice {
    type Err = ShardChoiceError;

    fn from_str(text: &str) -> Result<Self, ShardChoiceError> {
        match text {
            "-" => Ok(Self::Input),
            "auto" => Ok(Self::Auto),
            id if is_id(id) => Ok(Self::Id(id.to_owned())),
            number => {
                let number = number.parse().map_err(|_| ShardChoiceError::Invalid)?;
                Ok(Self::Number(number))
            }
        }
    }
}

impl ShardChoice {
    /// Returns the shards of this task, one of `of` if that is given.
    ///
    /// # Errors
    ///
    /// Returns an error if the environment has no index, or the task is not one of them.
    pub(super) fn tasks(&self, of: Option<u32>) -> Result<Tasks, ShardChoiceError> {
        let number = match self {
            Self::Number(number) => *number,
            Self::Auto => index(|variable| env::var(variable).ok())?,
            Self::Input | Self::Id(_) if of.is_some() => return Err(ShardChoiceError::NotATask),
            Self::Input => return Ok(Tasks::Input),
            Self::Id(id) => return Ok(Tasks::Named(id.clone())),
        };
        match of.map(|tasks| tasks as usize) {
            None => Ok(Tasks::Named(number.to_string())),
            Some(tasks) if number < tasks => Ok(Tasks::Every {
                first: number,
                step: tasks,
            }),
            Some(tasks) => Err(ShardChoiceError::Task {
                task: number,
                tasks,
            }),
        }
    }
}

fn is_id(text: &str) -> bool {
    text.len() == ID_DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Returns the index of this task.
fn index(value: impl Fn(&str) -> Option<String>) -> Result<usize, ShardChoiceError> {
    for variable in INDEX_VARIABLES {
        if let Some(text) = value(variable) {
            let index = text.parse();
            return index.map_err(|_| ShardChoiceError::Index { variable, text });
        }
    }
    Err(ShardChoiceError::NoIndex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_chosen_by_number_id_input_and_index() {
        let id = "0".repeat(ID_DIGITS);
        assert_eq!("7".parse(), Ok(ShardChoice::Number(7)));
        assert_eq!(id.parse(), Ok(ShardChoice::Id(id.clone())));
        assert_eq!("-".parse(), Ok(ShardChoice::Input));
        assert_eq!("auto".parse(), Ok(ShardChoice::Auto));
        for wrong in ["", "-1", "x", "0x1"] {
            assert_eq!(wrong.parse::<ShardChoice>(), Err(ShardChoiceError::Invalid));
        }
        let named = |name: &str| Ok(Tasks::Named(name.to_owned()));
        assert_eq!(ShardChoice::Number(7).tasks(None), named("7"));
        assert_eq!(ShardChoice::Id(id.clone()).tasks(None), named(&id));
        assert_eq!(ShardChoice::Input.tasks(None), Ok(Tasks::Input));
    }

    #[test]
    fn a_task_scans_every_so_many_shards() {
        let every = Tasks::Every { first: 2, step: 3 };
        assert_eq!(ShardChoice::Number(2).tasks(Some(3)), Ok(every));
        let beyond = ShardChoiceError::Task { task: 3, tasks: 3 };
        assert_eq!(ShardChoice::Number(3).tasks(Some(3)), Err(beyond));
        for choice in [ShardChoice::Input, ShardChoice::Id(String::new())] {
            assert_eq!(choice.tasks(Some(3)), Err(ShardChoiceError::NotATask));
        }
    }

    #[test]
    fn the_index_of_a_task_is_in_its_environment() {
        for own in INDEX_VARIABLES {
            let found = index(|variable| (variable == own).then(|| "12".to_owned()));
            assert_eq!(found, Ok(12));
            let wrong = index(|variable| (variable == own).then(|| "x".to_owned()));
            assert!(
                matches!(wrong, Err(ShardChoiceError::Index { .. })),
                "{wrong:?}"
            );
        }
        assert_eq!(index(|_| None), Err(ShardChoiceError::NoIndex));
    }
}
