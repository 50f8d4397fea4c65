//! The examples and exit codes in the help of the program and of its commands.

use clap::Command;

use crate::render::help::Help;

/// The usage is wrong, or nothing could be done.
const UNUSABLE: (u8, &str) = (2, "wrong usage, or nothing could be done");

/// The run is complete, but something could not be read.
const INCOMPLETE: (u8, &str) = (
    3,
    "the run is complete, but something could not be read in full",
);

/// Something failed for the moment.
const TRY_AGAIN: (u8, &str) = (75, "something failed for the moment: run it again");

/// Ctrl-C ended the run.
const INTERRUPTED: (u8, &str) = (130, "ended by Ctrl-C");

/// The exit codes of commands that do all they should or nothing.
const SIMPLE: &[(u8, &str)] = &[(0, "done"), UNUSABLE];

/// The exit codes of an audit, and of a report.
const OF_AUDITS: &[(u8, &str)] = &[
    (
        0,
        "everything was read, and no condition of --fail-on was met",
    ),
    (1, "a condition of --fail-on was met"),
    UNUSABLE,
    INCOMPLETE,
    INTERRUPTED,
];

/// The help of the program and of its commands.
const HELP: [Help; 18] = [
    Help {
        command: "",
        examples: [
            "backtrail audit s3://my-trail/AWSLogs --from 35d",
            "backtrail audit ~/archive --rule all --out report",
        ],
        exit_codes: &[
            (
                0,
                "everything was read, and no condition of --fail-on was met",
            ),
            (
                1,
                "a condition of --fail-on was met, or a check found something wrong",
            ),
            UNUSABLE,
            (
                3,
                "something could not be read or proven; of merge, nothing is written",
            ),
            (
                75,
                "scan and merge: something failed for the moment; run it again",
            ),
            INTERRUPTED,
        ],
    },
    Help {
        command: "audit",
        examples: [
            "backtrail audit s3://my-trail/AWSLogs --from 35d --out report",
            "backtrail audit ~/archive --rule all --ledger nightly",
        ],
        exit_codes: OF_AUDITS,
    },
    Help {
        command: "backtest",
        examples: [
            "backtrail backtest ~/archive --rule secrets --threshold 1..20",
            "backtrail backtest --ledger nightly --period 60,300 --datapoints 1/1,2/3",
        ],
        exit_codes: &[
            (0, "everything was read"),
            UNUSABLE,
            INCOMPLETE,
            INTERRUPTED,
        ],
    },
    Help {
        command: "config",
        examples: [
            "backtrail config show",
            "backtrail config show audit --ledger nightly",
        ],
        exit_codes: SIMPLE,
    },
    Help {
        command: "evidence",
        examples: [
            "backtrail evidence check report",
            "backtrail evidence check report --json",
        ],
        exit_codes: &[
            (0, "every file is as it was written"),
            (1, "a file differs from the manifest"),
            UNUSABLE,
        ],
    },
    Help {
        command: "alarm",
        examples: [
            "backtrail alarm replay --definition alarms.json --samples samples.csv",
            "backtrail alarm replay --definition alarms.json --samples samples.csv --json",
        ],
        exit_codes: SIMPLE,
    },
    Help {
        command: "report",
        examples: [
            "backtrail report --ledger nightly --out report",
            "backtrail report --ledger nightly --rule secrets --json",
        ],
        exit_codes: OF_AUDITS,
    },
    Help {
        command: "job",
        examples: [
            "backtrail job import filters.json alarms.json",
            "backtrail job export --rule secrets --format cloudformation",
        ],
        exit_codes: SIMPLE,
    },
    Help {
        command: "ledger",
        examples: [
            "backtrail ledger info nightly",
            "backtrail ledger merge account-1 account-2 --out all-accounts",
        ],
        exit_codes: &[
            (0, "done, and nothing is wrong with the ledger"),
            UNUSABLE,
            (3, "something is wrong with the ledger"),
        ],
    },
    Help {
        command: "merge",
        examples: [
            "backtrail merge --plan plan --parts parts --out merged",
            "backtrail merge --plan plan --parts parts --base nightly --out tonight",
        ],
        exit_codes: &[
            (
                0,
                "no part is missing or damaged, and the ledger is written",
            ),
            UNUSABLE,
            (3, "parts are missing or damaged; nothing is written"),
            TRY_AGAIN,
        ],
    },
    Help {
        command: "metric",
        examples: [
            "backtrail metric statistics --samples samples.csv --statistic p90",
            "backtrail metric statistics --samples samples.csv --statistic Sum --json",
        ],
        exit_codes: SIMPLE,
    },
    Help {
        command: "pattern",
        examples: [
            "backtrail pattern check '{ $.readOnly = true }'",
            "backtrail pattern test '{ $.errorCode = * }' log.json.gz",
        ],
        exit_codes: &[
            (0, "done"),
            (1, "with --fail-on no-match: no event matched"),
            UNUSABLE,
        ],
    },
    Help {
        command: "plan",
        examples: [
            "backtrail plan s3://my-trail --rule all --ledger nightly --out plan",
            "backtrail plan --inventory s3://my-lists/2026-03-09T01-00Z/manifest.json --out plan",
        ],
        exit_codes: &[
            (0, "the plan is written"),
            UNUSABLE,
            (3, "the plan is written, but something could not be listed"),
        ],
    },
    Help {
        command: "rules",
        examples: ["backtrail rules list", "backtrail rules show secrets"],
        exit_codes: SIMPLE,
    },
    Help {
        command: "scan",
        examples: [
            "backtrail scan --plan plan --shard 0 --out parts",
            "backtrail scan --plan s3://runs/plan --shard auto --of 100 --out s3://runs/parts",
        ],
        exit_codes: &[
            (0, "each shard has its part, in which failures are recorded"),
            UNUSABLE,
            TRY_AGAIN,
        ],
    },
    Help {
        command: "verify",
        examples: [
            "backtrail verify s3://my-trail",
            "backtrail verify ~/archive --keys keys.json",
        ],
        exit_codes: &[
            (0, "everything is proven"),
            (1, "something is wrong"),
            UNUSABLE,
            (3, "nothing is wrong, but not everything is proven"),
        ],
    },
    Help {
        command: "completions",
        examples: [
            "backtrail completions bash > ~/.local/share/bash-completion/completions/backtrail",
            "backtrail completions fish > ~/.config/fish/completions/backtrail.fish",
        ],
        exit_codes: SIMPLE,
    },
    Help {
        command: "man",
        examples: [
            "backtrail man > backtrail.1",
            "backtrail man --out ~/.local/share/man/man1",
        ],
        exit_codes: SIMPLE,
    },
];

