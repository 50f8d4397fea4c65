//! The pictures of the documentation, drawn from replays.

use backtrail::alarm::definition::configuration::{
    AlarmConfiguration, AlarmState, TreatMissingData,
};
use backtrail::alarm::{ReplayOptions, ReplayRange, replay};
use backtrail::metric::{Sample, Series};
use backtrail::time::period::timestamp;

const LEFT: i64 = 150;
const ROW: i64 = 34;
const WIDTH: i64 = 900;

/// Alarms over events at some minutes of a day, one a row.
struct Picture<'a> {
    title: &'a str,
    /// The minutes of the events.
    events: &'a [i64],
    /// The first and the last minute that is shown.
    minutes: (i64, i64),
    /// How many minutes lie between the marks of the axis.
    mark: i64,
    rows: Vec<(&'a str, AlarmConfiguration)>,
}

fn colour(state: AlarmState) -> &'static str {
    match state {
        AlarmState::Ok => "#2e7d32",
        AlarmState::Alarm => "#c62828",
        AlarmState::InsufficientData => "#9e9e9e",
    }
}

fn clock(second: i64) -> String {
    format!("{:02}:{:02}", second / 3600, second % 3600 / 60)
}

impl Picture<'_> {
    fn x(&self, second: i64) -> i64 {
        let (first, last) = self.minutes;
        LEFT + (second - first * 60) * (WIDTH - LEFT - 20) / ((last - first) * 60)
    }

    /// The stretches of one state: from, to, and the state.
    fn stretches(&self, alarm: &AlarmConfiguration) -> Vec<(i64, i64, AlarmState)> {
        let samples = self
            .events
            .iter()
            .map(|minute| Sample::once(timestamp(minute * 60), 1.0));
        let (first, last) = (self.minutes.0 * 60, self.minutes.1 * 60);
        let range = ReplayRange {
            start: timestamp(first),
            end: timestamp(last),
        };
        let options = ReplayOptions {
            initial_state: AlarmState::Ok,
            ..ReplayOptions::default()
        };
        let changes = replay(alarm, &Series::new(samples.collect()), range, &options);
        let mut starts = vec![(first, AlarmState::Ok)];
        starts.extend(
            changes
                .iter()
                .map(|change| (change.time.as_second(), change.new_state)),
        );
        let ends = starts.iter().skip(1).map(|(start, _)| *start).chain([last]);
        starts
            .iter()
            .zip(ends)
            .map(|((start, state), end)| (*start, end, *state))
            .collect()
    }

    fn svg(&self) -> String {
        let height = 96 + ROW * (self.rows.len() as i64 + 1);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" font-size=\"14\">\n\
             <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\n\
             <text x=\"10\" y=\"24\" font-weight=\"bold\">{}</text>\n",
            self.title
        );
        let (top, bottom) = (44, 44 + ROW * (self.rows.len() as i64 + 1));
        for minute in (self.minutes.0..=self.minutes.1).filter(|minute| minute % self.mark == 0) {
            let x = self.x(minute * 60);
            svg += &format!(
                "<line x1=\"{x}\" y1=\"{top}\" x2=\"{x}\" y2=\"{bottom}\" stroke=\"#dddddd\"/>\n"
            );
            svg += &format!(
                "<text x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                bottom + 18,
                clock(minute * 60)
            );
        }
        svg += &format!("<text x=\"10\" y=\"{}\">events</text>\n", top + 20);
        for minute in self.events {
            svg += &format!(
                "<circle cx=\"{}\" cy=\"{}\" r=\"5\" fill=\"#1565c0\"/>\n",
                self.x(minute * 60),
                top + 15
            );
        }
        for (number, (name, alarm)) in (1..).zip(&self.rows) {
            let y = top + ROW * number;
            svg += &format!("<text x=\"10\" y=\"{}\">{name}</text>\n", y + 20);
            for (start, end, state) in self.stretches(alarm) {
                let (x, width) = (self.x(start), self.x(end) - self.x(start));
                let label = match state {
                    AlarmState::InsufficientData => format!("{} no data", clock(start)),
                    _ => format!("{} {state}", clock(start)),
                };
                svg += &format!(
                    "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"26\" fill=\"{}\"/>\n",
                    colour(state)
                );
                if width > 9 * label.len() as i64 {
                    svg += &format!(
                        "<text x=\"{}\" y=\"{}\" fill=\"#ffffff\">{label}</text>\n",
                        x + 6,
                        y + 18
                    );
                }
            }
        }
        svg + &format!(
            "<text x=\"10\" y=\"{}\" fill=\"#666666\">drawn from a replay; each change at 30 s past the minute</text>\n</svg>\n",
            height - 12
        )
    }
}

/// Compares with what is in the documentation, or writes it there.
fn is_documented(name: &str, svg: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs")
        .join(name);
    if std::env::var_os("BACKTRAIL_BLESS").is_some() {
        std::fs::write(&path, svg).unwrap();
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        known == svg,
        "docs/{name} is not what a replay gives; write it anew with BACKTRAIL_BLESS=1"
    );
}

#[test]
fn one_event_and_each_treatment_of_missing_data() {
    let row = |treat_missing_data: TreatMissingData, name| {
        let alarm = AlarmConfiguration::on_sum("a", Default::default());
        (
            name,
            AlarmConfiguration {
                treat_missing_data,
                ..alarm
            },
        )
    };
    let picture = Picture {
        title: "One event at 02:30; sum &gt;= 1, 1 of 1 datapoints of 5 minutes, by the treatment of missing data",
        events: &[150],
        minutes: (145, 175),
        mark: 5,
        rows: vec![
            row(TreatMissingData::Missing, "missing"),
            row(TreatMissingData::Ignore, "ignore"),
            row(TreatMissingData::Breaching, "breaching"),
            row(TreatMissingData::NotBreaching, "notBreaching"),
        ],
    };
    is_documented("alarm-one-event.svg", &picture.svg());
}

#[test]
fn two_events_a_minute_apart() {
    let row = |n: u32, m: u32, name| {
        let alarm = AlarmConfiguration::on_sum("a", Default::default());
        let treat_missing_data = TreatMissingData::NotBreaching;
        (
            name,
            AlarmConfiguration {
                evaluation_periods: n,
                datapoints_to_alarm: Some(m),
                treat_missing_data,
                ..alarm
            },
        )
    };
    let picture = Picture {
        title: "Two events at 10:07 and 10:08; sum &gt;= 1, datapoints of 5 minutes, missing data notBreaching",
        events: &[607, 608],
        minutes: (600, 690),
        mark: 15,
        rows: vec![
            row(12, 2, "2 of 12"),
            row(12, 1, "1 of 12"),
            row(1, 1, "1 of 1"),
        ],
    };
    is_documented("alarm-two-events.svg", &picture.svg());
}
