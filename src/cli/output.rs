//! Standard output and standard error. Nothing else writes to them, so that all of it is guarded.

use std::error::Error;
use std::io::{self, IsTerminal, Write};

use anstream::AutoStream;
use anstyle::Style;

use super::exit::Exit;
use crate::render::guard::Guard;
use crate::render::pipe::Pipe;
use crate::render::style::{ERROR, PLAIN, WARNING};
use crate::text::printable_lines;

/// The result of a step that prints.
pub type Printed = Result<(), Box<dyn Error>>;

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
    let text = printable_lines(text);
    print_to_stderr(&format!("{style}{label}{style:#} {text}\n"));
}

fn print_to_stderr(text: &str) {
    let mut out = Guard::new(AutoStream::auto(io::stderr().lock()));
    // There is no other place to report that standard error cannot be written.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints what the parser of the command line has to say, help or an error, and returns how the
/// program ends.
pub fn print_usage(answer: &clap::Error) -> Exit {
    let text = answer.render().ansi().to_string();
    if answer.use_stderr() {
        print_to_stderr(&text);
        return Exit::Unusable;
    }
    match print(|out| Ok(out.write_all(text.as_bytes())?)) {
        Ok(()) => Exit::Complete,
        Err(_) => Exit::Unusable,
    }
}

/// Writes to standard output, with colours where it is a terminal that shows them. A reader that
/// goes away early, as `head` does, is not a failure.
pub fn print(write: impl FnOnce(&mut dyn Write) -> Printed) -> Printed {
    print_through(Guard::new(AutoStream::auto(io::stdout().lock())), write)
}

/// Writes a document for another program to standard output: byte by byte, unless it goes to a
/// terminal.
pub fn print_document(text: &str) -> Printed {
    if io::stdout().is_terminal() {
        return print(|out| Ok(out.write_all(text.as_bytes())?));
    }
    print_through(io::stdout().lock(), |out| {
        Ok(out.write_all(text.as_bytes())?)
    })
}

fn print_through(out: impl Write, write: impl FnOnce(&mut dyn Write) -> Printed) -> Printed {
    let mut out = Pipe::new(out);
    let printed = write(&mut out);
    // What was written before an error is shown.
    let flushed = out.flush();
    if out.is_closed() {
        return Ok(());
    }
    printed?;
    Ok(flushed?)
}
