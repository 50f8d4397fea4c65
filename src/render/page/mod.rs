//! The report as a page for a browser: `report.html`.
//!
//! The page is one file. It loads nothing, and a policy in it allows no style and no script but
//! its own, by their hashes. The script only searches and sorts tables; without it the page reads
//! the same. Nothing in it depends on the clock or the machine, so the same report gives the same
//! bytes.

mod alarms;
mod answer;
mod attempts;
mod backtest;
mod bursts;
mod command;
mod coverage;
mod curves;
mod evidence;
mod groups;
mod heat;
mod input;
mod made;
mod method;
mod stories;
mod story_chart;
mod table;
mod templates;
mod texts;

pub use backtest::{BacktestInput, write_backtest_page};
pub use input::{PageInput, Provenance};

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::{Error, Value};
use serde::Serialize;
use sha2::{Digest, Sha256};

use self::templates::{Templates, markup};
use crate::language::Words;

/// The style of the page.
const STYLE: &str = include_str!("style.css");

/// The script of the page.
const SCRIPT: &str = include_str!("script.js");

/// The frame of a page.
#[derive(Debug, Serialize)]
struct PageFrame {
    language: &'static str,
    title: String,
    style: Value,
    script: Value,
    style_sha256: String,
    script_sha256: String,
    /// The links to sections that the page begins with.
    links: Vec<SectionLink>,
    sections: Vec<Value>,
}

/// A link to a section.
#[derive(Debug, Serialize)]
struct SectionLink {
    section: &'static str,
    heading: String,
}

/// Writes the page of a report.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_page(input: &PageInput<'_>, out: &mut dyn Write) -> io::Result<()> {
    let page = page(input).map_err(io::Error::other)?;
    out.write_all(page.as_bytes())
}

fn page(input: &PageInput<'_>) -> Result<String, Error> {
    let templates = Templates::new(input.words)?;
    let sections = vec![
        templates.fill("answer", answer::PageHead::new(input))?,
        templates.fill("stories", stories::Stories::new(input, &templates)?)?,
        templates.fill("alarms", alarms::Alarms::new(input))?,
        templates.fill("attempts", attempts::Attempts::new(input, &templates)?)?,
        templates.fill("coverage", coverage::CoveragePart::new(input, &templates)?)?,
        templates.fill("method", method::Method::new(input, &templates)?)?,
    ];
    let links = [
        ("stories", "page-stories"),
        ("alarms", "page-alarms"),
        ("attempts-heading", "page-attempts"),
        ("coverage", "page-coverage"),
        ("integrity", "page-integrity"),
        ("method", "page-method"),
    ];
    let links = links.map(|(section, heading)| SectionLink {
        section,
        heading: input.text(heading),
    });
    framed(&templates, input.words, links.into(), sections)
}

/// Returns a whole page with these sections.
fn framed(
    templates: &Templates,
    words: &Words,
    links: Vec<SectionLink>,
    sections: Vec<Value>,
) -> Result<String, Error> {
    let frame = PageFrame {
        language: words.language().code(),
        title: words.text("page-title"),
        style: markup(STYLE.to_owned()),
        script: markup(SCRIPT.to_owned()),
        style_sha256: fingerprint(STYLE),
        script_sha256: fingerprint(SCRIPT),
        links,
        sections,
    };
    Ok(templates.fill("page", frame)?.to_string())
}

/// Returns the SHA-256 of a text as a policy names it.
fn fingerprint(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text))
}
