//! The reasons of changes, in the words of CloudWatch (sources, W1, W2, W9 and W10).

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::alarm::aws::decimal::decimal;
use crate::alarm::definition::any::AnyAlarm;
use crate::alarm::definition::composite::CompositeAlarm;
use crate::alarm::definition::configuration::AlarmConfiguration;
use crate::alarm::definition::place::AlarmPlace;
use crate::alarm::definition::vocabulary::{AlarmState, ComparisonOperator, TreatMissingData};
use crate::alarm::replay::change::{Cause, Change, ChildState, EvaluatedData, EvaluatedDatapoint};
use crate::time::aws::aws_long_time;

/// The number of datapoints from which on a list follows the sentence, and the largest number of
/// datapoints in it (sources, W9).
const LISTED_LIMIT: usize = 5;

/// Returns the reason of a change. Without a place, alarms are named without ARN.
pub fn reason(alarm: AnyAlarm<'_>, change: &Change, place: Option<&AlarmPlace>) -> String {
    match alarm {
        AnyAlarm::Metric(alarm) => metric_reason(alarm, change),
        AnyAlarm::Composite(alarm) => composite_reason(alarm, change, place),
    }
}

/// Returns the reason of a change of a composite alarm (recorded events). An evaluation that no
/// child caused has none.
fn composite_reason(alarm: &CompositeAlarm, change: &Change, place: Option<&AlarmPlace>) -> String {
    match &change.cause {
        Cause::Creation(_) => creation_reason(&alarm.alarm_name, change, place),
        // AWS names one child in the sentence, and all of them in the data.
        _ => change
            .children()
            .first()
            .map(|child| child_reason(child, place))
            .unwrap_or_default(),
    }
}

fn creation_reason(alarm_name: &str, change: &Change, place: Option<&AlarmPlace>) -> String {
    let name = name_or_arn(alarm_name, place);
    let state = change.new_state;
    format!("{name} was created and its alarm rule evaluates to {state}")
}

fn child_reason(child: &ChildState, place: Option<&AlarmPlace>) -> String {
    let name = name_or_arn(&child.alarm_name, place);
    let (state, time) = (child.state, aws_long_time(child.since));
    format!("{name} transitioned to {state} at {time}")
}

/// Returns the ARN of an alarm, or its name if its place is not known.
pub(super) fn name_or_arn(alarm_name: &str, place: Option<&AlarmPlace>) -> String {
    match place {
        Some(place) => place.arn(alarm_name),
        None => alarm_name.to_owned(),
    }
}

fn metric_reason(alarm: &AlarmConfiguration, change: &Change) -> String {
    if change.new_state == AlarmState::InsufficientData {
        return insufficient_data(alarm);
    }
    match change.data() {
        Some(data) if !data.deciding_datapoints.is_empty() => {
            threshold_crossed(alarm, change.new_state == AlarmState::Alarm, data)
        }
        // The treatment of missing data has decided without a datapoint on its side.
        data => received(alarm, data.map_or(0, |data| data.judged)),
    }
}

fn insufficient_data(alarm: &AlarmConfiguration) -> String {
    let periods = alarm.evaluation_periods;
    let datapoints = count(periods, "datapoint");
    let verb = if periods == 1 { "was" } else { "were" };
    format!("Insufficient Data: {datapoints} {verb} unknown.")
}

/// Returns the reason if only filled slots are on the side that decided.
fn received(alarm: &AlarmConfiguration, judged: usize) -> String {
    let received = match judged {
        0 => "no datapoints were".to_owned(),
        1 => "1 datapoint was".to_owned(),
        judged => format!("{judged} datapoints were"),
    };
    let periods = count(alarm.evaluation_periods, "period");
    let fills = fills(alarm, judged);
    format!("Threshold Crossed: {received} received for {periods}{fills}.")
}

fn threshold_crossed(alarm: &AlarmConfiguration, is_alarm: bool, data: &EvaluatedData) -> String {
    let deciding = data.deciding_datapoints.len();
    let list = list(&data.deciding_datapoints);
    let (datapoints, list) = match deciding {
        ..LISTED_LIMIT => (
            format!("{} [{list}]", datapoints(alarm, deciding)),
            String::new(),
        ),
        _ => (
            datapoints(alarm, deciding),
            format!(". The most recent datapoints which crossed the threshold: [{list}]"),
        ),
    };
    let comparison = comparison(alarm, is_alarm, deciding);
    let fills = fills(alarm, data.judged);
    let minimum = minimum(alarm, is_alarm);
    format!("Threshold Crossed: {datapoints} {comparison}{fills}{list}{minimum}.")
}

