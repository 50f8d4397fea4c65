//! The shards that a task scans.

use std::env;
use std::io::{self, BufRead};
use std::iter;
use std::path::Path;
use std::str::FromStr;

use crate::shards::ShardError;
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
pub(crate) enum ShardChoice {
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
pub(crate) enum TaskShards {
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
pub(crate) enum ShardChoiceError {
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
    pub(crate) fn shards(&self, of: Option<u32>) -> Result<TaskShards, ShardChoiceError> {
        let number = match self {
            Self::Number(number) => *number,
            Self::Auto => index(|variable| env::var(variable).ok())?,
            Self::Input | Self::Id(_) if of.is_some() => return Err(ShardChoiceError::NotATask),
            Self::Input => return Ok(TaskShards::Input),
            Self::Id(id) => return Ok(TaskShards::Named(id.clone())),
        };
        match of.map(|tasks| tasks as usize) {
            None => Ok(TaskShards::Named(number.to_string())),
            Some(tasks) if number < tasks => Ok(TaskShards::Every {
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

impl TaskShards {
    /// Returns the numbers or identifiers of the shards, one after the other, of a plan with this
    /// number of shards. An error ends them.
    pub(crate) fn names(
        self,
        shards: usize,
    ) -> Box<dyn Iterator<Item = Result<String, ShardError>>> {
        match self {
            Self::Input => Box::new(lines_of_input()),
            Self::Named(name) => Box::new(iter::once(Ok(name))),
            Self::Every { first, step } => {
                let numbers = (first..shards).step_by(step);
                Box::new(numbers.map(|number| Ok(number.to_string())))
            }
        }
    }
}

/// Returns the lines of standard input that are not empty.
fn lines_of_input() -> impl Iterator<Item = Result<String, ShardError>> {
    let lines = io::stdin().lock().lines();
    let names = lines.map(|line| match line {
        Ok(line) => Ok(line.trim().to_owned()),
        Err(error) => Err(ShardError::io(Path::new("standard input"), error)),
    });
    names.filter(|name| name.as_ref().map_or(true, |name| !name.is_empty()))
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
        let named = |name: &str| Ok(TaskShards::Named(name.to_owned()));
        assert_eq!(ShardChoice::Number(7).shards(None), named("7"));
        assert_eq!(ShardChoice::Id(id.clone()).shards(None), named(&id));
        assert_eq!(ShardChoice::Input.shards(None), Ok(TaskShards::Input));
    }

    #[test]
    fn a_task_scans_every_so_many_shards() {
        let every = TaskShards::Every { first: 2, step: 3 };
        assert_eq!(ShardChoice::Number(2).shards(Some(3)), Ok(every));
        let beyond = ShardChoiceError::Task { task: 3, tasks: 3 };
        assert_eq!(ShardChoice::Number(3).shards(Some(3)), Err(beyond));
        for choice in [ShardChoice::Input, ShardChoice::Id(String::new())] {
            assert_eq!(choice.shards(Some(3)), Err(ShardChoiceError::NotATask));
        }
    }

    #[test]
    fn the_shards_of_a_task_end_with_the_plan() {
        let names = |shards: TaskShards, count| -> Vec<String> {
            let names = shards.names(count);
            names.map(|name| name.expect("a name")).collect()
        };
        let every = TaskShards::Every { first: 1, step: 3 };
        assert_eq!(names(every.clone(), 8), ["1", "4", "7"]);
        assert_eq!(names(every.clone(), 7), ["1", "4"]);
        assert!(names(every, 1).is_empty());
        // A shard that is named is looked for, so that a wrong name is an error.
        assert_eq!(names(TaskShards::Named("9".to_owned()), 1), ["9"]);
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
