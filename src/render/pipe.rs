//! An output whose reader may go away early, as `head` does.

use std::io::{self, ErrorKind, Write};

/// A writer that remembers when its reader has gone away.
#[derive(Debug)]
pub struct Pipe<W: Write> {
    out: W,
    is_closed: bool,
    /// The first error of the output.
    failure: Option<io::Error>,
}

impl<W: Write> Pipe<W> {
    /// Returns a writer whose reader is still there.
    pub fn new(out: W) -> Self {
        Self {
            out,
            is_closed: false,
            failure: None,
        }
    }

    /// Returns whether the reader has gone away.
    pub fn is_closed(&self) -> bool {
        self.is_closed
    }

    // Errors are wrapped on their way up, so that it cannot be told there.
    fn remember<T>(&mut self, written: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &written {
            self.is_closed |= error.kind() == ErrorKind::BrokenPipe;
            // A write that a signal interrupts is done again.
            if self.failure.is_none() && error.kind() != ErrorKind::Interrupted {
                self.failure = Some(copied(error));
            }
        }
        written
    }

    /// Takes the first error of the output, if there was one.
    pub fn take_failure(&mut self) -> Option<io::Error> {
        self.failure.take()
    }
}

/// Returns an error with the kind and the text of another.
fn copied(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(error.kind(), error.to_string()),
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

#[cfg(test)]
mod tests {
    use super::*;

    /// An output whose writes all fail.
    struct Failing(ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_first_failure_is_kept_and_a_reader_may_go_away() {
        for (kind, is_closed, is_failure) in [
            (ErrorKind::BrokenPipe, true, true),
            (ErrorKind::StorageFull, false, true),
            (ErrorKind::Interrupted, false, false),
        ] {
            let mut pipe = Pipe::new(Failing(kind));
            assert!(pipe.write(b"a").is_err() && pipe.flush().is_ok());
            assert_eq!(pipe.is_closed(), is_closed);
            let failure = pipe.take_failure().map(|error| error.kind());
            assert_eq!(failure, is_failure.then_some(kind));
        }
    }
}