/// Lists the newest datapoints, with their times.
fn list(newest_first: &[EvaluatedDatapoint]) -> String {
    let listed = newest_first.iter().take(LISTED_LIMIT).filter_map(listed);
    listed.collect::<Vec<_>>().join(", ")
}

/// Returns the comparison that all datapoints on the deciding side fulfil.
fn comparison(alarm: &AlarmConfiguration, is_alarm: bool, deciding: usize) -> String {
    let verb = if deciding == 1 { "was" } else { "were" };
    let not = if is_alarm { "" } else { "not " };
    let words = words(alarm.comparison_operator);
    let threshold = decimal(alarm.threshold);
    format!("{verb} {not}{words} the threshold ({threshold})")
}

/// Returns the number of datapoints on the side that decided. Without M, AWS omits the number that
/// they are out of.
fn datapoints(alarm: &AlarmConfiguration, deciding: usize) -> String {
    match alarm.datapoints_to_alarm {
        Some(_) => {
            let periods = alarm.evaluation_periods;
            format!("{deciding} out of the last {periods} datapoints")
        }
        None => count(u32::try_from(deciding).unwrap_or(u32::MAX), "datapoint"),
    }
}

/// Returns the number of slots that were filled: those of N for which no datapoint was judged.
/// `missing` and `ignore` are never mentioned.
fn fills(alarm: &AlarmConfiguration, judged: usize) -> String {
    let treated = match alarm.treat_missing_data {
        TreatMissingData::Breaching => "Breaching",
        TreatMissingData::NotBreaching => "NonBreaching",
        TreatMissingData::Missing | TreatMissingData::Ignore => return String::new(),
    };
    match (alarm.evaluation_periods as usize).saturating_sub(judged) {
        0 => String::new(),
        1 => format!(" and 1 missing datapoint was treated as [{treated}]"),
        filled => format!(" and {filled} missing datapoints were treated as [{treated}]"),
    }
}

/// Returns the number of datapoints of the deciding side that a change needs. Without M, AWS omits
/// it.
fn minimum(alarm: &AlarmConfiguration, is_alarm: bool) -> String {
    if alarm.datapoints_to_alarm.is_none() {
        return String::new();
    }
    let (needed, transition) = if is_alarm {
        (alarm.datapoints_needed(), "OK -> ALARM")
    } else {
        (alarm.datapoints_to_clear(), "ALARM -> OK")
    };
    let needed = count(needed, "datapoint");
    format!(" (minimum {needed} for {transition} transition)")
}

fn count(number: u32, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}

/// Returns a datapoint with its time; `None` for an empty slot.
fn listed(slot: &EvaluatedDatapoint) -> Option<String> {
    let value = decimal(slot.value?);
    let start = TimeZone::UTC.to_datetime(slot.start);
    Some(format!("{value} ({})", short_time(start)))
}

fn short_time(start: DateTime) -> String {
    let (date, time) = (short_date(start), clock_time(start));
    format!("{date} {time}")
}

fn short_date(start: DateTime) -> String {
    // CloudWatch writes the day first here.
    let (day, month, year) = (start.day(), start.month(), start.year() % 100);
    format!("{day:02}/{month:02}/{year:02}")
}

fn clock_time(start: DateTime) -> String {
    let (hour, minute, second) = (start.hour(), start.minute(), start.second());
    format!("{hour:02}:{minute:02}:{second:02}")
}

