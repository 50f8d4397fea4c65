//! The reason of a change of state, in the words that CloudWatch uses (sources, W1 and W2).

use jiff::Timestamp;

use crate::alarm::definition::configuration::{AlarmConfiguration, AlarmState, TreatMissingData};

/// A datapoint that an evaluation judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// The beginning of its window.
    pub start: Timestamp,
    /// The value of the alarm's statistic.
    pub value: f64,
    /// How many samples it is made of; nothing where it was computed by metric math.
    pub sample_count: Option<f64>,
}

/// A slot that decided: a datapoint, or an empty one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evaluated {
    /// The beginning of its window.
    pub start: Timestamp,
    /// The datapoint; nothing for an empty slot.
    pub datapoint: Option<Judged>,
}

/// The sentence that goes with a transition to `state`, which these slots decided, newest first.
pub fn reason(alarm: &AlarmConfiguration, state: AlarmState, evaluated: &[Evaluated]) -> String {
    let periods = alarm.evaluation_periods;
    if state == AlarmState::InsufficientData {
        let verb = if periods == 1 { "was" } else { "were" };
        return format!(
            "Insufficient Data: {} {verb} unknown.",
            count(periods, "datapoint")
        );
    }
    let is_alarm = state == AlarmState::Alarm;
    let deciding: Vec<&Judged> = evaluated
        .iter()
        .filter_map(|slot| slot.datapoint.as_ref())
        .collect();
    if deciding.is_empty() {
        let fills = fills(alarm, periods);
        return format!(
            "Threshold Crossed: no datapoints were received for {}{fills}.",
            count(periods, "period")
        );
    }
    let listed: Vec<String> = deciding.iter().map(|point| listed(point)).collect();
    let filled = u32::try_from(evaluated.len() - deciding.len()).unwrap_or(u32::MAX);
    format!(
        "Threshold Crossed: {} [{}] {} {}{} the threshold ({}){}{}.",
        datapoints(alarm, deciding.len()),
        listed.join(", "),
        if deciding.len() == 1 { "was" } else { "were" },
        if is_alarm { "" } else { "not " },
        alarm.comparison_operator.words(),
        decimal(alarm.threshold),
        fills(alarm, filled),
        minimum(alarm, is_alarm),
    )
}

/// How many datapoints decided. Where M is not given, AWS does not say out of how many.
fn datapoints(alarm: &AlarmConfiguration, deciding: usize) -> String {
    match alarm.datapoints_to_alarm {
        Some(_) => format!(
            "{deciding} out of the last {} datapoints",
            alarm.evaluation_periods
        ),
        None => count(u32::try_from(deciding).unwrap_or(u32::MAX), "datapoint"),
    }
}

/// `missing` and `ignore` are never mentioned.
fn fills(alarm: &AlarmConfiguration, filled: u32) -> String {
    let treated = match alarm.treat_missing_data {
        TreatMissingData::Breaching => "Breaching",
        TreatMissingData::NotBreaching => "NonBreaching",
        TreatMissingData::Missing | TreatMissingData::Ignore => return String::new(),
    };
    match filled {
        0 => String::new(),
        1 => format!(" and 1 missing datapoint was treated as [{treated}]"),
        filled => format!(" and {filled} missing datapoints were treated as [{treated}]"),
    }
}

/// How many datapoints of the deciding side a change needs; only where M is given.
fn minimum(alarm: &AlarmConfiguration, is_alarm: bool) -> String {
    let Some(needed) = alarm.datapoints_to_alarm else {
        return String::new();
    };
    if is_alarm {
        return format!(
            " (minimum {} for OK -> ALARM transition)",
            count(needed, "datapoint")
        );
    }
    let to_clear = (alarm.evaluation_periods + 1).saturating_sub(needed);
    format!(
        " (minimum {} for ALARM -> OK transition)",
        count(to_clear, "datapoint")
    )
}

fn count(number: u32, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}

