//! The recommendation, and the command that exports it.

use std::io::{self, Write};

use super::{WIDTH, write_lines};
use crate::render::quantity::counted;
use crate::render::shell::command_lines;
use crate::render::style::HEADING;
use crate::render::wrap::wrapped;
use crate::report::backtest::{Advice, Backtest, Recommendation, Score};

/// Writes the advice that follows from the ranking.
pub(super) fn write_advice(backtest: &Backtest, out: &mut dyn Write) -> io::Result<()> {
    let judged_by = judged_by(backtest);
    let text = match backtest.advice() {
        Advice::NothingToJudgeBy => {
            "There is nothing to judge alarms by, so none is recommended.".to_owned()
        }
        Advice::EverythingMissed => {
            format!("Every alarm misses {judged_by}, so none is recommended.")
        }
        Advice::Recommended(recommendation) => {
            return write_recommendation(backtest, &recommendation, out);
        }
    };
    writeln!(out)?;
    write_lines(&wrapped(&text, WIDTH), out)
}

/// Returns what the alarms are judged by, with its number: `all of 7 bursts`.
fn judged_by(backtest: &Backtest) -> String {
    match backtest.judged_by() {
        1 => format!("the only {}", judge(backtest)),
        count => format!("all {}", counted(count, judge(backtest))),
    }
}

fn judge(backtest: &Backtest) -> &'static str {
    match backtest.incidents {
        Some(_) => "incident",
        None => "burst",
    }
}

fn write_recommendation(
    backtest: &Backtest,
    recommendation: &Recommendation<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let alarm = &recommendation.row.alarm;
    let words = wrapped(&alarm_words(recommendation), WIDTH - "Recommended  ".len());
    writeln!(
        out,
        "\n{HEADING}Recommended{HEADING:#}  {}",
        words.join("\n             ")
    )?;
    write_lines(&wrapped(&reason(backtest, recommendation), WIDTH), out)?;
    writeln!(out)?;
    let command = backtest.export_command(alarm);
    write_lines(&command_lines(&command, WIDTH), out)
}

fn alarm_words(recommendation: &Recommendation<'_>) -> String {
    let row = recommendation.row;
    let alarm = &row.alarm;
    let words = format!(
        "{} {} {}, {} of {} datapoints of {} s, missing data: {}",
        row.statistic(),
        alarm.comparison_operator.sign(),
        alarm.threshold,
        alarm.datapoints_needed(),
        alarm.evaluation_periods,
        alarm.period_seconds,
        alarm.treat_missing_data,
    );
    // The statistic of metric math is empty.
    words.trim_start().to_owned()
}

/// Returns the reason why an alarm is recommended: its measures, in the order in which they decide.
fn reason(backtest: &Backtest, recommendation: &Recommendation<'_>) -> String {
    let score = recommendation.score;
    let mut sentences = vec![
        measures(backtest, score),
        others_as_good(recommendation.others_as_good),
    ];
    if let Some(next) = recommendation.next_score {
        let difference = first_difference(score, next, noise(backtest));
        sentences.push(format!("The next best {difference}."));
    }
    sentences.extend(caveats(backtest, score));
    sentences.join(" ")
}

/// Returns the words for the episodes that count as noise.
fn noise(backtest: &Backtest) -> &'static str {
    match backtest.incidents {
        Some(_) => "outside of every incident",
        None => "without a burst",
    }
}

fn measures(backtest: &Backtest, score: Score) -> String {
    format!(
        "It misses {} of {}, has {} {}, notifies after {} s (median; at most {} s), and has {}.",
        score.missed,
        counted(backtest.judged_by(), judge(backtest)),
        counted(score.noise, "episode"),
        noise(backtest),
        score.median_delay_seconds.unwrap_or_default(),
        score.longest_delay_seconds.unwrap_or_default(),
        counted(score.episodes, "episode"),
    )
}

fn others_as_good(count: u64) -> String {
    match count {
        0 => "No other alarm is as good.".to_owned(),
        1 => "1 other alarm is as good, but further from AWS's default.".to_owned(),
        count => format!("{count} other alarms are as good, but further from AWS's default."),
    }
}

/// Returns what to think of before the recommendation is followed.
fn caveats(backtest: &Backtest, score: Score) -> Vec<String> {
    let mut caveats = Vec::new();
    if score.missed > 0 {
        let caveat = "A more sensitive threshold or a longer period may miss fewer.";
        caveats.push(caveat.to_owned());
    }
    if backtest.judged_by() == 1 {
        let judge = judge(backtest);
        caveats.push(format!("A single {judge} is little to judge by."));
    }
    caveats
}

/// Returns the measure that decided against the next best alarm, with its value, in words.
fn first_difference(best: Score, next: Score, noise: &str) -> String {
    let seconds = |delay: Option<i64>| delay.unwrap_or_default();
    if next.missed != best.missed {
        return format!("misses {}", next.missed);
    }
    if next.noise != best.noise {
        return format!("has {} {noise}", counted(next.noise, "episode"));
    }
    if next.median_delay_seconds != best.median_delay_seconds {
        return format!("notifies after {} s", seconds(next.median_delay_seconds));
    }
    if next.longest_delay_seconds != best.longest_delay_seconds {
        let longest = seconds(next.longest_delay_seconds);
        return format!("notifies after up to {longest} s");
    }
    format!("has {}", counted(next.episodes, "episode"))
}
