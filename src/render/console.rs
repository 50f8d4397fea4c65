//! Standard output and standard error. Nothing else writes to them, so that all of it is guarded.

use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::Style;

use super::guard::Guard;
use super::pipe::Pipe;
use super::style::{ERROR, PLAIN, WARNING};
use crate::text::printable_lines;

/// The times at which colours are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Colors {
    /// On a terminal, unless NO_COLOR is set; CLICOLOR_FORCE prints them anywhere
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Colors {
    /// Prints colours at these times from now on, in the whole process.
    pub fn choose(self) {
        let choice = match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        };
        choice.write_global();
    }
}

/// Prints an error to standard error.
pub fn error(text: &str) {
    say(ERROR, "error:", text);
}

/// Prints warnings to standard error.
pub fn warn(warnings: &[String]) {
    for warning in warnings {
        say(WARNING, "warning:", warning);
    }
}

/// Prints to standard error what is worth knowing but not a reason to worry.
pub fn note(text: &str) {
    say(PLAIN, "note:", text);
}

fn say(style: Style, label: &str, text: &str) {
    // Some messages have lines of their own, such as that with the wrong part of a pattern. So the
    // line breaks pass, and each error makes the names in it printable itself.
    let text = printable_lines(text);
    print_to_stderr(&format!("{style}{label}{style:#} {text}\n"));
}

/// Prints to standard error.
pub fn print_to_stderr(text: &str) {
    let mut out = Guard::new(AutoStream::auto(io::stderr().lock()));
    // There is no other place to report that standard error cannot be written.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes to standard output, with colours where it is a terminal that shows them. A reader that
/// goes away early, as `head` does, is not a failure.
///
/// # Errors
///
/// Returns an error if something cannot be written.
pub fn print<E>(write: impl FnOnce(&mut dyn Write) -> Result<(), E>) -> Result<(), E>
where
    E: From<io::Error>,
{
    print_through(Guard::new(AutoStream::auto(io::stdout().lock())), write)
}

/// Writes a document for another program to standard output: byte by byte, unless it goes to a
/// terminal.
///
/// # Errors
///
/// Returns an error if something cannot be written.
pub fn print_document(text: &str) -> io::Result<()> {
    if io::stdout().is_terminal() {
        return print(|out| out.write_all(text.as_bytes()));
    }
    print_through(io::stdout().lock(), |out| out.write_all(text.as_bytes()))
}

fn print_through<E: From<io::Error>>(
    out: impl Write,
    write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<(), E> {
    let mut out = Pipe::new(out);
    let printed = write(&mut out);
    // What was written before an error is shown.
    let flushed = out.flush();
    if out.is_closed() {
        return Ok(());
    }
    if let Some(error) = out.take_failure() {
        let text = format!("cannot write to standard output: {error}");
        return Err(io::Error::new(error.kind(), text).into());
    }
    printed?;
    Ok(flushed?)
}
