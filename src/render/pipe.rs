//! An output whose reader may go away early, as `head` does.

use std::io::{self, ErrorKind, Write};

/// A writer that remembers when its reader has gone away.
#[derive(Debug)]
pub struct Pipe<W: Write> {
    out: W,
    is_closed: bool,
}

impl<W: Write> Pipe<W> {
    /// Returns a writer whose reader is still there.
    pub fn new(out: W) -> Self {
        Self {
            out,
            is_closed: false,
        }
    }

    /// Returns whether the reader has gone away.
    pub fn is_closed(&self) -> bool {
        self.is_closed
    }

    // Errors are wrapped on their way up, so that it cannot be told there.
    fn remember<T>(&mut self, written: io::Result<T>) -> io::Result<T> {
        let error = written.as_ref().err();
        self.is_closed |= error.is_some_and(|error| error.kind() == ErrorKind::BrokenPipe);
        written
    }
}

impl<W: Write> Write for Pipe<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes);
        self.remember(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.out.flush();
        self.remember(flushed)
    }
}