/// Returns the words of a comparison operator.
fn words(operator: ComparisonOperator) -> &'static str {
    match operator {
        ComparisonOperator::GreaterThanOrEqualToThreshold => "greater than or equal to",
        ComparisonOperator::GreaterThanThreshold => "greater than",
        ComparisonOperator::LessThanThreshold => "less than",
        ComparisonOperator::LessThanOrEqualToThreshold => "less than or equal to",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alarm::definition::actions::Actions;
    use crate::alarm::replay::metric_alarm::evaluate_at;
    use crate::alarm::replay::options::ReplayOptions;
    use crate::metric::{Sample, Series};
    use crate::time::period::timestamp;

    /// The beginning of the newest window, 08:42 on 5 January 2027.
    const NEWEST_SECOND: i64 = 1_799_138_520;

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

    /// The reason of one evaluation of these datapoints, newest first.
    fn worded(alarm: &AlarmConfiguration, datapoints: &[Option<f64>]) -> String {
        let starts = (0..).map(|age| timestamp(NEWEST_SECOND - 300 * age));
        let samples = starts.zip(datapoints);
        let samples = samples.filter_map(|(start, value)| Some(Sample::once(start, (*value)?)));
        let series = Series::new(samples.collect());
        let now = timestamp(NEWEST_SECOND + 330);
        let change = evaluate_at(alarm, &series, now, &ReplayOptions::default());
        reason(AnyAlarm::Metric(alarm), &change, None)
    }

    #[test]
    fn the_words_are_those_of_aws() {
        let rows = [
            (
                worded(
                    &alarm(TreatMissingData::Missing),
                    &[Some(12.0), Some(1.0), Some(7.5), None, None],
                ),
                "Threshold Crossed: 2 out of the last 3 datapoints [12.0 (05/01/27 08:42:00), 7.5 \
                 (05/01/27 08:32:00)] were greater than the threshold (5.0) (minimum 2 datapoints \
                 for OK -> ALARM transition).",
            ),
            (
                worded(
                    &alarm(TreatMissingData::Missing),
                    &[Some(1.0), None, None, None, None],
                ),
                "Threshold Crossed: 1 out of the last 3 datapoints [1.0 (05/01/27 08:42:00)] was \
                 not greater than the threshold (5.0) (minimum 2 datapoints for ALARM -> OK \
                 transition).",
            ),
            (
                worded(&alarm(TreatMissingData::NotBreaching), &[None; 5]),
                "Threshold Crossed: no datapoints were received for 3 periods and 3 missing \
                 datapoints were treated as [NonBreaching].",
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
                "Threshold Crossed: 1 out of the last 3 datapoints [7.0 (05/01/27 08:37:00)] was \
                 greater than the threshold (5.0) and 2 missing datapoints were treated as \
                 [Breaching] (minimum 2 datapoints for OK -> ALARM transition).",
            ),
            (
                worded(
                    &alarm(TreatMissingData::NotBreaching),
                    &[None, Some(7.0), None, None, None],
                ),
                "Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing \
                 datapoints were treated as [NonBreaching].",
            ),
            (
                worded(
                    &AlarmConfiguration {
                        datapoints_to_alarm: None,
                        ..alarm(TreatMissingData::Missing)
                    },
                    &[Some(12.0), Some(7.0), Some(7.5), None, None],
                ),
                "Threshold Crossed: 3 datapoints [12.0 (05/01/27 08:42:00), 7.0 (05/01/27 \
                 08:37:00), 7.5 (05/01/27 08:32:00)] were greater than the threshold (5.0).",
            ),
        ];
        for (found, expected) in rows {
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_composite_names_the_child_that_changed_or_its_creation() {
        let alarm = CompositeAlarm {
            alarm_name: "both".into(),
            alarm_description: None,
            rule: "ALARM(a) AND ALARM(b)".parse().expect("a rule"),
            actions: Actions::default(),
            suppressor: None,
        };
        let place = AlarmPlace {
            account: "111122223333".into(),
            region: "us-east-1".into(),
        };
        let worded = |new_state, cause, place| {
            let change = Change {
                time: timestamp(20),
                old_state: AlarmState::InsufficientData,
                new_state,
                cause,
            };
            reason(AnyAlarm::Composite(&alarm), &change, place)
        };
        let child = ChildState {
            alarm_name: "b".into(),
            state: AlarmState::Alarm,
            since: timestamp(20),
        };
        assert_eq!(
            worded(
                AlarmState::Alarm,
                Cause::Children(vec![child.clone()]),
                Some(&place)
            ),
            "arn:aws:cloudwatch:us-east-1:111122223333:alarm:b transitioned to ALARM at Thursday \
             01 January, 1970 00:00:20 UTC"
        );
        assert_eq!(
            worded(AlarmState::Ok, Cause::Creation(vec![child]), None),
            "both was created and its alarm rule evaluates to OK"
        );
    }
}
