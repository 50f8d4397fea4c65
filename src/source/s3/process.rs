//! The limits of this process, and the time of the processors that it took.

#[cfg(feature = "s3")]
use std::time::Duration;

/// Returns the number of files and connections that this process may have open, if the system knows
/// a number.
#[cfg(unix)]
pub(super) fn most_open_files() -> Option<u64> {
    use rustix::process::{Resource, getrlimit};

    getrlimit(Resource::Nofile).current
}

/// Returns the time of all processors that this process took so far, if the system counts it.
#[cfg(all(unix, feature = "s3"))]
pub(super) fn processor_time() -> Option<Duration> {
    use rustix::time::{ClockId, clock_gettime};

    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(time).ok()
}

/// Returns nothing: connections are not files here.
#[cfg(not(unix))]
pub(super) fn most_open_files() -> Option<u64> {
    None
}

/// Returns nothing: the time is not known.
#[cfg(all(not(unix), feature = "s3"))]
pub(super) fn processor_time() -> Option<Duration> {
    None
}
