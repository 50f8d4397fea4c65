//! The page of a back-test: the recommendation, what a threshold changes, and the alarms that were
//! tried.

use std::io::{self, Write};

use minijinja::{Error, Value};
use serde::Serialize;

use super::curves::{CurveChart, charts, settings};
use super::table::{PageCell, PageTable};
use super::templates::Templates;
use super::texts::condition;
use super::{SectionLink, framed};
use crate::language::{Message, Words};
use crate::render::quantity::{duration_message, short};
use crate::render::shell::command_lines;
use crate::report::backtest::{Advice, Backtest, Combination};

/// The number of alarms in the table, the best ones.
const ALARM_LIMIT: usize = 500;

/// The width of the lines of a command.
const COMMAND_WIDTH: usize = 96;

/// The input of the page of a back-test.
#[derive(Clone, Copy, Debug)]
pub struct BacktestInput<'a> {
    /// The back-tests, one for each rule.
    pub backtests: &'a [Backtest],
    /// The sentences of the language of the page.
    pub words: &'a Words,
    /// The command, without the options that do not change what the page contains.
    pub command: Option<&'a str>,
    /// The commit that the program was built from.
    pub commit: Option<&'a str>,
    /// The name of the file with all combinations, if there is one.
    pub file: Option<&'a str>,
}

/// The back-tests of a page.
#[derive(Debug, Serialize)]
struct Backtests {
    backtests: Vec<BacktestPart>,
    facts: Vec<BacktestFact>,
}

/// The back-test of a rule.
#[derive(Debug, Serialize)]
struct BacktestPart {
    id: String,
    rule: String,
    verdict: String,
    scope: String,
    /// The lines of the command that exports the recommended alarm.
    command: Vec<String>,
    settings: String,
    charts: Vec<CurveChart>,
    table: Value,
}

/// A fact about how the back-test was computed.
#[derive(Debug, Serialize)]
struct BacktestFact {
    label: String,
    text: String,
    is_code: bool,
}

/// Writes the page of back-tests.
///
/// # Errors
///
/// Returns an error if the bytes cannot be written.
pub fn write_backtest_page(input: &BacktestInput<'_>, out: &mut dyn Write) -> io::Result<()> {
    let page = page(input).map_err(io::Error::other)?;
    out.write_all(page.as_bytes())
}

fn page(input: &BacktestInput<'_>) -> Result<String, Error> {
    let templates = Templates::new(input.words)?;
    let mut backtests = Vec::new();
    for (number, backtest) in input.backtests.iter().enumerate() {
        backtests.push(part(input, number + 1, backtest, &templates)?);
    }
    let facts = facts(input);
    let section = templates.fill("backtest", Backtests { backtests, facts })?;
    let links = vec![SectionLink {
        section: "method",
        heading: input.words.text("page-method"),
    }];
    framed(&templates, input.words, links, vec![section])
}

fn part(
    input: &BacktestInput<'_>,
    number: usize,
    backtest: &Backtest,
    templates: &Templates,
) -> Result<BacktestPart, Error> {
    let words = input.words;
    let scope = Message::new("page-backtest-scope")
        .with("combinations", backtest.combinations.len())
        .with("attempts", backtest.attempts)
        .with("bursts", backtest.bursts);
    let id = format!("backtest-{number}");
    Ok(BacktestPart {
        rule: backtest.rule.clone(),
        verdict: verdict(backtest, words),
        scope: words.say(&scope),
        command: command(backtest),
        settings: settings(backtest, words),
        charts: charts(backtest, &id, words),
        id,
        table: alarm_table(input, backtest, templates)?,
    })
}

fn verdict(backtest: &Backtest, words: &Words) -> String {
    match backtest.advice() {
        Advice::NothingToJudgeBy => words.text("page-backtest-nothing"),
        Advice::EverythingMissed => words.text("page-backtest-missed"),
        Advice::Recommended(recommendation) => {
            let alarm = alarm_text(recommendation.row);
            words.say(&Message::new("page-backtest-recommended").with("alarm", alarm))
        }
    }
}

fn alarm_text(row: &Combination) -> String {
    let alarm = &row.alarm;
    let text = format!(
        "{} {}, {} × {} s",
        row.statistic(),
        condition(alarm),
        alarm.m_of_n(),
        alarm.period_seconds,
    );
    // The statistic of metric math is empty.
    text.trim_start().to_owned()
}

fn command(backtest: &Backtest) -> Vec<String> {
    let Advice::Recommended(recommendation) = backtest.advice() else {
        return Vec::new();
    };
    let command = backtest.export_command(&recommendation.row.alarm);
    command_lines(&command, COMMAND_WIDTH)
}

fn facts(input: &BacktestInput<'_>) -> Vec<BacktestFact> {
    let version = format!("backtrail {}", env!("CARGO_PKG_VERSION"));
    let facts = [
        ("page-method-version", Some(version.as_str()), false),
        ("page-method-commit", input.commit, true),
        ("page-method-command", input.command, true),
    ];
    let mut made = Vec::new();
    for (label, text, is_code) in facts {
        let Some(text) = text else { continue };
        made.push(BacktestFact {
            label: input.words.text(label),
            text: text.to_owned(),
            is_code,
        });
    }
    made
}

/// Returns the alarms that were tried, the best first.
fn alarm_table(
    input: &BacktestInput<'_>,
    backtest: &Backtest,
    templates: &Templates,
) -> Result<Value, Error> {
    let words = input.words;
    let columns = [
        "page-column-rank",
        "page-column-threshold",
        "page-column-period",
        "page-column-datapoints",
        "page-column-settings",
        "page-column-missed",
        "page-column-noise",
        "page-column-delay",
        "page-column-episodes",
        "page-column-minutes",
    ];
    let caption = words.text("page-backtest-caption");
    let mut table = PageTable::new("alarms", caption, &columns, words).searchable();
    let mut rows: Vec<&Combination> = backtest.combinations.iter().collect();
    // The sort is stable, so the rows of an alarm stay in the order of the clocks.
    rows.sort_by_key(|row| row.verdict.rank);
    for row in rows.iter().take(ALARM_LIMIT) {
        table.add(alarm_row(row, words));
    }
    table.note_cut(rows.len(), input.file, words);
    table.fill(templates)
}

fn alarm_row(row: &Combination, words: &Words) -> Vec<PageCell> {
    let (alarm, performance) = (&row.alarm, &row.performance);
    let period = alarm.period_seconds;
    let settings = [
        row.statistic(),
        alarm.treat_missing_data.to_string(),
        row.clock.clone(),
    ];
    let settings = settings.join(" ");
    let minutes = performance.seconds_in_alarm as f64 / 60.0;
    vec![
        PageCell::count(row.verdict.rank, words),
        PageCell::number(alarm.threshold, condition(alarm)),
        PageCell::number(period.into(), format!("{period} s")),
        PageCell::text(alarm.m_of_n()),
        PageCell::text(settings),
        PageCell::count(performance.bursts_missed, words),
        PageCell::count(performance.episodes_without_burst, words),
        match performance.burst_delays.median_seconds {
            Some(seconds) => {
                PageCell::number(seconds as f64, words.say(&duration_message(seconds)))
            }
            None => PageCell::no_number(),
        },
        PageCell::count(performance.episodes, words),
        PageCell::number(minutes, short(minutes)),
    ]
}
