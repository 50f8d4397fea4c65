//! Standard output.

use std::error::Error;
use std::io::{self, BufWriter, ErrorKind, Write};

use super::exit::WARNING;
use crate::text::printable_lines;

/// What a step of a command that prints comes to.
pub type Printed = Result<(), Box<dyn Error>>;

/// Says on standard error what a person should know.
pub fn warn(warnings: &[String]) {
    let (style, reset) = (WARNING.render(), WARNING.render_reset());
    for warning in warnings {
        anstream::eprintln!("{style}warning:{reset} {}", printable_lines(warning));
    }
}

/// Says on standard error what is worth knowing and no reason to worry.
pub fn note(text: &str) {
    anstream::eprintln!("note: {}", printable_lines(text));
}

/// Writes to standard output, with colours where it is a terminal that shows them. A reader that
/// goes away early, as `head` does, is no failure.
///
/// # Errors
///
/// When `write` fails, or the output cannot be written.
pub fn print(
    write: impl FnOnce(&mut dyn Write) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let standard_output = anstream::AutoStream::auto(io::stdout().lock());
    let mut out = Output {
        out: BufWriter::new(standard_output),
        is_closed: false,
    };
    let printed = write(&mut out).and_then(|()| Ok(out.flush()?));
    if out.is_closed { Ok(()) } else { printed }
}

/// An output that remembers whether its reader went away.
struct Output<W: Write> {
    out: W,
    is_closed: bool,
}

impl<W: Write> Output<W> {
    fn remember<T>(&mut self, written: io::Result<T>) -> io::Result<T> {
        self.is_closed |= written
            .as_ref()
            .is_err_and(|error| error.kind() == ErrorKind::BrokenPipe);
        written
    }
}

impl<W: Write> Write for Output<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes);
        self.remember(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.out.flush();
        self.remember(flushed)
    }
}
