//! The picture of a summary in a terminal, drawn from what the program prints.

use std::fmt::Write;
use std::path::Path;

use crate::program::{Colours, run};

/// The command whose output is shown.
const COMMAND: &str = "backtrail audit samples/archive --out report";

/// The columns of a terminal for which the summary is wrapped where there is none.
const COLUMNS: usize = 100;

const COLUMN_WIDTH: f64 = 8.4;
const LINE_HEIGHT: usize = 19;
const MARGIN: usize = 14;

/// Where the first line of the output is, below the command.
const TOP: usize = 56;

/// A stretch of one line in one style.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Piece {
    column: usize,
    text: String,
    /// The names of the style's parts, as in the style sheet of the picture.
    style: String,
}

/// Splits a line at the control sequences of its styles.
fn pieces(line: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut piece = Piece::default();
    for (number, part) in line.split("\u{1b}[").enumerate() {
        let (code, text) = match number {
            0 => ("", part),
            _ => part.split_once('m').unwrap(),
        };
        match code {
            "" => {}
            "0" => piece.style.clear(),
            "1" => piece.style += " bold",
            "31" => piece.style += " red",
            "32" => piece.style += " green",
            "90" => piece.style += " dim",
            _ => panic!("an unknown style: {code}"),
        }
        if !text.is_empty() {
            piece.text = text.to_owned();
            pieces.push(piece.clone());
            piece.column += text.chars().count();
        }
    }
    pieces
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    // Spaces at the ends of a text would be left out.
    text.replace('>', "&gt;").replace(' ', "\u{a0}")
}

impl Piece {
    /// Writes the piece. Its length is fixed, so that columns agree whatever the font is.
    fn draw(&self, y: usize, svg: &mut String) {
        let text = escaped(&self.text);
        if text.trim().is_empty() {
            return;
        }
        let (style, column) = (self.style.trim(), self.column as f64);
        let x = MARGIN as f64 + column * COLUMN_WIDTH;
        let length = self.text.chars().count() as f64 * COLUMN_WIDTH;
        let place = format!("x=\"{x:.1}\" y=\"{y}\" textLength=\"{length:.1}\"");
        writeln!(svg, "<text {place} class=\"{style}\">{text}</text>").unwrap();
    }
}

/// Draws a terminal with the command and its output.
fn drawn(printed: &str) -> String {
    let width = (COLUMNS as f64 * COLUMN_WIDTH) as usize + 2 * MARGIN;
    let height = TOP + printed.lines().count() * LINE_HEIGHT;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\">\n\
         <style>\n\
         text {{ font: 14px 'DejaVu Sans Mono', Menlo, Consolas, monospace; fill: #c5c8c6 }}\n\
         .bold {{ font-weight: bold }}\n\
         .red {{ fill: #e06c75 }}\n\
         .green {{ fill: #98c379 }}\n\
         .dim {{ fill: #9a9b99 }}\n\
         </style>\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"#292929\"/>\n"
    );
    let command = format!("$ {COMMAND}");
    let first = Piece {
        text: command,
        ..Piece::default()
    };
    first.draw(TOP - 2 * LINE_HEIGHT + 7, &mut svg);
    for (number, line) in printed.lines().enumerate() {
        for piece in pieces(line) {
            piece.draw(TOP + number * LINE_HEIGHT, &mut svg);
        }
    }
    svg + "</svg>\n"
}

#[test]
fn the_picture_of_an_audit_shows_what_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("report");
    let out = out.to_str().unwrap();
    let words = COMMAND.split(' ').skip(1);
    let words = words.map(|word| if word == "report" { out } else { word });
    let audit = run(words, Colours::Always, b"");
    assert_eq!((audit.code, &*audit.stderr), (0, ""));
    let svg = drawn(&audit.stdout.replace(out, "report"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/audit.svg");
    if std::env::var_os("BACKTRAIL_BLESS").is_some() {
        std::fs::write(&path, &svg).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap_or_default() == svg,
        "docs/audit.svg is not what is printed; BACKTRAIL_BLESS=1 writes it"
    );
}

#[test]
fn styles_are_taken_from_control_sequences() {
    let piece = |column, text: &str, style: &str| {
        let (text, style) = (text.to_owned(), style.to_owned());
        Piece {
            column,
            text,
            style,
        }
    };
    assert_eq!(
        pieces("a \u{1b}[1m\u{1b}[31mß\u{1b}[0m c"),
        [
            piece(0, "a ", ""),
            piece(2, "ß", " bold red"),
            piece(3, " c", "")
        ]
    );
}
