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
    if deciding.is_empty() {
        let periods = count(alarm.evaluation_periods, "period");
        return format!("Threshold Crossed: no datapoints were received for {periods}{fills}.");
    }
    let listed: Vec<String> = deciding.iter().map(|point| listed(point)).collect();
    let verb = if deciding.len() == 1 { "was" } else { "were" };
    let negation = if is_alarm { "" } else { "not " };
    format!(
        "Threshold Crossed: {} out of the last {} datapoints [{}] {verb} {negation}{operator} the threshold \
         ({threshold}){fills} ({}).",
        deciding.len(),
        alarm.evaluation_periods,
        listed.join(", "),
        minimum(alarm, is_alarm),
    )
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

#[cfg(test)]
mod tests {
    use super::super::configuration::ComparisonOperator;
    use super::super::evaluate::evaluate;
    use super::*;
    use crate::metric::Statistic;
    use crate::period::timestamp;

    fn alarm(treat_missing_data: TreatMissingData) -> AlarmConfiguration {
        AlarmConfiguration {
            alarm_name: "a".into(),
            statistic: Statistic::Sum,
            period_seconds: 300,
            evaluation_periods: 3,
            datapoints_to_alarm: 2,
            comparison_operator: ComparisonOperator::GreaterThanThreshold,
            threshold: 5.0,
            treat_missing_data,
        }
    }

    fn worded(treatment: TreatMissingData, datapoints: &[Option<f64>]) -> String {
        let alarm = alarm(treatment);
        let evaluation = evaluate(&alarm, AlarmState::Ok, datapoints);
        // The newest datapoint begins at 08:42 on 5 January 2027, the others five minutes earlier each.
        let judged: Vec<Judged> = evaluation
            .used
            .iter()
            .filter_map(|&age| {
                let start = timestamp(1_799_138_520 - 300 * (i64::from(age) - 1));
                Some(Judged { start, value: (*datapoints.get(age as usize - 1)?)?, sample_count: 1.0 })
            })
            .collect();
        reason(&alarm, &evaluation, &judged)
    }

    #[test]
    fn the_words_are_those_of_aws() {
        let rows = [
            (
                worded(TreatMissingData::Missing, &[Some(12.0), Some(1.0), Some(7.5), None, None]),
                "Threshold Crossed: 2 out of the last 3 datapoints [12.0 (05/01/27 08:42:00), 7.5 (05/01/27 08:32:00)] \
                 were greater than the threshold (5.0) (minimum 2 datapoints for OK -> ALARM transition).",
            ),
            (
                worded(TreatMissingData::Missing, &[Some(1.0), None, None, None, None]),
                "Threshold Crossed: 1 out of the last 3 datapoints [1.0 (05/01/27 08:42:00)] was not greater than the \
                 threshold (5.0) (minimum 2 datapoints for ALARM -> OK transition).",
            ),
            (
                worded(TreatMissingData::NotBreaching, &[None; 5]),
                "Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as \
                 [NonBreaching].",
            ),
            (worded(TreatMissingData::Missing, &[None; 5]), "Insufficient Data: 2 datapoints were unknown."),
        ];
        for (found, expected) in rows {
            assert_eq!(found, expected);
        }
    }
}
