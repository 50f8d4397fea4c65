//! The help of a command that clap does not have: examples before it, and exit codes after it.

use std::fmt::Write;

use clap::Command;

/// The style of a heading, as that of the headings of clap.
const HEADING: anstyle::Style = anstyle::Style::new().bold().underline();

/// The commands in an example, and the meaning of the exit codes.
pub(crate) struct Help {
    /// The name of the command; empty for the program.
    pub(crate) command: &'static str,
    /// Commands that a user may type.
    pub(crate) examples: [&'static str; 2],
    /// The exit codes, each with its meaning.
    pub(crate) exit_codes: &'static [(u8, &'static str)],
}

impl Help {
    /// Adds the examples and exit codes to the help of a command. The exit codes are those of its
    /// subcommands, too.
    pub(crate) fn add_to(&self, command: Command) -> Command {
        let command = command.before_help(self.before()).after_help(self.after());
        match self.command {
            "" => command,
            _ => command.mut_subcommands(|subcommand| subcommand.after_help(self.after())),
        }
    }

    fn before(&self) -> String {
        let mut text = format!("{HEADING}Examples:{HEADING:#}\n");
        text += &self
            .examples
            .map(|example| format!("  {example}"))
            .join("\n");
        text
    }

    fn after(&self) -> String {
        let mut text = format!("{HEADING}Exit codes:{HEADING:#}");
        for (code, meaning) in self.exit_codes {
            // Writing to a text cannot fail.
            let _ = write!(text, "\n  {code:>3}  {meaning}");
        }
        text
    }
}