/// Adds the examples and exit codes to the program and its commands.
pub(crate) fn with_examples(mut program: Command) -> Command {
    for help in &HELP {
        program = match help.command {
            "" => help.add_to(program),
            name => program.mut_subcommand(name, |command| help.add_to(command)),
        };
    }
    program
}

/// Returns the examples and exit codes of a command; of the program for an empty name.
pub(crate) fn find(command: &str) -> Option<&'static Help> {
    HELP.iter().find(|help| help.command == command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_a_command_that_is_taken() {
        for help in &HELP {
            for example in help.examples {
                let typed = example.split(" > ").next().unwrap_or_default();
                let mut words = Vec::new();
                for (number, part) in typed.split('\'').enumerate() {
                    match number % 2 {
                        0 => words.extend(part.split_whitespace().map(str::to_owned)),
                        _ => words.push(part.to_owned()),
                    }
                }
                assert!(
                    words
                        .get(1)
                        .is_some_and(|word| help.command.is_empty() || word == help.command)
                );
                let parsed = crate::arguments::parsed_from(&words);
                assert!(parsed.is_ok(), "{example}: {:?}", parsed.err());
            }
        }
    }

    #[test]
    fn every_command_has_examples_and_exit_codes() {
        let program = crate::arguments::command();
        for command in program.get_subcommands() {
            assert!(find(command.get_name()).is_some(), "{command}");
        }
    }
}