fn listed(point: &Judged) -> String {
    let time = jiff::tz::TimeZone::UTC.to_datetime(point.start);
    let (year, month, day) = (time.year() % 100, time.month(), time.day());
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    format!(
        "{} ({day:02}/{month:02}/{year:02} {hour:02}:{minute:02}:{second:02})",
        decimal(point.value)
    )
}

/// A number as AWS prints it, with at least one decimal.
fn decimal(value: f64) -> String {
    format!("{value:?}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alarm::definition::configuration::ComparisonOperator;
    use crate::alarm::replay::evaluate::{PrematureBreach, evaluate};
    use crate::time::period::timestamp;

    fn alarm(treat_missing_data: TreatMissingData) -> AlarmConfiguration {
        AlarmConfiguration {
            period_seconds: 300,
            evaluation_periods: 3,
            datapoints_to_alarm: Some(2),
            comparison_operator: ComparisonOperator::GreaterThanThreshold,
            threshold: 5.0,
            treat_missing_data,
            ..AlarmConfiguration::on_sum("a", Default::default())
        }
    }

    fn worded(alarm: &AlarmConfiguration, datapoints: &[Option<f64>]) -> String {
        let evaluation = evaluate(
            alarm,
            AlarmState::Ok,
            datapoints,
            PrematureBreach::default(),
        );
        // The newest datapoint begins at 08:42 on 5 January 2027, the others five minutes earlier
        // each.
        let slot = |age: &u32| {
            let start = timestamp(1_799_138_520 - 300 * (i64::from(*age) - 1));
            let value = datapoints.get(*age as usize - 1).copied().flatten();
            Evaluated {
                start,
                datapoint: value.map(|value| Judged {
                    start,
                    value,
                    sample_count: Some(1.0),
                }),
            }
        };
        let evaluated: Vec<Evaluated> = evaluation.decisive.iter().map(slot).collect();
        reason(alarm, evaluation.state, &evaluated)
    }

    #[test]
    fn the_words_are_those_of_aws() {
        let rows = [
            (
                worded(
                    &alarm(TreatMissingData::Missing),
                    &[Some(12.0), Some(1.0), Some(7.5), None, None],
                ),
                "Threshold Crossed: 2 out of the last 3 datapoints [12.0 (05/01/27 08:42:00), 7.5 (05/01/27 08:32:00)] \
                 were greater than the threshold (5.0) (minimum 2 datapoints for OK -> ALARM transition).",
            ),
            (
                worded(
                    &alarm(TreatMissingData::Missing),
                    &[Some(1.0), None, None, None, None],
                ),
                "Threshold Crossed: 1 out of the last 3 datapoints [1.0 (05/01/27 08:42:00)] was not greater than the \
                 threshold (5.0) (minimum 2 datapoints for ALARM -> OK transition).",
            ),
            (
                worded(&alarm(TreatMissingData::NotBreaching), &[None; 5]),
                "Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as \
                 [NonBreaching].",
            ),
            (
                worded(&alarm(TreatMissingData::Missing), &[None; 5]),
                "Insufficient Data: 3 datapoints were unknown.",
            ),
            (
                worded(
                    &alarm(TreatMissingData::Breaching),
                    &[None, Some(7.0), None, None, None],
                ),
                "Threshold Crossed: 1 out of the last 3 datapoints [7.0 (05/01/27 08:37:00)] was greater than the \
                 threshold (5.0) and 1 missing datapoint was treated as [Breaching] (minimum 2 datapoints for OK -> \
                 ALARM transition).",
            ),
            (
                worded(
                    &AlarmConfiguration {
                        datapoints_to_alarm: None,
                        ..alarm(TreatMissingData::Missing)
                    },
                    &[Some(12.0), Some(7.0), Some(7.5), None, None],
                ),
                "Threshold Crossed: 3 datapoints [12.0 (05/01/27 08:42:00), 7.0 (05/01/27 08:37:00), 7.5 (05/01/27 \
                 08:32:00)] were greater than the threshold (5.0).",
            ),
        ];
        for (found, expected) in rows {
            assert_eq!(found, expected);
        }
    }
}
