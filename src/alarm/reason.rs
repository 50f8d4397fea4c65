//! Why a state changed, in the words that CloudWatch uses (recorded histories, `alarm-recorded` 1.7).

use jiff::Timestamp;

use super::configuration::{AlarmConfiguration, AlarmState, TreatMissingData};
use super::evaluate::Evaluation;

/// A datapoint that an evaluation judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// The beginning of its window.
    pub start: Timestamp,
    /// The value of the alarm's statistic.
    pub value: f64,
    /// How many samples it is made of.
    pub sample_count: f64,
}

/// The sentence that goes with a transition.
pub fn reason(alarm: &AlarmConfiguration, evaluation: &Evaluation, judged: &[Judged]) -> String {
    if evaluation.state == AlarmState::InsufficientData {
        return match alarm.datapoints_to_alarm {
            1 => "Insufficient Data: 1 datapoint was unknown.".to_owned(),
            count => format!("Insufficient Data: {count} datapoints were unknown."),
        };
    }
    let is_alarm = evaluation.state == AlarmState::Alarm;
    let deciding: Vec<&Judged> =
        judged.iter().filter(|point| alarm.breaches(point.value) == is_alarm).collect();
    let threshold = decimal(alarm.threshold);
    let operator = alarm.comparison_operator.words();
    let fills = fills(alarm, evaluation);
    let facts = if deciding.is_empty() {
        format!("no datapoints were received for {}", count(alarm.evaluation_periods, "period"))
    } else {
        let listed: Vec<String> = deciding.iter().map(|point| listed(point)).collect();
        let verb = if deciding.len() == 1 { "was" } else { "were" };
        let negation = if is_alarm { "" } else { "not " };
        format!(
            "{} out of the last {} [{}] {verb} {negation}{operator} the threshold ({threshold})",
            deciding.len(),
            count(alarm.evaluation_periods, "datapoint"),
            listed.join(", "),
        )
    };
    format!("Threshold Crossed: {facts}{fills} ({}).", minimum(alarm, is_alarm))
}

/// `missing` and `ignore` are never mentioned.
fn fills(alarm: &AlarmConfiguration, evaluation: &Evaluation) -> String {
    let treated = match alarm.treat_missing_data {
        TreatMissingData::Breaching => "Breaching",
        TreatMissingData::NotBreaching => "NonBreaching",
        TreatMissingData::Missing | TreatMissingData::Ignore => return String::new(),
    };
    match evaluation.filled {
        0 => String::new(),
        1 => format!(" and 1 missing datapoint was treated as [{treated}]"),
        filled => format!(" and {filled} missing datapoints were treated as [{treated}]"),
    }
}

fn minimum(alarm: &AlarmConfiguration, is_alarm: bool) -> String {
    if is_alarm {
        return format!(
            "minimum {} for OK -> ALARM transition",
            count(alarm.datapoints_to_alarm, "datapoint")
        );
    }
    let to_clear = alarm.evaluation_periods - alarm.datapoints_to_alarm + 1;
    format!("minimum {} for ALARM -> OK transition", count(to_clear, "datapoint"))
}

fn count(number: u32, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

fn listed(point: &Judged) -> String {
    let time = jiff::tz::TimeZone::UTC.to_datetime(point.start);
    let (year, month, day) = (time.year() % 100, time.month(), time.day());
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    format!("{} ({day:02}/{month:02}/{year:02} {hour:02}:{minute:02}:{second:02})", decimal(point.value))
}

/// A number as AWS prints it, with at least one decimal.
fn decimal(value: f64) -> String {
    format!("{value:?}")
}
