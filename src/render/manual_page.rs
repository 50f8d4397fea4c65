//! The manual page of a command.

use std::io::{self, Write};

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::help::Help;

/// The heading of every page.
const MANUAL: &str = "Backtrail Manual";

/// Writes the page of a command, with its examples and exit codes if it has any.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub(crate) fn write_manual_page(
    command: &Command,
    help: Option<&Help>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let version = command.get_version().unwrap_or(env!("CARGO_PKG_VERSION"));
    let source = format!("{} {version}", env!("CARGO_PKG_NAME"));
    let page = Man::new(command.clone()).manual(MANUAL).source(source);
    page.render_title(out)?;
    page.render_name_section(out)?;
    page.render_synopsis_section(out)?;
    page.render_description_section(out)?;
    page.render_options_section(out)?;
    if command.has_subcommands() {
        page.render_subcommands_section(out)?;
    }
    match help {
        Some(help) => write_help(help, out),
        None => Ok(()),
    }
}

/// Writes the examples and exit codes, which the pages of clap have in no section of their own.
fn write_help(help: &Help, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Roff::new();
    add_examples(help, &mut page);
    add_exit_codes(help, &mut page);
    page.to_writer(out)
}

fn add_examples(help: &Help, page: &mut Roff) {
    page.control("SH", ["EXAMPLES"]);
    for example in help.examples {
        page.control("PP", []);
        page.text([roman(example)]);
    }
}

fn add_exit_codes(help: &Help, page: &mut Roff) {
    page.control("SH", ["EXIT STATUS"]);
    for (code, meaning) in help.exit_codes {
        page.control("TP", []);
        page.text([bold(code.to_string())]);
        page.text([roman(*meaning)]);
    }
}
