//! The run that wrote a report: `run.json`. What differs from run to run is in it, so that the
//! other files do not differ.

use std::env;
use std::io::Write;

use jiff::Timestamp;
use serde::Serialize;

use super::CommandLine;
use crate::table::format::WriteError;

/// The run that wrote a report. The order of its fields is that of `run.json`.
#[derive(Debug, Serialize)]
pub(super) struct Run<'a> {
    generator: &'static str,
    version: &'static str,
    started_at: String,
    finished_at: String,
    host: Option<String>,
    operator: Option<String>,
    system: String,
    command: Option<&'a str>,
    evidence_sha256: &'a str,
}

impl<'a> Run<'a> {
    /// Returns the present run, which started at this time by this command, and wrote a manifest
    /// with this hash.
    pub(super) fn new(
        started_at: Timestamp,
        command: Option<&'a CommandLine>,
        evidence_sha256: &'a str,
    ) -> Self {
        Self {
            generator: "backtrail",
            version: env!("CARGO_PKG_VERSION"),
            started_at: started_at.to_string(),
            finished_at: Timestamp::now().to_string(),
            host: host(),
            operator: first_variable(&["USER", "LOGNAME", "USERNAME"]),
            system: format!("{} {}", env::consts::OS, env::consts::ARCH),
            command: command.map(|command| &*command.typed),
            evidence_sha256,
        }
    }

    pub(super) fn write(&self, out: &mut dyn Write) -> Result<(), WriteError> {
        let written = serde_json::to_writer_pretty(&mut *out, self);
        written.map_err(std::io::Error::from)?;
        Ok(out.write_all(b"\n")?)
    }
}

/// Returns the name of this machine, if the system knows one.
#[cfg(unix)]
fn host() -> Option<String> {
    let name = rustix::system::uname();
    let name = name.nodename().to_string_lossy();
    (!name.is_empty()).then(|| name.into_owned())
}

/// Returns the name of this machine, if the system knows one.
#[cfg(not(unix))]
fn host() -> Option<String> {
    first_variable(&["COMPUTERNAME", "HOSTNAME"])
}

fn first_variable(names: &[&str]) -> Option<String> {
    let values = names.iter().filter_map(env::var_os);
    let texts = values.map(|value| value.to_string_lossy().into_owned());
    texts.into_iter().find(|text| !text.is_empty())
}
